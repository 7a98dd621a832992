"""What each kind of campaign (督察批次) is: its line, its steps and milestones, what it asks of a unit."""

from __future__ import annotations

from core.rulebook.fields import Marked, Text


class CampaignRules(Marked):
    """What each kind of campaign (督察批次) is; the key is the name of the file."""

    key: str = ""
    name: Text
    version: Text
