"""The outbox: claim one mail, send it outside, settle what the server said; unknown is never sent again by a machine.

ready -> sending (committed before DATA) -> accepted | rejected | unknown. The sender's edge commits each step.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import col, select

from casework.desk import Desk
from casework.mail.filling import fill
from casework.mail.posting import compose
from casework.mail.queueing import NothingToSay
from casework.moves import move
from casework.staff.people import require_role
from core.errors import DuchaError, InvalidInput, NotFound, Refused
from core.life.lives import MESSAGE_MOVES, DocumentState, MessageAct, MessageState
from delivery.smtp import Outcome, Receipt
from models.base import key_of
from models.document import Document
from models.message import Message, MessageBody
from models.organisation import Unit

LEASE = timedelta(minutes=15)
BACK_OFF = tuple(timedelta(minutes=m) for m in (2, 10, 30, 60, 240))
THING = "邮件"


@dataclass(frozen=True, slots=True)
class Claim:
    """A mail this sender alone may send now."""

    message_id: int
    token: str
    sender: str
    recipient: str
    mime: bytes


@dataclass(slots=True)
class SendReport:
    """What a run of the sender did, as outside programs read it."""

    accepted: int = 0
    rejected: int = 0
    unknown: int = 0
    deferred: int = 0
    left: int = 0
    held: str | None = None
    problems: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, object]:
        return {
            "accepted": self.accepted,
            "rejected": self.rejected,
            "unknown": self.unknown,
            "deferred": self.deferred,
            "left": self.left,
            "held": self.held,
            "problems": self.problems,
        }


def claim_next(desk: Desk, token: str, report: SendReport) -> Claim | None:
    """Claim the next mail that is ready; a mail that cannot be composed is set aside as rejected and the next taken."""
    sender = desk.settings.mail_from or desk.office_rules.mail.reply_to
    while True:
        message = desk.session.exec(
            select(Message)
            .where(
                col(Message.office_id) == desk.office_id,
                col(Message.state) == MessageState.READY.value,
                col(Message.not_before) <= desk.now,
            )
            .order_by(col(Message.not_before), col(Message.id))
            .limit(1)
            .with_for_update(skip_locked=True)
        ).first()
        if message is None:
            return None
        try:
            mime = fill(desk, message, _body(desk, message, sender))
        except NothingToSay as reason:
            _settle(desk, message, MessageAct.CANCEL, f"不再需要：{reason}")
            continue
        except DuchaError as error:
            report.rejected += 1
            report.problems.append(f"邮件{message.id}：{error}")
            _settle(desk, message, MessageAct.REJECT, f"未能生成：{error}"[:500])
            continue
        move(desk, message, MESSAGE_MOVES, MessageAct.CLAIM, subject="message", thing=THING)
        message.token, message.lease_until = token, desk.now + LEASE
        message.attempts += 1
        desk.session.add(message)
        return Claim(key_of(message), token, sender, message.recipient, mime)


def _body(desk: Desk, message: Message, sender: str) -> bytes:
    """Return the bytes of a mail, made once and stored; a resend sends the same bytes."""
    stored = desk.session.get(MessageBody, message.id)
    if stored is not None:
        return stored.mime
    body = compose(desk, message, sender)
    desk.session.add(body)
    return body.mime


def settle(desk: Desk, claim: Claim, receipt: Receipt, report: SendReport) -> None:
    """Write down what the server said; a claim that was taken away meanwhile is left to whoever holds it."""
    message = desk.session.get(Message, claim.message_id)
    if message is None or message.token != claim.token or message.state != MessageState.SENDING:
        return
    if receipt.outcome is Outcome.ACCEPTED:
        report.accepted += 1
        _settle(desk, message, MessageAct.ACCEPT, receipt.reply)
    elif receipt.outcome is Outcome.REJECTED:
        report.rejected += 1
        _settle(desk, message, MessageAct.REJECT, receipt.reply)
    elif receipt.outcome is Outcome.DEFERRED:
        report.deferred += 1
        give_back(desk, message, receipt.reply)
    else:
        report.unknown += 1
        _settle(desk, message, MessageAct.LOSE_TRACK, receipt.reply)


def give_back(desk: Desk, message: Message, reply: str) -> None:
    """Put a mail that cannot have been delivered back to ready, later each time."""
    wait = BACK_OFF[min(message.attempts, len(BACK_OFF)) - 1]
    move(
        desk,
        message,
        MESSAGE_MOVES,
        MessageAct.DEFER,
        subject="message",
        thing=THING,
        detail={"reply": reply},
    )
    message.not_before = desk.now + wait
    message.token = message.lease_until = None
    message.smtp_reply = reply[:500]
    desk.session.add(message)


def _settle(desk: Desk, message: Message, act: MessageAct, reply: str) -> None:
    move(desk, message, MESSAGE_MOVES, act, subject="message", thing=THING, detail={"reply": reply[:500]})
    message.smtp_reply = reply[:500] or "（无应答文字）"
    message.settled_at = desk.now
    message.token = message.lease_until = None
    desk.session.add(message)


def lose_expired(desk: Desk, dead: set[str]) -> int:
    """Turn mails whose sender died into unknown: their lease ran out, or their sender's token is known to be dead."""
    rows = desk.session.exec(
        select(Message).where(
            col(Message.office_id) == desk.office_id, col(Message.state) == MessageState.SENDING.value
        )
    ).all()
    lost = 0
    for message in rows:
        expired = message.lease_until is None or message.lease_until < desk.now
        if expired or (message.token or "") in dead:
            _settle(desk, message, MessageAct.LOSE_TRACK, "发送进程中断，结果不明")
            lost += 1
    return lost


