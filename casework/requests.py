"""Side requests of a case: extension, objection, suspension; numbered, append-only, one of a kind open at a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from sqlmodel import col, select

from casework.cases import ActOnCase
from casework.climbing import ladder_of, rules_of
from casework.desk import SYSTEM
from casework.duedates import count_due, name_due
from core.codes import DocumentContent, Line, Severity
from core.errors import InvalidInput, NotAllowed, Refused
from core.lives import DocumentState
from core.rectification import RequestKind, RequestState
from core.rulebook.documents import ObjectionRight
from models.campaign import Campaign, VisitMember
from models.document import Document, DocumentCase
from models.organisation import Person
from models.rectification import SideRequest


def requests_of(deed: ActOnCase, kind: RequestKind) -> list[SideRequest]:
    """Return the requests of a kind, by number."""
    return list(
        deed.desk.session.exec(
            select(SideRequest)
            .where(col(SideRequest.case_id) == deed.case.id, col(SideRequest.kind) == kind.value)
            .order_by(col(SideRequest.number))
        )
    )


def _open_one(deed: ActOnCase, kind: RequestKind) -> SideRequest | None:
    found = [r for r in requests_of(deed, kind) if r.state == RequestState.REQUESTED]
    return found[0] if found else None


def _need_open(deed: ActOnCase, kind: RequestKind) -> SideRequest:
    request = _open_one(deed, kind)
    if request is None:
        word = {"extension": "延期申请", "objection": "异议"}[kind.value]
        raise Refused(f"没有待办理的{word}", found="0件", expected="1件", remedy=f"先由单位提出{word}")
    if request.asked_by == deed.desk.actor.code:
        raise NotAllowed(
            "不能审批本人提出的申请", found=request.asked_by, expected="另一名负责人", remedy="换人办理"
        )
    return request


def open_request(kind: RequestKind) -> Callable[[ActOnCase], None]:
    """Return the step that files a request of a kind."""

    def file_request(deed: ActOnCase) -> None:
        number = len(requests_of(deed, kind)) + 1
        deed.desk.session.add(
            SideRequest(
                office_id=deed.desk.office_id,
                case_id=deed.case.id,
                kind=kind.value,
                number=number,
                state=RequestState.REQUESTED.value,
                asked_on=deed.on,
                asked_by=deed.desk.actor.code,
                reason=deed.note,
                due_before=deed.case.due_on,
                until_on=deed.day("until"),
            )
        )

    return file_request


def check_extension_request(deed: ActOnCase) -> None:
    """Refuse an extension that comes too late, asks for too much, or is not the only one.

    source   ladder, E6 and extension: before the due date, how often and how far by severity
    """
    deed.need_note()
    case, desk = deed.case, deed.desk
    until = deed.day("until")
    if case.due_on is None or until is None:
        raise InvalidInput(
            "尚无整改期限，不能申请延期",
            found=case.state,
            expected="已签发的通知书",
            remedy="待通知书签发后再申请",
        )
    limits = ladder_of(desk, case.campaign_id).extension
    last_day = desk.calendar.after(case.due_on, -limits.ask_before_workdays)
    if deed.on > last_day:
        raise Refused(
            "申请延期已过时限",
            found=f"{deed.on} 提出，期限 {case.due_on}",
            expected=f"不晚于 {last_day}（到期前{limits.ask_before_workdays}个工作日）",
            remedy="按原期限整改；逾期按规定催办、督办",
        )
    if _open_one(deed, RequestKind.EXTENSION) is not None:
        raise Refused("已有一件延期申请待审批", found="1件", expected="0件", remedy="等待审批结果")
    granted = [r for r in requests_of(deed, RequestKind.EXTENSION) if r.state == RequestState.GRANTED]
    if len(granted) >= limits.max_count:
        raise Refused(
            "延期次数已满",
            found=f"{len(granted)}次",
            expected=f"不超过{limits.max_count}次",
            remedy="按现期限整改",
        )
    _check_length(deed, until)


def _check_length(deed: ActOnCase, until: date) -> None:
    case, desk = deed.case, deed.desk
    assert case.due_on is not None
    assert case.signed_on is not None  # checked by the caller
    limits = ladder_of(desk, case.campaign_id).extension
    original = desk.calendar.between(case.signed_on, case.first_due_on or case.due_on)
    most = original * limits.max_share_percent // 100
    if case.severity == Severity.GRAVE:
        most = limits.grave_max_workdays
    latest = desk.calendar.after(case.due_on, most)
    if not case.due_on < until <= latest:
        raise InvalidInput(
            "延期期限不合规定",
            found=until.isoformat(),
            expected=f"晚于 {case.due_on}、不晚于 {latest}（最长{most}个工作日）",
            remedy="改正 --set until=日期",
        )


def check_extension_decision(deed: ActOnCase) -> None:
    """Refuse a decision without an open request, on one's own request, or beyond the limits."""
    request = _need_open(deed, RequestKind.EXTENSION)
    if deed.values["verdict"] == "granted":
        _check_approver(deed)
        until = deed.day("until") or request.until_on
        assert until is not None  # a request names its day
        # Suspensions may have moved the due date since the request: a notified deadline never moves earlier.
        _check_length(deed, until)
    if deed.values["verdict"] == "refused":
        deed.need_note()
    deed.detail["request"] = request.number


