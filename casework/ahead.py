"""Reading ahead: what lies beside some cases is asked for all of them at once, not anew by every step of every act.

While a desk reads ahead for a case, the rows beside it (`rows_beside`) come from memory. One question tells first which
tables have any at all; those of a table are read when somebody first wants them, and what is added since joins them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any, NamedTuple, TypeVar

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from casework.desk import Desk
from core.codes import DocumentContent
from core.life.lives import DocumentState
from core.lineage import Lineage
from models.base import table_of
from models.campaign import Finding
from models.document import Document, DocumentCase
from models.halfreport import HalfReport
from models.handling import Complaint, Freeze, Measure, RectificationPlan, Verification
from models.record import AuditEntry
from models.rectification import Evidence, Rectification, SideRequest
from models.task import Task

ENTRY = table_of(AuditEntry)
ModelT = TypeVar("ModelT", bound=SQLModel)
KEY = "read ahead"  # of the session's own memory
SHEETS = "idle sheets"
BY_SUBJECT = "subject_id"  # of tables whose rows lie beside things of many kinds
IDS_AT_ONCE = 500  # each stands in the question once a table
# The column that names what a row lies beside, and the one that puts the rows of one case in their order.
BESIDE: Mapping[type[SQLModel], tuple[str, str]] = {
    Freeze: ("case_id", "id"),
    RectificationPlan: ("case_id", "version"),
    Measure: ("plan_id", "number"),
    SideRequest: ("case_id", "number"),
    Verification: ("case_id", "number"),
    Complaint: ("case_id", "number"),
    Task: (BY_SUBJECT, "id"),
    HalfReport: (BY_SUBJECT, "id"),
    Evidence: (BY_SUBJECT, "id"),
}


class Told(NamedTuple):
    """What steps want to know of an entry in the history of a case."""

    on_day: date
    act: str
    from_state: str
    to_state: str
    detail: str


@dataclass(slots=True)
class Ahead:
    """What a desk knows of the cases it reads ahead for.

    present   which cases have rows of a table, by its name
    loaded    the rows themselves, by what they lie beside
    found     cases with their findings by number, where many are acted on
    """

    cases: frozenset[int]
    outer: Ahead | None = None
    found: dict[str, tuple[Rectification, Finding]] = field(default_factory=dict)
    present: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    loaded: dict[type[SQLModel], dict[int, list[Any]]] = field(default_factory=dict)
    histories: dict[int, list[Told]] | None = None
    lineage: Lineage | None = None

    def note(self, row: Any) -> None:
        """Let a row that was just added lie beside its case."""
        kind = type(row)
        owner = _owner_of(row)
        if owner is None:
            return
        if kind is not Measure:
            self.present[kind.__tablename__].add(owner)
        if owner in self.loaded.get(kind, {}):
            self.loaded[kind][owner].append(row)
        if self.outer is not None:
            self.outer.note(row)


def _owner_of(row: Any) -> int | None:
    """Return the case (of a measure: the plan) beside which a row lies, None for rows of other kinds."""
    named = BESIDE.get(type(row))
    if named is None or (named[0] == BY_SUBJECT and row.subject != "case"):
        return None
    owner: int | None = getattr(row, named[0])
    return owner


@sa.event.listens_for(Session, "transient_to_pending")
def _note_added(session: Session, row: object) -> None:
    ahead = session.info.get(KEY)
    if ahead is not None:
        ahead.note(row)


@contextmanager
def reading_ahead(
    desk: Desk, cases: Sequence[int], found: Mapping[str, tuple[Rectification, Finding]] | None = None
) -> Iterator[None]:
    """Read ahead for some cases while the block runs; inside a block that does so already for them, nothing changes.

    Rows beside these cases must be added through the session meanwhile, sheets through `paperwork.drafts`.
    """
    known = ahead_of(desk)
    if known is not None and known.cases.issuperset(cases):
        yield
        return
    desk.session.flush()
    desk.session.info[KEY] = ahead = look_around(desk, cases)
    ahead.found.update(found or {})
    try:
        yield
    finally:
        desk.session.info[KEY] = known


def ahead_of(desk: Desk) -> Ahead | None:
    """Return what the desk reads ahead now."""
    found: Ahead | None = desk.session.info.get(KEY)
    return found


def covering(desk: Desk, case_id: int) -> Ahead | None:
    """Return what the desk reads ahead, where that covers a case."""
    known = ahead_of(desk)
    return known if known is not None and case_id in known.cases else None


def look_around(desk: Desk, cases: Sequence[int]) -> Ahead:
    """Ask once which tables have rows beside these cases."""
    ahead = Ahead(frozenset(cases), ahead_of(desk))
    for start in range(0, len(cases), IDS_AT_ONCE):
        ids = list(cases[start : start + IDS_AT_ONCE])
        for table, owner in desk.session.connection().execute(AROUND, {"ids": ids}):
            ahead.present[table].add(owner)
    return ahead


def rows_beside(desk: Desk, model: type[ModelT], case_id: int) -> list[ModelT]:
    """Return the rows of a table beside a case in their order; of tasks and half-month reports those about the case."""
    known = covering(desk, case_id)
    if known is None:
        return _read(desk, model, [case_id])[case_id]
    if case_id not in known.present[str(model.__tablename__)]:
        return []
    if model not in known.loaded:
        known.loaded[model] = _read(desk, model, sorted(known.present[str(model.__tablename__)]))
    if case_id not in known.loaded[model]:  # the first one was written since
        known.loaded[model] |= _read(desk, model, [case_id])
    return known.loaded[model][case_id]


def measures_beside(desk: Desk, plan: RectificationPlan) -> list[Measure]:
    """Return the measures of a version of a plan, by number."""
    known = covering(desk, plan.case_id)
    number = plan.id or 0
    if known is None:
        return _read(desk, Measure, [number])[number]
    if Measure not in known.loaded:
        plans = (rows_beside(desk, RectificationPlan, case_id) for case_id in known.cases)
        known.loaded[Measure] = _read(desk, Measure, [one.id or 0 for few in plans for one in few])
    if number not in known.loaded[Measure]:
        known.loaded[Measure] |= _read(desk, Measure, [number])
    return known.loaded[Measure][number]


def history_beside(desk: Desk, case_id: int) -> list[Told]:
    """Return the history of a case as the database has it, oldest first."""
    known = covering(desk, case_id)
    if known is None:
        return _histories(desk, [case_id])[case_id]
    if known.histories is None:
        known.histories = _histories(desk, sorted(known.cases))
    return known.histories[case_id]


def note_written(desk: Desk, model: type[SQLModel], case_id: int) -> None:
    """Note that rows of a table were written beside a case, and not through the session: they are read when wanted."""
    known = ahead_of(desk)
    while known is not None:
        known.present[str(model.__tablename__)].add(case_id)
        known.loaded.get(model, {}).pop(case_id, None)
        known = known.outer


def note_sheet(desk: Desk, cases: Sequence[int]) -> None:
    """Note that a document was put beside cases: whether it is a sheet is asked when that matters."""
    known = ahead_of(desk)
    while known is not None:
        known.present[SHEETS].update(cases)
        known = known.outer


def has_sheets(desk: Desk, case_id: int) -> bool:
    """Return whether there may be sheets about a case that nobody signed yet."""
    known = covering(desk, case_id)
    return known is None or case_id in known.present[SHEETS]


def _read(desk: Desk, model: type[ModelT], owners: Sequence[int]) -> dict[int, list[ModelT]]:
    named, _order = BESIDE[model]
    found: dict[int, list[ModelT]] = {owner: [] for owner in owners}
    for start in range(0, len(owners), IDS_AT_ONCE):
        given = {"owners": list(owners[start : start + IDS_AT_ONCE])}
        for row in desk.session.scalars(_of_owners(model), given):
            found[getattr(row, named)].append(row)
    return found


@cache
def _of_owners(model: type[ModelT]) -> sa.Select[tuple[ModelT]]:
    """Return the question for the rows beside some cases, written once for each table."""
    named, order = BESIDE[model]
    table = table_of(model)
    query = sa.select(model).where(table.c[named].in_(sa.bindparam("owners", expanding=True)))
    if named == BY_SUBJECT:
        query = query.where(table.c.subject == "case")
    return query.order_by(table.c[named], table.c[order])


def _histories(desk: Desk, cases: Sequence[int]) -> dict[int, list[Told]]:
    found: dict[int, list[Told]] = {case_id: [] for case_id in cases}
    for start in range(0, len(cases), IDS_AT_ONCE):
        given = {"office": desk.office_id, "ids": list(cases[start : start + IDS_AT_ONCE])}
        for subject_id, *told in desk.session.connection().execute(HISTORIES, given):
            found[subject_id].append(Told(*told))
    return found


HISTORIES = (
    sa.select(ENTRY.c.subject_id, *(ENTRY.c[name] for name in Told._fields))
    .where(
        ENTRY.c.office_id == sa.bindparam("office"),
        ENTRY.c.subject == "case",
        ENTRY.c.subject_id.in_(sa.bindparam("ids", expanding=True)),
    )
    .order_by(ENTRY.c.at, ENTRY.c.shard, ENTRY.c.seq)
)


def _around() -> sa.CompoundSelect[Any]:
    """Return the question which tables have rows beside some cases, written once."""
    ids: sa.BindParameter[list[int]] = sa.bindparam("ids", expanding=True)
    parts = []
    for model, (named, _order) in BESIDE.items():
        table = table_of(model)
        if model is Measure:  # beside a plan, not beside a case
            continue
        part = sa.select(sa.literal_column(f"'{table.name}'"), table.c[named]).where(table.c[named].in_(ids))
        parts.append(part.where(table.c.subject == "case") if named == BY_SUBJECT else part)
    document, listed = table_of(Document), table_of(DocumentCase)
    idle = (DocumentState.DRAFT.value, DocumentState.IN_REVIEW.value)
    parts.append(
        sa.select(sa.literal_column(f"'{SHEETS}'"), listed.c.case_id)
        .join(document, document.c.id == listed.c.document_id)
        .where(
            listed.c.case_id.in_(ids),
            document.c.content_kind == DocumentContent.SHEET.value,
            document.c.state.in_(idle),
        )
    )
    return sa.union_all(*parts)


AROUND = _around()
