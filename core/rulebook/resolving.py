"""Resolving: base files and an overlay in, the rules that hold on a day out, with every mistake at its place.

The changes are laid over the plain trees and everything is validated anew, so a resolved set obeys the same law as
files written by hand. What an overlay does not name stays as it is; the counts of a catalogue follow its items.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from core.errors import Problem
from core.rulebook.addresses import name_of
from core.rulebook.bench import Bench, Sheet, class_of, items_of
from core.rulebook.changes import AppliedChange
from core.rulebook.checks_published import check_published_overlay
from core.rulebook.layers import Layers, Step, spans
from core.rulebook.mistakes import near
from core.rulebook.parts import Parts

Check = Callable[[Parts], Iterator[Problem]]


@dataclass(frozen=True, slots=True)
class Resolution:
    """The files with the overlay laid over them, what was changed, and the mistakes that came of it."""

    parts: Parts
    changes: tuple[AppliedChange, ...]
    problems: list[Problem]


def resolve(parts: Parts, name: str, on: date | None = None) -> Resolution:
    """Lay an overlay and all it stands on over the files.

    on   only changes that hold on this day; None for all of them
    """
    layers, bench = Layers(parts, on), Bench(parts)
    bench.lay_out()
    order = layers.order(name)
    adds = sorted(
        layers.adds(name), key=lambda one: (order.index(one.overlay), one.address, _json(one.value))
    )
    sets = list(layers.sets(name).values())
    chosen = layers.selections(name)
    for step in adds:
        bench.add(step)
    for step in sorted(sets, key=lambda one: (one.address, one.field)):
        bench.set(step)
    for catalog, steps in sorted(chosen.items()):
        _choose(bench, catalog, steps)
    _recount(bench, {*chosen} | {step.address.split("/")[1] for step in (*adds, *sets) if _counts(step)})
    steps = [*adds, *sets, *(step for group in chosen.values() for step in group)]
    changes = [_applied(bench, step) for step in steps]
    changes.sort(key=lambda one: (order.index(one.overlay), one.kind, one.address, one.after))
    found = _unique([*layers.problems, *bench.problems])
    bench.problems.clear()
    again = bench.read_again()
    return Resolution(again, tuple(changes), _unique([*found, *bench.problems]))


def _counts(step: Step) -> bool:
    return step.address.startswith("catalogs/")


def _choose(bench: Bench, catalog: str, steps: list[Step]) -> None:
    """Leave out the items that are not selected or are deselected; unknown names are told."""
    files = list(bench.class_files(catalog))
    if not files:
        known = {sheet.shelf.key for sheet in bench.sheets.values() if sheet.shelf.folder == "classes"}
        for step in steps:
            message = f"没有事项目录“{catalog}”{near(catalog, known)}"
            bench.problems.append(step.problem("E413", message, of_target=True))
        return
    names = {name: class_of(sheet) for sheet in files for item in items_of(sheet) if (name := name_of(item))}
    kept = _kept(bench, steps, names)
    items = [item for part in bench.parts.classes.get(catalog, []) for item in part.model.items]
    bench.left_out[catalog] = {item.id: item for item in items if item.id not in kept}
    for sheet in files:
        entries = items_of(sheet)
        indexes = [index for index, item in enumerate(entries) if name_of(item) in kept]
        if not indexes:
            del bench.sheets[sheet.text.file]
        elif len(indexes) < len(entries):
            sheet.patch.keep(("items",), indexes)
            sheet.changed = True


def _kept(bench: Bench, steps: list[Step], names: dict[str, str]) -> set[str]:
    selected = [_named(bench, step, names) for step in steps if step.kind == "select"]
    dropped = [_named(bench, step, names) for step in steps if step.kind == "deselect"]
    return (set().union(*selected) if selected else set(names)) - set().union(*dropped)


def _named(bench: Bench, step: Step, names: dict[str, str]) -> set[str]:
    """Return the ids that a selection means; a class stands for all its items."""
    found: set[str] = set()
    for index, word in enumerate(step.value):
        ids = {word} & set(names) | {item for item, home in names.items() if home == word}
        if not ids:
            known = {*names, *names.values()}
            message = f"目录 {step.address} 中没有事项或类别“{word}”{near(word, known)}"
            bench.problems.append(step.origin.text.problem((*step.origin.path, index), "E413", message))
        found |= ids
    return found


def _recount(bench: Bench, catalogs: set[str]) -> None:
    """Let the counts of the changed catalogues follow their items: fewer items are no mistake of counting."""
    for catalog in sorted(catalogs):
        files = list(bench.class_files(catalog))
        total = [0, 0]
        for sheet in files:
            items = [item for item in items_of(sheet) if isinstance(item, dict) and not item.get("retired")]
            weight = sum(int(item["weight"]) for item in items if str(item.get("weight", "")).isdigit())
            total = [total[0] + len(items), total[1] + weight]
            if class_of(sheet):
                _follow(sheet, ("category",), {"item_count": len(items), "weight": weight})
        classes = max(1, sum(bool(class_of(sheet)) for sheet in files))
        for head in bench.sheets.values():
            if head.shelf.folder == "catalogs" and head.shelf.key == catalog:
                counts = {"class_count": classes, "item_count": total[0], "total_weight": total[1]}
                _follow(head, (), counts)


def _follow(sheet: Sheet, path: tuple[str, ...], counts: dict[str, int]) -> None:
    here = sheet.patch.tree
    for step in path:
        here = here[step]
    for name, count in counts.items():
        if name in here and here[name] != str(count):
            here[name] = str(count)
            sheet.changed = True


def _applied(bench: Bench, step: Step) -> AppliedChange:
    address = f"{step.address}/{step.field}" if step.field else step.address
    if step.kind in ("select", "deselect"):
        address = f"catalogs/{step.address}"
    before = bench.before.get((step.address, step.field))
    return AppliedChange(
        overlay=step.overlay,
        kind=step.kind,
        address=address,
        before=None if before is None else _json(before),
        after=_json(step.value),
        reason=step.reason,
        authority=step.authority,
    )


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _unique(problems: list[Problem]) -> list[Problem]:
    return list(dict.fromkeys(problems))


@dataclass(slots=True)
class Resolver:
    """Lays overlays over the files of one folder and keeps what came of it; `base` are the problems of the files."""

    parts: Parts
    checks: tuple[Check, ...]
    base: Iterable[Problem]
    done: dict[tuple[str, date | None], Resolution] = field(default_factory=dict)

    def resolution(self, name: str, on: date | None) -> Resolution:
        """Return the resolved files of an overlay on a day with every problem that is the overlay's own."""
        days = spans(self.parts, name)
        at = None if days == [None] else on
        found = self.done.get((name, at))
        if found is None:
            found = self.done[name, at] = self._checked(name, at)
        return found

    def _checked(self, name: str, on: date | None) -> Resolution:
        made = resolve(self.parts, name, on)
        problems = list(made.problems)
        if not problems:
            known = {_mark(one) for one in self.base}
            told = (one for check in self.checks for one in check(made.parts))
            problems = [one for one in told if concerns(one) and _mark(one) not in known]
            problems += _check_weights(self.parts, made.parts, name)
            problems += check_published_overlay(self.parts, made.parts, name)
        return Resolution(made.parts, made.changes, problems)

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong with each overlay in any span of days, each thing once."""
        told: set[tuple[object, ...]] = set()
        for name in sorted(self.parts.overlays):
            for on in spans(self.parts, name):
                for one in self.resolution(name, on).problems:
                    if _mark(one) not in told:
                        told.add(_mark(one))
                        yield one


def concerns(problem: Problem) -> bool:
    """Tell whether a mistake of a resolved set is the overlay's: examples of the base hold for the base's numbers."""
    return not problem.code.startswith(("E9", "W705")) or problem.file.startswith("overlays/")


def _check_weights(before: Parts, after: Parts, name: str) -> Iterator[Problem]:
    """Tell a catalogue whose total has become another: scores would no longer add up to the same."""
    for key, head in after.heads.items():
        was, now = before.heads[key].model.total_weight, head.model.total_weight
        if was != now:
            message = (
                f"调整后目录 {key} 的分值合计为{now}，原为{was}；要满分不变，请一并调整其他事项的 weight"
            )
            yield before.overlays[name].problem((), "W708", message)


def _mark(problem: Problem) -> tuple[object, ...]:
    return (problem.file, problem.line, problem.column, problem.code)
