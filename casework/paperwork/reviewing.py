"""Review before signature (核稿、法制审核): an approval pins the content it read, and an edit makes it void.

The content of a draft is composed when somebody looks, so an approval keeps what was read and its hash; at signing the
draft is composed once more as on the day of the approval, and has to be the same.
source   党政机关公文处理工作条例 第二十二条（审核）、第二十五条（复核；实质性修改报原签批人复审）
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlmodel import col, select

from casework.desk import SYSTEM, Desk
from casework.moves import move
from casework.paperwork.drafts import THING, find_document, rule_of
from casework.paperwork.freevalues import OWN_NAMES, value_mistakes
from casework.paperwork.hashing import hash_content
from casework.paperwork.kinds import drafters_of, refuse_made
from casework.paperwork.papers import build_paper, fonts_of, print_sheet, store_file
from casework.staff.people import require_role
from core.codes import DocumentContent
from core.errors import InvalidInput, NotAllowed, Refused
from core.life.lives import DOCUMENT_MOVES, DocumentAct, DocumentState
from core.rulebook import DocumentRule
from core.text.secrecy import refuse_state_secrets
from delivery.paper import Paper, Table, read_paper, write_paper
from delivery.typeset import refuse_unprintable
from delivery.wording import sample_of
from models.audit import canonical_json
from models.base import key_of
from models.document import Document, DocumentApproval

DRAFTERS = ("officer", "director", "leader")
REVIEWERS = {"reviewed": ("officer", "director", "leader", "reviewer"), "legal": ("reviewer",)}
STEP_LABELS = {"drafted": "拟稿", "reviewed": "核稿", "legal": "法制审核", "signed": "签发"}
NEEDED = {"none": (), "review": ("reviewed",), "legal": ("reviewed", "legal")}
UNSIGNED = (DocumentState.DRAFT.value, DocumentState.IN_REVIEW.value)
MAX_CHANGES = 3


def put_in_review(desk: Desk, document_id: int) -> Document:
    """Send a draft with its 发文稿纸 to review; what was sent is kept."""
    document = find_document(desk, document_id)
    require_role(desk, drafters_of(document, DRAFTERS), "送核文书")
    _carry_out(desk, document, DocumentAct.SHEET)
    desk.session.add(document)
    _note(desk, document, "drafted", document.drafted_by)
    return document


def send_to_review(desk: Desk, document_id: int, name: str = "") -> tuple[Document, bytes]:
    """Send a draft to review with its 发文稿纸, which is kept; return both.

    name   of the file; 发文稿纸-<number>.pdf where none is given
    raises what put_in_review raises
    """
    document = put_in_review(desk, document_id)
    sheet = print_sheet(desk, document)
    store_file(desk, document, "sheet", name or f"发文稿纸-{document_id}.pdf", sheet)
    return document, sheet


def approve_document(desk: Desk, document_id: int, step: str, note: str = "") -> Document:
    """Approve a draft in review as it reads now.

    step     reviewed 核稿 or legal 法制审核
    raises   NotAllowed for its author or a wrong role; IllegalMove unless it is in review
    """
    if step not in REVIEWERS:
        raise InvalidInput(
            "审核环节不正确", found=step, expected="reviewed 核稿、legal 法制审核", remedy="改正 --step"
        )
    require_role(desk, REVIEWERS[step], STEP_LABELS[step])
    refuse_state_secrets(note, "审核意见")
    document = find_document(desk, document_id)
    refuse_author(desk, document, STEP_LABELS[step])
    _carry_out(desk, document, DocumentAct.APPROVE, {"step": step, "note": note})
    for earlier in approvals_of(desk, document, step):
        earlier.void_on, earlier.void_reason = desk.today, "重新审核"
        desk.session.add(earlier)
    _note(desk, document, step, desk.actor.code, note)
    return document


def return_document(desk: Desk, document_id: int, reason: str) -> Document:
    """Give a draft in review back to its author; approvals given so far are void."""
    require_role(desk, REVIEWERS["reviewed"], "退回文书")
    if not reason.strip():
        raise InvalidInput("退回文书须写明理由", found="空", expected="一句理由", remedy="加上 --note")
    refuse_state_secrets(reason, "退回理由")
    document = find_document(desk, document_id)
    _carry_out(desk, document, DocumentAct.RETURN, {"reason": reason})
    _void_approvals(desk, document, f"退回修改：{reason}")
    return document


def edit_document(
    desk: Desk, document_id: int, values: Mapping[str, Any], copies_to: Sequence[str] | None = None
) -> Document:
    """Change the words that a person gave to a draft; it leaves review, and approvals given so far are void.

    values      {name: value}, laid over the values that were given before
    copies_to   whom it is copied to (抄送); None leaves them as they are
    raises      InvalidInput naming every value that does not fit; IllegalMove once it is signed
    """
    document = find_document(desk, document_id)
    require_role(desk, drafters_of(document, DRAFTERS), "修改文书")
    refuse_made(document)
    given = _laid_over(document, rule_of(desk, document), values)
    if copies_to is not None:
        given["copies_to"] = [name.strip() for name in copies_to if name.strip()]
    refuse_state_secrets(canonical_json(given), "文书取值")
    _carry_out(desk, document, DocumentAct.EDIT, {"names": sorted(values)})
    document.inputs = canonical_json(given)
    _void_approvals(desk, document, "文稿已修改")
    desk.session.add(document)
    desk.session.flush()
    _note(desk, document, "drafted", desk.actor.code)  # what cannot be printed is refused here
    return document


def refuse_author(
    desk: Desk, document: Document, doing: str, rows: Sequence[DocumentApproval] | None = None
) -> None:
    """Refuse whoever drafted or edited a document; raise NotAllowed.

    rows   its steps of review, where they are read already
    """
    steps = steps_of(desk, document) if rows is None else rows
    authors = {row.by for row in steps if row.step == "drafted"} | {document.drafted_by}
    if desk.actor.code in authors:
        raise NotAllowed(
            f"不能{doing}本人拟写或者修改的文书",
            found=desk.actor.code,
            expected="拟稿人以外的人员",
            remedy=f"由其他有权人员{doing}",
        )


def check_approvals(desk: Desk, document: Document, rule: DocumentRule) -> None:
    """Refuse to sign what was not reviewed as its rule asks, or what has changed since; raise Refused."""
    lacking = [step for step in NEEDED[rule.review] if not approvals_of(desk, document, step)]
    if lacking:
        raise Refused(
            f"{rule.name}还没有{'、'.join(STEP_LABELS[step] for step in lacking)}，不能签发",
            found=f"文书{document.id}",
            expected="、".join(STEP_LABELS[step] for step in NEEDED[rule.review]),
            remedy=f"先送核（ducha notice sheet {document.id}），再由他人审核（ducha notice approve {document.id}）",
        )
    for step in REVIEWERS:
        for approval in approvals_of(desk, document, step):
            _check_unchanged(desk, document, approval)


def assume_reviewed(desk: Desk, document: Document) -> None:
    """Let a rehearsal go on as if everybody whom the rule asks had read the draft as it is now."""
    for step in NEEDED[rule_of(desk, document).review]:
        if not approvals_of(desk, document, step):
            _note(desk, document, step, SYSTEM)


def _check_unchanged(desk: Desk, document: Document, approval: DocumentApproval) -> None:
    paper, digest = compose(desk, document, approval.on_day)
    if digest == approval.content_sha256:
        return
    changes = differences(read_paper(approval.content.encode("utf-8")), paper)
    raise Refused(
        f"文稿在{STEP_LABELS[approval.step]}之后有改动，不能签发",
        found="；".join(changes[:MAX_CHANGES]) or "模板或规则有改动",
        expected=f"{approval.on_day} {approval.by} 审核过的内容（{approval.content_sha256[:12]}）",
        remedy=f"重新审核现在的内容（ducha notice approve {document.id} --step {approval.step}）",
    )


def compose(desk: Desk, document: Document, on: date | None = None) -> tuple[Paper, str]:
    """Return the paper of an unsigned document as it would read on a day, and the hash of its content."""
    there = desk if on is None or on == desk.today else replace(desk, today=on)
    paper, template = build_paper(there, document)
    content = write_paper(paper).decode("utf-8")
    return paper, hash_content(content, template, document.rules_sha256 or "")


def differences(before: Paper, after: Paper) -> list[str]:
    """Return in words how two papers differ, in the order of the text."""
    old, new = _lines(before), _lines(after)
    gone = [f"删去“{line[:40]}”" for line in old if line not in new]
    come = [f"增加“{line[:40]}”" for line in new if line not in old]
    return gone + come


def _lines(paper: Paper) -> list[str]:
    lines = [paper.title, paper.addressee, paper.issuer, paper.signature_name]
    for block in paper.blocks:
        if isinstance(block, Table):
            lines += ["｜".join(row) for row in block.rows]
        else:
            lines.append(block.text)
    return [*lines, *paper.attachments, *paper.copies_to, paper.secrecy, paper.footer_note]


def approvals_of(desk: Desk, document: Document, step: str) -> list[DocumentApproval]:
    """Return the approvals of a step that still hold."""
    return [row for row in steps_of(desk, document) if row.step == step and row.void_on is None]


def list_approvals(desk: Desk, document: Document) -> list[dict[str, Any]]:
    """Return every step of review, oldest first, void ones with their reason."""
    return [
        {
            "step": row.step, "by": row.by, "on": row.on_day, "sha256": row.content_sha256, "note": row.note,
            "void_on": row.void_on, "void_reason": row.void_reason,
        }
        for row in steps_of(desk, document)
    ]  # fmt: skip


def note_signature(desk: Desk, document: Document) -> None:
    """Keep who signed which content, as the last step of review."""
    desk.session.add(
        _row(desk, document, "signed", document.signed_by or "", document.content_sha256 or "", "")
    )


def steps_of(desk: Desk, document: Document) -> list[DocumentApproval]:
    """Return the rows of every step of review, oldest first."""
    query = select(DocumentApproval).where(col(DocumentApproval.document_id) == document.id)
    return list(desk.session.exec(query.order_by(col(DocumentApproval.id))))


def _note(desk: Desk, document: Document, step: str, by: str, note: str = "") -> None:
    paper, digest = compose(desk, document)
    refuse_unprintable(paper, fonts_of(desk))
    row = _row(desk, document, step, by, digest, write_paper(paper).decode("utf-8"))
    row.note = note
    desk.session.add(row)
    desk.session.flush()


def _row(desk: Desk, document: Document, step: str, by: str, digest: str, content: str) -> DocumentApproval:
    return DocumentApproval(
        document_id=key_of(document),
        step=step,
        by=by,
        on_day=desk.today,
        at=desk.now,
        content_sha256=digest,
        content=content,
    )


def _void_approvals(desk: Desk, document: Document, reason: str) -> None:
    for row in steps_of(desk, document):
        if row.void_on is None and row.step in REVIEWERS:
            row.void_on, row.void_reason = desk.today, reason
            desk.session.add(row)


def _carry_out(
    desk: Desk, document: Document, act: DocumentAct, detail: Mapping[str, object] | None = None
) -> None:
    move(desk, document, DOCUMENT_MOVES, act, subject="document", thing=THING,
         unit_id=document.unit_id, detail=detail)  # fmt: skip


def _laid_over(document: Document, rule: DocumentRule, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inputs of a document with changed values; raise InvalidInput for names it does not take."""
    given: dict[str, Any] = json.loads(document.inputs)
    own = rule.content is DocumentContent.FINDINGS
    sample = {"overall": ""} if own else _changeable(document, given)
    found = value_mistakes(sample, values)
    if found:
        raise InvalidInput(
            f"{rule.name}的取值不全或不对",
            found="；".join(found),
            expected="、".join(name for name in sample if name not in OWN_NAMES) or "没有可以修改的取值",
            remedy=f"参照 templates/documents/{rule.code}/sample.yaml 改正",
        )
    if own or not values:
        return {**given, **values}
    return {**given, "values": {**given.get("values", {}), **values}}


def _changeable(document: Document, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the sample of what a person may change: of a document written by hand all, else what was given to it."""
    sample = sample_of(document.kind)
    if document.content_kind == DocumentContent.FREE:
        return sample
    return {name: sample[name] for name in given.get("values", {}) if name in sample}
