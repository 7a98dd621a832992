"""The milestones of a campaign: set with the plan, reached by what happens, late ones a person's task."""

from __future__ import annotations

from datetime import date

import pytest
from sqlmodel import col, select

from casework.inspection.campaigns import approve_campaign, find_campaign, open_campaign
from casework.inspection.milestonecalendar import calendar_of_milestones
from casework.inspection.milestones import finish_milestone, list_milestones, set_milestones, watch_milestones
from casework.paperwork.documents import sign_documents
from casework.paperwork.notices import draft_notices
from core.errors import InvalidInput, NotAllowed, NotFound, Refused
from models.plan import Milestone
from models.task import Task
from tests.casework.conftest import OpenDesk
from tests.casework.scene import APPROVED, CODE, OPENED, PLAN, Scene


def stored(scene: Scene) -> dict[str, Milestone]:
    return {row.code: row for row in scene.rows(select(Milestone).order_by(col(Milestone.position)))}


def test_a_plan_sets_the_milestones_of_its_kind_from_its_own_days(scene: Scene) -> None:
    scene.settle()
    scene.plan()
    rows = stored(scene)
    assert list(rows)[:4] == ["scheme", "opening", "arrival", "leaving"]
    first = min(visit.from_on for visit in scene.visits())
    assert (rows["scheme"].due_on, rows["arrival"].due_on) == (date(2026, 2, 3), first)
    assert (rows["report"].due_on, rows["plans_in"].due_on) == (date(2026, 4, 22), None)
    scene.plan(PLAN.replace("to: 2026-03-31", "to: 2026-03-20"))
    assert stored(scene)["report"].due_on == date(2026, 4, 13)
    assert len(stored(scene)) == len(rows)


def test_approval_and_opening_reach_their_milestones(scene: Scene, open_desk: OpenDesk) -> None:
    scene.start()
    rows = stored(scene)
    assert (rows["scheme"].done_on, rows["scheme"].done_by) == (APPROVED, "system")
    assert rows["opening"].done_on == OPENED
    assert rows["arrival"].done_on is None
    with open_desk(today=OPENED, readonly=True) as desk:
        told = {row["code"]: row for row in list_milestones(desk, CODE)}
        late = [row["code"] for row in list_milestones(desk, CODE, late=True)]
    assert (told["scheme"]["light"], told["scheme"]["text"]) == ("none", "逾期7个工作日完成")
    assert late[0] == "scheme"  # what was late stays visible


def test_the_feedback_gives_later_milestones_their_days(scene: Scene, open_desk: OpenDesk) -> None:
    scene.confirm(("D001", "E24", "major"))
    with open_desk(by="P90", today=date(2026, 4, 2)) as desk:
        set_milestones(desk, find_campaign(desk, CODE))
    with open_desk(by="P90", today=date(2026, 4, 8)) as desk:
        ids = [document.id or 0 for document in draft_notices(desk, CODE)]
    with open_desk(by="L-DIRECTOR", today=date(2026, 4, 8)) as desk:
        sign_documents(desk, ids)
    with open_desk(today=date(2026, 4, 9)) as desk:
        watch_milestones(desk)
    rows = stored(scene)
    assert rows["feedback"].done_on == date(2026, 4, 8)
    assert rows["plans_in"].due_on == date(2026, 4, 29)
    assert rows["rectified"].due_on == date(2026, 7, 7)


def test_an_overdue_milestone_opens_one_task_for_who_is_to_do_it(scene: Scene, open_desk: OpenDesk) -> None:
    scene.start()
    for day in (date(2026, 4, 23), date(2026, 4, 24)):
        with open_desk(today=day) as desk:
            watch_milestones(desk)
    tasks = {task.title.rpartition("“")[2]: task for task in scene.rows(select(Task))}
    assert tasks["督察报告”已逾期"].role == "officer"
    with open_desk(by="P90", today=date(2026, 4, 24)) as desk:
        finish_milestone(desk, CODE, "report", on=date(2026, 4, 23), note="已呈报")
    done = next(task for task in scene.rows(select(Task)) if "督察报告" in task.title)
    assert (done.state, done.note) == ("done", "已呈报")
    with open_desk(readonly=True, today=date(2026, 9, 1)) as desk:
        row = next(one for one in list_milestones(desk, CODE) if one["code"] == "report")
    assert (row["text"], row["late_workdays"]) == ("逾期1个工作日完成", 1)


def test_a_milestone_is_noted_once_by_somebody_who_may_and_not_in_advance(
    scene: Scene, open_desk: OpenDesk
) -> None:
    scene.start()
    day = date(2026, 4, 20)
    with pytest.raises(NotAllowed), open_desk(by="P02", today=day) as desk:
        finish_milestone(desk, CODE, "report")
    with pytest.raises(NotFound, match="没有这个节点"), open_desk(by="P90", today=day) as desk:
        finish_milestone(desk, CODE, "party")
    with pytest.raises(InvalidInput, match="将来"), open_desk(by="P90", today=day) as desk:
        finish_milestone(desk, CODE, "report", on=date(2026, 4, 21))
    with open_desk(by="P90", today=day) as desk:
        finish_milestone(desk, CODE, "report")
    with pytest.raises(Refused, match="已经登记"), open_desk(by="P90", today=day) as desk:
        finish_milestone(desk, CODE, "report")
    with pytest.raises(NotAllowed), open_desk(by="D001:head", today=day, readonly=True) as desk:
        list_milestones(desk, CODE)


def test_the_partner_of_a_joint_campaign_gets_the_shared_milestones(
    scene: Scene, open_desk: OpenDesk
) -> None:
    scene.settle()
    scene.plan(PLAN + "joint: {with: 巡察, milestones: [opening, feedback, report]}\n")
    with open_desk(by="L-DIRECTOR", today=APPROVED) as desk:
        approve_campaign(desk, CODE, scene.file())
    with open_desk(by="P90", today=OPENED) as desk:
        open_campaign(desk, CODE)
    with open_desk(by="P91", today=OPENED, readonly=True) as desk:
        rows = list_milestones(desk, CODE, shared=True)
        content = calendar_of_milestones(desk, rows).decode()
        everything = list_milestones(desk)
    assert [row["code"] for row in rows] == ["opening", "report", "feedback"]
    assert content.count("BEGIN:VEVENT") == 3
    assert "督察报告" in content
    assert len(everything) == len(stored(scene))
