"""The daily watch: what time alone brings about, beside the lights of the cases; every watcher may run twice.

A watcher opens tasks, drafts documents or counts what is overdue. It decides nothing about a person or a unit.
"""

from __future__ import annotations

from collections.abc import Callable

from casework.desk import Desk

Watcher = Callable[[Desk], dict[str, object]]
WATCHERS: tuple[tuple[str, Watcher], ...] = ()


def watch_over(desk: Desk) -> dict[str, object]:
    """Run every watcher for the day of the desk; return what each found, by its name."""
    return {"today": desk.today.isoformat(), **{name: watcher(desk) for name, watcher in WATCHERS}}
