"""Units are renamed, merged, divided and abolished: open duties go on with the successors, what was issued stays."""

from __future__ import annotations

import json
from datetime import date

import pytest
from sqlmodel import col, select

from casework.paperwork.notices import draft_notices
from casework.paperwork.papers import build_paper
from casework.paperwork.serving import serve_document
from casework.rectification.cases import act_on_case
from casework.staff.people import find_actor, find_unit
from casework.tasks import list_tasks
from casework.units.genealogy import Wanted, call_off, record_change
from casework.units.lineage import addressee, ancestors_of, codes_with_heirs, heirs_of, unit_on
from casework.units.unitassigning import assign_unit, unit_history
from casework.upkeep.doctor import examine
from casework.watching import watch_over
from core.errors import InvalidInput, NotAllowed, Refused
from core.life.unitlife import UnitChangeKind as Kind
from models.genealogy import UnitChange
from models.matter import LitigationMatter
from models.organisation import Person, Unit
from models.record import AuditEntry
from tests import make
from tests.casework.scene import CODE, Scene

MAJOR, OTHER = ("D001", "E24", "major"), ("T001", "F27", "minor")
DAY, BEFORE, LATER = date(2026, 4, 20), date(2026, 4, 14), date(2026, 5, 6)
BASIS = "示委编〔2026〕3号"


def new_unit(scene: Scene, *codes: str) -> None:
    with scene.open_desk(by="P90", today=BEFORE) as desk:
        for code in codes:
            make.make_unit(
                desk, code, name=f"示例县新{code}局", liaison_email=f"liaison.{code.lower()}@shilixian.example",
                leader_email=f"leader.{code.lower()}@shilixian.example", head_name="新负责人",
                head_email=f"head.{code.lower()}@shilixian.example",
            )  # fmt: skip


def change(
    scene: Scene,
    kind: Kind,
    formers: str,
    successors: str = "",
    on: date = DAY,
    today: date = DAY,
    name: str = "",
) -> int:
    wanted = Wanted(kind, tuple(formers.split()), tuple(successors.split()), on, BASIS, name)
    with scene.open_desk(by="P90", today=today) as desk:
        return record_change(desk, wanted).id or 0


def unit_of(scene: Scene, code: str) -> str:
    unit: Unit = scene.rows(select(Unit).where(col(Unit.id) == scene.case(code).unit_id))[0]
    return unit.code


def ills(scene: Scene, today: date = DAY) -> dict[str, int]:
    """Return what the doctor finds broken, by invariant: the rows that builders wrote have no history of their own."""
    with scene.open_desk(today=today) as desk:
        return {one.id: one.broken for one in examine(desk).invariants}


# ---- renaming -------------------------------------------------------------------------------------------------


def test_a_renamed_unit_keeps_its_code_and_its_old_name_for_the_days_before(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR)
    before = ills(scene)
    change(scene, Kind.RENAME, "D001", name="示例县数据局")
    with scene.open_desk(today=DAY) as desk:
        assert unit_on(desk, "D001", BEFORE).name == "示例县D001局"
        assert unit_on(desk, "D001", DAY).name == "示例县数据局"
        assert [step.label for step in unit_history(desk, "D001")] == ["更名"]
    (notice,) = scene.documents("feedback_notice")
    assert json.loads(notice.content or "")["addressee"] == "示例县D001局"
    assert unit_of(scene, code) == "D001"
    assert ills(scene) == before


def test_a_new_paper_about_an_old_problem_names_the_unit_with_its_former_name(scene: Scene) -> None:
    scene.confirm(MAJOR)
    change(scene, Kind.RENAME, "D001", name="示例县数据局")
    with scene.open_desk(by="P90", today=DAY) as desk:
        (notice,) = draft_notices(desk, CODE)
        assert build_paper(desk, notice)[0].addressee == "示例县数据局（原示例县D001局）"


def test_a_rename_without_a_new_name_or_to_one_in_use_is_refused(scene: Scene) -> None:
    scene.settle()
    for name in ("", "示例县D001局", "示例县T001局"):
        with pytest.raises(InvalidInput):
            change(scene, Kind.RENAME, "D001", name=name)
    assert scene.rows(select(UnitChange)) == []


# ---- merging --------------------------------------------------------------------------------------------------


