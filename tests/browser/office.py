"""What people do with a page, said once: open somebody's window, fill a folded form, sign what waits, seal, serve."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from email import message_from_bytes, policy

from playwright.sync_api import Browser, FilePayload, Locator, Page
from pydantic import SecretStr

from delivery.sink import MailSink, Taken
from flows.edge import Edge
from flows.jobs import run_sweep
from flows.sending import run_outbox
from system.clock import civil_day
from tests.browser.town import PASSWORD, Town
from tests.browser.watching import Watched, watched

PATIENCE = 15_000  # ms, for a machine that does other work too
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
)


@dataclass(frozen=True)
class TownClock:
    """The clock of a town, for the jobs that run beside its console."""

    town: Town
    explicit: bool = True

    def now(self) -> object:
        return self.town.now

    def today(self) -> date:
        return civil_day(self.town.now)


@dataclass
class Office:
    """The people of a town at their windows, and the mails that went out meanwhile."""

    browser: Browser
    town: Town
    mails: list[Taken] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @contextmanager
    def window(self, login: str | None, address: str = "", *, scripts: bool = True) -> Iterator[Page]:
        """Give the window of somebody, open on a page; what its console says or asks of other machines is a fault."""
        with watched(self.browser, self.town, login, scripts=scripts) as one:
            one.page.set_default_timeout(PATIENCE)
            if address:
                one.go(address)
            yield one.page
            self._note(one)

    def _note(self, one: Watched) -> None:
        self.faults += [*one.said, *one.outside]

    def sign_all(self, login: str) -> list[str]:
        """Look at every document that waits for somebody's signature and sign them together; return their titles."""
        with self.window(login, "/signing") as page:
            while (unseen := page.locator("main td a", has_text="去查看")).count():
                unseen.first.click()
                page.goto(f"{self.town.address}/signing")
            boxes = page.locator('input[name="document"]:enabled')
            if not boxes.count():
                return []
            for box in boxes.all():
                box.check()
            if (proof := page.locator('[name="proof"]')).count():
                proof.fill(PASSWORD)
            page.get_by_role("button", name="签发勾选的文书").click()
            page.wait_for_url("**/signing/done*")
            return [one.inner_text() for one in page.locator("main tbody th").all()]

    def seal_all(self, login: str) -> int:
        """Upload the sealed copy of every document that waits for its seal; return how many."""
        with self.window(login) as page:
            for count in range(100):
                page.goto(f"{self.town.address}/signing")
                if not (waiting := page.get_by_role("link", name=re.compile("登记用印"))).count():
                    return count
                waiting.first.click()
                assert "已登记用印" in act(page, "用印", file="用印件.pdf")
        raise AssertionError("sealing never ends")

    def serve_all(self, login: str) -> int:
        """Record that everything that went out was handed over; return how many."""
        with self.window(login) as page:
            for count in range(100):
                page.goto(f"{self.town.address}/unserved")
                if not (waiting := page.locator('main a[href^="/documents/"]')).count():
                    return count
                waiting.first.click()
                said = act(page, "登记送达", file="回证.pdf", serve_channel="hand")
                assert "refused" not in said
        raise AssertionError("serving never ends")

    def send(self) -> None:
        """Send what is ready to a mail server of this machine, by SMTP."""
        # Playwright keeps an event loop in this thread; the mail server has one of its own.
        thread = threading.Thread(target=self._send)
        thread.start()
        thread.join()

    def _send(self) -> None:
        with MailSink() as sink:
            settings = self.town.settings.model_copy(
                update={"smtp_url": SecretStr(sink.url), "mail_from": "fzdc@shilixian.example"}
            )
            run_outbox(Edge(self.town.engine, settings, TownClock(self.town)))  # type: ignore[arg-type]  # a test's clock
            self.mails += sink.journal

    def sweep(self) -> dict[str, object]:
        """Let the clock do what is due today."""
        return run_sweep(Edge(self.town.engine, self.town.settings, TownClock(self.town)))  # type: ignore[arg-type]  # a test's clock

    def mailed(self, recipient: str, wanted: str) -> str:
        """Return what a pattern finds in the newest mail to somebody that has it."""
        for one in reversed(self.mails):
            body = message_from_bytes(one.mime, policy=policy.default).get_body(("plain",))
            found = re.search(wanted, body.get_content()) if body is not None else None
            if recipient in one.recipient and found is not None:
                return found[0]
        raise AssertionError(f"no mail to {recipient} has {wanted}")


def scan(name: str) -> FilePayload:
    """Return a small PDF for an upload."""
    return {"name": name, "mimeType": "application/pdf", "buffer": PDF}


def fill(where: Page | Locator, **given: str) -> None:
    """Fill fields by their names; a radio button or a box is ticked at the value."""
    for name, value in given.items():
        found = where.locator(f'[name="{name.replace("__", "-")}"]')
        kind = found.first.evaluate("one => one.type")
        if kind in ("radio", "checkbox"):
            where.locator(f'[name="{name.replace("__", "-")}"][value="{value}"]').check()
        elif kind.startswith("select"):
            found.first.select_option(value)
        else:
            found.first.fill(value)


def act(page: Page, title: str, *, file: str = "", **given: str) -> str:
    """Unfold the form of an act, fill it, send it, and return what the next page says of it."""
    fold = page.locator("details", has=page.locator("summary", has_text=title)).last
    if not fold.evaluate("one => one.open"):
        fold.locator("summary").first.click()
    fill(fold, **given)
    if file:
        fold.locator("input[type=file]").first.set_input_files(scan(file))
    fold.locator("button[type=submit]").last.click()
    return said(page)


def said(page: Page) -> str:
    """Return the sentence of the act before this page; a refusal is marked."""
    refused = page.locator(".refused")
    if refused.count():
        return f"refused: {refused.first.inner_text()}"
    return page.locator(".notice").first.inner_text()
