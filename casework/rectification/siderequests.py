"""What all side requests of a case share: numbered, append-only, one of a kind open, settled once by somebody else."""

from __future__ import annotations

from collections.abc import Callable

from casework.ahead import rows_beside
from casework.desk import SYSTEM
from casework.lights.climbing import rules_of
from casework.moves import settle
from casework.rectification.cases import ActOnCase
from core.codes import DocumentContent, Line
from core.errors import InvalidInput, NotAllowed, Refused
from core.life.rectification import REQUEST_LABELS, RequestKind, RequestState
from core.life.sidelife import REQUEST, RequestAct
from models.rectification import SideRequest

CHANGES_OF_TIME = (RequestKind.EXTENSION, RequestKind.LONG_TERM)
"""The requests for more time; only one of them is pending at a time."""
ENDORSERS = ("leader", "head")


def requests_of(deed: ActOnCase, kind: RequestKind) -> list[SideRequest]:
    """Return the requests of a kind, by number."""
    return [one for one in rows_beside(deed.desk, SideRequest, deed.case.id) if one.kind == kind]


def open_one(deed: ActOnCase, *kinds: RequestKind) -> SideRequest | None:
    """Return the request of these kinds that waits for its decision, if there is one."""
    rows = rows_beside(deed.desk, SideRequest, deed.case.id)
    return next((one for one in rows if one.kind in kinds and one.state == RequestState.REQUESTED), None)


def need_open(deed: ActOnCase, kind: RequestKind) -> SideRequest:
    """Return the request that waits; raise Refused when none does, NotAllowed when it is the actor's own."""
    request = open_one(deed, kind)
    if request is None:
        word = REQUEST_LABELS[kind]
        raise Refused(f"没有待办理的{word}", found="0件", expected="1件", remedy=f"先由单位提出{word}")
    if deed.desk.actor.code in (request.asked_by, request.endorsed_by):
        raise NotAllowed(
            "不能审批本人提出的申请", found=deed.desk.actor.code, expected="另一名负责人", remedy="换人办理"
        )
    return request


def refuse_second(deed: ActOnCase) -> None:
    """Refuse a request for more time while another one waits."""
    pending = open_one(deed, *CHANGES_OF_TIME)
    if pending is not None:
        word = REQUEST_LABELS[RequestKind(pending.kind)]
        raise Refused(f"已有一件{word}待审批", found="1件", expected="0件", remedy="等待审批结果，或先撤回")


def new_request(deed: ActOnCase, kind: RequestKind) -> SideRequest:
    """Store a request with its running number; what the unit's own leader asks for is endorsed by that."""
    actor = deed.desk.actor
    by_leader = actor.speaks_for_unit and actor.code.rpartition(":")[2] in ENDORSERS
    request = SideRequest(
        office_id=deed.desk.office_id,
        case_id=deed.case.id,
        kind=kind.value,
        number=len(requests_of(deed, kind)) + 1,
        state=REQUEST.start.value,
        asked_on=deed.on,
        asked_by=actor.code,
        reason=deed.note,
        due_before=deed.case.due_on,
        until_on=deed.day("until"),
        endorsed_on=deed.on if by_leader else None,
        endorsed_by=actor.code if by_leader else None,
    )
    deed.desk.session.add(request)
    deed.desk.session.flush()
    return request


def open_request(kind: RequestKind) -> Callable[[ActOnCase], None]:
    """Return the step that files a request of a kind."""

    def file_request(deed: ActOnCase) -> None:
        new_request(deed, kind)

    return file_request


def need_endorsement(request: SideRequest, *, asked: bool) -> None:
    """Refuse to grant what the unit's own leader has not looked at, where the rules ask for it.

    An officer who registers a paper request stands for the paper with the leader's signature.
    source   ladder, extension.levels and long_term.endorsed: the unit's own leader first, then the office
    """
    contact = request.asked_by.rpartition(":")[2]
    if asked and contact == "liaison" and request.endorsed_on is None:
        raise Refused(
            "单位负责人尚未审核该申请",
            found=f"{request.asked_by} 提出",
            expected="单位负责人或分管领导审核同意",
            remedy="由该单位负责人办理 case act … endorse --set verdict=agreed",
        )


