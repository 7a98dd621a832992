"""What there is to choose from when a campaign is planned: kinds, catalogues, units, specialities, pools."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import col, select

from casework.desk import Desk
from casework.inspection.campaignrows import campaign_rules
from casework.staff.people import split
from casework.units.lineage import live_units
from core.codes import DocumentContent, Line
from core.rulebook import Catalog
from core.rulebook.campaigns import KindRule
from core.rulebook.roles import LEADER_ROLE_LABELS
from models.campaign import Campaign
from models.organisation import Person, Unit
from models.plan import AnnualPlan


@dataclass(frozen=True, slots=True)
class PlanChoices:
    """The rows and rules of the office that a plan may name."""

    kinds: tuple[KindRule, ...]
    catalogs: tuple[Catalog, ...]
    units: tuple[Unit, ...]
    unit_kinds: tuple[tuple[str, int], ...]
    specialties: tuple[str, ...]
    pools: tuple[tuple[str, str], ...]
    earlier: tuple[Campaign, ...]
    annual: tuple[AnnualPlan, ...]
    notices: tuple[tuple[str, str], ...]
    signers: tuple[tuple[str, str], ...]


def plan_choices(desk: Desk, line: str = "") -> PlanChoices:
    """Return what a plan of a line may name; both lines' while none was chosen."""
    units = live_units(desk)
    counts: dict[str, int] = {}
    for unit in units:
        for kind in split(unit.kinds):
            counts[kind] = counts.get(kind, 0) + 1
    people = desk.session.exec(select(Person.specialties).where(col(Person.office_id) == desk.office_id))
    earlier = select(Campaign).where(col(Campaign.office_id) == desk.office_id)
    annual = select(AnnualPlan).where(col(AnnualPlan.office_id) == desk.office_id)
    lines = [Line(line)] if line in {one.value for one in Line} else list(Line)
    notices = {
        rule.code: rule.name
        for one in lines
        for rule in desk.rules.documents_with(DocumentContent.FINDINGS, one)
    }
    return PlanChoices(
        tuple(campaign_rules(desk).kinds.values()),
        tuple(one for one in desk.rules.catalogs.values() if one.line is None or one.line in lines),
        tuple(units),
        tuple(sorted(counts.items())),
        tuple(sorted({word for text in people for word in split(text)})),
        tuple((key, rules.name) for key, rules in sorted(desk.rules.pools.items())),
        tuple(desk.session.exec(earlier.order_by(col(Campaign.code).desc()))),
        tuple(desk.session.exec(annual.order_by(col(AnnualPlan.year).desc()))),
        tuple(notices.items()),
        tuple((role.value, word) for role, word in LEADER_ROLE_LABELS.items()),
    )
