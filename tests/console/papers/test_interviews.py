"""约谈: planned with its notice, held with minutes and promises, cancelled with a reason."""

from __future__ import annotations

from sqlmodel import select

from models.interview import Interview, InterviewPerson
from models.task import Task
from tests.console.conftest import TODAY
from tests.console.papers.conftest import Office

PLAN = {
    "unit": "D001", "reason": "整改不力", "interviewer": "主任", "on": "2026-07-02", "at": "上午9时30分",
    "place": "三楼会议室", "line": "party", "count__head": "1", "names__enforcer": "张某\n李某",
}  # fmt: skip


def planned(office: Office) -> int:
    office.scene.settle()
    answer = office.post("P90", "/interviews/new", **PLAN)
    assert answer.status_code == 303, answer.text
    (row,) = office.scene.rows(select(Interview))
    return row.id or 0


def test_an_interview_is_planned_and_its_notice_drafted(office: Office) -> None:
    number = planned(office)

    (notice,) = office.scene.documents("interview_notice")
    assert (notice.about, notice.about_id) == ("interview", number)
    people = {(one.role, one.name, one.invited) for one in office.scene.rows(select(InterviewPerson))}
    assert people == {("head", "", 1), ("enforcer", "张某", 1), ("enforcer", "李某", 1)}
    assert "部门负责人" in office.get("P90", f"/interviews/{number}").text
    assert f'href="/interviews/{number}"' in office.get("P90", "/interviews?state=planned").text
    assert office.get("P90", f"/documents/{notice.id}").status_code == 200


def test_a_plan_without_people_comes_back_as_it_was_typed(office: Office) -> None:
    office.scene.settle()

    answer = office.post("P90", "/interviews/new", **{**PLAN, "count__head": "", "names__enforcer": ""})

    assert answer.status_code == 400
    assert "没有写明被约谈人" in answer.text
    assert "三楼会议室" in answer.text
    assert office.scene.documents() == []


def test_an_interview_is_held_with_minutes_and_promises_become_tasks(office: Office) -> None:
    number = planned(office)
    none = office.post("P90", f"/interviews/{number}/hold", count__head="1")
    assert none.status_code == 400

    answer = office.post(
        "P90", f"/interviews/{number}/hold", files={"minutes": ("记录.pdf", b"%PDF-1.7 minutes")},
        held_on="2026-06-30", count__head="1", promise__1="建立台账", promise_on__1="2026-07-31",
    )  # fmt: skip

    assert answer.status_code == 303, answer.text
    (row,) = office.scene.rows(select(Interview))
    assert (row.state, row.held_on) == ("held", TODAY)
    assert [one.title for one in office.scene.rows(select(Task))] == ["核实示例县D001局约谈承诺：建立台账"]
    assert office.get("P90", f"/interviews/{number}/minutes").content == b"%PDF-1.7 minutes"
    assert "建立台账" in office.get("P90", f"/interviews/{number}").text


def test_cancelling_needs_a_reason_and_a_role(office: Office) -> None:
    number = planned(office)

    assert office.post("P90", f"/interviews/{number}/cancel").status_code == 400
    assert office.post("P07", f"/interviews/{number}/cancel", cancel_reason="改期").status_code == 403
    assert office.post("P90", f"/interviews/{number}/cancel", cancel_reason="改期").status_code == 303
    assert office.scene.rows(select(Interview))[0].state == "cancelled"


def test_whoever_does_not_see_the_notice_does_not_see_the_interview(office: Office) -> None:
    number = planned(office)

    assert office.get("P01", f"/interviews/{number}").status_code == 404
    assert "整改不力" not in office.get("P01", "/interviews").text
    assert office.get("D001:liaison", "/interviews").status_code == 403
    assert office.post("P01", f"/interviews/{number}/cancel", cancel_reason="改期").status_code in (403, 404)
