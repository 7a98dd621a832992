"""The report of a campaign, read from the tables; delivery/report.py lays it out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlmodel import col

from casework.counts.rectifying import CLOSED, RUNNING, SETTLED
from casework.counts.statistics import class_of, count
from casework.counts.tallies import Statistics
from casework.desk import Desk
from casework.inspection.campaigns import find_campaign
from casework.lights.climbing import rules_of
from casework.lights.lightweeks import light_weeks, week_ends
from casework.paperwork.kinds import kinds_in_order
from core.codes import CAMPAIGN_KIND_LABELS, CampaignKind, DocumentContent, Light, Line, Severity
from core.ladders.ladderfacts import unit_light
from core.ladders.palette import Palette
from core.life.lives import CampaignState, FindingState
from core.life.rectification import CASE_STATE_LABELS, CaseState
from core.rulebook import Ladder, Rulebook
from delivery.report import (
    CampaignHead,
    ClassLine,
    CurvePoint,
    DocumentLine,
    Figure,
    HeatRow,
    ProblemLine,
    ReportData,
    UnitLine,
)
from models.campaign import Campaign, Finding, Visit
from models.organisation import Unit
from models.rectification import Rectification

STATE_LABELS = {
    CampaignState.PLANNED: "方案待批",
    CampaignState.APPROVED: "方案已批准",
    CampaignState.OPEN: "实施中",
    CampaignState.CLOSED: "已办结",
    CampaignState.CALLED_OFF: "已取消",
}
LINE_WORDS = {Line.PARTY: "法治督察", Line.ENFORCEMENT: "行政执法监督"}
REFERRAL_FIGURES = (
    ("referrals.opened", "线索筛查", "件"),
    ("referrals.state.declined", "不予移送", "件"),
    ("referrals.sent", "移送（移交）", "件"),
    ("referrals.receipt", "收到回执", "件"),
    ("referrals.result", "收到结果", "件"),
    ("referrals.organisational", "组织处理", "人"),
    ("referrals.disciplinary", "党纪政务处分", "人"),
    ("referrals.criminal", "移送司法机关", "人"),
)


@dataclass(frozen=True, slots=True)
class Pursued:
    """A confirmed problem with its case and unit; `settled_on` is the day the unit's part was done."""

    case: Rectification
    finding: Finding
    unit: Unit
    settled_on: date | None

    @property
    def closed(self) -> bool:
        return self.case.state in CLOSED

    def is_late(self, today: date) -> bool:
        """Say whether the unit passed its due date."""
        due = self.case.due_on
        if due is None:
            return False
        done = today if self.case.state in RUNNING else self.settled_on
        return done is not None and done > due


def campaign_report(desk: Desk, code: str) -> ReportData:
    """Return everything the report of a campaign shows, as of today; a referral is only a number in it.

    raises   NotFound for an unknown campaign
    """
    campaign = find_campaign(desk, code)
    assert campaign.id is not None  # stored
    rules = rules_of(desk, campaign.id)
    ladder = rules.ladder_of(desk.office.code)
    numbers = count(desk, campaign=code)
    problems = _pursued(desk, campaign.id)
    units = _units(desk, campaign.id, problems)
    weeks, step, heat = _heat(desk, campaign, units, problems)
    return ReportData(
        office=desk.office.name,
        issuer=desk.office_rules.lines[Line(campaign.line)].issuer,
        campaign=_head(campaign),
        units_count=len(units),
        made_on=desk.today,
        calendar_version=desk.calendar.version,
        provisional=any(one.case.due_provisional for one in problems),
        palette=ladder.palette,
        figures=tuple(_figures(numbers, ladder.palette)),
        weeks=weeks,
        weeks_per_column=step,
        heat=heat,
        curve=tuple(_curve(problems, weeks)),
        classes=tuple(_classes(rules, problems)),
        documents=tuple(_documents(rules, numbers)),
        units=tuple(_unit_lines(desk, ladder, units, problems)),
        open_problems=_lines(desk, rules, problems, lambda one: not one.closed),
        closed_problems=_lines(desk, rules, problems, lambda one: one.closed),
        referrals=tuple(Figure(label, _text(numbers, key), unit) for key, label, unit in REFERRAL_FIGURES),
    )


