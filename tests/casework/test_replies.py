"""The unit's answer workbook: read as acts on its cases, all rows or none, and proof that the notice arrived."""

from __future__ import annotations

import dataclasses
import datetime as dt
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import select

from casework.paperwork.replies import import_reply, take_reply
from core.errors import IllegalMove, InvalidInput, NotAllowed, Refused
from delivery.sheets.answer import AnswerProblem, Filled, write_answer
from delivery.sheets.answer_return import read_answer_meta
from models.document import DocumentFile
from models.rectification import Evidence
from tests.casework.scene import Scene

MAJOR, MINOR = ("D001", "E24", "major"), ("D001", "E19", "minor")
DAY, DUE = date(2026, 4, 20), date(2026, 4, 29)
UNIT = "D001:liaison"
PLAN: Filled = {"整改措施": "每季度核对公示内容。", "责任人": "联络员", "完成时限": dt.date(2026, 4, 22)}


def answer(scene: Scene, *filled: Filled, name: str = "报告表.xlsx") -> Path:
    """Fill the workbook that went out with the notice: the first problem gets the first row, and so on."""
    (form,) = [f for f in scene.rows(select(DocumentFile)) if f.role == "answer"]
    meta = read_answer_meta(form.content, name="报告表.xlsx")
    problems = [AnswerProblem(code, "未按规定公示执法信息。", due) for code, due in meta.due]
    rows = {problem.case: row for problem, row in zip(problems, filled, strict=False)}
    return scene.file(name, write_answer(meta, problems, made_on=DAY, filled=rows))


def bring(scene: Scene, path: Path, *, by: str = UNIT, today: date = DAY) -> list[str]:
    with scene.open_desk(by=by, today=today) as desk:
        acts = import_reply(desk, path)["acts"]
    assert isinstance(acts, list)
    return acts


def test_a_plan_and_progress_are_taken_and_prove_the_service(scene: Scene) -> None:
    first, second = scene.notify(MAJOR, MINOR, serve=False)
    path = answer(scene, {**PLAN, "进展": "已清理旧信息。", "完成率": "40%"}, PLAN)
    assert bring(scene, path) == [f"{first}:submit_plan", f"{first}:report_progress", f"{second}:submit_plan"]
    case = scene.case(first)
    assert (case.state, case.percent, case.plan_on) == ("planned", 40, DAY)
    assert "责任人：联络员" in (case.plan_text or "")
    assert (case.served_on, scene.documents()[0].state) == (DAY, "served")


def test_two_files_of_one_name_are_refused_before_anything_is_done(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR)
    path, number = answer(scene, PLAN), scene.documents()[0].id or 0
    for folder in ("甲", "乙"):
        (scene.folder / folder).mkdir()
    photos = [scene.file(f"{folder}/照片.jpg") for folder in ("甲", "乙")]
    with scene.open_desk(by=UNIT, today=DAY) as desk, pytest.raises(InvalidInput, match="同名"):
        take_reply(desk, number, path, photos)
    assert scene.case(code).state == "open"
    with scene.open_desk(by=UNIT, today=DAY) as desk:
        assert take_reply(desk, number, path, photos[:1])["document"] == number


def test_the_report_of_another_notice_is_refused(scene: Scene) -> None:
    scene.notify(MAJOR)
    path, number = answer(scene, PLAN), scene.documents()[0].id or 0
    with scene.open_desk(by=UNIT, today=DAY) as desk, pytest.raises(InvalidInput, match="不是这份通知书"):
        take_reply(desk, number + 1, path, [])


def test_the_same_plan_again_is_no_new_plan(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR)
    bring(scene, answer(scene, PLAN))
    again = bring(scene, answer(scene, {**PLAN, "进展": "已过半。", "完成率": "60%"}))
    assert again == [f"{code}:report_progress"]
    changed = bring(scene, answer(scene, {**PLAN, "整改措施": "每月核对公示内容。"}))
    assert changed == [f"{code}:submit_plan"]


def test_a_closure_is_applied_for_with_its_evidence(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR)
    bring(scene, answer(scene, PLAN))
    scene.act(code, "approve_plan", "P90", DAY)
    scene.file("公示截图.png", b"png")
    done: Filled = {
        "进展": "已完成。", "完成率": "100%", "完成情况": "已全部公示。", "佐证材料": "公示截图.png",
        "申请": "销号", "申请说明": "整改到位",
    }  # fmt: skip
    assert bring(scene, answer(scene, done)) == [f"{code}:apply_closure"]
    (kept,) = [e for e in scene.rows(select(Evidence)) if e.subject == "case"]
    assert (kept.name, kept.act, scene.case(code).state) == (
        "公示截图.png",
        "apply_closure",
        "closure_applied",
    )


