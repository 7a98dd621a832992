"""Flows are thin: a flow calls its task, a task does one duty with the settings of its process."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import sqlalchemy as sa
from prefect.states import Failed

from core.errors import DatabaseFailed, DeliveryFailed, InvalidInput
from core.life.lives import DocumentState
from flows import campaign, checkout, deadlines, linkage, notices, outbox, reports, watch
from flows.edge import open_edge
from flows.jobs import Edge
from flows.retries import is_worth_a_retry
from system.paths import ROOT
from tests.flows.conftest import WORKDAY, OpenEdge
from tests.flows.duecase import count_rungs, write_due_case
from tests.make import make_campaign, make_document, make_unit

FLOWS = [
    (deadlines, "deadlines", "sweep"),
    (outbox, "outbox", "send"),
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


@pytest.fixture
def without_engine(monkeypatch: pytest.MonkeyPatch) -> Callable[[ModuleType, str, str], Callable[..., Any]]:
    """Give a function that returns a flow's body whose task is called plainly: no server is asked."""

    def body(module: ModuleType, flow: str, task: str) -> Callable[..., Any]:
        monkeypatch.setattr(module, task, getattr(module, task).fn)
        plain: Callable[..., Any] = getattr(module, flow).fn
        return plain

    return body


@pytest.mark.parametrize(("module", "flow", "task"), FLOWS, ids=NAMES)
def test_a_flow_returns_what_its_task_reports(
    module: ModuleType, flow: str, task: str, edge: Edge, without_engine: Any
) -> None:
    write_due_case(edge, date(2026, 7, 20))

    assert without_engine(module, flow, task)(WORKDAY)


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

    assert (first["due"], second["due"], count_rungs(engine)) == (1, 0, 1)


def test_a_late_run_counts_for_the_day_on_which_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.jobs.civil_day", lambda _instant: WORKDAY)

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
    monkeypatch.setattr(outbox, "send", lambda _today: next(slices))

    assert len(outbox.outbox.fn(WORKDAY)) == 2


def test_a_broken_invariant_fails_the_run_of_the_doctor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "examine", lambda _today: {"ok": False, "invariants": [], "warnings": []})

    assert reports.doctor.fn(WORKDAY).is_failed()


def test_a_run_works_in_the_checkout_that_its_interpreter_imports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert checkout.enter_checkout() == {"directory": str(ROOT)}
    assert Path.cwd() == ROOT
