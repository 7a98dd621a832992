"""Two senders that are wrong in the two usual ways, as in tests/proof/mutants.py: the judge has to find them out."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlmodel import col, select

import flows.sending
from casework.mail.settling import THING, finish
from casework.moves import move
from core.life.lives import MESSAGE_MOVES, MessageAct
from flows.edge import Edge
from models.message import Message
from system.failpoints import reach

Report = dict[str, object]


def send_then_mark(edge: Edge) -> Report:
    """Send a mail, then write down that it was sent: whoever dies in between, or works beside it, sends it again."""
    for number, name in _ready(edge):
        _deliver(name)
        reach("sender.after_answer")
        _mark(edge, number)
    return {}


def mark_then_send(edge: Edge) -> Report:
    """Write down that a mail was sent, then send it: a death in between loses it."""
    for number, name in _ready(edge):
        if _mark(edge, number):
            reach("sender.before_content")
            _deliver(name)
    return {}


def _ready(edge: Edge) -> Iterator[tuple[int, str]]:
    with edge.desk(readonly=True) as desk:
        query = select(Message.id, Message.message_id).where(col(Message.state) == "ready")
        rows = [(number or 0, name) for number, name in desk.session.exec(query.order_by(col(Message.id)))]
    yield from rows


def _mark(edge: Edge, number: int) -> bool:
    with edge.desk() as desk:
        message = desk.session.get_one(Message, number)
        if message.state != "ready":
            return False
        move(desk, message, MESSAGE_MOVES, MessageAct.CLAIM, subject="message", thing=THING)
        message.attempts += 1
        finish(desk, message, MessageAct.ACCEPT, "250")
    return True


def _deliver(name: str) -> None:
    with flows.sending.SmtpSession(None) as session:  # type: ignore[arg-type]  # the one of the simulation
        session.send("", "", f"Message-ID: {name}\r\n\r\ntest\r\n".encode())


SENDERS: dict[str, Callable[[Edge], Report]] = {
    "send_then_mark": send_then_mark,
    "mark_then_send": mark_then_send,
}
