"""Interviews: a notice that says what the interview says, persons counted by role, promises that become tasks."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlmodel import select

from casework.paperwork.documents import sign_documents
from casework.paperwork.interviews import (
    Occasion,
    cancel_interview,
    find_interview,
    hold_interview,
    list_interviews,
    plan_interview,
)
from casework.paperwork.papers import paper_of
from casework.tasks import list_tasks
from casework.upkeep.doctor import examine
from core.codes import Line
from core.errors import IllegalMove, InvalidInput, NotAllowed, NotFound, Refused
from core.life.interviewlife import read_people
from delivery.paper import Paper
from models.document import Document
from tests.casework.scene import Scene

DAY, HELD = date(2026, 4, 20), date(2026, 4, 28)
PEOPLE = read_people(["部门负责人=1", "执法人员=3"])


def occasion(**changes: Any) -> Occasion:
    return Occasion(
        **{
            "reason": "同一问题连续两年发现", "interviewer": "督察办主任", "on": HELD, "place": "县司法局会议室",
            "at": "上午9时30分", **changes,
        }
    )  # fmt: skip


def planned(scene: Scene, unit: str = "D001", **changes: Any) -> tuple[int, int]:
    """Plan an interview; return its number and that of its notice."""
    with scene.open_desk(by="P90", today=DAY) as desk:
        row, notice = plan_interview(desk, unit, occasion(**changes), PEOPLE)
        return row.id or 0, notice.id or 0


def said(paper: Paper) -> str:
    return "\n".join(str(getattr(block, "text", "")) for block in paper.blocks)


def test_the_notice_says_what_the_interview_says(scene: Scene) -> None:
    scene.settle()
    _number, notice = planned(scene, line=Line.ENFORCEMENT)
    with scene.open_desk(by="L-DIRECTOR", today=DAY) as desk:
        (document,) = sign_documents(desk, [notice])
        text = said(paper_of(desk, document))
    assert (document.number, document.campaign_id) == ("示司执监函〔2026〕1号", None)
    assert "部门负责人1人、执法人员3人进行约谈" in text
    assert "2026年4月28日上午9时30分；地点：县司法局会议室" in text
    assert "自约谈结束之日起5个工作日内，即2026年5月8日前" in text  # 1 to 5 May are holidays


def test_an_interview_about_problems_lists_them_and_belongs_to_their_campaign(scene: Scene) -> None:
    (code,) = scene.notify(("D001", "E24", "major"))
    number, notice = planned(scene, cases=(code,))
    with scene.open_desk(readonly=True, today=DAY) as desk:
        document = desk.session.get_one(Document, notice)
        (table,) = [block for block in paper_of(desk, document).blocks if hasattr(block, "rows")]
        assert (table.rows[0][1], document.campaign_id) == (code, find_interview(desk, number).campaign_id)
        assert (find_interview(desk, number).about, document.about) == ("case", "interview")


def test_another_unit_s_problem_is_refused(scene: Scene) -> None:
    (code,) = scene.notify(("D001", "E24", "major"))
    with pytest.raises(Refused, match="不能写入"):
        planned(scene, "T001", cases=(code,))
    assert scene.documents("interview_notice") == []


@pytest.mark.parametrize(
    "changes", [{"reason": " "}, {"place": ""}, {"interviewer": ""}, {"on": date(2026, 4, 1)}]
)
def test_an_interview_without_its_words_or_in_the_past_is_refused(
    scene: Scene, changes: dict[str, Any]
) -> None:
    scene.settle()
    with pytest.raises(InvalidInput):
        planned(scene, **changes)
    with scene.open_desk(by="P02", today=DAY) as desk, pytest.raises(NotAllowed):
        plan_interview(desk, "D001", occasion(), PEOPLE)


def test_who_came_is_counted_by_role_and_promises_become_tasks(scene: Scene) -> None:
    scene.settle()
    number, notice = planned(scene)
    came = read_people(["部门负责人=1", "执法人员=2", "其他=周某"])
    with scene.open_desk(by="P90", today=HELD) as desk:
        hold_interview(
            desk,
            number,
            HELD,
            came,
            scene.file("记录.pdf"),
            [("建立投诉台账", date(2026, 5, 29))],
            "态度认真",
        )
    with scene.open_desk(by="P90", today=HELD) as desk:
        (row,) = list_interviews(desk, "held")
        (task,) = list_tasks(desk)
        assert not [one for one in examine(desk).invariants if one.broken]
        with pytest.raises(IllegalMove):
            cancel_interview(desk, number, "不再需要")
    assert (row["invited"], row["came"]) == (
        {"head": 1, "enforcer": 3},
        {"head": 1, "enforcer": 2, "other": 1},
    )
    assert (row["document"], row["held_on"]) == (notice, HELD)
    assert (task.title, task.due_on) == ("核实示例县D001局约谈承诺：建立投诉台账", date(2026, 5, 29))
    assert scene.told("interview", number) == ["open", "hold"]


def test_an_interview_is_not_held_before_it_was_planned_nor_promised_for_the_past(scene: Scene) -> None:
    scene.settle()
    number, _notice = planned(scene)
    with scene.open_desk(by="P90", today=HELD) as desk:
        with pytest.raises(InvalidInput, match="约谈日期"):
            hold_interview(desk, number, date(2026, 4, 1), PEOPLE, scene.file())
        with pytest.raises(InvalidInput, match="承诺"):
            hold_interview(desk, number, HELD, PEOPLE, scene.file(), [("早", date(2026, 4, 2))])


def test_a_cancelled_interview_needs_a_reason_and_a_unit_sees_none(scene: Scene) -> None:
    scene.settle()
    number, _notice = planned(scene)
    with scene.open_desk(by="P90", today=DAY) as desk:
        with pytest.raises(InvalidInput, match="理由"):
            cancel_interview(desk, number, "")
        assert cancel_interview(desk, number, "改为书面函询").state == "cancelled"
    with scene.open_desk(by="D001:liaison", today=DAY) as desk:
        assert list_interviews(desk) == []
        with pytest.raises(NotFound):
            find_interview(desk, number)
    assert [row.state for row in scene.rows(select(Document))] == ["draft"]
