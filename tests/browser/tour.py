"""Which pages there are to look at: every place of the navigation, and what each of them leads to."""

from __future__ import annotations

import re

from casework.desk import Desk
from console.sections import SECTIONS
from core.access.permissions import may
from tests.browser.town import PEOPLE, Town
from tests.browser.watching import Watched

LOOKERS = ("director", "liaison", "sysadmin", "secadmin", "auditor")
INNER = 3  # pages that one page leads to: of each shape one, at most so many
FILES = re.compile(
    r"\.(xlsx|docx|pdf|zip|csv|ics|json|txt|eml)$|/(xlsx|docx|pdf|csv|workbook|file|export|eml)$"
)
ALWAYS = ("/account", "/account/password", "/account/second-factor")


def places_of(town: Town, login: str) -> list[str]:
    """Return the addresses that the navigation offers somebody."""
    from casework.staff.people import find_actor

    def roles(desk: Desk) -> frozenset[str]:
        return find_actor(desk, PEOPLE.get(login, f"@{login}")).roles

    with town.desk_on(readonly=True) as desk:
        mine = roles(desk)
    return [place.address for section in SECTIONS for place in section.places if may(mine, place.permission)]


def inner_pages(one: Watched) -> list[str]:
    """Return pages that the present one leads to from its middle: one for each shape of address."""
    links = one.page.eval_on_selector_all("main a[href]", "all => all.map(a => a.getAttribute('href'))")
    shapes: dict[str, str] = {}
    for link in links:
        if link.startswith("/") and not FILES.search(link.partition("?")[0]):
            plain = link.partition("#")[0]
            shapes.setdefault(re.sub(r"\d+", "0", plain.partition("?")[0]), plain.partition("?")[0])
    return list(shapes.values())[:INNER]


def name_of(address: str) -> str:
    """Return an address as the name of a file."""
    plain = re.sub(r"[^A-Za-z0-9]+", "-", address.partition("?")[0]).strip("-").lower()
    return plain or "today"
