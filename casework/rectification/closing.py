"""Closure (销号) and what follows it: evidence, verification by others, approval, look-back, reopening."""

from __future__ import annotations

from collections.abc import Iterator

from casework.desk import SYSTEM
from casework.lights.climbing import ladder_of, profile_of, rules_of
from casework.lights.duedates import count_due, name_due
from casework.lights.escalating import raise_for_rebound
from casework.paperwork.drafts import CaseOnDocument, insert_draft, place_in
from casework.rectification.authority import who_grants
from casework.rectification.cases import ActOnCase
from casework.rectification.clearing import finish_case_tasks, void_idle_sheets
from casework.rectification.longterm import end_long_term
from casework.rectification.measures import finish_measures
from casework.rectification.siderequests import CHANGES_OF_TIME, drop_requests
from casework.rectification.verifying import (
    closer_level,
    end_notice,
    entries_of,
    keep_verification,
    open_complaints,
    verifications_of,
    verifiers_of,
)
from casework.staff.lending import deciding_role
from core.codes import DocumentContent, Light, Line
from core.errors import InvalidInput, NotAllowed, Refused
from core.life.rectification import CaseAct, RequestKind
from core.life.sidelife import Manner
from core.rulebook import LEADER_ROLE_LABELS


def apply_closure(deed: ActOnCase) -> None:
    """Take the work for done: its measures with it, and no more time is asked for."""
    deed.case.percent = 100
    deed.case.applied_on, deed.case.applied_by = deed.on, deed.desk.actor.code
    finish_measures(deed, None)
    drop_requests(deed, "单位已申请销号", *CHANGES_OF_TIME)


def count_return(deed: ActOnCase) -> None:
    deed.case.returns += 1
    deed.case.verified_by = None
    deed.case.percent = min(deed.case.percent, 90)
    end_notice(deed)
    if deed.act is not CaseAct.VERIFY:  # a failed verification was stored as such
        keep_verification(deed, Manner.DOCUMENTS, "returned")


def correct_on_spot(deed: ActOnCase) -> None:
    """Verify on the spot; somebody else still approves the closure."""
    deed.case.verified_by = deed.desk.actor.code
    deed.case.percent = 100
    keep_verification(deed, Manner.ON_SITE, "passed")


def check_closer(deed: ActOnCase) -> None:
    """Refuse a closer who verified the case, or to close before all that the rules ask for is there; all at once.

    source   ladder, clearing.reviews and clearing.tiers: who approves, by the highest colour and by where it came from
    """
    lacks = [*_wrong_person(deed), *_too_early(deed)]
    if len(lacks) == 1:
        raise lacks[0]
    if lacks:
        raise Refused(
            "不能批准销号",
            found="；".join(f"{one.what}（{one.found}）" for one in lacks),
            expected="；".join(one.expected for one in lacks),
            remedy="；".join(dict.fromkeys(one.remedy for one in lacks)),
        )


def _wrong_person(deed: ActOnCase) -> Iterator[Refused]:
    if deed.desk.actor.code in verifiers_of(deed):
        yield NotAllowed(
            "批准销号的人不能是核查人",
            found=deed.desk.actor.code,
            expected="另一名负责人",
            remedy="由负责人批准",
        )
    needed = closer_level(deed)
    role = deciding_role(deed.desk, deed.act.value, needed, deed.detail, verifiers_of(deed))
    if needed is not None and role is not None and not role.may_sign(needed):
        yield NotAllowed(
            "批准销号的级别不够",
            found=LEADER_ROLE_LABELS[role],
            expected=who_grants(needed),
            remedy=f"由{who_grants(needed)}批准",
        )


def _too_early(deed: ActOnCase) -> Iterator[Refused]:
    last = verifications_of(deed)[-1:]
    until = last[0].notice_until if last else None
    if until is not None and deed.on <= until:
        yield Refused(
            "销号公示尚未期满", found=f"公示至 {until}", expected=f"{until} 之后", remedy="公示期满后批准"
        )
    waiting = open_complaints(deed)
    if waiting:
        yield Refused(
            "公示期间的反映尚未核实",
            found="第" + "、".join(str(one.number) for one in waiting) + "件",
            expected="全部核实",
            remedy="先办理 case act … settle_complaint",
        )


def settle_pending(deed: ActOnCase) -> None:
    """End what still waits beside a case that is settled: requests, tasks, notices."""
    drop_requests(deed, "事项已办结", *CHANGES_OF_TIME, RequestKind.OBJECTION)
    end_long_term(deed)
    finish_case_tasks(deed.desk, deed.case.id)


def close_case(deed: ActOnCase) -> None:
    """Put the light out, void sheets that are about nothing any more, and draft the closure notice."""
    case, desk = deed.case, deed.desk
    case.closed_on = deed.on
    case.light = Light.NONE.value
    void_idle_sheets(desk, case.id)
    settle_pending(deed)
    campaign = desk.campaign(case.campaign_id)
    insert_draft(
        desk,
        rules_of(desk, case.campaign_id).document_with(DocumentContent.CLOSURE, Line(campaign.line)),
        place_in(campaign, case.unit_id),
        inputs={
            "applied_on": _day_of(deed, CaseAct.APPLY_CLOSURE),
            "verified_on": _day_of(deed, CaseAct.VERIFY),
        },
        cases=[CaseOnDocument(case.id, due_on=case.due_on)],
        author=SYSTEM,
    )


def _day_of(deed: ActOnCase, act: CaseAct) -> str:
    days = [entry.on_day for entry in entries_of(deed, act)]
    return (days[-1] if days else deed.on).isoformat()


def check_look_back_day(deed: ActOnCase) -> None:
    day = deed.day("on")
    if day is None or day <= deed.on:
        raise InvalidInput(
            "回头看日期不合理",
            found=deed.values["on"],
            expected=f"晚于 {deed.on}",
            remedy="改正 --set on=日期",
        )


def schedule_look_back(deed: ActOnCase) -> None:
    deed.case.look_back_on = deed.day("on")


def check_reopening(deed: ActOnCase) -> None:
    deed.need_note()
    until = deed.day("until")
    if until is not None and until <= deed.on:
        raise InvalidInput(
            "新的整改期限不合理",
            found=until.isoformat(),
            expected=f"晚于 {deed.on}",
            remedy="改正 --set until=日期",
        )


def start_round(deed: ActOnCase) -> None:
    """Start a new round with its own due date and rungs; the number and the history stay.

    source   ladder, clearing.reopen: a rebound lights up again one colour higher
    """
    case, desk = deed.case, deed.desk
    days = profile_of(desk, case).rectify_workdays
    case.round += 1
    case.rebounds += 1
    case.due_version, case.extensions = 1, 0
    until = deed.day("until")
    if until is not None:
        name_due(desk, case, until, reopened=case.round)
    else:
        count_due(desk, case, deed.on, days, reopened=case.round)
    case.percent, case.plan_on, case.plan_text = 0, None, None
    case.closed_on = case.look_back_on = case.verified_by = None
    case.last_rung_id = None
    case.floor_light = Light.NONE.value
    case.light = Light.NONE.value
    desk.session.add(case)
    event = ladder_of(desk, case.campaign_id).clearing.reopen_event
    raise_for_rebound(deed, event)
