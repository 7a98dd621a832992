"""A rehearsal leaves nothing behind, and shows what the clock then does when people do what was assumed of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlmodel import SQLModel, col, select

from casework.inspection.findings import withdraw_finding
from casework.paperwork.documents import find_document, seal_document, sign_documents
from casework.paperwork.notices import draft_notices
from casework.paperwork.serving import serve_document
from casework.rehearsal.rehearsalplan import Asked
from casework.rehearsal.rehearsaltotals import measure_burden
from casework.rehearsal.rehearsed import Programme
from casework.rulesets.library import store_frozen
from core.codes import Severity
from core.errors import InvalidInput, NotFound, Refused
from core.rulebook import Ladder, Rulebook, freeze
from flows.edge import Edge
from flows.jobs import run_sweep
from flows.rehearsal import SimulatedClock, rehearse
from models.campaign import Campaign
from models.document import Document, DocumentCase
from models.organisation import Unit
from models.record import Note
from models.rectification import Rung
from system.paths import RULES_DIR
from system.settings import Settings
from tests import make
from tests.casework.conftest import open_desks_on
from tests.casework.scene import CODE, NOTIFIED, OPENED, PDF, PLANNED, Scene, settle_county
from tests.databases import open_database

Line = tuple[str, str, str, str, str]  # day, kind, unit, problem, rung
Rehearse = Callable[..., Programme]


@pytest.fixture
def rehearsed(engine: sa.Engine, settings: Settings) -> Rehearse:
    """Give a function that rehearses the campaign of the scene: `rehearsed(from_day, 40)`."""

    def run(day: date, days: int, **asked: Any) -> Programme:
        return rehearse(Edge(engine, settings, SimulatedClock(day)), Asked(CODE, days, **asked))

    return run


def every_row(engine: sa.Engine) -> dict[str, list[str]]:
    """Return every row of every table as text."""
    with engine.connect() as connection:
        return {
            table.name: sorted(repr(tuple(row)) for row in connection.execute(sa.select(table)))
            for table in SQLModel.metadata.sorted_tables
        }


def lines_of(programme: Programme) -> list[Line]:
    return sorted(
        (row["day"], row["kind"], row["unit"], case["id"], case["rung"])
        for row in programme.documents
        for case in row["cases"]
        if case["rung"] is not None
    )


# ---- nothing is left behind -----------------------------------------------------------------------------------


def test_every_table_is_the_same_before_and_after(
    scene: Scene, engine: sa.Engine, rehearsed: Rehearse, settings: Settings
) -> None:
    scene.notify(("D001", "E24", "grave"), ("T001", "F27", "minor"))
    before, files = every_row(engine), sorted(settings.files.rglob("*"))

    programme = rehearsed(NOTIFIED, 60)

    assert len(programme.documents) > 4
    assert every_row(engine) == before
    assert sorted(settings.files.rglob("*")) == files
    assert before["number_series"] != []


def test_a_planned_campaign_is_still_planned(
    scene: Scene, engine: sa.Engine, rehearsed: Rehearse, settings: Settings
) -> None:
    scene.settle()
    scene.plan()
    before = every_row(engine)

    rehearsed(PLANNED, 40)

    assert every_row(engine) == before
    assert before["rule_set"] == []
    assert not settings.files.exists()


def test_a_rehearsal_that_fails_leaves_nothing_either(
    scene: Scene, engine: sa.Engine, rehearsed: Rehearse
) -> None:
    scene.start()
    before = every_row(engine)
    with pytest.raises(Refused, match="工作日历"):
        rehearsed(date(2027, 11, 20), 300)
    assert every_row(engine) == before


# ---- what a campaign would send -------------------------------------------------------------------------------


def test_a_campaign_before_its_opening_is_played_from_notice_to_black_light(
    scene: Scene, rehearsed: Rehearse
) -> None:
    scene.settle()
    scene.plan()
    programme = rehearsed(PLANNED, 120, findings=2)

    kinds = Counter(row["kind"] for row in programme.documents)
    assert kinds["inspection_notice"] == 2
    assert kinds["feedback_notice"] == 2
    assert {"prompt", "urging", "supervision", "rectification_order"} <= set(kinds)
    notices = [row for row in programme.documents if row["kind"] == "feedback_notice"]
    assert {row["problems"] for row in notices} == {2}
    assert {(row["signer"], row["issue"], row["number"]) for row in notices} == {
        ("L-DIRECTOR", "on_signature", None)
    }
    assert all(row["day"] == row["served_on"] for row in notices)
    automatic = [row for row in programme.documents if row["issue"] == "automatic"]
    assert {(row["kind"], row["signer"], row["light"]) for row in automatic} == {("prompt", None, "blue")}
    assert (programme.head["state"], programme.after["refused"]) == ("planned", [])
    assert programme.after["screenings"] == sum(programme.after["open_cases"].get(c, 0) for c in ("black",))


def test_the_items_of_highest_weight_are_the_sample(scene: Scene, rehearsed: Rehearse) -> None:
    scene.start()
    (unit,) = {
        row["unit"] for row in rehearsed(OPENED, 60, findings=1).documents if row["kind"] == "feedback_notice"
    } - {"T001"}
    notice = next(
        row
        for row in rehearsed(OPENED, 60, findings=1).documents
        if (row["unit"], row["kind"]) == (unit, "feedback_notice")
    )
    with scene.open_desk(readonly=True) as desk:
        items = {item.id: item.weight for catalog in desk.rules.catalogs.values() for item in catalog.items}
    visited = [visit.items.split("、") for visit in scene.visits()]
    assert [items[case["item"]] for case in notice["cases"]] in [
        [max(items[i] for i in one)] for one in visited
    ]


def test_signed_the_same_day_everything_comes_earlier(scene: Scene, rehearsed: Rehearse) -> None:
    scene.start()
    slow, fast = rehearsed(OPENED, 20), rehearsed(OPENED, 20, signed="same")
    first = [next(row["day"] for row in one.documents) for one in (fast, slow)]
    assert first == [OPENED.isoformat(), (OPENED + timedelta(1)).isoformat()]


def test_texts_are_those_that_would_be_printed_without_a_number(scene: Scene, rehearsed: Rehearse) -> None:
    scene.notify(("D001", "E24", "major"))
    programme = rehearsed(NOTIFIED, 60, findings=0)
    texts = {row["kind"]: programme.texts[row["id"]] for row in programme.documents}
    assert f"{CODE}-D001-01" in texts["urging"].body
    assert "催办单" in texts["urging"].subject
    assert "〔2026〕" not in texts["urging"].body
    assert f"{CODE}-D001-01" in texts["prompt"].body
    assert {row["subject"] for row in programme.documents} == {
        text.subject for text in programme.texts.values()
    }


def test_what_cannot_be_signed_is_told_once_and_the_rest_goes_on(scene: Scene, rehearsed: Rehearse) -> None:
    code, _other = scene.confirm(("D001", "E24", "major"), ("T001", "F27", "major"))
    from casework.paperwork.notices import draft_notices

    with scene.open_desk(by="P90", today=NOTIFIED) as desk:
        draft_notices(desk, CODE)
    with scene.open_desk(by="L-DIRECTOR", today=NOTIFIED) as desk:
        withdraw_finding(desk, code, "认定有误")
    programme = rehearsed(NOTIFIED + timedelta(1), 10)
    (refusal,) = programme.after["refused"]
    assert "撤销" in refusal["error"]
    assert [row["unit"] for row in programme.documents if row["kind"] == "feedback_notice"] == ["T001"]
    assert [row["unit"] for row in programme.waiting] == ["D001"]


def test_while_ducha_is_held_nothing_is_swept_and_the_reason_is_told(
    scene: Scene, rehearsed: Rehearse
) -> None:
    scene.notify(("D001", "E24", "major"))
    with scene.open_desk(today=NOTIFIED) as desk:
        make.store(desk, Note(name="hold", value="备份恢复后待核对"))
    programme = rehearsed(NOTIFIED, 60, findings=0)
    assert (programme.after["held"], programme.documents) == ("备份恢复后待核对", ())


def test_other_campaigns_are_no_part_of_it(scene: Scene, rehearsed: Rehearse) -> None:
    scene.notify(("D001", "E24", "major"))
    with scene.open_desk(today=NOTIFIED) as desk:
        unit = desk.session.exec(select(Unit).where(Unit.code == "T001")).one()
        other = make.make_campaign(desk, "2026-ZX-01")
        make.make_finding_and_case(desk, other, unit, "T001-1", next_due_on=NOTIFIED, due_on=NOTIFIED)
    assert {row["unit"] for row in rehearsed(NOTIFIED, 60, findings=0).documents} == {"D001"}


@pytest.mark.parametrize(("days", "findings"), [(0, 3), (401, 3), (60, -1)])
def test_numbers_that_make_no_rehearsal_are_refused(
    scene: Scene, rehearsed: Rehearse, days: int, findings: int
) -> None:
    with pytest.raises(InvalidInput, match="不合适"):
        rehearsed(PLANNED, days, findings=findings)


def test_an_unknown_and_a_closed_campaign_are_refused(scene: Scene, rehearsed: Rehearse) -> None:
    scene.settle()
    with pytest.raises(NotFound):
        rehearsed(PLANNED, 5)
    with scene.open_desk(today=OPENED) as desk:
        make.make_campaign(desk, state="closed", closed_on=OPENED)
    with pytest.raises(Refused, match="已经办结"):
        rehearsed(OPENED, 5)


def test_the_burden_is_the_most_documents_in_any_ten_working_days(scene: Scene) -> None:
    days = ("2026-03-02", "2026-03-13", "2026-03-16", "2026-03-17", "2026-03-17")
    sent = [{"unit": "D001", "unit_name": "甲", "day": day} for day in days] + [
        {"unit": "T001", "unit_name": "乙", "day": "2026-03-02"}
    ]
    with scene.open_desk(readonly=True) as desk:
        burden = measure_burden(sent, desk.calendar)
    assert burden["most"] == 4
    assert [(u["unit"], u["documents"], u["from"], u["to"]) for u in burden["units"]] == [
        ("D001", 4, "2026-03-13", "2026-03-17"),
        ("T001", 1, "2026-03-02", "2026-03-02"),
    ]


# ---- it equals what then happens ------------------------------------------------------------------------------


def play(scene: Scene, edge: Edge, clock: SimulatedClock, days: int) -> list[Line]:
    """Live the days for real, as the rehearsal assumes: sweep, then sign, seal and serve what was drafted before."""
    start = clock.day
    for number in range(days):
        clock.day = start + timedelta(number)
        with edge.desk(readonly=True) as desk:
            if not desk.calendar.is_workday(clock.day):
                continue
        run_sweep(edge)
        do_papers(scene, clock.day)
    with edge.desk(readonly=True) as desk:
        query = (
            select(Document.issued_on, Document.kind, Unit.code, DocumentCase.case_id, Rung.code)
            .join(Unit, col(Unit.id) == col(Document.unit_id))
            .join(DocumentCase, col(DocumentCase.document_id) == col(Document.id))
            .join(
                Rung,
                sa.and_(
                    col(Rung.document_id) == col(Document.id), col(Rung.case_id) == col(DocumentCase.case_id)
                ),
            )
            .where(col(Document.issued_on) >= start)
        )
        codes = {finding.id: finding.code for finding in scene.rows(select(make.Finding))}
        return sorted(
            (str(day), kind, unit, codes[case], rung)
            for day, kind, unit, case, rung in desk.session.exec(query)
        )


def do_papers(scene: Scene, today: date) -> None:
    """Sign what was drafted on an earlier day, seal what must be sealed, and serve it."""
    with scene.open_desk(by="L-COUNTY", today=today) as desk:
        drafts = desk.session.exec(select(Document).where(col(Document.state) == "draft")).all()
        sign_documents(desk, [row.id or 0 for row in drafts if row.drafted_on < today])
    with scene.open_desk(by="P90", today=today) as desk:
        for row in desk.session.exec(select(Document).where(col(Document.state) == "signed")).all():
            seal_document(desk, row.id or 0, scene.file("盖章.pdf", PDF))
        for row in desk.session.exec(select(Document).where(col(Document.state) == "issued")).all():
            if find_document(desk, row.id or 0).signed_on is not None:
                serve_document(desk, row.id or 0, "hand", today)


def test_what_was_rehearsed_is_what_happens(scene: Scene, engine: sa.Engine, settings: Settings) -> None:
    scene.notify(("D001", "E24", "grave"), ("D001", "F27", "major"), ("T001", "F27", "minor"))
    clock = SimulatedClock(NOTIFIED)
    edge = Edge(engine, settings, clock)
    told = lines_of(rehearse(edge, Asked(CODE, 70)))
    happened = play(scene, edge, clock, 70)
    assert len(told) > 8
    assert told == happened


OFFSETS = st.lists(st.integers(-6, 14), min_size=4, max_size=4, unique=True).map(sorted)
CONDITIONS = st.sampled_from(
    [
        "'true'",
        "not closure_applied",
        "percent < 60",
        "not plan_submitted",
        "overdue_workdays >= 2",
        "percent < 100",
    ]
).map(lambda text: text.strip("'"))


@st.composite
def ladders(draw: st.DrawFn) -> dict[Severity, list[dict[str, Any]]]:
    """Draw for each severity what its four rungs ask for: offsets that rise, gaps that fit between them."""
    drawn = {}
    for severity in Severity:
        offsets = draw(OFFSETS)
        drawn[severity] = [
            {
                "offset": offset,
                "when": draw(CONDITIONS),
                "min_gap_workdays": draw(st.integers(0, offset - before)) if place else 0,
                "issue": draw(st.sampled_from(["automatic", "on_signature"]))
                if not place
                else "on_signature",
            }
            for place, (before, offset) in enumerate(zip([offsets[0], *offsets], offsets, strict=False))
        ]
    return drawn


@st.composite
def histories(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Draw a few cases with what happened to each: how bad, when due, served or not, how far, asleep or not."""
    start = date(2026, 5, 6)
    return [
        {
            "unit": draw(st.sampled_from(["D001", "T001"])),
            "severity": draw(st.sampled_from([s.value for s in Severity])),
            "due_on": start + timedelta(draw(st.integers(7, 40))),
            "served_on": draw(st.sampled_from([None, start, start + timedelta(2)])),
            "percent": draw(st.sampled_from([0, 50, 80])),
            "plan_on": draw(st.sampled_from([None, start])),
            "suspended_on": draw(st.sampled_from([None, None, None, start])),
            "state": draw(st.sampled_from(["open", "rectifying", "rectifying", "closure_applied"])),
        }
        for _ in range(draw(st.integers(1, 5)))
    ]


