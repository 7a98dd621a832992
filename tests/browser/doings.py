"""Pages that no address leads to: what stands there after somebody did something, each done by hand in the browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from email import message_from_bytes, policy
from pathlib import Path

from playwright.sync_api import Browser, Page

from cli.demo.story import EXAMPLE
from tests.browser.office import Office, fill
from tests.browser.town import PASSWORD, Town
from tests.browser.watching import Watched, watched

Take = Callable[[Watched, str], None]
Doing = Callable[[Watched, Take], None]
# address -> what its picture is called
ANSWERS = (
    ("/search?q=公示", "search-found"),
    ("/rules?q=公示", "rules-found"),
    ("/rules/compare?a=base&b=current", "rules-compared"),
    ("/calendar/due?start=2026-04-16&count=20", "calendar-due-worked-out"),
    ("/statistics/rows?code=cases.all", "statistics-rows"),
    ("/statistics/units?code=cases.all", "statistics-units"),
    ("/ledger?light=yellow", "ledger-yellow"),
    ("/requests?tab=decided", "requests-decided"),
)
TRIES = 6  # wrong passwords until the account is locked


def refused_sign_in(one: Watched, take: Take) -> None:
    """A wrong password, and then too many of them."""
    for number in range(TRIES):
        one.go("/sign-in")
        fill(one.page, login="section", password=f"wrong-{number}-Word")
        one.page.get_by_role("button", name="登录").click()
        if number == 0:
            take(one, "sign-in-refused")
    take(one, "sign-in-locked")


def refused_pages(one: Watched, take: Take) -> None:
    """What is not there, and what is not for the one who asks."""
    one.go("/cases/2026-ZH-01-D001-99")
    take(one, "not-found")
    one.go("/accounts")
    take(one, "not-allowed")


def found_and_worked_out(one: Watched, take: Take) -> None:
    """Pages that answer a question: search, rules compared, a day worked out, figures behind a number."""
    for address, name in ANSWERS:
        if one.go(address) < 400:
            take(one, name)


def sign(one: Watched, take: Take) -> None:
    """Look at what waits, sign it with the password given once, and see what was signed."""
    one.go("/signing")
    while (unseen := one.page.locator("main td a", has_text="去查看")).count():
        unseen.first.click()
        one.go("/signing")
    for box in one.page.locator('input[name="document"]:enabled').all():
        box.check()
    take(one, "signing-ready")
    if (proof := one.page.locator('[name="proof"]')).count():
        proof.fill(PASSWORD)
    one.page.get_by_role("button", name="签发勾选的文书").click()
    one.page.wait_for_url("**/signing/done*")
    take(one, "signing-done")


def plan(one: Watched, take: Take) -> None:
    """The steps of a plan, to the teams that it proposes with their reasons."""
    page = one.page
    one.go("/campaigns/new")
    page.get_by_role("button", name="开始编制").click()
    take(one, "plan-kind")
    page.get_by_label("专项督察", exact=False).first.check()
    _on(page)
    take(one, "plan-name")
    fill(page, title="2026年秋季专项法治督察", code="2026-ZX-07")
    _on(page)
    take(one, "plan-items")
    item = page.locator("#i-fazhi-ducha-46-E24")
    page.locator("details", has=item).locator("summary").click()
    item.check()
    _on(page)
    take(one, "plan-units")
    page.get_by_label("逐个选择").check()
    for unit in page.locator('input[name="units"]').all()[:6]:
        unit.check()
    _on(page)
    fill(page, **{"from": "2026-09-01", "to": "2026-09-18", "size": "3"})
    take(one, "plan-team")
    page.get_by_role("button", name="查看安排").click()
    take(one, "plan-proposal")


def _on(page: Page) -> None:
    page.get_by_role("button", name="继续").click()


def bring_in(one: Watched, take: Take) -> None:
    """A list of units with a change, before it is written; and one with mistakes."""
    lines = (EXAMPLE / "units.csv").read_text(encoding="utf-8").splitlines()
    changed = [lines[0], lines[1].replace("发展和改革局", "发展改革和能源局"), *lines[2:]]
    for name, content in (
        ("import-preview", changed),
        ("import-refused", [lines[0], lines[1].replace("D001", "")]),
    ):
        one.go("/imports/units")
        one.page.locator("input[type=file]").set_input_files(
            {"name": "单位名册.csv", "mimeType": "text/csv", "buffer": "\n".join(content).encode()}
        )
        one.page.get_by_role("button", name="核对这张表").click()
        take(one, name)


def change_unit(one: Watched, take: Take) -> None:
    """What merging a unit into another would move, before it is done."""
    one.go("/units/D017/change/merge")
    fill(one.page, heir_1="D004", basis="示编〔2026〕8号")
    one.page.get_by_role("button", name="看看将变动什么").click()
    take(one, "unit-merge-preview")


def what_if(one: Watched, take: Take) -> None:
    """What another number of days would light, and the progress of the work."""
    one.go("/rules/what-if")
    one.page.locator('input[name^="offset-"]').first.fill("-8")
    one.page.get_by_role("button", name="推演").first.click()
    _work(one, take, "what-if")


def check_data(one: Watched, take: Take) -> None:
    """The check of all data: its progress, and what it found."""
    one.go("/health")
    one.page.get_by_role("button", name="开始核对").click()
    _work(one, take, "health-check")


def _work(one: Watched, take: Take, name: str) -> None:
    """Take long work while it runs, where it is not over at once, and when it is over."""
    if one.page.locator("progress").count():
        take(one, f"{name}-running")
    one.page.wait_for_function("() => !document.querySelector('progress')", timeout=120_000)
    take(one, f"{name}-done")


def open_account(one: Watched, take: Take) -> None:
    """A new account with the password that is shown once."""
    one.go("/accounts")
    fold = one.page.locator("details", has=one.page.locator("summary", has_text="开设账号")).last
    fold.locator("summary").first.click()
    fill(fold, login="zhouj", name="周静")
    fold.locator("button[type=submit]").last.click()
    one.page.wait_for_load_state()
    take(one, "account-opened")


def make_key(one: Watched, take: Take) -> None:
    """A key for another system, shown once."""
    one.go("/account/keys")
    fill(one.page, name="政务协同平台读取整改进度", proof=PASSWORD)
    one.page.locator('input[name="scopes"]').first.check()
    one.page.get_by_role("button", name="生成密钥").click()
    take(one, "key-made")


def open_link(one: Watched, take: Take, office: Office, mails: Path) -> None:
    """The link of a mail: what it shows before the code, the code, and the notice."""
    link = newest_link(mails)
    one.go(link)
    take(one, "door")
    one.page.get_by_role("button", name="发送验证码").click()
    take(one, "code")
    office.send()
    one.page.get_by_label("六位验证码").fill(office.mailed("", r"\b\d{6}\b"))
    one.page.get_by_role("button", name="查看文书").click()
    take(one, "paper")


def newest_link(mails: Path) -> str:
    """Return the path of the newest link to the portal among mails that were taken."""
    for file in sorted(mails.iterdir(), key=lambda one: one.stat().st_mtime, reverse=True):
        body = message_from_bytes(file.read_bytes(), policy=policy.default).get_body(("plain",))
        found = re.search(r"/n/[\w-]+", body.get_content()) if body is not None else None
        if found:
            return found[0]
    raise AssertionError("no mail has a link")


DOINGS: tuple[tuple[str | None, Iterable[Doing]], ...] = (
    (None, (refused_sign_in,)),
    ("director", (found_and_worked_out, refused_pages, plan, bring_in, change_unit, what_if, make_key, sign)),
    ("sysadmin", (check_data, open_account)),
)


def do_all(browser: Browser, town: Town, take: Callable[[Watched, str, str], None]) -> None:
    """Do everything, each by its own person, and take the pages that come of it."""
    for login, doings in DOINGS:
        for doing in doings:
            with watched(browser, town, login) as one:
                doing(one, lambda page, name, who=login or "guest": take(page, who, name))
    with watched(browser, town, None) as one:
        open_link(
            one, lambda page, name: take(page, "link", name), Office(browser, town), town.folder / "mails"
        )
