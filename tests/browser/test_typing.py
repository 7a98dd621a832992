"""What is typed and not sent: a unit's long texts stay in its browser, a plan on the server."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from sqlmodel import select

from models.checking import PlanDraft
from tests.browser.town import Town, town_in

TEXT = "已补建公示专栏，公示执法主体、权限、依据和程序，并明确专人更新。"
KEPT = "Object.keys(localStorage).filter(one => one.indexOf('ducha-draft:') === 0).length"


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Town, str]]:
    """Give a county with one case that is being put right."""
    with town_in(tmp_path_factory.mktemp("typing")) as town:
        code = town.scene.notify(("D001", "E24", "major"))[0]
        town.open_accounts()
        on = date(2026, 4, 10)
        town.scene.act(code, "submit_plan", "D001:liaison", on, measures="修订公示办法")
        town.scene.act(code, "approve_plan", "P90", on)
        yield town, code


@contextmanager
def page_of(browser: Browser, town: Town, login: str) -> Iterator[Page]:
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai")
    context.add_cookies([{"name": "ducha", "value": town.session_of(login), "url": town.address}])
    page = context.new_page()
    yield page
    context.close()


def test_a_text_that_was_not_sent_is_offered_again_and_goes_once_it_was(
    browser: Browser, county: tuple[Town, str]
) -> None:
    town, code = county
    form = f"{town.address}/portal/cases/{code}/do/report_progress"
    with page_of(browser, town, "liaison") as page:
        page.goto(form)
        expect(page.locator("[data-draft-bar]")).to_contain_text("不上传")
        page.fill("#f-text", TEXT)
        expect(page.locator("[data-draft-bar]")).to_contain_text("已保存在本机浏览器")
        page.goto(f"{town.address}/portal")  # leaves in the middle
        page.goto(form)
        expect(page.locator("#f-text")).to_have_value("")
        page.get_by_role("button", name="恢复").click()
        expect(page.locator("#f-text")).to_have_value(TEXT)

        page.fill("#f-percent", "999")  # refused: what was typed stays, here and on the page
        page.locator("form.doing").evaluate("one => { one.noValidate = true; }")
        page.get_by_role("button", name="提交").click()
        expect(page.locator(".refused")).to_be_visible()
        expect(page.locator("#f-text")).to_have_value(TEXT)
        assert page.evaluate(KEPT) == 1
        page.fill("#f-percent", "40")
        page.get_by_role("button", name="提交").click()
        expect(page.locator("main > .notice")).to_be_visible()
        assert page.evaluate(KEPT) == 0
        page.goto(form)
        expect(page.locator("[data-draft-bar] button")).to_have_count(0)


def test_a_text_that_did_not_arrive_stays_while_others_are_taken(
    browser: Browser, county: tuple[Town, str]
) -> None:
    town, code = county
    form = f"{town.address}/portal/cases/{code}/do/report_progress"
    with page_of(browser, town, "liaison") as page:
        page.goto(form)
        page.fill("#f-text", TEXT)
        page.fill("#f-percent", "50")
        page.route("**/do/report_progress", lambda route: route.abort())
        page.get_by_role("button", name="提交").click()
        page.unroute("**/do/report_progress")

        page.goto(f"{town.address}/portal/cases/{code}/do/request_extension")
        page.fill("#f-until", "2026-05-11")
        page.fill("#f-reason", "公示平台改造须到六月完成")
        page.get_by_role("button", name="提交").click()
        expect(page.locator("main > .notice")).to_contain_text("已提交")
        assert page.evaluate(KEPT) == 1
        page.goto(form)
        page.get_by_role("button", name="恢复").click()
        expect(page.locator("#f-text")).to_have_value(TEXT)


def test_signing_out_clears_what_was_not_sent(browser: Browser, county: tuple[Town, str]) -> None:
    town, code = county
    with page_of(browser, town, "head") as page:
        page.goto(f"{town.address}/portal/cases/{code}/do/report_progress")
        page.fill("#f-text", TEXT)
        expect(page.locator("[data-draft-bar]")).to_contain_text("已保存在本机浏览器")
        assert page.evaluate(KEPT) == 1
        page.get_by_role("button", name="退出").click()
        page.wait_for_url("**/sign-in*")
        assert page.evaluate(KEPT) == 0


def wait_until_kept(town: Town, title: str) -> None:
    """Wait until the server has what a page sent along while it was left."""
    until = time.monotonic() + 20
    while not any(title in json.loads(row.answers)["title"] for row in town.scene.rows(select(PlanDraft))):
        assert time.monotonic() < until, f"{title} did not arrive"
        time.sleep(0.1)


def test_a_plan_is_kept_while_it_is_typed(browser: Browser, county: tuple[Town, str]) -> None:
    town, _code = county
    with page_of(browser, town, "officer") as page:
        page.goto(f"{town.address}/campaigns/new")
        page.get_by_role("button", name="开始编制").click()
        page.locator('input[name="kind"]').first.check()
        page.get_by_role("button", name="继续").click()
        page.fill("#f-title", "打到一半的名称")
        expect(page.locator("[data-kept]")).to_contain_text("已保存")
        page.fill("#f-title", "关掉页面前打的名称")
        page.goto(f"{town.address}/campaigns")  # at once: what is on its way is sent along
        wait_until_kept(town, "关掉页面前打的名称")
        page.goto(f"{town.address}/campaigns/new")
        page.get_by_role("link", name="关掉页面前打的名称").click()
        expect(page.locator("#f-title")).to_have_value("关掉页面前打的名称")
    assert len(town.scene.rows(select(PlanDraft))) == 1


def test_a_plan_is_sent_once_at_a_time(browser: Browser, county: tuple[Town, str]) -> None:
    town, _code = county
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    with page_of(browser, town, "director") as page:
        open_name(page, town)
        page.route("**/keep", hold)
        with page.expect_request("**/keep"):
            page.fill("#f-title", "先打的名称")
        page.fill("#f-title", "后打的名称")
        page.wait_for_timeout(2000)
        assert len(held) == 1  # the second waits for the answer to the first
        with page.expect_request("**/keep") as second:
            held[0].continue_()
            page.unroute("**/keep")
        assert "后打的名称" in (second.value.post_data or "")
        expect(page.locator("[data-kept]")).to_contain_text("已保存")


def test_a_plan_is_sent_again_until_it_was_kept(browser: Browser, county: tuple[Town, str]) -> None:
    town, _code = county
    with page_of(browser, town, "deputy") as page:
        told = page.locator("[data-kept]")
        open_name(page, town)
        page.route("**/keep", lambda route: route.abort())
        page.fill("#f-title", "断网时打的名称")
        expect(told).to_contain_text("网络不通")
        page.unroute("**/keep")
        expect(told).to_contain_text("已保存")  # without another key being pressed

        page.context.clear_cookies()
        page.fill("#f-title", "登录过期后打的名称")
        expect(told).to_contain_text("登录已过期")
        page.context.add_cookies([{"name": "ducha", "value": town.session_of("deputy"), "url": town.address}])
        page.evaluate("window.dispatchEvent(new Event('online'))")
        expect(told).to_contain_text("已保存")
        page.reload()
        expect(page.locator("#f-title")).to_have_value("登录过期后打的名称")


def open_name(page: Page, town: Town) -> None:
    """Begin a plan and go on to its name."""
    page.goto(f"{town.address}/campaigns/new")
    page.get_by_role("button", name="开始编制").click()
    page.locator('input[name="kind"]').first.check()
    page.get_by_role("button", name="继续").click()
    page.wait_for_url("**/name")
