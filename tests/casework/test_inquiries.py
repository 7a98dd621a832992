"""Lists asked of a unit: opened with the campaign or by hand, returned in parts, late ones marked and counted."""

from __future__ import annotations

from datetime import date

import pytest
from sqlmodel import col, select

from casework.inspection.campaigns import approve_campaign, open_campaign
from casework.inspection.checklists import record_self_report
from casework.inspection.fieldcounts import counted, describe_counts, note_count
from casework.inspection.inquiries import ask_units, find_list, withdraw_list
from casework.inspection.inquiryreturns import return_items
from casework.inspection.inquiryviews import list_inquiries, show_inquiry, watch_inquiries
from casework.upkeep.doctor import examine
from core.campaign.campaignparts import AskedItem
from core.errors import IllegalMove, InvalidInput, NotFound, Refused
from core.life.campaignlife import Counted
from models.inquiry import Inquiry, InquiryReturn
from models.task import Task
from tests.casework.conftest import OpenDesk
from tests.casework.scene import CODE, OPENED, PLAN, Scene

MORE = (
    "materials: [行政处罚案卷目录；, 执法人员名册。]\n"
    "interviews: [{asked: 执法人员, count: 3}, 主要负责人]\n"
    "questionnaires: [{asked: 行政相对人问卷, count: 20}]\n"
)
ITEMS = (AskedItem(asked="案卷", count=5), AskedItem(asked="台账"))


def lists(scene: Scene, kind: str) -> list[Inquiry]:
    return list(scene.rows(select(Inquiry).where(col(Inquiry.kind) == kind).order_by(col(Inquiry.id))))


def ask(open_desk: OpenDesk, unit: str = "D001") -> int:
    with open_desk(by="P90", today=OPENED) as desk:
        (row,) = ask_units(desk, CODE, "materials", unit=unit, items=ITEMS, due_on=date(2026, 3, 3))
        return row.id or 0


def sound(open_desk: OpenDesk) -> list[str]:
    with open_desk(today=date(2026, 6, 30)) as desk:
        return [broken for one in examine(desk).invariants if one.id != "INV-1" for broken in one.examples]


def test_opening_asks_for_self_reports_and_for_what_the_plan_names(scene: Scene, open_desk: OpenDesk) -> None:
    scene.start(PLAN + MORE)
    assert {row.due_on for row in lists(scene, "self_report")} == {
        visit.self_report_due_on for visit in scene.visits()
    }
    with open_desk(by="P90", today=OPENED, readonly=True) as desk:
        rows = list_inquiries(desk, CODE, unit="D001")
        shown = {str(row["kind"]): show_inquiry(desk, find_list(desk, int(str(row["id"])))) for row in rows}
    assert {kind: row["asked"] for kind, row in shown.items()} == {
        "self_report": 1,
        "interviews": 4,
        "questionnaire": 20,
    }
    assert lists(scene, "materials") == []  # asked for by hand
    with open_desk(by="P90", today=OPENED) as desk:
        asked = ask_units(desk, CODE, "materials")
        told = show_inquiry(desk, asked[0])
    assert len(asked) == 2
    items = told["items"]
    assert isinstance(items, list)
    assert [one["asked"] for one in items] == ["行政处罚案卷目录", "执法人员名册"]
    assert sound(open_desk) == []


def test_a_list_comes_back_in_parts_and_what_came_late_is_marked(scene: Scene, open_desk: OpenDesk) -> None:
    scene.start()
    number = ask(open_desk)
    with open_desk(by="D001:liaison", today=date(2026, 3, 2)) as desk:
        row = return_items(desk, number, {1: 3}, note="先报三卷")
        assert (row.state, row.returned_on) == ("partly", None)
    with open_desk(by="P01", today=date(2026, 3, 6)) as desk:
        row = return_items(desk, number, on=date(2026, 3, 5), file=scene.file("案卷.pdf"))
        assert (row.state, row.returned_on) == ("returned", date(2026, 3, 5))
        told = show_inquiry(desk, row)
    assert (told["returned"], told["asked"], told["late"], told["late_workdays"]) == (6, 6, True, 2)
    items = told["items"]
    assert isinstance(items, list)
    assert [(one["count"], one["late"]) for one in items[0]["returns"]] == [(3, False), (2, True)]
    returns = scene.rows(select(InquiryReturn))
    assert {(one.on_day, one.entered_on) for one in returns} == {
        (date(2026, 3, 2), date(2026, 3, 2)),
        (date(2026, 3, 5), date(2026, 3, 6)),
    }
    assert sum(one.sha256 is not None for one in returns) == 2
    with pytest.raises((IllegalMove, InvalidInput)), open_desk(by="P01", today=date(2026, 3, 9)) as desk:
        return_items(desk, number)
    assert sound(open_desk) == []


WRONG: list[tuple[dict[int, int], date | None]] = [
    ({1: 6}, None),
    ({3: 1}, None),
    ({1: 0}, None),
    ({1: 1}, date(2026, 2, 1)),
    ({1: 1}, date(2026, 4, 1)),
]


def test_more_than_was_asked_and_days_that_cannot_be_are_refused(scene: Scene, open_desk: OpenDesk) -> None:
    scene.start()
    number = ask(open_desk)
    for counts, on in WRONG:
        with pytest.raises(InvalidInput), open_desk(by="P01", today=date(2026, 3, 2)) as desk:
            return_items(desk, number, counts, on=on)
    assert scene.rows(select(InquiryReturn)) == []
    assert {row.state for row in lists(scene, "materials")} == {"asked"}


