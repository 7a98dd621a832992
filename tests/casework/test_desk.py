"""The desk, its people, rules and files: everything or nothing, the right office, and nobody unknown."""

from __future__ import annotations

import hashlib
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import select

from casework.desk import at_desk
from casework.moves import move
from casework.paperwork.numbering import take_number, write_number
from casework.rectification import evidence
from casework.rectification.evidence import content_path, keep_file, read_file
from casework.rulesets.library import calendar_of, current_rules, frozen_rules, store_frozen
from casework.staff.people import find_actor, find_unit
from core.errors import DatabaseFailed, IllegalMove, InvalidInput, NotFound
from core.life.lives import CAMPAIGN_MOVES, CampaignAct
from models.audit import canonical_json, verify_chains
from models.campaign import Campaign
from models.database import make_engine
from models.organisation import Office, Unit
from models.record import AuditEntry, CalendarTable
from models.rectification import Evidence
from system.paths import RULES_DIR
from system.settings import Settings
from tests import make
from tests.casework.conftest import TODAY, OpenDesk
from tests.casework.scene import Scene

NOW = datetime(2026, 6, 30, 2, 0, tzinfo=UTC)


def test_a_block_that_fails_leaves_nothing_behind(scene: Scene, open_desk: OpenDesk) -> None:
    def fail() -> None:
        with open_desk() as desk:
            unit = make.make_unit(desk)
            desk.record("unit", unit.id or 0, "import", unit_id=unit.id)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert (scene.rows(select(Unit)), scene.rows(select(AuditEntry)), scene.rows(select(Office))) == (
        [],
        [],
        [],
    )


def test_changes_are_chained_with_who_when_and_what(scene: Scene, open_desk: OpenDesk) -> None:
    with open_desk(by="L-DIRECTOR") as desk:
        unit = make.make_unit(desk)
        desk.record("unit", unit.id or 0, "import", unit_id=unit.id, file="表.xlsx", empty="", none=None)
    (entry,) = scene.rows(select(AuditEntry))
    assert (entry.actor, entry.on_day, entry.act, entry.detail) == (
        "L-DIRECTOR",
        TODAY,
        "import",
        '{"file":"表.xlsx"}',
    )
    with open_desk(readonly=True) as desk:
        assert verify_chains(desk.session, desk.office_id) == (1, [])


def test_reading_writes_nothing_and_needs_no_office_row(scene: Scene, open_desk: OpenDesk) -> None:
    with open_desk(readonly=True) as desk:
        assert (desk.office.code, desk.office_id) == ("shilixian", 0)
        desk.session.add(Office(code="x", name="x"))
    assert scene.rows(select(Office)) == []


def test_people_are_found_in_three_forms_and_nobody_else(scene: Scene, open_desk: OpenDesk) -> None:
    scene.settle()
    with open_desk(readonly=True) as desk:
        assert find_actor(desk, "P90").roles == {"officer"}
        post = find_actor(desk, "L-DEPUTY")
        assert {"director", "leader", "deputy"} <= post.roles
        head = find_actor(desk, "D001:head")
        assert (head.speaks_for_unit, head.unit_code, head.name) == (True, "D001", "负责人")
        for unknown in ("P77", "L-KING", "D777:head", "D001:cook", ""):
            with pytest.raises(NotFound):
                find_actor(desk, unknown)
        assert find_unit(desk, "T001").kinds == "乡镇街道"


def test_an_unknown_office_or_an_unnamed_one_of_several_is_refused(
    engine: sa.Engine, settings: Settings, tmp_path: Path
) -> None:
    with (
        pytest.raises(NotFound, match="督察单位"),
        at_desk(engine, settings.model_copy(update={"office": "elsewhere"}), by=None, today=TODAY, now=NOW),
    ):
        pass
    rules = tmp_path / "rules"
    shutil.copytree(RULES_DIR, rules)
    other = (rules / "offices/shilixian.yaml").read_text("utf-8").replace("code: shilixian", "code: other")
    (rules / "offices/other.yaml").write_text(other, "utf-8")
    two = settings.model_copy(update={"rules": rules})
    with pytest.raises(InvalidInput, match="未指明"), at_desk(engine, two, by=None, today=TODAY, now=NOW):
        pass
    named = two.model_copy(update={"office": "other"})
    with at_desk(engine, named, by=None, today=TODAY, now=NOW) as desk:
        make.make_unit(desk)
    with (
        at_desk(engine, settings, by=None, today=TODAY, now=NOW, readonly=True) as desk,
        pytest.raises(NotFound),
    ):
        find_unit(desk, "D001")  # a unit of the other office


