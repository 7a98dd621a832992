"""All running cases at once: the day the sweep must look at each, derived anew from its facts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from casework.desk import Desk
from casework.lights.climbing import WHAT_DECIDES, facts_of, ladder_of, must_be_served
from core.codes import Light, Severity
from core.ladders.ladder import LastRung, Standing, decide
from core.life.rectification import CLOCK_RUNS
from core.rulebook import Ladder
from models.base import table_of
from models.document import Document
from models.rectification import Rectification
from models.rectification import Rung as RungRow

CASE, RUNG, DOCUMENT = table_of(Rectification), table_of(RungRow), table_of(Document)


@dataclass(frozen=True, slots=True)
class LookDay:
    """When a case was to be looked at (`cached`) and when it must be (`derived`); `waits` for proof of service."""

    case_id: int
    cached: date | None
    derived: date | None
    waits: bool


def look_days(desk: Desk) -> Iterator[LookDay]:
    """Yield every case whose clock runs and that the sweep has not set aside, by id; one query for all of them."""
    ladders: dict[int, Ladder] = {}
    known: dict[tuple[Any, ...], tuple[date | None, bool]] = {}
    with desk.session.connection().execute(_running(desk)) as rows:
        for row in rows:
            alike = (*WHAT_DECIDES(row), row.plan_on is None, row.extensions > 0)
            if alike not in known:
                ladder = ladders.get(row.campaign_id)
                if ladder is None:
                    ladder = ladders[row.campaign_id] = ladder_of(desk, row.campaign_id)
                known[alike] = _look_day(desk, ladder, row)
            yield LookDay(row.id, row.next_due_on, *known[alike])


def _look_day(desk: Desk, ladder: Ladder, row: Any) -> tuple[date | None, bool]:
    """Return the day to look at a case, and whether it waits for proof of service."""
    last = _last_rung(row)
    standing = Standing(row.served_on, row.due_on, last, facts_of(desk, row, desk.today))
    rungs = ladder.profiles[Severity(row.severity)].rungs
    decision = decide(rungs, standing, desk.today, desk.calendar, ladder.palette)
    derived = desk.today if decision.rung is not None else decision.next_due_on
    return derived, last is not None and last.needs_service and last.served_on is None


def _running(desk: Desk) -> sa.Select[Any]:
    before = CASE.outerjoin(RUNG, RUNG.c.id == CASE.c.last_rung_id)
    before = before.outerjoin(DOCUMENT, DOCUMENT.c.id == RUNG.c.document_id)
    query = sa.select(
        CASE.c.id, CASE.c.campaign_id, CASE.c.severity, CASE.c.state, CASE.c.extensions, CASE.c.served_on,
        CASE.c.due_on, CASE.c.percent, CASE.c.plan_on, CASE.c.returns, CASE.c.next_due_on, CASE.c.suspended_on,
        RUNG.c.code.label("rung_code"), RUNG.c.light.label("rung_light"), RUNG.c.fired_on,
        DOCUMENT.c.state.label("document_state"), DOCUMENT.c.signed_on.label("document_signed_on"),
        DOCUMENT.c.served_on.label("document_served_on"),
    )  # fmt: skip
    query = query.select_from(before).where(
        CASE.c.office_id == desk.office_id,
        CASE.c.state.in_(sorted(CLOCK_RUNS)),
        CASE.c.suspended_on.is_(None),
        CASE.c.due_on.is_not(None),
        CASE.c.set_aside.is_(None),
    )
    return query.order_by(CASE.c.id).execution_options(yield_per=2_000)


def _last_rung(row: Any) -> LastRung | None:
    if row.rung_code is None:
        return None
    needs_service = must_be_served(row.document_state, row.document_signed_on)
    return LastRung(row.rung_code, Light(row.rung_light), row.fired_on, needs_service, row.document_served_on)


def refresh_all(desk: Desk) -> int:
    """Bring the cached day of every running case up to date after a change of the calendar; return how many moved."""
    changed = [
        {"which": day.case_id, "day": day.derived}
        for day in list(look_days(desk))
        if day.cached != day.derived
    ]
    if changed:
        desk.session.connection().execute(
            sa.update(CASE).where(CASE.c.id == sa.bindparam("which")).values(next_due_on=sa.bindparam("day")),
            changed,
        )
    return len(changed)
