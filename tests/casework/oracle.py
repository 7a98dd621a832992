"""What the event log alone says about every case, worked out without the code that wrote it.

The log is the audit chain. From its entries follow the state, the round, how often work came back, the severity, the
due date, the light and the highest light of a case, and the state of everything else with a life.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import col, select

from casework.desk import Desk
from casework.invariants.lives import LIVES
from casework.lights.explaining import explain_case
from core.codes import Light
from core.ladders.palette import DEFAULT
from core.ladders.reckoning import recompute
from models.campaign import Finding
from models.record import AuditEntry
from models.rectification import Rectification

BACK_TO_WORK = {"closure_applied", "verified"}
REOPENED = {"closed", "look_back", "archived"}


@dataclass(slots=True)
class Told:
    """A case as its entries tell it."""

    state: str = ""
    round: int = 1
    rebounds: int = 0
    returns: int = 0
    due_on: date | None = None
    unit_id: int | None = None

    def hear(self, entry: AuditEntry) -> None:
        said: dict[str, Any] = json.loads(entry.detail) if entry.detail else {}
        if entry.act == "set_due":
            self.due_on = date.fromisoformat(said["due_on"])
        if entry.to_state == "rectifying" and entry.from_state in BACK_TO_WORK:
            self.returns += 1
        if entry.to_state == "rectifying" and entry.from_state in REOPENED:
            self.round += 1
            self.rebounds += 1
        if entry.to_state:
            self.state = entry.to_state


def disagreements(desk: Desk) -> list[str]:
    """Return where the rows say something else than the log."""
    return [*_cases(desk), *_lights(desk), *_lives(desk)]


def _entries(desk: Desk, subject: str) -> dict[int, list[AuditEntry]]:
    found: dict[int, list[AuditEntry]] = {}
    query = select(AuditEntry).where(
        col(AuditEntry.office_id) == desk.office_id, col(AuditEntry.subject) == subject
    )
    for entry in desk.session.exec(
        query.order_by(col(AuditEntry.at), col(AuditEntry.shard), col(AuditEntry.seq))
    ):
        found.setdefault(entry.subject_id, []).append(entry)
    return found


def _cases(desk: Desk) -> Iterator[str]:
    logs = _entries(desk, "case")
    for case in desk.session.exec(select(Rectification)):
        told = Told()
        for entry in logs.pop(case.id, []):
            told.hear(entry)
        stored = (case.state, case.round, case.rebounds, case.due_on)
        heard = (told.state, told.round, told.rebounds, told.due_on)
        if stored != heard:
            yield f"case {case.id}: rows {stored}, log {heard}"
        if case.returns != told.returns:
            yield f"case {case.id}: {case.returns} returns in the row, {told.returns} in the log"
    yield from (f"case {number} has a log and no row" for number in logs)


def _lights(desk: Desk) -> Iterator[str]:
    """Work light and due date out of the derivation, which is read from the log, the rules and the calendars alone."""
    rows = select(Finding.code, Rectification).join(Rectification, col(Rectification.id) == col(Finding.id))
    for code, case in desk.session.exec(rows):
        told = json.loads(json.dumps(explain_case(desk, code).as_dict()["reckoning"]))
        light, due_on = recompute(told)
        if (light.value, due_on) != (case.light, case.due_on):
            yield f"{code}: rows {case.light} {case.due_on}, derived {light.value} {due_on}"
        if DEFAULT.rank(light) > DEFAULT.rank(Light(case.highest_light)):
            yield f"{code}: the highest light {case.highest_light} is below {light.value}"


def _lives(desk: Desk) -> Iterator[str]:
    for machine, table in LIVES:
        logs = _entries(desk, machine.code)
        for row in desk.session.connection().execute(table.select()):
            states = [entry.to_state for entry in logs.get(row.id, []) if entry.to_state]
            if not states or states[-1] != row.state:
                yield f"{machine.code} {row.id}: row {row.state}, log {states[-1:] or 'nothing'}"
