"""The clocks of a lead: which of them runs, and how one is extended: asked, approved by another, its source told."""

from __future__ import annotations

from datetime import date

from sqlmodel import col, select

from casework.desk import Desk
from casework.intake.leads import STAFF, find_lead, lead_rules, open_lead_task, origin_of, task_key
from casework.moves import settle
from casework.staff.people import require_other, require_role
from casework.tasks import finish_for
from core.errors import InvalidInput, NotFound, Refused
from core.life.leadlife import (
    CLOCK_LABELS,
    ENDED,
    LEAD_EXTENSION,
    ExtensionAct,
    ExtensionState,
    LeadClock,
    LeadState,
)
from core.text.secrecy import refuse_state_secrets
from models.base import key_of
from models.lead import Lead, LeadExtension


def running(row: Lead) -> dict[str, date]:
    """Return {clock: last day} of what a lead still waits for: route, check, answer, reply."""
    state = LeadState(row.state)
    if state in ENDED:
        return {}
    waits: dict[str, date | None] = {
        "route": row.route_due_on if state is LeadState.REGISTERED else None,
        "check": row.check_due_on if state is LeadState.CHECKING and row.checked_on is None else None,
        "answer": row.answer_due_on if row.outcome == "transferred" and row.answered_on is None else None,
        "reply": row.reply_due_on if row.replied_on is None else None,
    }
    return {clock: day for clock, day in waits.items() if day is not None}


def ask_extension(
    desk: Desk, lead_id: int, clock: str, *, reason: str, until: date | None = None
) -> LeadExtension:
    """Ask for more time on one clock of a lead, before it has run out.

    until    the new last day; None for what the rule of the source allows for the reply
    raises   Refused when the clock does not run, has run out or was extended before; InvalidInput for the new day
    source   信访工作条例 第三十四条: at most 30 days, approved, and the complainant told
    """
    require_role(desk, STAFF, "申请延长线索办理期限")
    row = find_lead(desk, lead_id)
    wanted = _clock(clock)
    due = running(row).get(wanted.value)
    if due is None or due < desk.today:
        raise Refused(
            f"{CLOCK_LABELS[wanted]}期限不能延长",
            found=f"{due} 届满" if due else "该期限没有在计算",
            expected="正在计算、尚未届满的期限",
            remedy="届满的如实登记办理情况",
        )
    if not reason.strip():
        raise InvalidInput("延长期限须写明理由", found="空", expected="一句理由", remedy="加上 --reason")
    refuse_state_secrets(reason, "延长理由")
    _check_first(desk, row, wanted)
    extension = LeadExtension(
        office_id=desk.office_id,
        lead_id=key_of(row),
        clock=wanted.value,
        number=1,
        state=LEAD_EXTENSION.start.value,
        due_before=due,
        until_on=_new_day(desk, row, wanted, due, until),
        reason=reason,
        asked_by=desk.actor.code,
        asked_on=desk.today,
    )
    desk.session.add(extension)
    desk.session.flush()
    desk.record("lead", key_of(row), "ask_extension", clock=clock, until=extension.until_on, reason=reason)
    return extension


def decide_extension(desk: Desk, lead_id: int, *, granted: bool, note: str = "") -> LeadExtension:
    """Grant or refuse the open request for more time; the clock moves only when it is granted."""
    require_role(desk, ("director",), "批准延长线索办理期限")
    row = find_lead(desk, lead_id)
    extension = _one(desk, row, ExtensionState.REQUESTED)
    require_other(desk, extension.asked_by, "批准")
    with desk.session.no_autoflush:
        settle(extension, LEAD_EXTENSION, ExtensionAct.GRANT if granted else ExtensionAct.REFUSE)
        extension.decided_by, extension.decided_on = desk.actor.code, desk.today
    desk.session.add(extension)
    if granted:
        setattr(row, f"{extension.clock}_due_on", extension.until_on)
        finish_for(desk, task_key(row, extension.clock), f"期限延至{extension.until_on}")
        title = f"{row.number}（延期后）{CLOCK_LABELS[LeadClock(extension.clock)]}"
        open_lead_task(desk, row, f"{extension.clock}:1", title, extension.until_on)
        if extension.clock == LeadClock.REPLY.value:
            open_lead_task(desk, row, "tell_extension", f"{row.number}告知来源延长期限", extension.due_before)
        desk.session.add(row)
    desk.record("lead", key_of(row), "decide_extension", clock=extension.clock,
                verdict="granted" if granted else "refused", until=extension.until_on, note=note)  # fmt: skip
    desk.session.flush()
    return extension


