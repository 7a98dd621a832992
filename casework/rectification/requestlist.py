"""Requests beside cases (延期、异议、长期整改) as a list: what waits and until when, what was decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from casework.desk import Desk
from casework.lights.climbing import ladder_of, office_palette
from casework.paging import Cursor, Page, page_keys
from casework.rectification.authority import why_no_grant
from casework.rectification.doing import DECIDING
from casework.rectification.timeline import names_of
from casework.rows import CaseRow, case_rows
from casework.sight import cases_in_sight
from casework.staff.delegations import list_delegations
from casework.staff.lending import lent_roles
from casework.units.lineage import codes_with_heirs
from core.errors import InvalidInput
from core.ladders.palette import Palette
from core.life.freezelife import WHILE_FROZEN, FreezeState
from core.life.rectification import ACTORS, CaseAct, RequestKind, RequestState
from models.base import table_of
from models.campaign import CheckRecord, Finding, VisitMember
from models.delegation import Delegation
from models.handling import Freeze
from models.organisation import Person
from models.rectification import Rectification, SideRequest

CASE, REQUEST, FINDING = table_of(Rectification), table_of(SideRequest), table_of(Finding)
CHECK, MEMBER, PERSON = table_of(CheckRecord), table_of(VisitMember), table_of(Person)
FREEZE = table_of(Freeze)
PENDING, DECIDED = "pending", "decided"
KINDS = (RequestKind.EXTENSION, RequestKind.OBJECTION, RequestKind.LONG_TERM, RequestKind.SUSPENSION)


@dataclass(frozen=True, slots=True)
class RequestLine:
    """A request with its case; `act` decides it, and `may_decide` tells whether whoever looks may.

    barred   why they may not though they have the role
    withheld why they can only refuse it; empty when they may grant it
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
    withheld: str = ""


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
        keys.showing(lines),
        {PENDING: found.get(True, 0), DECIDED: found.get(False, 0)},
        office_palette(desk),
    )


def _lines(desk: Desk, ids: list[int]) -> tuple[RequestLine, ...]:
    if not ids:
        return ()
    query = sa.select(
        REQUEST,
        _is_maker(desk).label("made"),
        FINDING.c.campaign_id.label("campaign_id"),
        _is_held().label("held"),
    ).join(FINDING, FINDING.c.id == REQUEST.c.case_id)
    rows = {row.id: row for row in desk.session.connection().execute(query.where(REQUEST.c.id.in_(ids)))}
    cases = {row.id: row for row in case_rows(desk, {row.case_id for row in rows.values()})}
    kin = codes_with_heirs(desk, [desk.actor.unit_code or ""])
    names = names_of(desk, {row.asked_by for row in rows.values()}, [])
    known = [rows[number] for number in ids if number in rows and rows[number].case_id in cases]
    lent = list_delegations(desk, desk.today)
    return tuple(_line(desk, row, cases[row.case_id], kin, names, lent) for row in known)


def _is_held() -> sa.ColumnElement[bool]:
    return sa.exists().where(
        FREEZE.c.case_id == REQUEST.c.case_id, FREEZE.c.state == FreezeState.FROZEN.value
    )


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


def _line(
    desk: Desk,
    row: Any,
    case: CaseRow,
    kin: frozenset[str],
    names: Mapping[str, str],
    lent: Sequence[Delegation],
) -> RequestLine:
    kind = RequestKind(row.kind)
    act = DECIDING.get(kind) if row.state == RequestState.REQUESTED else None
    able = act is not None and bool(ACTORS[act] & (desk.actor.roles | lent_roles(desk, act, lent)))
    barred = _barred(desk, row, case, kin, act) if able and act is not None else ""
    withheld = ""
    if able and act is not None and not barred:
        ladder = ladder_of(desk, row.campaign_id)
        withheld = why_no_grant(
            desk, ladder, kind, case.severity, act.value, lent, row.asked_by, row.endorsed_on
        )  # fmt: skip
    return RequestLine(
        id=row.id, case=case, kind=RequestKind(row.kind), number=row.number, state=RequestState(row.state),
        asked_on=row.asked_on, asked_by=names.get(row.asked_by, row.asked_by), reason=row.reason, until_on=row.until_on,
        answer_due_on=row.answer_due_on, endorsed_on=row.endorsed_on, decided_on=row.decided_on,
        decision_note=row.decision_note, granted_until_on=row.granted_until_on, act=act,
        may_decide=able and not barred, barred=barred, withheld=withheld,
    )  # fmt: skip


def _barred(desk: Desk, row: Any, case: CaseRow, kin: frozenset[str], act: CaseAct) -> str:
    if case.unit_code in kin:
        return "您是该单位人员，须回避。"
    if row.held and act not in WHILE_FROZEN:
        return "事项已锁定，解除锁定后办理。"
    if desk.actor.code in (row.asked_by, row.endorsed_by):
        return "申请由您登记，须由另一名负责人审批。"
    if row.kind == RequestKind.OBJECTION and row.made:
        return "您参与过原认定，须回避复核。"
    return ""
