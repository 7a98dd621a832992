"""What each act on a case asks for beforehand and does afterwards; the state itself is set in moves.py."""

from __future__ import annotations

from collections.abc import Callable

from sqlmodel import col, select

from casework.lights.escalating import check_event, flag_event
from casework.moves import move
from casework.paperwork.kinds import is_shown
from casework.rectification.cases import ActOnCase
from casework.rectification.clearing import void_idle_sheets
from casework.rectification.closing import (
    apply_closure,
    check_closer,
    check_look_back_day,
    check_reopening,
    close_case,
    correct_on_spot,
    count_return,
    schedule_look_back,
    settle_pending,
    start_round,
)
from casework.rectification.evidence import keep_file
from casework.rectification.freezing import check_release, release
from casework.rectification.halfreports import count_progress
from casework.rectification.longterm import (
    check_long_term_decision,
    check_long_term_request,
    check_stage_review,
    decide_long_term,
    request_long_term,
    review_stage,
)
from casework.rectification.lookbacks import end_look_back
from casework.rectification.measures import check_measure, tick_measures
from casework.rectification.objections import (
    check_admission,
    check_objection,
    check_objection_decision,
    decide_objection,
    object_to_notice,
)
from casework.rectification.plans import (
    approve_plan,
    check_approval,
    check_return,
    need_plan,
    return_plan,
    submit_plan,
)
from casework.rectification.proof import check_application, need_evidence
from casework.rectification.requests import (
    check_extension_decision,
    check_extension_request,
    decide_extension,
)
from casework.rectification.siderequests import (
    check_endorsement,
    check_request_withdrawal,
    endorse,
    open_request,
    withdraw_request,
)
from casework.rectification.suspending import check_suspension, resume_clock, suspend_clock
from casework.rectification.verifying import (
    accept_verification,
    check_settlement,
    check_verifier,
    record_complaint,
    settle_complaint,
)
from core.codes import Light
from core.errors import IllegalMove, InvalidInput
from core.life.lives import FINDING_MOVES, DocumentState, FindingAct
from core.life.rectification import CaseAct, CaseState, RequestKind, possible_acts
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
    from casework.paperwork.serving import serve_document  # service refreshes cases, which are acted on here

    for document in issued_documents(deed):
        day = max(deed.on, document.issued_on or deed.on)
        serve_document(deed.desk, key_of(document), "acknowledgement", day, note=deed.desk.actor.code)


def _need_percent(deed: ActOnCase) -> None:
    text = deed.values["percent"].removesuffix("%")
    if not text.isdigit() or not 0 <= int(text) <= 100:
        raise InvalidInput(
            "完成率不正确",
            found=deed.values["percent"],
            expected="0 至 100 的整数",
            remedy="改正 --set percent=60",
        )
    check_measure(deed)


def _report_progress(deed: ActOnCase) -> None:
    deed.case.percent = int(deed.values["percent"].removesuffix("%"))
    tick_measures(deed)
    count_progress(deed)


def _withdraw(deed: ActOnCase) -> None:
    deed.case.light = Light.NONE.value
    void_idle_sheets(deed.desk, deed.case.id)
    settle_pending(deed)
    if deed.finding.state != "withdrawn":
        move(deed.desk, deed.finding, FINDING_MOVES, FindingAct.WITHDRAW, subject="finding", thing="问题",
             unit_id=deed.finding.unit_id, detail={"note": deed.note})  # fmt: skip
        deed.desk.session.add(deed.finding)


def _refer(deed: ActOnCase) -> None:
    """Open a screening beside the case; its history and its files lie with the screening, not with the case."""
    # imported here, since a screening finds its case, which is acted on here
    from casework.linkage.screening import open_screening_by_hand

    referral = open_screening_by_hand(deed.desk, deed.finding.code, deed.note)
    for path in deed.files:
        keep_file(deed.desk, "referral", key_of(referral), deed.act.value, path)


BEFORE: dict[CaseAct, Step] = {
    CaseAct.ACKNOWLEDGE: _need_document,
    CaseAct.SUBMIT_PLAN: need_plan,
    CaseAct.APPROVE_PLAN: check_approval,
    CaseAct.RETURN_PLAN: check_return,
    CaseAct.REPORT_PROGRESS: _need_percent,
    CaseAct.REQUEST_EXTENSION: check_extension_request,
    CaseAct.DECIDE_EXTENSION: check_extension_decision,
    CaseAct.OBJECT: check_objection,
    CaseAct.DECIDE_OBJECTION: check_objection_decision,
    CaseAct.SUSPEND: check_suspension,
    CaseAct.APPLY_CLOSURE: check_application,
    CaseAct.VERIFY: check_verifier,
    CaseAct.RETURN: ActOnCase.need_note,
    CaseAct.CLOSE: check_closer,
    CaseAct.SCHEDULE_LOOK_BACK: check_look_back_day,
    CaseAct.REOPEN: check_reopening,
    CaseAct.WITHDRAW: ActOnCase.need_note,
    CaseAct.CORRECT_ON_SPOT: need_evidence,
    CaseAct.FLAG: check_event,
    CaseAct.ENDORSE: check_endorsement,
    CaseAct.WITHDRAW_REQUEST: check_request_withdrawal,
    CaseAct.REQUEST_LONG_TERM: check_long_term_request,
    CaseAct.DECIDE_LONG_TERM: check_long_term_decision,
    CaseAct.REVIEW_STAGE: check_stage_review,
    CaseAct.ADMIT_OBJECTION: check_admission,
    CaseAct.REFER: ActOnCase.need_note,
    CaseAct.RELEASE: check_release,
    CaseAct.RECORD_COMPLAINT: ActOnCase.need_note,
    CaseAct.SETTLE_COMPLAINT: check_settlement,
}
AFTER: dict[CaseAct, Step] = {
    CaseAct.ACKNOWLEDGE: _acknowledge,
    CaseAct.SUBMIT_PLAN: submit_plan,
    CaseAct.APPROVE_PLAN: approve_plan,
    CaseAct.RETURN_PLAN: return_plan,
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
    CaseAct.LOOK_BACK: end_look_back,
    CaseAct.REOPEN: start_round,
    CaseAct.WITHDRAW: _withdraw,
    CaseAct.CORRECT_ON_SPOT: correct_on_spot,
    CaseAct.FLAG: flag_event,
    CaseAct.ENDORSE: endorse,
    CaseAct.WITHDRAW_REQUEST: withdraw_request,
    CaseAct.REQUEST_LONG_TERM: request_long_term,
    CaseAct.DECIDE_LONG_TERM: decide_long_term,
    CaseAct.REVIEW_STAGE: review_stage,
    CaseAct.REFER: _refer,
    CaseAct.RELEASE: release,
    CaseAct.RECORD_COMPLAINT: record_complaint,
    CaseAct.SETTLE_COMPLAINT: settle_complaint,
}
