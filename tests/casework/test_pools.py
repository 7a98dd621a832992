"""Pools: who enters and how, terms, training, exits; plans take their people from a pool and compose teams of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlmodel import select

from casework.desk import Desk
from casework.staff.parties import import_people, import_units
from casework.staff.pools import enrol, exit_pool, renew, train
from casework.staff.poolviews import list_members, list_pools, list_training, show_pool
from casework.staff.poolwatch import watch_people
from casework.tasks import list_tasks
from core.errors import InvalidInput, NotAllowed, NotFound, Refused
from models.organisation import Person, Unit
from models.pool import PoolMember
from tests import make
from tests.casework.conftest import OpenDesk
from tests.casework.scene import CODE, OPENED, PLAN, PLANNED, Scene, write_sheet

START = date(2026, 1, 5)
CHECKED = date(2025, 12, 20)
SKILLS = {
    "P01": "法治宣传、行政复议", "P02": "法治宣传", "P03": "行政复议、执法监督", "P04": "执法监督", "P11": "政府法务",
    "P12": "应急管理", "P13": "政府法务、基层法治",
}  # fmt: skip
POOLED = PLAN.replace("team: {size: 2, seed: 7}", "team: {pool: fazhi, n: 1, seed: 7}").replace(
    "units: [D001, T001]", "units: [D001]"
)


def fill_pool(scene: Scene, open_desk: OpenDesk, *codes: str, pool: str = "fazhi") -> None:
    """Write the county with more people and let some of them enter a pool."""
    scene.settle()
    with open_desk(by="L-DIRECTOR", today=START) as desk:
        for code in ("P11", "P12", "P13"):
            make.make_person(
                desk, code, roles="inspector", unit_code="S001", email=f"{code}@shilixian.example"
            )
        for person in desk.session.exec(select(Person)):
            person.specialties = SKILLS.get(person.code, "")
        for code in codes or tuple(SKILLS):
            enrol(desk, pool, code, recommended_by="S001", checked_on=CHECKED)


def test_who_enters_needs_what_the_pool_asks_for(scene: Scene, open_desk: OpenDesk) -> None:
    scene.settle()
    with open_desk(by="P90", today=START) as desk:
        with pytest.raises(InvalidInput, match="缺少推荐单位"):
            enrol(desk, "fazhi", "P01")
        with pytest.raises(InvalidInput, match="没有这些专业"):
            enrol(desk, "fazhi", "P01", recommended_by="D001", checked_on=CHECKED, specialties=["占星"])
        with pytest.raises(NotFound, match="coordination、fazhi、roving"):
            enrol(desk, "unknown", "P01")
        row = enrol(desk, "fazhi", "P01", recommended_by="D001", checked_on=CHECKED, specialties=["执法监督"])
        assert (row.term, row.from_on, row.until_on) == (1, START, date(2029, 1, 4))
        with pytest.raises(Refused, match="已在库"):
            enrol(desk, "fazhi", "P01", recommended_by="D001", checked_on=CHECKED)
        enrol(desk, "roving", "P01", recommended_by="D001", checked_on=CHECKED)  # one person in several pools
    with open_desk(by="P01", today=START) as desk, pytest.raises(NotAllowed):
        enrol(desk, "fazhi", "P02", recommended_by="D001", checked_on=CHECKED)
    with open_desk(readonly=True, today=START) as desk:
        (member,) = list_members(desk, "fazhi")
        assert (member["code"], member["specialties"], member["hours_short"]) == ("P01", "执法监督", 16)
        assert [(one["pool"], one["members"]) for one in list_pools(desk)] == [
            ("coordination", 0),
            ("fazhi", 1),
            ("roving", 1),
        ]
        assert show_pool(desk, "fazhi")["composition"] == (
            "法治宣传1人、行政复议1人、执法监督1人、政府法务1人、按单位职能1人"
        )


def test_a_term_is_renewed_up_to_the_limit_and_a_leap_day_ends_it_well(
    scene: Scene, open_desk: OpenDesk
) -> None:
    scene.settle()
    with open_desk(by="P90", today=START) as desk:
        enrol(desk, "fazhi", "P01", recommended_by="D001", checked_on=CHECKED, from_on=date(2024, 2, 29))
        second = renew(desk, "fazhi", "P01", checked_on=CHECKED)
        assert (second.term, second.from_on, second.until_on) == (2, date(2027, 3, 1), date(2030, 2, 28))
        renew(desk, "fazhi", "P01", checked_on=CHECKED)
        with pytest.raises(Refused, match="第3届"):
            renew(desk, "fazhi", "P01", checked_on=CHECKED)
        with pytest.raises(NotFound, match="不在库"):
            renew(desk, "fazhi", "P02", checked_on=CHECKED)


def test_an_exit_names_its_reason_and_the_visits_that_need_somebody_else(
    scene: Scene, open_desk: OpenDesk
) -> None:
    fill_pool(scene, open_desk)
    scene.plan(POOLED)
    (visit,) = scene.visits()
    with open_desk(by="P90", today=OPENED) as desk:
        with pytest.raises(InvalidInput, match="届满不续"):
            exit_pool(desk, "fazhi", "P01", "不想干了")
        _row, affected = exit_pool(desk, "fazhi", "P01", "本人申请")
        assert affected == [visit.id]
        assert [task.kind for task in list_tasks(desk)] == ["replace_member"]
        assert "P01" not in {member["code"] for member in list_members(desk, "fazhi")}
        assert [m["exit_reason"] for m in list_members(desk, "fazhi", every=True) if m["code"] == "P01"] == [
            "本人申请"
        ]
        again = enrol(desk, "fazhi", "P01", recommended_by="D001", checked_on=CHECKED)
        assert again.term == 2


def test_training_counts_by_year_and_the_same_session_once(scene: Scene, open_desk: OpenDesk) -> None:
    fill_pool(scene, open_desk, "P01", "P02")
    with open_desk(by="P90", today=date(2026, 5, 6)) as desk:
        train(desk, ["P01", "P02", "P01"], date(2026, 5, 6), 12, "执法监督条例")
        train(desk, ["P01"], date(2025, 5, 6), 40, "去年的培训")
        with pytest.raises(Refused, match="已登记"):
            train(desk, ["P01"], date(2026, 5, 6), 12, "执法监督条例")
        with pytest.raises(InvalidInput):
            train(desk, ["P01"], date(2026, 5, 7), 12, "明天的培训")
        short = {member["code"]: member["hours_short"] for member in list_members(desk, "fazhi")}
        assert short == {"P01": 4, "P02": 4}
        assert [row["hours"] for row in list_training(desk, "P01")] == [12, 40]


def test_the_watch_asks_once_for_ending_terms_and_short_training(scene: Scene, open_desk: OpenDesk) -> None:
    fill_pool(scene, open_desk, "P01", "P02")
    with open_desk(by="P90", today=START) as desk:
        enrol(desk, "roving", "P03", recommended_by="D001", checked_on=CHECKED, until_on=date(2026, 7, 1))
    with open_desk(today=date(2026, 5, 31)) as desk:
        assert watch_people(desk)["terms"] == 0
    with open_desk(today=date(2026, 6, 5)) as desk:
        assert watch_people(desk) == {"terms": 1, "training": 0, "declarations": 0}
        assert watch_people(desk)["terms"] == 0
    with open_desk(by="P90", today=date(2026, 6, 6)) as desk:
        renew(desk, "roving", "P03", checked_on=CHECKED)
    with open_desk(today=date(2026, 12, 1)) as desk:
        assert watch_people(desk)["training"] == 3
        assert watch_people(desk)["training"] == 0


def test_a_plan_from_a_pool_composes_teams_of_its_members_alone(scene: Scene, open_desk: OpenDesk) -> None:
    fill_pool(scene, open_desk)
    scene.plan(POOLED)
    (visit,) = scene.visits()
    with open_desk(readonly=True, today=PLANNED) as desk:
        team = _skills(desk, visit.id)
    assert len(team) == 5
    for name in ("法治宣传", "行政复议", "执法监督", "政府法务"):
        assert any(name in words for words in team), name
    (told,) = [reason for reason in visit.reasons.splitlines() if reason.startswith("组成规则：")]
    for seat in ("法治宣传席", "行政复议席", "执法监督席", "政府法务席", "对口职能席"):
        assert seat in told


def _skills(desk: Desk, visit_id: int | None) -> list[str]:
    from casework.inspection.visits import team_of
    from models.campaign import Visit

    return [person.specialties for person in team_of(desk, desk.session.get_one(Visit, visit_id))]


def test_a_plan_is_refused_when_its_pool_is_empty_unfit_or_too_small(
    scene: Scene, open_desk: OpenDesk
) -> None:
    scene.settle()
    with pytest.raises(InvalidInput, match="没有人员"):
        scene.plan(POOLED)
    with pytest.raises(InvalidInput, match="不用于这个批次"):
        scene.plan(POOLED.replace("pool: fazhi", "pool: roving"))
    with pytest.raises(NotFound, match="没有这个人才库"):
        scene.plan(POOLED.replace("pool: fazhi", "pool: nobody"))
    with open_desk(by="P90", today=START) as desk:
        for code in ("P01", "P02", "P03", "P04"):
            enrol(desk, "fazhi", code, recommended_by="S001", checked_on=CHECKED)
    with pytest.raises(InvalidInput, match="D001"):
        scene.plan(POOLED)
    assert scene.rows(select(PoolMember)) != []


def test_a_roster_brings_memberships_and_their_ends(
    scene: Scene, open_desk: OpenDesk, tmp_path: Path
) -> None:
    scene.settle()
    head = ["编号", "姓名", "工作单位编码", "曾任单位编码", "专业", "邮箱", "角色", "库", "任期至"]
    row = [
        "P21",
        "督察员21",
        "D001",
        "T001@2024-05",
        "执法监督",
        "p21@shilixian.example",
        "inspector",
        "fazhi、roving",
    ]
    with open_desk(by="P90", today=START) as desk:
        import_people(desk, write_sheet(tmp_path / "名册.xlsx", head, [*row, "2027-12-31"]))
        import_people(desk, write_sheet(tmp_path / "名册.xlsx", head, [*row, "2028-06-30"]))
        (member,) = list_members(desk, "fazhi")
        assert (member["code"], member["until"], member["term"]) == ("P21", "2028-06-30", 1)
        assert [one["code"] for one in list_members(desk, "roving")] == ["P21"]
    (person,) = scene.rows(select(Person).where(Person.code == "P21"))
    assert person.former_units == "T001@2024-05"
    bad = [*row[:3], "T001@五月", *row[4:7], "wufa", "后年"]
    with open_desk(by="P90", today=START) as desk, pytest.raises(InvalidInput) as refused:
        import_people(desk, write_sheet(tmp_path / "名册.xlsx", head, bad))
    for cell in ("T001@五月", "wufa", "后年"):
        assert cell in str(refused.value)


def test_units_may_name_their_area_and_what_they_do(
    scene: Scene, open_desk: OpenDesk, tmp_path: Path
) -> None:
    scene.settle()
    head = ["单位编码", "单位名称", "类别", "联络员", "联络员邮箱", "片区", "职能专业"]
    row = ["D001", "示例县应急管理局", "政府部门", "联络员", "d001@shilixian.example"]
    with open_desk(by="P90", today=START) as desk:
        import_units(desk, write_sheet(tmp_path / "单位.xlsx", head, [*row, "城区", "应急管理"]))
        import_units(desk, write_sheet(tmp_path / "单位.xlsx", head[:5], row))
    (unit,) = scene.rows(select(Unit).where(Unit.code == "D001"))
    assert (unit.area, unit.functions) == ("城区", "应急管理")


def test_units_do_not_see_who_is_in_the_pool(scene: Scene, open_desk: OpenDesk) -> None:
    fill_pool(scene, open_desk, "P01")
    with open_desk(by="D001:liaison", readonly=True, today=START) as desk:
        for look in (
            lambda: list_pools(desk),
            lambda: list_members(desk, "fazhi"),
            lambda: show_pool(desk, "fazhi"),
        ):
            with pytest.raises(NotAllowed):
                look()


def test_nothing_of_a_pool_is_needed_for_a_plan_without_one(scene: Scene) -> None:
    scene.settle()
    scene.plan()
    assert len(scene.visits()) == 2
    assert scene.told("campaign", scene.campaign().id) == ["plan"]
    assert scene.campaign().code == CODE
