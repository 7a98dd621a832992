"""What each act on a case asks for beforehand and does afterwards; the state itself is set in moves.py."""

from __future__ import annotations

from collections.abc import Callable

from sqlmodel import col, select

from casework.cases import ActOnCase
from casework.clearing import void_idle_sheets
from casework.closing import (
    accept_verification,
    apply_closure,
    check_closer,
    check_look_back_day,
    check_reopening,
    check_verifier,
    close_case,
    correct_on_spot,
    count_return,
    need_evidence,
    schedule_look_back,
    start_round,
)
from casework.escalating import check_event, flag_event
from casework.kinds import is_shown
from casework.moves import move
from casework.requests import (
    check_extension_decision,
    check_extension_request,
    check_objection,
    check_objection_decision,
    decide_extension,
    decide_objection,
    object_to_notice,
    open_request,
    resume_clock,
    suspend_clock,
)
from core.codes import Light
from core.errors import IllegalMove, InvalidInput
from core.lives import FINDING_MOVES, DocumentState, FindingAct
from core.rectification import CaseAct, CaseState, RequestKind, possible_acts
from models.base import key_of
from models.document import Document, DocumentCase

Step = Callable[[ActOnCase], None]


def issued_documents(deed: ActOnCase) -> list[Document]:
    """Return the documents on which the case stands that were issued but not served yet, letters of linkage aside."""
    query = (
        select(Document)
        .join(DocumentCase, col(DocumentCase.document_id) == col(Document.id))
        .where(
            col(DocumentCase.case_id) == deed.case.id,
            col(Document.state) == DocumentState.ISSUED.value,
            col(Document.serial).is_not(None),
            is_shown(),
        )
    )
    return list(deed.desk.session.exec(query))


def _need_document(deed: ActOnCase) -> None:
    if not issued_documents(deed):
        state = CaseState(deed.case.state)
        raise IllegalMove("整改事项", state, deed.act, possible_acts(state), why="没有待签收的文书")


def _acknowledge(deed: ActOnCase) -> None:
    from casework.serving import serve_document  # service refreshes cases, which are acted on here

    for document in issued_documents(deed):
        day = max(deed.on, document.issued_on or deed.on)
        serve_document(deed.desk, key_of(document), "acknowledgement", day, note=deed.desk.actor.code)


def _need_plan(deed: ActOnCase) -> None:
    if not (deed.values.get("measures") or deed.note).strip():
        raise InvalidInput(
            "整改方案须写明措施",
            found="空",
            expected="--set measures=措施",
            remedy="逐项写明措施、责任人和完成时限",
        )
    if deed.case.due_on is None:
        raise InvalidInput(
            "通知书尚未签发，不能报送方案",
            found=deed.case.state,
            expected="已签发的通知书",
            remedy="待通知书签发后再报送",
        )


def _submit_plan(deed: ActOnCase) -> None:
    deed.case.plan_on = deed.on
    deed.case.plan_text = deed.values.get("measures") or deed.note


def _return_plan(deed: ActOnCase) -> None:
    deed.case.plan_on = None


def _need_percent(deed: ActOnCase) -> None:
    text = deed.values["percent"].removesuffix("%")
    if not text.isdigit() or not 0 <= int(text) <= 100:
        raise InvalidInput(
            "完成率不正确",
            found=deed.values["percent"],
            expected="0 至 100 的整数",
            remedy="改正 --set percent=60",
        )


def _report_progress(deed: ActOnCase) -> None:
    deed.case.percent = int(deed.values["percent"].removesuffix("%"))


def _withdraw(deed: ActOnCase) -> None:
    deed.case.light = Light.NONE.value
    void_idle_sheets(deed.desk, deed.case.id)
    if deed.finding.state != "withdrawn":
        move(deed.desk, deed.finding, FINDING_MOVES, FindingAct.WITHDRAW, subject="finding", thing="问题",
             unit_id=deed.finding.unit_id, detail={"note": deed.note})  # fmt: skip
        deed.desk.session.add(deed.finding)


BEFORE: dict[CaseAct, Step] = {
    CaseAct.ACKNOWLEDGE: _need_document,
    CaseAct.SUBMIT_PLAN: _need_plan,
    CaseAct.RETURN_PLAN: ActOnCase.need_note,
    CaseAct.REPORT_PROGRESS: _need_percent,
    CaseAct.REQUEST_EXTENSION: check_extension_request,
    CaseAct.DECIDE_EXTENSION: check_extension_decision,
    CaseAct.OBJECT: check_objection,
    CaseAct.DECIDE_OBJECTION: check_objection_decision,
    CaseAct.SUSPEND: ActOnCase.need_note,
    CaseAct.APPLY_CLOSURE: need_evidence,
    CaseAct.VERIFY: check_verifier,
    CaseAct.RETURN: ActOnCase.need_note,
    CaseAct.CLOSE: check_closer,
    CaseAct.SCHEDULE_LOOK_BACK: check_look_back_day,
    CaseAct.REOPEN: check_reopening,
    CaseAct.WITHDRAW: ActOnCase.need_note,
    CaseAct.CORRECT_ON_SPOT: need_evidence,
    CaseAct.FLAG: check_event,
}
AFTER: dict[CaseAct, Step] = {
    CaseAct.ACKNOWLEDGE: _acknowledge,
    CaseAct.SUBMIT_PLAN: _submit_plan,
    CaseAct.RETURN_PLAN: _return_plan,
    CaseAct.REPORT_PROGRESS: _report_progress,
    CaseAct.REQUEST_EXTENSION: open_request(RequestKind.EXTENSION),
    CaseAct.DECIDE_EXTENSION: decide_extension,
    CaseAct.OBJECT: object_to_notice,
    CaseAct.DECIDE_OBJECTION: decide_objection,
    CaseAct.SUSPEND: suspend_clock,
    CaseAct.RESUME: resume_clock,
    CaseAct.APPLY_CLOSURE: apply_closure,
    CaseAct.VERIFY: accept_verification,
    CaseAct.RETURN: count_return,
    CaseAct.CLOSE: close_case,
    CaseAct.SCHEDULE_LOOK_BACK: schedule_look_back,
    CaseAct.REOPEN: start_round,
    CaseAct.WITHDRAW: _withdraw,
    CaseAct.CORRECT_ON_SPOT: correct_on_spot,
    CaseAct.FLAG: flag_event,
}
