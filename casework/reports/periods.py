"""Periods of statistics: closed once, read from the closed copy ever after; what comes late counts in the next one.

A closed period keeps, for every number that goes by day, what it was made of. What has changed since for days of a
closed period is the difference between what is there now and what was told; it is added to the first period of the
same kind that is not closed, and closing that one makes it told. So the numbers of consecutive periods always sum to
what happened in all of them, and nothing is told twice.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256

import sqlalchemy as sa
from sqlmodel import col, select

from casework.counts.countscope import count_scope
from casework.counts.engine import parts_by_code
from casework.counts.registry import every_entry
from casework.counts.tallies import SHANGHAI, Group, Scope, Statistics, Tally, share
from casework.counts.terms import Share
from casework.desk import Desk
from casework.moves import take
from casework.tasks import finish_for
from core.calendar.periods import ONE, PeriodKind, kind_of, name_period, period_of
from core.errors import InvalidInput, Refused
from core.life.periodlife import PERIOD, PeriodAct, PeriodState
from models.audit import canonical_json
from models.base import key_of
from models.period import StatPeriod

Parts = dict[str, dict[str, int]]
"""{code: {what is counted: what it adds}}"""


@dataclass(frozen=True, slots=True)
class PeriodNumbers:
    """The numbers of a period; `late` says how many were added (or taken away) for days of closed periods."""

    statistics: Statistics
    parts: Parts
    corrections: dict[str, Parts]
    late: dict[str, int]

    def as_content(self) -> str:
        """Return what is stored when the period is closed, as canonical JSON."""
        return canonical_json(
            {
                "numbers": self.statistics.as_dict(),
                "parts": self.parts,
                "corrections": self.corrections,
                "late": self.late,
            }
        )


def hash_of(content: str) -> str:
    """Return the SHA-256 of stored content."""
    return sha256(content.encode()).hexdigest()


def read_kind(text: str) -> PeriodKind:
    """Return a kind of period; raise InvalidInput naming those there are."""
    if text not in tuple(PeriodKind):
        raise InvalidInput("没有这种统计期", found=text, expected="、".join(PeriodKind), remedy="改正 --kind")
    return PeriodKind(text)


def close_period(desk: Desk, kind: PeriodKind, day: date) -> StatPeriod:
    """Close the period in which a day lies, with all its numbers as they are now.

    raises   Refused while it is not over, when it is closed already, or when an earlier one is to be closed first
    """
    PERIOD.permit(PeriodAct.CLOSE, desk.actor.code, desk.actor.roles)
    first, last = period_of(kind, day)
    name = name_period(kind, first)
    if last >= desk.today:
        raise Refused(
            f"{name}尚未结束", found=f"今天{desk.today}", expected=f"{last}之后", remedy="期满后再结账"
        )
    _refuse_out_of_order(desk, kind, first, name)
    numbers = period_numbers(desk, first, last, kind)
    row = find_period(desk, kind, first) or open_period(desk, kind, first)
    row.content = numbers.as_content()
    row.sha256 = hash_of(row.content)
    row.closed_by, row.closed_on, row.closed_at = desk.actor.code, desk.today, desk.now
    with desk.session.no_autoflush:
        take(desk, row, PERIOD, PeriodAct.CLOSE, detail={"sha256": row.sha256, "period": name})
    desk.session.add(row)
    desk.session.flush()
    finish_for(desk, task_key(kind, first), "已结账")
    return row


def _refuse_out_of_order(desk: Desk, kind: PeriodKind, first: date, name: str) -> None:
    row, until = find_period(desk, kind, first), closed_until(desk, kind)
    if row is not None and row.state == PeriodState.CLOSED.value:
        raise Refused(f"{name}已结账", found="已结", expected="未结的统计期", remedy="迟报的计入下一期")
    if until and until + ONE != first:
        wanted = name_period(kind, until + ONE)
        raise Refused(f"{name}不能先结账", found=f"上次结至{until}", expected=wanted, remedy="按顺序逐期结账")


def open_period(desk: Desk, kind: PeriodKind, first: date) -> StatPeriod:
    """Write a period that is not closed yet."""
    begin, end = period_of(kind, first)
    row = StatPeriod(
        office_id=desk.office_id, kind=kind.value, from_on=begin, to_on=end, state=PERIOD.start.value
    )
    desk.session.add(row)
    desk.session.flush()
    desk.record("period", key_of(row), "open", to_state=row.state, period=name_period(kind, begin))
    return row


def find_period(desk: Desk, kind: PeriodKind, first: date) -> StatPeriod | None:
    """Return the row of a period, open or closed."""
    query = select(StatPeriod).where(
        col(StatPeriod.office_id) == desk.office_id,
        col(StatPeriod.kind) == kind.value,
        col(StatPeriod.from_on) == first,
    )
    return desk.session.exec(query).first()


def closed_until(desk: Desk, kind: PeriodKind) -> date | None:
    """Return the last day of the newest closed period of a kind, without reading what any of them told."""
    query = select(sa.func.max(col(StatPeriod.to_on))).where(*_closed(desk, kind))
    return desk.session.exec(query).one()


def _closed(desk: Desk, kind: PeriodKind) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        col(StatPeriod.office_id) == desk.office_id,
        col(StatPeriod.kind) == kind.value,
        col(StatPeriod.state) == PeriodState.CLOSED.value,
    )


def closed_periods(desk: Desk, kind: PeriodKind) -> list[StatPeriod]:
    """Return the closed periods of a kind with what they told, oldest first."""
    query = select(StatPeriod).where(*_closed(desk, kind)).order_by(col(StatPeriod.from_on))
    return list(desk.session.exec(query))


def list_periods(desk: Desk) -> list[StatPeriod]:
    """Return all periods, the newest first."""
    query = select(StatPeriod).where(col(StatPeriod.office_id) == desk.office_id)
    return list(desk.session.exec(query.order_by(col(StatPeriod.from_on).desc(), col(StatPeriod.kind))))


def task_key(kind: PeriodKind, first: date) -> str:
    """Return the cause of the task to close a period."""
    return f"period:{kind.value}:{first}"


def closed_numbers(row: StatPeriod) -> Statistics:
    """Return the numbers of a closed period; raise Refused when its copy is not the one that was closed."""
    content = row.content or ""
    if hash_of(content) != row.sha256:
        raise Refused(
            "已结统计期的数字被改动", found=name_period(PeriodKind(row.kind), row.from_on), expected="结账时的校验值",
            remedy="运行 ducha doctor，并从备份核对",
        )  # fmt: skip
    data = json.loads(content)
    late = sum(data["late"].values())
    note = f"{name_period(PeriodKind(row.kind), row.from_on)}已于{row.closed_on}结账"
    return Statistics.from_dict(data["numbers"], note + (f"，含以前各期迟报调整{late}项" if late else ""))


def settled_numbers(desk: Desk, first: date, last: date) -> Statistics | None:
    """Return the numbers of a closed period, or of the one after it with what came late; None for other days."""
    kind = kind_of(first, last)
    if kind is None:
        return None
    row = find_period(desk, kind, first)
    if row is not None and row.state == PeriodState.CLOSED.value:
        return closed_numbers(row)
    until = closed_until(desk, kind)
    if until is None or until + ONE != first:
        return None
    numbers = period_numbers(desk, first, last, kind)
    late = sum(numbers.late.values())
    return replace(numbers.statistics, note=f"含以前各期迟报调整{late}项" if late else "")


def period_numbers(desk: Desk, first: date, last: date, kind: PeriodKind) -> PeriodNumbers:
    """Return the numbers of a period that is not closed, with what came late for the closed ones of its kind."""
    closed = closed_periods(desk, kind)
    follows = bool(closed) and closed[-1].to_on + ONE == first
    earlier = closed if follows else []
    parts = _parts(desk, [*(one.from_on for one in earlier), first], last)
    told = _told(earlier)
    corrections = {
        str(key_of(one)): changed
        for one in earlier
        if (changed := _changed(parts[one.from_on], told[key_of(one)]))
    }
    raw = count_scope(Scope(desk, None, first, last))
    shifts: dict[str, int] = defaultdict(int)
    late: dict[str, int] = {}
    for changed in corrections.values():
        for code, things in changed.items():
            shifts[code] += sum(things.values())
            late[code] = late.get(code, 0) + len(things)
    return PeriodNumbers(_shifted(raw, shifts), parts[first], corrections, late)


def _parts(desk: Desk, begins: Sequence[date], last: date) -> dict[date, Parts]:
    """Return {first day of a period: what every number that goes by day amounts to in it}, of periods in a row."""
    scope = Scope(desk, None, begins[0], last)
    parts: dict[date, Parts] = {begin: {} for begin in begins}
    for entry in every_entry():
        if isinstance(entry, Share) or not entry.moves:
            continue
        for code, on, thing, amount in parts_by_code(scope, entry):
            day: date = on.astimezone(SHANGHAI).date() if isinstance(on, datetime) else on
            things = parts[begins[bisect_right(begins, day) - 1]].setdefault(code, {})
            things[thing] = 1 if entry.distinct is not None else things.get(thing, 0) + amount
    return parts


def _told(closed: Iterable[StatPeriod]) -> dict[int, Parts]:
    """Return what was told of each closed period: by itself, and by the corrections of those after it."""
    told: dict[int, Parts] = {}
    for row in closed:
        data = json.loads(row.content or "{}")
        told[key_of(row)] = data["parts"]
        for number, changed in data["corrections"].items():
            for code, things in changed.items():
                known = told[int(number)].setdefault(code, {})
                for thing, amount in things.items():
                    known[thing] = known.get(thing, 0) + amount
    return told


def _changed(now: Parts, told: Parts) -> Parts:
    """Return what is there now less what was told, without what is the same."""
    changed: Parts = {}
    for code in sorted({*now, *told}):
        new, old = now.get(code, {}), told.get(code, {})
        moved = {
            thing: new.get(thing, 0) - old.get(thing, 0)
            for thing in sorted({*new, *old})
            if new.get(thing, 0) != old.get(thing, 0)
        }
        if moved:
            changed[code] = moved
    return changed


def _shifted(raw: Statistics, shifts: dict[str, int]) -> Statistics:
    """Return statistics with corrections added and shares worked out anew."""
    if not any(shifts.values()):
        return raw
    shares = {one.code: one for one in every_entry() if isinstance(one, Share)}
    values = {row.key: row.value for group in raw.groups for row in group.rows}
    for code, shift in shifts.items():
        values[code] = int(values.get(code) or 0) + shift

    def row_of(row: Tally) -> Tally:
        whole = shares.get(row.key)
        if whole is None:
            return replace(row, value=values[row.key])
        return replace(row, value=share(int(values[whole.part] or 0), int(values[whole.whole] or 0)))

    return replace(raw, groups=tuple(Group(one.name, tuple(map(row_of, one.rows))) for one in raw.groups))
