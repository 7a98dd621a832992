"""The checklist of a visit as it is being filled in: its fields, its files, handing it in."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi.responses import Response
from pydantic import Field

from casework.desk import Desk
from casework.inspection.checkdrafts import Change, Place, drafts_of, require_filling, save_changes
from casework.inspection.checkfiles import (
    attach_file,
    attachments_of,
    content_of,
    detach_file,
    find_attachment,
)
from casework.inspection.checkfiling import submit_checklist
from casework.inspection.filling import refuse_partner
from casework.inspection.visitfile import open_visit
from console.api.bodies import Body, Deed, Key, need_file, takes
from console.api.calls import Show
from console.api.routing import HasCall, Number, Routes
from console.api.shown import Shown
from console.downloads import ANY, attachment
from core.access.permissions import Permission
from core.access.scopes import Area

router = Routes(Area.VISITS, Permission.VISIT)
MOST_FIELDS = 400


class FieldShown(Shown):
    """One field as it is stored; `revision` goes into `seen` of the next change."""

    place: str = Field(description="事项.序号.栏 / item.position.field")
    value: str
    revision: int
    by: str


class FileShown(Shown):
    """A photo or file kept for a problem."""

    id: int
    item: str
    position: int
    name: str
    size: int
    by: str
    on: date
    sha256: str


class SheetShown(Shown):
    """The checklist of a visit as it is being filled in."""

    visit: int
    handed_in_on: date | None
    fields: list[FieldShown]
    files: list[FileShown]


class FieldGiven(Body):
    """What is to stand in one field."""

    place: str = Field(max_length=120)
    value: str = Field(max_length=20_000)
    seen: int = Field(
        0, ge=0, description="读到的版次，没有填过的为 0 / the revision that was read, 0 for an empty one"
    )
    key: str = Field("", max_length=64, description="同一次填写的编号 / tells one sending from another")


class FieldsGiven(Body):
    """Some fields to be stored."""

    fields: list[FieldGiven] = Field(min_length=1, max_length=MOST_FIELDS)


class FieldSaved(FieldShown):
    """What became of one field; `clash`: somebody else changed it meanwhile, and theirs stands."""

    clash: bool


class FieldsSaved(Shown):
    """What became of each field, in the order in which they were sent."""

    fields: list[FieldSaved]


class AddFiles(Deed):
    """为一个问题附上照片和材料 / keep photos and files for a problem"""

    act: Literal["add_files"]
    item: str
    position: int = Field(1, ge=1, le=99)

    def do(self, desk: Desk, key: int) -> object:
        file = open_visit(desk, key)
        require_filling(desk, file)
        need_file(self.enclosed, "照片或材料")
        return [attach_file(desk, file, self.item, self.position, path) for path in self.enclosed]


class RemoveFile(Deed):
    """移除一份材料 / take a file off a problem"""

    act: Literal["remove_file"]
    file: Key

    def do(self, desk: Desk, key: int) -> None:
        file = open_visit(desk, key)
        require_filling(desk, file)
        detach_file(desk, file, self.file)


class Submit(Deed):
    """提交检查表；leave_open 为允许有事项未检查 / hand it in; `leave_open` with items that were not checked"""

    act: Literal["submit"]
    leave_open: bool = False

    def do(self, desk: Desk, key: int) -> object:
        return submit_checklist(desk, open_visit(desk, key), leave_open=self.leave_open)


def _sheet(number: int) -> Show:
    def show(desk: Desk) -> SheetShown:
        refuse_partner(desk)
        file = open_visit(desk, number)
        return SheetShown(
            visit=number, handed_in_on=file.visit.workbook_returned_on,
            fields=[
                FieldShown(place=str(place), value=one.value, revision=one.revision, by=one.by)
                for place, one in sorted(drafts_of(desk, file.key).items(), key=lambda pair: str(pair[0]))
            ],
            files=[FileShown.model_validate(one) for one in attachments_of(desk, file.key)],
        )  # fmt: skip

    return show


@router.read("/visits/{number}/sheet", SheetShown)
def read_sheet(call: HasCall, number: Number) -> Response:
    """填写中的检查表 / the checklist as it is being filled in"""
    return call.read(_sheet(number))


@router.once("/visits/{number}/sheet/fields", FieldsSaved)
def store_fields(call: HasCall, number: Number, sent: Annotated[Any, takes(FieldsGiven)]) -> Response:
    """保存若干栏；他人已改动的栏不覆盖 / store fields; what somebody else changed stays"""

    def make(desk: Desk) -> FieldsSaved:
        changes = [Change(Place.read(one.place), one.value, one.seen, one.key) for one in sent.fields]
        saved = save_changes(desk, open_visit(desk, number), changes)
        return FieldsSaved(
            fields=[
                FieldSaved(
                    place=str(one.place), value=one.kept.value, revision=one.kept.revision, by=one.kept.by,
                    clash=one.clash,
                )
                for one in saved
            ]
        )  # fmt: skip

    return call.once(sent, make)


@router.act("/visits/{number}/sheet/acts", SheetShown)
def act_on_a_sheet(
    call: HasCall, number: Number, sent: Annotated[Any, takes(AddFiles, RemoveFile, Submit, files=10)]
) -> Response:
    """附材料、移除材料、提交 / add files, remove one, hand it in"""
    return call.deed(sent, number, _sheet)


@router.read("/visits/{number}/sheet/files/{file}", None, file=ANY)
def read_sheet_file(call: HasCall, number: Number, file: Number) -> Response:
    """一份材料 / one file"""
    with call.desk() as desk:
        refuse_partner(desk)
        one = find_attachment(desk, open_visit(desk, number), file)
        content = content_of(desk, one)
    return attachment(content, one.name)
