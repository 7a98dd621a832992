"""The numbers an office must give (份, 条, 人次, 件 are different units), counted by the database.

In a period everything counts on its own day: a visit when it begins, a problem when it was found, a document when it
was signed, a light when it was lit. Shares are those of the problems found in the period.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

import sqlalchemy as sa
from sqlmodel import col

from casework.campaigns import find_campaign
from casework.casecounts import count_lights, count_rectification, count_requests
from casework.climbing import rules_of
from casework.desk import Desk
from casework.kinds import kinds_in_order, name_of_kind
from casework.people import split
from casework.tallies import Group, Scope, Statistics, Tally, by_code, count_if, share
from core.codes import (
    CAMPAIGN_KIND_LABELS,
    CHECK_RESULT_LABELS,
    SEVERITY_LABELS,
    DocumentContent,
)
from core.lives import MESSAGE_STATE_LABELS, REFERRAL_STATE_LABELS, CampaignState, DocumentState, FindingState
from core.rulebook import Rulebook
from models.campaign import Campaign, CheckRecord, Finding, Visit, VisitMember
from models.document import Document, DocumentCase
from models.message import Message
from models.organisation import Person, Unit
from models.rectification import Rectification
from models.referral import Referral

UNDER_WAY = (CampaignState.OPEN.value, CampaignState.CLOSED.value)
SIGNED = tuple(state.value for state in DocumentState if state.value not in ("draft", "in_review", "void"))
FINDING_LABELS = {
    FindingState.CONFIRMED: "认定问题",
    FindingState.PAPER: "待认定底稿",
    FindingState.WITHDRAWN: "撤销问题",
}


def count(
    desk: Desk, *, campaign: str | None = None, from_on: date | None = None, to_on: date | None = None
) -> Statistics:
    """Count everything the tables can answer, for the office, one campaign, or a period (both days included).

    raises   NotFound for an unknown campaign
    source   the statistics of a 督察 office: campaigns, problems, documents, lights, extensions, closures, transfers
    """
    campaign_id = find_campaign(desk, campaign).id if campaign else None
    scope = Scope(desk, campaign_id, from_on, to_on)
    return Statistics(
        (
            Group("督察批次与覆盖面", tuple(_campaigns(scope))),
            Group("督察力量", tuple(_people(scope))),
            Group("检查与自查", tuple(_checks(scope))),
            Group("发现问题", tuple(_findings(scope))),
            Group("整改与销号", tuple(count_rectification(scope))),
            Group("预警灯色", tuple(count_lights(scope))),
            Group("文书", tuple(_documents(scope))),
            Group("延期、异议与中止", tuple(count_requests(scope))),
            Group("贯通联动", tuple(_referrals(scope))),
            Group("邮件", tuple(_mails(scope))),
        )
    )


def _campaigns(scope: Scope) -> Iterable[Tally]:
    within = scope.within(col(Campaign.office_id), col(Campaign.id))
    began = sa.func.coalesce(col(Campaign.opened_on), col(Campaign.planned_on))
    query = sa.select(col(Campaign.kind), col(Campaign.state), sa.func.count()).where(
        *within, *scope.days(began)
    )
    kinds: Counter[str] = Counter()
    states: Counter[str] = Counter()
    for (kind, state), number in scope.counts(
        query.group_by(col(Campaign.kind), col(Campaign.state))
    ).items():
        states[state] += number
        if state in UNDER_WAY:
            kinds[kind] += number
    yield Tally("campaigns.opened", "开展督察", kinds.total(), "次")
    yield from by_code("campaigns.kind", CAMPAIGN_KIND_LABELS, kinds, "次")
    yield Tally("campaigns.closed", "已办结批次", states["closed"], "次")
    yield Tally("campaigns.waiting", "待启动批次", states["planned"] + states["approved"], "次")
    yield from _coverage(scope)


def _coverage(scope: Scope) -> Iterable[Tally]:
    done = col(Visit.to_on) <= scope.desk.today
    ((visits, finished, units),) = scope.rows(
        sa.select(
            sa.func.count(),
            count_if(done),
            sa.func.count(sa.distinct(sa.case((done, col(Visit.unit_id))))),
        )
        .join(Campaign, col(Campaign.id) == col(Visit.campaign_id))
        .where(
            *scope.within(col(Visit.office_id), col(Visit.campaign_id), col(Visit.from_on)),
            col(Campaign.state).in_(UNDER_WAY),
        )
    )
    ((known,),) = scope.rows(
        sa.select(sa.func.count()).select_from(Unit).where(*scope.within(col(Unit.office_id)))
    )
    yield Tally("visits.planned", "安排督察单位次", visits, "次")
    yield Tally("visits.done", "已完成单位次", finished, "次")
    yield Tally("units.all", "被督察单位", known, "家")
    yield Tally("units.visited", "已督察单位", units, "家")
    yield Tally("units.coverage", "覆盖率", share(units, known), "%")


def _people(scope: Scope) -> Iterable[Tally]:
    texts = scope.rows(sa.select(col(Person.specialties)).where(*scope.within(col(Person.office_id))))
    by_specialty = Counter(word for (text,) in texts for word in split(text))
    ((times, people),) = scope.rows(
        sa.select(sa.func.count(), sa.func.count(sa.distinct(col(VisitMember.person_id))))
        .join(Visit, col(Visit.id) == col(VisitMember.visit_id))
        .where(*scope.within(col(Visit.office_id), col(Visit.campaign_id), col(Visit.from_on)))
    )
    yield Tally("people.pool", "人才库", len(texts), "人")
    for word in sorted(by_specialty):
        yield Tally(f"people.specialty.{word}", f"其中{word}专业（一人可有多项）", by_specialty[word], "人")
    yield Tally("people.sent", "派出督察人员", people, "人")
    yield Tally("people.sent_times", "派出督察人员", times, "人次")


def _checks(scope: Scope) -> Iterable[Tally]:
    checks = scope.counts(
        sa.select(col(CheckRecord.result), sa.func.count())
        .join(Visit, col(Visit.id) == col(CheckRecord.visit_id))
        .where(*scope.within(col(CheckRecord.office_id), col(Visit.campaign_id), col(CheckRecord.checked_on)))
        .group_by(col(CheckRecord.result))
    )
    due, reported = col(Visit.self_report_due_on), col(Visit.self_report_on)
    today = scope.desk.today
    ((asked, in_time, late, missing, returned, waiting),) = scope.rows(
        sa.select(
            count_if(due.is_not(None)),
            count_if(reported <= due),
            count_if(reported > due),
            count_if(sa.and_(reported.is_(None), due < today)),
            count_if(col(Visit.workbook_returned_on).is_not(None)),
            count_if(sa.and_(col(Visit.workbook_returned_on).is_(None), col(Visit.to_on) < today)),
        )
        .join(Campaign, col(Campaign.id) == col(Visit.campaign_id))
        .where(
            *scope.within(col(Visit.office_id), col(Visit.campaign_id), col(Visit.from_on)),
            col(Campaign.state).in_(UNDER_WAY),
        )
    )
    yield Tally("checks.all", "检查事项", sum(checks.values()), "次")
    yield from by_code("checks.result", CHECK_RESULT_LABELS, checks, "次", "检查结果{}")
    yield Tally("workbooks.returned", "交回检查表", returned, "份")
    yield Tally("workbooks.waiting", "督察结束未交检查表", waiting, "份")
    yield Tally("self_reports.asked", "应报自查报告", asked, "份")
    yield Tally("self_reports.in_time", "按时报送", in_time, "份")
    yield Tally("self_reports.late", "逾期报送", late, "份")
    yield Tally("self_reports.missing", "逾期未报", missing, "份")


def _findings(scope: Scope) -> Iterable[Tally]:
    keys = (col(Finding.campaign_id), col(Finding.item), col(Finding.severity), col(Finding.state))
    found = scope.counts(
        sa.select(*keys, sa.func.count())
        .where(*scope.within(col(Finding.office_id), col(Finding.campaign_id), col(Finding.found_on)))
        .group_by(*keys)
    )
    states: Counter[str] = Counter()
    severities: Counter[str] = Counter()
    classes: Counter[tuple[str, str]] = Counter()
    for (campaign_id, item, severity, state), number in found.items():
        states[state] += number
        if state == FindingState.CONFIRMED:
            severities[severity] += number
            classes[class_of(rules_of(scope.desk, campaign_id), item)] += number
    yield from by_code("findings", FINDING_LABELS, states, "个")
    yield from by_code("findings.severity", SEVERITY_LABELS, severities, "个", "{}问题")
    for (code, name), number in sorted(classes.items()):
        yield Tally(f"findings.class.{code}", name, number, "个")


def class_of(rules: Rulebook, item_id: str) -> tuple[str, str]:
    """Return code and name of the class of an item; a catalogue without classes is one class itself."""
    for catalog in rules.catalogs.values():
        for item in (*catalog.items, *catalog.retired):
            if item.id == item_id:
                name = catalog.class_name(item.category)
                return (item.category, name) if name else (catalog.key, catalog.name)
    return "-", "目录外事项"


def _documents(scope: Scope) -> Iterable[Tally]:
    day = sa.func.coalesce(col(Document.signed_on), col(Document.drafted_on))
    within = [*scope.within(col(Document.office_id), col(Document.campaign_id)), *scope.days(day)]
    # A reminder goes out by itself, without number and signature: it is mail, not a 文书.
    reminder = sa.and_(col(Document.signed_on).is_(None), col(Document.state).in_(SIGNED))
    found = scope.counts(
        sa.select(col(Document.kind), col(Document.state), sa.func.count())
        .where(*within, sa.not_(reminder))
        .group_by(col(Document.kind), col(Document.state))
    )
    ((points,),) = scope.rows(
        sa.select(sa.func.count())
        .select_from(DocumentCase)
        .join(Document, col(Document.id) == col(DocumentCase.document_id))
        .where(
            *within,
            col(Document.content_kind) == DocumentContent.FINDINGS.value,
            col(Document.state).in_(SIGNED),
        )
    )
    ((reminders,),) = scope.rows(sa.select(sa.func.count()).where(*within, reminder))
    yield from _document_totals("documents", "文书", found)
    yield Tally("documents.reminders", "不编号提醒", reminders, "份")
    yield Tally("documents.points", "反馈和整改通知书载明问题", points, "条")
    for kind, label in _kind_labels(scope, {kind for kind, _state in found}).items():
        yield from _document_totals(
            f"documents.{kind}", label, {k: n for k, n in found.items() if k[0] == kind}
        )


def _kind_labels(scope: Scope, used: set[str]) -> dict[str, str]:
    """Return {code: name} of the kinds in the rules of the scope, and of those used that these no longer have."""
    book = scope.desk.rules if scope.campaign_id is None else rules_of(scope.desk, scope.campaign_id)
    labels = {rule.code: rule.name for rule in kinds_in_order(book)}
    return labels | {kind: name_of_kind(scope.desk, kind) for kind in sorted(used - labels.keys())}


def _document_totals(prefix: str, label: str, found: dict[tuple[str, str], int]) -> Iterable[Tally]:
    states: Counter[str] = Counter()
    for (_kind, state), number in found.items():
        states[state] += number
    yield Tally(f"{prefix}.signed", f"签发{label}", sum(states[state] for state in SIGNED), "份")
    yield Tally(f"{prefix}.served", f"送达{label}", states["served"], "份")
    if prefix == "documents" or states["draft"] + states["in_review"]:
        yield Tally(f"{prefix}.draft", f"待签发{label}", states["draft"] + states["in_review"], "份")
    if prefix == "documents" or states["void"]:
        yield Tally(f"{prefix}.void", f"作废{label}", states["void"], "份")


def _referrals(scope: Scope) -> Iterable[Tally]:
    keys = (col(Referral.state), col(Referral.receiver))
    query = (
        sa.select(
            *keys,
            sa.func.count(),
            count_if(col(Referral.sent_on).is_not(None)),
            count_if(col(Referral.receipt_on).is_not(None)),
            count_if(col(Referral.result_on).is_not(None)),
            *(
                sa.func.sum(c)
                for c in (col(Referral.organisational), col(Referral.disciplinary), col(Referral.criminal))
            ),
        )
        .join(Rectification, col(Rectification.id) == col(Referral.case_id))
        .where(
            *scope.within(col(Referral.office_id), col(Rectification.campaign_id), col(Referral.opened_on))
        )
        .group_by(*keys)
    )
    states: Counter[str] = Counter()
    receivers: Counter[str] = Counter()
    sums = [0] * 7
    for state, receiver, *numbers in scope.rows(query):
        states[state] += numbers[0]
        receivers[receiver or ""] += numbers[1]
        sums = [total + int(number) for total, number in zip(sums, numbers, strict=True)]
    labels = ("启动线索筛查", "移送（移交）", "收到回执", "收到办理结果")
    for key, label, number in zip(("opened", "sent", "receipt", "result"), labels, sums, strict=False):
        yield Tally(f"referrals.{key}", label, number, "件")
    yield from by_code("referrals.state", REFERRAL_STATE_LABELS, states, "件", "现为“{}”")
    for code, rule in scope.desk.rules.linkage.receivers.items():
        yield Tally(f"referrals.receiver.{code}", f"移送（移交）{rule.name}", receivers[code], "件")
    yield Tally("referrals.organisational", "组织处理", sums[4], "人")
    yield Tally("referrals.disciplinary", "党纪政务处分", sums[5], "人")
    yield Tally("referrals.criminal", "移送司法机关", sums[6], "人")


def _mails(scope: Scope) -> Iterable[Tally]:
    query = sa.select(col(Message.state), sa.func.count()).where(
        *scope.within(col(Message.office_id)), *scope.instants(col(Message.queued_at))
    )
    if scope.campaign_id is not None:
        query = (
            query.outerjoin(Document, col(Document.id) == col(Message.document_id))
            .outerjoin(Visit, col(Visit.id) == col(Message.visit_id))
            .where(sa.func.coalesce(col(Document.campaign_id), col(Visit.campaign_id)) == scope.campaign_id)
        )
    found = scope.counts(query.group_by(col(Message.state)))
    yield Tally("mails.all", "邮件", sum(found.values()), "封")
    yield from by_code("mails.state", MESSAGE_STATE_LABELS, found, "封")
