"""Who last changed a thing: told to whoever acts on a page that was made before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import select

from casework.desk import SYSTEM, Desk
from casework.lights.rungview import write_day
from casework.rectification.timeline import SHANGHAI, names_of
from casework.rectification.timelinewords import CASE_ACTS, DOCUMENT_ACTS, FINDING_ACTS
from casework.turns import take_turn
from core.errors import Refused
from core.life.everymachine import ACT_WORDS
from models.base import table_of
from models.record import AuditEntry

ENTRY = table_of(AuditEntry)
# Changes nothing that somebody has in front of them: looks, notes of calls, mails, what the clock does by itself.
LOOKS = ("view", "download", "note", "link")
BESIDE = {
    "case": CASE_ACTS,
    "finding": FINDING_ACTS,
    "document": DOCUMENT_ACTS,
    "campaign": {"plan": "编制方案"},
}
# Acts of a life by its own words, and what else is noted of a thing by those of its timeline.
WORDS = {(kind, act): label for kind, words in BESIDE.items() for act, label in words.items()} | ACT_WORDS


@dataclass(frozen=True, slots=True)
class Latest:
    """The last change of a thing."""

    who: str
    name: str
    at: datetime
    what: str

    def __str__(self) -> str:
        wall = self.at.astimezone(SHANGHAI)
        done = f"办理“{self.what}”" if self.what else "办理"
        return f"已由{self.name}于{write_day(wall.date())}{wall:%H:%M}{done}"


def last_of(desk: Desk, subject: str, numbers: Iterable[int]) -> Latest | None:
    """Return the last change of any of some things of one kind, None when there was none."""
    query = select(AuditEntry).where(_changes(desk, subject, numbers))
    newest = query.order_by(ENTRY.c.at.desc(), ENTRY.c.seq.desc()).limit(1)
    entry = desk.session.exec(newest).first()
    if entry is None:
        return None
    name = names_of(desk, {entry.actor}, ()).get(entry.actor, entry.actor)
    return Latest(entry.actor, name, entry.at, WORDS.get((entry.subject, entry.act), ""))


def mark_of(desk: Desk, subject: str, number: int) -> int:
    """Return the mark of a thing as it is now, which its page carries along: it grows with every change."""
    query = sa.select(sa.func.count()).select_from(ENTRY).where(_changes(desk, subject, [number]))
    return int(desk.session.connection().execute(query).scalar_one())


def count_changes(entries: Iterable[AuditEntry], subject: str) -> int:
    """Return the mark of a thing whose history was read already."""
    return sum(one.subject == subject and one.act not in LOOKS and one.actor != SYSTEM for one in entries)


def require_unchanged(desk: Desk, subject: str, number: int, seen: str) -> None:
    """Raise Refused when somebody changed a thing after the page was made on which an act is asked for.

    seen   the mark that the page carries; empty where it carries none
    """
    if not (seen.isascii() and seen.isdigit()):
        return
    take_turn(
        desk, f"{subject} {number}"
    )  # of two people who saw the same mark, the second counts after the first
    if mark_of(desk, subject, number) <= int(seen[:9]):
        return
    latest = last_of(desk, subject, [number])
    raise Refused(
        "您打开页面以后，情况有了变化", found=f"{latest}，您的操作没有办理" if latest else "",
        expected="打开页面时的情况", remedy="核对本页现在的情况，仍要办理的请再次提交，所填文字都在",
    )  # fmt: skip


def _changes(desk: Desk, subject: str, numbers: Iterable[int]) -> sa.ColumnElement[bool]:
    return sa.and_(
        ENTRY.c.office_id == desk.office_id, ENTRY.c.subject == subject, ENTRY.c.subject_id.in_(list(numbers)),
        ENTRY.c.act.not_in(LOOKS), ENTRY.c.actor != SYSTEM,
    )  # fmt: skip
