"""A published year of holidays comes in: it is stored as a new version, and open due dates are derived from it anew.

source   民法典 第二百零三条; a due date that was notified never moves earlier
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from casework.desk import Desk
from casework.duehistory import DueSet, due_history
from casework.people import require_role
from casework.rederiving import refresh_all
from core.errors import InvalidInput, InvalidRuleFile, Refused
from core.rectification import SETTLED
from core.rulebook import CalendarYear
from core.rulebook.checks_time import check_calendars
from core.rulebook.parts import read_parts
from core.workdays import Calendar, Unit
from core.yamltext import read_yaml
from models.audit import canonical_json
from models.base import table_of
from models.campaign import Finding
from models.record import CalendarTable
from models.rectification import Rectification

CASE, FINDING, TABLE = table_of(Rectification), table_of(Finding), table_of(CalendarTable)
OFFICIAL = "official"


def calendar_add(desk: Desk, start: date, count: int, unit: Unit) -> dict[str, object]:
    """Return a due date with its derivation, as outside programs read it; raise CalendarMissing."""
    due = desk.calendar.due(start, count, unit)
    return {
        "start_on": due.start_on.isoformat(),
        "count": due.count,
        "unit": due.unit.value,
        "due_on": due.due_on.isoformat(),
        "provisional": due.provisional,
        "steps": list(due.steps),
        "calendar": due.version,
    }


def import_calendar(desk: Desk, path: Path) -> dict[str, object]:
    """Store a year's table and derive the open due dates it touches anew; the same table again changes nothing.

    returns  {year, version, status, moved: [{case, before, after}], kept}: kept were looked at and stay
    raises   InvalidRuleFile with every mistake of the file; Refused for a provisional table after an official one
    """
    require_role(desk, ("officer", "director"), "导入工作日历")
    year = read_year(path)
    version, known = _newest(desk, year.year)
    content = canonical_json(year.model_dump(mode="json"))
    if content == known:
        return _said(year, version, [], 0)
    _refuse_step_back(desk, year)
    _store(desk, year, version + 1, content, path)
    before = desk.calendar
    desk.calendar = before.overlay([year])
    desk.session.flush()
    moved, kept = _derive_anew(desk, year.year)
    refresh_all(desk)
    return _said(year, version + 1, moved, kept)


def _said(year: CalendarYear, version: int, moved: list[dict[str, str]], kept: int) -> dict[str, object]:
    return {"year": year.year, "version": version, "status": year.status, "moved": moved, "kept": kept}


def read_year(path: Path) -> CalendarYear:
    """Return the table of one year from a file named as one likes; raise InvalidRuleFile with every mistake."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(
            "不能读取年表",
            found=f"{path.name}：{error}",
            expected="UTF-8 的 YAML 文件",
            remedy="检查路径和编码",
        ) from error
    tree = read_yaml(text, path.name).tree
    key = str(tree.get("year")) if isinstance(tree, dict) else "year"
    parts = read_parts({f"calendars/{key if key.isdigit() else 'year'}.yaml": text})
    problems = [*parts.problems, *check_calendars(parts)]
    if problems:
        raise InvalidRuleFile(replace(problem, file=path.name) for problem in problems)
    return next(iter(parts.calendars.values())).model


def _newest(desk: Desk, year: int) -> tuple[int, str]:
    query = (
        sa.select(TABLE.c.version, TABLE.c.content)
        .where(TABLE.c.office_id == desk.office_id, TABLE.c.year == year)
        .order_by(TABLE.c.version.desc())
        .limit(1)
    )
    row = desk.session.connection().execute(query).first()
    return (row.version, row.content) if row else (0, "")


def _refuse_step_back(desk: Desk, year: CalendarYear) -> None:
    day = date(year.year, 6, 1)
    known = year.year in desk.calendar.years and not desk.calendar.is_provisional(day, day)
    if known and year.status != OFFICIAL:
        raise Refused(
            f"{year.year}年已有正式年表，不能再导入暂定的",
            found=year.status,
            expected=OFFICIAL,
            remedy="核对放假通知，导入正式年表（status: official）",
        )


def _store(desk: Desk, year: CalendarYear, version: int, content: str, path: Path) -> None:
    desk.session.add(
        CalendarTable(
            office_id=desk.office_id,
            year=year.year,
            version=version,
            status=year.status,
            content=content,
            imported_by=desk.actor.code,
            imported_at=desk.now,
        )
    )
    desk.record(
        "calendar",
        year.year,
        "import",
        version=version,
        status=year.status,
        source=year.source,
        file=path.name,
    )


