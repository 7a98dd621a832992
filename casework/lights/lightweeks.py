"""The lights of a campaign week by week: for every unit the highest light that stood at the end of each week.

Lights are events with history: a rung lights up, closure or withdrawal puts the light out, and a granted extension puts
it out down to what a named event had set. The present day is read from the cases themselves.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from casework.desk import Desk
from casework.lights.climbing import palette_of
from core.codes import Light
from core.ladders.palette import Palette
from core.life.rectification import CaseState, RequestKind, RequestState
from models.record import AuditEntry
from models.rectification import Rectification, Rung, SideRequest

MOST_COLUMNS = 32
OUT = (CaseState.CLOSED.value, CaseState.WITHDRAWN.value)
_EVENT = re.compile(r"E\d")  # rungs that a named event set carry its code: E1, E1.2
_EXTENDED, _LIT, _ENDED = range(3)  # the order of what happens on one day


@dataclass(frozen=True, slots=True, order=True)
class Turn:
    """A moment at which the light of a case changed; `rank` is that of what was lit, in its ladder's palette."""

    day: date
    kind: int
    rank: int = 0
    by_event: bool = False


def week_ends(begin: date, end: date) -> tuple[tuple[date, ...], int]:
    """Return the Sundays from the week of `begin` on, the last day being `end`, and the weeks between two of them.

    A long campaign is shown by every second, third ... week, so that the columns stay legible.
    """
    ends = [end]
    sunday = end - timedelta(days=end.isoweekday() % 7)
    if sunday == end:
        sunday -= timedelta(7)
    while sunday >= begin:
        ends.append(sunday)
        sunday -= timedelta(7)
    step = -(-len(ends) // MOST_COLUMNS)
    return tuple(reversed(ends[::step])), step


def light_weeks(
    desk: Desk, campaign_id: int, cases: Sequence[Rectification], weeks: Sequence[date]
) -> dict[int, tuple[Light, ...]]:
    """Return {unit id: its highest light at the end of each week, in the order of the campaign's ladder}."""
    palette = palette_of(desk, campaign_id)
    turns = light_turns(desk, campaign_id, palette)
    rows: dict[int, list[Light]] = {}
    for case in cases:
        lights = lights_at(turns.get(case.id, []), weeks, palette)
        if weeks and weeks[-1] >= desk.today:
            lights[-1] = Light(case.light)
        highest = rows.setdefault(case.unit_id, [Light.NONE] * len(weeks))
        rows[case.unit_id] = [palette.highest(pair) for pair in zip(highest, lights, strict=True)]
    return {unit: tuple(lights) for unit, lights in rows.items()}


def lights_at(turns: Sequence[Turn], days: Sequence[date], palette: Palette) -> list[Light]:
    """Return the light of one case at the end of each day, oldest first."""
    lights: list[Light] = []
    rank = floor = at = 0
    waiting = sorted(turns)
    for day in days:
        while at < len(waiting) and waiting[at].day <= day:
            turn = waiting[at]
            at += 1
            if turn.kind == _LIT:
                rank = turn.rank
                floor = turn.rank if turn.by_event else floor
            elif turn.kind == _EXTENDED:
                rank = floor
            else:
                rank = floor = 0
        lights.append(palette.every[rank])
    return lights


def light_turns(desk: Desk, campaign_id: int, palette: Palette) -> Mapping[int, list[Turn]]:
    """Return the turns of every case of a campaign, from rungs, extensions, and the entries that ended a light."""
    return turns_where(desk, col(Rectification.campaign_id) == campaign_id, palette)


def _extensions(of_campaign: sa.ColumnElement[bool]) -> sa.Select[tuple[int, date | None]]:
    return (
        sa.select(col(SideRequest.case_id), col(SideRequest.decided_on))
        .join(Rectification, col(Rectification.id) == col(SideRequest.case_id))
        .where(
            of_campaign,
            col(SideRequest.kind) == RequestKind.EXTENSION.value,
            col(SideRequest.state) == RequestState.GRANTED.value,
            col(SideRequest.decided_on).is_not(None),
        )
    )


def turns_where(
    desk: Desk, of_campaign: sa.ColumnElement[bool], palette: Palette
) -> Mapping[int, list[Turn]]:
    """Return the turns of the cases under a condition on their own columns; five queries.

    palette   gives the ranks; cases of several campaigns are ranked by one palette for all
    """
    turns: dict[int, list[Turn]] = defaultdict(list)
    connection = desk.session.connection()
    rungs = (
        sa.select(col(Rung.case_id), col(Rung.fired_on), col(Rung.light), col(Rung.code))
        .join(Rectification, col(Rectification.id) == col(Rung.case_id))
        .where(of_campaign)
    )
    for case_id, day, light, code in connection.execute(rungs):
        turns[case_id].append(Turn(day, _LIT, palette.rank(Light(light)), bool(_EVENT.match(code))))
    # The log is asked by case, not joined: a join would walk the whole log for every campaign.
    # A stage of a long term and a changed finding move the due date too; the history tells which did.
    later = sa.select(col(AuditEntry.subject_id), col(AuditEntry.on_day)).where(
        col(AuditEntry.subject_id).in_(sa.select(col(Rectification.id)).where(of_campaign)),
        col(AuditEntry.office_id) == desk.office_id,
        col(AuditEntry.subject) == "case",
        col(AuditEntry.act) == "set_due",
        sa.or_(*(col(AuditEntry.detail).like(f'%"{key}":%') for key in ("long_term", "objection"))),
    )
    for case_id, day in (*connection.execute(_extensions(of_campaign)), *connection.execute(later)):
        turns[case_id].append(Turn(day, _EXTENDED))
    for query in _ends(desk, of_campaign):
        for case_id, day in connection.execute(query):
            turns[case_id].append(Turn(day, _ENDED))
    return turns


def _ends(desk: Desk, of_campaign: sa.ColumnElement[bool]) -> tuple[sa.Select[Any], sa.Select[Any]]:
    """Return the queries for the days on which cases were closed or withdrawn, also in earlier rounds."""
    ends = sa.select(col(AuditEntry.subject_id), col(AuditEntry.on_day)).where(
        col(AuditEntry.subject_id).in_(sa.select(col(Rectification.id)).where(of_campaign)),
        col(AuditEntry.office_id) == desk.office_id,
        col(AuditEntry.subject) == "case",
        col(AuditEntry.to_state).in_(OUT),
        col(AuditEntry.from_state) != col(AuditEntry.to_state),
    )
    closed = sa.select(col(Rectification.id), col(Rectification.closed_on)).where(
        of_campaign, col(Rectification.closed_on).is_not(None)
    )
    return ends, closed
