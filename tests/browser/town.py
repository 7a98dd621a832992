"""A small county behind a real server: a database in a folder, a clock that a test moves, and people with passwords."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import sqlalchemy as sa
import uvicorn
from sqlmodel import col, select

from casework.accounts.hashing import hash_password
from casework.accounts.sessions import begin_session
from casework.desk import Desk, at_desk
from console.app import create_app
from models.account import Account
from models.campaign import Finding
from models.lead import Lead
from models.rectification import Rectification
from system.clock import civil_day
from system.paths import RULES_DIR
from system.settings import Settings
from tests import make
from tests.casework.scene import Scene
from tests.databases import USUAL, open_database

PASSWORD = "Shanshui-2026-Xian"
BEGIN = datetime(2026, 4, 20, 2, 0, tzinfo=UTC)  # ten in the morning in Shanghai
ADMINS = {"sysadmin": "system_admin", "secadmin": "security_admin", "auditor": "audit_admin"}
# login -> whom the account speaks for
PEOPLE = {
    "director": "L-DIRECTOR", "deputy": "L-DEPUTY", "section": "L-SECTION", "officer": "P90", "linkage": "P91",
    "inspector": "P01", "second": "P02", "verifier": "P05", "reviewer": "P07", "liaison": "D001:liaison",
    "head": "D001:head", "other": "T001:liaison", "county": "L-COUNTY",
}  # fmt: skip
NAMES = {
    "director": "陈志远", "deputy": "林淑芬", "section": "马文涛", "officer": "王晓燕", "linkage": "赵承志",
    "inspector": "李建国", "second": "张丽华", "verifier": "刘海涛", "reviewer": "黄思远", "liaison": "周敏",
    "head": "吴国庆", "other": "郑玉兰", "county": "高立新", "sysadmin": "何俊", "secadmin": "梁静", "auditor": "宋岩",
}  # fmt: skip


@dataclass
class Town:
    """A console that is being served on this machine."""

    engine: sa.Engine
    settings: Settings
    folder: Path
    now: datetime = BEGIN
    address: str = ""
    tokens: dict[str, str] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=lambda: dict(PEOPLE))
    names: dict[str, str] = field(default_factory=lambda: dict(NAMES))

    @property
    def scene(self) -> Scene:
        """Short ways of casework to the middle of a year."""
        return Scene(self.desk_on, self.folder)

    def desk_on(
        self, *, by: str | None = None, today: date | None = None, readonly: bool = False
    ) -> AbstractContextManager[Desk]:
        """Open a desk on a day, at ten in the morning."""
        now = self.now if today is None else datetime.combine(today, BEGIN.time(), UTC)
        day = today or civil_day(self.now)
        return at_desk(self.engine, self.settings, by=by, today=day, now=now, readonly=readonly)

    def open_accounts(self) -> None:
        """Give everybody of the county an account with the same password."""
        digest = hash_password(PASSWORD)
        with self.desk_on() as desk:
            for login in (*self.people, *ADMINS):
                make.store(desk, Account(
                    office_id=desk.office_id, login=login, name=self.names.get(login, login), state="active",
                    holder=self.people.get(login),
                    admin=ADMINS.get(login), password_hash=digest, password_on=civil_day(self.now),
                    opened_by="test", opened_on=desk.today,
                ))  # fmt: skip

    def session_of(self, login: str) -> str:
        """Return the token of a session, one for each login."""
        if login not in self.tokens:
            with self.desk_on() as desk:
                row = desk.session.exec(select(Account).where(col(Account.login) == login)).one()
                self.tokens[login] = begin_session(desk, row, second_factor=True)
        return self.tokens[login]

    def advance(self, to: date) -> None:
        """Move the clock to ten in the morning of a day; sessions are over by then."""
        self.now = datetime.combine(to, BEGIN.time(), UTC)
        self.tokens.clear()

    def ids(self, table: type) -> list[int]:
        """Return the keys of a table, oldest first."""
        with self.desk_on(readonly=True) as desk:
            return [row.id for row in desk.session.exec(select(table))]


@contextmanager
def town_in(folder: Path, begin: datetime = BEGIN) -> Iterator[Town]:
    """Give an empty county with its console on a free port of this machine; passwords never grow old there."""
    listening = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    settings = Settings(
        rules=RULES_DIR, files=folder / "files", second_factor="none", key_file=folder / "key",
        address=address, password_days=0,
    )  # fmt: skip
    with open_database(USUAL, folder) as engine:
        town = Town(engine, settings, folder, begin, address)
        with served(town, listening):
            yield town


@contextmanager
def served(town: Town, listening: socket.socket) -> Iterator[None]:
    """Serve the console of a town until the block ends."""
    app = create_app(town.engine, town.settings, clock=lambda: town.now)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False, server_header=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()


def fill(town: Town) -> None:
    """Bring a county into April: notices served, answers given, an extension asked for, a lead and a mail about."""
    scene = town.scene
    codes = scene.notify(("D001", "E24", "major"), ("D001", "F27", "minor"), ("T001", "E24", "grave"))
    town.open_accounts()
    on = date(2026, 4, 10)
    scene.act(
        codes[0], "submit_plan", "D001:liaison", on, note="修订公示办法，5月20日前完成", files=(scene.file(),)
    )
    with town.desk_on(by="P90", today=date(2026, 4, 17)) as desk:
        case = desk.session.exec(
            select(Rectification)
            .join(Finding, col(Finding.id) == col(Rectification.id))
            .where(col(Finding.code) == codes[2])
        ).one()
        make.make_evidence(desk, case)
        make.make_request(desk, case, asked_on=desk.today, asked_by="T001:liaison")
        make.make_referral(desk, case, opened_on=desk.today, screen_by_on=date(2026, 5, 7))
        make.store(desk, Lead(
            office_id=desk.office_id, year=2026, serial=1, number="示法督线〔2026〕1号", source="petition",
            line="party", state="registered", received_on=desk.today, registered_on=desk.today, registered_by="P90",
            unit_id=case.unit_id, title="反映未公示执法信息", text="群众来信反映办事大厅未公示。",
            route_due_on=date(2026, 5, 1),
        ))  # fmt: skip
