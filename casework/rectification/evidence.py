"""Files from people: kept once under DUCHA_FILES by the SHA-256 of their content, with a row that says what for."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from casework.desk import Desk
from core.errors import InvalidInput
from core.text.secrecy import refuse_state_secrets
from models.rectification import Evidence
from system.durable import make_folder, sync
from system.failpoints import reach

MAX_BYTES = 50 * 1024 * 1024


def keep_file(desk: Desk, subject: str, subject_id: int, act: str, path: Path, *, kind: str = "") -> Evidence:
    """Store a file and note it; the same content is stored once.

    kind     the kind of evidence by the rules of the ladder, where somebody said it
    raises   InvalidInput when the file cannot be read, is empty or larger than 50 MB, or its name is marked secret
    """
    content = read_file(path)
    digest = hashlib.sha256(content).hexdigest()
    write_content(desk.files, digest, content)
    row = Evidence(
        office_id=desk.office_id,
        subject=subject,
        subject_id=subject_id,
        act=act,
        kind=kind,
        name=path.name,
        sha256=digest,
        size=len(content),
        filed_on=desk.today,
        filed_by=desk.actor.code,
    )
    desk.session.add(row)
    return row


def read_file(path: Path) -> bytes:
    """Return the content of a file from outside; raise InvalidInput when it is not acceptable."""
    refuse_state_secrets(path.name, "文件名")
    if not path.is_file():
        raise InvalidInput("文件不存在", found=str(path), expected="可读取的文件", remedy="检查路径")
    size = path.stat().st_size
    if not 0 < size <= MAX_BYTES:
        raise InvalidInput(
            "文件大小不合要求",
            found=f"{path.name} {size}字节",
            expected=f"1至{MAX_BYTES}字节",
            remedy="检查或压缩文件",
        )
    return path.read_bytes()


def write_content(folder: Path, digest: str, content: bytes) -> Path:
    """Write content under its hash; a file that is there already is left alone. The name appears only when whole."""
    target = content_path(folder, digest)
    if target.exists():
        return target
    make_folder(target.parent)
    part = target.with_suffix(f".{os.getpid()}.part")
    with part.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    reach("file.written")
    part.replace(target)
    sync(target.parent)  # the row that names it is on the disk soon: the name must not be younger
    reach("file.named")
    return target


def content_path(folder: Path, digest: str) -> Path:
    """Return where content with this hash lies."""
    return folder / digest[:2] / digest
