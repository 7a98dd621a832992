from __future__ import annotations

from datetime import date

import pytest

from casework.counts.countscope import scope_of
from casework.desk import Desk
from casework.inspection.focus import plan_snippet, suggest_focus
from casework.reports.ranking import explain_unit, rank
from core.errors import NotFound
from models.campaign import Campaign
from models.organisation import Unit
from tests import make


def setting(desk: Desk) -> tuple[Campaign, list[Unit]]:
    campaign = make.make_campaign(desk)
    units = [make.make_unit(desk, f"D00{n}") for n in (1, 2, 3)] + [
        make.make_unit(desk, "T001", kinds="乡镇街道")
    ]
    for unit in units:
        visit = make.make_visit(desk, campaign, unit)
        make.make_check(desk, visit)
        make.make_check(desk, visit, "F27", result="failed", problem="未公示", severity="minor")
    return campaign, units


def close_in_time(desk: Desk, campaign: Campaign, unit: Unit, code: str) -> None:
    case = make.make_finding_and_case(desk, campaign, unit, code, state="closed", closed_on=date(2026, 6, 10))
    make.note_application(desk, case, make.DUE_ON)


def places(desk: Desk) -> dict[str, int | None]:
    return {one.unit.code: one.place for one in rank(scope_of(desk, campaign="2026-ZH-01"))}


def test_units_are_ranked_inside_their_group_by_what_they_did(desk: Desk) -> None:
    campaign, units = setting(desk)
    close_in_time(desk, campaign, units[0], "Q1")
    make.make_finding_and_case(desk, campaign, units[1], "Q2")
    # D003 has nothing due: those lines are left out, and what is left counts for the whole.
    assert places(desk) == {"D001": 1, "D003": 2, "D002": 3, "T001": 1}


def test_suspended_withdrawn_and_extended_problems_cost_nothing(desk: Desk) -> None:
    campaign, units = setting(desk)
    close_in_time(desk, campaign, units[0], "Q1")
    before = explain_unit(scope_of(desk), "D001")["total"]
    make.make_finding_and_case(desk, campaign, units[0], "Q2", suspended_on=date(2026, 5, 20))
    make.make_finding_and_case(
        desk, campaign, units[0], "Q3", state="withdrawn", finding={"state": "withdrawn"}
    )
    make.make_finding_and_case(
        desk, campaign, units[0], "Q4", due_on=date(2026, 7, 20), first_due_on=make.DUE_ON
    )
    assert explain_unit(scope_of(desk), "D001")["total"] == before
    make.make_finding_and_case(desk, campaign, units[0], "Q5")
    assert explain_unit(scope_of(desk), "D001")["total"] < before


def test_an_explanation_names_every_step_and_the_rows_behind_each_fact(desk: Desk) -> None:
    campaign, units = setting(desk)
    close_in_time(desk, campaign, units[0], "Q1")
    make.make_finding_and_case(desk, campaign, units[0], "Q2")
    told = explain_unit(scope_of(desk), "D001")
    said = {step["name"]: step["said"] for step in told["explained"]}
    assert "到期事项中已销号1÷到期整改事项2＝50.00%" in said["到期整改完成"]
    facts = {one["fact"]: one for one in told["facts"]}
    assert all(fact["value"] == sum(row["amount"] for row in fact["rows"]) for fact in facts.values())
    assert "Q2" in facts["overdue"]["rows"][0]["text"]
    assert told["said"].endswith(f"总分{told['total']}分")


def test_a_unit_that_was_not_checked_is_not_ranked_and_is_told_why(desk: Desk) -> None:
    setting(desk)
    make.make_unit(desk, "D009")
    found = {one.unit.code: one for one in rank(scope_of(desk))}
    assert (found["D009"].place, found["D009"].reason) == (None, "检查事项0次，不足1，不排名")
    with pytest.raises(NotFound):
        explain_unit(scope_of(desk, campaign="2026-ZH-01"), "D009")


def test_what_many_units_get_wrong_again_comes_first_in_the_next_plan(desk: Desk) -> None:
    first, units = setting(desk)
    second = make.make_campaign(desk, "2026-ZX-01", kind="special")
    for number, unit in enumerate(units[:3]):
        make.make_finding(desk, first, unit, f"A{number}", item="F27")
    for number, unit in enumerate(units[:2]):
        make.make_finding(desk, first, unit, f"B{number}", severity="grave")
        make.make_finding(desk, second, unit, f"C{number}")
    make.make_finding(desk, first, units[3], "D0", item="A1")
    found = suggest_focus(scope_of(desk))
    assert [(one.item, one.units, one.problems, one.grave, one.repeats, one.points) for one in found] == [
        ("E24", 2, 4, 2, 2, 12),
        ("F27", 3, 3, 0, 0, 3),
    ]
    snippet = plan_snippet(found)
    assert "catalogs:\n  - {key: fazhi-ducha-46, items: [E24, F27]}" in snippet
    assert "只供参考" in snippet
