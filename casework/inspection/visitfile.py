"""One visit with its unit and campaign, for whoever may see it: others are told that there is none."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import select

from casework.desk import Desk
from casework.sight import VISIT, visits_in_sight
from core.errors import NotFound
from models.base import key_of
from models.campaign import Campaign, Visit
from models.organisation import Unit


@dataclass(frozen=True, slots=True)
class VisitFile:
    """A visit, the unit it goes to, and the campaign it belongs to."""

    visit: Visit
    unit: Unit
    campaign: Campaign

    @property
    def key(self) -> int:
        return key_of(self.visit)


def open_visit(desk: Desk, visit_id: int) -> VisitFile:
    """Return a visit of the actor's sight; raise NotFound. Units hear of visits by letter, never here."""
    query = (
        select(Visit, Unit, Campaign)
        .join(Unit, VISIT.c.unit_id == Unit.id)
        .join(Campaign, VISIT.c.campaign_id == Campaign.id)
        .where(VISIT.c.id == visit_id, visits_in_sight(desk))
    )
    row = None if desk.actor.speaks_for_unit else desk.session.exec(query).first()
    if row is None:
        raise NotFound("没有这次督察", found=str(visit_id), expected="督察编号", remedy="从督察记录中选择")
    return VisitFile(*row)
