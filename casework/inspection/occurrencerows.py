"""Occurrences of recurring plans that were started or passed over, as rows."""

from __future__ import annotations

from datetime import date

from sqlmodel import col, select

from casework.desk import Desk
from casework.moves import take
from core.life.campaignlife import OCCURRENCE, OccurrenceAct, OccurrenceState
from models.campaign import Campaign
from models.plan import Occurrence


def stored_occurrences(desk: Desk, plan: str) -> list[Occurrence]:
    """Return the rows of a plan, in order of period."""
    query = (
        select(Occurrence)
        .where(col(Occurrence.office_id) == desk.office_id, col(Occurrence.plan) == plan)
        .order_by(col(Occurrence.period), col(Occurrence.unit))
    )
    return list(desk.session.exec(query))


def end_occurrence(desk: Desk, row: Occurrence, act: OccurrenceAct, *, on: date, reason: str = "") -> None:
    """Finish an occurrence or pass it over, by the actor of the desk."""
    row.ended_on, row.ended_by, row.reason = on, desk.actor.code, reason
    with desk.session.no_autoflush:  # the day and the state reach the database together
        take(
            desk,
            row,
            OCCURRENCE,
            act,
            on=on,
            detail={"plan": row.plan, "period": row.period, "reason": reason},
        )
    desk.session.add(row)
    desk.session.flush()


def settle_occurrence(desk: Desk, campaign: Campaign) -> None:
    """Finish the occurrence that a closed campaign was."""
    row = desk.session.exec(select(Occurrence).where(col(Occurrence.campaign_id) == campaign.id)).first()
    if row is not None and row.state == OccurrenceState.PLANNED:
        end_occurrence(desk, row, OccurrenceAct.FINISH, on=desk.today, reason="批次办结")
