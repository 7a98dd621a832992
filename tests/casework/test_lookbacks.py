"""Look-backs: dated by the watch where the colour asks for it, drawn by quarter for the others, due ones are tasks."""

from __future__ import annotations

from datetime import date

import pytest
from sqlmodel import col, select

from casework.rectification.lookbacks import date_look_back, draw_look_backs, list_look_backs
from casework.staff.drawing import verify_draw
from casework.tasks import list_tasks
from casework.watching import watch_over
from core.codes import Light
from core.errors import InvalidInput, NotAllowed, Refused
from models.pool import Draw
from models.rectification import Rectification
from tests.casework.conftest import OpenDesk
from tests.casework.scene import Scene

CLOSED, WATCHED = date(2026, 4, 20), date(2026, 4, 21)
QUARTER_OVER = date(2026, 7, 1)
FOUND = (
    ("D001", "E24", "minor"),
    ("D001", "F27", "minor"),
    ("D001", "E23", "minor"),
    ("T001", "E24", "minor"),
)


def closed(scene: Scene, *lights: Light) -> list[str]:
    """Close as many cases as there are lights, each with its highest light."""
    codes = scene.notify(*FOUND[: len(lights)])
    for code, light in zip(codes, lights, strict=True):
        with scene.open_desk(today=CLOSED) as desk:
            case = desk.session.get_one(Rectification, scene.case(code).id)
            case.state, case.highest_light, case.closed_on = (
                "closed",
                light.value,
                CLOSED,
            )  # as if closed by acts
            case.next_due_on = None
    return codes


def watch(open_desk: OpenDesk, today: date) -> object:
    with open_desk(today=today) as desk:
        return watch_over(desk)["look_backs"]


def test_a_case_that_was_red_is_dated_by_the_watch_on_the_last_day_of_its_observation(scene: Scene) -> None:
    red, blue = closed(scene, Light.RED, Light.BLUE)
    assert watch(scene.open_desk, WATCHED) == {"dated": 1, "waiting": 0, "due": 0, "to_draw": 0}
    assert watch(scene.open_desk, WATCHED) == {"dated": 0, "waiting": 0, "due": 0, "to_draw": 0}
    case = scene.case(red)
    with scene.open_desk(readonly=True) as desk:
        assert case.look_back_on == desk.calendar.after(CLOSED, 60)
    assert (case.state, scene.case(blue).state) == ("look_back", "closed")


def test_a_leader_moves_the_day_with_a_reason(scene: Scene) -> None:
    (code,) = closed(scene, Light.BLACK)
    watch(scene.open_desk, WATCHED)
    with pytest.raises(InvalidInput, match="理由"), scene.open_desk(by="L-DIRECTOR", today=WATCHED) as desk:
        date_look_back(desk, code, date(2026, 5, 20))
    with scene.open_desk(by="L-DIRECTOR", today=WATCHED) as desk:
        date_look_back(desk, code, date(2026, 5, 20), "提前检查")
    assert scene.case(code).look_back_on == date(2026, 5, 20)


def test_a_look_back_that_is_near_becomes_a_task_of_a_verifier_and_ends_with_it(scene: Scene) -> None:
    (code,) = closed(scene, Light.RED)
    with scene.open_desk(by="L-DIRECTOR", today=CLOSED) as desk:
        date_look_back(desk, code, date(2026, 5, 20))
    assert watch(scene.open_desk, date(2026, 5, 12)) == {"dated": 0, "waiting": 0, "due": 0, "to_draw": 0}
    assert watch(scene.open_desk, date(2026, 5, 13)) == {"dated": 0, "waiting": 0, "due": 1, "to_draw": 0}
    with scene.open_desk(by="P90", today=date(2026, 5, 13)) as desk:
        (task,) = [one for one in list_tasks(desk) if one.kind == "look_back"]
        assert (task.role, task.due_on) == ("verifier", date(2026, 5, 20))
    scene.act(code, "look_back", "P06", date(2026, 5, 20), verdict="held")
    with scene.open_desk(by="P90", today=date(2026, 5, 20)) as desk:
        assert [one for one in list_tasks(desk) if one.kind == "look_back"] == []


