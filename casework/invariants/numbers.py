"""INV-4: document numbers are 1 to the last of their series and year, and every number stands on frozen content.

Only what a restore made forgotten leaves a gap, and the two people who released the HOLD have noted it.
"""

from __future__ import annotations

import json

import sqlalchemy as sa

from casework.desk import Desk
from casework.invariants.tally import Invariant, Tally
from casework.paperwork.numbering import read_number
from models.base import table_of
from models.document import Document, NumberSeries
from models.record import AuditEntry

DOCUMENT, SERIES, ENTRY = table_of(Document), table_of(NumberSeries), table_of(AuditEntry)
UNSIGNED = ("draft", "in_review", "void")


def check_numbers(desk: Desk) -> list[Invariant]:
    """Return INV-4."""
    tally = Tally("INV-4", "文号逐年连续，一号一文")
    link = desk.session.connection()
    ours = DOCUMENT.c.office_id == desk.office_id
    numbered = (
        sa.select(
            DOCUMENT.c.series, DOCUMENT.c.year, sa.func.count(), sa.func.count(sa.distinct(DOCUMENT.c.serial)),
            sa.func.min(DOCUMENT.c.serial), sa.func.max(DOCUMENT.c.serial),
        )
        .where(ours, DOCUMENT.c.serial.is_not(None))
        .group_by(DOCUMENT.c.series, DOCUMENT.c.year)
    )  # fmt: skip
    used = {(row[0], row[1]): tuple(row[2:]) for row in link.execute(numbered)}
    counters = sa.select(SERIES.c.series, SERIES.c.year, SERIES.c.last).where(
        SERIES.c.office_id == desk.office_id
    )
    last = {(row.series, row.year): row.last for row in link.execute(counters)}
    skipped = _skipped(desk)
    for key in sorted({*used, *last}, key=str):
        count, different, first, top = used.get(key, (0, 0, 1, 0))
        empty = skipped.get(key, set())
        tally.look_at(count)
        whole = count == different and count + len(empty) == max(top, *empty, 0) == last.get(key)
        if not (whole and (first == 1 or 1 in empty)) or _is_borne(desk, key, empty):
            tally.find(
                f"{key[0]}〔{key[1]}〕：{count}份文书，号码{first}至{top}，计数器{last.get(key, '无')}"
            )
    tally.find_all(f"文书{number} 文号与定稿内容不符" for number in _unfrozen(desk))
    tally.find_all(f"{number} 签发日期早于前一号" for number in _out_of_order(desk))
    return [tally.close()]


def _skipped(desk: Desk) -> dict[tuple[str, int], set[int]]:
    """Return the numbers that stay empty, because documents had them that a restore made forgotten."""
    query = sa.select(ENTRY.c.detail).where(
        ENTRY.c.office_id == desk.office_id, ENTRY.c.subject == "office", ENTRY.c.act == "release_hold"
    )
    found: dict[tuple[str, int], set[int]] = {}
    for detail in desk.session.connection().execute(query).scalars():
        for number in json.loads(detail).get("journal", {}).get("skipped", ()):
            series, year, serial = read_number(number)
            found.setdefault((series, year), set()).add(serial)
    return found


def _is_borne(desk: Desk, key: tuple[str, int], empty: set[int]) -> bool:
    """Tell whether a document bears a number that was to stay empty: it stands on another paper as well."""
    if not empty:
        return False
    series, year = key
    query = sa.select(DOCUMENT.c.serial).where(
        DOCUMENT.c.office_id == desk.office_id, DOCUMENT.c.series == series, DOCUMENT.c.year == year,
        DOCUMENT.c.serial.in_(empty),
    )  # fmt: skip
    return desk.session.connection().execute(query).first() is not None


def _unfrozen(desk: Desk) -> list[int]:
    """Return documents with a number but no frozen content, a number that is not whole, or signed without content."""
    bare = sa.or_(DOCUMENT.c.content.is_(None), DOCUMENT.c.content_sha256.is_(None))
    query = sa.select(DOCUMENT.c.id).where(
        DOCUMENT.c.office_id == desk.office_id,
        sa.or_(
            sa.and_(DOCUMENT.c.serial.is_not(None), bare),
            sa.and_(DOCUMENT.c.state.not_in(UNSIGNED), bare),
            DOCUMENT.c.serial.is_(None) != DOCUMENT.c.number.is_(None),
        ),
    )
    return sorted(desk.session.connection().execute(query).scalars())


def _out_of_order(desk: Desk) -> list[str]:
    before = sa.func.lag(DOCUMENT.c.signed_on).over(
        partition_by=(DOCUMENT.c.series, DOCUMENT.c.year), order_by=DOCUMENT.c.serial
    )
    walked = (
        sa.select(DOCUMENT.c.number, DOCUMENT.c.signed_on, before.label("before"))
        .where(DOCUMENT.c.office_id == desk.office_id, DOCUMENT.c.serial.is_not(None))
        .subquery()
    )
    query = sa.select(walked.c.number).where(walked.c.signed_on < walked.c.before)
    return list(desk.session.connection().execute(query).scalars())
