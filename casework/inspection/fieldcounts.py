"""What fieldwork counts: talks, questionnaires, seminars, papers, field visits, test takers, each in its own unit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped
from sqlmodel import col, select

from casework.desk import Desk
from casework.inspection.campaignrows import find_campaign
from casework.staff.people import find_unit, require_role
from core.errors import InvalidInput
from core.life.campaignlife import COUNTED_LABELS, COUNTED_UNITS, Counted, InquiryState
from core.text.secrecy import refuse_state_secrets
from models.base import key_of
from models.campaign import Campaign
from models.inquiry import FieldCount, Inquiry, InquiryItem, InquiryReturn
from models.organisation import Unit

FROM_LISTS = {"questionnaire": Counted.QUESTIONNAIRES_RETURNED, "materials": Counted.MATERIAL_ITEMS}
"""What the returns of a list count as; what was done beside the lists is noted by hand."""


def note_count(
    desk: Desk, code: str, unit: str, what: str, count: int, *, on: date | None = None, note: str = ""
) -> FieldCount:
    """Note what a team did at a unit, counted in its own unit; a wrong number is set right by one below zero.

    raises   InvalidInput for an unknown word, zero, a correction without its reason, or one that leaves less than none
    """
    require_role(desk, ("officer", "inspector", "leader", "director"), "登记督察工作量")
    campaign, body, day = find_campaign(desk, code), find_unit(desk, unit), on or desk.today
    if what not in COUNTED_LABELS:
        raise InvalidInput(
            "没有这种计数",
            found=what,
            expected="、".join(f"{one.value}（{label}）" for one, label in COUNTED_LABELS.items()),
            remedy="改用其中一种",
        )
    noted = _noted(desk, campaign, body, what)
    if count == 0 or noted + count < 0 or (count < 0 and not note.strip()) or day > desk.today:
        raise InvalidInput(
            "登记的数量不对",
            found=f"{count}（已登记{noted}，{day}）",
            expected="正数；更正写负数并加 --note 理由，合计不少于0，日期不在将来",
            remedy="改正后重新登记",
        )
    refuse_state_secrets(note, "工作量备注")
    row = FieldCount(
        office_id=desk.office_id, campaign_id=key_of(campaign), unit_id=key_of(body), what=what, count=count,
        on_day=day, entered_on=desk.today, entered_by=desk.actor.code, note=note,
    )  # fmt: skip
    desk.session.add(row)
    desk.session.flush()
    desk.record("campaign", key_of(campaign), "count", unit_id=row.unit_id, on=day, what=what, count=count)
    return row


def _noted(desk: Desk, campaign: Campaign, unit: Unit, what: str) -> int:
    query = select(FieldCount.count).where(
        col(FieldCount.campaign_id) == campaign.id,
        col(FieldCount.unit_id) == unit.id,
        col(FieldCount.what) == what,
    )
    return sum(desk.session.exec(query))


def counted(
    desk: Desk, campaigns: Sequence[int] | None = None, since: date | None = None, until: date | None = None
) -> dict[Counted, int]:
    """Return what fieldwork counts, of campaigns and days when they are given: noted by hand and from the lists.

    Asked questionnaires count as sent on the day they were asked, papers and questionnaires on the day they came.
    """
    totals: Counter[Counted] = Counter(dict.fromkeys(Counted, 0))
    link = desk.session.connection()
    noted = sa.select(col(FieldCount.what), sa.func.sum(col(FieldCount.count))).where(
        *_within(desk, col(FieldCount.office_id), col(FieldCount.campaign_id), campaigns),
        *_days(col(FieldCount.on_day), since, until),
    )
    for what, count in link.execute(noted.group_by(col(FieldCount.what))):
        totals[Counted(what)] += int(count)
    mine = _within(desk, col(Inquiry.office_id), col(Inquiry.campaign_id), campaigns)
    back = (
        sa.select(col(Inquiry.kind), sa.func.sum(col(InquiryReturn.count)))
        .join_from(InquiryReturn, InquiryItem, col(InquiryItem.id) == col(InquiryReturn.item_id))
        .join(Inquiry, col(Inquiry.id) == col(InquiryItem.inquiry_id))
        .where(*mine, *_days(col(InquiryReturn.on_day), since, until), col(Inquiry.kind).in_(FROM_LISTS))
    )
    for kind, count in link.execute(back.group_by(col(Inquiry.kind))):
        totals[FROM_LISTS[kind]] += int(count)
    sent = (
        sa.select(sa.func.sum(col(InquiryItem.count)))
        .join_from(InquiryItem, Inquiry, col(Inquiry.id) == col(InquiryItem.inquiry_id))
        .where(
            *mine,
            *_days(col(Inquiry.asked_on), since, until),
            col(Inquiry.kind) == "questionnaire",
            col(Inquiry.state) != InquiryState.WITHDRAWN.value,
        )
    )
    totals[Counted.QUESTIONNAIRES_SENT] += int(link.execute(sent).scalar() or 0)
    return dict(totals)


def describe_counts(totals: dict[Counted, int]) -> list[dict[str, object]]:
    """Return counts with their words and units, in their order."""
    return [
        {
            "what": one.value,
            "label": COUNTED_LABELS[one],
            "count": totals.get(one, 0),
            "unit": COUNTED_UNITS[one],
        }
        for one in Counted
    ]


def _within(
    desk: Desk, office: Mapped[int], campaign: Mapped[int], wanted: Sequence[int] | None
) -> list[sa.ColumnElement[bool]]:
    return [office == desk.office_id, *([campaign.in_(wanted)] if wanted is not None else [])]


def _days(day: Mapped[date], since: date | None, until: date | None) -> list[sa.ColumnElement[bool]]:
    return [*([day >= since] if since else []), *([day <= until] if until else [])]
