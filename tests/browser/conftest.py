"""Chromium and a county for the tests of pages as people use them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.town import Town, fill, town_in
from tests.browser.watching import CHROMIUM, FLAGS, has_chromium
from tests.conftest import require


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Give Debian's Chromium; without one the tests are skipped, and fail in CI.

    It lasts for a module: while it is open, Playwright's event loop runs in this thread, and others need their own.
    """
    require(has_chromium(), f"Chromium at {CHROMIUM} (apt-get install chromium, or DUCHA_CHROMIUM=path)")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Give a county in the middle of its year."""
    with town_in(tmp_path_factory.mktemp("town")) as one:
        fill(one)
        yield one
