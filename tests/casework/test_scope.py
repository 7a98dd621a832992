"""A change of scope: asked for, decided by another, carried out on visits that were not held; the old scope stays."""

from __future__ import annotations

import json
from datetime import date

import pytest
from sqlmodel import col, select

from casework.inspection.campaigns import approve_campaign, plan_of
from casework.inspection.scopechanges import (
    approve_scope_change,
    list_scope_changes,
    refuse_scope_change,
    request_scope_change,
    withdraw_scope_change,
)
from casework.rulesets.library import frozen_rules
from casework.staff.people import split
from casework.upkeep.doctor import examine
from core.campaign.scope import ScopeWish
from core.errors import IllegalMove, InvalidInput, NotAllowed, NotFound, Refused
from models.campaign import Visit, VisitMember
from models.document import Document
from models.inquiry import Inquiry
from models.organisation import Unit
from models.plan import Milestone, ScopeChange
from models.task import Task
from tests import make
from tests.casework.conftest import OpenDesk
from tests.casework.scene import APPROVED, CODE, OPENED, PLAN, PLANNED, Scene

ASKED, DECIDED = date(2026, 2, 25), date(2026, 2, 26)


def ask(open_desk: OpenDesk, wish: ScopeWish, reason: str = "新增上级交办事项") -> None:
    with open_desk(by="P90", today=ASKED) as desk:
        request_scope_change(desk, CODE, wish, reason)


def approve(open_desk: OpenDesk, scene: Scene, on: date = DECIDED) -> None:
    with open_desk(by="L-DIRECTOR", today=on) as desk:
        approve_scope_change(desk, CODE, file=scene.file("签批.pdf"))


def third_unit(open_desk: OpenDesk) -> None:
    with open_desk(today=PLANNED) as desk:
        make.make_unit(desk, "D002", kinds="政府部门、行政执法机关", liaison_email="l.d002@shilixian.example")


def units(scene: Scene) -> dict[str, Visit]:
    rows = scene.rows(select(Unit.code, Visit).where(col(Visit.unit_id) == col(Unit.id)))
    return dict(rows)


def broken(open_desk: OpenDesk) -> list[str]:
    with open_desk(today=date(2026, 6, 30)) as desk:
        return [
            f"{one.id} {said}"
            for one in examine(desk).invariants
            if one.id != "INV-1"
            for said in one.examples
        ]


def test_a_unit_comes_and_another_goes_and_the_old_scope_is_kept(scene: Scene, open_desk: OpenDesk) -> None:
    scene.start()
    third_unit(open_desk)
    before = units(scene)
    ask(open_desk, ScopeWish(add_units=("D002",), drop_units=("T001",)))
    assert units(scene).keys() == {"D001", "T001"}  # nothing changes before the decision
    approve(open_desk, scene)
    after = units(scene)
    assert after.keys() == {"D001", "D002"}
    assert after["D001"] == before["D001"]
    assert DECIDED < after["D002"].from_on <= date(2026, 3, 31)
    (row,) = scene.rows(select(ScopeChange))
    old, new = json.loads(row.old_scope), json.loads(row.new_scope)
    assert [visit["unit"] for visit in old["visits"]] != [visit["unit"] for visit in new["visits"]]
    gone = next(visit for visit in old["visits"] if visit["unit"] == "T001")
    assert (gone["from"], len(gone["team"])) == (before["T001"].from_on.isoformat(), 2)
    assert (row.state, row.asked_by, row.decided_by, bool(row.sha256)) == (
        "approved",
        "P90",
        "L-DIRECTOR",
        True,
    )
    assert plan_of(scene.campaign()).units == ("D001", "D002")
    assert broken(open_desk) == []


