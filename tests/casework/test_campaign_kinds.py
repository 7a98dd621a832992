"""What each kind of campaign asks for when it is planned and opened, and who may know of it."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from casework.desk import Desk
from casework.inspection.burden import warnings_for
from casework.inspection.campaigns import (
    approve_campaign,
    describe_campaign,
    find_campaign,
    open_campaign,
    plan_campaign,
)
from casework.inspection.campaignview import list_campaigns, list_kinds
from casework.inspection.findings import list_findings
from casework.inspection.inquiries import ask_units
from casework.inspection.inquiryviews import list_inquiries
from casework.inspection.jointly import list_joint_findings, show_finding_to
from casework.inspection.references import (
    approve_exception,
    list_annual_plans,
    refer_to_plan,
    register_annual_plan,
)
from casework.watching import watch_over
from core.campaign.campaignparts import AskedItem
from core.errors import InvalidInput, InvalidRuleFile, NotAllowed, NotFound, Refused
from models.audit import history_of
from models.campaign import Campaign, Finding
from models.inquiry import Inquiry
from models.organisation import Unit
from models.plan import CampaignCase, CampaignOriginal, PlanReference
from models.task import Task
from tests import make
from tests.casework.conftest import OpenDesk
from tests.casework.scene import APPROVED, CODE, OPENED, PLAN, PLANNED, Scene

HIDDEN = PLAN.replace("kind: comprehensive", "kind: unannounced")
ROVING = (
    PLAN.replace("kind: comprehensive", "kind: roving")
    .replace("line: party", "line: enforcement")
    .replace("key: fazhi-ducha-46, items: [E, F]", "key: zhifa-zhuanxiang-12")
    .replace("units: [D001, T001]", "units: [D001]")
    + "theme: 行政处罚案卷\nmonth: 2026-03\n"
)


def test_the_kinds_are_told_with_their_line(scene: Scene, open_desk: OpenDesk) -> None:
    with open_desk(readonly=True) as desk:
        kinds = {row["kind"]: row for row in list_kinds(desk)}
    assert (kinds["unannounced"]["line"], kinds["unannounced"]["announces"]) == ("party", None)
    assert (kinds["roving"]["line"], kinds["roving"]["theme"]) == ("enforcement", True)


def test_a_kind_on_the_wrong_line_is_refused_at_its_place_and_nothing_is_written(scene: Scene) -> None:
    scene.settle()
    with pytest.raises(InvalidRuleFile, match=r"campaign.yaml:4:7: E204 综合督察属于督察线"):
        scene.plan(PLAN.replace("line: party", "line: enforcement"))
    assert scene.rows(select(Campaign)) == []


def test_before_an_unannounced_visit_nothing_of_it_reaches_the_unit(
    scene: Scene, open_desk: OpenDesk
) -> None:
    scene.start(HIDDEN)
    assert scene.campaign().hidden
    assert scene.documents() == []
    assert scene.rows(select(Inquiry)) == []
    people = {
        "p01@shilixian.example",
        "p02@shilixian.example",
        "p03@shilixian.example",
        "p04@shilixian.example",
    }
    assert {message.recipient for message in scene.messages()} <= people
    visit = scene.visits()[0]
    unit = scene.rows(select(Unit).where(col(Unit.id) == visit.unit_id))[0].code
    day_before = date.fromordinal(visit.from_on.toordinal() - 1)
    with pytest.raises(Refused, match="暗访进驻前"), open_desk(by="P90", today=day_before) as desk:
        ask_units(desk, CODE, "materials", unit=unit, items=[AskedItem(asked="案卷")])
    with open_desk(by=f"{unit}:liaison", today=day_before, readonly=True) as desk:
        assert (list_campaigns(desk), list_inquiries(desk)) == ([], [])
        with pytest.raises(NotFound, match="没有这个督察批次"):
            describe_campaign(desk, find_campaign(desk, CODE))
    with open_desk(today=day_before) as desk:
        watch_over(desk)
    assert scene.documents() == []
    assert {message.recipient for message in scene.messages()} <= people
    assert [task.title for task in scene.rows(select(Task)) if task.unit_id is not None] == []


def test_an_unannounced_visit_is_known_once_the_team_is_there(scene: Scene, open_desk: OpenDesk) -> None:
    scene.start(HIDDEN)
    visit = scene.visits()[0]
    unit = scene.rows(select(Unit).where(col(Unit.id) == visit.unit_id))[0].code
    with open_desk(by="P90", today=visit.from_on) as desk:
        (asked,) = ask_units(desk, CODE, "materials", unit=unit, items=[AskedItem(asked="案卷", count=2)])
        assert asked.due_on > visit.from_on
    with open_desk(by=f"{unit}:liaison", today=visit.from_on, readonly=True) as desk:
        told = describe_campaign(desk, find_campaign(desk, CODE))
        assert [row["unit"] for row in list_inquiries(desk)] == [unit]
    visits = told["visits"]
    assert isinstance(visits, list)
    assert [(one["unit"], "team" in one) for one in visits] == [(unit, False)]


def test_a_unit_reads_of_its_own_visit_and_of_no_campaign_that_is_not_open(
    scene: Scene, open_desk: OpenDesk
) -> None:
    scene.settle()
    scene.plan()
    with open_desk(by="D001:liaison", readonly=True) as desk:
        assert list_campaigns(desk) == []
        with pytest.raises(NotFound):
            describe_campaign(desk, find_campaign(desk, CODE))
        with pytest.raises(NotAllowed):
            warnings_for(desk, CODE)


def plan_again(open_desk: OpenDesk, scene: Scene, text: str, code: str) -> None:
    named = text.replace(f'code: "{CODE}"', f'code: "{code}"')
    with open_desk(by="P90", today=PLANNED) as desk:
        plan_campaign(desk, scene.file("more.yaml", named.encode()))


def test_roving_visits_a_unit_once_a_month(scene: Scene, open_desk: OpenDesk) -> None:
    scene.settle()
    scene.plan(ROVING)
    with pytest.raises(Refused, match=r"2026-03已安排：D001（2026-ZH-01）"):
        plan_again(open_desk, scene, ROVING, "2026-XH-02")
    assert len(scene.rows(select(Campaign))) == 1
    april = ROVING.replace("2026-03-02", "2026-04-01").replace("2026-03-31", "2026-04-30")
    plan_again(open_desk, scene, april.replace("month: 2026-03", "month: 2026-04"), "2026-XH-02")
    assert [visit.monthly for visit in scene.visits()] == ["roving/2026-03", "roving/2026-04"]
    scene.plan(ROVING)  # the same plan anew is not a second visit
    with pytest.raises(IntegrityError), open_desk(today=PLANNED) as desk:
        desk.session.connection().exec_driver_sql("UPDATE visit SET monthly = 'roving/2026-03'")


def test_a_look_back_takes_the_cleared_problems_of_its_originals(scene: Scene, open_desk: OpenDesk) -> None:
    codes = scene.confirm(("D001", "E24", "major"), ("T001", "F27", "minor"))
    text = "\n".join(
        line for line in PLAN.replace("comprehensive", "look_back").splitlines()
        if not line.startswith(("units", "catalogs"))
    )  # fmt: skip
    text += f'\noriginal: ["{CODE}"]\n'
    with pytest.raises(InvalidInput, match="没有可回头看的问题"):
        plan_again(open_desk, scene, text, "2026-HT-01")
    with open_desk(by="L-DIRECTOR") as desk:
        finding = desk.session.exec(select(Finding).where(col(Finding.code) == codes[0])).one()
        desk.session.connection().exec_driver_sql(
            f"UPDATE rectification SET state = 'closed', closed_on = '2026-06-01' WHERE id = {finding.id}"
        )
    plan_again(open_desk, scene, text, "2026-HT-01")
    with open_desk(by="P90", readonly=True) as desk:
        told = describe_campaign(desk, find_campaign(desk, "2026-HT-01"))
    assert told["cases"] == [codes[0]]
    assert isinstance(told["visits"], list)
    assert [(one["unit"], one["items"]) for one in told["visits"]] == [("D001", ["E24"])]
    assert len(scene.rows(select(CampaignCase))) == len(scene.rows(select(CampaignOriginal))) == 1


def test_a_campaign_warns_of_overlap_and_of_a_missing_plan_entry_and_goes_on(
    scene: Scene, open_desk: OpenDesk
) -> None:
    scene.settle()
    scene.plan()
    plan_again(open_desk, scene, PLAN.replace("comprehensive", "special"), "2026-ZX-01")
    with open_desk(by="P90", readonly=True, today=PLANNED) as desk:
        told = warnings_for(desk, "2026-ZX-01")
    assert [(one.code, one.unit, one.number, one.others) for one in told] == [
        ("no_reference", "", 1, ()),
        ("overlap", "D001", 1, (CODE,)),
        ("overlap", "T001", 1, (CODE,)),
    ]
    with open_desk(by="L-DIRECTOR", today=APPROVED) as desk:
        approve_campaign(desk, "2026-ZX-01", scene.file())
    with open_desk(by="P90", today=OPENED) as desk:
        opened = open_campaign(desk, "2026-ZX-01", "上级限期，已与单位商定")
        assert opened.state == "open"
        number = opened.id
    with open_desk(readonly=True) as desk:
        detail = list(history_of(desk.session, desk.office_id, "campaign", [number or 0]))[-1].detail
    assert "上级限期" in detail
    assert "期间另有督察" in detail


def test_a_unit_with_many_open_notices_and_items_is_named(scene: Scene, open_desk: OpenDesk) -> None:
    with open_desk(today=PLANNED) as desk:
        campaign = make.make_campaign(desk, "2025-ZH-01")
        unit = make.make_unit(desk, "D001", kinds="政府部门")
        cases = [make.make_finding_and_case(desk, campaign, unit, f"P-{place:02}") for place in range(15)]
        for case in cases[:2]:
            make.make_document(desk, campaign, unit, "feedback_notice", case)
        make.make_document(desk, campaign, unit, "feedback_notice", cases[2], state="draft")
        make.make_document(desk, campaign, unit, "prompt", cases[2])
        make.make_visit(desk, make.make_campaign(desk, "2026-ZH-09", state="planned", opened_on=None), unit)
    with open_desk(readonly=True) as desk:
        assert {one.code: one.number for one in warnings_for(desk, "2026-ZH-09")} == {
            "no_reference": 1,
            "open_items": 15,
        }
    with open_desk(today=PLANNED) as desk:
        again = make.make_finding_and_case(desk, campaign, unit, "P-99")
        make.make_document(desk, campaign, unit, "feedback_notice", again)
    with open_desk(readonly=True) as desk:
        told = {one.code: one for one in warnings_for(desk, "2026-ZH-09")}
    assert (told["open_notices"].number, len(told["open_notices"].others)) == (3, 3)
    assert told["open_items"].number == 16


def test_a_campaign_stands_in_a_registered_yearly_plan_or_was_let_through_by_somebody_else(
    scene: Scene, open_desk: OpenDesk
) -> None:
    scene.settle()
    scene.plan()
    with open_desk(by="P90", today=PLANNED) as desk:
        register_annual_plan(
            desk, 2026, "2026年度督查检查考核计划", "示办〔2026〕3号", ["法治督察", "安全检查"]
        )
    with pytest.raises(InvalidInput, match="没有这一项"), open_desk(by="P90", today=PLANNED) as desk:
        refer_to_plan(desk, CODE, "2026年度督查检查考核计划", "示办〔2026〕3号", "别的")
    with open_desk(by="P90", today=PLANNED) as desk:
        refer_to_plan(desk, CODE, "2026年度督查检查考核计划", "示办〔2026〕3号", "法治督察")
    with open_desk(readonly=True, today=PLANNED) as desk:
        assert warnings_for(desk, CODE) == []
        (plan,) = list_annual_plans(desk)
    items = plan["items"]
    assert isinstance(items, list)
    assert items[0] == {"item": "法治督察", "campaigns": [CODE]}
    with open_desk(by="L-DIRECTOR", today=PLANNED) as desk:
        approve_exception(desk, CODE, "上级临时部署")
    (row,) = scene.rows(select(PlanReference))
    assert (row.item, row.exception, row.approved_by, row.given_by) == (
        None,
        "上级临时部署",
        "L-DIRECTOR",
        "P90",
    )
    with pytest.raises(NotAllowed, match="无权"), open_desk(by="P90", today=PLANNED) as desk:
        approve_exception(desk, CODE, "上级临时部署")


def test_an_exception_in_a_plan_file_names_a_director_other_than_the_planner(scene: Scene) -> None:
    scene.settle()
    line = 'exception: {{reason: 上级交办, approved_by: {0}, "on": 2026-02-09}}\n'
    with pytest.raises(NotAllowed, match="有权负责人"):
        scene.plan(PLAN + line.format("P02"))
    with pytest.raises(NotAllowed, match="自己的例外"):
        scene.plan(PLAN + line.format("L-DIRECTOR"), by="L-DIRECTOR")
    scene.plan(PLAN + line.format("L-DIRECTOR"))
    (row,) = scene.rows(select(PlanReference))
    assert (row.exception, row.approved_on) == ("上级交办", date(2026, 2, 9))


def test_where_the_rules_require_it_nothing_opens_without_a_plan_entry_or_a_reason(
    scene: Scene, open_desk: OpenDesk
) -> None:
    scene.settle()
    scene.plan()
    with open_desk(by="L-DIRECTOR", today=APPROVED) as desk:
        approve_campaign(desk, CODE, scene.file())
    with open_desk(by="P90", today=OPENED) as desk:
        harden(desk)
        with pytest.raises(Refused, match="年度督查检查考核计划"):
            open_campaign(desk, CODE)
    with open_desk(by="P90", today=OPENED) as desk:
        refer_to_plan(desk, CODE, "年度计划", "", "法治督察")
    with open_desk(by="P90", today=OPENED) as desk:
        harden(desk)
        open_campaign(desk, CODE)
    assert scene.campaign().state == "open"


def harden(desk: Desk) -> None:
    """Let the rules of a desk require what the shipped ones only ask for."""
    rules = desk.rules.campaigns["county"]
    kinds = {
        code: kind.model_copy(update={"plan_reference": "required"}) for code, kind in rules.kinds.items()
    }
    hard = rules.model_copy(
        update={"kinds": kinds, "burden": rules.burden.model_copy(update={"reason": "required"})}
    )
    desk.rules = desk.rules.model_copy(update={"campaigns": {"county": hard}})


def test_warnings_need_a_reason_where_the_rules_say_so(scene: Scene, open_desk: OpenDesk) -> None:
    scene.settle()
    scene.plan()
    plan_again(open_desk, scene, PLAN.replace("comprehensive", "special"), "2026-ZX-01")
    with open_desk(by="L-DIRECTOR", today=APPROVED) as desk:
        approve_campaign(desk, CODE, scene.file())
    with open_desk(by="P90", today=OPENED) as desk:
        refer_to_plan(desk, CODE, "年度计划", "", "法治督察")
    with open_desk(by="P90", today=OPENED) as desk:
        harden(desk)
        with pytest.raises(Refused, match="减负提醒"):
            open_campaign(desk, CODE)
    with open_desk(by="P90", today=OPENED) as desk:
        harden(desk)
        open_campaign(desk, CODE, "两组合并进驻")
    assert scene.campaign().state == "open"


def test_the_partner_of_a_joint_campaign_sees_shared_findings_alone(
    scene: Scene, open_desk: OpenDesk
) -> None:
    first, second = scene.confirm(("D001", "E24", "major"), ("T001", "F27", "minor"))
    with pytest.raises(Refused, match="不是联合督察"), open_desk(by="P90", readonly=True) as desk:
        list_joint_findings(desk, CODE)
    with open_desk(by="P91", readonly=True) as desk:
        assert list_findings(desk, campaign=CODE) == []
    with open_desk(by="P90") as desk:
        campaign = find_campaign(desk, CODE)
        campaign.plan = campaign.plan.replace('"joint":null', '"joint":{"with":"巡察"}')
        desk.session.add(campaign)
        desk.session.flush()
        show_finding_to(desk, first, jointly=True)
    with open_desk(by="P91", readonly=True) as desk:
        assert [row["id"] for row in list_joint_findings(desk, CODE)] == [first]
        assert [row["id"] for row in list_findings(desk, campaign=CODE)] == [first]
    with open_desk(by="P90", readonly=True) as desk:
        assert [row["id"] for row in list_joint_findings(desk, CODE)] == [first, second]
    with pytest.raises(NotAllowed), open_desk(by="D001:head", readonly=True) as desk:
        list_joint_findings(desk, CODE)
    with open_desk(by="D001:head", readonly=True) as desk:
        assert {row["unit"] for row in list_findings(desk)} == {"D001"}
    with pytest.raises(NotAllowed), open_desk(by="P91") as desk:
        show_finding_to(desk, second, jointly=True)
