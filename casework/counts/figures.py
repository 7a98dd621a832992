"""Statistics as pages show them: one subject at a time, so that a page asks no more than it tells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlmodel import col

from casework.counts.countscope import group_of, may_see_rows, scope_of
from casework.counts.engine import count_by
from casework.counts.registry import SECTIONS, entry_of
from casework.counts.scored import UNIT_COUNTS
from casework.counts.tallies import Group, Scope
from casework.counts.terms import Family, Indicator, Section, Share
from casework.desk import Desk
from casework.filters import FROM_TO, Filters
from casework.inspection.filling import may_see_sheets
from casework.remembering import remembered
from casework.reports.periods import closed_numbers, find_period
from casework.wholeoffice import need_office
from core.calendar.periods import kind_of, name_period
from core.codes import CAMPAIGN_KIND_LABELS
from core.errors import NotFound
from core.life.periodlife import PeriodState
from models.campaign import Campaign
from models.organisation import Unit


@dataclass(frozen=True, slots=True)
class ScopeFilters(Filters):
    """What is counted, as an address says it; empty for everything."""

    NAMES: ClassVar[Mapping[str, str]] = FROM_TO
    campaign: str = ""
    from_on: date | None = None
    to_on: date | None = None
    unit: str = ""
    area: str = ""
    kind: str = ""

    def scope(self, desk: Desk) -> Scope:
        """Return the scope; raise NotFound for an unknown campaign or unit, InvalidInput for an unknown kind."""
        need_office(desk, "查看统计")
        return scope_of(
            desk, campaign=self.campaign or None, from_on=self.from_on, to_on=self.to_on, unit=self.unit or None,
            area=self.area or None, kind=self.kind or None,
        )  # fmt: skip

    def in_words(self, choices: Choices) -> str:
        """Say what is counted, for the head of a page and of an export."""
        units = dict(choices.units)
        parts = [
            dict(choices.campaigns).get(self.campaign, self.campaign),
            f"{self.from_on or '起始'}至{self.to_on or '今'}" if self.from_on or self.to_on else "",
            units.get(self.unit, self.unit),
            f"{units.get(self.area, self.area)}及下级" if self.area else "",
            dict(choices.kinds).get(self.kind, ""),
        ]
        return "，".join(part for part in parts if part) or "全部"


@dataclass(frozen=True, slots=True)
class Choices:
    """By what numbers may be narrowed, each as (code, name)."""

    campaigns: tuple[tuple[str, str], ...]
    units: tuple[tuple[str, str], ...]
    areas: tuple[tuple[str, str], ...]
    kinds: tuple[tuple[str, str], ...]


def scope_choices(desk: Desk) -> Choices:
    """Return what the filters offer; one query. Areas are units that have others below them."""
    campaigns: sa.Select[Any] = sa.select(
        sa.literal("campaign").label("what"), col(Campaign.code).label("code"), col(Campaign.title).label("name"),
        sa.cast(sa.null(), sa.String).label("above"),
    ).where(col(Campaign.office_id) == desk.office_id)  # fmt: skip
    units = sa.select(sa.literal("unit"), col(Unit.code), col(Unit.name), col(Unit.parent_code)).where(
        col(Unit.office_id) == desk.office_id
    )
    both = sa.union_all(campaigns, units).subquery()
    rows = desk.session.connection().execute(sa.select(both).order_by(both.c.code)).all()
    known = [(row.code, row.name, row.above) for row in rows if row.what == "unit"]
    above = {parent for _code, _name, parent in known if parent}
    found = [(row.code, row.name) for row in reversed(rows) if row.what == "campaign"][:200]
    return Choices(
        tuple((code, f"{code} {title}") for code, title in found),
        tuple((code, name) for code, name, _parent in known[:500]),
        tuple((code, name) for code, name, _parent in known if code in above),
        tuple((kind.value, word) for kind, word in CAMPAIGN_KIND_LABELS.items()),
    )


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with what it means and whether the rows behind it may be seen."""

    code: str
    label: str
    value: int | float | None
    unit: str
    definition: str
    open: bool


