"""Into how many pieces a job is cut: one for each office, and for each shard or sender of it."""

from __future__ import annotations

from dataclasses import replace

from casework.rulesets.library import current_rules
from flows.edge import Edge
from system.settings import Settings

Part = tuple[str, int]  # the code of an office, and a shard

SHARDS = {"deadlines": "shards", "outbox": "senders"}  # the setting that says in how many pieces


def _shards(settings: Settings, name: str) -> int:
    if name not in SHARDS or settings.database_url.startswith("sqlite"):
        return 1
    return int(getattr(settings, SHARDS[name]))


def parts_of(settings: Settings, name: str) -> list[Part]:
    """Return the pieces of a job; SQLite has one writer at a time, so there a job of an office is one piece."""
    return [(office, shard) for office in offices_of(settings) for shard in range(_shards(settings, name))]


def offices_of(settings: Settings) -> list[str]:
    """Return the offices that this process works for: the one of its settings, or all that the rules name."""
    return [settings.office] if settings.office else list(current_rules(settings.rules).offices)


def each_office(edge: Edge) -> list[Edge]:
    """Return an edge for each office of the settings."""
    return [
        replace(edge, settings=edge.settings.model_copy(update={"office": office}))
        for office in offices_of(edge.settings)
    ]
