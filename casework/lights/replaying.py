"""A case's past gone through again: every setting of its due date and every step of its light, as data."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from casework.lights.duehistory import counted_from
from casework.lights.escalating import COLOURLESS, count_event
from casework.rectification.casepast import CasePast
from core.calendar.workdays import Calendar, Unit
from core.codes import Light, Severity
from core.ladders.palette import DEFAULT, Palette
from core.ladders.reckoning import after_step
from core.life.rectification import SETTLED, CaseState
from core.rulebook import EscalationEvent, Ladder, Rung
from models.record import AuditEntry

# What an entry names when the due date moved later and the ladder began anew for it.
NEW_VERSION = frozenset({"extension", "long_term", "objection"})
SETTLED_STATES = frozenset(state.value for state in SETTLED)


@dataclass(slots=True)
class Known:
    """What was known about a case at a point of its history, built up entry by entry."""

    severity: str
    percent: int = 0
    planned: bool = False
    returns: int = 0
    extended: bool = False
    due_on: date | None = None
    last_on: date | None = None

    def facts(self) -> dict[str, object]:
        return {
            "percent": self.percent,
            "plan_submitted": self.planned,
            "extension_granted": self.extended,
            "returns": self.returns,
            "severity": self.severity,
            "closure_applied": False,
        }


@dataclass(slots=True)
class Replay:
    """Goes through the audit entries of one case and notes every setting of its due date and of its light."""

    past: CasePast
    known: Known
    due: list[dict[str, Any]] = field(default_factory=list)
    light: list[dict[str, Any]] = field(default_factory=list)
    days: list[date] = field(default_factory=list)
    used: dict[str, Calendar] = field(default_factory=dict)
    lit: Light = Light.NONE
    floor: Light = Light.NONE

    def run(self) -> None:
        """Take every entry in its order."""
        for at, entry in enumerate(self.past.entries):
            said: dict[str, Any] = json.loads(entry.detail) if entry.detail else {}
            self.know(entry, said)
            if entry.from_state in SETTLED_STATES and entry.to_state == CaseState.RECTIFYING:
                self.reopen(at, entry)
            if entry.act == "set_due":
                self.set_due(entry, said)
            elif entry.act == "import":
                self.take_over(entry, said)
            elif entry.act == "light":
                self.climb(entry, said)
            elif entry.act == "flag":
                self.flag(at, entry, str(said.get("event", "")))
            if (
                entry.to_state in (CaseState.CLOSED, CaseState.WITHDRAWN)
                and entry.from_state != entry.to_state
            ):
                self.add(_plain("out", entry.on_day, "none", entry.act))

    def add(self, step: dict[str, Any], palette: Palette = DEFAULT) -> None:
        """Note a step of the light."""
        self.light.append(step)
        self.lit, self.floor = after_step(step, self.lit, self.floor, palette)

    def know(self, entry: AuditEntry, said: dict[str, Any]) -> None:
        """Learn the facts that an act brought."""
        known = self.known
        if entry.act == "submit_plan":
            known.planned = True
        elif entry.act == "return_plan":
            known.planned = "in_force" in said  # the version approved before it still counts
        elif entry.act == "report_progress":
            known.percent = int(str(said["percent"]).removesuffix("%"))
        elif entry.act in ("apply_closure", "correct_on_spot"):
            known.percent = 100
        if entry.act == "decide_objection" and said.get("severity"):
            known.severity = str(said["severity"])
        if entry.from_state in ("closure_applied", "verified") and entry.to_state == CaseState.RECTIFYING:
            known.returns += 1
            known.percent = min(known.percent, 90)

    def set_due(self, entry: AuditEntry, said: dict[str, Any]) -> None:
        """Note a due date, counted again where the calendar of that time is known."""
        if "due_on" not in said:
            return
        known = self.known
        known.due_on = date.fromisoformat(said["due_on"])
        self.days.append(known.due_on)
        step = {"kind": "named", "on": entry.on_day.isoformat(), "due_on": said["due_on"]}
        calendar = self.past.calendars.get(str(said.get("calendar")))
        start, count = counted_from(entry.on_day, said)
        if calendar is not None and start is not None:
            self.days.append(start)
            self.used[calendar.version] = calendar
            step |= {"kind": "counted", "start_on": start.isoformat(), "count": count,
                     "unit": said.get("unit") or Unit.WORKDAY.value, "calendar": calendar.version}  # fmt: skip
        self.due.append(step)
        if NEW_VERSION & set(said):
            known.extended = known.extended or "extension" in said
            known.last_on = None
            self.add({"kind": "extension", "on": entry.on_day.isoformat()})

    def take_over(self, entry: AuditEntry, said: dict[str, Any]) -> None:
        """Take a case out of an old ledger as the ledger gave it."""
        known = self.known
        if said.get("due_on"):
            known.due_on = date.fromisoformat(said["due_on"])
            self.days.append(known.due_on)
            self.due.append({"kind": "named", "on": said.get("signed_on"), "due_on": said["due_on"]})
        known.percent = int(said.get("percent", 0))
        known.planned = bool(said.get("measure", self.past.case.plan_on))
        known.extended = int(said.get("extensions", 0)) > 0
        light = str(said.get("light", "none"))
        if light != "none":
            known.last_on = entry.on_day
            self.add(_plain("given", entry.on_day, light, "ledger"))

    def climb(self, entry: AuditEntry, said: dict[str, Any]) -> None:
        """Note a rung with its rule, the facts of its day and the calendar it was counted with."""
        digest, ladder = self.past.rules_at(entry.at)
        rung = ladder.profiles[Severity(self.known.severity)].rung(str(said.get("rung")))
        calendar = self.past.calendar_at(entry.at)
        if rung is None or self.known.due_on is None:
            self.add(_plain("given", entry.on_day, str(said.get("light", "none")), "rung"))
            return
        self.used[calendar.version] = calendar
        served_on = self.past.case.served_on
        served_on = served_on if served_on is not None and served_on <= entry.on_day else None
        self.days += [day for day in (entry.on_day, served_on, self.known.last_on) if day is not None]
        address = f"ladders/{ladder.key}/profiles/{self.known.severity}/rungs/{rung.code}"
        self.add({
            "kind": "rung", "on": entry.on_day.isoformat(), "calendar": calendar.version, "facts": self.known.facts(),
            "rule": {"address": address, "sha256": digest, **rule_of_rung(rung)},
            "served_on": _iso(served_on), "due_on": _iso(self.known.due_on), "last_on": _iso(self.known.last_on),
        })  # fmt: skip
        self.known.last_on = entry.on_day

    def flag(self, at: int, entry: AuditEntry, code: str) -> None:
        """Note a named event, with the colours it has when it happens again."""
        digest, ladder = self.past.rules_at(entry.at)
        event = ladder.events.get(code)
        if event is None:
            return
        step = self.event_step("event", at, entry, event, digest, ladder)
        if event.effect not in COLOURLESS:
            before = ladder.palette.rank(self.lit)
            self.add(step, ladder.palette)
            # An event that leaves the light as it is is no rung from which the next one keeps its gap.
            if ladder.palette.rank(self.lit) > before:
                self.known.last_on = entry.on_day
        if event.new_severity is not None:
            self.known.severity = event.new_severity.value

    def reopen(self, at: int, entry: AuditEntry) -> None:
        """Begin a new round as the rebound event says."""
        known = self.known
        known.percent, known.planned, known.extended = 0, False, False
        self.due.append({"kind": "restart", "on": entry.on_day.isoformat()})
        digest, ladder = self.past.rules_at(entry.at)
        event = ladder.events[ladder.clearing.reopen_event]
        self.add(self.event_step("reopen", at, entry, event, digest, ladder), ladder.palette)
        known.last_on = entry.on_day

    def event_step(
        self, kind: str, at: int, entry: AuditEntry, event: EscalationEvent, digest: str, ladder: Ladder
    ) -> dict[str, Any]:
        grave = self.known.severity == Severity.GRAVE and event.grave_light is not None
        light = event.grave_light if grave else event.light
        before = self.past.same_before(at, entry)
        times = 1 + count_event(
            before, event, entry.on_day, reopens=event.code == ladder.clearing.reopen_event
        )
        return {
            "kind": kind, "on": entry.on_day.isoformat(), "effect": event.effect,
            "light": light.value if light else None, "times": times,
            "at_least": [one.light.value for one in event.repeats if times >= one.times],
            "rule": {"address": f"ladders/{ladder.key}/events/{event.code}", "sha256": digest},
        }  # fmt: skip


def rule_of_rung(rung: Rung) -> dict[str, Any]:
    """Return what of a rung decides when it is reached, and the colour it gives."""
    return {
        "anchor": rung.anchor,
        "offset": rung.offset,
        "unit": rung.unit,
        "when": rung.when,
        "constants": [list(one) for one in rung.constants],
        "min_gap_workdays": rung.min_gap_workdays,
        "light": rung.light.value,
    }


def _plain(kind: str, on: date, light: str, why: str) -> dict[str, Any]:
    return {"kind": kind, "on": on.isoformat(), "light": light, "why": why}


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
