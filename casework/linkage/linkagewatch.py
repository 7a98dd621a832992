"""What time brings about in leads and linkage: lists for our own contact, and tasks; nobody outside is urged."""

from __future__ import annotations

from datetime import date

from sqlmodel import col, select

from casework.desk import Desk
from casework.intake.leadclocks import running
from casework.intake.leadpassing import start_answer_clock
from casework.intake.leads import lead_rules, open_lead_task
from casework.linkage.clues import linkage_of, open_clue_task
from core.life.leadlife import CLOCK_LABELS, LeadClock, LeadState
from core.life.lives import ReferralState
from models.base import key_of
from models.lead import Lead
from models.referral import Referral

NOT_SENT = (ReferralState.STUDY.value, ReferralState.APPROVED.value)


def watch(desk: Desk) -> dict[str, object]:
    """Return the ids of screenings and transfers past their limits: tasks for our own named contact.

    Overdue feedback calls for a 会商; no machine urges the receiver.
    """
    return {
        "today": desk.today.isoformat(),
        "screening_overdue": _ids(desk, (ReferralState.SCREENING.value,), "screen_by_on"),
        "transfer_overdue": _ids(desk, NOT_SENT, "transfer_by_on"),
        "reroute_overdue": _ids(desk, (ReferralState.RETURNED.value,), "reroute_by_on"),
        "feedback_overdue": _ids(desk, (ReferralState.RECEIVED.value,), "feedback_due_on"),
    }


def _ids(desk: Desk, states: tuple[str, ...], column: str) -> list[int]:
    query = select(Referral.id).where(
        col(Referral.office_id) == desk.office_id,
        col(Referral.state).in_(states),
        getattr(Referral, column) < desk.today,
        col(Referral.blocked_on).is_(None),
    )
    return [number for number in desk.session.exec(query.order_by(col(Referral.id))) if number is not None]


def watch_linkage(desk: Desk) -> dict[str, object]:
    """Open the tasks of screenings and transfers: a screening to finish, feedback that did not come to talk about.

    Each is confidential and falls to our named contact; a second run of the day opens nothing.
    """
    found = watch(desk)
    for number in _int_list(found["screening_overdue"]):
        row = desk.session.get_one(Referral, number)
        open_clue_task(desk, row, "screening", "筛查期限已过，提出初核意见或不予移送", row.screen_by_on)
    for number in _int_list(found["feedback_overdue"]):
        row = desk.session.get_one(Referral, number)
        days = linkage_of(desk, row).consult_workdays
        due_on = desk.calendar.after(row.feedback_due_on or desk.today, days)
        open_clue_task(desk, row, f"consult:{row.feedback_due_on}", "反馈逾期，与接收机关会商", due_on)
    return {key: len(_int_list(value)) for key, value in found.items() if key != "today"}


def _int_list(value: object) -> list[int]:
    return value if isinstance(value, list) else []


def watch_leads(desk: Desk) -> dict[str, object]:
    """Start the answer clock of letters that were signed, and count the leads whose clocks run out soon or have."""
    rules = lead_rules(desk) if desk.rules.leads else None
    soon, late, started = 0, 0, 0
    query = select(Lead).where(
        col(Lead.office_id) == desk.office_id,
        col(Lead.state).not_in((LeadState.CLOSED.value, LeadState.RETURNED.value, LeadState.MERGED.value)),
    )
    for row in desk.session.exec(query.order_by(col(Lead.id))).all():
        started += _start_answer(desk, row)
        days = running(row).values()
        late += any(day < desk.today for day in days)
        soon += rules is not None and any(_is_near(desk, day, rules.warn_workdays) for day in days)
    return {"answers_started": started, "due_soon": soon, "late": late}


def _start_answer(desk: Desk, row: Lead) -> bool:
    if row.outcome != "transferred" or row.answered_on is not None or row.answer_due_on is not None:
        return False
    due_on = start_answer_clock(desk, row)
    if due_on is None:
        return False
    desk.record("lead", key_of(row), "set_due", clock="answer", due_on=due_on)
    open_lead_task(desk, row, "answer", f"{row.number}{CLOCK_LABELS[LeadClock.ANSWER]}", due_on)
    return True


def _is_near(desk: Desk, day: date, workdays: int) -> bool:
    return 0 <= desk.calendar.between(desk.today, day) <= workdays and day >= desk.today
