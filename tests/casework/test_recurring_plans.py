"""Recurring plans: due is computed, an occurrence starts once, and becomes the plan of a campaign."""

from __future__ import annotations

from datetime import date
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from casework.inspection.campaigns import approve_campaign, close_campaign, open_campaign, plan_of
from casework.inspection.occurrences import (
    due_occurrences,
    finish_occurrence,
    skip_occurrence,
    start_occurrence,
    watch_occurrences,
)
from casework.inspection.occurrenceviews import list_plans
from casework.upkeep.doctor import examine
from core.errors import DuchaError, IllegalMove, InvalidInput, NotAllowed, NotFound, Refused
from models.campaign import Campaign
from models.plan import Occurrence
from models.task import Task
from tests import make
from tests.casework.conftest import OpenDesk
from tests.casework.scene import Scene

BEGUN = date(2026, 2, 10)
ROVING, SERVICE = "monthly_roving", "unannounced_service"


def ready(open_desk: OpenDesk, scene: Scene) -> None:
    """Settle the county with three enforcement bodies, on the first day of its records."""
    scene.settle()
    with open_desk(today=BEGUN) as desk:
        for code in ("D002", "D003"):
            make.make_unit(desk, code, kinds="政府部门、行政执法机关")
        desk.record("office", desk.office_id, "note")


def due(open_desk: OpenDesk, on: date, plan: str = ROVING) -> list[tuple[str, str]]:
    with open_desk(today=on, readonly=True) as desk:
        return [(one.due.period, one.due.due_on.isoformat()) for one in due_occurrences(desk, plan=plan)]


def start(open_desk: OpenDesk, period: str, on: date, plan: str = ROVING) -> str:
    with open_desk(by="P90", today=on) as desk:
        return start_occurrence(desk, plan, period)[1].code


def test_what_is_due_is_computed_and_nothing_is_written_for_it(scene: Scene, open_desk: OpenDesk) -> None:
    ready(open_desk, scene)
    assert due(open_desk, date(2026, 3, 4)) == []
    assert due(open_desk, date(2026, 5, 10)) == [
        ("2026-03", "2026-03-05"),
        ("2026-04", "2026-04-07"),
        ("2026-05", "2026-05-06"),
    ]
    assert scene.rows(select(Occurrence)) == []


def test_what_came_due_before_the_office_began_is_not_its_own(scene: Scene, open_desk: OpenDesk) -> None:
    with open_desk(today=date(2026, 4, 20)) as desk:
        desk.record("office", desk.office_id, "note")
    assert due(open_desk, date(2026, 5, 10)) == [("2026-05", "2026-05-06")]


def test_a_start_makes_the_plan_of_a_campaign_with_its_theme_and_the_units_whose_turn_it_is(
    scene: Scene, open_desk: OpenDesk
) -> None:
    ready(open_desk, scene)
    assert start(open_desk, "2026-03", date(2026, 3, 3)) == "XH-2026-03"
    assert start(open_desk, "2026-04", date(2026, 4, 1)) == "XH-2026-04"
    first, second = scene.rows(select(Campaign).order_by(col(Campaign.code)))
    assert first.title == "2026年3月行政执法巡回监督（行政处罚案卷）"
    assert second.title == "2026年4月行政执法巡回监督（行政许可办理）"
    assert (first.kind, first.line, first.state, first.period_from) == (
        "roving",
        "enforcement",
        "planned",
        date(2026, 3, 5),
    )
    assert [plan_of(one).units for one in (first, second)] == [("D001", "D002"), ("D001", "D003")]
    assert {visit.monthly for visit in scene.visits()} == {"roving/2026-03", "roving/2026-04"}
    assert due(open_desk, date(2026, 5, 10)) == [("2026-05", "2026-05-06")]
    with open_desk(by="P90", today=date(2026, 5, 10), readonly=True) as desk:
        told = next(row for row in list_plans(desk) if row["code"] == ROVING)
    occurrences = told["occurrences"]
    assert isinstance(occurrences, list)
    assert [(one["period"], one["campaign"]) for one in occurrences] == [
        ("2026-03", "XH-2026-03"),
        ("2026-04", "XH-2026-04"),
    ]


def test_an_occurrence_starts_once(scene: Scene, open_desk: OpenDesk) -> None:
    ready(open_desk, scene)
    start(open_desk, "2026-03", date(2026, 3, 5))
    with pytest.raises(Refused, match="已经编制"):
        start(open_desk, "2026-03", date(2026, 3, 6))
    with pytest.raises(NotFound, match="没有这一期"):
        start(open_desk, "2026-13", date(2026, 3, 6))
    with pytest.raises(NotFound, match="没有这个周期计划"):
        start(open_desk, "2026-03", date(2026, 3, 6), "weekly")
    assert len(scene.rows(select(Campaign))) == len(scene.rows(select(Occurrence))) == 1
    (row,) = scene.rows(select(Occurrence))
    twin = Occurrence(**row.model_dump(exclude={"id", "campaign_id"}))
    with pytest.raises(IntegrityError), open_desk(today=date(2026, 3, 6)) as desk:
        desk.session.add(twin)


