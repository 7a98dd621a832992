from __future__ import annotations

from datetime import date

import pytest

from casework.desk import Desk
from casework.lights.lightweeks import Turn, lights_at, week_ends
from casework.reports.campaignreport import campaign_report
from core.codes import Light
from core.errors import NotFound
from core.ladders.palette import DEFAULT
from delivery.report import HeatRow, render_report
from models.campaign import Campaign
from models.organisation import Unit
from tests import make

NONE, BLUE, YELLOW, ORANGE, RED, BLACK = Light


def setting(desk: Desk) -> tuple[Campaign, Unit, Unit]:
    campaign = make.make_campaign(desk, title="示例法治督察")
    units = (
        make.make_unit(desk, "D002", name="示例县第二局"),
        make.make_unit(desk, "D001", name="示例县第一局"),
    )
    for unit in units:
        make.make_visit(desk, campaign, unit)
    return campaign, *units


def heat_of(desk: Desk, unit: str) -> dict[date, Light]:
    report = campaign_report(desk, "2026-ZH-01")
    row: HeatRow = next(row for row in report.heat if row.unit == unit)
    return dict(zip(report.weeks, row.lights, strict=True))


def test_an_unknown_campaign_has_no_report(desk: Desk) -> None:
    with pytest.raises(NotFound):
        campaign_report(desk, "2031-ZH-01")


def test_a_campaign_without_problems_has_a_report(desk: Desk) -> None:
    setting(desk)
    report = campaign_report(desk, "2026-ZH-01")
    assert (report.units_count, report.open_problems, report.closed_problems) == (2, (), ())
    assert "示例法治督察" in render_report(report)


def test_a_campaign_that_is_only_planned_has_a_report_before_its_period(desk: Desk) -> None:
    make.make_campaign(
        desk, state="planned", opened_on=None, period_from=date(2026, 9, 1), period_to=date(2026, 9, 30)
    )
    report = campaign_report(desk, "2026-ZH-01")
    assert report.weeks == (desk.today,)
    assert "规则未冻结" in render_report(report)


def test_the_report_carries_rules_calendar_and_issuer(desk: Desk) -> None:
    campaign, *_units = setting(desk)
    report = campaign_report(desk, "2026-ZH-01")
    assert report.campaign.rules_sha256 == campaign.rules_sha256
    assert report.calendar_version == desk.calendar.version
    assert report.issuer == "中共示例县委全面依法治县委员会办公室"
    assert (report.campaign.kind, report.campaign.line, report.campaign.state) == (
        "综合督察",
        "法治督察",
        "实施中",
    )


def test_units_stand_by_code_and_are_never_ranked(desk: Desk) -> None:
    campaign, second, first = setting(desk)
    for number in range(3):
        make.make_finding_and_case(desk, campaign, second, f"Q{number}")
    make.make_finding_and_case(desk, campaign, first, "Q9", state="closed", closed_on=date(2026, 6, 1))
    report = campaign_report(desk, "2026-ZH-01")
    assert [line.code for line in report.units] == ["D001", "D002"]
    assert [(line.found, line.closed, line.open, line.overdue) for line in report.units] == [
        (1, 1, 0, 0),
        (3, 0, 3, 3),
    ]
    assert [line.number for line in report.open_problems] == ["Q0", "Q1", "Q2"]
    assert report.open_problems[0].late_workdays == desk.calendar.between(make.DUE_ON, desk.today)
    assert [(line.number, line.in_time) for line in report.closed_problems] == [("Q9", True)]


def test_withdrawn_problems_and_working_papers_are_not_in_the_report(desk: Desk) -> None:
    campaign, unit, _other = setting(desk)
    make.make_finding_and_case(desk, campaign, unit, "Q1", state="withdrawn")
    make.make_finding(desk, campaign, unit, "Q2", state="paper")
    report = campaign_report(desk, "2026-ZH-01")
    assert (report.open_problems, sum(line.minor + line.major + line.grave for line in report.classes)) == (
        (),
        0,
    )


def test_the_curve_counts_what_was_found_due_and_closed_up_to_each_week(desk: Desk) -> None:
    campaign, unit, _other = setting(desk)
    make.make_finding_and_case(desk, campaign, unit, "Q1", state="closed", closed_on=date(2026, 6, 5))
    make.make_finding_and_case(desk, campaign, unit, "Q2", due_on=date(2026, 7, 20))
    points = {
        point.week_end: (point.found, point.due, point.closed)
        for point in campaign_report(desk, "2026-ZH-01").curve
    }
    assert points[date(2026, 3, 8)] == (0, 0, 0)
    assert points[date(2026, 3, 15)] == (2, 0, 0)
    assert points[date(2026, 6, 7)] == (2, 1, 1)
    assert points[desk.today] == (2, 1, 1)


