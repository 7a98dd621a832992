"""Links of the portal: derived for a mail, opened by a code that is mailed to the same address, dead with their facts.

A token is never stored, only its SHA-256: it is derived from the key of the installation and the Message-ID of its
mail, so that every sending of one mail carries the same link and a copy of the database opens none.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlmodel import Session, col, select

from casework.accounts.hashing import digest
from casework.accounts.installationkey import keyed
from casework.desk import Desk
from casework.paperwork.kinds import is_hidden, name_of_kind
from casework.staff.people import CONTACT_LABELS, require_role
from casework.units.lineage import addressee
from core.errors import NotFound
from core.life.lives import DocumentState
from models.account import PortalLink, WebSession
from models.base import key_of
from models.document import Document, DocumentCase
from models.message import Message
from models.organisation import Unit

SHANGHAI = ZoneInfo("Asia/Shanghai")
MASK = 3  # of the name before the @, this much is shown at most


@dataclass(frozen=True, slots=True)
class Door:
    """What a link shows before it is opened: which paper it is about, and to whom its code goes."""

    document_id: int
    kind: str
    number: str
    recipient: str  # masked
    unit: str


def gone() -> NotFound:
    """Return the error for a link that never was, is over, or must not be used any more: the words are the same."""
    return NotFound(
        "链接不存在或者已经失效",
        expected="督察文书邮件中的有效链接",
        remedy="使用最近一封邮件中的链接，或者用账号登录；也可以电话联系督察单位",
    )


# ---- made with the mail ------------------------------------------------------------------------------------------


def token_for(desk: Desk, message: Message) -> str:
    """Return the token that the link of a mail carries: 256 bits, the same at every sending; its row is kept.

    A row of another key is brought up to date, so that what is sent now can be opened.
    """
    secret = keyed(desk.settings.key_file, "portal-link", message.message_id)
    token = urlsafe_b64encode(secret).decode().rstrip("=")
    known = desk.session.exec(select(PortalLink).where(col(PortalLink.message_id) == message.id)).first()
    if known is not None:
        known.token_sha256 = digest(token)
        desk.session.add(known)
        return token
    document = desk.session.get_one(Document, message.document_id)
    unit = addressee(desk, desk.session.get_one(Unit, document.unit_id))
    link = PortalLink(
        office_id=desk.office_id,
        document_id=key_of(document),
        message_id=key_of(message),
        holder=f"{unit.code}:{message.key.rpartition('/')[2]}",
        recipient=message.recipient,
        token_sha256=digest(token),
        made_at=desk.now,
        expires_at=_end(desk, document),
    )
    desk.session.add(link)
    desk.session.flush()
    desk.record("message", link.message_id, "link", holder=link.holder)
    return token


def _end(desk: Desk, document: Document) -> datetime:
    """Return until when a link lives: so many days past the last day that its document prints."""
    printed = desk.session.exec(
        select(sa.func.max(col(DocumentCase.due_on))).where(col(DocumentCase.document_id) == document.id)
    ).one()
    last: date = max(day for day in (printed, document.reply_due_on, desk.today) if day is not None)
    return datetime.combine(last + timedelta(desk.settings.portal_link_days + 1), time(), SHANGHAI)


# ---- looked at ---------------------------------------------------------------------------------------------------


def door_of(desk: Desk, token: str) -> Door:
    """Return what a link leads to; changes nothing. Raises NotFound, in one and the same form, for a dead one."""
    link = live_link(desk, token)
    document = desk.session.get_one(Document, link.document_id)
    name = name_of_kind(desk, document.kind, document.rules_sha256)
    unit = link.holder.rpartition(":")[0]
    return Door(key_of(document), name, document.number or "", mask(link.recipient), unit)


def mask(address: str) -> str:
    """Return an address that its owner recognises and nobody can write to: zha***@sfj.example."""
    name, _, domain = address.rpartition("@")
    shown = name[: min(MASK, len(name) // 2)]
    return f"{shown}***@{domain}"


def live_link(desk: Desk, token: str, *, lock: bool = False) -> PortalLink:
    """Return the link of a token that may be used; raise NotFound for any other."""
    query = select(PortalLink).where(
        col(PortalLink.office_id) == desk.office_id, col(PortalLink.token_sha256) == digest(token)
    )
    if lock:  # as it is now, also where it was read before
        query = query.with_for_update().execution_options(populate_existing=True)
    link = desk.session.exec(query).first()
    if link is None or not is_live(desk.session, link, desk.now):
        raise gone()
    return link


def is_live(session: Session, link: PortalLink, now: datetime) -> bool:
    """Tell whether a link may be used: in its time, for a document that holds, by the contact it was sent to."""
    return not why_dead(session, link, now)


def why_dead(session: Session, link: PortalLink, now: datetime) -> str:
    """Return why a link may not be used any more, in words for the office; empty while it may."""
    document = session.get_one(Document, link.document_id)
    code, _, role = link.holder.rpartition(":")
    unit = session.exec(
        select(Unit).where(col(Unit.office_id) == link.office_id, col(Unit.code) == code)
    ).first()
    ended = (
        unit is not None
        and unit.valid_until is not None
        and unit.valid_until < now.astimezone(SHANGHAI).date()
    )
    reasons = (
        (link.revoked_at is not None, "已停用"),
        (now >= link.expires_at, "已过有效期"),
        (document.state == DocumentState.VOID or is_hidden(document), "文书已作废"),
        (ended, "单位已撤并"),
        (unit is None or getattr(unit, f"{role}_email", None) != link.recipient, "收件人邮箱已变更"),
    )
    return next((words for holds, words in reasons if holds), "")


# ---- for the office ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LinkLine:
    """A link of a document as the office sees it; opening the mail leaves no trace, confirming the code does.

    seen_at   when a session of the link was used last
    dead      why it cannot be used any more; empty while it can
    """

    id: int
    who: str
    recipient: str
    made_at: datetime
    expires_at: datetime
    opened_at: datetime | None
    seen_at: datetime | None
    dead: str


def portal_view_of(desk: Desk, document_id: int) -> tuple[LinkLine, ...]:
    """Return the links that went out with the mails of a document: whether and when they were confirmed and used."""
    seen = sa.func.max(col(WebSession.seen_at))
    query = (
        select(PortalLink, Message.recipient_name, seen)
        .join(Message, col(Message.id) == col(PortalLink.message_id))
        .outerjoin(WebSession, col(WebSession.portal_link_id) == col(PortalLink.id))
        .where(col(PortalLink.document_id) == document_id, col(PortalLink.office_id) == desk.office_id)
        .group_by(col(PortalLink.id), col(Message.recipient_name))
        .order_by(col(PortalLink.id))
    )
    return tuple(
        LinkLine(
            id=key_of(link),
            who=f"{name}（{CONTACT_LABELS.get(link.holder.rpartition(':')[2], '')}）",
            recipient=link.recipient,
            made_at=link.made_at,
            expires_at=link.expires_at,
            opened_at=link.opened_at,
            seen_at=last,
            dead=why_dead(desk.session, link, desk.now),
        )
        for link, name, last in desk.session.exec(query).all()
    )


def revoke_link(desk: Desk, link_id: int) -> PortalLink:
    """Put a link out of use at once, with every session that came in by it; raise NotFound, NotAllowed."""
    require_role(desk, ("officer", "director"), "停用链接")
    link = desk.session.get(PortalLink, link_id)
    if link is None or link.office_id != desk.office_id:
        raise NotFound("没有这个链接", found=str(link_id), expected="文书页所列链接", remedy="刷新页面")
    if link.revoked_at is None:
        link.revoked_at, link.revoked_by = desk.now, desk.actor.code
        desk.session.add(link)
        desk.record("message", link.message_id, "revoke_link", holder=link.holder)
    return link
