"""What a mail carries and the database must not tell: the token of a portal link, the digits of a code.

The stored bytes of a mail hold a placeholder. The words are derived from the key of the installation each time the
mail goes out, so that a second sending says the same, and whoever reads the outbox, an archive or a stolen copy of the
database can open nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from casework.accounts.portalcodes import CODE_KIND, is_newest_code, link_of_code, start_code
from casework.accounts.portallinks import is_live, token_for
from casework.desk import Desk
from casework.mail.queueing import NothingToSay
from delivery.mailfilling import fill_text, text_of
from models.base import key_of
from models.message import Message

TOKEN_PLACE = "〔口令由系统在发送时填入〕"  # noqa: S105  # what stands in its place
CODE_PLACE = "〔验证码由系统在发送时填入〕"
CODE_WAITS = timedelta(minutes=30)  # whoever asked has given up by then


def token_place(message_id: int) -> str:
    """Return what stands for the token of one of the mails inside a digest."""
    return TOKEN_PLACE.replace("〕", f"，第{message_id}号〕")


def link_address(desk: Desk) -> str:
    """Return the address that stands in a mail for its portal link; empty while no public address is set."""
    address = desk.settings.public_address
    return f"{address}/n/{TOKEN_PLACE}" if address else ""


def portal_address(desk: Desk) -> str:
    """Return the address of the portal for those who sign in; empty while no public address is set."""
    address = desk.settings.public_address
    return f"{address}/portal" if address else ""


def fill(desk: Desk, message: Message, mime: bytes, members: Sequence[Message] = ()) -> bytes:
    """Return the bytes that go out now.

    members  the mails inside, where this is a digest
    raises   NothingToSay for a code that nobody waits for any more
    """
    if message.kind == CODE_KIND:
        return fill_text(mime, {CODE_PLACE: _code(desk, message)})
    places = {TOKEN_PLACE: message} | {token_place(key_of(one)): one for one in members}
    text = text_of(mime)
    return fill_text(
        mime,
        {
            place: token_for(desk, one)
            for place, one in places.items()
            if one.document_id is not None and place in text
        },
    )


def _code(desk: Desk, message: Message) -> str:
    link = link_of_code(desk, message)
    if not is_live(desk.session, link, desk.now):
        raise NothingToSay("链接已经失效")
    if desk.now - message.queued_at > CODE_WAITS or not is_newest_code(desk, message, link):
        raise NothingToSay("验证码已过时")
    return start_code(desk, message, link)
