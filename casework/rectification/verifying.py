"""Verification (核查验收) of a closure by others, how it was done, and the public notice that may follow it."""

from __future__ import annotations

from datetime import date

from casework.ahead import Told, history_beside, rows_beside
from casework.desk import Actor
from casework.lights.climbing import ladder_of, palette_of
from casework.moves import settle
from casework.rectification.authority import events_noted, level_of_closure, review_at, tiers_at
from casework.rectification.cases import ActOnCase
from casework.staff.people import find_actor, join, split
from casework.tasks import finish_for, open_task
from casework.units.lineage import is_own_unit
from core.codes import Light
from core.errors import InvalidInput, NotAllowed, Refused
from core.life.rectification import CaseAct
from core.life.sidelife import COMPLAINT, MANNER_LABELS, ComplaintAct, ComplaintState, Manner
from core.rulebook import LeaderRole, Review
from core.rulebook.clearing import Clearing
from core.rulebook.handling import ClosureTier
from models.handling import Complaint, Verification


def entries_of(deed: ActOnCase, act: CaseAct) -> list[Told]:
    """Return what was noted about the case under an act, oldest first."""
    return [entry for entry in history_beside(deed.desk, deed.case.id) if entry.act == act]


def review_of(deed: ActOnCase) -> Review:
    """Return who verifies and approves a closure, by the highest colour the case ever had."""
    return review_at(_clearing(deed), Light(deed.case.highest_light))


def tiers_of(deed: ActOnCase) -> list[ClosureTier]:
    """Return the tiers of closure whose events were noted about the case."""
    return tiers_at(_clearing(deed), _events_of(deed))


def closer_level(deed: ActOnCase) -> LeaderRole | None:
    """Return which post approves the closure; None where whoever may close does."""
    return level_of_closure(_clearing(deed), Light(deed.case.highest_light), _events_of(deed))


def _clearing(deed: ActOnCase) -> Clearing:
    return ladder_of(deed.desk, deed.case.campaign_id).clearing


def _events_of(deed: ActOnCase) -> set[object]:
    """Return the events that were noted about the case; nobody asks where no tier does."""
    return events_noted(entries_of(deed, CaseAct.FLAG)) if _clearing(deed).tiers else set()


def verifications_of(deed: ActOnCase) -> list[Verification]:
    """Return every verification of the case, by number."""
    return rows_beside(deed.desk, Verification, deed.case.id)


def check_verifier(deed: ActOnCase) -> None:
    """Refuse a verifier who applied for closure; the graver colours need more of them, and perhaps on site.

    source   ladder, clearing.reviews: who verifies, by the highest colour of the case
    """
    manner = deed.values.get("manner", Manner.DOCUMENTS.value)
    if manner not in set(Manner):
        raise InvalidInput(
            "核查方式不正确",
            found=manner,
            expected="、".join(f"{code.value} {label}" for code, label in MANNER_LABELS.items()),
            remedy="改正 --set manner=on_site",
        )
    if deed.case.applied_by == deed.desk.actor.code:
        raise NotAllowed(
            "核查人不能是申请销号的人",
            found=deed.desk.actor.code,
            expected="另一名核查人员",
            remedy="换人核查",
        )
    review = review_of(deed)
    _check_number(deed, review)
    if review.on_site and manner != Manner.ON_SITE and deed.values["verdict"] == "passed":
        raise InvalidInput(
            f"曾亮{_lights(deed, review)}的事项须现场核查",
            found=MANNER_LABELS[Manner(manner)],
            expected=MANNER_LABELS[Manner.ON_SITE],
            remedy="现场核查后加上 --set manner=on_site",
        )


def _lights(deed: ActOnCase, review: Review) -> str:
    palette = palette_of(deed.desk, deed.case.campaign_id)
    return "、".join(palette.word(light) for light in palette.in_order(review.lights))


def _check_number(deed: ActOnCase, review: Review) -> None:
    others = split(deed.values.get("second", "").replace("，", "、").replace(",", "、"))
    if len(set(others)) + 1 < review.verifiers:
        words = {2: "双人"}.get(review.verifiers, f"{review.verifiers}人")
        raise InvalidInput(
            f"曾亮{_lights(deed, review)}的事项须{words}核查",
            found=f"{len(set(others)) + 1}人",
            expected="--set second=另一名核查人编号" + ("" if review.verifiers == 2 else "，多人用、分开"),
            remedy="补充第二名核查人" if review.verifiers == 2 else "补足核查人",
        )
    for code in others:
        _check_other(deed, find_actor(deed.desk, code))


