"""A county of any size as rows: one open campaign, many units, cases of which some are due on a day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import sqlalchemy as sa

from casework.desk import at_desk
from casework.rulesets.library import freeze_current
from models.audit import canonical_json
from models.base import table_of
from models.database import make_engine
from models.schema import upgrade
from models.tables import Campaign, Document, DocumentCase, Finding, Rectification, Unit, Visit
from system.settings import Settings

SIGNED_ON = date(2026, 4, 1)
TODAY = date(2026, 4, 30)  # five working days before 2026-05-11, one after 2026-04-29
NOW = datetime(2026, 4, 30, 1, 0, tzinfo=UTC)
CATALOG, ITEM = "fazhi-ducha-46", "E24"
PLAN = {
    "code": "2026-BM-01", "title": "基准测试批次", "kind": "comprehensive", "line": "party",
    "catalogs": [{"key": CATALOG, "items": [ITEM]}],
    "period": {"from": SIGNED_ON.isoformat(), "to": SIGNED_ON.isoformat()},
}  # fmt: skip
BLUE_DUE, YELLOW_DUE, FAR_DUE = date(2026, 5, 11), date(2026, 4, 29), date(2026, 6, 30)


def build(
    folder: Path, *, cases: int, due: int = 0, units: int = 500, url: str = ""
) -> tuple[sa.Engine, Settings]:
    """Return a migrated database with `cases` open cases of which `due` get a rung on TODAY, see `let_fall_due`.

    url   an empty database; without one a SQLite file in the folder
    """
    settings = Settings(database_url=url or f"sqlite:///{folder / 'bench.db'}", files=folder / "files")
    engine = make_engine(settings.database_url)
    upgrade(engine)
    add_office(engine, settings, cases=cases, units=units)
    if due:
        let_fall_due(engine, cases, due)
    return engine, settings


def add_office(engine: sa.Engine, settings: Settings, *, cases: int, units: int, first: int = 0) -> None:
    """Write the county of the office of the settings; every key is above `first`."""
    with at_desk(engine, settings, by=None, today=SIGNED_ON, now=NOW) as desk:
        digest = freeze_current(desk.session, desk.rules, {CATALOG: (ITEM,)}, NOW)
        _write(desk.session.connection(), County(desk.office_id, digest, cases, units, first))


def let_fall_due(engine: sa.Engine, cases: int, due: int, turn: int = 0, *, first: int = 0) -> None:
    """Let some of the cases fall due today, spread evenly: half for the blue reminder, half for the yellow draft.

    An overdue case has reported progress, so that its blue reminder does not hold and yellow comes next.
    turn    another one gives other cases
    first   the key before those of the office
    """
    case = table_of(Rectification)
    step = cases // due
    number = case.c.id - first
    rank = number // step
    chosen = sa.and_(number.between(1, cases), number % step == turn, rank <= due)
    late = rank % 2 == 0
    values = {
        "next_due_on": TODAY,
        "due_on": sa.case((late, YELLOW_DUE), else_=BLUE_DUE),
        "first_due_on": sa.case((late, YELLOW_DUE), else_=BLUE_DUE),
        "percent": sa.case((late, 60 + rank % 40), else_=rank % 20),
    }
    with engine.begin() as connection:
        connection.execute(sa.update(case).where(chosen).values(values))


KEYS = ("id", "unit_id", "campaign_id", "document_id", "case_id")
NUMBERED = (Unit, Campaign, Visit, Document, Finding, Rectification)


@dataclass(frozen=True, slots=True)
class County:
    """What is written for one office; keys run from `first` on."""

    office: int
    digest: str
    cases: int
    units: int
    first: int

    def rows(self, rows: Iterable[dict[str, object]]) -> list[dict[str, object]]:
        """Return rows with their keys where they belong."""
        shift = self.first
        return [
            {
                name: value + shift if name in KEYS and isinstance(value, int) else value
                for name, value in row.items()
            }
            for row in rows
        ]


def _write(link: sa.Connection, county: County) -> None:
    office, digest, units = county.office, county.digest, county.units
    every = range(1, units + 1)
    link.execute(sa.insert(table_of(Unit)), county.rows(_unit(office, n) for n in every))
    link.execute(sa.insert(table_of(Campaign)), county.rows([_campaign(office, digest)]))
    link.execute(sa.insert(table_of(Visit)), county.rows(_visit(office, n) for n in every))
    link.execute(sa.insert(table_of(Document)), county.rows(_notice(office, digest, n) for n in every))
    for start in range(1, county.cases + 1, 10_000):
        numbers = range(start, min(start + 10_000, county.cases + 1))
        link.execute(sa.insert(table_of(Finding)), county.rows(_finding(office, n, units) for n in numbers))
        link.execute(
            sa.insert(table_of(Rectification)), county.rows(_case(office, n, units) for n in numbers)
        )
        on = ({"document_id": _unit_of(n, units), "case_id": n, "light": "none"} for n in numbers)
        link.execute(sa.insert(table_of(DocumentCase)), county.rows(on))
    _count_on(link)


def _count_on(link: sa.Connection) -> None:
    """Let PostgreSQL number on behind the keys that were given here; SQLite does by itself."""
    if link.dialect.name != "postgresql":
        return
    for model in NUMBERED:
        table = table_of(model)
        sequence = sa.func.pg_get_serial_sequence(table.name, "id")
        link.execute(sa.select(sa.func.setval(sequence, sa.func.max(table.c.id))).select_from(table))


def _unit_of(number: int, units: int) -> int:
    return (number * 7919 // 100) % units + 1


def _unit(office: int, number: int) -> dict[str, object]:
    return {
        "id": number,
        "office_id": office,
        "code": f"D{number:04}",
        "name": f"示例单位{number}",
        "kinds": "政府部门",
        "liaison_name": f"联络员{number}",
        "liaison_email": f"d{number}@shilixian.example",
        "leader_name": f"分管领导{number}",
        "leader_email": f"l{number}@shilixian.example",
    }


def _campaign(office: int, digest: str) -> dict[str, object]:
    return {
        "id": 1,
        "office_id": office,
        "code": "2026-BM-01",
        "title": "基准测试批次",
        "kind": "comprehensive",
        "line": "party",
        "state": "open",
        "plan": canonical_json(PLAN),
        "period_from": SIGNED_ON,
        "period_to": SIGNED_ON,
        "rules_sha256": digest,
        "planned_by": "O01",
        "planned_on": SIGNED_ON,
    }


def _visit(office: int, number: int) -> dict[str, object]:
    return {
        "id": number,
        "office_id": office,
        "campaign_id": 1,
        "unit_id": number,
        "from_on": SIGNED_ON,
        "to_on": SIGNED_ON,
        "place": f"示例单位{number}",
        "items": ITEM,
    }


def _notice(office: int, digest: str, number: int) -> dict[str, object]:
    return {
        "id": number,
        "office_id": office,
        "campaign_id": 1,
        "unit_id": number,
        "kind": "feedback_notice",
        "content_kind": "findings",
        "line": "party",
        "state": "served",
        "secrecy": "internal",
        "by_sweep": False,
        "part": 1,
        "drafted_on": SIGNED_ON,
        "drafted_by": "O01",
        "title": "反馈意见暨整改通知书",
        "inputs": "{}",
        "rules_sha256": digest,
        "series": "示法督反馈",
        "year": 2026,
        "serial": number,
        "number": f"示法督反馈〔2026〕{number}号",
        "content": "{}",
        "content_sha256": "0" * 64,
        "signed_by": "L-DIRECTOR",
        "signed_on": SIGNED_ON,
        "issued_on": SIGNED_ON,
        "served_on": SIGNED_ON,
    }


def _finding(office: int, number: int, units: int) -> dict[str, object]:
    return {
        "id": number,
        "office_id": office,
        "code": f"2026-BM-01-{number:06}",
        "campaign_id": 1,
        "unit_id": _unit_of(number, units),
        "item": ITEM,
        "severity": "minor",
        "problem": "执法全过程记录不完整",
        "facts": "",
        "state": "confirmed",
        "found_by": "P01",
        "found_on": SIGNED_ON,
    }


def _case(office: int, number: int, units: int) -> dict[str, object]:
    """Return a case that is due in two months."""
    return {
        "id": number,
        "office_id": office,
        "campaign_id": 1,
        "unit_id": _unit_of(number, units),
        "severity": "minor",
        "state": "rectifying",
        "round": 1,
        "due_version": 1,
        "signed_on": SIGNED_ON,
        "served_on": SIGNED_ON,
        "first_due_on": FAR_DUE,
        "due_on": FAR_DUE,
        "due_provisional": False,
        "calendar_version": "bench",
        "next_due_on": date(2026, 6, 23),
        "light": "none",
        "floor_light": "none",
        "highest_light": "none",
        "percent": 0,
        "plan_on": SIGNED_ON,
        "returns": 0,
        "rebounds": 0,
    }
