"""A county whose problems are all due for a rung today: hundreds of papers, signatures, seals and mails in one day."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from casework.ledgers.ledger import import_ledger
from casework.staff.parties import import_people, import_units
from flows.edge import Edge
from models.database import make_engine, sqlite_module
from models.schema import upgrade
from system.paths import RULES_DIR
from system.settings import Settings
from tests.cli.world import COUNTY, LEDGER_HEADERS, OFFICER, PEOPLE
from tests.databases import _temporary

IMPORTED, DUE = date(2026, 6, 1), date(2026, 6, 15)
AUTHORISED, SIGNED = (
    "2026-ZX-01",
    "2026-ZH-01",
)  # whose 催办单 go by a standing authorisation, and whose do not
AUTHORISED_SHARE = 5  # one unit in so many
# per unit: (item, due day, light in the old ledger, percent): minor, minor, minor, major, major, grave
PROBLEMS = (
    ("E19", "2026-06-18", "", 0),
    ("E20", "2026-06-18", "", 10),
    ("E19", "2026-06-12", "", 60),
    ("E21", "2026-06-08", "黄", 70),
    ("E21", "2026-06-05", "黄", 70),
    ("F28", "2026-06-03", "红", 20),
)
LETTERS = 12
SEALED = b"%PDF-1.7\n% a scan with a seal\n%%EOF\n"


@dataclass(slots=True)
class Hour:
    """A clock that a person has set and that stands still while a job runs."""

    instant: datetime
    explicit: bool = True

    def today(self) -> date:
        return (self.instant + timedelta(hours=8)).date()

    def now(self) -> datetime:
        return self.instant


@dataclass(frozen=True, slots=True)
class World:
    """A folder with one office: its database, its files and its mail server; goes to a child as JSON.

    minute    of the day of the sweep, counted from ten in the morning in Shanghai
    settings  of the process, beside those that the folder gives
    """

    folder: str
    smtp: str = ""
    minute: int = 0
    url: str = ""
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        return Path(self.folder)

    @property
    def database(self) -> Path:
        return self.path / "ducha.db"

    def at(self, minute: int) -> World:
        """Return the same office some minutes later in the day."""
        return replace(self, minute=minute)

    def edge(self, day: date = DUE) -> Edge:
        """Open an edge; whoever asks disposes of its engine."""
        url = self.url or f"sqlite:///{self.database}"
        instant = datetime.combine(day, time(2, 0), UTC) + timedelta(minutes=self.minute)
        return Edge(make_engine(url), self._settings(url), Hour(instant))

    def _settings(self, url: str) -> Settings:
        given = {
            "database_url": url, "files": self.path / "files", "rules": RULES_DIR, "office": "shilixian",
            "mail_from": "fzdc@shilixian.example", "batch": 20, "smtp_timeout": 5.0,
            **self._boxes(),
            **({"smtp_url": self.smtp} if self.smtp else {}), **self.settings,
        }  # fmt: skip
        return Settings.model_validate(given)

    def _boxes(self) -> dict[str, Path]:
        places = {"inbox_maildir": self.path / "inbox", "chat_file": self.path / "robots"}
        return places if (self.path / "inbox").exists() else {}

    def dumps(self) -> dict[str, Any]:
        return asdict(self)


def write_county(folder: Path, units: int) -> None:
    """Write the files of many units with the same problems each."""
    names = ["单位编码,单位名称,类别,上级编码,联络员,联络员邮箱,负责人,负责人邮箱,分管领导,分管领导邮箱"]
    rows = [LEDGER_HEADERS]
    for unit in range(1, units + 1):
        code = f"D{unit:03}"
        one, two, three = (f"{role}-{code}@shilixian.example" for role in ("a", "b", "c"))
        names.append(f"{code},示例县第{unit}局,政府部门,,联络员,{one},负责人,{two},分管领导,{three}")
        batch = AUTHORISED if unit % AUTHORISED_SHARE == 0 else SIGNED
        for place, (item, due, light, percent) in enumerate(PROBLEMS, start=1):
            cells = {
                "序号": "1", "问题编号": f"{code}-{place}", "督察批次": batch, "被督察单位": code, "问题类别": item,
                "问题描述": f"{item}存在问题", "整改措施": "整改", "整改时限": due, "灯色": light,
                "当前进展": f"完成{percent}%",
            }  # fmt: skip
            rows.append(",".join(cells.get(header, "") for header in LEDGER_HEADERS.split(",")))
    (folder / "units.csv").write_text("\n".join(names), encoding="utf-8")
    (folder / "people.csv").write_text(PEOPLE.replace(",D004,", ",D001,"), encoding="utf-8")
    (folder / "ledger.csv").write_text("\n".join(rows), encoding="utf-8")
    (folder / "sealed.pdf").write_bytes(SEALED)


def fill(world: World, units: int) -> None:
    """Bring units, people and an old ledger into an empty, migrated database."""
    write_county(world.path, units)
    edge = world.edge(IMPORTED)
    try:
        with edge.desk(by=COUNTY) as desk:
            import_units(desk, world.path / "units.csv")
            import_people(desk, world.path / "people.csv")
        with edge.desk(by=OFFICER) as desk:
            said = import_ledger(desk, world.path / "ledger.csv")
        assert said["open"] == units * len(PROBLEMS), said
    finally:
        edge.engine.dispose()


@cache
def _template(units: int) -> Path:
    folder = _temporary("ducha-county-")
    engine = make_engine(f"sqlite:///{folder / 'ducha.db'}")
    upgrade(engine)
    engine.dispose()
    fill(World(str(folder)), units)
    return folder


def new_world(folder: Path, units: int, smtp: str = "", **settings: Any) -> World:
    """Give a county of its own in a folder."""
    folder.mkdir(parents=True)
    source = _template(units)
    copy_database(source / "ducha.db", folder / "ducha.db")
    shutil.copyfile(source / "sealed.pdf", folder / "sealed.pdf")
    write_letterbox(folder)
    return World(str(folder), smtp, settings=settings)


def write_letterbox(folder: Path) -> None:
    """Put letters of units into a maildir, and the address of a robot that nobody answers at into its file."""
    box = folder / "inbox"
    for name in ("new", "cur", "tmp"):
        (box / name).mkdir(parents=True)
    for number in range(1, LETTERS + 1):
        (box / "new" / f"1781488800.M{number}P1.unit").write_text(
            f"From: a-D{number:03}@shilixian.example\nTo: ducha@shilixian.example\nSubject: reply {number}\n"
            f"Date: Mon, 15 Jun 2026 08:{number:02}:00 +0800\nMessage-ID: <{number}@unit.example>\n\nreceived\n",
            encoding="utf-8",
        )
    robots = folder / "robots"
    robots.write_text("json://127.0.0.1:1/x\n", encoding="utf-8")
    robots.chmod(0o600)


def copy_database(source: Path, target: Path) -> None:
    """Copy a database with everything that is committed, whoever has it open."""
    driver = sqlite_module()
    old, new = driver.connect(source), driver.connect(target)
    old.backup(new)
    new.close()
    old.close()


def read_rows(database: Path, query: str) -> list[tuple[Any, ...]]:
    """Return what a query finds, sorted."""
    connection = sqlite_module().connect(database)
    try:
        return sorted(connection.execute(query).fetchall(), key=repr)
    finally:
        connection.close()


def load_world(text: dict[str, Any]) -> World:
    return World(**json.loads(json.dumps(text)))
