"""Every page as its readers get it: nothing that axe calls serious, no error in the console, nothing from elsewhere."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.tour import ALWAYS, LOOKERS, inner_pages, places_of
from tests.browser.town import Town
from tests.browser.watching import NARROW, SAVED, SIDEWAYS, Watched, watched


def look_at_all(one: Watched, login: str) -> dict[str, list[str]]:
    """Walk through the pages of somebody; return {address: what is wrong}."""
    wrong: dict[str, list[str]] = {}
    waiting = [*places_of(one.town, login), *ALWAYS]
    known = set(waiting)
    depth = len(waiting)
    for number, address in enumerate(waiting):
        if (status := one.go(address)) == SAVED:
            continue
        found = [f"status {status}"] if status >= 400 else one.faults()
        if found:
            wrong[address] = found
        if number < depth and status < 400:
            more = [page for page in inner_pages(one) if page not in known]
            known.update(more)
            waiting.extend(more)
    return wrong


@pytest.mark.slow
@pytest.mark.parametrize("login", LOOKERS)
def test_no_page_has_a_serious_fault_or_says_an_error(browser: Browser, town: Town, login: str) -> None:
    with watched(browser, town, login) as one:
        wrong = look_at_all(one, login)

    assert wrong == {}
    assert one.said == []
    assert one.outside == []


@pytest.mark.slow
@pytest.mark.parametrize("login", ["director", "liaison"])
def test_no_page_runs_over_the_edge_of_a_telephone(browser: Browser, town: Town, login: str) -> None:
    with watched(browser, town, login, size=NARROW) as one:
        over = {}
        for address in places_of(town, login):
            if one.go(address) < 400 and (beyond := one.page.evaluate(SIDEWAYS)) > 0:
                over[address] = beyond

    assert over == {}


def test_the_pages_of_who_is_not_signed_in_have_no_fault(browser: Browser, town: Town) -> None:
    with watched(browser, town, None) as one:
        for address in ("/sign-in", "/n/nothing", "/nothing"):
            one.go(address)
            assert one.faults() == [], address
    assert one.outside == []
