"""The archive: packed, checked, numbered, handed over, appraised, decided by a second person."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi.responses import Response
from pydantic import Field

from casework.archive.archiveviews import archive_file_view
from casework.archive.archiving import Wanted, appraise, file_away, list_files, transfer
from casework.archive.packages import decide_and_clear, pack_and_keep, read_package, verify_package
from casework.desk import Desk
from casework.listings.keyset import cut
from casework.staff.people import require_role
from console.api.bodies import Body, Deed, Key, takes
from console.api.calls import Show
from console.api.routing import After, HasCall, Limit, Number, Routes, Word
from console.api.shown import Listing, Shown
from console.downloads import ZIP, attachment
from core.access.permissions import Permission
from core.access.scopes import Area

router = Routes(Area.ARCHIVE, Permission.ARCHIVE)
ROLES = ("officer", "director")
MOST = 50


class FileShown(Shown):
    """A file of the archive."""

    id: int
    subject: str
    code: str
    title: str
    year: int
    state: str
    retention: str
    members: int
    sha256: str
    packed_on: date
    packed_by: str
    archive_no: str | None
    filed_on: date | None
    transferred_on: date | None
    transfer_due_on: date
    kept_until: date | None


class Wish(Body):
    """One thing that has ended, to be packed."""

    subject: Literal["case", "campaign", "lead", "matter", "referral"] = "case"
    code: str


class PackGiven(Body):
    """装卷：已经办结的事项，一件一卷，全部成功或全部不办 / one file each, all or none"""

    things: list[Wish] = Field(min_length=1, max_length=MOST)


class Several(Shown):
    """Files of the archive, by number."""

    files: list[int]


class FileAway(Deed):
    """归档，编档号 / give it its archive number"""

    act: Literal["file"]

    def do(self, desk: Desk, key: int) -> object:
        return file_away(desk, key)


class Appraise(Deed):
    """到期鉴定，提出意见 / the opinion when its term has ended"""

    act: Literal["appraise"]
    note: str

    def do(self, desk: Desk, key: int) -> object:
        return appraise(desk, key, self.note)


class Decide(Deed):
    """批准续存或者销毁；鉴定人不得批准 / keep it on, or have it destroyed; not by who appraised it"""

    act: Literal["decide"]
    destroy: bool
    note: str

    def do(self, desk: Desk, key: int) -> object:
        return decide_and_clear(desk, key, destroy=self.destroy, note=self.note)


class TransferGiven(Body):
    """登记移交档案馆 / that files were handed to the archive"""

    files: list[Key] = Field(min_length=1, max_length=500)
    note: str


class Verified(Shown):
    """What came of checking a package against the register."""

    ok: bool
    files: int
    steps: int
    sha256: str
    problems: list[str]


def _file(number: int) -> Show:
    return lambda desk: FileShown.model_validate(archive_file_view(desk, number).row)


@router.read("/archive", Listing[FileShown])
def list_archive(call: HasCall, state: Word = "", after: After = "", limit: Limit = 50) -> Response:
    """案卷目录 / the register of files"""

    def find(desk: Desk) -> Any:
        require_role(desk, ROLES, "查看归档")
        return cut(list_files(desk, Wanted(state or None)), after, limit, lambda one: one.id)

    return call.page(FileShown, find)


@router.once("/archive/pack", Several)
def pack_files(call: HasCall, sent: Annotated[Any, takes(PackGiven)]) -> Response:
    """装卷 / pack what has ended"""

    def make(desk: Desk) -> Several:
        require_role(desk, ROLES, "装卷归档")
        rows = [pack_and_keep(desk, one.subject, one.code) for one in sent.things]
        desk.session.flush()
        return Several(files=[one.id for one in rows if one.id])

    return call.once(sent, make)


@router.once("/archive/transfer", Several)
def transfer_files(call: HasCall, sent: Annotated[Any, takes(TransferGiven)]) -> Response:
    """登记移交 / record that files were handed over"""
    return call.once(
        sent,
        lambda desk: Several(files=[one.id for one in transfer(desk, sent.files, sent.note) if one.id]),
    )


@router.read("/archive/{number}", FileShown)
def read_file(call: HasCall, number: Number) -> Response:
    """一卷 / one file"""
    return call.read(_file(number))


@router.read("/archive/{number}/package.zip", None, file=ZIP)
def read_archive_package(call: HasCall, number: Number) -> Response:
    """案卷（.zip），按校验值核对 / the package of a file, checked against its hash"""
    with call.desk() as desk:
        archive_file_view(desk, number)
        name, content = read_package(desk, number)
    return attachment(content, name, ZIP)


@router.read("/archive/{number}/verification", Verified)
def verify_file(call: HasCall, number: Number) -> Response:
    """核验案卷 / check the package against the register"""

    def show(desk: Desk) -> Verified:
        archive_file_view(desk, number)
        return Verified.model_validate(verify_package(desk, number))

    return call.read(show)


@router.act("/archive/{number}/acts", FileShown)
def act_on_a_file(
    call: HasCall, number: Number, sent: Annotated[Any, takes(FileAway, Appraise, Decide)]
) -> Response:
    """归档、鉴定、批准续存或销毁 / file, appraise, decide"""
    return call.deed(sent, number, _file)
