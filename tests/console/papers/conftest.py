"""An office with its papers: the small county of casework's tests, and browsers of those who work there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient
from sqlmodel import col, select

from casework.accounts.hashing import hash_password
from casework.paperwork.notices import draft_by_hand, draft_notices
from console.app import create_app
from models.account import Account
from models.document import Document
from system.paths import RULES_DIR
from system.settings import Settings
from tests.casework.conftest import open_desks_on
from tests.casework.scene import CODE, PDF, Scene
from tests.console.conftest import NOW, TODAY, sign_in
from tests.databases import USUAL, open_database

PASSWORD = "Xk7-mnop-Qr2"
MAJOR = ("D001", "E24", "major")
HASH = hash_password(PASSWORD)
WORD = re.compile(r'name="_csrf" value="([^"]+)"')


@dataclass(slots=True)
class Office:
    """A database with people in it, and a browser for each of them."""

    engine: sa.Engine
    settings: Settings
    scene: Scene
    open: ExitStack
    known: dict[str, TestClient] = field(default_factory=dict)

    def browser(self, holder: str) -> TestClient:
        """Return the browser of a holder, signed in, with a password."""
        if holder not in self.known:
            app = create_app(self.engine, self.settings, clock=lambda: NOW)
            made = TestClient(app, base_url="http://127.0.0.1:8460", follow_redirects=False)
            browser = self.open.enter_context(made)
            browser.headers["sec-fetch-site"] = "same-origin"
            browser.cookies.set("ducha", sign_in(self.engine, self.settings, holder))
            with self.scene.open_desk(today=TODAY) as desk:
                account = desk.session.exec(select(Account).where(col(Account.holder) == holder)).one()
                account.password_hash, account.password_on = HASH, TODAY
                desk.session.add(account)
            self.known[holder] = browser
        return self.known[holder]

    def get(self, holder: str, address: str) -> httpx.Response:
        """Open a page."""
        return self.browser(holder).get(address)

    def post(
        self,
        holder: str,
        address: str,
        files: Any = None,
        *,
        page: str = "/account",
        **fields: str | Sequence[str],
    ) -> httpx.Response:
        """Send a form with the word of the session."""
        browser = self.browser(holder)
        found = WORD.search(browser.get(page).text)
        assert found is not None
        data: dict[str, Any] = {name.replace("__", "."): value for name, value in fields.items()}
        return browser.post(address, data={"_csrf": found[1], **data}, files=files)

    def draft(self, *found: tuple[str, str, str]) -> list[int]:
        """Draft the notices of confirmed problems today; return their numbers."""
        self.scene.confirm(*(found or (MAJOR,)))
        with self.scene.open_desk(by="P90", today=TODAY) as desk:
            return [one.id or 0 for one in draft_notices(desk, CODE)]

    def letter(self, kind: str, values: dict[str, Any], **more: Any) -> int:
        """Draft a document by hand today; return its number."""
        with self.scene.open_desk(by="P90", today=TODAY) as desk:
            return draft_by_hand(desk, CODE, kind, "D001", values, **more).id or 0

    def sign(self, number: int, by: str = "L-DIRECTOR") -> None:
        """Look at a document and sign it in the browser."""
        self.get(by, f"/documents/{number}")
        answer = self.post(by, f"/documents/{number}/sign", proof=PASSWORD)
        assert answer.status_code == 303, answer.text

    def issue(self, number: int) -> None:
        """Sign and seal a document in the browser."""
        self.sign(number)
        answer = self.post("P90", f"/documents/{number}/seal", files={"seal_file": ("盖章.pdf", PDF)})
        assert answer.status_code == 303, answer.text

    def row(self, number: int) -> Document:
        """Return a document as it is stored now."""
        return next(one for one in self.scene.documents() if one.id == number)

    def change(self, number: int, **values: Any) -> None:
        """Change columns of a document, as if something else had done it."""
        with self.scene.open_desk(today=TODAY) as desk:
            row = desk.session.get_one(Document, number)
            for name, value in values.items():
                setattr(row, name, value)
            desk.session.add(row)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """Give an office on a database of its own, nobody in it yet."""
    settings = Settings(rules=RULES_DIR, files=tmp_path / "files", key_file=tmp_path / "key")
    with open_database(USUAL, tmp_path) as engine, ExitStack() as stack:
        yield Office(engine, settings, Scene(open_desks_on(engine, settings), tmp_path), stack)
