"""Flows are thin: a flow calls its task, a task does one duty with the settings of its process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import sqlalchemy as sa
from prefect import Flow
from prefect.states import Failed

from core.errors import DatabaseFailed, DeliveryFailed, InvalidInput
from core.life.lives import DocumentState
from flows import (
    campaign,
    chatting,
    checkout,
    deadlines,
    intake,
    linkage,
    notices,
    outbox,
    reports,
    spreading,
    watch,
)  # fmt: skip
from flows.edge import Edge
from flows.parts import parts_of
from flows.retries import is_worth_a_retry
from flows.running import _engine, open_edge
from system.paths import ROOT
from system.settings import Settings
from tests.flows.conftest import WORKDAY, OpenEdge
from tests.flows.duecase import count_rungs, write_due_case
from tests.make import make_campaign, make_document, make_unit

FLOWS = [
    (deadlines, "deadlines", "sweep"),
    (outbox, "outbox", "send"),
    (intake, "intake", "read_mailbox"),
    (chatting, "chat", "tell"),
    (campaign, "reminders", "remind"),
    (linkage, "linkage", "watch"),
    (watch, "watch", "look"),
    (notices, "notices", "list_unserved"),
    (reports, "reports", "close_half_month"),
    (reports, "doctor", "examine"),
]
NAMES = [name for _, name, _ in FLOWS]


@pytest.fixture(autouse=True)
def settings_of_the_process(engine: sa.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Point the settings of this process to the database of the test."""
    monkeypatch.setenv("DUCHA_DATABASE_URL", str(engine.url))
    monkeypatch.setenv("DUCHA_FILES", str(tmp_path / "files"))
    _engine.cache_clear()  # the address may have been that of another test's database


@pytest.fixture
def without_engine(monkeypatch: pytest.MonkeyPatch) -> Callable[[ModuleType, str, str], Callable[..., Any]]:
    """Give a function that returns a flow's body whose task is called plainly: no server is asked."""

    def body(module: ModuleType, flow: str, task: str) -> Callable[..., Any]:
        monkeypatch.setattr(module, task, getattr(module, task).fn)
        return plainly(getattr(module, flow))

    return body


def plainly(flow: Flow[Any, Any]) -> Callable[..., Any]:
    """Return a function that runs the body of a flow to its end, without the engine."""
    return lambda *arguments: asyncio.run(flow.fn(*arguments))


@pytest.mark.parametrize(("module", "flow", "task"), FLOWS, ids=NAMES)
def test_a_flow_returns_what_its_task_reports(
    module: ModuleType, flow: str, task: str, edge: Edge, without_engine: Any
) -> None:
    write_due_case(edge, date(2026, 7, 20))

    body = without_engine(module, flow, task)

    assert body(WORKDAY)
    assert body(WORKDAY, "shilixian", 0)


@pytest.mark.parametrize(("module", "flow", "task"), FLOWS, ids=NAMES)
def test_a_flow_has_the_name_of_its_deployment_and_a_day_that_may_be_left_out(
    module: ModuleType, flow: str, task: str
) -> None:
    assert getattr(module, flow).name == flow
    assert getattr(module, flow).parameters.required is None or not getattr(module, flow).parameters.required


@pytest.mark.parametrize(("module", "flow", "task"), FLOWS, ids=NAMES)
def test_a_task_is_tried_again_for_the_failures_of_the_world_only(
    module: ModuleType, flow: str, task: str
) -> None:
    one = getattr(module, task)

    assert one.retries == len(one.retry_delay_seconds) > 0
    assert one.retry_condition_fn is is_worth_a_retry


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (DatabaseFailed("数据库忙"), True),
        (DeliveryFailed("连不上", retry=True), True),
        (DeliveryFailed("结果不明", retry=False), False),
        (InvalidInput("格式不对"), False),
        (RuntimeError("程序错误"), False),
    ],
)
def test_a_refusal_or_a_mistake_is_not_tried_again(error: Exception, again: bool) -> None:
    assert is_worth_a_retry(deadlines.sweep, None, Failed(data=error)) is again  # type: ignore[arg-type]  # neither task nor run is looked at


