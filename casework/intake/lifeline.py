"""The life of a thing in the words of an office, read from the audit chain: leads, letters in, referrals, lawsuits."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col

from casework.desk import Desk
from casework.rectification.timeline import Event, names_of
from core.life.machines import Machine
from models.base import table_of
from models.organisation import Person
from models.record import AuditEntry

SAID = {
    "number": "", "event": "", "code": "", "day": "", "receiver": "送", "opinion": "", "note": "", "why": "",
    "cause": "", "basis": "依据：", "reason": "理由：", "verdict": "", "channel": "方式：", "handler": "承办：",
    "owner": "承办：", "until": "至", "into": "并入", "person": "", "handed_to": "收件：", "post_number": "机要编号：",
    "passed_to": "转送：", "result": "", "next": "下一审级：", "points": "分值", "due_on": "期限", "text": "",
    "with_whom": "对方：", "leader": "包案领导：", "case": "问题",
}  # fmt: skip
PEOPLE = frozenset({"handler", "owner", "person"})  # codes of people, told by their names
MACHINES = {"light": "cause", "ones": "number", "note": "number"}  # parts of a detail that nobody reads
VIEW, DOWNLOAD = "view", "download"
LOOKED = frozenset({VIEW, DOWNLOAD})


@dataclass(frozen=True, slots=True)
class Words:
    """How the history of one kind of thing is written.

    acts     words for acts that move no state, beside those of the machine
    values   words for codes that stand in details, such as a channel
    hidden   acts that are not told here: looks have their own list
    """

    machine: Machine
    acts: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    hidden: frozenset[str] = LOOKED

    def act(self, code: str) -> str:
        """Return the word for an act."""
        known = {act.value: label for act, label in self.machine.act_labels.items()}
        return self.acts.get(code) or known.get(code, code)

    def state(self, code: str) -> str:
        """Return the word for a state."""
        return {one.value: label for one, label in self.machine.state_labels.items()}.get(code, code)


@dataclass(frozen=True, slots=True)
class Look:
    """One look at something confidential."""

    who: str
    at: datetime
    what: str


@dataclass(frozen=True, slots=True)
class Chronicle:
    """What the audit chain tells of a thing, and how everybody named there or on its page is written."""

    entries: tuple[AuditEntry, ...]
    names: Mapping[str, str]

    def life(self, words: Words) -> tuple[Event, ...]:
        """Return what happened, oldest first, without who looked at it."""
        told = [
            one for one in self.entries if one.subject == words.machine.code and one.act not in words.hidden
        ]
        return tuple(_event(one, words, self.names) for one in told)

    def looks(self, words: Mapping[str, str]) -> tuple[Look, ...]:
        """Return who looked at the thing and at its letter, newest first; who may read this is asked before.

        words   for what was looked at, as `note_view` was told it
        """
        found = [
            Look(f"{self.names.get(one.actor, one.actor)}（{one.actor}）", one.at, _what(one, words))
            for one in self.entries
            if one.act in LOOKED
        ]
        return tuple(reversed(found))


def chronicle_of(
    desk: Desk, subject: str, subject_id: int, people: Iterable[str] = (), letter: int | None = None
) -> Chronicle:
    """Return the history of a thing and of its letter with the names of people; two or three queries.

    people   codes of those who stand on its page beside those of the history
    """
    entry = table_of(AuditEntry).c
    about = [sa.and_(entry.subject == subject, entry.subject_id == subject_id)]
    if letter is not None:  # of a letter only the looks: its life stands on its own page
        about.append(
            sa.and_(entry.subject == "document", entry.subject_id == letter, entry.act.in_(sorted(LOOKED)))
        )
    query = (
        sa.select(AuditEntry, col(Person.name))
        .outerjoin(Person, sa.and_(col(Person.code) == entry.actor, col(Person.office_id) == entry.office_id))
        .where(entry.office_id == desk.office_id, sa.or_(*about))
        .order_by(entry.at, entry.shard, entry.seq)
    )
    rows = desk.session.execute(query).all()
    known = {one.actor: name for one, name in rows if name}
    rest = {one.actor for one, _name in rows} | {code for code in people if code}
    names = names_of(desk, rest - known.keys(), ()) | known
    return Chronicle(tuple(one for one, _name in rows), names)


def _event(entry: AuditEntry, words: Words, names: Mapping[str, str]) -> Event:
    moved = entry.from_state and entry.from_state != entry.to_state
    return Event(
        on=entry.on_day,
        at=entry.at,
        what=words.act(entry.act),
        who=names.get(entry.actor, entry.actor),
        detail=_told(entry, words, names),
        moved=f"{words.state(entry.from_state)} → {words.state(entry.to_state)}" if moved else "",
    )


def _told(entry: AuditEntry, words: Words, names: Mapping[str, str]) -> str:
    said: dict[str, object] = json.loads(entry.detail) if entry.detail else {}
    said.pop(MACHINES.get(entry.act, ""), None)
    parts = []
    for name, begin in SAID.items():
        value = said.get(name)
        if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
            known = names if name in PEOPLE else words.values
            parts.append(f"{begin}{known.get(str(value), value)}")
    return "；".join(parts)


def _what(entry: AuditEntry, words: Mapping[str, str]) -> str:
    said: dict[str, str] = json.loads(entry.detail) if entry.detail else {}
    what = said.get("what", "")
    if entry.act == DOWNLOAD:
        return f"下载 {what}"
    return words.get(what, what) or ("查看文书" if entry.subject == "document" else "查看")


def without(words: Words, hidden: Collection[str]) -> Words:
    """Return the words with more acts hidden."""
    return Words(words.machine, words.acts, words.values, words.hidden | frozenset(hidden))
