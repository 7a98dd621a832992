"""What must be true before a document may be written: a 决定书 needs a major issue, or a letter that was not obeyed.

source   行政执法监督条例 第二十九条
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlmodel import col, select

from casework.desk import Desk
from casework.lights.climbing import cases_of_document
from casework.paperwork.answers import GONE_OUT
from casework.paperwork.kinds import name_of_kind
from casework.paperwork.unanswered import is_answered_by_acts
from core.codes import DocumentContent
from core.errors import Refused
from core.life.rectification import CLOCK_RUNS, CaseState
from core.rulebook import DocumentRule
from models.base import key_of
from models.document import Document, DocumentItem, DocumentReply

MAJOR = "major"
"""The name under which a draft says why the issue is major (问题重大)."""


def check_premise(desk: Desk, rule: DocumentRule, line: str, unit_id: int, inputs: Mapping[str, Any]) -> None:
    """Refuse a document whose premise is not met; raise Refused naming what is missing."""
    if not rule.after_unobeyed or str(inputs.get(MAJOR, "")).strip():
        return
    sent = _sent_before(desk, rule, line, unit_id)
    if any(unobeyed(desk, document) for document in sent):
        return
    names = "、".join(name_of_kind(desk, kind) for kind in rule.after_unobeyed)
    found = "；".join(_standing(desk, document) for document in sent) or f"没有向该单位发出过{names}"
    raise Refused(
        f"{rule.name}的前提不具备：问题重大，或者{names}在规定时限内未落实",
        found=found,
        expected=f"一份逾期未落实的{names}，或者认定问题重大的理由",
        remedy=f"属于重大问题的写明理由（--major 理由）；否则先发{names}，逾期未落实再提请决定",
    )


def premise_of(document: Document) -> dict[str, Any]:
    """Return what the author of a draft gave."""
    given: dict[str, Any] = json.loads(document.inputs)
    return given


def unobeyed(desk: Desk, document: Document) -> bool:
    """Tell whether a document that asked for something was not obeyed in the time it set.

    It was not when the office says so of the answer or of one opinion, when the answer is overdue, or when the time of
    one of its problems has run out.
    """
    answers = _outcomes(desk, document)
    if answers:
        return answers[-1] == "not_obeyed" or _item_not_done(desk, document)
    if _item_not_done(desk, document) or _case_late(desk, document):
        return True
    due = document.reply_due_on
    return due is not None and due < desk.today and not is_answered_by_acts(desk, document)


def _sent_before(desk: Desk, rule: DocumentRule, line: str, unit_id: int) -> list[Document]:
    query = select(Document).where(
        col(Document.office_id) == desk.office_id,
        col(Document.unit_id) == unit_id,
        col(Document.line) == line,
        col(Document.kind).in_(rule.after_unobeyed),
        col(Document.state).in_(GONE_OUT),
    )
    return list(desk.session.exec(query.order_by(col(Document.id))))


def _outcomes(desk: Desk, document: Document) -> list[str]:
    query = select(DocumentReply.outcome).where(
        col(DocumentReply.document_id) == document.id, col(DocumentReply.outcome) != "received"
    )
    return list(desk.session.exec(query.order_by(col(DocumentReply.id))))


def _item_not_done(desk: Desk, document: Document) -> bool:
    query = select(DocumentItem.id).where(
        col(DocumentItem.document_id) == document.id, col(DocumentItem.result) == "not_done"
    )
    return desk.session.exec(query).first() is not None


def _case_late(desk: Desk, document: Document) -> bool:
    if document.content_kind != DocumentContent.FINDINGS:
        return False
    return any(
        case.due_on is not None
        and case.due_on < desk.today
        and case.suspended_on is None
        and CaseState(case.state) in CLOCK_RUNS
        for case in cases_of_document(desk, key_of(document))
    )


def _standing(desk: Desk, document: Document) -> str:
    name = name_of_kind(desk, document.kind, document.rules_sha256)
    due = f"答复期限{document.reply_due_on}" if document.reply_due_on else "没有答复期限"
    answered = f"已于{document.replied_on}答复" if document.replied_on else "未答复"
    return f"{name}{document.number or ''}（{due}，{answered}）"
