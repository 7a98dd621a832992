"""People of the pool as pages list them: specialities, terms, hours, visits, and what one person may not inspect."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, or_, select

from casework.desk import Desk
from casework.filters import Filters, one_of, says
from casework.leaves import Leaf, leaf_of
from casework.staff.declarationviews import DeclarationRow, declarations_view
from casework.staff.people import split
from casework.staff.pools import find_person, hours_in, visits_in
from casework.staff.poolviews import refuse_units
from core.rulebook.pools import PoolRules
from models.base import key_of, table_of
from models.campaign import Campaign, Visit, VisitMember
from models.delegation import Delegation
from models.organisation import Person, Unit
from models.pool import PoolMember, Training

PERSON, MEMBER, UNIT = table_of(Person), table_of(PoolMember), table_of(Unit)
VISIT, CAMPAIGN, ON_VISIT = table_of(Visit), table_of(Campaign), table_of(VisitMember)
ROLE_LABELS = {
    "inspector": "督察员", "leader": "组长", "officer": "经办人", "reviewer": "审核人", "verifier": "核查人",
    "director": "主任", "linkage": "纪检联络员",
}  # fmt: skip
SHOWN = 20


@dataclass(frozen=True, slots=True)
class PeopleFilters(Filters):
    """What a list of people shows."""

    q: str = ""
    role: str = one_of(*ROLE_LABELS)
    specialty: str = ""
    pool: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """One term of somebody in a pool; `ends_soon` while nobody renewed it and its end is near."""

    pool: str
    pool_name: str
    term: int
    from_on: date
    until_on: date
    specialties: tuple[str, ...]
    exited_on: date | None
    exit_reason: str
    running: bool
    newest: bool
    ends_soon: bool


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person in a list; hours and visits are those of this year."""

    code: str
    name: str
    unit: str
    specialties: tuple[str, ...]
    roles: tuple[str, ...]
    terms: tuple[Term, ...]
    hours: int
    visits: int


@dataclass(frozen=True, slots=True)
class PoolLine:
    """A pool with how many are in it, end soon, and are short of training."""

    key: str
    name: str
    members: int
    ending: int
    short: int


@dataclass(frozen=True, slots=True)
class PeopleList:
    """One leaf of people with the pools and what may be chosen."""

    filters: PeopleFilters
    leaf: Leaf[PersonRow]
    pools: tuple[PoolLine, ...]
    specialties: tuple[str, ...]
    roles: Mapping[str, str]


def people_view(desk: Desk, filters: PeopleFilters, number: int) -> PeopleList:
    """Return the people who fit the filters, by code; six queries."""
    refuse_units(desk)
    query = (
        sa.select(PERSON, UNIT.c.name.label("unit_name"))
        .outerjoin(UNIT, sa.and_(UNIT.c.office_id == PERSON.c.office_id, UNIT.c.code == PERSON.c.unit_code))
        .where(PERSON.c.office_id == desk.office_id, *_narrowed(desk, filters))
        .order_by(PERSON.c.code)
    )
    leaf = leaf_of(desk, query, number)
    terms = _terms(desk)
    hours, visits = hours_in(desk, desk.today.year), visits_in(desk, desk.today.year)
    rows = tuple(
        PersonRow(
            row.code, row.name, row.unit_name or row.unit_code or "", split(row.specialties),
            tuple(ROLE_LABELS.get(role, role) for role in split(row.roles)),
            tuple(one for one in terms.get(row.id, ()) if one.running), hours.get(row.id, 0), visits.get(row.id, 0),
        )
        for row in leaf.rows
    )  # fmt: skip
    return PeopleList(
        filters, leaf.showing(rows), _pools(desk, terms, hours), _specialties(desk), ROLE_LABELS
    )


def _narrowed(desk: Desk, filters: PeopleFilters) -> list[sa.ColumnElement[bool]]:
    found = says(filters.q, PERSON.c.code, PERSON.c.name)
    for column, wanted in ((PERSON.c.roles, filters.role), (PERSON.c.specialties, filters.specialty)):
        if wanted:
            found.append(("、" + column + "、").contains(f"、{wanted}、", autoescape=True))
    if filters.pool:
        inside = sa.select(MEMBER.c.person_id).where(
            MEMBER.c.office_id == desk.office_id, MEMBER.c.pool == filters.pool, MEMBER.c.exited_on.is_(None),
            MEMBER.c.from_on <= desk.today, MEMBER.c.until_on >= desk.today,
        )  # fmt: skip
        found.append(PERSON.c.id.in_(inside))
    return found


def _terms(desk: Desk, person_id: int | None = None) -> dict[int, list[Term]]:
    """Return {person: terms}, by pool and the newest last; one query."""
    query = sa.select(MEMBER).where(MEMBER.c.office_id == desk.office_id)
    if person_id is not None:
        query = query.where(MEMBER.c.person_id == person_id)
    rows = list(desk.session.connection().execute(query.order_by(MEMBER.c.pool, MEMBER.c.term)))
    newest = {(row.person_id, row.pool): row.id for row in rows}
    found: dict[int, list[Term]] = defaultdict(list)
    for row in rows:
        is_newest = newest[row.person_id, row.pool] == row.id
        found[row.person_id].append(_term(desk, row, is_newest=is_newest))
    return found


