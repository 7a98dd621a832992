"""INV-14: what was closed or issued is still what it was: periods and reports stand under the hash of their act."""

from __future__ import annotations

import json

import sqlalchemy as sa

from casework.desk import Desk
from casework.invariants.tally import Invariant, Tally
from casework.reports.periods import hash_of
from models.base import table_of
from models.period import Report, StatPeriod
from models.record import AuditEntry

PERIOD, REPORT, ENTRY = table_of(StatPeriod), table_of(Report), table_of(AuditEntry)


def check_closed(desk: Desk) -> list[Invariant]:
    """Return INV-14: content, stored hash and the hash in the audit chain agree for every closed period and report."""
    tally = Tally("INV-14", "已结统计期和报告不再变动")
    link = desk.session.connection()
    told = _told(desk, "period", "close")
    query = sa.select(PERIOD).where(PERIOD.c.office_id == desk.office_id, PERIOD.c.state == "closed")
    for row in link.execute(query):
        tally.look_at(1)
        if not (hash_of(row.content or "") == row.sha256 == told.get(row.id)):
            tally.find(f"统计期 {row.kind} {row.from_on} 的数字与结账时不符")
    told = _told(desk, "report", "open")
    for row in link.execute(sa.select(REPORT).where(REPORT.c.office_id == desk.office_id)):
        tally.look_at(1)
        if not (hash_of(row.content) == row.sha256 == told.get(row.id)):
            tally.find(f"报告 {row.id} 的内容与起草时不符")
    return [tally.close()]


def _told(desk: Desk, subject: str, act: str) -> dict[int, str]:
    """Return {id: the hash that the audit entry of an act tells}."""
    query = sa.select(ENTRY.c.subject_id, ENTRY.c.detail).where(
        ENTRY.c.office_id == desk.office_id, ENTRY.c.subject == subject, ENTRY.c.act == act
    )
    return {
        row.subject_id: json.loads(row.detail or "{}").get("sha256", "")
        for row in desk.session.connection().execute(query)
    }
