"""Closure (销号) and what follows it: evidence, verification by others, approval, look-back, reopening."""

from __future__ import annotations

import json

from sqlmodel import col, select

from casework.cases import ActOnCase
from casework.clearing import void_idle_sheets
from casework.climbing import ladder_of, palette_of, profile_of, rules_of
from casework.desk import SYSTEM, Actor
from casework.documents import CaseOnDocument, draft_document
from casework.duedates import count_due, name_due
from casework.escalating import raise_for_rebound
from casework.people import find_actor
from core.codes import DocumentContent, Light, Line
from core.errors import InvalidInput, NotAllowed
from core.rectification import CaseAct, CaseState
from core.rulebook import Review
from models.audit import history_of
from models.campaign import Campaign
from models.organisation import Unit
from models.record import AuditEntry
from models.rectification import Evidence


def need_evidence(deed: ActOnCase) -> None:
    """Refuse closure without evidence filed since the case was last returned or reopened."""
    query = select(Evidence.id).where(
        col(Evidence.subject) == "case", col(Evidence.subject_id) == deed.case.id
    )
    setbacks = [
        entry.on_day
        for entry in history_of(deed.desk.session, deed.desk.office_id, "case", [deed.case.id])
        if entry.to_state == CaseState.RECTIFYING and entry.from_state in _LEFT
    ]
    if setbacks:
        query = query.where(col(Evidence.filed_on) >= setbacks[-1])
    if deed.desk.session.exec(query).first() is None and not deed.files:
        raise InvalidInput(
            "申请销号须附佐证材料",
            found="0份",
            expected="至少一份",
            remedy="加上 --file 文件，或在报表“佐证材料”栏填写并提供文件夹",
        )


# A case that comes back to rectifying from one of these was returned or reopened.
_LEFT = frozenset({"closure_applied", "verified", "closed", "look_back", "archived"})


def apply_closure(deed: ActOnCase) -> None:
    deed.case.percent = 100


def check_verifier(deed: ActOnCase) -> None:
    """Refuse a verifier who applied for closure; the graver colours need a second one.

    source   ladder, clearing.reviews: who verifies, by the highest colour of the case
    """
    if _applicant(deed) == deed.desk.actor.code:
        raise NotAllowed(
            "核查人不能是申请销号的人",
            found=deed.desk.actor.code,
            expected="另一名核查人员",
            remedy="换人核查",
        )
    review = _review(deed)
    if review.verifiers < 2:
        return
    second = deed.values.get("second")
    if second is None:
        palette = palette_of(deed.desk, deed.case.campaign_id)
        words = "、".join(palette.word(light) for light in palette.in_order(review.lights))
        raise InvalidInput(
            f"曾亮{words}的事项须双人核查",
            found="1人",
            expected="--set second=另一名核查人编号",
            remedy="补充第二名核查人",
        )
    _check_second(deed, find_actor(deed.desk, second))


def _check_second(deed: ActOnCase, second: Actor) -> None:
    """Refuse a second verifier whom the rules would refuse as the first."""
    unit = deed.desk.session.get_one(Unit, deed.case.unit_id)
    involved = {deed.desk.actor.code, _applicant(deed)}
    able = second.roles & {"verifier", "inspector", "leader"}
    if second.code in involved or second.unit_code == unit.code or not able:
        raise NotAllowed(
            "第二名核查人不合要求",
            found=second.code,
            expected="另一名有核查角色、与申请和该单位无关的人员",
            remedy="改正 second",
        )


def _review(deed: ActOnCase) -> Review:
    """Return who verifies and approves a closure, by the highest colour the case ever had."""
    clearing = ladder_of(deed.desk, deed.case.campaign_id).clearing
    highest = Light(deed.case.highest_light)
    return next((r for r in clearing.reviews if highest in r.lights), clearing.reviews[0])


def _applicant(deed: ActOnCase) -> str | None:
    applied = _entries(deed, CaseAct.APPLY_CLOSURE)
    return applied[-1].actor if applied else None


def _entries(deed: ActOnCase, act: CaseAct) -> list[AuditEntry]:
    """Return what was noted about the case under an act, oldest first."""
    entries = history_of(deed.desk.session, deed.desk.office_id, "case", [deed.case.id])
    return [entry for entry in entries if entry.act == act]


def _verifiers(deed: ActOnCase) -> set[str | None]:
    """Return who verified the closure that is up for approval: one person, or two."""
    verified = _entries(deed, CaseAct.VERIFY)
    detail = json.loads(verified[-1].detail or "{}") if verified else {}
    return {deed.case.verified_by, detail.get("second")}


def accept_verification(deed: ActOnCase) -> None:
    if deed.effective is CaseAct.VERIFY:
        deed.case.verified_by = deed.desk.actor.code


def count_return(deed: ActOnCase) -> None:
    deed.case.returns += 1
    deed.case.verified_by = None
    deed.case.percent = min(deed.case.percent, 90)


def correct_on_spot(deed: ActOnCase) -> None:
    deed.case.verified_by = deed.desk.actor.code
    deed.case.percent = 100


def check_closer(deed: ActOnCase) -> None:
    """Refuse a closer who verified the case, or whose post is too low for its highest colour."""
    if deed.desk.actor.code in _verifiers(deed):
        raise NotAllowed(
            "批准销号的人不能是核查人",
            found=deed.desk.actor.code,
            expected="另一名负责人",
            remedy="由负责人批准",
        )
    needed = _review(deed).approver
    post = deed.desk.office_rules.leaders.get(deed.desk.actor.code)
    if needed is not None and post is not None and not post.role.may_sign(needed):
        raise NotAllowed(
            "批准销号的级别不够",
            found=post.role.value,
            expected=f"{needed.value} 及以上",
            remedy="由相应负责人批准",
        )


def close_case(deed: ActOnCase) -> None:
    """Put the light out, void sheets that are about nothing any more, and draft the closure notice."""
    case, desk = deed.case, deed.desk
    case.closed_on = deed.on
    case.light = Light.NONE.value
    void_idle_sheets(desk, case.id)
    campaign = desk.session.get(Campaign, case.campaign_id)
    assert campaign is not None  # foreign key
    kind = rules_of(desk, case.campaign_id).document_with(DocumentContent.CLOSURE, Line(campaign.line)).code
    draft_document(
        desk,
        kind,
        campaign,
        case.unit_id,
        inputs={
            "applied_on": _day_of(deed, CaseAct.APPLY_CLOSURE),
            "verified_on": _day_of(deed, CaseAct.VERIFY),
        },
        cases=[CaseOnDocument(case.id, due_on=case.due_on)],
        author=SYSTEM,
    )


def _day_of(deed: ActOnCase, act: CaseAct) -> str:
    days = [entry.on_day for entry in _entries(deed, act)]
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
    case.due_version = 1
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
