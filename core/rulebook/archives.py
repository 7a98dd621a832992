"""The file plan (归档范围和保管期限): what is archived, under which class, for how long."""

from __future__ import annotations

from core.rulebook.fields import Marked, Text


class ArchiveRules(Marked):
    """The file plan (归档范围和保管期限); the key is the name of the file."""

    key: str = ""
    name: Text
    version: Text
