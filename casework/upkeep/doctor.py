"""The doctor: every invariant as a query with its count, and what is not broken yet but soon may be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from casework.calendar.calendarwatch import calendar_warnings
from casework.desk import Desk
from casework.invariants.closed import check_closed
from casework.invariants.deadlines import check_deadlines
from casework.invariants.frozen import check_frozen
from casework.invariants.history import check_history
from casework.invariants.mails import check_mails
from casework.invariants.matters import check_matters
from casework.invariants.numbers import check_numbers
from casework.invariants.occurrences import check_rungs, check_ticks, check_visits
from casework.invariants.recused import check_recused
from casework.invariants.surroundings import check_surroundings
from casework.invariants.tally import SHOWN, Invariant
from casework.mail.chatnotices import is_mailbox_silent
from core.errors import DuchaError, WorldFailed
from delivery.fonts import Fonts
from models.base import table_of
from models.database import has_wal_reset_bug, sqlite_module
from models.matter import LitigationMatter
from models.rectification import Rectification

CHECKS: tuple[tuple[str, Callable[[Desk], list[Invariant]]], ...] = (
    ("INV-1", check_mails),
    ("INV-4", check_numbers),
    ("INV-5", check_deadlines),
    ("INV-6", check_history),
    ("INV-8", check_rungs),
    ("INV-8", check_matters),
    ("INV-10", check_visits),
    ("INV-11", check_frozen),
    ("INV-13", check_ticks),
    ("INV-14", check_closed),
    ("INV-15", check_surroundings),
    ("INV-17", check_recused),
)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What the doctor found; warnings do not make it ill."""

    invariants: tuple[Invariant, ...]
    warnings: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return all(one.broken == 0 for one in self.invariants)

    def as_dict(self) -> dict[str, object]:
        """Return the diagnosis as outside programs read it."""
        return {
            "ok": self.ok,
            "invariants": [one.as_dict() for one in self.invariants],
            "warnings": list(self.warnings),
        }


def examine(desk: Desk) -> Diagnosis:
    """Look up every invariant of this office, and what needs attention; nothing is changed."""
    found: list[Invariant] = []
    for code, check in CHECKS:
        try:
            found += check(desk)
        except DuchaError as error:
            # What cannot be looked up is not well; the other invariants are still told.
            found.append(Invariant(code, "未能检查", 0, 1, (str(error),)))
    return Diagnosis(tuple(_together(found)), tuple(_warnings(desk)))


def _together(found: Iterable[Invariant]) -> list[Invariant]:
    """Return every invariant once, by its number: what several parts looked up under one id is added up."""
    sums: dict[str, Invariant] = {}
    for one in sorted(found, key=lambda one: int(one.id.removeprefix("INV-"))):
        known = sums.get(one.id)
        sums[one.id] = (
            one
            if known is None
            else Invariant(
                one.id,
                known.title,
                known.checked + one.checked,
                known.broken + one.broken,
                (*known.examples, *one.examples)[:SHOWN],
            )
        )
    return list(sums.values())


def _warnings(desk: Desk) -> Iterator[str]:
    held = desk.on_hold
    if held is not None:
        yield f"系统处于暂停状态（{held}）：不派发邮件、不运行巡查；核对后由两人解除"
    yield from calendar_warnings(desk)
    yield from _font_warnings(desk)
    if desk.settings.smtp_url is None or desk.settings.mail_from is None:
        yield "未配置邮件：设置 DUCHA_SMTP_URL 和 DUCHA_MAIL_FROM 后才能发出"
    if is_mailbox_silent(desk):
        yield "收信邮箱超过1小时没有读取成功：检查网络、口令和定时器；退信和来信暂未处理"
    if desk.session.connection().dialect.name == "sqlite":
        driver = sqlite_module()
        if has_wal_reset_bug(tuple(driver.sqlite_version_info)):
            yield f"SQLite {driver.sqlite_version} 有 WAL 缺陷，已改用回滚日志；请安装 pysqlite3 0.6.1 以上"
    aside = _count_set_aside(desk)
    if aside:
        yield f"{aside}件整改事项被巡查搁置：运行 ducha case list 查看原因，改正后次日巡查自动重试，或办理一次后恢复"
    matters = _count_set_aside(desk, table_of(LitigationMatter))
    if matters:
        yield (
            f"{matters}件行政争议被巡看搁置：运行 ducha matter list 查看原因，"
            "改正后次日巡看自动重试，或办理一次后恢复"
        )


def _font_warnings(desk: Desk) -> Iterator[str]:
    folder = desk.settings.letterheads
    if folder is not None and not folder.is_dir():
        yield f"信笺模板文件夹不存在：{folder}，暂用自带的信笺；请改正 DUCHA_LETTERHEADS"
    try:
        yield from Fonts.find(desk.settings.fonts).missing
    except WorldFailed as error:
        yield str(error)


def _count_set_aside(desk: Desk, table: sa.Table | None = None) -> int:
    case = table if table is not None else table_of(Rectification)
    query = sa.select(sa.func.count()).where(
        case.c.office_id == desk.office_id, case.c.set_aside.is_not(None)
    )
    count: int = desk.session.connection().execute(query).scalar_one()
    return count
