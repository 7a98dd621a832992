"""Views: what waits, the ledger with its paging, one case and one document, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from casework.desk import Desk
from casework.paging import PAGE_ROWS
from casework.tasks import open_task
from casework.taskview import tasks_view
from casework.views import (
    Cursor,
    DocumentFilters,
    LedgerFilters,
    case_view,
    document_view,
    documents_view,
    ledger_view,
    todo_view,
)
from core.codes import Light
from core.errors import InvalidInput, NotFound
from core.life.lives import DocumentState
from core.life.rectification import CaseState
from models.campaign import Campaign
from models.delegation import Delegation
from models.matter import LitigationMatter
from models.organisation import Unit
from models.rectification import Rectification
from tests.casework.conftest import OpenDesk
from tests.make import (
    make_campaign,
    make_document,
    make_evidence,
    make_finding_and_case,
    make_referral,
    make_request,
    make_rung,
    make_unit,
    store,
)

MOST_QUERIES = 15
NUMBER: dict[str, Any] = {"number": "示法督办〔2026〕1号", "series": "示法督办", "year": 2026, "serial": 1}


@pytest.fixture
def campaign(desk: Desk) -> Campaign:
    return make_campaign(desk)


@pytest.fixture
def unit(desk: Desk) -> Unit:
    return make_unit(desk)


def make_cases(desk: Desk, campaign: Campaign, unit: Unit, count: int) -> list[Rectification]:
    """Write cases whose due dates repeat, so that paging must also look at the id; the last has none."""
    days = [date(2026, 6, 1 + number % 3) for number in range(count - 1)]
    cases = [
        make_finding_and_case(desk, campaign, unit, f"2026-ZH-01-D001-{number:03}", due_on=day)
        for number, day in enumerate(days)
    ]
    late = {"due_on": None, "first_due_on": None, "signed_on": None, "served_on": None}
    return [*cases, make_finding_and_case(desk, campaign, unit, "2026-ZH-01-D001-999", **late)]


@contextmanager
def counted(engine: sa.Engine) -> Iterator[list[str]]:
    """Collect the queries of a block."""
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("SELECT"):
            seen.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


def test_following_pages_show_every_case_once_in_the_order_of_due_dates(
    desk: Desk, campaign: Campaign, unit: Unit
) -> None:
    make_cases(desk, campaign, unit, PAGE_ROWS * 2 + 5)
    pages = [ledger_view(desk, LedgerFilters()).page]
    while pages[-1].next is not None:
        pages.append(ledger_view(desk, LedgerFilters(), pages[-1].next).page)

    rows = [row for page in pages for row in page.rows]

    assert len({row.id for row in rows}) == len(rows) == PAGE_ROWS * 2 + 5
    assert [(row.due_on or date.max, row.id) for row in rows] == sorted(
        (row.due_on or date.max, row.id) for row in rows
    )


def test_going_back_shows_the_page_one_came_from(desk: Desk, campaign: Campaign, unit: Unit) -> None:
    make_cases(desk, campaign, unit, PAGE_ROWS + 7)
    first = ledger_view(desk, LedgerFilters()).page
    second = ledger_view(desk, LedgerFilters(), first.next).page

    back = ledger_view(desk, LedgerFilters(), second.previous).page

    assert back.rows == first.rows
    assert back.previous is None
    assert second.next is None


def test_a_cursor_survives_its_way_through_an_address() -> None:
    for cursor in (Cursor(True, date(2026, 6, 3), 12), Cursor(False, None, 7)):
        assert Cursor.read(str(cursor)) == cursor
    for text in ("after:2026-13-01:1", "after:none:x", "' OR 1=1"):
        with pytest.raises(InvalidInput):
            Cursor.read(text)


def test_the_ledger_counts_each_light_under_the_other_filters(
    desk: Desk, campaign: Campaign, unit: Unit
) -> None:
    red, _plain, _none = make_cases(desk, campaign, unit, 3)
    make_rung(desk, red, Light.RED, date(2026, 6, 30))

    ledger = ledger_view(desk, LedgerFilters.read({"light": "red", "unit": "D001"}))

    assert [row.id for row in ledger.page.rows] == [red.id]
    assert (ledger.counts[Light.RED], ledger.counts[Light.NONE], ledger.total) == (1, 2, 1)


@pytest.mark.parametrize("given", [{"state": "x"}, {"light": "green"}, {"severity": "1"}])
def test_a_filter_that_is_none_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        LedgerFilters.read(given)


def test_no_clock_is_shown_for_a_case_that_waits_for_verification(
    desk: Desk, campaign: Campaign, unit: Unit
) -> None:
    make_finding_and_case(desk, campaign, unit, "C1", state=CaseState.CLOSURE_APPLIED.value)
    make_finding_and_case(desk, campaign, unit, "C2")

    lefts = {row.code: row.left_workdays for row in ledger_view(desk, LedgerFilters()).page.rows}

    assert lefts["C1"] is None
    assert lefts["C2"] == desk.calendar.between(desk.today, date(2026, 6, 3)) < 0


def test_todo_gathers_what_waits_for_somebody(desk: Desk, campaign: Campaign, unit: Unit) -> None:
    case = make_finding_and_case(desk, campaign, unit, "C1", due_on=date(2026, 7, 2))
    make_finding_and_case(desk, campaign, unit, "C2", state=CaseState.PLANNED.value)
    make_finding_and_case(desk, campaign, unit, "C3", state=CaseState.VERIFIED.value)
    make_request(desk, case)
    make_rung(desk, case, Light.YELLOW, date(2026, 6, 29))
    make_document(desk, campaign, unit, "urging", case, state=DocumentState.DRAFT.value)
    make_document(desk, campaign, unit, "supervision", case, state=DocumentState.SIGNED.value)
    issued = {"state": DocumentState.ISSUED.value, "issued_on": date(2026, 6, 25)}
    make_document(desk, campaign, unit, "urging", case, **issued, **NUMBER)

    todo = todo_view(desk)

    piles = (
        todo.to_sign,
        todo.to_seal,
        todo.unserved,
        todo.requests,
        todo.plans,
        todo.to_close,
        todo.due_soon,
    )
    assert [pile.total for pile in piles] == [1] * 7
    assert [(row.case.code, row.light) for row in todo.lights.rows] == [("C1", Light.YELLOW)]


def test_a_document_issued_within_the_days_to_acknowledge_is_not_unserved_yet(
    desk: Desk, campaign: Campaign, unit: Unit
) -> None:
    days = desk.office_rules.choices.acknowledge_workdays
    on = desk.calendar.after(desk.today, -days)
    issued = {"state": DocumentState.ISSUED.value, "issued_on": on}
    make_document(desk, campaign, unit, "urging", **issued, **NUMBER)

    assert todo_view(desk).unserved.total == 0


def test_only_named_people_are_told_how_many_screenings_wait(
    desk: Desk, campaign: Campaign, unit: Unit
) -> None:
    make_referral(desk, make_finding_and_case(desk, campaign, unit, "C1"))
    seen = todo_view(desk).screenings
    desk.actor = type(desk.actor)("P09", "督察员09", frozenset({"officer"}))

    assert (seen, todo_view(desk).screenings) == (1, None)


@pytest.mark.parametrize(("lent", "mine"), [({"acts": "close"}, False), ({"documents": "*"}, True)])
def test_papers_to_sign_are_ones_own_only_with_a_delegation_for_papers(
    desk: Desk, lent: dict[str, str], *, mine: bool
) -> None:
    store(
        desk,
        Delegation(
            office_id=desk.office_id, principal="L-DIRECTOR", delegate="P05", from_on=desk.today, until_on=desk.today,
            reason="出差", state="registered", registered_by="P90", registered_on=desk.today, **lent,
        ),
    )  # fmt: skip
    desk.actor = type(desk.actor)("P05", "核查员", frozenset({"verifier"}))

    assert ("to_sign" in todo_view(desk).mine) is mine


def test_a_task_about_a_lawsuit_leads_there_only_for_who_sees_it(
    desk: Desk, campaign: Campaign, unit: Unit
) -> None:
    matter = store(
        desk,
        LitigationMatter(
            office_id=desk.office_id, number="（2026）示0101行初3号", kind="litigation", instance="first",
            plaintiff="person", cause="不服行政处罚", forum="示例县人民法院", unit_id=unit.id, received_on=desk.today,
            state="registered", rules_sha256=campaign.rules_sha256, registered_on=desk.today, registered_by="P90",
        ),
    )  # fmt: skip
    open_task(
        desk, "matter:1", kind="answer", title="答辩", subject="matter", subject_id=matter.id, role="officer",
        owner="P05",
    )  # fmt: skip
    seen = tasks_view(desk, "all", "open").rows.rows[0].about
    desk.actor = type(desk.actor)("P05", "核查员", frozenset({"verifier"}))

    assert (seen, tasks_view(desk, "all", "open").rows.rows[0].about) == (f"/matters/{matter.id}", "")


def test_letters_of_a_referral_are_on_no_view(desk: Desk, campaign: Campaign, unit: Unit) -> None:
    case = make_finding_and_case(desk, campaign, unit, "C1")
    letter = make_document(desk, campaign, unit, "referral_letter", case, state=DocumentState.DRAFT.value)

    assert todo_view(desk).to_sign.total == 0
    assert documents_view(desk, DocumentFilters()).total == 0
    assert case_view(desk, "C1").documents == ()
    with pytest.raises(NotFound):
        document_view(desk, letter.id or 0)
    with pytest.raises(InvalidInput):
        documents_view(desk, DocumentFilters.read({"kind": "referral_letter"}))


def test_a_case_shows_its_acts_papers_requests_and_evidence_in_order(
    desk: Desk, campaign: Campaign, unit: Unit
) -> None:
    case = make_finding_and_case(desk, campaign, unit, "C1")
    paper = make_document(desk, campaign, unit, "feedback_notice", case)
    make_request(desk, case)
    make_evidence(desk, case)
    desk.record("case", case.id, "open", unit_id=unit.id, to_state="open")
    desk.record("document", paper.id or 0, "serve", unit_id=unit.id, channel="hand")
    desk.record("case", case.id, "light", unit_id=unit.id, light="blue", before="none", rung="blue")
    desk.flush_changes()

    file = case_view(desk, "C1")

    assert [event.what for event in file.timeline] == ["立项", "送达", "亮灯"]
    assert file.timeline[1].detail == "当面送达"
    assert file.timeline[2].light is Light.BLUE
    assert file.timeline[0].who == "主任"
    assert (len(file.documents), len(file.beside.requests)) == (1, 1)
    assert file.beside.evidence[0]["name"] == "佐证.pdf"
    assert file.item is not None


VIEWS: dict[str, Callable[[Desk], object]] = {
    "today": todo_view,
    "ledger": lambda desk: ledger_view(desk, LedgerFilters()),
    "documents": lambda desk: documents_view(desk, DocumentFilters()),
    "case": lambda desk: case_view(desk, "2026-ZH-01-D001-000"),
    "document": lambda desk: document_view(desk, 1),
}


def test_every_view_keeps_to_its_number_of_queries_however_many_rows_there_are(
    engine: sa.Engine, open_desk: OpenDesk
) -> None:
    with open_desk(by="L-DIRECTOR") as desk:
        campaign, unit = make_campaign(desk), make_unit(desk)
        for case in make_cases(desk, campaign, unit, 12):
            paper = make_document(desk, campaign, unit, "urging", case, state=DocumentState.DRAFT.value)
            make_rung(desk, case, Light.YELLOW, desk.today, document_id=paper.id)
            make_request(desk, case)

    for name, view in VIEWS.items():
        with counted(engine) as queries, open_desk(readonly=True) as desk:
            view(desk)
        assert len(queries) <= MOST_QUERIES, f"{name}\n" + "\n".join(queries)
