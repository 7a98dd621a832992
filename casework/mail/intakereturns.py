"""What a delivery report does to a mail of ours: it came back, it came through, or it is sent once more.

A report may be quicker than the sender, who then still has to settle the mail, or died before that: what the server
gave back or passed on, it had taken.

No report moves a deadline or a proof of service: a document whose mail came back is unserved as before, and somebody is
asked to telephone.
"""

from __future__ import annotations

from datetime import date, timedelta

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Desk
from casework.mail.bodies import carried_by
from casework.mail.claiming import LEASE
from casework.mail.intakematching import by_address, by_ids
from casework.mail.mailbox import KIND_LABELS, SECRET_KINDS
from casework.mail.settling import THING, finish
from casework.moves import move
from casework.tasks import open_task
from casework.turns import hold_row
from core.errors import CalendarMissing
from core.inbound import Basis, InboundKind, Outcome
from core.life.lives import MESSAGE_MOVES, DocumentState, MessageAct, MessageState
from delivery.inbound.classifying import Verdict
from delivery.inbound.reading import InboundLetter
from models.base import key_of, table_of
from models.document import Document
from models.inbound import InboundMail
from models.message import Message

ROW, MESSAGE = table_of(InboundMail), table_of(Message)
RETRY_WORKDAYS, CALL_WORKDAYS = 2, 1
# A batch is settled up to a quarter of an hour after its first mail went, and clocks of mail servers differ.
SKEW = timedelta(minutes=30)
SENDING = MessageState.SENDING.value
OUT = (MessageState.ACCEPTED, MessageState.UNKNOWN, MessageState.SENDING)
OVER = (DocumentState.SERVED, DocumentState.VOID)
LOST = (MessageState.CANCELLED.value, MessageState.REJECTED.value, MessageState.BOUNCED.value)


def take_back(desk: Desk, row: InboundMail, letter: InboundLetter, verdict: Verdict) -> None:
    """Note that a mail came back: once more after two working days for a passing reason, else a task to telephone."""
    found = _match(desk, row, letter, verdict)
    if found is None:
        row.outcome = Outcome.UNMATCHED.value
        return
    if MessageState(found.state) not in OUT or _is_of_earlier_try(found, letter):
        row.outcome = Outcome.STALE.value
        return
    said = " ".join(filter(None, ("退信：", verdict.status, verdict.diagnosis)))[:500]
    members = carried_by(desk, found)  # of a digest; they came back with it
    for one in (found, *members):
        if one.state == SENDING:
            finish(desk, one, MessageAct.ACCEPT, "收到退信，可知邮件服务器已收下")
        finish(desk, one, MessageAct.BOUNCE, said)
    row.retry_on = _retry_day(desk, found, verdict)
    row.outcome = Outcome.RETRY_PLANNED.value if row.retry_on else Outcome.BOUNCED.value
    if row.retry_on is None:
        for one in members or [found]:
            _ask_to_call(desk, one, row)


def _match(desk: Desk, row: InboundMail, letter: InboundLetter, verdict: Verdict) -> Message | None:
    message = by_ids(desk, verdict.ids)
    basis: Basis = Basis.MESSAGE_ID
    if message is None and not verdict.ids:  # one that names a mail which is not here speaks of no other
        likely = by_address(desk, verdict, letter)
        if likely is None:
            return None
        message, basis = likely
    if message is None:
        return None
    row.message_row, row.document_id, row.basis = message.id, message.document_id, basis.value
    return hold_row(desk, Message, key_of(message))  # its sender may be about to settle it


def _is_of_earlier_try(message: Message, letter: InboundLetter) -> bool:
    """Tell whether a report was written before the present sending of a mail that went out more than once."""
    present = message.lease_until - LEASE if message.lease_until else message.settled_at
    when = letter.sent_at
    return message.attempts > 1 and present is not None and when is not None and when < present - SKEW


