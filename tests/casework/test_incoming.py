"""What other bodies hand over: clocks, items as tasks, named readers, replies on paper, meetings, joint supervision."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlmodel import select

from casework.intake.incoming import (
    NewIncoming,
    assign_incoming,
    close_incoming,
    register_incoming,
    return_incoming,
)
from casework.intake.incomingreplies import answer_incoming, draft_incoming_reply
from casework.intake.incomingviews import list_incoming, show_incoming
from casework.linkage.jointcases import end_joint_supervision, list_joint, supervise_jointly
from casework.linkage.linkageitems import NewItem, read_item
from casework.linkage.meetings import NewMeeting, list_meetings, record_meeting, show_meeting
from casework.paperwork.documents import seal_document, sign_documents
from casework.tasks import finish_task, list_tasks
from core.errors import InvalidInput, NotAllowed, NotFound, Refused
from models.incoming import Incoming
from models.task import Task
from tests.casework.scene import PDF, Scene

DAY = date(2026, 4, 20)
LINKAGE, OFFICER, DIRECTOR = "P91", "P90", "L-DIRECTOR"
ITEMS = (NewItem("完善移送登记制度", OFFICER, date(2026, 5, 15)), NewItem("开展警示教育"))


def given(**values: Any) -> NewIncoming:
    kept: dict[str, Any] = {
        "sender": "discipline",
        "kind": "discipline_advice",
        "title": "关于规范案件移送的纪检监察建议书",
        "text": "建议完善案件移送制度。",
        "received_on": DAY,
        "their_number": "示纪建〔2026〕3号",
        "unit": "D001",
        "items": ITEMS,
    }
    return NewIncoming(**{**kept, **values})


def register(scene: Scene, **values: Any) -> int:
    with scene.open_desk(by=LINKAGE, today=DAY) as desk:
        return register_incoming(desk, given(**values), file=scene.file("来文.pdf")).id or 0


def row_of(scene: Scene, number: int) -> Incoming:
    row: Incoming = scene.rows(select(Incoming).where(Incoming.id == number))[0]
    return row


def test_each_kind_has_its_own_clock_and_says_where_it_comes_from(scene: Scene) -> None:
    scene.settle()
    advice = row_of(scene, register(scene))
    assert (advice.number, advice.state, advice.due_on) == (
        "联动来件〔2026〕1号",
        "registered",
        date(2026, 5, 20),
    )
    assert advice.due_basis == "贯通联动规则（纪检监察建议）"
    court = {"sender": "procuratorate", "kind": "procuratorial_advice", "their_number": "检1"}
    plain = row_of(scene, register(scene, **court))
    assert (plain.due_on, "第二十一条" in plain.due_basis) == (date(2026, 6, 22), True)
    urgent = row_of(scene, register(scene, **{**court, "their_number": "检2"}, urgent="urgent"))
    assert urgent.due_on == date(2026, 5, 6)  # 15 days end on a holiday
    named = row_of(scene, register(scene, their_number="示纪建〔2026〕4号", due_on=date(2026, 4, 30)))
    assert (named.due_on, named.due_basis) == (date(2026, 4, 30), "来文要求")
    report = row_of(scene, register(scene, kind="shared_report", items=(), their_number=""))
    assert (report.due_on, report.reply_required) == (None, False)


@pytest.mark.parametrize(
    ("values", "what"),
    [
        ({"sender": "newspaper"}, "来文机关"),
        ({"sender": "other"}, "来文机关"),
        ({"kind": "gossip"}, "没有这种联动来件"),
        ({"title": ""}, "标题"),
        ({"text": "密级：机密"}, "国家秘密"),
        ({"items": ()}, "逐项"),
        ({"received_on": date(2026, 4, 21)}, "晚于今天"),
        ({"items": (NewItem("事项", "D001:head"),)}, "被督察单位"),
        ({"items": (NewItem("事项", due_on=date(2026, 4, 1)),)}, "期限已过"),
    ],
)
def test_what_is_not_in_order_is_not_registered(scene: Scene, values: dict[str, Any], what: str) -> None:
    scene.settle()
    with pytest.raises((InvalidInput, NotAllowed), match=what):
        register(scene, **values)
    assert scene.rows(select(Incoming)) == scene.rows(select(Task)) == []


def test_only_named_people_know_of_it_and_every_look_is_noted(scene: Scene) -> None:
    scene.settle()
    number, other = register(scene), register(scene, their_number="另一件")
    for by in (OFFICER, "P05", "D001:head"):
        with scene.open_desk(by=by, today=DAY) as desk, pytest.raises(NotFound):
            show_incoming(desk, number)
        with scene.open_desk(by=by, today=DAY) as desk, pytest.raises(NotAllowed):
            list_incoming(desk)
    with scene.open_desk(by=LINKAGE, today=DAY) as desk:
        with pytest.raises(NotAllowed, match="被督察单位"):
            assign_incoming(desk, number, "D001:head")
        assign_incoming(desk, number, OFFICER, until=date(2026, 5, 31))
    with scene.open_desk(by=OFFICER, today=DAY) as desk:
        assert [row["id"] for row in list_incoming(desk)] == [number]
        assert [item["text"] for item in show_incoming(desk, number)["items"]] == [
            "完善移送登记制度",
            "开展警示教育",
        ]
        with pytest.raises(NotFound):
            show_incoming(desk, other)
    with scene.open_desk(by=OFFICER, today=date(2026, 6, 1)) as desk, pytest.raises(NotFound):
        show_incoming(desk, number)  # what he was named for is over
    assert scene.told("incoming", number)[-1] == "view"
    with scene.open_desk(by=OFFICER, today=DAY) as desk, pytest.raises(NotAllowed):
        register_incoming(desk, given(their_number="第三件"))


def test_it_is_closed_when_it_was_answered_on_paper_and_every_item_is_done(scene: Scene) -> None:
    scene.settle()
    number = register(scene)
    with scene.open_desk(by=LINKAGE, today=DAY) as desk:
        assign_incoming(desk, number, LINKAGE)
        with pytest.raises(Refused, match="尚未回复、2项尚未落实"):
            close_incoming(desk, number)
        with pytest.raises(InvalidInput, match="专人"):
            answer_incoming(desk, number, channel="email", note="已回复")
        with pytest.raises(Refused, match="复函尚未签发"):
            answer_incoming(desk, number, channel="hand", note="已回复")
    with scene.open_desk(by=DIRECTOR, today=DAY) as desk:
        for task in [one for one in list_tasks(desk) if one.kind == "linkage_item"]:
            finish_task(desk, task.id or 0, "已于4月20日完成")
    with scene.open_desk(by=LINKAGE, today=DAY) as desk:
        letter = draft_incoming_reply(desk, number, handling="已逐项落实", next_steps="持续抓好执行").id or 0
    with scene.open_desk(by=DIRECTOR, today=DAY) as desk:
        sign_documents(desk, [letter])
    with scene.open_desk(by=LINKAGE, today=DAY) as desk:
        seal_document(desk, letter, scene.file("盖章.pdf", PDF))
        answer_incoming(desk, number, channel="hand", note="专人送达")
        close_incoming(desk, number, "已办结")
        assert [task for task in list_tasks(desk) if task.subject == "incoming"] == []
    (reply,) = scene.documents("linkage_reply")
    assert "示例县监察委员会" in (reply.content or "")
    assert "关于规范案件移送的纪检监察建议书办理情况的复函" in (reply.content or "")
    assert "关于关于" not in (reply.content or "")
    assert "已于4月20日完成" in (reply.content or "")
    assert scene.messages() == []
    assert row_of(scene, number).state == "closed"


def test_what_is_none_of_the_offices_business_goes_back_with_reasons(scene: Scene) -> None:
    scene.settle()
    number = register(scene)
    with scene.open_desk(by=DIRECTOR, today=DAY) as desk:
        with pytest.raises(InvalidInput, match="理由"):
            return_incoming(desk, number, " ")
        assert return_incoming(desk, number, "不属本单位职责").state == "returned"


def test_a_meeting_leaves_tasks_with_owners_and_is_known_to_the_named_only(scene: Scene) -> None:
    scene.settle()
    with scene.open_desk(by=LINKAGE, today=DAY) as desk:
        meeting = NewMeeting(
            "joint",
            DAY,
            "一季度联席会议",
            ["县纪委监委", "县检察院"],
            "",
            [NewItem("共享案卷评查结果", OFFICER)],
        )
        number = record_meeting(desk, meeting, scene.file("纪要.pdf")).id or 0
        for bad in (
            NewMeeting("party", DAY, "题", ["甲"]),
            NewMeeting("joint", date(2026, 5, 1), "题", ["甲"]),
            NewMeeting("joint", DAY, "题", [" "]),
        ):
            with pytest.raises(InvalidInput):
                record_meeting(desk, bad, scene.file("纪要.pdf"))
        shown = show_meeting(desk, number)
        assert (shown["number"], shown["participants"]) == ("联席会议〔2026〕1号", "县纪委监委、县检察院")
        assert shown["conclusions"][0]["state"] == "open"
        assert [row["id"] for row in list_meetings(desk)] == [number]
    with scene.open_desk(by=OFFICER, today=DAY) as desk:
        assert [task.title for task in list_tasks(desk)] == ["联席会议：共享案卷评查结果"]
        with pytest.raises(NotFound):
            show_meeting(desk, number)


def test_a_case_is_supervised_together_until_its_result_is_noted(scene: Scene) -> None:
    (code,) = scene.notify(("D001", "E24", "major"))
    with scene.open_desk(by=LINKAGE, today=DAY) as desk:
        with pytest.raises(InvalidInput, match="没有这个机关"):
            supervise_jointly(desk, code, "newspaper", "督办")
        joint = supervise_jointly(desk, code, "discipline", "每月汇总", report_on=date(2026, 5, 20)).id or 0
        assert [row["case"] for row in list_joint(desk)] == [code]
        assert [task.title for task in list_tasks(desk) if task.kind == "joint_supervision"] == [
            "联合督办（中共示例县纪律检查委员会、示例县监察委员会）：汇总督办情况"
        ]
        with pytest.raises(InvalidInput, match="结果"):
            end_joint_supervision(desk, joint, " ")
        end_joint_supervision(desk, joint, "已整改到位")
        with pytest.raises(NotFound):
            end_joint_supervision(desk, joint, "再次")
    with scene.open_desk(by=OFFICER, today=DAY) as desk, pytest.raises(NotAllowed):
        list_joint(desk)


def test_an_item_is_written_in_one_line() -> None:
    assert read_item("完善制度|P90|2026-05-15") == NewItem("完善制度", "P90", date(2026, 5, 15))
    assert read_item("完善制度") == NewItem("完善制度")
    with pytest.raises(InvalidInput, match="日期"):
        read_item("完善制度||下月")
