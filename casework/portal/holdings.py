"""Everything of a unit page by page: its cases with their lights, and the papers that were sent to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from casework.paging import Cursor, Page, page_keys
from casework.paperwork.kinds import name_of_kind
from casework.portal.reader import CASE, DOCUMENT, Reader
from casework.rows import CaseRow, case_rows
from core.codes import Secrecy
from core.life.lives import DocumentState
from core.life.rectification import SETTLED, CaseState

SETTLED_STATES = sorted(state.value for state in SETTLED)


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A paper in a list; one that may only be handed over shows its number and nothing else."""

    id: int
    name: str
    title: str
    number: str
    state: DocumentState
    issued_on: date | None
    served_on: date | None
    reply_due_on: date | None
    replied_on: date | None
    by_hand: bool
    is_reminder: bool


def cases_of(reader: Reader, cursor: Cursor | None = None, *, settled: bool = False) -> Page[CaseRow]:
    """Return one page of the unit's cases, open or settled, by their due dates; two queries."""
    wanted = CASE.c.state.in_(SETTLED_STATES)
    query = sa.select(CASE.c.id, CASE.c.due_on).where(reader.cases, wanted if settled else sa.not_(wanted))
    link = reader.desk.session.connection()
    keys = page_keys(link, query, CASE.c.due_on, CASE.c.id, cursor, newest_first=settled)
    return keys.showing(case_rows(reader.desk, [number for number, _day in keys.rows]))


def count_cases(reader: Reader) -> dict[CaseState, int]:
    """Return how many cases of the unit stand in each state."""
    query = sa.select(CASE.c.state, sa.func.count()).where(reader.cases).group_by(CASE.c.state)
    return {CaseState(row[0]): int(row[1]) for row in reader.desk.session.connection().execute(query)}


def papers_of(reader: Reader, cursor: Cursor | None = None) -> Page[PaperLine]:
    """Return one page of the papers that were sent to the unit, the newest first; two queries."""
    from casework.sight import documents_in_sight  # with those that are only handed over, which have no page

    link = reader.desk.session.connection()
    query = sa.select(DOCUMENT.c.id, DOCUMENT.c.issued_on).where(documents_in_sight(reader.desk))
    keys = page_keys(link, query, DOCUMENT.c.issued_on, DOCUMENT.c.id, cursor, newest_first=True)
    wanted = [number for number, _day in keys.rows]
    columns = (
        DOCUMENT.c.id, DOCUMENT.c.kind, DOCUMENT.c.rules_sha256, DOCUMENT.c.title, DOCUMENT.c.number,
        DOCUMENT.c.state, DOCUMENT.c.issued_on, DOCUMENT.c.served_on, DOCUMENT.c.signed_on, DOCUMENT.c.secrecy,
        DOCUMENT.c.reply_due_on, DOCUMENT.c.replied_on,
    )  # fmt: skip
    rows = {row.id: row for row in link.execute(sa.select(*columns).where(DOCUMENT.c.id.in_(wanted)))}
    return keys.showing(tuple(_line(reader, rows[number]) for number in wanted))


def _line(reader: Reader, row: sa.Row[tuple[object, ...]]) -> PaperLine:
    hidden = row.secrecy == Secrecy.WORK_SECRET and not reader.secrets
    return PaperLine(
        id=row.id,
        name="工作秘密文书" if hidden else name_of_kind(reader.desk, row.kind, row.rules_sha256),
        title="" if hidden else row.title,
        number=row.number or "",
        state=DocumentState(row.state),
        issued_on=row.issued_on,
        served_on=row.served_on,
        reply_due_on=row.reply_due_on,
        replied_on=row.replied_on,
        by_hand=hidden,
        is_reminder=row.signed_on is None,
    )
