"""Two rule sets side by side: what differs, in data and in words, and what it means for the open campaigns."""

from __future__ import annotations

from typing import Any

from sqlmodel import col, select

from casework.calendar.duemoves import due_histories
from casework.desk import Desk
from casework.rulesets.migrating import plan_move
from casework.rulesets.rulesides import Side, chosen_by, is_local, narrow, read_side
from core.life.lives import CampaignState
from core.rulebook import freeze, sha256
from core.rulebook.differences import differences, tree_of
from core.rulebook.differencetext import write_differences
from models.campaign import Campaign


def compare_rules(desk: Desk, before: str, after: str) -> dict[str, Any]:
    """Return {a, b, changes: [{address, kind, before, after}], text, impact: {campaigns, cases}}.

    before, after   `current`, a folder, digits of a frozen hash, or a campaign's code
    impact          what moving to the second set would do: to the campaign or set named first, else to every open one
    """
    # Files are compared whole, with what begins later; what is frozen was frozen as of a day.
    on = None if is_local(before) and is_local(after) else desk.today
    one, other = read_side(desk, before, on), read_side(desk, after, on)
    return {**compare_sides(desk, one, other), "impact": impact_of(desk, one, other)}


def compare_sides(desk: Desk | None, one: Side, other: Side) -> dict[str, Any]:
    """Return {a, b, changes, text} of two rule sets."""
    frozen = narrow(desk, one, other)
    old, new = (tree_of(content) for content in frozen)
    found = differences(old, new)
    return {
        "a": {"name": one.name, "sha256": sha256(frozen[0])},
        "b": {"name": other.name, "sha256": sha256(frozen[1])},
        "changes": [change.as_dict() for change in found],
        "text": write_differences(found, old, new),
    }


def impact_of(desk: Desk, one: Side, other: Side) -> dict[str, Any]:
    """Return {campaigns: [{campaign, rules_sha256, open_cases, differ, problems}], cases: [...]} if they moved."""
    histories = due_histories(desk)
    target = other if other.is_frozen else read_side(desk, other.name, desk.today)
    campaigns, cases = [], []
    for campaign in _concerned(desk, one):
        content = (
            freeze(target.book)
            if target.is_frozen
            else freeze(target.book, chosen_by(desk, campaign, target.book))
        )
        move = plan_move(desk, campaign, content, histories)
        touched = [{"campaign": campaign.code, **case.as_dict()} for case in move.cases if case.differs]
        cases += touched
        campaigns.append(
            {
                "campaign": campaign.code,
                "title": campaign.title,
                "rules_sha256": campaign.rules_sha256,
                "to": move.after,
                "open_cases": len(move.cases),
                "differ": len(touched),
                "drafts": len(move.drafts) if move.is_needed else 0,
                "problems": list(move.problems),
            }
        )
    return {"campaigns": campaigns, "cases": cases}


def _concerned(desk: Desk, one: Side) -> list[Campaign]:
    """Return the open campaigns that work under the first set; all open ones when it is no frozen set."""
    query = (
        select(Campaign)
        .where(
            col(Campaign.office_id) == desk.office_id,
            col(Campaign.state) == CampaignState.OPEN.value,
            col(Campaign.rules_sha256).is_not(None),
        )
        .order_by(col(Campaign.code))
    )
    if one.campaign is not None:
        query = query.where(col(Campaign.id) == one.campaign.id)
    elif one.digest is not None:
        query = query.where(col(Campaign.rules_sha256) == one.digest)
    return list(desk.session.exec(query))
