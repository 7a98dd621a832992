"""What forms let people choose from: units, people who may be given work, items of the catalogues, files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlmodel import col, select

from casework.desk import Desk
from core.calendar.statutory import UNIT_LABELS
from core.errors import InvalidInput, NotFound
from core.rulebook.clocks import ClockFile, find_clock
from models.organisation import Person, Unit

Options = tuple[tuple[str, str], ...]


def unit_options(desk: Desk) -> Options:
    """Return (code, name) of the units that stand today, by code; one query."""
    query = select(Unit.code, Unit.name).where(
        col(Unit.office_id) == desk.office_id,
        (col(Unit.valid_until).is_(None)) | (col(Unit.valid_until) >= desk.today),
    )
    return tuple((code, name) for code, name in desk.session.exec(query.order_by(col(Unit.code))))


def people_options(desk: Desk) -> Options:
    """Return (code, name) of the posts of the office and of the people of the pool; one query."""
    posts = [(code, one.name) for code, one in desk.office_rules.leaders.items()]
    query = select(Person.code, Person.name).where(col(Person.office_id) == desk.office_id)
    people = [(code, name) for code, name in desk.session.exec(query.order_by(col(Person.code)))]
    return (*people, *posts)


def item_options(desk: Desk) -> Options:
    """Return (id, title) of the items of the catalogues in use."""
    found = {item.id: item.title for catalog in desk.rules.catalogs.values() for item in catalog.items}
    return tuple(found.items())


def clock_options(clocks: Mapping[str, ClockFile], codes: Iterable[str]) -> Options:
    """Return (code, name) of statutory clocks, in the order given."""
    return tuple((code, find_clock(clocks, code).matter) for code in dict.fromkeys(codes))


def variant_options(clocks: Mapping[str, ClockFile], codes: Iterable[str]) -> Options:
    """Return (code, name) of the other lengths of statutory clocks, each code once: 紧急情形（15日）."""
    rules = [find_clock(clocks, code) for code in dict.fromkeys(codes)]
    lengths = [one for rule in rules for one in rule.variants]
    return tuple({one.code: f"{one.name}（{one.count}{UNIT_LABELS[one.unit]}）" for one in lengths}.items())


def unit_code(desk: Desk, text: str) -> str:
    """Return the code of the unit that somebody picked or typed: `D001`, `D001 县教育局` or its name.

    raises   NotFound when there is none; InvalidInput when the name is that of several
    """
    said = text.strip()
    if not said:
        return ""
    query = select(Unit.code).where(col(Unit.office_id) == desk.office_id)
    first = said.split(maxsplit=1)[0]
    for condition in (col(Unit.code) == first, col(Unit.name) == said):
        found = list(desk.session.exec(query.where(condition)))
        if len(found) == 1:
            return found[0]
        if found:
            raise InvalidInput(
                "同名单位不止一个", found=said, expected="单位编码", remedy="从列出的单位中选择"
            )
    raise NotFound("没有这个单位", found=said[:60], expected="列出的单位", remedy="从列出的单位中选择")
