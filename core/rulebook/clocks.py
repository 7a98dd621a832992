"""The periods that statutes set (法定期限), each with its unit and article."""

from __future__ import annotations

from core.rulebook.fields import Marked, Text


class ClockFile(Marked):
    """A file of statutory clocks; the key is the name of its file."""

    key: str = ""
    name: Text
