"""Restore: everything is verified before anything is touched; ducha then starts on HOLD until two people release it.

source   reliability.md 9.5: after a restore nobody knows which mails of the lost window went out
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from casework.desk import Desk
from casework.holds import HOLD, end_hold
from casework.invariants.frozen import BLOCK, hash_file
from casework.mail.reconciling import compare_with_journal
from casework.paperwork.numbering import is_number, skip_numbers
from casework.rectification.evidence import content_path
from casework.staff.people import find_actor, require_role
from casework.upkeep.snapshots import DUMP, LITE, check_copy, failed, load_dump, open_copy
from core.errors import InvalidInput, NotAllowed, Refused
from delivery.journal import read_journal
from models.base import table_of
from models.database import make_engine, sqlite_module
from models.record import Note
from models.schema import head_revision, upgrade
from system.durable import make_folder, sync
from system.failpoints import reach
from system.settings import Settings

FORMAT = 1
MANIFEST = "manifest.json"
MEMBER = re.compile(r"database\.(db|dump)|files/[0-9a-f]{2}/[0-9a-f]{64}")
SHANGHAI = ZoneInfo("Asia/Shanghai")
RELEASERS = ("officer", "director")
LOGS = ("-wal", "-shm", "-journal")


@dataclass(frozen=True, slots=True)
class Archive:
    """What an archive says and what it holds: `hashes` are those of the bytes that are really there."""

    manifest: dict[str, Any]
    hashes: dict[str, str]

    @property
    def database(self) -> str:
        return LITE if LITE in self.hashes else DUMP


def restore(path: Path, settings: Settings, now: datetime, *, force: bool = False) -> dict[str, object]:
    """Bring database and files back from an archive, and put ducha on HOLD.

    force    move a database that is not empty out of the way (SQLite: it is kept beside) or replace it
    returns  {restored, made_at, revision, files, hold, counts}
    raises   InvalidInput for an archive that is damaged or no archive; Refused for a database that is not empty;
             WorldFailed; nothing was changed then
    """
    url = sa.make_url(settings.database_url)
    reason = f"{now.astimezone(SHANGHAI):%Y-%m-%d %H:%M}由备份 {path.name} 恢复"
    try:
        with _staging(url, settings) as staging:
            archive = read_archive(path, staging)
            _check_fits(archive, url)
            if archive.database == LITE:
                _prepare_lite(staging / LITE, reason)
                _refuse_overwrite(Path(url.database or ""), force=force)
                _bring_files(staging, settings.files)
                reach("restore.files_brought")
                _replace_lite(staging / LITE, Path(url.database or ""), now)
            else:
                empty = _is_empty(settings.database_url)
                if not (empty or force):
                    raise _not_empty(url.database or "")
                _bring_files(staging, settings.files)
                load_dump(url, staging / DUMP, (HOLD, reason), clean=not empty)
                _upgrade(settings.database_url)
    except OSError as error:
        raise failed("恢复没有完成", f"{error.strerror}：{error.filename}") from error
    return {
        "restored": True,
        "made_at": archive.manifest["made_at"],
        "revision": archive.manifest["revision"],
        "files": len(archive.hashes) - 1,
        "hold": reason,
        "counts": archive.manifest["counts"],
    }


@contextmanager
def _staging(url: sa.URL, settings: Settings) -> Iterator[Path]:
    """Give a folder on the disk of the database, so that the last step is a rename; it goes with its content."""
    lite = url.get_backend_name() == "sqlite"
    home = Path(url.database or "").resolve().parent if lite else settings.files.resolve().parent
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".ducha-restore-", dir=home) as folder:
        yield Path(folder)


def read_archive(path: Path, into: Path | None) -> Archive:
    """Read every member, compare it with the manifest, and lay it down under `into` when that is given.

    raises   InvalidInput when the archive is damaged, incomplete or holds what does not belong there
    """
    hashes: dict[str, str] = {}
    manifest: dict[str, Any] | None = None
    try:
        with tarfile.open(path, "r:") as archive:
            for member in archive:
                stream = archive.extractfile(member) if member.isreg() else None
                if stream is None or (member.name != MANIFEST and not MEMBER.fullmatch(member.name)):
                    raise _damaged(path, f"不应有的内容 {member.name[:80]}")
                if member.name == MANIFEST:
                    manifest = json.loads(stream.read())
                else:
                    hashes[member.name] = _copy(stream, into / member.name if into else None)
    except (tarfile.TarError, EOFError, ValueError) as error:
        raise _damaged(path, str(error)) from error
    except FileNotFoundError as error:
        raise InvalidInput(
            "备份文件不存在", found=str(path), expected="ducha backup 写成的文件", remedy="检查路径"
        ) from error
    if manifest is None or manifest.get("format") != FORMAT:
        raise _damaged(path, "没有清单或格式不同")
    wrong = sorted(dict(manifest["sha256"].items() ^ hashes.items()))
    if wrong or sum(name in hashes for name in (LITE, DUMP)) != 1:
        raise _damaged(path, "校验值不符：" + "、".join(wrong[:3]))
    return Archive(manifest, hashes)


def _copy(stream: IO[bytes], target: Path | None) -> str:
    digest = hashlib.sha256()
    if target is not None:
        target.parent.mkdir(parents=True, exist_ok=True)
    with (target or Path(os.devnull)).open("wb") as out:
        while block := stream.read(BLOCK):
            digest.update(block)
            out.write(block)
    if target is not None:
        sync(target)
    return digest.hexdigest()


def _damaged(path: Path, found: str) -> InvalidInput:
    return InvalidInput(
        "备份文件已损坏或不是备份", found=f"{path.name}：{found}", expected="ducha backup 写成的完整文件",
        remedy="换一份备份；现有数据未改动",
    )  # fmt: skip


def _check_fits(archive: Archive, url: sa.URL) -> None:
    if archive.manifest["dialect"] != url.get_backend_name():
        raise Refused(
            "备份与数据库种类不同",
            found=f"备份 {archive.manifest['dialect']}，设置 {url.get_backend_name()}",
            expected="同一种数据库",
            remedy="修改 DUCHA_DATABASE_URL",
        )
    if str(archive.manifest["revision"]) > head_revision():
        raise Refused(
            "备份由更新的版本写成",
            found=str(archive.manifest["revision"]),
            expected=f"不高于 {head_revision()}",
            remedy="先升级程序",
        )


def _prepare_lite(path: Path, reason: str) -> None:
    """Verify the copy, bring its schema up to date and put it on HOLD, all before it takes its place."""
    check_copy(path)
    _upgrade(f"sqlite:///{path}")
    note = table_of(Note)
    with open_copy(path) as plain, plain.begin() as connection:
        connection.execute(sa.delete(note).where(note.c.name == HOLD))
        connection.execute(sa.insert(note).values(name=HOLD, value=reason))
    sync(path)


def _upgrade(url: str) -> None:
    engine = make_engine(url)
    try:
        upgrade(engine)
    finally:
        engine.dispose()


def _refuse_overwrite(path: Path, *, force: bool) -> None:
    if not force and path.exists() and path.stat().st_size > 0:
        raise _not_empty(str(path))


def _not_empty(found: str) -> Refused:
    return Refused(
        "这里已有数据库，不能覆盖", found=found, expected="空的位置", remedy="换一个位置，或确认后加 --force"
    )


def _bring_files(staging: Path, folder: Path) -> None:
    """Put the evidence in its place; what is there already and whole stays as it is."""
    for file in sorted((staging / "files").rglob("*")):
        if not file.is_file():
            continue
        target = content_path(folder, file.name)
        if target.is_file() and hash_file(target) == file.name:
            continue
        make_folder(target.parent)
        part = target.with_suffix(f".{os.getpid()}.part")
        with file.open("rb") as stream:
            _copy(stream, part)
        part.replace(target)
        sync(target.parent)


def _replace_lite(staged: Path, path: Path, now: datetime) -> None:
    """Rename the copy into place; a log left beside another database would corrupt it, so it goes first."""
    aside = path.with_name(f"{path.name}.before-{now:%Y%m%dT%H%M%S}")
    if path.exists() and path.stat().st_size > 0:
        if _fold_logs(path):
            aside.unlink(missing_ok=True)
            aside.hardlink_to(path)  # the old one is under its own name until the copy takes it
        else:
            for ending in ("", *LOGS):  # with its logs a broken one stays readable under its new name
                old = path.with_name(path.name + ending)
                if old.exists():
                    old.replace(aside.with_name(aside.name + ending))
    for ending in LOGS:
        path.with_name(path.name + ending).unlink(missing_ok=True)
    reach("restore.before_rename")
    staged.replace(path)
    sync(path.parent)
    reach("restore.renamed")


def _fold_logs(path: Path) -> bool:
    """Take what stands in the logs into the file itself; False when it is broken or in use."""
    driver = sqlite_module()
    connection = driver.connect(path)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master")  # rolls an interrupted write back first
        busy = bool(connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0])
    except driver.Error:
        busy = True
    finally:
        connection.close()
    return not busy


def _is_empty(url: str) -> bool:
    engine = make_engine(url)
    try:
        return not sa.inspect(engine).get_table_names()
    except OperationalError as error:
        raise failed("数据库打不开", str(error.orig).splitlines()[0], "检查数据库服务后重试") from error
    finally:
        engine.dispose()


def release_hold(desk: Desk, second: str, numbers: Sequence[str] = ()) -> dict[str, object]:
    """End the HOLD after a restore for the office of the desk; two different people of it have looked.

    The journal of this machine's mail is compared first: what went out in the lost time is not sent again, and its
    numbers are not taken again. Other offices of the database stay on HOLD until each of them has done the same.
    numbers  that the register on paper has besides, the last of each series is enough
    returns  {accepted, unknown, missing, numbers, skipped, still_held}: mails that the journal settled, mails and
             numbers of documents that the restored database does not know, the numbers that stay empty for that
             (空号), and the offices that are still on HOLD
    raises   NotAllowed unless both may; Refused when there is no HOLD
    """
    require_role(desk, RELEASERS, "解除暂停")
    other = find_actor(desk, second)
    if other.code == desk.actor.code or desk.actor.is_machine or not other.roles & set(RELEASERS):
        raise NotAllowed(
            "解除暂停须两人核对",
            found=f"{desk.actor.code}、{second}",
            expected="两名不同的经办人或负责人",
            remedy="由另一名有权人员作第二人（--second）",
        )
    reason = desk.on_hold
    if reason is None:
        raise Refused(
            "系统没有处于暂停状态", found="正常", expected="恢复备份后的暂停状态", remedy="无需解除，直接使用"
        )
    compared = asdict(compare_with_journal(desk, read_journal(desk.settings.journal_folder)))
    gone = [*filter(is_number, compared["numbers"]), *numbers]
    compared["skipped"] = skip_numbers(desk.session, desk.office_id, gone)
    still = end_hold(desk, reason)
    desk.record("office", desk.office_id, "release_hold", reason=reason, second=other.code, journal=compared)
    return {**compared, "still_held": still}
