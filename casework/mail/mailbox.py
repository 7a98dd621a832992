"""The outbox as pages: mails by state with what the server said, one mail, and the small acts of a person on them.

Mails of visits and documents are seen by whoever sees those; all other mails by whoever sees the office. What is in the
compartment is never mailed, so nothing of it stands here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from typing import Any

import sqlalchemy as sa

from casework.desk import Desk
from casework.mail.unsettled import is_unsettled
from casework.paging import PAGE_ROWS, Cursor, Page, page_of
from casework.sight import documents_in_sight, sees_office, visits_in_sight
from core.codes import Secrecy
from core.errors import InvalidInput, NotFound
from core.life.lives import MessageState
from models.audit import history_of
from models.base import table_of
from models.campaign import Visit
from models.document import Document
from models.message import Message, MessageBody
from models.organisation import Unit
from models.record import AuditEntry

MESSAGE, BODY, DOCUMENT = table_of(Message), table_of(MessageBody), table_of(Document)
VISIT, UNIT = table_of(Visit), table_of(Unit)
HANDLERS = ("officer", "director")
KIND_LABELS = {
    "document": "文书", "notice_collect": "领取通知", "reminder": "到期提醒", "task": "督察任务",
    "team_reminder": "督察前提醒", "late_reports": "迟报汇总", "staff": "待签提醒", "half_owed": "半月报催报",
    "half_report": "半月报", "portal_code": "验证码", "digest": "合并邮件",
}  # fmt: skip
SECRET_KINDS = frozenset({"portal_code"})  # what they say is for the recipient alone


@dataclass(frozen=True, slots=True)
class MailRow:
    """A mail in the list."""

    id: int
    kind: str
    state: MessageState
    recipient_name: str
    recipient: str
    subject: str
    number: str | None
    document_id: int | None
    unit: str
    attempts: int
    reply: str
    queued_at: datetime
    not_before: datetime
    settled_at: datetime | None

    @property
    def label(self) -> str:
        return KIND_LABELS.get(self.kind, self.kind)

    @property
    def acts(self) -> tuple[str, ...]:
        """What a person may do with it."""
        return ACTS.get(self.state, ())


ACTS: dict[MessageState, tuple[str, ...]] = {
    MessageState.UNKNOWN: ("accepted", "resend"),
    MessageState.REJECTED: ("resend",),
    MessageState.BOUNCED: ("resend",),
    MessageState.READY: ("cancel",),
}


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One page of mails, the newest first; `counts` are of all that are in sight, `bad` of those for a person."""

    state: str
    page: Page[MailRow]
    counts: dict[MessageState, int]
    bad: int


@dataclass(frozen=True, slots=True)
class MailView:
    """One mail: what was queued, what it says once it was made, and what happened to it."""

    row: MailRow
    message_id: str
    resolved_by: str
    sha256: str
    text: str
    attachments: tuple[str, ...]
    history: tuple[AuditEntry, ...]
    may_save: bool  # its bytes may be downloaded


def mails_in_sight(desk: Desk) -> sa.ColumnElement[bool]:
    """Return the condition for mails that the actor sees."""
    own = MESSAGE.c.office_id == desk.office_id
    papers = sa.select(DOCUMENT.c.id).where(documents_in_sight(desk))
    if sees_office(desk):
        return sa.and_(own, sa.or_(MESSAGE.c.document_id.is_(None), MESSAGE.c.document_id.in_(papers)))
    visits = sa.select(VISIT.c.id).where(visits_in_sight(desk))
    return sa.and_(own, sa.or_(MESSAGE.c.document_id.in_(papers), MESSAGE.c.visit_id.in_(visits)))


def mailbox_view(desk: Desk, state: str = "", cursor: Cursor | None = None) -> Mailbox:
    """Return one page of mails, the newest first; three queries; raise InvalidInput for an unknown state."""
    if state not in {"", "bad", *MessageState}:
        raise InvalidInput("筛选条件不正确", found=state[:40], expected="页面所列选项", remedy="回到邮件重选")
    link, seen = desk.session.connection(), mails_in_sight(desk)
    bad = sa.func.sum(sa.case((is_unsettled(), 1), else_=0))
    count = sa.select(MESSAGE.c.state, sa.func.count(), bad).where(seen).group_by(MESSAGE.c.state)
    rows_of = [(MessageState(row[0]), int(row[1]), int(row[2])) for row in link.execute(count)]
    wanted = is_unsettled() if state == "bad" else MESSAGE.c.state == state
    query = sa.select(MESSAGE.c.id).where(seen, *([wanted] if state else []))
    keys = _keys(link, query, cursor)
    rows = {row.id: row for row in mail_rows(desk, keys.rows)}
    shown = tuple(rows[number] for number in keys.rows if number in rows)
    counts = {name: total for name, total, _bad in rows_of}
    return Mailbox(state, keys.showing(shown), counts, sum(row[2] for row in rows_of))


