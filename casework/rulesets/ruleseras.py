"""The rule sets under which a campaign has worked, one after another, as its history tells."""

from __future__ import annotations

import json

from casework.desk import Desk
from models.audit import history_of
from models.base import key_of
from models.campaign import Campaign

MIGRATE = "migrate_rules"


def rules_ever(desk: Desk, campaign: Campaign) -> set[str]:
    """Return the hashes of all these rule sets; workbooks made under an earlier one are still good."""
    history = history_of(desk.session, desk.office_id, "campaign", [key_of(campaign)])
    earlier = {str(json.loads(entry.detail)["before"]) for entry in history if entry.act == MIGRATE}
    return earlier | ({campaign.rules_sha256} if campaign.rules_sha256 else set())
