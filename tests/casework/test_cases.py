"""Acts on a case: who may, what must be given, what follows; each refusal leaves the case as it was."""

from __future__ import annotations

from datetime import date

import pytest
from sqlmodel import select

from casework.rectification.caselist import list_cases, show_case
from core.codes import Light
from core.errors import IllegalMove, InvalidInput, NotAllowed, NotFound, Refused
from models.organisation import Person
from models.rectification import Evidence, Rectification
from tests import make
from tests.casework.conftest import OpenDesk
from tests.casework.scene import NOTIFIED, Scene

MAJOR, GRAVE = ("D001", "E24", "major"), ("D001", "F27", "grave")
DAY = date(2026, 4, 20)
DUE = date(2026, 4, 29)
UNIT, OFFICER, DIRECTOR, DEPUTY = "D001:liaison", "P90", "L-DIRECTOR", "L-DEPUTY"


def rectifying(scene: Scene, what: tuple[str, str, str] = MAJOR) -> str:
    """Bring one case to an approved plan."""
    (code,) = scene.notify(what)
    scene.act(code, "submit_plan", UNIT, DAY, measures="逐项整改")
    scene.act(code, "approve_plan", OFFICER, DAY)
    return code


def applied(scene: Scene, what: tuple[str, str, str] = MAJOR, highest: Light = Light.NONE) -> str:
    code = rectifying(scene, what)
    with scene.open_desk(today=DAY) as desk:
        desk.session.get_one(Rectification, scene.case(code).id).highest_light = highest.value
    scene.act(code, "apply_closure", UNIT, DAY, files=(scene.file(),), note="已全部完成")
    return code


def closed(scene: Scene) -> str:
    code = applied(scene)
    scene.act(code, "verify", "P05", DAY, verdict="passed")
    scene.act(code, "close", DIRECTOR, DAY)
    return code


# ---- the ordinary way -----------------------------------------------------------------------------------------


def test_a_case_goes_from_its_notice_to_the_archive(scene: Scene) -> None:
    code = rectifying(scene)
    scene.act(code, "report_progress", UNIT, DAY, percent="60%", text="过半")
    assert (scene.case(code).percent, scene.case(code).state) == (60, "rectifying")
    scene.act(code, "apply_closure", UNIT, DAY, files=(scene.file(),), note="已完成")
    assert (scene.case(code).percent, scene.case(code).next_due_on) == (100, None)
    scene.act(code, "verify", "P05", DAY, verdict="passed")
    scene.act(code, "close", DIRECTOR, DAY)
    assert (scene.case(code).closed_on, scene.case(code).verified_by) == (DAY, "P05")
    scene.act(code, "schedule_look_back", OFFICER, DAY, on="2026-07-10")
    scene.act(code, "look_back", "P06", date(2026, 7, 10), verdict="held")
    case = scene.case(code)
    assert (case.state, case.look_back_on, case.round) == ("archived", date(2026, 7, 10), 1)
    assert [act for act in scene.told("case", case.id) if act != "set_due"] == [
        "open", "submit_plan", "approve_plan", "report_progress", "apply_closure", "verify", "close",
        "schedule_look_back", "look_back",
    ]  # fmt: skip
    (notice,) = scene.documents("closure_notice")
    assert (notice.state, notice.drafted_by) == ("draft", "system")


def test_a_problem_put_right_on_the_spot_still_needs_evidence_and_another_closer(scene: Scene) -> None:
    (code,) = scene.confirm(MAJOR)
    with pytest.raises(InvalidInput, match="佐证"):
        scene.act(code, "correct_on_spot", "P01", DAY)
    scene.act(code, "correct_on_spot", "P01", DAY, files=(scene.file(),))
    assert (scene.case(code).state, scene.case(code).verified_by, scene.case(code).percent) == (
        "verified",
        "P01",
        100,
    )
    scene.act(code, "close", DIRECTOR, DAY)
    assert scene.case(code).state == "closed"


def test_an_acknowledgement_serves_what_was_issued(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR, serve=False)
    assert scene.case(code).served_on is None
    scene.act(code, "acknowledge", UNIT, date(2026, 4, 10), dated=date(2026, 4, 1))
    assert (scene.case(code).served_on, scene.documents()[0].state) == (NOTIFIED, "served")
    with pytest.raises(IllegalMove, match="没有待签收"):
        scene.act(code, "acknowledge", UNIT, date(2026, 4, 10))


