"""What a plan is made from and what it says; the words of `core.staffing.planning`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from core.calendar.workdays import Calendar
from core.staffing.composition import Composition
from core.staffing.recusal import Tie


@dataclass(frozen=True, slots=True)
class UnitFact:
    """A unit to visit.

    `parent`: the code of the body it belongs to
    `area`: where it is, "" when that is not known
    `functions`: specialities of what it does; without them those of the items count that apply to it
    `last_team`: who went there the last time
    """

    code: str
    name: str
    kinds: frozenset[str]
    parent: str | None = None
    area: str = ""
    functions: frozenset[str] = frozenset()
    last_team: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ItemFact:
    """An item of the catalogue; it fits a unit that has one of the kinds of `applies_to`."""

    id: str
    applies_to: frozenset[str]
    specialties: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class InspectorFact:
    """A person of the pool; only the roles inspector and leader go on visits.

    `former_units`: codes, with the day of leaving where it is known (`core.staffing.recusal.read_post`)
    `area`: where the person works, "" when that is not known
    `from_on`, `until_on`: the days of the term in the pool, None where there is no bound
    `load`: visits already given in this year, counted into the balance
    `busy`: days on which the person is on a visit of another campaign
    """

    code: str
    unit: str
    former_units: frozenset[str] = frozenset()
    specialties: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset({"inspector"})
    load: int = 0
    busy: frozenset[date] = frozenset()
    area: str = ""
    from_on: date | None = None
    until_on: date | None = None


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """What a plan is made from; the order of the lists does not matter, except that items keep theirs.

    `period_from`, `period_to`: both days belong to the period
    `at_least`: {speciality: people of it in every team}
    `composition`: how teams are composed of the pool, None when only `at_least` counts
    `parents`: {unit: the body it belongs to} of units that are not visited but where people work
    `former_years`: years for which a former unit recuses, counted to the first day of the period; 0 for ever
    `ties`: accepted declarations and makers of conclusions
    `last_time`: what becomes of who went to the unit the last time
    `most`: visits a person may get in this campaign, None for no limit
    `travel`: whether trips out of the own area count
    `visit_workdays`: working days of one visit, 1 or 2
    """

    units: tuple[UnitFact, ...]
    items: tuple[ItemFact, ...]
    inspectors: tuple[InspectorFact, ...]
    period_from: date
    period_to: date
    team_size: int
    seed: int
    calendar: Calendar
    need_leader: bool = True
    at_least: Mapping[str, int] = field(default_factory=dict)
    parents: Mapping[str, str | None] = field(default_factory=dict)
    composition: Composition | None = None
    former_years: int = 5
    ties: tuple[Tie, ...] = ()
    last_time: Literal["avoid", "ignore", "forbid"] = "avoid"
    most: int | None = None
    travel: bool = True
    visit_workdays: int = 1


@dataclass(frozen=True, slots=True)
class VisitPlan:
    """One visit; `team` has the leader first, `reasons` are Chinese sentences for the plan and the audit."""

    unit: str
    from_on: date
    to_on: date
    place: str
    team: tuple[str, ...]
    leader: str
    items: tuple[str, ...]
    reasons: tuple[str, ...]
