"""The grave acts with the keys alone; the unit's answers without scripts are in test_journey.py."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from playwright.sync_api import Browser, Page

from casework.paperwork.notices import draft_notices
from tests.browser.town import BEGIN, PASSWORD, Town, town_in
from tests.browser.watching import Watched, watched
from tests.casework.scene import CODE

MOST_TABS = 120
MAJOR = ("D001", "E24", "major")
ON = date(2026, 4, 17)
# Where the focus is: its place among all elements, what it is, whether it is seen, and whether it is on the screen.
FOCUS = """() => {
  const one = document.activeElement, style = getComputedStyle(one), box = one.getBoundingClientRect();
  return {
    place: Array.prototype.indexOf.call(document.querySelectorAll('*'), one), what: one.outerHTML.slice(0, 90),
    seen: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0,
    there: box.bottom > 0 && box.top < innerHeight && box.width > 0, body: one === document.body,
  };
}"""


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Give a county whose notice waits for the director."""
    with town_in(tmp_path_factory.mktemp("keys")) as town:
        town.scene.confirm(MAJOR)
        town.open_accounts()
        with town.desk_on(by="P90", today=date(2026, 4, 8)) as desk:
            draft_notices(desk, CODE)
        yield town


@pytest.fixture(scope="module")
def applied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Town, str]]:
    """Give a county with a case whose unit has applied for its closure."""
    with town_in(tmp_path_factory.mktemp("closing")) as town:
        code, _late = town.scene.notify(MAJOR, ("D001", "F27", "minor"))
        town.open_accounts()
        scene = town.scene
        scene.act(code, "submit_plan", "D001:liaison", ON, measures="修订公示办法")
        scene.act(code, "approve_plan", "P90", ON)
        scene.act(code, "apply_closure", "D001:liaison", ON, files=(scene.file(),))
        yield town, code


def tab_to(page: Page, selector: str) -> None:
    """Press the tabulator until the thing is reached, as somebody without a mouse does."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("one => document.activeElement.matches(one)", selector):
            return
    raise AssertionError(f"{selector} is not reached with the tabulator on {page.url}")


def faults_of_focus(one: Watched) -> list[str]:
    """Go through a page with the tabulator from its beginning to its end; return what is wrong on the way."""
    wrong, last = [], -1
    for _ in range(MOST_TABS):
        one.page.keyboard.press("Tab")
        now = one.page.evaluate(FOCUS)
        if now["body"] or (now["place"] < last and now["place"] <= 40):
            return wrong  # past the end: no trap
        if (
            now["place"] != last
        ):  # a field of a date has stops of its own within, which the browser marks itself
            wrong += [f"{word}: {now['what']}" for word in ("seen", "there") if not now[word]]
        if now["place"] < last:
            wrong.append(f"out of order: {now['what']}")
        last = now["place"]
    return [*wrong, f"no end of {one.page.url}"]


# ---- signing -------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_after_a_wrong_password_the_focus_is_on_what_is_wrong(browser: Browser, waiting: Town) -> None:
    with watched(browser, waiting, "director") as one:
        one.go("/signing/next")
        one.go("/signing")
        tab_to(one.page, 'input[name="document"]')
        one.page.keyboard.press("Space")
        tab_to(one.page, 'input[name="proof"]')
        one.page.keyboard.type("wrong")
        one.page.keyboard.press("Enter")
        one.page.wait_for_selector(".refused")
        one.page.wait_for_function("() => document.activeElement.className === 'refused'")
        assert one.page.evaluate(FOCUS)["there"]
        tab_to(one.page, 'input[name="proof"]')  # and the way on leads to the field
    assert [paper.state for paper in waiting.scene.documents("feedback_notice")] == ["draft"]


@pytest.mark.slow
def test_a_notice_is_looked_at_and_signed_with_the_keys_alone(browser: Browser, waiting: Town) -> None:
    with watched(browser, waiting, "director") as one:
        one.go("/signing")
        if one.page.locator('a[href="/signing/next"]').count():  # nobody looked at it yet
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


# ---- verifying and closing -----------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_case_is_verified_and_closed_with_the_keys_alone(
    browser: Browser, applied: tuple[Town, str]
) -> None:
    town, code = applied
    with watched(browser, town, "verifier") as one:
        one.go("/")
        tab_to(one.page, f'main a[href="/cases/{code}"]')
        one.page.keyboard.press("Enter")
        one.page.wait_for_url("**/cases/*")
        tab_to(one.page, 'form[action$="/acts/verify"] input[name="verdict"]')
        one.page.keyboard.press("Space")
        while not one.page.evaluate("() => document.activeElement.value === 'passed'"):
            one.page.keyboard.press("ArrowDown")
        tab_to(one.page, 'form[action$="/acts/verify"] [name="note"]')
        one.page.keyboard.type("现场核查属实")
        tab_to(one.page, 'form[action$="/acts/verify"] button[type="submit"]')
        one.page.keyboard.press("Enter")
        one.page.wait_for_selector(".notice")
        assert "已核查" in one.page.inner_text(".notice")
        assert one.said == []
    with watched(browser, town, "director") as one:
        one.go("/")
        tab_to(one.page, f'main a[href="/cases/{code}"]')
        one.page.keyboard.press("Enter")
        one.page.wait_for_url("**/cases/*")
        tab_to(one.page, 'form[action$="/acts/close"] button[type="submit"]')
        one.page.keyboard.press("Enter")
        one.page.wait_for_selector(".notice")
        assert "已销号" in one.page.inner_text(".notice")
    assert town.scene.case(code).state == "closed"


# ---- the way through a page ----------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(("login", "address"), [
    ("director", "/signing"), ("officer", "/cases/2026-ZH-01-D001-02"), ("officer", "/ledger"), ("liaison", "/portal"),
    ("liaison", "/portal/cases/2026-ZH-01-D001-02/do/submit_plan"), ("sysadmin", "/accounts"),
])  # fmt: skip
def test_the_focus_is_seen_goes_in_order_and_is_never_caught(
    browser: Browser, applied: tuple[Town, str], login: str, address: str
) -> None:
    town, code = applied
    with watched(browser, town, login) as one:
        assert one.go(address.format(code=code)) < 400
        assert faults_of_focus(one) == []


@pytest.mark.slow
def test_the_first_stop_leads_past_the_navigation(browser: Browser, applied: tuple[Town, str]) -> None:
    with watched(browser, applied[0], "officer") as one:
        one.go("/ledger")
        one.page.keyboard.press("Tab")
        assert one.page.evaluate("() => document.activeElement.matches('a.skip')")
        one.page.keyboard.press("Enter")
        one.page.keyboard.press("Tab")
        assert one.page.evaluate("() => document.querySelector('main').contains(document.activeElement)")
