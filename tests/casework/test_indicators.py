from __future__ import annotations

from datetime import date
from itertools import product

import pytest
import sqlalchemy as sa
from sqlalchemy.sql import visitors
from sqlmodel import col

from casework.counts.countscope import count_scope, scope_of
from casework.counts.engine import count_by, sum_of
from casework.counts.indicators import drill, list_indicators
from casework.counts.rectifying import CLOSING, ENTRIES
from casework.counts.registry import SECTIONS, entry_of, every_entry
from casework.counts.statistics import count
from casework.counts.terms import Family, Indicator, Share
from casework.desk import Desk
from casework.units.filings import register_filing, register_institution
from core.codes import Light
from core.errors import NotAllowed, NotFound
from core.life.rectification import CaseAct, RequestKind
from models.record import AuditEntry
from tests import make
from tests.casework.conftest import OpenDesk
from tests.casework.test_seeds import changshan, yichun

TEN = range(1, 19)


def populate(desk: Desk) -> None:
    """Write a world in which almost every number has something to count."""
    yichun(desk)
    campaign = make.make_campaign(desk)
    unit = make.make_unit(desk, "T001", parent_code="D001", kinds="乡镇街道")
    people = [make.make_person(desk, f"Q{n:02}", specialties="法治宣传、行政执法") for n in (1, 2)]
    visit = make.make_visit(
        desk, campaign, unit, *people, self_report_due_on=date(2026, 3, 5), self_report_on=date(2026, 3, 6)
    )
    make.make_check(desk, visit)
    make.make_check(desk, visit, "F27", result="failed", problem="未公示", severity="minor")
    case = make.make_finding_and_case(desk, campaign, unit, "Q1", finding={"severity": "grave"})
    for light, day in ((Light.BLUE, date(2026, 5, 27)), (Light.RED, date(2026, 6, 4))):
        make.make_rung(desk, case, light, day)
    make.make_rung(desk, case, Light.RED, date(2026, 6, 20), due_version=2)
    make.make_request(
        desk, case, state="granted", due_before=make.DUE_ON, granted_until_on=date(2026, 7, 20),
        decided_on=date(2026, 5, 21), decided_by="L-DIRECTOR",
    )  # fmt: skip
    make.make_request(desk, case, RequestKind.OBJECTION)
    done = make.make_finding_and_case(
        desk, campaign, unit, "Q2", state="closed", closed_on=date(2026, 6, 10), finding={"item": "F27"}
    )
    for act, state in (("apply_closure", "closure_applied"), ("verify", "rectifying"), ("close", "closed")):
        desk.record(
            "case", done.id, act, unit_id=unit.id, from_state="verified", to_state=state, on=date(2026, 6, 9)
        )
    make.make_finding(desk, campaign, unit, "Q3", state="withdrawn")
    make.make_document(desk, campaign, unit, "feedback_notice", case, done)
    make.make_document(desk, campaign, unit, "urging", case, state="void")
    make.make_document(desk, campaign, unit, "supervision", case, state="draft")
    register_filing(desk, "T001", "annual_report", 2025, due_on=date(2026, 3, 1), filed_on=date(2026, 3, 2))
    register_institution(desk, "T001", "执法公示制度", date(2026, 6, 1), finding="Q2")
    desk.flush_changes()


def test_every_number_is_what_its_drill_down_lists(desk: Desk) -> None:
    populate(desk)
    for scope in (
        scope_of(desk),
        scope_of(desk, campaign="2026-ZH-01"),
        scope_of(desk, from_on=date(2026, 6, 1), to_on=date(2026, 6, 15)),
        scope_of(desk, unit="T001"),
        scope_of(desk, area="D001", kind="stationed"),
    ):
        rows = [row for group in count_scope(scope).groups for row in group.rows]
        assert {row.key: row.value for row in rows} == {
            row.key: drill(scope, row.key)["value"] for row in rows
        }


def test_the_rows_behind_a_number_add_up_to_it_and_say_what_they_are(desk: Desk) -> None:
    populate(desk)
    found = drill(scope_of(desk), "findings.severity.grave")
    assert (found["value"], [row["text"] for row in found["rows"]]) == (
        1,
        ["Q1　E24　严重　示例县T001局未按规定公示执法信息。"],
    )
    days = drill(scope_of(desk), "extension.days")
    assert (days["value"], [row["amount"] for row in days["rows"]]) == (47, [47])
    share = drill(scope_of(desk, campaign="2026-ZH-01"), "cases.rectified_share")
    assert (share["value"], share["whole"], len(share["rows"])) == (50.0, 2, 1)


def test_every_subject_the_office_must_count_has_numbers_with_a_definition() -> None:
    assert {section.number for section in SECTIONS} >= set(TEN)
    assert all(section.entries for section in SECTIONS)
    assert all(row["definition"] and row["unit"] for row in list_indicators())


def test_codes_are_unique_and_are_found_again() -> None:
    codes = [one.code for one in every_entry() if not isinstance(one, Family)]
    assert len(codes) == len(set(codes))
    assert all(getattr(entry_of(code), "code", None) == code for code in codes)


def test_an_unknown_number_is_told_with_the_nearest(desk: Desk) -> None:
    with pytest.raises(NotFound, match=r"findings\.confirmed"):
        drill(scope_of(desk), "finding.confirmed")