def _check_approver(deed: ActOnCase) -> None:
    """Refuse a post too low to extend a grave case.

    source   ladder, E6 and extension.grave_approver: only the director extends a grave case
    """
    post = deed.desk.office_rules.leaders.get(deed.desk.actor.code)
    needed = ladder_of(deed.desk, deed.case.campaign_id).extension.grave_approver
    if deed.case.severity == Severity.GRAVE and post is not None and not post.role.may_sign(needed):
        raise NotAllowed(
            "批准严重问题延期的级别不够",
            found=post.role.value,
            expected=f"{needed.value} 及以上",
            remedy="由相应负责人批准",
        )


def decide_extension(deed: ActOnCase) -> None:
    """Settle the request; a granted one moves the due date later and starts a new due version of the ladder."""
    request = _need_open(deed, RequestKind.EXTENSION)
    granted = deed.values["verdict"] == "granted"
    _settle(deed, request, granted)
    case = deed.case
    if granted:
        until = deed.day("until") or request.until_on
        assert until is not None  # an extension cannot be asked for without a day
        request.granted_until_on = until
        case.due_version += 1
        case.last_rung_id = None
        case.light = case.floor_light
        name_due(deed.desk, case, until, before=request.due_before, extension=request.number)
    _reply(deed, request, DocumentContent.EXTENSION_REPLY)


def object_to_notice(deed: ActOnCase) -> None:
    """File the objection; where the notice's rule says so, the clock stands still until it is decided."""
    open_request(RequestKind.OBJECTION)(deed)
    right = _right_of(deed)
    if right is not None and right.suspends and deed.case.due_on is not None:
        deed.case.suspended_on = deed.on


def _right_of(deed: ActOnCase) -> ObjectionRight | None:
    """Return the right to object that the notice of the case gives."""
    query = (
        select(Document.kind)
        .join(DocumentCase, col(DocumentCase.document_id) == col(Document.id))
        .where(
            col(DocumentCase.case_id) == deed.case.id,
            col(Document.content_kind) == DocumentContent.FINDINGS.value,
            col(Document.state) != DocumentState.VOID.value,
        )
    )
    kind = deed.desk.session.exec(query).first()
    return rules_of(deed.desk, deed.case.campaign_id).document(kind).objection if kind else None


def check_objection(deed: ActOnCase) -> None:
    """Refuse an objection without reasons, or a second one while the first is open."""
    deed.need_note()
    if _open_one(deed, RequestKind.OBJECTION) is not None:
        raise Refused("已有一件异议待复核", found="1件", expected="0件", remedy="等待复核结果")


def check_objection_decision(deed: ActOnCase) -> None:
    """Refuse a reviewer who made the finding.

    source   政府督查工作条例 第十七条: those who took part in the conclusion recuse themselves from its review
    """
    request = _need_open(deed, RequestKind.OBJECTION)
    deed.need_note()
    makers = {deed.finding.found_by, deed.finding.confirmed_by, *_team_codes(deed)}
    if deed.desk.actor.code in makers:
        raise NotAllowed(
            "参与原认定的人员须回避复核",
            found=deed.desk.actor.code,
            expected="未参与该问题督察和认定的人员",
            remedy="换人复核",
        )
    deed.detail["request"] = request.number


def _team_codes(deed: ActOnCase) -> list[str]:
    from models.campaign import CheckRecord

    visit = select(CheckRecord.visit_id).where(col(CheckRecord.id) == deed.finding.check_record_id)
    return list(
        deed.desk.session.exec(
            select(Person.code).where(
                col(Person.id).in_(select(VisitMember.person_id).where(col(VisitMember.visit_id).in_(visit)))
            )
        )
    )


def decide_objection(deed: ActOnCase) -> None:
    """Settle the objection; an upheld one withdraws case and finding (done by the act it turns into)."""
    request = _need_open(deed, RequestKind.OBJECTION)
    upheld = deed.values["verdict"] == "upheld"
    _settle(deed, request, upheld)
    if upheld:
        deed.case.suspended_on = None
    elif deed.case.suspended_on == request.asked_on:
        resume_clock(deed)
    _reply(deed, request, DocumentContent.OBJECTION_REPLY)


def _settle(deed: ActOnCase, request: SideRequest, granted: bool) -> None:
    from casework.moves import settle_request

    settle_request(request, granted=granted)
    request.decided_on, request.decided_by = deed.on, deed.desk.actor.code
    request.decision_note = deed.note
    deed.desk.session.add(request)


def _reply(deed: ActOnCase, request: SideRequest, content: DocumentContent) -> None:
    from casework.documents import CaseOnDocument, draft_document

    campaign = deed.desk.session.get(Campaign, deed.case.campaign_id)
    assert campaign is not None  # foreign key
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


def suspend_clock(deed: ActOnCase) -> None:
    """Stop the clock from a day on, with its reason as a granted suspension."""
    open_request(RequestKind.SUSPENSION)(deed)
    deed.desk.session.flush()
    request = requests_of(deed, RequestKind.SUSPENSION)[-1]
    _settle(deed, request, granted=True)
    deed.case.suspended_on = deed.on


def resume_clock(deed: ActOnCase) -> None:
    """Start the clock again: the due date moves by the working days that were suspended."""
    case, desk = deed.case, deed.desk
    assert case.suspended_on is not None  # checked by the table of moves
    days = max(0, desk.calendar.between(case.suspended_on, deed.on))
    case.suspended_on = None
    if case.due_on is not None and days:
        count_due(desk, case, case.due_on, days, before=case.due_on, suspended_workdays=days)
