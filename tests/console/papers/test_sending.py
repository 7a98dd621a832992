"""Sending at once: from the page of the outbox, and for a code that somebody waits for."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from fastapi.testclient import TestClient

from console.app import create_app
from console.sending import Sender
from core.errors import DeliveryFailed
from tests.console.acting import outcome_of, send
from tests.console.conftest import NOW, sign_in
from tests.console.papers.conftest import Office


def browser_with(office: Office, sending: object) -> TestClient:
    office.scene.settle()
    app = create_app(office.engine, office.settings, clock=lambda: NOW, send=sending)  # type: ignore[arg-type]  # fakes
    browser = TestClient(app, base_url="http://127.0.0.1:8460", follow_redirects=False)
    browser.headers["sec-fetch-site"] = "same-origin"
    browser.cookies.set("ducha", sign_in(office.engine, office.settings, "P90"))
    return browser


def test_the_outbox_is_sent_at_once_and_tells_what_came_of_it(office: Office) -> None:
    with browser_with(office, lambda: {"accepted": 2, "rejected": 0, "unknown": 1, "left": 0}) as browser:
        assert "立即发送待发邮件" in browser.get("/outbox").text
        page = outcome_of(browser, send(browser, "/outbox", "/outbox/send"))
        assert "已投递2封，结果不明1封" in page.text


def test_a_server_that_is_away_is_told_on_the_page_of_the_work(office: Office) -> None:
    def away() -> Mapping[str, object]:
        raise DeliveryFailed(
            "连不上邮件服务器", found="拒绝连接", expected="应答", remedy="检查设置", retry=True
        )

    with browser_with(office, away) as browser:
        assert "连不上邮件服务器" in outcome_of(browser, send(browser, "/outbox", "/outbox/send")).text


def test_a_console_without_a_clock_offers_no_sending_and_refuses_it(office: Office) -> None:
    office.scene.settle()
    assert "立即发送待发邮件" not in office.get("P90", "/outbox").text
    assert office.post("P90", "/outbox/send").status_code == 409


def test_what_is_asked_for_during_a_run_is_one_more_run_and_no_more() -> None:
    began, go_on, runs = threading.Event(), threading.Event(), []

    def run() -> Mapping[str, object]:
        runs.append(1)
        began.set()
        assert go_on.wait(30)
        return {}

    sender = Sender(run)
    sender.nudge()
    assert began.wait(30)
    for _ in range(5):
        sender.nudge()
    go_on.set()
    sender._thread.shutdown(wait=True)
    assert len(runs) == 2


def test_a_run_that_fails_is_logged_and_the_next_one_is_tried() -> None:
    runs: list[int] = []

    def run() -> Mapping[str, object]:
        runs.append(1)
        raise OSError("disk")

    sender = Sender(run)
    sender.nudge()
    sender._thread.submit(lambda: None).result(30)
    sender.nudge()
    sender._thread.shutdown(wait=True)
    assert len(runs) == 2
