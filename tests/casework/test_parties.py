"""Units and people come in all or not at all, and every bad cell is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlmodel import select

from casework.staff.parties import import_people, import_units
from core.errors import InvalidInput
from models.organisation import Person, Unit
from tests.casework.conftest import OpenDesk
from tests.casework.scene import Scene, write_sheet

UNIT_HEAD = ("单位编码", "单位名称", "类别", "上级编码", "联络员", "联络员邮箱", "负责人", "负责人邮箱")
GOOD = (
    "D009",
    "示例县财政局",
    "政府部门、行政执法机关",
    "",
    "联络员",
    "Lian@shilixian.example",
    "负责人",
    "",
)
PEOPLE_HEAD = ("编号", "姓名", "工作单位编码", "曾任单位编码", "专业", "邮箱", "角色")
PERSON = ("P51", "督察员51", "D001", "T001", "执法监督", "p51@shilixian.example", "inspector、leader")


def count(open_desk: OpenDesk) -> tuple[int, int]:
    with open_desk(readonly=True) as desk:
        return len(desk.session.exec(select(Unit)).all()), len(desk.session.exec(select(Person)).all())


def test_units_are_added_and_known_codes_updated(scene: Scene, open_desk: OpenDesk, tmp_path: Path) -> None:
    first = write_sheet(tmp_path / "一.xlsx", UNIT_HEAD, GOOD)
    second = write_sheet(
        tmp_path / "二.xlsx", UNIT_HEAD, ("D009", "示例县财政局（新）", *GOOD[2:]),
        ("T009", "示例乡", "乡镇街道", "D009", *GOOD[4:])
    )  # fmt: skip
    with open_desk(by="L-DIRECTOR") as desk:
        assert import_units(desk, first) == {"added": 1, "updated": 0}
    with open_desk(by="L-DIRECTOR") as desk:
        assert import_units(desk, second) == {"added": 1, "updated": 1}
    units = {unit.code: unit for unit in scene.rows(select(Unit))}
    assert units["D009"].name == "示例县财政局（新）"
    assert (units["T009"].parent_code, units["T009"].liaison_email) == ("D009", "Lian@shilixian.example")
    assert scene.told("unit", units["D009"].id) == ["import", "import"]


def test_one_bad_cell_keeps_the_whole_file_out_and_all_are_named(open_desk: OpenDesk, tmp_path: Path) -> None:
    path = write_sheet(
        tmp_path / "单位.xlsx",
        UNIT_HEAD,
        GOOD,
        ("T009", "", "乡镇", "D999", "联络员", "不是邮箱", "", ""),
        ("D009", *GOOD[1:]),
    )
    with pytest.raises(InvalidInput) as refused, open_desk(by="L-DIRECTOR") as desk:
        import_units(desk, path)
    assert {cell.cell for cell in refused.value.cells} == {"B3", "C3", "D3", "F3", "A4"}
    assert count(open_desk) == (0, 0)


def test_people_name_known_units_specialties_and_roles(
    scene: Scene, open_desk: OpenDesk, tmp_path: Path
) -> None:
    scene.settle()
    before = count(open_desk)
    bad = ("P52", "督察员52", "D777", "T777", "烹饪", "p52@shilixian", "king")
    path = write_sheet(tmp_path / "人员.xlsx", PEOPLE_HEAD, PERSON, bad)
    with pytest.raises(InvalidInput) as refused, open_desk(by="L-DIRECTOR") as desk:
        import_people(desk, path)
    assert {cell.cell for cell in refused.value.cells} == {"C3", "D3", "E3", "F3", "G3"}
    assert count(open_desk) == before


def test_people_are_added_and_updated(scene: Scene, open_desk: OpenDesk, tmp_path: Path) -> None:
    scene.settle()
    path = write_sheet(tmp_path / "人员.xlsx", PEOPLE_HEAD, PERSON, ("P02", *PERSON[1:]))
    with open_desk(by="L-DIRECTOR") as desk:
        assert import_people(desk, path) == {"added": 1, "updated": 1}
        people = {person.code: person for person in desk.session.exec(select(Person))}
    assert (people["P51"].former_units, people["P51"].roles) == ("T001", "inspector、leader")
    assert people["P02"].name == "督察员51"


def test_a_person_is_never_given_the_role_of_a_unit(
    scene: Scene, open_desk: OpenDesk, tmp_path: Path
) -> None:
    scene.settle()
    path = write_sheet(tmp_path / "人员.xlsx", PEOPLE_HEAD, (*PERSON[:6], "unit"))
    with pytest.raises(InvalidInput) as refused, open_desk(by="L-DIRECTOR") as desk:
        import_people(desk, path)
    assert [cell.cell for cell in refused.value.cells] == ["G2"]


def test_csv_is_read_as_well(open_desk: OpenDesk, tmp_path: Path) -> None:
    path = tmp_path / "单位.csv"
    path.write_text("\n".join(",".join(row) for row in (UNIT_HEAD, GOOD)), encoding="utf-8")
    with open_desk(by="L-DIRECTOR") as desk:
        assert import_units(desk, path)["added"] == 1
        assert desk.session.exec(select(Unit)).one().kinds == "政府部门、行政执法机关"
