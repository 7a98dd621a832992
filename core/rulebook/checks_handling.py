"""Checks of how a ladder has cases handled: what it names exists, codes are given once, levels cover what they may."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from core.errors import Problem
from core.rulebook.ladder import Ladder
from core.rulebook.mistakes import near
from core.rulebook.parts import Part, Parts
from core.text.yamltext import Path


def check_handling(parts: Parts) -> Iterator[Problem]:
    """Yield the mistakes in how the ladders have cases handled."""
    items = _items(parts)
    for part in parts.ladders.values():
        yield from _check_codes(part)
        yield from _check_levels(part)
        yield from _check_tiers(part)
        for index, kind in enumerate(part.model.clearing.evidence):
            for number, item in enumerate(kind.items):
                if items and item not in items:
                    path: Path = ("clearing", "evidence", index, "items", number)
                    yield part.problem(path, "E413", f"没有事项“{item}”{near(item, items)}")


def _items(parts: Parts) -> set[str]:
    """Return the ids of all items; nothing when a catalogue could not be read, for then nobody knows."""
    if parts.names("catalogs") - set(parts.heads):
        return set()
    found = {item.id for files in parts.classes.values() for file in files for item in file.model.items}
    return found | {item for left in parts.left_out.values() for item in left}


def _check_codes(part: Part[Ladder]) -> Iterator[Problem]:
    ladder = part.model
    lists: tuple[tuple[Path, Iterable[str]], ...] = (
        (("clearing", "evidence"), (one.code for one in ladder.clearing.evidence)),
        (("suspensions",), (one.code for one in ladder.suspensions)),
        (("freezes",), (one.code for one in ladder.freezes)),
    )
    for path, codes in lists:
        seen: Counter[str] = Counter()
        for index, code in enumerate(codes):
            seen[code] += 1
            if seen[code] == 2:
                yield part.problem((*path, index, "code"), "E301", f"代码“{code}”已经用过，不能重复")


def _check_levels(part: Part[Ladder]) -> Iterator[Problem]:
    """Yield the severities for which two levels speak."""
    seen: Counter[str] = Counter()
    for index, level in enumerate(part.model.extension.levels):
        for number, severity in enumerate(level.severities):
            seen[severity.value] += 1
            if seen[severity.value] == 2:
                path: Path = ("extension", "levels", index, "severities", number)
                yield part.problem(path, "E301", f"程度“{severity.value}”的审批级别规定了两次")


def _check_tiers(part: Part[Ladder]) -> Iterator[Problem]:
    ladder = part.model
    for index, tier in enumerate(ladder.clearing.tiers):
        for number, code in enumerate(tier.events):
            if code not in ladder.events:
                message = (
                    f"没有事件“{code}”{near(code, ladder.events)}；本等级的事件：{'、'.join(ladder.events)}"
                )
                yield part.problem(("clearing", "tiers", index, "events", number), "E410", message)
