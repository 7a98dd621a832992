"""Every page as its readers get it: nothing that axe calls serious, no error in the console, nothing from elsewhere.

Every role walks through its own pages; axe looks at each shape of page once over all of them, and at where each begins.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Browser
from sqlmodel import col, select

from casework.accounts.hashing import digest, make_token
from casework.accounts.portallinks import token_for
from models.account import PortalLink, WebSession
from models.message import Message
from tests import make
from tests.browser.tour import ALWAYS, linked, places_of, shape_of
from tests.browser.town import Town
from tests.browser.watching import NARROW, SAVED, SIDEWAYS, Watched, watched

# The roles of the office and of the field (`inspector` also leads a team), both contacts of a unit, the administrators.
ROLES = (
    "director", "officer", "linkage", "reviewer", "inspector", "second", "verifier", "liaison", "head", "sysadmin",
    "secadmin", "auditor",
)  # fmt: skip


@pytest.fixture(scope="module")
def looked() -> set[str]:
    """Give the shapes of pages that axe has looked at already."""
    return set()


def look_at_all(one: Watched, places: list[str], looked: set[str]) -> dict[str, list[str]]:
    """Walk through somebody's pages and those they lead to, two steps deep; return {address: what is wrong}."""
    wrong: dict[str, list[str]] = {}
    steps = dict.fromkeys(places, 0)
    waiting = list(places)
    for address in waiting:
        if (status := one.go(address)) == SAVED:
            continue
        found = [f"status {status}"] if status >= 400 else []
        if not found and (shape_of(address) not in looked or address == places[0]):
            looked.add(shape_of(address))
            found = one.faults()
        if found:
            wrong[address] = found
        if steps[address] < 2 and status < 400:
            new = [page for page in led_to(one) if shape_of(page) not in looked and page not in steps]
            steps |= dict.fromkeys(new, steps[address] + 1)
            waiting.extend(new)
    return wrong


def led_to(one: Watched) -> list[str]:
    """Return the pages to which the middle of the present one leads, one for each shape, with what they are asked."""
    links = one.page.eval_on_selector_all("main a[href^='/']", "all => all.map(a => a.getAttribute('href'))")
    whole = {shape_of(link): link.partition("#")[0] for link in reversed(links)}
    return [whole[shape_of(page)] for page in linked(one)]


@pytest.mark.slow
@pytest.mark.parametrize("login", ROLES)
def test_no_page_has_a_serious_fault_or_says_an_error(
    browser: Browser, town: Town, looked: set[str], login: str
) -> None:
    with watched(browser, town, login) as one:
        wrong = look_at_all(one, [*places_of(town, login), *ALWAYS], looked)

    assert wrong == {}
    assert one.said == []
    assert one.outside == []


@pytest.mark.slow
def test_no_page_of_who_came_by_the_link_of_a_mail_has_a_fault(browser: Browser, town: Town) -> None:
    link, session = come_by_link(town)
    with watched(browser, town, None) as one:
        assert look_at_all(one, [f"/n/{link}", f"/n/{link}/code"], set()) == {}
        one.page.context.add_cookies([{"name": "ducha", "value": session, "url": town.address}])
        wrong = look_at_all(one, ["/portal", "/portal/cases", "/portal/documents", "/portal/history"], set())

    assert wrong == {}
    assert one.said == []
    assert one.outside == []


def come_by_link(town: Town) -> tuple[str, str]:
    """Return the token of the link in the mail to the liaison, and that of a session that it opened."""
    secret = make_token()
    with town.desk_on() as desk:
        mails = select(Message).where(
            col(Message.kind) == "document", col(Message.recipient).startswith("liaison.d001")
        )
        message = desk.session.exec(mails).first()
        assert message is not None
        link = token_for(desk, message)
        row = desk.session.exec(select(PortalLink).where(col(PortalLink.message_id) == message.id)).one()
        make.store(desk, WebSession(
            token_sha256=digest(secret), portal_link_id=row.id, begun_at=desk.now, seen_at=desk.now,
            expires_at=desk.now + timedelta(hours=8), address="127.0.0.1", browser="",
        ))  # fmt: skip
    return link, secret


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
