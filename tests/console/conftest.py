"""The console on a small database with a bit of everything, one of each awkward text included."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from fastapi.testclient import TestClient
from sqlmodel import col, select

from casework.accounts import hashing
from casework.accounts.sessions import begin_session
from casework.desk import Desk, at_desk
from console.app import create_app
from core.codes import Light
from core.life.lives import DocumentState, MessageState
from core.life.rectification import CaseState
from models.account import Account
from models.message import Message
from system.clock import civil_day
from system.paths import RULES_DIR
from system.settings import Settings
from tests.databases import USUAL, open_database
from tests.make import (
    make_campaign,
    make_document,
    make_evidence,
    make_finding_and_case,
    make_referral,
    make_request,
    make_rung,
    make_unit,
    store,
)

NOW = datetime(2026, 6, 30, 2, 0, tzinfo=UTC)
TODAY = date(2026, 6, 30)
CODE = "2026-ZH-01-D001-01"
AWKWARD = "<script>alert('一')</script> & \"引号\" {{ 7*7 }}"
CANARY = "线索金丝雀"
# Passwords of tests guard nothing: a real hash takes 64 MiB and a tenth of a second, each time somebody signs in.
REAL_HASHER = hashing._hasher
hashing._hasher = cache(lambda: PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.Engine]:
    """Give one filled database for all pages: they only read."""
    folder = tmp_path_factory.mktemp("console")
    with open_database(USUAL, folder) as opened:
        with at_desk(opened, settings_in(folder), by="L-DIRECTOR", today=TODAY, now=NOW) as desk:
            fill(desk)
        yield opened


@pytest.fixture(scope="session")
def client(engine: sa.Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Give a browser on the console, at its loopback address."""
    settings = settings_in(tmp_path_factory.mktemp("files"))
    with browser_of(engine, settings, "L-DIRECTOR") as browser:
        yield browser


@contextmanager
def browser_of(engine: sa.Engine, settings: Settings, holder: str | None) -> Iterator[TestClient]:
    """Give a browser on the console; one of a holder is signed in."""
    app = create_app(engine, settings, clock=lambda: NOW)
    with TestClient(app, base_url="http://127.0.0.1:8460", follow_redirects=False) as browser:
        if holder is not None:
            browser.cookies.set("ducha", sign_in(engine, settings, holder))
        yield browser


def sign_in(engine: sa.Engine, settings: Settings, holder: str, now: datetime = NOW) -> str:
    """Return the token of a new session of a holder; the account is opened and granted where it is missing."""
    with at_desk(engine, settings, by=None, today=civil_day(now), now=now) as desk:
        login = holder.lower().replace(":", ".")
        known = desk.session.exec(select(Account).where(col(Account.login) == login)).first()
        account = known or store(
            desk,
            Account(
                office_id=desk.office_id, login=login, name=holder, state="active", holder=holder,
                opened_by="test", opened_on=TODAY,
            ),
        )  # fmt: skip
        return begin_session(desk, account, second_factor=False)


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[sa.Engine]:
    """Give a migrated database with nothing in it."""
    with open_database(USUAL, tmp_path) as opened:
        yield opened


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Give settings with a files folder of the test."""
    return settings_in(tmp_path)


def settings_in(folder: Path) -> Settings:
    """Return settings with the shipped rules and a files folder."""
    return Settings(rules=RULES_DIR, files=folder / "files")


def fill(desk: Desk) -> None:
    """Write something for every part of every page; document 1 is an unsigned letter of a referral."""
    campaign, unit = make_campaign(desk), make_unit(desk, name=f"示例县{AWKWARD}局")
    case = make_finding_and_case(desk, campaign, unit, CODE, finding={"problem": AWKWARD, "facts": AWKWARD})
    make_document(
        desk,
        campaign,
        unit,
        "referral_letter",
        case,
        state=DocumentState.DRAFT.value,
        title=CANARY,
    )
    make_referral(desk, case, opinion=CANARY)
    draft = make_document(desk, campaign, unit, "urging", case, state=DocumentState.DRAFT.value)
    make_document(desk, campaign, unit, "prompt", case, state=DocumentState.ISSUED.value,
                  issued_on=date(2026, 6, 1), signed_on=None, signed_by=None, title="")  # fmt: skip
    make_rung(desk, case, Light.YELLOW, TODAY, document_id=draft.id)
    make_request(desk, case, reason=AWKWARD)
    make_evidence(desk, case, name=AWKWARD)
    for number, state in enumerate((CaseState.PLANNED, CaseState.CLOSURE_APPLIED, CaseState.VERIFIED), 2):
        make_finding_and_case(desk, campaign, unit, f"2026-ZH-01-D001-{number:02}", state=state.value)
    make_finding_and_case(desk, campaign, unit, "2026-ZH-01-D001-05", due_on=date(2026, 7, 3))
    for number, state in enumerate((MessageState.UNKNOWN, MessageState.REJECTED)):
        store(desk, Message(
            office_id=desk.office_id, state=state.value, document_id=draft.id, kind="document", key=f"k{number}",
            message_id=f"<{number}@x.example>", recipient_name="联络员", recipient="d001@x.example",
            domain="x.example", queued_at=NOW, not_before=NOW, smtp_reply=AWKWARD,
        ))  # fmt: skip
    for act in ("open", "report_progress"):
        desk.record("case", case.id, act, unit_id=unit.id, note=AWKWARD)
    desk.record("referral", 1, "open", unit_id=unit.id, note=CANARY)
