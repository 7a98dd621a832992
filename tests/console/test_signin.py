"""Signing in: passwords, locks, second factor, sessions, and what no form or route lets pass."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest
import sqlalchemy as sa
from argon2 import Type, extract_parameters
from fastapi.testclient import TestClient
from httpx import Response
from sqlmodel import select
from starlette.routing import Mount

from casework.accounts.register import (
    disable_account,
    first_administrators,
    grant_account,
    open_account,
    reset_password,
)
from casework.desk import Desk, at_desk
from console.app import ROUTERS, create_app
from console.forms import plain_name
from console.routes import permission_of
from core.access.permissions import ADMINS, GRANTS, Permission
from core.errors import NotAllowed, Refused
from models.account import Account, WebSession
from system.settings import Settings
from tests.console.conftest import REAL_HASHER, browser_of, settings_in

START = datetime(2026, 6, 30, 2, 0, tzinfo=UTC)
OWN = "Shanshui-2026-Xian"
HEADERS = {"origin": "http://127.0.0.1:8460"}


class Office:
    """A console on an empty database, with a clock that a test moves."""

    def __init__(self, engine: sa.Engine, settings: Settings) -> None:
        self.engine, self.settings, self.now = engine, settings, START
        self.app = create_app(engine, settings, clock=lambda: self.now)

    def browser(self) -> TestClient:
        return TestClient(self.app, base_url="http://127.0.0.1:8460", follow_redirects=False, headers=HEADERS)

    @contextmanager
    def desk(self, by: str | None = None) -> Iterator[Desk]:
        with at_desk(self.engine, self.settings, by=by, today=self.now.date(), now=self.now) as desk:
            yield desk

    def officer(self) -> str:
        """Open and grant the director's account; return the password that serves once."""
        with self.desk() as desk:
            first_administrators(desk)
        with self.desk("@sysadmin") as desk:
            _account, password = open_account(desk, "director", "示例主任")
        with self.desk("@secadmin") as desk:
            grant_account(desk, "director", "L-DIRECTOR")
        return password

    def signed_in(self) -> TestClient:
        """Return a browser of the director, who has chosen a password."""
        browser, once = self.browser(), self.officer()
        sign_in(browser, "director", once)
        change(browser, once, OWN)
        return browser


@pytest.fixture
def office(bare: sa.Engine, tmp_path: Path) -> Office:
    settings = settings_in(tmp_path).model_copy(update={"key_file": tmp_path / "key"})
    return Office(bare, settings)


def sign_in(browser: TestClient, login: str, password: str, **more: str) -> Response:
    return browser.post("/sign-in", data={"login": login, "password": password, **more})


def word(page: Response) -> str:
    found = re.search(r'name="_csrf" value="([0-9a-f]{64})"', page.text)
    assert found is not None, page.text
    return found[1]


def change(browser: TestClient, old: str, new: str, again: str = "") -> Response:
    csrf = word(browser.get("/account/password"))
    return browser.post(
        "/account/password", data={"_csrf": csrf, "old": old, "new": new, "again": again or new}
    )


# ---- the way in --------------------------------------------------------------------------------------------------


def test_whoever_is_not_signed_in_is_asked_to_and_comes_back_to_the_page(office: Office) -> None:
    browser = office.browser()
    asked = browser.get("/ledger?state=all")
    assert (asked.status_code, asked.headers["location"]) == (303, "/sign-in?next=%2Fledger%3Fstate%3Dall")
    once = office.officer()
    answer = sign_in(browser, "director", once, next="/ledger?state=all")
    assert (answer.status_code, answer.headers["location"]) == (303, "/ledger?state=all")


@pytest.mark.parametrize(
    "goal", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:x"]
)
def test_the_way_back_never_leads_elsewhere(office: Office, goal: str) -> None:
    once = office.officer()
    assert sign_in(office.browser(), "director", once, next=goal).headers["location"] == "/"


def test_a_password_of_an_administrator_serves_only_to_choose_ones_own(office: Office) -> None:
    browser, once = office.browser(), office.officer()
    sign_in(browser, "director", once)
    assert browser.get("/").headers["location"] == "/account/password"
    weak = change(browser, once, "director1")
    assert weak.status_code == 400
    assert "长度应为10至128位" in weak.text
    assert "不得含登录名" in weak.text
    assert change(browser, once, OWN, "different").status_code == 400
    assert change(browser, "wrong", OWN).status_code == 403
    assert change(browser, once, OWN).headers["location"] == "/"
    page = browser.get("/")
    assert page.status_code == 200
    assert "密码已修改" in page.text
    assert "密码已修改" not in browser.get("/").text
    assert change(browser, OWN, once).status_code == 400  # used before


