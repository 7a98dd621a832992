"""The life of a document: draft, review sheet, signature, number, seal, issue, service, void."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from sqlmodel import col, select

from casework.desk import Desk
from casework.holds import refuse_while_held
from casework.lights.climbing import cases_of_document, refresh
from casework.linkage.compartment import knows_all
from casework.mail.queueing import cancel_messages, queue_document
from casework.moves import move
from casework.paperwork.drafts import THING, CaseOnDocument, draft_document, find_document, rule_of
from casework.paperwork.hashing import hash_content
from casework.paperwork.kinds import is_hidden, is_shown
from casework.paperwork.numbering import take_number, write_number
from casework.paperwork.papers import build_paper, fonts_of, store_file, store_standard_files
from casework.paperwork.reviewing import check_approvals, note_signature, refuse_author
from casework.paperwork.signing import after_signing, before_signing, signing_level
from casework.rectification.evidence import read_file
from casework.staff.lending import lender
from casework.staff.people import require_role
from core.codes import DocumentContent, Line
from core.errors import InvalidInput, NotAllowed, Refused
from core.life.lives import DOCUMENT_MOVES, DocumentAct, DocumentState
from core.life.moves import step
from core.rulebook import LEADER_ROLE_LABELS, LeaderRole
from core.rulebook.documents import DocumentRule
from delivery.paper import write_paper
from delivery.typeset import refuse_unprintable
from models.base import key_of
from models.campaign import Campaign
from models.document import Document, DocumentApproval
from models.organisation import Unit
from system.failpoints import reach

__all__ = [
    "CaseOnDocument",
    "content_hash",
    "draft_document",
    "find_document",
    "issue",
    "list_documents",
    "rule_of",
    "seal_document",
    "sign_by_authorisation",
    "sign_documents",
    "signer_for",
    "void_document",
]
PDF_HEAD = b"%PDF-"
SIGNERS = frozenset({"director", "leader"})


def sign_documents(desk: Desk, document_ids: Sequence[int], scan: Path | None = None) -> list[Document]:
    """Sign several documents in one act: each takes its number, and its content is frozen under its hash.

    raises   NotAllowed for the wrong signer or the author; InvalidInput when a template value is missing or no
             valid basis remains; nothing is signed then
    """
    documents = [find_document(desk, number) for number in document_ids]
    for document in documents:
        document.signed_for = signer_for(desk, document, rule_of(desk, document))
        if scan is not None:
            role = "decision" if rule_of(desk, document).by_government else "scan"
            store_file(desk, document, role, scan.name, read_file(scan))
        _sign(desk, document)
    return documents


def sign_by_authorisation(desk: Desk, document: Document) -> None:
    """Sign and issue a document that a leader's standing authorisation lets go without a hand signature."""
    code = desk.campaign(document.campaign_id).code if document.campaign_id is not None else ""
    authorisation = desk.office_rules.authorisation(document.kind, code, desk.today)
    if authorisation is None:
        raise NotAllowed(
            "没有对该类文书的常设授权",
            found=document.kind,
            expected="单位文件 authorisations 中的授权",
            remedy="由负责人签发，或在单位文件中登记授权",
        )
    document.authorised_by = authorisation.by
    _sign(desk, document, signer=authorisation.by)


def signer_for(
    desk: Desk, document: Document, rule: DocumentRule, rows: Sequence[DocumentApproval] | None = None
) -> str | None:
    """Return the post in whose place the actor may sign a document, None when by a right of their own.

    rows     its steps of review, where they are read already
    raises   NotAllowed for its author and for whoever is below the level that it asks
    """
    post = desk.office_rules.leaders.get(desk.actor.code)
    role = post.role if post else LeaderRole.DIRECTOR
    needed = signing_level(desk, document, rule)
    own = (post is not None or "director" in desk.actor.roles) and role.may_sign(needed)
    lent = None if own else lender(desk, needed, document=document.kind, barred={document.drafted_by})
    if lent is None and desk.actor.roles.isdisjoint(SIGNERS):
        raise _not_signer(
            desk, f"无权签发{rule.name}", "、".join(sorted(desk.actor.roles)) or "无角色", needed
        )
    refuse_author(desk, document, "签发", rows)
    if not own and lent is None:
        raise _not_signer(desk, f"签发{rule.name}的级别不够", LEADER_ROLE_LABELS[role], needed)
    return lent.principal if lent is not None else None


def _not_signer(desk: Desk, what: str, who: str, needed: LeaderRole) -> NotAllowed:
    wanted = f"{LEADER_ROLE_LABELS[needed]}及以上负责人"
    return NotAllowed(what, found=f"{desk.actor.code}（{who}）", expected=wanted, remedy=f"由{wanted}签发")


def _sign(desk: Desk, document: Document, signer: str | None = None) -> None:
    rule = rule_of(desk, document)
    step(DOCUMENT_MOVES, DocumentState(document.state), DocumentAct.SIGN, THING)
    check_approvals(desk, document, rule)
    before_signing(desk, document, rule)
    serial = _take_serial(desk, document, rule)
    reach("sign.numbered")
    # State, number and frozen content reach the database together, as its CHECKs ask.
    with desk.session.no_autoflush:
        said = {"by_authorisation": document.authorised_by, "signed_for": document.signed_for}
        move(desk, document, DOCUMENT_MOVES, DocumentAct.SIGN, subject="document", thing=THING,
             unit_id=document.unit_id, detail=said)  # fmt: skip
        document.signed_by = signer or desk.actor.code
        document.signed_on, document.signed_at = desk.today, desk.now
        if serial is not None:
            document.series, document.year, document.serial = serial[0], desk.today.year, serial[1]
            document.number = write_number(serial[0], desk.today.year, serial[1])
        _freeze(desk, document)
    desk.session.add(document)
    desk.session.flush()
    reach("sign.frozen")
    note_signature(desk, document)
    after_signing(desk, document)
    if not rule.sealed:
        issue(desk, document)


