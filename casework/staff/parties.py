"""Units and people: import of the two files, all or nothing; known codes are updated."""

from __future__ import annotations

from pathlib import Path

from sqlmodel import col, select

from casework.accounts.sessions import end_sessions_of_holder
from casework.desk import Desk
from casework.staff.people import join, require_role
from casework.staff.poolimport import enter_by_import
from casework.units.genealogy import rename_by_import
from core.life.rectification import Role
from delivery.addresses import check_address
from delivery.sheets.parties import PersonRow, UnitRow, read_people, read_units
from models.organisation import Person, Unit

KEEPERS = ("officer", "director", "leader")
POOL_ROLES = tuple(role.value for role in Role if role is not Role.UNIT)


def import_units(desk: Desk, path: Path) -> dict[str, int]:
    """Add or update the units of a file; return {added, updated}.

    raises   InvalidInput naming every bad cell; nothing is written then
    """
    require_role(desk, KEEPERS, "导入单位")
    known = {unit.code: unit for unit in units_of(desk)}
    rows = read_units(
        path,
        kinds=kinds_of(desk),
        check_email=check_address,
        known_units=tuple(known),
        specialties=specialties_of(desk),
        name=path.name,
    )
    added = 0
    for row in rows:
        unit = known.get(row.code)
        if unit is None:
            unit = Unit(office_id=desk.office_id, code=row.code, name=row.name, kinds="")
            added += 1
        elif unit.name != row.name:
            rename_by_import(desk, unit, row.name, path.name)
        _fill_unit(unit, row)
        desk.session.add(unit)
        desk.session.flush()
        assert unit.id is not None
        desk.record("unit", unit.id, "import", unit_id=unit.id, code=row.code, file=path.name)
    return {"added": added, "updated": len(rows) - added}


def import_people(desk: Desk, path: Path) -> dict[str, int]:
    """Add or update the people of a file; return {added, updated}.

    raises   InvalidInput naming every bad cell; nothing is written then
    """
    require_role(desk, KEEPERS, "导入人才库")
    people = desk.session.exec(select(Person).where(col(Person.office_id) == desk.office_id)).all()
    known = {person.code: person for person in people}
    rows = read_people(
        path,
        specialties=specialties_of(desk),
        roles=POOL_ROLES,
        check_email=check_address,
        known_units=tuple(unit.code for unit in units_of(desk)),
        pools=tuple(sorted(desk.rules.pools)),
        name=path.name,
    )
    added = 0
    for row in rows:
        person = known.get(row.code)
        if person is None:
            person = Person(office_id=desk.office_id, code=row.code, name=row.name, roles="")
            added += 1
        before = person.roles
        _fill_person(person, row)
        if before not in ("", person.roles):
            end_sessions_of_holder(desk, row.code, "职责变动")
        desk.session.add(person)
        desk.session.flush()
        assert person.id is not None
        desk.record("person", person.id, "import", code=row.code, file=path.name)
        for pool in row.pools:
            enter_by_import(desk, pool, person, row.until)
    return {"added": added, "updated": len(rows) - added}


def _fill_unit(unit: Unit, row: UnitRow) -> None:
    unit.name, unit.kinds, unit.parent_code = row.name, join(row.kinds), row.parent
    unit.liaison_name, unit.liaison_email = row.liaison, row.liaison_email
    unit.head_name, unit.head_email = row.head, row.head_email
    unit.leader_name, unit.leader_email = row.leader, row.leader_email
    # An old file without these two columns leaves what is known.
    unit.area, unit.functions = row.area or unit.area, join(row.functions) or unit.functions


def _fill_person(person: Person, row: PersonRow) -> None:
    person.name, person.unit_code, person.email = row.name, row.unit, row.email
    person.former_units, person.specialties = join(row.former_units), join(row.specialties)
    person.roles = join(row.roles)


def units_of(desk: Desk) -> list[Unit]:
    """Return every unit of the office, ended ones too."""
    return list(desk.session.exec(select(Unit).where(col(Unit.office_id) == desk.office_id)))


def kinds_of(desk: Desk) -> tuple[str, ...]:
    """Return the words for kinds of units that the catalogues know."""
    return _words(desk, "applies_to")


def specialties_of(desk: Desk) -> tuple[str, ...]:
    """Return the words for specialities that the catalogues know."""
    return _words(desk, "specialties")


def _words(desk: Desk, vocabulary: str) -> tuple[str, ...]:
    """Return the words of a vocabulary over all catalogues, in their order."""
    words: dict[str, None] = {}
    for catalog in desk.rules.catalogs.values():
        words.update(dict.fromkeys(getattr(catalog.vocabularies, vocabulary)))
    return tuple(words)
