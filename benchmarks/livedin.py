"""A county that has been at work: the cases of `benchmarks.world` in every state and light, with their history."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from benchmarks.world import NOW, SIGNED_ON, TODAY
from core.codes import Light
from core.life.rectification import CaseAct, CaseState
from models.audit import SHARDS
from models.base import table_of
from models.tables import AuditEntry, Rectification, Rung

CASE, RUNG, ENTRY = table_of(Rectification), table_of(Rung), table_of(AuditEntry)
# Of twenty cases: what state they are in, and how many acts led there (a closed one had four).
STATES = (
    *((CaseState.CLOSED, 4),) * 8,
    *((CaseState.RECTIFYING, 2),) * 7,
    *((CaseState.OPEN, 0),) * 2,
    (CaseState.PLANNED, 1),
    (CaseState.CLOSURE_APPLIED, 3),
    (CaseState.LOOK_BACK, 4),
)
ACTS = (
    (CaseAct.SUBMIT_PLAN, CaseState.PLANNED),
    (CaseAct.APPROVE_PLAN, CaseState.RECTIFYING),
    (CaseAct.APPLY_CLOSURE, CaseState.CLOSURE_APPLIED),
    (CaseAct.CLOSE, CaseState.CLOSED),
)
LIT = {0: Light.BLUE, 1: Light.YELLOW, 2: Light.RED, 3: Light.BLACK}  # of thirteen open cases
WEEKS = 11
ACTOR = "O01"
FAR = 100_000_000  # beyond the places in the chains that new entries take


def live_in(engine: sa.Engine) -> None:
    """Spread the cases over states and lights, and write the rungs and the audit entries that this takes."""
    with engine.begin() as connection:
        connection.execute(
            sa.update(CASE).values(state=_of_twenty({i: s.value for i, (s, _n) in enumerate(STATES)}))
        )
        settled = (CaseState.CLOSED.value, CaseState.LOOK_BACK.value)
        connection.execute(sa.update(CASE).where(CASE.c.state.in_(settled)).values(closed_on=TODAY))
        light = sa.case({rest: one.value for rest, one in LIT.items()}, value=CASE.c.id % 13, else_="none")
        lit = CASE.c.state.not_in(settled)
        connection.execute(sa.update(CASE).where(lit).values(light=light, highest_light=light))
        connection.execute(
            sa.update(CASE)
            .where(lit)
            .values(due_on=sa.case(_days(), value=CASE.c.id % 60, else_=CASE.c.due_on))
        )
        _write_rungs(connection)
        for place, (act, reached) in enumerate(ACTS, 1):
            _write_entries(connection, place, act, reached)


def _of_twenty(values: dict[int, str]) -> sa.ColumnElement[str]:
    return sa.case(values, value=CASE.c.id % 20)


def _days() -> dict[int, object]:
    return {rest: TODAY + timedelta(days=rest - 20) for rest in range(60)}


def _write_rungs(connection: sa.Connection) -> None:
    """Give every lit case the rung of its light, on one of the days of the last weeks."""
    days = {rest: SIGNED_ON - timedelta(days=7 * rest - 25) for rest in range(WEEKS)}
    fired = sa.case(days, value=CASE.c.id % WEEKS, else_=SIGNED_ON)
    rows = sa.select(CASE.c.id, CASE.c.round, CASE.c.due_version, CASE.c.light, CASE.c.light, fired).where(
        CASE.c.light != Light.NONE.value
    )
    names = ["case_id", "round", "due_version", "code", "light", "fired_on"]
    connection.execute(sa.insert(RUNG).from_select(names, rows))
    last = sa.select(RUNG.c.id).where(RUNG.c.case_id == CASE.c.id).scalar_subquery()
    connection.execute(sa.update(CASE).where(CASE.c.light != Light.NONE.value).values(last_rung_id=last))


def _write_entries(connection: sa.Connection, place: int, act: CaseAct, reached: CaseState) -> None:
    """Record an act of every case that came so far; the hashes are no chain, for nobody reads them here."""
    came = (CASE.c.id % 20).in_([number for number, (_state, acts) in enumerate(STATES) if acts >= place])
    on_day = SIGNED_ON + timedelta(days=5 * place)
    rows = sa.select(
        CASE.c.office_id, CASE.c.unit_id % SHARDS, FAR + CASE.c.id * 10 + place, sa.literal(NOW, ENTRY.c.at.type),
        sa.literal(on_day, sa.Date), sa.literal(ACTOR), sa.literal("case"), CASE.c.id,
        sa.literal(act.value), sa.literal("rectifying"), sa.literal(reached.value), sa.literal(""),
        sa.literal(bytes(32), ENTRY.c.hash.type),
    ).where(came)  # fmt: skip
    names = [
        *("office_id", "shard", "seq", "at", "on_day", "actor", "subject", "subject_id", "act", "from_state"),
        *("to_state", "detail", "hash"),
    ]
    connection.execute(sa.insert(ENTRY).from_select(names, rows))
    if act is CaseAct.APPLY_CLOSURE:  # who applied last also stands in the row
        connection.execute(sa.update(CASE).where(came).values(applied_on=on_day, applied_by=ACTOR))
