"""Backup: one verified archive of database and files, whole or not there at all.

The archive is a plain .tar: `database.db` (SQLite) or `database.dump` (PostgreSQL), `files/ab/<sha256>`, and
`manifest.json` with the SHA-256 of each member, so that it can be read without ducha.
"""

from __future__ import annotations

import io
import json
import re
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from casework.invariants.frozen import hash_file
from casework.upkeep.restoring import FORMAT, MANIFEST, read_archive, release_hold, restore
from casework.upkeep.snapshots import failed, take_snapshot
from casework.upkeep.standing import BACKUP
from core.errors import InvalidInput
from models.database import transaction
from models.record import Note
from models.schema import current_revision
from system.durable import sync
from system.failpoints import reach
from system.process import is_dead, make_token
from system.settings import Settings

__all__ = ["backup", "release_hold", "restore"]
SCRATCH = ".ducha-backup-"
PART, LEFT = (
    re.compile(r"\..+\.(?P<token>[^|]+(?:\|[^|]*){4})\.part"),
    re.compile(rf"{SCRATCH}(?P<token>.+)-[^-]+"),
)
KEPT_NAME = re.compile(r"[0-9a-f]{64}")


def backup(engine: sa.Engine, settings: Settings, path: Path, now: datetime) -> dict[str, object]:
    """Write the archive under a temporary name, and give it its name once it is whole and verified.

    returns  {file, sha256, bytes, made_at, revision, files, counts}
    raises   InvalidInput when the file exists already; WorldFailed, and no archive is left
    """
    if path.exists():
        raise InvalidInput(
            "备份文件已存在", found=str(path), expected="一个新文件名", remedy="换一个文件名，例如带上日期"
        )
    token = make_token()
    part = path.with_name(f".{path.name}.{token}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _sweep_out(path.parent)
        with tempfile.TemporaryDirectory(prefix=f"{SCRATCH}{token}-", dir=path.parent) as scratch:
            said = _write(engine, settings, part, Path(scratch), now)
        reach("backup.written")
        part.replace(path)
        sync(path.parent)
        reach("backup.named")
    except OSError as error:
        raise failed(
            "备份没有完成", f"{error.strerror}：{error.filename}", "检查磁盘空间和文件夹权限后重试"
        ) from error
    finally:
        if part.exists():
            part.unlink()
    _note(engine, now)
    return {"file": str(path), "sha256": hash_file(path), "bytes": path.stat().st_size, **said}


def _sweep_out(folder: Path) -> None:
    """Remove what backups have left here that were killed: their process is gone."""
    for stale in folder.glob(".*.part"):
        token = PART.fullmatch(stale.name)
        if token is not None and is_dead(token["token"]):
            stale.unlink(missing_ok=True)
    for stale in folder.glob(f"{SCRATCH}*"):
        token = LEFT.fullmatch(stale.name)
        if token is not None and is_dead(token["token"]):
            shutil.rmtree(stale, ignore_errors=True)


def _note(engine: sa.Engine, now: datetime) -> None:
    """Remember when the last good backup was made, for whoever looks after the installation."""
    with transaction(engine) as session:
        note = session.get(Note, BACKUP) or Note(name=BACKUP, value="")
        note.value = now.isoformat()
        session.add(note)


def _write(
    engine: sa.Engine, settings: Settings, part: Path, scratch: Path, now: datetime
) -> dict[str, object]:
    # The database first: evidence is written before the row that names it, so every named file is there.
    snapshot, counts = take_snapshot(engine, scratch)
    hashes: dict[str, str] = {}
    facts = {
        "format": FORMAT,
        "made_at": now.isoformat(),
        "dialect": engine.dialect.name,
        "revision": current_revision(engine),
        "counts": counts,
    }
    with part.open("xb") as stream, tarfile.open(fileobj=stream, mode="w") as archive:
        for name, file in ((snapshot.name, snapshot), *_kept_files(settings.files)):
            hashes[name] = hash_file(file)
            _add(archive, name, file, now)
        manifest = json.dumps({**facts, "sha256": hashes}, ensure_ascii=False, indent=1).encode()
        entry = _entry(MANIFEST, len(manifest), now)
        archive.addfile(entry, io.BytesIO(manifest))
    sync(part)
    _check(part, hashes)
    return {**facts, "files": len(hashes) - 1}


def _kept_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield the files of evidence; half-written ones and what does not belong there are left out."""
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if path.is_file() and KEPT_NAME.fullmatch(path.name) and path.parent.name == path.name[:2]:
            yield f"files/{path.parent.name}/{path.name}", path


def _add(archive: tarfile.TarFile, name: str, file: Path, now: datetime) -> None:
    with file.open("rb") as stream:
        archive.addfile(_entry(name, file.stat().st_size, now), stream)


def _entry(name: str, size: int, now: datetime) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = size, 0o600, int(now.timestamp())
    return entry


def _check(part: Path, hashes: dict[str, str]) -> None:
    """Read the archive back as a restore would."""
    if read_archive(part, None).hashes != hashes:
        raise failed("备份写成后核对不符", part.name)
