"""From a document to its files: the paper is composed once, frozen at signing, and printed from the frozen content."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Desk
from casework.lights.climbing import rules_of_document
from casework.paperwork.paperless import refuse_reminder
from casework.paperwork.subjects import Subject, Values, subject_of
from casework.paperwork.values import values_of
from casework.rectification.timeline import names_of
from core.codes import SECRECY_LABELS, DocumentContent, Secrecy
from core.errors import NotFound
from delivery.fonts import Fonts
from delivery.paper import Countersign, Paper, Sheet, read_paper, write_footer_note
from delivery.typeset import refuse_unprintable, render_pdf, render_sheet
from delivery.worddoc import render_docx
from delivery.wording import render_wording, template_hash
from models.base import table_of
from models.document import Document, DocumentApproval, DocumentFile

ANSWER_NAME = "整改情况报告表.xlsx"


def wants_answer(document: Document) -> bool:
    """Tell whether the answer workbook goes out with a document: it does with what tells a unit its problems."""
    return document.content_kind == DocumentContent.FINDINGS


def build_paper(desk: Desk, document: Document) -> tuple[Paper, str]:
    """Return the paper of a document as it stands now, with the hash of its templates.

    raises   InvalidInput naming a template value that is missing
    """
    subject = subject_of(desk, document, rules_of_document(desk, document))
    values = values_of(subject)
    wording = render_wording(document.kind, values)
    issuer, seal_name = subject.issuer
    paper = Paper(
        kind=document.kind,
        layout=subject.rule.layout,
        issuer=issuer,
        number=document.number,
        title=wording.subject,
        addressee=_addressee(subject, values),
        blocks=wording.body,
        signature_name=seal_name,
        signed_on=document.signed_on,
        attachments=("整改情况报告表",) if wants_answer(document) else (),
        copies_to=tuple(subject.inputs.get("copies_to", ())),
        printed_by=issuer,
        printed_on=document.signed_on,
        watermark=desk.settings.watermark
        if document.signed_on is not None
        else None,  # a draft bears no seal
        footer_note=_footer(subject),
        secrecy=SECRECY_LABELS[Secrecy.WORK_SECRET] if document.secrecy == Secrecy.WORK_SECRET else "",
        signer=_signer(subject),
        contact=_contact(values) if subject.rule.upward else "",
    )
    return paper, template_hash(document.kind)


def _addressee(subject: Subject, values: Values) -> str:
    """Return to whom a document speaks: to the unit of its values, upward to the government of its line."""
    government = subject.desk.office_rules.lines[subject.line].government
    return government if subject.rule.upward and government else str(values["unit"])


def _contact(values: Values) -> str:
    """Return the note (附注) that a request bears: whom to ask, and the telephone."""
    return f"联系人：{values['contact']['person']}，联系电话：{values['contact']['phone']}"


def _signer(subject: Subject) -> str | None:
    """Return the name for 签发人, which only a document to a superior bears; blank until it is signed.

    source   党政机关公文格式 7.2.6；党政机关公文处理工作条例 第九条第六项
    """
    if not subject.rule.upward:
        return None
    document = subject.document
    signer = _name_of(subject.desk, document.signed_by or "")
    return f"{_name_of(subject.desk, document.signed_for)}（{signer}代签）" if document.signed_for else signer


def _name_of(desk: Desk, code: str) -> str:
    leader = desk.office_rules.leaders.get(code)
    return leader.name if leader else code


def _footer(subject: Subject) -> str:
    provisional = any(case.due_provisional for case, _finding in subject.findings())
    note = "放假安排尚未公布，所列期限为暂定" if provisional else ""
    return write_footer_note(subject.document.rules_sha256 or "", subject.desk.calendar.version, note)


def paper_of(desk: Desk, document: Document) -> Paper:
    """Return the frozen paper of a signed document, or the present one of a draft; raise NotFound for a reminder."""
    refuse_reminder(document)
    if document.content is not None:
        return read_paper(document.content.encode("utf-8"))
    return build_paper(desk, document)[0]


def fonts_of(desk: Desk) -> Fonts:
    """Return the fonts for printing: the office's own first."""
    return Fonts.find(desk.settings.fonts)


def print_pdf(desk: Desk, document: Document) -> bytes:
    """Return the document as PDF: the stored file if there is one, else made from its content."""
    for role in ("sealed", "pdf"):
        stored = stored_file(desk, document, role)
        if stored is not None:
            return stored.content
    return render_pdf(paper_of(desk, document), fonts_of(desk))


