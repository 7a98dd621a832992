"""What a lead ends in: a problem of a campaign (立项), and the reply to whoever brought it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlmodel import col, select

from casework.desk import SYSTEM, Desk
from casework.inspection.campaigns import find_campaign
from casework.inspection.checklists import next_finding_code
from casework.intake.leadclocks import finish_clock
from casework.intake.leadpassing import check_dispute, refuse_source
from casework.intake.leads import find_lead, lead_rules
from casework.intake.leadsteps import act, decided, keep, kept, not_in_future, words
from casework.lights.climbing import rules_of
from casework.paperwork.documents import find_document
from casework.paperwork.standalone import draft_outside
from core.codes import Line, Severity
from core.errors import InvalidInput, NotFound, Refused
from core.life.leadlife import LeadAct
from core.life.lives import CampaignState, DocumentState, FindingState
from core.rulebook import Rulebook
from models.base import key_of
from models.campaign import Campaign, Finding, Visit
from models.document import Document
from models.lead import Lead
from models.organisation import Unit

CHANNELS = ("document", "telephone", "interview", "platform")
CHANNEL_LABELS = {"document": "书面", "telephone": "电话", "interview": "当面", "platform": "平台回填"}


@dataclass(frozen=True, slots=True)
class Problem:
    """What a lead becomes in a campaign."""

    campaign: str
    item: str
    severity: Severity
    problem: str
    facts: str = ""


def establish_lead(desk: Desk, lead_id: int, problem: Problem) -> tuple[Lead, Finding]:
    """Make a lead a working paper in an open campaign of its line, from which the usual way begins.

    raises   Refused for the wrong line, a campaign that is not open or does not visit the unit, a matter that is
             before another body; NotFound for an item that the campaign does not know
    """
    row = find_lead(desk, lead_id)
    check_dispute(row, "立项监督")
    words(problem.problem, "问题", "--problem")
    refuse_source(desk, row, f"{problem.problem}\n{problem.facts}")
    campaign = find_campaign(desk, problem.campaign)
    unit = _unit_of(desk, row)
    _check_campaign(desk, row, campaign, unit, problem.item)
    decided(desk, row, LeadAct.ESTABLISH, problem.problem, campaign=campaign.code)
    finding = Finding(
        office_id=desk.office_id,
        code=next_finding_code(desk, campaign, unit),
        campaign_id=key_of(campaign),
        unit_id=key_of(unit),
        item=problem.item,
        severity=problem.severity.value,
        problem=problem.problem,
        facts=problem.facts,
        state=FindingState.PAPER.value,
        found_by=row.checked_by or desk.actor.code,
        found_on=row.checked_on or desk.today,
        lead_id=row.id,
    )
    desk.session.add(finding)
    desk.session.flush()
    desk.record(
        "finding", key_of(finding), "write", unit_id=unit.id, to_state=finding.state, code=finding.code
    )
    return kept(desk, row), finding


def _unit_of(desk: Desk, row: Lead) -> Unit:
    unit = desk.session.get(Unit, row.unit_id) if row.unit_id else None
    if unit is None:
        raise InvalidInput(
            "线索没有写明被反映单位",
            found="空",
            expected="单位编码",
            remedy="用 ducha lead check 编号 --unit 补充",
        )
    return unit


def _check_campaign(desk: Desk, row: Lead, campaign: Campaign, unit: Unit, item: str) -> None:
    visited = desk.session.exec(
        select(Visit.id).where(col(Visit.campaign_id) == campaign.id, col(Visit.unit_id) == unit.id)
    ).first()
    found = [
        why
        for why, wrong in (
            (f"批次属另一条线（{campaign.line}）", campaign.line != row.line),
            (f"批次状态为 {campaign.state}", campaign.state != CampaignState.OPEN.value),
            (f"批次不督察 {unit.code}", visited is None),
        )
        if wrong
    ]
    if found:
        raise Refused(
            "不能在该批次立项",
            found="；".join(found),
            expected="与线索同一条线、已启动、督察该单位的批次",
            remedy="编制线索核查批次（kind: lead_check），启动后再立项",
        )
    if item not in _items(rules_of(desk, key_of(campaign))):
        raise NotFound(
            "批次的事项目录中没有该事项", found=item, expected="批次目录中的事项编号", remedy="改正 --item"
        )


def _items(rules: Rulebook) -> set[str]:
    return {item.id for catalog in rules.catalogs.values() for item in catalog.items}


def draft_reply(
    desk: Desk, lead_id: int, addressee: str, *, handling: str, verified: str, result: str
) -> Document:
    """Draft the written reply to the source of a lead; it is printed and handed over, never mailed or listed."""
    row = find_lead(desk, lead_id)
    said = {"handling": handling, "verified": verified, "result": result}
    _check_words(addressee, said)
    if row.outcome is None:
        raise Refused(
            "线索尚未作出处理，不能答复",
            found=row.state,
            expected="已转办、立项或不予处理",
            remedy="先作出处理",
        )
    document = draft_outside(
        desk,
        lead_rules(desk).reply_document,
        Line(row.line),
        row.unit_id or row.to_unit_id or key_of(_unit_of(desk, row)),
        about=("lead", key_of(row)),
        inputs={"receiver_name": addressee, "values": {**_about(row), **said}},
        author=SYSTEM,
        opened_on=row.received_on,
    )
    row.reply_document_id = document.id
    desk.record("lead", key_of(row), "draft_reply", document=document.id)
    kept(desk, row)
    return document


def _check_words(addressee: str, said: Mapping[str, str]) -> None:
    words(addressee, "主送", "--to")
    labels = {"handling": "办理方式", "verified": "核实情况", "result": "处理意见"}
    for name, label in labels.items():
        words(said[name], label, f"--{name}")


def _about(row: Lead) -> dict[str, object]:
    """Return what a reply says of the lead itself."""
    return {
        "topic": row.title.removeprefix("关于"),
        "received_on": row.received_on.isoformat(),
        "reference": row.source_ref or row.number,
        "lead_number": row.number,
        "real_name": row.real_name,
    }


def reply_to_source(
    desk: Desk, lead_id: int, channel: str, note: str, *, on: date | None = None, file: Path | None = None
) -> Lead:
    """Record that the source was told the result: in writing, by telephone, in person, or on its platform.

    channel   document | telephone | interview | platform; in writing the reply must have been signed and sealed
    """
    row = find_lead(desk, lead_id)
    if channel not in CHANNELS:
        expected = "、".join(f"{code}（{label}）" for code, label in CHANNEL_LABELS.items())
        raise InvalidInput("答复方式不正确", found=channel, expected=expected, remedy="改正 --channel")
    words(note, "答复情况", "--note")
    day = not_in_future(desk, on, "答复日期")
    if channel == "document":
        _check_reply_document(desk, row)
    with desk.session.no_autoflush:
        act(desk, row, LeadAct.REPLY, on=day, channel=channel)
        row.replied_on, row.reply_channel, row.reply_note = day, channel, note
    keep(desk, row, "reply", file)
    finish_clock(desk, row, "reply", f"{CHANNEL_LABELS[channel]}答复")
    return kept(desk, row)


def _check_reply_document(desk: Desk, row: Lead) -> None:
    document = find_document(desk, row.reply_document_id) if row.reply_document_id else None
    if document is None or document.state not in (DocumentState.ISSUED.value, DocumentState.SERVED.value):
        raise Refused(
            "书面答复尚未签发、用印",
            found=document.state if document else "没有答复",
            expected="已发出的答复",
            remedy="先运行 ducha lead reply 编号 --draft 拟稿，再签发、用印",
        )
