"""A year of holidays is proposed by one person and put in force by another; open due dates are then derived anew.

source   民法典 第二百零三条; a due date that was notified never moves earlier; docs/decisions/0012
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import sqlalchemy as sa
from sqlmodel import col, select

from casework.calendar.calendarpreview import Preview
from casework.calendar.duemoves import due_moves, write_moves
from casework.calendar.limitmoves import limit_moves, write_limits
from casework.calendar.yearsources import OFFICIAL, YearTable, packaged_year, read_year
from casework.desk import Desk
from casework.lights.rederiving import refresh_all
from casework.moves import move
from casework.paperwork.corrections import calendar_cause, draft_corrections
from casework.staff.people import require_other, require_role
from core.calendar.workdays import Unit
from core.errors import InvalidInput, NotFound, Refused
from core.life.lives import CALENDAR_MOVES, CalendarAct, CalendarState
from core.rulebook import CalendarYear
from models.audit import canonical_json
from models.base import key_of, table_of
from models.record import CalendarProposal, CalendarTable

TABLE = table_of(CalendarTable)
ROLES = ("officer", "director")
THING = "工作日历"
PIN_LENGTH = 12  # hex digits of the hash that a person copies


def calendar_add(desk: Desk, start: date, count: int, unit: Unit) -> dict[str, object]:
    """Return a due date with its derivation, as outside programs read it; raise CalendarMissing."""
    due = desk.calendar.due(start, count, unit)
    return {
        "start_on": due.start_on.isoformat(),
        "count": due.count,
        "unit": due.unit.value,
        "due_on": due.due_on.isoformat(),
        "provisional": due.provisional,
        "steps": list(due.steps),
        "calendar": due.version,
    }


def propose_file(desk: Desk, path: Path) -> dict[str, object]:
    """Propose the table of a file, see `propose`; raise InvalidRuleFile with every mistake of the file."""
    require_role(desk, ROLES, "提出工作日历")
    return propose(desk, read_year(path))


def propose_packaged(desk: Desk, year: int) -> dict[str, object]:
    """Propose the table of the installed package, see `propose`; raise InvalidInput when it has none."""
    require_role(desk, ROLES, "提出工作日历")
    return propose(desk, packaged_year(year, desk.rules))


def propose(desk: Desk, found: YearTable) -> dict[str, object]:
    """Keep a year's table for a second person to confirm; nothing moves yet, the same proposal again changes nothing.

    returns  {year, version, status, state, proposal, confirm, sha256, moved, firm, kept}; `state` is `in_force` and
             there is no proposal when the table is in force already and no open due date would change
    raises   Refused for a provisional table after an official one; CalendarMissing
    """
    year = found.table
    version, known = _newest(desk, year.year)
    content = canonical_json(year.model_dump(mode="json"))
    preview = Preview(due_moves(desk, desk.calendar.overlay([year]), year.year))
    if content == known and not preview.changes_anything:
        return {**_said(year, version, preview), "state": CalendarState.IN_FORCE.value, "proposal": None,
                "confirm": None, "sha256": None}  # fmt: skip
    _refuse_step_back(desk, year)
    pin = preview.pin(content)
    open_one = _open_proposal(desk, year.year)
    if open_one is None or open_one.sha256 != pin:
        open_one = _keep(desk, found, content, preview, open_one)
    return {**_said(year, version + 1, preview), **_as_proposal(open_one)}


def _said(year: CalendarYear, version: int, preview: Preview) -> dict[str, object]:
    return {"year": year.year, "version": version, "status": year.status, **preview.as_dict()}


def _as_proposal(row: CalendarProposal) -> dict[str, object]:
    pin = row.sha256[:PIN_LENGTH]
    is_open = row.state == CalendarState.PROPOSED
    command = f"ducha calendar confirm {row.year} --sha {pin} --by 另一人" if is_open else None
    return {"state": row.state, "proposal": row.number, "confirm": command, "sha256": row.sha256}


def _newest(desk: Desk, year: int) -> tuple[int, str]:
    query = (
        sa.select(TABLE.c.version, TABLE.c.content)
        .where(TABLE.c.office_id == desk.office_id, TABLE.c.year == year)
        .order_by(TABLE.c.version.desc())
        .limit(1)
    )
    row = desk.session.connection().execute(query).first()
    return (row.version, row.content) if row else (0, "")


def newest_table(desk: Desk, year: int) -> CalendarYear | None:
    """Return the newest confirmed table of a year; None where the rule files alone hold."""
    version, content = _newest(desk, year)
    return CalendarYear.model_validate(json.loads(content)) if version else None


def _refuse_step_back(desk: Desk, year: CalendarYear) -> None:
    version, content = _newest(desk, year.year)
    known = json.loads(content)["status"] if version else _status_in_rules(desk, year.year)
    if known == OFFICIAL and year.status != OFFICIAL:
        raise Refused(
            f"{year.year}年已有正式年表，不能再导入暂定的",
            found=year.status,
            expected=OFFICIAL,
            remedy="核对放假通知，导入正式年表（status: official）",
        )


def _status_in_rules(desk: Desk, year: int) -> str | None:
    table = desk.rules.calendars.get(year)
    return table.status if table else None


def _open_proposal(desk: Desk, year: int) -> CalendarProposal | None:
    """Return the proposal of a year that waits, locked so that two persons do not decide it at once."""
    query = select(CalendarProposal).where(
        col(CalendarProposal.office_id) == desk.office_id,
        col(CalendarProposal.year) == year,
        col(CalendarProposal.state) == CalendarState.PROPOSED.value,
    )
    return desk.session.exec(query.with_for_update().execution_options(populate_existing=True)).first()


def _keep(
    desk: Desk, found: YearTable, content: str, preview: Preview, before: CalendarProposal | None
) -> CalendarProposal:
    if before is not None:
        _decide(desk, before, CalendarAct.REPLACE)
        desk.session.flush()  # at most one proposal of a year is open
    year = found.table
    row = CalendarProposal(
        office_id=desk.office_id,
        year=year.year,
        number=_next_number(desk, year.year),
        state=CalendarState.PROPOSED.value,
        status=year.status,
        content=content,
        origin=found.origin,
        preview=canonical_json(preview.as_dict()),
        sha256=preview.pin(content),
        proposed_by=desk.actor.code,
        proposed_on=desk.today,
        proposed_at=desk.now,
    )
    desk.session.add(row)
    desk.session.flush()
    desk.record("calendar", key_of(row), "propose", to_state=row.state, year=row.year, number=row.number,
                status=row.status, source=year.source, file=row.origin, sha256=row.sha256)  # fmt: skip
    return row


def _next_number(desk: Desk, year: int) -> int:
    query = select(sa.func.count()).where(
        col(CalendarProposal.office_id) == desk.office_id, col(CalendarProposal.year) == year
    )
    return int(desk.session.exec(query).one()) + 1


def _decide(desk: Desk, row: CalendarProposal, act: CalendarAct, note: str = "", **detail: object) -> None:
    move(desk, row, CALENDAR_MOVES, act, subject="calendar", thing=THING,
         detail={"year": row.year, "number": row.number, "note": note, **detail})  # fmt: skip
    row.decided_by, row.decided_at, row.decision_note = desk.actor.code, desk.now, note
    desk.session.add(row)


def _waiting(desk: Desk, year: int) -> CalendarProposal:
    row = _open_proposal(desk, year)
    if row is None:
        raise NotFound(
            f"没有待确认的{year}年工作日历",
            found=f"{year}年",
            expected="已提出、尚未确认的年表",
            remedy="运行 ducha calendar proposals 查看，或用 ducha calendar import 提出",
        )
    return row


def confirm_year(desk: Desk, year: int, pin: str = "") -> dict[str, object]:
    """Put a proposed year in force: due dates move by audited acts, and the units concerned get a correction draft.

    pin      first digits of the hash that the person has seen, at least eight; empty to take the proposal as it is
    returns  {year, version, status, state, proposal, moved, firm, kept, documents: [{id, kind, campaign, unit, cases}]}
    raises   NotAllowed for the proposer; Refused when the proposal or what it moves is no longer what was proposed
    """
    require_role(desk, ROLES, "确认工作日历")
    row = _waiting(desk, year)
    require_other(desk, row.proposed_by, "确认")
    table = CalendarYear.model_validate(json.loads(row.content))
    after = desk.calendar.overlay([table])
    preview = Preview(due_moves(desk, after, year))
    _check_pin(row, preview, pin)
    version = _newest(desk, year)[0] + 1
    _decide(desk, row, CalendarAct.CONFIRM, version=version, status=row.status)
    desk.session.add(
        CalendarTable(
            office_id=desk.office_id, year=year, version=version, status=row.status, content=row.content,
            imported_by=row.proposed_by, confirmed_by=desk.actor.code, imported_at=desk.now,
        )
    )  # fmt: skip
    said = {**_said(table, version, preview), **_as_proposal(row)}
    limits = limit_moves(desk, after)
    desk.calendar = after
    desk.session.flush()
    write_moves(desk, preview.moves, year)
    write_limits(desk, limits, year)
    documents = draft_corrections(desk, preview.moves, calendar_cause(table))
    refresh_all(desk)
    return {**said, "documents": [one.as_dict() for one in documents]}


def reject_year(desk: Desk, year: int, note: str) -> dict[str, object]:
    """Turn a proposed year down, or take one's own back; nothing has moved. Raises InvalidInput without a reason."""
    require_role(desk, ROLES, "否决工作日历")
    row = _waiting(desk, year)
    if not note.strip():
        raise InvalidInput("否决年表须写明理由", found="空", expected="一句理由", remedy="加上 --note 理由")
    _decide(desk, row, CalendarAct.REJECT, note)
    return {"year": year, **_as_proposal(row)}


