"""What a page says does not depend on the database beneath: every page of the same county on SQLite and on PostgreSQL.

`DUCHA_TEST_DATABASE=postgresql pytest tests/console` runs the other tests of the console on PostgreSQL too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.console.proof.crawler import SLOW, addresses
from tests.console.proof.test_leaks import World, world
from tests.databases import KINDS

WHO = ("L-DIRECTOR", "P02", "D001:liaison")
SEED = 11
# Lists with what narrows, sorts and pages them, beside the plain addresses of the routing tables.
NARROWED = (
    "/ledger?state=all&sort=due&q=KNR", "/ledger?state=all&severity=major&unit=D001", "/ledger?state=all&sort=-due",
    "/ledger?state=all&due_from=2026-01-01&due_to=2026-12-31", "/search?q=KNR", "/search?q=2026-ZH-01-D001-01",
    "/documents?state=waiting", "/documents?state=all&kind=urging", "/outbox?state=bad", "/leads?state=all",
    "/leads?state=late", "/matters?state=all&light=none", "/referrals?state=all", "/incoming?state=all",
    "/tasks?whose=all&state=open", "/tasks?whose=all&state=late", "/units?q=D00&standing=all", "/people?q=P0",
    "/findings?state=paper", "/visits?state=all", "/statistics/rows?code=CF01", "/half-reports?state=all",
    "/api/v1/cases?limit=2", "/api/v1/documents?limit=3", "/api/v1/search?q=KNR", "/api/v1/tasks?limit=2",
)  # fmt: skip
# What differs by chance: the words of sessions, tokens, the place of the database, when something was last done.
CHANCE = re.compile(r'[0-9a-f]{64}|[A-Za-z0-9_-]{43}|t_[0-9a-f]{32}|name="since" value="[^"]*"')
TEXT = re.compile(r"html|json|text|yaml|calendar")
OWN = (
    "/account",
    "/health",
    "/n/",
    "/jobs",
    "/accounts",
    "/api/v1/openapi",
)  # of the session, the machine, by a token


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, World]]:
    """Give the same county on each kind of database."""
    with ExitStack() as stack:
        folder: Path = tmp_path_factory.mktemp("both")
        yield {kind: stack.enter_context(world(SEED, folder / kind, kind)) for kind in KINDS[:2]}


def asked(one: World) -> list[str]:
    """Return the addresses that are asked for; papers are laid out in other tests."""
    one.county.random.seed(SEED)
    plain = [address for address in addresses(one.county) if not SLOW.search(address)]
    return [address for address in (*plain, *NARROWED) if not address.startswith(OWN)]


@pytest.mark.slow
@pytest.mark.parametrize("who", WHO)
def test_every_page_says_the_same_on_both_databases(both: dict[str, World], who: str) -> None:
    first, second = both.values()
    browsers = [one.browser(one.county.user(who)) for one in (first, second)]
    wrong = []
    for address in asked(first):
        one, other = (browser.get(address) for browser in browsers)
        # Files tell the instant at which they were packed; what they say is read by the leak crawler.
        read = [
            answer.text if TEXT.search(answer.headers.get("content-type", "")) else ""
            for answer in (one, other)
        ]
        said = [CHANCE.sub("", text) for text in read]
        if (one.status_code, said[0]) != (other.status_code, said[1]):
            place = next((n for n, pair in enumerate(zip(*said, strict=False)) if pair[0] != pair[1]), 0)
            wrong.append(
                f"{address} {one.status_code} {other.status_code}: {[text[place - 40 : place + 60] for text in said]}"
            )

    assert wrong == []
