"""Changes of what a campaign covers: asked for with a reason, decided by somebody else; the old scope is kept.

source   政府督查工作条例 第十五条: scope, object and content are not changed at will
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlmodel import col, select

from casework.desk import Desk
from casework.inspection.campaignrows import find_campaign, plan_of, refuse_units
from casework.inspection.choosing import items_by_catalog
from casework.inspection.rescoping import carry_out, held_visits, visits_with_units, weigh
from casework.inspection.scoperules import rules_now
from casework.inspection.visits import team_of
from casework.moves import take
from casework.rectification.evidence import keep_file
from casework.staff.people import require_other, require_role, split
from core.campaign.scope import WORDS, ScopeWish
from core.errors import InvalidInput, NotFound, Refused
from core.life.campaignlife import SCOPE_CHANGE, ScopeAct, ScopeState
from core.life.lives import CampaignState
from core.text.secrecy import refuse_state_secrets
from models.audit import canonical_json
from models.base import key_of
from models.campaign import Campaign
from models.plan import ScopeChange
from models.pool import Authorisation, Replacement

ASKERS = ("officer", "leader", "director")
CHANGEABLE = (CampaignState.APPROVED.value, CampaignState.OPEN.value)


def request_scope_change(desk: Desk, code: str, wish: ScopeWish, reason: str) -> ScopeChange:
    """Ask for a change of what an approved or open campaign covers; nothing changes until it is approved.

    raises   InvalidInput without a reason or for what does not fit; Refused for visits that were held, a campaign that
             may still be planned anew, or while another change waits
    """
    require_role(desk, ASKERS, "申请范围变更")
    campaign = find_campaign(desk, code)
    earlier = _changes(desk, campaign)
    _check_request(campaign, earlier, reason)
    after = weigh(desk, campaign, wish)
    row = ScopeChange(
        office_id=desk.office_id,
        campaign_id=key_of(campaign),
        number=len(earlier) + 1,
        what="、".join(wish.what),
        change=canonical_json(wish.as_dict()),
        old_scope=canonical_json(scope_of(desk, campaign)),
        new_scope=canonical_json(_outline(after.plan.model_dump(mode="json", by_alias=True))),
        reason=reason.strip(),
        state=SCOPE_CHANGE.start.value,
        asked_by=desk.actor.code,
        asked_on=desk.today,
    )
    desk.session.add(row)
    desk.session.flush()
    desk.record(
        "scope_change", key_of(row), "open", to_state=row.state, campaign=campaign.code, change=wish.as_dict()
    )
    return row


def _check_request(campaign: Campaign, earlier: Sequence[ScopeChange], reason: str) -> None:
    if campaign.state not in CHANGEABLE:
        raise Refused(
            "只有已批准、进行中的批次须办理范围变更",
            found=f"{campaign.code} 状态 {campaign.state}",
            expected="状态 approved 或 open",
            remedy="尚未批准的，改正批次文件后重新编制；已办结的不再变更",
        )
    if not reason.strip():
        raise InvalidInput("范围变更须写明理由", found="空", expected="一句理由", remedy="加上 --reason 理由")
    refuse_state_secrets(reason, "范围变更理由")
    waiting = [row for row in earlier if row.state == ScopeState.REQUESTED]
    if waiting:
        raise Refused(
            "该批次已有一项范围变更待批准",
            found=f"第{waiting[0].number}次变更",
            expected="一次只有一项待批准",
            remedy="先批准、不批准或撤回该项",
        )


def may_approve(desk: Desk, change: Mapping[str, Any]) -> bool:
    """Tell whether a change, as `list_scope_changes` tells it, waits for the actor: whoever asked may not decide."""
    deciders = SCOPE_CHANGE.actors[ScopeAct.APPROVE]
    waits = change["state"] == ScopeState.REQUESTED and change["asked_by"] != desk.actor.code
    return waits and not desk.actor.roles.isdisjoint(deciders)


def approve_scope_change(
    desk: Desk, code: str, number: int | None = None, file: Path | None = None
) -> ScopeChange:
    """Approve a change and carry it out: visits that were not held come, go and move; both scopes are kept.

    number   of the change; the one that waits when not given
    raises   NotAllowed for whoever asked; Refused when visits were held since
    """
    campaign = find_campaign(desk, code)
    row = _waiting(desk, campaign, number)
    require_other(desk, row.asked_by, "批准")
    scope = weigh(desk, campaign, ScopeWish.read(json.loads(row.change)))
    row.old_scope = canonical_json(scope_of(desk, campaign))  # as it is on the day of the decision
    _decide(desk, row, ScopeAct.APPROVE, "")
    if file is not None:
        row.sha256 = keep_file(desk, "campaign", key_of(campaign), "scope", file).sha256
    carry_out(desk, campaign, row, scope)
    row.new_scope = canonical_json(scope_of(desk, campaign))
    desk.session.add(row)
    desk.session.flush()
    return row


def refuse_scope_change(desk: Desk, code: str, note: str, number: int | None = None) -> ScopeChange:
    """Refuse a change with a reason; the scope stays as it is."""
    row = _waiting(desk, find_campaign(desk, code), number)
    require_other(desk, row.asked_by, "决定")
    if not note.strip():
        raise InvalidInput("不批准须写明理由", found="空", expected="一句理由", remedy="加上 --note 理由")
    refuse_state_secrets(note, "不批准的理由")
    return _decide(desk, row, ScopeAct.REFUSE, note)


def withdraw_scope_change(desk: Desk, code: str, note: str = "", number: int | None = None) -> ScopeChange:
    """Take a change back that has not been decided."""
    row = _waiting(desk, find_campaign(desk, code), number)
    refuse_state_secrets(note, "撤回说明")
    return _decide(desk, row, ScopeAct.WITHDRAW, note)


def _decide(desk: Desk, row: ScopeChange, act: ScopeAct, note: str) -> ScopeChange:
    row.decided_by, row.decided_on, row.decision_note = desk.actor.code, desk.today, note
    with desk.session.no_autoflush:  # who decided and the state reach the database together
        take(desk, row, SCOPE_CHANGE, act, detail={"number": row.number, "note": note})
    desk.session.add(row)
    desk.session.flush()
    return row


def list_scope_changes(desk: Desk, code: str) -> list[dict[str, object]]:
    """Return the changes of a campaign with both scopes, oldest first."""
    refuse_units(desk, "查看范围变更")
    return [describe_change(row) for row in _changes(desk, find_campaign(desk, code))]


def describe_change(row: ScopeChange) -> dict[str, Any]:
    """Return a change as outside programs read it."""
    return {
        "number": row.number,
        "what": row.what.split("、"),
        "words": "、".join(WORDS[one] for one in row.what.split("、")),
        "change": json.loads(row.change),
        "reason": row.reason,
        "state": row.state,
        "state_word": SCOPE_CHANGE.state_labels[ScopeState(row.state)],
        "asked_by": row.asked_by,
        "asked_on": row.asked_on.isoformat(),
        "decided_by": row.decided_by,
        "decided_on": row.decided_on.isoformat() if row.decided_on else None,
        "note": row.decision_note,
        "old": json.loads(row.old_scope),
        "new": json.loads(row.new_scope),
    }


def scope_of(desk: Desk, campaign: Campaign) -> dict[str, Any]:
    """Return what a campaign covers now: period, items, and every visit with its days, team and items."""
    plan = plan_of(campaign)
    held = held_visits(desk, campaign)
    visits = [
        {
            "unit": unit.code,
            "from": visit.from_on.isoformat(),
            "to": visit.to_on.isoformat(),
            "team": [person.code for person in team_of(desk, visit)],
            "items": list(split(visit.items)),
            "held": key_of(visit) in held,
            "replaced": _past_members(desk, key_of(visit)),
            "authorised": _authorised(desk, key_of(visit)),
        }
        for visit, unit in visits_with_units(desk, campaign)
    ]
    items = items_by_catalog(rules_now(desk, campaign), plan)
    return {**_outline(plan.model_dump(mode="json", by_alias=True)), "items": items, "visits": visits}


def _outline(plan: dict[str, Any]) -> dict[str, Any]:
    return {key: plan[key] for key in ("period", "units", "catalogs")}


def _past_members(desk: Desk, visit: int) -> list[dict[str, object]]:
    rows = desk.session.exec(select(Replacement).where(col(Replacement.visit_id) == visit))
    return [row.model_dump(mode="json") for row in rows]


def _authorised(desk: Desk, visit: int) -> list[dict[str, object]]:
    rows = desk.session.exec(select(Authorisation).where(col(Authorisation.visit_id) == visit))
    return [row.model_dump(mode="json") for row in rows]


def _changes(desk: Desk, campaign: Campaign) -> list[ScopeChange]:
    query = select(ScopeChange).where(col(ScopeChange.campaign_id) == campaign.id)
    return list(desk.session.exec(query.order_by(col(ScopeChange.number))))


def _waiting(desk: Desk, campaign: Campaign, number: int | None) -> ScopeChange:
    rows = _changes(desk, campaign)
    for row in rows:
        if row.number == number or (number is None and row.state == ScopeState.REQUESTED):
            return row
    raise NotFound(
        "没有待批准的范围变更",
        found=f"{campaign.code} 第{number}次" if number else campaign.code,
        expected="、".join(f"第{row.number}次（{row.state}）" for row in rows) or "先申请变更",
        remedy=f"运行 ducha campaign scope list {campaign.code} 查看",
    )
