"""Reading ahead: acts on many cases in one block do what they do one by one, with questions that do not grow."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from casework.ahead import ahead_of, covering
from casework.desk import Desk
from casework.rectification.cases import act_on_case, acting_on
from core.errors import IllegalMove, NotFound
from models.audit import history_of
from models.handling import Measure, RectificationPlan, Verification
from models.rectification import Evidence
from tests.casework.scene import Scene

MAJOR = ("D001", "E24", "major")
DAY = date(2026, 4, 20)
UNIT, OFFICER = "D001:liaison", "P90"


def lead_to_verified(scene: Scene, codes: list[str]) -> None:
    """Bring cases from their notice to their verification, all of them in one block a step."""
    steps: tuple[tuple[str, str, dict[str, str]], ...] = (
        ("submit_plan", UNIT, {"measures": "修订制度｜法规股；逐项整改"}),
        ("approve_plan", OFFICER, {}),
        ("apply_closure", UNIT, {"done": "all"}),
        ("verify", "P05", {"verdict": "passed"}),
    )
    for act, by, values in steps:
        files = (scene.file(),) if act == "apply_closure" else ()
        with scene.open_desk(by=by, today=DAY) as desk, acting_on(desk, codes):
            for code in codes:
                act_on_case(desk, code, act, note="已到位", files=files, values=values)


def told(scene: Scene, code: str) -> list[tuple[str, str, str, str, str]]:
    """Return the history of a case without what is only its own."""
    with scene.open_desk(readonly=True) as desk:
        return [
            (one.actor, one.act, one.from_state, one.to_state, one.detail.replace(code, "…"))
            for one in history_of(desk.session, desk.office_id, "case", [scene.case(code).id])
        ]


def test_acts_in_one_block_leave_what_the_same_acts_leave_one_by_one(scene: Scene) -> None:
    first, *others = scene.notify(MAJOR, MAJOR, MAJOR)
    lead_to_verified(scene, [first])
    lead_to_verified(scene, others)
    assert {scene.case(code).state for code in (first, *others)} == {"verified"}
    assert all(told(scene, code)[1:] == told(scene, first)[1:] for code in others)
    plans = scene.rows(select(RectificationPlan))
    assert {(one.version, one.state) for one in plans} == {(1, "approved")}
    files = scene.rows(select(Evidence).where(col(Evidence.subject) == "case"))
    assert len(plans) == len(scene.rows(select(Verification))) == len(files) == 3
    assert all(one.done_on == DAY for one in scene.rows(select(Measure)))


def test_questions_do_not_grow_with_the_cases(scene: Scene, engine: sa.Engine) -> None:
    codes = scene.notify(*[MAJOR] * 6)
    for code in codes:
        scene.act(code, "submit_plan", UNIT, DAY, measures="逐项整改")

    def asked(some: list[str]) -> int:
        seen: list[str] = []

        def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
            seen.append(statement)

        with scene.open_desk(by=OFFICER, today=DAY) as desk:
            sa.event.listen(engine, "before_cursor_execute", note)
            with acting_on(desk, some):
                for code in some:
                    act_on_case(desk, code, "approve_plan")
            sa.event.remove(engine, "before_cursor_execute", note)
        return len([one for one in seen if one.startswith("SELECT") and "FOR UPDATE" not in one])

    assert asked(codes[:2]) == asked(codes[2:])


def test_what_one_act_writes_the_next_one_in_the_block_sees(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR)
    with scene.open_desk(by=UNIT, today=DAY) as desk, acting_on(desk, [code]):
        for text in ("第一稿", "第二稿"):
            act_on_case(desk, code, "submit_plan", values={"measures": text})
    plans = scene.rows(select(RectificationPlan).order_by(col(RectificationPlan.version)))
    assert [(one.version, one.state) for one in plans] == [(1, "replaced"), (2, "submitted")]


def test_a_number_that_no_case_has_is_told_by_the_act_on_it(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR)
    nobody = "2026-ZH-01-X"
    with scene.open_desk(by="L-DIRECTOR", today=DAY) as desk:
        block = acting_on(desk, [code, nobody])
        with block, pytest.raises(NotFound, match=nobody):
            act_on_case(desk, nobody, "withdraw", note="误报")


def plan_one_and_apply_for_another(scene: Scene, first: str, second: str, seen: list[Desk]) -> None:
    """Act on two cases in one block; the second act is refused."""
    with scene.open_desk(by=UNIT, today=DAY) as desk, acting_on(desk, [first, second]):
        seen.append(desk)
        case = act_on_case(desk, first, "submit_plan", values={"measures": "逐项整改"})
        assert covering(desk, case.id) is not None
        act_on_case(desk, second, "apply_closure", values={"done": "all"})


def test_a_refused_act_leaves_nothing_ahead_and_nothing_written(scene: Scene) -> None:
    first, second = scene.notify(MAJOR, MAJOR)
    seen: list[Desk] = []
    with pytest.raises(IllegalMove):
        plan_one_and_apply_for_another(scene, first, second, seen)
    assert ahead_of(seen[0]) is None
    assert scene.case(first).state == "open"
    assert scene.rows(select(RectificationPlan)) == []