def test_open_cases_of_a_merged_unit_go_on_with_the_successor_and_notices_stay(scene: Scene) -> None:
    code, other = scene.notify(MAJOR, OTHER)
    before = ills(scene)
    new_unit(scene, "D009")
    change(scene, Kind.MERGE, "D001", "D009")
    assert (unit_of(scene, code), unit_of(scene, other)) == ("D009", "T001")
    notices = {row.unit_id for row in scene.documents("feedback_notice")}
    with scene.open_desk(today=DAY) as desk:
        former, heir = find_unit(desk, "D001"), find_unit(desk, "D009")
        assert former.id in notices
        assert heir.id not in notices
        assert (former.valid_until, former.successor_id) == (date(2026, 4, 19), heir.id)
        assert addressee(desk, former).code == "D009"
        assert not unit_on(desk, "D001", DAY).exists
        assert not unit_on(desk, "D009", BEFORE).exists
    assert ills(scene) == before


def test_the_history_of_a_moved_case_stays_in_one_chain_and_the_doctor_reads_it(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR)
    before = ills(scene)
    new_unit(scene, "D009")
    change(scene, Kind.MERGE, "D001", "D009")
    scene.act(code, "submit_plan", "D009:liaison", DAY, measures="逐项整改")
    scene.act(code, "approve_plan", "P90", DAY)
    case = scene.case(code)
    query = select(AuditEntry).where(col(AuditEntry.subject) == "case", col(AuditEntry.subject_id) == case.id)
    entries = scene.rows(query.order_by(col(AuditEntry.seq)))
    assert len({entry.shard for entry in entries}) == 1
    assert [entry.act for entry in entries][-3:] == ["reassign", "submit_plan", "approve_plan"]
    assert ills(scene) == before


def test_a_life_scattered_over_two_chains_is_found_by_the_doctor(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR)
    with scene.open_desk(today=DAY) as desk:
        case = scene.case(code)
        desk.record(
            "case", case.id, "light", unit_id=case.unit_id + 1, from_state=case.state, to_state=case.state
        )
    with scene.open_desk(today=DAY) as desk:
        found = next(one for one in examine(desk).invariants if one.id == "INV-6")
    assert found.broken
    assert "几条记录链" in found.examples[0]


def test_the_liaison_of_a_merged_unit_hands_over_to_the_successors_liaison(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR, serve=False)
    new_unit(scene, "D009")
    change(scene, Kind.MERGE, "D001", "D009")
    with pytest.raises(NotAllowed, match="并入"):
        scene.act(code, "submit_plan", "D001:liaison", DAY, measures="整改")
    scene.act(code, "acknowledge", "D009:liaison", DAY)
    (notice,) = scene.documents("feedback_notice")
    assert (notice.state, notice.served_on) == ("served", DAY)


def test_recusal_follows_the_successors(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR)
    new_unit(scene, "D009")
    with scene.open_desk(today=BEFORE) as desk:
        desk.session.exec(select(Person).where(col(Person.code) == "P07")).one().unit_code = "D001"
    change(scene, Kind.MERGE, "D001", "D009")
    with pytest.raises(NotAllowed, match="回避"):
        scene.act(code, "flag", "P07", DAY, note="上级交办", event="E4")
    with scene.open_desk(today=DAY) as desk:
        assert codes_with_heirs(desk, ["D001", "X"]) == {"D001", "D009", "X"}
        former, heir = find_unit(desk, "D001").id or 0, find_unit(desk, "D009").id or 0
        assert heirs_of(desk, former) == {former, heir}
        assert heirs_of(desk, former, BEFORE) == {former}
        assert ancestors_of(desk, heir) == {former, heir}


def test_a_draft_is_addressed_anew_and_one_that_also_tells_of_other_cases_is_divided(scene: Scene) -> None:
    first, second = scene.confirm(MAJOR, ("D001", "F27", "minor"))
    before = ills(scene)
    new_unit(scene, "D009")
    with scene.open_desk(by="P90", today=BEFORE) as desk:
        draft_notices(desk, CODE)
    with scene.open_desk(by="P90", today=DAY) as desk, pytest.raises(InvalidInput, match="不是本单位"):
        assign_unit(desk, second, "D009", "职能划转文件", of="T001")
    assert unit_of(scene, second) == "D001"
    with scene.open_desk(by="P90", today=DAY) as desk:
        assign_unit(desk, second, "D009", "职能划转文件", of="D001")
    drafts = scene.documents("feedback_notice")
    with scene.open_desk(today=DAY) as desk:
        units = [desk.session.get_one(Unit, row.unit_id).code for row in drafts]
    assert sorted(units) == ["D001", "D009"]
    assert (unit_of(scene, first), unit_of(scene, second)) == ("D001", "D009")
    with scene.open_desk(by="P90", today=DAY) as desk:
        assign_unit(desk, first, "D009", "职能划转文件")
    with scene.open_desk(today=DAY) as desk:
        assert {desk.session.get_one(Unit, r.unit_id).code for r in scene.documents("feedback_notice")} == {
            "D009"
        }
    assert ills(scene) == before


