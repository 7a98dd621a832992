"""Whether a plan fits its kind: the line, the theme and month, the originals, the team, and how long it takes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Protocol

from core.calendar.workdays import Calendar
from core.campaign.campaignparts import Joint, PlanException, PlanReference
from core.codes import CAMPAIGN_KIND_LABELS, LINE_LABELS, CampaignKind, Line
from core.rulebook.campaigns import CampaignRules, KindRule
from core.text.yamltext import Path

Mistake = tuple[Path, str]


class TeamLike(Protocol):
    @property
    def size(self) -> int: ...


class SpanLike(Protocol):
    @property
    def from_on(self) -> date: ...
    @property
    def to_on(self) -> date: ...


class PlanLike(Protocol):
    """What of a plan decides whether it fits its kind (`core.campaign.campaignplan.CampaignPlan`)."""

    @property
    def kind(self) -> CampaignKind: ...
    @property
    def line(self) -> Line: ...
    @property
    def catalogs(self) -> tuple[object, ...]: ...
    @property
    def units(self) -> object: ...
    @property
    def team(self) -> TeamLike: ...
    @property
    def period(self) -> SpanLike: ...
    @property
    def visit_workdays(self) -> int: ...
    @property
    def theme(self) -> str | None: ...
    @property
    def month(self) -> str | None: ...
    @property
    def original(self) -> tuple[str, ...]: ...
    @property
    def plan_reference(self) -> PlanReference | None: ...
    @property
    def exception(self) -> PlanException | None: ...
    @property
    def joint_with(self) -> str | None: ...
    @property
    def joint(self) -> Joint | None: ...


def mistakes_of(plan: PlanLike, rules: CampaignRules) -> Iterator[Mistake]:
    """Yield what of a plan does not fit its kind, as (place in the plan file, what is wrong)."""
    kind = rules.kinds.get(plan.kind)
    if kind is None:
        known = "、".join(code.value for code in rules.kinds)
        yield ("kind",), f"本单位规则没有写明{CAMPAIGN_KIND_LABELS[plan.kind]}；可用：{known}"
        return
    if not kind.serves(plan.line):
        line = LINE_LABELS[Line(kind.line)]
        yield ("line",), f"{kind.name}属于{line}线，应为 line: {kind.line}（实际：{plan.line.value}）"
    yield from _aim(plan, kind)
    yield from _theme(plan, kind)
    yield from _size(plan, kind)
    yield from _reasons(plan)
    yield from _together(plan, kind)


def _aim(plan: PlanLike, kind: KindRule) -> Iterator[Mistake]:
    if kind.links_original:
        if not plan.original:
            yield ("kind",), f"{kind.name}须以 original 写明原批次编码，如 original: [2026-ZH-01]"
        return
    if plan.original:
        yield ("original",), f"{kind.name}不针对原批次；删去 original，或改用回头看"
    if not plan.catalogs:
        yield (), "缺少 catalogs：督察哪个事项目录的哪些事项"
    if not plan.units:
        yield (), "缺少 units：督察哪些单位"


def _theme(plan: PlanLike, kind: KindRule) -> Iterator[Mistake]:
    if not kind.needs_theme:
        return
    if plan.theme is None:
        yield ("kind",), f"{kind.name}一月一主题，须写明 theme"
    if plan.month is None:
        yield ("kind",), f"{kind.name}一月一主题，须写明 month，如 month: 2026-03"
    elif {f"{day:%Y-%m}" for day in (plan.period.from_on, plan.period.to_on)} != {plan.month}:
        yield ("month",), f"督察期间{plan.period.from_on}至{plan.period.to_on}不在{plan.month}之内"


def _size(plan: PlanLike, kind: KindRule) -> Iterator[Mistake]:
    if plan.team.size < kind.team_minimum:
        yield ("team",), f"{kind.name}每组至少{kind.team_minimum}人（实际：{plan.team.size}）"
    if plan.visit_workdays < kind.min_visit_workdays:
        said = f"{kind.name}在每个单位至少{kind.min_visit_workdays}个工作日（实际：{plan.visit_workdays}）"
        yield ("visit_workdays",), said


def _reasons(plan: PlanLike) -> Iterator[Mistake]:
    if plan.plan_reference is not None and plan.exception is not None:
        yield ("exception",), "plan_reference（列入年度计划）与 exception（例外批准）只写一个"


def _together(plan: PlanLike, kind: KindRule) -> Iterator[Mistake]:
    if plan.joint is None:
        return
    if plan.joint_with is not None:
        yield ("joint_with",), "joint 与 joint_with 只写一个"
    for at, code in enumerate(plan.joint.milestones):
        if code not in kind.milestones:
            known = "、".join(kind.milestones) or "无"
            yield ("joint", "milestones", at), f"{kind.name}没有节点“{code}”；可用：{known}"


def too_short(plan: PlanLike, kind: KindRule, calendar: Calendar) -> str:
    """Return what is wrong with the length of a plan's period, "" when it is long enough; raises CalendarMissing."""
    days = calendar.between(plan.period.from_on, plan.period.to_on) + calendar.is_workday(plan.period.from_on)
    return f"{days}个工作日" if days < kind.min_period_workdays else ""
