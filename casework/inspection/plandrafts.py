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
from casework.inspection.campaignrows import campaign_rules
from casework.inspection.campaigns import store_plan
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
Answers = Mapping[str, Sequence[str]]
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
    read_plan(text, path.name, campaign_rules(desk))
    return begin_draft(desk, {"yaml": [text], "name": [path.name]})


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


def keep_answers(desk: Desk, number: int, fields: Sequence[str], typed: Answers) -> PlanDraft:
    """Keep what was typed on one step; the other steps stay as they are."""
    row = find_draft(desk, number)
    answers = answers_of(row)
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
    """Return the campaign file that the answers make, or the one that was brought."""
    answers = answers_of(row)
    if "yaml" in answers:
        return answers["yaml"][0]
    return write_plan(plan_values(answers))


def write_plan(values: Mapping[str, Any]) -> str:
    """Return a plan as the text of a campaign file."""
    return yaml.safe_dump(dict(values), allow_unicode=True, sort_keys=False, width=110)


def plan_of_draft(desk: Desk, row: PlanDraft) -> CampaignPlan:
    """Return the plan of a draft, read as a campaign file is; raise InvalidRuleFile with every mistake."""
    name = answers_of(row).get("name", ["督察方案"])[0]
    return read_plan(text_of_draft(row), name, campaign_rules(desk))


def store_draft(desk: Desk, number: int) -> Campaign:
    """Store the plan of a draft: from now on it waits for its approval; the draft is gone."""
    require_role(desk, PLANNERS, "编制督察批次")
    row = find_draft(desk, number)
    campaign = store_plan(desk, plan_of_draft(desk, row))
    desk.session.delete(row)
    return campaign


def plan_values(answers: Answers) -> dict[str, Any]:
    """Return the answers of the steps as the keys of a campaign file; what was not answered is left out."""
    one = {name: values[0] for name, values in answers.items() if values}
    values: dict[str, Any] = {name: one[name] for name in ("code", "title", "kind", "line") if name in one}
    values |= {name: one[name] for name in ("theme", "month") if name in one}
    if "original" in answers:
        values["original"] = list(answers["original"])
    values["catalogs"] = _catalogs(answers.get("items", ()))
    values["units"] = _units(answers)
    values["period"] = {"from": one.get("from", ""), "to": one.get("to", "")}
    values["team"] = _team(answers, one)
    values["notice"] = _notice(one)
    values |= {name: _number(one[name]) for name in ("visit_workdays", "self_report_workdays") if name in one}
    if "reference_item" in one:
        reference = {"document": "reference_document", "number": "reference_number", "item": "reference_item"}
        values["plan_reference"] = {key: one[name] for key, name in reference.items() if name in one}
    if "joint" in one:
        values["joint"] = {"with": one["joint"], "findings": one.get("joint_findings", "separate")}
    if "materials" in one:
        values["materials"] = [text.strip() for text in one["materials"].splitlines() if text.strip()]
    return {key: value for key, value in values.items() if value not in ([], {}, "")}


def _catalogs(chosen: Sequence[str]) -> list[dict[str, Any]]:
    """Return the catalogues of `key:all`, `key:class` and `key:item`; the whole of one swallows its parts."""
    found: dict[str, list[str]] = {}
    for text in chosen:
        key, _, part = text.partition(":")
        found.setdefault(key, []).append(part)
    return [{"key": key, "items": "all" if "all" in parts else parts} for key, parts in found.items()]


def _units(answers: Answers) -> Any:
    if answers.get("units_by", ["kind"])[0] == "kind":
        kinds = list(answers.get("kinds", ()))
        return {"select": {"类别": kinds}} if kinds else []
    return sorted(answers.get("units", ()))


def _team(answers: Answers, one: Mapping[str, str]) -> dict[str, Any]:
    team: dict[str, Any] = {
        name: _number(one[name]) for name in ("size", "n", "max_visits", "seed") if name in one
    }
    if "pool" in one:
        team["pool"] = one["pool"]
    team["leader"] = "leader" if one.get("leader", "yes") == "yes" else None
    wanted = zip(answers.get("specialty", ()), answers.get("specialty_count", ()), strict=False)
    at_least = {name: _number(count) for name, count in wanted if name != "-"}
    if at_least:
        team["at_least"] = at_least
    recuse: dict[str, Any] = {}
    if "former_years" in one:
        recuse["former_years"] = _number(one["former_years"])
    if "last_time" in one:
        recuse["last_time"] = one["last_time"]
    return {**team, "recuse": recuse} if recuse else team


def _notice(one: Mapping[str, str]) -> dict[str, str]:
    names = {"document": "notice_document", "sign_by": "sign_by"}
    return {key: one[name] for key, name in names.items() if name in one}


def _number(text: str) -> int | str:
    """Return a whole number; other text stays and is told as a mistake of the plan."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text
