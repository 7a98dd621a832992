"""A maildir as a mail server of the machine fills it, and an office whose notice has gone out."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from sqlmodel import col, select

from casework.mail.claiming import LEASE
from casework.mail.queueing import Recipient, message_row
from flows.edge import Edge
from flows.reading import run_intake
from models.base import key_of
from models.document import Document
from models.inbound import InboundMail
from models.message import Message, MessageBody
from models.organisation import Unit
from models.task import Task
from tests import make
from tests.flows.conftest import FixedClock

ISSUED = date(2026, 6, 25)
NUMBER = "示法督办〔2026〕12号"
LIAISON = "liaison@d001.example"


@dataclass(frozen=True, slots=True)
class Post:
    """An office with its maildir."""

    edge: Edge
    folder: Path

    def deliver(self, mime: bytes, name: str = "") -> str:
        """Put a mail into the maildir and return its key."""
        key = name or f"{len(list(self.folder.rglob('*')))}.{hashlib.sha256(mime).hexdigest()[:8]}.host"
        path = self.folder / "new" / key
        path.write_bytes(mime)
        instant = self.edge.clock.now().timestamp()
        os.utime(path, (instant, instant))
        return key

    def read(self, day: date | None = None) -> dict[str, object]:
        """Run the duty, on another day when one is named."""
        edge = self.edge if day is None else replace(self.edge, clock=FixedClock(day))
        return run_intake(edge)

    def rows(self) -> list[InboundMail]:
        with self.edge.desk(readonly=True) as desk:
            return [
                row.model_copy()
                for row in desk.session.exec(select(InboundMail).order_by(col(InboundMail.id)))
            ]

    def message(self, number: int = 1) -> Message:
        with self.edge.desk(readonly=True) as desk:
            return desk.session.get_one(Message, number).model_copy()

    def document(self, number: int = 1) -> Document:
        with self.edge.desk(readonly=True) as desk:
            return desk.session.get_one(Document, number).model_copy()

    def tasks(self) -> list[Task]:
        with self.edge.desk(readonly=True) as desk:
            return [row.model_copy() for row in desk.session.exec(select(Task).order_by(col(Task.id)))]

    def places(self) -> dict[str, list[str]]:
        """Return the names of the files in the maildir by folder."""
        return {name: sorted(path.name for path in (self.folder / name).iterdir()) for name in ("new", "cur")}


def open_post(edge: Edge, folder: Path) -> Post:
    """Make the maildir of an edge."""
    for name in ("new", "cur", "tmp"):
        (folder / name).mkdir(parents=True)
    settings = edge.settings.model_copy(
        update={"inbox_maildir": folder, "mail_from": "ducha@shilixian.example"}
    )
    return Post(replace(edge, settings=settings), folder)


def issue(post: Post, *, state: str = "accepted", address: str = LIAISON, role: str = "liaison") -> Message:
    """Write a notice that went out to a contact of its unit, with the bytes of its mail."""
    with post.edge.desk() as desk:
        document = desk.session.exec(select(Document).where(col(Document.number) == NUMBER)).first()
        if document is None:
            campaign, unit = make.make_campaign(desk), make.make_unit(desk, "D001", liaison_email=LIAISON)
            case = make.make_finding_and_case(desk, campaign, unit, "2026-ZH-01-D001-01")
            document = make.make_document(
                desk, campaign, unit, "urging", case, number=NUMBER, series="示法督办", year=2026, serial=12,
                state="issued", issued_on=ISSUED, signed_on=ISSUED,
            )  # fmt: skip
        unit = desk.session.get_one(Unit, document.unit_id)
        key = f"document/{document.id}" if role == "liaison" else f"document/{document.id}/again/1"
        row = message_row(desk, "document", key, Recipient(role, "联络员", address), document_id=document.id)
        sent = datetime(2026, 6, 25, 2, tzinfo=UTC)
        row |= {"state": state, "smtp_reply": "250 2.0.0 queued as 77", "settled_at": sent, "attempts": 1}
        if state == "sending":  # its sender has not settled it yet
            row |= {"smtp_reply": None, "settled_at": None, "token": "a-sender", "lease_until": sent + LEASE}
        message = make.store(desk, Message(**row))
        number = key_of(message)
        body = b"Subject: x\r\n\r\nbody\r\n"
        make.store(
            desk,
            MessageBody(
                message_id=number, subject="示法督办〔2026〕12号 督办通知",
                sha256=hashlib.sha256(body).hexdigest(), mime=body,
            ),
        )  # fmt: skip
        desk.record("message", number, "claim", from_state="ready", to_state="sending")
        if state != "sending":
            said = {"from_state": "sending", "to_state": state, "reply": "250 2.0.0 queued as 77"}
            desk.record("message", number, "accept", **said)
    return post.message(number)
