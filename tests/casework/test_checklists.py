"""Checklists go out one a visit and come back filled: failed items become working papers, or nothing happens at all."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlmodel import select

from casework.inspection.checklists import (
    export_checklists,
    import_checklists,
    make_checklist,
    next_finding_code,
    record_self_report,
)
from core.errors import InvalidInput, NotAllowed, Refused
from delivery.sheets.checklist import Filled
from models.campaign import Campaign, CheckRecord, Finding, Visit
from models.organisation import Unit
from tests.casework.conftest import OpenDesk
from tests.casework.scene import CODE, OPENED, PLAN, Scene

LATER = date(2026, 4, 1)


def passed(item: str, visit: Visit, who: str) -> Filled:
    return {"编号": item, "结果": "合格", "检查日期": visit.from_on, "检查人": who}


def failed(item: str, visit: Visit, who: str, **changes: str) -> Filled:
    return {
        "编号": item, "结果": "不合格", "问题描述": "未按规定公示执法信息。", "事实与证据": "抽查10卷，3卷未公示。",
        "程度": "较重", "佐证材料": "案卷", "检查日期": visit.from_on, "检查人": who, "单位意见": "确认", **changes,
    }  # fmt: skip


def fill(scene: Scene, name: str, *rows: tuple[str, dict[str, str] | None], unit: str = "D001") -> Path:
    """Fill the workbook of a unit: (item, None) passed, (item, changes) failed."""
    with scene.open_desk(readonly=True) as desk:
        campaign = desk.session.exec(select(Campaign)).one()
        inspected = desk.session.exec(select(Unit).where(Unit.code == unit)).one()
        visit = desk.session.exec(select(Visit).where(Visit.unit_id == inspected.id)).one()
        who = leader_of(scene, visit)
        filled = [
            passed(item, visit, who) if changes is None else failed(item, visit, who, **changes)
            for item, changes in rows
        ]
        content = make_checklist(desk, campaign, visit, inspected, filled)
    return scene.file(name, content)


def leader_of(scene: Scene, visit: Visit) -> str:
    from casework.inspection.visits import team_of

    with scene.open_desk(readonly=True) as desk:
        return team_of(desk, visit)[0].code


def bring(scene: Scene, *paths: Path, by: str = "P90", today: date = LATER) -> dict[str, int]:
    with scene.open_desk(by=by, today=today) as desk:
        return import_checklists(desk, paths)


def nothing_written(scene: Scene) -> bool:
    returned = [visit.workbook_returned_on for visit in scene.visits()]
    return not (scene.rows(select(CheckRecord)) or scene.rows(select(Finding)) or any(returned))


def test_each_visit_has_its_own_workbook(scene: Scene, open_desk: OpenDesk, tmp_path: Path) -> None:
    scene.start()
    with open_desk(by="P90", today=OPENED) as desk:
        paths = export_checklists(desk, CODE, tmp_path / "out")
    assert [path.name for path in paths] == [f"督察检查表-{CODE}-D001.xlsx", f"督察检查表-{CODE}-T001.xlsx"]
    assert all(path.stat().st_size > 5_000 for path in paths)


def test_failed_items_become_working_papers(scene: Scene) -> None:
    scene.start()
    path = fill(
        scene, "回收.xlsx", ("E18", None), ("E24", {}),
        ("E24", {"问题描述": "另一个问题。", "单位意见": "异议", "意见说明": "不属实"}),
    )  # fmt: skip
    assert bring(scene, path) == {"visits": 1, "checked": len(scene.rows(select(CheckRecord))), "papers": 2}
    papers = scene.rows(select(Finding).order_by(Finding.code))
    assert [(p.code, p.item, p.state, p.unit_opinion, p.severity) for p in papers] == [
        (f"{CODE}-D001-01", "E24", "paper", "confirmed", "major"),
        (f"{CODE}-D001-02", "E24", "paper", "contested", "major"),
    ]
    visit = next(v for v in scene.visits() if v.workbook_returned_on)
    assert visit.workbook_returned_on == LATER
    assert papers[0].found_by == leader_of(scene, visit)
    records = {r.item: r.result for r in scene.rows(select(CheckRecord)) if r.position == 1}
    assert (records["E18"], records["E24"], records["F27"]) == ("passed", "failed", "not_checked")
    assert scene.told("visit", visit.id) == ["return_workbook"]


def test_a_workbook_is_taken_once(scene: Scene) -> None:
    scene.start()
    path = fill(scene, "回收.xlsx", ("E24", {}))
    bring(scene, path)
    with pytest.raises(Refused, match="已经导入"):
        bring(scene, path)
    assert len(scene.rows(select(Finding))) == 1


def test_the_same_workbook_twice_in_one_go_is_refused_whole(scene: Scene) -> None:
    scene.start()
    path = fill(scene, "回收.xlsx", ("E24", {}))
    with pytest.raises(Refused, match="已经导入"):
        bring(scene, path, path)
    assert nothing_written(scene)


def test_one_bad_workbook_keeps_all_of_them_out(scene: Scene) -> None:
    scene.start()
    good = fill(scene, "好.xlsx", ("E24", {}))
    bad = fill(scene, "坏.xlsx", ("E24", {"程度": "", "检查人": "P77"}), unit="T001")
    with pytest.raises(InvalidInput) as refused:
        bring(scene, good, bad)
    assert {cell.cell[0] for cell in refused.value.cells} == {"I", "L"}
    assert nothing_written(scene)


def test_text_with_a_secrecy_mark_never_enters(scene: Scene) -> None:
    scene.start()
    good = fill(scene, "好.xlsx", ("E24", {}))
    secret = fill(scene, "密.xlsx", ("E24", {"事实与证据": "见机密★10年文件"}), unit="T001")
    with pytest.raises(InvalidInput, match="国家秘密") as refused:
        bring(scene, good, secret)
    assert "文件" not in refused.value.found
    assert nothing_written(scene)


def test_a_workbook_of_other_rules_or_another_kind_is_refused(scene: Scene, tmp_path: Path) -> None:
    scene.start()
    path = fill(scene, "回收.xlsx", ("E24", {}))
    with scene.open_desk(today=LATER) as desk:
        campaign = desk.session.exec(select(Campaign)).one()
        from casework.rulesets.library import freeze_current

        campaign.rules_sha256 = freeze_current(
            desk.session, desk.rules, {"fazhi-ducha-46": ("E24",)}, desk.now
        )
    with pytest.raises(InvalidInput, match="规则版本"):
        bring(scene, path)
    stranger = tmp_path / "其他.xlsx"
    stranger.write_bytes(b"no workbook at all")
    with pytest.raises(InvalidInput, match=r"其他\.xlsx"):
        bring(scene, stranger)
    assert nothing_written(scene)


def test_only_the_team_or_the_office_brings_a_workbook(scene: Scene) -> None:
    scene.start()
    path = fill(scene, "回收.xlsx", ("E24", {}))
    visit = next(v for v in scene.visits() if v.unit_id == unit_id(scene, "D001"))
    leader = leader_of(scene, visit)
    stranger = next(code for code in ("P01", "P02", "P03", "P04") if code not in team(scene, visit))
    with pytest.raises(NotAllowed, match="无权导入"):
        bring(scene, path, by=stranger)
    with pytest.raises(NotAllowed):
        bring(scene, path, by="D001:liaison")
    assert nothing_written(scene)
    assert bring(scene, path, by=leader)["papers"] == 1


def unit_id(scene: Scene, code: str) -> int:
    return next(unit.id for unit in scene.rows(select(Unit)) if unit.code == code)


def team(scene: Scene, visit: Visit) -> list[str]:
    from casework.inspection.visits import team_of

    with scene.open_desk(readonly=True) as desk:
        return [person.code for person in team_of(desk, visit)]


def test_a_campaign_that_is_not_open_gives_and_takes_no_workbook(scene: Scene, tmp_path: Path) -> None:
    scene.settle()
    scene.plan(PLAN)
    with pytest.raises(Refused, match="没有启动"), scene.open_desk(by="P90", today=OPENED) as desk:
        export_checklists(desk, CODE, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_numbers_of_problems_run_on_in_each_unit(scene: Scene) -> None:
    scene.start()
    bring(
        scene,
        fill(scene, "一.xlsx", ("E24", {}), ("F27", {})),
        fill(scene, "二.xlsx", ("E24", {}), unit="T001"),
    )
    codes = [finding.code for finding in scene.rows(select(Finding).order_by(Finding.code))]
    assert codes == [f"{CODE}-D001-01", f"{CODE}-D001-02", f"{CODE}-T001-01"]
    with scene.open_desk(readonly=True) as desk:
        campaign = desk.session.exec(select(Campaign)).one()
        unit = desk.session.exec(select(Unit).where(Unit.code == "D001")).one()
        assert next_finding_code(desk, campaign, unit) == f"{CODE}-D001-03"


def test_a_self_report_is_noted_for_its_visit_only(scene: Scene) -> None:
    scene.start()
    with scene.open_desk(by="P90", today=OPENED) as desk:
        record_self_report(desk, CODE, "D001")
    assert sorted(v.self_report_on or date.min for v in scene.visits()) == [date.min, OPENED]
    with pytest.raises(InvalidInput, match="不督察这个单位"), scene.open_desk(by="P90", today=OPENED) as desk:
        record_self_report(desk, CODE, "D777")
