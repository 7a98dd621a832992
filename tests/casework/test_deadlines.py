"""The sweep: one rung at a time, one document a unit and kind and day, once a day, held when it must be."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import select

from casework.lights.deadlines import batches
from casework.paperwork.documents import seal_document, sign_documents, void_document
from casework.paperwork.serving import serve_document
from flows.edge import Edge
from flows.jobs import run_sweep
from models.audit import verify_chains
from models.campaign import Campaign
from models.document import DocumentCase
from models.organisation import Unit
from models.record import Note, Tick
from models.rectification import Rectification, Rung
from system.process import boot_id, uptime_seconds
from system.settings import Settings
from tests import make
from tests.casework.scene import PDF, Scene, settle_county
from tests.conftest import require

BLUE_ON, YELLOW_ON, RED_ON, BLACK_ON = (
    date(2026, 5, 27),
    date(2026, 6, 4),
    date(2026, 6, 9),
    date(2026, 6, 18),
)
Sweep = Callable[..., dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Day:
    """It is ten in the morning in Shanghai, for ever."""

    day: date
    explicit: bool = False

    def today(self) -> date:
        return self.day

    def now(self) -> datetime:
        return datetime.combine(self.day, time(2, 0), UTC)


@pytest.fixture
def sweep(engine: sa.Engine, settings: Settings) -> Sweep:
    """Give a function that sweeps on a day: `sweep(date(2026, 6, 4))`."""

    def run(day: date, *, explicit: bool = True, batch: int = 500) -> dict[str, Any]:
        return run_sweep(Edge(engine, settings.model_copy(update={"batch": batch}), Day(day, explicit)))

    return run


def write(scene: Scene, *codes: str, campaign: str = "2026-ZH-01", **values: Any) -> None:
    """Write cases that are due on 3 June, of the unit that the code begins with, looked at from the first day on."""
    with scene.open_desk(today=make.SIGNED_ON) as desk:
        if not desk.session.exec(select(Unit)).first():
            settle_county(desk)
        found = desk.session.exec(select(Campaign).where(Campaign.code == campaign)).first()
        of = found or make.make_campaign(desk, campaign)
        for code in codes:
            unit = desk.session.exec(select(Unit).where(Unit.code == code.partition("-")[0])).one()
            make.make_finding_and_case(desk, of, unit, code, **{"next_due_on": make.SIGNED_ON, **values})


def proceed(scene: Scene, kind: str, on: date) -> None:
    """Have the newest draft of a kind signed, sealed and served on a day."""
    number = scene.documents(kind)[-1].id or 0
    with scene.open_desk(by="L-COUNTY", today=on) as desk:
        (document,) = sign_documents(desk, [number])
        state = document.state
    with scene.open_desk(by="P90", today=on) as desk:
        if state == "signed":
            seal_document(desk, number, scene.file("盖章.pdf", PDF))
        serve_document(desk, number, "hand", on)


# ---- one case, day after day ----------------------------------------------------------------------------------


def test_blue_goes_out_by_itself_as_an_unnumbered_mail_once(scene: Scene, sweep: Sweep) -> None:
    write(scene, "D001-1")
    early = sweep(BLUE_ON - timedelta(1))
    assert (early["due"], early["issued"], scene.case("D001-1").next_due_on) == (1, {}, BLUE_ON)
    report = sweep(BLUE_ON)
    assert (report["due"], report["issued"], report["drafted"], report["held"]) == (
        1,
        {"prompt": 1},
        {},
        None,
    )
    case, (document,) = scene.case("D001-1"), scene.documents()
    assert (case.light, case.highest_light, case.next_due_on) == ("blue", "blue", YELLOW_ON)
    assert (document.state, document.number, document.signed_on, document.by_sweep) == (
        "issued",
        None,
        None,
        True,
    )
    assert [(m.kind, m.recipient.split(".")[0]) for m in scene.messages()] == [
        ("reminder", "liaison"),
        ("reminder", "leader"),
    ]
    again = sweep(BLUE_ON)
    assert (again["due"], again["issued"]) == (0, {})
    assert (len(scene.documents()), len(scene.messages()), len(scene.rungs("D001-1"))) == (1, 2, 1)


def test_a_case_climbs_to_black_as_its_papers_are_served(scene: Scene, sweep: Sweep) -> None:
    write(scene, "D001-1")
    days = (
        (BLUE_ON, "prompt"),
        (YELLOW_ON, "urging"),
        (RED_ON, "supervision"),
        (BLACK_ON, "rectification_order"),
    )
    for day, kind in days:
        report = sweep(day)
        assert kind in {**report["issued"], **report["drafted"]}
        if kind != "prompt":
            assert (
                scene.case("D001-1").next_due_on is None
            )  # however late, nothing before the paper is served
            proceed(scene, kind, day)
    assert [(r.code, r.fired_on) for r in scene.rungs("D001-1")] == [
        ("blue", BLUE_ON), ("yellow", YELLOW_ON), ("red", RED_ON), ("black", BLACK_ON)
    ]  # fmt: skip
    (referral,) = scene.referrals()
    assert (referral.trigger, referral.state, referral.opened_on) == ("black", "screening", BLACK_ON)
    assert scene.case("D001-1").next_due_on is None


def test_after_an_outage_a_case_gets_the_next_rung_only_and_the_gap_is_kept(
    scene: Scene, sweep: Sweep
) -> None:
    write(scene, "D001-1")
    late = date(2026, 7, 20)
    assert sweep(late)["issued"] == {"prompt": 1}
    assert scene.case("D001-1").next_due_on == date(2026, 7, 23)
    assert sweep(date(2026, 7, 22))["due"] == 0
    assert sweep(date(2026, 7, 23))["drafted"] == {"urging": 1}
    assert [r.light for r in scene.rungs("D001-1")] == ["blue", "yellow"]


def test_beyond_blue_nothing_happens_before_the_notice_is_served(scene: Scene, sweep: Sweep) -> None:
    write(scene, "D001-1", served_on=None)
    assert sweep(BLUE_ON)["issued"] == {"prompt": 1}
    report = sweep(RED_ON)
    assert (report["due"], report["drafted"], scene.case("D001-1").next_due_on) == (1, {}, None)


def test_a_voided_sheet_is_waited_for_no_longer(scene: Scene, sweep: Sweep) -> None:
    write(scene, "D001-1")
    sweep(BLUE_ON)
    sweep(YELLOW_ON)
    assert sweep(RED_ON)["due"] == 0
    with scene.open_desk(by="L-DIRECTOR", today=RED_ON) as desk:
        void_document(desk, scene.documents("urging")[0].id or 0, "已口头催办")
    assert sweep(RED_ON)["drafted"] == {"supervision": 1}


@pytest.mark.parametrize(
    "values", [{"state": "closure_applied"}, {"state": "closed"}, {"suspended_on": date(2026, 5, 20)}]
)
def test_a_case_whose_clock_stands_still_is_left_alone(
    scene: Scene, sweep: Sweep, values: dict[str, Any]
) -> None:
    write(scene, "D001-1", **values)
    report = sweep(RED_ON)
    assert (report["due"], report["issued"], report["drafted"]) == (1, {}, {})
    assert (scene.case("D001-1").light, scene.case("D001-1").next_due_on) == ("none", None)


def test_progress_in_time_keeps_blue_away(scene: Scene, sweep: Sweep) -> None:
    write(scene, "D001-1", percent=80)
    assert sweep(BLUE_ON)["issued"] == {}
    assert scene.case("D001-1").next_due_on == YELLOW_ON


# ---- many cases -----------------------------------------------------------------------------------------------


def test_one_unit_gets_one_sheet_a_kind_and_day_with_a_row_a_case(scene: Scene, sweep: Sweep) -> None:
    write(scene, "D001-1", "D001-2", "T001-1", percent=70)
    write(scene, "D001-3", percent=70, campaign="2026-ZH-02")
    assert sweep(YELLOW_ON, batch=1)["drafted"] == {"urging": 3}
    rows = {row.document_id: 0 for row in scene.rows(select(DocumentCase))}
    for row in scene.rows(select(DocumentCase)):
        rows[row.document_id] += 1
        assert (row.light, row.due_on) == ("yellow", make.DUE_ON)
    assert sorted(rows.values()) == [1, 1, 2]
    assert {document.state for document in scene.documents()} == {"draft"}


def test_a_later_run_of_the_day_adds_to_the_open_draft_and_starts_another_once_it_is_signed(
    scene: Scene, sweep: Sweep
) -> None:
    write(scene, "D001-1", percent=70)
    sweep(YELLOW_ON)
    write(scene, "D001-2", percent=70)
    assert sweep(YELLOW_ON)["drafted"] == {}
    assert len(scene.documents()) == 1
    with scene.open_desk(by="L-DEPUTY", today=YELLOW_ON) as desk:
        sign_documents(desk, [scene.documents()[0].id or 0])
    write(scene, "D001-3", percent=70)
    assert sweep(YELLOW_ON)["drafted"] == {"urging": 1}
    assert [d.part for d in scene.documents()] == [1, 2]


def test_a_standing_authorisation_lets_its_kind_go_at_once(scene: Scene, sweep: Sweep) -> None:
    write(scene, "D001-1", campaign="2026-ZX-01", percent=70)
    report = sweep(YELLOW_ON)
    assert (report["issued"], report["drafted"].get("urging", 0)) == ({"urging": 1}, 0)
    (document,) = scene.documents()
    assert (document.state, document.signed_by, document.authorised_by) == ("issued", "L-DEPUTY", "L-DEPUTY")
    assert document.number == "示法督办〔2026〕1号"
    assert len(scene.messages("document")) == 3


def test_a_row_that_cannot_be_decided_is_set_aside_and_the_others_go_on(scene: Scene, sweep: Sweep) -> None:
    write(scene, "D001-1", "D001-3")
    write(scene, "D001-2", due_on=date(2031, 1, 6))
    report = sweep(BLUE_ON)
    (aside,) = report["set_aside"]
    assert (aside["case"], report["issued"], report["due"]) == (
        str(scene.case("D001-2").id),
        {"prompt": 1},
        3,
    )
    case = scene.case("D001-2")
    assert "CalendarMissing" in (case.set_aside or "")
    assert (case.next_due_on, scene.case("D001-3").light) == (BLUE_ON + timedelta(days=1), "blue")
    with scene.open_desk(today=BLUE_ON) as desk:
        desk.session.get_one(Rectification, case.id).due_on = make.DUE_ON
    scene.act("D001-2", "report_progress", "D001:liaison", BLUE_ON, percent="10")
    assert scene.case("D001-2").set_aside is None


def test_a_row_the_database_refuses_is_found_and_set_aside(scene: Scene, sweep: Sweep) -> None:
    write(scene, "D001-1", "D001-2", "D001-3", "T001-1")
    with scene.open_desk(today=make.SIGNED_ON) as desk:
        clash = scene.case("D001-2")
        make.store(
            desk, Rung(case_id=clash.id, round=1, due_version=1, code="blue", light="blue", fired_on=make.SIGNED_ON)
        )  # fmt: skip
    report = sweep(BLUE_ON)
    assert [aside["case"] for aside in report["set_aside"]] == [str(clash.id)]
    assert {scene.case(c).light for c in ("D001-1", "D001-3", "T001-1")} == {"blue"}
    assert (scene.case("D001-2").light, scene.case("D001-2").next_due_on) == (
        "none",
        BLUE_ON + timedelta(days=1),
    )
    with scene.open_desk(readonly=True) as desk:
        assert verify_chains(desk.session, desk.office_id)[1] == []


def test_every_new_colour_is_told_by_the_chain(scene: Scene, sweep: Sweep) -> None:
    write(scene, "D001-1")
    sweep(BLUE_ON)
    assert scene.told("case", scene.case("D001-1").id) == ["light"]
    assert scene.told("document", scene.documents()[0].id) == ["issue"]


def test_batches_keep_a_unit_together_unless_it_alone_would_fill_four() -> None:
    due = [(n, 1) for n in range(5)] + [(n, 2) for n in range(5, 7)] + [(n, 3) for n in range(7, 20)]
    cut = list(batches(due, 3))
    assert [case for batch in cut for case in batch] == list(range(20))
    assert cut[0] == [0, 1, 2, 3, 4]
    assert max(len(batch) for batch in cut) == 12
    assert list(batches([], 3)) == []


# ---- when the sweep must not believe its world ----------------------------------------------------------------


def test_a_note_of_hold_stops_the_sweep(scene: Scene, sweep: Sweep) -> None:
    write(scene, "D001-1")
    with scene.open_desk(today=BLUE_ON) as desk:
        make.store(desk, Note(name="hold", value="备份恢复后待核对"))
    report = sweep(BLUE_ON)
    assert (report["held"], report["due"], scene.documents()) == ("备份恢复后待核对", 0, [])
    assert scene.rows(select(Tick)) == []


def test_a_clock_that_went_back_holds_the_sweep(scene: Scene, sweep: Sweep) -> None:
    write(scene, "D001-1")
    sweep(BLUE_ON + timedelta(7), explicit=False)
    lit = len(scene.documents())
    report = sweep(BLUE_ON, explicit=False)
    assert "回拨" in report["held"]
    assert len(scene.documents()) == lit


def test_a_clock_that_jumped_without_an_outage_holds_until_a_person_names_the_day(
    scene: Scene, sweep: Sweep
) -> None:
    require(boot_id(), "/proc of Linux tells which boot this is")
    write(scene, "D001-1")
    with scene.open_desk(today=BLUE_ON - timedelta(9)) as desk:
        tick = Tick(office_id=desk.office_id, job="sweep", on_day=desk.today, at=desk.now, boot=boot_id())
        tick.uptime_seconds = uptime_seconds()
        make.store(desk, tick)
    held = sweep(BLUE_ON, explicit=False)
    assert "时钟" in held["held"]
    assert scene.case("D001-1").light == "none"
    assert sweep(BLUE_ON, explicit=True)["issued"] == {"prompt": 1}


def test_the_cost_follows_what_is_due_and_not_what_is_open(scene: Scene, sweep: Sweep) -> None:
    write(scene, "D001-1")
    write(scene, "D001-2", "D001-3", next_due_on=date(2026, 9, 1))
    assert sweep(BLUE_ON)["due"] == 1
    assert len(scene.rows(select(Rectification))) == 3


# ---- sheets about nothing that still runs ----------------------------------------------------------------------


def test_an_unsigned_sheet_is_voided_when_its_last_case_is_withdrawn(scene: Scene, sweep: Sweep) -> None:
    write(scene, "D001-1", "D001-2", percent=80)
    sweep(YELLOW_ON)
    (sheet,) = scene.documents("urging")
    scene.act("D001-1", "withdraw", "L-DIRECTOR", YELLOW_ON, note="认定有误")
    assert scene.documents("urging")[0].state == "draft"
    scene.act("D001-2", "withdraw", "L-DIRECTOR", YELLOW_ON, note="认定有误")
    (sheet,) = scene.documents("urging")
    assert (sheet.state, sheet.number, sheet.void_reason) == ("void", None, "所列事项均已办结，不再签发")
    assert scene.told("document", sheet.id) == ["draft", "void"]


# ---- two sweepers at the same moment ---------------------------------------------------------------------------


def test_two_sweepers_at_once_issue_every_rung_once_and_set_nothing_aside(scene: Scene, sweep: Sweep) -> None:
    codes = [f"{unit}-{number}" for unit in ("D001", "T001") for number in range(1, 31)]
    write(scene, *codes, percent=80)
    with ThreadPoolExecutor(2) as pool:
        reports = list(pool.map(lambda _: sweep(YELLOW_ON, batch=1), range(2)))
    assert [report["set_aside"] for report in reports] == [[], []]
    assert [len(scene.rungs(code)) for code in codes] == [1] * len(codes)
    assert len(scene.documents("urging")) == 2
