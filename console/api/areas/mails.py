"""Mails: what waits, what went out, what nobody knows about, and sending now."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import Request
from fastapi.responses import Response
from pydantic import Field

from casework.desk import Desk
from casework.listings.offices import mails_page, require_office, seen_mail
from casework.mail.mailacts import settle_mails
from casework.mail.mailbox import saved_mail
from console.api.bodies import Body, Deed, Key, Nothing, takes
from console.api.calls import Show
from console.api.routing import After, HasCall, Limit, Number, Routes, Word
from console.api.shown import Listing, Shown
from console.downloads import attachment
from core.access.permissions import Permission
from core.access.scopes import Area

router = Routes(Area.OUTBOX, Permission.OUTBOX)
EML = "message/rfc822"
Verdict = Literal["accepted", "resend", "cancel"]


class Mail(Shown):
    """A mail to one recipient."""

    id: int
    kind: str
    document: int | None
    number: str | None
    unit: str | None
    recipient: str
    recipient_name: str
    state: str
    message_id: str
    attempts: int
    reply: str | None
    queued_at: datetime
    not_before: datetime
    settled_at: datetime | None


class Settle(Deed):
    """处理结果不明或者被拒的邮件：已送达、重发同一封、取消 / it arrived, the same bytes go again, or never"""

    verdict: Verdict

    def see(self, desk: Desk, key: int) -> None:
        seen_mail(desk, key)

    def do(self, desk: Desk, key: int) -> object:
        return settle_mails(desk, [key], self.verdict)


class SettleMany(Body):
    """成批处理邮件，全部成功或全部不办 / several mails, all or none"""

    mails: list[Key] = Field(min_length=1, max_length=200)
    verdict: Verdict


class Settled(Shown):
    """How many mails were settled."""

    count: int


class Asked(Shown):
    """Whether mails go out beside this service; without, they wait for the clock elsewhere."""

    soon: bool


def _mail(number: int) -> Show:
    return lambda desk: Mail.model_validate(seen_mail(desk, number))


@router.read("/outbox", Listing[Mail])
def list_mails(call: HasCall, state: Word = "", after: After = "", limit: Limit = 50) -> Response:
    """邮件，新的在前 / mails, the newest first"""
    return call.page(Mail, lambda desk: mails_page(desk, after, limit, state=state))


@router.once("/outbox/settle", Settled)
def settle_several_mails(call: HasCall, sent: Annotated[Any, takes(SettleMany)]) -> Response:
    """成批处理邮件 / settle several mails"""

    def make(desk: Desk) -> Settled:
        require_office(desk, "处理邮件")
        return Settled(count=settle_mails(desk, sent.mails, sent.verdict))

    return call.once(sent, make)


@router.once("/outbox/send", Asked)
def send_soon(call: HasCall, request: Request, sent: Annotated[Any, takes(Nothing)]) -> Response:
    """请求立即发送待发邮件 / ask that what is ready is sent soon"""
    sender = request.app.state.sender
    answer = call.once(sent, lambda _desk: Asked(soon=sender is not None and sender.send is not None))
    if sender is not None:
        sender.nudge()
    return answer


@router.read("/outbox/{number}", Mail)
def read_mail(call: HasCall, number: Number) -> Response:
    """一封邮件 / one mail"""
    return call.read(_mail(number))


@router.read("/outbox/{number}/mail.eml", None, file=EML)
def read_eml(call: HasCall, number: Number) -> Response:
    """邮件原文（.eml） / the bytes of a mail"""
    with call.desk() as desk:
        content = saved_mail(desk, number)
    return attachment(content, f"邮件{number}.eml", EML)


@router.act("/outbox/{number}/resolve", Mail)
def resolve_a_mail(call: HasCall, number: Number, sent: Annotated[Any, takes(Settle)]) -> Response:
    """处理一封邮件 / settle a mail"""
    return call.deed(sent, number, _mail)
