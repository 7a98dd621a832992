"""Leads (线索) that come in: their sources, how they are kept, and the clocks of registering and replying."""

from __future__ import annotations

from core.rulebook.fields import Marked, Text


class LeadRules(Marked):
    """Leads (线索) that come in; the key is the name of the file."""

    key: str = ""
    name: Text
    version: Text