def test_passwords_are_kept_under_a_slow_and_wide_hash() -> None:
    kept = extract_parameters(REAL_HASHER().hash("Xk7-mnop-Qr2"))
    assert kept.type is Type.ID
    assert kept.memory_cost >= 64 * 1024  # KiB; OWASP asks for 19 MiB and two rounds
    assert kept.time_cost >= 3


def test_an_unknown_login_a_wrong_password_and_a_disabled_account_get_the_same_words(office: Office) -> None:
    browser, once = office.browser(), office.officer()
    answers = [sign_in(browser, "director", "wrong"), sign_in(browser, "nobody", "wrong")]
    with office.desk("@secadmin") as desk:
        disable_account(desk, "director", "调离")
    answers.append(sign_in(browser, "director", once))
    assert {answer.status_code for answer in answers} == {403}
    said = {re.sub(r"director|nobody", "", answer.text) for answer in answers}
    assert len(said) == 1
    assert "登录名或密码不正确，或者账号暂不能使用" in said.pop()


def test_five_failures_lock_the_account_and_each_further_round_for_twice_as_long(office: Office) -> None:
    browser, once = office.browser(), office.officer()
    for _ in range(5):
        sign_in(browser, "director", "wrong")
    assert sign_in(browser, "director", once).status_code == 403
    office.now += timedelta(minutes=11)
    for _ in range(4):
        sign_in(browser, "director", "wrong")
    office.now += timedelta(minutes=11)
    assert (
        sign_in(browser, "director", once).status_code == 303
    )  # nine failures in a row, and no second lock yet
    for _ in range(5):
        sign_in(office.browser(), "director", "wrong")
    with office.desk() as desk:
        (row,) = desk.session.exec(select(Account).where(Account.login == "director"))
        assert row.failures == 5  # a good sign-in began the count anew
        assert row.locked_until == office.now + timedelta(minutes=10)


def test_an_address_that_fails_too_often_waits(office: Office) -> None:
    browser = office.browser()
    for number in range(20):
        assert "登录名或密码不正确" in sign_in(browser, f"user{number}", "x").text
    assert "尝试次数过多" in sign_in(browser, "director", "x").text
    office.now += timedelta(minutes=11)
    assert "登录名或密码不正确" in sign_in(browser, "director", "x").text


# ---- the second factor -------------------------------------------------------------------------------------------


def test_an_administrator_sets_up_a_second_factor_and_a_code_serves_once(office: Office) -> None:
    with office.desk() as desk:
        once = first_administrators(desk)["sysadmin"]
    browser = office.browser()
    sign_in(browser, "sysadmin", once)
    change(browser, once, OWN)
    assert browser.get("/").headers["location"] == "/account/second-factor"
    page = browser.get("/account/second-factor")
    seed = re.search(r'name="seed" value="([A-Z2-7]+)"', page.text)
    assert seed is not None
    totp = pyotp.TOTP(seed[1])
    given = {"_csrf": word(page), "seed": seed[1]}
    assert browser.post("/account/second-factor", data={**given, "code": "000000"}).status_code == 400
    code = totp.at(office.now)
    assert browser.post("/account/second-factor", data={**given, "code": code}).status_code == 303

    again = office.browser()
    assert sign_in(again, "sysadmin", OWN).headers["location"] == "/sign-in/code"
    assert again.get("/account").headers["location"] == "/sign-in/code"
    csrf = word(again.get("/sign-in/code"))
    assert (
        again.post("/sign-in/code", data={"_csrf": csrf, "code": code}).status_code == 403
    )  # it served already
    office.now += timedelta(seconds=30)
    good = again.post("/sign-in/code", data={"_csrf": csrf, "code": totp.at(office.now)})
    assert good.headers["location"] == "/"
    assert again.get("/account").status_code == 200


# ---- sessions ----------------------------------------------------------------------------------------------------


def test_a_session_ends_when_it_is_left_alone_and_after_its_hours(office: Office) -> None:
    browser = office.signed_in()
    for _ in range(31):
        office.now += timedelta(minutes=23)
        assert browser.get("/").status_code == 200  # used again and again
    office.now += timedelta(minutes=8)
    assert browser.get("/").headers["location"].startswith("/sign-in")  # twelve hours are over
    sign_in(browser, "director", OWN)
    office.now += timedelta(minutes=31)
    assert browser.get("/").status_code == 303