def test_of_two_starts_at_once_one_is_refused(scene: Scene, open_desk: OpenDesk, engine: sa.Engine) -> None:
    ready(open_desk, scene)
    gate, said = Barrier(2), list[str]()

    def begin() -> None:
        gate.wait()
        try:
            start(open_desk, "2026-03", date(2026, 3, 5))
            said.append("started")
        except DuchaError as error:
            said.append(error.what)

    threads = [Thread(target=begin) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["started", "这一期已经编制或决定不开展"]
    assert len(scene.rows(select(Occurrence))) == len(scene.rows(select(Campaign))) == 1


def test_a_plan_from_completion_waits_for_the_last_one_to_be_finished(
    scene: Scene, open_desk: OpenDesk
) -> None:
    ready(open_desk, scene)
    assert due(open_desk, date(2026, 12, 31), SERVICE) == [("2026-05-11", "2026-05-11")]
    code = start(open_desk, "2026-05-11", date(2026, 5, 11), SERVICE)
    assert due(open_desk, date(2027, 12, 31), SERVICE) == []
    with open_desk(by="L-DIRECTOR", today=date(2026, 5, 12)) as desk:
        approve_campaign(desk, code, scene.file())
    with open_desk(by="P90", today=date(2026, 5, 12)) as desk:
        open_campaign(desk, code)
    assert scene.documents() == []
    with open_desk(by="L-DIRECTOR", today=date(2026, 6, 15)) as desk:
        close_campaign(desk, code)
    (row,) = scene.rows(select(Occurrence))
    assert (row.state, row.ended_on, row.ended_by) == ("done", date(2026, 6, 15), "L-DIRECTOR")
    assert due(open_desk, date(2026, 12, 31), SERVICE) == [("2026-12-15", "2026-12-15")]
    with open_desk(today=date(2026, 6, 16)) as desk:
        assert [
            broken for one in examine(desk).invariants if one.id != "INV-1" for broken in one.examples
        ] == []


def test_an_occurrence_is_passed_over_by_a_director_with_a_reason(scene: Scene, open_desk: OpenDesk) -> None:
    ready(open_desk, scene)
    on = date(2026, 4, 1)
    with pytest.raises(NotAllowed), open_desk(by="P90", today=on) as desk:
        skip_occurrence(desk, ROVING, "2026-04", "集中整治期间暂停")
    with pytest.raises(InvalidInput, match="理由"), open_desk(by="L-DIRECTOR", today=on) as desk:
        skip_occurrence(desk, ROVING, "2026-04", "")
    with open_desk(by="L-DIRECTOR", today=on) as desk:
        skip_occurrence(desk, ROVING, "2026-04", "集中整治期间暂停")
    with pytest.raises(Refused, match="决定不开展"):
        start(open_desk, "2026-04", on)
    with pytest.raises(IllegalMove), open_desk(by="L-DIRECTOR", today=on) as desk:
        skip_occurrence(desk, ROVING, "2026-04", "再次")
    code = start(open_desk, "2026-03", on)
    with open_desk(by="L-DIRECTOR", today=on) as desk:
        approve_campaign(desk, code, scene.file())
    with pytest.raises(Refused, match="已经批准"), open_desk(by="L-DIRECTOR", today=on) as desk:
        skip_occurrence(desk, ROVING, "2026-03", "不办了")
    with open_desk(by="P90", today=on) as desk:
        finish_occurrence(desk, ROVING, "2026-03", on)
    with open_desk(today=on) as desk:
        assert [
            broken for one in examine(desk).invariants if one.id != "INV-1" for broken in one.examples
        ] == []


def test_a_due_occurrence_opens_one_task_which_the_start_settles(scene: Scene, open_desk: OpenDesk) -> None:
    ready(open_desk, scene)
    with open_desk(today=date(2026, 2, 25)) as desk:  # five working days before the fifth
        assert watch_occurrences(desk) == {"due": 0, "tasks": 0}
    for _ in range(2):
        with open_desk(today=date(2026, 2, 27)) as desk:
            watch_occurrences(desk)
    (task,) = scene.rows(select(Task))
    assert (task.title, task.role, task.due_on, task.state) == (
        "编制2026年3月行政执法巡回监督（行政处罚案卷）",
        "officer",
        date(2026, 3, 5),
        "open",
    )
    start(open_desk, "2026-03", date(2026, 3, 2))
    (task,) = scene.rows(select(Task))
    assert (task.state, task.note) == ("done", "已编制批次 XH-2026-03")
