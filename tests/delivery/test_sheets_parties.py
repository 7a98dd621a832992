from __future__ import annotations

import pytest

from core.errors import BadCell, InvalidInput
from delivery.sheets.parties import PERSON_HEADERS, UNIT_HEADERS, PersonRow, UnitRow, read_people, read_units

KINDS = ("政府部门", "行政执法机关", "乡镇街道")
ROLES = ("inspector", "leader", "officer")


def check_email(text: str) -> str:
    if "@" not in text:
        raise InvalidInput("邮箱不正确", expected="含@的邮箱")
    return text.lower()


def table(headers: tuple[str, ...], *lines: str) -> bytes:
    return "\n".join([",".join(headers), *lines]).encode()


def units(*lines: str) -> tuple[UnitRow, ...]:
    return read_units(table(UNIT_HEADERS, *lines), kinds=KINDS, check_email=check_email, name="units.csv")


def people(*lines: str) -> tuple[PersonRow, ...]:
    return read_people(
        table(PERSON_HEADERS, *lines),
        specialties=("法治宣传", "行政复议"),
        roles=ROLES,
        check_email=check_email,
        known_units={"D001", "D002"},
    )


def bad(*lines: str) -> dict[str, BadCell]:
    with pytest.raises(InvalidInput) as caught:
        units(*lines)
    return {cell.cell: cell for cell in caught.value.cells}


def test_units_come_back_typed_with_normalised_addresses() -> None:
    first, second = units(
        "D001,示例县司法局,政府部门、行政执法机关,,联络员,LX@Example.test,负责人,fz@example.test,,",
        "D002,示例县法律援助中心,政府部门,D001,联络员,lx2@example.test,,,,",
    )
    assert first.kinds == ("政府部门", "行政执法机关")
    assert first.liaison_email == "lx@example.test"
    assert (first.parent, first.leader, first.leader_email) == (None, None, None)
    assert second.parent == "D001"


def test_every_bad_cell_of_a_unit_file_is_named_at_once() -> None:
    cells = bad(
        "D001,,政府部们,D009,,not-an-address,,,,",
        "D001,示例县教育局,,,联络员,a@example.test,,,,坏地址",
        "D 2,示例县民政局,政府部门,,联络员,a@example.test,,,,",
    )
    assert set(cells) == {"B2", "C2", "D2", "E2", "F2", "A3", "C3", "J3", "A4"}
    assert "是否为“政府部门”" in cells["C2"].allowed
    assert "A2" in cells["A3"].allowed
    assert cells["F2"].allowed == "含@的邮箱"


def test_a_unit_above_itself_is_refused() -> None:
    cells = bad(
        "D001,甲局,政府部门,D002,联络员,a@example.test,,,,",
        "D002,乙局,政府部门,D001,联络员,a@example.test,,,,",
    )
    assert set(cells) == {"D2", "D3"}


def test_optional_columns_may_be_absent_and_an_empty_file_is_refused() -> None:
    short = table(
        ("单位编码", "单位名称", "类别", "联络员", "联络员邮箱"), "D001,甲局,政府部门,联络员,a@example.test"
    )
    assert read_units(short, kinds=KINDS, check_email=check_email)[0].head is None
    with pytest.raises(InvalidInput):
        units()


def test_people_come_back_typed() -> None:
    (person,) = people("P001,督察员01,D001,D002,法治宣传、行政复议,a@example.test,inspector、leader")
    assert person == PersonRow(
        "P001",
        "督察员01",
        "D001",
        ("D002",),
        ("法治宣传", "行政复议"),
        "a@example.test",
        ("inspector", "leader"),
    )


def test_every_bad_cell_of_a_people_file_is_named_at_once() -> None:
    with pytest.raises(InvalidInput) as caught:
        people("P001,督察员01,D003,D004,普法,,inspecter", "P001,督察员02,,,,b@example.test,")
    assert {cell.cell for cell in caught.value.cells} == {"C2", "D2", "E2", "F2", "G2", "A3", "C3", "G3"}


def test_an_address_checker_that_raises_value_error_is_understood() -> None:
    def refuse(text: str) -> str:
        raise ValueError(text)

    with pytest.raises(InvalidInput) as caught:
        read_units(
            table(UNIT_HEADERS, "D001,甲局,政府部门,,联络员,x,,,,"),
            kinds=KINDS,
            check_email=refuse,
            name="u.csv",
        )
    assert [cell.cell for cell in caught.value.cells] == ["F2"]