def test_evidence_that_is_not_there_is_named_and_nothing_happens(scene: Scene) -> None:
    first, second = scene.notify(MAJOR, MINOR, serve=False)
    path = answer(
        scene, PLAN, {**PLAN, "进展": "已清理。", "完成率": "40%", "佐证材料": "没有.pdf、也没有.pdf"}
    )
    with pytest.raises(InvalidInput, match=second) as refused:
        bring(scene, path)
    assert refused.value.found == "没有.pdf、也没有.pdf"
    assert (scene.case(first).state, scene.documents()[0].state) == ("open", "issued")


def test_an_extension_and_an_objection_become_requests(scene: Scene) -> None:
    first, second = scene.notify(MAJOR, MINOR)
    scene.file("公示网页.pdf", b"%PDF page")
    path = answer(
        scene,
        {"申请": "延期", "申请说明": "设备采购周期长", "申请延至": dt.date(2026, 5, 12), "佐证材料": ""},
        {"申请": "异议", "申请说明": "已于3月公示", "佐证材料": "公示网页.pdf"},
    )
    assert bring(scene, path) == [f"{first}:request_extension", f"{second}:object"]
    assert [(r.kind, r.until_on) for r in scene.requests(first)] == [("extension", date(2026, 5, 12))]
    assert [(r.kind, r.reason) for r in scene.requests(second)] == [("objection", "已于3月公示")]
    (kept,) = [e for e in scene.rows(select(Evidence)) if e.subject == "case"]
    assert (kept.name, kept.act) == ("公示网页.pdf", "object")


def test_one_row_that_cannot_be_carried_out_undoes_the_others(scene: Scene) -> None:
    first, second = scene.notify(MAJOR, MINOR, serve=False)
    early: Filled = {
        "进展": "已完成。", "完成率": "100%", "完成情况": "已全部公示。", "佐证材料": "佐证.pdf",
        "申请": "销号", "申请说明": "整改到位",
    }  # fmt: skip
    scene.file()
    with pytest.raises(IllegalMove) as refused:
        bring(scene, answer(scene, PLAN, early))
    assert "submit_plan" in refused.value.allowed
    assert [scene.case(code).state for code in (first, second)] == ["open", "open"]
    assert scene.documents()[0].state == "issued"
    late: Filled = {"申请": "延期", "申请说明": "来不及", "申请延至": dt.date(2026, 5, 12)}
    with pytest.raises(Refused, match="已过时限"):
        bring(scene, answer(scene, late), today=date(2026, 4, 28))


def test_bad_cells_are_all_named(scene: Scene) -> None:
    scene.notify(MAJOR, MINOR)
    path = answer(
        scene, {"整改措施": "整改。", "完成时限": dt.date(2026, 5, 30)},
        {"进展": "过半", "完成率": "200", "申请": "撤案"}
    )  # fmt: skip
    with pytest.raises(InvalidInput) as refused:
        bring(scene, path)
    assert {cell.cell for cell in refused.value.cells} >= {"D2", "E2", "G3", "J3"}


def test_a_workbook_of_another_notice_unit_or_kind_is_refused(scene: Scene, tmp_path: Path) -> None:
    (code,) = scene.notify(MAJOR)
    (form,) = [f for f in scene.rows(select(DocumentFile)) if f.role == "answer"]
    meta = read_answer_meta(form.content, name="x")
    for change in (
        {"document": "999"},
        {"office": "elsewhere"},
        {"rules_sha256": "f" * 64},
        {"unit": "T001"},
    ):
        foreign = dataclasses.replace(meta, **change)
        problems = [AnswerProblem(code, "问题", DUE)]
        path = scene.file("假.xlsx", write_answer(foreign, problems, made_on=DAY, filled={code: PLAN}))
        with pytest.raises(InvalidInput, match=r"假\.xlsx不是"):
            bring(scene, path)
    stranger = tmp_path / "表.xlsx"
    stranger.write_bytes(b"nothing")
    with pytest.raises(InvalidInput):
        bring(scene, stranger)
    assert scene.case(code).state == "open"


def test_only_the_unit_or_an_officer_answers(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR)
    path = answer(scene, PLAN)
    for by in ("T001:liaison", "P01", "L-DIRECTOR"):
        with pytest.raises(NotAllowed):
            bring(scene, path, by=by)
    assert bring(scene, path, by="P90") == [f"{code}:submit_plan"]


def test_text_with_a_secrecy_mark_is_refused(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR)
    with pytest.raises(InvalidInput, match="国家秘密"):
        bring(scene, answer(scene, {**PLAN, "整改措施": "见机密★10年文件"}))
    assert scene.case(code).plan_text is None


def test_the_workbook_shows_the_numbers_and_days_of_its_notice(scene: Scene) -> None:
    codes = scene.notify(MAJOR, MINOR)
    (form,) = [f for f in scene.rows(select(DocumentFile)) if f.role == "answer"]
    meta = read_answer_meta(form.content, name="x")
    notice = scene.documents("feedback_notice")[0]
    assert (meta.number, meta.document, meta.unit) == (notice.number, str(notice.id), "D001")
    assert meta.due == ((codes[0], DUE), (codes[1], date(2026, 4, 22)))
