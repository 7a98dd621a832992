"""Somebody tries to get in: guessing, spraying, stolen cookies and codes, forms of others. Nothing gets through."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient
from httpx import Response
from sqlmodel import col, select

from casework.accounts import hashing
from casework.accounts.register import first_administrators, grant_account, open_account, reset_password
from casework.desk import Desk, at_desk
from console.app import create_app
from console.serve import configure
from console.throttle import ADDRESSES, MOST, Throttle
from models.account import Account, WebSession
from system.settings import Settings
from tests.console.conftest import NOW, settings_in

OWN, NEXT = "Shanshui-2026-Xian", "Qingfeng-2026-Zhu"
BASE = "http://127.0.0.1:8460"


class Gate:
    """The console of a new office with one officer who chose a password, and a clock that a test moves."""

    def __init__(self, engine: sa.Engine, settings: Settings) -> None:
        self.engine, self.settings, self.now = engine, settings, NOW
        self.app = create_app(engine, settings, clock=lambda: self.now)
        with self.desk() as desk:
            first_administrators(desk)
        with self.desk("@sysadmin") as desk:
            _row, once = open_account(desk, "director", "示例主任")
        with self.desk("@secadmin") as desk:
            grant_account(desk, "director", "L-DIRECTOR")
        browser = self.signed_in(once)
        change(browser, once, OWN)

    @contextmanager
    def desk(self, by: str | None = None) -> Iterator[Desk]:
        with at_desk(self.engine, self.settings, by=by, today=self.now.date(), now=self.now) as desk:
            yield desk

    def browser(self, host: str = "10.1.1.1") -> TestClient:
        one = TestClient(self.app, base_url=BASE, follow_redirects=False, client=(host, 50_000))
        one.headers["origin"] = BASE
        return one

    def signed_in(self, password: str = OWN) -> TestClient:
        browser = self.browser()
        assert knock(browser, "director", password).status_code == 303
        return browser

    def with_factor(self) -> pyotp.TOTP:
        """Set the officer's second factor up."""
        browser = self.signed_in()
        page = browser.get("/account/second-factor")
        seed = re.findall(r'name="seed" value="([A-Z2-7]+)"', page.text)[0]
        totp = pyotp.TOTP(seed)
        given = {"_csrf": word(page), "seed": seed, "code": totp.at(self.now)}
        assert browser.post("/account/second-factor", data=given).status_code == 303
        self.now += timedelta(seconds=60)
        return totp

    def account(self) -> Account:
        with self.desk() as desk:
            (row,) = desk.session.exec(select(Account).where(col(Account.login) == "director"))
            desk.session.expunge(row)
        return row


@pytest.fixture
def gate(bare: sa.Engine, tmp_path: Path) -> Gate:
    return Gate(bare, settings_in(tmp_path).model_copy(update={"key_file": tmp_path / "key"}))


def knock(browser: TestClient, login: str, password: str) -> Response:
    return browser.post("/sign-in", data={"login": login, "password": password})


def word(page: Response) -> str:
    return re.findall(r'name="_csrf" value="([0-9a-f]{64})"', page.text)[0]


def change(browser: TestClient, old: str, new: str) -> Response:
    csrf = word(browser.get("/account/password"))
    return browser.post("/account/password", data={"_csrf": csrf, "old": old, "new": new, "again": new})


def is_in(browser: TestClient) -> bool:
    return browser.get("/").status_code == 200


# ---- guessing ----------------------------------------------------------------------------------------------------


def test_a_thousand_guesses_at_one_account_from_many_places_end_at_its_lock(gate: Gate) -> None:
    tried = 0
    for number in range(50):
        knock(gate.browser(f"10.9.{number}.1"), "director", f"guess-{number}")
        tried += 1
        if gate.account().locked_until:
            break
    assert tried == gate.settings.lock_attempts
    assert knock(gate.browser("10.2.2.2"), "director", OWN).status_code == 403  # the right one neither
    gate.now += timedelta(minutes=gate.settings.lock_minutes, seconds=1)
    assert (
        knock(gate.browser("10.2.2.2"), "director", OWN).status_code == 303
    )  # and its owner is not out for ever


