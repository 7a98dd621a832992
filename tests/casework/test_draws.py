"""Random draws: recorded with population and seed, done again by anybody, never by a unit, and tampering shows."""

from __future__ import annotations

import re
from datetime import date

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from casework.staff.drawing import Scope, list_draws, make_draw, verify_draw
from casework.upkeep.doctor import examine
from core.errors import InvalidInput, NotAllowed, NotFound
from core.staffing.drawing import draw
from models.base import table_of
from models.organisation import Unit
from models.pool import Draw
from tests import make
from tests.casework.conftest import OpenDesk
from tests.casework.scene import CODE, Scene

TODAY = date(2026, 6, 30)


def settle_many(scene: Scene, open_desk: OpenDesk) -> None:
    scene.settle()
    with open_desk(today=TODAY) as desk:
        for number in range(2, 21):
            make.make_unit(desk, f"D{number:03}", kinds="政府部门")


def test_a_draw_is_recorded_and_comes_out_the_same_again(scene: Scene, open_desk: OpenDesk) -> None:
    settle_many(scene, open_desk)
    with open_desk(by="P90", today=TODAY) as desk:
        row = make_draw(
            desk, "units", 3, "三季度抽查", Scope(kinds=("政府部门",), leave_out=("D002",)), "1357 2468"
        )
        population = sorted({"D001", *(f"D{n:03}" for n in range(3, 21))})
        assert row.population.split("\n") == population
        assert tuple(row.picked.split("\n")) == draw(population, 3, "1357 2468")
        assert row.scope == "类别：政府部门；不参加抽取：D002"
        number = row.id or 0
    with open_desk(readonly=True, today=TODAY) as desk:
        again = verify_draw(desk, number)
        assert (again["ok"], again["population"], again["seed"]) == (True, 19, "1357 2468")
        assert [one["id"] for one in list_draws(desk)] == [number]
    assert scene.told("draw", number) == ["draw"]


def test_units_that_have_ended_are_not_drawn(scene: Scene, open_desk: OpenDesk) -> None:
    settle_many(scene, open_desk)
    with open_desk(by="P90", today=TODAY) as desk:
        gone = desk.session.exec(select(Unit).where(col(Unit.code) == "D003")).one()
        gone.valid_until = date(2026, 5, 31)
        row = make_draw(desk, "units", 5, "抽查", Scope(), "7")
        assert "D003" not in row.population.split("\n")


def test_a_seed_that_nobody_gave_is_made_by_chance_and_kept(scene: Scene, open_desk: OpenDesk) -> None:
    settle_many(scene, open_desk)
    with open_desk(by="P90", today=TODAY) as desk:
        seeds = {make_draw(desk, "units", 3, "抽查", Scope()).seed for _ in range(3)}
    assert len(seeds) == 3
    assert all(re.fullmatch("[0-9a-f]{16}", seed) for seed in seeds)


def test_cases_items_and_people_are_drawn_too(scene: Scene, open_desk: OpenDesk) -> None:
    codes = scene.notify(("D001", "E24", "major"), ("T001", "E24", "minor"))
    with open_desk(by="P90", today=TODAY) as desk:
        cases = make_draw(
            desk, "cases", 1, "回头看", Scope(campaign=CODE, state=scene.case(codes[0]).state), "7"
        )
        assert set(cases.population.split("\n")) == set(codes)
        items = make_draw(desk, "items", 4, "专项", Scope(catalog="fazhi-ducha-46"), "7")
        assert len(items.population.split("\n")) == 46
        people = make_draw(desk, "people", 2, "双随机", Scope(), "7")
        assert people.population.split("\n") == ["P01", "P02", "P03", "P04"]
        with pytest.raises(InvalidInput, match="抽取范围0个"):
            make_draw(desk, "cases", 1, "回头看", Scope(campaign=CODE, state="closed"), "7")


def test_a_draw_without_purpose_by_a_unit_or_unknown_is_refused(scene: Scene, open_desk: OpenDesk) -> None:
    settle_many(scene, open_desk)
    with open_desk(by="P90", today=TODAY) as desk:
        with pytest.raises(InvalidInput, match="用途"):
            make_draw(desk, "units", 1, " ", Scope(), "7")
        with pytest.raises(InvalidInput, match="国家秘密"):
            make_draw(desk, "units", 1, "机密★抽查", Scope(), "7")
        with pytest.raises(NotFound):
            verify_draw(desk, 99)
    with open_desk(by="D001:liaison", today=TODAY) as desk:
        with pytest.raises(NotAllowed):
            make_draw(desk, "units", 1, "抽查", Scope(), "7")
        with pytest.raises(NotAllowed):
            list_draws(desk)
    assert scene.rows(select(Draw)) == []


@pytest.mark.parametrize("changed", [{"picked": "D001"}, {"seed": "8"}, {"population": "D001\nD002"}])
def test_a_draw_that_was_tampered_with_is_found_out(
    scene: Scene, open_desk: OpenDesk, changed: dict[str, str]
) -> None:
    settle_many(scene, open_desk)
    with open_desk(by="P90", today=TODAY) as desk:
        number = make_draw(desk, "units", 1, "抽查", Scope(kinds=("政府部门",)), "7").id or 0
        picked = verify_draw(desk, number)["picked"]
    assert picked != ["D001"]
    with open_desk(today=TODAY) as desk:
        desk.session.connection().execute(sa.update(table_of(Draw)).values(**changed))
    with open_desk(readonly=True, today=TODAY) as desk:
        assert verify_draw(desk, number)["ok"] is False
        assert {one.id: one.broken for one in examine(desk).invariants}["INV-17"] == 1