def _head(campaign: Campaign) -> CampaignHead:
    return CampaignHead(
        code=campaign.code,
        title=campaign.title,
        kind=CAMPAIGN_KIND_LABELS[CampaignKind(campaign.kind)],
        line=LINE_WORDS[Line(campaign.line)],
        state=STATE_LABELS[CampaignState(campaign.state)],
        period_from=campaign.period_from,
        period_to=campaign.period_to,
        rules_sha256=campaign.rules_sha256 or "",
    )


def _heat(
    desk: Desk, campaign: Campaign, units: Sequence[Unit], problems: Sequence[Pursued]
) -> tuple[tuple[date, ...], int, tuple[HeatRow, ...]]:
    """Return the week ends, the weeks between two of them, and a row for every unit."""
    end = min(campaign.closed_on or desk.today, desk.today)
    begin = min([campaign.period_from, end, *(one.finding.found_on for one in problems)])
    weeks, step = week_ends(begin, end)
    lights = light_weeks(desk, campaign.id or 0, [one.case for one in problems], weeks)
    dark = (Light.NONE,) * len(weeks)
    return weeks, step, tuple(HeatRow(unit.name, lights.get(unit.id or 0, dark)) for unit in units)


def _pursued(desk: Desk, campaign_id: int) -> list[Pursued]:
    """Return the confirmed problems of a campaign by unit and number; withdrawn ones are left out."""
    query = (
        sa.select(Rectification, Finding, Unit, SETTLED)
        .join(Finding, col(Finding.id) == col(Rectification.id))
        .join(Unit, col(Unit.id) == col(Rectification.unit_id))
        .where(
            col(Rectification.office_id) == desk.office_id,
            col(Rectification.campaign_id) == campaign_id,
            col(Rectification.state) != CaseState.WITHDRAWN.value,
            col(Finding.state) == FindingState.CONFIRMED.value,
        )
        .order_by(col(Unit.code), col(Finding.code))
    )
    return [Pursued(*row) for row in desk.session.execute(query)]


def _units(desk: Desk, campaign_id: int, problems: Sequence[Pursued]) -> list[Unit]:
    """Return the units that were visited or have a problem, by code: an imported ledger has no visits."""
    query = (
        sa.select(Unit)
        .join(Visit, col(Visit.unit_id) == col(Unit.id))
        .where(col(Visit.campaign_id) == campaign_id)
    )
    units = {unit.id: unit for unit in desk.session.scalars(query)}
    units.update({one.unit.id: one.unit for one in problems})
    return sorted(units.values(), key=lambda unit: unit.code)


def _figures(numbers: Statistics, palette: Palette) -> Iterable[Figure]:
    def value(key: str) -> str:
        return _text(numbers, key)

    severities = [f"{label}{value(f'findings.severity.{code}')}" for code, label in _SEVERITIES]
    colours = [f"{palette.label(light)}{value(f'lights.lit.{light}')}" for light in palette.lights]
    yield Figure("已督察单位", value("units.visited"), "家", f"安排{value('visits.planned')}家次")
    yield Figure("发现问题", value("findings.confirmed"), "个", "　".join(severities))
    yield Figure(
        "已销号", value("cases.rectified"), "个", f"整改率{_percent(value('cases.rectified_share'))}"
    )
    yield Figure(
        "逾期",
        value("cases.overdue"),
        "件",
        f"逾期率{_percent(value('cases.overdue_share'))}\n按原定期限{value('cases.overdue_first')}件",
    )
    yield Figure("亮灯", value("lights.lit"), "次", "　".join(colours))
    yield Figure("签发文书", value("documents.signed"), "份", f"送达{value('documents.served')}份")
    yield Figure(
        "批准延期",
        value("extension.granted"),
        "件",
        f"申请{value('extension.asked')}件\n合计延长{value('extension.days')}日",
    )
    yield Figure("反弹重启", value("deeds.rebounds"), "次", f"退回补充整改{value('deeds.returned')}次")


