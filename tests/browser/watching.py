"""A page of Chromium that is watched: what its console says, what it asks of other machines, what axe finds."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Request, Route

from tests.browser.town import Town

CHROMIUM = os.environ.get("DUCHA_CHROMIUM", "/usr/bin/chromium")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage")
SAVED = 204  # what stands for a file that the browser saved: there is no page to look at
GRAVE = ("serious", "critical")
WIDE, NARROW, LARGE = (1366, 768), (390, 844), (1920, 1080)
# Longest lines that do not fit: something stands beyond the right edge, and the page scrolls sideways.
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def has_chromium() -> bool:
    """Tell whether the browser of the system is there."""
    return Path(CHROMIUM).exists()


@dataclass
class Watched:
    """A page with what was noticed on it."""

    page: Page
    town: Town
    said: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)

    def go(self, address: str) -> int:
        """Open an address of the console and return the status of the answer, SAVED for a file."""
        try:
            answer = self.page.goto(f"{self.town.address}{address}")
        except Error as error:
            if "Download is starting" in error.message:
                return SAVED
            raise
        return answer.status if answer else 0

    def faults(self) -> list[str]:
        """Return what axe calls serious or critical on the page."""
        from axe_playwright_python.sync_playwright import Axe

        found: dict[str, Any] = Axe().run(self.page).response
        return [
            f"{one['impact']} {one['id']}: {node['html'][:120]}"
            for one in found["violations"]
            if one["impact"] in GRAVE
            for node in one["nodes"][:3]
        ]


@contextmanager
def watched(
    browser: Browser, town: Town, login: str | None, *, size: tuple[int, int] = WIDE, scripts: bool = True
) -> Iterator[Watched]:
    """Give a page in a window of its own; one of a login is signed in. Nothing leaves this machine."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, java_script_enabled=scripts, locale="zh-CN"
    )
    # axe is put into the page by the test: the policy of the console would refuse it as any other foreign script.
    if login is not None:
        context.add_cookies([{"name": "ducha", "value": town.session_of(login), "url": town.address}])
    page = context.new_page()
    one = Watched(page, town)
    host = urlsplit(town.address).netloc

    def through(route: Route, request: Request) -> None:
        if urlsplit(request.url).netloc == host:
            route.continue_()
        else:
            one.outside.append(request.url)
            route.abort()

    def note(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            one.said.append(f"{page.url}: {message.text}")

    page.route("**/*", through)
    page.on("console", note)
    page.on("pageerror", lambda error: one.said.append(f"{page.url}: {error}"))
    try:
        yield one
    finally:
        context.close()


def sign_in(one: Watched, login: str, password: str, goal: str = "/") -> None:
    """Sign in by the page, as anybody does."""
    one.go(f"/sign-in?next={goal}")
    one.page.get_by_label("登录名").fill(login)
    one.page.get_by_label("密码", exact=True).fill(password)
    one.page.get_by_role("button", name="登录").click()
