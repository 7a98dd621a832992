"""What a unit answers to a document: the day its report is due, the report, and each opinion put into effect or not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Desk
from casework.lights.climbing import cases_of_document
from casework.paperwork.drafts import find_document
from casework.paperwork.kinds import is_hidden, rule_of_kind
from casework.rectification.evidence import keep_file
from casework.staff.people import require_role
from casework.tasks import finish_for
from casework.units.lineage import codes_with_heirs
from core.calendar.workdays import Unit as PeriodUnit
from core.codes import DocumentContent
from core.errors import InvalidInput, NotAllowed, NotFound, Refused
from core.life.lives import DocumentState
from core.life.rectification import SETTLED, CaseState
from core.text.secrecy import refuse_state_secrets
from models.base import key_of, table_of
from models.campaign import Finding
from models.document import Document, DocumentItem, DocumentReply
from models.organisation import Unit
from models.rectification import Rectification

OUTCOME_LABELS = {"received": "已收到", "obeyed": "已落实", "not_obeyed": "未落实"}
RESULT_LABELS = {"done": "已落实", "partly": "部分落实", "not_done": "未落实"}
RECORDERS = ("officer", "director", "leader")
GONE_OUT = (DocumentState.ISSUED.value, DocumentState.SERVED.value)
# A sheet of the ladder is answered by acts on its cases; its lateness is the next rung.
ANSWERED_BY_ACTS = DocumentContent.SHEET.value


# ---- when an answer is due ---------------------------------------------------------------------------------------


def set_reply_due(desk: Desk, document: Document, values: Mapping[str, Any]) -> None:
    """Set the day by which a document that is being signed must be answered, as it prints it."""
    reply = values.get("reply")
    if document.content_kind != ANSWERED_BY_ACTS and isinstance(reply, Mapping) and reply.get("due_on"):
        document.reply_due_on = date.fromisoformat(str(reply["due_on"]))
        document.reply_provisional = bool(reply.get("provisional"))
        return
    rule = rule_of_kind(desk, document)
    if document.content_kind == DocumentContent.FINDINGS and rule.reply_workdays:
        document.reply_due_on = desk.calendar.after(desk.today, rule.reply_workdays)
        document.reply_provisional = desk.calendar.is_provisional(desk.today, document.reply_due_on)


def count_reply_from_service(desk: Desk, document: Document, on: date) -> None:
    """Set the day of the answer where it is counted from service, when the first proof of service comes in."""
    rule = rule_of_kind(desk, document)
    if document.reply_due_on is not None or rule.starts_on not in ("served", "received"):
        return
    count, unit = (rule.period, rule.period_unit) if rule.period is not None else (rule.reply_workdays, None)
    if not count or document.content_kind != DocumentContent.FREE:
        return
    due = desk.calendar.due(on, count, PeriodUnit(unit or "workday"))
    document.reply_due_on, document.reply_provisional = due.due_on, due.provisional


# ---- the report of the unit ----------------------------------------------------------------------------------------


def record_reply(
    desk: Desk,
    document_id: int,
    on: date,
    outcome: str = "received",
    file: Path | None = None,
    note: str = "",
) -> DocumentReply:
    """Record that a unit has answered a document; a unit brings its own answer, the office says what it is worth.

    outcome   received | obeyed | not_obeyed
    raises    NotFound for a document of another unit; InvalidInput for a day before issue or after today
    """
    document = _answerable(desk, document_id)
    _check_bringer(desk, document, outcome)
    if outcome not in OUTCOME_LABELS:
        raise InvalidInput(
            "答复情况不正确", found=outcome, expected="、".join(OUTCOME_LABELS), remedy="改正 --outcome"
        )
    _check_day(desk, document, on)
    refuse_state_secrets(note, "答复说明")
    kept = keep_file(desk, "document", document_id, "reply", file).sha256 if file else None
    row = DocumentReply(
        document_id=document_id, replied_on=on, outcome=outcome, note=note, recorded_by=desk.actor.code,
        recorded_at=desk.now, file_sha256=kept,
    )  # fmt: skip
    desk.session.add(row)
    note_answered(desk, document, on)
    desk.session.flush()
    desk.record("document", document_id, "reply", unit_id=document.unit_id, on=on,
                outcome=outcome, note=note, file=kept)  # fmt: skip
    return row


def note_answered(desk: Desk, document: Document, on: date) -> None:
    """Note the day on which a document was answered, here or with the answer to its lead; nobody is asked any more."""
    document.replied_on = document.replied_on or on
    desk.session.add(document)
    finish_for(desk, reply_key(key_of(document)), f"{on} 已答复")


def _check_bringer(desk: Desk, document: Document, outcome: str) -> None:
    if not desk.actor.speaks_for_unit:
        require_role(desk, (*RECORDERS, "inspector"), "登记答复")
        return
    unit = desk.session.get_one(Unit, document.unit_id)
    heirs = codes_with_heirs(desk, [unit.code])  # whoever carries on for the unit answers for it
    if desk.actor.unit_code not in heirs or outcome != "received":
        raise NotAllowed(
            "只能报送本单位的答复",
            found=desk.actor.code,
            expected=f"{unit.code} 的人员，outcome 为 received",
            remedy="由该单位报送，是否落实由督察单位认定",
        )


def _answerable(desk: Desk, document_id: int) -> Document:
    """Return a document that went out to a unit; raise NotFound for what the unit must not know of."""
    document = find_document(desk, document_id)
    if is_hidden(document):
        raise NotFound(
            "没有这份文书", found=str(document_id), expected="文书编号", remedy="运行 ducha notice list 查看"
        )
    if document.state not in GONE_OUT:
        raise Refused(
            "文书还没有发出，不能登记答复",
            found=f"文书{document_id} {document.state}",
            expected="已发出或者已送达的文书",
            remedy="先签发、用印",
        )
    return document


def _check_day(desk: Desk, document: Document, on: date) -> None:
    if document.issued_on is None or not document.issued_on <= on <= desk.today:
        raise InvalidInput(
            "日期不合理",
            found=on.isoformat(),
            expected=f"{document.issued_on} 至 {desk.today}",
            remedy="核对后重填 --on",
        )


# ---- countable opinions --------------------------------------------------------------------------------------------


def write_items(desk: Desk, document: Document, values: Mapping[str, Any]) -> None:
    """Write the opinions of a document that is being signed as rows that are counted (条) and answered one by one."""
    name = rule_of_kind(desk, document).counted
    if name is None:
        return
    cases = [case.id for case in _cases_in_order(desk, document)]
    by_case = document.content_kind == DocumentContent.FINDINGS
    rows = [
        {
            "document_id": document.id,
            "number": number,
            "text": _text_of(one),
            "case_id": cases[number - 1] if by_case and number <= len(cases) else None,
            "answer": "",
            "recorded_by": "",
        }
        for number, one in enumerate(values.get(name, ()), 1)
    ]
    if rows:
        desk.session.connection().execute(sa.insert(table_of(DocumentItem)), rows)


def _cases_in_order(desk: Desk, document: Document) -> list[Rectification]:
    """Return the cases in the order in which a document prints them: by the number of the problem."""
    cases = {case.id: case for case in cases_of_document(desk, key_of(document))}
    query = select(Finding.id).where(col(Finding.id).in_(list(cases))).order_by(col(Finding.code))
    return [cases[number] for number in desk.session.exec(query) if number is not None]


def _text_of(one: object) -> str:
    """Return the words of one opinion: of a problem its item and what is demanded, else the text itself."""
    if isinstance(one, Mapping):
        return "：".join(str(one[key]) for key in ("item", "demand") if one.get(key)) or str(one)
    return str(one)


def list_items(desk: Desk, document_id: int) -> list[dict[str, Any]]:
    """Return the opinions of a document with what became of each; one with a case is done when its case is closed."""
    document = find_document(desk, document_id)
    query = (
        select(DocumentItem, Rectification)
        .outerjoin(Rectification, col(Rectification.id) == col(DocumentItem.case_id))
        .where(col(DocumentItem.document_id) == document.id)
        .order_by(col(DocumentItem.number))
    )
    return [_item_row(item, case) for item, case in desk.session.exec(query)]


def _item_row(item: DocumentItem, case: Rectification | None) -> dict[str, Any]:
    settled = case is not None and CaseState(case.state) in SETTLED
    return {
        "document": item.document_id,
        "number": item.number,
        "text": item.text,
        "case": item.case_id,
        "result": item.result or ("done" if settled else None),
        "done_on": item.done_on or (case.closed_on if case is not None else None),
        "answer": item.answer,
    }


def answer_item(
    desk: Desk, document_id: int, number: int, result: str, on: date, answer: str = ""
) -> DocumentItem:
    """Record what became of one opinion; raise NotFound for an unknown number."""
    require_role(desk, (*RECORDERS, "inspector"), "登记逐条落实情况")
    document = _answerable(desk, document_id)
    if result not in RESULT_LABELS:
        raise InvalidInput(
            "落实情况不正确", found=result, expected="、".join(RESULT_LABELS), remedy="改正 --result"
        )
    _check_day(desk, document, on)
    refuse_state_secrets(answer, "落实情况")
    query = select(DocumentItem).where(
        col(DocumentItem.document_id) == document_id, col(DocumentItem.number) == number
    )
    item = desk.session.exec(query).first()
    if item is None:
        raise NotFound(
            "没有这一条", found=f"第{number}条", expected="文书中的条次",
            remedy=f"运行 ducha notice items {document_id} 查看",
        )  # fmt: skip
    item.result, item.done_on, item.answer, item.recorded_by = result, on, answer, desk.actor.code
    desk.session.add(item)
    desk.record("document", document_id, "answer", unit_id=document.unit_id, on=on,
                number=number, result=result, note=answer)  # fmt: skip
    return item


def reply_key(document_id: int) -> str:
    """Return the cause of the task that asks for a reply."""
    return f"document:{document_id}:reply"
