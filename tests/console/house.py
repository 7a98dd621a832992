"""A small county with browsers of those who work there, for the tests of leads, letters in, referrals and lawsuits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from fastapi.testclient import TestClient
from httpx import Response
from sqlmodel import col, select

from casework.accounts.hashing import hash_password
from models.account import Account
from models.audit import history_of
from system.paths import RULES_DIR
from system.settings import Settings
from tests.casework.conftest import open_desks_on
from tests.casework.scene import Scene
from tests.console.acting import send
from tests.console.conftest import TODAY, browser_of, sign_in
from tests.databases import USUAL, open_database

PASSWORD = "Xk7-mnop-Qr2"  # of accounts that live as long as a test
HASH = hash_password(PASSWORD)
OFFICER, LINKAGE, DIRECTOR, DEPUTY, UNIT = "P90", "P91", "L-DIRECTOR", "L-DEPUTY", "D001:liaison"
PDF = ("扫描件.pdf", b"%PDF-1.7 proof", "application/pdf")


@dataclass(slots=True)
class House:
    """A database with people in it, and a browser for each of them."""

    engine: sa.Engine
    settings: Settings
    scene: Scene
    open: ExitStack
    known: dict[str, TestClient] = field(default_factory=dict)

    def browser(self, holder: str) -> TestClient:
        """Return the browser of a holder, signed in, with a password."""
        if holder not in self.known:
            browser = self.open.enter_context(browser_of(self.engine, self.settings, None))
            browser.cookies.set("ducha", sign_in(self.engine, self.settings, holder))
            with self.scene.open_desk(today=TODAY) as desk:
                account = desk.session.exec(select(Account).where(col(Account.holder) == holder)).one()
                account.password_hash, account.password_on = HASH, TODAY
                desk.session.add(account)
            self.known[holder] = browser
        return self.known[holder]

    def get(self, holder: str, address: str) -> Response:
        """Open a page."""
        answer: Response = self.browser(holder).get(address)
        return answer

    def act(
        self, holder: str, page: str, act: str, *, files: Any = None, proof: str = "", **fields: Any
    ) -> Response:
        """Send the form of one act of a page; its fields bear the name of the act."""
        data = {f"{act}-{name}": value for name, value in fields.items()}
        if proof:
            data["proof"] = proof
        named = [(f"{act}-{name}", file) for name, file in (files or {}).items()] or None
        return send(self.browser(holder), "/account", f"{page}/acts/{act}", data, named)

    def send(
        self, holder: str, address: str, data: Mapping[str, Any] | None = None, files: Any = None
    ) -> Response:
        """Send a form to an address."""
        return send(self.browser(holder), "/account", address, data, files)

    def looks(self, subject: str, number: int) -> list[str]:
        """Return who looked at a thing, oldest first."""
        with self.scene.open_desk(readonly=True) as desk:
            entries = history_of(desk.session, desk.office_id, subject, [number])
            return [one.actor for one in entries if one.act == "view"]

    def offered(self, holder: str, page: str) -> set[str]:
        """Return the acts that a page offers."""
        text = self.get(holder, page).text
        return {part.split('"')[0] for part in text.split('id="act-')[1:]}


@contextmanager
def open_house(folder: Path) -> Iterator[House]:
    """Give a county on a database of its own, with units and people in it."""
    settings = Settings(rules=RULES_DIR, files=folder / "files", key_file=folder / "key")
    with open_database(USUAL, folder) as engine, ExitStack() as stack:
        scene = Scene(open_desks_on(engine, settings), folder)
        yield House(engine, settings, scene, stack)


def came(answer: Response) -> str:
    """Return where an act that was done leads; fail with its page otherwise."""
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def words_of(answer: Response, number: str) -> str:
    """Return what a page says without the number that was asked for, to compare it with another."""
    return answer.text.replace(number, "")


DAY = date(2026, 4, 20)
