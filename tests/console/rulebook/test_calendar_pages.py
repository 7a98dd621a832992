"""The calendar in the console: days by words, due dates with their steps, and a table that two persons put in force."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from casework.calendar.yearview import year_view
from casework.desk import at_desk
from system.settings import Settings
from tests.console.acting import outcome_of, send
from tests.console.conftest import NOW, TODAY, browser_of, settings_in
from tests.console.test_pages import MOST_BYTES, MOST_QUERIES, queries_of
from tests.databases import USUAL, open_database
from tests.make import make_person

LATER = """\
year: 2027
status: official
source: 国办发明电〔2026〕9号
"off":
  - 2027-01-01
  - 2027-01-04
work: []
"""


@pytest.fixture
def county(tmp_path: Path) -> Iterator[tuple[sa.Engine, Settings]]:
    """Give a database with two officers."""
    settings = settings_in(tmp_path)
    with open_database(USUAL, tmp_path) as engine:
        with at_desk(engine, settings, by="L-DIRECTOR", today=TODAY, now=NOW) as desk:
            make_person(desk, "P90", roles="officer")
            make_person(desk, "P91", roles="officer")
            make_person(desk, "P01", roles="inspector")
        yield engine, settings


@pytest.mark.parametrize(
    "page", ["/calendar", "/calendar?year=2018", "/calendar/due", "/calendar/due?start=2026-09-28&count=15"]
)
def test_a_page_of_the_calendar_keeps_to_its_queries_and_bytes(
    county: tuple[sa.Engine, Settings], page: str
) -> None:
    with browser_of(*county, "P90") as browser, queries_of(county[0]) as queries:
        answer = browser.get(page)
    assert answer.status_code == 200, answer.text
    assert len(queries) <= MOST_QUERIES
    assert len(answer.content) < MOST_BYTES
    with browser_of(*county, "P01") as inspector:
        assert inspector.get(page).status_code == 403


def test_holidays_and_made_up_days_are_told_by_a_word(county: tuple[sa.Engine, Settings]) -> None:
    with at_desk(*county, by="P90", today=TODAY, now=NOW, readonly=True) as desk:
        view = year_view(desk, 2026)
        calendar = desk.calendar
    cells = {cell.day: cell for month in view.months for week in month.weeks for cell in week if cell}

    assert len(cells) == 365
    assert view.workdays == sum(calendar.is_workday(day) for day in cells)
    assert all(cells[day].mark == "班" for day in view.made_up)
    assert cells[date(2026, 10, 1)].mark == "休"
    assert cells[date(2026, 6, 30)].mark == ""
    assert cells[date(2026, 6, 27)].mark == "末"
    with browser_of(*county, "P90") as browser:
        assert '<td class="cal-off">1<i>休</i></td>' in browser.get("/calendar?year=2026").text
        assert browser.get("/calendar?year=1990").status_code == 404


def test_a_due_date_comes_with_its_steps_and_its_law(county: tuple[sa.Engine, Settings]) -> None:
    with browser_of(*county, "P90") as browser:
        text = browser.get("/calendar/due?start=2026-09-28&count=3&unit=workday").text
        assert "2026年10月8日" in text or "2026年10月9日" in text
        assert text.count("<li>") > 1
        assert "依据：" in browser.get("/calendar/due?start=2026-09-28&clock=review_reply:").text
        assert browser.get("/calendar/due?start=x&count=3").status_code == 400
        assert browser.get("/calendar/due?start=2026-09-28&count=三").status_code == 400


def test_a_year_is_proposed_by_one_and_confirmed_by_another(county: tuple[sa.Engine, Settings]) -> None:
    with browser_of(*county, "P90") as one, browser_of(*county, "P91") as other:
        file = {"file": ("2027.yaml", LATER.encode())}
        page = outcome_of(one, send(one, "/calendar", "/calendar/propose", files=file))
        assert "现在还没有生效" in page.text
        assert "暂定" in one.get("/calendar?year=2027").text
        own, theirs = one.get("/calendar").text, other.get("/calendar").text
        assert "须由另一人核对后确认" in own
        assert "确认生效" not in own
        pin = _pin(theirs)

        assert (
            "不能确认本人经办的事项"
            in outcome_of(one, send(one, "/calendar", "/calendar/2027/confirm", {"pin": pin})).text
        )
        wrong = send(other, "/calendar", "/calendar/2027/confirm", {"pin": "0" * 64})
        assert "不是所核对的那一份" in outcome_of(other, wrong).text
        done = outcome_of(other, send(other, "/calendar", "/calendar/2027/confirm", {"pin": pin}))
        assert "2027年年表已生效" in done.text
        text = other.get("/calendar?year=2027").text
        assert "国办发明电〔2026〕9号" in text
        assert '<td class="cal-off">4<i>休</i></td>' in text


def _pin(text: str) -> str:
    return text.split('name="pin" value="')[1].split('"', maxsplit=1)[0]


def test_a_proposal_is_rejected_with_a_reason(county: tuple[sa.Engine, Settings]) -> None:
    with browser_of(*county, "P90") as one, browser_of(*county, "P91") as other:
        outcome_of(
            one, send(one, "/calendar", "/calendar/propose", files={"file": ("2027.yaml", LATER.encode())})
        )
        assert send(other, "/calendar", "/calendar/2027/reject", {"reject_note": ""}).status_code == 400
        assert (
            send(other, "/calendar", "/calendar/2027/reject", {"reject_note": "与通知不符"}).status_code
            == 303
        )
        assert "与通知不符" in other.get("/calendar").text


@pytest.mark.parametrize("text", ["year: x\n", "不是年表", LATER.replace("2027-01-04", "2027-13-04")])
def test_a_wrong_table_is_refused_at_once(county: tuple[sa.Engine, Settings], text: str) -> None:
    with browser_of(*county, "P90") as browser:
        answer = send(browser, "/calendar", "/calendar/propose", files={"file": ("2027.yaml", text.encode())})
        both = send(
            browser,
            "/calendar",
            "/calendar/propose",
            {"package_year": "2026"},
            files={"file": ("a.yaml", b"x")},
        )
    assert answer.status_code >= 400
    assert 'class="refused"' in answer.text
    assert both.status_code == 400
