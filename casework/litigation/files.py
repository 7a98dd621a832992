"""A matter with everything that bears on its light, loaded set by set; and who may see it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel, col, select

from casework.desk import Desk
from casework.rulesets.library import frozen_rules
from casework.staff.people import find_unit, split
from core.codes import Secrecy
from core.errors import NotFound
from core.ladders.matters import Assessment, Happening, Matter
from core.rulebook import Rulebook
from core.rulebook.litigation import LitigationLadder
from models.base import key_of
from models.matter import (
    LitigationMatter,
    MatterAssessment,
    MatterDate,
    MatterEvent,
    MatterFact,
    MatterParty,
    MatterResult,
)
from models.matterwork import MatterOnes
from models.organisation import Unit

IDS_AT_ONCE = 500
THING = "行政争议事项"


@dataclass(slots=True)
class MatterFile:
    """A matter with its rows that count: the newest version of each date, and what nobody voided."""

    row: LitigationMatter
    ladder: LitigationLadder
    dates: dict[str, MatterDate] = field(default_factory=dict)
    facts: dict[str, MatterFact] = field(default_factory=dict)
    events: list[MatterEvent] = field(default_factory=list)
    assessments: list[MatterAssessment] = field(default_factory=list)
    result: MatterResult | None = None
    ones: MatterOnes | None = None
    parties: list[int] = field(default_factory=list)

    @property
    def id(self) -> int:
        return key_of(self.row)

    def as_matter(self) -> Matter:
        """Return what the ladder decides about."""
        return Matter(
            self.row.received_on,
            {code: one.on_day for code, one in self.dates.items()},
            {code: one.since_on for code, one in self.facts.items()},
            tuple(Assessment(one.on_day, split(one.factors)) for one in self.assessments),
            tuple(Happening(one.code, one.on_day) for one in self.events),
        )


def rules_of_matter(desk: Desk, row: LitigationMatter) -> Rulebook:
    """Return the rules that were frozen when the matter was registered."""
    return frozen_rules(desk.session, row.rules_sha256)


def find_matter(desk: Desk, number: str) -> MatterFile:
    """Return a matter by its number; a unit finds only its own. Raises NotFound."""
    row = desk.session.exec(
        select(LitigationMatter).where(
            col(LitigationMatter.office_id) == desk.office_id, col(LitigationMatter.number) == number.strip()
        )
    ).first()
    if row is None or (desk.actor.speaks_for_unit and not (_is_of(desk, row) and _is_open_to(desk, row))):
        raise NotFound(
            f"没有这个{THING}", found=number, expected="已登记的案号", remedy="运行 ducha matter list 查看"
        )
    return load_file(desk, row)


def may_read(desk: Desk) -> sa.ColumnElement[bool]:
    """Return the condition for matters whose words may be shown to where the actor came in from."""
    secret = col(LitigationMatter.secrecy) == Secrecy.WORK_SECRET.value
    return sa.not_(secret) if desk.actor.shut else sa.true()


def _is_open_to(desk: Desk, row: LitigationMatter) -> bool:
    return not desk.actor.shut or row.secrecy != Secrecy.WORK_SECRET


def _is_of(desk: Desk, row: LitigationMatter) -> bool:
    """Tell whether the unit of the actor is sued in a matter."""
    unit = find_unit(desk, desk.actor.unit_code or "")
    if row.unit_id == unit.id:
        return True
    party = select(MatterParty).where(
        col(MatterParty.matter_id) == row.id, col(MatterParty.unit_id) == unit.id
    )
    return desk.session.exec(party).first() is not None


def load_file(desk: Desk, row: LitigationMatter) -> MatterFile:
    """Return one matter with its rows."""
    return load_files(desk, [row])[0]


def load_files(desk: Desk, rows: Sequence[LitigationMatter]) -> list[MatterFile]:
    """Return matters with their rows, in the order given; a handful of queries for any number of them."""
    files = {
        key_of(row): MatterFile(row, rules_of_matter(desk, row).litigation_of(desk.office.code))
        for row in rows
    }
    for one in _rows(desk, MatterDate, files, col(MatterDate.version)):
        files[one.matter_id].dates[one.code] = one  # the newest version comes last
    for one in _rows(desk, MatterFact, files, col(MatterFact.id), live=True):
        files[one.matter_id].facts[one.code] = one
    for one in _rows(desk, MatterEvent, files, col(MatterEvent.id), live=True):
        files[one.matter_id].events.append(one)
    for one in _rows(desk, MatterAssessment, files, col(MatterAssessment.number), live=True):
        files[one.matter_id].assessments.append(one)
    for one in _rows(desk, MatterResult, files, col(MatterResult.id), live=True):
        files[one.matter_id].result = one
    for one in _rows(desk, MatterOnes, files, col(MatterOnes.number)):
        files[one.matter_id].ones = one
    for one in _rows(desk, MatterParty, files, col(MatterParty.unit_id)):
        files[one.matter_id].parties.append(one.unit_id)
    return [files[key_of(row)] for row in rows]


def _rows(
    desk: Desk, model: type[SQLModel], files: Iterable[int], order: Any, *, live: bool = False
) -> Iterable[Any]:
    """Yield the rows of some matters in an order, those that were voided left out when `live`."""
    table: Any = model
    ids = list(files)
    for start in range(0, len(ids), IDS_AT_ONCE):
        query = select(model).where(col(table.matter_id).in_(ids[start : start + IDS_AT_ONCE]))
        if live:
            query = query.where(col(table.voided_on).is_(None))
        yield from desk.session.exec(query.order_by(order))


def units_of(desk: Desk, ids: Iterable[int]) -> dict[int, Unit]:
    """Return units by their keys."""
    wanted = sorted(set(ids))
    found: dict[int, Unit] = {}
    for start in range(0, len(wanted), IDS_AT_ONCE):
        query = select(Unit).where(col(Unit.id).in_(wanted[start : start + IDS_AT_ONCE]))
        found |= {key_of(unit): unit for unit in desk.session.exec(query)}
    return found


def reasons_of(assessment: MatterAssessment) -> dict[str, str]:
    """Return why each factor of an assessment holds."""
    reasons: dict[str, str] = json.loads(assessment.reasons)
    return reasons


def lost_for_cause(
    desk: Desk, units: Iterable[int], cause: str, until: date
) -> list[tuple[LitigationMatter, MatterResult]]:
    """Return the lawsuits that units lost for a cause up to a day, oldest first."""
    query = (
        select(LitigationMatter, MatterResult)
        .join(MatterResult, col(MatterResult.matter_id) == col(LitigationMatter.id))
        .where(
            col(LitigationMatter.office_id) == desk.office_id,
            col(LitigationMatter.unit_id).in_(sorted(set(units))),
            col(LitigationMatter.kind) == "litigation",
            col(LitigationMatter.cause) == cause,
            col(MatterResult.result).in_(("lost", "partly_lost")),
            col(MatterResult.voided_on).is_(None),
            col(MatterResult.decided_on) <= until,
        )
        .order_by(col(MatterResult.decided_on), col(LitigationMatter.id))
    )
    return [(matter, result) for matter, result in desk.session.exec(query)]