def _retry_day(desk: Desk, message: Message, verdict: Verdict) -> date | None:
    """Return the day for the one further sending by a machine; None when there is none."""
    if verdict.kind is not InboundKind.SOFT_BOUNCE or message.kind in SECRET_KINDS or _is_over(desk, message):
        return None
    before = sa.select(ROW.c.id).where(ROW.c.message_row == message.id, ROW.c.retry_on.is_not(None))
    if desk.session.connection().execute(before.limit(1)).first() is not None:
        return None
    return _workday(desk, RETRY_WORKDAYS)


def _is_over(desk: Desk, message: Message) -> bool:
    document = desk.session.get(Document, message.document_id) if message.document_id else None
    return document is not None and document.state in OVER


def _workday(desk: Desk, count: int) -> date | None:
    try:
        return desk.calendar.after(desk.today, count)
    except CalendarMissing:  # a return is heard of also where next year's table is late
        return None


def _ask_to_call(desk: Desk, message: Message, row: InboundMail) -> None:
    """Open a task to telephone the recipient, unless the document reached its unit in another way."""
    if _is_over(desk, message) or _went_again(desk, message):
        return
    document = desk.session.get(Document, message.document_id) if message.document_id else None
    what = (
        (document.number or f"文书{document.id}") if document else KIND_LABELS.get(message.kind, message.kind)
    )
    open_task(
        desk,
        f"mail:{message.id}:returned:{row.id}",
        kind="call_recipient",
        title=f"邮件被退回，电话告知{message.recipient_name}：{what}",
        subject="document" if document else "message",
        subject_id=key_of(document) if document else key_of(message),
        role="officer",
        due_on=_workday(desk, CALL_WORKDAYS),
        unit_id=document.unit_id if document else None,
    )


def _went_again(desk: Desk, message: Message) -> bool:
    """Tell whether the same document has gone to another address of the same contact since."""
    if message.document_id is None:
        return False
    role = message.key.rpartition("/")[2]
    query = sa.select(MESSAGE.c.key).where(
        MESSAGE.c.document_id == message.document_id,
        MESSAGE.c.id > message.id,
        MESSAGE.c.recipient != message.recipient,
        MESSAGE.c.state.not_in(LOST),
    )
    return any(key.rpartition("/")[2] == role for key in desk.session.connection().execute(query).scalars())


def came_through(desk: Desk, row: InboundMail, verdict: Verdict) -> None:
    """Note that a mail arrived at the recipient's server; one that nobody has settled is accepted by that.

    Only a report that holds our Message-ID settles anything.
    """
    message = by_ids(desk, verdict.ids)
    if message is None:
        return
    row.message_row, row.document_id, row.basis = message.id, message.document_id, Basis.MESSAGE_ID.value
    message = hold_row(desk, Message, key_of(message))
    if message.state not in (MessageState.UNKNOWN, SENDING):
        return
    said = " ".join(filter(None, ("对方服务器的送达通知：", verdict.status, verdict.diagnosis)))[:500]
    for one in (message, *carried_by(desk, message)):
        finish(desk, one, MessageAct.ACCEPT, said)
    row.outcome = Outcome.ACCEPTED.value


def retry_returned(desk: Desk) -> int:
    """Send once more, the same bytes, what came back for a passing reason two working days ago; return how many."""
    query = select(InboundMail).where(
        col(InboundMail.office_id) == desk.office_id,
        col(InboundMail.outcome) == Outcome.RETRY_PLANNED.value,
        col(InboundMail.retry_on) <= desk.today,
    )
    return sum(_retry(desk, row) for row in desk.session.exec(query.order_by(col(InboundMail.id))).all())


def _retry(desk: Desk, row: InboundMail) -> bool:
    message = desk.session.get_one(Message, row.message_row)
    desk.session.add(row)
    if message.state != MessageState.BOUNCED or _is_over(desk, message):
        row.outcome = Outcome.BOUNCED.value  # a person was quicker
        return False
    row.outcome = Outcome.RETRIED.value
    for one in (message, *carried_by(desk, message)):
        move(
            desk,
            one,
            MESSAGE_MOVES,
            MessageAct.RETRY,
            subject="message",
            thing=THING,
            detail={"inbound": row.id},
        )
        one.not_before, one.token, one.lease_until, one.settled_at = desk.now, None, None, None
        desk.session.add(one)
    return True
