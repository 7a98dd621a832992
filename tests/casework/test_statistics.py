from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from casework.counts.statistics import count
from casework.desk import Desk
from core.codes import Light
from core.errors import NotFound
from core.life.rectification import RequestKind
from models.message import Message
from models.rectification import Rectification
from tests import make

UNITS = {"期", "项", "场", "处", "份", "条", "人次", "件", "个", "次", "家", "人", "%", "日", "封"}


def numbers(desk: Desk, **scope: object) -> dict[str, object]:
    """Return {key: value} of a count."""
    counted = count(desk, **scope)  # type: ignore[arg-type]  # the tests give the keywords of `count`
    return {row.key: row.value for group in counted.groups for row in group.rows}


def note_act(desk: Desk, case: Rectification, act: str, on: date, to_state: str = "") -> None:
    desk.record("case", case.id, act, unit_id=case.unit_id, to_state=to_state or case.state, on=on)
    desk.flush_changes()


def test_an_empty_office_counts_nothing_and_divides_by_nothing(desk: Desk) -> None:
    found = numbers(desk)
    assert {value for value in found.values() if value not in (0, None)} == set()
    assert found["cases.rectified_share"] is None
    assert found["units.coverage"] is None


def test_every_number_has_its_own_key_a_label_and_a_unit_word(desk: Desk) -> None:
    campaign, unit = make.make_campaign(desk), make.make_unit(desk)
    make.make_finding_and_case(desk, campaign, unit, "Q1")
    make.make_person(desk)
    rows = [row for group in count(desk).as_dict()["groups"] for row in group["rows"]]
    assert len({row["key"] for row in rows}) == len(rows) > 80
    assert all(row["label"] and row["unit"] in UNITS for row in rows)


def test_campaigns_units_and_people_are_counted_apart(desk: Desk) -> None:
    campaign = make.make_campaign(desk)
    make.make_campaign(desk, "2026-ZX-01", kind="special", state="planned", opened_on=None)
    units = [make.make_unit(desk, f"D00{n}") for n in range(1, 5)]
    people = [make.make_person(desk, f"P0{n}", specialties="法治宣传、行政执法") for n in (1, 2)]
    for unit in units[:3]:
        make.make_visit(desk, campaign, unit, *people)
    make.make_visit(desk, campaign, units[3], from_on=date(2026, 7, 9), to_on=date(2026, 7, 9))
    found = numbers(desk)
    assert (found["campaigns.opened"], found["campaigns.waiting"]) == (1, 1)
    assert (found["campaigns.kind.comprehensive"], found["campaigns.kind.special"]) == (1, 0)
    assert (found["visits.planned"], found["visits.done"]) == (4, 3)
    assert (found["units.all"], found["units.visited"], found["units.coverage"]) == (4, 3, 75.0)
    assert (found["people.pool"], found["people.sent"], found["people.sent_times"]) == (2, 2, 6)
    assert found["people.specialty.行政执法"] == 2


def test_workbooks_and_self_reports_are_in_time_late_or_missing(desk: Desk) -> None:
    campaign = make.make_campaign(desk)
    due = date(2026, 3, 5)
    days = (due, date(2026, 3, 6), None)
    for number, day in enumerate(days, 1):
        visit = make.make_visit(
            desk, campaign, make.make_unit(desk, f"D00{number}"),
            self_report_due_on=due, self_report_on=day, workbook_returned_on=day,
        )  # fmt: skip
        make.make_check(desk, visit)
    make.make_check(desk, visit, "F27", result="failed", problem="未公示", severity="minor")
    found = numbers(desk)
    assert [found[f"self_reports.{k}"] for k in ("asked", "in_time", "late", "missing")] == [3, 1, 1, 1]
    assert (found["workbooks.returned"], found["workbooks.waiting"]) == (2, 1)
    assert (found["checks.all"], found["checks.result.failed"]) == (4, 1)


