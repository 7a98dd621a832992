"""The teams of a campaign as people read them: visits, members, declarations, replacements, letters."""

from __future__ import annotations

from sqlmodel import col, select

from casework.desk import Desk
from casework.inspection.campaignrows import find_campaign, plan_of
from casework.inspection.visits import team_of
from casework.staff.declarationviews import missing_declarations
from casework.staff.people import split
from casework.staff.poolviews import refuse_units
from core.life.lives import DocumentState
from models.campaign import Visit
from models.document import Document
from models.organisation import Person, Unit
from models.pool import Authorisation, Replacement


def show_teams(desk: Desk, code: str) -> dict[str, object]:
    """Return the teams of a campaign with why each was chosen, who was replaced, and which letters they have."""
    refuse_units(desk)
    campaign = find_campaign(desk, code)
    plan = plan_of(campaign)
    query = (
        select(Visit, Unit)
        .where(col(Visit.campaign_id) == campaign.id, col(Visit.unit_id) == col(Unit.id))
        .order_by(col(Visit.from_on), col(Unit.code))
    )
    return {
        "code": campaign.code,
        "pool": plan.team.pool,
        "seed": plan.team.seed,
        "undeclared": [person.code for person in missing_declarations(desk, campaign)],
        "visits": [_visit(desk, visit, unit) for visit, unit in desk.session.exec(query)],
    }


def _visit(desk: Desk, visit: Visit, unit: Unit) -> dict[str, object]:
    team = team_of(desk, visit)
    return {
        "id": visit.id,
        "unit": unit.code,
        "from": visit.from_on.isoformat(),
        "to": visit.to_on.isoformat(),
        "team": [person.code for person in team],
        "specialties": {person.code: list(split(person.specialties)) for person in team},
        "reasons": visit.reasons.splitlines(),
        "replacements": replacements_of(desk, visit),
        "letter": letter_of(desk, visit),
    }


def replacements_of(desk: Desk, visit: Visit) -> list[dict[str, object]]:
    """Return the replacements on a visit, the first first."""
    people = desk.session.exec(select(Person).where(col(Person.office_id) == desk.office_id))
    codes = {person.id: person.code for person in people}
    query = select(Replacement).where(col(Replacement.visit_id) == visit.id).order_by(col(Replacement.id))
    return [
        {
            "out": codes[row.out_person_id],
            "in": codes[row.in_person_id],
            "role": row.role,
            "reason": row.reason,
            "declaration": row.declaration_id,
            "by": row.replaced_by,
            "on": row.replaced_on.isoformat(),
        }
        for row in desk.session.exec(query)
    ]


def letter_of(desk: Desk, visit: Visit) -> dict[str, object] | None:
    """Return the newest letter of a visit that is not void, and whether it names the present team."""
    found = live_letters(desk, visit)
    if not found:
        return None
    letter, document = found[-1]
    present = tuple(person.code for person in team_of(desk, visit))
    return {
        "document": document.id,
        "state": document.state,
        "number": document.number,
        "team": list(split(letter.team)),
        "current": split(letter.team) == present,
    }


def live_letters(desk: Desk, visit: Visit) -> list[tuple[Authorisation, Document]]:
    """Return the letters of a visit that are not void, the oldest first."""
    query = (
        select(Authorisation, Document)
        .join(Document, col(Document.id) == col(Authorisation.document_id))
        .where(col(Authorisation.visit_id) == visit.id, col(Document.state) != DocumentState.VOID.value)
        .order_by(col(Authorisation.id))
    )
    return list(desk.session.exec(query))
