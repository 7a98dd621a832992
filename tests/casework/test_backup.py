"""A backup is whole or not there; a restore checks first, then replaces, then waits on HOLD for two people."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import select

from casework.paperwork.numbering import take_number
from casework.rectification.evidence import content_path
from casework.upkeep.backup import backup, release_hold, restore
from casework.upkeep.doctor import examine
from core.errors import InvalidInput, NotAllowed, Refused, WorldFailed
from delivery.journal import Journal, Line, Mark
from models.database import make_engine
from models.document import NumberSeries
from models.message import JournalledMail
from models.schema import upgrade
from system.paths import ROOT, RULES_DIR
from system.process import make_token
from system.settings import Settings
from tests.casework.conftest import OpenDesk, open_desks_on
from tests.casework.past import lived
from tests.databases import database, server_tools

NOW = datetime(2026, 7, 1, 2, 0, tzinfo=UTC)
TODAY = date(2026, 7, 1)


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Give the settings of a SQLite office with a real past; tests only read it."""
    folder = tmp_path_factory.mktemp("past")
    with database("sqlite", folder) as url:
        settings = Settings(rules=RULES_DIR, files=folder / "files", database_url=url)
        engine = make_engine(url)
        lived(open_desks_on(engine, settings), folder)
        engine.dispose()
        yield settings


@pytest.fixture(scope="module")
def archive(past: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a backup of that office."""
    path = tmp_path_factory.mktemp("archive") / "2026-07-01.tar"
    engine = make_engine(past.database_url)
    backup(engine, past, path, NOW)
    engine.dispose()
    return path


@pytest.fixture
def elsewhere(tmp_path: Path) -> Settings:
    """Give the settings of an empty place."""
    home = tmp_path / "elsewhere"
    return Settings(rules=RULES_DIR, files=home / "files", database_url=f"sqlite:///{home / 'ducha.db'}")


def content(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder."""
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()
    }


def desks_of(settings: Settings) -> OpenDesk:
    return open_desks_on(make_engine(settings.database_url), settings)


def rewrite(path: Path, change: Callable[[str, bytes], bytes | None]) -> None:
    """Write an archive anew with members changed or left out."""
    with tarfile.open(path) as old:
        members = [(m.name, old.extractfile(m).read()) for m in old]  # type: ignore[union-attr]  # all are files
    with tarfile.open(path, "w") as new:
        for name, said in members:
            changed = change(name, said)
            if changed is not None:
                entry = tarfile.TarInfo(name)
                entry.size = len(changed)
                new.addfile(entry, io.BytesIO(changed))


def test_the_archive_can_be_read_without_ducha(archive: Path, past: Settings) -> None:
    with tarfile.open(archive) as opened:
        names = opened.getnames()
        manifest = json.loads(opened.extractfile("manifest.json").read())  # type: ignore[union-attr]  # it is there

    assert names[0] == "database.db"
    assert names[-1] == "manifest.json"
    assert set(manifest["sha256"]) == set(names) - {"manifest.json"}
    assert manifest["counts"]["rectification"] == 2
    assert len(names) - 2 == len(content(past.files)) > 0


def test_a_restored_office_is_the_same_and_on_hold(
    archive: Path, elsewhere: Settings, past: Settings
) -> None:
    said = restore(archive, elsewhere, NOW)

    assert said["restored"] is True
    assert content(elsewhere.files) == content(past.files)
    with desks_of(elsewhere)(by=None, today=TODAY, readonly=True) as desk:
        assert desk.on_hold == "2026-07-01 10:00由备份 2026-07-01.tar 恢复"
        result = examine(desk)
    assert result.ok
    assert "由备份" in result.warnings[0]


