"""What a file of units or people would change, cell by cell, before anything is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import col, select

from casework.desk import Desk
from casework.staff import parties
from casework.staff.people import join, require_role
from delivery.addresses import check_address
from delivery.sheets.parties import PersonRow, UnitRow, read_people, read_units
from models.organisation import Person, Unit

UNIT_FIELDS = {
    "name": "单位名称", "kinds": "类别", "parent_code": "上级编码", "area": "片区", "functions": "职能专业",
    "liaison_name": "联络员", "liaison_email": "联络员邮箱", "head_name": "负责人", "head_email": "负责人邮箱",
    "leader_name": "分管领导", "leader_email": "分管领导邮箱",
}  # fmt: skip
PERSON_FIELDS = {
    "name": "姓名", "unit_code": "工作单位编码", "former_units": "曾任单位编码", "specialties": "专业",
    "email": "邮箱", "roles": "角色",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Turn:
    """One cell that would be different."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the file, with the cells that differ from what is known."""

    code: str
    name: str
    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """What a file would do; rows that say what is known already are only counted."""

    added: tuple[Entry, ...]
    changed: tuple[Entry, ...]
    same: int

    @property
    def rows(self) -> int:
        return len(self.added) + len(self.changed) + self.same


def preview_units(desk: Desk, path: Path) -> ImportPreview:
    """Return what importing a list of units would change; raise InvalidInput naming every bad cell."""
    require_role(desk, parties.KEEPERS, "导入单位")
    known = {unit.code: unit for unit in parties.units_of(desk)}
    rows = read_units(
        path, kinds=parties.kinds_of(desk), check_email=check_address, known_units=tuple(known),
        specialties=parties.specialties_of(desk), name=path.name,
    )  # fmt: skip
    return _compared((row.code, row.name, known.get(row.code), _unit_values(row)) for row in rows)


def preview_people(desk: Desk, path: Path) -> ImportPreview:
    """Return what importing a roster would change; raise InvalidInput naming every bad cell."""
    require_role(desk, parties.KEEPERS, "导入人才库")
    people = desk.session.exec(select(Person).where(col(Person.office_id) == desk.office_id)).all()
    known = {person.code: person for person in people}
    rows = read_people(
        path, specialties=parties.specialties_of(desk), roles=parties.POOL_ROLES, check_email=check_address,
        known_units=tuple(unit.code for unit in parties.units_of(desk)), pools=tuple(sorted(desk.rules.pools)),
        name=path.name,
    )  # fmt: skip
    return _compared((row.code, row.name, known.get(row.code), _person_values(row)) for row in rows)


def _compared(
    rows: Iterable[tuple[str, str, Unit | Person | None, Mapping[str, str | None]]],
) -> ImportPreview:
    added: list[Entry] = []
    changed: list[Entry] = []
    same = 0
    for code, name, known, values in rows:
        fields = UNIT_FIELDS if "kinds" in values else PERSON_FIELDS
        turns = tuple(
            Turn(fields[field], str(getattr(known, field, None) or ""), value or "")
            for field, value in values.items()
            if value is not None and (getattr(known, field, None) or "") != value
        )
        if known is None:
            added.append(Entry(code, name, turns))
        elif turns:
            changed.append(Entry(code, name, turns))
        else:
            same += 1
    return ImportPreview(tuple(added), tuple(changed), same)


def _unit_values(row: UnitRow) -> dict[str, str | None]:
    """Return the values that importing writes; None for what an empty cell leaves as it is."""
    return {
        "name": row.name, "kinds": join(row.kinds), "parent_code": row.parent or "",
        "area": row.area or None, "functions": join(row.functions) or None,
        "liaison_name": row.liaison, "liaison_email": row.liaison_email,
        "head_name": row.head or "", "head_email": row.head_email or "",
        "leader_name": row.leader or "", "leader_email": row.leader_email or "",
    }  # fmt: skip


def _person_values(row: PersonRow) -> dict[str, str | None]:
    return {
        "name": row.name, "unit_code": row.unit, "former_units": join(row.former_units),
        "specialties": join(row.specialties), "email": row.email, "roles": join(row.roles),
    }  # fmt: skip