def test_a_returned_plan_opens_the_case_again(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR)
    with pytest.raises(InvalidInput, match="措施"):
        scene.act(code, "submit_plan", UNIT, DAY)
    scene.act(code, "submit_plan", UNIT, DAY, measures="尽快整改")
    assert scene.case(code).plan_on == DAY
    with pytest.raises(InvalidInput, match="理由"):
        scene.act(code, "return_plan", "P07", DAY)
    scene.act(code, "return_plan", "P07", DAY, note="措施不具体")
    assert (scene.case(code).state, scene.case(code).plan_on) == ("open", None)


def test_a_plan_needs_its_notice_first(scene: Scene) -> None:
    (code,) = scene.confirm(MAJOR)
    with pytest.raises(InvalidInput, match="通知书尚未签发"):
        scene.act(code, "submit_plan", UNIT, DAY, measures="整改")


# ---- refusals -------------------------------------------------------------------------------------------------


def test_an_act_that_does_not_fit_names_those_that_do(scene: Scene) -> None:
    code = rectifying(scene)
    with pytest.raises(IllegalMove) as refused:
        scene.act(code, "close", DIRECTOR, DAY)
    assert set(refused.value.allowed) == {
        "acknowledge", "submit_plan", "apply_closure", "report_progress", "request_extension", "decide_extension",
        "object", "decide_objection", "suspend", "flag", "withdraw", "endorse", "withdraw_request",
        "request_long_term", "decide_long_term", "review_stage", "admit_objection", "refer", "release",
    }  # fmt: skip
    assert scene.case(code).state == "rectifying"


def test_every_act_is_refused_to_people_without_its_role(scene: Scene) -> None:
    code = rectifying(scene)
    tried = {
        "submit_plan": ("P05", DIRECTOR), "approve_plan": (UNIT, "P05"), "report_progress": ("P01", DIRECTOR),
        "request_extension": (DIRECTOR, "P05"), "decide_extension": (UNIT, OFFICER), "object": (DIRECTOR, "P01"),
        "decide_objection": (UNIT, OFFICER), "suspend": (UNIT, OFFICER), "apply_closure": ("P01", DIRECTOR),
        "verify": (UNIT, OFFICER), "close": (UNIT, OFFICER, "P05"), "withdraw": (UNIT, OFFICER, "P07"),
        "flag": (UNIT, "P91"),
    }  # fmt: skip
    given = {"report_progress": {"percent": "9"}, "request_extension": {"until": "2026-05-06"}, "flag": {"event": "E8"},
             "decide_extension": {"verdict": "granted"}, "decide_objection": {"verdict": "rejected"},
             "verify": {"verdict": "passed"}}  # fmt: skip
    for act, people in tried.items():
        for by in people:
            with pytest.raises(NotAllowed, match="无权"):
                scene.act(code, act, by, DAY, note="试", **given.get(act, {}))
    assert scene.case(code).state == "rectifying"
    assert scene.requests(code) == []


def test_people_of_the_unit_recuse_themselves_and_strangers_do_not_speak_for_it(scene: Scene) -> None:
    code = applied(scene)
    with scene.open_desk(today=DAY) as desk:
        make.make_person(desk, "P08", roles="verifier、officer", unit_code="D001")
    with pytest.raises(NotAllowed, match="回避"):
        scene.act(code, "verify", "P08", DAY, verdict="passed")
    with pytest.raises(NotAllowed, match="其他单位"):
        scene.act(code, "apply_closure", "T001:liaison", DAY, files=(scene.file(),))
    assert scene.case(code).state == "closure_applied"