def _check_other(deed: ActOnCase, other: Actor) -> None:
    """Refuse a second verifier whom the rules would refuse as the first."""
    unit = deed.desk.unit(deed.case.unit_id)
    involved = {deed.desk.actor.code, deed.case.applied_by}
    able = other.roles & {"verifier", "inspector", "leader"}
    if other.code in involved or is_own_unit(deed.desk, other.unit_code, unit) or not able:
        raise NotAllowed(
            "第二名核查人不合要求",
            found=other.code,
            expected="另一名有核查角色、与申请和该单位无关的人员",
            remedy="改正 second",
        )


def verifiers_of(deed: ActOnCase) -> set[str | None]:
    """Return everybody who verified the closure that is up for approval."""
    last = verifications_of(deed)[-1:]
    return {deed.case.verified_by, *(code for one in last for code in split(one.seconded_by))}


def accept_verification(deed: ActOnCase) -> None:
    """Store the verification with its opinion; when it passed, the public notice begins where there is one."""
    passed = deed.effective is CaseAct.VERIFY
    manner = Manner(deed.values.get("manner", Manner.DOCUMENTS.value))
    keep_verification(deed, manner, "passed" if passed else "failed")
    if passed:
        deed.case.verified_by = deed.desk.actor.code


def keep_verification(deed: ActOnCase, manner: Manner, verdict: str) -> Verification:
    """Store one verification, or a return without one; nothing is ever written over."""
    number = len(verifications_of(deed)) + 1
    row = Verification(
        office_id=deed.desk.office_id,
        case_id=deed.case.id,
        number=number,
        round=deed.case.round,
        verified_on=deed.on,
        manner=manner.value,
        verdict=verdict,
        verified_by=deed.desk.actor.code,
        seconded_by=join(split(deed.values.get("second", "").replace("，", "、").replace(",", "、"))),
        opinion=deed.note,
        notice_until=_notice_until(deed) if verdict == "passed" else None,
    )
    deed.desk.session.add(row)
    if row.notice_until is not None:
        open_task(
            deed.desk,
            f"case:{deed.case.id}:notice:{number}",
            kind="public_notice",
            title=f"公示期满后办理销号：{deed.finding.code}",
            subject="case",
            subject_id=deed.case.id,
            role="director",
            due_on=deed.desk.calendar.after(row.notice_until, 1),
            unit_id=deed.case.unit_id,
        )
    return row


def _notice_until(deed: ActOnCase) -> date | None:
    """Return the last day of the public notice, None when the rules ask for none."""
    days = [review_of(deed).public_notice_workdays, *(t.public_notice_workdays for t in tiers_of(deed))]
    return deed.desk.calendar.after(deed.on, max(days)) if max(days) else None


def record_complaint(deed: ActOnCase) -> None:
    """Keep what was said against the closure, without who said it; the history tells its number only."""
    number = len(complaints_of(deed)) + 1
    deed.desk.session.add(
        Complaint(
            office_id=deed.desk.office_id,
            case_id=deed.case.id,
            number=number,
            state=COMPLAINT.start.value,
            received_on=deed.on,
            received_by=deed.desk.actor.code,
            text=deed.note,
        )
    )


def complaints_of(deed: ActOnCase) -> list[Complaint]:
    """Return the complaints of a case, by number."""
    return rows_beside(deed.desk, Complaint, deed.case.id)


def open_complaints(deed: ActOnCase) -> list[Complaint]:
    """Return the complaints that nobody has looked into yet."""
    return [one for one in complaints_of(deed) if one.state == ComplaintState.OPEN]


def check_settlement(deed: ActOnCase) -> None:
    """Refuse a settlement of no open complaint, or without its words."""
    deed.need_note()
    known = [str(one.number) for one in open_complaints(deed)]
    if deed.values["number"] not in known:
        raise Refused(
            "没有这件待核的反映",
            found=deed.values["number"],
            expected="、".join(known) or "没有待核的反映",
            remedy="改正 --set number=1",
        )


def settle_complaint(deed: ActOnCase) -> None:
    """Settle a complaint; one that was founded sends the case back, which the act it turns into does."""
    one = next(one for one in open_complaints(deed) if str(one.number) == deed.values["number"])
    settle(
        one, COMPLAINT, ComplaintAct.UPHOLD if deed.values["verdict"] == "founded" else ComplaintAct.DISMISS
    )
    one.settled_on, one.settled_by, one.settlement = deed.on, deed.desk.actor.code, deed.note
    deed.desk.session.add(one)


def end_notice(deed: ActOnCase) -> None:
    """Finish the tasks of the public notices of a case."""
    for row in verifications_of(deed):
        if row.notice_until is not None:
            finish_for(deed.desk, f"case:{deed.case.id}:notice:{row.number}", deed.note)
