"""The portal on a small county: notices that were mailed, the links in those mails, and a clock that a test moves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient
from httpx import Response

from casework.desk import Desk, at_desk
from casework.mail.claiming import Claim
from console.app import create_app
from delivery.mailfilling import text_of
from delivery.smtp import Outcome
from system.clock import civil_day
from system.paths import RULES_DIR
from system.settings import Settings
from tests.casework.conftest import open_desks_on
from tests.casework.scene import NOTIFIED, Scene
from tests.databases import USUAL, open_database
from tests.make import claim_next, settle

ADDRESS = "http://127.0.0.1:8460"
HEADERS = {"origin": ADDRESS}
MORNING = datetime(NOTIFIED.year, NOTIFIED.month, NOTIFIED.day, 2, 0, tzinfo=UTC)
LIAISON, HEAD = "liaison.d001@shilixian.example", "head.d001@shilixian.example"
OTHER = "liaison.t001@shilixian.example"


@dataclass
class Portal:
    """A county with mailed notices, and browsers that open the links in the mails."""

    engine: sa.Engine
    settings: Settings
    folder: Path
    now: datetime = MORNING
    mails: list[Claim] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.scene = Scene(open_desks_on(self.engine, self.settings), self.folder)
        self.app = create_app(self.engine, self.settings, clock=lambda: self.now)

    @property
    def today(self) -> date:
        return civil_day(self.now)

    def browser(self) -> TestClient:
        return TestClient(self.app, base_url=ADDRESS, follow_redirects=False, headers=HEADERS)

    @contextmanager
    def desk(self, by: str | None = None) -> Iterator[Desk]:
        with at_desk(self.engine, self.settings, by=by, today=self.today, now=self.now) as desk:
            yield desk

    def pass_days(self, days: int) -> None:
        """Let days go by; sessions that were open are over then."""
        self.now += timedelta(days=days)

    def send(self, outcome: Outcome = Outcome.ACCEPTED) -> list[Claim]:
        """Send what waits in the outbox, with one answer of the server to all; return what went out."""
        sent = []
        while True:
            with self.desk() as desk:
                claim = claim_next(desk)
            if claim is None:
                break
            with self.desk() as desk:
                settle(desk, claim, outcome, "250 ok")
            sent.append(claim)
        self.mails += sent
        return sent

    def text_to(self, recipient: str) -> str:
        """Return what the last mail to an address says."""
        return text_of([mail for mail in self.mails if mail.parcel.recipient == recipient][-1].parcel.mime)

    def token(self, recipient: str = LIAISON) -> str:
        """Return the token of the last link that was mailed to an address."""
        texts = [text_of(mail.parcel.mime) for mail in self.mails if mail.parcel.recipient == recipient]
        links = [found[1] for text in texts for found in re.finditer(r"/n/([A-Za-z0-9_-]{43})\b", text)]
        return links[-1]

    def code(self, recipient: str = LIAISON) -> str:
        """Return the digits in the last mail to an address."""
        found = re.search(r"^(\d{6})$", self.text_to(recipient).replace("\r", ""), re.MULTILINE)
        assert found is not None
        return found[1]

    def ask(self, browser: TestClient, token: str) -> Response:
        """Ask for a code and let the outbox send it."""
        answer: Response = browser.post(f"/n/{token}/code")
        self.send()
        return answer

    def let_in(self, recipient: str = LIAISON) -> TestClient:
        """Return a browser that came in by the link mailed to an address."""
        browser, token = self.browser(), self.token(recipient)
        assert self.ask(browser, token).status_code == 303
        answer = browser.post(f"/n/{token}/open", data={"code": self.code(recipient)})
        assert answer.status_code == 303, answer.text
        return browser

    def post(self, browser: TestClient, address: str, page: str = "/portal", **given: object) -> Response:
        """Send a form with the word of its session, files included."""
        files = given.pop("files", None)
        data = {"_csrf": word(browser.get(page)), **given}
        answer: Response = browser.post(address, data=data, files=files)
        return answer


def word(page: Response) -> str:
    """Return the word that the forms of a page carry."""
    found = re.search(r'name="_csrf" value="([0-9a-f]{64})"', page.text)
    assert found is not None, page.text
    return found[1]


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    """Give a county without notices yet."""
    with portal_in(tmp_path, address=ADDRESS) as opened:
        yield opened


@contextmanager
def portal_in(folder: Path, **settings: object) -> Iterator[Portal]:
    """Give a county in a folder, with settings of its own."""
    with open_database(USUAL, folder) as engine:
        own = Settings(rules=RULES_DIR, files=folder / "files", key_file=folder / "key", **settings)  # type: ignore[arg-type]  # any setting
        yield Portal(engine, own, folder)


@pytest.fixture
def notified(portal: Portal) -> Portal:
    """Give two units with a notice each, mailed and not yet signed for."""
    portal.scene.notify(("D001", "E24", "major"), ("T001", "E24", "minor"), serve=False)
    portal.send()
    return portal