def test_rules_are_read_again_only_after_a_change(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    shutil.copytree(RULES_DIR, rules)
    first = current_rules(rules)
    assert current_rules(rules) is first
    path = rules / "offices/shilixian.yaml"
    path.write_text(path.read_text("utf-8").replace("name: 示例县法治督察办公室", "name: 新名称"), "utf-8")
    assert current_rules(rules).offices["shilixian"].name == "新名称"
    with pytest.raises(InvalidInput, match="文件夹不存在"):
        current_rules(tmp_path / "nowhere")


def test_a_frozen_set_is_kept_once_under_its_hash(open_desk: OpenDesk) -> None:
    with open_desk() as desk:
        make.make_campaign(desk)
        make.make_campaign(desk, "2026-ZH-02")
        digests = {c.rules_sha256 for c in desk.session.exec(select(Campaign))}
        assert len(digests) == 1
        digest = digests.pop() or ""
        assert frozen_rules(desk.session, digest) is frozen_rules(desk.session, digest)
        assert store_frozen(desk.session, b"{}", desk.now) == hashlib.sha256(b"{}").hexdigest()
        with pytest.raises(NotFound, match="规则集"):
            frozen_rules(desk.session, "f" * 64)


def test_the_newest_imported_year_covers_the_file(open_desk: OpenDesk) -> None:
    with open_desk() as desk:
        before = desk.calendar
        for version, off in ((1, "2026-07-01"), (2, "2026-07-02")):
            table = {"year": 2026, "status": "official", "source": "通知", "off": [off], "work": []}
            make.store(
                desk, CalendarTable(
                    office_id=desk.office_id, year=2026, version=version, status="official",
                    content=canonical_json(table), imported_by="P90", confirmed_by="P91", imported_at=desk.now,
                )
            )  # fmt: skip
        days = calendar_of(desk.session, desk.office, desk.rules)
        assert (days.is_workday(date(2026, 7, 1)), days.is_workday(date(2026, 7, 2))) == (True, False)
        assert not before.is_workday(date(2026, 5, 1))
        assert days.is_workday(date(2026, 5, 1))


def test_a_state_changes_only_along_its_table(open_desk: OpenDesk) -> None:
    with open_desk() as desk:
        campaign = make.make_campaign(desk)
        with pytest.raises(IllegalMove) as refused:
            move(desk, campaign, CAMPAIGN_MOVES, CampaignAct.APPROVE, subject="campaign", thing="批次")
        assert refused.value.allowed == ("close",)
        assert (campaign.state, desk.changes) == ("open", [])


def test_a_file_is_kept_once_by_its_content(scene: Scene, open_desk: OpenDesk) -> None:
    path = scene.file("佐证.pdf", b"proof")
    with open_desk(by="L-DIRECTOR") as desk:
        first, second = (keep_file(desk, "case", n, "apply_closure", path) for n in (1, 2))
        kept = content_path(desk.files, first.sha256)
    assert (first.sha256, kept.read_bytes()) == (second.sha256, b"proof")
    assert [f.name for f in kept.parent.iterdir()] == [first.sha256]
    assert [(e.subject_id, e.size, e.filed_by) for e in scene.rows(select(Evidence))] == [
        (1, 5, "L-DIRECTOR"), (2, 5, "L-DIRECTOR")
    ]  # fmt: skip


def test_a_file_that_is_missing_empty_too_large_or_secret_is_refused(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "MAX_BYTES", 10)
    for path, what in (
        (scene.folder / "没有.pdf", "文件不存在"),
        (scene.file("空.pdf", b""), "大小"),
        (scene.file("大.pdf", b"x" * 11), "大小"),
        (scene.file("[绝密]纪要.pdf", b"x"), "国家秘密"),
    ):
        with pytest.raises(InvalidInput, match=what):
            read_file(path)


def test_numbers_of_a_series_run_on_and_come_back_with_a_rollback(open_desk: OpenDesk) -> None:
    with open_desk() as desk:
        assert [take_number(desk.session, desk.office_id, "示法督", 2026) for _ in range(2)] == [1, 2]
    with open_desk() as desk:
        assert take_number(desk.session, desk.office_id, "示法督", 2026) == 3
        desk.session.rollback()
    with open_desk() as desk:
        assert take_number(desk.session, desk.office_id, "示法督", 2026) == 3
        assert take_number(desk.session, desk.office_id, "示法督", 2027) == 1
    assert write_number("示法督", 2026, 7) == "示法督〔2026〕7号"


def test_a_database_that_is_not_there_is_a_failure_of_the_world(settings: Settings, tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'empty.db'}")
    with (
        pytest.raises(DatabaseFailed, match="数据库") as failed,
        at_desk(engine, settings, by=None, today=TODAY, now=NOW),
    ):
        pass
    assert "ducha init" in failed.value.remedy
    engine.dispose()
