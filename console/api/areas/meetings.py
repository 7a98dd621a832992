"""Meetings with other supervising bodies, and cases supervised together with them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, ClassVar

from fastapi.responses import Response
from pydantic import Field

from casework.desk import Desk
from casework.intake.keptfiles import files_of
from casework.linkage.jointcases import end_joint_supervision, supervise_jointly
from casework.linkage.looking import save_file
from casework.linkage.meetingboard import meetings_view
from casework.linkage.meetings import NewMeeting, find_meeting, list_meetings, record_meeting, show_meeting
from casework.listings.keyset import Slice, cut
from casework.listings.offices import seen_case
from console.api.areas.linkageparts import Finish, KeptShown, Point, PointShown, points
from console.api.bodies import Deed, Key, Making, first_of, takes
from console.api.calls import Show
from console.api.routing import After, HasCall, Limit, Number, Routes
from console.api.shown import Listing, Shown
from console.downloads import ANY, attachment
from core.access.permissions import Permission
from core.access.scopes import Area
from core.errors import NotFound
from models.base import key_of

router = Routes(Area.MEETINGS, Permission.LINKAGE)


class MeetingLine(Shown):
    """A meeting in a list."""

    id: int
    number: str
    kind: str
    held_on: date
    participants: str


class MeetingShown(MeetingLine):
    """A meeting with what was agreed, and its files."""

    title: str
    note: str
    items: list[PointShown]
    files: list[KeptShown]


class JointShown(Shown):
    """A case that is supervised together with another body."""

    id: int
    case: str
    body: str
    demand: str
    agreed_on: date
    report_on: date | None
    ended_on: date | None
    end_note: str | None


class NewMeetingGiven(Making):
    """登记会议，附会议纪要 / record a meeting, with its minutes"""

    kind: str
    on: date
    title: str
    participants: list[str] = Field(min_length=1, max_length=50)
    items: list[Point] = Field(default_factory=list, max_length=100)
    note: str = ""
    referral: Key | None = None
    incoming: Key | None = None

    def make(self, desk: Desk) -> int:
        given = NewMeeting(
            self.kind, self.on, self.title, self.participants, self.note, points(self.items), self.referral,
            self.incoming,
        )  # fmt: skip
        return key_of(record_meeting(desk, given, first_of(self.enclosed)))


class NewJoint(Making):
    """登记联合督办 / record that a case is supervised together"""

    case: str
    body: str
    demand: str
    report_on: date | None = None
    meeting: Key | None = None
    incoming: Key | None = None

    def make(self, desk: Desk) -> int:
        seen_case(desk, self.case)
        row = supervise_jointly(
            desk, self.case, self.body, self.demand, report_on=self.report_on, meeting=self.meeting,
            incoming=self.incoming,
        )  # fmt: skip
        return key_of(row)


class EndJoint(Deed):
    """办结联合督办 / end a joint supervision with what came of it"""

    note: str

    def do(self, desk: Desk, key: int) -> object:
        return end_joint_supervision(desk, key, self.note)


class FinishItem(Finish):
    """登记一项议定事项的落实 / end one point with what was done"""

    subject: ClassVar[str] = "meeting"

    def see(self, desk: Desk, key: int) -> None:
        find_meeting(desk, key)


def _meeting(number: int) -> Show:
    def show(desk: Desk) -> MeetingShown:
        told = show_meeting(desk, number)
        more = {"items": told["conclusions"], "files": files_of(desk, "meeting", number)}
        return MeetingShown.model_validate({**told, **more})

    return show


def _joint(number: int) -> Show:
    def show(desk: Desk) -> JointShown:
        for one in meetings_view(desk).joint or ():
            if one.id == number:
                return JointShown.model_validate(one)
        raise NotFound("没有这项联合督办", found=str(number), expected="联合督办的编号", remedy="见列表")

    return show


@router.read("/meetings", Listing[MeetingLine])
def list_the_meetings(call: HasCall, after: After = "", limit: Limit = 50) -> Response:
    """本人可以知悉的联席会议，新的在前 / meetings one may know of"""
    return call.page(MeetingLine, lambda desk: cut(list_meetings(desk), after, limit, lambda one: one["id"]))


@router.make("/meetings", MeetingShown)
def record_a_meeting(call: HasCall, sent: Annotated[Any, takes(NewMeetingGiven, files=1)]) -> Response:
    """登记会议 / record a meeting"""
    return call.make(sent, _meeting)


@router.read("/meetings/{number}", MeetingShown)
def read_meeting(call: HasCall, number: Number) -> Response:
    """一次会议；查看留痕 / one meeting; the look is noted"""
    return call.look(_meeting(number))


@router.act("/meetings/{number}/acts", MeetingShown)
def act_on_a_meeting(call: HasCall, number: Number, sent: Annotated[Any, takes(FinishItem)]) -> Response:
    """登记议定事项的落实 / end a point"""
    return call.deed(sent, number, _meeting)


@router.read("/meetings/{number}/files/{file}", None, file=ANY)
def read_meeting_file(call: HasCall, number: Number, file: Number) -> Response:
    """会议纪要；下载留痕 / the minutes; the download is noted"""
    with call.acting() as desk:
        find_meeting(desk, number)
        name, content = save_file(desk, "meeting", number, file)
    return attachment(content, name)


@router.read("/joint-supervisions", Listing[JointShown])
def list_joint_supervisions(call: HasCall, after: After = "", limit: Limit = 50) -> Response:
    """联合督办 / cases supervised together with another body"""

    def find(desk: Desk) -> Slice[Any]:
        return cut(meetings_view(desk).joint or [], after, limit, lambda one: one.id)

    return call.page(JointShown, find)


@router.make("/joint-supervisions", JointShown)
def begin_joint_supervision(call: HasCall, sent: Annotated[Any, takes(NewJoint)]) -> Response:
    """登记联合督办 / begin a joint supervision"""
    return call.make(sent, _joint)


@router.read("/joint-supervisions/{number}", JointShown)
def read_joint_supervision(call: HasCall, number: Number) -> Response:
    """一项联合督办 / one of them"""
    return call.read(_joint(number))


@router.act("/joint-supervisions/{number}/end", JointShown)
def end_a_joint_supervision(call: HasCall, number: Number, sent: Annotated[Any, takes(EndJoint)]) -> Response:
    """办结联合督办 / end it"""
    return call.deed(sent, number, _joint)