def tell_extension(desk: Desk, lead_id: int, how: str) -> LeadExtension:
    """Note how and that the other side was told of a granted extension."""
    require_role(desk, STAFF, "登记延长期限的告知")
    row = find_lead(desk, lead_id)
    extension = _one(desk, row, ExtensionState.GRANTED)
    if not how.strip():
        raise InvalidInput("告知方式不能为空", found="空", expected="何时以何方式告知", remedy="加上 --told")
    refuse_state_secrets(how, "告知情况")
    extension.told_on, extension.told_how = desk.today, how
    desk.session.add(extension)
    finish_for(desk, task_key(row, "tell_extension"), how)
    desk.record("lead", key_of(row), "tell_extension", clock=extension.clock)
    return extension


def finish_clock(desk: Desk, row: Lead, clock: str, note: str = "") -> None:
    """Finish the task of a clock, the extended one too, when what it waits for was done."""
    finish_for(desk, task_key(row, clock), note)
    finish_for(desk, task_key(row, f"{clock}:1"), note)


def finish_all(desk: Desk, row: Lead, note: str) -> None:
    """Finish every task of a lead that is over."""
    for clock in ("route", "check", "answer", "reply", "tell_extension"):
        finish_clock(desk, row, clock, note)


def _clock(text: str) -> LeadClock:
    try:
        return LeadClock(text)
    except ValueError:
        raise InvalidInput(
            "没有这个期限",
            found=text,
            expected="、".join(f"{one.value}（{CLOCK_LABELS[one]}）" for one in LeadClock),
            remedy="改正 --clock",
        ) from None


def _check_first(desk: Desk, row: Lead, clock: LeadClock) -> None:
    query = select(LeadExtension).where(
        col(LeadExtension.lead_id) == row.id,
        col(LeadExtension.clock) == clock.value,
        col(LeadExtension.state) != ExtensionState.REFUSED.value,
    )
    if desk.session.exec(query).first() is not None:
        raise Refused(
            f"{CLOCK_LABELS[clock]}期限已经申请过延长",
            found="1次",
            expected="每项期限只延长一次",
            remedy="在期限内办结",
        )


def _new_day(desk: Desk, row: Lead, clock: LeadClock, due: date, until: date | None) -> date:
    most = _latest(desk, row, clock, due)
    found = until or most
    if not due < found <= most:
        raise InvalidInput(
            "延长后的期限不在允许范围内",
            found=found.isoformat(),
            expected=f"晚于{due}，不晚于{most}",
            remedy="改正 --until",
        )
    return found


def _latest(desk: Desk, row: Lead, clock: LeadClock, due: date) -> date:
    """Return the last day a clock may be extended to: as its source allows, else its own length once more."""
    rules, origin = lead_rules(desk), origin_of(desk, row.source)
    if clock is not LeadClock.REPLY:
        limit = rules.check if clock is LeadClock.CHECK else rules.answer
        return limit.due(due, desk.calendar).due_on
    if origin.reply is None or origin.extend is None:
        raise Refused(
            f"{origin.name}线索的答复期限不得延长",
            found="规则没有规定延长",
            expected="在期限内答复",
            remedy="先作阶段性答复",
        )
    return origin.reply.due(row.received_on, desk.calendar, more=origin.extend).due_on


def _one(desk: Desk, row: Lead, state: ExtensionState) -> LeadExtension:
    query = select(LeadExtension).where(
        col(LeadExtension.lead_id) == row.id, col(LeadExtension.state) == state.value
    )
    found = desk.session.exec(query.order_by(col(LeadExtension.id).desc())).first()
    if found is None:
        raise NotFound(
            "没有相应的延长申请",
            found=row.number,
            expected="待批准或已批准的申请",
            remedy="先运行 ducha lead extend 申请",
        )
    return found
