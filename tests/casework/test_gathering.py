"""Rows of several tables in one query: as they are stored, with the values of this reader, on both databases."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from casework.desk import Desk
from casework.gathering import Gathering, Kept, Part, first_of, gather
from casework.todoparts import find_piles
from core.codes import Light
from models.base import table_of
from models.organisation import Unit
from models.rectification import Rectification, Rung
from models.task import Task
from tests import make
from tests.casework.conftest import OpenDesk

UNIT, CASE, RUNG = table_of(Unit), table_of(Rectification), table_of(Rung)


def named(code: str) -> Part:
    return Part("units", sa.select(UNIT.c.id, UNIT.c.code).where(UNIT.c.code == code))


def test_rows_come_back_as_they_are_stored_by_part_and_in_order(desk: Desk) -> None:
    case = make.make_finding_and_case(desk, make.make_campaign(desk), make.make_unit(desk), "C-1")
    for light, day in ((Light.RED, date(2026, 6, 4)), (Light.BLUE, date(2026, 5, 27))):
        make.make_rung(desk, case, light, day)
    newest = first_of(sa.select(RUNG), 1, RUNG.c.fired_on.desc())
    counted = sa.select(UNIT.c.id, sa.func.length(UNIT.c.code).label("letters"))
    found = gather(
        desk,
        Part("cases", sa.select(CASE)),
        Part("rungs", sa.select(RUNG), ("fired_on",)),
        Part("newest", newest),
        Part("counted", counted),
        Part("none", sa.select(UNIT.c.id).where(sa.false())),
    )

    stored = desk.session.connection().execute(sa.select(CASE)).one()._mapping
    assert [dict(row) for row in found["cases"]] == [dict(stored)]
    assert [row["fired_on"] for row in found["rungs"]] == [date(2026, 5, 27), date(2026, 6, 4)]
    assert [row["light"] for row in found["newest"]] == ["red"]
    assert [row["letters"] for row in found["counted"]] == [4]
    assert found["none"] == []


def test_a_gathering_takes_its_values_anew_each_time(desk: Desk) -> None:
    for code in ("D001", "D002"):
        make.make_unit(desk, code)
    wanted = Gathering(
        Part("units", sa.select(UNIT).where(UNIT.c.code == sa.bindparam("code", type_=sa.String)))
    )

    assert [[row["code"] for row in wanted.rows(desk, code=code)["units"]] for code in ("D002", "D001", "D9")] == [
        ["D002"], ["D001"], [],
    ]  # fmt: skip


def test_nothing_is_asked_for_where_no_part_is_wanted(desk: Desk) -> None:
    assert gather(desk) == {}


def test_kept_gatherings_are_told_apart_by_their_key_and_the_oldest_goes(desk: Desk) -> None:
    make.make_unit(desk, "D001")
    kept, asked = Kept(), []

    def parts(code: str) -> list[Part]:
        asked.append(code)
        return [named(code)]

    first = kept.take("a", lambda: parts("D001"))
    other = kept.take("b", lambda: parts("D002"))
    assert kept.take("a", lambda: parts("never")) is first
    assert [len(one.rows(desk)["units"]) for one in (first, other)] == [1, 0]

    for number in range(Kept.MOST - 1):
        kept.take(number, lambda: parts("D003"))
    assert kept.take("a", lambda: parts("never")) is first  # used last among the first two
    assert kept.take("b", lambda: parts("D004")) is not other
    assert (asked[:2], asked[-1], len(asked)) == (["D001", "D002"], "D004", Kept.MOST + 2)


def test_what_waits_today_is_that_of_whoever_asks(open_desk: OpenDesk) -> None:
    """Two officers and a leader ask one after the other, twice: none is shown the tasks of another."""
    days = (date(2026, 5, 1), date(2026, 6, 1), date(2026, 5, 1))
    with open_desk() as desk:
        for code, roles in (("P90", "officer"), ("P92", "officer"), ("P93", "leader")):
            make.make_person(desk, code, roles=roles)
            make.store(desk, Task(
                office_id=desk.office_id, key=f"of-{code}", kind="follow_up", subject="office", subject_id=1,
                owner=code, title=f"跟进{code}", role="officer", state="open", opened_on=desk.today,
            ))  # fmt: skip
    titles = []
    for code in ("P90", "P92", "P93", "P90", "P92"):
        with open_desk(by=code) as desk:
            titles.append([row["title"] for row in find_piles(desk, *days)["tasks"].rows])

    assert titles == [["跟进P90"], ["跟进P92"], ["跟进P93"], ["跟进P90"], ["跟进P92"]]