def _take_serial(desk: Desk, document: Document, rule: DocumentRule) -> tuple[str, int] | None:
    """Return series and next serial for a numbered kind; before the row changes, because a savepoint flushes it."""
    if not rule.numbered or rule.series is None:
        return None
    refuse_while_held(desk, "编文号")  # the next number may be on a paper of the time that a restore lost
    series = desk.office_rules.lines[Line(document.line)].series[rule.series].code_text
    return series, take_number(desk.session, desk.office_id, series, desk.today.year)


def _freeze(desk: Desk, document: Document) -> None:
    paper, template_hash = build_paper(desk, document)
    refuse_unprintable(paper, fonts_of(desk))
    content = write_paper(paper)
    document.title = paper.title
    document.content = content.decode("utf-8")
    document.template_sha256 = template_hash
    document.content_sha256 = content_hash(document)


def content_hash(document: Document) -> str:
    """Return the SHA-256 over the frozen content, the template and the rule set of a document."""
    return hash_content(document.content or "", document.template_sha256 or "", document.rules_sha256 or "")


def sealers(document: Document) -> tuple[str, ...]:
    """Return the roles that note the seal: what is in a compartment is sealed by its own people too."""
    return ("officer", "director", "linkage") if is_hidden(document) else ("officer", "director")


def seal_document(desk: Desk, document_id: int, pdf: Path) -> Document:
    """Store the sealed PDF of a signed document and issue it."""
    document = find_document(desk, document_id)
    require_role(desk, sealers(document), "登记用印")
    content = read_file(pdf)
    if not content.startswith(PDF_HEAD):
        raise InvalidInput(
            "用印文件不是 PDF", found=pdf.name, expected="盖章后的 PDF", remedy="导出或扫描为 PDF 后重试"
        )
    move(desk, document, DOCUMENT_MOVES, DocumentAct.SEAL, subject="document", thing=THING, unit_id=document.unit_id,
         detail={"sha256": hashlib.sha256(content).hexdigest()})  # fmt: skip
    store_file(desk, document, "sealed", pdf.name, content)
    issue(desk, document)
    return document


def issue(desk: Desk, document: Document) -> None:
    """Issue a document: its files are made and its mails queued in this transaction."""
    rule = rule_of(desk, document)
    move(
        desk,
        document,
        DOCUMENT_MOVES,
        DocumentAct.ISSUE,
        subject="document",
        thing=THING,
        unit_id=document.unit_id,
    )
    document.issued_on = desk.today
    desk.session.add(document)
    if rule.mailed and not is_hidden(document):
        unit = desk.session.get(Unit, document.unit_id)
        assert unit is not None  # foreign key
        roles = tuple(role.value for role in rule.recipients) or ("liaison",)
        # Files are made when they are first needed: to be mailed now, else when somebody prints the document.
        queued = queue_document(desk, document, unit, roles)
        reach("issue.queued")
        if queued:
            store_standard_files(desk, document)
    reach("issue.done")


def void_document(desk: Desk, document_id: int, reason: str) -> Document:
    """Void a document; its number stays taken, with the reason beside it."""
    require_role(desk, ("director",), "作废文书")
    document = find_document(desk, document_id)
    if not reason.strip():
        raise InvalidInput("作废文书须写明理由", found="空", expected="一句理由", remedy="加上 --reason")
    refuse_running(desk, document)
    move(desk, document, DOCUMENT_MOVES, DocumentAct.VOID, subject="document", thing=THING, unit_id=document.unit_id,
         detail={"reason": reason})  # fmt: skip
    document.void_reason = reason
    cancel_messages(desk, document_id)
    desk.session.add(document)
    desk.session.flush()
    for case in cases_of_document(desk, document_id):
        refresh(desk, case)
    return document


def refuse_running(desk: Desk, document: Document) -> None:
    """Refuse to void a notice from which the periods of its problems are counted; raise Refused."""
    tells_problems = document.content_kind == DocumentContent.FINDINGS
    if tells_problems and any(case.signed_on for case in cases_of_document(desk, key_of(document))):
        raise Refused(
            "该通知书已开始计算整改期限，不能作废",
            found=document.number or str(document.id),
            expected="未签发的通知书",
            remedy="对有关问题办理撤销（ducha case act … withdraw），或另发更正文书",
        )


def list_documents(
    desk: Desk, *, state: str | None = None, campaign: str | None = None
) -> list[tuple[Document, str]]:
    """Return documents with the code of their unit, newest first; those of a compartment for its people only."""
    query = select(Document, Unit.code).where(
        col(Document.office_id) == desk.office_id, col(Document.unit_id) == col(Unit.id)
    )
    if not knows_all(desk):
        query = query.where(is_shown())
    if state:
        query = query.where(col(Document.state) == state)
    if campaign:
        query = query.where(
            col(Document.campaign_id).in_(
                select(Campaign.id).where(
                    col(Campaign.office_id) == desk.office_id, col(Campaign.code) == campaign
                )
            )
        )
    return list(desk.session.exec(query.order_by(col(Document.id).desc())))
