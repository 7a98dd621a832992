"""Half-month reports (半月报): what is owed, who sends it, and what counts as one; opened when the half is over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import col, select

from casework.ahead import rows_beside
from casework.desk import Desk
from casework.lights.climbing import ladder_of
from casework.moves import take
from casework.rectification.cases import ActOnCase, act_on_case
from casework.rectification.latereports import late_key
from casework.staff.people import find_unit
from casework.tasks import finish_for
from core.calendar.halfmonth import ONE_DAY, Owed, halves_between
from core.calendar.workdays import Unit as PeriodUnit
from core.calendar.workdays import half_month_period
from core.codes import Light, Secrecy
from core.errors import InvalidInput, NotAllowed, NotFound, Refused
from core.ladders.guardrails import keep_guardrails
from core.life.halflife import HALF_REPORT, HalfReportAct, HalfReportState
from core.life.rectification import CaseAct as Act
from core.life.rectification import CaseState, move_case
from core.text.secrecy import refuse_state_secrets
from models.base import key_of
from models.campaign import Finding
from models.halfreport import HalfReport
from models.organisation import Unit
from models.rectification import Rectification

WAITING = (HalfReportState.OWED.value, HalfReportState.LATE.value)
KEPT_DAYS = 92  # after an outage this long, the halves that were missed are still opened


@dataclass(frozen=True, slots=True)
class Subject:
    """What owes a report: a case or a matter, as people call it, and whose."""

    kind: str
    id: int
    number: str
    unit_id: int
    title: str = ""
    cc: tuple[str, ...] = ()
    secrecy: Secrecy = Secrecy.INTERNAL


def owe(
    desk: Desk,
    subject: Subject,
    from_on: date,
    light: Light,
    *,
    until_on: date | None = None,
    due_workdays: int = 1,
) -> list[HalfReport]:
    """Open the reports of a case or a matter for the halves that ended since a day; those known are left alone.

    until_on   the last half ends no later than this day; never later than yesterday
    raises     CalendarMissing
    """
    last = min(until_on or desk.today, desk.today - ONE_DAY)
    opened = []
    for half in halves_between(from_on, last):
        due = desk.calendar.due(half.to_on, due_workdays, PeriodUnit.WORKDAY)
        row = open_report(desk, subject, Owed(half, light, due.due_on, due.provisional))
        if row is not None:
            opened.append(row)
    return opened


def open_report(desk: Desk, subject: Subject, owed: Owed) -> HalfReport | None:
    """Open one report, or return None when it is known already."""
    known = select(HalfReport.id).where(
        col(HalfReport.subject) == subject.kind,
        col(HalfReport.subject_id) == subject.id,
        col(HalfReport.period_from) == owed.period.from_on,
    )
    if desk.session.exec(known).first() is not None:
        return None
    row = HalfReport(
        office_id=desk.office_id,
        subject=subject.kind,
        subject_id=subject.id,
        number=subject.number,
        title=subject.title,
        unit_id=subject.unit_id,
        period_from=owed.period.from_on,
        period_to=owed.period.to_on,
        due_on=owed.due_on,
        due_provisional=owed.provisional,
        light=owed.light.value,
        cc="、".join(subject.cc),
        secrecy=subject.secrecy.value,
        state=HALF_REPORT.start.value,
    )
    desk.session.add(row)
    desk.session.flush()
    desk.record(
        "half_report", key_of(row), "open", unit_id=row.unit_id, to_state=row.state, due_on=row.due_on,
        number=row.number, period=f"{row.period_from}/{row.period_to}",
    )  # fmt: skip
    return row


def find_report(desk: Desk, number: int) -> HalfReport:
    """Return a report by its number; a unit finds only its own; raise NotFound."""
    row = desk.session.get(HalfReport, number)
    if row is None or row.office_id != desk.office_id or not _may_see(desk, row):
        raise NotFound(
            "没有这份半月报", found=str(number), expected="半月报编号", remedy="运行 ducha progress list 查看"
        )
    return row


def _may_see(desk: Desk, row: HalfReport) -> bool:
    if not desk.actor.speaks_for_unit:
        return True
    unit = desk.session.get_one(Unit, row.unit_id)
    return unit.code == desk.actor.unit_code


def list_reports(
    desk: Desk, *, state: str | None = None, unit: str | None = None, period: date | None = None
) -> list[tuple[HalfReport, Unit]]:
    """Return reports with their units, the earliest due first; a unit is told only of its own.

    state    a state, or `due` for what is owed or late
    period   any day of the half
    """
    query = (
        select(HalfReport, Unit)
        .where(col(HalfReport.office_id) == desk.office_id, col(Unit.id) == col(HalfReport.unit_id))
        .order_by(col(HalfReport.due_on), col(HalfReport.number))
    )
    if state is not None:
        query = query.where(col(HalfReport.state).in_(WAITING if state == "due" else (state,)))
    if unit is not None:
        query = query.where(col(Unit.id) == find_unit(desk, unit).id)
    if period is not None:
        query = query.where(col(HalfReport.period_from) == half_month_period(period).from_on)
    if desk.actor.speaks_for_unit:
        query = query.where(col(Unit.code) == desk.actor.unit_code)
    return list(desk.session.exec(query))


def send_report(
    desk: Desk,
    number: int,
    text: str,
    *,
    percent: int | None = None,
    next_steps: str = "",
    on: date | None = None,
) -> HalfReport:
    """Hand in a report; its percentage goes to the case as progress as well.

    raises   NotFound, NotAllowed, InvalidInput, IllegalMove: nothing is changed then
    """
    row = find_report(desk, number)
    day = _check_sending(desk, row, text, percent, on or desk.today)
    refuse_state_secrets(f"{text}{next_steps}", f"{row.number} 的半月报")
    if row.subject == "matter":
        keep_guardrails(f"{text}。{next_steps}", f"{row.number} 的半月报")
    _mark_sent(desk, row, text, day, percent=percent, next_steps=next_steps)
    if row.subject == "case" and percent is not None:
        _tell_case(desk, row, percent, text, day)
    return row


def _check_sending(desk: Desk, row: HalfReport, text: str, percent: int | None, day: date) -> date:
    if not text.strip():
        raise InvalidInput("半月报须写明进展", found="空", expected="一段文字", remedy="加上 --text 进展")
    if percent is not None and not 0 <= percent <= 100:
        raise InvalidInput(
            "完成率不正确", found=str(percent), expected="0 至 100 的整数", remedy="改正 --percent"
        )
    if not row.period_from <= day <= desk.today:
        raise InvalidInput(
            "报送日期不合理",
            found=day.isoformat(),
            expected=f"{row.period_from} 至 {desk.today}",
            remedy="改正 --on",
        )
    unit = desk.session.get_one(Unit, row.unit_id)
    if desk.actor.unit_code == unit.code and not desk.actor.speaks_for_unit:
        raise NotAllowed(
            "本单位人员不能代办公室登记",
            found=desk.actor.code,
            expected=f"{unit.code}:liaison，或与该单位无关的经办人",
            remedy="由联络员报送",
        )
    return day


def _mark_sent(
    desk: Desk, row: HalfReport, text: str, day: date, *, percent: int | None, next_steps: str = ""
) -> None:
    # State and what was sent reach the database together, as its CHECKs ask.
    with desk.session.no_autoflush:
        take(desk, row, HALF_REPORT, HalfReportAct.SEND, unit_id=row.unit_id, on=day)
        row.text, row.next_steps, row.percent = text.strip(), next_steps.strip(), percent
        row.sent_on, row.sent_by = day, desk.actor.code
    desk.session.add(row)
    desk.session.flush()
    finish_for(desk, late_key(key_of(row)), f"{day}报送")


def _tell_case(desk: Desk, row: HalfReport, percent: int, text: str, day: date) -> None:
    """Report the progress on the case, while its state still takes it."""
    case = desk.session.get_one(Rectification, row.subject_id)
    try:
        move_case(CaseState(case.state), Act.REPORT_PROGRESS, suspended=case.suspended_on is not None)
    except Refused:
        return  # it was applied for closure meanwhile: the report is kept, the case needs none
    values = {"percent": str(percent), "text": text}
    act_on_case(desk, row.number, Act.REPORT_PROGRESS.value, on=day, values=values)


def waive_report(desk: Desk, number: int, reason: str) -> HalfReport:
    """Let a report be dispensed with, with a reason."""
    row = find_report(desk, number)
    if not reason.strip():
        raise InvalidInput("免报半月报须写明理由", found="空", expected="一句理由", remedy="加上 --note")
    refuse_state_secrets(reason, f"{row.number} 的半月报")
    with desk.session.no_autoflush:
        take(desk, row, HALF_REPORT, HalfReportAct.WAIVE, unit_id=row.unit_id, detail={"reason": reason})
        row.reason = reason.strip()
    desk.session.add(row)
    desk.session.flush()
    finish_for(desk, late_key(key_of(row)), "免报")
    return row


def read_report(desk: Desk, number: int) -> HalfReport:
    """Note that somebody of the office has read a report."""
    row = find_report(desk, number)
    if row.state != HalfReportState.SENT or desk.actor.speaks_for_unit:
        raise Refused(
            "只有已报送的半月报可以阅签", found=row.state, expected="sent", remedy="待单位报送后办理"
        )
    if row.read_on is None:
        row.read_on, row.read_by = desk.today, desk.actor.code
        desk.session.add(row)
        desk.record("half_report", key_of(row), "read", unit_id=row.unit_id)
    return row


def count_progress(deed: ActOnCase) -> None:
    """Let progress that was reported on a case settle the newest report it owes, where the ladder says that it counts.

    An older one that is late stays late: it is sent or waived by itself.
    """
    rule = ladder_of(deed.desk, deed.case.campaign_id).half_month
    if rule is None or not rule.progress_counts:
        return
    text = deed.values.get("text") or deed.note
    if not text.strip():
        return  # a bare percentage says nothing of what was done
    known = [one for one in rows_beside(deed.desk, HalfReport, deed.case.id) if one.period_from <= deed.on]
    newest = max(known, key=lambda one: one.period_from, default=None)
    if newest is not None and newest.state in WAITING:
        _mark_sent(deed.desk, newest, text, deed.on, percent=deed.case.percent)


def findings_of(desk: Desk, cases: Sequence[Rectification]) -> dict[int, Finding]:
    """Return the findings of cases, by id."""
    query = select(Finding).where(col(Finding.id).in_([case.id for case in cases]))
    return {key_of(finding): finding for finding in desk.session.exec(query)}


def earliest(desk: Desk) -> date:
    """Return the day from which halves that were missed are still opened."""
    return desk.today - timedelta(KEPT_DAYS)
