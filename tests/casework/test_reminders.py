"""Reminders inside the office: on working days, once, and made up for when a day was missed."""

from __future__ import annotations

from datetime import date

from sqlmodel import col, select

from casework.mail.reminders import late_self_reports, late_workbooks, papers_to_sign, remind, unserved
from models.campaign import Campaign, Visit
from models.organisation import Person, Unit
from tests import make
from tests.casework.scene import Scene, settle_county

VISIT = date(2026, 3, 12)  # a Thursday
BEFORE = {3: date(2026, 3, 9), 2: date(2026, 3, 10), 1: date(2026, 3, 11)}


def write(scene: Scene, **values: object) -> None:
    """Write an open campaign with one visit of P01 and P02."""
    with scene.open_desk(today=date(2026, 2, 24)) as desk:
        settle_county(desk)
        unit = desk.session.exec(select(Unit).where(Unit.code == "D001")).one()
        people = desk.session.exec(select(Person).where(col(Person.code).in_(("P01", "P02")))).all()
        days = {"from_on": VISIT, "to_on": VISIT, "self_report_due_on": date(2026, 3, 5)}
        make.make_visit(desk, make.make_campaign(desk), unit, *people, **{**days, **values})


def run(scene: Scene, day: date) -> dict[str, int]:
    with scene.open_desk(today=day) as desk:
        return remind(desk)


def test_a_team_is_reminded_three_and_one_working_days_before_and_each_time_once(scene: Scene) -> None:
    write(scene, self_report_due_on=None)
    sent = [run(scene, day)["team_reminder"] for day in (date(2026, 3, 6), *BEFORE.values(), VISIT)]
    assert sent == [0, 2, 0, 2, 0]
    assert run(scene, BEFORE[1])["team_reminder"] == 0
    assert {m.recipient for m in scene.messages("team_reminder")} == {
        "p01@shilixian.example", "p02@shilixian.example"
    }  # fmt: skip


def test_a_missed_day_is_made_up_for(scene: Scene) -> None:
    write(scene, self_report_due_on=None)
    assert run(scene, BEFORE[2])["team_reminder"] == 2
    assert run(scene, BEFORE[1])["team_reminder"] == 2


def test_nothing_happens_on_a_day_off_or_for_a_campaign_that_is_not_open(scene: Scene) -> None:
    write(scene)
    assert set(run(scene, date(2026, 3, 14)).values()) == {0}
    with scene.open_desk(today=VISIT) as desk:
        desk.session.exec(select(Campaign)).one().state = "closed"
    assert run(scene, BEFORE[3]) == {"team_reminder": 0, "late_reports": 0, "staff": 0}
    assert scene.messages() == []


def test_late_self_reports_are_listed_and_told_to_the_officers_once_a_day(scene: Scene) -> None:
    write(scene)
    with scene.open_desk(readonly=True, today=date(2026, 3, 5)) as desk:
        assert late_self_reports(desk, scene.campaign(), desk.today) == []
    with scene.open_desk(readonly=True, today=date(2026, 3, 6)) as desk:
        (row,) = late_self_reports(desk, scene.campaign(), desk.today)
    assert row == {"unit": "示例县D001局", "due_on": "2026-03-05", "late_workdays": 1}
    assert [run(scene, date(2026, 3, 6))["late_reports"] for _ in range(2)] == [1, 0]
    assert run(scene, BEFORE[3])["late_reports"] == 1
    assert {m.recipient for m in scene.messages("late_reports")} == {"p90@shilixian.example"}
    with scene.open_desk(today=BEFORE[3]) as desk:
        desk.session.exec(select(Visit)).one().self_report_on = desk.today
    assert run(scene, BEFORE[2])["late_reports"] == 0


def test_unreturned_workbooks_are_late_after_three_working_days(scene: Scene) -> None:
    write(scene, self_report_due_on=None)
    with scene.open_desk(readonly=True, today=date(2026, 3, 17)) as desk:
        assert late_workbooks(desk, scene.campaign(), desk.today) == []
        (row,) = late_workbooks(desk, scene.campaign(), date(2026, 3, 18))
    assert (row["due_on"], row["late_workdays"], row["leader"]) == ("2026-03-17", 1, "督察员01")


def test_the_director_hears_of_papers_to_sign_but_never_of_referral_letters(scene: Scene) -> None:
    with scene.open_desk(today=VISIT) as desk:
        settle_county(desk)
        unit = desk.session.exec(select(Unit).where(Unit.code == "D001")).one()
        make.make_document(desk, make.make_campaign(desk), unit, "referral_letter", state="draft")
    assert run(scene, VISIT)["staff"] == 0
    with scene.open_desk(today=VISIT) as desk:
        unit = desk.session.exec(select(Unit).where(Unit.code == "D001")).one()
        make.make_document(desk, desk.session.exec(select(Campaign)).one(), unit, "urging", state="draft")
    assert [run(scene, VISIT)["staff"] for _ in range(2)] == [1, 0]
    with scene.open_desk(readonly=True, today=VISIT) as desk:
        assert [row["what"] for row in papers_to_sign(desk)] == ["签发催办单"]
    assert scene.messages("staff")[0].recipient == "director@sfj.shilixian.example"


def test_a_document_not_acknowledged_in_two_working_days_goes_on_the_telephone_list(scene: Scene) -> None:
    with scene.open_desk(today=make.SIGNED_ON) as desk:
        settle_county(desk)
        unit = desk.session.exec(select(Unit).where(Unit.code == "D001")).one()
        campaign = make.make_campaign(desk)
        make.make_document(desk, campaign, unit, "urging", state="issued", issued_on=make.SIGNED_ON)
        make.make_document(desk, campaign, unit, "supervision")
    for day, listed in ((date(2026, 5, 8), 0), (date(2026, 5, 9), 1)):
        with scene.open_desk(readonly=True, today=day) as desk:
            assert len(unserved(desk)) == listed
    with scene.open_desk(readonly=True, today=date(2026, 5, 9)) as desk:
        assert [(row["unit"], row["waiting_workdays"]) for row in unserved(desk)] == [("D001", 3)]
