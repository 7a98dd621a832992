"""Every clock calls every job daily; the calendar of the office says whether the job does anything."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from core.rulebook import load_rulebook
from flows.duties import DUTIES, brief, is_its_day, needs_a_person, run_duty, wants_more
from flows.edge import Edge
from system.paths import RULES_DIR, read_texts
from tests.flows.conftest import OpenEdge
from tests.flows.duecase import count_rungs, write_due_case

SATURDAY = date(2026, 6, 27)
MAKE_UP_SUNDAY = date(2026, 1, 4)  # 元旦调休
DUE_ON = date(2026, 6, 3)


def test_every_job_of_the_timetable_is_a_duty_and_every_duty_a_job() -> None:
    timetable = load_rulebook(read_texts(RULES_DIR, ".yaml")).timetable

    assert sorted(DUTIES) == sorted(job.name for job in timetable)


def test_a_sweep_climbs_one_rung_on_a_working_day(edge: Edge, engine: sa.Engine) -> None:
    write_due_case(edge, DUE_ON)

    report = run_duty(edge, "deadlines")

    assert (report["due"], count_rungs(engine)) == (1, 1)


def test_a_sweep_on_a_day_off_writes_nothing_and_says_why(edge_on: OpenEdge, engine: sa.Engine) -> None:
    edge = edge_on(SATURDAY)
    write_due_case(edge, DUE_ON)

    report = run_duty(edge, "deadlines")

    assert "skipped" in report
    assert count_rungs(engine) == 0


def test_a_day_named_by_a_person_is_never_refused(edge_on: OpenEdge, engine: sa.Engine) -> None:
    edge = edge_on(SATURDAY, explicit=True)
    write_due_case(edge, DUE_ON)

    run_duty(edge, "deadlines")

    assert count_rungs(engine) == 1


@pytest.mark.parametrize(
    ("name", "day", "runs"),
    [
        ("deadlines", MAKE_UP_SUNDAY, True),
        ("reminders", date(2026, 10, 1), False),
        ("reports", date(2026, 6, 1), True),
        ("reports", date(2026, 6, 2), False),
        ("doctor", SATURDAY, True),
        ("outbox", SATURDAY, True),
        ("unheard_of", date(2026, 6, 30), False),
    ],
)
def test_a_job_runs_on_its_own_days_only(edge_on: OpenEdge, name: str, day: date, runs: bool) -> None:
    assert is_its_day(edge_on(day), name) is runs


def test_the_outbox_is_run_again_only_while_mails_are_left_and_the_server_takes_them() -> None:
    assert wants_more({"left": 7, "accepted": 100})
    assert not wants_more({"left": 7, "accepted": 0})
    assert not wants_more({"left": 0, "accepted": 100})
    assert not wants_more({"due": 3})


def test_a_report_is_told_in_one_short_line() -> None:
    report = {
        "today": "2026-06-30",
        "due": 3,
        "issued": {"prompt": 2},
        "drafted": {},
        "set_aside": [1],
        "held": None,
    }

    assert brief(report) == "today 2026-06-30，due 3，issued {'prompt': 2}，set_aside 1"


@pytest.mark.parametrize("report", [{"held": "时钟被回拨"}, {"set_aside": [{"case": "7"}]}, {"ok": False}])
def test_what_a_person_must_look_at_is_told_as_a_warning(report: dict[str, object]) -> None:
    assert needs_a_person(report)
    assert not needs_a_person({"due": 0, "held": None, "set_aside": [], "ok": True})