def test_a_merger_in_the_future_is_applied_by_the_watch_on_its_day_and_only_once(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR)
    before = ills(scene, LATER)
    new_unit(scene, "D009")
    change(scene, Kind.MERGE, "D001", "D009", on=LATER, today=DAY)
    assert unit_of(scene, code) == "D001"
    for day, applied in ((DAY, 0), (LATER, 1), (LATER, 0)):
        with scene.open_desk(today=day) as desk:
            assert watch_over(desk)["units"] == {"applied": applied, "waiting": 0, "followed": 0}
    assert unit_of(scene, code) == "D009"
    assert ills(scene, LATER) == before


def test_a_change_can_be_called_off_before_its_day(scene: Scene) -> None:
    scene.notify(MAJOR)
    new_unit(scene, "D009")
    number = change(scene, Kind.MERGE, "D001", "D009", on=LATER, today=DAY)
    with pytest.raises(Refused, match="尚未生效"):
        change(scene, Kind.ABOLISH, "D001", on=LATER, today=DAY)
    with scene.open_desk(by="P90", today=DAY) as desk:
        call_off(desk, number, "方案调整")
    with scene.open_desk(today=LATER) as desk:
        assert watch_over(desk)["units"] == {"applied": 0, "waiting": 0, "followed": 0}


def test_a_unit_cannot_be_merged_into_itself_or_into_what_was_merged_into_it(scene: Scene) -> None:
    scene.notify(MAJOR)
    new_unit(scene, "D009")
    with pytest.raises(InvalidInput, match="前身"):
        change(scene, Kind.MERGE, "D001 D009", "D009")
    change(scene, Kind.MERGE, "D001", "D009")
    with pytest.raises(Refused, match="撤并"):
        change(scene, Kind.MERGE, "D009", "D001")


# ---- dividing and abolishing ----------------------------------------------------------------------------------


def test_each_case_of_a_divided_unit_waits_for_a_person_to_name_its_successor(scene: Scene) -> None:
    first, second = scene.notify(MAJOR, ("D001", "F27", "minor"))
    before = ills(scene)
    new_unit(scene, "D008", "D009")
    change(scene, Kind.SPLIT, "D001", "D008 D009")
    with scene.open_desk(by="P90", today=DAY) as desk:
        assert len([task for task in list_tasks(desk) if task.kind == "assign_unit"]) == 2
        with pytest.raises(InvalidInput, match="分设后"):
            assign_unit(desk, first, "T001", BASIS)
    with scene.open_desk(by="P90", today=DAY) as desk:
        assign_unit(desk, first, "D008", BASIS)
        assert len([task for task in list_tasks(desk) if task.kind == "assign_unit"]) == 1
    assert (unit_of(scene, first), unit_of(scene, second)) == ("D008", "D001")
    with scene.open_desk(today=LATER) as desk:
        watch_over(desk)
        assert (
            find_actor(desk, "D001:liaison").unit_code == "D001"
        )  # it still answers for what nobody was given
    assert ills(scene) == before


def test_a_unit_that_keeps_its_code_after_a_division_may_keep_a_case(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR)
    new_unit(scene, "D009")
    change(scene, Kind.SPLIT, "D001", "D001 D009")
    with scene.open_desk(by="P90", today=DAY) as desk:
        assign_unit(desk, code, "D001", BASIS)
        assert [task for task in list_tasks(desk) if task.kind == "assign_unit"] == []
        assert unit_on(desk, "D001", LATER).exists
    assert unit_of(scene, code) == "D001"


def test_a_unit_is_not_abolished_while_somebody_must_answer_for_its_cases(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR)
    before = ills(scene, LATER)
    with pytest.raises(Refused, match="逐件"):
        change(scene, Kind.ABOLISH, "D001")
    number = change(scene, Kind.ABOLISH, "D001", on=LATER, today=DAY)
    with scene.open_desk(today=LATER) as desk:
        assert watch_over(desk)["units"] == {"applied": 0, "waiting": 1, "followed": 0}
    with scene.open_desk(by="P90", today=LATER) as desk:
        assign_unit(desk, code, "T001", "示委编〔2026〕4号")
    with scene.open_desk(today=LATER) as desk:
        assert watch_over(desk)["units"] == {"applied": 1, "waiting": 0, "followed": 0}
    row: UnitChange = scene.rows(select(UnitChange).where(col(UnitChange.id) == number))[0]
    assert (row.state, row.applied_on) == ("in_force", LATER)
    assert ills(scene, LATER) == before


