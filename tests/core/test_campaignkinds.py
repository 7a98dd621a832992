"""Every kind of campaign belongs to its line; a plan that does not fit its kind is refused at its place."""

from __future__ import annotations

import pytest

from core.calendar.workdays import Calendar
from core.campaign.campaignkinds import too_short
from core.campaign.campaignplan import CampaignPlan, read_plan
from core.campaign.scope import ScopeWish, after_change
from core.campaign.visibility import sees_finding
from core.codes import CampaignKind, Line
from core.errors import InvalidInput, InvalidRuleFile
from core.rulebook import load_rulebook
from system.paths import RULES_DIR, read_texts

BOOK = load_rulebook(read_texts(RULES_DIR, ".yaml"))
KINDS = BOOK.campaigns["county"]
PARTY = {"comprehensive", "special", "written", "on_site", "unannounced", "look_back"}
PLAN = """\
code: "2026-01"
title: 法治督察
kind: special
line: party
catalogs: [{key: fazhi-ducha-46, items: [E18, E19]}]
period: {from: 2026-03-02, to: 2026-03-31}
units: [D001, T001]
team: {size: 2}
"""


def plan_for(kind: str, line: str, more: str = "") -> str:
    text = PLAN.replace("kind: special", f"kind: {kind}").replace("line: party", f"line: {line}") + more
    if kind == "look_back":
        text += 'original: ["2025-01"]\n'
    if kind == "roving":
        text += "theme: 行政处罚案卷\nmonth: 2026-03\n"
    if kind == "stationed":
        text += "visit_workdays: 20\n"
    return text


def mistakes(text: str) -> list[str]:
    with pytest.raises(InvalidRuleFile) as refused:
        read_plan(text, "campaign.yaml", KINDS)
    return [str(one) for one in refused.value.problems]


def test_every_kind_has_its_rule_and_its_line() -> None:
    assert set(KINDS.kinds) == set(CampaignKind)
    assert {kind.code for kind in KINDS.kinds.values() if kind.line == "party"} == PARTY
    assert {kind.code for kind in KINDS.kinds.values() if kind.line == "both"} == {"lead_check"}
    assert all(kind.milestones and kind.methods for kind in KINDS.kinds.values())


@pytest.mark.parametrize("kind", list(CampaignKind))
def test_each_kind_is_planned_on_its_line_and_refused_on_the_other_at_its_place(kind: CampaignKind) -> None:
    rule = KINDS.kinds[kind]
    for line in Line:
        text = plan_for(kind.value, line.value)
        if rule.serves(line):
            assert read_plan(text, "campaign.yaml", KINDS).kind is kind
        else:
            (told,) = mistakes(text)
            assert told.startswith("campaign.yaml:4:7: E204 ")
            assert rule.name in told
            assert rule.line in told


def test_a_roving_campaign_has_one_theme_and_stays_in_its_month() -> None:
    text = PLAN.replace("kind: special", "kind: roving").replace("line: party", "line: enforcement")
    # one message a place of the file
    assert any("theme" in one for one in mistakes(text))
    told = mistakes(text + "theme: 行政处罚案卷\nmonth: 2026-04\n")
    assert told == [
        "campaign.yaml:10:8: E204 督察期间2026-03-02至2026-03-31不在2026-04之内",
    ]


def test_a_look_back_needs_its_originals_and_others_have_none() -> None:
    assert any("original" in one for one in mistakes(PLAN.replace("kind: special", "kind: look_back")))
    (told,) = mistakes(PLAN + 'original: ["2025-01"]\n')
    assert told.startswith("campaign.yaml:9:11: ")
    bare = PLAN.replace("units: [D001, T001]\n", "").replace(
        "catalogs: [{key: fazhi-ducha-46, items: [E18, E19]}]\n", ""
    )
    assert [one.split("：")[0].rpartition(" ")[2] for one in mistakes(bare)] == ["catalogs", "units"]
    plan = read_plan(bare.replace("special", "look_back") + 'original: ["2025-01"]\n', "campaign.yaml", KINDS)
    assert (plan.units, plan.catalogs) == ((), ())


