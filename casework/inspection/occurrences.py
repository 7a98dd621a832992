"""Recurring plans: what is due is computed when somebody asks, started once, and turned into the plan of a campaign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from casework.desk import Desk
from casework.inspection.campaignrows import campaign_rules
from casework.inspection.campaigns import store_plan
from casework.inspection.occurrencerows import end_occurrence, stored_occurrences
from casework.staff.people import require_role, split
from casework.tasks import finish_for, open_task
from core.campaign.recurrence import Occurrence as Due
from core.campaign.recurrence import occurrences
from core.campaign.recurringplan import drafted_plan, title_of
from core.errors import InvalidInput, NotFound, Refused
from core.life.campaignlife import OCCURRENCE, OccurrenceAct, OccurrenceState
from core.rulebook.campaigns import RecurringPlan
from core.text.secrecy import refuse_state_secrets
from models.base import key_of, table_of
from models.campaign import Campaign
from models.organisation import Unit
from models.plan import Occurrence
from models.record import AuditEntry, AuditHead

ENTRY, HEAD = table_of(AuditEntry), table_of(AuditHead)
AHEAD = timedelta(days=400)
NOT_BEGUN = ("planned", "called_off")
"""How far ahead an occurrence may be started or passed over."""


@dataclass(frozen=True, slots=True)
class DueOccurrence:
    """An occurrence that nobody has started; `unit` is empty when it is for all units of its plan."""

    plan: RecurringPlan
    unit: str
    due: Due

    @property
    def key(self) -> str:
        """The cause of its task."""
        return f"occurrence:{self.plan.code}:{self.unit}:{self.due.period}"


def due_occurrences(
    desk: Desk, *, until: date | None = None, plan: str | None = None, since: date | None = None
) -> list[DueOccurrence]:
    """Return what is due up to a day and was neither started nor passed over, the earliest first.

    until   today when not given
    since   the office's first day when not given: what came due before it began to work here was not its own
    """
    first = since or _first_day(desk)
    found = []
    for one in recurring_plans(desk, plan):
        rows = stored_occurrences(desk, one.code)
        for unit in _keys(desk, one):
            mine = [row for row in rows if row.unit == unit]
            found += [
                DueOccurrence(one, unit, due) for due in _open(desk, one, mine, first, until or desk.today)
            ]
    return sorted(found, key=lambda due: (due.due.due_on, due.plan.code, due.unit))


def _open(desk: Desk, plan: RecurringPlan, rows: Sequence[Occurrence], since: date, until: date) -> list[Due]:
    ended = [row.ended_on for row in rows if row.ended_on is not None]
    if plan.mode == "after_completion" and any(row.state == OccurrenceState.PLANNED for row in rows):
        return []  # the next one counts from the day on which this one is finished
    known = {row.period for row in rows}
    dues = occurrences(plan, date.min, until + timedelta(31), desk.calendar, ended)
    return [due for due in dues if due.period not in known and since <= due.due_on <= until]


def start_occurrence(
    desk: Desk, plan: str, period: str, *, unit: str = "", begin: date | None = None
) -> tuple[Occurrence, Campaign]:
    """Start an occurrence: its row, and the plan of a campaign that is approved and opened like any other.

    begin    the first day of the campaign's period; the day it is due, or the next working day, when not given
    raises   NotFound for a period that the plan does not have; Refused when it was started or passed over before
    """
    require_role(desk, ("officer", "director", "leader"), "编制周期计划的批次")
    one = _find(desk, plan, period, unit)
    row = _claim(desk, one)
    first = desk.calendar.next_workday(begin or max(one.due.due_on, desk.today))
    codes = [unit] if unit else _turn(one, _units(desk, one.plan))
    campaign = store_plan(desk, drafted_plan(one.plan, one.due, codes, first, desk.calendar, unit))
    row.campaign_id = key_of(campaign)
    desk.session.add(row)
    desk.session.flush()
    finish_for(desk, one.key, f"已编制批次 {campaign.code}")
    return row, campaign


def skip_occurrence(desk: Desk, plan: str, period: str, reason: str, *, unit: str = "") -> Occurrence:
    """Pass an occurrence over, by a director with a reason; also one that was started and whose campaign never opened.

    raises   Refused for one whose campaign was approved or is under way
    """
    require_role(desk, ("director",), "决定本期不开展")
    if not reason.strip():
        raise InvalidInput("不开展须写明理由", found="空", expected="一句理由", remedy="加上 --reason")
    refuse_state_secrets(reason, "不开展的理由")
    row = _stored(desk, plan, period, unit)
    if row is None:
        one = _find(desk, plan, period, unit)
        row = _claim(desk, one)
        finish_for(desk, one.key, reason)
    elif row.campaign_id is not None and desk.campaign(row.campaign_id).state not in NOT_BEGUN:
        raise Refused(
            "本期的批次已经批准或启动",
            found=desk.campaign(row.campaign_id).code,
            expected="尚未批准的批次",
            remedy="按程序变更范围或办结批次",
        )
    end_occurrence(desk, row, OccurrenceAct.SKIP, on=desk.today, reason=reason)
    return row


def finish_occurrence(desk: Desk, plan: str, period: str, on: date, *, unit: str = "") -> Occurrence:
    """Note that the work of an occurrence was completed on a day, from which the next one may count."""
    row = _stored(desk, plan, period, unit)
    if row is None:
        raise NotFound(
            "这一期没有编制", found=period, expected="已编制的期次", remedy="运行 ducha plan list 查看"
        )
    if on > desk.today or on < row.made_on:
        raise InvalidInput(
            "完成日期不对", found=str(on), expected=f"{row.made_on}至{desk.today}", remedy="改正 --on"
        )
    end_occurrence(desk, row, OccurrenceAct.FINISH, on=on)
    return row


def watch_occurrences(desk: Desk) -> dict[str, object]:
    """Open a task for the officer, once, for every occurrence that is due or soon will be."""
    opened = due = 0
    for plan in recurring_plans(desk, None):
        until = desk.calendar.after(desk.today, plan.lead_workdays)
        for one in due_occurrences(desk, until=until, plan=plan.code):
            due += 1
            title = f"编制{title_of(plan, one.due)}" + (f"（{one.unit}）" if one.unit else "")
            task = open_task(
                desk, one.key, kind="occurrence", title=title, subject="office", subject_id=desk.office_id,
                role="officer", due_on=one.due.due_on,
            )  # fmt: skip
            opened += task is not None
    return {"due": due, "tasks": opened}


def _claim(desk: Desk, one: DueOccurrence) -> Occurrence:
    """Write the row of an occurrence; whoever comes second is told so, also when both came at once."""
    row = Occurrence(
        office_id=desk.office_id, plan=one.plan.code, unit=one.unit, period=one.due.period, due_on=one.due.due_on,
        state=OCCURRENCE.start.value, made_on=desk.today, made_by=desk.actor.code,
    )  # fmt: skip
    try:
        with desk.session.begin_nested():
            desk.session.add(row)
            desk.session.flush()
    except IntegrityError as error:
        raise _taken(one.due.period) from error
    desk.record(
        "occurrence", key_of(row), "open", to_state=row.state, plan=row.plan, period=row.period, unit=row.unit
    )
    return row


def _taken(period: str) -> Refused:
    return Refused(
        "这一期已经编制或决定不开展",
        found=period,
        expected="尚未编制的期次",
        remedy="运行 ducha plan list 查看",
    )


def _find(desk: Desk, plan: str, period: str, unit: str) -> DueOccurrence:
    rule = next(iter(recurring_plans(desk, plan)))
    if unit not in _keys(desk, rule):
        raise InvalidInput(
            "这个周期计划不按此单位分期",
            found=unit or "没有写明单位",
            expected="、".join(_keys(desk, rule)).strip("、") or "不写 --unit",
            remedy="改正 --unit",
        )
    if _stored(desk, plan, period, unit) is not None:
        raise _taken(period)
    dues = due_occurrences(desk, until=desk.today + AHEAD, plan=plan, since=date.min)
    mine = [one for one in dues if one.unit == unit]
    for one in mine:
        if one.due.period == period:
            return one
    raise NotFound(
        "周期计划没有这一期",
        found=period,
        expected="、".join(one.due.period for one in mine[-6:]) or "已编制的一期办结之后",
        remedy="运行 ducha plan list 查看",
    )


def _stored(desk: Desk, plan: str, period: str, unit: str) -> Occurrence | None:
    query = select(Occurrence).where(
        col(Occurrence.office_id) == desk.office_id,
        col(Occurrence.plan) == plan,
        col(Occurrence.unit) == unit,
        col(Occurrence.period) == period,
    )
    return desk.session.exec(query).first()


def recurring_plans(desk: Desk, code: str | None) -> list[RecurringPlan]:
    """Return the recurring plans of the office, or the one of a code; raise NotFound."""
    plans = campaign_rules(desk).plans
    if code is not None and code not in plans:
        raise NotFound(
            "没有这个周期计划",
            found=code,
            expected="、".join(plans) or "campaigns/ 中的 plans",
            remedy="运行 ducha plan list 查看",
        )
    return [plans[code]] if code is not None else list(plans.values())


def _keys(desk: Desk, plan: RecurringPlan) -> list[str]:
    return [unit.code for unit in _units(desk, plan)] if plan.each_unit else [""]


def _units(desk: Desk, plan: RecurringPlan) -> list[Unit]:
    units = desk.session.exec(
        select(Unit).where(col(Unit.office_id) == desk.office_id).order_by(col(Unit.code))
    ).all()
    wanted = set(plan.units.kinds)
    return [unit for unit in units if unit.code in plan.units.codes or wanted & set(split(unit.kinds))]


def _turn(one: DueOccurrence, units: Sequence[Unit]) -> list[str]:
    """Return the units whose turn it is: all, or as many as come at a time, one after another by code."""
    codes, many = [unit.code for unit in units], one.plan.units_at_a_time
    if not many or many >= len(codes):
        return codes
    first = one.due.number * many
    return sorted(codes[(first + place) % len(codes)] for place in range(many))


def _first_day(desk: Desk) -> date:
    """Return the day of the first thing that was ever recorded, told by the first link of each chain."""
    first = (ENTRY.c.office_id == HEAD.c.office_id, ENTRY.c.shard == HEAD.c.shard, ENTRY.c.seq == 1)
    day = sa.select(ENTRY.c.on_day).where(*first).scalar_subquery()  # a join would be walked from the entries
    query = sa.select(sa.func.min(day)).where(HEAD.c.office_id == desk.office_id)
    return desk.session.connection().execute(query).scalar() or desk.today