def print_docx(desk: Desk, document: Document) -> bytes:
    """Return the document as an editable .docx, for use inside the office, on the office's own letterhead."""
    paper = paper_of(desk, document)
    refuse_unprintable(paper, fonts_of(desk))
    return render_docx(paper, desk.settings.letterheads)


def print_sheet(desk: Desk, document: Document) -> bytes:
    """Return the 发文稿纸 of a document as PDF."""
    paper = paper_of(desk, document)
    read_by = _reviewers(desk, document)
    people = {document.drafted_by, document.signed_by or "", *(row.by for row in read_by.values())}
    names = names_of(desk, people, ())
    reviewed, legal = read_by.get("reviewed"), read_by.get("legal")
    sheet = Sheet(
        issuer=paper.issuer,
        title=paper.title,
        addressee=paper.addressee,
        number=paper.number,
        copies_to=paper.copies_to,
        attachments=paper.attachments,
        secrecy=SECRECY_LABELS[Secrecy(document.secrecy)],
        drafted_by=names.get(document.drafted_by, document.drafted_by),
        drafted_on=document.drafted_on,
        checked_by=names.get(reviewed.by, reviewed.by) if reviewed else "",
        countersigns=(Countersign("法制审核", f"{legal.note or '同意'}（{names.get(legal.by, legal.by)}）"),)
        if legal
        else (),
        signer=names.get(document.signed_by or "", document.signed_by or ""),
        signed_on=document.signed_on,
        footer_note=paper.footer_note,
    )
    return render_sheet(sheet, fonts_of(desk))


def _reviewers(desk: Desk, document: Document) -> dict[str, DocumentApproval]:
    """Return the approval of each step that holds."""
    query = select(DocumentApproval).where(
        col(DocumentApproval.document_id) == document.id, col(DocumentApproval.void_on).is_(None)
    )
    return {row.step: row for row in desk.session.exec(query.order_by(col(DocumentApproval.id)))}


def store_standard_files(desk: Desk, document: Document) -> None:
    """Make and store what goes out with an issued document: a PDF unless a sealed one is there, and the answer form."""
    if stored_file(desk, document, "sealed") is None and stored_file(desk, document, "pdf") is None:
        content = render_pdf(paper_of(desk, document), fonts_of(desk))
        store_file(desk, document, "pdf", f"{document.kind}-{document.id}.pdf", content)
    if wants_answer(document) and stored_file(desk, document, "answer") is None:
        from casework.paperwork.replies import answer_workbook  # replies needs the documents it answers

        store_file(desk, document, "answer", ANSWER_NAME, answer_workbook(desk, document))


def store_file(desk: Desk, document: Document, role: str, name: str, content: bytes) -> str:
    """Store a file of a document beside those it has; return its SHA-256."""
    digest = hashlib.sha256(content).hexdigest()
    known = desk.session.exec(
        select(sa.func.count())
        .select_from(DocumentFile)
        .where(col(DocumentFile.document_id) == document.id, col(DocumentFile.role) == role)
    ).one()
    desk.session.connection().execute(
        sa.insert(table_of(DocumentFile)).values(
            document_id=document.id,
            role=role,
            position=known + 1,
            name=Path(name).name,
            sha256=digest,
            content=content,
        )
    )
    return digest


def stored_file(desk: Desk, document: Document, role: str) -> DocumentFile | None:
    """Return the newest stored file of a role."""
    return desk.session.exec(
        select(DocumentFile)
        .where(col(DocumentFile.document_id) == document.id, col(DocumentFile.role) == role)
        .order_by(col(DocumentFile.position).desc())
    ).first()


def newest_files(desk: Desk, document: Document) -> dict[str, DocumentFile]:
    """Return the newest stored file of each role that a mail may carry."""
    query = select(DocumentFile).where(
        col(DocumentFile.document_id) == document.id, col(DocumentFile.role).in_(("sealed", "pdf", "answer"))
    )
    return {file.role: file for file in desk.session.exec(query.order_by(col(DocumentFile.position)))}


def file_of(desk: Desk, document: Document, role: str) -> DocumentFile:
    """Return a stored file; raise NotFound."""
    found = stored_file(desk, document, role)
    return file_among({role: found} if found else {}, document, role)


def file_among(files: Mapping[str, DocumentFile], document: Document, role: str) -> DocumentFile:
    """Return the file of a role among those of a document; raise NotFound."""
    found = files.get(role)
    if found is None:
        raise NotFound(
            "没有这个文件",
            found=f"文书{document.id} {role}",
            expected="已生成或上传的文件",
            remedy="先签发、用印",
        )
    return found
