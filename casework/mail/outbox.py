"""The outbox as a person sees it: what is unknown is settled by hand, and what was refused is sent again on purpose."""

from __future__ import annotations

from sqlmodel import col, select

from casework.desk import Desk
from casework.mail.bodies import carried_by
from casework.mail.settling import THING
from casework.moves import move
from casework.staff.people import require_role
from core.errors import InvalidInput, NotFound, Refused
from core.life.lives import MESSAGE_MOVES, DocumentState, MessageAct
from models.document import Document
from models.message import Message
from models.organisation import Unit


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
    for one in (message, *carried_by(desk, message)):
        _resolve(desk, one, acts[verdict])
    if verdict == "resend":
        message.carried_by = None  # chosen by itself, it goes by itself
    return message


def _resolve(desk: Desk, message: Message, act: MessageAct) -> None:
    move(desk, message, MESSAGE_MOVES, act, subject="message", thing=THING)
    message.resolved_by, message.token = desk.actor.code, None
    if act is MessageAct.RESEND:
        message.not_before, message.settled_at = desk.now, None
    else:
        message.smtp_reply = message.smtp_reply or "人工确认已送达"
        message.settled_at = desk.now
    desk.session.add(message)


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
