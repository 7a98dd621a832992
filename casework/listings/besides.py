"""What stands beside cases, for programs: one request, half-month reports, look-backs."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Desk
from casework.listings.keyset import Slice, page_by_code, page_by_id
from casework.listings.offices import requests_in_sight
from casework.rectification.halfview import halves_in_sight
from casework.rectification.lookbacks import status_of
from casework.sight import cases_in_sight
from core.errors import NotFound
from core.life.rectification import CaseState
from models.base import table_of
from models.campaign import Finding
from models.halfreport import HalfReport
from models.organisation import Unit
from models.rectification import Rectification, SideRequest

CASE, FINDING, UNIT, HALF = table_of(Rectification), table_of(Finding), table_of(Unit), table_of(HalfReport)
LOOKED_AT = (CaseState.CLOSED.value, CaseState.LOOK_BACK.value)


def seen_request(desk: Desk, number: int) -> Any:
    """Return a request beside a case the actor sees; raise NotFound for any other."""
    query = requests_in_sight(desk).where(table_of(SideRequest).c.id == number)
    row = desk.session.connection().execute(query).first()
    if row is None:
        raise NotFound("没有这项申请", found=str(number), expected="申请的编号", remedy="回到延期异议查找")
    return row


def half_reports_page(desk: Desk, after: str, limit: int, *, state: str = "", unit: str = "") -> Slice[Any]:
    """Return one page of half-month reports, the newest first."""
    query = (
        sa.select(
            HALF.c.id, HALF.c.subject, HALF.c.number, UNIT.c.code.label("unit"), HALF.c.period_from,
            HALF.c.period_to, HALF.c.due_on, HALF.c.state, HALF.c.percent, HALF.c.text, HALF.c.next_steps,
            HALF.c.sent_on, HALF.c.read_on,
        )
        .join(UNIT, UNIT.c.id == HALF.c.unit_id)
        .where(halves_in_sight(desk))
    )  # fmt: skip
    if state:
        query = query.where(HALF.c.state == state)
    if unit:
        query = query.where(UNIT.c.code == unit)
    return page_by_id(desk, query, HALF.c.id, after, limit)


def look_backs_page(desk: Desk, after: str, limit: int) -> Slice[dict[str, Any]]:
    """Return one page of closed cases with where the look-back at each stands, by code."""
    query = (
        sa.select(CASE.c.id, FINDING.c.code, UNIT.c.code.label("unit"))
        .join(FINDING, FINDING.c.id == CASE.c.id)
        .join(UNIT, UNIT.c.id == CASE.c.unit_id)
        .where(cases_in_sight(desk), CASE.c.state.in_(LOOKED_AT))
    )
    found = page_by_code(desk, query, FINDING.c.code, after, limit)
    ids = [row.id for row in found.rows]
    cases = {
        one.id: one for one in desk.session.exec(select(Rectification).where(col(Rectification.id).in_(ids)))
    }
    return Slice(tuple(_looked_at(desk, row, cases[row.id]) for row in found.rows), found.next)


def _looked_at(desk: Desk, row: Any, case: Rectification) -> dict[str, Any]:
    return {
        "case": row.code, "unit": row.unit, "closed_on": case.closed_on, "look_back_on": case.look_back_on,
        "status": status_of(desk, case), "rebounds": case.rebounds,
    }  # fmt: skip