def test_a_task_whose_day_was_moved_is_replaced(scene: Scene) -> None:
    (code,) = closed(scene, Light.RED)
    with scene.open_desk(by="L-DIRECTOR", today=CLOSED) as desk:
        date_look_back(desk, code, date(2026, 5, 20))
    watch(scene.open_desk, date(2026, 5, 15))
    with scene.open_desk(by="L-DIRECTOR", today=date(2026, 5, 18)) as desk:
        date_look_back(desk, code, date(2026, 6, 30), "单位搬迁")
    watch(scene.open_desk, date(2026, 5, 19))
    with scene.open_desk(by="P90", today=date(2026, 5, 19)) as desk:
        assert [one for one in list_tasks(desk) if one.kind == "look_back"] == []


def test_a_quarter_is_drawn_once_when_it_is_over_and_the_drawn_are_dated(scene: Scene) -> None:
    codes = closed(scene, Light.NONE, Light.BLUE, Light.YELLOW, Light.RED)
    watch(scene.open_desk, WATCHED)
    with pytest.raises(Refused, match="尚未结束"), scene.open_desk(by="P90", today=date(2026, 6, 30)) as desk:
        draw_look_backs(desk, "2026Q2")
    found = watch(scene.open_desk, QUARTER_OVER)
    assert isinstance(found, dict)
    assert found["to_draw"] == 1
    with scene.open_desk(by="P90", today=QUARTER_OVER) as desk:
        (draw,) = draw_look_backs(desk, "2026Q2", "20260701")
        assert verify_draw(desk, draw.id or 0)["ok"]
        assert [one for one in list_tasks(desk) if one.kind == "look_back_draw"] == []
    (row,) = scene.rows(select(Draw).order_by(col(Draw.id)))
    assert row.population.split("\n") == sorted(codes[:3])
    picked = row.picked.split("\n")
    assert len(picked) == 1  # a fifth of three, never less
    assert scene.case(picked[0]).state == "look_back"
    with pytest.raises(Refused, match="已经抽取"), scene.open_desk(by="P90", today=QUARTER_OVER) as desk:
        draw_look_backs(desk, "2026Q2", "another")


def test_a_task_to_draw_ends_when_there_is_nothing_left_to_draw(scene: Scene) -> None:
    (code,) = closed(scene, Light.BLUE)
    watch(scene.open_desk, QUARTER_OVER)
    with scene.open_desk(by="L-DIRECTOR", today=QUARTER_OVER) as desk:
        assert [one.key for one in list_tasks(desk) if one.kind == "look_back_draw"] == [
            "look_back_draw:2026Q2"
        ]
        date_look_back(desk, code, date(2026, 12, 1), "群众多次反映，直接安排")
    watch(scene.open_desk, date(2026, 7, 2))
    with scene.open_desk(by="P90", today=date(2026, 7, 2)) as desk:
        assert [one for one in list_tasks(desk) if one.kind == "look_back_draw"] == []
    with (
        pytest.raises(Refused, match="没有可抽取"),
        scene.open_desk(by="P90", today=date(2026, 7, 2)) as desk,
    ):
        draw_look_backs(desk, "2026Q2")


def test_the_list_says_where_each_stands(scene: Scene) -> None:
    red, blue = closed(scene, Light.RED, Light.BLUE)
    for day, expected in (
        (CLOSED, {red: "undated", blue: "undrawn"}),
        (date(2026, 12, 1), {red: "overdue", blue: "observed"}),
    ):
        if day != CLOSED:
            watch(scene.open_desk, WATCHED)
        with scene.open_desk(by="P90", today=day) as desk:
            assert {row["id"]: row["status"] for row in list_look_backs(desk)} == expected
    with scene.open_desk(by="T001:liaison", today=CLOSED) as desk:
        assert list(list_look_backs(desk)) == []


def test_only_officers_and_the_director_draw(scene: Scene) -> None:
    closed(scene, Light.BLUE)
    with pytest.raises(NotAllowed), scene.open_desk(by="P05", today=QUARTER_OVER) as desk:
        draw_look_backs(desk, "2026Q2")
    with pytest.raises(InvalidInput), scene.open_desk(by="P90", today=QUARTER_OVER) as desk:
        draw_look_backs(desk, "2026年二季度")
