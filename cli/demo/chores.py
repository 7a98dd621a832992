"""The office's list of tasks, gone through once a week: calls are made, papers copied, books closed."""

from __future__ import annotations

from collections.abc import Callable

from casework.desk import Desk
from casework.inspection.milestones import finish_milestone, list_milestones
from casework.inspection.occurrences import due_occurrences, skip_occurrence
from casework.rectification.halfreports import send_report
from casework.rectification.lookbacks import draw_look_backs
from casework.reports.periods import close_period
from casework.reports.reportviews import period_lines
from casework.tasks import finish_task, list_tasks
from cli.demo.world import LINKAGE, OFFICERS, World
from models.base import key_of
from models.organisation import Unit
from models.task import Task

OFFICER, DIRECTOR = OFFICERS[1], "L-DIRECTOR"
FRIDAY = 4
SEED = "示例"
# What is done outside the system, with the note that the officer writes beside it.
OUTSIDE = {
    "annual_report": "已报送并公开",
    "commitment": "已核实，承诺事项按期完成",
    "matter_band": "已核实，单位按要求落实",
    "matter_copy": "已书面送阅",
    "inquiry": "电话催交，单位仍未报送，已记入督察报告",
    "referral_consult": "已与接收机关会商，办理中",
}
CALLED = "电话核实：单位正在按方案整改，已提醒按时报送。"
PASSED_OVER = "年度督察计划已统筹安排，本期不单独开展"


def go_through(world: World) -> None:
    """Do on a Friday what is due on the list of tasks."""
    if world.today.weekday() != FRIDAY:
        return
    for by in (*OFFICERS, LINKAGE):
        with world.desk(by=by) as desk:
            for task in list_tasks(desk):
                if task.due_on and task.due_on <= desk.today and _falls_to(world, desk, task) == by:
                    CHORES.get(task.kind, _leave)(desk, task)
    with world.desk(by=OFFICER) as desk:
        finish_milestones(desk)
    with world.desk(by=DIRECTOR) as desk:
        close_books(desk)
        pass_over(desk)


def _falls_to(world: World, desk: Desk, task: Task) -> str:
    """Return who does a task: nobody handles the matters of the unit that lent him to the office."""
    if task.role == "linkage":
        return LINKAGE
    unit = desk.session.get(Unit, task.unit_id) if task.unit_id else None
    return world.officer(unit.code) if unit else OFFICER


def _leave(_desk: Desk, _task: Task) -> None:
    """Leave to others what is none of the officer's chores."""


def _done_outside(desk: Desk, task: Task) -> None:
    finish_task(desk, key_of(task), OUTSIDE[task.kind])


def _call_unit(desk: Desk, task: Task) -> None:
    send_report(desk, task.subject_id, CALLED)


def draw_cases(desk: Desk, task: Task) -> None:
    """Draw the closed cases that are looked back at, as a task asks for."""
    draw_look_backs(desk, task.key.rpartition(":")[2], SEED)


CHORES: dict[str, Callable[[Desk, Task], None]] = {
    **dict.fromkeys(OUTSIDE, _done_outside),
    "half_report_late": _call_unit,
    "look_back_draw": draw_cases,
}


def finish_milestones(desk: Desk) -> None:
    """Note every milestone as reached whose day is over."""
    for row in list_milestones(desk, late=True):
        if row["done_on"] is None:
            finish_milestone(desk, str(row["campaign"]), str(row["code"]), note="已按节点要求办理")


def close_books(desk: Desk) -> None:
    """Close every period that is over, in their order."""
    for period in reversed(period_lines(desk)):
        if not period.closed and period.to_on < desk.today:
            close_period(desk, period.kind, period.from_on)


def pass_over(desk: Desk) -> None:
    """Pass over whatever a recurring plan asks for that is due."""
    for one in due_occurrences(desk):
        skip_occurrence(desk, one.plan.code, one.due.period, PASSED_OVER, unit=one.unit)