def test_guessing_ends_the_sessions_of_the_account_and_is_written_down(gate: Gate) -> None:
    browser = gate.signed_in()
    for _ in range(gate.settings.lock_attempts):
        knock(gate.browser("10.9.9.9"), "director", "guess")
    assert not is_in(browser)
    with gate.desk() as desk:
        told = desk.session.connection().exec_driver_sql(
            "SELECT count(*) FROM audit_entry WHERE act = 'fail'"
        )
        assert told.scalar_one() == gate.settings.lock_attempts


def test_one_password_sprayed_over_many_accounts_is_stopped_by_its_address(gate: Gate) -> None:
    browser = gate.browser("10.9.9.9")
    answers = [knock(browser, f"user{number:03}", "Spring-2026") for number in range(MOST + 30)]
    assert all(answer.status_code == 403 for answer in answers)
    assert [("尝试次数过多" in answer.text) for answer in answers] == [False] * MOST + [True] * 30
    assert "尝试次数过多" in knock(browser, "director", OWN).text
    assert knock(gate.browser("10.9.9.10"), "director", OWN).status_code == 303  # others are not kept out


def test_the_header_of_a_proxy_gives_nobody_another_address(gate: Gate) -> None:
    browser = gate.browser("10.9.9.9")
    for number in range(MOST + 1):
        browser.headers["x-forwarded-for"] = f"10.0.0.{number}"
        answer = knock(browser, f"user{number}", "x")
    assert "尝试次数过多" in answer.text


def test_behind_the_proxy_of_the_settings_each_caller_counts_for_themselves(gate: Gate) -> None:
    behind = configure(gate.app, port=1, proxy="10.2.2.2")
    behind.load()

    def browser(proxy: str, caller: str) -> TestClient:
        one = TestClient(behind.loaded_app, base_url=BASE, follow_redirects=False, client=(proxy, 50_000))
        one.headers.update({"origin": BASE, "x-forwarded-for": caller})
        return one

    for number in range(MOST):
        knock(browser("10.2.2.2", "10.9.9.9"), f"user{number}", "x")
    assert "尝试次数过多" in knock(browser("10.2.2.2", "10.9.9.9"), "director", OWN).text
    assert knock(browser("10.2.2.2", "10.9.9.10"), "director", OWN).status_code == 303
    for number in range(MOST):  # whoever is not that proxy is not believed
        knock(browser("10.3.3.3", f"10.0.0.{number}"), f"user{number}", "x")
    assert "尝试次数过多" in knock(browser("10.3.3.3", "10.0.0.99"), "director", OWN).text


