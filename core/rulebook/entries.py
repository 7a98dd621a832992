"""Every rule that has a name: where it stands in the rule book, what it is called, and how it is found by that.

A rule is named by its id, code or key, by its address or the steps of it that tell it apart (`minor/red`), or by its
Chinese name.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from core.errors import InvalidInput, NotFound
from core.rulebook.addresses import NAMING_KEYS
from core.rulebook.book import Rulebook
from core.rulebook.fields import RuleModel

# What a rule is called: the first of these that it has.
NAMES = ("title", "name", "label", "event", "case", "matter", "group", "meaning", "term", "issuer")
KINDS = {
    "catalogs": "事项目录", "items": "事项", "retired": "停用的事项", "classes": "类别", "sources": "来源",
    "ladders": "预警督办等级", "profiles": "程度", "rungs": "级次", "colours": "灯色", "events": "升级事件",
    "litigation": "败诉风险预警", "clocks": "法定期限", "documents": "文书种类", "linkage": "贯通联动",
    "receivers": "受移送机关", "offices": "督察单位", "lines": "条线", "series": "文号系列", "leaders": "签发岗位",
    "timetable": "定时任务", "calendars": "工作日历", "local_calendars": "地方工作日历", "params": "参数",
    "pools": "人才库", "campaigns": "督察方式", "leads": "线索来源", "scoring": "评价计分", "archives": "归档",
    "sanctions": "处理结果", "incoming": "联动来件",
    "overlays": "本地调整", "factors": "风险因素", "bands": "风险档次", "kinds": "督察方式", "milestones": "节点",
    "asks": "报送要求", "plans": "周期计划",
}  # fmt: skip
# Letters that are typed for digits.
LOOKALIKES = str.maketrans("lio", "110")
# Parts that do not stand alone: bases, examples and changes belong to the rule that carries them.
NOT_ENTRIES = frozenset({"legal_basis", "basis", "examples", "changes"})


@dataclass(frozen=True, slots=True)
class Entry:
    """A named rule; `inside` are the rules around it, the file's own first."""

    address: str
    rule: RuleModel
    inside: tuple[RuleModel, ...]

    @property
    def steps(self) -> tuple[str, ...]:
        return tuple(self.address.split("/"))

    @property
    def code(self) -> str:
        return self.steps[-1]

    @property
    def kind(self) -> str:
        """What kind of rule it is, in Chinese."""
        return KINDS.get(self.steps[-2], KINDS.get(self.steps[0], "规则"))

    @property
    def title(self) -> str:
        """What it is called, its code when it has no name."""
        return title_of_rule(self.rule) or self.code


def title_of_rule(rule: RuleModel) -> str:
    """Return the Chinese name of a rule, "" when it has none."""
    return next((str(value) for name in NAMES if isinstance(value := getattr(rule, name, None), str)), "")


def entries(book: Rulebook) -> Iterator[Entry]:
    """Yield every rule that has an address, files first, in the order of the book."""
    for field in type(book).model_fields:
        if field in NOT_ENTRIES:
            continue
        value = getattr(book, field)
        if isinstance(value, RuleModel):
            yield from _inside(value, (field, getattr(value, "key", "") or field), ())
        elif isinstance(value, dict | tuple):
            yield from _members(value, (field,), ())


def _inside(rule: RuleModel, steps: tuple[str, ...], inside: tuple[RuleModel, ...]) -> Iterator[Entry]:
    yield Entry("/".join(steps), rule, inside)
    for field in type(rule).model_fields:
        if field in NOT_ENTRIES:
            continue
        value = getattr(rule, field)
        if isinstance(value, dict | tuple):
            yield from _members(value, (*steps, field), (*inside, rule))
        elif isinstance(value, RuleModel) and _carries(value):
            yield from _inside(value, (*steps, field), (*inside, rule))


def _carries(rule: RuleModel) -> bool:
    """Tell whether a nameless part (such as `clearing`) holds named rules of its own."""
    return any(
        isinstance(value, dict | tuple) and any(isinstance(one, RuleModel) for one in _values(value))
        for _, value in rule
    )


