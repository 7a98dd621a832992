"""A campaign: planned, approved by another person, opened with frozen rules, announced to those it concerns."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlmodel import select

from casework.inspection.campaigns import (
    approve_campaign,
    close_campaign,
    describe_campaign,
    find_campaign,
    open_campaign,
    plan_of,
)
from casework.inspection.choosing import chosen_items
from casework.inspection.references import approve_exception
from casework.rulesets.library import frozen_rules
from core.campaign.campaignplan import read_plan
from core.errors import IllegalMove, InvalidInput, InvalidRuleFile, NotAllowed, NotFound, Refused
from models.campaign import Campaign, RuleSet, Visit, VisitMember
from models.rectification import Evidence
from tests.casework.conftest import OpenDesk
from tests.casework.scene import APPROVED, CODE, OPENED, PLAN, PLANNED, Scene
from tests.make import make_person


def test_a_plan_gives_every_unit_a_dated_visit_with_a_team(scene: Scene, open_desk: OpenDesk) -> None:
    scene.settle()
    scene.plan()
    with open_desk(readonly=True) as desk:
        told = describe_campaign(desk, find_campaign(desk, CODE))
    visits = told["visits"]
    assert isinstance(visits, list)
    assert {visit["unit"] for visit in visits} == {"D001", "T001"}
    assert (told["state"], len(told["rules_sha256"])) == ("planned", 64)
    for visit in visits:
        assert len(visit["team"]) == 2
        assert visit["team"][0] in ("P01", "P03")
        assert "2026-03-02" <= visit["from"] <= visit["to"] <= "2026-03-31"
        assert all(item[0] in "EF" for item in visit["items"])
    assert all(v.self_report_due_on and v.self_report_due_on < v.from_on for v in scene.visits())
    assert scene.told("campaign", scene.campaign().id) == ["plan"]


def test_a_plan_may_be_replaced_until_it_is_approved(scene: Scene, open_desk: OpenDesk) -> None:
    scene.settle()
    scene.plan()
    scene.plan(PLAN.replace("units: [D001, T001]", "units: [T001]"))
    assert len(scene.visits()) == 1
    assert len(scene.rows(select(VisitMember))) == 2
    with open_desk(by="L-DIRECTOR", today=APPROVED) as desk:
        approve_campaign(desk, CODE, scene.file("督察方案.pdf"))
    with pytest.raises(Refused, match="已经批准"):
        scene.plan()
    assert len(scene.visits()) == 1


def test_who_planned_does_not_approve(scene: Scene, open_desk: OpenDesk) -> None:
    scene.settle()
    scene.plan(by="L-DIRECTOR")
    with pytest.raises(NotAllowed, match="本人"), open_desk(by="L-DIRECTOR", today=APPROVED) as desk:
        approve_campaign(desk, CODE, None)
    with pytest.raises(NotAllowed, match="无权"), open_desk(by="P90", today=APPROVED) as desk:
        approve_campaign(desk, CODE, None)
    assert scene.campaign().state == "planned"


def test_whoever_revised_a_plan_leaves_it_to_who_planned_it_and_neither_approves(
    scene: Scene, open_desk: OpenDesk
) -> None:
    scene.settle()
    with open_desk(by="P90", today=PLANNED) as desk:
        make_person(desk, "P92", roles="director")
        make_person(desk, "P93", roles="director")
    scene.plan(by="L-DIRECTOR")
    scene.plan(PLAN.replace("units: [D001, T001]", "units: [T001]"), by="P92")

    assert (scene.campaign().planned_by, scene.campaign().planned_on) == ("L-DIRECTOR", PLANNED)
    for planner in ("L-DIRECTOR", "P92"):
        with pytest.raises(NotAllowed, match="本人"), open_desk(by=planner, today=APPROVED) as desk:
            approve_campaign(desk, CODE, scene.file("督察方案.pdf"))
        with pytest.raises(NotAllowed, match="自己的例外"), open_desk(by=planner, today=APPROVED) as desk:
            approve_exception(desk, CODE, "上级临时部署")
    line = 'exception: {reason: 上级交办, approved_by: L-DIRECTOR, "on": 2026-02-09}\n'
    with pytest.raises(NotAllowed, match="自己的例外"):
        scene.plan(PLAN + line, by="P92")
    with open_desk(by="P93", today=APPROVED) as desk:
        approve_campaign(desk, CODE, scene.file("督察方案.pdf"))
    assert scene.campaign().approved_by == "P93"


def test_an_approval_without_the_scheme_is_refused(scene: Scene, open_desk: OpenDesk) -> None:
    scene.settle()
    scene.plan()
    with pytest.raises(InvalidInput, match="督察方案"), open_desk(by="L-DIRECTOR", today=APPROVED) as desk:
        approve_campaign(desk, CODE, None)
    assert scene.campaign().state == "planned"


def test_an_approval_keeps_the_scan_of_the_scheme(scene: Scene, open_desk: OpenDesk, tmp_path: Path) -> None:
    scene.settle()
    scene.plan()
    with open_desk(by="L-DIRECTOR", today=APPROVED) as desk:
        approve_campaign(desk, CODE, scene.file("督察方案.pdf"))
    campaign = scene.campaign()
    (kept,) = scene.rows(select(Evidence))
    assert (campaign.approved_by, campaign.approved_on, campaign.state) == (
        "L-DIRECTOR",
        APPROVED,
        "approved",
    )
    assert campaign.scheme_sha256 == kept.sha256
    assert (tmp_path / "files" / kept.sha256[:2] / kept.sha256).read_bytes() == b"%PDF-1.7 proof"


def test_only_an_approved_campaign_is_opened(scene: Scene, open_desk: OpenDesk) -> None:
    scene.settle()
    scene.plan()
    with pytest.raises(IllegalMove) as refused, open_desk(by="P90", today=OPENED) as desk:
        open_campaign(desk, CODE)
    assert refused.value.allowed == ("approve", "call_off")
    assert scene.rows(select(RuleSet)) == []


def test_opening_freezes_the_chosen_rules_and_tells_units_and_teams(
    scene: Scene, open_desk: OpenDesk
) -> None:
    scene.start()
    campaign = scene.campaign()
    (kept,) = scene.rows(select(RuleSet))
    assert (campaign.state, campaign.opened_on, campaign.rules_sha256) == ("open", OPENED, kept.sha256)
    with open_desk(readonly=True) as desk:
        frozen = frozen_rules(desk.session, kept.sha256)
    assert {item.id[0] for item in frozen.catalogs["fazhi-ducha-46"].items} == {"E", "F"}
    notices = scene.documents("inspection_notice")
    assert sorted(n.unit_id for n in notices) == sorted(v.unit_id for v in scene.visits())
    assert {(n.state, n.drafted_by, n.rules_sha256) for n in notices} == {("draft", "P90", kept.sha256)}
    tasks = scene.messages("task")
    members = scene.rows(select(VisitMember))
    assert len(tasks) == len(members) == 4
    assert {task.visit_id for task in tasks} == {member.visit_id for member in members}
    assert len(scene.messages()) == 4


def test_an_unannounced_campaign_tells_nobody_outside_the_teams(scene: Scene) -> None:
    scene.start(PLAN.replace("kind: comprehensive", "kind: unannounced"))
    assert scene.documents() == []
    assert {message.kind for message in scene.messages()} == {"task"}
    assert all(message.recipient.startswith("p0") for message in scene.messages())
    assert {visit.self_report_due_on for visit in scene.visits()} == {None}


IMPOSSIBLE: list[tuple[str, str, type[Refused], str]] = [
    ("units: [D001, T001]", "units: [D001, X999]", NotFound, "X999"),
    ("units: [D001, T001]", "units: {select: {类别: [国有企业]}}", InvalidInput, "国有企业"),
    ("key: fazhi-ducha-46", "key: unknown", InvalidInput, "unknown"),
    ("items: [E, F]", "items: [E, Z99]", InvalidInput, "Z99"),
    ("size: 2", "size: 9", InvalidInput, "D001"),
    ("kind: comprehensive", "kind: surprise", InvalidRuleFile, "surprise"),
]


def test_a_plan_that_cannot_be_is_refused_by_name_and_nothing_is_written(scene: Scene) -> None:
    scene.settle()
    for before, after, error, found in IMPOSSIBLE:
        with pytest.raises(error) as refused:
            scene.plan(PLAN.replace(before, after))
        assert found in str(refused.value)
    assert scene.rows(select(Campaign)) == []
    assert scene.rows(select(Visit)) == []


def test_a_plan_with_a_secrecy_mark_or_by_an_inspector_is_refused(scene: Scene) -> None:
    scene.settle()
    with pytest.raises(InvalidInput, match="国家秘密"):
        scene.plan(PLAN + "# 机密★10年\n")
    with pytest.raises(NotAllowed):
        scene.plan(by="P02")
    assert scene.rows(select(Campaign)) == []


def test_items_are_chosen_by_class_or_by_number(open_desk: OpenDesk) -> None:
    with open_desk(readonly=True, today=PLANNED) as desk:
        plan = read_plan(PLAN.replace("[E, F]", "[F, E24]"), "campaign.yaml")
        assert [item.id for item in chosen_items(desk.rules, plan)] == ["E24", "F25", "F26", "F27", "F28"]


def test_a_campaign_closes_only_when_every_case_is_settled(scene: Scene, open_desk: OpenDesk) -> None:
    (code,) = scene.confirm(("D001", "E24", "major"))
    with pytest.raises(Refused, match="尚有未销号"), open_desk(by="L-DIRECTOR") as desk:
        close_campaign(desk, CODE)
    scene.act(code, "withdraw", "L-DIRECTOR", date(2026, 4, 2), note="证据不足")
    with open_desk(by="L-DIRECTOR", today=date(2026, 4, 3)) as desk:
        close_campaign(desk, CODE)
    assert (scene.campaign().state, scene.campaign().closed_on) == ("closed", date(2026, 4, 3))
    assert plan_of(scene.campaign()).code == CODE
