"""Lists asked of units as people read them, and the watch over late ones."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Desk
from casework.inspection.campaignrows import find_campaign
from casework.inspection.inquiries import OPEN, late_key, returned_of
from casework.tasks import open_task
from core.life.campaignlife import INQUIRY, InquiryState
from models.base import key_of
from models.campaign import Campaign
from models.inquiry import Inquiry, InquiryItem, InquiryReturn
from models.organisation import Unit


def list_inquiries(
    desk: Desk, campaign: str | None = None, *, unit: str | None = None, late: bool = False
) -> list[dict[str, object]]:
    """Return lists with how much of each came back, by day due; a contact of a unit sees that unit's alone."""
    query = (
        select(Inquiry, Campaign.code, Unit)
        .join(Campaign, col(Campaign.id) == col(Inquiry.campaign_id))
        .join(Unit, col(Unit.id) == col(Inquiry.unit_id))
        .where(col(Inquiry.office_id) == desk.office_id)
        .order_by(col(Inquiry.due_on), col(Inquiry.id))
    )
    if campaign:
        query = query.where(col(Inquiry.campaign_id) == find_campaign(desk, campaign).id)
    wanted = desk.actor.unit_code if desk.actor.speaks_for_unit else unit
    if wanted:
        query = query.where(col(Unit.code) == wanted)
    rows = [(row, code, one) for row, code, one in desk.session.exec(query) if not late or is_late(desk, row)]
    totals = _totals(desk, [key_of(row) for row, _code, _unit in rows])
    return [_describe(desk, row, code, one, *totals.get(key_of(row), (0, 0))) for row, code, one in rows]


def is_late(desk: Desk, row: Inquiry) -> bool:
    """Tell whether a list is overdue today, or came back after its day."""
    if row.state == InquiryState.WITHDRAWN:
        return False
    return (row.returned_on or desk.today) > row.due_on


def show_inquiry(desk: Desk, row: Inquiry) -> dict[str, object]:
    """Return one list with its things and everything that came back."""
    unit = desk.session.get_one(Unit, row.unit_id)
    code = desk.campaign(row.campaign_id).code
    items = returned_of(desk, row)
    whole = _describe(desk, row, code, unit, sum(i.count for i, _ in items), sum(back for _, back in items))
    returns = desk.session.exec(
        select(InquiryReturn)
        .where(col(InquiryReturn.item_id).in_([key_of(item) for item, _back in items]))
        .order_by(col(InquiryReturn.id))
    ).all()
    whole["items"] = [
        {
            "place": item.position,
            "asked": item.asked,
            "count": item.count,
            "returned": back,
            "returns": [
                {"on": one.on_day.isoformat(), "count": one.count, "by": one.entered_by, "note": one.note,
                 "late": one.on_day > row.due_on, "sha256": one.sha256}
                for one in returns if one.item_id == item.id
            ],
        }
        for item, back in items
    ]  # fmt: skip
    return whole


def _describe(
    desk: Desk, row: Inquiry, campaign: str, unit: Unit, asked: int, returned: int
) -> dict[str, object]:
    late = is_late(desk, row)
    until = row.returned_on or desk.today
    return {
        "id": row.id,
        "campaign": campaign,
        "unit": unit.code,
        "unit_name": unit.name,
        "kind": row.kind,
        "title": row.title,
        "number": row.number,
        "state": row.state,
        "state_word": INQUIRY.state_labels[InquiryState(row.state)],
        "asked_on": row.asked_on.isoformat(),
        "due_on": row.due_on.isoformat(),
        "provisional": row.due_provisional,
        "returned_on": row.returned_on.isoformat() if row.returned_on else None,
        "asked": asked,
        "returned": returned,
        "late": late,
        "late_workdays": desk.calendar.between(row.due_on, until) if late else 0,
    }


def _totals(desk: Desk, ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Return {list: (things asked, things returned)}."""
    back = (
        sa.select(
            col(InquiryReturn.item_id).label("item"), sa.func.sum(col(InquiryReturn.count)).label("back")
        )
        .group_by(col(InquiryReturn.item_id))
        .subquery()
    )
    query = (
        sa.select(
            col(InquiryItem.inquiry_id),
            sa.func.sum(col(InquiryItem.count)),
            sa.func.coalesce(sa.func.sum(back.c.back), 0),
        )
        .join_from(InquiryItem, back, back.c.item == col(InquiryItem.id), isouter=True)
        .where(col(InquiryItem.inquiry_id).in_(ids))
        .group_by(col(InquiryItem.inquiry_id))
    )
    return {row[0]: (int(row[1]), int(row[2])) for row in desk.session.connection().execute(query)}


def watch_inquiries(desk: Desk) -> dict[str, object]:
    """Open a task for the officer for every list that is overdue, once."""
    query = (
        select(Inquiry, Campaign, Unit)
        .join(Campaign, col(Campaign.id) == col(Inquiry.campaign_id))
        .join(Unit, col(Unit.id) == col(Inquiry.unit_id))
        .where(
            col(Inquiry.office_id) == desk.office_id,
            col(Inquiry.state).in_(OPEN),
            col(Inquiry.due_on) < desk.today,
        )
        .order_by(col(Inquiry.due_on), col(Inquiry.id))
    )
    rows = desk.session.exec(query).all()
    opened = 0
    for row, campaign, unit in rows:
        title = f"{campaign.title}：{unit.name}的{row.title}逾期未交齐"
        task = open_task(
            desk, late_key(row), kind="inquiry", title=title, subject="request_list", subject_id=key_of(row),
            role="officer", due_on=row.due_on, unit_id=row.unit_id,
        )  # fmt: skip
        opened += task is not None
    return {"late": len(rows), "tasks": opened}
