"""Copies of a document's files for somebody who reads: what is confidential bears their name, and each copy is noted.

A work secret and whatever is in the compartment leave the system only as PDF with a watermark, or as the working file
of somebody who writes the draft.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Desk
from casework.paperwork.drafts import rule_of
from casework.paperwork.kinds import is_hidden
from casework.paperwork.paperless import refuse_reminder
from casework.paperwork.reviewing import DRAFTERS, UNSIGNED
from casework.rectification.evidence import content_path
from core.codes import Secrecy
from core.errors import NotAllowed, NotFound
from models.base import key_of
from models.document import Document, DocumentFile, DocumentReply, ServiceRecord
from models.rectification import Evidence

PDF_HEAD = b"%PDF-"


@dataclass(frozen=True, slots=True)
class Copy:
    """A file for somebody to save."""

    name: str
    content: bytes


def is_confidential(document: Document) -> bool:
    """Tell whether copies of a document bear a watermark and are noted."""
    return document.secrecy == Secrecy.WORK_SECRET or is_hidden(document)


def pdf_copy(desk: Desk, document: Document, reader: str) -> Copy:
    """Return the PDF of a document, the sealed one where there is one.

    reader   the name of whoever gets it, and the login, as the watermark of a confidential one prints it
    raises   NotFound for a reminder; Refused when a confidential one cannot be marked
    """
    from casework.paperwork.papers import print_pdf  # the typesetter is heavy, and most pages do without it

    refuse_reminder(document)
    return _given(desk, document, f"{_stem(desk, document)}.pdf", print_pdf(desk, document), reader)


def sheet_copy(desk: Desk, document: Document, reader: str) -> Copy:
    """Return the 发文稿纸 of a document as it stands now."""
    from casework.paperwork.papers import print_sheet

    refuse_reminder(document)
    return _given(desk, document, f"发文稿纸-{key_of(document)}.pdf", print_sheet(desk, document), reader)


def docx_copy(desk: Desk, document: Document) -> Copy:
    """Return the editable .docx; of a confidential document only its draft, for those who write it."""
    from casework.paperwork.papers import print_docx

    refuse_reminder(document)
    if is_confidential(document) and (
        document.state not in UNSIGNED or desk.actor.roles.isdisjoint((*DRAFTERS, "linkage"))
    ):
        raise NotAllowed(
            "工作秘密文书不提供可编辑文件",
            found=desk.actor.name,
            expected="带水印的 PDF",
            remedy="下载 PDF",
        )
    return _given(desk, document, f"{_stem(desk, document)}.docx", print_docx(desk, document), "")


def file_copy(desk: Desk, document: Document, file_id: int, reader: str) -> Copy:
    """Return a stored file of a document; raise NotFound."""
    row = desk.session.get(DocumentFile, file_id)
    if row is None or row.document_id != document.id:
        raise _no_file(str(file_id))
    return _given(desk, document, row.name, row.content, reader)


def proof_copy(desk: Desk, document: Document, sha256: str, reader: str) -> Copy:
    """Return a file that proves the service of a document or holds an answer to it; raise NotFound."""
    held = sa.or_(*(
        sa.exists().where(col(model.document_id) == document.id, col(model.file_sha256) == sha256)
        for model in (ServiceRecord, DocumentReply)
    ))  # fmt: skip
    query = select(Evidence).where(
        col(Evidence.office_id) == desk.office_id,
        col(Evidence.subject) == "document",
        col(Evidence.subject_id) == document.id,
        col(Evidence.sha256) == sha256,
        held,
    )
    row = desk.session.exec(query.order_by(col(Evidence.id))).first()
    if row is None:
        raise _no_file(sha256[:16])
    path = content_path(desk.files, row.sha256)
    if not path.is_file():
        raise _no_file(row.name)
    return _given(desk, document, row.name, path.read_bytes(), reader)


def _given(desk: Desk, document: Document, name: str, content: bytes, reader: str) -> Copy:
    """Mark a confidential PDF with its reader, and note that a confidential file was given to the actor."""
    if not is_confidential(document):
        return Copy(name, content)
    if content.startswith(PDF_HEAD):
        from casework.paperwork.papers import fonts_of
        from delivery.watermark import lay_over

        content = lay_over(content, f"{reader} {desk.today}", fonts_of(desk))
    desk.record("document", key_of(document), "download", unit_id=document.unit_id, what=name)
    return Copy(name, content)


def _stem(desk: Desk, document: Document) -> str:
    return f"{rule_of(desk, document).name}{document.number or document.id}"


def _no_file(found: str) -> NotFound:
    return NotFound("没有这个文件", found=found, expected="文书所列的文件", remedy="回到文书页面重新下载")
