"""Checks of the kinds of campaign: what they name exists, an unannounced visit stays untold, plans can recur."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from core.calendar.workdays import Calendar
from core.campaign.recurrence import MONTHS, occurrences
from core.codes import DOCUMENT_CONTENT_LABELS, LINE_LABELS, DocumentContent, Line
from core.errors import Problem
from core.rulebook.campaigns import UNTOLD, CampaignRules, KindRule, RecurringPlan
from core.rulebook.checks_marks import check_file_mark, check_mark
from core.rulebook.checks_time import sound_calendar
from core.rulebook.mistakes import near
from core.rulebook.parts import Part, Parts
from core.text.yamltext import Path

YEARS_AHEAD = 30


def check_campaigns(parts: Parts) -> Iterator[Problem]:
    """Yield the mistakes of the kinds of campaign, of recurring plans, and of the offices' choice of a file."""
    for part in parts.campaigns.values():
        sources = parts.known_sources()
        if part.model.key != part.key:
            yield part.problem(("key",), "E302", f"key“{part.model.key}”应与文件名“{part.key}”一致")
        yield from check_file_mark(part, part.model, sources)
        for code, kind in part.model.kinds.items():
            path: Path = ("kinds", code.value)
            yield from check_mark(part, path, kind, sources)
            yield from _check_names(part, path, kind)
            yield from _check_announcement(part, path, kind, parts)
            yield from _check_untold(part, path, kind)
        for name, plan in part.model.plans.items():
            yield from check_mark(part, ("plans", name), plan, sources)
            yield from _check_plan(part, ("plans", name), plan, parts)
    yield from _check_choices(parts)


def _check_names(part: Part[CampaignRules], path: Path, kind: KindRule) -> Iterator[Problem]:
    for field, known in (("milestones", part.model.milestones), ("asks", part.model.asks)):
        named: tuple[str, ...] = getattr(kind, field)
        for at, name in enumerate(named):
            if name not in known:
                word = "节点" if field == "milestones" else "报送要求"
                yield part.problem((*path, field, at), "E410", f"没有{word}“{name}”{near(name, known)}")
            elif name in named[:at]:
                yield part.problem((*path, field, at), "E301", f"“{name}”列了两次")


def _check_announcement(
    part: Part[CampaignRules], path: Path, kind: KindRule, parts: Parts
) -> Iterator[Problem]:
    if kind.announces is None:
        return
    spot = (*path, "announces")
    known = parts.names("documents")
    if kind.announces not in known:
        yield part.problem(spot, "E404", f"没有文书“{kind.announces}”{near(kind.announces, known)}")
        return
    document = parts.documents.get(kind.announces)
    if document is None:
        return
    if document.model.content is not DocumentContent.ANNOUNCEMENT:
        wanted = DOCUMENT_CONTENT_LABELS[DocumentContent.ANNOUNCEMENT]
        message = f"“{document.model.name}”不是“{wanted}”类文书，不能用来告知督察"
        yield part.problem(spot, "E418", message)
    for line in _lines(kind):
        if not document.model.serves(line):
            message = f"“{document.model.name}”不用于{LINE_LABELS[line]}线"
            yield part.problem(spot, "E418", message)


def _lines(kind: KindRule) -> Iterable[Line]:
    return tuple(line for line in Line if kind.serves(line))


def _check_untold(part: Part[CampaignRules], path: Path, kind: KindRule) -> Iterator[Problem]:
    """An unannounced visit that asks for papers beforehand is announced all the same."""
    if not kind.hidden_from_unit:
        return
    if kind.announces is not None:
        message = f"{kind.name}进驻前不得让单位知晓，不能写 announces；删去这一项"
        yield part.problem((*path, "announces"), "E609", message)
    for at, name in enumerate(kind.asks):
        ask = part.model.asks.get(name)
        if ask is not None and (ask.opens == "opening" or ask.anchor in UNTOLD or ask.offset < 0):
            message = f"{kind.name}进驻前不得让单位知晓，“{ask.name}”却在进驻前提出或报送；从 asks 中去掉"
            yield part.problem((*path, "asks", at), "E609", message)


def _check_plan(
    part: Part[CampaignRules], path: Path, plan: RecurringPlan, parts: Parts
) -> Iterator[Problem]:
    yield from _check_plan_kind(part, path, plan)
    yield from _check_interval(part, path, plan)
    if bool(plan.units.kinds) == bool(plan.units.codes):
        message = "kinds（单位类别）与 codes（单位编码）写且只写一个"
        yield part.problem((*path, "units"), "E202", message)
    for at, choice in enumerate(plan.catalogs):
        known = parts.names("catalogs")
        if choice.key not in known:
            message = f"没有事项目录“{choice.key}”{near(choice.key, known)}"
            yield part.problem((*path, "catalogs", at, "key"), "E413", message)
    yield from _check_exceptions(part, path, plan, sound_calendar(parts))


def _check_plan_kind(part: Part[CampaignRules], path: Path, plan: RecurringPlan) -> Iterator[Problem]:
    kind = part.model.kinds.get(plan.kind)
    if kind is None:
        yield part.problem((*path, "kind"), "E410", f"本文件没有写明督察方式“{plan.kind.value}”")
        return
    if not kind.serves(plan.line):
        yield part.problem((*path, "line"), "E204", f"{kind.name}应为 line: {kind.line}")
    if kind.needs_theme and not plan.themes:
        yield part.problem((*path, "kind"), "E202", f"{kind.name}一月一主题，须写明 themes")


def _check_interval(part: Part[CampaignRules], path: Path, plan: RecurringPlan) -> Iterator[Problem]:
    if (plan.every == "workdays") != (plan.workdays is not None):
        message = "every 为 workdays 时写明 workdays（间隔多少工作日），其余不写 workdays"
        yield part.problem((*path, "every"), "E505", message)
    if plan.until is not None and plan.until < plan.anchor:
        yield part.problem((*path, "until"), "E501", f"最后一期早于第一期（{plan.anchor}）")


def _check_exceptions(
    part: Part[CampaignRules], path: Path, plan: RecurringPlan, calendar: Calendar
) -> Iterator[Problem]:
    known = _periods(plan, calendar)
    seen: set[str] = set()
    for at, one in enumerate(plan.exceptions):
        spot = (*path, "exceptions", at)
        if one.skip == (one.move_to is not None):
            message = "skip: true（本期不开展）与 move_to（改到某日）写且只写一个"
            yield part.problem(spot, "E202", message)
        if one.period in seen:
            yield part.problem((*spot, "period"), "E301", f"期次“{one.period}”列了两次")
        elif known is not None and one.period not in known:
            message = f"本计划没有期次“{one.period}”；第一期为 {min(known, default='无')}"
            yield part.problem((*spot, "period"), "E410", message)
        seen.add(one.period)


def _periods(plan: RecurringPlan, calendar: Calendar) -> set[str] | None:
    """Return the periods that a plan on a fixed grid of months knows; None where only time will tell."""
    if plan.mode != "grid" or plan.every not in MONTHS:
        return None
    last = plan.anchor.replace(year=plan.anchor.year + YEARS_AHEAD, day=1)
    plain = plan.model_copy(update={"exceptions": ()})
    return {one.period for one in occurrences(plain, plan.anchor, last, calendar)}


def _check_choices(parts: Parts) -> Iterator[Problem]:
    known = parts.names("campaigns")
    for office in parts.offices.values():
        chosen = office.model.choices.campaigns
        if chosen is not None and chosen not in known:
            message = f"没有规则文件 campaigns/{chosen}.yaml{near(chosen, known)}"
            yield office.problem(("choices", "campaigns"), "E410", message)
