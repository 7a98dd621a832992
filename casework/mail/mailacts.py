"""What a person does with mails: settle those whose fate is unknown, send again, cancel, send to a new address."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from casework.desk import Desk
from casework.mail.mailbox import HANDLERS, MESSAGE, find_mail
from casework.mail.outbox import resolve
from casework.mail.queueing import CONTACT_FIELDS, Recipient, queue, unit_recipients
from casework.mail.settling import THING
from casework.moves import move
from casework.paperwork.answers import GONE_OUT
from casework.paperwork.kinds import is_hidden, rule_of_kind
from casework.paperwork.papers import store_standard_files
from casework.staff.people import require_role
from casework.units.lineage import addressee
from core.codes import Secrecy
from core.errors import Refused
from core.life.lives import MESSAGE_MOVES, DocumentState, MessageAct, MessageState
from models.base import key_of
from models.document import Document
from models.message import Message
from models.organisation import Unit


def settle_mails(desk: Desk, ids: Sequence[int], verdict: str) -> int:
    """Settle mails that the actor sees, in one act: `accepted`, `resend` or `cancel`; return how many."""
    if not ids:
        raise Refused("没有选择邮件", found="0封", expected="至少一封", remedy="勾选要处理的邮件")
    for number in ids:
        message = find_mail(desk, number)
        if verdict == "cancel":
            _cancel(desk, message)
        else:
            resolve(desk, number, verdict)
    return len(ids)


def _cancel(desk: Desk, message: Message) -> None:
    require_role(desk, HANDLERS, "取消邮件")
    move(desk, message, MESSAGE_MOVES, MessageAct.CANCEL, subject="message", thing=THING)
    message.settled_at, message.resolved_by = desk.now, desk.actor.code
    desk.session.add(message)


def send_to_new_addresses(desk: Desk, document: Document) -> int:
    """Queue a document that went out to contacts of its unit whose address it was not sent to; return how many.

    raises   Refused when it is not out, is no mail, or every address has it already
    """
    require_role(desk, HANDLERS, "补发邮件")
    if document.state not in GONE_OUT or is_hidden(document) or not rule_of_kind(desk, document).mailed:
        raise Refused(
            "该文书不能补发邮件", found=DocumentState(document.state).value, expected="已发出、以邮件发送的文书",
            remedy="先签发、用印；不以邮件发送的当面送达",
        )  # fmt: skip
    unit = addressee(desk, desk.session.get_one(Unit, document.unit_id))
    rows = desk.session.connection().execute(
        sa.select(MESSAGE.c.recipient, MESSAGE.c.state).where(MESSAGE.c.document_id == document.id)
    ).all()  # fmt: skip
    has_it = {row.recipient for row in rows if row.state != MessageState.CANCELLED}
    wanted = {role.value for role in rule_of_kind(desk, document).recipients} or {"liaison"}
    new = [
        one
        for one in unit_recipients(unit, CONTACT_FIELDS)
        if one.address not in has_it and one.role in wanted
    ]
    if not new:
        raise Refused(
            "没有需要补发的地址", found=f"已向{len(has_it)}个地址发送", expected="单位更换联络人或者邮箱以后",
            remedy="先更新单位的联络信息；原地址没有收到的，在邮件中处理",
        )  # fmt: skip
    store_standard_files(desk, document)
    return sum(_queue_again(desk, document, one, len(rows)) for one in new)


def _queue_again(desk: Desk, document: Document, recipient: Recipient, sent: int) -> bool:
    allowed = {domain.lower() for domain in desk.office_rules.mail.allowed_domains}
    trusted = recipient.address.rpartition("@")[2].lower() in allowed
    kind = "document" if document.secrecy != Secrecy.WORK_SECRET or trusted else "notice_collect"
    key = f"document/{document.id}/again/{sent}"
    return queue(desk, kind, key, recipient, document_id=key_of(document))