def _keys(link: sa.Connection, query: sa.Select[Any], cursor: Cursor | None) -> Page[int]:
    """Return the ids of one page, the newest first: mails are found by their ids, which grow as they are queued."""
    forward = cursor is None or cursor.forward
    if cursor is not None:
        query = query.where(MESSAGE.c.id < cursor.id if forward else MESSAGE.c.id > cursor.id)
    order = MESSAGE.c.id.desc() if forward else MESSAGE.c.id
    found = [int(row[0]) for row in link.execute(query.order_by(order).limit(PAGE_ROWS + 1))]
    return page_of(found, cursor, lambda number: (None, number))


def mail_rows(desk: Desk, ids: Sequence[int]) -> list[MailRow]:
    """Return some mails with what they are about; one query."""
    if not ids:
        return []
    query = (
        sa.select(
            MESSAGE, sa.func.coalesce(BODY.c.subject, "").label("subject"), DOCUMENT.c.number,
            sa.func.coalesce(UNIT.c.name, "").label("unit"),
        )
        .outerjoin(BODY, BODY.c.message_id == MESSAGE.c.id)
        .outerjoin(DOCUMENT, DOCUMENT.c.id == MESSAGE.c.document_id)
        .outerjoin(VISIT, VISIT.c.id == MESSAGE.c.visit_id)
        .outerjoin(UNIT, UNIT.c.id == sa.func.coalesce(DOCUMENT.c.unit_id, VISIT.c.unit_id))
        .where(MESSAGE.c.id.in_(ids))
    )  # fmt: skip
    return [_row(row) for row in desk.session.connection().execute(query)]


def _row(row: Any) -> MailRow:
    return MailRow(
        id=row.id,
        kind=row.kind,
        state=MessageState(row.state),
        recipient_name=row.recipient_name,
        recipient=row.recipient,
        subject="" if row.kind in SECRET_KINDS else row.subject,
        number=row.number,
        document_id=row.document_id,
        unit=row.unit,
        attempts=row.attempts,
        reply=row.smtp_reply or "",
        queued_at=row.queued_at,
        not_before=row.not_before,
        settled_at=row.settled_at,
    )


def find_mail(desk: Desk, message_id: int) -> Message:
    """Return a mail that the actor sees; raise NotFound."""
    known = sa.select(MESSAGE.c.id).where(MESSAGE.c.id == message_id, mails_in_sight(desk))
    if desk.session.connection().execute(known).first() is None:
        raise NotFound("没有这封邮件", found=str(message_id), expected="邮件编号", remedy="回到邮件列表查找")
    return desk.session.get_one(Message, message_id)


def mail_view(desk: Desk, message_id: int) -> MailView:
    """Return one mail; raise NotFound."""
    message = find_mail(desk, message_id)
    body = desk.session.get(MessageBody, message_id)
    text, attachments = (
        _read(body.mime) if body is not None and message.kind not in SECRET_KINDS else ("", ())
    )
    return MailView(
        row=mail_rows(desk, [message_id])[0],
        message_id=message.message_id,
        resolved_by=message.resolved_by or "",
        sha256=body.sha256 if body is not None else "",
        text=text,
        attachments=attachments,
        history=tuple(history_of(desk.session, desk.office_id, "message", [message_id])),
        may_save=body is not None and may_save(desk, message),
    )


def may_save(desk: Desk, message: Message) -> bool:
    """Tell whether the bytes of a mail may be downloaded: never where they hold a code or a work secret."""
    document = desk.session.get(Document, message.document_id) if message.document_id else None
    secret = document is not None and document.secrecy == Secrecy.WORK_SECRET
    return message.kind not in SECRET_KINDS and not secret


def saved_mail(desk: Desk, message_id: int) -> bytes:
    """Return the bytes of a mail that the actor sees; raise NotFound where there are none to give."""
    message = find_mail(desk, message_id)
    body = desk.session.get(MessageBody, message_id)
    if body is None or not may_save(desk, message):
        raise NotFound(
            "没有可下载的原件", found=str(message_id), expected="已生成的邮件", remedy="发送后再查看"
        )
    return body.mime


def _read(mime: bytes) -> tuple[str, tuple[str, ...]]:
    mail = message_from_bytes(mime, policy=policy.default)
    body = mail.get_body(("plain",))
    names = tuple(part.get_filename() or "附件" for part in mail.iter_attachments())
    return (str(body.get_content()).strip() if body is not None else ""), names
