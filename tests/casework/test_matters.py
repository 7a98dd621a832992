"""Matters of litigation from receipt to filing: lights as the rule file gives them, clocks, tasks, 三个一."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from casework.litigation.assessing import note_trigger
from casework.litigation.clocks import Counting, list_clocks_of, recount, set_counted, set_given
from casework.litigation.files import find_matter
from casework.litigation.lights import refresh
from casework.litigation.listing import explain_matter, show_matter
from casework.litigation.matterlist import list_matters
from casework.litigation.recording import void
from casework.litigation.registering import register
from casework.upkeep.doctor import examine
from core.errors import InvalidInput, NotAllowed, NotFound
from core.life.matterlife import Instance, MatterKind, Result
from models.base import table_of
from models.matter import MatterDate
from models.record import AuditEntry
from tests.casework.conftest import OpenDesk
from tests.casework.court import ENTRY, NUMBER, RECEIVED, Court


def titles(court: Court, number: str = NUMBER) -> list[str]:
    return [task.title.removeprefix(number).strip() for task in court.tasks(number)]


# ---- registering -------------------------------------------------------------------------------------------------


def test_a_registered_lawsuit_freezes_its_rules_counts_its_defence_and_asks_for_an_assessment(
    court: Court,
) -> None:
    matter = court.register()

    assert (matter.state, matter.light) == ("registered", "none")
    assert len(matter.rules_sha256) == 64
    with court.scene.open_desk(readonly=True, today=RECEIVED) as desk:
        (clock,) = list_clocks_of(desk, find_matter(desk, NUMBER))
    # 15 days from 2 March are over on Tuesday 17 March; the light may turn five days before.
    assert (clock["code"], clock["on"], clock["law"]) == (
        "defence_due",
        "2026-03-17",
        "《中华人民共和国行政诉讼法》（2017年修正）第六十七条",
    )
    assert matter.next_due_on == date(2026, 3, 12)
    (task,) = court.tasks()
    assert (task.kind, task.due_on) == ("matter_assess", date(2026, 3, 5))  # three working days after receipt


@pytest.mark.parametrize(
    ("changes", "code", "due_on"),
    [
        # hand-counted: 10 working days from Monday 28 September 2026 over the holiday, with 10 October made up
        ({"kind": MatterKind.REVIEW, "instance": None, "received_on": date(2026, 9, 28)}, "review_reply_due",
         date(2026, 10, 16)),
        ({"kind": MatterKind.REVIEW, "instance": None, "clock": "review_reply_simple",
          "received_on": date(2026, 2, 11)}, "review_reply_due", date(2026, 2, 25)),
        ({"kind": MatterKind.JUDICIAL_ADVICE, "instance": None, "received_on": date(2026, 3, 2)}, "advice_due",
         date(2026, 5, 6)),
        ({"kind": MatterKind.PROCURATORIAL_ADVICE, "instance": None, "received_on": date(2026, 5, 10)}, "advice_due",
         date(2026, 7, 10)),
        ({"kind": MatterKind.PROCURATORIAL_ADVICE, "instance": None, "variant": "urgent",
          "received_on": date(2026, 5, 10)}, "advice_due", date(2026, 5, 25)),
        ({"received_on": date(2026, 2, 4)}, "defence_due", date(2026, 2, 24)),
        ({"received_on": date(2026, 2, 4), "start_on": date(2026, 1, 30)}, "defence_due", date(2026, 2, 14)),
    ],
)  # fmt: skip
def test_each_kind_starts_its_own_statutory_clock(
    court: Court, changes: dict[str, object], code: str, due_on: date
) -> None:
    court.register(date(2026, 10, 30), **changes)

    (row,) = court.scene.rows(select(MatterDate))
    assert (row.code, row.on_day) == (code, due_on)
    assert json.loads(row.steps)
    assert row.calendar_version


def test_a_second_instance_waits_for_the_date_that_its_court_sets(court: Court) -> None:
    court.register(instance=Instance.SECOND)
    assert court.scene.rows(select(MatterDate)) == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"instance": None}, "审级与案件类型不符"),
        ({"kind": MatterKind.REVIEW}, "审级与案件类型不符"),
        ({"received_on": date(2026, 3, 3)}, "收到日期在今天之后"),
        ({"cause": " "}, "案由没有填写"),
        ({"item": "S99"}, "没有该事项"),
        ({"number": ""}, "案号不正确"),
        ({"note": "【机密】"}, "国家秘密"),
        ({"clock": "review_reply"}, "不按该法定期限推算"),
    ],
)
def test_a_form_that_does_not_hold_together_registers_nothing(
    court: Court, changes: dict[str, object], said: str
) -> None:
    with pytest.raises(InvalidInput, match=said):
        court.register(**changes)
    with court.scene.open_desk(readonly=True) as desk:
        assert list_matters(desk, every=True) == []


def test_a_number_is_registered_once_and_only_by_the_office(court: Court, open_desk: OpenDesk) -> None:
    court.register(item="S17")
    with pytest.raises(InvalidInput, match="已经登记"):
        court.register()
    with pytest.raises(NotAllowed), open_desk(by="D001:liaison", today=RECEIVED) as desk:
        register(desk, replace(ENTRY, number="另一件"))


# ---- scores and factors ------------------------------------------------------------------------------------------


def test_an_assessment_lights_its_band_and_drafts_the_sheet_of_the_colour(court: Court) -> None:
    court.register()
    matter = court.assess(date(2026, 3, 4), F3="依据已废止", F5="同案不同罚", F8="重大涉企")

    assert (matter.state, matter.light) == ("handling", "blue")  # 15 + 8 + 8 = 31
    assert court.sheets() == [("blue", "litigation_prompt")]
    assert not any("评分亮灯" in title for title in titles(court))
    band = next(task for task in court.tasks() if task.kind == "matter_band")
    assert band.due_on == date(2026, 3, 9)  # three working days


def test_a_fatal_factor_is_never_below_yellow_and_asks_for_the_three_ones(court: Court) -> None:
    court.register()
    matter = court.assess(date(2026, 3, 4), F2="未告知听证权利")

    assert matter.light == "yellow"
    (task,) = [one for one in court.tasks() if one.kind == "matter_ones"]
    assert task.due_on == date(2026, 3, 11)


def test_f6_is_worked_out_from_the_clock_and_asked_for_when_it_comes_true(court: Court) -> None:
    court.register()
    court.assess(date(2026, 3, 4), F3="依据已废止")
    court.watch(date(2026, 3, 12))

    assert any("F6已成立" in title for title in titles(court))
    court.assess(date(2026, 3, 12), F3="依据已废止")
    with court.scene.open_desk(readonly=True, today=date(2026, 3, 12)) as desk:
        last = show_matter(desk, NUMBER)["assessments"][-1]
    assert (last["factors"], last["points"]) == ("F3、F6", 23)
    assert last["reasons"]["F6"].startswith("系统推定：")
    assert not any("F6已成立" in title for title in titles(court))


def test_f7_is_worked_out_from_what_the_unit_lost_for_the_same_cause(court: Court) -> None:
    court.register(date(2026, 1, 5), number="旧案")
    court.result(date(2026, 2, 10), Result.LOST, "旧案")
    court.register(date(2026, 1, 6), number="另由", cause="行政许可")
    court.result(date(2026, 2, 10), Result.LOST, "另由")
    court.register()

    court.assess(date(2026, 3, 4))

    with court.scene.open_desk(readonly=True, today=date(2026, 3, 4)) as desk:
        (one,) = show_matter(desk, NUMBER)["assessments"]
    assert one["factors"] == "F7"
    assert "旧案" in one["reasons"]["F7"]
    assert "另由" not in one["reasons"]["F7"]


def test_a_person_may_not_claim_a_derived_factor_nor_leave_out_the_reason(court: Court) -> None:
    court.register()
    with pytest.raises(InvalidInput, match="由系统推定"):
        court.assess(date(2026, 3, 4), F7="听说输过")
    with pytest.raises(InvalidInput, match="没有写明理由"):
        court.assess(date(2026, 3, 4), F1=" ")
    with pytest.raises(NotAllowed):
        court.assess(date(2026, 3, 4), by="D001:head")


def test_a_hearing_asks_for_a_new_assessment_within_the_days_of_the_rule(court: Court) -> None:
    court.register()
    court.assess(date(2026, 3, 4), F3="依据已废止")
    with court.scene.open_desk(by="P90", today=date(2026, 3, 6)) as desk:
        note_trigger(desk, find_matter(desk, NUMBER), "开庭")
        with pytest.raises(InvalidInput, match="不是须重评的情形"):
            note_trigger(desk, find_matter(desk, NUMBER), "喝茶")
    (task,) = [one for one in court.tasks() if one.kind == "matter_reassess"]
    assert task.due_on == date(2026, 3, 10)  # Friday and two working days


# ---- the watch ---------------------------------------------------------------------------------------------------


def test_dates_alone_turn_the_light_and_a_second_watch_of_the_day_does_nothing(court: Court) -> None:
    court.register()
    court.assess(date(2026, 3, 4), F3="依据已废止")
    assert court.watch(date(2026, 3, 11))["due"] == 0

    assert court.watch(date(2026, 3, 12)) == {
        "due": 1,
        "turned": 1,
        "set_aside": 0,
        "recount": 0,
        "half_reports": 0,
    }
    before = (court.sheets(), titles(court), len(court.scene.rows(select(AuditEntry))))
    assert court.watch(date(2026, 3, 12)) == {
        "due": 0,
        "turned": 0,
        "set_aside": 0,
        "recount": 0,
        "half_reports": 0,
    }
    assert (court.sheets(), titles(court), len(court.scene.rows(select(AuditEntry)))) == before
    assert court.sheets() == [("yellow", "litigation_urging")]

    court.watch(date(2026, 3, 18))
    assert court.matter().light == "red"
    assert court.sheets()[-1] == ("red", "litigation_supervision")


def test_a_watch_that_was_missed_for_weeks_drafts_the_sheet_of_the_present_colour_only(court: Court) -> None:
    court.register()
    court.watch(date(2026, 4, 20))

    assert court.sheets() == [("red", "litigation_supervision")]
    assert {task.kind for task in court.tasks()} >= {
        "matter_fact",
        "matter_ones",
        "matter_progress",
        "matter_node",
    }


def test_a_defence_handed_in_late_in_the_books_gets_its_light_back(court: Court) -> None:
    court.register()
    court.watch(date(2026, 3, 18))
    assert court.matter().light == "red"

    matter = court.fact(date(2026, 3, 19), "defence_submitted", since=date(2026, 3, 10))

    assert matter.light == "none"
    assert not [task for task in court.tasks() if task.kind == "matter_fact"]
    with court.scene.open_desk(readonly=True, today=date(2026, 3, 19)) as desk:
        explained = explain_matter(desk, NUMBER)
    assert explained["agrees"]
    assert [turn["cause"] for turn in explained["turns"]] == ["J1"]


def test_a_matter_that_cannot_be_derived_is_set_aside_and_the_others_go_on(court: Court) -> None:
    court.register()
    court.register(number="另一件")
    with court.scene.open_desk(by="P90", today=RECEIVED) as desk:
        file = find_matter(desk, "另一件")
        desk.session.add(
            MatterDate(
                matter_id=file.id, code="hearing", on_day=date(2040, 1, 9), set_by="P90", set_on=RECEIVED
            )
        )  # no calendar knows 2040

    done = court.watch(date(2026, 3, 12))

    assert (done["due"], done["set_aside"]) == (2, 1)
    assert court.matter().light == "yellow"
    aside = court.matter("另一件")
    assert (aside.next_due_on, aside.light) == (date(2026, 3, 13), "none")
    assert "CalendarMissing" in (aside.set_aside or "")
    with court.scene.open_desk(readonly=True, today=date(2026, 3, 12)) as desk:
        assert any("行政争议被巡看搁置" in warning for warning in examine(desk).warnings)

    court.watch(date(2026, 3, 13))
    told = court.scene.rows(select(AuditEntry).where(col(AuditEntry.act) == "set_aside"))
    assert len(told) == 1  # the same reason is told once
    with court.scene.open_desk(by="P90", today=date(2026, 3, 13)) as desk:
        desk.session.execute(sa.delete(table_of(MatterDate)).where(table_of(MatterDate).c.code == "hearing"))
    assert court.watch(date(2026, 3, 14))["set_aside"] == 0
    again = court.matter("另一件")
    assert (again.set_aside, again.light) == (None, "yellow")


def test_the_watch_reads_what_is_due_and_nothing_else(court: Court) -> None:
    for number in range(30):
        court.register(number=f"第{number}件", instance=Instance.SECOND)  # no date of its own: nothing is due
    court.register()
    assert court.watch(date(2026, 3, 12))["due"] == 1


# ---- dates -------------------------------------------------------------------------------------------------------


def test_a_date_moves_only_with_a_reason_and_keeps_what_it_was(court: Court) -> None:
    court.register()
    with court.scene.open_desk(by="P90", today=RECEIVED) as desk:
        file = find_matter(desk, NUMBER)
        set_given(desk, file, "hearing", date(2026, 3, 20))
        with pytest.raises(InvalidInput, match="须写明理由"):
            set_given(desk, file, "hearing", date(2026, 3, 27))
        set_given(desk, file, "hearing", date(2026, 3, 27), "法院改期通知")
        assert set_given(desk, file, "hearing", date(2026, 3, 27)) is None
        refresh(desk, file)
    rows = court.scene.rows(
        select(MatterDate).where(col(MatterDate.code) == "hearing").order_by(col(MatterDate.id))
    )
    assert [(row.version, row.on_day, row.reason) for row in rows] == [
        (1, date(2026, 3, 20), ""),
        (2, date(2026, 3, 27), "法院改期通知"),
    ]
    with court.scene.open_desk(readonly=True, today=RECEIVED) as desk:
        days = {one["code"]: one["on"] for one in list_clocks_of(desk, find_matter(desk, NUMBER))}
    assert (
        days["attendance_notice_due"] == "2026-03-24"
    )  # the court tells the head three days before Friday 27 March
    # nobody is named five working days before the hearing: 20 March
    assert court.fact(RECEIVED, "defence_submitted").next_due_on == date(2026, 3, 20)


def test_a_date_in_a_year_without_a_notice_is_provisional_and_confirmed_by_an_act(court: Court) -> None:
    court.register(date(2026, 12, 28), number="跨年")
    with court.scene.open_desk(by="P90", today=date(2026, 12, 28)) as desk:
        file = find_matter(desk, "跨年")
        (clock,) = list_clocks_of(desk, file)
        assert clock["provisional"]
        assert recount(desk, file, "defence_due") is None
        with pytest.raises(InvalidInput, match="没有法定期限"):
            set_counted(desk, file, "hearing", Counting(date(2026, 12, 28)))
        with pytest.raises(InvalidInput, match="不能重新核定"):
            recount(desk, file, "hearing")
    assert court.watch(date(2026, 12, 29))["recount"] == 0


# ---- facts, events, corrections ----------------------------------------------------------------------------------


def test_a_unit_shows_its_own_facts_by_a_file_and_sees_no_matter_of_another(court: Court) -> None:
    court.register()
    today = date(2026, 3, 5)
    with pytest.raises(NotAllowed, match="须附材料"):
        court.fact(today, "defence_submitted", by="D001:liaison")
    with pytest.raises(NotAllowed, match="须附材料"):
        court.fact(today, "first_instance_lost", by="D001:liaison", files=(court.paper(),))
    with pytest.raises(NotFound):
        court.fact(today, "defence_submitted", by="T001:liaison", files=(court.paper(),))
    court.fact(today, "defence_submitted", by="D001:liaison", files=(court.paper("回执.pdf"),))
    with pytest.raises(InvalidInput, match="已经登记"):
        court.fact(today, "defence_submitted")
    with court.scene.open_desk(by="T001:head", readonly=True) as desk:
        assert list_matters(desk) == []
    with court.scene.open_desk(by="D001:head", readonly=True) as desk:
        assert [row["number"] for row in list_matters(desk)] == [NUMBER]


def test_a_unit_cannot_put_out_a_light_against_itself_by_a_day_in_the_past(court: Court) -> None:
    court.register()
    court.watch(date(2026, 3, 18))
    today, proof = date(2026, 3, 19), (court.paper("回执.pdf"),)
    with pytest.raises(NotAllowed, match="须经督察单位核实"):
        court.fact(today, "defence_submitted", by="D001:liaison", files=proof, since=date(2026, 3, 10))
    assert court.fact(today, "defence_submitted", by="D001:liaison", files=proof).light == "red"


def test_an_event_says_what_shows_it_and_is_recorded_once_a_day(court: Court) -> None:
    court.register()
    today = date(2026, 3, 6)
    with pytest.raises(InvalidInput, match="没有写明依据"):
        court.event(today, "J7", basis="")
    assert court.event(today, "J7", basis="（2026）示法函3号").light == "red"
    with pytest.raises(InvalidInput, match="已经登记"):
        court.event(today, "J7")
    with pytest.raises(InvalidInput, match="没有这个诉讼事件"):
        court.event(today, "J99")
    with pytest.raises(NotAllowed):
        court.event(today, "J6", by="D001:head")
    assert court.event(today, "J6", basis="庭审笔录").light == "black"


def test_a_mistaken_row_is_voided_by_a_leader_who_did_not_record_it_and_stays(court: Court) -> None:
    court.register()
    court.event(date(2026, 3, 6), "J6", basis="误登", by="L-DIRECTOR")
    with pytest.raises(NotAllowed, match="本人登记"), court.scene.open_desk(by="L-DIRECTOR") as desk:
        void(desk, find_matter(desk, NUMBER), "event", "J6", "误登")
    with pytest.raises(NotAllowed), court.scene.open_desk(by="P90") as desk:
        void(desk, find_matter(desk, NUMBER), "event", "J6", "误登")
    with court.scene.open_desk(by="L-DEPUTY", today=date(2026, 3, 9)) as desk:
        with pytest.raises(InvalidInput, match="须写明理由"):
            void(desk, find_matter(desk, NUMBER), "event", "J6", "")
        with pytest.raises(InvalidInput, match="没有这项登记"):
            void(desk, find_matter(desk, NUMBER), "fact", "J6", "误登")
        void(desk, find_matter(desk, NUMBER), "event", "J6", "张冠李戴")
    assert court.matter().light == "none"
    assert "void_event" in court.scene.told("matter", court.matter().id)
