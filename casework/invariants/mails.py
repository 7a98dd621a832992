"""INV-1, 2, 3 and 9: no mail lost, none sent twice, unknown ones seen in time, nothing mailed that must not be."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from casework.desk import Desk
from casework.invariants.tally import Invariant, Tally
from casework.lights.climbing import rules_of_document
from casework.mail.pacing import ACCOUNT, read_pace
from casework.mail.queueing import unit_recipients
from casework.paperwork.kinds import HIDDEN_ABOUT
from core.life.lives import DocumentState, MessageState
from core.rulebook import Rulebook
from models.base import table_of
from models.document import Document
from models.inbound import InboundMail
from models.message import Message
from models.organisation import Unit
from models.record import AuditEntry
from models.task import Task

SHANGHAI = ZoneInfo("Asia/Shanghai")
WAITING_LIMIT = timedelta(hours=1)
DOCUMENT, MESSAGE, ENTRY = table_of(Document), table_of(Message), table_of(AuditEntry)
INBOUND, TASK = table_of(InboundMail), table_of(Task)


@dataclass(slots=True)
class _World:
    """What the mails of documents are compared with."""

    units: dict[int, Unit]
    changed: dict[int, date]  # unit -> day of its last import
    sent: dict[int, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))  # role, address
    books: dict[int | str | None, Rulebook] = field(default_factory=dict)


def check_mails(desk: Desk) -> list[Invariant]:
    """Return INV-1, INV-2, INV-3 and INV-9."""
    lost = Tally("INV-1", "应发邮件一件不少")
    leaked = Tally("INV-9", "不得邮寄的文书没有邮件")
    world = _load(desk)
    for document in _issued(desk):
        _check_document(desk, world, document, lost, leaked)
    _check_waiting(desk, lost)
    return [lost.close(), _none_twice(desk), _unknown_seen(desk), leaked.close()]


def _load(desk: Desk) -> _World:
    link = desk.session.connection()
    units = {
        unit.id: unit
        for unit in desk.session.scalars(sa.select(Unit).where(table_of(Unit).c.office_id == desk.office_id))
    }
    imports = (
        sa.select(ENTRY.c.subject_id, sa.func.max(ENTRY.c.on_day))
        .where(ENTRY.c.office_id == desk.office_id, ENTRY.c.subject == "unit")
        .group_by(ENTRY.c.subject_id)
    )
    world = _World(
        {key: unit for key, unit in units.items() if key}, dict(link.execute(imports).tuples().all())
    )
    mails = sa.select(MESSAGE.c.document_id, MESSAGE.c.key, MESSAGE.c.recipient).where(
        MESSAGE.c.office_id == desk.office_id, MESSAGE.c.document_id.is_not(None)
    )
    for document_id, key, address in link.execute(mails).tuples():
        world.sent[document_id].append((key.rpartition("/")[2], address))
    return world


def _issued(desk: Desk) -> sa.Result[Any]:
    query = sa.select(
        DOCUMENT.c.id, DOCUMENT.c.kind, DOCUMENT.c.number, DOCUMENT.c.campaign_id, DOCUMENT.c.unit_id,
        DOCUMENT.c.issued_on, DOCUMENT.c.by_sweep, DOCUMENT.c.signed_on, DOCUMENT.c.rules_sha256,
        DOCUMENT.c.about,
    ).where(
        DOCUMENT.c.office_id == desk.office_id,
        DOCUMENT.c.issued_on.is_not(None),
        DOCUMENT.c.state != DocumentState.VOID.value,
    )  # fmt: skip
    return desk.session.connection().execute(query)


def _check_document(desk: Desk, world: _World, document: Any, lost: Tally, leaked: Tally) -> None:
    name = document.number or f"文书{document.id}"
    sent = world.sent.get(document.id, [])
    roles = _required_roles(desk, world, document)
    if roles is None:
        leaked.look_at(1)
        if sent:
            leaked.find(f"{name} 有{len(sent)}封邮件")
        return
    addresses = [address for _role, address in sent]
    if len(set(addresses)) < len(addresses):
        lost.find(f"{name} 同一收件人有两封邮件")
    # A contact that was imported after the document went out may be another one than at that time.
    changed = world.changed.get(document.unit_id)
    if changed is not None and changed > document.issued_on:
        lost.look_at(len(sent))
        return
    for wanted in unit_recipients(_reached(world, document), roles):
        lost.look_at(1)
        if wanted.address not in addresses and wanted.role not in {role for role, _address in sent}:
            lost.find(f"{name} 没有发给 {wanted.role}")


def _reached(world: _World, document: Any) -> Unit:
    """Return the unit whose contacts a document went to: whoever carried on for its unit on the day of issue."""
    unit = world.units[document.unit_id]
    while unit.successor_id and unit.valid_until and unit.valid_until < document.issued_on:
        unit = world.units[unit.successor_id]
    return unit


def _required_roles(desk: Desk, world: _World, document: Any) -> tuple[str, ...] | None:
    """Return the contacts a document must be mailed to; None when it must not be mailed at all."""
    key = document.campaign_id or document.rules_sha256
    book = world.books.get(key)
    if book is None:
        book = world.books[key] = rules_of_document(desk, document)
    if document.by_sweep and document.signed_on is None:
        rungs = [
            {role.value for role in rung.recipients}
            for profile in book.ladder_of(desk.office.code).profiles.values()
            for rung in profile.rungs
            if rung.document == document.kind and rung.issue == "automatic"
        ]
        return tuple(sorted(set.intersection(*rungs))) if rungs else ()
    rule = book.document(document.kind)
    if not rule.mailed or document.about in HIDDEN_ABOUT:
        return None
    return tuple(role.value for role in rule.recipients) or ("liaison",)


def _check_waiting(desk: Desk, lost: Tally) -> None:
    """Find mails that wait too long, whose sender is gone, or that were accepted without a reply."""
    late = _waits_too_long(desk)
    gone = sa.and_(MESSAGE.c.state == MessageState.SENDING.value, MESSAGE.c.lease_until < desk.now)
    mute = sa.and_(
        MESSAGE.c.state == MessageState.ACCEPTED.value, sa.func.coalesce(MESSAGE.c.smtp_reply, "") == ""
    )
    questions = [(gone, "发送中断未处理"), (mute, "已投递而没有应答")]
    if desk.on_hold is None:  # on HOLD nothing is sent, on purpose
        questions.append((late, "待发超过1小时"))
    ours = MESSAGE.c.office_id == desk.office_id
    link = desk.session.connection()
    lost.look_at(link.execute(sa.select(sa.func.count()).select_from(MESSAGE).where(ours)).scalar_one())
    for question, said in questions:
        for number in link.execute(sa.select(MESSAGE.c.id).where(ours, question)).scalars():
            lost.find(f"邮件{number} {said}")


def _waits_too_long(desk: Desk) -> sa.ColumnElement[bool]:
    """Return the condition for mails that nothing explains: an hour of the office's hours has passed for them.

    What the learned pace of a domain or of the account holds up, or the budget of the day, is explained.
    """
    hours = desk.office_rules.mail.sending_hours
    since = desk.now - WAITING_LIMIT
    if hours is not None:
        since = min(since, hours.hours_ago(desk.now, desk.calendar, WAITING_LIMIT))
    pace = read_pace(desk, lock=False)
    if ACCOUNT in pace.buckets or pace.left_today == 0:
        return sa.false()
    return sa.and_(
        MESSAGE.c.state == MessageState.READY.value,
        MESSAGE.c.not_before < since,
        MESSAGE.c.domain.not_in(sorted(pace.buckets)),
    )


def _acts(desk: Desk) -> sa.Subquery:
    """Return how often each mail was claimed, put back, and sent again by a person or once by a machine."""

    def times(act: str) -> sa.ColumnElement[int]:
        return sa.func.sum(sa.case((ENTRY.c.act == act, 1), else_=0))

    return (
        sa.select(
            ENTRY.c.subject_id, times("claim").label("claims"), times("defer").label("defers"),
            times("resend").label("resends"), times("retry").label("retries"),
        )
        .where(ENTRY.c.office_id == desk.office_id, ENTRY.c.subject == "message")
        .group_by(ENTRY.c.subject_id)
        .subquery()
    )  # fmt: skip


def _none_twice(desk: Desk) -> Invariant:
    """Compare how often each mail was claimed with what came back and what was sent again on purpose."""
    tally = Tally("INV-2", "同一邮件不重复发出")
    link, tried = desk.session.connection(), _acts(desk)
    claims, defers, resends, retries = (
        sa.func.coalesce(tried.c[name], 0) for name in ("claims", "defers", "resends", "retries")
    )
    broken = (
        sa.select(MESSAGE.c.id)
        .select_from(MESSAGE.outerjoin(tried, tried.c.subject_id == MESSAGE.c.id))
        .where(
            MESSAGE.c.office_id == desk.office_id,
            sa.or_(
                claims - defers > 1 + resends + retries,
                claims != MESSAGE.c.attempts,
                retries > 1,  # after a full mailbox a machine sends once more, and never again
            ),
        )
    )
    tally.find_all(f"邮件{number} 发送次数与记录不符" for number in link.execute(broken).scalars())
    total, different = link.execute(
        sa.select(sa.func.count(), sa.func.count(sa.distinct(MESSAGE.c.message_id))).where(
            MESSAGE.c.office_id == desk.office_id
        )
    ).one()
    tally.look_at(total)
    if different < total:
        tally.find(f"{total - different}封邮件的 Message-ID 重复")
    return tally.close()


def _unknown_seen(desk: Desk) -> Invariant:
    tally = Tally("INV-3", "结果不明的邮件1个工作日内处理")
    query = sa.select(
        MESSAGE.c.id, sa.func.coalesce(MESSAGE.c.settled_at, MESSAGE.c.queued_at).label("since")
    ).where(MESSAGE.c.office_id == desk.office_id, MESSAGE.c.state == MessageState.UNKNOWN.value)
    for row in desk.session.connection().execute(query):
        tally.look_at(1)
        day = row.since.astimezone(SHANGHAI).date()
        if desk.calendar.between(day, desk.today) > 1:
            tally.find(f"邮件{row.id} 自{day}起结果不明")
    tally.find_all(f"邮件{number} 被退回而没有人处理" for number in _returned_unseen(desk))
    return tally.close()


def _returned_unseen(desk: Desk) -> list[int]:
    """Return the mails that came back, whose document still has to arrive, and about which nobody was asked."""
    asked = sa.exists().where(
        TASK.c.office_id == MESSAGE.c.office_id,
        TASK.c.kind == "call_recipient",
        TASK.c.key.like(sa.literal("mail:") + sa.cast(MESSAGE.c.id, sa.String) + ":returned:%"),
    )
    planned = sa.exists().where(
        INBOUND.c.message_row.in_((MESSAGE.c.id, MESSAGE.c.carried_by)), INBOUND.c.outcome == "retry_planned"
    )
    again = MESSAGE.alias()
    sent = sa.exists().where(
        again.c.document_id == MESSAGE.c.document_id, again.c.id > MESSAGE.c.id, again.c.key.like("%/again/%")
    )
    query = (
        sa.select(MESSAGE.c.id)
        .outerjoin(DOCUMENT, DOCUMENT.c.id == MESSAGE.c.document_id)
        .where(
            MESSAGE.c.office_id == desk.office_id,
            MESSAGE.c.state == MessageState.BOUNCED.value,
            MESSAGE.c.kind != "digest",  # asked about by what it carried
            sa.func.coalesce(DOCUMENT.c.state, DocumentState.ISSUED.value) == DocumentState.ISSUED.value,
            sa.not_(asked | planned | sent),
        )
    )
    return [int(number) for number in desk.session.connection().execute(query).scalars()]
