"""Recurring plans as people read them: what was started, passed over or is due, and what comes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlmodel import col, select

from casework.desk import Desk
from casework.inspection.campaignrows import refuse_units
from casework.inspection.occurrencerows import stored_occurrences
from casework.inspection.occurrences import DueOccurrence, due_occurrences, recurring_plans
from core.campaign.recurringplan import title_of
from core.life.campaignlife import OCCURRENCE, OccurrenceState
from models.base import key_of
from models.campaign import Campaign
from models.plan import Occurrence


def list_plans(desk: Desk, *, ahead: int = 0) -> list[dict[str, object]]:
    """Return every recurring plan with what was started, passed over or is due, and what comes in the days ahead."""
    refuse_units(desk, "查看周期计划")
    open_ones = due_occurrences(desk, until=desk.today + timedelta(ahead))
    told: list[dict[str, object]] = []
    for plan in recurring_plans(desk, None):
        rows = stored_occurrences(desk, plan.code)
        campaigns = _codes(desk, [row.campaign_id for row in rows if row.campaign_id])
        told.append(
            {
                "code": plan.code,
                "title": plan.title,
                "kind": plan.kind.value,
                "line": plan.line.value,
                "every": plan.every,
                "mode": plan.mode,
                "occurrences": [_row(row, campaigns) for row in rows],
                "due": [describe_due(desk, one) for one in open_ones if one.plan.code == plan.code],
            }
        )
    return told


def describe_due(desk: Desk, one: DueOccurrence) -> dict[str, object]:
    """Return an occurrence that is due as outside programs read it."""
    return {
        "plan": one.plan.code,
        "title": title_of(one.plan, one.due),
        "unit": one.unit,
        "period": one.due.period,
        "due_on": one.due.due_on.isoformat(),
        "planned_on": one.due.planned_on.isoformat(),
        "moved": one.due.moved,
        "provisional": one.due.provisional,
        "overdue": one.due.due_on < desk.today,
    }


def _row(row: Occurrence, campaigns: dict[int, str]) -> dict[str, object]:
    return {
        "unit": row.unit,
        "period": row.period,
        "due_on": row.due_on.isoformat(),
        "state": row.state,
        "state_word": OCCURRENCE.state_labels[OccurrenceState(row.state)],
        "campaign": campaigns.get(row.campaign_id or 0),
        "ended_on": row.ended_on.isoformat() if row.ended_on else None,
        "reason": row.reason,
    }


def _codes(desk: Desk, ids: Sequence[int]) -> dict[int, str]:
    if not ids:
        return {}
    rows = desk.session.exec(select(Campaign).where(col(Campaign.id).in_(ids)))
    return {key_of(row): row.code for row in rows}