@dataclass(frozen=True, slots=True)
class SectionView:
    """The numbers of one subject; `closed` names the period whose kept numbers these are."""

    section: Section
    figures: tuple[Figure, ...]
    closed: str
    note: str


def section_with(number: int) -> Section:
    """Return a subject by its number; raise NotFound."""
    found = next((one for one in SECTIONS if one.number == number), None)
    if found is None:
        raise NotFound("没有这组指标", found=str(number), expected="所列的指标组", remedy="从统计指标进入")
    return found


def section_view(desk: Desk, filters: ScopeFilters, number: int) -> SectionView:
    """Return the numbers of one subject; those of a closed period are the ones that were closed."""
    section = section_with(number)
    need_office(desk, "查看统计")
    kept = _closed_group(desk, filters, section)
    if kept is not None:
        group, name, note = kept
        return SectionView(section, tuple(_figures(desk, group)), name, note)
    group = count_section(filters.scope(desk), section)
    return SectionView(section, tuple(_figures(desk, group)), "", "")


def count_section(scope: Scope, section: Section) -> Group:
    """Count the numbers of one subject, with the parts of its percentages wherever they are defined."""
    secret = scope.unit_ids is None or may_see_rows(scope.desk)
    wanted: dict[int, Indicator | Family] = {}
    for one in section.entries:
        parts = (entry_of(one.part), entry_of(one.whole)) if isinstance(one, Share) else (one,)
        for part in parts:
            if isinstance(part, Indicator | Family) and (secret or not part.source.confidential):
                wanted[id(part)] = part

    def count() -> Group:
        sheet, labels = count_by(scope, list(wanted.values()))
        return group_of(section, sheet[None], labels)

    if any(one.source.unrecorded for one in wanted.values()):
        return count()
    narrowed = (scope.campaign_id, scope.from_on, scope.to_on, scope.unit_ids, scope.kind)
    return remembered(scope.desk, ("figures", section.number, secret, *narrowed), count)


def _closed_group(desk: Desk, filters: ScopeFilters, section: Section) -> tuple[Group, str, str] | None:
    """Return the numbers that were kept when just this period was closed; None otherwise."""
    narrowed = filters.campaign or filters.unit or filters.area or filters.kind
    if narrowed or filters.from_on is None or filters.to_on is None:
        return None
    kind = kind_of(filters.from_on, filters.to_on)
    row = find_period(desk, kind, filters.from_on) if kind else None
    if kind is None or row is None or row.state != PeriodState.CLOSED.value:
        return None
    numbers = closed_numbers(row)
    group = next((one for one in numbers.groups if one.name == section.name), None)
    return (group, name_period(kind, filters.from_on), numbers.note) if group is not None else None


def _figures(desk: Desk, group: Group) -> Iterable[Figure]:
    confidential = any(_is_confidential(entry_of(row.key)) for row in group.rows)
    secret = not confidential or may_see_rows(desk)  # most subjects have nothing to ask about
    sheets = may_see_sheets(desk)
    for row in group.rows:
        entry = entry_of(row.key)
        yield Figure(
            row.key, row.label, row.value, row.unit, entry.definition if entry else "",
            (secret or not _is_confidential(entry)) and (sheets or not _is_of_checklists(entry)),
        )  # fmt: skip


def _is_confidential(entry: Any) -> bool:
    if isinstance(entry, Share):
        return _is_confidential(entry_of(entry.part))
    return isinstance(entry, Indicator | Family) and entry.source.confidential


def _is_of_checklists(entry: Any) -> bool:
    if isinstance(entry, Share):
        return _is_of_checklists(entry_of(entry.part))
    return isinstance(entry, Indicator | Family) and entry.source.checklist


def closed_facts(desk: Desk) -> frozenset[str]:
    """Return the facts of a score whose rows the reader may not open."""
    if may_see_sheets(desk):
        return frozenset()
    return frozenset(name for name, one in UNIT_COUNTS.items() if one.source.checklist)


def bars_of(figures: Sequence[Figure]) -> list[tuple[str, tuple[int, ...]]]:
    """Return the families of a subject that are worth a plot: the whole numbers, without zeros."""
    return [(one.label, (one.value,)) for one in figures if isinstance(one.value, int) and one.value > 0]
