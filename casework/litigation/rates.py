"""Rates of lost lawsuits (败诉率) by unit: first instance, over a rolling period, each number down to its matters.

A settlement or a withdrawal counts as closed and never as lost. How many lawsuits come in is counted nowhere as a
merit or a fault, and no court is counted at all (guardrails).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlmodel import col, select

from casework.desk import Desk
from casework.litigation.files import units_of
from casework.staff.people import find_unit
from casework.units.lineage import lineage_of
from core.calendar.statutory import add_months
from core.errors import InvalidInput
from core.ladders.litigation import unit_light
from core.ladders.matters import UnitRate
from core.life.matterlife import BAD, RESULT_LABELS, Instance, MatterKind, Result
from models.matter import LitigationMatter, MatterParty, MatterResult


@dataclass(frozen=True, slots=True)
class ClosedMatter:
    """A lawsuit of the first instance that was closed in the period."""

    number: str
    cause: str
    result: Result
    decided_on: date

    @property
    def is_lost(self) -> bool:
        return self.result in BAD


@dataclass(slots=True)
class UnitTally:
    """What was closed against a unit, with those for which it carries on."""

    unit_id: int
    code: str
    name: str
    closed: list[ClosedMatter] = field(default_factory=list)
    rate: UnitRate | None = None

    @property
    def lost(self) -> list[ClosedMatter]:
        return [one for one in self.closed if one.is_lost]

    @property
    def same_cause(self) -> int:
        """The most that were lost for one and the same cause."""
        return max(Counter(one.cause for one in self.lost).values(), default=0)


@dataclass(frozen=True, slots=True)
class Board:
    """The units of an office by their rate over a period, the highest light first."""

    from_on: date
    to_on: date
    min_sample: int
    units: tuple[UnitTally, ...]
    lights: dict[str, str]
    closed: int
    lost: int

    def as_dict(self, *, drill: bool = False) -> dict[str, object]:
        """Return the board as outside programs read it; with its matters when asked."""
        return {
            "from": self.from_on.isoformat(),
            "to": self.to_on.isoformat(),
            "min_sample": self.min_sample,
            "closed": self.closed,
            "lost": self.lost,
            "rate": percent(self.lost, self.closed),
            "units": [_unit_dict(one, self.lights, drill=drill) for one in self.units],
        }


def percent(lost: int, closed: int) -> float | None:
    """Return a rate in per cent with one decimal, None of nothing."""
    return round(lost * 100 / closed, 1) if closed else None


def _unit_dict(one: UnitTally, words: dict[str, str], *, drill: bool) -> dict[str, object]:
    assert one.rate is not None  # set when the board was made
    found: dict[str, object] = {
        "unit": one.code,
        "unit_name": one.name,
        "closed": len(one.closed),
        "lost": len(one.lost),
        "same_cause": one.same_cause,
        "rate": percent(len(one.lost), len(one.closed)),
        "light": one.rate.light.value,
        "light_word": words[one.rate.light.value],
        "why": list(one.rate.why),
    }
    if drill:
        found["matters"] = [
            {
                "number": matter.number,
                "cause": matter.cause,
                "result": RESULT_LABELS[matter.result],
                "decided_on": matter.decided_on.isoformat(),
                "lost": matter.is_lost,
            }
            for matter in one.closed
        ]
    return found


def rate_board(
    desk: Desk, *, unit: str | None = None, from_on: date | None = None, to_on: date | None = None
) -> Board:
    """Return the rates of the units over the rolling period of the ladder up to a day, or over a period given.

    A unit is counted with the units for which it carries on; one that sees as a unit sees its own only.
    raises   NotFound for an unknown unit; InvalidInput for a period that ends before it begins
    """
    ladder = desk.rules.litigation_of(desk.office.code)
    last = to_on or desk.today
    first = from_on or add_months(last, -ladder.unit_rate.months)
    if first > last:
        raise InvalidInput(
            "期间起止颠倒", found=f"{first}至{last}", expected="起不晚于止", remedy="改正 --from 或 --to"
        )
    wanted = desk.actor.unit_code if desk.actor.speaks_for_unit else unit
    # The rolling period begins after its first day (12 months back from 30 June: from 1 July of the year before).
    tallies, totals = _tally(desk, first, last, rolling=from_on is None)
    if wanted is not None:
        target = find_unit(desk, wanted)
        tallies = [one for one in tallies if one.unit_id == target.id] or [
            UnitTally(target.id or 0, target.code, target.name)
        ]
    for one in tallies:
        one.rate = unit_light(ladder, len(one.closed), len(one.lost), one.same_cause)
    palette = ladder.palette
    ranked = sorted(
        tallies, key=lambda one: (-palette.rank(one.rate.light) if one.rate else 0, -len(one.lost), one.code)
    )
    words = {light.value: palette.word(light) for light in palette.every}
    own = [matter for one in ranked for matter in one.closed]
    closed, lost = (len(own), sum(m.is_lost for m in own)) if wanted else totals
    return Board(first, last, ladder.unit_rate.min_sample, tuple(ranked), words, closed, lost)


def _tally(desk: Desk, first: date, last: date, *, rolling: bool) -> tuple[list[UnitTally], tuple[int, int]]:
    """Return what each unit closed, and (closed, lost) over all lawsuits, each counted once."""
    result, matter = MatterResult, LitigationMatter
    begins = col(result.decided_on) > first if rolling else col(result.decided_on) >= first
    query = (
        select(matter, result)
        .join(result, col(result.matter_id) == col(matter.id))
        .where(
            col(matter.office_id) == desk.office_id,
            col(matter.kind) == MatterKind.LITIGATION.value,
            col(matter.instance) == Instance.FIRST.value,
            col(result.voided_on).is_(None),
            begins,
            col(result.decided_on) <= last,
        )
        .order_by(col(result.decided_on), col(matter.id))
    )
    rows = list(desk.session.exec(query))
    sued = _sued(desk, [row for row, _result in rows])
    tallies: dict[int, UnitTally] = {}
    lost = 0
    heirs = _Heirs(desk)
    units = units_of(desk, {heir for ids in sued.values() for one in ids for heir in heirs.of(one)})
    for row, ended in rows:
        closed = ClosedMatter(row.number, row.cause, Result(ended.result), ended.decided_on)
        lost += closed.is_lost
        for unit_id in {heir for one in sued[row.id or 0] for heir in heirs.of(one)}:
            unit = units[unit_id]
            tally = tallies.setdefault(unit_id, UnitTally(unit_id, unit.code, unit.name))
            tally.closed.append(closed)
    return list(tallies.values()), (len(rows), lost)


class _Heirs:
    """Which units carry on for one that has ended; a unit that goes on stands for itself."""

    def __init__(self, desk: Desk) -> None:
        self.lineage = lineage_of(desk)
        self.today = desk.today
        self.known: dict[int, frozenset[int]] = {}

    def of(self, unit_id: int) -> frozenset[int]:
        """Return the units that answer for what was closed against one: its last heirs, or itself."""
        if unit_id not in self.known:
            heirs = self.lineage.heirs(unit_id, self.today)
            last = frozenset(one for one in heirs if self.lineage.heirs(one, self.today) == {one})
            self.known[unit_id] = last or frozenset({unit_id})
        return self.known[unit_id]


def _sued(desk: Desk, rows: Iterable[LitigationMatter]) -> dict[int, set[int]]:
    """Return {matter: units sued in it}."""
    found = {row.id or 0: {row.unit_id} for row in rows}
    for party in desk.session.exec(
        select(MatterParty)
        .join(LitigationMatter, col(LitigationMatter.id) == col(MatterParty.matter_id))
        .where(col(LitigationMatter.office_id) == desk.office_id)
    ):
        if party.matter_id in found:
            found[party.matter_id].add(party.unit_id)
    return found
