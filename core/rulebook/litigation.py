"""When the lights of a lawsuit turn: risk factors, bands, events and the rate of lost cases by unit."""

from __future__ import annotations

from core.rulebook.fields import Day, Marked, Text


class LitigationLadder(Marked):
    """A ladder of litigation risk (败诉风险预警); the key is the name of its file."""

    key: str = ""
    name: Text
    version: Text
    date: Day
    status: Text
    basis_note: Text
