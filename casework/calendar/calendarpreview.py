"""What a year's table would do to the open due dates, and the hash under which two persons agree on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from casework.calendar.duemoves import DueMove
from core.rulebook import sha256
from models.audit import canonical_json


@dataclass(frozen=True, slots=True)
class Preview:
    """What a year's table would do, or has done, to the open due dates."""

    moves: Sequence[DueMove]

    def as_dict(self) -> dict[str, object]:
        """Return {moved: [{case, unit, before, after, notified}], firm: [{case, unit, due_on}], kept: n}."""
        moved = [one for one in self.moves if one.moves]
        firm = [one for one in self.moves if one.becomes_firm]
        return {
            "moved": [_moved(one) for one in moved],
            "firm": [{"case": o.code, "unit": o.unit, "due_on": o.after.isoformat()} for o in firm],
            "kept": len(self.moves) - len(moved),
        }

    @property
    def changes_anything(self) -> bool:
        return any(one.must_be_written for one in self.moves)

    def pin(self, content: str) -> str:
        """Return the hash of a table together with the due dates it moves: what a confirmation is for."""
        moved = [_moved(one) for one in self.moves if one.moves]
        return sha256(canonical_json({"table": content, "moved": moved}).encode())


def _moved(one: DueMove) -> dict[str, object]:
    return {
        "case": one.code,
        "unit": one.unit,
        "before": one.before.isoformat(),
        "after": one.after.isoformat(),
        "notified": one.notified,
    }