_SEVERITIES = (("grave", "严重"), ("major", "较重"), ("minor", "一般"))


def _text(numbers: Statistics, key: str) -> str:
    value = numbers.value(key)
    return "—" if value is None else str(value)


def _percent(text: str) -> str:
    return text if text == "—" else f"{text}%"


def _curve(problems: Sequence[Pursued], weeks: Sequence[date]) -> Iterable[CurvePoint]:
    found = [one.finding.found_on for one in problems]
    due = [one.case.due_on for one in problems if one.case.due_on is not None]
    closed = [one.case.closed_on for one in problems if one.case.closed_on is not None]
    for week in weeks:
        yield CurvePoint(week, *(sum(1 for day in days if day <= week) for days in (found, due, closed)))


def _classes(rules: Rulebook, problems: Sequence[Pursued]) -> Iterable[ClassLine]:
    """Yield the classes of the campaign's catalogues in their order, those without a problem too."""
    counted: Counter[tuple[str, str]] = Counter()
    names: dict[str, str] = {}
    for catalog in rules.catalogs.values():
        names.update({one.code: one.name for one in catalog.classes} or {catalog.key: catalog.name})
    for one in problems:
        code, name = class_of(rules, one.finding.item)
        names.setdefault(code, name)
        counted[code, one.finding.severity] += 1
    for code, name in names.items():
        yield ClassLine(name, *(counted[code, severity.value] for severity in Severity))


def _documents(rules: Rulebook, numbers: Statistics) -> Iterable[DocumentLine]:
    """Yield the kinds of which something was signed; letters of referral stay in their compartment."""
    for rule in kinds_in_order(rules):
        signed = int(numbers.value(f"documents.{rule.code}.signed") or 0)
        if signed and rule.content is not DocumentContent.REFERRAL:
            yield DocumentLine(rule.name, signed, int(numbers.value(f"documents.{rule.code}.served") or 0))


def _unit_lines(
    desk: Desk, ladder: Ladder, units: Sequence[Unit], problems: Sequence[Pursued]
) -> Iterable[UnitLine]:
    for unit in units:
        own = [one for one in problems if one.unit.id == unit.id]
        closed = sum(1 for one in own if one.closed)
        light = unit_light((Light(one.case.light) for one in own if not one.closed), ladder)
        yield UnitLine(
            unit.code,
            unit.name,
            len(own),
            sum(1 for one in own if one.finding.severity == Severity.GRAVE),
            closed,
            len(own) - closed,
            sum(1 for one in own if not one.closed and one.is_late(desk.today)),
            light,
        )


def _lines(
    desk: Desk, rules: Rulebook, problems: Sequence[Pursued], wanted: Callable[[Pursued], bool]
) -> tuple[ProblemLine, ...]:
    titles = {
        item.id: item.title
        for catalog in rules.catalogs.values()
        for item in (*catalog.items, *catalog.retired)
    }
    return tuple(
        ProblemLine(
            number=one.finding.code,
            unit=one.unit.name,
            item=f"{one.finding.item} {titles.get(one.finding.item, '')}".strip(),
            problem=one.finding.problem,
            severity=Severity(one.finding.severity),
            state=CASE_STATE_LABELS[CaseState(one.case.state)],
            due_on=one.case.due_on,
            extended=one.case.extensions > 0,
            percent=one.case.percent,
            late_workdays=_late_workdays(desk, one),
            light=Light(one.case.light),
            closed_on=one.case.closed_on,
            in_time=not one.is_late(desk.today),
        )
        for one in problems
        if wanted(one)
    )


def _late_workdays(desk: Desk, one: Pursued) -> int:
    if one.case.due_on is None or one.closed or not one.is_late(desk.today):
        return 0
    done = desk.today if one.case.state in RUNNING else one.settled_on
    return desk.calendar.between(one.case.due_on, done or desk.today)
