"""Photos and files of a problem on a checklist: checked by what they are, kept once, shown when they are pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlmodel import col, select

from casework.desk import Desk
from casework.inspection.visitfile import VisitFile
from casework.rectification.evidence import content_path, keep_file, read_file
from casework.staff.people import split
from core.errors import InvalidInput, NotFound, Refused
from core.pictures import read_picture
from delivery.uploads.checking import check_upload
from delivery.uploads.kinds import OFD, OLD_OFFICE, PDF, PICTURE, RECORDING, SHEET, SLIDES, WORD
from models.base import key_of
from models.checking import CheckAttachment
from models.rectification import Evidence

MAX_BYTES = 20 * 1024 * 1024
MAX_OF_PROBLEM, MAX_OF_VISIT = 12, 300
# What is taken as evidence of a problem; archives and bare texts are not.
TAKEN = frozenset({PDF, OFD, WORD, SHEET, SLIDES, OLD_OFFICE, PICTURE, RECORDING})


@dataclass(frozen=True, slots=True)
class Attachment:
    """A kept file of a problem; `media` is that of a picture, else empty."""

    id: int
    item: str
    position: int
    name: str
    size: int
    media: str
    by: str
    on: date
    sha256: str


def attachments_of(desk: Desk, visit_id: int) -> list[Attachment]:
    """Return the files of a visit's checklist that were not taken off, the oldest first."""
    query = (
        select(CheckAttachment, Evidence)
        .join(Evidence, col(Evidence.id) == col(CheckAttachment.evidence_id))
        .where(col(CheckAttachment.visit_id) == visit_id, col(CheckAttachment.removed_on).is_(None))
        .order_by(col(CheckAttachment.id))
    )
    return [_describe(row, kept) for row, kept in desk.session.exec(query)]


def find_attachment(desk: Desk, file: VisitFile, number: int) -> Attachment:
    """Return one file of a visit; raise NotFound."""
    for one in attachments_of(desk, file.key):
        if one.id == number:
            return one
    raise NotFound("没有这份材料", found=str(number), expected="本次督察的材料", remedy="刷新页面后重试")


def content_of(desk: Desk, one: Attachment) -> bytes:
    """Return the content of a kept file; raise NotFound when the disk has lost it."""
    path = content_path(desk.files, one.sha256)
    if not path.is_file():
        raise NotFound(
            "材料文件不在存储中", found=one.name, expected="已保存的文件", remedy="告知系统管理人员"
        )
    return path.read_bytes()


def attach_file(desk: Desk, file: VisitFile, item: str, position: int, path: Path) -> Attachment:
    """Keep a file for a problem of a checklist that is being filled in.

    raises   InvalidInput for a kind of file, or a name that does not fit what it is, a file that is too large, or too
             many; the caller has checked that the actor may fill in the checklist
    """
    if item not in split(file.visit.items) or not 1 <= position <= 99:
        raise InvalidInput(
            "检查表没有这个事项", found=item[:20], expected="本次督察的事项", remedy="刷新页面后重试"
        )
    media = _media(path)
    known = attachments_of(desk, file.key)
    beside = [one for one in known if (one.item, one.position) == (item, position)]
    if len(beside) >= MAX_OF_PROBLEM or len(known) >= MAX_OF_VISIT:
        raise Refused(
            "材料太多",
            found=f"该问题{len(beside)}份，本次督察{len(known)}份",
            expected=f"每个问题至多{MAX_OF_PROBLEM}份，每次督察至多{MAX_OF_VISIT}份",
            remedy="合并成一个文件后上传",
        )
    kept = keep_file(desk, "visit", file.key, "checklist", path)
    desk.session.flush()
    row = CheckAttachment(
        visit_id=file.key, item=item, position=position, evidence_id=key_of(kept), media=media
    )
    desk.session.add(row)
    desk.session.flush()
    desk.record(
        "visit", file.key, "attach", unit_id=file.visit.unit_id, item=item, name=kept.name, sha256=kept.sha256
    )
    return _describe(row, kept)


def detach_file(desk: Desk, file: VisitFile, number: int) -> None:
    """Take a file off a checklist that is being filled in; it stays in the store, and the audit tells of both."""
    one = find_attachment(desk, file, number)
    row = desk.session.get_one(CheckAttachment, number)
    row.removed_on, row.removed_by = desk.today, desk.actor.code
    desk.session.add(row)
    desk.session.flush()
    desk.record("visit", file.key, "detach", unit_id=file.visit.unit_id, item=one.item, name=one.name)


def renumber(desk: Desk, files: Sequence[Attachment], origins: Sequence[tuple[str, int]]) -> None:
    """Let files follow their problems, which are numbered without gaps when a checklist is handed in.

    origins   (item, place on the page) of each row in the order in which rows were stored
    """
    counts: dict[str, int] = {}
    stored = {}
    for item, position in origins:
        counts[item] = counts.get(item, 0) + 1
        stored[item, position] = counts[item]
    for one in files:
        row = desk.session.get_one(CheckAttachment, one.id)
        row.position = stored.get((one.item, one.position), one.position)
        desk.session.add(row)
    desk.session.flush()


def _media(path: Path) -> str:
    """Return the media type of a picture that pages show, "" for another file; raise InvalidInput for the rest."""
    content = read_file(path)
    if len(content) > MAX_BYTES:
        raise InvalidInput(
            "文件太大",
            found=f"{path.name}，{len(content) / 1024 / 1024:.1f} MB",
            expected=f"不超过{MAX_BYTES // 1024 // 1024} MB",
            remedy="压缩后上传",
        )
    if check_upload(path, TAKEN) is not PICTURE:
        return ""
    picture = read_picture(content)
    if picture is None:
        return ""  # a picture that not every browser shows: it is kept, and downloaded to be seen
    if not picture.is_sane:
        raise InvalidInput(
            "图片的尺寸太大",
            found=f"{path.name}，{picture.width}×{picture.height}",
            expected="不超过6000万像素",
            remedy="缩小后上传",
        )
    return picture.media


def _describe(row: CheckAttachment, kept: Evidence) -> Attachment:
    return Attachment(
        key_of(row), row.item, row.position, kept.name, kept.size, row.media, kept.filed_by, kept.filed_on,
        kept.sha256,
    )  # fmt: skip
