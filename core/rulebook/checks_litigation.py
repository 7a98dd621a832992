"""Checks of a litigation ladder: bands and rates rise without gaps, events are whole, and its examples come out."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from core.calendar.workdays import Calendar
from core.codes import Light
from core.errors import CalendarMissing, InvalidInput, Problem
from core.ladders.litigation import grade, score, stand, unit_light
from core.ladders.matters import Assessment, Happening, Matter
from core.rulebook.checks_law import check_dates
from core.rulebook.checks_marks import check_file_mark, check_mark
from core.rulebook.checks_time import sound_calendar
from core.rulebook.fields import Marked, RuleModel
from core.rulebook.litigation import LitigationExample, LitigationLadder
from core.rulebook.mistakes import near
from core.rulebook.parts import Part, Parts
from core.rulebook.risks import Band, LitigationEvent
from core.text.yamltext import Path

NEEDS_LIGHT = frozenset({"set", "at_least"})
LISTS = ("colours", "anchors", "factors", "bands", "events")
SAYINGS = {"light": "灯", "points": "评分", "next_on": "下一次可能变色的日子"}
LadderPart = Part[LitigationLadder]


def check_litigation(parts: Parts) -> Iterator[Problem]:
    """Yield the mistakes of every litigation ladder."""
    if not parts.litigation:
        return
    calendar = sound_calendar(parts)
    for part in parts.litigation.values():
        ladder = part.model
        if ladder.key != part.key:
            yield part.problem(("key",), "E302", f"key“{ladder.key}”应与文件名“{part.key}”一致")
        yield from _check_marks(part, parts)
        told = [
            *_check_codes(part),
            *_check_lights(part),
            *_check_bands(part, parts.names("documents")),
            *_check_points(part),
            *_check_rates(part),
            *_check_events(part),
        ]
        yield from told
        yield from _check_clocks(part, parts)
        # A ladder that does not hold together is not counted with: its examples would repeat what was told.
        if not any(one.code.startswith("E") for one in told):
            for index, example in enumerate(ladder.examples):
                yield from _check_example(part, ("examples", index), example, calendar)


def _check_marks(part: LadderPart, parts: Parts) -> Iterator[Problem]:
    ladder, sources = part.model, parts.known_sources()
    yield from check_dates(part, (), ladder)
    yield from check_file_mark(part, ladder, sources)
    for path, rule in _marked(ladder, ()):
        yield from check_dates(part, path, rule)
        yield from check_mark(part, path, rule, sources)


def _marked(value: object, path: Path) -> Iterator[tuple[Path, Marked]]:
    """Yield every part below a value that may bear a mark of its own, with its path."""
    inside: Iterable[tuple[str | int, object]] = value if isinstance(value, RuleModel) else ()
    if isinstance(value, tuple):
        inside = enumerate(value)
    for step, one in inside:
        if isinstance(one, Marked):
            yield (*path, step), one
        yield from _marked(one, (*path, step))


def _check_codes(part: LadderPart) -> Iterator[Problem]:
    for name in LISTS:
        yield from _check_unique(part, (name,), [one.code for one in getattr(part.model, name)])
    levels = [one.code for one in part.model.unit_rate.levels]
    yield from _check_unique(part, ("unit_rate", "levels"), levels)


def _check_unique(part: LadderPart, path: Path, codes: Sequence[str]) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, code in enumerate(codes):
        if code in seen:
            yield part.problem((*path, index, "code"), "E301", f"代码“{code}”重复")
        seen.add(code)


def _check_lights(part: LadderPart) -> Iterator[Problem]:
    """Yield every light that no colour of the ladder explains."""
    known = set(part.model.palette.lights)
    for path, light in _lights(part.model):
        if light is not None and light not in known:
            message = f"颜色“{light.value}”没有说明；请在 colours 中补上"
            yield part.problem(path, "E411", message)


def _lights(ladder: LitigationLadder) -> Iterator[tuple[Path, Light | None]]:
    yield ("scoring", "fatal_floor"), ladder.scoring.fatal_floor
    for index, band in enumerate(ladder.bands):
        yield ("bands", index, "code"), band.code
    for index, event in enumerate(ladder.events):
        yield ("events", index, "light"), event.light
        for at, then in enumerate(event.then):
            yield ("events", index, "then", at, "light"), then.light
    for index, level in enumerate(ladder.unit_rate.levels):
        yield ("unit_rate", "levels", index, "code"), level.code
    yield ("unit_rate", "override", "light"), ladder.unit_rate.override.light
    yield ("three_ones", "from_light"), ladder.three_ones.from_light
    yield ("half_month_report", "from_light"), ladder.half_month_report.from_light


def _check_rising(part: LadderPart, path: Path, lights: Sequence[Light]) -> Iterator[Problem]:
    palette = part.model.palette
    for index, (lower, higher) in enumerate(itertools.pairwise(lights), start=1):
        if palette.rank(higher) < palette.rank(lower):
            message = f"“{palette.label(higher)}”排在“{palette.label(lower)}”之后，颜色却更低；颜色应逐档上升"
            yield part.problem((*path, index, "code"), "E503", message)


def _check_bands(part: LadderPart, documents: set[str]) -> Iterator[Problem]:
    ladder = part.model
    yield from _check_rising(part, ("bands",), [band.code for band in ladder.bands])
    for index, band in enumerate(ladder.bands):
        yield from _check_band(part, ("bands", index), band, documents)
    for index, (lower, higher) in enumerate(itertools.pairwise(ladder.bands), start=1):
        if higher.min_score != lower.max_score + 1:
            message = f"起分应为{lower.max_score + 1}，紧接上一档的止分；分档不得有空档或重叠"
            yield part.problem(("bands", index, "min_score"), "E508", message)
    if ladder.bands[0].min_score == 0:
        yield part.problem(("bands", 0, "min_score"), "E508", "起分应大于0，没有风险的不亮灯")
    if ladder.bands[-1].max_score != ladder.scoring.max:
        message = f"最高一档的止分应为满分{ladder.scoring.max}"
        yield part.problem(("bands", len(ladder.bands) - 1, "max_score"), "E508", message)


def _check_band(part: LadderPart, path: Path, band: Band, documents: set[str]) -> Iterator[Problem]:
    if band.document not in documents:
        wanted = f"应有文件 documents/{band.document}.yaml"
        message = f"没有文书“{band.document}”{near(band.document, documents)}；{wanted}"
        yield part.problem((*path, "document"), "E404", message)
    if band.max_score < band.min_score:
        yield part.problem((*path, "max_score"), "E508", f"止分应不小于起分{band.min_score}")
    if (band.report.every == "workdays") is (band.report.workdays is None):
        message = "every 为 workdays 时写 workdays（每几个工作日）；为 half_month 时不写"
        yield part.problem((*path, "report"), "E505", message)


def _check_points(part: LadderPart) -> Iterator[Problem]:
    ladder = part.model
    total = sum(one.points for one in ladder.factors)
    if total != ladder.scoring.max:
        message = f"风险因子合计{total}分，满分{ladder.scoring.max}分；超出部分不计，不足则达不到最高一档"
        yield part.problem(("factors",), "W701", message)


def _check_rates(part: LadderPart) -> Iterator[Problem]:
    levels = part.model.unit_rate.levels
    path: Path = ("unit_rate", "levels")
    yield from _check_rising(part, path, [one.code for one in levels])
    for index, level in enumerate(levels):
        last = index == len(levels) - 1
        if last is not (level.rate_lte is None):
            message = "最高一档不写 rate_lte" if last else "只有最高一档可以不写 rate_lte"
            yield part.problem((*path, index), "E508", message)
        elif level.rate_lte is not None and level.rate_lte <= level.rate_gt:
            yield part.problem((*path, index, "rate_lte"), "E508", f"应大于本档下限{level.rate_gt}")
    for index, (lower, higher) in enumerate(itertools.pairwise(levels), start=1):
        if lower.rate_lte is not None and higher.rate_gt != lower.rate_lte:
            message = f"下限应为{lower.rate_lte}，紧接上一档的上限；比率档不得有空档或重叠"
            yield part.problem((*path, index, "rate_gt"), "E508", message)
        if higher.count <= lower.count:
            message = f"件数档应大于上一档的{lower.count}件"
            yield part.problem((*path, index, "count"), "E508", message)


def _check_events(part: LadderPart) -> Iterator[Problem]:
    for index, event in enumerate(part.model.events):
        path: Path = ("events", index)
        if event.effect in NEEDS_LIGHT and event.light is None:
            message = f"事件 {event.code} 的作用是“{event.effect}”，应写明颜色 light"
            yield part.problem((*path, "code"), "E411", message)
        if event.ends and event.effect != "clear":
            yield part.problem((*path, "ends"), "E411", "只有熄灯（clear）的事件才能终止其他日期的计算")
        if event.then and event.trigger is None:
            message = "后续变色须有 trigger：写明何日起算、何事办理后不再变色"
            yield part.problem((*path, "then"), "E411", message)
        if event.trigger is not None and part.model.anchor(event.trigger.anchor) is None:
            message = f"日期“{event.trigger.anchor}”没有说明；请在 anchors 中补上"
            yield part.problem((*path, "trigger", "anchor"), "E410", message)
        yield from _check_then(part, path, event)


def _check_then(part: LadderPart, path: Path, event: LitigationEvent) -> Iterator[Problem]:
    rank = part.model.palette.rank
    light, days = event.light or Light.NONE, 0
    for at, then in enumerate(event.then):
        here: Path = (*path, "then", at)
        if rank(then.light) <= rank(light):
            yield part.problem((*here, "light"), "E503", "后续的颜色应比之前的更高")
        if then.after_workdays <= days:
            message = f"后续的天数应大于之前的{days}个工作日"
            yield part.problem((*here, "after_workdays"), "E503", message)
        light, days = then.light, then.after_workdays


def _check_clocks(part: LadderPart, parts: Parts) -> Iterator[Problem]:
    if parts.names("clocks") - set(parts.clocks):
        return  # a file of clocks could not be read; its own mistakes are told
    known = {clock.code for one in parts.clocks.values() for clock in one.model.clocks}
    for path, code in _named_clocks(part.model):
        if code not in known:
            yield part.problem(path, "E410", f"没有法定期限“{code}”{near(code, known)}")


def _named_clocks(ladder: LitigationLadder) -> Iterator[tuple[Path, str]]:
    for index, anchor in enumerate(ladder.anchors):
        for at, code in enumerate(anchor.clocks):
            yield ("anchors", index, "clocks", at), code
    for index, event in enumerate(ladder.events):
        for at, task in enumerate(event.tasks):
            if task.clock is not None:
                yield ("events", index, "tasks", at, "clock"), task.clock


def _check_example(
    part: LadderPart, path: Path, example: LitigationExample, calendar: Calendar
) -> Iterator[Problem]:
    try:
        found = work_out(part.model, example, calendar)
    except CalendarMissing as error:
        yield part.problem((*path, "expect"), "E509", f"用例“{example.case}”用到没有年表的年份：{error}")
        return
    except InvalidInput as error:
        yield part.problem((*path, "expect"), "E902", f"用例“{example.case}”不能计算：{error}")
        return
    palette = part.model.palette
    for name, wanted in example.expect:
        if name not in example.expect.model_fields_set or found.get(name) == wanted:
            continue
        if name not in found:
            message = f"用例“{example.case}”不能得出{SAYINGS[name]}；请补写 facts 或删去该项"
            yield part.problem((*path, "expect", name), "E902", message)
            continue
        told = [
            palette.word(one) if isinstance(one, Light) else str(one or "无") for one in (wanted, found[name])
        ]
        message = f"用例“{example.case}”的{SAYINGS[name]}应为{told[0]}，按规则得{told[1]}；请核对规则或用例"
        yield part.problem((*path, "expect", name), "E901", message)


def work_out(ladder: LitigationLadder, example: LitigationExample, calendar: Calendar) -> dict[str, Any]:
    """Return what the ladder makes of an example's facts, by the keys an example may expect.

    raises   InvalidInput when the facts say too little or do not go together, CalendarMissing
    """
    facts = example.facts
    if facts.closed is not None:
        return {"light": unit_light(ladder, facts.closed, facts.lost, facts.same_cause).light}
    if facts.points is not None:
        fatal = [one.code for one in ladder.factors if one.fatal and one.code in facts.factors]
        return {"light": grade(ladder, facts.points, fatal).light, "points": facts.points}
    if example.on is None:
        if facts.dates or facts.events:
            raise InvalidInput("用例有日期或事件而没有判断之日", expected="写明 on")
        scored = score(ladder, facts.factors)
        return {"light": scored.light, "points": scored.points}
    on = example.on
    matter = Matter(
        facts.received_on,
        {str(code): day for code, day in facts.dates.items()},
        {str(code): day for code, day in facts.known.items()},
        (Assessment(facts.assessed_on or facts.received_on or on, facts.factors),) if facts.factors else (),
        tuple(Happening(one.code, one.on or on) for one in facts.events),
    )
    standing = stand(ladder, matter, on, calendar)
    points = score(ladder, facts.factors).points
    return {"light": standing.light, "points": points, "next_on": standing.next_on}
