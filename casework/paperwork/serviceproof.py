"""Proof of service (送达证明) of one document: what became of it at each recipient, and what proves that it arrived.

Only a record of service serves a document. That a server took a mail, or that a recipient's program says it was shown,
proves neither receipt nor knowledge, and is told as what it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import col, select

from casework.desk import Desk
from casework.paperwork.paperlines import ServiceLine, service_line
from casework.paperwork.serving import SUBSTITUTED
from casework.rectification.timelinewords import CHANNEL_LABELS
from core.life.lives import DocumentState, MessageAct, MessageState
from models.audit import history_of
from models.base import key_of
from models.document import Document, ServiceRecord
from models.message import Message
from models.record import AuditEntry

A = MessageAct
STEP_WORDS = {
    A.ACCEPT.value: "对方服务器收下", A.REJECT.value: "对方服务器拒收", A.DEFER.value: "推迟再发",
    A.LOSE_TRACK.value: "结果不明", A.BOUNCE.value: "被退回", A.RETRY.value: "自动再发一次", A.RESEND.value: "人工重发",
    A.CANCEL.value: "取消",
}  # fmt: skip
QUEUED = "排队"


@dataclass(frozen=True, slots=True)
class MailStep:
    """One thing that happened to a mail, with the words of the server where it said any."""

    at: datetime
    what: str
    words: str


@dataclass(frozen=True, slots=True)
class RecipientProof:
    """What became of a document at one recipient."""

    mail: int
    name: str
    address: str
    role: str
    state: MessageState
    steps: tuple[MailStep, ...]

    @property
    def accepted_at(self) -> datetime | None:
        """When a server last took it, None where the last word is another."""
        taken = [step.at for step in self.steps if step.what == STEP_WORDS[A.ACCEPT.value]]
        return taken[-1] if taken and self.state is MessageState.ACCEPTED else None


@dataclass(frozen=True, slots=True)
class ServiceProof:
    """All that is known of the service of a document.

    served_by    the way of the first record of service, "" while there is none
    substituted  it was left or brought where nobody acknowledged it
    """

    recipients: tuple[RecipientProof, ...]
    records: tuple[ServiceLine, ...]
    served_on: date | None
    served_by: str
    substituted: bool
    waits: bool


def proof_of_service(
    desk: Desk, document: Document, records: Sequence[ServiceRecord], names: dict[str, str]
) -> ServiceProof:
    """Return the proof of service of a document by its records; two queries.

    names   how the people who recorded it are written
    """
    first = next((row for row in records if row.served_on == document.served_on), None)
    return ServiceProof(
        recipients=tuple(_recipients(desk, document)),
        records=tuple(service_line(row, names) for row in records),
        served_on=document.served_on,
        served_by=CHANNEL_LABELS.get(first.channel, first.channel) if first is not None else "",
        substituted=first is not None and first.channel in SUBSTITUTED,
        waits=document.state == DocumentState.ISSUED and document.signed_on is not None,
    )


def _recipients(desk: Desk, document: Document) -> Iterator[RecipientProof]:
    query = select(Message).where(col(Message.document_id) == document.id).order_by(col(Message.id))
    mails = list(desk.session.exec(query))
    told: dict[int, list[AuditEntry]] = {}
    for entry in history_of(desk.session, desk.office_id, "message", [key_of(mail) for mail in mails]):
        told.setdefault(entry.subject_id, []).append(entry)
    for mail in mails:
        steps = (MailStep(mail.queued_at, QUEUED, ""), *_steps(told.get(key_of(mail), ())))
        role, state = mail.key.rpartition("/")[2], MessageState(mail.state)
        yield RecipientProof(key_of(mail), mail.recipient_name, mail.recipient, role, state, steps)


def _steps(entries: Iterable[AuditEntry]) -> Iterator[MailStep]:
    for entry in entries:
        if entry.act in STEP_WORDS:
            said = json.loads(entry.detail) if entry.detail else {}
            yield MailStep(entry.at, STEP_WORDS[entry.act], str(said.get("reply", "")))
