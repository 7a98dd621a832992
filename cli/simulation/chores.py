"""What units are asked for in writing, and the office's list of tasks: most comes in time, the rest is called for.

An office that never did this would carry every list, late report and open campaign of all years along.
"""

from __future__ import annotations

from functools import partial

from sqlmodel import col, select

from casework.desk import Desk
from casework.inspection.inquiryreturns import return_items
from casework.paperwork.answers import record_reply
from casework.rectification.halfreports import send_report
from casework.tasks import finish_task, list_tasks
from cli.demo.chores import CALLED, FRIDAY, close_books, draw_cases, finish_milestones, pass_over
from cli.simulation.agenda import Deed, Entry
from cli.simulation.county import DIRECTOR, OFFICERS
from cli.simulation.shape import ODDS
from cli.simulation.world import World
from core.life.campaignlife import InquiryState
from core.life.halflife import HalfReportState
from models.halfreport import HalfReport
from models.inquiry import Inquiry
from models.organisation import Unit
from models.task import Task

OFFICER = OFFICERS[1]
PROGRESS = "本期按整改方案推进，完成既定措施。"
# What is done outside the system, with the note that the officer writes beside it.
OUTSIDE = {
    "annual_report": "已报送并公开",
    "late_plan": "电话催报，单位答复三日内报送",
    "review_suspension": "中止的事由尚未消除，继续中止",
}


def follow(world: World) -> None:
    """Put what every unit was asked for since yesterday into its diary."""
    since = world.calendar.after(world.today, -2)
    with world.desk(readonly=True) as desk:
        lists = desk.session.exec(
            select(Inquiry.id, Unit.code, col(Inquiry.due_on))
            .join(Unit, col(Unit.id) == col(Inquiry.unit_id))
            .where(
                col(Inquiry.office_id) == desk.office_id,
                col(Inquiry.state) == InquiryState.ASKED.value,
                col(Inquiry.asked_on) >= since,
            )
        ).all()
        reports = desk.session.exec(
            select(HalfReport.id, Unit.code, col(HalfReport.due_on))
            .join(Unit, col(Unit.id) == col(HalfReport.unit_id))
            .where(
                col(HalfReport.office_id) == desk.office_id,
                col(HalfReport.state) == HalfReportState.OWED.value,
                col(HalfReport.due_on) >= world.today,
            )
        ).all()
    for number, unit, due_on in lists:
        if _is_new(world, f"list/{number}") and number is not None:
            late = world.between(1, 12) if world.happens(ODDS.late_list) else -world.between(0, 2)
            day = world.calendar.after(due_on, late) if late else due_on
            world.on(day, f"{unit}:liaison", "交回清单", partial(_return, number))
    for number, unit, due_on in reports:
        if _is_new(world, f"half/{number}") and number is not None and not world.happens(ODDS.late_report):
            day = world.calendar.after(due_on, -world.between(1, 2))
            world.on(day, f"{unit}:liaison", "报送半月报", partial(_report, number))


def _is_new(world: World, name: str) -> bool:
    known = name in world.followed
    world.followed.add(name)
    return not known


def _return(number: int, desk: Desk) -> None:
    return_items(desk, number)


def _report(number: int, desk: Desk) -> None:
    send_report(desk, number, PROGRESS)


def go_through(world: World) -> None:
    """Do on a Friday what is due on the list of tasks, close the books, and note what was reached."""
    if world.today.weekday() != FRIDAY:
        return
    with world.desk(by=OFFICER) as desk:
        due = [task for task in list_tasks(desk) if task.due_on and task.due_on <= desk.today]
        world.agenda.carry_out(desk, [_entry(world, OFFICER, *CHORES[task.kind](task)) for task in due
                                      if task.kind in CHORES])  # fmt: skip
        world.agenda.carry_out(desk, [_entry(world, OFFICER, "登记节点", finish_milestones)])
    with world.desk(by=DIRECTOR) as desk:
        books = (("统计结账", close_books), ("本期不单独开展", pass_over))
        world.agenda.carry_out(desk, [_entry(world, DIRECTOR, what, do) for what, do in books])


def _entry(world: World, by: str, what: str, do: Deed) -> Entry:
    return Entry(world.today, 0, by, what, do)


def _finish(task: Task) -> tuple[str, Deed]:
    return "办结待办", lambda desk: finish_task(desk, task.id or 0, OUTSIDE[task.kind])


def _call(task: Task) -> tuple[str, Deed]:
    return "催报半月报", lambda desk: send_report(desk, task.subject_id, CALLED)


def _answer(task: Task) -> tuple[str, Deed]:
    return "登记答复", lambda desk: record_reply(desk, task.subject_id, desk.today, note="催问后补报")


def _draw(task: Task) -> tuple[str, Deed]:
    return "抽取回头看", lambda desk: draw_cases(desk, task)


CHORES = {
    **dict.fromkeys(OUTSIDE, _finish),
    "half_report_late": _call,
    "reply_overdue": _answer,
    "look_back_draw": _draw,
}
"""What an officer does about a task, by its kind; the other kinds end with the acts that they ask for."""
