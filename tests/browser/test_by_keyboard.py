"""The grave acts with the keys alone; the unit's answers without scripts are in test_journey.py."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from playwright.sync_api import Browser, Page

from casework.paperwork.notices import draft_notices
from tests.browser.town import BEGIN, PASSWORD, Town, town_in
from tests.browser.watching import watched
from tests.casework.scene import CODE

MOST_TABS = 80


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Give a county whose notice waits for the director."""
    with town_in(tmp_path_factory.mktemp("keys")) as town:
        town.scene.confirm(("D001", "E24", "major"))
        town.open_accounts()
        with town.desk_on(by="P90", today=date(2026, 4, 8)) as desk:
            draft_notices(desk, CODE)
        yield town


def tab_to(page: Page, selector: str) -> None:
    """Press the tabulator until the thing is reached, as somebody without a mouse does."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("one => document.activeElement.matches(one)", selector):
            return
    raise AssertionError(f"{selector} is not reached with the tabulator on {page.url}")


@pytest.mark.slow
def test_a_notice_is_looked_at_and_signed_with_the_keys_alone(browser: Browser, waiting: Town) -> None:
    with watched(browser, waiting, "director") as one:
        one.go("/signing")
        tab_to(one.page, 'a[href="/signing/next"]')
        one.page.keyboard.press("Enter")
        one.page.wait_for_url("**/documents/*")
        one.go("/signing")
        tab_to(one.page, 'input[name="document"]')
        one.page.keyboard.press("Space")
        tab_to(one.page, 'input[name="proof"]')
        one.page.keyboard.type(PASSWORD)
        one.page.keyboard.press("Enter")
        one.page.wait_for_url("**/signing/done*")
        assert "已签发1份" in one.page.inner_text("main")
        assert one.said == []
    assert [paper.state for paper in waiting.scene.documents("feedback_notice")] == ["signed"]
    assert waiting.now == BEGIN
