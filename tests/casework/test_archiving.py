"""A file is whole, can be checked without ducha, and gets a number only under an agreed file plan."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import col, select

from casework.archive.archiving import Wanted, appraise, decide, file_away, list_files, pack, transfer
from casework.desk import Desk
from casework.upkeep.doctor import examine
from core.errors import InvalidInput, NotAllowed, Refused
from core.rulebook.archives import Approval
from models.archive import ArchiveFile
from models.campaign import Campaign
from models.organisation import Unit
from models.rectification import Evidence
from tests import make
from tests.casework.conftest import OpenDesk
from tests.casework.scene import Scene

DAY = date(2026, 4, 20)
AGREED = Approval(by="示例县档案局", document="示档函〔2026〕3号", on=date(2026, 1, 15))


def closed_case(scene: Scene) -> str:
    """Bring one case to its closure and return its code."""
    (code,) = scene.notify(("D001", "E24", "major"))
    scene.act(code, "submit_plan", "D001:liaison", DAY, measures="逐项整改")
    scene.act(code, "approve_plan", "P90", DAY)
    scene.act(code, "apply_closure", "D001:liaison", DAY, files=(scene.file(),), note="已全部完成")
    scene.act(code, "verify", "P05", DAY, verdict="passed")
    scene.act(code, "close", "L-DIRECTOR", DAY)
    return code


def agree(desk: Desk) -> None:
    """Let the archive authority agree to the file plan of this desk."""
    plan = desk.rules.archives["county"].model_copy(update={"approval": AGREED, "fonds": "0123"})
    desk.rules = desk.rules.model_copy(update={"archives": {"county": plan}})


def unpack(package: Path, folder: Path) -> Path:
    with zipfile.ZipFile(package) as archive:
        archive.extractall(folder)
    return folder


def verify(folder: Path) -> subprocess.CompletedProcess[str]:
    """Check a package as an archive would: with Python alone, nothing of ducha in reach."""
    return subprocess.run(  # the script of the package itself
        [sys.executable, "-I", str(folder / "verify.py")], capture_output=True, text=True, check=False
    )


def test_a_closed_case_is_packed_and_verified_without_ducha(
    scene: Scene, open_desk: OpenDesk, tmp_path: Path
) -> None:
    code = closed_case(scene)
    with open_desk(by="P90", today=date(2026, 9, 1)) as desk:
        case, campaign = scene.case(code), desk.session.exec(select(Campaign)).one()
        unit = desk.session.get_one(Unit, case.unit_id)
        # An automatic reminder was mailed without being signed: its words are in the mail, it has no paper.
        make.make_document(desk, campaign, unit, "prompt", case, signed_on=None, signed_by=None, number=None)
        row = pack(desk, "case", code, tmp_path)
        kept = desk.session.exec(select(Evidence).where(col(Evidence.subject) == "case")).all()

    folder = unpack(tmp_path / f"case-{code}.zip", tmp_path / "unpacked")
    told = verify(folder)
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    log = (folder / "log.csv").read_text(encoding="utf-8-sig")

    assert told.returncode == 0, told.stdout
    assert f"案卷校验值 {row.sha256}" in told.stdout
    assert any(name.startswith("documents/") and name.endswith(".pdf") for name in names)
    assert any(name.startswith("documents/") and name.endswith(".docx") for name in names)
    assert any(name.startswith("mails/") and name.endswith(".json") for name in names)
    assert len([name for name in names if name.startswith("evidence/")]) == len(kept) > 0
    assert "批准销号" in log
    assert json.loads((folder / "metadata.json").read_text(encoding="utf-8"))["保管期限"].startswith(
        "30年（建议"
    )


@pytest.mark.parametrize("name", ["log.jsonl", "index.csv", "documents"])
def test_a_change_in_an_unpacked_file_is_found(
    scene: Scene, open_desk: OpenDesk, tmp_path: Path, name: str
) -> None:
    code = closed_case(scene)
    with open_desk(by="P90", today=date(2026, 9, 1)) as desk:
        pack(desk, "case", code, tmp_path)
    folder = unpack(tmp_path / f"case-{code}.zip", tmp_path / "unpacked")
    victim = folder / name if name != "documents" else next((folder / name).iterdir())
    victim.write_bytes(victim.read_bytes().replace(b"2026", b"2025", 1) + b" ")

    told = verify(folder)

    assert told.returncode == 1
    assert "内容改动" in told.stdout


def test_packing_twice_gives_the_same_hash_unless_something_happened(
    scene: Scene, open_desk: OpenDesk, tmp_path: Path
) -> None:
    code = closed_case(scene)
    with open_desk(by="P90", today=date(2026, 9, 1)) as desk:
        first = pack(desk, "case", code, tmp_path).sha256
    with open_desk(by="P90", today=date(2026, 9, 1)) as desk:
        second = pack(desk, "case", code, tmp_path).sha256

    assert first == second


def test_an_open_case_is_not_packed(scene: Scene, open_desk: OpenDesk, tmp_path: Path) -> None:
    (code,) = scene.notify(("D001", "E24", "major"))

    with open_desk(by="P90", today=date(2026, 9, 1)) as desk, pytest.raises(Refused, match="尚未办结"):
        pack(desk, "case", code, tmp_path)
    assert list(tmp_path.glob("*.zip")) == []


def test_nothing_gets_a_number_before_the_archive_authority_agreed(
    scene: Scene, open_desk: OpenDesk, tmp_path: Path
) -> None:
    code = closed_case(scene)
    with open_desk(by="P90", today=date(2026, 9, 1)) as desk:
        row = pack(desk, "case", code, tmp_path)
        with pytest.raises(Refused, match="未经审核同意"):
            file_away(desk, row.id or 0)
        agree(desk)
        filed = file_away(desk, row.id or 0)

        assert filed.archive_no == "0123-2026-rectification_files-D30-0001"
        assert filed.kept_until == date(2056, 12, 31)
        assert filed.transfer_due_on == date(2036, 12, 31)
        with pytest.raises(Refused, match="当前状态不能"):
            pack(desk, "case", code, tmp_path)


def test_a_file_is_handed_over_or_destroyed_only_after_appraisal_by_another(
    scene: Scene, open_desk: OpenDesk, tmp_path: Path
) -> None:
    code = closed_case(scene)
    with open_desk(by="P90", today=date(2026, 9, 1)) as desk:
        agree(desk)
        number = file_away(desk, pack(desk, "case", code, tmp_path).id or 0).id or 0
        with pytest.raises(Refused, match="尚未届满"):
            appraise(desk, number, "无保存价值")
    with open_desk(by="L-DIRECTOR", today=date(2057, 1, 4)) as desk:
        assert [row.id for row in list_files(desk, Wanted(expired=True))] == [number]
        assert [row.id for row in list_files(desk, Wanted(transfer_by=date(2036, 12, 31)))] == [number]
        appraise(desk, number, "无保存价值")
        with pytest.raises(NotAllowed):
            decide(desk, number, destroy=True, note="同意")
    with open_desk(by="L-DEPUTY", today=date(2057, 1, 5)) as desk:
        with pytest.raises(InvalidInput, match="批准意见"):
            decide(desk, number, destroy=True, note=" ")
        assert decide(desk, number, destroy=True, note="同意销毁").state == "destroyed"
        assert [row.archive_no for row in list_files(desk)] == ["0123-2026-rectification_files-D30-0001"]


def test_a_file_that_was_handed_over_stays_so(scene: Scene, open_desk: OpenDesk, tmp_path: Path) -> None:
    code = closed_case(scene)
    with open_desk(by="L-DIRECTOR", today=date(2026, 9, 1)) as desk:
        agree(desk)
        number = file_away(desk, pack(desk, "case", code, tmp_path).id or 0).id or 0
        assert transfer(desk, [number], "移交清册2026-1")[0].state == "transferred"
        with pytest.raises(Refused):
            transfer(desk, [number], "再次")
        desk.flush_changes()
        told = [example for one in examine(desk).invariants for example in one.examples]
        ours = [example for example in told if "archive" in example]
        assert ours == []  # the rest of this story is made by hand
        assert desk.session.exec(select(ArchiveFile.note)).all() == ["移交清册2026-1"]
