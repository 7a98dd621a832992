"""Linkage with discipline inspection and others: numbers only; the rows belong to its compartment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlmodel import col

from casework.counts.problems import said, same
from casework.counts.tallies import Scope
from casework.counts.terms import Family, Indicator, Section, Source
from core.life.lives import REFERRAL_STATE_LABELS, ReferralState
from models.base import table_of
from models.campaign import Campaign, Finding
from models.incoming import Incoming
from models.meeting import Meeting
from models.rectification import Rectification
from models.referral import Referral, ReferralSanction

REFERRALS = Source(
    "referral",
    table_of(Referral)
    .outerjoin(table_of(Rectification), col(Rectification.id) == col(Referral.case_id))
    .outerjoin(table_of(Finding), col(Finding.id) == col(Rectification.id))
    .outerjoin(table_of(Campaign), col(Campaign.id) == col(Rectification.campaign_id)),
    key=col(Referral.id), office=col(Referral.office_id), campaign=col(Rectification.campaign_id),
    unit=col(Rectification.unit_id), kind=col(Campaign.kind), day=col(Referral.opened_on), confidential=True,
    shown=(col(Finding.code), col(Referral.state), col(Referral.receiver), col(Referral.opened_on)),
)  # fmt: skip


def _receiver(_scope: Scope, receiver: str | None) -> Iterable[str]:
    return (receiver,) if receiver else ()


def _receivers(scope: Scope, found: frozenset[str]) -> Mapping[str, str]:
    names = {code: rule.name for code, rule in scope.desk.rules.linkage.receivers.items()}
    names |= {code: code for code in sorted(found - names.keys())}
    return {code: f"移送（移交）{name}" for code, name in names.items()}


SANCTIONS = Source(
    "sanction",
    REFERRALS.tables.join(table_of(ReferralSanction), col(ReferralSanction.referral_id) == col(Referral.id)),
    key=col(ReferralSanction.id), office=col(Referral.office_id), campaign=col(Rectification.campaign_id),
    unit=col(Rectification.unit_id), kind=col(Campaign.kind), day=col(ReferralSanction.reported_on),
    confidential=True, shown=(col(Finding.code), col(ReferralSanction.kind), col(ReferralSanction.reported_on)),
)  # fmt: skip
INCOMING = Source(
    "incoming", table_of(Incoming), key=col(Incoming.id), office=col(Incoming.office_id),
    campaign=col(Incoming.campaign_id), unit=col(Incoming.unit_id), day=col(Incoming.received_on), confidential=True,
    shown=(col(Incoming.number), col(Incoming.sender_name), col(Incoming.title)),
)  # fmt: skip
MEETINGS = Source(
    "meeting", table_of(Meeting), key=col(Meeting.id), office=col(Meeting.office_id), day=col(Meeting.held_on),
    confidential=True, shown=(col(Meeting.number), col(Meeting.kind), col(Meeting.title)),
)  # fmt: skip


def _sanctions(scope: Scope, found: frozenset[str]) -> Mapping[str, str]:
    names = {code: one.name for code, one in scope.desk.rules.linkage.sanctions.items()}
    return {**names, **{code: code for code in sorted(found - names.keys())}}


LINKAGE = Section(
    9,
    "贯通联动",
    (
        Indicator(
            "referrals.opened", "启动线索筛查", "件", "启动筛查的件数，分送的不另计，计入启动之日", REFERRALS,
            col(Referral.part) == 1,
        ),
        Indicator(
            "referrals.sent", "移送（移交）", "件", "移送、移交的件数，计入移送之日", REFERRALS,
            col(Referral.sent_on).is_not(None), day=col(Referral.sent_on),
        ),
        Indicator(
            "referrals.receipt", "收到回执", "件", "收到回执的件数，计入收到之日", REFERRALS,
            col(Referral.receipt_on).is_not(None), day=col(Referral.receipt_on),
        ),
        Indicator(
            "referrals.result", "收到办理结果", "件", "收到办理结果的件数，计入收到之日", REFERRALS,
            col(Referral.result_on).is_not(None), day=col(Referral.result_on),
        ),
        Family(
            "referrals.state", "件", "筛查和移送，按现在的状态", REFERRALS, (col(Referral.state),), same,
            said(REFERRAL_STATE_LABELS, "现为“{}”"), by_day=False,
        ),
        Family(
            "referrals.receiver", "件", "移送、移交的件数，按受移送机关", REFERRALS, (col(Referral.receiver),),
            _receiver, _receivers, where=col(Referral.sent_on).is_not(None), day=col(Referral.sent_on),
        ),
        *(
            Indicator(
                f"referrals.{key}", label, "人", "办理结果所列的人数，计入收到结果之日", REFERRALS,
                amount=column, day=col(Referral.result_on),
            )
            for key, label, column in (
                ("organisational", "组织处理", col(Referral.organisational)),
                ("disciplinary", "党纪政务处分", col(Referral.disciplinary)),
                ("criminal", "移送司法机关", col(Referral.criminal)),
                ("educational", "批评教育帮助", col(Referral.educational)),
            )
        ),
        Indicator(
            "referrals.returned", "被退回", "件", "受移送机关退回的件数，现状", REFERRALS,
            col(Referral.state) == ReferralState.RETURNED.value, by_day=False,
        ),
        Family(
            "referrals.sanction", "人", "反馈的处理、处分人数，按种类，计入反馈之日", SANCTIONS,
            (col(ReferralSanction.kind),), same, _sanctions, amount=col(ReferralSanction.people),
        ),
        Indicator("incoming.received", "接收移交事项", "件", "纪检监察、巡察等移交的事项，计入收到之日", INCOMING),
        Indicator(
            "incoming.answered", "答复移交事项", "件", "已答复的移交事项，计入答复之日", INCOMING,
            col(Incoming.answered_on).is_not(None), day=col(Incoming.answered_on),
        ),
        Indicator("meetings.held", "会商、联席会议", "次", "会商和联席会议，计入召开之日", MEETINGS),
    ),
)  # fmt: skip