def test_signing_out_and_an_administrator_end_sessions_at_once(office: Office) -> None:
    browser = office.signed_in()
    other = office.browser()
    sign_in(other, "director", OWN)
    assert browser.post("/sign-out", data={"_csrf": word(browser.get("/account"))}).status_code == 303
    assert browser.get("/").status_code == 303
    assert other.get("/").status_code == 200
    with office.desk("@sysadmin") as desk:
        reset_password(desk, "director")
    assert other.get("/").status_code == 303


def test_the_cookie_is_no_secret_of_the_database_and_cannot_be_read_by_scripts(office: Office) -> None:
    once = office.officer()
    answer = sign_in(office.browser(), "director", once)
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    token = cookie.partition("=")[2].partition(";")[0]
    with office.desk() as desk:
        assert token not in {row.token_sha256 for row in desk.session.exec(select(WebSession))}


# ---- forms and routes --------------------------------------------------------------------------------------------


def test_a_form_of_another_page_or_another_site_is_refused(office: Office) -> None:
    browser = office.signed_in()
    assert browser.post("/sign-out", data={}).status_code == 403
    assert browser.post("/sign-out", data={"_csrf": "0" * 64}).status_code == 403
    csrf = word(browser.get("/account"))
    foreign = browser.post("/sign-out", data={"_csrf": csrf}, headers={"origin": "https://evil.example"})
    assert foreign.status_code == 403
    sent = browser.post("/sign-out", data={"_csrf": csrf}, headers={"sec-fetch-site": "cross-site"})
    assert sent.status_code == 403
    assert browser.get("/").status_code == 200


def test_a_body_that_is_too_large_is_refused_before_it_is_read(office: Office) -> None:
    browser = office.browser()
    assert browser.post("/sign-in", content=b"x" * (26 * 1024 * 1024)).status_code == 413


def test_every_route_declares_its_permission(office: Office) -> None:
    routes = [route for route in office.app.routes if not isinstance(route, Mount)]
    assert len(routes) == sum(len(router.routes) for router in ROUTERS) > 10  # nothing beside
    assert [getattr(route, "path", "") for route in routes if permission_of(route) is None] == []


def test_every_permission_was_granted_to_somebody_and_no_administrator_does_business() -> None:
    assert set(GRANTS) == set(Permission)
    business = set(Permission) - {
        Permission.ANYBODY, Permission.OWN_ACCOUNT, Permission.HOME, Permission.ACCOUNTS, Permission.GRANTS,
        Permission.AUDIT, Permission.HEALTH,
    }  # fmt: skip
    assert {one for one in business if GRANTS[one] & ADMINS} == set()
    apart = (Permission.ACCOUNTS, Permission.GRANTS, Permission.AUDIT)
    assert [len(GRANTS[one]) for one in apart] == [1, 1, 1]
    assert len(frozenset().union(*(GRANTS[one] for one in apart))) == 3


def test_a_role_without_the_permission_is_told_so(engine: sa.Engine, tmp_path: Path) -> None:
    with browser_of(engine, settings_in(tmp_path), "D001:liaison") as unit:
        assert unit.get("/").headers["location"] == "/portal"
        assert unit.get("/ledger").status_code == 403
        assert unit.get("/account").status_code == 200


# ---- accounts ----------------------------------------------------------------------------------------------------


def test_nobody_gives_himself_a_right(office: Office) -> None:
    office.officer()
    with office.desk("@sysadmin") as desk:
        open_account(desk, "second", "第二人")
        with pytest.raises(NotAllowed):
            grant_account(desk, "second", "L-DEPUTY")
    with office.desk("@secadmin") as desk:
        with pytest.raises(NotAllowed):
            open_account(desk, "third", "第三人")
        with pytest.raises(Refused, match="不得共用"):
            grant_account(desk, "second", "L-DIRECTOR")
        with pytest.raises(Refused, match="三员"):
            grant_account(desk, "sysadmin", "L-DEPUTY")
    with office.desk("L-DIRECTOR") as desk, pytest.raises(NotAllowed):
        open_account(desk, "fourth", "第四人")
    with office.desk() as desk, pytest.raises(Refused, match="已经有管理员"):
        first_administrators(desk)


@pytest.mark.parametrize(
    ("given", "kept"),
    [("../../etc/passwd", "passwd"), ("C:\\x\\整改报告.docx", "整改报告.docx"), ("...", "附件"),
     ("a\x00b<c>.pdf", "abc.pdf"), ("长" * 300 + ".pdf", "长" * 66 + ".pdf")],
)  # fmt: skip
def test_the_name_of_an_upload_has_no_folders_and_nothing_strange(given: str, kept: str) -> None:
    assert plain_name(given) == kept
