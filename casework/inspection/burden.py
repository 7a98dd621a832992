"""What planning and opening warn of: units inspected twice in a while, burdened units, no place in the yearly plan.

A warning decides nothing: people see it, go on with or without a reason, and what they saw is in the audit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Desk
from casework.inspection.campaignrows import campaign_rules, find_campaign, kind_rule, refuse_units
from casework.inspection.references import reference_of
from core.codes import DocumentContent
from core.errors import Refused
from core.life.lives import DocumentState
from core.life.rectification import SETTLED
from core.rulebook.campaigns import BurdenLimits
from models.base import table_of
from models.campaign import Campaign, Visit
from models.document import Document, DocumentCase
from models.organisation import Unit
from models.plan import AnnualPlan
from models.rectification import Rectification

CASE, DOCUMENT, ON_DOCUMENT = table_of(Rectification), table_of(Document), table_of(DocumentCase)
CAMPAIGN, VISIT = table_of(Campaign), table_of(Visit)
ISSUED = (DocumentState.ISSUED.value, DocumentState.SERVED.value)


@dataclass(frozen=True, slots=True)
class Warned:
    """One thing to think about before a unit is inspected.

    code     overlap, inspections, open_notices, open_items (of a unit), no_reference, unregistered (of the campaign)
    number   how many inspections, notices or items
    others   the campaigns or numbers of notices it speaks of
    """

    code: str
    unit: str
    number: int
    text: str
    others: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """Return the warning as outside programs read it."""
        return {
            "code": self.code,
            "unit": self.unit,
            "number": self.number,
            "text": self.text,
            "others": list(self.others),
        }


def warnings_for(desk: Desk, code: str) -> list[Warned]:
    """Return the warnings of a campaign by its code."""
    refuse_units(desk, "查看减负提醒")
    return warnings_of(desk, find_campaign(desk, code))


def warnings_of(desk: Desk, campaign: Campaign) -> list[Warned]:
    """Return the warnings of a campaign as it stands, those about it first, then by unit."""
    query = (
        select(Unit)
        .join(Visit, col(Visit.unit_id) == col(Unit.id))
        .where(col(Visit.campaign_id) == campaign.id)
        .order_by(col(Unit.code))
    )
    units = list(desk.session.exec(query))
    found = burden_of(desk, campaign.id, campaign.period_from, campaign.period_to, units)
    return [*_reference(desk, campaign), *found]


def burden_of(
    desk: Desk, campaign_id: int | None, first: date, last: date, units: Sequence[Unit]
) -> list[Warned]:
    """Return what speaks against inspecting units in a period, by unit.

    campaign_id   of the campaign that is weighed, whose own visits do not count; None for one not stored yet
    """
    limits = campaign_rules(desk).burden
    by_unit = {unit.id or 0: unit for unit in units}
    span = _Span(campaign_id or 0, first, last)
    found = [
        *_inspections(desk, span, by_unit, limits),
        *_notices(desk, by_unit, limits),
        *_items(desk, by_unit, limits),
    ]
    return sorted(found, key=lambda one: (one.unit, one.code))


def require_reason(desk: Desk, warned: Sequence[Warned], reason: str) -> None:
    """Raise Refused where the office wants a reason for going on in spite of warnings and none was given."""
    if not warned or reason.strip() or campaign_rules(desk).burden.reason != "required":
        return
    raise Refused(
        "启动批次前须对减负提醒说明理由",
        found="；".join(one.text for one in warned[:5]),
        expected="一句理由",
        remedy="加上 --reason 理由，或调整督察方案",
    )


@dataclass(frozen=True, slots=True)
class _Span:
    """The period that is weighed, and the campaign it belongs to."""

    id: int
    period_from: date
    period_to: date


def _inspections(desk: Desk, campaign: _Span, units: dict[int, Unit], limits: BurdenLimits) -> list[Warned]:
    margin = timedelta(limits.within_days)
    others = _other_visits(desk, campaign, units, campaign.period_from - margin, campaign.period_to + margin)
    found = []
    for number, visits in others.items():
        unit = units[number]
        inside = {code for code, a, b in visits if a <= campaign.period_to and b >= campaign.period_from}
        codes = tuple(dict.fromkeys(code for code, _a, _b in visits))
        count = len(visits) + 1
        if inside:
            shown = tuple(code for code in codes if code in inside)
            text = f"{unit.name}在本批次期间另有督察{len(inside)}次：{'、'.join(shown)}"
            found.append(Warned("overlap", unit.code, len(inside), text, shown))
        elif count >= limits.inspections:
            text = f"{unit.name}在前后{limits.within_days}日内共安排督察{count}次：本次及{'、'.join(codes)}"
            found.append(Warned("inspections", unit.code, count, text, codes))
    return found


def _other_visits(
    desk: Desk, campaign: _Span, units: dict[int, Unit], since: date, until: date
) -> dict[int, list[tuple[str, date, date]]]:
    query = (
        sa.select(VISIT.c.unit_id, CAMPAIGN.c.code, VISIT.c.from_on, VISIT.c.to_on)
        .join(CAMPAIGN, CAMPAIGN.c.id == VISIT.c.campaign_id)
        .where(
            VISIT.c.office_id == desk.office_id,
            VISIT.c.campaign_id != campaign.id,
            VISIT.c.unit_id.in_(units),
            VISIT.c.from_on <= until,
            VISIT.c.to_on >= since,
        )
        .order_by(VISIT.c.from_on, CAMPAIGN.c.code)
    )
    found: dict[int, list[tuple[str, date, date]]] = defaultdict(list)
    for unit_id, code, from_on, to_on in desk.session.connection().execute(query):
        found[unit_id].append((code, from_on, to_on))
    return found


def _notices(desk: Desk, units: dict[int, Unit], limits: BurdenLimits) -> list[Warned]:
    query = (
        sa.select(DOCUMENT.c.unit_id, DOCUMENT.c.id, DOCUMENT.c.number)
        .join(ON_DOCUMENT, ON_DOCUMENT.c.document_id == DOCUMENT.c.id)
        .join(CASE, CASE.c.id == ON_DOCUMENT.c.case_id)
        .where(
            DOCUMENT.c.office_id == desk.office_id,
            DOCUMENT.c.unit_id.in_(units),
            DOCUMENT.c.content_kind == DocumentContent.FINDINGS.value,
            DOCUMENT.c.state.in_(ISSUED),
            _is_open(),
        )
        .distinct()
        .order_by(DOCUMENT.c.id)
    )
    open_notices: dict[int, list[str]] = defaultdict(list)
    for row in desk.session.connection().execute(query):
        open_notices[row.unit_id].append(row.number or f"文书{row.id}")
    return [
        Warned(
            "open_notices",
            units[number].code,
            len(numbers),
            f"{units[number].name}尚有{len(numbers)}份整改通知没有办结：{'、'.join(numbers)}",
            tuple(numbers),
        )
        for number, numbers in open_notices.items()
        if limits.open_notices and len(numbers) >= limits.open_notices
    ]


def _items(desk: Desk, units: dict[int, Unit], limits: BurdenLimits) -> list[Warned]:
    query = (
        sa.select(CASE.c.unit_id, sa.func.count().label("cases"))
        .where(CASE.c.office_id == desk.office_id, CASE.c.unit_id.in_(units), _is_open())
        .group_by(CASE.c.unit_id)
    )
    return [
        Warned(
            "open_items",
            units[row.unit_id].code,
            row.cases,
            f"{units[row.unit_id].name}尚有{row.cases}项整改事项没有销号",
        )
        for row in desk.session.connection().execute(query)
        if limits.open_items and row.cases >= limits.open_items
    ]


def _is_open() -> sa.ColumnElement[bool]:
    return CASE.c.state.not_in([state.value for state in SETTLED])


def _reference(desk: Desk, campaign: Campaign) -> list[Warned]:
    known = reference_of(desk, campaign)
    if known is None:
        must = kind_rule(desk, campaign.kind).plan_reference == "required"
        said = "，启动前须补齐" if must else ""
        text = f"没有写明列入哪份年度督查检查考核计划，也没有例外批准{said}"
        return [Warned("no_reference", "", 1, text)]
    plans = select(AnnualPlan.id).where(
        col(AnnualPlan.office_id) == desk.office_id, col(AnnualPlan.year) == campaign.period_from.year
    )
    if (
        known.item is not None
        and known.annual_plan_id is None
        and desk.session.exec(plans).first() is not None
    ):
        text = f"所引年度计划没有登记：{known.document}{known.number}"
        return [Warned("unregistered", "", 1, text)]
    return []
