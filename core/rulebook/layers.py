"""Overlays on overlays: which changes hold in the end, whatever the order in which anything was written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Literal

from core.errors import Problem
from core.rulebook.mistakes import near
from core.rulebook.overlays import Change, Overlay
from core.rulebook.parts import Part, Parts
from core.rulebook.patching import Origin
from core.text.yamltext import Path

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Step:
    """One change of one overlay: a field set, or values added, or a catalogue's items chosen."""

    kind: Literal["set", "add", "select", "deselect"]
    overlay: str
    address: str
    field: str
    value: Any
    origin: Origin
    target: Origin
    reason: str
    authority: str
    after: str = ""

    def problem(self, code: str, message: str, *, of_target: bool = False) -> Problem:
        """Return a mistake at the changed value, or at the address."""
        spot = self.target if of_target else self.origin
        return spot.text.problem(spot.path, code, message, of_key=self.kind == "set" and not of_target)


@dataclass(slots=True)
class Layers:
    """The changes of an overlay and all it stands on, on one day."""

    parts: Parts
    on: date | None
    problems: list[Problem] = field(default_factory=list)

    def order(self, name: str, seen: tuple[str, ...] = ()) -> list[str]:
        """Return an overlay with all it stands on, the lowest first, each once, whatever the order of `extends`."""
        part = self.parts.overlays.get(name)
        if part is None:
            return []
        below: list[str] = []
        for index, base in enumerate(part.model.extends):
            if base == name or base in seen:
                message = f"本地调整“{name}”经由“{base}”依托自身；请断开其中一处 extends"
                self.problems.append(part.problem(("extends", index), "E416", message))
            elif base not in self.parts.names("overlays"):
                known = self.parts.names("overlays")
                message = f"没有本地调整“{base}”{near(base, known)}；应有文件 overlays/{base}.yaml"
                self.problems.append(part.problem(("extends", index), "E416", message))
        for base in sorted({*part.model.extends} - {name, *seen} & {*self.parts.overlays}):
            below += [one for one in self.order(base, (*seen, name)) if one not in below]
        return [*below, name]

    def sets(self, name: str, seen: tuple[str, ...] = ()) -> dict[Key, Step]:
        """Return {(address, field): the setting that holds}; an overlay wins over what it stands on."""
        part = self.parts.overlays.get(name)
        if part is None or name in seen:
            return {}
        own = self._own_sets(part)
        merged: dict[Key, Step] = {}
        for base in sorted(part.model.extends):
            for key, step in self.sets(base, (*seen, name)).items():
                other = merged.setdefault(key, step)
                if other.value != step.value and key not in own:
                    message = (
                        f"所依托的“{other.overlay}”和“{step.overlay}”对 {key[0]} 的 {key[1]} 规定不同；"
                        "请在本文件中用 set 写明采用哪一个"
                    )
                    self.problems.append(part.problem(("extends",), "E417", message))
        return merged | own

    def _own_sets(self, part: Part[Overlay]) -> dict[Key, Step]:
        found: dict[Key, Step] = {}
        for index, setting in enumerate(part.model.set):
            if not self._holds(part, setting):
                continue
            path: Path = ("set", index)
            for name, value in setting.to.items():
                step = _step("set", part, setting, setting.target, (*path, "to", name), value, name)
                if (setting.target, name) in found:
                    message = f"{setting.target} 的 {name} 在同一天被设了两次；只写一次，或用起止日期分开"
                    self.problems.append(step.problem("E417", message))
                found[setting.target, name] = step
        return found

    def adds(self, name: str) -> Iterator[Step]:
        """Yield every addition, the lowest overlay first."""
        for one in self.order(name):
            part = self.parts.overlays[one]
            for index, addition in enumerate(part.model.add):
                if self._holds(part, addition):
                    path = ("add", index, "values")
                    step = _step("add", part, addition, addition.target, path, addition.values, "")
                    yield replace(step, after=addition.after or "")

    def selections(self, name: str) -> dict[str, list[Step]]:
        """Return {catalogue: the selections that hold}: an overlay's own `select` replaces what it stands on."""
        part = self.parts.overlays.get(name)
        chosen: dict[str, list[Step]] = {}
        if part is None:
            return chosen
        for one in self.order(name):
            layer = self.parts.overlays[one]
            for kind in ("select", "deselect"):
                for step in self._own_selections(layer, kind):
                    if kind == "select":
                        held = chosen.setdefault(step.address, [])
                        self._refuse_rivals(step, held)
                        held[:] = [other for other in held if other.overlay == one]
                    chosen.setdefault(step.address, []).append(step)
        return chosen

    def _refuse_rivals(self, step: Step, held: list[Step]) -> None:
        """Tell two selections of one catalogue by overlays neither of which stands on the other."""
        below = self.order(step.overlay)
        for other in held:
            if other.kind == "select" and other.overlay not in below:
                both = f"“{other.overlay}”和“{step.overlay}”"
                message = f"{both}各自选用了目录 {step.address} 的事项；请让其中一个依托另一个"
                self.problems.append(step.problem("E417", message))

    def _own_selections(self, part: Part[Overlay], kind: str) -> Iterator[Step]:
        for index, chosen in enumerate(getattr(part.model, kind)):
            if self._holds(part, chosen):
                path: Path = (kind, index, "items")
                literal: Literal["select", "deselect"] = "select" if kind == "select" else "deselect"
                yield _step(literal, part, chosen, chosen.catalog, path, chosen.items, "")

    def _holds(self, part: Part[Overlay], change: Change) -> bool:
        return self.on is None or (part.model.in_effect(self.on) and change.in_effect(self.on))


def _step(
    kind: Literal["set", "add", "select", "deselect"],
    part: Part[Overlay],
    change: Change,
    address: str,
    path: Path,
    value: Any,
    name: str,
) -> Step:
    target: Path = (*path[:2], "catalog" if kind in ("select", "deselect") else "target")
    return Step(
        kind, part.key, address, name, value,
        Origin(part.text, path), Origin(part.text, target), change.reason, change.authority,
    )  # fmt: skip


def spans(parts: Parts, name: str) -> list[date | None]:
    """Return one day of each span in which the same changes hold: the first day of each, and one before them all.

    returns   [None] when nothing is dated, so that the same changes hold on any day
    """
    days: set[date] = set()
    for one in Layers(parts, None).order(name):
        overlay = parts.overlays[one].model
        for change in (overlay, *overlay.set, *overlay.add, *overlay.select, *overlay.deselect):
            days |= {day for day in (change.effective_from, change.day_after) if day}
    return [min(days) - timedelta(1), *sorted(days)] if days else [None]