def test_a_unit_reaches_its_own_lists_alone(scene: Scene, open_desk: OpenDesk) -> None:
    scene.start()
    number = ask(open_desk)
    with open_desk(by="T001:liaison", today=OPENED) as desk:
        assert {row["unit"] for row in list_inquiries(desk)} == {"T001"}
        assert {row["unit"] for row in list_inquiries(desk, unit="D001")} == {"T001"}
        with pytest.raises(NotFound):
            return_items(desk, number)


def test_a_self_report_is_noted_once_wherever_it_is_noted(scene: Scene, open_desk: OpenDesk) -> None:
    scene.start()
    on = date(2026, 2, 26)
    with open_desk(by="P90", today=on) as desk:
        record_self_report(desk, CODE, "D001")
    other = next(row for row in lists(scene, "self_report") if row.state == "asked")
    with open_desk(by="T001:liaison", today=on) as desk:
        return_items(desk, other.id or 0)
    assert {row.state for row in lists(scene, "self_report")} == {"returned"}
    assert {visit.self_report_on for visit in scene.visits()} == {on}
    assert sound(open_desk) == []


def test_a_late_list_opens_one_task_which_its_return_settles(scene: Scene, open_desk: OpenDesk) -> None:
    scene.start(PLAN + "self_report: false\n")
    number = ask(open_desk)
    for day in (date(2026, 3, 3), date(2026, 3, 4), date(2026, 3, 5)):
        with open_desk(today=day) as desk:
            watch_inquiries(desk)
    (task,) = scene.rows(select(Task))
    assert (task.role, task.state, task.due_on) == ("officer", "open", date(2026, 3, 3))
    with open_desk(by="P90", today=date(2026, 3, 6)) as desk:
        return_items(desk, number)
    (task,) = scene.rows(select(Task))
    assert task.state == "done"


def test_a_list_is_taken_back_with_a_reason(scene: Scene, open_desk: OpenDesk) -> None:
    scene.start()
    number = ask(open_desk)
    with pytest.raises(InvalidInput, match="理由"), open_desk(by="P90", today=OPENED) as desk:
        withdraw_list(desk, number, "")
    with open_desk(by="P90", today=OPENED) as desk:
        withdraw_list(desk, number, "已在网上查到")
    with open_desk(readonly=True) as desk:
        assert [row["late"] for row in list_inquiries(desk, CODE) if row["id"] == number] == [False]
    with pytest.raises(IllegalMove), open_desk(by="P90", today=OPENED) as desk:
        return_items(desk, number)


def test_only_what_the_kind_asks_for_is_asked_of_an_open_campaign(scene: Scene, open_desk: OpenDesk) -> None:
    scene.settle()
    scene.plan()
    with pytest.raises(Refused, match="进行中"), open_desk(by="P90", today=OPENED) as desk:
        ask_units(desk, CODE, "materials", items=ITEMS)
    scene_two = PLAN.replace("comprehensive", "written")
    scene.plan(scene_two)
    with open_desk(by="L-DIRECTOR", today=OPENED) as desk:
        approve_campaign(desk, CODE, scene.file())
        open_campaign(desk, CODE)
    with pytest.raises(InvalidInput, match="访谈名单"), open_desk(by="P90", today=OPENED) as desk:
        ask_units(desk, CODE, "interviews", items=ITEMS)
    with pytest.raises(InvalidInput, match="没有内容"), open_desk(by="P90", today=OPENED) as desk:
        ask_units(desk, CODE, "materials")
    with pytest.raises(NotFound, match="不督察这个单位"), open_desk(by="P90", today=OPENED) as desk:
        ask_units(desk, CODE, "materials", unit="D009", items=ITEMS)


def test_fieldwork_is_counted_each_in_its_unit_and_corrected_by_a_second_entry(
    scene: Scene, open_desk: OpenDesk
) -> None:
    scene.start(PLAN + MORE)
    number = ask(open_desk)
    with open_desk(by="P01", today=date(2026, 3, 10)) as desk:
        note_count(desk, CODE, "D001", "talks", 12)
        note_count(desk, CODE, "T001", "talks", 5)
        note_count(desk, CODE, "D001", "talks", -2, note="重复登记")
        note_count(desk, CODE, "D001", "test_takers", 30, on=date(2026, 3, 9))
        return_items(desk, number)
        questionnaire = next(row for row in lists(scene, "questionnaire") if row.unit_id)
        return_items(desk, questionnaire.id or 0, {1: 15})
        totals = counted(desk)
        april = counted(desk, since=date(2026, 4, 1))
    assert totals == {
        Counted.TALKS: 15,
        Counted.QUESTIONNAIRES_SENT: 40,
        Counted.QUESTIONNAIRES_RETURNED: 15,
        Counted.SEMINARS: 0,
        Counted.MATERIAL_ITEMS: 6,
        Counted.FIELD_VISITS: 0,
        Counted.TEST_TAKERS: 30,
    }
    assert set(april.values()) == {0}
    assert {(row["what"], row["unit"]) for row in describe_counts(totals)} >= {
        ("talks", "人次"),
        ("test_takers", "人"),
    }
    for what, number_, note in (
        ("talks", 0, ""),
        ("walks", 1, ""),
        ("talks", -1, ""),
        ("talks", -99, "更正"),
    ):
        with pytest.raises(InvalidInput), open_desk(by="P01", today=date(2026, 3, 10)) as desk:
            note_count(desk, CODE, "D001", what, number_, note=note)