def test_a_stationed_campaign_lasts_and_a_team_has_its_number() -> None:
    text = plan_for("stationed", "enforcement")
    calendar = Calendar(BOOK.calendars.values())
    plan = read_plan(text, "campaign.yaml", KINDS)
    assert too_short(plan, KINDS.kinds[CampaignKind.STATIONED], calendar) == ""
    short = read_plan(text.replace("to: 2026-03-31", "to: 2026-03-20"), "campaign.yaml", KINDS)
    assert too_short(short, KINDS.kinds[CampaignKind.STATIONED], calendar) == "15个工作日"
    (told,) = mistakes(text.replace("visit_workdays: 20", "visit_workdays: 5"))
    assert told.startswith("campaign.yaml:9:17: ")


def test_a_campaign_has_one_reason_to_take_place_and_one_partner() -> None:
    both = (
        "plan_reference: {document: 2026年度督查检查考核计划, item: 法治督察}\n"
        'exception: {reason: 上级交办, approved_by: L-COUNTY, "on": 2026-02-01}\n'
    )
    (told,) = mistakes(PLAN + both)
    assert "只写一个" in told
    (told,) = mistakes(PLAN + "joint: {with: 巡察, milestones: [opening, party]}\n")
    assert "party" in told
    plan = read_plan(PLAN + "joint_with: 巡察\n", "campaign.yaml", KINDS)
    assert plan.together is not None
    assert (plan.together.partner, plan.together.findings) == ("巡察", "separate")
    assert read_plan(PLAN, "campaign.yaml", KINDS).together is None


def test_what_is_asked_may_be_written_as_words_or_with_a_number() -> None:
    text = (
        PLAN
        + "interviews: [主要负责人, {asked: 执法人员, count: 5}]\nquestionnaires: []\nself_report: false\n"
    )
    plan = read_plan(text, "campaign.yaml", KINDS)
    assert [(one.asked, one.count) for one in plan.interviews] == [("主要负责人", 1), ("执法人员", 5)]
    assert plan.self_report is False
    again = CampaignPlan.model_validate(plan.model_dump(mode="json", by_alias=True))
    assert again == plan


@pytest.mark.parametrize(
    ("roles", "visibility", "sharing", "seen"),
    [
        (("officer",), "office", "none", True),
        (("officer", "linkage"), "office", "separate", True),
        (("linkage",), "office", "separate", False),
        (("linkage",), "joint", "separate", True),
        (("linkage",), "office", "shared", True),
        (("linkage",), "joint", "none", False),
        (("unit",), "joint", "shared", False),
        ((), "joint", "shared", False),
    ],
)
def test_the_partner_sees_what_was_shared_and_nothing_else(
    roles: tuple[str, ...], visibility: str, sharing: str, *, seen: bool
) -> None:
    assert sees_finding(roles, visibility, sharing) is seen


def test_a_change_of_scope_gives_the_plan_that_holds_after_it() -> None:
    plan = read_plan(PLAN, "campaign.yaml")
    items = {"fazhi-ducha-46": ("E18", "E19")}
    wish = ScopeWish(("D002",), ("T001",), ("E20",), ("E18",), None, plan.period.to_on.replace(day=30))
    after = after_change(plan, wish, ["D001", "T001"], items)
    assert after.units == ("D001", "D002")
    assert after.catalogs[0].items == ("E19", "E20")
    assert after.period.to_on.day == 30
    assert ScopeWish.read(wish.as_dict()) == wish


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        (ScopeWish(), "变更什么"),
        (ScopeWish(add_units=("D001",)), "已在范围内"),
        (ScopeWish(drop_units=("D009",)), "不在范围内"),
        (ScopeWish(drop_units=("D001", "T001")), "没有督察对象"),
        (ScopeWish(drop_items=("E18", "E19")), "没有督察对象"),
        (ScopeWish(add_items=("E18",)), "已在范围内"),
    ],
)
def test_a_change_that_changes_nothing_or_leaves_nothing_is_refused(wish: ScopeWish, said: str) -> None:
    plan = read_plan(PLAN, "campaign.yaml")
    with pytest.raises(InvalidInput, match=said):
        after_change(plan, wish, ["D001", "T001"], {"fazhi-ducha-46": ("E18", "E19")})