def test_the_next_backup_removes_what_a_killed_one_has_left_and_nothing_else(
    past: Settings, tmp_path: Path
) -> None:
    made = subprocess.run(
        [sys.executable, "-c", "from system.process import make_token; print(make_token())"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    dead, alive = made.stdout.strip(), make_token()
    (tmp_path / f".a.tar.{dead}.part").write_bytes(b"half")
    (tmp_path / f".ducha-backup-{dead}-x1").mkdir()
    kept = {f".a.tar.{alive}.part", ".notes.part"}
    for name in kept:
        (tmp_path / name).write_bytes(b"somebody is at it, or it is not ours")
    engine = make_engine(past.database_url)
    backup(engine, past, tmp_path / "b.tar", NOW)
    engine.dispose()
    assert {one.name for one in tmp_path.iterdir()} == {"b.tar", *kept}


def test_two_people_release_the_hold(archive: Path, elsewhere: Settings) -> None:
    restore(archive, elsewhere, NOW)
    open_desk = desks_of(elsewhere)

    for by, second in (("P02", "P02"), ("P02", "P01"), ("P01", "P02"), (None, "P02")):
        with pytest.raises(NotAllowed), open_desk(by=by, today=TODAY) as desk:
            release_hold(desk, second)
    sent = Line(
        Mark.END,
        "shilixian",
        "dead",
        NOW.isoformat(),
        "<lost@x>",
        number="示法督办〔2026〕9号",
        outcome="accepted",
    )
    Journal(elsewhere.journal_folder).write(sent)
    with open_desk(by="P02", today=TODAY) as desk:
        last = desk.session.get(NumberSeries, (desk.office_id, "示法督办", 2026))
        known = last.last if last is not None else 0
        with pytest.raises(InvalidInput, match="文号写法不正确"):
            release_hold(desk, "L-DIRECTOR", ["第7号"])
    with open_desk(by="P02", today=TODAY) as desk:
        compared = release_hold(desk, "L-DIRECTOR", ["示法督函〔2026〕2号"])
        assert (compared["missing"], compared["numbers"]) == (1, ["示法督办〔2026〕9号"])
        lost = [f"示法督办〔2026〕{n}号" for n in range(known + 1, 10)]
        assert {*lost, "示法督函〔2026〕2号"} <= set(compared["skipped"])  # type: ignore[call-overload]  # a list
        assert take_number(desk.session, desk.office_id, "示法督办", 2026) == 10
        desk.session.get_one(
            NumberSeries, (desk.office_id, "示法督办", 2026), populate_existing=True
        ).last = 9
    with open_desk(by="P02", today=TODAY, readonly=True) as desk:
        assert [row.message_id for row in desk.session.exec(select(JournalledMail))] == ["<lost@x>"]
        assert desk.on_hold is None
        assert examine(desk).ok
    with pytest.raises(Refused, match="没有处于暂停"), open_desk(by="P02", today=TODAY) as desk:
        release_hold(desk, "L-DIRECTOR")


def test_a_database_that_is_there_is_not_overwritten_unless_forced(
    archive: Path, elsewhere: Settings
) -> None:
    engine = make_engine(elsewhere.database_url)
    upgrade(engine)
    engine.dispose()
    home = elsewhere.files.parent
    before = content(home)

    with pytest.raises(Refused, match="不能覆盖"):
        restore(archive, elsewhere, NOW)

    assert content(home) == before
    restore(archive, elsewhere, NOW, force=True)
    assert (home / "ducha.db.before-20260701T020000").read_bytes() == before["ducha.db"]


def test_a_stale_log_beside_the_place_is_not_taken_for_the_restored_databases_own(
    archive: Path, elsewhere: Settings
) -> None:
    home = elsewhere.files.parent
    home.mkdir()
    for ending in ("-wal", "-shm", "-journal"):
        (home / f"ducha.db{ending}").write_bytes(b"stale")

    restore(archive, elsewhere, NOW)

    assert not list(home.glob("ducha.db-*"))
    with desks_of(elsewhere)(by=None, today=TODAY, readonly=True) as desk:
        assert examine(desk).ok


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda name, said: said[:-1] + b"x" if name == "database.db" else said, "校验值不符"),
        (lambda name, said: None if name.startswith("files/") else said, "校验值不符"),
        (lambda name, said: None if name == "manifest.json" else said, "没有清单"),
        (lambda _name, said: said.replace(b'"format": 1', b'"format": 9'), "格式不同"),
    ],
)
def test_a_damaged_archive_is_refused_and_nothing_is_left(
    archive: Path,
    elsewhere: Settings,
    tmp_path: Path,
    change: Callable[[str, bytes], bytes | None],
    said: str,
) -> None:
    copy = Path(shutil.copy(archive, tmp_path))
    rewrite(copy, change)

    with pytest.raises(InvalidInput, match=said):
        restore(copy, elsewhere, NOW)

    assert content(elsewhere.files.parent) == {}


