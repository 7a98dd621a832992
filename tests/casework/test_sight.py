"""Which rows somebody sees: the office, a team, a verifier and a unit over one county, with a neighbour beside it.

Everything that is the neighbour's bears the same codes, so that a condition that forgets the office would show it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from casework import sight
from casework.desk import MACHINE, Actor, Desk
from models.campaign import Campaign, Finding
from models.document import Document
from models.organisation import Office, Person, Unit
from models.rectification import Rectification
from tests import make
from tests.casework.conftest import TODAY

ONE_DAY = timedelta(1)
UNSERVED: dict[str, Any] = {"served_on": None, "signed_on": None, "due_on": None, "first_due_on": None}
EVERY_CASE = {"served", "told", "drafted", "referred", "theirs", "elsewhere", "applied", "verified", "looked"}
EVERY_PAPER = {
    "told", "drafted", "theirs", "announced", "merged", "merged_twice", "splitting", "upward", "secret_later",
    "secret_today",
}  # fmt: skip


def actor(code: str, *roles: str, unit: str | None = None) -> Actor:
    return Actor(code, code, frozenset(roles), unit)


TEAM, VERIFIER, OFFICER = actor("P01", "inspector"), actor("P05", "verifier"), actor("P90", "officer")
UNIT = actor("D001:liaison", "unit", unit="D001")


@dataclass(slots=True)
class County:
    """The rows of the office by short names, and those of the neighbour; `desk` stands in the office."""

    desk: Desk
    names: dict[tuple[sa.Table, int], str]

    def name(self, row: Any, name: str) -> Any:
        self.names[row.__table__, row.id] = name
        return row

    def seen(self, table: sa.Table, condition: sa.ColumnElement[bool]) -> set[str]:
        """Return the names of the rows that a condition lets through."""
        rows = self.desk.session.connection().execute(sa.select(table.c.id).where(condition)).scalars()
        return {self.names[table, number] for number in rows}

    def visits(self) -> set[str]:
        return self.seen(sight.VISIT, sight.visits_in_sight(self.desk))

    def campaigns(self) -> set[str]:
        return self.seen(sight.CAMPAIGN, sight.campaigns_in_sight(self.desk))

    def findings(self) -> set[str]:
        return self.seen(sight.FINDING, sight.findings_in_sight(self.desk))

    def cases(self) -> set[str]:
        return self.seen(sight.CASE, sight.cases_in_sight(self.desk))

    def papers(self) -> set[str]:
        return self.seen(sight.DOCUMENT, sight.documents_in_sight(self.desk))

    def units(self) -> set[str]:
        return self.seen(sight.UNIT, sight.units_in_sight(self.desk))


@pytest.fixture
def county(desk: Desk) -> County:
    """Give the county, and its neighbour with all of the same codes."""
    told = County(desk, {})
    ours = desk.office
    desk.office = make.store(desk, Office(code="lincheng", name="临城县"))
    _settle(told, "neighbour_")
    desk.office = ours
    _settle(told, "")
    desk.session.flush()
    return told


def _settle(county: County, of: str) -> None:
    desk = county.desk
    own, other, gone, before, later = (
        county.name(make.make_unit(desk, code), of + code)
        for code in ("D001", "D002", "D003", "D004", "D005")
    )
    for unit, heir, until in (
        (gone, own, TODAY - ONE_DAY), (before, gone, TODAY - 9 * ONE_DAY), (later, own, TODAY),
    ):  # fmt: skip
        unit.successor_id, unit.valid_until = heir.id, until
    team, others = make.make_person(desk, "P01"), make.make_person(desk, "P02")
    opened = county.name(make.make_campaign(desk, "2026-ZH-01"), of + "opened")
    hidden = county.name(make.make_campaign(desk, "2026-AF-01", hidden=True), of + "hidden")
    planned = county.name(
        make.make_campaign(desk, "2026-ZH-02", state="planned", opened_on=None, planned_by="P01"),
        of + "planned",
    )
    run = county.name(make.make_campaign(desk, "2026-ZH-03", planned_by="P01"), of + "run")
    _visits(county, of, (own, other), (team, others), (opened, hidden, planned, run))
    _cases(county, of, (own, other), (opened, run))
    for name, unit in (("merged", gone), ("merged_twice", before), ("splitting", later)):
        county.name(make.make_document(desk, opened, unit, "urging"), of + name)
    county.name(make.make_document(desk, opened, own, "decision_request"), of + "upward")
    county.name(make.make_document(desk, opened, own, "referral_letter"), of + "compartment")
    county.name(make.make_document(desk, hidden, own, "inspection_notice"), of + "secret_later")
    county.name(make.make_document(desk, hidden, other, "inspection_notice"), of + "secret_today")
    county.name(make.make_document(desk, run, other, "inspection_notice"), of + "announced")


def _visits(
    county: County, of: str, units: tuple[Unit, Unit], people: tuple[Person, Person], campaigns: tuple[Campaign, ...]
) -> None:  # fmt: skip
    (own, other), (team, others), (opened, hidden, planned, run) = units, people, campaigns
    tomorrow = TODAY + ONE_DAY
    for name, campaign, unit, person, day in (
        ("mine", opened, own, team, date(2026, 3, 10)), ("theirs", opened, other, others, date(2026, 3, 10)),
        ("secret", hidden, own, others, tomorrow), ("secret_today", hidden, other, others, TODAY),
        ("planned", planned, own, others, tomorrow), ("run", run, other, others, tomorrow),
    ):  # fmt: skip
        county.name(make.make_visit(county.desk, campaign, unit, person, from_on=day, to_on=day), of + name)


def _cases(county: County, of: str, units: tuple[Unit, Unit], campaigns: tuple[Campaign, Campaign]) -> None:
    desk, (own, other), (opened, run) = county.desk, units, campaigns
    kept: dict[str, Any] = {}
    for number, (name, campaign, unit, values) in enumerate((
        ("served", opened, own, {}), ("told", opened, own, UNSERVED), ("drafted", opened, own, UNSERVED),
        ("referred", opened, own, UNSERVED), ("theirs", opened, other, {}), ("elsewhere", run, own, UNSERVED),
        ("applied", run, other, {"state": "closure_applied", "applied_on": TODAY, "applied_by": "D002:liaison"}),
        ("verified", run, other, {"state": "verified"}), ("looked", run, other, {"state": "look_back"}),
    )):  # fmt: skip
        case = make.make_finding_and_case(desk, campaign, unit, f"F-{number}", **values)
        kept[name] = county.name(case, of + name)
        county.name(desk.session.get_one(Finding, case.id), of + name)
    county.name(make.make_finding(desk, opened, own, "F-99"), of + "no_case")
    for name, unit, kind, values in (
        ("told", own, "urging", {}), ("theirs", other, "urging", {}),
        ("drafted", own, "urging", {"state": "signed"}),
    ):  # fmt: skip
        county.name(make.make_document(desk, opened, unit, kind, kept[name], **values), of + name)
    county.name(
        make.make_document(desk, opened, own, "referral_letter", kept["referred"]), of + "compartment"
    )


# ---- the office -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("roles", "whole"), [
    (("officer",), True), (("director",), True), (("reviewer",), True), (("linkage",), True),
    (("inspector", "officer"), True), (("inspector",), False), (("verifier",), False), (("leader",), False),
    (("unit",), False), (("system_admin",), False), ((), False),
])  # fmt: skip
def test_who_sees_the_whole_office(desk: Desk, roles: tuple[str, ...], whole: bool) -> None:
    desk.actor = actor("P01", *roles)
    assert sight.sees_office(desk) is whole


def test_the_machine_sees_the_whole_office_whatever_its_roles(desk: Desk) -> None:
    desk.actor = Actor("system", "系统", frozenset(), is_machine=True)
    assert sight.sees_office(desk)


@pytest.mark.parametrize("who", [OFFICER, MACHINE])
def test_the_office_sees_all_of_its_own_and_nothing_of_its_neighbour(county: County, who: Actor) -> None:
    county.desk.actor = who
    assert county.visits() == {"mine", "theirs", "secret", "secret_today", "planned", "run"}
    assert county.campaigns() == {"opened", "hidden", "planned", "run"}
    assert county.findings() == {*EVERY_CASE, "no_case"}
    assert county.cases() == EVERY_CASE
    assert county.papers() == EVERY_PAPER
    assert county.units() == {"D001", "D002", "D003", "D004", "D005"}


# ---- the team -------------------------------------------------------------------------------------------------


def test_a_team_sees_its_visits_and_what_comes_of_them(county: County) -> None:
    county.desk.actor = TEAM
    own = {"served", "told", "drafted", "referred"}
    assert county.visits() == {"mine", "planned"}  # what they planned, until it opens
    assert county.campaigns() == {"opened", "planned", "run"}
    assert county.cases() == own
    assert county.findings() == {*own, "no_case"}
    assert county.papers() == {"told", "drafted"}
    assert county.units() == {"D001"}


def test_who_is_on_no_visit_and_planned_nothing_sees_nothing(county: County) -> None:
    county.desk.actor = actor("P77", "inspector", "leader")
    for seen in (county.visits, county.campaigns, county.findings, county.cases, county.papers, county.units):
        assert seen() == set()


def test_a_verifier_sees_beyond_their_own_visits_what_waits_for_it(county: County) -> None:
    county.desk.actor = VERIFIER
    waiting = {"applied", "verified", "looked"}
    assert (county.cases(), county.findings()) == (waiting, waiting)
    assert (county.visits(), county.campaigns(), county.papers()) == (set(), set(), set())
    assert county.units() == {"D002"}
    county.desk.actor = actor("P01", "inspector", "verifier")
    assert county.cases() == {"served", "told", "drafted", "referred", *waiting}
    assert county.findings() == {"served", "told", "drafted", "referred", "no_case", *waiting}


# ---- the unit -------------------------------------------------------------------------------------------------


def test_a_unit_sees_what_it_was_told_of(county: County) -> None:
    county.desk.actor = UNIT
    assert county.visits() == {"mine"}
    assert county.campaigns() == {"opened"}
    assert county.cases() == {"served", "told"}
    assert county.findings() == {"served", "told"}
    assert county.units() == {"D001"}


def test_a_unit_reads_what_went_to_it_and_to_those_merged_into_it(county: County) -> None:
    county.desk.actor = UNIT
    assert county.papers() == {"told", "merged", "merged_twice"}
    county.desk.today += ONE_DAY
    assert county.papers() == {"told", "merged", "merged_twice", "splitting", "secret_later"}
    county.desk.actor = actor("D002:liaison", "unit", unit="D002")
    assert county.papers() == {"theirs", "announced", "secret_today"}
    county.desk.today -= ONE_DAY
    assert county.papers() == {"theirs", "announced", "secret_today"}


def test_a_unit_that_does_not_exist_sees_nothing(county: County) -> None:
    county.desk.actor = actor("D999:liaison", "unit", unit="D999")
    for seen in (county.visits, county.campaigns, county.findings, county.cases, county.papers, county.units):
        assert seen() == set()


# ---- one by one -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("who", "codes"), [
    (OFFICER, {"2026-ZH-01", "2026-AF-01", "2026-ZH-02", "2026-ZH-03"}),
    (TEAM, {"2026-ZH-01", "2026-ZH-02", "2026-ZH-03"}), (VERIFIER, set()), (UNIT, {"2026-ZH-01"}),
])  # fmt: skip
def test_the_codes_of_campaigns_are_those_in_sight_and_each_is_told_alike(
    county: County, who: Actor, codes: set[str]
) -> None:
    county.desk.actor = who
    assert sight.campaign_codes_in_sight(county.desk) == codes
    named = {name: number for (table, number), name in county.names.items() if table is sight.CAMPAIGN}
    seen = {name for name, number in named.items() if sight.is_campaign_in_sight(county.desk, number)}
    if (
        who is not OFFICER
    ):  # who sees the office is not asked row by row: the row itself was read in the office
        assert seen == county.campaigns()


@pytest.mark.parametrize("who", [TEAM, VERIFIER, UNIT])
def test_a_case_is_in_sight_when_it_is_among_those_in_sight(county: County, who: Actor) -> None:
    county.desk.actor = who
    named = {name: number for (table, number), name in county.names.items() if table is sight.CASE}
    seen = {name for name, number in named.items() if sight.is_case_in_sight(county.desk, number)}
    assert seen == county.cases()
    assert 0 < len(seen) < len(named)


def test_who_sees_the_office_is_asked_for_no_row(desk: Desk) -> None:
    assert sight.is_case_in_sight(desk, 1)
    assert sight.is_campaign_in_sight(desk, 1)


def test_a_condition_asks_about_its_own_row_whatever_else_a_query_joins(county: County) -> None:
    county.desk.actor = UNIT
    link = county.desk.session.connection()
    visits = (
        sa.select(sight.VISIT.c.id)
        .join(Campaign, sight.CAMPAIGN.c.id == sight.VISIT.c.campaign_id)
        .where(sight.visits_in_sight(county.desk))
    )
    assert {county.names[sight.VISIT, one] for one in link.execute(visits).scalars()} == {"mine"}
    cases = (
        sa.select(sight.CASE.c.id, sight.DOCUMENT.c.id)
        .join(sight.DOCUMENT_CASE, sight.DOCUMENT_CASE.c.case_id == sight.CASE.c.id)
        .join(Document, sight.DOCUMENT.c.id == sight.DOCUMENT_CASE.c.document_id)
        .where(sight.cases_in_sight(county.desk))
    )
    assert {county.names[sight.CASE, row[0]] for row in link.execute(cases)} == {"told"}
    county.desk.actor = TEAM
    mine = (
        sa.select(sight.CASE.c.id)
        .join(sight.VISIT, sight.VISIT.c.campaign_id == sight.CASE.c.campaign_id)
        .where(sight.cases_in_sight(county.desk))
    )
    rows = {county.names[sight.CASE, one] for one in link.execute(mine).scalars()}
    assert rows == {"served", "told", "drafted", "referred"}
    assert sight.CASE is Rectification.__table__