def test_rows_of_the_compartment_are_for_its_people_and_no_unit_gets_any_number(open_desk: OpenDesk) -> None:
    with open_desk(by="L-DIRECTOR") as desk:
        yichun(desk)
        make.make_person(desk, "P90", roles="officer")
        make.make_person(desk, "P91", roles="linkage")
    with open_desk(by="P91", readonly=True) as desk:
        assert drill(scope_of(desk), "referrals.sent")["value"] == 34
    for by in ("P90", None):
        with open_desk(by=by, readonly=True) as desk:
            assert count(desk).value("referrals.sent") == 34
            with pytest.raises(NotAllowed):
                drill(scope_of(desk), "referrals.sent")
            with pytest.raises(NotAllowed):
                drill(scope_of(desk), "referrals.receiver.inspection")
            with pytest.raises(NotAllowed):
                drill(scope_of(desk), "leads.referred")
            with pytest.raises(KeyError):
                count(desk, unit="D001").value("referrals.sent")
    with open_desk(by="D001:liaison", readonly=True) as desk, pytest.raises(NotAllowed):
        count(desk)


def test_leads_of_the_compartment_are_counted_and_their_words_are_not_shown(desk: Desk) -> None:
    from models.lead import Lead
    from tests.casework.test_seeds import leads

    unit = make.make_unit(desk)
    leads(desk, 2026, 1, unit_id=unit.id, compartment=True)
    assert desk.session.get(Lead, 1) is not None
    listed = drill(scope_of(desk), "leads.received")
    assert listed["value"] == 1
    assert "涉企执法" not in str(listed)


def is_by_key(one: sa.Join) -> bool:
    """Tell whether a join is "key of the right = something of the left" and nothing more."""
    if not isinstance(one.onclause, sa.BinaryExpression):
        return False
    sides = {
        column.table.name: column.name
        for column in visitors.iterate(one.onclause)
        if isinstance(column, sa.Column)
    }
    return [sides.get(one.right.name)] == [key.name for key in one.right.primary_key]


def test_a_table_that_is_left_out_where_nothing_of_it_is_asked_holds_at_most_one_row_beside_another() -> None:
    """It is looked up by its key; else leaving it out would change the number."""
    looked_up = []
    for source in {one.source for one in every_entry() if not isinstance(one, Share)}:
        tables = source.tables
        while isinstance(tables, sa.Join):
            if tables.isouter:
                looked_up.append((source.name, tables))
            tables = tables.left

    assert len(looked_up) > 10
    wrong = [f"{name}: {one}" for name, one in looked_up if not is_by_key(one)]
    assert wrong == []


def test_a_count_asks_for_no_table_that_it_does_not_need(desk: Desk) -> None:
    asked: list[str] = []
    sa.event.listen(
        desk.session.get_bind(), "before_cursor_execute", lambda _c, _cursor, said, *_more: asked.append(said)
    )
    every = [one for one in CLOSING.entries if not isinstance(one, Share)]
    count_by(scope_of(desk), every)
    assert len(asked) == 3
    assert not [said for said in asked if "JOIN" in said]

    asked.clear()
    count_by(scope_of(desk, kind="special"), every)
    assert len([said for said in asked if "campaign.kind" in said and "finding" not in said]) == 3


def test_deeds_are_counted_among_the_entries_that_the_index_of_deeds_holds(desk: Desk) -> None:
    """Every act with every pair of states: what a number counts is never left out by the index."""
    campaign, unit = make.make_campaign(desk), make.make_unit(desk)
    case = make.make_finding_and_case(desk, campaign, unit, "Q1")
    states = ("rectifying", "closed", "look_back")
    for act, before, after in product(CaseAct, states, states):
        desk.record("case", case.id, act.value, unit_id=unit.id, from_state=before, to_state=after)
    desk.flush_changes()
    entries = [one for one in CLOSING.entries if isinstance(one, Indicator) and one.source is ENTRIES]
    sheet, _labels = count_by(scope_of(desk), entries)
    bare = sa.select(
        *(sum_of(scope_of(desk), one).label(one.code) for one in entries)
    ).where(col(AuditEntry.subject) == "case")  # fmt: skip
    row = desk.session.connection().execute(bare).one()

    assert len(entries) == 9
    assert sheet[None] == dict(row._mapping)
    assert min(sheet[None].values()) >= 6


def test_an_area_is_a_unit_with_all_below_it(desk: Desk) -> None:
    populate(desk)
    own = count(desk, unit="D001").value("findings.confirmed")
    below = count(desk, unit="T001").value("findings.confirmed")
    assert (
        count(desk, area="D001").value("findings.confirmed")
        == int(own or 0) + int(below or 0)
        > int(own or 0)
    )


def test_a_lead_counts_on_the_day_of_each_of_its_steps(desk: Desk) -> None:
    changshan(desk)
    may = count(desk, from_on=date(2022, 5, 1), to_on=date(2022, 5, 31))
    june = count(desk, from_on=date(2022, 6, 1), to_on=date(2022, 6, 30))
    assert (may.value("leads.checked"), june.value("leads.checked")) == (0, 56)
    assert (may.value("leads.received"), june.value("leads.received")) == (0, 0)
