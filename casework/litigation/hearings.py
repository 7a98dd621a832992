"""Hearings (开庭) in sight by week, with who attends for the unit, and as a calendar that other programs read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from sqlmodel import col

from casework.desk import Desk
from casework.litigation.kindwords import kind_word
from casework.litigation.matterboard import matters_in_sight
from core.codes import Light
from core.ladders.palette import Palette
from delivery.calendarfile import Entry, write_calendar
from models.base import key_of, table_of
from models.matter import LitigationMatter, MatterDate, MatterFact
from models.organisation import Unit

DATE, FACT = table_of(MatterDate), table_of(MatterFact)
HEARING, NAMED = "hearing", "attendee_named"
WEEK = timedelta(days=7)
AHEAD_DAYS = 180


@dataclass(frozen=True, slots=True)
class Hearing:
    """A hearing; `version` tells how often its day was set."""

    id: int
    number: str
    kind: str
    on: date
    unit: str
    forum: str
    cause: str
    light: Light
    attendee: str
    handler: str
    agent: str
    version: int
    is_named: bool


@dataclass(frozen=True, slots=True)
class HearingWeek:
    """The hearings of one week, and how many come after it."""

    first: date
    days: tuple[tuple[date, tuple[Hearing, ...]], ...]
    total: int
    later: int
    palette: Palette

    @property
    def last(self) -> date:
        return self.first + WEEK - timedelta(days=1)

    @property
    def before(self) -> date:
        return self.first - WEEK

    @property
    def after(self) -> date:
        return self.first + WEEK


def week_of(desk: Desk, day: date) -> HearingWeek:
    """Return the hearings in sight of the week, Monday to Sunday, in which a day lies."""
    first = day - timedelta(days=day.weekday())
    found = _between(desk, first, first + WEEK - timedelta(days=1))
    days = tuple(
        (on, tuple(one for one in found if one.on == on))
        for on in (first + timedelta(days=n) for n in range(7))
    )
    return HearingWeek(
        first, days, len(found), len(_between(desk, first + WEEK, first + timedelta(days=AHEAD_DAYS))),
        desk.rules.litigation_of(desk.office.code).palette,
    )  # fmt: skip


def _newest() -> sa.Select[tuple[int, int]]:
    """Return (matter, newest version) of the day of each hearing."""
    return (
        sa.select(DATE.c.matter_id, sa.func.max(DATE.c.version).label("version"))
        .where(DATE.c.code == HEARING)
        .group_by(DATE.c.matter_id)
    )


def _between(desk: Desk, first: date, last: date) -> list[Hearing]:
    newest = _newest().subquery()
    named = sa.exists().where(
        FACT.c.matter_id == DATE.c.matter_id, FACT.c.code == NAMED, FACT.c.voided_on.is_(None)
    )
    query = (
        sa.select(LitigationMatter, col(Unit.name), col(MatterDate.on_day), col(MatterDate.version), named)
        .join(MatterDate, col(MatterDate.matter_id) == col(LitigationMatter.id))
        .join(
            newest,
            sa.and_(newest.c.matter_id == DATE.c.matter_id, newest.c.version == DATE.c.version),
        )
        .join(Unit, col(Unit.id) == col(LitigationMatter.unit_id))
        .where(
            matters_in_sight(desk),
            col(MatterDate.code) == HEARING,
            col(MatterDate.on_day) >= first,
            col(MatterDate.on_day) <= last,
            col(LitigationMatter.state) != "annulled",
        )
        .order_by(col(MatterDate.on_day), col(LitigationMatter.id))
    )
    return [
        Hearing(
            key_of(row), row.number, kind_word(row), on, unit, row.forum, row.cause, Light(row.light),
            row.attendee, row.handler, row.agent, version, bool(is_named),
        )
        for row, unit, on, version, is_named in desk.session.execute(query)
    ]  # fmt: skip


def hearings_file(desk: Desk, first: date) -> bytes:
    """Return the hearings in sight from a day on, half a year ahead, as iCalendar (RFC 5545)."""
    found = _between(desk, first, first + timedelta(days=AHEAD_DAYS))
    entries = [
        Entry(
            uid=f"hearing-{one.id}@{desk.office.code}",
            on=one.on,
            title=f"开庭 {one.number} {one.unit}",
            place=one.forum,
            text="；".join(
                (
                    one.kind,
                    f"案由：{one.cause}",
                    f"出庭负责人：{one.attendee or '未确定'}",
                    f"承办人：{one.handler or '未填'}",
                )
            ),
            sequence=one.version - 1,
        )
        for one in found
    ]
    return write_calendar(entries, f"{desk.office.name}开庭安排", desk.now)