def sending_tokens(desk: Desk) -> set[str]:
    """Return the tokens of mails that are being sent."""
    query = select(Message.token).where(
        col(Message.office_id) == desk.office_id, col(Message.state) == MessageState.SENDING.value
    )
    return {token for token in desk.session.exec(query) if token}


def count_ready(desk: Desk, at: datetime | None = None) -> int:
    """Return how many mails wait to be sent; with `at`, only those that may go by then."""
    query = select(Message.id).where(
        col(Message.office_id) == desk.office_id, col(Message.state) == MessageState.READY.value
    )
    if at is not None:
        query = query.where(col(Message.not_before) <= at)
    return len(desk.session.exec(query).all())


def resolve(desk: Desk, message_id: int, verdict: str) -> Message:
    """Settle a mail by hand: `accepted` when it is known to have arrived, `resend` to send the same bytes again."""
    require_role(desk, ("officer", "director"), "处理结果不明的邮件")
    acts = {"accepted": MessageAct.ACCEPT, "resend": MessageAct.RESEND}
    message = desk.session.get(Message, message_id)
    if message is None or message.office_id != desk.office_id:
        raise NotFound(
            "没有这封邮件", found=str(message_id), expected="邮件编号", remedy="运行 ducha outbox list 查看"
        )
    if verdict not in acts:
        raise InvalidInput(
            "处理结论不正确", found=verdict, expected="accepted 或 resend", remedy="改用所列结论"
        )
    if verdict == "resend":
        _refuse_void(desk, message)
    move(desk, message, MESSAGE_MOVES, acts[verdict], subject="message", thing=THING)
    message.resolved_by = desk.actor.code
    if verdict == "resend":
        message.not_before = desk.now
    else:
        message.smtp_reply = message.smtp_reply or "人工确认已送达"
        message.settled_at = desk.now
    desk.session.add(message)
    return message


def _refuse_void(desk: Desk, message: Message) -> None:
    document = desk.session.get(Document, message.document_id) if message.document_id else None
    if document is not None and document.state == DocumentState.VOID:
        raise Refused(
            "文书已经作废，不再重发",
            found=document.number or f"文书{document.id}",
            expected="未作废的文书",
            remedy="确知已送达的，改用 accepted",
        )


def list_messages(desk: Desk, *, state: str | None = None) -> list[dict[str, object]]:
    """Return messages as outside programs read them, oldest first."""
    query = (
        select(Message, Document.number, Unit.code)
        .outerjoin(Document, col(Document.id) == col(Message.document_id))
        .outerjoin(Unit, col(Unit.id) == col(Document.unit_id))
        .where(col(Message.office_id) == desk.office_id)
        .order_by(col(Message.id))
    )
    if state:
        query = query.where(col(Message.state) == state)
    return [
        {
            "id": message.id,
            "kind": message.kind,
            "document": message.document_id,
            "number": number,
            "unit": unit,
            "recipient": message.recipient,
            "state": message.state,
            "message_id": message.message_id,
            "attempts": message.attempts,
            "reply": message.smtp_reply,
        }
        for message, number, unit in desk.session.exec(query)
    ]