def test_the_grid_shows_the_highest_light_of_a_unit_at_the_end_of_each_week(desk: Desk) -> None:
    campaign, unit, _other = setting(desk)
    climbing = make.make_finding_and_case(desk, campaign, unit, "Q1")
    make.make_rung(desk, climbing, BLUE, date(2026, 5, 27))
    make.make_rung(desk, climbing, YELLOW, date(2026, 6, 4))
    done = make.make_finding_and_case(desk, campaign, unit, "Q2")
    make.make_rung(desk, done, RED, date(2026, 6, 9))
    done.light, done.closed_on = "none", date(2026, 6, 17)
    make.store(desk, done)
    heat = heat_of(desk, unit.name)
    assert heat[date(2026, 5, 24)] is NONE
    assert heat[date(2026, 5, 31)] is BLUE
    assert heat[date(2026, 6, 7)] is YELLOW
    assert heat[date(2026, 6, 14)] is RED
    assert heat[date(2026, 6, 21)] is YELLOW
    assert heat[desk.today] is YELLOW
    assert set(heat_of(desk, "示例县第一局").values()) == {NONE}


def test_a_closure_before_a_rebound_is_still_seen_in_the_grid(desk: Desk) -> None:
    campaign, unit, _other = setting(desk)
    case = make.make_finding_and_case(desk, campaign, unit, "Q1")
    make.make_rung(desk, case, RED, date(2026, 5, 27))
    desk.record(
        "case",
        case.id,
        "close",
        unit_id=unit.id,
        from_state="verified",
        to_state="closed",
        on=date(2026, 6, 3),
    )
    desk.flush_changes()
    case.round = 2
    make.make_rung(desk, case, YELLOW, date(2026, 6, 17), code="E5")
    heat = heat_of(desk, unit.name)
    assert [heat[date(2026, 5, 31)], heat[date(2026, 6, 7)], heat[date(2026, 6, 21)]] == [RED, NONE, YELLOW]


def test_a_granted_extension_puts_the_light_out_down_to_what_an_event_had_set(desk: Desk) -> None:
    campaign, unit, other = setting(desk)
    plain = make.make_finding_and_case(desk, campaign, unit, "Q1")
    flagged = make.make_finding_and_case(desk, campaign, other, "Q2")
    make.make_rung(desk, flagged, YELLOW, date(2026, 5, 20), code="E3")
    for case in (plain, flagged):
        make.make_rung(desk, case, RED, date(2026, 5, 27))
        make.make_request(desk, case, state="granted", decided_on=date(2026, 6, 3))
    assert [heat_of(desk, unit.name)[day] for day in (date(2026, 5, 31), date(2026, 6, 7))] == [RED, NONE]
    assert [heat_of(desk, other.name)[day] for day in (date(2026, 5, 31), date(2026, 6, 7))] == [RED, YELLOW]


def test_turns_of_one_day_are_taken_in_the_order_extension_light_end() -> None:
    day = date(2026, 6, 1)
    assert lights_at([Turn(day, 1, 2), Turn(day, 0)], [day], DEFAULT) == [YELLOW]
    assert lights_at([Turn(day, 2), Turn(day, 1, 2)], [day], DEFAULT) == [NONE]
    assert lights_at([Turn(day, 1, 1)], [date(2026, 5, 31), day], DEFAULT) == [NONE, BLUE]


def test_weeks_end_on_sundays_and_a_long_campaign_is_shown_by_several() -> None:
    weeks, step = week_ends(date(2026, 3, 2), date(2026, 3, 18))
    assert (weeks, step) == ((date(2026, 3, 8), date(2026, 3, 15), date(2026, 3, 18)), 1)
    weeks, step = week_ends(date(2026, 3, 2), date(2026, 3, 15))
    assert weeks == (date(2026, 3, 8), date(2026, 3, 15))
    weeks, step = week_ends(date(2024, 1, 1), date(2026, 3, 18))
    assert (len(weeks) <= 32, step, weeks[-1]) == (True, 4, date(2026, 3, 18))


def test_referrals_are_numbers_and_their_letters_are_not_in_the_plot(desk: Desk) -> None:
    campaign, unit, _other = setting(desk)
    case = make.make_finding_and_case(desk, campaign, unit, "Q1")
    make.make_document(desk, campaign, unit, "referral_letter", case)
    make.make_document(desk, campaign, unit, "urging", case)
    sent = {"state": "sent", "receiver": "discipline", "sent_on": desk.today, "studied_on": desk.today}
    make.make_referral(desk, case, opinion="不得外传的意见", channel="hand", **sent)
    report = campaign_report(desk, "2026-ZH-01")
    assert {figure.label: figure.value for figure in report.referrals}["移送（移交）"] == "1"
    assert [line.name for line in report.documents] == ["催办单"]
    assert "不得外传的意见" not in render_report(report)


def test_classes_stand_in_the_order_of_the_catalogue(desk: Desk) -> None:
    campaign, unit, _other = setting(desk)
    make.make_finding_and_case(desk, campaign, unit, "Q1", finding={"item": "F27", "severity": "grave"})
    make.make_finding_and_case(desk, campaign, unit, "Q2")
    lines = campaign_report(desk, "2026-ZH-01").classes
    assert len(lines) == 11
    assert [(line.name, line.grave, line.major) for line in lines if line.grave or line.major] == [
        ("行政执法规范化", 0, 1),
        ("行政执法体制与执法监督", 1, 0),
    ]
