"""The rule sets in use: the current files, the sets that campaigns froze, and the calendar with imported years."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import sqlalchemy as sa
from sqlmodel import Session

from core.errors import InvalidInput, NotFound
from core.rulebook import CalendarYear, Rulebook, freeze, load_rulebook, sha256, thaw
from core.workdays import Calendar
from models.base import table_of
from models.campaign import RuleSet
from models.organisation import Office
from models.record import CalendarTable
from system.paths import read_texts

TABLE = table_of(CalendarTable)
IMPORTED_YEARS = (
    sa.select(TABLE.c.year, TABLE.c.content)
    .where(TABLE.c.office_id == sa.bindparam("office"))
    .order_by(TABLE.c.year, TABLE.c.version)
)


def current_rules(folder: Path) -> Rulebook:
    """Return the rules of a folder, read again only when a file changed.

    raises   InvalidRuleFile with every mistake; InvalidInput when the folder is missing
    """
    if not folder.is_dir():
        raise InvalidInput(
            "规则文件夹不存在",
            found=str(folder),
            expected="含 catalogs/ 等的文件夹",
            remedy="设置 DUCHA_RULES",
        )
    return _load(folder, tuple(sorted(_stamps(str(folder)))))


def _stamps(folder: str) -> Iterator[tuple[str, int]]:
    """Yield path and time of every rule file; scandir, because every transaction asks."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _stamps(entry.path)
            elif entry.name.endswith(".yaml"):
                yield entry.path, entry.stat().st_mtime_ns


@lru_cache(maxsize=8)
def _load(folder: Path, _stamps: tuple[tuple[str, int], ...]) -> Rulebook:
    return load_rulebook(read_texts(folder, ".yaml"))


def store_frozen(session: Session, content: bytes, now: datetime) -> str:
    """Keep a frozen rule set once and return its SHA-256."""
    digest = sha256(content)
    if session.get(RuleSet, digest) is None:
        session.add(RuleSet(sha256=digest, content=content, frozen_at=now))
        session.flush()
    return digest


def freeze_current(
    session: Session, rules: Rulebook, catalogs: dict[str, tuple[str, ...]], now: datetime
) -> str:
    """Freeze the current rules for these catalogues and items; return the SHA-256 of the set.

    catalogs   {catalogue key: item ids}
    """
    return store_frozen(session, freeze(rules, catalogs), now)


def frozen_rules(session: Session, digest: str) -> Rulebook:
    """Return the rule set that a campaign froze."""
    cached = _thawed.get(digest)
    if cached is None:
        row = session.get(RuleSet, digest)
        if row is None:
            raise NotFound(
                "没有这个冻结的规则集",
                found=digest[:12],
                expected="批次启动时冻结的规则集",
                remedy="检查数据库是否完整（ducha doctor）",
            )
        cached = thaw(row.content)
        _thawed[digest] = cached
    return cached


# Frozen sets never change, so they are kept for the life of the process under their hash.
_thawed: dict[str, Rulebook] = {}


def calendar_of(session: Session, office: Office, rules: Rulebook) -> Calendar:
    """Return the calendar of the rule files, overlaid by the newest imported table of each year."""
    rows = session.connection().execute(IMPORTED_YEARS, {"office": office.id})
    newest = {row.year: row.content for row in rows}
    return _calendar(tuple(rules.calendars.values()), tuple(newest.values()))


@lru_cache(maxsize=16)
def _calendar(years: tuple[CalendarYear, ...], imported: tuple[str, ...]) -> Calendar:
    base = Calendar.of(years)
    if not imported:
        return base
    return base.overlay(CalendarYear.model_validate(json.loads(text)) for text in imported)
