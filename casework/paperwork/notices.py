"""Drafts that a person asks for: one notice per unit for its confirmed findings, and documents written by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import col, select

from casework.desk import Desk
from casework.inspection.campaigns import find_campaign, plan_of
from casework.lights.climbing import rules_of
from casework.paperwork.documents import CaseOnDocument, draft_document
from casework.paperwork.freevalues import check_given
from casework.paperwork.papers import build_paper, fonts_of
from casework.paperwork.premises import MAJOR, check_premise
from casework.rectification.cases import find_case
from casework.staff.people import require_role
from core.campaign.campaignplan import notice_rule
from core.codes import DOCUMENT_CONTENT_LABELS, LINE_LABELS, DocumentContent, Light, Line
from core.errors import InvalidInput, NotFound, Refused
from core.life.lives import DocumentState
from core.life.rectification import SETTLED
from core.rulebook import DocumentRule
from core.text.secrecy import refuse_state_secrets
from delivery.typeset import refuse_unprintable
from models.audit import canonical_json
from models.base import key_of
from models.campaign import Campaign
from models.document import Document, DocumentCase
from models.organisation import Unit
from models.rectification import Rectification

DRAFTERS = ("officer", "director", "leader")


def draft_notices(desk: Desk, code: str) -> list[Document]:
    """Draft one notice per unit of a campaign; raise Refused when there is nothing left to notify."""
    require_role(desk, DRAFTERS, "拟制通知书")
    campaign = find_campaign(desk, code)
    by_unit: dict[int, list[int]] = {}
    for case in cases_without_notice(desk, key_of(campaign)):
        by_unit.setdefault(case.unit_id, []).append(case.id)
    if not by_unit:
        raise Refused(
            "没有需要通知的问题",
            found=f"{code} 已认定未通知0个",
            expected="至少一个已认定、未通知的问题",
            remedy="先运行 ducha finding confirm",
        )
    rules = rules_of(desk, key_of(campaign))
    kind = notice_rule(plan_of(campaign), Line(campaign.line), rules, desk.office.code).code
    return [
        draft_document(desk, kind, campaign, unit_id, cases=[CaseOnDocument(case_id) for case_id in cases])
        for unit_id, cases in sorted(by_unit.items())
    ]


def draft_by_hand(
    desk: Desk,
    code: str,
    kind: str,
    unit: str,
    values: Mapping[str, Any],
    cases: Sequence[str] = (),
    *,
    major: str = "",
    copies_to: Sequence[str] = (),
) -> Document:
    """Draft a document of a campaign whose words a person gives: 约谈通知书, 通报, 督办函, 建议书, 决定书.

    kind     a document kind of the campaign's rules with `content: free`
    values   {name: value} as the kind's sample.yaml shows; a period as {count, unit: workday|day, start, from}
    cases    numbers of problems of the unit that the document is about
    major    why the issue is major (问题重大), for a kind that asks for it or for letters that were not obeyed
    raises   InvalidInput naming every value that is missing or does not fit; NotFound; Refused
    """
    require_role(desk, DRAFTERS, "拟制文书")
    campaign = find_campaign(desk, code)
    rule = rules_of(desk, key_of(campaign)).document(kind)
    _check_kind(rule, Line(campaign.line))
    named = [_case_of(desk, campaign, unit, number) for number in cases]
    check_given(rule, values, with_cases=bool(named))
    unit_id, inputs = _unit_id(desk, unit), _inputs(values, major, copies_to)
    check_premise(desk, rule, campaign.line, unit_id, inputs)
    document = draft_document(
        desk,
        kind,
        campaign,
        unit_id,
        inputs=inputs,
        cases=[CaseOnDocument(case.id, Light(case.light), case.due_on) for case in named],
    )
    paper, _templates = build_paper(desk, document)
    refuse_unprintable(paper, fonts_of(desk))  # what cannot be printed is refused now, not at signing
    return document


def _inputs(values: Mapping[str, Any], major: str, copies_to: Sequence[str]) -> dict[str, object]:
    inputs: dict[str, object] = {"values": dict(values)}
    if major.strip():
        inputs[MAJOR] = major.strip()
    if copies_to:
        inputs["copies_to"] = [name.strip() for name in copies_to if name.strip()]
    refuse_state_secrets(canonical_json(inputs), "文书取值")
    return inputs


def _check_kind(rule: DocumentRule, line: Line) -> None:
    if rule.content is not DocumentContent.FREE:
        raise InvalidInput(
            f"{rule.name}不是逐件拟写的文书，由系统在相应环节自动拟制",
            found=f"{rule.code}（{DOCUMENT_CONTENT_LABELS[rule.content]}）",
            expected="content: free 的文书",
            remedy="办理相应环节（如 notice draft 不带 --kind、case act），或改用其他种类",
        )
    if not rule.serves(line):
        raise InvalidInput(
            f"{rule.name}不用于本条线",
            found=f"批次属{LINE_LABELS[line]}线",
            expected=f"{rule.line} 线的批次",
            remedy="改用本条线的文书，或在另一条线的批次中拟制",
        )


def _unit_id(desk: Desk, code: str) -> int:
    query = select(Unit.id).where(col(Unit.office_id) == desk.office_id, col(Unit.code) == code)
    found = desk.session.exec(query).first()
    if found is None:
        raise NotFound(
            "没有这个单位", found=code, expected="已导入的单位编码", remedy="运行 ducha import units 导入"
        )
    return found


def _case_of(desk: Desk, campaign: Campaign, unit: str, number: str) -> Rectification:
    """Return a case that a document of this campaign and unit may speak of; raises Refused for any other."""
    case, _finding = find_case(desk, number)
    if case.campaign_id != campaign.id or case.unit_id != _unit_id(desk, unit) or case.due_on is None:
        raise Refused(
            "该问题不能写入这份文书",
            found=number,
            expected=f"{campaign.code} 中 {unit} 已通知整改的问题",
            remedy="核对 --case、--unit 和批次编码",
        )
    return case


def cases_without_notice(desk: Desk, campaign_id: int) -> list[Rectification]:
    notified = (
        select(DocumentCase.case_id)
        .join(Document, col(Document.id) == col(DocumentCase.document_id))
        .where(
            col(Document.campaign_id) == campaign_id,
            col(Document.content_kind) == DocumentContent.FINDINGS.value,
            col(Document.state) != DocumentState.VOID.value,
        )
    )
    return list(
        desk.session.exec(
            select(Rectification)
            .where(
                col(Rectification.campaign_id) == campaign_id,
                col(Rectification.state).not_in([state.value for state in SETTLED]),
                col(Rectification.signed_on).is_(None),
                col(Rectification.id).not_in(notified),
            )
            .order_by(col(Rectification.id))
        )
    )
