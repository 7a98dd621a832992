"""A campaign plan while somebody answers for it step by step; what was typed stays until it is stored."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml
from sqlmodel import col, select

from casework.desk import Desk
from casework.inspection.campaignpages import open_campaign_file
from casework.inspection.campaignrows import campaign_rules, plan_of
from casework.inspection.campaigns import store_plan
from casework.inspection.planrevising import hash_of_plan, may_revise, require_current
from casework.inspection.planvalues import (
    Answers,
    answers_of_plan,
    came_late,
    in_pairs,
    merged,
    plan_values,
)
from casework.staff.people import require_role
from core.campaign.campaignplan import CampaignPlan, read_plan
from core.codes import CAMPAIGN_KIND_LABELS, CampaignKind
from core.errors import InvalidInput, NotFound, Refused
from core.text.secrecy import refuse_state_secrets
from models.audit import canonical_json
from models.campaign import Campaign
from models.checking import PlanDraft

PLANNERS = ("officer", "director", "leader")
MOST_DRAFTS, KEPT_DAYS = 20, 90
# The middle of a campaign's code, by its kind: 2026-ZH-01.
MARKS = {
    CampaignKind.COMPREHENSIVE: "ZH", CampaignKind.SPECIAL: "ZX", CampaignKind.LOOK_BACK: "HT",
    CampaignKind.WRITTEN: "SM", CampaignKind.UNANNOUNCED: "AF", CampaignKind.ROVING: "XH",
    CampaignKind.STATIONED: "ZZ", CampaignKind.ON_SITE: "SD", CampaignKind.ENFORCEMENT_SPECIAL: "ZF",
    CampaignKind.DAILY: "RC", CampaignKind.KEY: "ZD", CampaignKind.LISTED: "GP", CampaignKind.RAISED: "TJ",
    CampaignKind.LEAD_CHECK: "XS",
}  # fmt: skip


def begin_draft(desk: Desk, answers: Answers | None = None) -> PlanDraft:
    """Begin a plan; one's own that were left alone for long are dropped."""
    require_role(desk, PLANNERS, "编制督察批次")
    old = desk.today - timedelta(KEPT_DAYS)
    mine = list_drafts(desk)
    for row in mine:
        if row.changed_at.date() < old:
            desk.session.delete(row)
    if len(mine) >= MOST_DRAFTS:
        raise Refused(
            "未完成的方案太多",
            found=f"{len(mine)}份",
            expected=f"少于{MOST_DRAFTS}份",
            remedy="先办完或删除其中几份",
        )
    row = PlanDraft(
        office_id=desk.office_id, owner=desk.actor.code, answers=canonical_json(dict(answers or {})),
        begun_on=desk.today, changed_at=desk.now,
    )  # fmt: skip
    desk.session.add(row)
    desk.session.flush()
    return row


def begin_from_file(desk: Desk, path: Path) -> PlanDraft:
    """Begin a plan with a file that says everything; it is held against the rules when it is proposed."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(
            "批次文件的编码不正确", found=path.name, expected="UTF-8 编码的 YAML 文件",
            remedy="用编辑器另存为 UTF-8 后重试",
        ) from error  # fmt: skip
    if len(text) > 200_000:
        raise InvalidInput("批次文件太大", found=f"{len(text)}字", expected="不超过20万字", remedy="核对文件")
    refuse_state_secrets(text, path.name)
    plan = read_plan(text, path.name, campaign_rules(desk))
    return begin_draft(desk, {**answers_of_plan(plan), "file": [path.name]})


def begin_from_campaign(desk: Desk, code: str) -> PlanDraft:
    """Take the plan of a campaign that waits for its approval back into the steps; what was stored stays until then.

    A draft that was taken from the plan as it is now is gone on with.
    raises   Refused once it is approved, or for the plan of somebody else
    """
    require_role(desk, PLANNERS, "编制督察批次")
    campaign = open_campaign_file(desk, code)
    if not may_revise(desk, campaign):
        raise Refused(
            "方案不能取回修改", found=f"{code} 状态 {campaign.state}", expected="尚未批准、由本人或本单位编制的方案",
            remedy="已经批准的，在批次页面办理“范围变更”",
        )  # fmt: skip
    taken = {"revises": [code], "was": [hash_of_plan(campaign)]}
    for row in list_drafts(desk):
        if taken.items() <= answers_of(row).items():
            return row
    return begin_draft(desk, {**answers_of_plan(plan_of(campaign)), **taken})


def list_drafts(desk: Desk) -> list[PlanDraft]:
    """Return one's own unfinished plans, the newest first."""
    query = select(PlanDraft).where(
        col(PlanDraft.office_id) == desk.office_id, col(PlanDraft.owner) == desk.actor.code
    )
    return list(desk.session.exec(query.order_by(col(PlanDraft.id).desc())))


