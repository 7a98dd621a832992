"""What a reader narrows the light board to, as it stands in an address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from casework.desk import Desk
from casework.sight import campaigns_in_sight
from core.errors import InvalidInput
from models.base import table_of
from models.campaign import Campaign

CAMPAIGN = table_of(Campaign)
SPANS = (8, 12, 26, 52)
SPAN = 12


@dataclass(frozen=True, slots=True)
class BoardFilters:
    """A campaign by its code, a class of units, how many weeks, and only units that shine now."""

    campaign: str = ""
    kind: str = ""
    weeks: int = SPAN
    lit: bool = False

    @classmethod
    def read(cls, given: Mapping[str, str]) -> BoardFilters:
        """Read filters from an address; raise InvalidInput naming a value that is none."""
        weeks = given.get("weeks", "") or str(SPAN)
        if weeks not in {str(span) for span in SPANS}:
            raise InvalidInput(
                "筛选条件不正确", found=f"weeks={weeks[:20]}", expected="页面所列选项", remedy="回到看板重选"
            )
        return cls(
            given.get("campaign", "").strip(),
            given.get("kind", "").strip()[:40],
            int(weeks),
            given.get("lit") == "1",
        )

    def as_query(self) -> dict[str, str]:
        """Return the filters as they stand in an address, without those that are not set."""
        every = {
            "campaign": self.campaign,
            "kind": self.kind,
            "weeks": "" if self.weeks == SPAN else str(self.weeks),
            "lit": "1" if self.lit else "",
        }
        return {name: value for name, value in every.items() if value}


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
