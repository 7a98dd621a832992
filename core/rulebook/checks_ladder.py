"""Checks of a ladder: rungs rise with time, gaps fit between them, documents exist, every severity is covered."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from core.codes import SEVERITY_LABELS, Severity
from core.errors import Problem
from core.ladders.palette import Palette
from core.rulebook.checks_colours import check_colours, check_uses
from core.rulebook.checks_law import check_dates
from core.rulebook.ladder import EscalationEvent, Ladder, Profile, Rung
from core.rulebook.mistakes import near
from core.rulebook.parts import Part, Parts
from core.text.yamltext import Path

MOST_WORKDAYS = 250  # a year of working days: a rung further off than this is a slip of the pen


def check_ladders(parts: Parts) -> Iterator[Problem]:
    """Yield the mistakes of every ladder."""
    if not parts.names("ladders"):
        yield Problem("ladders", 1, 1, "E304", "没有预警督办等级；至少应有 ladders/<名称>.yaml")
    documents = parts.names("documents")
    for part in parts.ladders.values():
        ladder = part.model
        if ladder.key != part.key:
            yield part.problem(("key",), "E302", f"key“{ladder.key}”应与文件名“{part.key}”一致")
        yield from _check_days(part)
        yield from _check_cover(part)
        yield from check_colours(part)
        yield from check_uses(part)
        for index, colour in enumerate(ladder.colours):
            yield from check_document(part, ("colours", index, "document"), colour.document, documents)
        for severity, profile in ladder.profiles.items():
            yield from _check_profile(part, ("profiles", severity.value), profile, documents)
        yield from _check_events(part)


def _check_days(part: Part[Ladder]) -> Iterator[Problem]:
    """Yield the parts that end before they begin."""
    ladder = part.model
    yield from check_dates(part, (), ladder)
    for index, colour in enumerate(ladder.colours):
        yield from check_dates(part, ("colours", index), colour)
    for severity, profile in ladder.profiles.items():
        yield from check_dates(part, ("profiles", severity.value), profile)
        for index, rung in enumerate(profile.rungs):
            yield from check_dates(part, ("profiles", severity.value, "rungs", index), rung)
    for code, event in ladder.events.items():
        yield from check_dates(part, ("events", code), event)
    for index, review in enumerate(ladder.clearing.reviews):
        yield from check_dates(part, ("clearing", "reviews", index), review)
    for name in ("clearing", "extension", "burden"):
        yield from check_dates(part, (name,), getattr(ladder, name))


def _check_cover(part: Part[Ladder]) -> Iterator[Problem]:
    for severity in Severity:
        if severity not in part.model.profiles:
            message = f"缺少程度“{severity.value}（{SEVERITY_LABELS[severity]}）”的级次"
            yield part.problem(("profiles",), "E411", message)
    palette = part.model.palette
    for light in palette.lights:
        if part.model.review(light) is None:
            message = (
                f"缺少“{light.value}（{palette.word(light)}）”的销号核验规定；请在 reviews 的 lights 中列入"
            )
            yield part.problem(("clearing", "reviews"), "E411", message)


def check_document(part: Part[Ladder], path: Path, code: str, documents: set[str]) -> Iterator[Problem]:
    """Yield a mistake when no file describes a document kind."""
    if code not in documents:
        message = f"没有文书“{code}”{near(code, documents)}；应有文件 documents/{code}.yaml"
        yield part.problem(path, "E404", message)


def _check_profile(
    part: Part[Ladder], path: Path, profile: Profile, documents: set[str]
) -> Iterator[Problem]:
    palette = part.model.palette
    seen: set[str] = set()
    for index, rung in enumerate(profile.rungs):
        here: Path = (*path, "rungs", index)
        if rung.code in seen:
            yield part.problem((*here, "code"), "E301", f"级次代码“{rung.code}”在同一程度内重复")
        seen.add(rung.code)
        yield from check_document(part, (*here, "document"), rung.document, documents)
        if rung.issue == "automatic" and palette.rank(rung.light) > palette.rank(palette.lowest):
            message = (
                f"自动发出的只能是最低一级（{palette.word(palette.lowest)}）的提醒；"
                f"{palette.word(rung.light)}须逐件签发（on_signature）或有常设授权（authorised）"
            )
            yield part.problem((*here, "issue"), "E606", message)
        yield from _check_place(part, (*here, "offset"), rung, profile)
    yield from _check_order(part, path, profile, palette)


def _check_place(part: Part[Ladder], path: Path, rung: Rung, profile: Profile) -> Iterator[Problem]:
    """Yield a rung that the default limit of its severity makes senseless."""
    limit, workdays = profile.rectify_workdays, _workdays(rung)
    if abs(workdays) > MOST_WORKDAYS:
        yield part.problem(
            path, "E507", f"级次“{rung.code}”距锚点{abs(rung.offset)}天，已超过一年；请核对天数"
        )
    elif rung.anchor == "served" and workdays < 0:
        yield part.problem(path, "E507", f"级次“{rung.code}”在送达之前；以送达日为锚点的，天数不得为负")
    elif rung.anchor == "served" and workdays > limit:
        message = (
            f"级次“{rung.code}”在送达后第{rung.offset}天，缺省整改期限只有{limit}个工作日，已过到期日；"
            "到期以后的级次请以 due 为锚点"
        )
        yield part.problem(path, "E507", message)
    elif rung.anchor == "due" and -workdays > limit:
        message = (
            f"级次“{rung.code}”在到期前{-rung.offset}天，缺省整改期限只有{limit}个工作日，送达当日就会亮灯；"
            "请改小天数，或以 served 为锚点"
        )
        yield part.problem(path, "E507", message)


def _workdays(rung: Rung) -> int:
    """Return the offset in working days: a calendar week holds five; close enough to compare."""
    return rung.offset if rung.unit == "workday" else int(rung.offset * 5 / 7)


def _day_of(rung: Rung, profile: Profile) -> int:
    """Return the working day, counted from service, on which a rung falls under the default limit."""
    return _workdays(rung) + (profile.rectify_workdays if rung.anchor == "due" else 0)


def _check_order(part: Part[Ladder], path: Path, profile: Profile, palette: Palette) -> Iterator[Problem]:
    order = sorted(range(len(profile.rungs)), key=lambda index: _day_of(profile.rungs[index], profile))
    for before, after in itertools.pairwise(order):
        first, second = profile.rungs[before], profile.rungs[after]
        here: Path = (*path, "rungs", after)
        if palette.rank(second.light) < palette.rank(first.light):
            message = (
                f"级次“{second.code}”（{palette.word(second.light)}）晚于“{first.code}”"
                f"（{palette.word(first.light)}），颜色却更低；颜色应随时间上升"
            )
            yield part.problem((*here, "light"), "E503", message)
        distance = _day_of(second, profile) - _day_of(first, profile)
        if second.min_gap_workdays > distance:
            message = f"最小间隔{second.min_gap_workdays}个工作日大于与上一级次“{first.code}”的距离{distance}"
            yield part.problem((*here, "min_gap_workdays"), "E502", message)


def _check_events(part: Part[Ladder]) -> Iterator[Problem]:
    ladder = part.model
    for code, event in ladder.events.items():
        if event.code != code:
            yield part.problem(("events", code, "code"), "E302", f"事件代码应与键“{code}”一致")
        yield from _check_event(part, ("events", code), event)
    for path, named in _named_events(ladder):
        if named not in ladder.events:
            message = (
                f"没有事件“{named}”{near(named, ladder.events)}；本等级的事件：{'、'.join(ladder.events)}"
            )
            yield part.problem(path, "E410", message)


def _check_event(part: Part[Ladder], path: Path, event: EscalationEvent) -> Iterator[Problem]:
    palette = part.model.palette
    if event.effect in ("set", "at_least") and event.light is None:
        message = f"事件 {event.code} 的作用是“{event.effect}”，应写明颜色 light"
        yield part.problem(path, "E411", message)
        return
    floor = palette.rank(event.light) if event.light else 0
    if event.grave_light and palette.rank(event.grave_light) < floor:
        message = f"严重问题的{palette.word(event.grave_light)}低于一般规定的颜色；严重问题不应更轻"
        yield part.problem((*path, "grave_light"), "E508", message)
    for index, repeat in enumerate(event.repeats):
        if palette.rank(repeat.light) < floor:
            message = f"第{repeat.times}次的{palette.word(repeat.light)}低于前一次的颜色；再次发生不应更轻"
            yield part.problem((*path, "repeats", index, "light"), "E508", message)
        floor = max(floor, palette.rank(repeat.light))


def _named_events(ladder: Ladder) -> Iterator[tuple[Path, str]]:
    """Yield every event named elsewhere in the file, with its place."""
    yield ("clearing", "reopen_event"), ladder.clearing.reopen_event
    if ladder.repeat_findings is not None and ladder.repeat_findings.event is not None:
        yield ("repeat_findings", "event"), ladder.repeat_findings.event
    for number, example in enumerate(ladder.examples):
        for index, code in enumerate(example.facts.events):
            yield ("examples", number, "facts", "events", index), code