def settle_with(deed: ActOnCase, request: SideRequest, act: RequestAct, verdict: str) -> None:
    """Settle a request; it is settled once and never opened again."""
    settle(request, REQUEST, act)
    request.decided_on, request.decided_by = deed.on, deed.desk.actor.code
    request.decision_note, request.verdict = deed.note, verdict
    deed.desk.session.add(request)


def check_endorsement(deed: ActOnCase) -> None:
    """Refuse an opinion of somebody who does not lead the unit, or on nothing; a no needs its reason."""
    contact = deed.desk.actor.code.rpartition(":")[2]
    if contact not in ENDORSERS:
        raise NotAllowed(
            "只有单位负责人或分管领导可以审核申请",
            found=deed.desk.actor.code,
            expected="单位编码:head 或 单位编码:leader",
            remedy="由该单位负责人办理",
        )
    if deed.values["verdict"] == "declined":
        deed.need_note()
    request = open_one(deed, *CHANGES_OF_TIME)
    if request is None or request.endorsed_on is not None:
        raise Refused("没有待审核的申请", found="0件", expected="1件", remedy="先由联络员提出申请")
    deed.detail |= {"request": request.number, "kind": request.kind}


def endorse(deed: ActOnCase) -> None:
    """Note the opinion of the unit's own leader; a no ends the request inside the unit."""
    request = open_one(deed, *CHANGES_OF_TIME)
    assert request is not None  # checked before
    if deed.values["verdict"] == "declined":
        settle_with(deed, request, RequestAct.REFUSE, "declined")
        return
    request.endorsed_on, request.endorsed_by = deed.on, deed.desk.actor.code
    request.endorsement = deed.note
    deed.desk.session.add(request)


def check_request_withdrawal(deed: ActOnCase) -> None:
    """Refuse to take back what is not pending, or what nobody can take back."""
    kinds = {kind.value: word for kind, word in REQUEST_LABELS.items() if kind is not RequestKind.SUSPENSION}
    kind = deed.values["kind"]
    if kind not in kinds:
        raise InvalidInput(
            "没有这类申请", found=kind, expected="、".join(kinds), remedy="改正 --set kind=extension"
        )
    request = open_one(deed, RequestKind(kind))
    if request is None:
        raise Refused(f"没有待办理的{kinds[kind]}", found="0件", expected="1件", remedy="已办结的不能撤回")
    deed.detail["request"] = request.number


def withdraw_request(deed: ActOnCase) -> None:
    """Take a pending request back; an objection that stopped the clock lets it run again."""
    from casework.rectification.objections import finish_objection

    request = open_one(deed, RequestKind(deed.values["kind"]))
    assert request is not None  # checked before
    settle_with(deed, request, RequestAct.WITHDRAW, "withdrawn")
    if request.kind == RequestKind.OBJECTION:
        finish_objection(deed, request)


def drop_requests(deed: ActOnCase, why: str, *kinds: RequestKind) -> None:
    """End the pending requests of these kinds, because what they asked for is no longer open."""
    for kind in kinds:
        request = open_one(deed, kind)
        if request is not None:
            settle_with(deed, request, RequestAct.WITHDRAW, "withdrawn")
            request.decision_note = why


def reply(deed: ActOnCase, request: SideRequest, content: DocumentContent) -> None:
    """Draft the answer to a request."""
    from casework.paperwork.documents import CaseOnDocument, draft_document

    campaign = deed.desk.campaign(deed.case.campaign_id)
    rules = rules_of(deed.desk, deed.case.campaign_id)
    deed.desk.session.flush()
    draft_document(
        deed.desk,
        rules.document_with(content, Line(campaign.line)).code,
        campaign,
        deed.case.unit_id,
        inputs={"request": request.id},
        cases=[CaseOnDocument(deed.case.id, due_on=deed.case.due_on)],
        author=SYSTEM,
    )


def finish_request_task(deed: ActOnCase, request: SideRequest) -> None:
    """Finish the task of a request that was answered."""
    from casework.tasks import finish_for

    finish_for(deed.desk, f"case:{deed.case.id}:{request.kind}:{request.number}", deed.note)
