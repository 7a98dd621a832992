"""The deadline sweep: rows that are due by an index, decided purely, written with a handful of bulk statements.

The cost depends on what is due, not on what is open. A batch holds whole units, so that one unit gets one document a
kind and day; text is rendered by nobody here. A row that cannot be decided is set aside and the batch goes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from casework.desk import Desk
from casework.lights.climbing import WHAT_DECIDES, must_be_served, rules_of
from casework.lights.rungs import Fired, SweepReport, key_of_rung, write_rungs
from core.codes import Light, Severity
from core.errors import DuchaError
from core.ladders.ladder import Decision, LastRung, Standing, decide
from core.life.rectification import CLOCK_RUNS, CaseState
from core.rulebook import Ladder, Rung
from models.audit import in_part
from models.base import table_of
from models.document import Document
from models.rectification import Rectification
from models.rectification import Rung as RungRow

CASE, RUNG = table_of(Rectification), table_of(RungRow)
DOCUMENT = table_of(Document)
IDS_AT_ONCE = 500  # below SQLite's limit of variables, and small enough for the planner to use the key


@dataclass(slots=True)
class Outcome:
    """What a batch decided, before anything is written."""

    fired: list[Fired] = field(default_factory=list)
    waiting: list[tuple[int, date | None]] = field(default_factory=list)
    broken: list[tuple[int, str]] = field(default_factory=list)


def due_cases(
    session: Session, office_id: int, today: date, part: tuple[int, int] = (0, 1)
) -> list[tuple[int, int]]:
    """Return (case id, unit id) of every case to look at today, by unit; read through the index on next_due_on.

    part   (shard, shards) of the units
    """
    query = (
        sa.select(CASE.c.id, CASE.c.unit_id)
        .where(CASE.c.office_id == office_id, CASE.c.next_due_on <= today, in_part(CASE.c.unit_id, *part))
        .order_by(CASE.c.unit_id, CASE.c.id)
    )
    return [(row.id, row.unit_id) for row in session.connection().execute(query)]


def batches(due: Sequence[tuple[int, int]], size: int) -> Iterable[list[int]]:
    """Cut due cases into batches of about `size`; a unit is cut only when it alone would fill four batches."""
    batch: list[int] = []
    unit: int | None = None
    for case_id, unit_id in due:
        full = len(batch) >= size and unit_id != unit
        if full or len(batch) >= 4 * size:
            yield batch
            batch = []
        batch.append(case_id)
        unit = unit_id
    if batch:
        yield batch


def sweep_batch(desk: Desk, case_ids: Sequence[int], report: SweepReport) -> list[int]:
    """Sweep some cases in the caller's transaction; return the documents a standing authorisation lets go.

    A second sweep of the same day finds nothing due: the rows carry the next day to look at them.
    """
    outcome = _decide_all(desk, _load(desk.session, case_ids, desk.today))
    report.due += len(outcome.fired) + len(outcome.waiting) + len(outcome.broken)
    _write_waiting(desk, outcome.waiting)
    set_aside(desk, outcome.broken, report)
    if not outcome.fired:
        return []
    return write_rungs(desk, outcome.fired, report)


def _load(session: Session, case_ids: Sequence[int], today: date) -> list[Any]:
    """Return the due rows of some ids with the rung and document that stand before the next rung."""
    query = (
        sa.select(
            CASE.c.id, CASE.c.unit_id, CASE.c.campaign_id, CASE.c.severity, CASE.c.state, CASE.c.round,
            CASE.c.due_version, CASE.c.served_on, CASE.c.due_on, CASE.c.light, CASE.c.highest_light, CASE.c.percent,
            CASE.c.extensions,
            CASE.c.plan_on, CASE.c.returns, CASE.c.suspended_on, CASE.c.floor_light,
            RUNG.c.code.label("rung_code"), RUNG.c.light.label("rung_light"), RUNG.c.fired_on,
            DOCUMENT.c.state.label("document_state"), DOCUMENT.c.signed_on.label("document_signed_on"),
            DOCUMENT.c.served_on.label("document_served_on"),
        )
        .select_from(
            CASE.outerjoin(RUNG, RUNG.c.id == CASE.c.last_rung_id).outerjoin(
                DOCUMENT, DOCUMENT.c.id == RUNG.c.document_id
            )
        )
        .where(CASE.c.id.in_(sa.bindparam("ids", expanding=True)), CASE.c.next_due_on <= today)
        .order_by(CASE.c.unit_id, CASE.c.id)
        .with_for_update(of=CASE)  # a second sweeper waits here, and then finds the rows no longer due
    )  # fmt: skip
    rows: list[Any] = []
    for start in range(0, len(case_ids), IDS_AT_ONCE):
        rows += (
            session.connection().execute(query, {"ids": list(case_ids[start : start + IDS_AT_ONCE])}).all()
        )
    return rows


def _decide_all(desk: Desk, rows: Sequence[Any]) -> Outcome:
    outcome = Outcome()
    rungs_of: dict[tuple[int, str], Sequence[Rung]] = {}
    known: dict[tuple[Any, ...], Decision] = {}
    for row in rows:
        try:
            alike = (*WHAT_DECIDES(row), row.plan_on is None, row.extensions > 0)
            decision = known.get(alike)
            if decision is None:
                rules = rules_of(desk, row.campaign_id).ladder_of(desk.office.code)
                rungs_of[alike[:2]] = rules.profiles[Severity(row.severity)].rungs
                decision = known[alike] = _decide(desk, rules, row)
        except (DuchaError, ValueError, TypeError, KeyError) as error:
            # One row that cannot be read or decided must not stop the others.
            outcome.broken.append((row.id, f"{type(error).__name__}: {error}"[:300]))
            continue
        if decision.rung is None:
            outcome.waiting.append((row.id, decision.next_due_on))
        else:
            rung = rungs_of[alike[:2]][decision.rung]
            outcome.fired.append(Fired(row, rung, decision.next_due_on, key_of_rung(row, rung)))
    return outcome


def _decide(desk: Desk, ladder: Ladder, row: Any) -> Decision:
    if CaseState(row.state) not in CLOCK_RUNS or row.suspended_on is not None or row.due_on is None:
        return Decision(None, None)
    last = None
    if row.rung_code is not None:
        needs_service = must_be_served(row.document_state, row.document_signed_on)
        last = LastRung(
            row.rung_code, Light(row.rung_light), row.fired_on, needs_service, row.document_served_on
        )
    facts = {
        "percent": row.percent,
        "plan_submitted": row.plan_on is not None,
        "extension_granted": row.extensions > 0,
        "returns": row.returns,
        "severity": row.severity,
        "overdue_workdays": desk.calendar.between(row.due_on, desk.today),
        "closure_applied": False,
    }
    rungs = ladder.profiles[Severity(row.severity)].rungs
    standing = Standing(row.served_on, row.due_on, last, facts)
    return decide(rungs, standing, desk.today, desk.calendar, ladder.palette)


def _write_waiting(desk: Desk, waiting: Sequence[tuple[int, date | None]]) -> None:
    if waiting:
        desk.session.connection().execute(
            sa.update(CASE)
            .where(CASE.c.id == sa.bindparam("which"))
            .values(next_due_on=sa.bindparam("day"), set_aside=None),
            [{"which": case_id, "day": day} for case_id, day in waiting],
        )


def set_aside(desk: Desk, broken: Sequence[tuple[int, str]], report: SweepReport) -> None:
    """Take rows that cannot be swept out of today's sweep, with the reason.

    Tomorrow's sweep tries them again, so that a row is taken up once its cause is mended; the next act on the case
    brings it back at once. The same reason is told to the history once.
    """
    link = desk.session.connection()
    for case_id, why in broken:
        report.set_aside.append({"case": str(case_id), "error": why})
        known = link.execute(sa.select(CASE.c.set_aside).where(CASE.c.id == case_id)).scalar()
        again = desk.today + timedelta(days=1)
        link.execute(sa.update(CASE).where(CASE.c.id == case_id).values(next_due_on=again, set_aside=why))
        if known != why:
            desk.record("case", case_id, "set_aside", error=why)
