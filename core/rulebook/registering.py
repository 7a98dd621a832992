"""The register written anew: what was published stays, what is new is added, titles change only when accepted."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import yaml

from core.rulebook.checks_published import added_titles, is_another, titles_by_group
from core.rulebook.layers import spans
from core.rulebook.parts import Parts
from core.rulebook.resolving import resolve


def register_of(parts: Parts, retitled: Collection[str]) -> tuple[str, list[str], list[str], list[str]]:
    """Return the text of the register with every id of the files, the new ids, the retitled, and unknown names.

    retitled   ids whose changed title means the same as before
    """
    known: dict[str, Any] = parts.published.model.model_dump() if parts.published else {}
    fresh: list[str] = []
    changed: list[str] = []
    register: dict[str, Any] = {}
    for group, files in titles_by_group(parts).items():
        before = known.get(group, {})
        old = {"": before} if group == "documents" else before
        merged: dict[str, dict[str, str]] = {key: dict(titles) for key, titles in old.items()}
        for key, titles in files.items():
            home = merged.setdefault(key, {})
            for name, (title, _, _) in titles.items():
                place = f"{group}/{key}/{name}" if key else f"{group}/{name}"
                if name not in home:
                    fresh.append(place)
                    home[name] = title
                elif is_another(home[name], title) and name in retitled:
                    changed.append(place)
                    home[name] = title
        register[group] = merged.get("", {}) if group == "documents" else merged
    register["overlays"] = _of_overlays(parts, known.get("overlays", {}), retitled, fresh, changed)
    unknown = sorted(set(retitled) - {place.rsplit("/", 1)[1] for place in changed})
    text = yaml.safe_dump(register, allow_unicode=True, sort_keys=True, width=200)
    return text, fresh, changed, unknown


def _of_overlays(
    parts: Parts, known: dict[str, Any], retitled: Collection[str], fresh: list[str], changed: list[str]
) -> dict[str, dict[str, str]]:
    """Return the register of what the overlays add; what is new or retitled is told in the two lists."""
    register = {name: dict(titles) for name, titles in known.items()}
    for name in sorted(parts.overlays):
        for on in spans(parts, name):
            for address, (title, _, _) in added_titles(parts, resolve(parts, name, on).parts).items():
                home = register.setdefault(name, {})
                if address not in home:
                    fresh.append(f"overlays/{name}/{address}")
                    home[address] = title
                elif is_another(home[address], title) and address.rsplit("/", 1)[-1] in retitled:
                    changed.append(f"overlays/{name}/{address}")
                    home[address] = title
    return register
