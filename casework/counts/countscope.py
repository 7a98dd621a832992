"""What is to be counted, who may see what, and all numbers of a scope as they are now."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import sqlalchemy as sa
from sqlmodel import col

from casework.counts.engine import Labels, count_by
from casework.counts.registry import SECTIONS
from casework.counts.tallies import Group, Scope, Statistics, Tally, share
from casework.counts.terms import Family, Indicator, Section, Share
from casework.desk import Desk
from casework.linkage.compartment import known_ids
from core.codes import CampaignKind
from core.errors import InvalidInput, NotAllowed, NotFound
from models.organisation import Unit


def refuse_units(desk: Desk) -> None:
    """Raise NotAllowed for who speaks for an inspected unit: statistics tell of others."""
    if desk.actor.speaks_for_unit:
        raise NotAllowed(
            "统计由督察单位查看", found=desk.actor.code, expected="督察单位人员", remedy="向督察单位索取"
        )


def scope_of(
    desk: Desk,
    *,
    campaign: str | None = None,
    from_on: date | None = None,
    to_on: date | None = None,
    unit: str | None = None,
    area: str | None = None,
    kind: str | None = None,
) -> Scope:
    """Return what is to be counted.

    raises   NotFound for an unknown campaign or unit; InvalidInput for an unknown kind; NotAllowed for a unit
    """
    refuse_units(desk)
    if kind is not None and kind not in tuple(CampaignKind):
        raise InvalidInput(
            "没有这种督察方式", found=kind, expected="、".join(CampaignKind), remedy="改正 --kind"
        )
    if from_on and to_on and from_on > to_on:
        raise InvalidInput(
            "起止日期颠倒", found=f"{from_on}至{to_on}", expected="起日不晚于止日", remedy="对调两日"
        )
    return Scope(desk, _campaign(desk, campaign), from_on, to_on, _units(desk, unit, area), kind)


def _campaign(desk: Desk, code: str | None) -> int | None:
    if not code:
        return None
    from casework.inspection.campaigns import (
        find_campaign,  # planning and its libraries are not needed to count
    )

    return find_campaign(desk, code).id


def _units(desk: Desk, unit: str | None, area: str | None) -> tuple[int, ...] | None:
    """Return the ids of one unit, or of a unit and all below it; None for all."""
    if unit is None and area is None:
        return None
    query = sa.select(col(Unit.id), col(Unit.code), col(Unit.parent_code)).where(
        col(Unit.office_id) == desk.office_id
    )
    rows = desk.session.connection().execute(query).all()
    wanted = unit or area
    if wanted not in {row.code for row in rows}:
        raise NotFound("没有这个单位", found=str(wanted), expected="单位编码", remedy="核对单位编码")
    codes = {wanted}
    grown = unit is None
    while grown:
        below = {row.code for row in rows if row.parent_code in codes} - codes
        codes |= below
        grown = bool(below)
    return tuple(sorted(row.id for row in rows if row.code in codes))


def may_see_rows(desk: Desk) -> bool:
    """Tell whether the actor may know of all of the compartment of linkage; nobody in particular may not."""
    return known_ids(desk, "referral") is None


def count_scope(scope: Scope) -> Statistics:
    """Count everything in a scope; the compartment's numbers of single units are for its own people only."""
    secret = scope.unit_ids is None or may_see_rows(scope.desk)
    entries = [
        one
        for section in SECTIONS
        for one in section.entries
        if not isinstance(one, Share) and (secret or not one.source.confidential)
    ]
    sheet, labels = count_by(scope, entries)
    return Statistics(tuple(group_of(section, sheet[None], labels) for section in SECTIONS))


def group_of(section: Section, numbers: dict[str, int], labels: Labels) -> Group:
    """Return the numbers of one subject as they are read; a percentage needs both its numbers counted."""
    return Group(
        section.name, tuple(tally for entry in section.entries for tally in _tallies(entry, numbers, labels))
    )


def _tallies(entry: Indicator | Family | Share, numbers: dict[str, int], labels: Labels) -> Iterable[Tally]:
    if isinstance(entry, Share):
        yield Tally(entry.code, entry.label, share(numbers[entry.part], numbers[entry.whole]), entry.unit)
    elif isinstance(entry, Indicator):
        if entry.code in numbers:
            yield Tally(entry.code, entry.label, numbers[entry.code], entry.unit)
    else:
        for code, label in labels.get(id(entry), {}).items():
            yield Tally(code, label, numbers.get(code, 0), entry.unit)
