"""The one timeline of a case: acts, documents, mails, lights with why, half-month reports and freezes, oldest first."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time

from casework.desk import Desk
from casework.gathering import Row
from casework.lights.rungview import write_rule
from casework.rectification.caselook import Look, ladder_for
from casework.rectification.freezing import NODE_LABELS
from casework.rectification.timeline import SHANGHAI, Event, events_of, may_read
from core.life.lives import MESSAGE_STATE_LABELS, MessageState
from core.rulebook import Ladder
from models.record import AuditEntry


def tell_story(
    desk: Desk, look: Look, entries: Sequence[AuditEntry], names: Mapping[str, str]
) -> tuple[Event, ...]:
    """Return everything that happened to a case, oldest first; nothing is read here.

    entries   of the case, its finding and its documents in sight
    """
    about = {row.id: f"{row.name}（{row.number}）" if row.number else row.name for row in look.documents}
    seen = [entry for entry in entries if may_read(desk, entry)]
    told = events_of(desk, look.case, seen, about, names)
    ladder = ladder_for(desk, look)
    reasons = [_reason(entry, ladder) for entry in seen]
    events = [
        replace(event, why=reason) if reason else event for event, reason in zip(told, reasons, strict=True)
    ]
    events += _mails(look.beside.mails, about)
    events += _letters(look.beside.letters, about)
    events += _halves(look.beside.halves, names)
    events += _freezes(look.beside.freezes, names)
    return tuple(sorted(events, key=lambda event: (event.on, event.at)))


def _reason(entry: AuditEntry, ladder: Ladder) -> str:
    """Return why a light was lit, in the words of the frozen ladder; nothing for other entries."""
    said = json.loads(entry.detail) if entry.subject == "case" and entry.detail else {}
    if entry.act == "flag" and (event := ladder.events.get(str(said.get("event")))):
        return f"升级事件：{event.event}"
    if "light" not in said:
        return ""
    rules = (profile.rung(str(said.get("rung", ""))) for profile in ladder.profiles.values())
    return next((write_rule(rule) for rule in rules if rule is not None), "")


def _mails(rows: Sequence[Row], about: Mapping[int, str]) -> Iterator[Event]:
    for row in rows:
        at: datetime = row["settled_at"] or row["queued_at"]
        yield Event(
            on=at.astimezone(SHANGHAI).date(),
            at=at,
            what=f"邮件{MESSAGE_STATE_LABELS[MessageState(row['state'])]}",
            who="系统",
            about=about.get(row["document_id"], ""),
            detail=f"致{row['recipient_name']}（{row['recipient']}）",
            document_id=row["document_id"],
        )


def _letters(rows: Sequence[Row], about: Mapping[int, str]) -> Iterator[Event]:
    for row in rows:
        at: datetime = row["read_at"]
        yield Event(
            on=at.astimezone(SHANGHAI).date(),
            at=at,
            what="收到来信",
            who=row["sender_name"] or row["sender"],
            about=about.get(row["document_id"], ""),
            detail=f"{row['subject']}（{row['sender']}，来信{row['id']}）",
            document_id=row["document_id"],
        )


def _halves(rows: Sequence[Row], names: Mapping[str, str]) -> Iterator[Event]:
    for row in rows:
        if row["sent_on"] is None:
            continue
        period = f"{row['period_from'].month}月{row['period_from'].day}日至{row['period_to'].day}日"
        late = "，逾期报送" if row["sent_on"] > row["due_on"] else ""
        yield Event(
            on=row["sent_on"],
            at=_evening(row["sent_on"]),
            what="报送半月报告",
            who=names.get(row["sent_by"], row["sent_by"]),
            detail=f"{period}{late}：{row['text']}",
        )


def _freezes(rows: Sequence[Row], names: Mapping[str, str]) -> Iterator[Event]:
    for row in rows:
        yield Event(
            row["frozen_on"], _evening(row["frozen_on"]), "锁定", "系统", detail=NODE_LABELS[row["node"]]
        )
        if row["released_on"] is not None:
            who = names.get(row["released_by"], row["released_by"])
            yield Event(
                row["released_on"], _evening(row["released_on"]), "解除锁定", who, detail=row["reason"]
            )


def _evening(day: date) -> datetime:
    """Return an instant for what is known by its day only: it stands after the acts of that day."""
    return datetime.combine(day, time(18), SHANGHAI)
