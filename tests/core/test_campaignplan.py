"""A campaign plan file: the example of the design is read as it stands, and every mistake is named with its place."""

from __future__ import annotations

from datetime import date

import pytest

from core.campaign.campaignplan import UnitChoice, read_plan
from core.codes import CampaignKind, Line
from core.errors import InvalidRuleFile

PLAN = """\
code: "2026-ZH-01"
title: 2026年度县直单位和乡镇（街道）法治督察
kind: comprehensive
line: party
catalogs: [{key: fazhi-ducha-46, items: all}]
period: {from: 2026-03-02, to: 2026-04-30}
units: {select: {类别: [政府部门, 乡镇街道]}}
team: {size: 3, leader: leader, at_least: {法治宣传: 1}, recuse: {former_years: 5}, seed: 20260302}
notice: {document: feedback_notice, sign_by: director}
joint_with: null
"""


def mistakes(text: str) -> list[str]:
    with pytest.raises(InvalidRuleFile) as refused:
        read_plan(text, "campaign.yaml")
    return [str(problem) for problem in refused.value.problems]


def test_the_example_of_the_design_is_read_as_it_stands() -> None:
    plan = read_plan(PLAN, "campaign.yaml")
    assert (plan.code, plan.kind, plan.line) == ("2026-ZH-01", CampaignKind.COMPREHENSIVE, Line.PARTY)
    assert (plan.period.from_on, plan.period.to_on) == (date(2026, 3, 2), date(2026, 4, 30))
    assert isinstance(plan.units, UnitChoice)
    assert plan.units.select["类别"] == ("政府部门", "乡镇街道")
    assert (plan.team.size, plan.team.at_least, plan.team.recuse.former_years) == (3, {"法治宣传": 1}, 5)
    assert plan.notice.document == "feedback_notice"
    assert (plan.catalogs[0].items, plan.joint_with) == ("all", None)


def test_units_and_items_may_be_named_one_by_one() -> None:
    text = PLAN.replace("items: all", "items: [E, F27]").replace(
        "units: {select: {类别: [政府部门, 乡镇街道]}}", "units: [D001, T003]"
    )
    plan = read_plan(text, "campaign.yaml")
    assert plan.units == ("D001", "T003")
    assert plan.catalogs[0].items == ("E", "F27")


def test_what_is_left_out_has_a_lawful_default() -> None:
    lines = [line for line in PLAN.splitlines() if not line.startswith(("team", "notice", "joint"))]
    plan = read_plan("\n".join(lines), "campaign.yaml")
    assert (plan.team.size, plan.team.leader, plan.visit_workdays, plan.self_report_workdays) == (
        3,
        "leader",
        1,
        5,
    )


def test_every_mistake_is_named_with_its_place_in_one_run() -> None:
    text = (
        PLAN.replace("kind: comprehensive", "kind: 综合")
        .replace("size: 3", "size: 1")
        .replace("joint_with", "together")
    )
    found = mistakes(text)
    assert [problem.split(": ")[0] for problem in found] == [
        "campaign.yaml:3:7",
        "campaign.yaml:8:14",
        "campaign.yaml:10:1",
    ]
    assert "综合" in found[0]
    assert "没有这个键" in found[2]


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    found = mistakes(PLAN.replace("to: 2026-04-30", "to: 2026-01-30"))
    assert len(found) == 1
    assert "结束日不得早于开始日" in found[0]
    assert found[0].startswith("campaign.yaml:6:")


def test_units_that_are_neither_a_choice_nor_a_list_are_one_mistake() -> None:
    found = mistakes(PLAN.replace("{select: {类别: [政府部门, 乡镇街道]}}", "全部"))
    assert len(found) == 1
    assert found[0].startswith("campaign.yaml:7:")


def test_broken_yaml_is_refused_with_its_place() -> None:
    assert mistakes("code: [1, 2\ntitle: x")[0].startswith("campaign.yaml:")


def test_a_long_value_is_shortened_in_the_message() -> None:
    found = mistakes(PLAN.replace('"2026-ZH-01"', '"' + "长" * 60 + '"'))
    assert "长" * 37 + "…" in found[0]
    assert "长" * 38 not in found[0]


def test_a_text_without_plan_names_what_is_missing() -> None:
    found = mistakes("title: 督察\n")
    assert len(found) >= 1
    assert "code" in " ".join(found)
