"""Leads that came in, half-month reports of units, administrative litigation, and the opinions of documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import sqlalchemy as sa
from sqlmodel import col

from casework.counts.papers import COUNTED, DOCUMENTS
from casework.counts.problems import said, same
from casework.counts.tallies import Column, Scope
from casework.counts.terms import Family, Indicator, Section, Share, Source
from casework.linkage.compartment import known_ids
from core.life.halflife import HalfReportState
from core.life.leadlife import LeadState
from core.life.matterlife import MATTER_KIND_LABELS, RESULT_LABELS, MatterState, Result
from models.base import table_of
from models.campaign import Finding
from models.document import Document, DocumentItem
from models.halfreport import HalfReport
from models.lead import Lead
from models.matter import LitigationMatter, MatterResult
from models.referral import Referral


def _visible(scope: Scope) -> Column:
    """Of one unit, leads of the compartment are told only to those who may know."""
    if scope.unit_ids is None or known_ids(scope.desk, "lead") is None:
        return sa.true()
    return col(Lead.compartment).is_(False)


_MASK = "（知悉范围内）"
LEADS = Source(
    "lead", table_of(Lead), key=col(Lead.id), office=col(Lead.office_id), unit=col(Lead.unit_id),
    day=col(Lead.received_on), where=(_visible, col(Lead.state) != LeadState.MERGED.value),
    shown=(col(Lead.number), sa.case((col(Lead.compartment), _MASK), else_=col(Lead.title)), col(Lead.state)),
)  # fmt: skip


def _superior(scope: Scope) -> Column:
    codes = {
        code
        for rules in scope.desk.rules.leads.values()
        for code, one in rules.sources.items()
        if one.superior
    }
    return col(Lead.source).in_(sorted(codes))


def _sources(scope: Scope, found: frozenset[str]) -> Mapping[str, str]:
    names = {
        code: one.name for rules in scope.desk.rules.leads.values() for code, one in rules.sources.items()
    }
    return {code: f"收到{names.get(code, code)}线索" for code in (*names, *sorted(found - names.keys()))}


def _handled(scope: Scope, found: frozenset[str]) -> Mapping[str, str]:
    return {code: f"办理{label.removeprefix('收到')}" for code, label in _sources(scope, found).items()}


_REFERRED = sa.exists(
    sa.select(sa.literal(1))
    .select_from(table_of(Referral).join(table_of(Finding), col(Finding.id) == col(Referral.case_id)))
    .where(col(Finding.lead_id) == col(Lead.id), col(Referral.sent_on).is_not(None))
    .correlate(table_of(Lead))
)
# Which lead ended in a transfer is known to the people of the compartment only.
LEADS_REFERRED = replace(LEADS, name="lead_referred", where=(*LEADS.where, _REFERRED), confidential=True)


def _superior_done(scope: Scope) -> Column:
    return sa.and_(_superior(scope), col(Lead.state) == LeadState.CLOSED.value)


def _superior_checked(scope: Scope) -> Column:
    return sa.and_(_superior(scope), col(Lead.checked_on).is_not(None))


FROM_ABOVE = Section(
    7,
    "上级转办",
    (
        Indicator("superior.received", "收到上级转办", "件", "来源为上级转办的线索，计入收到之日", LEADS, _superior),
        Indicator(
            "superior.done", "办结上级转办", "件", "上级转办已办结，计入办结之日", LEADS, _superior_done,
            day=col(Lead.closed_on),
        ),
        Indicator(
            "superior.checked", "查处上级转办线索", "件", "上级转办、交办的线索已核查，计入核查之日", LEADS,
            _superior_checked, day=col(Lead.checked_on),
        ),
    ),
)  # fmt: skip
CHECKED_LEADS = Section(
    8,
    "核查线索",
    (
        Indicator("leads.received", "收到线索", "条", "登记的线索，并案的不计，计入收到之日", LEADS),
        Family("leads.source", "条", "收到的线索，按来源", LEADS, (col(Lead.source),), same, _sources),
        Family(
            "leads.handled", "条", "已作出处理的线索，按来源", LEADS, (col(Lead.source),), same, _handled,
            where=col(Lead.outcome).is_not(None),
        ),
        Indicator(
            "leads.checked", "核查违法线索", "条", "已作核查的线索，计入核查之日", LEADS,
            col(Lead.checked_on).is_not(None), day=col(Lead.checked_on),
        ),
        Indicator(
            "leads.substantiated", "查证属实", "条", "核查或答复认为属实的线索", LEADS,
            col(Lead.substantiated).is_(True), by_day=False,
        ),
        *(
            Indicator(
                f"leads.{outcome}", label, "条", f"决定{label}的线索，计入决定之日", LEADS,
                col(Lead.outcome) == outcome, day=col(Lead.decided_on),
            )
            for outcome, label in (("transferred", "转办"), ("established", "立项"), ("not_handled", "不予处理"))
        ),
        Indicator(
            "leads.referred", "移送有权机关", "条", "立项后所形成的问题已移送有权机关的线索", LEADS_REFERRED,
            by_day=False,
        ),
        Indicator(
            "leads.replied_in_time", "按期答复来源", "条", "不晚于期限答复，计入答复之日", LEADS,
            col(Lead.replied_on) <= col(Lead.reply_due_on), day=col(Lead.replied_on),
        ),
        Indicator(
            "leads.replied_late", "逾期答复来源", "条", "晚于期限答复，计入答复之日", LEADS,
            col(Lead.replied_on) > col(Lead.reply_due_on), day=col(Lead.replied_on),
        ),
    ),
)  # fmt: skip
HALF = Source(
    "half_report", table_of(HalfReport), key=col(HalfReport.id), office=col(HalfReport.office_id),
    unit=col(HalfReport.unit_id), day=col(HalfReport.due_on),
    where=(col(HalfReport.state) != HalfReportState.WAIVED.value,),
    shown=(col(HalfReport.number), col(HalfReport.period_from), col(HalfReport.due_on), col(HalfReport.sent_on)),
)  # fmt: skip


def _unsent(scope: Scope) -> Column:
    return sa.and_(col(HalfReport.sent_on).is_(None), col(HalfReport.due_on) < scope.desk.today)


HALF_MONTHS = (
    Indicator("half_reports.asked", "应报半月报", "份", "应报的半月进展，免报的不计，计入到期之日", HALF, by_day=False),
    Indicator(
        "half_reports.in_time", "按期报送半月报", "份", "不晚于期限报送，计入报送之日", HALF,
        col(HalfReport.sent_on) <= col(HalfReport.due_on), day=col(HalfReport.sent_on),
    ),
    Indicator(
        "half_reports.late", "逾期报送半月报", "份", "晚于期限报送，计入报送之日", HALF,
        col(HalfReport.sent_on) > col(HalfReport.due_on), day=col(HalfReport.sent_on),
    ),
    Indicator("half_reports.missing", "逾期未报半月报", "份", "期限已过而没有报送", HALF, _unsent, by_day=False),
)  # fmt: skip
MATTERS = Source(
    "matter", table_of(LitigationMatter), key=col(LitigationMatter.id), office=col(LitigationMatter.office_id),
    unit=col(LitigationMatter.unit_id), day=col(LitigationMatter.received_on),
    shown=(col(LitigationMatter.number), col(LitigationMatter.cause), col(LitigationMatter.state)),
)  # fmt: skip
RESULTS = Source(
    "matter_result",
    table_of(MatterResult).join(table_of(LitigationMatter), col(LitigationMatter.id) == col(MatterResult.matter_id)),
    key=col(MatterResult.id), office=col(LitigationMatter.office_id), unit=col(LitigationMatter.unit_id),
    day=col(MatterResult.decided_on), where=(col(MatterResult.voided_on).is_(None),),
    shown=(col(LitigationMatter.number), col(MatterResult.result), col(MatterResult.decided_on)),
)  # fmt: skip
DISPUTES = Section(
    21,
    "行政争议",
    (
        Indicator(
            "matters.received", "行政争议事项", "件", "登记的应诉、复议等事项，计入收到之日", MATTERS,
            col(LitigationMatter.state) != MatterState.ANNULLED.value,
        ),
        Family(
            "matters.kind", "件", "登记的事项，按种类", MATTERS, (col(LitigationMatter.kind),), same,
            said(MATTER_KIND_LABELS), where=col(LitigationMatter.state) != MatterState.ANNULLED.value,
        ),
        Family(
            "matters.result", "件", "裁判、决定的结果，计入作出之日", RESULTS, (col(MatterResult.result),), same,
            said(RESULT_LABELS, "结果为{}"),
        ),
        Indicator(
            "matters.judged", "应诉、复议有结果", "件", "应诉、复议事项中有结果的", RESULTS,
            col(LitigationMatter.kind).in_(("litigation", "review")),
        ),
        Indicator(
            "matters.lost", "败诉、被纠错", "件", "应诉、复议事项中败诉、部分败诉的", RESULTS,
            sa.and_(
                col(LitigationMatter.kind).in_(("litigation", "review")),
                col(MatterResult.result).in_((Result.LOST.value, Result.PARTLY_LOST.value)),
            ),
        ),
        Share(
            "matters.lost_share", "败诉、纠错率", "败诉、被纠错占有结果的应诉、复议", "matters.lost", "matters.judged"
        ),
    ),
)  # fmt: skip
OPINIONS = Source(
    "document_item",
    DOCUMENTS.tables.join(table_of(DocumentItem), col(DocumentItem.document_id) == col(Document.id)),
    key=col(DocumentItem.id), office=DOCUMENTS.office, campaign=DOCUMENTS.campaign, unit=DOCUMENTS.unit,
    kind=DOCUMENTS.kind, day=DOCUMENTS.day, where=DOCUMENTS.where,
    shown=(col(Document.number), col(DocumentItem.number), col(DocumentItem.text)),
)  # fmt: skip
POINTS_OF_LETTERS = (
    Indicator("documents.opinions", "提出意见、建议", "条", "已签发文书所列的意见、建议，逐条计", OPINIONS, COUNTED),
    Indicator(
        "documents.opinions_answered", "意见、建议已答复", "条", "已记录落实情况的意见、建议", OPINIONS,
        sa.and_(COUNTED, col(DocumentItem.done_on).is_not(None)), by_day=False,
    ),
)  # fmt: skip