def with_rungs(book: Rulebook, drawn: dict[Severity, list[dict[str, Any]]]) -> Rulebook:
    """Return a rule book whose ladder has one rung a colour, as drawn."""
    (key, ladder), *_ = book.ladders.items()
    profiles = {}
    for severity, profile in ladder.profiles.items():
        colours = {rung.light: rung for rung in profile.rungs}
        rungs = tuple(
            rung.model_copy(update={"anchor": "due", "unit": "workday", "code": rung.light.value, **wanted})
            for rung, wanted in zip(colours.values(), drawn[severity], strict=True)
        )
        profiles[severity] = profile.model_copy(update={"rungs": rungs})
    changed: Ladder = ladder.model_copy(update={"profiles": profiles})
    return book.model_copy(update={"ladders": {**book.ladders, key: changed}})


@pytest.mark.slow
@hypothesis_settings(max_examples=12)
@given(drawn=ladders(), cases=histories(), lived=st.integers(0, 20), days=st.integers(20, 45))
def test_a_rehearsal_equals_what_the_sweep_then_does(
    tmp_path_factory: pytest.TempPathFactory,
    drawn: dict[Severity, list[dict[str, Any]]],
    cases: list[dict[str, Any]],
    lived: int,
    days: int,
) -> None:
    """Random ladders and histories: some days are lived first, then rehearsed and played from there."""
    folder = tmp_path_factory.mktemp("play")
    with open_database("sqlite", folder) as engine:
        settings = Settings(rules=RULES_DIR, files=folder / "files")
        scene = Scene(open_desks_on(engine, settings), folder)
        with scene.open_desk(today=make.SIGNED_ON) as desk:
            settle_county(desk)
            digest = store_frozen(desk.session, freeze(with_rungs(desk.rules, drawn)), desk.now)
            campaign = make.make_campaign(desk, CODE, rules_sha256=digest)
            units = {unit.code: unit for unit in desk.session.exec(select(Unit))}
            for number, case in enumerate(cases, 1):
                values = {key: value for key, value in case.items() if key not in ("unit", "severity")}
                make.make_finding_and_case(
                    desk, campaign, units[case["unit"]], f"{case['unit']}-{number:02}",
                    finding={"severity": case["severity"]}, next_due_on=make.SIGNED_ON, **values,
                )  # fmt: skip
        clock = SimulatedClock(make.SIGNED_ON)
        edge = Edge(engine, settings, clock)
        play(scene, edge, clock, lived)
        clock.day = make.SIGNED_ON + timedelta(lived)

        told = lines_of(rehearse(edge, Asked(CODE, days)))

        assert told == play(scene, edge, clock, days)