@dataclass(frozen=True, slots=True)
class _Derived:
    """What the facts of a case give under the new calendar; `counted` is the setting its period starts from."""

    due_on: date
    counted: DueSet
    last: DueSet


def _derive_anew(desk: Desk, year: int) -> tuple[list[dict[str, str]], int]:
    """Write the due dates that move or are no longer provisional; return the moves and how many stay."""
    moved: list[dict[str, str]] = []
    rows: list[dict[str, Any]] = []
    kept = 0
    histories = _histories(desk)
    for case in _open_cases(desk):
        derived = _derive(desk.calendar, histories.get(case.id, ()))
        if derived is None or not _is_touched(case, derived, year):
            continue
        after = max(case.due_on, derived.due_on)
        provisional = desk.calendar.is_provisional(derived.counted.start_on or after, after)
        if after != case.due_on:
            moved.append({"case": case.code, "before": case.due_on.isoformat(), "after": after.isoformat()})
        else:
            kept += 1
        if after != case.due_on or provisional != case.due_provisional:
            rows.append(
                {"which": case.id, "day": after, "maybe": provisional, "table": desk.calendar.version}
            )
            _note(desk, case, derived, after, provisional=provisional)
    _write(desk, rows)
    return moved, kept


def _histories(desk: Desk) -> dict[int, list[DueSet]]:
    """Return the settings of each case in its present round."""
    found: dict[int, list[DueSet]] = defaultdict(list)
    for entry in due_history(desk):
        if entry.restarts:
            found[entry.case_id].clear()
        else:
            found[entry.case_id].append(entry)
    return found


def _open_cases(desk: Desk) -> list[Any]:
    query = (
        sa.select(
            CASE.c.id, CASE.c.unit_id, CASE.c.state, CASE.c.due_on, CASE.c.due_provisional, FINDING.c.code
        )
        .join(FINDING, FINDING.c.id == CASE.c.id)
        .where(
            CASE.c.office_id == desk.office_id,
            CASE.c.due_on.is_not(None),
            CASE.c.state.not_in(sorted(SETTLED)),
        )
        .order_by(FINDING.c.code)
    )
    return list(desk.session.connection().execute(query).all())


def _derive(calendar: Calendar, history: Iterable[DueSet]) -> _Derived | None:
    """Replay the settings of a due date; None when it was never counted from a day."""
    due_on: date | None = None
    counted: DueSet | None = None
    last: DueSet | None = None
    for entry in history:
        last = entry
        if entry.suspended_workdays and due_on is not None:
            # Counted on from the due date as it is derived now, not from the one that stood then.
            due_on = calendar.after(due_on, entry.suspended_workdays)
        elif entry.start_on is not None and entry.count is not None:
            counted = entry
            due_on = calendar.due(entry.start_on, entry.count, entry.unit).due_on
        else:
            due_on = entry.due_on
    if due_on is None or counted is None or last is None:
        return None
    return _Derived(due_on, counted, last)


def _is_touched(case: Any, derived: _Derived, year: int) -> bool:
    start = derived.counted.start_on or case.due_on
    return bool(case.due_provisional) or start.year <= year <= max(case.due_on, derived.due_on).year


def _note(desk: Desk, case: Any, derived: _Derived, after: date, *, provisional: bool) -> None:
    """Record the new due date; one that was counted from a day keeps its facts, so that it can be derived again."""
    counted = derived.last is derived.counted
    desk.record(
        "case", case.id, "set_due", unit_id=case.unit_id, from_state=case.state, to_state=case.state,
        due_on=after, before=case.due_on, provisional=provisional, calendar=desk.calendar.version,
        start_on=derived.counted.start_on if counted else None,
        count=derived.counted.count if counted else None,
        unit=derived.counted.unit.value if counted else None,
    )  # fmt: skip


def _write(desk: Desk, rows: list[dict[str, Any]]) -> None:
    if rows:
        desk.session.connection().execute(
            sa.update(CASE)
            .where(CASE.c.id == sa.bindparam("which"))
            .values(
                due_on=sa.bindparam("day"),
                due_provisional=sa.bindparam("maybe"),
                calendar_version=sa.bindparam("table"),
            ),
            rows,
        )
        desk.session.expire_all()