def list_proposals(desk: Desk) -> list[dict[str, object]]:
    """Return every proposal of the office, newest first, with what it would move as its proposer saw it."""
    query = (
        select(CalendarProposal)
        .where(col(CalendarProposal.office_id) == desk.office_id)
        .order_by(col(CalendarProposal.id).desc())
    )
    return [
        {
            "year": row.year,
            **_as_proposal(row),
            "status": row.status,
            "source": json.loads(row.content)["source"],
            "origin": row.origin,
            "proposed_by": row.proposed_by,
            "proposed_on": row.proposed_on.isoformat(),
            "decided_by": row.decided_by,
            "decision_note": row.decision_note,
            **json.loads(row.preview),
        }
        for row in desk.session.exec(query)
    ]


def _check_pin(row: CalendarProposal, preview: Preview, pin: str) -> None:
    if pin and (len(pin) < 8 or not row.sha256.startswith(pin.lower())):
        raise Refused(
            f"待确认的{row.year}年工作日历不是所核对的那一份",
            found=f"{row.sha256[:PIN_LENGTH]}（第{row.number}次提出）",
            expected=pin,
            remedy="运行 ducha calendar proposals 重新核对后确认",
        )
    if preview.pin(row.content) != row.sha256:
        raise Refused(
            f"提出之后，{row.year}年工作日历将改动的期限已有变化",
            found=f"现将改动{sum(one.moves for one in preview.moves)}件",
            expected=f"提出时所列的{len(json.loads(row.preview)['moved'])}件",
            remedy="再运行一次 ducha calendar import，核对新的清单后确认",
        )
