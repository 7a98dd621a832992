"""Closure: kinds of evidence, verification, public notice with complaints, tiers of approval, what a return asks."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from casework.rectification.casefile import case_view
from casework.rectification.caselist import show_case
from casework.rectification.returns import requirements_of
from core.errors import InvalidInput, NotAllowed, Refused
from core.life.rectification import CaseAct
from models.handling import Complaint, Verification
from models.rectification import Evidence, Rectification
from models.task import Task
from tests.casework.ownrules import broken, county_with
from tests.casework.scene import Scene

MAJOR = ("D001", "E24", "major")
DAY = date(2026, 4, 20)
UNTIL = date(2026, 4, 27)  # five working days of notice
UNIT, OFFICER, DIRECTOR, DEPUTY = "D001:liaison", "P90", "L-DIRECTOR", "L-DEPUTY"
REPORT = (
    "label: 整改报告, words: [整改报告, 情况报告]",
    "label: 整改报告, words: [整改报告], severities: [major]",
)
PHOTO = ("words: [照片, 现场图]", "words: [照片, 现场图], items: [E24]")
NOTICE = (
    "{lights: [none, blue, yellow], verifiers: 1}",
    "{lights: [none, blue, yellow], verifiers: 1, public_notice_workdays: 5}",
)


def rectifying(scene: Scene) -> str:
    (code,) = scene.notify(MAJOR)
    scene.act(code, "submit_plan", UNIT, DAY, measures="逐项整改")
    scene.act(code, "approve_plan", OFFICER, DAY)
    return code


def verified(scene: Scene, **values: str) -> str:
    code = rectifying(scene)
    scene.act(code, "apply_closure", UNIT, DAY, files=(scene.file(),))
    scene.act(code, "verify", "P05", DAY, verdict="passed", note="已到位", **values)
    return code


def kinds(scene: Scene) -> list[str]:
    query = select(Evidence).where(col(Evidence.subject) == "case").order_by(col(Evidence.id))
    return [row.kind for row in scene.rows(query)]


def verifications(scene: Scene) -> list[Verification]:
    return scene.rows(select(Verification).order_by(col(Verification.number)))


# ---- evidence -------------------------------------------------------------------------------------------------


def test_closure_names_every_required_kind_of_evidence_that_is_missing(
    engine: sa.Engine, tmp_path: Path
) -> None:
    county = county_with(engine, tmp_path, REPORT, PHOTO)
    code = rectifying(county)
    with pytest.raises(InvalidInput, match="缺少佐证材料：整改报告、佐证照片"):
        county.act(code, "apply_closure", UNIT, DAY, files=(county.file("说明.pdf"),))
    with pytest.raises(InvalidInput, match="缺少佐证材料：佐证照片"):
        county.act(code, "apply_closure", UNIT, DAY, files=(county.file("整改报告.pdf"),))
    county.act(code, "report_progress", UNIT, DAY, percent="90", files=(county.file("现场照片.jpg"),))
    county.act(code, "apply_closure", UNIT, DAY, files=(county.file("整改报告.pdf"),))
    assert (county.case(code).state, kinds(county)) == ("closure_applied", ["photo", "report"])


def test_the_kind_of_a_file_is_said_for_all_or_for_one(scene: Scene) -> None:
    code = rectifying(scene)
    files = (scene.file("甲.pdf"), scene.file("乙.pdf"))
    for wrong in ("letter", "report:丙.pdf"):
        with pytest.raises(InvalidInput, match="种类或文件名"):
            scene.act(code, "report_progress", UNIT, DAY, percent="10", files=files, evidence=wrong)
    assert (kinds(scene), scene.case(code).percent) == ([], 0)
    scene.act(code, "report_progress", UNIT, DAY, percent="10", files=files, evidence="整改报告")
    scene.act(
        code, "report_progress", UNIT, DAY, percent="20", files=files, evidence="photo:甲.pdf、rule:乙.pdf"
    )
    assert kinds(scene) == ["report", "report", "photo", "rule"]


def test_what_is_put_right_on_the_spot_needs_the_same_kinds(engine: sa.Engine, tmp_path: Path) -> None:
    county = county_with(engine, tmp_path, PHOTO)
    (code,) = county.confirm(MAJOR)
    with pytest.raises(InvalidInput, match=r"当场纠正.*佐证照片"):
        county.act(code, "correct_on_spot", "P01", DAY, files=(county.file(),))
    county.act(code, "correct_on_spot", "P01", DAY, files=(county.file(),), evidence="photo")
    assert [(one.manner, one.verdict) for one in verifications(county)] == [("on_site", "passed")]


def test_everything_that_closure_lacks_is_told_at_once(engine: sa.Engine, tmp_path: Path) -> None:
    county = county_with(engine, tmp_path, REPORT, ("measures_done: tracked", "measures_done: each"))
    code = rectifying(county)
    county.act(code, "object", UNIT, DAY, note="部分不属实")
    with pytest.raises(InvalidInput) as refused:
        county.act(code, "apply_closure", UNIT, DAY, files=(county.file(),))
    said = refused.value.found
    assert all(one in said for one in ("缺少佐证材料：整改报告", "措施未报完：1 逐项整改", "异议待复核：1件"))


def test_an_application_ends_the_request_for_more_time(scene: Scene) -> None:
    code = rectifying(scene)
    scene.act(code, "request_extension", UNIT, DAY, note="设备未到", until="2026-05-08")
    scene.act(code, "apply_closure", UNIT, DAY, files=(scene.file(),))
    (request,) = scene.requests(code)
    assert (request.state, request.decision_note) == ("withdrawn", "单位已申请销号")


# ---- verification ---------------------------------------------------------------------------------------------


def test_a_verification_keeps_manner_verifiers_and_opinion(scene: Scene) -> None:
    verified(scene, manner="on_site", second="P06")
    (row,) = verifications(scene)
    assert (row.manner, row.verified_by, row.seconded_by, row.opinion) == ("on_site", "P05", "P06", "已到位")


def test_the_manner_is_one_of_two_and_the_rules_may_ask_for_the_site(
    engine: sa.Engine, tmp_path: Path
) -> None:
    county = county_with(
        engine, tmp_path, (NOTICE[0], "{lights: [none, blue, yellow], verifiers: 3, on_site: true}"),
        ("{lights: [red, black], verifiers: 2,", "{lights: [red, black], verifiers: 3,"),
    )  # fmt: skip
    code = rectifying(county)
    county.act(code, "apply_closure", UNIT, DAY, files=(county.file(),))
    with pytest.raises(InvalidInput, match="核查方式"):
        county.act(code, "verify", "P05", DAY, verdict="passed", manner="by_phone")
    with pytest.raises(InvalidInput, match="须3人核查"):
        county.act(code, "verify", "P05", DAY, verdict="passed", second="P06", manner="on_site")
    with pytest.raises(InvalidInput, match="须现场核查"):
        county.act(code, "verify", "P05", DAY, verdict="passed", second="P06、P01")
    county.act(code, "verify", "P05", DAY, verdict="passed", second="P06、P01", manner="on_site")
    with county.open_desk(today=DAY) as desk:
        assert desk.session.get_one(Rectification, county.case(code).id).verified_by == "P05"


def test_a_return_keeps_what_has_to_be_added_until_closure_is_applied_for_again(scene: Scene) -> None:
    code = rectifying(scene)
    scene.act(code, "apply_closure", UNIT, DAY, files=(scene.file(),))
    scene.act(code, "verify", "P05", DAY, verdict="failed", note="补充2025年度案卷的整改照片")
    with scene.open_desk(readonly=True, today=DAY) as desk:
        assert requirements_of(desk, scene.case(code)) == "补充2025年度案卷的整改照片。"
        assert show_case(desk, code)["requirements"] == "补充2025年度案卷的整改照片。"
    scene.act(code, "apply_closure", UNIT, DAY, files=(scene.file(),))
    with scene.open_desk(readonly=True, today=DAY) as desk:
        assert requirements_of(desk, scene.case(code)) == ""
    scene.act(code, "return", OFFICER, DAY, note="照片不清")
    assert [one.verdict for one in verifications(scene)] == ["failed", "returned"]


# ---- public notice --------------------------------------------------------------------------------------------


def test_a_case_is_closed_only_after_its_public_notice(engine: sa.Engine, tmp_path: Path) -> None:
    county = county_with(engine, tmp_path, NOTICE)
    code = verified(county)
    assert verifications(county)[0].notice_until == UNTIL
    (task,) = county.rows(select(Task).where(col(Task.kind) == "public_notice"))
    assert (task.role, task.due_on) == ("director", date(2026, 4, 28))
    with pytest.raises(Refused, match="公示尚未期满"):
        county.act(code, "close", DIRECTOR, UNTIL)
    county.act(code, "close", DIRECTOR, date(2026, 4, 28))
    assert county.case(code).state == "closed"
    assert [t.state for t in county.rows(select(Task).where(col(Task.kind) == "public_notice"))] == ["done"]


def test_a_complaint_is_looked_into_before_closure_and_its_words_stay_out_of_the_history(
    engine: sa.Engine, tmp_path: Path
) -> None:
    county = county_with(engine, tmp_path, NOTICE)
    code = verified(county)
    county.act(code, "record_complaint", OFFICER, DAY, note="群众称窗口仍未公示")
    with pytest.raises(Refused) as refused:
        county.act(code, "close", DIRECTOR, DAY)
    assert "公示尚未期满" in refused.value.found
    assert "第1件" in refused.value.found
    with pytest.raises(Refused, match="没有这件"):
        county.act(code, "settle_complaint", OFFICER, DAY, number="2", verdict="unfounded", note="x")
    county.act(code, "settle_complaint", OFFICER, DAY, number="1", verdict="unfounded", note="现场已公示")
    (row,) = county.rows(select(Complaint))
    assert (row.state, row.text, row.settlement) == ("unfounded", "群众称窗口仍未公示", "现场已公示")
    with county.open_desk(readonly=True, today=DAY) as desk:
        told = show_case(desk, code)["timeline"]
    assert "窗口" not in str(told)
    county.act(code, "close", DIRECTOR, date(2026, 4, 28))


def test_a_complaint_that_is_founded_sends_the_case_back(engine: sa.Engine, tmp_path: Path) -> None:
    county = county_with(engine, tmp_path, NOTICE)
    code = verified(county)
    county.act(code, "record_complaint", OFFICER, DAY, note="仍未公示")
    county.act(code, "settle_complaint", OFFICER, DAY, number="1", verdict="founded", note="窗口确未公示")
    case = county.case(code)
    assert (case.state, case.returns, case.verified_by) == ("rectifying", 1, None)
    assert [t.state for t in county.rows(select(Task).where(col(Task.kind) == "public_notice"))] == ["done"]
    assert broken(county, DAY) == {}


# ---- tiers ----------------------------------------------------------------------------------------------------


def test_a_matter_from_above_is_closed_by_the_higher_post_its_tier_asks_for(scene: Scene) -> None:
    code = rectifying(scene)
    scene.act(code, "flag", OFFICER, DAY, note="上级交办", event="E4")
    scene.act(code, "apply_closure", UNIT, DAY, files=(scene.file(),))
    scene.act(code, "verify", "P05", DAY, verdict="passed")
    offered = {}
    for by in (DEPUTY, DIRECTOR):
        with scene.open_desk(by=by, today=DAY, readonly=True) as desk:
            page = case_view(desk, code)
            offered[by] = (CaseAct.CLOSE in {one.act for one in page.offered}, page.waiting.why_not)
    assert offered == {DEPUTY: (False, "本事项由主任及以上负责人批准销号。"), DIRECTOR: (True, "")}
    with pytest.raises(NotAllowed, match="级别不够"):
        scene.act(code, "close", DEPUTY, DAY)
    scene.act(code, "close", DIRECTOR, DAY)
    assert scene.case(code).state == "closed"


def test_a_tier_may_ask_for_a_public_notice_of_its_own(engine: sa.Engine, tmp_path: Path) -> None:
    tier = "events: [E4], approver: director"
    county = county_with(engine, tmp_path, (tier, f"{tier}, public_notice_workdays: 5"))
    code = rectifying(county)
    county.act(code, "flag", OFFICER, DAY, note="上级交办", event="E4")
    county.act(code, "apply_closure", UNIT, DAY, files=(county.file(),))
    county.act(code, "verify", "P05", DAY, verdict="passed")
    assert verifications(county)[0].notice_until == UNTIL
    with pytest.raises(Refused) as refused:
        county.act(code, "close", DEPUTY, DAY)
    assert all(one in refused.value.found for one in ("级别不够", "公示尚未期满"))