def test_the_flow_of_deadlines_sweeps_once_however_often_it_runs(
    edge: Edge, engine: sa.Engine, without_engine: Any
) -> None:
    write_due_case(edge, WORKDAY.replace(day=3))
    flow = without_engine(deadlines, "deadlines", "sweep")

    first, second = flow(WORKDAY), flow(WORKDAY)

    assert (first[0]["due"], second[0]["due"], count_rungs(engine)) == (1, 0, 1)


def test_a_late_run_counts_for_the_day_on_which_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.edge.civil_day", lambda _instant: WORKDAY)

    assert open_edge().clock.today() == WORKDAY
    assert not open_edge().clock.explicit
    assert open_edge(date(2026, 6, 1)).clock.today() == date(2026, 6, 1)


def test_the_notices_nobody_acknowledged_are_listed(edge_on: OpenEdge, without_engine: Any) -> None:
    with edge_on().desk() as desk:
        make_document(
            desk,
            make_campaign(desk),
            make_unit(desk),
            "feedback_notice",
            state=DocumentState.ISSUED.value,
            issued_on=date(2026, 6, 1),
        )

    listed = without_engine(notices, "notices", "list_unserved")(WORKDAY)["unserved"]

    assert [row["unit"] for row in listed] == ["D001"]


def test_the_outbox_flow_sends_slice_after_slice(monkeypatch: pytest.MonkeyPatch) -> None:
    slices = iter([{"accepted": 100, "left": 20}, {"accepted": 20, "left": 0}])
    monkeypatch.setattr(outbox, "send", lambda _today, _office: next(slices))

    assert len(plainly(outbox.outbox)(WORKDAY)) == 2


def test_a_broken_invariant_fails_the_run_of_the_doctor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "examine", lambda *_part: {"ok": False, "invariants": [], "warnings": []})

    assert plainly(reports.doctor)(WORKDAY).is_failed()


def test_a_run_works_in_the_checkout_that_its_interpreter_imports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert checkout.enter_checkout() == {"directory": str(ROOT)}
    assert Path.cwd() == ROOT


@pytest.fixture
def ordered(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """Give a list of the pieces that are handed out instead of being ordered from a server."""
    pieces: list[tuple[Any, ...]] = []
    monkeypatch.setattr(spreading.hand_out, "submit", lambda *piece: pieces.append(piece))
    return pieces


@pytest.mark.parametrize(
    ("module", "flow", "count"),
    [(deadlines, "deadlines", 4), (outbox, "outbox", 3), (watch, "watch", 1), (reports, "doctor", 1)],
)
def test_a_job_in_pieces_is_handed_out_for_each_office_and_shard(
    module: ModuleType, flow: str, count: int, monkeypatch: pytest.MonkeyPatch, ordered: list[tuple[Any, ...]]
) -> None:
    monkeypatch.setenv("DUCHA_DATABASE_URL", "postgresql+psycopg://ducha@127.0.0.1/ducha")
    monkeypatch.setenv("DUCHA_SHARDS", "4")
    monkeypatch.setenv("DUCHA_SENDERS", "3")
    monkeypatch.setattr("flows.parts.offices_of", lambda _settings: ["甲", "乙"])

    plainly(getattr(module, flow))(WORKDAY)

    assert ordered == [(flow, WORKDAY, office, shard) for office in ("甲", "乙") for shard in range(count)]


def test_a_piece_is_ordered_once_however_often_it_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    orders: list[dict[str, Any]] = []
    monkeypatch.setattr(
        spreading, "run_deployment", lambda name, **order: orders.append({"name": name, **order}) or Run()
    )

    assert [spreading.hand_out.fn("deadlines", WORKDAY, "甲", 2) for _ in range(2)] == ["17", "17"]

    assert orders[0] == orders[1]
    assert orders[0]["name"] == "deadlines/deadlines"
    assert orders[0]["parameters"] == {"today": "2026-06-30", "office": "甲", "shard": 2}
    assert orders[0]["timeout"] == 0
    assert orders[0]["idempotency_key"].endswith("/甲/2")


class Run:
    """What the server tells of an ordered run."""

    id = 17


def test_sqlite_has_one_writer_so_its_sweep_stays_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(shards=4, senders=4, database_url="sqlite:///x.db")
    assert parts_of(settings, "deadlines") == [("shilixian", 0)]
    assert parts_of(settings.model_copy(update={"database_url": "postgresql+psycopg://x"}), "deadlines") == [
        ("shilixian", shard) for shard in range(4)
    ]
