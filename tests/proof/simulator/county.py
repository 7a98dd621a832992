"""The county of a simulation: units with addresses, the people of the office, and its campaigns."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random

from casework.ledgers.ledger import import_ledger
from casework.staff.parties import import_people, import_units
from core.calendar.workdays import Calendar
from core.rulebook import Item
from flows.edge import Edge
from models.database import make_engine
from models.schema import upgrade
from system.paths import RULES_DIR
from system.settings import Settings
from tests.cli.world import LEDGER_HEADERS
from tests.databases import _temporary
from tests.proof.county import Hour
from tests.proof.simulator.fibers import EPOCH
from tests.proof.simulator.office import SENDER

OFFICER, SECOND, REVIEWER, VERIFIERS = "P91", "P92", "P93", ("P94", "P95")
DIRECTOR, DEPUTY, COUNTY = "L-DIRECTOR", "L-DEPUTY", "L-COUNTY"
OLD = "2026-ZX-01"  # for which the office file holds a standing authorisation
CATALOG = "fazhi-ducha-46"
UNITS = tuple(f"D{n:03}" for n in range(1, 11))
VISITED, CHECKED, STEP = 5, 5, 75  # units and items of a campaign, days from one to the next
UNIT_HEAD = (
    "单位编码", "单位名称", "类别", "上级编码",
    "联络员", "联络员邮箱", "负责人", "负责人邮箱", "分管领导", "分管领导邮箱",
)  # fmt: skip
PEOPLE_HEAD = ("编号", "姓名", "工作单位编码", "曾任单位编码", "专业", "邮箱", "角色")
POSTS = {OFFICER: "officer", SECOND: "officer", REVIEWER: "reviewer", "P94": "verifier", "P95": "verifier"}


@dataclass(frozen=True, slots=True)
class Round:
    """One campaign of the programme."""

    code: str
    first: date
    last: date
    units: tuple[str, ...]
    items: tuple[str, ...]

    def text(self) -> str:
        """Return the plan as its file."""
        return (
            f'code: "{self.code}"\ntitle: {self.first.year}年专项法治督察（{self.code}）\nkind: special\nline: party\n'
            f"catalogs: [{{key: {CATALOG}, items: [{', '.join(self.items)}]}}]\n"
            f"period: {{from: {self.first}, to: {self.last}}}\nunits: [{', '.join(self.units)}]\n"
            f"team: {{size: 2, seed: {self.first:%Y%m%d}}}\n"
        )


def programme(seed: int, days: int, calendar: Calendar, items: tuple[Item, ...]) -> list[Round]:
    """Return the campaigns of a simulation."""
    dice, rounds = Random(f"programme/{seed}"), []
    start = (EPOCH + timedelta(hours=8)).date()
    for number, offset in enumerate(range(0, days, STEP), 2):
        first = calendar.after(start + timedelta(offset), 5)
        chosen = tuple(sorted(dice.sample([item.id for item in items], CHECKED)))
        units = tuple(sorted(dice.sample(UNITS, VISITED)))
        rounds.append(Round(f"{first.year}-ZX-{number:02}", first, calendar.after(first, 6), units, chosen))
    return rounds


@cache
def template() -> Path:
    """Return the folder of a migrated database with units and people in it; made once a process."""
    folder = _temporary("ducha-simulated-")
    settings = settings_of(folder)
    engine = make_engine(settings.database_url)
    upgrade(engine)
    _write(folder / "units.csv", UNIT_HEAD, _units())
    _write(folder / "people.csv", PEOPLE_HEAD, _people())
    with Edge(engine, settings, Hour(datetime(2026, 1, 4, 2, tzinfo=UTC))).desk(by="L-SECTION") as desk:
        import_units(desk, folder / "units.csv")
        import_people(desk, folder / "people.csv")
    _write(folder / "ledger.csv", tuple(LEDGER_HEADERS.split(",")), _ledger())
    with Edge(engine, settings, Hour(datetime(2026, 1, 4, 3, tzinfo=UTC))).desk(by=OFFICER) as desk:
        import_ledger(desk, folder / "ledger.csv")
    engine.dispose()
    return folder


def settings_of(folder: Path) -> Settings:
    """Return the settings of an office in a folder; batches are small, so that there is something between them."""
    return Settings.model_validate({
        "database_url": f"sqlite:///{folder / 'ducha.db'}", "files": folder / "files", "rules": RULES_DIR,
        "office": "shilixian", "mail_from": SENDER, "smtp_url": "smtp://127.0.0.1:1", "batch": 3,
        "key_file": folder / "key",
    })  # fmt: skip


def _units() -> Iterator[tuple[str, ...]]:
    for number, code in enumerate((*UNITS, "S001")):
        one, two, three = (f"{role}.{code.lower()}@shilixian.example" for role in ("lx", "fz", "fg"))
        # Not every contact has an address: what cannot be mailed is handed over.
        two, three = two if number % 2 else "", three if number % 5 == 0 else ""
        yield (code, f"示例县{code}局", "政府部门", "", "联络员", one, "负责人", two, "分管领导", three)


def _ledger() -> Iterator[tuple[str, ...]]:
    """Yield problems of the year before: they are due soon, so that lights go on from the first days."""
    for number, code in enumerate(UNITS):
        for place, item in enumerate(("E19", "E21", "F28")[: 1 + number % 3]):
            due = date(2026, 1, 8) + timedelta(3 * number + 5 * place)
            cells = {
                "序号": "1", "问题编号": f"{code}-{place}", "督察批次": OLD, "被督察单位": code, "问题类别": item,
                "问题描述": f"{item}存在问题", "整改措施": "整改", "整改时限": due.isoformat(), "当前进展": "完成20%",
            }  # fmt: skip
            yield tuple(cells.get(header, "") for header in LEDGER_HEADERS.split(","))


def _people() -> Iterator[tuple[str, ...]]:
    for number in range(1, 9):
        roles = "inspector、leader" if number % 2 else "inspector"
        yield (
            f"P{number:02}",
            f"督察员{number}",
            "S001",
            "",
            "法治宣传、政府法务",
            f"p{number}@shilixian.example",
            roles,
        )
    for code, role in POSTS.items():
        yield (code, f"{role}{code}", "S001", "", "法治宣传", f"{code.lower()}@shilixian.example", role)


def _write(path: Path, head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(head)
        writer.writerows(rows)