def find_draft(desk: Desk, number: int) -> PlanDraft:
    """Return an unfinished plan of one's own; raise NotFound."""
    row = desk.session.get(PlanDraft, number)
    if row is None or row.office_id != desk.office_id or row.owner != desk.actor.code:
        raise NotFound(
            "没有这份未完成的方案",
            found=str(number),
            expected="本人未完成的方案",
            remedy="从督察批次页面重新编制",
        )
    return row


def answers_of(row: PlanDraft) -> dict[str, list[str]]:
    """Return what was typed, by field."""
    found: dict[str, list[str]] = json.loads(row.answers)
    return found


def keep_answers(desk: Desk, number: int, step: str, fields: Sequence[str], typed: Answers) -> PlanDraft:
    """Keep what was typed on one step; the other steps stay as they are. A stored plan keeps its code.

    What a page sent before something of its own that is kept already is left out: it was held up on its way.
    """
    row = find_draft(desk, number)
    answers = answers_of(row)
    if came_late(answers, typed):
        return row
    typed = in_pairs(typed)
    for name in fields:
        values = [value for value in typed.get(name, ()) if value.strip()]
        refuse_state_secrets("\n".join(values), "督察方案")
        if values:
            answers[name] = values
        else:
            answers.pop(name, None)
    if "kind" in fields:
        rule = next((o for o in campaign_rules(desk).kinds.values() if [o.code] == answers.get("kind")), None)
        if rule is not None and rule.line != "both":  # nothing to choose
            answers["line"] = [rule.line]
    if "revises" in answers:
        answers["code"] = answers["revises"]
    answers["at"] = [step]
    if "turn" in typed:
        answers["turn"] = list(typed["turn"][:1])
    row.answers, row.changed_at = canonical_json(answers), desk.now
    desk.session.add(row)
    return row


def drop_draft(desk: Desk, number: int) -> None:
    """Give an unfinished plan up."""
    desk.session.delete(find_draft(desk, number))


def propose_title(desk: Desk, kind: str) -> str:
    """Return the title that a campaign of a kind would have this year."""
    return f"{desk.today.year}年度{CAMPAIGN_KIND_LABELS[CampaignKind(kind)]}"


def propose_code(desk: Desk, kind: str, year: int) -> str:
    """Return the next code that campaigns of a kind would have in a year: 2026-ZH-02."""
    stem = f"{year}-{MARKS[CampaignKind(kind)]}-"
    query = select(Campaign.code).where(
        col(Campaign.office_id) == desk.office_id, col(Campaign.code).startswith(stem, autoescape=True)
    )
    taken = [int(tail) for code in desk.session.exec(query) if (tail := code[len(stem) :]).isdigit()]
    return f"{stem}{max(taken, default=0) + 1:02}"


def text_of_draft(row: PlanDraft) -> str:
    """Return the campaign file that the answers make, with what the steps do not ask of the plan it was taken from."""
    answers = answers_of(row)
    if "yaml" in answers:  # brought as a file before files could be changed by steps
        return answers["yaml"][0]
    kept = json.loads(answers["kept"][0]) if "kept" in answers else {}
    return write_plan(merged(kept, plan_values(answers)))


def write_plan(values: Mapping[str, Any]) -> str:
    """Return a plan as the text of a campaign file."""
    return yaml.safe_dump(dict(values), allow_unicode=True, sort_keys=False, width=110)


def plan_of_draft(desk: Desk, row: PlanDraft) -> CampaignPlan:
    """Return the plan of a draft, read as a campaign file is; raise InvalidRuleFile with every mistake."""
    name = answers_of(row).get("file", ["督察方案"])[0]
    return read_plan(text_of_draft(row), name, campaign_rules(desk))


def store_draft(desk: Desk, number: int, *, over: bool = False) -> Campaign:
    """Store the plan of a draft: from now on it waits for its approval; the draft is gone.

    over     also over what somebody else stored since the plan was taken back
    """
    require_role(desk, PLANNERS, "编制督察批次")
    row = find_draft(desk, number)
    plan = plan_of_draft(desk, row)
    require_current(desk, plan.code, answers_of(row), over=over)
    campaign = store_plan(desk, plan)
    desk.session.delete(row)
    return campaign
