"""Dates of a matter: given by a court, or counted by the clock that its ladder names; moved only by an act."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

from casework.desk import Desk
from casework.litigation.files import MatterFile, rules_of_matter
from casework.staff.people import require_role
from core.calendar.statutory import TermDue, write_term
from core.errors import IllegalMove, InvalidInput
from core.ladders.derivation import write_date
from core.ladders.matters import ANCHORS
from core.life.matterlife import OVER, MatterKind, MatterState
from core.rulebook.clocks import StatutoryClock, find_clock
from core.text.secrecy import refuse_state_secrets
from models.matter import MatterDate

KEEPERS = ("officer", "leader", "director")
COUNTED_FROM = {"hearing": "attendance_notice_due"}  # counted back or on from a date that a court sets
OF_THE_COURT = frozenset(COUNTED_FROM.values())  # kept by the court; the unit only compares


@dataclass(frozen=True, slots=True)
class Counting:
    """How a date is counted: from which day, by which statutory clock, and in which of its variants."""

    start_on: date
    clock: str = ""
    variant: str = ""
    extended: bool = False


@dataclass(frozen=True, slots=True)
class New:
    """A date about to be stored: its day and derivation, and for a counted one the clock and what it came out of."""

    on: date
    steps: tuple[str, ...]
    clock: str | None = None
    counting: Counting | None = None
    due: TermDue | None = None


def set_given(desk: Desk, file: MatterFile, code: str, on: date, reason: str = "") -> MatterDate | None:
    """Note a date that a court or another organ set; return None when it stands so already.

    reason   asked for when the date moves
    raises   InvalidInput for an unknown date or a move without a reason; NotAllowed; IllegalMove when it is over
    """
    _check(desk, file, code)
    known = file.dates.get(code)
    if known is not None and known.on_day == on:
        return None
    said = f"{ANCHORS[code]}：{write_date(on)}，由法院或有关机关指定"
    row = _store(desk, file, code, New(on, (said,)), reason)
    following = COUNTED_FROM.get(code)
    if following is not None and file.row.kind == MatterKind.LITIGATION:
        set_counted(desk, file, following, Counting(on), reason or f"随{ANCHORS[code]}推算")
    return row


def set_counted(
    desk: Desk, file: MatterFile, code: str, counting: Counting, reason: str = ""
) -> MatterDate | None:
    """Count a date by its statutory clock; return None when it comes out as it stands.

    raises   InvalidInput for a clock that does not set this date; NotFound; CalendarMissing
    """
    _check(desk, file, code)
    clock = clock_for(desk, file, code, counting.clock)
    due = clock.due(counting.start_on, desk.calendar, counting.variant, extended=counting.extended)
    known = file.dates.get(code)
    if known is not None and _is_same(known, clock, counting, due):
        return None
    return _store(desk, file, code, New(due.due_on, due.steps, clock.code, counting, due), reason)


def recount(desk: Desk, file: MatterFile, code: str) -> MatterDate | None:
    """Count a date anew with the present calendar (核定); return None when neither day nor certainty changes.

    raises   InvalidInput for a date that was given, not counted
    """
    known = file.dates.get(code)
    if known is None or known.clock is None or known.start_on is None:
        raise InvalidInput(
            "该日期不是按法定期限推算的，不能重新核定",
            found=ANCHORS.get(code, code),
            expected="、".join(one for one, row in file.dates.items() if row.clock) or "没有推算的日期",
            remedy="由法院指定的日期用 --on 写明",
        )
    due = due_now(desk, file, known)
    if due.due_on == known.on_day and due.provisional == known.provisional:
        return None
    counting = Counting(known.start_on, known.clock, known.variant, known.extended)
    return set_counted(desk, file, code, counting, "放假安排公布后重新核定")


def due_now(desk: Desk, file: MatterFile, row: MatterDate) -> TermDue:
    """Return a counted date as it comes out with the present calendar."""
    assert row.clock is not None
    assert row.start_on is not None  # the CHECK of the table
    clock = find_clock(rules_of_matter(desk, file.row).clocks, row.clock)
    return clock.due(row.start_on, desk.calendar, row.variant, extended=row.extended)


def clock_for(desk: Desk, file: MatterFile, code: str, asked: str = "") -> StatutoryClock:
    """Return the statutory clock that sets a date: the one asked for, else the first the ladder names."""
    rule = file.ladder.anchor(code)
    able = rule.clocks if rule else ()
    if not able or (asked and asked not in able):
        raise InvalidInput(
            f"{ANCHORS[code]}不按该法定期限推算" if able else f"{ANCHORS[code]}没有法定期限",
            found=asked or "未指明",
            expected="、".join(able) or "由法院或有关机关指定的日期",
            remedy="改用 --clock 所列期限，或用 --on 写明日期",
        )
    return find_clock(rules_of_matter(desk, file.row).clocks, asked or able[0])


def _check(desk: Desk, file: MatterFile, code: str) -> None:
    require_role(desk, KEEPERS, "登记日期")
    if code not in ANCHORS:
        raise InvalidInput(
            "没有这个日期",
            found=code,
            expected="、".join(f"{one}（{meaning}）" for one, meaning in ANCHORS.items()),
            remedy="改正日期代码",
        )
    if MatterState(file.row.state) in OVER:
        raise IllegalMove("行政争议事项", file.row.state, "登记日期", ())


def _is_same(known: MatterDate, clock: StatutoryClock, counting: Counting, due: TermDue) -> bool:
    return (known.clock, known.variant, known.extended, known.start_on, known.on_day, known.provisional) == (
        clock.code,
        counting.variant,
        counting.extended,
        counting.start_on,
        due.due_on,
        due.provisional,
    )


def _store(desk: Desk, file: MatterFile, code: str, new: New, reason: str) -> MatterDate:
    known = file.dates.get(code)
    refuse_state_secrets(reason, "变更理由")
    if known is not None and not reason.strip():
        raise InvalidInput(
            f"变更{ANCHORS[code]}须写明理由",
            found=f"{known.on_day}改为{new.on}",
            expected="一句理由，如 法院改期开庭通知",
            remedy="加上 --note",
        )
    counting = new.counting
    row = MatterDate(
        matter_id=file.id,
        code=code,
        version=known.version + 1 if known else 1,
        on_day=new.on,
        clock=new.clock,
        variant=counting.variant if counting else "",
        extended=counting.extended if counting else False,
        start_on=counting.start_on if counting else None,
        steps=json.dumps(new.steps, ensure_ascii=False),
        calendar_version=new.due.version if new.due else None,
        provisional=new.due.provisional if new.due else False,
        reason=reason.strip() if known else "",
        set_by=desk.actor.code,
        set_on=desk.today,
    )
    desk.session.add(row)
    desk.session.flush()
    file.dates[code] = row
    desk.record(
        "matter", file.id, "date", unit_id=file.row.unit_id, code=code, day=row.on_day,
        before=known.on_day if known else None, clock=row.clock, start_on=row.start_on,
        calendar=row.calendar_version, provisional=row.provisional, reason=row.reason,
    )  # fmt: skip
    return row


def list_clocks_of(desk: Desk, file: MatterFile) -> list[dict[str, object]]:
    """Return every date of a matter with its period, law, derivation and whether it is provisional, by day."""
    rows = sorted(file.dates.values(), key=lambda one: (one.on_day, one.code))
    return [clock_values(desk, file, row) for row in rows]


def clock_values(desk: Desk, file: MatterFile, row: MatterDate) -> dict[str, object]:
    """Return one date as it is shown: what it is, its day, and where it comes from."""
    found: dict[str, object] = {
        "code": row.code,
        "name": ANCHORS[row.code],
        "on": row.on_day.isoformat(),
        "version": row.version,
        "provisional": row.provisional,
        "steps": json.loads(row.steps),
        "left_workdays": desk.calendar.between(desk.today, row.on_day)
        if _is_known(desk, row.on_day)
        else None,
        "period": "",
        "law": "",
        "start_on": None,
        "reason": row.reason,
    }
    if row.clock is not None:
        clock = find_clock(rules_of_matter(desk, file.row).clocks, row.clock)
        found |= {
            "clock": row.clock,
            "period": write_term(clock.term(row.variant, extended=row.extended)),
            "law": f"{clock.document}{clock.article or ''}" if clock.verified else "",
            "start_on": row.start_on.isoformat() if row.start_on else None,
            "calendar": row.calendar_version,
        }
    return found


def _is_known(desk: Desk, day: date) -> bool:
    low, high = sorted((desk.today.year, day.year))
    return all(year in desk.calendar.years for year in range(low, high + 1))
