"""Lists asked of units, for those who see them: the office all of a campaign, an inspector those of own visits."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Desk
from casework.inspection.inquiries import find_list
from casework.inspection.inquiryviews import list_inquiries
from casework.sight import UNIT, VISIT, sees_office, visits_in_sight
from core.errors import InvalidInput, NotFound
from models.campaign import Campaign
from models.inquiry import Inquiry


def inquiries_for(desk: Desk, campaign: Campaign) -> list[dict[str, Any]]:
    """Return the lists of a campaign that are in sight."""
    mine = _units_in_sight(desk, campaign)
    return [row for row in list_inquiries(desk, campaign.code) if row["unit"] in mine]


def units_to_ask(desk: Desk, campaign: Campaign) -> list[tuple[str, str]]:
    """Return the units of a campaign that the actor may ask for something, as (code, name)."""
    query = (
        sa.select(UNIT.c.code, UNIT.c.name)
        .join(VISIT, VISIT.c.unit_id == UNIT.c.id)
        .where(VISIT.c.campaign_id == campaign.id, visits_in_sight(desk))
        .order_by(UNIT.c.code)
    )
    return [(row.code, row.name) for row in desk.session.connection().execute(query)]


def unit_to_ask(desk: Desk, campaign: Campaign, unit: str) -> str | None:
    """Return the unit that a list is for, None for all of the campaign, which only the office may ask."""
    if not unit and sees_office(desk):
        return None
    if unit not in _units_in_sight(desk, campaign):
        raise InvalidInput(
            "请选择单位", found=unit or "全部", expected="本人督察的单位", remedy="选择一个单位"
        )
    return unit


def list_in_sight(desk: Desk, campaign: Campaign, number: int) -> Inquiry:
    """Return a list of a campaign; raise NotFound for one that is not there or not in sight."""
    row = find_list(desk, number)
    unit = desk.session.exec(select(Inquiry.unit_id).where(col(Inquiry.id) == number)).one()
    known = sa.select(UNIT.c.code).where(UNIT.c.id == unit)
    code = desk.session.connection().execute(known).scalar_one()
    if row.campaign_id != campaign.id or code not in _units_in_sight(desk, campaign):
        raise NotFound("没有这份清单", found=str(number), expected="清单编号", remedy="从批次的清单中选择")
    return row


def _units_in_sight(desk: Desk, campaign: Campaign) -> set[str]:
    return {code for code, _name in units_to_ask(desk, campaign)}
