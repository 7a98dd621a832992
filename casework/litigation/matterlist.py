"""Matters in a list: in which order they stand, and what a line of it says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, or_, select

from casework.desk import Desk
from casework.litigation.aftermath import ones_missing
from casework.litigation.files import MatterFile, load_files, may_read, units_of
from casework.litigation.kindwords import kind_word
from casework.staff.people import find_unit
from core.codes import Light
from core.errors import InvalidInput
from core.life.matterlife import OVER, RESULT_LABELS, MatterKind, MatterState, Result
from models.matter import LitigationMatter, MatterParty


def list_matters(
    desk: Desk,
    *,
    unit: str | None = None,
    kind: str | None = None,
    state: str | None = None,
    light: str | None = None,
    every: bool = False,
) -> list[dict[str, Any]]:
    """Return matters as a list shows them, in the order of `matters_in_order`; a unit sees its own."""
    found = matters_in_order(desk, unit=unit, kind=kind, state=state, light=light, every=every)
    return matter_rows(desk, found)


def matters_in_order(
    desk: Desk,
    *,
    within: sa.ColumnElement[bool] | None = None,
    unit: str | None = None,
    kind: str | None = None,
    state: str | None = None,
    light: str | None = None,
    every: bool = False,
) -> list[LitigationMatter]:
    """Return matters, the highest light first, then by the next day on which time may change it; a unit's its own.

    within   only those, such as the ones in sight on pages
    every    those that are over too
    raises   NotFound for an unknown unit; InvalidInput for an unknown code
    """
    query = select(LitigationMatter).where(col(LitigationMatter.office_id) == desk.office_id)
    code = desk.actor.unit_code if desk.actor.speaks_for_unit else unit
    if code is not None:
        unit_id = find_unit(desk, code).id
        sued = select(MatterParty.matter_id).where(col(MatterParty.unit_id) == unit_id)
        query = query.where(
            or_(col(LitigationMatter.unit_id) == unit_id, col(LitigationMatter.id).in_(sued)), may_read(desk)
        )
    if kind is not None:
        query = query.where(col(LitigationMatter.kind) == _code(kind, MatterKind, "案件类型"))
    if state is not None:
        query = query.where(col(LitigationMatter.state) == _code(state, MatterState, "状态"))
    elif not every:
        query = query.where(col(LitigationMatter.state).not_in([one.value for one in OVER]))
    if light is not None:
        query = query.where(col(LitigationMatter.light) == _code(light, Light, "灯色"))
    query = query if within is None else query.where(within)
    rank = desk.rules.litigation_of(desk.office.code).palette.rank
    return sorted(
        desk.session.exec(query),
        key=lambda row: (-rank(Light(row.light)), row.next_due_on or date.max, row.number),
    )


def matter_rows(desk: Desk, rows: Sequence[LitigationMatter]) -> list[dict[str, Any]]:
    """Return matters as a list shows them; what lies beside them is read for these only."""
    files = load_files(desk, rows)
    units = units_of(desk, (file.row.unit_id for file in files))
    return [matter_row(file, units[file.row.unit_id].code, units[file.row.unit_id].name) for file in files]


def _code(text: str, codes: Any, what: str) -> str:
    if text not in tuple(codes):
        raise InvalidInput(
            f"没有这种{what}", found=text, expected="、".join(one.value for one in codes), remedy="改正选项"
        )
    return text


def matter_row(file: MatterFile, unit_code: str, unit_name: str) -> dict[str, Any]:
    """Return one matter as a list shows it."""
    row = file.row
    palette = file.ladder.palette
    return {
        "id": row.id,
        "number": row.number,
        "kind_word": kind_word(row),
        "matter_kind": row.kind,
        "instance": row.instance,
        "unit": unit_code,
        "unit_name": unit_name,
        "forum": row.forum,
        "cause": row.cause,
        "state": row.state,
        "light": row.light,
        "light_word": palette.word(Light(row.light)),
        "highest_light": row.highest_light,
        "received_on": row.received_on.isoformat(),
        "next_due_on": row.next_due_on.isoformat() if row.next_due_on else None,
        "result": RESULT_LABELS[Result(file.result.result)] if file.result else None,
        "ones_missing": ones_missing(file, Light(row.light)),
        "set_aside": row.set_aside,
    }