def test_a_person_of_the_unit_or_without_the_role_changes_no_units(scene: Scene) -> None:
    scene.settle()
    for who in ("D001:head", "P01"):
        with pytest.raises(NotAllowed), scene.open_desk(by=who, today=DAY) as desk:
            record_change(desk, Wanted(Kind.RENAME, ("D001",), (), DAY, BASIS, "示例县数据局"))


def test_a_closed_case_that_rebounds_at_a_merged_unit_goes_to_the_successor(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR)
    before = ills(scene, LATER)
    new_unit(scene, "D009")
    scene.act(code, "submit_plan", "D001:liaison", DAY, measures="逐项整改")
    scene.act(code, "approve_plan", "P90", DAY)
    scene.act(code, "apply_closure", "D001:liaison", DAY, files=(scene.file(),), note="完成")
    scene.act(code, "verify", "P05", DAY, verdict="passed")
    scene.act(code, "close", "L-DIRECTOR", DAY)
    scene.act(code, "schedule_look_back", "P90", DAY, on="2026-05-06")
    scene.act(code, "look_back", "P06", LATER, verdict="held")
    change(scene, Kind.MERGE, "D001", "D009", on=LATER, today=LATER)
    assert unit_of(scene, code) == "D001"  # what is over stays
    with scene.open_desk(by="P90", today=LATER) as desk:
        act_on_case(desk, code, "reopen", note="群众反映问题反弹")
    with scene.open_desk(today=LATER) as desk:
        assert watch_over(desk)["units"] == {"applied": 0, "waiting": 0, "followed": 1}
    assert unit_of(scene, code) == "D009"
    assert ills(scene, LATER) == before


def test_the_letters_of_a_merged_unit_reach_the_successor(scene: Scene) -> None:
    scene.notify(MAJOR, serve=False)
    new_unit(scene, "D009")
    change(scene, Kind.MERGE, "D001", "D009")
    (notice,) = scene.documents("feedback_notice")
    with scene.open_desk(by="D009:liaison", today=DAY) as desk:
        serve_document(desk, notice.id or 0, "acknowledgement", DAY)
    assert scene.documents("feedback_notice")[0].state == "served"


def test_a_list_of_units_that_brings_another_name_records_a_rename(scene: Scene) -> None:
    from casework.staff.parties import import_units
    from tests.casework.scene import write_sheet

    scene.settle()
    header = (
        "单位编码",
        "单位名称",
        "类别",
        "上级编码",
        "联络员",
        "联络员邮箱",
        "负责人",
        "负责人邮箱",
        "分管领导",
        "分管领导邮箱",
    )
    row = (
        "D001",
        "示例县数据局",
        "政府部门",
        "",
        "王某",
        "w@shilixian.example",
        "李某",
        "l@shilixian.example",
        "赵某",
        "z@shilixian.example",
    )
    sheet = write_sheet(scene.folder / "单位.xlsx", header, row)
    for day in (DAY, LATER):
        with scene.open_desk(by="P90", today=day) as desk:
            import_units(desk, sheet)
    with scene.open_desk(by="P90", today=LATER) as desk:
        (step,) = unit_history(desk, "D001")
        assert (step.label, step.effective_on, step.name_before) == ("更名", DAY, "示例县D001局")
        assert unit_on(desk, "D001", BEFORE).name == "示例县D001局"


def test_lawsuits_and_leads_of_a_merged_unit_go_on_with_the_successor(scene: Scene) -> None:
    from casework.units.handingmatters import hand_on_leads, live_matters

    scene.notify(MAJOR)
    new_unit(scene, "D009")
    with scene.open_desk(today=DAY) as desk:
        unit = find_unit(desk, "D001")
        digest = scene.campaign().rules_sha256
        make.store(
            desk,
            LitigationMatter(
                office_id=desk.office_id, number="（2026）示0101行初3号", kind="litigation", instance="first",
                plaintiff="person", cause="不服行政处罚", forum="示例县人民法院",
                unit_id=unit.id or 0, received_on=BEFORE, state="registered",
                rules_sha256=digest or "", registered_on=BEFORE, registered_by="P90",
            ),
        )  # fmt: skip
    change(scene, Kind.MERGE, "D001", "D009")
    with scene.open_desk(today=DAY) as desk:
        (row,) = live_matters(desk, [find_unit(desk, "D009").id or 0])
        assert row.number == "（2026）示0101行初3号"
        assert hand_on_leads(desk, [find_unit(desk, "D001").id or 0], find_unit(desk, "D009")) == 0


def test_a_live_case_of_a_unit_that_has_ended_is_found_by_the_doctor(scene: Scene) -> None:
    scene.notify(MAJOR)
    with scene.open_desk(today=DAY) as desk:
        find_unit(desk, "D001").valid_until = BEFORE
    assert ills(scene, LATER)["INV-16"] == 1
