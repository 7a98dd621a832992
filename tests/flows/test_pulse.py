"""The dead man's switch finds what stopped quietly, says it once and again, and says daily that all is well."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from pydantic import SecretStr
from typer.testing import CliRunner

from casework.upkeep.standing import BACKUP, Standing
from cli.app import app
from delivery.sink import MailSink
from flows.duties import DUTIES, run_duty
from flows.edge import Edge
from flows.pulse import Told, is_news, lines_of, mail_pulse, take_pulse, wrong_in
from models.message import Message
from models.record import Note
from tests import make
from tests.flows.conftest import WORKDAY

JOBS = tuple(name for name in DUTIES if name != "reports")  # half-monthly, and not today


@pytest.fixture
def sink() -> Iterator[MailSink]:
    """Give a mail server on this machine."""
    with MailSink() as server:
        yield server


@pytest.fixture
def watched(edge: Edge, sink: MailSink, tmp_path: Path) -> Edge:
    """Give an edge of an office that is well: every job has run, and a backup was made."""
    settings = edge.settings.model_copy(
        update={
            "smtp_url": SecretStr(sink.url),
            "mail_from": "fzdc@shilixian.example",
            "alarm_to": "a@shilixian.example、b@shilixian.example",
            "pulse_file": tmp_path / "state" / "pulse.json",
        }
    )
    opened = dataclasses.replace(edge, settings=settings)
    for name in JOBS:
        run_duty(opened, name)
    with opened.desk() as desk:
        desk.session.add(Note(name=BACKUP, value=desk.now.isoformat()))
    return opened


def later(edge: Edge, age: timedelta) -> Edge:
    """Give the same edge when some time has passed."""

    class Later:
        explicit = False

        def today(self) -> Any:
            return WORKDAY

        def now(self) -> datetime:
            return edge.clock.now() + age

    return dataclasses.replace(edge, clock=Later())


def test_an_office_that_is_well_has_no_findings(watched: Edge) -> None:
    assert wrong_in(take_pulse(watched)) == ()


def test_a_clock_that_stopped_is_found(watched: Edge) -> None:
    run_duty(later(watched, timedelta(minutes=11)), "intake")
    run_duty(later(watched, timedelta(minutes=11)), "chat")
    found = wrong_in(take_pulse(later(watched, timedelta(minutes=11))))
    assert found == ("shilixian：定时工作：发送待发邮件",)


def test_mails_that_wait_or_are_in_doubt_are_found(watched: Edge) -> None:
    with watched.desk() as desk:
        common = {"office_id": desk.office_id, "kind": "staff", "recipient_name": "x", "recipient": "x@x.example",
                  "domain": "x.example",
                  "queued_at": desk.now, "not_before": desk.now - timedelta(hours=2)}  # fmt: skip
        make.store(desk, Message(key="1", message_id="1", state="ready", **common))
        make.store(desk, Message(key="2", message_id="2", state="unknown", **common))
    names = {line.rpartition("：")[2] for line in wrong_in(take_pulse(watched))}
    assert {"待发邮件", "结果不明的邮件"} <= names


def test_an_old_backup_is_found(watched: Edge) -> None:
    with watched.desk() as desk:
        desk.session.get_one(Note, BACKUP).value = (desk.now - timedelta(days=3)).isoformat()
    assert wrong_in(take_pulse(watched)) == ("shilixian：最近备份",)


def test_a_full_disk_is_found(watched: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = type("Usage", (), {"free": 2**30, "total": 2**40})
    monkeypatch.setattr("casework.upkeep.standing.shutil.disk_usage", lambda _folder: usage)
    assert wrong_in(take_pulse(watched)) == ("shilixian：磁盘空间",)


def test_a_program_of_another_release_is_found(watched: Edge) -> None:
    with watched.desk() as desk:
        desk.session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    assert "shilixian：程序与数据库的版本" in wrong_in(take_pulse(watched))


def test_a_database_that_is_away_is_a_finding_and_no_crash(watched: Edge, tmp_path: Path) -> None:
    gone = dataclasses.replace(watched, engine=sa.create_engine(f"sqlite:///{tmp_path}/none/none.db"))
    assert wrong_in(take_pulse(gone)) == ("shilixian：数据库",)


def test_what_is_wrong_is_told_first_and_with_its_remedy() -> None:
    found = {"甲": [Standing("一", "好", True), Standing("二", "坏", False, "修")]}
    assert lines_of(found) == ["[异常] 甲 二：坏；请：修", "[正常] 甲 一：好"]


@pytest.mark.parametrize(
    ("wrong", "last", "hours", "news"),
    [
        ((), None, 0, True),
        ((), (), 23, False),
        ((), (), 24, True),
        (("x",), (), 0.1, True),
        (("x",), ("x",), 3, False),
        (("x",), ("x",), 4, True),
        ((), ("x",), 0.1, True),
    ],
)
def test_a_mail_goes_when_something_changed_or_the_last_is_long_ago(
    wrong: tuple[str, ...], last: tuple[str, ...] | None, hours: float, news: bool
) -> None:
    now = datetime.fromisoformat("2026-06-30T02:00:00+00:00")
    told = None if last is None else Told(last, now - timedelta(hours=hours))
    assert is_news(wrong, told, now) is news


def test_both_watchers_get_one_mail_and_silence_follows(watched: Edge, sink: MailSink) -> None:
    found = take_pulse(watched)
    assert mail_pulse(watched, found)
    assert not mail_pulse(watched, found)
    assert [taken.recipient for taken in sink.journal] == ["a@shilixian.example", "b@shilixian.example"]


def test_the_mail_says_in_its_subject_how_much_is_wrong(watched: Edge, sink: MailSink) -> None:
    late = later(watched, timedelta(minutes=11))
    for name in ("intake", "chat"):
        run_duty(late, name)
    mail_pulse(late, take_pulse(late))
    letter = message_from_bytes(sink.journal[0].mime, policy=default)
    assert letter["Subject"] == "督察系统值守：1项异常"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter.get_content().startswith("[异常] shilixian 定时工作：发送待发邮件")


def test_a_mail_that_does_not_go_is_one_more_finding_and_is_tried_again(
    watched: Edge, sink: MailSink
) -> None:
    sink.stop()
    found = take_pulse(watched)
    assert not mail_pulse(watched, found)
    assert "值守：值守邮件" in wrong_in(found)
    assert not watched.settings.pulse_file.exists()


def test_without_an_address_the_switch_says_so(watched: Edge) -> None:
    silent = dataclasses.replace(watched, settings=watched.settings.model_copy(update={"alarm_to": None}))
    found = take_pulse(silent)
    assert not mail_pulse(silent, found)
    assert "DUCHA_ALARM_TO" in lines_of(found)[0]


def test_the_command_ends_with_1_when_something_is_wrong(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUCHA_DATABASE_URL", str(edge.engine.url))
    result = CliRunner().invoke(app, ["--json", "pulse"])
    assert result.exit_code == 1
    assert any("最近备份" in name for name in json.loads(result.stdout)["wrong"])
