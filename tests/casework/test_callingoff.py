"""A campaign that is called off before it opens leaves no visit, no draft and no open task behind."""

from __future__ import annotations

from datetime import date

import pytest
from sqlmodel import col, select

from casework.desk import Desk
from casework.inspection.callingoff import call_off_campaign
from casework.inspection.campaigns import approve_campaign, find_campaign, open_campaign
from casework.inspection.milestones import watch_milestones
from casework.inspection.occurrences import skip_occurrence, start_occurrence
from casework.inspection.scopechanges import list_scope_changes, request_scope_change
from casework.staff.upcoming import visits_to_come
from casework.upkeep.doctor import examine
from core.campaign.scope import ScopeWish
from core.errors import IllegalMove, InvalidInput, NotAllowed
from models.campaign import VisitMember
from models.organisation import Person
from models.task import Task
from tests import make
from tests.casework.conftest import OpenDesk
from tests.casework.scene import APPROVED, CODE, OPENED, PLANNED, Scene

LATER = date(2026, 3, 2)
ROVING = "monthly_roving"
WHY = "与上级督察重复，并入上级安排"


def approved(scene: Scene, open_desk: OpenDesk) -> None:
    scene.settle()
    scene.plan()
    with open_desk(by="L-DIRECTOR", today=APPROVED) as desk:
        approve_campaign(desk, CODE, scene.file())


def call_off(open_desk: OpenDesk, by: str = "L-DIRECTOR", reason: str = WHY, on: date = APPROVED) -> None:
    with open_desk(by=by, today=on) as desk:
        call_off_campaign(desk, CODE, reason)


def test_a_campaign_that_is_called_off_leaves_nothing_to_do(scene: Scene, open_desk: OpenDesk) -> None:
    approved(scene, open_desk)
    with open_desk(by="P90", today=APPROVED) as desk:
        request_scope_change(desk, CODE, ScopeWish(drop_units=("T001",)), "调整")
    with open_desk(today=LATER) as desk:
        assert watch_milestones(desk)["late"] == 1
    call_off(open_desk, on=LATER)

    assert scene.visits() == []
    assert scene.rows(select(VisitMember)) == []
    assert [task.state for task in scene.rows(select(Task).where(col(Task.kind) == "milestone"))] == ["done"]
    with open_desk(by="P90", today=LATER) as desk:
        assert find_campaign(desk, CODE).state == "called_off"
        assert [change["state"] for change in list_scope_changes(desk, CODE)] == ["withdrawn"]
        assert watch_milestones(desk) == {"late": 0, "tasks": 0}
        assert busy(desk) == []
        assert [one.id for one in examine(desk).invariants if one.broken] == []


def busy(desk: Desk) -> list[str]:
    """Return who still has a visit before them."""
    return [one.code for one in desk.session.exec(select(Person)) if visits_to_come(desk, one.id or 0)]


def test_only_a_director_calls_off_and_says_why(scene: Scene, open_desk: OpenDesk) -> None:
    scene.settle()
    scene.plan()
    with pytest.raises(NotAllowed):
        call_off(open_desk, by="P90")
    with pytest.raises(InvalidInput, match="理由"):
        call_off(open_desk, reason=" ")
    assert len(scene.visits()) == 2
    call_off(open_desk)
    with pytest.raises(IllegalMove):
        call_off(open_desk)
    with pytest.raises(IllegalMove), open_desk(by="P90", today=OPENED) as desk:
        open_campaign(desk, CODE)


def test_a_campaign_under_way_is_not_called_off(scene: Scene, open_desk: OpenDesk) -> None:
    scene.start()
    with pytest.raises(IllegalMove) as refused:
        call_off(open_desk, on=OPENED)
    assert refused.value.allowed == ("close",)


def test_an_occurrence_whose_campaign_was_called_off_may_be_passed_over(
    scene: Scene, open_desk: OpenDesk
) -> None:
    scene.settle()
    on = date(2026, 4, 1)
    with open_desk(today=PLANNED) as desk:
        desk.record(
            "office", desk.office_id, "note"
        )  # the first day of its records: what came due before is not its
        for code in ("D002", "D003"):
            make.make_unit(desk, code, kinds="政府部门、行政执法机关")
    with open_desk(by="P90", today=on) as desk:
        code = start_occurrence(desk, ROVING, "2026-03")[1].code
    with open_desk(by="L-DIRECTOR", today=on) as desk:
        call_off_campaign(desk, code, WHY)
        assert skip_occurrence(desk, ROVING, "2026-03", WHY).state == "skipped"