def _values(value: dict[Any, Any] | tuple[Any, ...]) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value


def _members(
    value: dict[Any, Any] | tuple[Any, ...], steps: tuple[str, ...], inside: tuple[RuleModel, ...]
) -> Iterator[Entry]:
    if isinstance(value, dict):
        named = [(step_of(key), one) for key, one in value.items()]
    else:
        named = [(name_of_rule(one), one) for one in value]
    for step, one in named:
        if isinstance(one, RuleModel) and step:
            yield from _inside(one, (*steps, step), inside)


def step_of(key: object) -> str:
    """Return a key of a mapping as a step of an address."""
    return str(key.value if isinstance(key, Enum) else key)


def name_of_rule(rule: object) -> str:
    """Return the id or code by which an entry of a list is found, "" when it has none."""
    wanted = (*NAMING_KEYS, "name") if hasattr(rule, "verb") else NAMING_KEYS
    return next((step_of(value) for key in wanted if (value := getattr(rule, key, None))), "")


def find(book: Rulebook, name: str) -> Entry:
    """Return the one rule that a name means; the less deeply it lies, the sooner it is meant.

    raises   NotFound with the nearest names; InvalidInput when several rules go by that name
    """
    known = list(entries(book))
    wanted = tuple(step for step in name.strip().strip("/").split("/") if step)
    found = [one for one in known if matches(one, wanted)] or [one for one in known if is_called(one, name)]
    if not found:
        raise NotFound(
            "规则中没有这个名称",
            found=name,
            expected=_nearest(known, name),
            remedy="用编号、代码、地址（如 minor/red）或中文名称查；运行 ducha rules show 查看概况",
        )
    shallow = min(len(one.steps) for one in found)
    first = [one for one in found if len(one.steps) == shallow]
    # catalogues that share their sources hold the same ones
    if any(one.rule != first[0].rule for one in first):
        raise InvalidInput(
            "这个名称不止一处",
            found=name,
            expected="、".join(one.address for one in first[:12]),
            remedy="写明地址中区别于别处的部分，如 " + short_name(first[0], known),
        )
    return first[0]


def matches(entry: Entry, wanted: Sequence[str]) -> bool:
    """Tell whether the steps of a name lead to an entry: the last is its own, the others lie before it in order."""
    if not wanted or entry.code != wanted[-1]:
        return False
    rest = iter(entry.steps[:-1])
    return all(step in rest for step in wanted[:-1])


def is_called(entry: Entry, name: str) -> bool:
    """Tell whether a name is what people call a rule: its title, its short name, or the number that they see."""
    rule = entry.rule
    return name in (entry.title, getattr(rule, "short_name", None), getattr(rule, "code", None))


def short_name(entry: Entry, known: Sequence[Entry]) -> str:
    """Return the shortest name that means only this entry: its code, or with a step before it."""
    for step in ("", *reversed(entry.steps[:-1])):
        wanted = (step, entry.code) if step else (entry.code,)
        if sum(matches(one, wanted) for one in known) == 1:
            return "/".join(wanted)
    return entry.address


def _nearest(known: Sequence[Entry], name: str) -> str:
    """Return the names that are written almost like this one, or contain it."""
    names = list(dict.fromkeys(text for one in known for text in (one.code, one.title, one.address)))
    plain = {text.lower().translate(LOOKALIKES): text for text in reversed(names)}
    found: list[str] = []
    for wanted in dict.fromkeys((name, name.rpartition("/")[2])):
        written = wanted.lower().translate(LOOKALIKES)
        found += [plain[text] for text in difflib.get_close_matches(written, list(plain), 3, 0.6)]
        found += [text for text in names if len(wanted) > 1 and wanted in text][:3]
    told = "、".join(dict.fromkeys(found))
    return told or "事项编号（A01）、文书代码、级次（minor/red）、事件（E1）、来源等"
