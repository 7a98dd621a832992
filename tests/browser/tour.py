"""Which pages there are to look at: every place of the navigation, and what each of them leads to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from casework.desk import Desk
from casework.staff.people import find_actor
from console.rendering import sights_of
from console.sections import sections_for
from core.access.permissions import may
from tests.browser.town import Town
from tests.browser.watching import Watched

LOOKERS = ("director", "liaison", "sysadmin", "secadmin", "auditor")
INNER = 3  # pages that one page leads to: of each shape one, at most so many
FILES = re.compile(
    r"\.(xlsx|docx|pdf|zip|csv|ics|json|txt|eml|yaml|html)$"
    r"|/(xlsx|docx|pdf|csv|workbook|file|export|eml|picture|blank|package|sheet|minutes)$|/(files|proofs|evidence)/"
)
ALWAYS = ("/account", "/account/password", "/account/second-factor")
# What tells one thing of a kind from another in an address: its number, its code, the place of a rule.
THING = re.compile(
    r"(?<=^/rules/at/).*|(?<=^/pools/).*|(?<=^/rules/catalogs/).*|(?<=^/accounts/).*|(?<=^/grants/)(?!roles).*"
    r"|20\d\d-[A-Z]{2}-\d\d(-[A-Z]\d+-\d+)?|\b[A-Z]\d{2,3}\b|\d{4}-\d\d-\d\d|\d+"
)


def places_of(town: Town, login: str) -> list[str]:
    """Return the addresses that the navigation offers somebody."""

    def offered(desk: Desk) -> list[str]:
        desk.actor = find_actor(desk, town.people.get(login, f"@{login}"))
        sections = sections_for(lambda permission: may(desk.actor.roles, permission), sights_of(desk))
        return [place.address for section in sections for place in section.places]

    with town.desk_on(readonly=True) as desk:
        return offered(desk)


def shape_of(address: str) -> str:
    """Return the shape of an address: that of all pages of its kind."""
    return THING.sub("0", unquote(address.partition("?")[0]))


def inner_pages(one: Watched) -> list[str]:
    """Return pages that the present one leads to from its middle: one for each shape of address."""
    return list(linked(one))[:INNER]


def linked(one: Watched) -> Iterator[str]:
    """Yield the pages to which the middle of the present one leads, one for each shape of address."""
    known: set[str] = set()
    for link in one.page.eval_on_selector_all("main a[href]", "all => all.map(a => a.getAttribute('href'))"):
        plain = link.partition("#")[0].partition("?")[0]
        if plain.startswith("/") and not FILES.search(plain) and shape_of(plain) not in known:
            known.add(shape_of(plain))
            yield plain


def name_of(address: str) -> str:
    """Return an address as the name of a file."""
    plain = re.sub(r"[^A-Za-z0-9]+", "-", unquote(address.partition("?")[0])).strip("-").lower()
    return plain or "today"
