"""What an overlay changed in a resolved rule set, kept with it as its history."""

from __future__ import annotations

from typing import Literal

from core.rulebook.fields import RuleModel


class AppliedChange(RuleModel):
    """A change that holds in a resolved rule set; `before` and `after` are JSON."""

    overlay: str
    kind: Literal["set", "add", "select", "deselect"]
    address: str
    before: str | None
    after: str
    reason: str
    authority: str
