"""The whole journey through pages and mails only: plan, inspect, sign, answer, extend, verify, close; black light."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.office import Office, act, fill, said, scan
from tests.browser.town import PASSWORD, town_in

CODE = "2026-ZX-07"
MINE, THEIRS = f"{CODE}-D001-01", f"{CODE}-T001-01"
BEGIN = datetime(2026, 8, 24, 2, 0, tzinfo=UTC)
TEAMS = ((1, "inspector", date(2026, 9, 1)), (2, "second", date(2026, 9, 10)))
LATE = (date(2026, 10, 14), date(2026, 10, 20), date(2026, 10, 27), date(2026, 11, 3))


def plan(office: Office) -> None:
    with office.window("officer", "/campaigns") as page:
        page.get_by_role("link", name="编制督察方案").click()
        page.get_by_role("button", name="开始编制").click()
        page.get_by_label("专项督察", exact=False).first.check()
        page.get_by_role("button", name="继续").click()
        fill(page, title="2026年秋季专项法治督察", code=CODE)
        page.get_by_role("button", name="继续").click()
        item = page.locator("#i-fazhi-ducha-46-E24")
        page.locator("details", has=item).locator("summary").click()
        item.check()
        page.get_by_role("button", name="继续").click()
        page.get_by_label("逐个选择").check()
        for unit in page.locator('input[name="units"]').all():
            unit.check()
        page.get_by_role("button", name="继续").click()
        fill(page, **{"from": "2026-09-01", "to": "2026-09-18", "size": "2"})
        page.get_by_role("button", name="查看安排").click()
        assert "为什么是这些人" in page.inner_text("main")
        page.get_by_role("button", name="存入，等待批准").click()
        page.wait_for_url(f"**/campaigns/{CODE}")
    with office.window("director", f"/campaigns/{CODE}") as page:
        assert act(page, "批准督察方案", file="签批件.pdf") == "已批准督察方案"
    with office.window("officer", f"/campaigns/{CODE}") as page:
        assert "批次已启动" in act(page, "启动批次", reason="县委统一部署")
    assert len(office.sign_all("director")) == 2
    assert office.seal_all("officer") == 2


def fail_before_the_script_is_there(page: Page) -> None:
    """Open the checklist and tick its first item while the page's script is still on its way."""
    late: list[Route] = []

    def hold(route: Route) -> None:
        late.append(route)

    page.route("**/checklist.js*", hold)
    page.get_by_role("link", name=re.compile("检查表")).first.click()
    page.locator('input[value="不合格"]').first.check()
    late.pop().continue_()


def inspect(office: Office) -> None:
    for number, login, day in TEAMS:
        office.town.advance(day)
        with office.window(login, "/visits") as page:
            page.locator(f'main a[href="/visits/{number}"]').first.click()
            fail_before_the_script_is_there(page)
            expect(page.locator('[name="v.E24.1.day"]')).to_have_value(day.isoformat())
            fill(page, **{
                "v.E24.1.problem": "未按规定公示执法信息", "v.E24.1.facts": "现场查看公示栏，缺少执法人员名单",
                "v.E24.1.severity": "较重", "v.E24.1.opinion": "确认",
            })  # fmt: skip
            page.locator('[name="v.E24.1.facts"]').blur()
            page.get_by_role("button", name=re.compile("提交")).last.click()
            assert said(page) == "检查表已提交，形成底稿1份"


def notify(office: Office) -> None:
    office.town.advance(date(2026, 9, 11))
    with office.window("officer", "/findings") as page:
        for box in page.locator("main table input[type=checkbox]").all():
            box.check()
        page.get_by_role("button", name="认定所选问题").click()
        assert said(page) == "已认定2个问题，并立为整改事项"
        page.goto(f"{office.town.address}/documents/new")
        page.get_by_role("button", name=re.compile("拟2份")).click()
        assert said(page) == "已拟通知书2份"
    assert len(office.sign_all("director")) == 2
    assert office.seal_all("officer") == 2


def open_link(office: Office) -> None:
    """The unit opens the mail's link, confirms itself by a code, and signs for the notice, without any script."""
    office.send()
    link = office.mailed("liaison.d001", r"http://\S+/n/\S+")
    with office.window(None, scripts=False) as page:
        page.goto(link)
        page.get_by_role("button", name="发送验证码").click()
        office.send()
        page.get_by_label("六位验证码").fill(office.mailed("liaison.d001", r"\b\d{6}\b"))
        page.get_by_role("button", name="查看文书").click()
        assert "未按规定公示执法信息" in page.inner_text("main")
        page.get_by_role("button", name="确认签收").click()
        assert said(page) == "已签收"
        page.goto(f"{office.town.address}/portal/cases/{MINE}/do/submit_plan")
        fill(page, **{
            "measure-1": "补建行政执法公示专栏", "person-1": "王某", "day-1": "2026-09-25", "goal": "全部公示",
            "verifier_unit": "县司法局",
        })  # fmt: skip
        page.get_by_role("button", name="提交").click()
        assert said(page) == "报送整改方案：已提交"
    with office.window("officer", f"/cases/{MINE}") as page:
        page.get_by_role("button", name="审核同意方案").click()
        assert "整改中" in said(page)


