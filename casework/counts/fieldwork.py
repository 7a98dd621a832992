"""What teams do in the field, interviews (约谈), and contact points: each in its own unit."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from casework.counts.problems import said, same
from casework.counts.tallies import Column, Scope
from casework.counts.terms import Family, Indicator, Section, Source
from core.life.campaignlife import COUNTED_LABELS, COUNTED_UNITS, Counted, InquiryState
from core.life.interviewlife import INTERVIEW_ROLE_LABELS, InterviewState
from models.base import table_of
from models.campaign import Campaign
from models.inquiry import FieldCount, Inquiry, InquiryItem, InquiryReturn
from models.interview import Interview, InterviewPerson
from models.period import ContactPoint
from models.pool import PoolMember

NOTED = Source(
    "field_count",
    table_of(FieldCount).join(table_of(Campaign), col(Campaign.id) == col(FieldCount.campaign_id)),
    key=col(FieldCount.id), office=col(FieldCount.office_id), campaign=col(FieldCount.campaign_id),
    unit=col(FieldCount.unit_id), kind=col(Campaign.kind), day=col(FieldCount.on_day),
    shown=(col(Campaign.code), col(FieldCount.what), col(FieldCount.on_day), col(FieldCount.note)),
)  # fmt: skip
_ASKED = (
    table_of(Inquiry)
    .join(table_of(InquiryItem), col(InquiryItem.inquiry_id) == col(Inquiry.id))
    .join(table_of(Campaign), col(Campaign.id) == col(Inquiry.campaign_id))
)
CAME = Source(
    "inquiry_return",
    _ASKED.join(table_of(InquiryReturn), col(InquiryReturn.item_id) == col(InquiryItem.id)),
    key=col(InquiryReturn.id), office=col(Inquiry.office_id), campaign=col(Inquiry.campaign_id),
    unit=col(Inquiry.unit_id), kind=col(Campaign.kind), day=col(InquiryReturn.on_day),
    shown=(col(Campaign.code), col(Inquiry.title), col(InquiryItem.asked)),
)  # fmt: skip
SENT_OUT = Source(
    "inquiry_item", _ASKED, key=col(InquiryItem.id), office=col(Inquiry.office_id),
    campaign=col(Inquiry.campaign_id), unit=col(Inquiry.unit_id), kind=col(Campaign.kind), day=col(Inquiry.asked_on),
    shown=(col(Campaign.code), col(Inquiry.title), col(InquiryItem.asked)),
)  # fmt: skip
# An interview about a matter of linkage is known to its people only.
_HIDDEN = sa.func.coalesce(col(Interview.about), "").in_(("referral", "incoming"))
_INTERVIEW_COLUMNS: dict[str, Any] = {
    "office": col(Interview.office_id), "campaign": col(Interview.campaign_id), "unit": col(Interview.unit_id),
    "kind": col(Campaign.kind), "day": col(Interview.held_on),
}  # fmt: skip
_INTERVIEWS = table_of(Interview).outerjoin(
    table_of(Campaign), col(Campaign.id) == col(Interview.campaign_id)
)
_HELD = col(Interview.state) == InterviewState.HELD.value
INTERVIEWS = Source(
    "interview", _INTERVIEWS, key=col(Interview.id), where=(_HELD, sa.not_(_HIDDEN)),
    shown=(col(Interview.held_on), col(Interview.reason)), **_INTERVIEW_COLUMNS,
)  # fmt: skip
INTERVIEWED = Source(
    "interviewed",
    _INTERVIEWS.join(table_of(InterviewPerson), col(InterviewPerson.interview_id) == col(Interview.id)),
    key=col(InterviewPerson.id), where=(_HELD, sa.not_(_HIDDEN)),
    shown=(col(Interview.held_on), col(InterviewPerson.role), col(Interview.reason)), **_INTERVIEW_COLUMNS,
)  # fmt: skip
POINTS = Source(
    "contact_point", table_of(ContactPoint), key=col(ContactPoint.id), office=col(ContactPoint.office_id),
    day=col(ContactPoint.from_on), shared=True, shown=(col(ContactPoint.code), col(ContactPoint.name)),
)  # fmt: skip
MEMBERS = Source(
    "pool_member", table_of(PoolMember), key=col(PoolMember.id), office=col(PoolMember.office_id), shared=True,
    shown=(col(PoolMember.pool), col(PoolMember.term), col(PoolMember.from_on), col(PoolMember.until_on)),
)  # fmt: skip


def _current(scope: Scope) -> Column:
    day = scope.to_on or scope.desk.today
    until = sa.func.coalesce(col(PoolMember.exited_on), col(PoolMember.until_on))
    return sa.and_(col(PoolMember.from_on) <= day, until >= day)


def _kept(_scope: Scope) -> Column:
    return col(ContactPoint.until_on).is_(None)


def _pools(scope: Scope, found: frozenset[str]) -> dict[str, str]:
    names = {key: rules.name for key, rules in scope.desk.rules.pools.items()}
    return {code: names.get(code, code) for code in sorted({*names, *found})}


def _counted(what: Counted) -> Iterable[Indicator]:
    yield Indicator(
        f"field.{what.value}", COUNTED_LABELS[what], COUNTED_UNITS[what], "登记的数量（更正以负数登记），计入当日",
        NOTED, col(FieldCount.what) == what.value, amount=col(FieldCount.count),
    )  # fmt: skip


FIELDWORK = (
    *(one for what in Counted for one in _counted(what)),
    Indicator(
        "lists.questionnaires_sent", "调查问卷清单发放", "份", "问卷清单所列份数，撤回的不计，计入发出之日", SENT_OUT,
        sa.and_(col(Inquiry.kind) == "questionnaire", col(Inquiry.state) != InquiryState.WITHDRAWN.value),
        amount=col(InquiryItem.count),
    ),
    Indicator(
        "lists.questionnaires_returned", "调查问卷清单收回", "份", "按清单收回的问卷，计入收到之日", CAME,
        col(Inquiry.kind) == "questionnaire", amount=col(InquiryReturn.count),
    ),
    Indicator(
        "lists.materials", "按清单调阅资料", "份", "按调阅清单收到的资料，计入收到之日", CAME,
        col(Inquiry.kind) == "materials", amount=col(InquiryReturn.count),
    ),
    Indicator(
        "lists.self_reports", "收到自查报告", "份", "按清单收到的自查报告，计入收到之日", CAME,
        col(Inquiry.kind) == "self_report", amount=col(InquiryReturn.count),
    ),
)  # fmt: skip
STAFF = (
    Family(
        "people.member", "人", "现在各人才库任期内的人员", MEMBERS, (col(PoolMember.pool),), same, _pools,
        where=_current, by_day=False,
    ),
    Indicator("points.kept", "行政执法监督联系点", "个", "现有的联系点", POINTS, _kept, by_day=False),
)  # fmt: skip
TALKS = Section(
    5,
    "约谈",
    (
        Indicator("interviews.held", "开展约谈", "次", "已开展的约谈，计入约谈之日", INTERVIEWS),
        Indicator(
            "interviews.people", "约谈", "人", "到场的被约谈人，各次约谈相加，同一人约谈几次计几次", INTERVIEWED,
            amount=col(InterviewPerson.came),
        ),
        Family(
            "interviews.role", "人", "到场的被约谈人，按身份分开计", INTERVIEWED, (col(InterviewPerson.role),), same,
            said(INTERVIEW_ROLE_LABELS, "约谈{}"), amount=col(InterviewPerson.came),
        ),
    ),
)  # fmt: skip
