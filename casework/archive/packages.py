"""Packages that the office keeps itself: stored beside the evidence, checked before they leave, gone when destroyed.

The register holds the hash of a package's list of hashes, so a package proves itself wherever it is.
"""

from __future__ import annotations

import hashlib
import io
import json
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlmodel import col, select

from casework.archive.archiving import decide, find_file, pack
from casework.desk import Desk
from casework.rectification.evidence import content_path, write_content
from core.errors import InvalidInput, NotFound, Refused
from core.life.archivelife import ArchiveState
from models.archive import ArchiveFile
from models.base import key_of
from models.rectification import Evidence

SUMS, LOG = "SHA256SUMS", "log.jsonl"
PACKAGE = "package"
MOST_UNPACKED = 2_000_000_000
MOST_MEMBERS = 20_000


def pack_and_keep(desk: Desk, subject: str, code: str) -> ArchiveFile:
    """Pack the record of something that has ended and keep the package; the earlier one of a file is replaced.

    raises   NotAllowed, NotFound, Refused as `pack`
    """
    with tempfile.TemporaryDirectory(prefix="ducha-pack-") as folder:
        row = pack(desk, subject, code, Path(folder))
        (path,) = Path(folder).glob("*.zip")
        content = path.read_bytes()
        name = path.name
    digest = hashlib.sha256(content).hexdigest()
    _let_go(desk, row, but=digest)
    write_content(desk.files, digest, content)
    desk.session.add(
        Evidence(
            office_id=desk.office_id, subject="archive", subject_id=key_of(row), act=PACKAGE, name=name, sha256=digest,
            size=len(content), filed_on=desk.today, filed_by=desk.actor.code,
        )
    )  # fmt: skip
    desk.session.flush()
    return row


def kept_package(desk: Desk, archive_id: int) -> Evidence | None:
    """Return where the package of a file lies, None when it was packed elsewhere or has been destroyed."""
    row = find_file(desk, archive_id)
    query = select(Evidence).where(
        col(Evidence.office_id) == desk.office_id,
        col(Evidence.subject) == "archive",
        col(Evidence.subject_id) == row.id,
        col(Evidence.act) == PACKAGE,
    )
    return desk.session.exec(query.order_by(col(Evidence.id).desc())).first()


def read_package(desk: Desk, archive_id: int) -> tuple[str, bytes]:
    """Return name and content of the package of a file; raise NotFound without one, Refused for a changed one."""
    kept = kept_package(desk, archive_id)
    path = content_path(desk.files, kept.sha256) if kept else None
    if kept is None or path is None or not path.is_file():
        raise NotFound(
            "系统中没有这个案卷的文件包", found=str(archive_id), expected="在本系统装卷并保存的案卷",
            remedy="已归档的从移交介质取得；尚未归档的重新装卷",
        )  # fmt: skip
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != kept.sha256:
        raise Refused(
            "案卷文件包已被改动",
            found=kept.name,
            expected="装卷时的校验值",
            remedy="停止使用，从备份恢复后核对",
        )
    return kept.name, content


@dataclass(frozen=True, slots=True)
class Verdict:
    """What checking a package came to; `problems` is empty for a whole one that is the registered one."""

    files: int
    steps: int
    sha256: str
    problems: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return not self.problems


def verify_package(desk: Desk, archive_id: int, content: bytes | None = None) -> Verdict:
    """Check a package as its own script does, and that it is the registered one.

    content   a package from elsewhere; None for the one that is kept
    raises    NotFound; InvalidInput for what is no package
    """
    row = find_file(desk, archive_id)
    given = read_package(desk, archive_id)[1] if content is None else content
    try:
        with zipfile.ZipFile(io.BytesIO(given)) as archive:
            return _checked(archive, row.sha256)
    except (zipfile.BadZipFile, KeyError, UnicodeDecodeError, ValueError) as error:
        raise InvalidInput(
            "这不是案卷文件包", found=type(error).__name__, expected="装卷得到的 .zip", remedy="重新选择文件"
        ) from error


def _checked(archive: zipfile.ZipFile, registered: str) -> Verdict:
    infos = archive.infolist()
    if len(infos) > MOST_MEMBERS or sum(one.file_size for one in infos) > MOST_UNPACKED:
        raise InvalidInput(
            "案卷文件包过大", found=f"{len(infos)}个文件", expected="装卷得到的 .zip", remedy="核对文件"
        )
    roots = {one.filename.rpartition(SUMS)[0] for one in infos if one.filename.rpartition("/")[2] == SUMS}
    (root,) = roots  # exactly one list of hashes; anything else is no package
    sums = archive.read(f"{root}{SUMS}")
    problems = []
    names = set(archive.namelist())
    lines = sums.decode("utf-8").splitlines()
    for line in lines:
        digest, _, name = line.partition("  ")
        if f"{root}{name}" not in names:
            problems.append(f"缺少文件 {name}")
        elif _hash_of(archive, f"{root}{name}") != digest:
            problems.append(f"内容改动 {name}")
    steps = archive.read(f"{root}{LOG}").decode("utf-8").splitlines()
    problems += [f"过程记录不符 第{number}条" for number, line in enumerate(steps, 1) if not _holds(line)]
    whole = hashlib.sha256(sums).hexdigest()
    if whole != registered:
        problems.append(f"案卷校验值与登记的不同：{whole[:16]}，登记为{registered[:16]}")
    return Verdict(len(lines), len(steps), whole, tuple(problems))


def _hash_of(archive: zipfile.ZipFile, name: str) -> str:
    found = hashlib.sha256()
    with archive.open(name) as stream:
        while chunk := stream.read(1 << 20):
            found.update(chunk)
    return found.hexdigest()


def _holds(line: str) -> bool:
    step = json.loads(line)
    text = "\x1f".join(step["covered"])
    return bool(hashlib.sha256(bytes.fromhex(step["previous"]) + text.encode()).hexdigest() == step["link"])


def decide_and_clear(desk: Desk, archive_id: int, *, destroy: bool, note: str) -> ArchiveFile:
    """Decide on an appraised file; what is destroyed leaves the store too, and the register keeps its line."""
    row = decide(desk, archive_id, destroy=destroy, note=note)
    if row.state == ArchiveState.DESTROYED.value:
        _let_go(desk, row)
    return row


def _let_go(desk: Desk, row: ArchiveFile, but: str = "") -> None:
    """Forget the kept package of a file; its content goes once the change is written, if nothing else is the same.

    but   the hash of content that is needed further on
    """
    for kept in list(
        desk.session.exec(
            select(Evidence).where(
                col(Evidence.office_id) == desk.office_id,
                col(Evidence.subject) == "archive",
                col(Evidence.subject_id) == row.id,
                col(Evidence.act) == PACKAGE,
            )
        )
    ):
        digest = kept.sha256
        desk.session.delete(kept)
        desk.session.flush()
        others = select(Evidence.id).where(col(Evidence.sha256) == digest).limit(1)
        if digest != but and desk.session.exec(others).first() is None:
            _remove_after_commit(desk, content_path(desk.files, digest))


def _remove_after_commit(desk: Desk, path: Path) -> None:
    def remove(_session: object) -> None:
        path.unlink(missing_ok=True)

    sa.event.listen(desk.session, "after_commit", remove, once=True)