def test_problems_are_counted_by_state_severity_and_class(desk: Desk) -> None:
    campaign, unit = make.make_campaign(desk), make.make_unit(desk)
    make.make_finding(desk, campaign, unit, "Q1", severity="grave")
    make.make_finding(desk, campaign, unit, "Q2", item="F27")
    make.make_finding(desk, campaign, unit, "Q3", state="paper")
    make.make_finding(desk, campaign, unit, "Q4", state="withdrawn")
    found = numbers(desk)
    assert [found[f"findings.{state}"] for state in ("confirmed", "paper", "withdrawn")] == [2, 1, 1]
    assert (found["findings.severity.grave"], found["findings.severity.major"]) == (1, 1)
    assert (found["findings.class.E"], found["findings.class.F"]) == (1, 1)


def test_a_case_applied_for_in_time_is_not_late_because_the_office_verified_later(desk: Desk) -> None:
    campaign, unit = make.make_campaign(desk), make.make_unit(desk)
    late_office = make.make_finding_and_case(
        desk, campaign, unit, "Q1", state="closed", closed_on=date(2026, 6, 10)
    )
    make.note_application(desk, late_office, make.DUE_ON)
    make.make_finding_and_case(desk, campaign, unit, "Q2", state="archived", closed_on=date(2026, 6, 10))
    make.make_finding_and_case(desk, campaign, unit, "Q3")
    make.make_finding_and_case(desk, campaign, unit, "Q4", state="withdrawn")
    found = numbers(desk)
    assert (found["cases.all"], found["cases.rectified"], found["cases.rectified_share"]) == (3, 2, 66.7)
    assert (found["closures.in_time"], found["closures.late"]) == (1, 1)
    assert (found["cases.overdue"], found["cases.overdue_share"]) == (2, 66.7)


def test_an_extension_does_not_wash_the_original_due_date_away(desk: Desk) -> None:
    campaign, unit = make.make_campaign(desk), make.make_unit(desk)
    later = date(2026, 7, 20)
    case = make.make_finding_and_case(
        desk, campaign, unit, "Q1", due_on=later, first_due_on=make.DUE_ON, due_version=2
    )
    make.make_request(desk, case, state="granted", due_before=make.DUE_ON, granted_until_on=later)
    make.make_request(desk, case, number=2)
    make.make_request(desk, case, RequestKind.OBJECTION, state="refused")
    found = numbers(desk)
    assert (found["cases.overdue"], found["cases.overdue_first"]) == (0, 1)
    assert [found[f"extension.{k}"] for k in ("asked", "granted", "waiting", "days")] == [2, 1, 1, 47]
    assert (found["objection.asked"], found["objection.granted"], found["objection.refused"]) == (1, 0, 1)


def test_returns_and_rebounds_are_counted_by_their_acts(desk: Desk) -> None:
    campaign, unit = make.make_campaign(desk), make.make_unit(desk)
    case = make.make_finding_and_case(desk, campaign, unit, "Q1")
    for act, state in (
        ("verify", "rectifying"),
        ("return", ""),
        ("look_back", "rectifying"),
        ("look_back", "archived"),
    ):
        note_act(desk, case, act, date(2026, 6, 1), state)
    found = numbers(desk)
    assert (found["deeds.returned"], found["deeds.look_backs"], found["deeds.rebounds"]) == (2, 2, 1)


def test_lights_lit_highest_and_standing_are_three_numbers(desk: Desk) -> None:
    campaign, unit = make.make_campaign(desk), make.make_unit(desk)
    case = make.make_finding_and_case(desk, campaign, unit, "Q1")
    make.make_rung(desk, case, Light.BLUE, date(2026, 5, 27))
    make.make_rung(desk, case, Light.YELLOW, date(2026, 6, 4))
    make.make_rung(desk, case, Light.YELLOW, date(2026, 6, 20), due_version=2)
    case.light = "none"
    make.store(desk, case)
    found = numbers(desk)
    assert (found["lights.lit"], found["lights.lit.blue"], found["lights.lit.yellow"]) == (3, 1, 2)
    assert (found["lights.highest.yellow"], found["lights.highest.blue"], found["lights.now.yellow"]) == (
        1,
        0,
        0,
    )
    assert (found["lights.cleared"], found["lights.repeated"]) == (1, 1)


