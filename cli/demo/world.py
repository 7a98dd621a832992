"""The simulated county: how each unit behaves, who works in the office, and where the papers of the demo lie."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from random import Random

from sqlmodel import col, select

from casework.desk import Desk
from cli.demo.clock import DemoClock
from cli.demo.views import CaseView, read_cases
from core.calendar.workdays import Calendar
from flows.edge import Edge
from models.organisation import Person, Unit

SEED = 20260210
COMPREHENSIVE, SPECIAL, OLD = "2026-ZH-01", "2026-ZX-01", "2025-ZH-01"
OFFICERS = ("P053", "P054")
REVIEWERS = ("P056", "P055")
LINKAGE = "P057"


class Course(StrEnum):
    """How a unit deals with its problems."""

    EARLY = "early"
    ON_TIME = "on_time"
    LATE = "late"
    LONG_LATE = "long_late"
    EXTENDED = "extended"  # asks for an extension and gets it
    REFUSED = "refused"  # asks for an extension without good reason
    REWORK = "rework"  # its plan and its first result are sent back
    PAUSED = "paused"  # waits for a court, the clock stands still
    RIGHT = "right"  # objects, and is right
    WRONG = "wrong"  # objects, and is not
    FALSE = "false"  # proves its closure with false papers
    REBOUND = "rebound"  # closes early, and the look-back finds the problem again
    SILENT = "silent"  # does not answer until the black light
    MUTE = "mute"  # never answers


# How many of the 40 units take each course; which ones is drawn by the seed.
SHARES = {
    Course.EARLY: 9, Course.ON_TIME: 11, Course.LATE: 4, Course.LONG_LATE: 2, Course.EXTENDED: 2, Course.REFUSED: 1,
    Course.REWORK: 2, Course.PAUSED: 1, Course.RIGHT: 1, Course.WRONG: 1, Course.FALSE: 1, Course.REBOUND: 2,
    Course.SILENT: 2, Course.MUTE: 1,
}  # fmt: skip
# These courses are taken for the first problem of a unit only; its other problems go the way given here.
FIRST_ONLY = {
    Course.RIGHT: Course.ON_TIME, Course.WRONG: Course.ON_TIME, Course.FALSE: Course.ON_TIME,
    Course.PAUSED: Course.ON_TIME, Course.REFUSED: Course.LATE, Course.SILENT: Course.LATE, Course.MUTE: Course.LATE,
    Course.REBOUND: Course.EARLY,
}  # fmt: skip
RELUCTANT = (Course.SILENT, Course.MUTE)


@dataclass(slots=True)
class World:
    """Everything the story needs; `cases` is the view of this morning, `entered` the day a case came to its state."""

    edge: Edge
    clock: DemoClock
    out: Path
    calendar: Calendar
    courses: dict[str, Course]
    units_of_people: dict[str, str]
    verifiers: tuple[str, ...]
    cases: list[CaseView] = field(default_factory=list)
    entered: dict[str, tuple[str, date]] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """Return the simulated civil day."""
        return self.clock.today()

    def desk(self, by: str | None = None, *, readonly: bool = False) -> AbstractContextManager[Desk]:
        """Open a desk at the simulated hour."""
        return self.edge.desk(by=by, readonly=readonly)

    def look(self) -> None:
        """Read all cases anew and note since when each is in its state."""
        with self.desk(readonly=True) as desk:
            self.cases = read_cases(desk)
        for case in self.cases:
            if self.entered.get(case.code, ("", self.today))[0] != case.state:
                self.entered[case.code] = (case.state, self.today)

    def age(self, case: CaseView) -> int:
        """Return for how many working days a case has been in its state."""
        return self.calendar.between(self.entered[case.code][1], self.today)

    def course(self, case: CaseView) -> Course:
        """Return how the unit deals with this problem."""
        course = self.courses[case.unit]
        first = case.code.endswith("-01") and case.campaign == COMPREHENSIVE
        if case.round > 1:
            return Course.ON_TIME
        return course if first else FIRST_ONLY.get(course, course)

    def other_than(self, unit: str, people: tuple[str, ...], turn: int = 0) -> str:
        """Return the next person of a list who does not work in the unit."""
        free = [code for code in people if self.units_of_people[code] != unit]
        return free[turn % len(free)]

    def officer(self, unit: str = "") -> str:
        """Return an officer who may handle the matters of a unit."""
        return self.other_than(unit, OFFICERS)

    def turn(self, what: str) -> int:
        """Count how often something was done; the first time gives 0."""
        self.counts[what] = self.counts.get(what, -1) + 1
        return self.counts[what]

    def paper(self, name: str) -> Path:
        """Return a scanned paper that came from outside, dated today; the same name gives the same paper."""
        path = self.folder("evidence") / f"{name}.txt"
        if not path.exists():
            path.write_text(f"{name}，{self.today}。\n", encoding="utf-8")
        return path

    def folder(self, name: str) -> Path:
        """Return a folder of the demo, made when it is missing."""
        path = self.out / name
        path.mkdir(parents=True, exist_ok=True)
        return path


def draw_courses(units: list[str], seed: int) -> dict[str, Course]:
    """Deal the courses out to the units, the same for the same seed."""
    deck = [course for course, share in SHARES.items() for _ in range(share)]
    deck += [Course.ON_TIME] * (len(units) - len(deck))
    Random(seed).shuffle(deck)
    return dict(zip(sorted(units), deck, strict=False))


def make_world(edge: Edge, clock: DemoClock, out: Path, seed: int = SEED) -> World:
    """Return the world once units and people are imported."""
    with edge.desk(readonly=True) as desk:
        units = [str(code) for code in desk.session.exec(select(Unit.code).order_by(col(Unit.code)))]
        people = list(desk.session.exec(select(Person).order_by(col(Person.code))))
        calendar = desk.calendar
        verifiers = tuple(p.code for p in people if "verifier" in p.roles.split("、"))
        units_of_people = {p.code: p.unit_code or "" for p in people}
    return World(edge, clock, out, calendar, draw_courses(units, seed), units_of_people, verifiers)