def test_days_keys_words_and_codes_are_checked(scene: Scene) -> None:
    code = rectifying(scene)
    wrong: list[tuple[str, dict[str, object], str]] = [
        ("report_progress", {"percent": "120"}, "完成率"),
        ("report_progress", {"percent": "一半"}, "完成率"),
        ("report_progress", {}, "参数"),
        ("report_progress", {"percent": "10", "owner": "某人"}, "参数"),
        ("report_progress", {"percent": "10", "dated": date(2026, 4, 21)}, "今天"),
        ("report_progress", {"percent": "10", "dated": date(2026, 3, 1)}, "问题认定"),
        ("report_progress", {"percent": "10", "text": "见机密★10年"}, "国家秘密"),
        ("request_extension", {"until": "下月", "note": "设备未到"}, "日期"),
        ("finish", {}, "没有这个操作"),
    ]
    for act, given, what in wrong:
        with pytest.raises(InvalidInput, match=what):
            scene.act(code, act, UNIT, DAY, **given)  # type: ignore[arg-type]  # mixed keywords of the acts
    with pytest.raises(NotFound):
        scene.act("2026-ZH-01-D001-77", "report_progress", UNIT, DAY, percent="10")
    assert scene.case(code).percent == 0


# ---- closure --------------------------------------------------------------------------------------------------


def test_closure_needs_evidence_that_is_kept(scene: Scene) -> None:
    code = rectifying(scene)
    with pytest.raises(InvalidInput, match="佐证"):
        scene.act(code, "apply_closure", UNIT, DAY)
    with pytest.raises(InvalidInput, match="文件不存在"):
        scene.act(code, "apply_closure", UNIT, DAY, files=(scene.folder / "没有.pdf",))
    assert scene.case(code).state == "rectifying"
    scene.act(code, "apply_closure", UNIT, DAY, files=(scene.file(),))
    (kept,) = [e for e in scene.rows(select(Evidence)) if e.subject == "case"]
    assert (kept.act, kept.filed_by, kept.subject_id) == ("apply_closure", UNIT, scene.case(code).id)


def test_who_applied_does_not_verify_and_who_verified_does_not_close(scene: Scene) -> None:
    code = rectifying(scene)
    with scene.open_desk(today=DAY) as desk:
        make.make_person(desk, "P10", roles="officer、verifier")
        make.make_person(desk, "P11", roles="director、verifier")
    scene.act(code, "apply_closure", "P10", DAY, files=(scene.file(),))
    with pytest.raises(NotAllowed, match="申请销号的人"):
        scene.act(code, "verify", "P10", DAY, verdict="passed")
    scene.act(code, "verify", "P11", DAY, verdict="passed")
    with pytest.raises(NotAllowed, match="核查人"):
        scene.act(code, "close", "P11", DAY)
    scene.act(code, "close", DIRECTOR, DAY)
    assert scene.case(code).state == "closed"


@pytest.mark.parametrize("light", [Light.RED, Light.BLACK])
def test_red_and_black_cases_are_verified_by_two_and_closed_by_the_director(
    scene: Scene, light: Light
) -> None:
    code = applied(scene, highest=light)
    with scene.open_desk(today=DAY) as desk:
        make.make_person(desk, "P08", roles="verifier", unit_code="D001")
    with pytest.raises(InvalidInput, match="双人"):
        scene.act(code, "verify", "P05", DAY, verdict="passed")
    for second in ("P05", OFFICER, UNIT, "P08"):
        with pytest.raises(NotAllowed, match="第二名"):
            scene.act(code, "verify", "P05", DAY, verdict="passed", second=second)
    scene.act(code, "verify", "P05", DAY, verdict="passed", second="L-COUNTY")
    for low, why in (("L-SECTION", "无权"), (DEPUTY, "级别不够")):
        with pytest.raises(NotAllowed, match=why):
            scene.act(code, "close", low, DAY)
    with pytest.raises(NotAllowed, match="核查人"):
        scene.act(code, "close", "L-COUNTY", DAY)
    scene.act(code, "close", DIRECTOR, DAY)
    assert scene.case(code).light == "none"


def test_a_blue_or_yellow_case_needs_one_verifier_and_any_post(scene: Scene) -> None:
    code = applied(scene, highest=Light.YELLOW)
    scene.act(code, "verify", "P05", DAY, verdict="passed")
    scene.act(code, "close", DEPUTY, DAY)
    assert scene.case(code).state == "closed"