def extend(office: Office) -> None:
    office.town.advance(date(2026, 9, 21))
    with office.window("liaison", f"/portal/cases/{MINE}/do/request_extension", scripts=False) as page:
        fill(page, until="2026-10-19", reason="公示专栏须统一改版，供应商排期至10月中旬")
        page.get_by_role("button", name="提交").click()
        assert said(page) == "申请延期：已提交"
    with office.window("director", "/requests") as page:
        answer = act(page, "审批延期", verdict="granted", note="理由属实，同意")
        assert "refused" not in answer
    with office.window("liaison", f"/portal/cases/{MINE}", scripts=False) as page:
        assert "2026年10月19日到期" in page.inner_text("main")


def close(office: Office) -> None:
    office.town.advance(date(2026, 10, 12))
    with office.window("liaison", f"/portal/cases/{MINE}/do/report_progress", scripts=False) as page:
        fill(page, percent="100", text="公示专栏已建成，人员名单已公示", measure="1")
        page.locator("input[type=file]").first.set_input_files(scan("公示照片.pdf"))
        page.get_by_role("button", name="提交").click()
        assert said(page) == "报送进展：已提交"
        page.goto(f"{office.town.address}/portal/cases/{MINE}/do/apply_closure")
        fill(page, text="已全部整改")
        page.locator("input[type=file]").first.set_input_files(scan("整改报告.pdf"))
        page.get_by_role("button", name="提交").click()
        assert said(page) == "申请销号：已提交"
    for login, verdict, word in (("verifier", "passed", "已核查"), ("director", "", "已销号")):
        with office.window(login, "/") as page:
            page.get_by_role("link", name="未按规定公示执法信息").first.click()
            form = page.locator("form.act-form").first
            if verdict:
                fill(form, verdict=verdict, note="现场核查属实")
            form.locator("button[type=submit]").click()
            assert word in said(page)


def darken(office: Office) -> None:
    """The other unit does nothing: blue, yellow and red go out and are served, black is signed by the committee."""
    lights = []
    for day in LATE:
        office.town.advance(day)
        office.sweep()
        for login in ("verifier", "reviewer", "section", "deputy", "director", "county"):
            office.sign_all(login)
        office.seal_all("officer")
        office.serve_all("officer")
        with office.window("officer", f"/cases/{THEIRS}") as page:
            lights.append(page.locator(".case-marks .lamp").first.inner_text())
    assert lights == ["蓝灯", "黄灯", "红灯", "黑灯"]


def refer(office: Office) -> None:
    with office.window("officer", "/search?q=移送") as page:
        assert "/referrals/" not in page.inner_html("main")
    with office.window("linkage", "/referrals") as page:
        page.locator('main a[href^="/referrals/1"]').first.click()
        said_of_opinion = act(
            page, "提出初核意见", screen__opinion="逾期拒不整改，涉嫌履职不力", screen__receiver="discipline"
        )
        assert "refused" not in said_of_opinion
        answer = act(page, "登记集体研究", file="会议纪要.pdf", study__note="一致同意移送",
                     study__participants="L-DIRECTOR\nL-DEPUTY\nP91")  # fmt: skip
        assert "refused" not in answer
    with office.window("director", "/referrals/1") as page:
        assert "refused" not in act(page, "批准移送", proof=PASSWORD)
        assert "已批准" in page.inner_text("main")
    with office.window("other", "/portal") as page:
        assert "移送" not in page.inner_text("main")


@pytest.mark.slow
def test_a_year_of_work_is_done_through_the_pages_alone(browser: Browser, tmp_path: Path) -> None:
    with town_in(tmp_path, BEGIN) as town:
        town.scene.settle()
        town.open_accounts()
        office = Office(browser, town)
        for part in (plan, inspect, notify, open_link, extend, close, darken, refer):
            part(office)

        assert office.faults == []
        assert {code: town.scene.case(code).state for code in (MINE, THEIRS)} == {
            MINE: "closed",
            THEIRS: "open",
        }
        assert [row.state for row in town.scene.referrals()] == ["approved"]
