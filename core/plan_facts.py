"""What a plan is made from and what it says; the words of `core.planning`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from core.workdays import Calendar


@dataclass(frozen=True, slots=True)
class UnitFact:
    """A unit to visit; `parent` is the code of the body it belongs to."""

    code: str
    name: str
    kinds: frozenset[str]
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class ItemFact:
    """An item of the catalogue; it fits a unit that has one of the kinds of `applies_to`."""

    id: str
    applies_to: frozenset[str]
    specialties: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class InspectorFact:
    """A person of the pool; only the roles inspector and leader go on visits.

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


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """What a plan is made from; the order of the lists does not matter, except that items keep theirs.

    `period_from`, `period_to`: both days belong to the period
    `at_least`: {speciality: people of it in every team}
    `former_years`: years for which a former unit recuses; `former_units` holds only units within them
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
    former_years: int = 5
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
