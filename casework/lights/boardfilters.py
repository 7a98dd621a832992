"""What a reader narrows the light board to, as it stands in an address."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from casework.desk import Desk
from casework.filters import Filters, number_of
from casework.sight import campaigns_in_sight
from core.errors import InvalidInput
from models.base import table_of
from models.campaign import Campaign

CAMPAIGN = table_of(Campaign)
SPANS = (8, 12, 26, 52)
SPAN = 12


@dataclass(frozen=True, slots=True)
class BoardFilters(Filters):
    """A campaign by its code, a class of units, how many weeks, and only units that shine now."""

    campaign: str = ""
    kind: str = ""
    weeks: int = number_of(*SPANS, default=SPAN)
    lit: bool = False


def find_campaign_id(desk: Desk, code: str) -> int | None:
    """Return the campaign of a code in sight, None where none is asked for; raise InvalidInput for an unknown one."""
    if not code:
        return None
    query = sa.select(CAMPAIGN.c.id).where(CAMPAIGN.c.code == code, campaigns_in_sight(desk))
    found = desk.session.connection().execute(query).scalar()
    if found is None:
        raise InvalidInput(
            "没有这个督察批次", found=code[:40], expected="页面所列选项", remedy="回到看板重选"
        )
    return int(found)
