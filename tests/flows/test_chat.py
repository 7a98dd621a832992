"""Notices to chat groups: counts alone, once a day and channel, alarms at once; a robot that fails harms nothing.

The robot is a real HTTP server on loopback, spoken to by apprise's json:// notifier: those of DingTalk, WeCom and
Feishu have the hosts of their services built in.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from casework.mail.chatnotices import MAX_TRIES, note_diagnosis
from casework.upkeep.doctor import examine
from casework.upkeep.standing import standings
from core.errors import InvalidInput
from delivery.chat import channel_of, send_chat
from flows.chat import run_chat
from flows.edge import Edge
from models.chat import ChatNotice
from models.record import Note
from system import failpoints
from tests.delivery.inbound.mailmaking import UNIT, mail
from tests.flows.conftest import WORKDAY, FixedClock, OpenEdge
from tests.flows.maildirs import NUMBER, Post, issue, open_post

SATURDAY = date(2026, 6, 27)
SECRET = "t0ken-of-the-robot"  # of no robot


@dataclass
class Robot:
    """What a chat service does with its robot's address."""

    status: int = 200
    bodies: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""

    @property
    def texts(self) -> list[str]:
        return [body["message"] for body in self.bodies]


@pytest.fixture
def robot(monkeypatch: pytest.MonkeyPatch) -> Iterator[Robot]:
    monkeypatch.setenv("no_proxy", "*")
    one = Robot()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the library's name
            one.bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(one.status)
            self.end_headers()

        def log_message(self, *_args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    one.url = f"json://127.0.0.1:{server.server_port}/{SECRET}"
    yield one
    server.shutdown()
    server.server_close()


@pytest.fixture
def post(edge_on: OpenEdge, tmp_path: Path, robot: Robot) -> Post:
    path = tmp_path / "chat"
    path.write_text(f"# 工作群\n\n{robot.url}\n", encoding="utf-8")
    path.chmod(0o600)
    opened = open_post(edge_on(), tmp_path / "mail")
    told = {"chat_file": path, "address": "https://ducha.shilixian.example"}
    settings = type(opened.edge.settings)(**{**opened.edge.settings.model_dump(), **told})
    opened = replace(opened, edge=replace(opened.edge, settings=settings))
    opened.read()  # the mailbox has been read a moment ago
    return opened


def on(post: Post, day: date) -> Edge:
    return replace(post.edge, clock=FixedClock(day))


def rows(post: Post) -> list[ChatNotice]:
    with post.edge.desk(readonly=True) as desk:
        return [
            row.model_copy() for row in desk.session.exec(select(ChatNotice).order_by(col(ChatNotice.id)))
        ]


def test_what_waits_is_told_once_a_day_in_counts_and_no_word_of_a_case(post: Post, robot: Robot) -> None:
    issue(post, state="unknown")
    post.deliver(mail(sender=UNIT, subject="金丝雀来信", body="金丝雀内容"))
    post.read()
    first, second = run_chat(post.edge), run_chat(post.edge)
    assert (first["sent"], second["sent"]) == (1, 0)
    (text,) = robot.texts
    assert "1封邮件结果不明" in text
    assert "1封来信待处理" in text
    assert text.endswith("。请登录办理：https://ducha.shilixian.example")
    body = json.dumps(robot.bodies, ensure_ascii=False)
    for word in (NUMBER, "示例", "D001", "2026-ZH", "督办", "金丝雀", UNIT, "联络员"):
        assert word not in body
    assert [row.result for row in rows(post)] == ["sent"]
    assert SECRET not in repr(rows(post))


def test_another_day_is_told_again_and_a_day_off_or_an_empty_desk_is_not(post: Post, robot: Robot) -> None:
    assert run_chat(post.edge)["sent"] == 0
    issue(post, state="unknown")
    run_chat(post.edge)
    run_chat(on(post, SATURDAY))
    assert len(robot.texts) == 1
    day = date(2026, 7, 1)
    post.read(day)
    run_chat(on(post, day))
    assert len(robot.texts) == 2


def test_alarms_are_told_at_once_also_on_a_day_off_and_without_their_reasons(
    post: Post, robot: Robot
) -> None:
    with on(post, SATURDAY).desk() as desk:
        desk.session.add(Note(name="hold", value="恢复后核对金丝雀"))
        note_diagnosis(desk, ["INV-2", "INV-5", "INV-2"])
    assert run_chat(on(post, SATURDAY))["sent"] == 2
    assert run_chat(on(post, SATURDAY))["sent"] == 0
    assert "系统已暂停" in robot.texts[0]
    assert "2项不符" in robot.texts[1]
    assert "金丝雀" not in "".join(robot.texts)
    assert run_chat(on(post, date(2026, 6, 28)))["sent"] == 2  # it still holds


def test_a_robot_that_fails_is_tried_a_few_times_and_noted(post: Post, robot: Robot) -> None:
    issue(post, state="unknown")
    robot.status = 500
    reports = [run_chat(post.edge) for _ in range(MAX_TRIES + 2)]
    assert [report["sent"] for report in reports] == [0] * (MAX_TRIES + 2)
    assert len(robot.bodies) == MAX_TRIES
    (row,) = rows(post)
    assert (row.result, row.tries) == ("failed", MAX_TRIES)
    assert row.error
    assert SECRET not in str(reports)


def test_a_failure_is_made_up_for_by_the_next_run(post: Post, robot: Robot) -> None:
    issue(post, state="unknown")
    robot.status = 500
    run_chat(post.edge)
    robot.status = 200
    assert run_chat(post.edge)["sent"] == 1
    assert rows(post)[0].result == "sent"


def test_a_process_killed_before_it_sent_repeats_nothing(post: Post, robot: Robot) -> None:
    issue(post, state="unknown")

    def kill(name: str) -> None:
        if name == "chat.claimed":
            raise KeyboardInterrupt

    failpoints.arm(kill)
    try:
        with pytest.raises(KeyboardInterrupt):
            run_chat(post.edge)
    finally:
        failpoints.arm(None)
    assert run_chat(post.edge)["sent"] == 0
    assert robot.bodies == []
    assert rows(post)[0].result == "trying"


def test_the_addresses_lie_in_a_file_of_their_owner(post: Post, tmp_path: Path) -> None:
    (tmp_path / "chat").chmod(0o644)
    with pytest.raises(InvalidInput, match="0600"):
        run_chat(post.edge)


def test_without_a_file_nothing_is_told(edge: Edge) -> None:
    assert "没有设置" in str(run_chat(edge)["skipped"])


@pytest.mark.parametrize("address", ["nonsense", "json://127.0.0.1:1/x", ""])
def test_an_address_that_is_none_or_answers_nothing_is_told_and_raises_nothing(
    address: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("no_proxy", "*")
    assert send_chat(address, "1件")
    assert "127.0.0.1:1/x" not in caplog.text + capsys.readouterr().err
    assert len(channel_of(address)) == 16


@pytest.mark.filterwarnings("ignore")  # of apprise's own modules
@pytest.mark.parametrize(
    "address", ["dingtalk://atoken", "wecombot://a-key", "feishu://a-token", "lark://a-token"]
)
def test_the_robots_of_the_services_are_known(address: str) -> None:
    import apprise

    assert apprise.Apprise().add(address)


# ---- the mailbox that is not read --------------------------------------------------------------------------------


def test_a_mailbox_that_was_not_read_for_an_hour_is_told_in_service_time_only(
    post: Post, robot: Robot
) -> None:
    later = datetime(2026, 6, 30, 3, 30, tzinfo=UTC)
    night = datetime(2026, 6, 30, 15, 0, tzinfo=UTC)
    for instant, silent in ((later, True), (night, False)):
        with post.edge.desk(by="L-DIRECTOR") as desk:
            desk.now = instant
            assert any("收信邮箱超过1小时" in text for text in examine(desk).warnings) is silent
            (told,) = [one for one in standings(desk) if one.name == "收信邮箱"]
            assert told.ok is not silent
    with post.edge.desk(by="L-DIRECTOR") as desk:
        assert not any("收信邮箱" in text for text in examine(desk).warnings)
    assert run_chat(on(post, date(2026, 7, 1)))["sent"] == 1
    assert "收信邮箱超过1小时" in robot.texts[0]


def test_an_office_without_a_mailbox_is_not_warned(edge: Edge) -> None:
    with edge.desk(by="L-DIRECTOR") as desk:
        assert not any("收信邮箱" in text for text in examine(desk).warnings)
        (told,) = [one for one in standings(desk) if one.name == "收信邮箱"]
    assert told.ok is None
    assert desk.today == WORKDAY
