"""Checks of a ladder: rungs rise with time, gaps fit between them, documents exist, every severity is covered."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from core.codes import LIGHT_LABELS, SEVERITY_LABELS, Light, Severity
from core.errors import Problem
from core.rulebook.checks_law import check_dates
from core.rulebook.ladder import Ladder, Profile, Rung
from core.rulebook.mistakes import near
from core.rulebook.parts import Part, Parts
from core.yamltext import Path


def check_ladders(parts: Parts) -> Iterator[Problem]:
    """Yield the mistakes of every ladder."""
    if not parts.names("ladders"):
        yield Problem("ladders", 1, 1, "E304", "没有预警督办等级；至少应有 ladders/<名称>.yaml")
    documents = parts.names("documents")
    for part in parts.ladders.values():
        ladder = part.model
        if ladder.key != part.key:
            yield part.problem(("key",), "E302", f"key“{ladder.key}”应与文件名“{part.key}”一致")
        yield from check_dates(part, (), ladder)
        yield from _check_cover(part)
        yield from _check_colours(part, documents)
        for severity, profile in ladder.profiles.items():
            yield from _check_profile(part, ("profiles", severity.value), profile, documents)
        yield from _check_events(part)


def _check_cover(part: Part[Ladder]) -> Iterator[Problem]:
    for severity in Severity:
        if severity not in part.model.profiles:
            message = f"缺少程度“{severity.value}（{SEVERITY_LABELS[severity]}）”的级次"
            yield part.problem(("profiles",), "E411", message)
    for light in Light:
        if light is not Light.NONE and part.model.colour(light) is None:
            message = f"缺少颜色“{light.value}（{LIGHT_LABELS[light]}）”的说明"
            yield part.problem(("colours",), "E411", message)
    for light in Light:
        if light is not Light.NONE and part.model.review(light) is None:
            message = f"缺少“{light.value}（{LIGHT_LABELS[light]}）”灯的销号核验规定"
            yield part.problem(("clearing", "reviews"), "E411", message)


def _check_colours(part: Part[Ladder], documents: set[str]) -> Iterator[Problem]:
    seen: set[Light] = set()
    for index, colour in enumerate(part.model.colours):
        path: Path = ("colours", index)
        if colour.code in seen:
            yield part.problem((*path, "code"), "E301", f"颜色“{colour.code.value}”重复")
        seen.add(colour.code)
        yield from check_document(part, (*path, "document"), colour.document, documents)


def check_document(part: Part[Ladder], path: Path, code: str, documents: set[str]) -> Iterator[Problem]:
    """Yield a mistake when no file describes a document kind."""
    if code not in documents:
        message = f"没有文书“{code}”{near(code, documents)}；应有文件 documents/{code}.yaml"
        yield part.problem(path, "E404", message)


def _check_profile(
    part: Part[Ladder], path: Path, profile: Profile, documents: set[str]
) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, rung in enumerate(profile.rungs):
        here: Path = (*path, "rungs", index)
        if rung.code in seen:
            yield part.problem((*here, "code"), "E301", f"级次代码“{rung.code}”在同一程度内重复")
        seen.add(rung.code)
        yield from check_document(part, (*here, "document"), rung.document, documents)
        if rung.issue == "automatic" and rung.light is not Light.BLUE:
            message = "自动发出的只能是蓝灯提醒；其他级次须逐件签发或有常设授权"
            yield part.problem((*here, "issue"), "E606", message)
    yield from _check_order(part, path, profile)


def _day_of(rung: Rung, profile: Profile) -> int:
    """Return the working day, counted from service, on which a rung falls under the default limit."""
    # A calendar week holds five working days; close enough to compare two rungs.
    offset = rung.offset if rung.unit == "workday" else rung.offset * 5 // 7
    return offset + (profile.rectify_workdays if rung.anchor == "due" else 0)


def _check_order(part: Part[Ladder], path: Path, profile: Profile) -> Iterator[Problem]:
    order = sorted(range(len(profile.rungs)), key=lambda index: _day_of(profile.rungs[index], profile))
    for before, after in itertools.pairwise(order):
        first, second = profile.rungs[before], profile.rungs[after]
        here: Path = (*path, "rungs", after)
        if second.light.rank < first.light.rank:
            message = f"级次“{second.code}”晚于“{first.code}”，颜色却更低；颜色应随时间上升"
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
        if event.effect in ("set", "at_least") and event.light is None:
            message = f"事件 {code} 的作用是“{event.effect}”，应写明颜色 light"
            yield part.problem(("events", code), "E411", message)
    if ladder.clearing.reopen_event not in ladder.events:
        message = (
            f"没有事件“{ladder.clearing.reopen_event}”{near(ladder.clearing.reopen_event, ladder.events)}"
        )
        yield part.problem(("clearing", "reopen_event"), "E410", message)
