"""The rule sets in use: the current files, the sets that campaigns froze, and the calendar with imported years."""

from __future__ import annotations

import json
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

import sqlalchemy as sa
from sqlmodel import Session

from core.calendar.workdays import Calendar
from core.errors import InvalidInput, NotFound
from core.rulebook import CalendarYear, LocalCalendar, Rulebook, RuleFiles, freeze, sha256, thaw
from core.rulebook.whereabouts import Whereabouts
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


def current_rules(folder: Path, office: str | None = None, on: date | None = None) -> Rulebook:
    """Return the rules of a folder, read again only when a file changed.

    office   whose local adjustment is laid over them; None for the files as they stand
    on       only what holds on this day; None for everything, whatever its dates
    raises   InvalidRuleFile with every mistake; InvalidInput when the folder is missing
    """
    return rules_of_office(rule_files(folder), office, on)


def rules_of_office(files: RuleFiles, office: str | None, on: date | None) -> Rulebook:
    """Return the rules of files that were read already, as an office uses them on a day."""
    at = files.parts.offices.get(office or "")
    overlay = (at.model.choices.overlay if at else None) or ""
    return _book(files, overlay, on and _first_day_alike(files, overlay, on))


def rule_files(folder: Path) -> RuleFiles:
    """Return all rule files of a folder, read and checked once as long as none of them changes."""
    if not folder.is_dir():
        raise InvalidInput(
            "规则文件夹不存在",
            found=str(folder),
            expected="含 catalogs/ 等的文件夹",
            remedy="设置 DUCHA_RULES",
        )
    return _read(folder, *_stamps(folder))


# Every transaction asks whether a rule file changed, so only what a change must touch is looked at: the folders, whose
# time tells of files that came or went, and the files that were there when they were last listed.
_listed: dict[Path, tuple[dict[Path, int], tuple[Path, ...]]] = {}


def _stamps(folder: Path) -> tuple[tuple[Path, ...], tuple[int, ...]]:
    """Return the rule files and the time of each."""
    known = _listed.get(folder)
    try:
        if known is not None and all(path.stat().st_mtime_ns == time for path, time in known[0].items()):
            return known[1], tuple([path.stat().st_mtime_ns for path in known[1]])
    except FileNotFoundError:
        pass  # a folder or file has gone since: they are listed anew
    folders = [folder, *(path for path in folder.rglob("*") if path.is_dir())]
    files = tuple(sorted(folder.rglob("*.yaml")))
    _listed[folder] = {path: path.stat().st_mtime_ns for path in folders}, files
    return files, tuple([path.stat().st_mtime_ns for path in files])


@lru_cache(maxsize=8)
def _read(folder: Path, _files: tuple[Path, ...], _times: tuple[int, ...]) -> RuleFiles:
    return RuleFiles(read_texts(folder, ".yaml"))


def whereabouts(folder: Path) -> Whereabouts:
    """Return where each rule of a folder is written, read once as long as no file changes."""
    return _places(folder, *_stamps(folder))


@lru_cache(maxsize=2)
def _places(folder: Path, _files: tuple[Path, ...], _times: tuple[int, ...]) -> Whereabouts:
    return Whereabouts(read_texts(folder, ".yaml"))


@lru_cache(maxsize=32)
def _book(files: RuleFiles, overlay: str, on: date | None) -> Rulebook:
    return files.rulebook(overlay, on)


def _first_day_alike(files: RuleFiles, overlay: str, on: date) -> date:
    """Return the first day from which the same rules hold, so that a rule book serves every day of its span."""
    return max((day for day in _days(files, overlay) if day <= on), default=date.min)


@lru_cache(maxsize=32)
def _days(files: RuleFiles, overlay: str) -> tuple[date, ...]:
    return tuple(files.days(overlay))


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
    """Return the calendar of the rule files, overlaid by the newest confirmed table of each year.

    The local holidays that the office has chosen lie over both.
    """
    rows = session.connection().execute(IMPORTED_YEARS, {"office": office.id})
    newest = {row.year: row.content for row in rows}
    return _calendar(tuple(rules.calendars.values()), tuple(newest.values()), _local_of(rules, office.code))


def rules_calendar(rules: Rulebook, office: str | None = None) -> Calendar:
    """Return the calendar of the rule files alone, as one office uses it; of the only office when none is named."""
    code = office or (next(iter(rules.offices)) if len(rules.offices) == 1 else "")
    return _calendar(tuple(rules.calendars.values()), (), _local_of(rules, code))


def _local_of(rules: Rulebook, office: str) -> tuple[LocalCalendar, ...]:
    if office not in rules.offices:
        return ()
    return tuple(rules.local_calendars[key] for key in rules.offices[office].choices.local_calendars)


@lru_cache(maxsize=16)
def _calendar(
    years: tuple[CalendarYear, ...], imported: tuple[str, ...], local: tuple[LocalCalendar, ...]
) -> Calendar:
    base = Calendar(years, local)
    if not imported:
        return base
    for text in imported:
        base = laid_over(base, text)
    return base


@lru_cache(maxsize=64)
def laid_over(calendar: Calendar, content: str) -> Calendar:
    """Return a calendar in which the table of one year, as canonical JSON, replaces the present one."""
    return calendar.overlay([CalendarYear.model_validate(json.loads(content))])
