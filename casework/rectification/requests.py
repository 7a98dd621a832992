"""Extension of a due date (延期): asked before it, endorsed by the unit's own leader, decided by the office."""

from __future__ import annotations

from datetime import date

from casework.desk import Desk
from casework.lights.climbing import ladder_of
from casework.lights.duedates import name_due
from casework.rectification.authority import level_of_request, who_grants
from casework.rectification.cases import ActOnCase
from casework.rectification.siderequests import (
    need_endorsement,
    need_open,
    refuse_second,
    reply,
    requests_of,
    settle_with,
)
from casework.staff.lending import deciding_role
from core.codes import DocumentContent, Severity
from core.errors import InvalidInput, NotAllowed, Refused
from core.life.rectification import RequestKind, RequestState
from core.life.sidelife import RequestAct
from core.rulebook import LEADER_ROLE_LABELS, LeaderRole
from models.campaign import Finding
from models.rectification import Rectification


def check_asking_day(deed: ActOnCase, before_workdays: int, what: str) -> None:
    """Refuse a request for more time that comes when the due date is too near or past.

    source   ladder, E6 and extension.ask_before_workdays
    """
    deed.need_note()
    due_on = deed.case.due_on
    if due_on is None or deed.day("until") is None:
        raise InvalidInput(
            f"尚无整改期限，不能申请{what}",
            found=deed.case.state,
            expected="已签发的通知书",
            remedy="待通知书签发后再申请",
        )
    last_day = deed.desk.calendar.after(due_on, -before_workdays)
    if deed.on > last_day:
        raise Refused(
            f"申请{what}已过时限",
            found=f"{deed.on} 提出，期限 {due_on}",
            expected=f"不晚于 {last_day}（到期前{before_workdays}个工作日）",
            remedy="按原期限整改；逾期按规定催办、督办",
        )


def check_extension_request(deed: ActOnCase) -> None:
    """Refuse an extension that comes too late, asks for too much, or is not the only one.

    source   ladder, E6 and extension: before the due date, how often and how far by severity
    """
    limits = ladder_of(deed.desk, deed.case.campaign_id).extension
    check_asking_day(deed, limits.ask_before_workdays, "延期")
    refuse_second(deed)
    granted = [r for r in requests_of(deed, RequestKind.EXTENSION) if r.state == RequestState.GRANTED]
    if len(granted) >= limits.max_count:
        raise Refused(
            "延期次数已满",
            found=f"{len(granted)}次",
            expected=f"不超过{limits.max_count}次",
            remedy="按现期限整改",
        )
    until = deed.day("until")
    assert until is not None  # checked with the day of asking
    _check_length(deed, until)


def _check_length(deed: ActOnCase, until: date) -> None:
    case = deed.case
    latest, most = furthest_extension(deed.desk, case, deed.finding, _granted_workdays(deed))
    if case.due_on is None or not case.due_on < until <= latest:
        raise InvalidInput(
            "延期期限不合规定",
            found=until.isoformat(),
            expected=f"晚于 {case.due_on}、不晚于 {latest}（最长{most}个工作日）",
            remedy="改正 --set until=日期",
        )


def furthest_extension(
    desk: Desk, case: Rectification, finding: Finding, used_workdays: int
) -> tuple[date, int]:
    """Return the last day to which a case may be extended, and how many working days that is.

    used_workdays   by how much it was extended before
    source          ladder, extension: share of the first period, cap for grave problems, cap in all
    """
    limits = ladder_of(desk, case.campaign_id).extension
    due_on = case.due_on or desk.today
    # A case from an old ledger has no notice of ours: its period is counted from the day of the finding.
    begun = case.signed_on or finding.confirmed_on or finding.found_on
    most = desk.calendar.between(begun, case.first_due_on or due_on) * limits.max_share_percent // 100
    if case.severity == Severity.GRAVE:
        most = limits.grave_max_workdays
    if limits.max_total_workdays is not None:
        most = min(most, max(0, limits.max_total_workdays - used_workdays))
    return desk.calendar.after(due_on, most), most


def _granted_workdays(deed: ActOnCase) -> int:
    """Return by how many working days the due date was extended so far."""
    return sum(
        deed.desk.calendar.between(one.due_before, one.granted_until_on)
        for one in requests_of(deed, RequestKind.EXTENSION)
        if one.due_before is not None and one.granted_until_on is not None
    )


def check_extension_decision(deed: ActOnCase) -> None:
    """Refuse a decision without an open request, on one's own request, unendorsed, or beyond the limits."""
    request = need_open(deed, RequestKind.EXTENSION)
    if deed.values["verdict"] == "granted":
        ladder = ladder_of(deed.desk, deed.case.campaign_id)
        severity = Severity(deed.case.severity)
        needed, endorsed = level_of_request(ladder, RequestKind.EXTENSION, severity)
        grave = severity is Severity.GRAVE
        check_post(deed, needed, "批准严重问题延期的级别不够" if grave else "批准延期的级别不够")
        need_endorsement(request, asked=endorsed)
        until = deed.day("until") or request.until_on
        assert until is not None  # a request names its day
        # Suspensions may have moved the due date since the request: a notified deadline never moves earlier.
        _check_length(deed, until)
    if deed.values["verdict"] == "refused":
        deed.need_note()
    deed.detail["request"] = request.number


def check_post(deed: ActOnCase, needed: LeaderRole | None, what: str) -> None:
    """Refuse a post of the office that is too low.

    source   ladder, E6 and extension.levels: only the director extends a grave case
    """
    role = deciding_role(deed.desk, deed.act.value, needed, deed.detail)
    if needed is not None and role is not None and not role.may_sign(needed):
        raise NotAllowed(
            what,
            found=LEADER_ROLE_LABELS[role],
            expected=who_grants(needed),
            remedy=f"由{who_grants(needed)}批准",
        )


def decide_extension(deed: ActOnCase) -> None:
    """Settle the request; a granted one moves the due date later and starts a new due version of the ladder."""
    request = need_open(deed, RequestKind.EXTENSION)
    granted = deed.values["verdict"] == "granted"
    settle_with(deed, request, RequestAct.GRANT if granted else RequestAct.REFUSE, deed.values["verdict"])
    if granted:
        until = deed.day("until") or request.until_on
        assert until is not None  # an extension cannot be asked for without a day
        request.granted_until_on = until
        deed.case.extensions += 1
        start_due_version(deed)
        name_due(deed.desk, deed.case, until, before=request.due_before, extension=request.number)
    reply(deed, request, DocumentContent.EXTENSION_REPLY)


def start_due_version(deed: ActOnCase) -> None:
    """Let the ladder begin anew for a later due date; the colour of a named event stays."""
    case = deed.case
    case.due_version += 1
    case.last_rung_id = None
    case.light = case.floor_light
