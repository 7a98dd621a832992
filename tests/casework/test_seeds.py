"""Four published years, built as worlds of rows, counted by the indicators, and listed one by one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from casework.counts.countscope import scope_of
from casework.counts.indicators import drill
from casework.counts.statistics import count
from casework.desk import Desk
from models.campaign import Campaign
from models.document import DocumentItem
from models.interview import Interview, InterviewPerson
from models.lead import Lead
from models.organisation import Unit
from models.period import ContactPoint
from tests import make
from tests.casework.seeds import FIGURES, Published


def days(year: int) -> Iterator[date]:
    """Yield days of a year, one after the other, over and over."""
    while True:
        for step in range(0, 330, 3):
            yield date(year, 1, 10) + timedelta(step)


def campaign(desk: Desk, code: str, kind: str, year: int) -> Campaign:
    return make.make_campaign(
        desk, code, kind=kind, line="enforcement", period_from=date(year, 1, 1), period_to=date(year, 12, 31),
        opened_on=date(year, 1, 5), planned_on=date(year, 1, 2),
    )  # fmt: skip


def units(desk: Desk, number: int) -> list[Unit]:
    return [make.make_unit(desk, f"D{n:03}") for n in range(1, number + 1)]


def leads(desk: Desk, year: int, number: int, *, start: int = 1, **values: object) -> None:
    for serial in range(start, start + number):
        make.store(
            desk,
            Lead(
                office_id=desk.office_id, year=year, serial=serial, number=f"线索〔{year}〕{serial}号",
                line="enforcement", received_on=date(year, 2, 1), registered_on=date(year, 2, 1), registered_by="P90",
                title="涉企执法", text="反映", route_due_on=date(year, 2, 6),
                **{"source": "hotline_12345", "state": "registered", **values},
            ),
        )  # fmt: skip


def documents(desk: Desk, of: Campaign, to: list[Unit], kind: str, number: int, year: int) -> list[int]:
    day = days(year)
    found = []
    for at in range(number):
        on = next(day)
        row = make.make_document(
            desk, of, to[at % len(to)], kind, drafted_on=on, signed_on=on, issued_on=on, served_on=on
        )
        found.append(row.id or 0)
    return found


def staff(desk: Desk) -> None:
    for number in range(60):
        make.make_person(desk, f"P{number + 1:03}")
    for number in range(12):
        make.store(
            desk,
            ContactPoint(
                office_id=desk.office_id, code=f"LX{number}", name=f"联系点{number}", from_on=date(2023, 3, 1),
                recorded_by="P90",
            ),
        )  # fmt: skip


def interview(desk: Desk, of: Campaign, unit: Unit, role: str, people: int) -> None:
    talk = make.store(
        desk,
        Interview(
            office_id=desk.office_id, unit_id=unit.id or 0, campaign_id=of.id, line="enforcement", state="held",
            reason="执法突出问题", interviewer="主任", planned_on=date(2023, 7, 1), place="会议室",
            held_on=date(2023, 7, 3), minutes_sha256=make.HASH, noted_by="P90", noted_on=date(2023, 7, 3),
        ),
    )  # fmt: skip
    make.store(desk, InterviewPerson(interview_id=talk.id, role=role, invited=people, came=people))


def stay(desk: Desk, ours: list[Unit]) -> None:
    """Write the 驻在式 check of three departments: 41 findings, 34 of them handed over, 3 letters with 12 opinions."""
    of = campaign(desk, "2023-ZZ-01", "stationed", 2023)
    for unit in ours:
        make.make_visit(desk, of, unit, from_on=date(2023, 5, 8), to_on=date(2023, 5, 19))
    for number in range(41):
        case = make.make_finding_and_case(
            desk, of, ours[number % 3], f"ZZ{number}", finding={"found_on": date(2023, 5, 10)}
        )
        if number < 34:
            make.make_referral(
                desk, case, state="sent", receiver="inspection", opened_on=date(2023, 6, 1),
                studied_on=date(2023, 6, 2), sent_on=date(2023, 6, 5), channel="hand",
            )  # fmt: skip
    for number in documents(desk, of, ours, "opinion_letter", 3, 2023):
        for place in range(1, 5):
            make.store(desk, DocumentItem(document_id=number, number=place, text="规范执法程序"))


def yichun(desk: Desk) -> None:
    special = campaign(desk, "2023-ZX-01", "special", 2023)
    ours = units(desk, 10)
    staff(desk)
    day = days(2023)
    for number in range(37):
        make.make_finding_and_case(
            desk, special, ours[number % 10], f"ZX{number}", finding={"found_on": next(day)}
        )
    interview(desk, special, ours[0], "head", 9)
    interview(desk, special, ours[0], "enforcer", 31)
    stay(desk, ours[:3])
    documents(desk, special, ours, "rectification_notice", 6, 2023)
    documents(desk, special, ours, "case_transfer_letter", 11, 2023)
    leads(desk, 2023, 7, source="superior", state="closed", closed_on=date(2023, 9, 1))
    leads(
        desk, 2023, 4, start=8, source="superior", state="established", checked_on=date(2023, 4, 1),
        outcome="established", decided_on=date(2023, 4, 3),
    )  # fmt: skip


def huangshi(desk: Desk) -> None:
    of = campaign(desk, "2023-JD-01", "special", 2023)
    ours = units(desk, 112)
    cases = []
    for number in range(158):
        unit = ours[number % 111]
        cases.append(
            make.make_finding_and_case(
                desk, of, unit, f"HS{number}", state="closed", closed_on=date(2023, 11, 1),
                finding={"found_on": date(2023, 4, 3)},
            )
        )  # fmt: skip
    for unit in ours:
        make.make_visit(desk, of, unit, from_on=date(2023, 4, 3), to_on=date(2023, 4, 4))
    make.make_finding_and_case(desk, of, ours[111], "HS-OPEN", finding={"found_on": date(2023, 4, 3)})
    documents(desk, of, ours, "suggestion_letter", 94, 2023)
    documents(desk, of, ours, "decision", 5, 2023)
    documents(desk, of, ours, "referral_letter", 21, 2023)
    for number, case in enumerate(cases[:21]):
        make.make_referral(
            desk, case, state="resulted", receiver="discipline", opened_on=date(2023, 5, 1),
            studied_on=date(2023, 5, 2), sent_on=date(2023, 5, 8), channel="hand", result_on=date(2023, 8, 1),
            organisational=4 if number < 3 else 3,
        )  # fmt: skip


def changshan(desk: Desk) -> None:
    of = campaign(desk, "2022-XT-01", "roving", 2022)
    leads(
        desk, 2022, 56, state="not_handled", checked_on=date(2022, 6, 1), outcome="not_handled",
        decided_on=date(2022, 6, 3),
    )  # fmt: skip
    leads(desk, 2022, 3, start=57)
    documents(desk, of, units(desk, 5), "supervision_notice", 24, 2022)


def hegang(desk: Desk) -> None:
    of = campaign(desk, "2023-LX-01", "special", 2023)
    ours = units(desk, 4)
    for number in range(27):
        make.make_finding_and_case(
            desk, of, ours[number % 4], f"HG{number}", state="closed", closed_on=date(2023, 7, 1),
            finding={"found_on": date(2023, 3, 1)},
        )  # fmt: skip


WORLDS = {"伊春": yichun, "黄石": huangshi, "常山": changshan, "鹤岗": hegang}


def told(desk: Desk, one: Published) -> tuple[object, str]:
    counted = count(
        desk, campaign=one.campaign or None, from_on=date(one.year, 1, 1), to_on=date(one.year, 12, 31)
    )
    row = next(row for group in counted.groups for row in group.rows if row.key == one.indicator)
    return row.value, row.unit


@pytest.mark.parametrize("place", WORLDS)
def test_the_published_figures_of_a_place_come_out_in_their_units_and_can_be_listed(
    desk: Desk, place: str
) -> None:
    WORLDS[place](desk)
    wanted = [one for one in FIGURES if one.place == place]
    assert {one.words: told(desk, one) for one in wanted} == {
        one.words: (one.value, one.unit) for one in wanted
    }
    for one in wanted:
        scope = scope_of(
            desk, campaign=one.campaign or None, from_on=date(one.year, 1, 1), to_on=date(one.year, 12, 31)
        )
        listed = drill(scope, one.indicator)
        assert sum(row["amount"] for row in listed["rows"]) >= listed["value"] == one.value, one.words


def test_every_figure_the_offices_published_has_a_world() -> None:
    assert {one.place for one in FIGURES} == set(WORLDS)
