"""One unit with everything about it: contacts, cases, papers, visits, lawsuits, where it comes from and goes to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Desk
from casework.rows import CaseRow, DocumentRow, case_rows, document_rows
from casework.sight import cases_in_sight, documents_in_sight, sees_office, units_in_sight, visits_in_sight
from casework.staff.people import split
from casework.units.handingmatters import live_matters
from casework.units.lineage import lineage_of
from casework.units.unitassigning import Step
from casework.units.unitviews import lights_and_settled
from core.codes import Light
from core.errors import NotFound
from core.ladders.palette import Palette
from core.life.rectification import SETTLED
from core.life.unitlife import UNIT_CHANGE, UNIT_CHANGE_LABELS, UnitChangeKind, UnitChangeState
from models.base import key_of, table_of
from models.campaign import Campaign, Visit
from models.document import Document
from models.genealogy import UnitChange, UnitChangeParty
from models.organisation import Unit
from models.period import Filing, Institution
from models.rectification import Rectification
from models.task import Task

UNIT, CASE, DOCUMENT = table_of(Unit), table_of(Rectification), table_of(Document)
CAMPAIGN, VISIT, CHANGE, PARTY = (
    table_of(Campaign),
    table_of(Visit),
    table_of(UnitChange),
    table_of(UnitChangeParty),
)
FILING, INSTITUTION = table_of(Filing), table_of(Institution)
SHOWN, CHOICES = 10, 500
MADE = "institution"
ASSIGNED = frozenset({UnitChangeKind.SPLIT.value, UnitChangeKind.ABOLISH.value})
CONTACT_WORDS = (("liaison", "联络员"), ("head", "负责人"), ("leader", "分管领导"))


@dataclass(frozen=True, slots=True)
class Contact:
    """One of the three people by whom a unit is reached."""

    role: str
    word: str
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Move:
    """A change of units as a page tells it: each side as (code, name)."""

    step: Step
    state: str
    formers: tuple[tuple[str, str], ...]
    successors: tuple[tuple[str, str], ...]

    @property
    def may_be_called_off(self) -> bool:
        return self.step.state == UnitChangeState.RECORDED.value


@dataclass(frozen=True, slots=True)
class Registered:
    """A yearly report of a unit, or a rule that it made; `on` is when it was due, or made."""

    kind: str
    title: str
    year: int | None
    on: date
    filed_on: date | None
    published_on: date | None


@dataclass(frozen=True, slots=True)
class UnitPage:
    """A unit as its page shows it; `heirs` carry on for it, `assignable` is what waits for another unit."""

    unit: Unit
    kinds: tuple[str, ...]
    contacts: tuple[Contact, ...]
    parent: tuple[str, str] | None
    children: tuple[tuple[str, str], ...]
    lights: Mapping[Light, int]
    settled: int
    cases: tuple[CaseRow, ...]
    documents: tuple[DocumentRow, ...]
    document_count: int
    visits: tuple[Any, ...]
    matters: tuple[Any, ...]
    moves: tuple[Move, ...]
    heirs: tuple[tuple[str, str], ...]
    assignable: tuple[str, ...]
    palette: Palette
    registered: tuple[Registered, ...]
    choices: tuple[tuple[str, str], ...]
    ended: bool
    open: int


def need_unit(desk: Desk, code: str) -> Unit:
    """Return a unit in sight; raise NotFound, in the same words for one that is hidden."""
    row = desk.session.exec(select(Unit).where(col(Unit.code) == code, units_in_sight(desk))).first()
    if row is None:
        raise NotFound(
            "没有这个单位", found=code[:40], expected="已登记的单位编码", remedy="从被督察单位名册进入"
        )
    return row


def unit_view(desk: Desk, code: str) -> UnitPage:
    """Return one unit in sight; the number of queries does not grow with what it has."""
    unit = need_unit(desk, code)
    number = key_of(unit)
    lights, settled = lights_and_settled(desk, number)
    names = _names(desk)
    documents, document_count = _documents(desk, number)
    office = sees_office(desk)
    moves = _moves(desk, number)
    return UnitPage(
        unit=unit,
        kinds=split(unit.kinds),
        contacts=tuple(
            Contact(role, word, getattr(unit, f"{role}_name") or "", getattr(unit, f"{role}_email") or "")
            for role, word in CONTACT_WORDS
        ),
        parent=next(((row.code, row.name) for row in names.values() if row.code == unit.parent_code), None),
        children=tuple((row.code, row.name) for row in names.values() if row.parent_code == unit.code),
        lights=lights,
        settled=settled,
        cases=_cases(desk, number),
        documents=documents,
        document_count=document_count,
        visits=_visits(desk, number),
        matters=tuple(live_matters(desk, [number])) if office else (),
        moves=moves,
        heirs=_heirs(desk, number, names) if _is_over(desk, unit) else (),
        assignable=_assignable(desk, number) if {one.step.kind for one in moves} & ASSIGNED else (),
        palette=desk.rules.ladder_of(desk.office.code).palette,
        registered=_registered(desk, number) if office else (),
        choices=tuple((row.code, row.name) for row in names.values() if not _is_over(desk, row))[:CHOICES],
        ended=_is_over(desk, unit),
        open=sum(lights.values()),
    )


def _is_over(desk: Desk, unit: Any) -> bool:
    return unit.valid_until is not None and unit.valid_until < desk.today


def _names(desk: Desk) -> dict[int, Any]:
    query = sa.select(UNIT.c.id, UNIT.c.code, UNIT.c.name, UNIT.c.parent_code, UNIT.c.valid_until).where(
        UNIT.c.office_id == desk.office_id
    )
    return {row.id: row for row in desk.session.connection().execute(query.order_by(UNIT.c.code))}


def _cases(desk: Desk, number: int) -> tuple[CaseRow, ...]:
    query = (
        sa.select(CASE.c.id)
        .where(CASE.c.unit_id == number, CASE.c.state.not_in(sorted(SETTLED)), cases_in_sight(desk))
        .order_by(CASE.c.due_on.is_(None), CASE.c.due_on, CASE.c.id)
        .limit(SHOWN)
    )
    return case_rows(desk, desk.session.connection().execute(query).scalars())


def _documents(desk: Desk, number: int) -> tuple[tuple[DocumentRow, ...], int]:
    """Return the newest documents of a unit and how many it has."""
    own = sa.and_(DOCUMENT.c.unit_id == number, documents_in_sight(desk))
    query = (
        sa.select(DOCUMENT.c.id, sa.func.count().over())
        .where(own)
        .order_by(DOCUMENT.c.drafted_on.desc(), DOCUMENT.c.id.desc())
        .limit(SHOWN)
    )
    rows = desk.session.connection().execute(query).all()
    return document_rows(desk, [row[0] for row in rows]), rows[0][1] if rows else 0


def _visits(desk: Desk, number: int) -> tuple[Any, ...]:
    query = (
        sa.select(VISIT.c.id, VISIT.c.from_on, VISIT.c.to_on, CAMPAIGN.c.code, CAMPAIGN.c.title)
        .join(CAMPAIGN, CAMPAIGN.c.id == VISIT.c.campaign_id)
        .where(VISIT.c.unit_id == number, visits_in_sight(desk))
        .order_by(VISIT.c.from_on.desc(), VISIT.c.id.desc())
        .limit(SHOWN)
    )
    return tuple(desk.session.connection().execute(query))


def _moves(desk: Desk, number: int) -> tuple[Move, ...]:
    """Return the changes in which a unit took part, oldest first; one query."""
    mine = sa.select(PARTY.c.change_id).where(PARTY.c.unit_id == number)
    query = (
        select(UnitChange, UnitChangeParty.side, Unit.code, Unit.name)
        .join(UnitChangeParty, col(UnitChangeParty.change_id) == col(UnitChange.id))
        .join(Unit, col(Unit.id) == col(UnitChangeParty.unit_id))
        .where(col(UnitChange.office_id) == desk.office_id, col(UnitChange.id).in_(mine))
        .order_by(col(UnitChange.effective_on), col(UnitChange.id), col(Unit.code))
    )
    changes: dict[int, UnitChange] = {}
    sides: dict[tuple[int, str], list[tuple[str, str]]] = defaultdict(list)
    for change, side, code, name in desk.session.exec(query):
        changes[key_of(change)] = change
        sides[key_of(change), side].append((code, name))
    return tuple(_move(one, sides) for one in changes.values())


def _move(change: UnitChange, sides: Mapping[tuple[int, str], list[tuple[str, str]]]) -> Move:
    number = key_of(change)
    formers, successors = (
        tuple(sides.get((number, "former"), ())),
        tuple(sides.get((number, "successor"), ())),
    )
    step = Step(
        number, change.kind, UNIT_CHANGE_LABELS[UnitChangeKind(change.kind)], change.state, change.effective_on,
        tuple(f"{code} {name}" for code, name in formers), tuple(f"{code} {name}" for code, name in successors),
        change.name_before, change.name_after, change.basis,
    )  # fmt: skip
    return Move(step, UNIT_CHANGE.state_labels[UnitChangeState(change.state)], formers, successors)


def _heirs(desk: Desk, number: int, names: Mapping[int, Any]) -> tuple[tuple[str, str], ...]:
    heirs = lineage_of(desk).heirs(number) - {number}
    return tuple((row.code, row.name) for row in names.values() if row.id in heirs)


def _assignable(desk: Desk, number: int) -> tuple[str, ...]:
    """Return the titles of the open tasks that ask to whom something of this unit goes."""
    query = select(Task.title).where(
        col(Task.office_id) == desk.office_id,
        col(Task.unit_id) == number,
        col(Task.kind) == "assign_unit",
        col(Task.state) == "open",
    )
    return tuple(desk.session.exec(query.order_by(col(Task.id)).limit(200)))


def _registered(desk: Desk, number: int) -> tuple[Registered, ...]:
    """Return the newest yearly reports of a unit and the rules it made; one query."""
    no_day, no_year = sa.cast(sa.null(), sa.Date), sa.cast(sa.null(), sa.Integer)
    reports = sa.select(
        FILING.c.kind.label("kind"), sa.literal("").label("title"), FILING.c.year.label("year"),
        FILING.c.due_on.label("on"), FILING.c.filed_on.label("filed"), FILING.c.published_on.label("published"),
    ).where(FILING.c.office_id == desk.office_id, FILING.c.unit_id == number)  # fmt: skip
    made = sa.select(
        sa.literal(MADE), INSTITUTION.c.title, no_year, INSTITUTION.c.made_on, no_day, no_day
    ).where(INSTITUTION.c.office_id == desk.office_id, INSTITUTION.c.unit_id == number)
    both = sa.union_all(reports, made).subquery()
    query = sa.select(both).order_by(both.c.on.desc(), both.c.kind).limit(2 * SHOWN)
    return tuple(
        Registered(row.kind, row.title, row.year, row.on, row.filed, row.published)
        for row in desk.session.connection().execute(query)
    )
