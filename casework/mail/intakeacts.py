"""What a person does with mail that came in: files it with a document or a case, or puts it away with a reason."""

from __future__ import annotations

from sqlmodel import col, select

from casework.desk import Desk
from casework.mail.intakefiles import keep_parts_again
from casework.mail.intakeview import find_inbound
from casework.moves import take
from casework.paperwork.paperview import visible_document
from casework.rectification.cases import find_case, no_such_case
from casework.sight import documents_in_sight, is_case_in_sight
from core.errors import InvalidInput, NotFound
from core.inbound import Basis, InboundKind
from core.life.inboundlife import INBOUND, InboundAct
from core.text.secrecy import refuse_state_secrets
from models.base import key_of
from models.document import Document
from models.inbound import InboundMail

# Of these nothing but headers is here, or not even those may be.
UNREAD = frozenset({InboundKind.SECRET, InboundKind.BROKEN})


def file_inbound(
    desk: Desk, number: int, *, document: str = "", case: str = "", note: str = ""
) -> InboundMail:
    """File a mail with a document (its number or id) or a case (its code); its files become evidence there.

    Filing answers nothing and acknowledges nothing: what the mail says is entered where it belongs.
    raises   InvalidInput unless it is one of both; NotFound for what the actor does not see
    """
    row = find_inbound(desk, number)
    if bool(document.strip()) == bool(case.strip()):
        raise InvalidInput(
            "来信归入一份文书或者一件整改事项", found="都没有填" if not document.strip() else "两项都填了",
            expected="文号（文书编号）或者事项编号之一", remedy="填写其中一项",
        )  # fmt: skip
    refuse_state_secrets(note, "说明")
    if InboundKind(row.kind) in UNREAD:
        raise InvalidInput(
            "这封来信没有内容可以归入",
            found=row.why[:80],
            expected="已读取的来信",
            remedy="到收信邮箱中处理，在此写明理由搁置",
        )
    if document.strip():
        subject, subject_id = "document", key_of(_document(desk, document.strip()))
    else:
        subject, subject_id = "case", _case(desk, case.strip())
    row.document_id = subject_id if subject == "document" else None
    row.case_id = subject_id if subject == "case" else None
    row.basis, row.note = Basis.PERSON.value, note.strip()
    _handled(desk, row)
    take(
        desk,
        row,
        INBOUND,
        InboundAct.FILE,
        detail={"document": row.document_id, "case": case.strip(), "note": note},
    )
    keep_parts_again(desk, row, subject, subject_id)
    return row


def dismiss_inbound(desk: Desk, number: int, reason: str) -> InboundMail:
    """Put a mail away that nothing follows from; raise InvalidInput without a reason."""
    row = find_inbound(desk, number)
    if not reason.strip():
        raise InvalidInput("不再处理须写明理由", found="空", expected="一句理由", remedy="填写理由")
    refuse_state_secrets(reason, "理由")
    row.note = reason.strip()[:500]
    _handled(desk, row)
    take(desk, row, INBOUND, InboundAct.DISMISS, detail={"reason": row.note})
    return row


def _handled(desk: Desk, row: InboundMail) -> None:
    row.handled_by, row.handled_on = desk.actor.code, desk.today
    desk.session.add(row)


def _document(desk: Desk, said: str) -> Document:
    if said.isdecimal() and len(said) < 10:
        return visible_document(desk, int(said))
    query = select(Document).where(col(Document.number) == said, documents_in_sight(desk))
    found = desk.session.exec(query).first()
    if found is None:
        raise NotFound(
            "没有这份文书", found=said[:40], expected="文号或者文书编号", remedy="回到文书列表查找"
        )
    return found


def _case(desk: Desk, code: str) -> int:
    case, _finding = find_case(desk, code)
    if not is_case_in_sight(desk, case.id):
        raise no_such_case(code)
    return case.id
