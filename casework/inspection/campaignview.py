"""A campaign as people read it: its visits, what a look-back looks at, and what there is to think about."""

from __future__ import annotations

from collections.abc import Iterable

from sqlmodel import col, select

from casework.desk import Desk
from casework.inspection.burden import warnings_of
from casework.inspection.campaignrows import campaign_rules, no_such_campaign, plan_of
from casework.inspection.campaignunits import cases_to_look_at
from casework.inspection.choosing import items_by_catalog
from casework.inspection.references import describe_reference, reference_of
from casework.inspection.visits import team_of
from casework.staff.people import split
from core.codes import CAMPAIGN_KIND_LABELS, LINE_LABELS, CampaignKind, Line
from core.life.lives import CampaignState
from core.rulebook import freeze, sha256
from models.campaign import Campaign, Visit
from models.organisation import Unit


def describe_campaign(desk: Desk, campaign: Campaign) -> dict[str, object]:
    """Return the campaign with its visits as outside programs read it.

    A contact of an inspected unit reads of its own visit alone, and only of what it may know.
    """
    if desk.actor.speaks_for_unit:
        return _for_unit(desk, campaign)
    plan = plan_of(campaign)
    together = plan.together
    return {
        "code": campaign.code,
        "title": campaign.title,
        "kind": campaign.kind,
        "line": campaign.line,
        "state": campaign.state,
        "hidden": campaign.hidden,
        "theme": plan.theme,
        "month": plan.month,
        "reference": describe_reference(reference_of(desk, campaign)),
        "joint": together.model_dump(mode="json", by_alias=True) if together else None,
        "original": list(plan.original),
        "cases": cases_to_look_at(desk, campaign),
        "visits": [_visit(desk, visit, unit) for visit, unit in _visits(desk, campaign)],
        "warnings": _warnings(desk, campaign),
        "rules_sha256": campaign.rules_sha256 or _present_hash(desk, campaign),
    }


def _for_unit(desk: Desk, campaign: Campaign) -> dict[str, object]:
    own = [
        _visit(desk, visit, unit)
        for visit, unit in _visits(desk, campaign)
        if unit.code == desk.actor.unit_code and may_know(desk, campaign, visit)
    ]
    if not own:
        raise no_such_campaign(campaign.code)
    told = {"team", "reasons"}
    visits = [{key: value for key, value in visit.items() if key not in told} for visit in own]
    return {
        "code": campaign.code,
        "title": campaign.title,
        "state": campaign.state,
        "visits": visits,
        "rules_sha256": campaign.rules_sha256,
    }


def may_know(desk: Desk, campaign: Campaign, visit: Visit) -> bool:
    """Tell whether a unit may know of its visit: not before it is announced, nor, if unannounced, before the day."""
    if campaign.state not in (CampaignState.OPEN, CampaignState.CLOSED):
        return False
    return not campaign.hidden or visit.from_on <= desk.today


def _visits(desk: Desk, campaign: Campaign) -> Iterable[tuple[Visit, Unit]]:
    query = (
        select(Visit, Unit)
        .where(col(Visit.campaign_id) == campaign.id, col(Visit.unit_id) == col(Unit.id))
        .order_by(col(Visit.from_on), col(Unit.code))
    )
    return desk.session.exec(query).all()


def _visit(desk: Desk, visit: Visit, unit: Unit) -> dict[str, object]:
    return {
        "id": visit.id,
        "unit": unit.code,
        "from": visit.from_on.isoformat(),
        "to": visit.to_on.isoformat(),
        "place": visit.place,
        "team": [person.code for person in team_of(desk, visit)],
        "items": list(split(visit.items)),
        "reasons": visit.reasons.splitlines(),
    }


def _warnings(desk: Desk, campaign: Campaign) -> list[dict[str, object]]:
    if campaign.state == CampaignState.CLOSED:
        return []
    return [one.as_dict() for one in warnings_of(desk, campaign)]


def _present_hash(desk: Desk, campaign: Campaign) -> str:
    """Return the hash under which the rules would freeze if the campaign opened now."""
    return sha256(freeze(desk.rules, items_by_catalog(desk.rules, plan_of(campaign))))


def list_kinds(desk: Desk) -> list[dict[str, object]]:
    """Return the kinds of campaign of this office with their line and what each asks for."""
    return [
        {
            "kind": kind.code,
            "name": kind.name,
            "line": kind.line,
            "line_name": LINE_LABELS[Line(kind.line)] if kind.line != "both" else "两线通用",
            "methods": list(kind.methods),
            "hidden": kind.hidden_from_unit,
            "theme": kind.needs_theme,
            "original": kind.links_original,
            "announces": kind.announces,
            "team_minimum": kind.team_minimum,
            "plan_reference": kind.plan_reference,
            "milestones": list(kind.milestones),
            "asks": list(kind.asks),
            "note": kind.note or "",
        }
        for kind in campaign_rules(desk).kinds.values()
    ]


def list_campaigns(desk: Desk) -> list[dict[str, object]]:
    """Return the campaigns by code; a contact of a unit sees those that visit it and that it may know of."""
    query = select(Campaign).where(col(Campaign.office_id) == desk.office_id).order_by(col(Campaign.code))
    rows = desk.session.exec(query).all()
    if desk.actor.speaks_for_unit:
        rows = [row for row in rows if any(
            unit.code == desk.actor.unit_code and may_know(desk, row, visit) for visit, unit in _visits(desk, row)
        )]  # fmt: skip
    return [
        {
            "code": row.code,
            "title": row.title,
            "kind": row.kind,
            "kind_name": CAMPAIGN_KIND_LABELS[CampaignKind(row.kind)],
            "line": row.line,
            "from": row.period_from.isoformat(),
            "to": row.period_to.isoformat(),
            "state": row.state,
        }
        for row in rows
    ]
