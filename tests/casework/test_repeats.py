"""A problem found again at the same unit is linked to those before it and aggravated as the ladder says."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date

from sqlmodel import col, select

from casework.desk import Desk
from casework.inspection.findings import confirm_findings, list_findings, withdraw_finding
from casework.lights.explaining import explain_case
from casework.paperwork.notices import draft_notices
from casework.paperwork.papers import build_paper
from casework.rectification.caselist import show_case
from casework.rectification.repeats import list_repeats, view_repeat
from casework.units.genealogy import Wanted, record_change
from core.life.unitlife import UnitChangeKind as Kind
from delivery.paper import write_paper
from models.campaign import Campaign, Finding
from models.organisation import Unit
from models.record import AuditEntry
from tests import make
from tests.casework.scene import CODE, Scene, plan_json, settle_county

TODAY = date(2026, 4, 1)
NEW = f"{CODE}-D001-01"


def write_earlier(desk: Desk, units: dict[str, Unit], earlier: Sequence[tuple[str, str, date]]) -> None:
    """Write a closed campaign with confirmed findings, each (unit, item, confirmed on)."""
    old = make.make_campaign(desk, "2024-ZH-01", state="closed", closed_on=date(2024, 12, 31))
    for number, (unit, code, day) in enumerate(earlier, 1):
        name = f"2024-ZH-01-{unit}-{number:02}"
        make.make_finding(desk, old, units[unit], name, item=code, confirmed_on=day, found_on=day)


def find_again(
    scene: Scene,
    *earlier: tuple[str, str, date],
    item: str = "E24",
    severity: str = "minor",
    confirm: bool = True,
) -> Finding:
    """Write earlier findings and a new working paper at D001; confirm it."""
    with scene.open_desk(today=date(2026, 2, 24)) as desk:
        settle_county(desk)
        units = {unit.code: unit for unit in desk.session.exec(select(Unit))}
        write_earlier(desk, units, earlier)
        campaign = make.make_campaign(desk, plan=plan_json())
        visit = make.make_visit(desk, campaign, units["D001"], items=item)
        found: dict[str, str] = {"item": item, "severity": severity, "unit_opinion": "confirmed"}
        check = make.make_check(desk, visit, **found, result="failed", problem="未按规定公示。")
        kept = {**found, "state": "paper", "confirmed_by": None, "confirmed_on": None}
        make.make_finding(desk, campaign, units["D001"], NEW, **kept, check_record_id=check.id)
    if confirm:
        with scene.open_desk(by="P90", today=TODAY) as desk:
            confirm_findings(desk, [NEW])
    return scene.finding(NEW)


def test_a_repeat_across_years_is_linked_and_its_severity_rises_by_one(scene: Scene) -> None:
    finding = find_again(scene, ("D001", "E24", date(2024, 5, 20)), ("T001", "E24", date(2024, 5, 20)))
    assert (finding.repeat_count, finding.severity, finding.raised_from) == (1, "major", "minor")
    assert scene.case(NEW).severity == "major"
    assert scene.case(NEW).light == "none"  # more than twelve months: E3 is not registered
    assert "repeat" in scene.told("finding", finding.id)
    said = scene.rows(select(AuditEntry).where(col(AuditEntry.act) == "repeat"))[0]
    assert json.loads(said.detail)["repeat_of"] == "2024-ZH-01-D001-01"


def test_a_repeat_within_the_months_of_its_event_is_registered_as_that_event(scene: Scene) -> None:
    find_again(scene, ("D001", "E24", date(2025, 6, 1)))
    case = scene.case(NEW)
    assert (case.severity, case.light) == ("major", "blue")
    assert "flag" in scene.told("case", case.id)


def test_what_was_withdrawn_or_is_too_long_ago_or_another_matter_is_no_repeat(scene: Scene) -> None:
    find_again(
        scene, ("D001", "E24", date(2023, 4, 1)), ("D001", "F27", date(2025, 6, 1)), ("D001", "E24", date(2025, 6, 1)),
        confirm=False,
    )  # fmt: skip
    with scene.open_desk(by="L-DIRECTOR", today=TODAY) as desk:
        withdraw_finding(desk, "2024-ZH-01-D001-03", "证据不足")
    with scene.open_desk(by="P90", today=TODAY) as desk:
        confirm_findings(desk, [NEW])
    finding = scene.finding(NEW)
    assert (finding.repeat_of, finding.repeat_count, finding.severity) == (None, 0, "minor")
    assert scene.case(NEW).light == "none"


def test_two_findings_of_one_item_in_one_campaign_are_no_repeat(scene: Scene) -> None:
    first, second = scene.confirm(("D001", "E24", "minor"), ("D001", "E24", "minor"))
    assert [scene.finding(code).repeat_count for code in (first, second)] == [0, 0]


def test_what_the_special_catalogue_found_counts_for_the_item_it_maps_to(scene: Scene) -> None:
    with scene.open_desk(readonly=True) as desk:
        mapped = next(
            (item.id, item.maps_to[0])
            for item in desk.rules.catalogs["zhifa-zhuanxiang-12"].items
            if "E24" in item.maps_to
        )
    assert find_again(scene, ("D001", mapped[0], date(2024, 6, 1))).repeat_count == 1


def test_the_past_of_a_merged_unit_is_the_past_of_its_successor(scene: Scene) -> None:
    find_again(scene, ("T001", "E24", date(2024, 6, 1)), confirm=False)
    with scene.open_desk(by="P90", today=TODAY) as desk:
        record_change(desk, Wanted(Kind.MERGE, ("T001",), ("D001",), date(2026, 3, 1), "示委编〔2026〕3号"))
    with scene.open_desk(by="P90", today=TODAY) as desk:
        confirm_findings(desk, [NEW])
    finding = scene.finding(NEW)
    assert (finding.repeat_count, finding.raised_from) == (1, "minor")
    with scene.open_desk(readonly=True, today=TODAY) as desk:
        said = view_repeat(desk, finding)
        assert said is not None
        assert "示例县T001局" in said.sentence


def test_a_repeat_is_told_in_the_notice_the_case_and_the_lists(scene: Scene) -> None:
    find_again(scene, ("D001", "E24", date(2024, 5, 20)), ("D001", "E24", date(2025, 1, 6)))
    with scene.open_desk(by="P90", today=TODAY) as desk:
        (notice,) = draft_notices(desk, CODE)
        paper = write_paper(build_paper(desk, notice)[0]).decode()
    assert "屡查屡犯（第3次）：2025年1月6日" in paper
    assert "由“一般”上调为“较重”" in paper
    with scene.open_desk(readonly=True, today=TODAY) as desk:
        assert "屡查屡犯" in explain_case(desk, NEW).sentences[0]
        assert "屡查屡犯" in str(show_case(desk, NEW)["repeat"])
        assert [row["repeat_count"] for row in list_findings(desk, campaign=CODE)] == [2]
        (row,) = list_repeats(desk)
        assert (row["id"], row["repeat_of"], row["count"]) == (NEW, "2024-ZH-01-D001-02", 2)


def test_a_grave_repeat_stays_grave_and_one_without_a_rule_is_only_told(scene: Scene) -> None:
    finding = find_again(scene, ("D001", "E24", date(2024, 5, 20)), severity="grave")
    assert (finding.severity, finding.raised_from, finding.repeat_count) == ("grave", None, 1)
    assert scene.rows(select(Campaign))[0].code == "2024-ZH-01"
