"""What other supervising bodies hand over: only whoever may know of it meets it here; every look is noted."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from fastapi.responses import Response
from pydantic import Field

from casework.desk import Desk
from casework.intake.incoming import (
    NewIncoming,
    assign_incoming,
    close_incoming,
    register_incoming,
    return_incoming,
)
from casework.intake.incomingreplies import answer_incoming, draft_incoming_reply
from casework.intake.incomingviews import find_incoming, list_incoming, show_incoming
from casework.intake.keptfiles import files_of
from casework.linkage.looking import save_file
from casework.listings.keyset import cut
from casework.staff.people import require_role
from casework.tasks import COMPARTMENT
from console.api.areas.linkageparts import Finish, KeptShown, Point, PointShown, points
from console.api.bodies import Deed, Key, Making, first_of, takes
from console.api.calls import Show
from console.api.routing import After, HasCall, Limit, Number, Routes, Word
from console.api.shown import Listing, Shown
from console.downloads import ANY, attachment
from core.access.permissions import Permission
from core.access.scopes import Area
from core.codes import Line
from models.base import key_of

router = Routes(Area.INCOMING, Permission.LINKAGE)


class IncomingLine(Shown):
    """A matter in a list, which tells nothing of what it says."""

    id: int
    number: str
    sender: str
    kind: str
    received_on: date
    due_on: date | None
    owner: str | None
    state: str


class IncomingShown(IncomingLine):
    """A matter with its points and files; `acts` are those possible now for whoever calls."""

    sender_name: str
    their_number: str | None
    line: str
    title: str
    text: str
    secrecy: str
    registered_by: str
    reply_required: bool
    due_basis: str
    due_provisional: bool
    assigned_on: date | None
    document_id: int | None
    answered_on: date | None
    answer_channel: str | None
    answer: str | None
    closed_on: date | None
    end_note: str | None
    items: list[PointShown]
    files: list[KeptShown]
    acts: list[str]


class NewMatter(Making):
    """登记来文，可附扫描件 / register what came in, with its scan"""

    sender: str = Field(description="联动规则中的机关代码，或 other / a receiver's code, or other")
    sender_name: str = ""
    kind: str
    number: str = Field("", description="来文文号 / their number")
    received_on: date
    line: Line = Line.PARTY
    title: str
    text: str
    items: list[Point] = Field(default_factory=list, max_length=100)
    due_on: date | None = None
    urgent: str = ""
    no_reply: bool = False
    unit: str = ""
    case: str = ""
    campaign: str = ""
    lead: Key | None = None

    def make(self, desk: Desk) -> int:
        told = self.model_dump(exclude={"number", "items"})
        given = NewIncoming(their_number=self.number, items=points(self.items), **told)
        return key_of(register_incoming(desk, given, file=first_of(self.enclosed)))


class OnIncoming(Deed):
    """An act on a matter that the caller may know of."""

    def see(self, desk: Desk, key: int) -> None:
        find_incoming(desk, key)


class Assign(OnIncoming):
    """交办；承办人由此知悉本件 / give it to somebody, who knows of it from then on"""

    act: Literal["assign"]
    owner: str
    until: date | None = None

    def do(self, desk: Desk, key: int) -> object:
        return assign_incoming(desk, key, self.owner, until=self.until)


class DraftReply(OnIncoming):
    """拟制复函 / draft the reply"""

    act: Literal["draft_reply"]
    handling: str
    next_steps: str = ""
    unit: str = ""

    def do(self, desk: Desk, key: int) -> object:
        require_role(desk, COMPARTMENT, "拟制复函")
        return draft_incoming_reply(
            desk, key, handling=self.handling, next_steps=self.next_steps, unit=self.unit
        )


class Answer(OnIncoming):
    """登记已回复，可附签收单或会议纪要 / record that the reply was given"""

    act: Literal["answer"]
    channel: Literal["hand", "confidential_post", "meeting"]
    note: str
    on: date | None = None

    def do(self, desk: Desk, key: int) -> object:
        return answer_incoming(
            desk, key, channel=self.channel, note=self.note, on=self.on, file=first_of(self.enclosed)
        )


class Close(OnIncoming):
    """办结来件 / close it"""

    act: Literal["close"]
    note: str = ""

    def do(self, desk: Desk, key: int) -> object:
        return close_incoming(desk, key, self.note)


class Return(OnIncoming):
    """退回来文机关，可附材料 / give it back"""

    act: Literal["return"]
    reason: str

    def do(self, desk: Desk, key: int) -> object:
        return return_incoming(desk, key, self.reason, file=first_of(self.enclosed))


class FinishItem(Finish):
    """登记一项事项的落实 / end one point with what was done"""

    subject: ClassVar[str] = "incoming"

    def see(self, desk: Desk, key: int) -> None:
        find_incoming(desk, key)


def _incoming(number: int) -> Show:
    def show(desk: Desk) -> IncomingShown:
        told = show_incoming(desk, number)
        return IncomingShown.model_validate({**told, "files": files_of(desk, "incoming", number)})

    return show


@router.read("/incoming", Listing[IncomingLine])
def list_matters_handed_over(
    call: HasCall, state: Word = "", overdue: bool = False, after: After = "", limit: Limit = 50
) -> Response:
    """本人可以知悉的来文交办，新的在前 / what one may know of, the newest first"""
    return call.page(
        IncomingLine,
        lambda desk: cut(
            list_incoming(desk, state=state or None, overdue=overdue), after, limit, lambda one: one["id"]
        ),
    )


@router.make("/incoming", IncomingShown)
def register_what_came_in(call: HasCall, sent: Annotated[Any, takes(NewMatter, files=1)]) -> Response:
    """登记来文 / register what another body handed over"""
    return call.make(sent, _incoming)


@router.read("/incoming/{number}", IncomingShown)
def read_incoming(call: HasCall, number: Number) -> Response:
    """一件来文；查看留痕 / one of them; the look is noted"""
    return call.look(_incoming(number))


@router.act("/incoming/{number}/acts", IncomingShown)
def act_on_incoming(
    call: HasCall,
    number: Number,
    sent: Annotated[Any, takes(Assign, DraftReply, Answer, Close, Return, FinishItem, files=1)],
) -> Response:
    """交办、拟复函、登记回复、办结、退回、事项落实 / assign, reply, close, return, end a point"""
    return call.deed(sent, number, _incoming)


@router.read("/incoming/{number}/files/{file}", None, file=ANY)
def read_incoming_file(call: HasCall, number: Number, file: Number) -> Response:
    """来文的一份材料；下载留痕 / one file; the download is noted"""
    with call.acting() as desk:
        find_incoming(desk, number)
        name, content = save_file(desk, "incoming", number, file)
    return attachment(content, name)