def test_an_unknown_a_locked_and_a_known_login_are_verified_alike(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[bool] = []
    plain = hashing._hasher()

    class Counting:
        hash = staticmethod(plain.hash)

        @staticmethod
        def verify(stored: str, password: str) -> bool:
            hashed.append(stored.startswith("$argon2id$"))
            return plain.verify(stored, password)

    monkeypatch.setattr(hashing, "_hasher", Counting)
    for login in ("director", "nobody", "", "x" * 500, "' OR 1=1 --"):
        knock(gate.browser(), login, "guess")
    with gate.desk() as desk:
        (row,) = desk.session.exec(select(Account).where(col(Account.login) == "director"))
        row.locked_until = gate.now + timedelta(hours=1)
        desk.session.add(row)
    assert knock(gate.browser(), "director", OWN).status_code == 403
    assert hashed == [True] * 6


def test_the_throttle_forgets_old_addresses_and_never_holds_more_than_its_number() -> None:
    throttle = Throttle()
    for number in range(ADDRESSES * 3):
        throttle.note(f"10.{number}", NOW)
    for _ in range(1_000):
        throttle.note("one", NOW)
    assert len(throttle._failures) == ADDRESSES
    assert max(len(times) for times in throttle._failures.values()) <= MOST


def test_a_long_password_is_no_way_to_keep_the_server_busy(gate: Gate) -> None:
    assert knock(gate.browser(), "director", "x" * 300_000).status_code in (400, 403)


# ---- codes -------------------------------------------------------------------------------------------------------


def test_who_knows_the_password_cannot_try_codes_for_ever(gate: Gate) -> None:
    gate.with_factor()
    tried = 0
    for _ in range(10):  # a new sign-in with the right password after every third code
        browser = gate.browser(f"10.9.9.{tried}")
        if knock(browser, "director", OWN).status_code != 303:
            break
        for _ in range(3):
            page = browser.get("/sign-in/code")
            if page.status_code != 200:
                break
            browser.post("/sign-in/code", data={"_csrf": word(page), "code": "000000"})
            tried += 1
    assert tried == gate.settings.lock_attempts
    assert gate.account().locked_until is not None


def test_a_code_serves_one_of_many_browsers_that_send_it_at_once(gate: Gate) -> None:
    totp = gate.with_factor()
    browsers = [gate.signed_in() for _ in range(4)]
    given = [{"_csrf": word(one.get("/sign-in/code")), "code": totp.at(gate.now)} for one in browsers]
    with ThreadPoolExecutor(4) as pool:
        list(
            pool.map(
                lambda pair: pair[0].post("/sign-in/code", data=pair[1]), zip(browsers, given, strict=True)
            )
        )
    assert sum(is_in(one) for one in browsers) == 1


def test_half_a_sign_in_opens_nothing(gate: Gate) -> None:
    gate.with_factor()
    half = gate.signed_in()
    for address in ("/", "/ledger", "/account", "/documents", "/account/password", "/account/second-factor"):
        answer = half.get(address)
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in/code"), address


def test_an_open_session_is_no_place_to_guess_the_password_or_to_change_the_factor(gate: Gate) -> None:
    stolen = gate.signed_in()
    csrf = word(stolen.get("/account/password"))
    for number in range(gate.settings.lock_attempts):
        given = {"_csrf": csrf, "old": f"guess{number}", "new": NEXT, "again": NEXT}
        stolen.post("/account/password", data=given)
    assert not is_in(stolen)
    gate.now += timedelta(minutes=30)
    totp = gate.with_factor()
    browser = gate.signed_in()
    code = {"_csrf": word(browser.get("/sign-in/code")), "code": totp.at(gate.now)}
    browser.post("/sign-in/code", data=code)
    page = browser.get("/account/second-factor")
    seed = re.findall(r'name="seed" value="([A-Z2-7]+)"', page.text)[0]
    given = {"_csrf": word(page), "seed": seed, "code": pyotp.TOTP(seed).at(gate.now)}
    assert browser.post("/account/second-factor", data=given).status_code == 400
    assert browser.post("/account/second-factor", data={**given, "proof": "000000"}).status_code == 403


# ---- sessions ----------------------------------------------------------------------------------------------------


def test_a_cookie_that_somebody_else_set_becomes_nobodys_session(gate: Gate) -> None:
    browser = gate.browser()
    browser.cookies.set("ducha", "fixed-by-the-attacker", domain="127.0.0.1")
    answer = knock(browser, "director", OWN)
    given = re.findall(r"ducha=([^;]+)", answer.headers["set-cookie"])[0]
    assert given != "fixed-by-the-attacker"
    other = gate.browser()
    other.cookies.set("ducha", "fixed-by-the-attacker")
    assert not is_in(other)


def test_every_sign_in_gets_a_cookie_of_its_own_that_cannot_be_guessed(gate: Gate) -> None:
    tokens = {gate.signed_in().cookies["ducha"] for _ in range(5)}
    assert len(tokens) == 5
    assert all(len(token) >= 43 for token in tokens)
    with gate.desk() as desk:
        kept = set(desk.session.exec(select(WebSession.token_sha256)))
    for wrong in (*kept, "", "0", *(token[:-1] for token in tokens), "x" * 5_000):
        browser = gate.browser()
        browser.headers["cookie"] = f"ducha={wrong}"
        assert not is_in(browser)


def test_a_stolen_cookie_is_worth_nothing_after_the_password_changed(gate: Gate) -> None:
    mine, thief = gate.signed_in(), gate.browser()
    thief.cookies.set("ducha", gate.signed_in().cookies["ducha"])
    assert is_in(thief)
    assert change(mine, OWN, NEXT).status_code == 303
    assert (is_in(mine), is_in(thief)) == (True, False)
    assert knock(gate.browser(), "director", OWN).status_code == 403


# ---- forms of others ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:8461"},
        {"origin": "http://127.0.0.1:8460.evil.example"},
        {"origin": "", "sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example", "host": "evil.example"},
    ],
)
def test_a_form_of_another_site_changes_nothing(gate: Gate, headers: dict[str, str]) -> None:
    browser = gate.signed_in()
    csrf = word(browser.get("/account"))
    answer = browser.post("/sign-out", data={"_csrf": csrf}, headers=headers)
    assert answer.status_code in (400, 403)
    assert is_in(browser)


