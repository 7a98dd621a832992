"""Mail that came in: what it is, what it is about, and filing it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi.responses import Response
from pydantic import Field

from casework.desk import Desk
from casework.listings.offices import inbound_page
from casework.mail.intakeacts import dismiss_inbound, file_inbound
from casework.mail.intakeview import find_inbound, inbound_view, saved_inbound
from console.api.bodies import Deed, takes
from console.api.calls import Show
from console.api.routing import After, HasCall, Limit, Number, Routes, Word
from console.api.shown import Listing, Shown
from console.downloads import attachment
from core.access.permissions import Permission
from core.access.scopes import Area

router = Routes(Area.INBOX, Permission.INBOX)
EML = "message/rfc822"


class InboundLine(Shown):
    """A mail that came in; `message` is the mail of the outbox that it is about."""

    id: int
    kind: str
    state: str
    outcome: str
    sender: str
    sender_name: str
    subject: str
    read_at: datetime
    sent_at: datetime | None
    message: int | None
    document: int | None
    number: str | None
    case: str | None
    basis: str | None
    status: str
    diagnosis: str


class InboundFile(Shown):
    """A file that came with a mail; `note` tells why it was not kept as evidence."""

    name: str
    media_type: str
    size: int
    sha256: str
    note: str


class InboundShown(InboundLine):
    """A mail that came in, with what it says."""

    text: str
    why: str
    note: str
    handled_by: str
    recipient: str
    retry_on: date | None
    files: list[InboundFile]


class FileAway(Deed):
    """把来信归入一份文书（文号或者编号）或者一件整改事项 / file it with a document or a case"""

    act: Literal["file"]
    document: str = Field("", max_length=80)
    case: str = Field("", max_length=80)
    note: str = Field("", max_length=500)

    def see(self, desk: Desk, key: int) -> None:
        find_inbound(desk, key)

    def do(self, desk: Desk, key: int) -> object:
        return file_inbound(desk, key, document=self.document, case=self.case, note=self.note)


class Dismiss(Deed):
    """不再处理一封来信，写明理由 / put it away, with a reason"""

    act: Literal["dismiss"]
    reason: str = Field(max_length=500)

    def see(self, desk: Desk, key: int) -> None:
        find_inbound(desk, key)

    def do(self, desk: Desk, key: int) -> object:
        return dismiss_inbound(desk, key, self.reason)


def _shown(number: int) -> Show:
    def show(desk: Desk) -> InboundShown:
        look = inbound_view(desk, number)
        line = InboundLine.model_validate(look.row)
        return InboundShown(
            **line.model_dump(), text=look.text, why=look.why, note=look.note, handled_by=look.handled_by,
            recipient=look.recipient, retry_on=look.retry_on,
            files=[InboundFile.model_validate(part) for part in look.parts],
        )  # fmt: skip

    return show


@router.read("/inbox", Listing[InboundLine])
def list_inbox(call: HasCall, state: Word = "", after: After = "", limit: Limit = 50) -> Response:
    """来信、退信和自动回复，新的在前 / mail that came in, the newest first"""
    return call.page(InboundLine, lambda desk: inbound_page(desk, after, limit, state=state))


@router.read("/inbox/{number}", InboundShown)
def read_inbox_mail(call: HasCall, number: Number) -> Response:
    """一封来信 / one mail that came in"""
    return call.read(_shown(number))


@router.read("/inbox/{number}/mail.eml", None, file=EML)
def read_inbox_eml(call: HasCall, number: Number) -> Response:
    """来信原件（.eml） / the bytes of a mail that came in"""
    with call.desk() as desk:
        content = saved_inbound(desk, number)
    return attachment(content, f"来信{number}.eml", EML)


@router.act("/inbox/{number}/acts", InboundShown)
def act_on_inbox_mail(
    call: HasCall, number: Number, sent: Annotated[Any, takes(FileAway, Dismiss)]
) -> Response:
    """办理一封来信：归入（file）或者不再处理（dismiss） / file a mail or put it away"""
    return call.deed(sent, number, _shown)
