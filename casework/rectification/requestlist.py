"""Requests beside cases (延期、异议、长期整改) as a list: what waits and until when, what was decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from casework.desk import Desk
from casework.lights.climbing import office_palette
from casework.paging import Cursor, Page, page_keys
from casework.rectification.doing import DECIDING
from casework.rectification.timeline import names_of
from casework.rows import CaseRow, case_rows
from casework.sight import cases_in_sight
from casework.units.lineage import codes_with_heirs
from core.errors import InvalidInput
from core.ladders.palette import Palette
from core.life.rectification import ACTORS, CaseAct, RequestKind, RequestState
from models.base import table_of
from models.campaign import CheckRecord, Finding, VisitMember
from models.organisation import Person
from models.rectification import Rectification, SideRequest

CASE, REQUEST, FINDING = table_of(Rectification), table_of(SideRequest), table_of(Finding)
CHECK, MEMBER, PERSON = table_of(CheckRecord), table_of(VisitMember), table_of(Person)
PENDING, DECIDED = "pending", "decided"
KINDS = (RequestKind.EXTENSION, RequestKind.OBJECTION, RequestKind.LONG_TERM, RequestKind.SUSPENSION)


@dataclass(frozen=True, slots=True)
class RequestLine:
    """A request with its case; `act` decides it, and `may_decide` tells whether whoever looks may.

    barred   why they may not though they have the role
    """

    id: int
    case: CaseRow
    kind: RequestKind
    number: int
    state: RequestState
    asked_on: date
    asked_by: str
    reason: str
    until_on: date | None
    answer_due_on: date | None
    endorsed_on: date | None
    decided_on: date | None
    decision_note: str
    granted_until_on: date | None
    act: CaseAct | None
    may_decide: bool
    barred: str


@dataclass(frozen=True, slots=True)
class RequestPage:
    """One page of requests with the counts of both tabs."""

    rows: Page[RequestLine]
    counts: dict[str, int]
    palette: Palette


def requests_view(desk: Desk, tab: str, kind: str, cursor: Cursor | None) -> RequestPage:
    """Return one page of requests: what waits oldest first, what was decided newest first; at most six queries.

    raises   InvalidInput for a tab or a kind that is none
    """
    if tab not in (PENDING, DECIDED) or kind not in ("", *KINDS):
        raise InvalidInput(
            "筛选条件不正确", found=f"{tab} {kind}"[:40], expected="页面所列选项", remedy="回到列表重选"
        )
    connection = desk.session.connection()
    base = [REQUEST.c.case_id == CASE.c.id, cases_in_sight(desk)]
    base += [REQUEST.c.kind == kind] if kind else []
    waits = REQUEST.c.state == RequestState.REQUESTED.value
    day = REQUEST.c.asked_on if tab == PENDING else REQUEST.c.decided_on
    query = sa.select(REQUEST.c.id, day).where(*base, waits if tab == PENDING else sa.not_(waits))
    keys = page_keys(connection, query, day, REQUEST.c.id, cursor, newest_first=tab == DECIDED)
    counts = sa.select(waits, sa.func.count()).where(*base).group_by(waits)
    found = {bool(row[0]): row[1] for row in connection.execute(counts)}
    lines = _lines(desk, [number for number, _day in keys.rows])
    return RequestPage(
        Page(lines, keys.previous, keys.next),
        {PENDING: found.get(True, 0), DECIDED: found.get(False, 0)},
        office_palette(desk),
    )


def _lines(desk: Desk, ids: list[int]) -> tuple[RequestLine, ...]:
    if not ids:
        return ()
    query = sa.select(REQUEST, _is_maker(desk).label("made")).join(FINDING, FINDING.c.id == REQUEST.c.case_id)
    rows = {row.id: row for row in desk.session.connection().execute(query.where(REQUEST.c.id.in_(ids)))}
    cases = {row.id: row for row in case_rows(desk, {row.case_id for row in rows.values()})}
    kin = codes_with_heirs(desk, [desk.actor.unit_code or ""])
    names = names_of(desk, {row.asked_by for row in rows.values()}, [])
    known = [rows[number] for number in ids if number in rows and rows[number].case_id in cases]
    return tuple(_line(desk, row, cases[row.case_id], kin, names) for row in known)


def _is_maker(desk: Desk) -> sa.ColumnElement[bool]:
    """Tell in the query whether the actor took part in the finding, and so does not review an objection to it."""
    code = desk.actor.code
    team = sa.exists().where(
        CHECK.c.id == FINDING.c.check_record_id,
        MEMBER.c.visit_id == CHECK.c.visit_id,
        PERSON.c.id == MEMBER.c.person_id,
        PERSON.c.code == code,
    )
    return sa.or_(FINDING.c.found_by == code, sa.func.coalesce(FINDING.c.confirmed_by, "") == code, team)


def _line(desk: Desk, row: Any, case: CaseRow, kin: frozenset[str], names: Mapping[str, str]) -> RequestLine:
    act = DECIDING.get(RequestKind(row.kind)) if row.state == RequestState.REQUESTED else None
    able = act is not None and bool(ACTORS[act] & desk.actor.roles)
    barred = _barred(desk, row, case, kin) if able else ""
    return RequestLine(
        id=row.id, case=case, kind=RequestKind(row.kind), number=row.number, state=RequestState(row.state),
        asked_on=row.asked_on, asked_by=names.get(row.asked_by, row.asked_by), reason=row.reason, until_on=row.until_on,
        answer_due_on=row.answer_due_on, endorsed_on=row.endorsed_on, decided_on=row.decided_on,
        decision_note=row.decision_note, granted_until_on=row.granted_until_on, act=act,
        may_decide=able and not barred, barred=barred,
    )  # fmt: skip


def _barred(desk: Desk, row: Any, case: CaseRow, kin: frozenset[str]) -> str:
    if case.unit_code in kin:
        return "您是该单位人员，须回避。"
    if desk.actor.code in (row.asked_by, row.endorsed_by):
        return "申请由您登记，须由另一名负责人审批。"
    if row.kind == RequestKind.OBJECTION and row.made:
        return "您参与过原认定，须回避复核。"
    return ""