def test_documents_are_counted_by_kind_and_their_points_apart(desk: Desk) -> None:
    campaign, unit = make.make_campaign(desk), make.make_unit(desk)
    cases = [make.make_finding_and_case(desk, campaign, unit, f"Q{n}") for n in range(3)]
    make.make_document(desk, campaign, unit, "feedback_notice", *cases)
    make.make_document(desk, campaign, unit, "urging", cases[0], state="issued")
    make.make_document(desk, campaign, unit, "urging", cases[0], state="void")
    make.make_document(desk, campaign, unit, "supervision", cases[0], state="draft")
    found = numbers(desk)
    assert [found[f"documents.{k}"] for k in ("signed", "served", "draft", "void")] == [2, 1, 1, 1]
    assert (found["documents.feedback_notice.signed"], found["documents.points"]) == (1, 3)
    assert (found["documents.urging.signed"], found["documents.urging.void"]) == (1, 1)


def test_referrals_are_numbers_and_never_name_a_case(desk: Desk) -> None:
    campaign, unit = make.make_campaign(desk), make.make_unit(desk, name="示例县秘密名称局")
    case = make.make_finding_and_case(desk, campaign, unit, "Q-SECRET")
    make.make_referral(
        desk, case, state="resulted", receiver="discipline", sent_on=date(2026, 6, 26), receipt_on=date(2026, 6, 27),
        result_on=date(2026, 6, 29), disciplinary=2,
    )  # fmt: skip
    make.make_referral(desk, case, number=2, state="declined")
    found = numbers(desk)
    assert [found[f"referrals.{k}"] for k in ("opened", "sent", "receipt", "result")] == [2, 1, 1, 1]
    assert (found["referrals.state.declined"], found["referrals.receiver.discipline"]) == (1, 1)
    assert (found["referrals.disciplinary"], found["referrals.criminal"]) == (2, 0)
    told = str(count(desk).as_dict())
    assert "Q-SECRET" not in told
    assert "秘密名称" not in told


def test_a_mail_counts_on_its_day_in_shanghai(desk: Desk) -> None:
    at = datetime(2026, 5, 31, 16, 30, tzinfo=UTC)  # half past midnight of 1 June
    make.store(
        desk,
        Message(
            office_id=desk.office_id, kind="staff", key="k", message_id="<m>", recipient_name="督察员01",
            recipient="a@shilixian.example", domain="shilixian.example", state="ready", queued_at=at, not_before=at,
        ),
    )  # fmt: skip
    assert numbers(desk, from_on=date(2026, 6, 1), to_on=date(2026, 6, 1))["mails.state.ready"] == 1
    assert numbers(desk, to_on=date(2026, 5, 31))["mails.all"] == 0


def test_a_count_of_one_campaign_or_period_leaves_the_rest_out(desk: Desk) -> None:
    first, second = make.make_campaign(desk), make.make_campaign(desk, "2026-ZX-01", kind="special")
    unit = make.make_unit(desk)
    make.make_finding_and_case(desk, first, unit, "Q1")
    case = make.make_finding_and_case(desk, second, unit, "Q2", finding={"found_on": date(2026, 4, 7)})
    make.make_rung(desk, case, Light.BLUE, date(2026, 5, 27))
    one = numbers(desk, campaign="2026-ZX-01")
    assert (one["campaigns.opened"], one["findings.confirmed"], one["cases.all"], one["lights.lit"]) == (
        1,
        1,
        1,
        1,
    )
    march = numbers(desk, from_on=date(2026, 3, 1), to_on=date(2026, 3, 31))
    assert (march["findings.confirmed"], march["cases.all"], march["lights.lit"]) == (1, 1, 0)
    with pytest.raises(NotFound):
        count(desk, campaign="2031-ZH-09")