def test_what_was_on_its_way_to_a_unit_that_goes_ends_and_the_new_unit_is_told(
    scene: Scene, open_desk: OpenDesk
) -> None:
    scene.start()
    third_unit(open_desk)
    gone = units(scene)["T001"]
    ask(open_desk, ScopeWish(add_units=("D002",), drop_units=("T001",)))
    approve(open_desk, scene)
    states = {
        (unit, document.state)
        for document, unit in scene.rows(
            select(Document, Unit.code).where(col(Document.unit_id) == col(Unit.id))
        )
    }
    assert states == {("D001", "draft"), ("D002", "draft"), ("T001", "void")}
    assert scene.rows(select(VisitMember).where(col(VisitMember.visit_id) == gone.id)) == []
    states = sorted((mail.visit_id is None, mail.state) for mail in scene.messages("task"))
    assert states == [(False, "ready")] * 4 + [(True, "cancelled")] * 2
    lists = scene.rows(select(Inquiry.state, Unit.code).where(col(Inquiry.unit_id) == col(Unit.id)))
    assert sorted((unit, state) for state, unit in lists) == [
        ("D001", "asked"),
        ("D002", "asked"),
        ("T001", "withdrawn"),
    ]
    (task,) = scene.rows(select(Task))
    assert "T001" in task.title


def test_items_that_come_join_the_frozen_rules_and_items_that_go_stay_in_them(
    scene: Scene, open_desk: OpenDesk
) -> None:
    scene.start()
    frozen = scene.campaign().rules_sha256
    ask(open_desk, ScopeWish(add_items=("G30",), drop_items=("F28",)))
    approve(open_desk, scene)
    campaign = scene.campaign()
    assert campaign.rules_sha256 not in (None, frozen)
    with open_desk(readonly=True) as desk:
        now = frozen_rules(desk.session, campaign.rules_sha256 or "")
    ids = {item.id for item in now.catalogs["fazhi-ducha-46"].items}
    assert {"G30", "F28"} <= ids
    assert {"G"} <= {one.code for one in now.catalogs["fazhi-ducha-46"].classes}
    chosen = plan_of(campaign).catalogs[0].items
    assert "G30" in chosen
    assert "F28" not in chosen
    for visit in scene.visits():
        assert "F28" not in split(visit.items)
    assert any("G30" in split(visit.items) for visit in scene.visits())
    assert {document.rules_sha256 for document in scene.documents()} == {campaign.rules_sha256}
    assert broken(open_desk) == []


def test_a_longer_period_moves_the_milestones_and_a_shorter_one_the_visits(
    scene: Scene, open_desk: OpenDesk
) -> None:
    scene.start()
    third_unit(open_desk)
    due = {row.code: row.due_on for row in scene.rows(select(Milestone))}
    ask(open_desk, ScopeWish(period_to=date(2026, 4, 30)))
    approve(open_desk, scene)
    later = {row.code: row.due_on for row in scene.rows(select(Milestone))}
    assert later["report"] > due["report"]
    latest = max(scene.visits(), key=lambda visit: visit.from_on)
    ask_again = ScopeWish(period_to=date.fromordinal(latest.from_on.toordinal() - 1))
    with open_desk(by="P90", today=DECIDED) as desk:
        request_scope_change(desk, CODE, ask_again, "提前完成")
    approve(open_desk, scene, DECIDED)
    moved = next(visit for visit in scene.visits() if visit.id == latest.id)
    assert moved.to_on < latest.from_on
    assert len(scene.rows(select(VisitMember).where(col(VisitMember.visit_id) == moved.id))) == 2
    assert broken(open_desk) == []


def test_a_visit_that_was_held_is_not_dropped_also_when_it_was_held_meanwhile(
    scene: Scene, open_desk: OpenDesk
) -> None:
    scene.start()
    visit = units(scene)["T001"]
    ask(open_desk, ScopeWish(drop_units=("T001",)))
    with pytest.raises(Refused, match="已经开展督察"):
        approve(open_desk, scene, visit.from_on)
    assert units(scene).keys() == {"D001", "T001"}
    (row,) = scene.rows(select(ScopeChange))
    assert row.state == "requested"
    with pytest.raises(Refused, match="待批准"), open_desk(by="P90", today=visit.from_on) as desk:
        request_scope_change(desk, CODE, ScopeWish(drop_units=("T001",)), "再次")


