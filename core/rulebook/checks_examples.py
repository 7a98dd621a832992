"""Examples worked out: what the rules make of the facts, beside what the example expects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.calendar.workdays import Calendar
from core.errors import CalendarMissing, Problem
from core.ladders.ladderfacts import judge_example
from core.rulebook.catalog import Indicator, Item
from core.rulebook.checks_time import sound_calendar
from core.rulebook.examples import Example
from core.rulebook.ladder import Ladder
from core.rulebook.mistakes import describe_choice
from core.rulebook.parts import Part, Parts
from core.text.yamltext import Path

LADDER = "problem"
SAYINGS = {"result": "检查结果", "level": "程度", "light": "灯", "due_on": "到期日", "screening": "启动筛查"}


class Incomputable(Exception):
    """An example that says too little to be worked out."""


@dataclass(frozen=True, slots=True)
class _Table:
    """One list of examples: where it stands and how its facts are judged."""

    part: Part[Any]
    path: Path
    item: Item | None
    ladder: Ladder | None
    calendar: Calendar

    def outcome(self, example: Example) -> dict[str, object]:
        """Return what the rules make of the facts, by the keys that the example expects."""
        wanted = {name for name, value in example.expect if value is not None}
        found: dict[str, object] = {}
        if "result" in wanted:
            found["result"] = self.result(example)
        if wanted & {"level", "light", "screening", "due_on"}:
            found |= self.standing(example)
        return found

    def result(self, example: Example) -> str:
        facts = example.facts
        if not facts.applicable:
            return "not_applicable"
        if not facts.checked:
            return "not_checked"
        if self.item is None or facts.value is None:
            raise Incomputable("要得出检查结果，应写 facts 中的 value（指标实测值）")
        return "passed" if meets(self.item.indicator, facts.value) else "failed"

    def standing(self, example: Example) -> dict[str, object]:
        """Return level, due day, light and screening of a problem."""
        facts = example.facts
        severity = facts.severity or (self.item.severity if self.item else None)
        if severity is None:
            raise Incomputable("应写 facts 中的 severity（程度）")
        if self.ladder is None:
            raise Incomputable(f"没有等级文件 ladders/{LADDER}.yaml，不能算出灯")
        days = facts.rectify_workdays or (self.item.rectify_days if self.item else None)
        filled = facts.model_copy(update={"severity": severity, "rectify_workdays": days})
        found: dict[str, object] = {"level": severity, "light": None, "screening": None, "due_on": None}
        if facts.served_on:
            if days is None:
                profile = self.ladder.profiles.get(severity)
                if profile is None:
                    raise Incomputable(f"等级文件没有程度“{severity.value}”，不能算出期限")
                days = profile.rectify_workdays
            found["due_on"] = self.calendar.after(facts.served_on, days)
        judged = judge_example(self.ladder, filled, self.calendar, example.on)
        if judged is not None:
            found |= {"level": judged.severity, "light": judged.light, "screening": judged.screening}
        return found

    def check(self, examples: tuple[Example, ...]) -> Iterator[Problem]:
        """Yield the examples that come out otherwise, or cannot be worked out."""
        for index, example in enumerate(examples):
            here: Path = (*self.path, index)
            try:
                found = self.outcome(example)
            except Incomputable as error:
                yield self.part.problem(here, "E902", f"用例“{example.case}”不能计算：{error}")
                continue
            except CalendarMissing as error:
                yield self.part.problem(here, "E509", f"用例“{example.case}”用到没有年表的年份：{error}")
                continue
            yield from self.compare(here, example, found)

    def compare(self, here: Path, example: Example, found: dict[str, object]) -> Iterator[Problem]:
        for name, wanted in example.expect:
            if wanted is None:
                continue
            if found.get(name) is None:
                message = f"用例“{example.case}”不能得出{SAYINGS[name]}；灯应写 workdays，或 served_on 和 on"
                yield self.part.problem((*here, "expect", name), "E902", message)
            elif found[name] != wanted:
                message = (
                    f"用例“{example.case}”的{SAYINGS[name]}应为{_say(wanted)}，按规则得{_say(found[name])}；"
                    "请核对规则或用例"
                )
                yield self.part.problem((*here, "expect", name), "E901", message)


def meets(indicator: Indicator, value: Decimal) -> bool:
    """Tell whether a measured value reaches the threshold of an indicator."""
    return value >= indicator.threshold if indicator.operator == ">=" else value <= indicator.threshold


def _say(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return describe_choice(str(value))


def check_examples(parts: Parts) -> Iterator[Problem]:
    """Yield the examples of items and ladders that do not come out, and the items without any."""
    calendar = sound_calendar(parts)
    ladder = parts.ladders.get(LADDER)
    problem_ladder = ladder.model if ladder else None
    unread = ladder is None and LADDER in parts.names("ladders")
    for files in parts.classes.values():
        for part in files:
            for index, item in enumerate(part.model.items):
                path: Path = ("items", index)
                if not item.examples and item.retired is None:
                    message = f"事项 {item.id} 没有用例；写一个合格的、一个不合格的，检查时会算一遍"
                    yield part.problem((*path, "id"), "W705", message)
                if unread:
                    continue  # why there is no ladder is told already
                table = _Table(part, (*path, "examples"), item, problem_ladder, calendar)
                yield from table.check(item.examples)
    for part_of_ladder in parts.ladders.values():
        table = _Table(part_of_ladder, ("examples",), None, part_of_ladder.model, calendar)
        yield from table.check(part_of_ladder.model.examples)