def test_the_word_of_one_session_opens_no_form_of_another(gate: Gate) -> None:
    mine, other = gate.signed_in(), gate.signed_in()
    foreign = word(other.get("/account"))
    for wrong in (foreign, "", foreign[:-1], foreign.upper() + "x", "é" * 64):
        assert mine.post("/sign-out", data={"_csrf": wrong}).status_code == 403
    assert (
        mine.post(f"/sign-out?_csrf={word(mine.get('/account'))}").status_code == 403
    )  # in the address it is none
    assert mine.post("/sign-out", json={"_csrf": word(mine.get("/account"))}).status_code == 403
    assert is_in(mine)


def test_reading_changes_nothing_whatever_the_address_says(gate: Gate) -> None:
    browser = gate.signed_in()
    for verb in ("GET", "HEAD", "OPTIONS"):
        assert browser.request(verb, "/sign-out").status_code in (404, 405)
    assert is_in(browser)


# ---- what browsers may do ----------------------------------------------------------------------------------------


def test_no_other_site_may_read_an_answer_or_ask_whether_it_may(gate: Gate) -> None:
    browser = gate.signed_in()
    for address in ("/", "/ledger", "/api/v1/me", "/sign-in", "/nothing"):
        for verb in ("GET", "OPTIONS"):
            foreign = {"origin": "https://evil.example", "access-control-request-method": "POST"}
            answer = browser.request(verb, address, headers=foreign)
            assert [name for name in answer.headers if name.startswith("access-control")] == [], address


@pytest.mark.parametrize("verb", ["TRACE", "TRACK", "CONNECT", "PUT", "PATCH", "DELETE"])
def test_no_page_answers_to_a_verb_that_it_does_not_have(gate: Gate, verb: str) -> None:
    browser = gate.signed_in()
    browser.headers["x-secret"] = "told-back"
    for address in ("/", "/ledger", "/sign-out", "/api/v1/me"):
        answer = browser.request(verb, address)
        assert answer.status_code in (400, 403, 404, 405), (address, answer.status_code)
        assert "told-back" not in answer.text


def test_passwords_are_asked_for_as_passwords_that_a_keeper_may_fill_in(gate: Gate) -> None:
    asked = gate.browser().get("/sign-in").text + gate.signed_in().get("/account/password").text
    fields = re.findall(r"<input[^>]*name=\"(?:password|old|new|again)\"[^>]*>", asked)
    assert len(fields) == 4
    assert all('type="password"' in one for one in fields)
    assert [one for one in fields if 'autocomplete="off"' in one] == []
    assert "onpaste" not in asked
    assert all("maxlength" not in one for one in fields)


def test_the_cookie_of_a_session_is_for_this_host_and_no_script_reads_it(gate: Gate) -> None:
    given = knock(gate.browser(), "director", OWN).headers["set-cookie"].lower()
    assert all(word in given for word in ("httponly", "samesite=lax", "path=/"))
    assert "domain=" not in given
    gate.settings = gate.settings.model_copy(update={"address": "https://ducha.shilixian.example"})
    app = create_app(gate.engine, gate.settings, clock=lambda: gate.now)
    base = "https://ducha.shilixian.example"
    browser = TestClient(app, base_url=base, follow_redirects=False, headers={"origin": base})
    given = knock(browser, "director", OWN).headers["set-cookie"]
    assert given.startswith("__Host-ducha=")
    assert "secure" in given.lower()


def test_signing_out_takes_along_what_pages_kept_in_the_browser(gate: Gate) -> None:
    browser = gate.signed_in()
    answer = browser.post("/sign-out", data={"_csrf": word(browser.get("/account"))})
    assert answer.headers["clear-site-data"] == '"storage"'
    assert not is_in(browser)


def test_who_lost_their_authenticator_is_let_in_by_the_administrator_alone(gate: Gate) -> None:
    gate.with_factor()
    stolen = gate.signed_in()  # half a sign-in of somebody who knows the password
    with gate.desk("@sysadmin") as desk:
        once = reset_password(desk, "director")
    assert stolen.get("/sign-in/code").status_code != 200
    assert knock(gate.browser(), "director", OWN).status_code == 403
    browser = gate.browser()
    assert knock(browser, "director", once).status_code == 303
    assert browser.get("/").headers["location"] == "/account/password"
    assert change(browser, once, NEXT).status_code == 303
    assert gate.account().totp_secret is None