@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "files/../../evil", "files/ab/short"])
def test_a_member_that_would_leave_its_folder_is_refused(
    archive: Path, elsewhere: Settings, tmp_path: Path, name: str
) -> None:
    copy = Path(shutil.copy(archive, tmp_path))
    with tarfile.open(copy, "a") as opened:
        entry = tarfile.TarInfo(name)
        entry.size = 1
        opened.addfile(entry, io.BytesIO(b"x"))

    with pytest.raises(InvalidInput, match="不应有的内容"):
        restore(copy, elsewhere, NOW)


@pytest.mark.parametrize("text", [b"", b"no archive at all"])
def test_what_is_no_archive_is_refused(elsewhere: Settings, tmp_path: Path, text: bytes) -> None:
    (tmp_path / "other.tar").write_bytes(text)

    with pytest.raises(InvalidInput):
        restore(tmp_path / "other.tar", elsewhere, NOW)
    with pytest.raises(InvalidInput, match="不存在"):
        restore(tmp_path / "none.tar", elsewhere, NOW)


def test_a_backup_of_another_kind_of_database_is_refused(archive: Path, elsewhere: Settings) -> None:
    other = elsewhere.model_copy(update={"database_url": "postgresql+psycopg://nobody@/none"})

    with pytest.raises(Refused, match="种类不同"):
        restore(archive, other, NOW)


def test_a_backup_never_replaces_a_file(archive: Path, past: Settings) -> None:
    engine = make_engine(past.database_url)
    before = archive.read_bytes()

    with pytest.raises(InvalidInput, match="已存在"):
        backup(engine, past, archive, NOW)

    assert archive.read_bytes() == before
    engine.dispose()


def test_a_broken_chain_is_not_backed_up_and_nothing_is_left(past: Settings, tmp_path: Path) -> None:
    path = tmp_path / "ducha.db"
    shutil.copy(past.database_url.removeprefix("sqlite:///"), path)
    engine = make_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_entry_refuses_update")
        connection.exec_driver_sql("UPDATE audit_entry SET actor = 'nobody' WHERE seq = 1")
    target = tmp_path / "backups" / "a.tar"

    with pytest.raises(WorldFailed, match="记录链"):
        backup(engine, past, target, NOW)

    assert list(target.parent.iterdir()) == []
    engine.dispose()


def test_a_folder_that_cannot_be_written_is_told(past: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    engine = make_engine(past.database_url)

    with pytest.raises(WorldFailed, match="备份没有完成"):
        backup(engine, past, tmp_path / "file" / "a.tar", NOW)
    engine.dispose()


def test_half_written_evidence_stays_out(past: Settings, tmp_path: Path) -> None:
    files = Path(shutil.copytree(past.files, tmp_path / "files"))
    content_path(files, "ab" + "0" * 62).parent.mkdir(exist_ok=True)
    (files / "ab" / ("ab" + "0" * 62 + ".7.part")).write_bytes(b"half")
    engine = make_engine(past.database_url)

    said = backup(engine, past.model_copy(update={"files": files}), tmp_path / "a.tar", NOW)

    assert said["files"] == len(content(past.files))
    engine.dispose()


def test_postgresql_goes_there_and_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", server_tools())
    with database("postgresql", tmp_path) as url, database("postgresql", tmp_path) as other:
        settings = Settings(rules=RULES_DIR, files=tmp_path / "files", database_url=url)
        target = settings.model_copy(update={"database_url": other, "files": tmp_path / "back"})
        engine, copy = make_engine(url), make_engine(other)
        lived(open_desks_on(engine, settings), tmp_path)
        path = tmp_path / "a.tar"
        backup(engine, settings, path, NOW)

        with pytest.raises(Refused, match="不能覆盖"):
            restore(path, target, NOW)
        restore(path, target, NOW, force=True)

        with open_desks_on(copy, target)(by=None, today=TODAY, readonly=True) as desk:
            assert "a.tar" in str(desk.on_hold)
            assert examine(desk).ok
        engine.dispose()
        copy.dispose()


def test_a_missing_tool_is_told_and_nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with database("postgresql", tmp_path) as url:
        settings = Settings(rules=RULES_DIR, files=tmp_path / "files", database_url=url)
        engine = make_engine(url)

        with pytest.raises(WorldFailed, match="缺少 PostgreSQL 工具 pg_dump"):
            backup(engine, settings, tmp_path / "out" / "a.tar", NOW)

        assert list((tmp_path / "out").iterdir()) == []
        assert sa.inspect(engine).get_table_names()
        engine.dispose()