def test_the_campaign_of_a_rehearsal_is_the_one_asked_for(
    scene: Scene, engine: sa.Engine, settings: Settings
) -> None:
    scene.start()
    asked = Asked(CODE, 3)
    programme = rehearse(Edge(engine, settings, SimulatedClock(OPENED)), replace(asked, days=2))
    said = programme.as_dict()
    campaign: Campaign = scene.campaign()
    assert (said["campaign"], said["title"], said["rules_sha256"]) == (
        CODE,
        campaign.title,
        campaign.rules_sha256,
    )
    assert (said["from"], said["to"], said["days"]) == ("2026-02-24", "2026-02-25", 2)
    assert Path(settings.files).exists() is (scene.campaign().scheme_sha256 is not None)


def test_a_rehearsal_takes_what_must_be_reviewed_for_reviewed(
    scene: Scene, engine: sa.Engine, settings: Settings
) -> None:
    scene.confirm(("D001", "E24", "major"))
    with scene.open_desk(by="P90", today=OPENED) as desk:
        campaign = desk.session.exec(select(Campaign)).one()
        campaign.line = "enforcement"
        campaign.plan = campaign.plan.replace('"document":null', '"document":"opinion_letter"')
    with scene.open_desk(by="P90", today=NOTIFIED) as desk:
        draft_notices(desk, CODE)
    programme = rehearse(Edge(engine, settings, SimulatedClock(NOTIFIED)), Asked(CODE, 5))
    assert "opinion_letter" in [row["kind"] for row in programme.documents]
    assert [one.state for one in scene.documents("opinion_letter")] == ["draft"]
