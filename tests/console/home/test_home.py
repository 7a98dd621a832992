"""Today, the light board, tasks and the search: what each person is shown, and what nobody else learns."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from casework.accounts.register import first_administrators
from casework.desk import Desk, at_desk
from core.codes import Light
from core.life.rectification import CaseState
from models.lead import Lead
from system.settings import Settings
from tests.console.conftest import CANARY, CODE, NOW, TODAY, browser_of
from tests.make import (
    make_campaign,
    make_finding_and_case,
    make_person,
    make_rung,
    make_unit,
    make_visit,
    note_application,
    store,
)

OTHER = "2026-ZH-01-D002-01"


@pytest.fixture
def office(bare: sa.Engine, settings: Settings) -> sa.Engine:
    """Give an office with two units, of which one was visited by P01, and something for every role."""
    with at_desk(bare, settings, by="L-DIRECTOR", today=TODAY, now=NOW) as desk:
        fill_home(desk)
    return bare


def fill_home(desk: Desk) -> None:
    """Write what waits for each role."""
    campaign, first, second = (
        make_campaign(desk),
        make_unit(desk),
        make_unit(desk, "D002", name="示例县另一局"),
    )
    inspector = make_person(desk, "P01")
    for code, roles in (("P05", "verifier"), ("P90", "officer"), ("P91", "linkage")):
        make_person(desk, code, roles=roles)
    make_visit(desk, campaign, first, inspector)
    case = make_finding_and_case(desk, campaign, first, CODE, state=CaseState.CLOSURE_APPLIED.value)
    other = make_finding_and_case(desk, campaign, second, OTHER, due_on=date(2026, 7, 2))
    make_rung(desk, case, Light.YELLOW, date(2026, 6, 12))
    make_rung(desk, other, Light.RED, TODAY)
    note_application(desk, case, TODAY)
    store(
        desk,
        Lead(
            office_id=desk.office_id, year=2026, serial=1, number="线索〔2026〕1号", source="hotline",
            line="enforcement",
            state="registered", compartment=True, secrecy="work_secret", received_on=TODAY, registered_on=TODAY,
            route_due_on=TODAY,
            registered_by="P91", title=CANARY, text=CANARY,
        ),
    )  # fmt: skip


def see(office: sa.Engine, settings: Settings, holder: str, address: str) -> str:
    """Return a page as somebody sees it."""
    with browser_of(office, settings, holder) as browser:
        answer = browser.get(address)
    assert answer.status_code == 200, (answer.status_code, answer.headers.get("location"))
    return answer.text


def test_a_verifier_is_shown_what_waits_for_verification(office: sa.Engine, settings: Settings) -> None:
    text = see(office, settings, "P05", "/")

    assert 'id="to_verify"' in text
    assert CODE in text
    assert OTHER not in text


def test_who_applied_for_closure_is_not_asked_to_verify_it(office: sa.Engine, settings: Settings) -> None:
    assert 'id="to_verify"' not in see(office, settings, "L-DIRECTOR", "/")


def test_an_inspector_is_shown_the_checklists_to_fill_and_nothing_of_other_visits(
    office: sa.Engine, settings: Settings
) -> None:
    text = see(office, settings, "P01", "/")

    assert "检查表已填0/2项" in text
    assert OTHER not in text


@pytest.mark.parametrize(
    ("login", "target"), [("sysadmin", "/accounts"), ("secadmin", "/grants"), ("auditor", "/audit")]
)
def test_administrators_land_on_their_own_page(
    office: sa.Engine, settings: Settings, login: str, target: str
) -> None:
    with at_desk(office, settings, by=None, today=TODAY, now=NOW) as desk:
        first_administrators(desk)
    with browser_of(office, settings, f"@{login}") as browser:
        answer = browser.get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, target)


def test_a_unit_lands_in_its_portal(office: sa.Engine, settings: Settings) -> None:
    with browser_of(office, settings, "D001:liaison") as browser:
        assert browser.get("/").headers["location"] == "/portal"


def test_the_board_shows_the_light_of_each_week_as_word_and_link(
    office: sa.Engine, settings: Settings
) -> None:
    text = see(office, settings, "L-DIRECTOR", "/lights")

    assert '<td class="w-yellow"><a href="/lights/D001/2026-06-28">黄</a></td>' in text
    assert text.index("示例县另一局") < text.index("示例县D001局")  # the gravest first
    assert CODE in see(office, settings, "L-DIRECTOR", "/lights/D001/2026-06-28")
    assert "那时没有亮灯的事项" in see(office, settings, "L-DIRECTOR", "/lights/D001/2026-06-07")


def test_the_board_of_an_inspector_holds_the_units_of_their_visits_only(
    office: sa.Engine, settings: Settings
) -> None:
    assert "示例县另一局" not in see(office, settings, "P01", "/lights")
    with browser_of(office, settings, "P01") as browser:
        assert browser.get("/lights/D002/2026-06-28").status_code == 404


def test_the_board_stays_small_with_three_hundred_units(bare: sa.Engine, settings: Settings) -> None:
    with at_desk(bare, settings, by="L-DIRECTOR", today=TODAY, now=NOW) as desk:
        campaign = make_campaign(desk)
        for number in range(300):
            unit = make_unit(desk, f"U{number:03}")
            case = make_finding_and_case(desk, campaign, unit, f"2026-ZH-01-U{number:03}-01")
            make_rung(desk, case, Light.YELLOW, date(2026, 3, 2))

    text = see(bare, settings, "L-DIRECTOR", "/lights?weeks=26")
    assert len(text.encode()) < 100_000
    assert "共10页" in text


def test_an_exact_number_goes_straight_to_its_row(office: sa.Engine, settings: Settings) -> None:
    with browser_of(office, settings, "L-DIRECTOR") as browser:
        assert browser.get("/search", params={"q": f" {CODE} "}).headers["location"] == f"/cases/{CODE}"


@pytest.mark.parametrize(
    ("holder", "found", "hidden"),
    [
        ("L-DIRECTOR", (CODE, OTHER, CANARY), ()),
        ("P91", (CODE, OTHER, CANARY), ()),
        ("P90", (CODE, OTHER), (CANARY,)),
        ("P01", (CODE,), (OTHER, CANARY)),
        ("D001:liaison", (CODE,), (OTHER, CANARY)),
    ],
)
def test_the_search_finds_what_somebody_may_see_and_nothing_else(
    office: sa.Engine, settings: Settings, holder: str, found: tuple[str, ...], hidden: tuple[str, ...]
) -> None:
    text = see(office, settings, holder, "/search?q=2026-ZH") + see(
        office, settings, holder, f"/search?q={CANARY[:4]}"
    )

    for word in found:
        assert word in text
    for word in hidden:
        assert word not in text.replace(f"搜索：{word}", "")


def test_a_wild_card_stands_for_itself(office: sa.Engine, settings: Settings) -> None:
    assert "没有找到" in see(office, settings, "L-DIRECTOR", "/search?q=%25%25")


def test_administrators_do_not_search(office: sa.Engine, settings: Settings, tmp_path: Path) -> None:
    with at_desk(office, settings, by=None, today=TODAY, now=NOW) as desk:
        first_administrators(desk)
    browser: TestClient
    with browser_of(office, settings, "@auditor") as browser:
        assert browser.get("/search?q=2026").status_code == 403
