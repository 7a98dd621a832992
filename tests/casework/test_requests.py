"""Extension, objection, suspension and the events E1..E8: limits, deciders, what they do to date and colour."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import select

from casework.lights.explaining import explain_case
from core.errors import IllegalMove, InvalidInput, NotAllowed, Refused
from models.campaign import Finding
from models.organisation import Person
from models.rectification import Rectification
from system.paths import RULES_DIR
from system.settings import Settings
from tests import make
from tests.casework.conftest import open_desks_on
from tests.casework.scene import Scene

MAJOR, GRAVE, MINOR = ("D001", "E24", "major"), ("D001", "F27", "grave"), ("D001", "E19", "minor")
DAY = date(2026, 4, 20)
EARLY = date(2026, 4, 15)  # before half of the period
DUE = date(2026, 4, 29)  # of a major problem: 15 working days after 8 April
LATEST = date(2026, 5, 12)  # 7 working days later, half of 15
UNIT, OFFICER, DIRECTOR, DEPUTY = "D001:liaison", "P90", "L-DIRECTOR", "L-DEPUTY"


def ask(scene: Scene, code: str, until: date, today: date = DAY) -> None:
    scene.act(code, "request_extension", UNIT, today, note="设备采购周期长", until=until.isoformat())


# ---- extension ------------------------------------------------------------------------------------------------


def test_a_granted_extension_moves_the_due_date_and_starts_a_due_version(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR)
    ask(scene, code, LATEST)
    scene.act(code, "decide_extension", DEPUTY, DAY, verdict="granted", note="理由属实")
    case, (request,) = scene.case(code), scene.requests(code)
    assert (case.due_on, case.first_due_on, case.due_version) == (LATEST, DUE, 2)
    assert (request.state, request.granted_until_on, request.due_before, request.decided_by) == (
        "granted",
        LATEST,
        DUE,
        DEPUTY,
    )
    (reply,) = scene.documents("extension_reply")
    assert (reply.state, reply.drafted_by) == ("draft", "system")
    assert case.next_due_on == date(2026, 5, 6)  # five working days before the new date


def test_a_shorter_time_may_be_granted_than_was_asked(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR)
    ask(scene, code, LATEST)
    with pytest.raises(InvalidInput, match="延期期限"):
        scene.act(code, "decide_extension", DIRECTOR, DAY, verdict="granted", until="2026-05-13")
    scene.act(code, "decide_extension", DIRECTOR, DAY, verdict="granted", until="2026-05-08")
    assert scene.case(code).due_on == date(2026, 5, 8)


def test_a_refusal_needs_its_reason_and_leaves_the_date(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR)
    ask(scene, code, LATEST)
    with pytest.raises(InvalidInput, match="理由"):
        scene.act(code, "decide_extension", DIRECTOR, DAY, verdict="refused")
    scene.act(code, "decide_extension", DIRECTOR, DAY, verdict="refused", note="理由不充分")
    assert (scene.case(code).due_on, scene.case(code).due_version) == (DUE, 1)
    ask(scene, code, LATEST)
    assert [r.number for r in scene.requests(code)] == [1, 2]


def test_an_extension_is_asked_in_time_for_a_lawful_day_and_once(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR)
    for until in (DUE, date(2026, 4, 28), date(2026, 5, 13)):
        with pytest.raises(InvalidInput, match="延期期限"):
            ask(scene, code, until)
    with pytest.raises(InvalidInput, match="理由"):
        scene.act(code, "request_extension", UNIT, DAY, until=LATEST.isoformat())
    with pytest.raises(Refused, match="已过时限"):
        ask(scene, code, LATEST, today=date(2026, 4, 28))
    ask(scene, code, LATEST, today=date(2026, 4, 27))  # two working days before: the last day to ask
    with pytest.raises(Refused, match="待审批"):
        ask(scene, code, LATEST, today=date(2026, 4, 27))
    scene.act(code, "decide_extension", DIRECTOR, date(2026, 4, 28), verdict="granted")
    with pytest.raises(Refused, match="次数已满"):
        ask(scene, code, date(2026, 5, 15), today=date(2026, 4, 28))
    assert len(scene.requests(code)) == 1


def test_a_grave_case_is_extended_by_the_director_for_ten_working_days_at_most(scene: Scene) -> None:
    (code,) = scene.notify(GRAVE)
    with pytest.raises(InvalidInput, match="最长10个工作日"):
        ask(scene, code, date(2026, 5, 18))
    ask(scene, code, date(2026, 5, 15))
    with pytest.raises(NotAllowed, match="级别不够"):
        scene.act(code, "decide_extension", DEPUTY, DAY, verdict="granted")
    with pytest.raises(Refused, match="单位负责人尚未审核"):
        scene.act(code, "decide_extension", DIRECTOR, DAY, verdict="granted")
    scene.act(code, "endorse", "D001:leader", DAY, verdict="agreed", note="情况属实")
    scene.act(code, "decide_extension", DIRECTOR, DAY, verdict="granted")
    assert scene.case(code).due_on == date(2026, 5, 15)


def test_nobody_decides_on_what_was_not_asked_or_on_their_own_request(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR)
    with pytest.raises(Refused, match="没有待办理"):
        scene.act(code, "decide_extension", DIRECTOR, DAY, verdict="granted")
    with scene.open_desk(today=DAY) as desk:
        make.make_person(desk, "P10", roles="officer、director")
    scene.act(code, "request_extension", "P10", DAY, note="代为登记", until=LATEST.isoformat())
    with pytest.raises(NotAllowed, match="本人"):
        scene.act(code, "decide_extension", "P10", DAY, verdict="granted")
    assert scene.requests(code)[0].state == "requested"


def test_a_case_without_notice_has_no_date_to_extend(scene: Scene) -> None:
    (code,) = scene.confirm(MAJOR)
    with pytest.raises(InvalidInput, match="尚无整改期限"):
        ask(scene, code, LATEST)


# ---- objection ------------------------------------------------------------------------------------------------


def test_an_objection_is_reviewed_by_somebody_who_took_no_part(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR)
    with pytest.raises(InvalidInput, match="理由"):
        scene.act(code, "object", UNIT, DAY)
    scene.act(code, "object", UNIT, DAY, note="已于3月公示")
    with pytest.raises(Refused, match="待复核"):
        scene.act(code, "object", UNIT, DAY, note="再次提出")
    with scene.open_desk(today=DAY) as desk:
        finding = desk.session.get_one(Finding, scene.case(code).id)
        finding.confirmed_by = "L-DEPUTY"
        for number in ("P01", "P02"):
            person = next(p for p in scene.rows(select(Person)) if p.code == number)
            person.roles = "reviewer"
            desk.session.merge(person)
    for maker in ("P01", "P02", "L-DEPUTY"):
        with pytest.raises(NotAllowed, match="回避"):
            scene.act(code, "decide_objection", maker, DAY, verdict="rejected", note="事实清楚")
    with pytest.raises(InvalidInput, match="理由"):
        scene.act(code, "decide_objection", "P07", DAY, verdict="rejected")
    scene.act(code, "decide_objection", "P07", DAY, verdict="rejected", note="事实清楚")
    assert (scene.case(code).state, scene.requests(code)[0].state) == ("open", "refused")
    assert len(scene.documents("objection_reply")) == 1


def test_an_upheld_objection_withdraws_case_and_finding(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR)
    scene.act(code, "object", UNIT, DAY, note="已于3月公示")
    scene.act(code, "decide_objection", "P07", DAY, verdict="upheld", note="经复核属实")
    case = scene.case(code)
    assert (case.state, case.light, case.next_due_on) == ("withdrawn", "none", None)
    assert (scene.finding(code).state, scene.requests(code)[0].state) == ("withdrawn", "granted")
    assert len(scene.documents("objection_reply")) == 1


@pytest.mark.parametrize(("verdict", "due_on"), [("rejected", date(2026, 5, 7)), ("upheld", DUE)])
def test_an_objection_stops_the_clock_where_the_notice_s_rule_says_so(
    scene: Scene, engine: sa.Engine, tmp_path: Path, verdict: str, due_on: date
) -> None:
    shutil.copytree(RULES_DIR, tmp_path / "rules")
    rule = tmp_path / "rules/documents/feedback_notice.yaml"
    text = rule.read_text("utf-8")
    rule.write_text(text.replace("answer_unit: day}", "answer_unit: day, suspends: true}"), "utf-8")
    own = Settings(rules=tmp_path / "rules", files=tmp_path / "files")
    county = Scene(open_desks_on(engine, own), tmp_path)
    (code,) = county.notify(MAJOR)
    county.act(code, "object", UNIT, DAY, note="已于3月公示")
    assert (county.case(code).suspended_on, county.case(code).next_due_on) == (DAY, None)
    later = date(2026, 4, 23)  # three working days on
    county.act(code, "decide_objection", "P07", later, verdict=verdict, note="经复核")
    assert (county.case(code).suspended_on, county.case(code).due_on) == (None, due_on)


# ---- suspension -----------------------------------------------------------------------------------------------


def test_a_suspension_stops_the_clock_and_moves_the_due_date_by_its_working_days(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR)
    with pytest.raises(InvalidInput, match="理由"):
        scene.act(code, "suspend", DIRECTOR, DAY)
    scene.act(code, "suspend", DIRECTOR, DAY, note="等待法院裁判")
    assert (scene.case(code).suspended_on, scene.case(code).next_due_on) == (DAY, None)
    with pytest.raises(IllegalMove) as refused:
        scene.act(code, "submit_plan", UNIT, DAY, measures="整改")
    assert set(refused.value.allowed) == {
        "resume", "report_progress", "flag", "withdraw", "decide_objection", "release", "withdraw_request",
    }  # fmt: skip
    scene.act(code, "resume", OFFICER, date(2026, 4, 27))
    case = scene.case(code)
    assert (case.suspended_on, case.due_on) == (
        None,
        date(2026, 5, 9),
    )  # five working days, over the May holiday
    assert case.next_due_on is not None
    assert [(r.kind, r.state) for r in scene.requests(code)] == [("suspension", "granted")]


def test_a_suspended_case_says_when_its_suspension_is_reviewed(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR)
    scene.act(code, "suspend", DIRECTOR, DAY, note="等待法院裁判")
    said = []
    for today in (DAY, date(2026, 6, 3), date(2026, 6, 4)):
        with scene.open_desk(today=today, readonly=True) as desk:
            said.append(next(one for one in explain_case(desk, code).sentences if "复核" in one))
    assert said[0] == "中止期间每30个工作日复核一次，下一次为2026年6月3日。"
    assert (
        said[1]
        == said[2]
        == "中止期间每30个工作日复核一次，最近一次应于2026年6月3日复核，下一次为2026年7月16日。"
    )


def test_a_request_from_before_a_suspension_never_moves_the_date_earlier(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR)
    ask(scene, code, date(2026, 4, 30))
    scene.act(code, "suspend", DIRECTOR, DAY, note="等待法院裁判")
    scene.act(code, "resume", OFFICER, date(2026, 4, 27))
    with pytest.raises(InvalidInput, match="延期期限"):
        scene.act(code, "decide_extension", DIRECTOR, date(2026, 4, 27), verdict="granted")
    assert scene.case(code).due_on == date(2026, 5, 9)


# ---- events ---------------------------------------------------------------------------------------------------


def flag(scene: Scene, code: str, event: str, today: date = DAY, by: str = OFFICER) -> Rectification:
    scene.act(code, "flag", by, today, note="有依据", event=event)
    return scene.case(code)


def test_false_evidence_is_black_grave_and_screened_but_refers_nothing(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR)
    case = flag(scene, code, "E1", by="P05")
    assert (case.light, case.highest_light, case.severity) == ("black", "black", "grave")
    (order,) = scene.documents("rectification_order")
    assert (order.state, [r.code for r in scene.rungs(code)]) == ("draft", ["E1"])
    (referral,) = scene.referrals()
    assert (referral.state, referral.trigger, referral.screen_by_on) == ("screening", "E1", date(2026, 4, 23))
    flag(scene, code, "E1")
    assert len(scene.referrals()) == 1
    assert len(scene.documents("rectification_order")) == 1


def test_refusing_to_cooperate_is_red_and_black_the_second_time(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR)
    assert flag(scene, code, "E2").light == "red"
    assert flag(scene, code, "E2", date(2026, 4, 22)).light == "black"
    assert [r.code for r in scene.rungs(code)] == ["E2", "E2.2"]


def test_the_same_problem_again_rises_one_colour_and_the_third_time_to_red(scene: Scene) -> None:
    codes = scene.notify(MAJOR, MAJOR, MAJOR, ("D001", "E19", "minor"))
    assert [flag(scene, code, "E3").light for code in codes] == ["blue", "blue", "red", "blue"]


def test_a_matter_of_higher_places_is_yellow_and_red_for_a_grave_case(scene: Scene) -> None:
    major, grave = scene.notify(MAJOR, GRAVE)
    assert flag(scene, major, "E4").light == "yellow"
    assert flag(scene, grave, "E4").light == "red"
    assert scene.referrals() == []


def test_early_rectification_lowers_one_colour_but_not_of_a_grave_case(scene: Scene) -> None:
    major, grave = scene.notify(MAJOR, GRAVE)
    flag(scene, major, "E4", EARLY)
    with pytest.raises(Refused, match="percent == 100"):
        flag(scene, major, "E5", EARLY)
    for code in (major, grave):
        scene.act(code, "report_progress", UNIT, EARLY, percent="100", text="已全部公示")
    with pytest.raises(Refused, match="前50%"):
        flag(scene, major, "E5")
    case = flag(scene, major, "E5", EARLY)
    assert (case.light, case.highest_light) == ("blue", "yellow")
    with pytest.raises(Refused, match="不适用于该程度"):
        flag(scene, grave, "E5", EARLY)


@pytest.mark.parametrize(("event", "act"), [("E6", "request_extension"), ("E7", "suspend")])
def test_events_with_an_act_of_their_own_are_sent_there(scene: Scene, event: str, act: str) -> None:
    (code,) = scene.notify(MAJOR)
    with pytest.raises(Refused, match=act):
        flag(scene, code, event)
    assert scene.rungs(code) == []


def test_partial_completion_changes_no_colour_and_fixes_none(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR)
    with scene.open_desk(today=DAY) as desk:
        case = desk.session.get_one(Rectification, scene.case(code).id)
        case.light = case.highest_light = "blue"
    after = flag(scene, code, "E8")
    assert (after.light, after.floor_light) == ("blue", "none")
    assert scene.rungs(code) == []


def test_an_unknown_event_and_one_without_reason_are_refused(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR)
    with pytest.raises(InvalidInput, match="没有这个升级事件"):
        flag(scene, code, "E9")
    with pytest.raises(InvalidInput, match="理由"):
        scene.act(code, "flag", OFFICER, DAY, event="E2")
    assert scene.case(code).light == "none"


def test_the_colour_of_an_event_outlives_an_extension(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR)
    flag(scene, code, "E4")
    ask(scene, code, LATEST)
    scene.act(code, "decide_extension", DIRECTOR, DAY, verdict="granted")
    assert scene.case(code).light == "yellow"


def test_a_flag_before_the_notice_lights_up_without_a_document(scene: Scene) -> None:
    (code,) = scene.confirm(MINOR)
    assert flag(scene, code, "E2").light == "red"
    assert scene.documents() == []
