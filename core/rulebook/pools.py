"""Talent pools (人才库): who may enter, for how long, and how a team is composed of them."""

from __future__ import annotations

from core.rulebook.fields import Marked, Text


class PoolRules(Marked):
    """Talent pools (人才库); the key is the name of the file."""

    key: str = ""
    name: Text
    version: Text
