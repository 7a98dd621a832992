"""What signing does to the cases on a document: the due date is counted from the day of signature and printed."""

from __future__ import annotations

import sqlalchemy as sa

from casework.desk import Desk
from casework.inspection.campaigns import plan_of
from casework.lights.climbing import cases_of_document, refresh, rules_of_document
from casework.lights.duedates import count_due
from casework.paperwork.answers import set_reply_due, write_items
from casework.paperwork.papers import stored_file
from casework.paperwork.premises import check_premise, premise_of
from casework.paperwork.subjects import kind_bases, subject_of
from casework.paperwork.values import limit_of, values_of
from core.calendar.workdays import Unit as PeriodUnit
from core.codes import DocumentContent, Severity
from core.errors import InvalidInput, Refused
from core.life.lives import FindingState
from core.rulebook import LeaderRole
from core.rulebook.documents import DocumentRule
from models.base import key_of, table_of
from models.campaign import Finding
from models.document import Document, DocumentCase


def signing_level(desk: Desk, document: Document, rule: DocumentRule) -> LeaderRole:
    """Return the lowest level that may sign: what the kind asks for, or more where the campaign's plan does."""
    level = rule.signer
    campaign = desk.campaign(document.campaign_id) if document.campaign_id is not None else None
    if campaign is None or document.content_kind != DocumentContent.FINDINGS or campaign.plan == "{}":
        return level
    asked = plan_of(campaign).notice.sign_by
    return max(level, asked, key=lambda one: one.rank)


def before_signing(desk: Desk, document: Document, rule: DocumentRule) -> None:
    """Refuse a document without a valid basis or a needed decision, and set the due dates that a notice prints.

    raises   InvalidInput naming the kind or the problem whose last valid basis is gone, or the decision that is missing
    """
    subject = subject_of(desk, document, rules_of_document(desk, document))
    region = desk.office_rules.region
    if rule.by_government and stored_file(desk, document, "decision") is None:
        raise _no_decision(rule.name)
    check_premise(desk, rule, document.line, document.unit_id, premise_of(document))
    if rule.basis and not kind_bases(subject):
        raise _no_basis(rule.name, "rules/documents/" + rule.code + ".yaml")
    if document.content_kind != DocumentContent.FINDINGS:
        return
    for case, finding in subject.findings():
        if finding.state != FindingState.CONFIRMED:
            raise _not_confirmed(finding)
        item = subject.item(finding.item)
        if not item.citable(desk.today, region):
            raise _no_basis(
                f"问题 {finding.code}（{item.id} {item.title}）", f"事项 {item.id} 的 legal_basis"
            )
        count, unit = limit_of(subject, item, Severity(finding.severity))
        case.signed_on = desk.today
        count_due(desk, case, desk.today, count, PeriodUnit(unit))
        case.first_due_on = case.due_on
        _print_due(desk, document, case.id, case.due_on)
    desk.session.flush()


def _print_due(desk: Desk, document: Document, case_id: int, due_on: object) -> None:
    row = table_of(DocumentCase)
    desk.session.connection().execute(
        sa.update(row).where(row.c.document_id == document.id, row.c.case_id == case_id).values(due_on=due_on)
    )


ANSWERED = (DocumentContent.FREE.value, DocumentContent.FINDINGS.value)


def after_signing(desk: Desk, document: Document) -> None:
    """Count what was signed: the opinions, the day of the answer, the first day of its cases on the ladder."""
    if document.content_kind in ANSWERED:
        values = values_of(subject_of(desk, document, rules_of_document(desk, document)))
        write_items(desk, document, values)
        set_reply_due(desk, document, values)
        desk.session.add(document)
    if document.content_kind == DocumentContent.FINDINGS:
        for case in cases_of_document(desk, key_of(document)):
            refresh(desk, case)


def _not_confirmed(finding: Finding) -> Refused:
    return Refused(
        f"问题 {finding.code} 已经撤销，通知书不能签发",
        found=finding.state,
        expected="全部问题均已认定",
        remedy="作废该草稿后重新拟制（ducha notice void、notice draft）",
    )


def _no_decision(name: str) -> InvalidInput:
    return InvalidInput(
        f"{name}由本级政府决定，没有政府的决定不能签发",
        found="没有上传政府的决定",
        expected="本级政府决定的扫描件",
        remedy="签发时加上 --file 决定文件（ducha notice sign ID --file 文件）",
    )


def _no_basis(what: str, place: str) -> InvalidInput:
    return InvalidInput(
        f"{what}没有已核验且现行有效的依据，不能签发",
        found="可引用依据0条",
        expected="至少一条已核验（verified: true）且在有效期内的依据",
        remedy=f"核验或更新 {place} 后重新启动批次，或撤销该问题",
    )
