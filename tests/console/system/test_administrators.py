"""The pages of the three administrators: each has its own, and what is confidential is counted only."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient
from httpx import Response
from sqlmodel import col, select

from casework.accounts.sessions import begin_session
from casework.desk import at_desk
from casework.linkage.compartment import note_view
from console.app import create_app
from models.account import Account
from system.settings import Settings
from tests.console.conftest import AWKWARD, CANARY, NOW, TODAY, fill, settings_in, sign_in
from tests.databases import USUAL, open_database
from tests.make import make_person, store

BASE = "http://127.0.0.1:8460"
ADMINS = {"sysadmin": "system_admin", "secadmin": "security_admin", "auditor": "audit_admin"}
PAGES = {
    "sysadmin": ("/accounts", "/accounts/l-director", "/health"),
    "secadmin": ("/grants", "/grants/l-director", "/grants/roles"),
    "auditor": ("/audit", "/audit/confidential"),
}


class Rooms:
    """A console with a browser for each administrator."""

    def __init__(self, engine: sa.Engine, settings: Settings, stack: ExitStack) -> None:
        self.engine, self.settings, self.stack = engine, settings, stack
        self.app = create_app(engine, settings, clock=lambda: NOW)

    def browser(self, login: str) -> TestClient:
        client = TestClient(self.app, base_url=BASE, follow_redirects=False, headers={"origin": BASE})
        with at_desk(self.engine, self.settings, by=None, today=TODAY, now=NOW) as desk:
            row = desk.session.exec(select(Account).where(col(Account.login) == login)).one()
            client.cookies.set("ducha", begin_session(desk, row, second_factor=True))
        return client


@pytest.fixture(scope="module")
def rooms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rooms]:
    folder = tmp_path_factory.mktemp("administrators")
    settings = settings_in(folder).model_copy(update={"second_factor": "none", "key_file": folder / "key"})
    with open_database(USUAL, folder) as engine, ExitStack() as stack:
        with at_desk(engine, settings, by="L-DIRECTOR", today=TODAY, now=NOW) as desk:
            fill(desk)
            make_person(desk, "P61", roles="inspector", name=f"督察员{AWKWARD}")
            note_view(desk, "referral", 1)
            for login, admin in ADMINS.items():
                store(desk, Account(office_id=desk.office_id, login=login, name=login, state="active", admin=admin,
                                    opened_by="test", opened_on=TODAY))  # fmt: skip
        sign_in(engine, settings, "L-DIRECTOR")
        yield Rooms(engine, settings, stack)


def word(page: Response) -> str:
    found = re.search(r'name="_csrf" value="([0-9a-f]{64})"', page.text)
    assert found is not None, page.text
    return found[1]


def post(browser: TestClient, address: str, **form: str) -> Response:
    return browser.post(address, data={"_csrf": word(browser.get("/account")), **form})


@pytest.mark.parametrize("login", ADMINS)
def test_each_administrator_opens_their_own_pages_and_nobody_elses(rooms: Rooms, login: str) -> None:
    browser = rooms.browser(login)
    for owner, addresses in PAGES.items():
        for address in addresses:
            answer = browser.get(address)
            assert answer.status_code == (200 if owner == login else 403), (login, address, answer.text)
            assert len(answer.content) < 100_000
    for address in ("/", "/ledger", "/documents", "/cases/2026-ZH-01-D001-01"):
        assert browser.get(address).status_code in (303, 403), address


def test_the_office_opens_none_of_their_pages_but_its_health(rooms: Rooms) -> None:
    browser = rooms.browser("l-director")
    for addresses in PAGES.values():
        for address in addresses:
            assert browser.get(address).status_code == (200 if address == "/health" else 403), address


def test_an_account_is_opened_by_one_granted_by_another_and_its_password_is_shown_once(rooms: Rooms) -> None:
    system, security = rooms.browser("sysadmin"), rooms.browser("secadmin")
    page = post(system, "/accounts", login="newcomer", name="新来的人")
    assert page.status_code == 200
    shown = re.search(r'class="secret">([^<]+)<', page.text)
    assert shown is not None
    assert shown[1] not in system.get("/accounts/newcomer").text
    again = post(system, "/accounts", login="newcomer", name="新来的人")
    assert again.status_code == 400
    assert "登录名已被使用" in again.text
    assert 'value="newcomer"' in again.text
    assert "待授权" in system.get("/accounts?state=opened").text
    assert post(system, "/grants/newcomer", holder="P61").status_code == 403
    found = security.get("/grants/newcomer?who=P61").text
    assert "P61" in found
    assert AWKWARD not in found
    assert post(security, "/grants/newcomer", holder="P61").status_code == 303
    browser = TestClient(rooms.app, base_url=BASE, follow_redirects=False)
    let_in = browser.post("/sign-in", data={"login": "newcomer", "password": shown[1].strip()})
    assert let_in.status_code == 303
    assert "1处" in system.get("/accounts?text=newcomer").text
    assert post(system, "/accounts/newcomer/sessions/end").status_code == 303
    assert browser.get("/account").status_code == 303


def test_an_account_is_disabled_with_a_reason_enabled_and_closed(rooms: Rooms) -> None:
    system, security = rooms.browser("sysadmin"), rooms.browser("secadmin")
    post(system, "/accounts", login="leaver", name="离开的人")
    post(security, "/grants/leaver", holder="L-DEPUTY")
    refused = post(system, "/accounts/leaver/disable", reason="")
    assert refused.status_code == 400
    assert "理由" in refused.text
    assert post(system, "/accounts/leaver/close").status_code == 409
    assert post(security, "/grants/leaver/revoke", reason="调离").status_code == 303
    page = post(system, "/accounts/leaver/enable")
    assert 'class="secret"' in page.text
    assert post(system, "/accounts/leaver/disable", reason="退休").status_code == 303
    assert post(system, "/accounts/leaver/close").status_code == 303
    assert "已注销" in system.get("/accounts/leaver").text
    assert system.get("/accounts/nobody").status_code == 404
    assert post(system, "/accounts/sysadmin/disable", reason="x").status_code == 409


def test_the_log_is_filtered_paged_and_tells_nothing_confidential(rooms: Rooms) -> None:
    auditor = rooms.browser("auditor")
    page = auditor.get("/audit")
    assert "操作日志" in page.text
    assert CANARY not in page.text
    assert AWKWARD not in page.text
    assert CANARY not in auditor.get("/audit?subject=referral").text
    assert "移送" in auditor.get("/audit?subject=referral").text
    assert "report_progress" in auditor.get("/audit?subject=case&actor=L-DIRECTOR").text
    assert "没有符合条件" in auditor.get("/audit?to_on=2020-01-01").text
    assert auditor.get("/audit?from_on=gestern").status_code == 400
    assert auditor.get("/audit?before=nonsense").status_code == 400
    for _ in range(40):
        rooms.browser("l-director")
    first = auditor.get("/audit?subject=session").text
    older = re.search(r'href="(/audit\?[^"]*before=[^"]+)"', first)
    if older is not None:
        assert auditor.get(older[1].replace("&amp;", "&")).status_code == 200
    looks = auditor.get("/audit/confidential").text
    assert "L-DIRECTOR" in looks
    assert CANARY not in looks


def test_the_acts_of_administrators_are_a_filter_of_their_own(rooms: Rooms) -> None:
    post(rooms.browser("sysadmin"), "/accounts", login="seen", name="被看见的")
    page = rooms.browser("auditor").get("/audit?actor=%40").text
    assert "@sysadmin" in page
    assert "L-DIRECTOR" not in page


def finished(browser: TestClient, begun: Response) -> str:
    assert begun.status_code == 303, begun.text
    address = begun.headers["location"]
    for _ in range(600):
        if browser.get(f"{address}/state").json()["ended"]:
            return str(browser.get(address).text)
        time.sleep(0.05)
    raise AssertionError("the work did not end")


def test_the_log_is_verified_and_exported_and_both_are_noted(rooms: Rooms) -> None:
    auditor = rooms.browser("auditor")
    assert "各环相符" in finished(auditor, post(auditor, "/audit/verify"))
    told = finished(auditor, post(auditor, "/audit/export", subject="account"))
    assert ".xlsx" in told
    link = re.search(r'href="(/jobs/[^"]+/file)"', told)
    assert link is not None
    assert auditor.get(link[1]).content.startswith(b"PK")
    page = auditor.get("/audit?subject=office").text
    assert "verify_log" in page
    assert "export_log" in page


def test_health_tells_what_waits_and_the_doctor_looks_at_everything(rooms: Rooms) -> None:
    system = rooms.browser("sysadmin")
    page = system.get("/health").text
    for told in ("待发邮件", "最近备份", "工作日历", "结果不明的邮件"):
        assert told in page
    assert "INV-1" in finished(system, post(system, "/health"))


def test_the_matrix_of_rights_and_the_policy_in_force_are_printed(rooms: Rooms) -> None:
    page = rooms.browser("secadmin").get("/grants/roles").text
    assert "至少10位" in page
    assert "连续5次锁定10分钟" in page
    assert "签发文书" in page


def test_pages_ask_the_database_a_few_times(rooms: Rooms) -> None:
    asked: list[str] = []
    sa.event.listen(rooms.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    for login, addresses in PAGES.items():
        browser = rooms.browser(login)
        for address in addresses:
            asked.clear()
            browser.get(address)
            assert len(asked) <= 15, (address, len(asked))


def test_keys_are_made_by_their_owner_after_a_proof_and_shown_once(rooms: Rooms, tmp_path: Path) -> None:
    browser = rooms.browser("l-director")
    assert "申请密钥" in browser.get("/account/keys").text
    refused = post(browser, "/account/keys", name="读取进度", until="2026-07-30", scopes="cases:read")
    assert refused.status_code in (400, 403)  # the proof is missing
    with at_desk(rooms.engine, rooms.settings, by=None, today=TODAY, now=NOW) as desk:
        from casework.accounts.hashing import hash_password

        row = desk.session.exec(select(Account).where(col(Account.login) == "l-director")).one()
        row.password_hash, row.password_on = hash_password("Shanshui-2026-Xian"), TODAY
        desk.session.add(row)
    made = post(
        browser, "/account/keys", name="读取进度", until="2026-07-30", scopes="cases:read",
        proof="Shanshui-2026-Xian",
    )  # fmt: skip
    shown = re.search(r'class="secret">(ducha_[^<]+)<', made.text)
    assert shown is not None, made.text
    assert shown[1] not in browser.get("/account/keys").text
    called = browser.get("/api/v1/me", headers={"Authorization": f"Bearer {shown[1]}"})
    assert called.json()["scopes"] == ["cases:read"]
    number = re.search(r"/account/keys/(\d+)/revoke", browser.get("/account/keys").text)
    assert number is not None
    assert post(browser, f"/account/keys/{number[1]}/revoke").status_code == 303
    assert browser.get("/api/v1/me", headers={"Authorization": f"Bearer {shown[1]}"}).status_code == 401
    assert rooms.browser("sysadmin").get("/account/keys").status_code == 404
