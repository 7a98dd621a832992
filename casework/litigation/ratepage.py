"""The rates of lost lawsuits as a page shows them: by unit over a period, with the lawsuits behind each number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from sqlmodel import col, select

from casework.desk import Desk
from casework.filters import FROM_TO, Filters
from casework.intake.choices import unit_options
from casework.litigation.matterboard import matters_in_sight
from casework.litigation.rates import Board, percent, rate_board
from casework.sight import sees_office
from core.codes import Light
from core.errors import NotAllowed
from core.ladders.palette import Palette
from core.life.matterlife import BAD, RESULT_LABELS, Result
from models.matter import LitigationMatter


@dataclass(frozen=True, slots=True)
class RateFilters(Filters):
    """The period, and the unit into which somebody looks; without a period the rolling one of the rules."""

    NAMES: ClassVar[Mapping[str, str]] = FROM_TO
    unit: str = ""
    from_on: date | None = None
    to_on: date | None = None


@dataclass(frozen=True, slots=True)
class RatePage:
    """The board with what a page needs to show it; `rows` are the lawsuits of one unit when it was chosen."""

    filters: RateFilters
    board: Board
    rate: float | None
    units: list[dict[str, Any]]
    rows: list[dict[str, Any]] | None
    name: str
    palette: Palette
    choices: tuple[tuple[str, str], ...]


def rates_view(desk: Desk, filters: RateFilters) -> RatePage:
    """Return the rates of the units in sight: the whole office for its staff, its own for a unit.

    raises   NotAllowed for whoever sees only some matters: a rate over some of them would be none
    """
    if not sees_office(desk) and not desk.actor.speaks_for_unit:
        raise NotAllowed(
            "无权查看败诉纠错率", found=desk.actor.name, expected="本单位经办人员", remedy="由经办人员提供"
        )
    board = rate_board(desk, unit=filters.unit or None, from_on=filters.from_on, to_on=filters.to_on)
    units = [
        {
            "code": one.code,
            "name": one.name,
            "closed": len(one.closed),
            "lost": len(one.lost),
            "same_cause": one.same_cause,
            "rate": percent(len(one.lost), len(one.closed)),
            "light": one.rate.light if one.rate else Light.NONE,
            "why": one.rate.why if one.rate else (),
        }
        for one in board.units
    ]
    chosen = filters.unit or desk.actor.speaks_for_unit
    return RatePage(
        filters,
        board,
        percent(board.lost, board.closed),
        units,
        _rows(desk, board) if chosen else None,
        str(units[0]["name"]) if chosen and units else "",
        desk.rules.litigation_of(desk.office.code).palette,
        () if desk.actor.speaks_for_unit else unit_options(desk),
    )


def _rows(desk: Desk, board: Board) -> list[dict[str, Any]]:
    """Return the lawsuits behind the numbers; a number leads to its page where the matter is in sight."""
    closed = [one for unit in board.units for one in unit.closed]
    query = select(LitigationMatter.number, LitigationMatter.id).where(
        matters_in_sight(desk), col(LitigationMatter.number).in_([one.number for one in closed])
    )
    ids = dict(desk.session.exec(query).all())
    return [
        {
            "id": ids.get(one.number),
            "number": one.number,
            "cause": one.cause,
            "result": RESULT_LABELS[Result(one.result)],
            "lost": one.result in BAD,
            "on": one.decided_on,
        }
        for one in closed
    ]
