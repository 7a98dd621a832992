"""Recusal: filed by those who may, decided by the head alone, and kept by plans, teams and replacements."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlmodel import col, select

from casework.inspection.campaignrows import find_campaign
from casework.inspection.campaigns import open_campaign, plan_campaign
from casework.inspection.visits import team_of
from casework.paperwork.documents import sign_documents, void_document
from casework.staff.authorising import authorise_teams
from casework.staff.declarations import Filing, decide, declare, withdraw
from casework.staff.declarationviews import list_declarations, missing_declarations
from casework.staff.poolwatch import watch_people
from casework.staff.teams import candidates, replace_member
from casework.staff.teamviews import show_teams
from casework.tasks import list_tasks
from casework.upkeep.doctor import examine
from core.errors import IllegalMove, InvalidInput, NotAllowed, NotFound, Refused
from core.life.declarationlife import Origin, Relation
from models.campaign import Visit, VisitMember
from models.organisation import Person, Unit
from models.pool import RecusalDeclaration, Replacement
from tests import make
from tests.casework.conftest import OpenDesk
from tests.casework.scene import APPROVED, CODE, OPENED, PLAN, PLANNED, Scene
from tests.casework.test_pools import POOLED, fill_pool

KIN = Filing("P01", None, "D001", Relation.KIN, "配偶在该单位任职")


def team_codes(scene: Scene, unit: str = "D001") -> list[str]:
    with scene.open_desk(readonly=True) as desk:
        query = select(Visit).join(Unit, col(Unit.id) == col(Visit.unit_id)).where(col(Unit.code) == unit)
        return [person.code for person in team_of(desk, desk.session.exec(query).one())]


def visit_of(scene: Scene, unit: str = "D001") -> Visit:
    found: Visit = scene.rows(
        select(Visit).join(Unit, col(Unit.id) == col(Visit.unit_id)).where(col(Unit.code) == unit)
    )[0]
    return found


def start_with(scene: Scene, open_desk: OpenDesk, *members: str) -> Visit:
    """Open a campaign by hand with one visit to D001 by these people, the first leading, and spare people around."""
    scene.settle()
    with open_desk(today=OPENED) as desk:
        people = {p.code: p for p in desk.session.exec(select(Person))}
        unit = desk.session.exec(select(Unit).where(col(Unit.code) == "D001")).one()
        from tests.casework.scene import plan_json

        campaign = make.make_campaign(desk, plan=plan_json())
        visit = make.make_visit(desk, campaign, unit, *(people[code] for code in members))
        desk.session.flush()
        desk.session.expunge_all()
    return visit


def test_the_person_declares_and_the_head_decides(scene: Scene, open_desk: OpenDesk) -> None:
    scene.settle()
    with open_desk(by="P01", today=PLANNED) as desk:
        number = declare(desk, KIN).id or 0
        with pytest.raises(Refused, match="已有相同的申报"):
            declare(desk, KIN)
    for by in ("P01", "P90", "L-DEPUTY", "L-SECTION"):
        with open_desk(by=by, today=PLANNED) as desk, pytest.raises(NotAllowed):
            decide(desk, number, accept=True, note="")
    with open_desk(by="L-DIRECTOR", today=PLANNED) as desk:
        assert [task.kind for task in list_tasks(desk)] == ["decide_recusal"]
        row, affected = decide(desk, number, accept=True, note="情况属实")
        assert (row.state, row.decided_by, row.decided_on, affected) == (
            "accepted",
            "L-DIRECTOR",
            PLANNED,
            [],
        )
        assert list_tasks(desk) == []
        with pytest.raises(IllegalMove):
            decide(desk, number, accept=False, note="改主意")
    assert scene.told("declaration", number) == ["open", "accept"]


def test_nobody_decides_on_the_own_recusal(scene: Scene, open_desk: OpenDesk) -> None:
    scene.settle()
    with open_desk(today=PLANNED) as desk:
        make.make_person(desk, "P95", roles="director、leader")
    with open_desk(by="P95", today=PLANNED) as desk:
        number = declare(desk, Filing("P95", None, "D001", Relation.INTEREST, "持有项目股份")).id or 0
        with pytest.raises(NotAllowed, match="本人的回避"):
            decide(desk, number, accept=False, note="")


@pytest.mark.parametrize(
    ("by", "filing", "origin"),
    [
        ("D001:liaison", Filing("P01", None, "D001", Relation.OTHER, "曾有纠纷"), Origin.UNIT),
        (
            "P90",
            Filing("P01", None, "D001", Relation.OTHER, "来信反映", Origin.COMPLAINANT),
            Origin.COMPLAINANT,
        ),
        (
            "L-DIRECTOR",
            Filing("P01", None, "D001", Relation.KIN, "核查发现", Origin.EX_OFFICIO),
            Origin.EX_OFFICIO,
        ),
    ],
)
def test_units_complainants_and_the_office_may_bring_it_up_too(
    scene: Scene, open_desk: OpenDesk, by: str, filing: Filing, origin: Origin
) -> None:
    scene.settle()
    with open_desk(by=by, today=PLANNED) as desk:
        assert declare(desk, filing).origin == origin.value


@pytest.mark.parametrize(
    ("by", "filing", "error"),
    [
        ("T001:liaison", Filing("P01", None, "D001", Relation.OTHER, "不是本单位"), NotAllowed),
        ("P02", Filing("P01", None, "D001", Relation.KIN, "替别人说"), NotAllowed),
        ("P90", Filing("P01", None, "D001", Relation.KIN, "没写来源"), NotAllowed),
        ("P01", Filing("P01", None, "D001", Relation.KIN, " "), InvalidInput),
        ("P01", Filing("P01", None, None, Relation.KIN, "没写单位"), InvalidInput),
        ("P01", Filing("P01", None, None, Relation.NONE), InvalidInput),
        ("P01", Filing("P01", None, "D001", Relation.KIN, "绝密★"), InvalidInput),
        ("P01", Filing("P01", "2026-XX-99", None, Relation.NONE), NotFound),
    ],
)
def test_a_declaration_that_may_not_be_or_says_too_little_is_refused(
    scene: Scene, open_desk: OpenDesk, by: str, filing: Filing, error: type[Exception]
) -> None:
    scene.settle()
    with open_desk(by=by, today=PLANNED) as desk, pytest.raises(error):
        declare(desk, filing)
    assert scene.rows(select(RecusalDeclaration)) == []


def test_a_plan_keeps_to_accepted_declarations_and_not_to_rejected_ones(
    scene: Scene, open_desk: OpenDesk
) -> None:
    scene.settle()
    for code, accept in (("P01", True), ("P02", False)):
        with open_desk(by=code, today=PLANNED) as desk:
            number = declare(desk, Filing(code, None, "D001", Relation.KIN, "亲属任职")).id or 0
        with open_desk(by="L-DIRECTOR", today=PLANNED) as desk:
            decide(desk, number, accept=accept, note="已核实")
    for seed in range(6):
        scene.plan(PLAN.replace("seed: 7", f"seed: {seed}"))
        assert "P01" not in team_codes(scene)
    assert "P01与该单位存在须回避的情形（亲属关系），回避" in visit_of(scene).reasons
    assert "P02与" not in visit_of(scene).reasons


def test_an_accepted_declaration_names_the_visits_and_asks_for_a_replacement(
    scene: Scene, open_desk: OpenDesk
) -> None:
    visit = start_with(scene, open_desk, "P01", "P02")
    with open_desk(by="P01", today=OPENED) as desk:
        number = declare(desk, KIN).id or 0
    with open_desk(by="L-DIRECTOR", today=OPENED) as desk:
        _row, affected = decide(desk, number, accept=True, note="")
        assert [one.id for one in affected] == [visit.id]
        (task,) = list_tasks(desk)
        assert (task.kind, task.due_on) == ("replace_member", date(2026, 3, 9))
    with open_desk(readonly=True, today=date(2026, 3, 11)) as desk:
        broken = {one.id: one.broken for one in examine(desk).invariants}
        assert broken["INV-17"] == 1
    with open_desk(by="P90", today=OPENED) as desk:
        replace_member(desk, visit.id or 0, "P01", "P03", "回避", declaration=number)
        assert list_tasks(desk) == []
    assert team_codes(scene) == ["P03", "P02"]  # who comes leads, because who left led
    with open_desk(readonly=True, today=date(2026, 3, 11)) as desk:
        assert {one.id: one.broken for one in examine(desk).invariants}["INV-17"] == 0
    (row,) = scene.rows(select(Replacement))
    assert (row.role, row.reason, row.declaration_id, row.replaced_by) == ("leader", "回避", number, "P90")
    assert "P01因回避退出，由P03接替" in visit_of(scene).reasons
    assert "replace" in scene.told("visit", visit.id)
    assert [m.key.rpartition("/")[2] for m in scene.messages("task")] == ["P03"]


def test_a_replacement_is_refused_with_everything_that_speaks_against_it(
    scene: Scene, open_desk: OpenDesk
) -> None:
    visit = start_with(scene, open_desk, "P01", "P02")
    number = visit.id or 0
    with open_desk(by="P90", today=OPENED) as desk:
        home = desk.session.exec(select(Person).where(col(Person.code) == "P03")).one()
        home.unit_code = "D001"
        with pytest.raises(Refused, match="回避（现任职）") as refused:
            replace_member(desk, number, "P01", "P03", "出差")
        assert "没有可选人员" in str(refused.value)  # P04 does not lead, and nobody else is left
        with pytest.raises(Refused, match="组长不少于1人"):
            replace_member(desk, number, "P01", "P04", "出差")
        with pytest.raises(Refused, match="没有督察员角色"):
            replace_member(desk, number, "P02", "P05", "出差")
        with pytest.raises(InvalidInput, match="理由"):
            replace_member(desk, number, "P02", "P04", " ")
        with pytest.raises(InvalidInput, match="已在督察组"):
            replace_member(desk, number, "P02", "P01", "出差")
        with pytest.raises(NotFound, match="不在该督察组"):
            replace_member(desk, number, "P04", "P03", "出差")
        with pytest.raises(InvalidInput, match="所引回避申报不对"):
            replace_member(desk, number, "P02", "P04", "回避", declaration=99)
        assert [one.code for one in candidates(desk, number, "P02") if not one.against] == ["P04"]
    with open_desk(by="P02", today=OPENED) as desk, pytest.raises(NotAllowed):
        replace_member(desk, number, "P02", "P04", "出差")
    with open_desk(by="P90", today=date(2026, 3, 11)) as desk, pytest.raises(Refused, match="已经结束"):
        replace_member(desk, number, "P02", "P04", "出差")
    assert team_codes(scene) == ["P01", "P02"]


def test_who_is_elsewhere_that_day_does_not_come(scene: Scene, open_desk: OpenDesk) -> None:
    visit = start_with(scene, open_desk, "P01", "P02")
    with open_desk(today=OPENED) as desk:
        town = desk.session.exec(select(Unit).where(col(Unit.code) == "T001")).one()
        people = {p.code: p for p in desk.session.exec(select(Person))}
        make.make_visit(desk, desk.campaign(visit.campaign_id), town, people["P03"], people["P04"])
    with open_desk(by="P90", today=OPENED) as desk, pytest.raises(Refused, match="同日另有督察任务"):
        replace_member(desk, visit.id or 0, "P02", "P04", "出差")


def test_an_undecided_declaration_may_be_taken_back(scene: Scene, open_desk: OpenDesk) -> None:
    scene.settle()
    with open_desk(by="P01", today=PLANNED) as desk:
        number = declare(desk, KIN).id or 0
    with open_desk(by="P02", today=PLANNED) as desk, pytest.raises(NotFound):
        withdraw(desk, number)
    with open_desk(by="P01", today=PLANNED) as desk:
        assert withdraw(desk, number, "误填").state == "withdrawn"
        assert declare(desk, KIN).state == "declared"


def test_declarations_are_seen_by_who_filed_them_and_by_the_office(scene: Scene, open_desk: OpenDesk) -> None:
    scene.settle()
    with open_desk(by="P01", today=PLANNED) as desk:
        declare(desk, KIN)
    seen = {"P01": 1, "P02": 0, "P90": 1, "L-DIRECTOR": 1, "D001:liaison": 0, "T001:liaison": 0}
    for by, count in seen.items():
        with open_desk(by=by, readonly=True, today=PLANNED) as desk:
            assert len(list_declarations(desk)) == count, by
            assert len(list_declarations(desk, pending=True)) == count, by


def test_members_of_an_opened_campaign_are_asked_for_their_declarations(
    scene: Scene, open_desk: OpenDesk
) -> None:
    fill_pool(scene, open_desk)
    scene.plan(POOLED)
    _approve(scene, open_desk)
    with open_desk(by="P90", today=OPENED) as desk:
        open_campaign(desk, CODE)
        tasks = [task for task in list_tasks(desk) if task.kind == "declare_recusal"]
        assert sorted(task.owner for task in tasks) == sorted(team_codes(scene)) or len(tasks) == 5
    first = team_codes(scene)[0]
    with open_desk(by=first, today=OPENED) as desk:
        declare(desk, Filing(first, CODE))
        assert first not in {task.owner for task in list_tasks(desk)}
        missing = missing_declarations(desk, find_campaign(desk, CODE))
        assert len(missing) == 4
    with open_desk(today=OPENED) as desk:
        assert watch_people(desk)["declarations"] == 0


def _approve(scene: Scene, open_desk: OpenDesk) -> None:
    from casework.inspection.campaigns import approve_campaign

    with open_desk(by="L-DIRECTOR", today=APPROVED) as desk:
        approve_campaign(desk, CODE, scene.file("督察方案.pdf", b"%PDF-1.7 plan"))


def test_a_pool_may_want_every_declaration_before_the_campaign_opens(
    scene: Scene, open_desk: OpenDesk
) -> None:
    fill_pool(scene, open_desk)
    scene.plan(POOLED)
    _approve(scene, open_desk)

    def strict(desk: Any) -> None:
        rules = desk.rules.pools["fazhi"]
        recusal = rules.recusal.model_copy(update={"declaration": "required"})
        pools = {"fazhi": rules.model_copy(update={"recusal": recusal})}
        desk.rules = desk.rules.model_copy(update={"pools": pools})

    with open_desk(by="P90", today=OPENED) as desk:
        strict(desk)
        with pytest.raises(Refused, match="回避申报不全"):
            open_campaign(desk, CODE)
    assert scene.campaign().state == "approved"
    for code in team_codes(scene):
        with open_desk(by=code, today=OPENED) as desk:
            declare(desk, Filing(code, CODE))
    with open_desk(by="P90", today=OPENED) as desk:
        strict(desk)
        assert open_campaign(desk, CODE).state == "open"


def test_a_team_is_authorised_once_and_anew_when_it_changes(scene: Scene, open_desk: OpenDesk) -> None:
    visit = start_with(scene, open_desk, "P01", "P02")
    with open_desk(by="P90", today=OPENED) as desk:
        (letter,) = authorise_teams(desk, CODE)
        assert authorise_teams(desk, CODE) == []
        number = letter.id or 0
    with open_desk(by="L-DIRECTOR", today=OPENED) as desk:
        (signed,) = sign_documents(desk, [number])
        assert (signed.state, "督察员01同志为组长" in (signed.content or "")) == ("signed", True)
    with open_desk(by="P90", today=OPENED) as desk:
        replace_member(desk, visit.id or 0, "P02", "P04", "出差")
        assert [task.kind for task in list_tasks(desk)] == ["reauthorise"]
        told: dict[str, Any] = show_teams(desk, CODE)
        (shown,) = told["visits"]
        assert shown["letter"]["current"] is False
        assert [one["in"] for one in shown["replacements"]] == ["P04"]
        with pytest.raises(Refused, match="先作废原授权书"):
            authorise_teams(desk, CODE)
    with open_desk(by="L-DIRECTOR", today=OPENED) as desk:
        void_document(desk, number, "人员更换")
    with open_desk(by="P90", today=OPENED) as desk:
        (again,) = authorise_teams(desk, CODE, visit.id)
        assert again.id != number
        assert list_tasks(desk) == []
    assert scene.messages("document") == []  # it is shown at the door, never mailed


def test_a_letter_waits_for_the_campaign_to_open(scene: Scene, open_desk: OpenDesk) -> None:
    scene.settle()
    scene.plan()
    with open_desk(by="P90", today=OPENED) as desk, pytest.raises(Refused, match="没有启动"):
        authorise_teams(desk, CODE)


def test_makers_of_the_first_round_do_not_look_back_at_their_own_unit(
    scene: Scene, open_desk: OpenDesk
) -> None:
    from casework.staff.staffing import ties
    from core.campaign.campaignplan import read_plan
    from core.staffing.recusal import Ground, Tie

    start_with(scene, open_desk, "P01", "P02")
    text = PLAN.replace(CODE, "2026-HT-01").replace("comprehensive", "look_back") + f'original: ["{CODE}"]\n'
    text = text.replace("2026-03-02", "2026-06-01").replace("2026-03-31", "2026-06-30")
    with open_desk(readonly=True, today=date(2026, 5, 6)) as desk:
        found = list(ties(desk, read_plan(text, "campaign.yaml")))
        assert found == [Tie("P01", "D001", Ground.MAKER), Tie("P02", "D001", Ground.MAKER)]
        other = read_plan(text.replace("look_back", "special"), "campaign.yaml")
        assert list(ties(desk, other)) == []


def test_nothing_is_left_when_a_plan_with_declarations_fails(scene: Scene, open_desk: OpenDesk) -> None:
    scene.settle()
    for code in ("P01", "P02", "P03"):
        with open_desk(by=code, today=PLANNED) as desk:
            number = declare(desk, Filing(code, None, "D001", Relation.KIN, "亲属任职")).id or 0
        with open_desk(by="L-DIRECTOR", today=PLANNED) as desk:
            decide(desk, number, accept=True, note="")
    with (
        open_desk(by="P90", today=PLANNED) as desk,
        pytest.raises(InvalidInput, match="亲属关系3人"),
    ):
        plan_campaign(desk, scene.file("campaign.yaml", PLAN.encode()))
    assert scene.rows(select(VisitMember)) == []
