"""The code that opens a link of the portal: mailed to the recipient of the link, short-lived, tried a few times."""

from __future__ import annotations

from datetime import datetime, timedelta
from hmac import compare_digest

from sqlmodel import col, select

from casework.accounts.hashing import digest, make_token
from casework.accounts.installationkey import keyed
from casework.accounts.portallinks import Door, door_of, live_link
from casework.desk import Desk
from casework.mail.queueing import Recipient, queue
from casework.staff.people import find_actor
from core.errors import Refused
from models.account import PortalLink, WebSession
from models.base import key_of
from models.message import Message

CODE_KIND = "portal_code"
CODE_MINUTES, CODE_TRIES = 10, 5
CODE_WAIT = timedelta(minutes=1)  # between two codes
CODES_AN_HOUR = 5


def ask_code(desk: Desk, token: str, address: str = "") -> Door:
    """Queue a mail with a code to the recipient of a link; the code itself is made when the mail is sent.

    raises   NotFound for a dead link; Refused when codes are asked for too fast
    """
    door = door_of(desk, token)
    link = live_link(desk, token, lock=True)
    asked = _codes_asked(desk, link)
    if asked and desk.now - asked[-1] < CODE_WAIT:
        raise Refused(
            "验证码刚刚发出",
            found="不到1分钟",
            expected="每次间隔1分钟",
            remedy="查收邮件；没有收到的稍后重发",
        )
    if len([one for one in asked if desk.now - one < timedelta(hours=1)]) >= CODES_AN_HOUR:
        raise Refused(
            "验证码请求过多",
            found=f"1小时内{CODES_AN_HOUR}次",
            expected="稍后再试",
            remedy="1小时后重试，或者电话联系督察单位",
        )
    role = link.holder.rpartition(":")[2]
    who = desk.session.get_one(Message, link.message_id).recipient_name
    key = f"{CODE_KIND}/{link.id}/{len(asked) + 1}"
    queue(desk, CODE_KIND, key, Recipient(role, who, link.recipient))
    desk.record("message", link.message_id, "ask_code", address=address[:64])
    return door


def _codes_asked(desk: Desk, link: PortalLink) -> list[datetime]:
    query = select(Message.queued_at).where(
        col(Message.office_id) == desk.office_id,
        col(Message.key).startswith(f"{desk.office.code}/{CODE_KIND}/{link.id}/", autoescape=True),
    )
    return sorted(desk.session.exec(query))


def link_of_code(desk: Desk, message: Message) -> PortalLink:
    """Return the link that a code mail is about."""
    return desk.session.get_one(PortalLink, int(message.key.split("/")[2]))


def is_newest_code(desk: Desk, message: Message, link: PortalLink) -> bool:
    """Tell whether no later code was asked for."""
    return len(_codes_asked(desk, link)) == int(message.key.split("/")[3])


def start_code(desk: Desk, message: Message, link: PortalLink) -> str:
    """Return the six digits of a code mail that is being sent; from now on they count, for ten minutes."""
    number = int.from_bytes(keyed(desk.settings.key_file, "portal-code", message.message_id)[:8], "big")
    code = f"{number % 1_000_000:06}"
    link.code_sha256 = _code_hash(desk, link, code)
    link.code_until, link.tries = desk.now + timedelta(minutes=CODE_MINUTES), 0
    desk.session.add(link)
    return code


def _code_hash(desk: Desk, link: PortalLink, code: str) -> str:
    return keyed(desk.settings.key_file, "portal-code-hash", str(link.id), code).hex()


def give_code(desk: Desk, token: str, code: str, *, address: str = "", browser: str = "") -> str:
    """Return the token of a session for a right code; empty for a wrong one, which is counted.

    After five wrong ones, or ten minutes, another code is needed. raises   NotFound for a dead link
    """
    link = live_link(desk, token, lock=True)
    if link.code_sha256 is None or link.code_until is None or desk.now >= link.code_until:
        return ""
    link.tries += 1
    right = compare_digest(link.code_sha256, _code_hash(desk, link, code.strip()))
    if right or link.tries >= CODE_TRIES:
        link.code_sha256 = link.code_until = None
    desk.session.add(link)
    if not right:
        desk.record("message", link.message_id, "wrong_code", tries=link.tries, address=address[:64])
        return ""
    desk.actor = find_actor(desk, link.holder)
    return _let_in(desk, link, address, browser)


def _let_in(desk: Desk, link: PortalLink, address: str, browser: str) -> str:
    secret = make_token()
    row = WebSession(
        token_sha256=digest(secret),
        portal_link_id=key_of(link),
        begun_at=desk.now,
        seen_at=desk.now,
        expires_at=min(link.expires_at, desk.now + timedelta(hours=desk.settings.session_hours)),
        address=address[:64],
        browser=browser[:200],
    )
    desk.session.add(row)
    link.opened_at = link.opened_at or desk.now
    desk.session.flush()
    desk.record("session", key_of(row), "open", holder=link.holder, link=link.id, address=row.address)
    return secret