def test_a_failed_verification_sends_the_work_back(scene: Scene) -> None:
    code = applied(scene)
    with pytest.raises(InvalidInput, match="理由"):
        scene.act(code, "verify", "P05", DAY, verdict="failed")
    scene.act(code, "verify", "P05", DAY, verdict="failed", note="佐证不全")
    case = scene.case(code)
    assert (case.state, case.returns, case.percent, case.verified_by) == ("rectifying", 1, 90, None)
    assert case.next_due_on is not None
    scene.act(code, "apply_closure", UNIT, DAY)
    with pytest.raises(InvalidInput, match="理由"):
        scene.act(code, "return", OFFICER, DAY)
    scene.act(code, "return", OFFICER, DAY, note="仍不到位")
    assert scene.case(code).returns == 2


def test_a_look_back_lies_after_its_decision(scene: Scene) -> None:
    code = closed(scene)
    with pytest.raises(InvalidInput, match="回头看日期"):
        scene.act(code, "schedule_look_back", OFFICER, DAY, on=DAY.isoformat())
    assert scene.case(code).state == "closed"


def test_a_rebound_starts_a_round_one_colour_up_with_its_own_due_date(scene: Scene) -> None:
    code = closed(scene)
    scene.act(code, "schedule_look_back", OFFICER, DAY, on="2026-06-10")
    day = date(2026, 6, 10)
    with pytest.raises(InvalidInput, match="理由"):
        scene.act(code, "look_back", "P06", day, verdict="rebounded")
    scene.act(code, "look_back", "P06", day, verdict="rebounded", note="问题反弹")
    case = scene.case(code)
    assert (case.state, case.round, case.rebounds, case.light) == ("rectifying", 2, 1, "yellow")
    assert (case.due_on, case.percent, case.closed_on, case.plan_on) == (date(2026, 7, 2), 0, None, None)
    assert [(r.round, r.code, r.light) for r in scene.rungs(code)] == [(2, "E3", "yellow")]
    assert case.next_due_on is not None


def test_a_closed_case_is_reopened_with_a_given_day(scene: Scene) -> None:
    code = closed(scene)
    with pytest.raises(InvalidInput, match="期限"):
        scene.act(code, "reopen", OFFICER, DAY, note="群众反映", until="2026-04-20")
    scene.act(code, "reopen", OFFICER, DAY, note="群众反映", until="2026-05-08")
    assert (scene.case(code).due_on, scene.case(code).round) == (date(2026, 5, 8), 2)


def test_the_third_time_a_matter_comes_back_it_is_red_and_a_reopening_counts(scene: Scene) -> None:
    code = closed(scene)
    days = [date(2026, 5, 11), date(2026, 6, 11), date(2026, 7, 9)]
    lights = []
    for day in days:
        scene.act(code, "reopen", OFFICER, day, note="反弹")
        lights.append(scene.case(code).light)
        scene.act(code, "submit_plan", UNIT, day, measures="再整改")
        scene.act(code, "approve_plan", OFFICER, day)
        scene.act(code, "apply_closure", UNIT, day, files=(scene.file(),), note="完成")
        scene.act(code, "verify", "P05", day, verdict="passed", second="P06")
        scene.act(code, "close", DIRECTOR, day)
    assert lights == ["yellow", "yellow", "red"]


# ---- reading --------------------------------------------------------------------------------------------------


def test_cases_are_listed_by_campaign_unit_state_and_light(scene: Scene, open_desk: OpenDesk) -> None:
    first, second = scene.notify(MAJOR, ("T001", "E19", "minor"))
    with open_desk(readonly=True) as desk:
        assert [row["id"] for row in list_cases(desk, campaign="2026-ZH-01")] == [first, second]
        assert [row["id"] for row in list_cases(desk, unit="T001", state="open", light="none")] == [second]
        assert list_cases(desk, light="red") == []
        shown = show_case(desk, first)
    assert (shown["due_on"], shown["severity"]) == (DUE.isoformat(), "major")
    assert "submit_plan" in str(shown["acts"])
    assert [entry["act"] for entry in shown["timeline"]] == ["open", "set_due"]  # type: ignore[attr-defined]  # a list


def test_a_refused_act_leaves_no_trace(scene: Scene) -> None:
    code = rectifying(scene)
    before = scene.told("case", scene.case(code).id)
    with pytest.raises(Refused):
        scene.act(code, "apply_closure", UNIT, DAY, files=(scene.file("空.pdf", b""),))
    assert scene.told("case", scene.case(code).id) == before
    assert [e for e in scene.rows(select(Evidence)) if e.subject == "case"] == []
    assert len(scene.rows(select(Person))) == 9
