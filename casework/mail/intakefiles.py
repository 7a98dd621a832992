"""The bytes of a letter and the files that come with it: kept by hash; as evidence only after the checks of uploads."""

from __future__ import annotations

import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlmodel import col, select

from casework.desk import Desk
from casework.rectification.evidence import content_path, keep_file, write_content
from core.errors import DuchaError
from core.inbound import InboundKind
from delivery.inbound.reading import InboundLetter, read_letter
from delivery.uploads.checking import check_upload
from models.base import key_of
from models.inbound import InboundMail, InboundPart

# Robots repeat themselves, and what is marked secret must not lie here.
KEPT = frozenset({InboundKind.HUMAN, InboundKind.UNCLEAR, InboundKind.HARD_BOUNCE, InboundKind.SOFT_BOUNCE})
LONGEST_NAME = 100
UNSEEN = "未检查：归入事项时检查"


def keep_original(desk: Desk, row: InboundMail, mime: bytes) -> None:
    """Keep the bytes of a letter or a return under their hash."""
    if InboundKind(row.kind) in KEPT:
        write_content(desk.files, row.sha256, mime)
        row.kept = True


def original_of(desk: Desk, row: InboundMail) -> bytes | None:
    """Return the bytes of a mail, None where they were not kept."""
    path = content_path(desk.files, row.sha256)
    return path.read_bytes() if row.kept and path.is_file() else None


def list_parts(desk: Desk, row: InboundMail, letter: InboundLetter) -> None:
    """Note which files a mail carries; nothing of them is kept here."""
    if InboundKind(row.kind) is InboundKind.SECRET:
        return
    for place, file in enumerate(letter.files):
        desk.session.add(
            InboundPart(
                inbound_id=key_of(row),
                place=place,
                name=file.name,
                media_type=file.media_type,
                size=len(file.content),
                sha256=hashlib.sha256(file.content).hexdigest(),
                note=UNSEEN,
            )
        )
    desk.session.flush()


def keep_parts(desk: Desk, row: InboundMail, letter: InboundLetter, subject: str, subject_id: int) -> int:
    """Keep the files of a mail with what it is about, each after the checks of uploads; return how many passed.

    One that does not pass is noted with the reason, and stays in the mail alone.
    """
    kept = 0
    for part in parts_of(desk, row):
        if part.evidence_id is None and part.place < len(letter.files):
            kept += _keep(desk, part, letter.files[part.place].content, subject, subject_id)
    return kept


def keep_parts_again(desk: Desk, row: InboundMail, subject: str, subject_id: int) -> int:
    """Keep the files of a mail whose bytes were kept when it was read."""
    mime = original_of(desk, row)
    return keep_parts(desk, row, read_letter(mime), subject, subject_id) if mime is not None else 0


def parts_of(desk: Desk, row: InboundMail) -> list[InboundPart]:
    """Return the files that came with a mail, in its order."""
    query = select(InboundPart).where(col(InboundPart.inbound_id) == row.id).order_by(col(InboundPart.place))
    return list(desk.session.exec(query))


def _keep(desk: Desk, part: InboundPart, content: bytes, subject: str, subject_id: int) -> bool:
    with TemporaryDirectory() as folder:
        path = Path(folder) / _file_name(part.name)
        path.write_bytes(content)
        try:
            check_upload(path)
            evidence = keep_file(desk, subject, subject_id, "inbound", path)
        except DuchaError as error:
            part.note = f"未留存：{error}"[:500]
            desk.session.add(part)
            return False
    desk.session.flush()
    part.evidence_id, part.note = evidence.id, ""
    desk.session.add(part)
    return True


def _file_name(name: str) -> str:
    """Return a name for the disk: the ending is kept, and nothing of it leads elsewhere."""
    plain = name.replace("\\", "/").rpartition("/")[2].replace("\0", "").strip(". ") or "附件"
    stem, dot, ending = plain.rpartition(".")
    short = f"{stem[:LONGEST_NAME]}{dot}{ending[:10]}" if dot else plain[:LONGEST_NAME]
    while len(short.encode("utf-8", "replace")) > 240:
        short = short[1:]
    return short