def test_who_asks_does_not_decide_and_a_refusal_has_its_reason(scene: Scene, open_desk: OpenDesk) -> None:
    scene.start()
    with open_desk(by="L-DIRECTOR", today=ASKED) as desk:
        request_scope_change(desk, CODE, ScopeWish(drop_units=("T001",)), "减负")
    with pytest.raises(NotAllowed, match="本人"), open_desk(by="L-DIRECTOR", today=DECIDED) as desk:
        approve_scope_change(desk, CODE)
    with pytest.raises(NotAllowed, match="无权"), open_desk(by="P90", today=DECIDED) as desk:
        approve_scope_change(desk, CODE)
    with pytest.raises(InvalidInput, match="理由"), open_desk(by="L-COUNTY", today=DECIDED) as desk:
        refuse_scope_change(desk, CODE, " ")
    with open_desk(by="L-COUNTY", today=DECIDED) as desk:
        refuse_scope_change(desk, CODE, "范围不宜缩小")
    assert units(scene).keys() == {"D001", "T001"}
    with pytest.raises(NotFound, match="没有待批准"), open_desk(by="L-COUNTY", today=DECIDED) as desk:
        approve_scope_change(desk, CODE)
    with pytest.raises(IllegalMove), open_desk(by="L-COUNTY", today=DECIDED) as desk:
        approve_scope_change(desk, CODE, 1)
    with open_desk(by="P90", today=DECIDED, readonly=True) as desk:
        (told,) = list_scope_changes(desk, CODE)
    assert (told["state"], told["note"]) == ("refused", "范围不宜缩小")


def test_a_change_can_be_taken_back_and_asked_anew(scene: Scene, open_desk: OpenDesk) -> None:
    scene.start()
    ask(open_desk, ScopeWish(drop_units=("T001",)))
    with open_desk(by="P90", today=ASKED) as desk:
        withdraw_scope_change(desk, CODE, "不再需要")
    ask(open_desk, ScopeWish(period_to=date(2026, 4, 15)))
    assert [row.number for row in scene.rows(select(ScopeChange))] == [1, 2]


WRONG: list[tuple[ScopeWish, str, type[Exception], str]] = [
    (ScopeWish(add_units=("D009",)), "理由", NotFound, "D009"),
    (ScopeWish(drop_units=("D001", "T001")), "理由", InvalidInput, "没有督察对象"),
    (ScopeWish(add_items=("Z99",)), "理由", NotFound, "Z99"),
    (ScopeWish(add_items=("G29",)), "理由", InvalidInput, "不适用"),
    (ScopeWish(drop_units=("T001",)), " ", InvalidInput, "理由"),
    (ScopeWish(drop_units=("T001",)), "机密★10年", InvalidInput, "国家秘密"),
]


def test_a_change_that_cannot_be_is_refused_and_nothing_is_written(scene: Scene, open_desk: OpenDesk) -> None:
    scene.start()
    for wish, reason, error, said in WRONG:
        with pytest.raises(error, match=said):
            ask(open_desk, wish, reason)
    assert scene.rows(select(ScopeChange)) == []


def test_an_approved_campaign_changes_too_and_a_planned_one_is_planned_anew(
    scene: Scene, open_desk: OpenDesk
) -> None:
    scene.settle()
    scene.plan()
    with pytest.raises(Refused, match="已批准、进行中"), open_desk(by="P90", today=PLANNED) as desk:
        request_scope_change(desk, CODE, ScopeWish(drop_units=("T001",)), "理由")
    with open_desk(by="L-DIRECTOR", today=APPROVED) as desk:
        approve_campaign(desk, CODE, scene.file())
    with open_desk(by="P90", today=APPROVED) as desk:
        request_scope_change(desk, CODE, ScopeWish(drop_units=("T001",), add_items=("G30",)), "理由")
    approve(open_desk, scene, OPENED)
    assert units(scene).keys() == {"D001"}
    assert scene.documents() == []
    assert scene.rows(select(Task)) == []
    assert "G30" in split(scene.visits()[0].items)
    assert PLAN.count("units") == 1