def _term(desk: Desk, row: Any, *, is_newest: bool) -> Term:
    rules: PoolRules | None = desk.rules.pools.get(row.pool)
    running = row.exited_on is None and row.from_on <= desk.today <= row.until_on
    left = (row.until_on - desk.today).days
    soon = bool(running and is_newest and rules is not None and left <= rules.ending_notice_days)
    return Term(
        row.pool, rules.name if rules else row.pool, row.term, row.from_on, row.until_on, split(row.specialties),
        row.exited_on, row.exit_reason, running, is_newest, soon,
    )  # fmt: skip


def _pools(desk: Desk, terms: Mapping[int, list[Term]], hours: Mapping[int, int]) -> tuple[PoolLine, ...]:
    found = []
    for key, rules in sorted(desk.rules.pools.items()):
        inside = [
            (person, one) for person, some in terms.items() for one in some if one.pool == key and one.running
        ]
        short = sum(hours.get(person, 0) < rules.training_hours for person, _one in inside)
        found.append(
            PoolLine(key, rules.name, len(inside), sum(one.ends_soon for _person, one in inside), short)
        )
    return tuple(found)


def _specialties(desk: Desk) -> tuple[str, ...]:
    words = {
        word: None for catalog in desk.rules.catalogs.values() for word in catalog.vocabularies.specialties
    }
    return tuple(words)


@dataclass(frozen=True, slots=True)
class PersonPage:
    """One person with all that the office keeps about them."""

    person: Person
    unit: str
    former: tuple[str, ...]
    specialties: tuple[str, ...]
    roles: tuple[str, ...]
    terms: tuple[Term, ...]
    visits: tuple[Any, ...]
    visit_count: int
    training: tuple[Training, ...]
    hours: int
    declarations: tuple[DeclarationRow, ...]
    delegations: tuple[Delegation, ...]
    pools: tuple[tuple[str, str], ...]
    words: tuple[str, ...]
    exit_reasons: Mapping[str, tuple[str, ...]]

    @property
    def inside(self) -> tuple[Term, ...]:
        """The terms that may be renewed or ended."""
        return tuple(one for one in self.terms if one.newest and one.exited_on is None)


def person_view(desk: Desk, code: str) -> PersonPage:
    """Return one person; raise NotFound."""
    refuse_units(desk)
    person = find_person(desk, code)
    number = key_of(person)
    training = _training(desk, number)
    visits, count = _visits(desk, number)
    unit = desk.session.exec(
        select(Unit.name).where(col(Unit.office_id) == desk.office_id, col(Unit.code) == person.unit_code)
    ).first()
    return PersonPage(
        person=person,
        unit=unit or person.unit_code or "",
        former=split(person.former_units),
        specialties=split(person.specialties),
        roles=tuple(ROLE_LABELS.get(role, role) for role in split(person.roles)),
        terms=tuple(_terms(desk, number).get(number, ())),
        visits=visits,
        visit_count=count,
        training=training,
        hours=sum(row.hours for row in training if row.on_day.year == desk.today.year),
        declarations=tuple(declarations_view(desk, person=code)),
        delegations=_delegations(desk, code),
        pools=tuple((key, one.name) for key, one in sorted(desk.rules.pools.items())),
        words=_specialties(desk),
        exit_reasons={key: tuple(one.exit_reasons) for key, one in desk.rules.pools.items()},
    )


def _training(desk: Desk, number: int) -> tuple[Training, ...]:
    query = select(Training).where(col(Training.person_id) == number)
    return tuple(desk.session.exec(query.order_by(col(Training.on_day).desc(), col(Training.id).desc())))


def _visits(desk: Desk, number: int) -> tuple[tuple[Any, ...], int]:
    """Return the newest visits of a person, those to come first, and how many there are."""
    query = (
        sa.select(
            VISIT.c.id, VISIT.c.from_on, VISIT.c.to_on, UNIT.c.code.label("unit_code"), UNIT.c.name.label("unit"),
            CAMPAIGN.c.code.label("campaign"), ON_VISIT.c.role, sa.func.count().over().label("every"),
        )
        .join(ON_VISIT, ON_VISIT.c.visit_id == VISIT.c.id)
        .join(UNIT, UNIT.c.id == VISIT.c.unit_id)
        .join(CAMPAIGN, CAMPAIGN.c.id == VISIT.c.campaign_id)
        .where(ON_VISIT.c.person_id == number, VISIT.c.office_id == desk.office_id)
        .order_by(VISIT.c.from_on.desc(), VISIT.c.id.desc())
        .limit(SHOWN)
    )  # fmt: skip
    rows = tuple(desk.session.connection().execute(query))
    return rows, rows[0].every if rows else 0


def _delegations(desk: Desk, code: str) -> tuple[Delegation, ...]:
    query = select(Delegation).where(
        col(Delegation.office_id) == desk.office_id,
        or_(col(Delegation.principal) == code, col(Delegation.delegate) == code),
    )
    return tuple(desk.session.exec(query.order_by(col(Delegation.id).desc()).limit(SHOWN)))
