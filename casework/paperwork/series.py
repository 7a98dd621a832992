"""The number series (文号系列) of a year: how far each has come, its voids and why, its gaps."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import sqlalchemy as sa

from casework.desk import Desk
from casework.linkage.compartment import knows_all
from casework.paperwork.kinds import is_shown, name_of_kind
from casework.paperwork.numbering import write_number
from casework.sight import sees_office
from core.codes import DocumentContent, Line
from core.errors import NotAllowed
from core.life.lives import DocumentState
from models.base import table_of
from models.document import Document, NumberSeries

DOCUMENT, SERIES = table_of(Document), table_of(NumberSeries)


def series_in_sight(desk: Desk, year: int | None = None) -> list[dict[str, Any]]:
    """Return the series for somebody who sees the whole office: nothing of the compartment to those outside of it.

    raises   NotAllowed for whoever sees only their own visits
    """
    if not sees_office(desk):
        raise NotAllowed(
            "无权查看文号系列", found=desk.actor.name, expected="办公室人员", remedy="由经办人查看"
        )
    if knows_all(desk):
        return list_series(desk, year)
    kinds = desk.rules.documents.values()
    own = {rule.series for rule in kinds if rule.content is DocumentContent.REFERRAL}
    own -= {rule.series for rule in kinds if rule.content is not DocumentContent.REFERRAL}
    return [row for row in list_series(desk, year, whole=False) if row["key"] not in own]


def list_series(desk: Desk, year: int | None = None, *, whole: bool = True) -> list[dict[str, Any]]:
    """Return each series of a year with its last number, its voids and its gaps, by line and code.

    year      None for the year of the desk
    whole     False leaves out what belongs to the compartment; its numbers stay taken and are no gaps
    returns   [{line, key, series, year, last, issued, kinds{kind: {name, count}},
              voids[{number, kind, unit_id, reason}], gaps[numbers that no document bears], next}];
              a series that the office keeps appears before its first use
    """
    when = year or desk.today.year
    known = _kept(desk)
    counters = _counters(desk, when)
    rows = _documents(desk, when)
    codes = {**known, **{code: ("", "") for code in (*counters, *rows) if code not in known}}
    return [
        _series(desk, code, when, line, key, counters.get(code, 0), rows.get(code, []), whole=whole)
        for code, (line, key) in sorted(codes.items(), key=lambda one: (one[1][0], one[1][1], one[0]))
    ]


def _kept(desk: Desk) -> dict[str, tuple[str, str]]:
    """Return {code of a series: (line, key)} of the office file."""
    return {
        series.code_text: (Line(line).value, key)
        for line, profile in desk.office_rules.lines.items()
        for key, series in profile.series.items()
    }


def _counters(desk: Desk, year: int) -> dict[str, int]:
    query = sa.select(SERIES.c.series, SERIES.c.last).where(
        SERIES.c.office_id == desk.office_id, SERIES.c.year == year
    )
    return {row.series: row.last for row in desk.session.connection().execute(query)}


def _documents(desk: Desk, year: int) -> dict[str, list[Any]]:
    query = (
        sa.select(
            DOCUMENT.c.series, DOCUMENT.c.serial, DOCUMENT.c.kind, DOCUMENT.c.state, DOCUMENT.c.unit_id,
            DOCUMENT.c.void_reason, DOCUMENT.c.rules_sha256, DOCUMENT.c.line,
            sa.not_(is_shown()).label("hidden"),
        )
        .where(DOCUMENT.c.office_id == desk.office_id, DOCUMENT.c.year == year, DOCUMENT.c.serial.is_not(None))
        .order_by(DOCUMENT.c.series, DOCUMENT.c.serial)
    )  # fmt: skip
    found: dict[str, list[Any]] = defaultdict(list)
    for row in desk.session.connection().execute(query):
        found[row.series].append(row)
    return found


def _series(
    desk: Desk, code: str, year: int, line: str, key: str, last: int, rows: list[Any], *, whole: bool
) -> dict[str, Any]:
    told = [row for row in rows if whole or not row.hidden]
    kinds: dict[str, dict[str, Any]] = {}
    for row in told:
        kind = kinds.setdefault(
            row.kind, {"name": name_of_kind(desk, row.kind, row.rules_sha256), "count": 0}
        )
        kind["count"] += 1
    voids = [
        {
            "number": write_number(code, year, row.serial),
            "kind": row.kind,
            "unit_id": row.unit_id,
            "reason": row.void_reason or "",
        }
        for row in told
        if row.state == DocumentState.VOID
    ]
    borne = {row.serial for row in rows}
    return {
        "line": line or (rows[0].line if rows else ""),
        "key": key,
        "series": code,
        "year": year,
        "last": last,
        "issued": len(told) - len(voids),
        "kinds": kinds,
        "voids": voids,
        "gaps": [serial for serial in range(1, last + 1) if serial not in borne],
        "next": write_number(code, year, last + 1),
    }
