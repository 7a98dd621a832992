"""A derivation is enough: from its data alone follow the stored light and the stored due date, whatever happened."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.ledgers.ledger import import_ledger
from casework.lights.deadlines import due_cases, sweep_batch
from casework.lights.explaining import explain_case
from casework.lights.rungs import SweepReport
from casework.paperwork.documents import seal_document, sign_documents
from casework.paperwork.serving import serve_document
from core.calendar.workdays import Calendar
from core.codes import Light
from core.errors import DuchaError
from core.ladders.reckoning import Span, is_reached, recompute
from system.paths import RULES_DIR
from system.settings import Settings
from tests import make
from tests.casework.conftest import open_desks_on
from tests.casework.scene import NOTIFIED, PDF, Scene
from tests.casework.test_ledger import OLD, put
from tests.databases import open_database

DONE_PLAN = {"measures": "逐项公示"}
SEVERITIES = ("minor", "major", "grave")


def sweep(scene: Scene, day: date) -> None:
    with scene.open_desk(today=day) as desk:
        due = [case_id for case_id, _unit in due_cases(desk.session, desk.office_id, day)]
        sweep_batch(desk, due, SweepReport(day))


def serve_all(scene: Scene, day: date) -> None:
    """Have every sheet that waits signed, sealed and served."""
    for document in scene.documents():
        if document.state == "draft" and document.by_sweep:
            with scene.open_desk(by="L-COUNTY", today=day) as desk:
                (signed,) = sign_documents(desk, [document.id or 0])
                state = signed.state
            with scene.open_desk(by="P90", today=day) as desk:
                if state == "signed":
                    seal_document(desk, document.id or 0, scene.file("盖章.pdf", PDF))
                serve_document(desk, document.id or 0, "hand", day)


def extend(scene: Scene, code: str, day: date) -> None:
    until = (scene.case(code).due_on or day) + timedelta(6)
    scene.act(code, "request_extension", "D001:liaison", day, note="采购周期长", until=until.isoformat())
    scene.act(code, "decide_extension", "L-DIRECTOR", day, verdict="granted")


def close(scene: Scene, code: str, day: date) -> None:
    scene.act(code, "apply_closure", "D001:liaison", day, files=(scene.file(),))
    scene.act(code, "verify", "P05", day, verdict="passed", second="P06")
    scene.act(code, "close", "L-DIRECTOR", day)


Deed = Callable[[Scene, str, date], object]
DEEDS: dict[str, Deed] = {
    "sweep": lambda scene, _code, day: sweep(scene, day),
    "serve": lambda scene, _code, day: serve_all(scene, day),
    "plan": lambda scene, code, day: scene.act(code, "submit_plan", "D001:liaison", day, **DONE_PLAN),
    "approve": lambda scene, code, day: scene.act(code, "approve_plan", "P90", day),
    "half": lambda scene, code, day: scene.act(code, "report_progress", "D001:liaison", day, percent="55"),
    "most": lambda scene, code, day: scene.act(code, "report_progress", "D001:liaison", day, percent="85%"),
    "extend": extend,
    "suspend": lambda scene, code, day: scene.act(code, "suspend", "L-DIRECTOR", day, note="等待裁判"),
    "resume": lambda scene, code, day: scene.act(code, "resume", "P90", day),
    "apply": lambda scene, code, day: scene.act(code, "apply_closure", "D001:liaison", day, files=(scene.file(),)),
    "return": lambda scene, code, day: scene.act(code, "return", "P90", day, note="材料不全"),
    "close": close,
    "reopen": lambda scene, code, day: scene.act(code, "reopen", "P90", day, note="反弹"),
    **{
        event: lambda scene, code, day, event=event: scene.act(code, "flag", "P90", day, note="属实", event=event)
        for event in ("E1", "E2", "E3", "E4", "E5", "E8")
    },
}  # fmt: skip
STORIES = st.lists(
    st.tuples(
        st.sampled_from((0, 1, 2, 4, 7)), st.sampled_from([*DEEDS, "sweep", "sweep", "sweep", "serve"])
    ),
    min_size=6,
    max_size=16,
)


@settings(max_examples=14, derandomize=True, database=None)
@given(st.sampled_from(SEVERITIES), STORIES)
def test_the_derivation_of_a_random_story_gives_the_stored_light_and_due_date(
    severity: str, story: list[tuple[int, str]]
) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        open_database("sqlite", Path(folder)) as engine,
    ):
        known = Settings(rules=RULES_DIR, files=Path(folder) / "files")
        scene = Scene(open_desks_on(engine, known), Path(folder))
        (code,) = scene.notify(("D001", "E24", severity))
        live(scene, code, story)


def live(scene: Scene, code: str, story: list[tuple[int, str]]) -> None:
    """Let a case live through a story, and work its derivation out after every deed that was possible."""
    day = NOTIFIED
    for gap, deed in story:
        day = min(day + timedelta(gap), date(2026, 11, 30))
        try:
            DEEDS[deed](scene, code, day)
        except DuchaError:
            continue  # the rules forbid it at this point of the story
        check(scene, code, day)


def check(scene: Scene, code: str, day: date) -> dict[str, object]:
    with scene.open_desk(readonly=True, today=day) as desk:
        told = json.loads(json.dumps(explain_case(desk, code).as_dict()["reckoning"]))
    case = scene.case(code)
    assert recompute(told) == (Light(case.light), case.due_on)
    reckoning: dict[str, object] = told
    return reckoning


def test_an_event_that_leaves_the_light_as_it_is_keeps_no_rung_back(scene: Scene) -> None:
    (code,) = scene.notify(("D001", "E24", "major"))
    day, red_on = NOTIFIED, None
    while scene.case(code).light != "black":
        day += timedelta(1)
        sweep(scene, day)
        serve_all(scene, day)
        if red_on is None and scene.case(code).light == "red":
            red_on = day
        if red_on is not None and day == red_on + timedelta(6):
            scene.act(code, "flag", "P90", day, note="属实", event="E2")  # at least red, which it is
            assert scene.case(code).light == "red"
        check(scene, code, day)
        assert day < date(2026, 11, 30), "it never came to black"
    steps = check(scene, code, day)["light_steps"]
    assert isinstance(steps, list)
    assert [step["kind"] for step in steps[-2:]] == ["event", "rung"]


STORY = [
    (0, "plan"),
    (1, "approve"),
    (0, "half"),
    (9, "sweep"),
    (9, "sweep"),
    (5, "sweep"),
    (0, "serve"),
    (9, "sweep"),
]


@pytest.fixture
def late(scene: Scene) -> tuple[Scene, str, date]:
    """Give a case that climbed to its second rung and beyond, and the day on which it did."""
    (code,) = scene.notify(("D001", "E24", "major"))
    live(scene, code, STORY)
    return scene, code, NOTIFIED + timedelta(sum(gap for gap, _ in STORY))


def test_the_sentences_name_rule_hash_facts_and_calendar(late: tuple[Scene, str, date]) -> None:
    scene, code, day = late
    with scene.open_desk(readonly=True, today=day) as desk:
        explanation = explain_case(desk, code)
    text = "".join(explanation.sentences)
    digest = scene.campaign().rules_sha256 or ""
    light = scene.case(code).light

    assert light in ("yellow", "red")
    assert f"ladders/problem/profiles/major/rungs/{light}（冻结的规则集 {digest[:12]}）" in text
    assert "推算：起算日" in text
    assert "送达证明：通知书2026年4月8日送达" in text


def test_make_up_days_and_holidays_stand_in_the_steps(late: tuple[Scene, str, date]) -> None:
    scene, code, day = late
    calendar = check(scene, code, day)["calendar"]

    assert isinstance(calendar, dict)
    assert any("个工作日" in step for step in calendar["steps"])


def test_a_case_that_was_closed_and_rebounded_begins_anew(scene: Scene) -> None:
    (code,) = scene.notify(("D001", "E24", "minor"))
    live(scene, code, [(0, "plan"), (1, "approve"), (2, "E4"), (2, "return"), (0, "apply"), (1, "return")])
    live(scene, code, [(25, "close")])
    day = NOTIFIED + timedelta(40)
    scene.act(code, "reopen", "P90", day, note="反弹")
    told = check(scene, code, day)
    sweep(scene, day + timedelta(40))
    check(scene, code, day + timedelta(40))
    steps = told["light_steps"]

    assert isinstance(steps, list)
    assert [step["kind"] for step in steps][-2:] == ["out", "reopen"]
    assert scene.case(code).round == 2


def test_a_case_out_of_an_old_ledger_goes_on_from_the_light_it_brought(scene: Scene) -> None:
    with scene.open_desk(by="L-DIRECTOR", today=date(2026, 6, 30)) as desk:
        make.make_unit(desk)
        import_ledger(desk, put(scene.folder, replace(OLD, light=Light.BLUE, due_on=date(2026, 7, 1))))
    told = check(scene, OLD.case, date(2026, 6, 30))
    sweep(scene, date(2026, 7, 10))
    check(scene, OLD.case, date(2026, 7, 10))

    assert told["light"] == "blue"
    assert scene.case(OLD.case).light == "yellow"


def test_another_calendar_moves_the_due_date_in_the_derivation_too(scene: Scene) -> None:
    (code,) = scene.notify(("D001", "E24", "minor"))
    before = scene.case(code).due_on
    told = check(scene, code, NOTIFIED)
    spans = told["calendars"]
    assert isinstance(spans, dict)
    for span in spans.values():
        span["off"] = [*span["off"], NOTIFIED.replace(day=20).isoformat()]

    assert before is not None
    assert (recompute(told)[1] or before) > before


def test_a_forged_fact_changes_what_comes_out(late: tuple[Scene, str, date]) -> None:
    scene, code, day = late
    told = check(scene, code, day)
    steps = told["light_steps"]
    assert isinstance(steps, list)
    for step in steps:
        step["facts"]["closure_applied"] = True

    assert recompute(told)[0] is not Light(scene.case(code).light)


def test_a_rung_is_not_reached_before_its_day_nor_before_its_gap() -> None:
    span = Span(date(2026, 5, 1), date(2026, 7, 31), frozenset(), frozenset())
    rule = {
        "anchor": "due",
        "offset": 1,
        "unit": "workday",
        "when": "true",
        "constants": [],
        "min_gap_workdays": 3,
    }
    step = {"rule": rule, "facts": {}, "served_on": None, "due_on": "2026-06-03", "last_on": None}

    assert not is_reached({**step, "on": "2026-06-03"}, span)
    assert is_reached({**step, "on": "2026-06-04"}, span)
    assert not is_reached({**step, "on": "2026-06-04", "last_on": "2026-06-02"}, span)
    assert is_reached({**step, "on": "2026-06-05", "last_on": "2026-06-02"}, span)


@given(st.dates(date(2026, 2, 1), date(2026, 10, 31)), st.integers(-15, 25))
@settings(max_examples=60)
def test_a_span_counts_as_the_calendar_it_was_cut_from(day: date, count: int) -> None:
    from casework.rulesets.library import current_rules

    calendar = Calendar.of(current_rules(RULES_DIR).calendars.values())
    span = Span.read(Span.of(calendar, [day, day + timedelta(60), day - timedelta(60)]).as_dict())

    assert span.after(day, count) == calendar.after(day, count)
    assert span.after_days(day, count) == calendar.after_days(day, count)
    assert span.between(day, day + timedelta(count)) == calendar.between(day, day + timedelta(count))
