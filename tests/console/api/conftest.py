"""The interface on a small database, with keys of several people."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient
from httpx import Response
from sqlmodel import col, select

from casework.accounts.tokens import make_key
from casework.desk import Desk, at_desk
from console.app import create_app
from core.access.scopes import every_scope
from models.account import Account
from models.base import key_of
from system.settings import Settings
from tests.console.conftest import NOW, TODAY, fill, settings_in, sign_in
from tests.databases import USUAL, open_database
from tests.make import make_person

BASE = "http://127.0.0.1:8460"
NUMBERS = itertools.count(1)


@dataclass
class Office:
    """The interface of an office, and keys to it."""

    engine: sa.Engine
    settings: Settings
    late: timedelta = field(default_factory=timedelta)

    def __post_init__(self) -> None:
        self.app = create_app(self.engine, self.settings, clock=lambda: NOW + self.late)

    @contextmanager
    def desk(self, by: str | None = None) -> Iterator[Desk]:
        with at_desk(self.engine, self.settings, by=by, today=TODAY, now=NOW) as desk:
            yield desk

    def key(self, holder: str, *scopes: str) -> str:
        """Return a new key of a holder, for every scope unless some are named."""
        sign_in(self.engine, self.settings, holder)
        with self.desk(holder) as desk:
            account = desk.session.exec(select(Account).where(col(Account.holder) == holder)).one()
            until = TODAY + timedelta(days=30)
            _row, text = make_key(
                desk, key_of(account), name="测试", scopes=scopes or list(every_scope()), until=until
            )
            return text

    def caller(self, holder: str, *scopes: str) -> Caller:
        return Caller(self, self.key(holder, *scopes))


@dataclass
class Caller:
    """A program with a key."""

    office: Office
    key: str

    def __post_init__(self) -> None:
        self.client = TestClient(self.office.app, base_url=BASE, raise_server_exceptions=False)
        self.headers = {"Authorization": f"Bearer {self.key}"}

    def get(self, path: str, **headers: str) -> Response:
        return self.client.get(f"/api/v1{path}", headers=self.headers | _dashed(headers))

    def post(self, path: str, body: Any = None, **headers: str) -> Response:
        given = {"idempotency-key": f"call-{next(NUMBERS):06}"} | self.headers | _dashed(headers)
        return self.client.post(f"/api/v1{path}", json={} if body is None else body, headers=given)

    def upload(self, path: str, data: str, *files: Path, **headers: str) -> Response:
        given = {"idempotency-key": f"call-{next(NUMBERS):06}"} | self.headers | _dashed(headers)
        sent = [("files", (one.name, one.read_bytes())) for one in files]
        return self.client.post(f"/api/v1{path}", data={"data": data}, files=sent, headers=given)


def _dashed(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """Give an office with something of everything, and a verifier who sees a little of it."""
    with filled(tmp_path) as made:
        yield made


@contextmanager
def filled(folder: Path, kind: str = USUAL) -> Iterator[Office]:
    with open_database(kind, folder) as engine:
        made = Office(engine, settings_in(folder))
        with made.desk("L-DIRECTOR") as desk:
            fill(desk)
            make_person(desk, "P60", roles="verifier")
            make_person(desk, "P61", roles="inspector")
            make_person(desk, "P62", roles="officer")
        yield made
