"""A published year replaces the provisional one: open due dates are derived anew and never move earlier."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from casework.calendar.calendars import (
    calendar_add,
    confirm_year,
    list_proposals,
    propose_file,
    propose_packaged,
    reject_year,
)
from casework.lights.explaining import explain_case
from casework.linkage.screening import open_screening_by_hand
from casework.paperwork.documents import sign_documents
from casework.paperwork.serving import serve_document
from casework.rectification.casefile import case_view
from casework.rectification.cases import act_on_case
from casework.upkeep.doctor import examine
from core.calendar.workdays import Calendar, Unit
from core.errors import InvalidInput, InvalidRuleFile, NotAllowed, NotFound, Refused
from core.rulebook import CalendarYear
from core.rulebook.parts import read_parts
from models.audit import history_of
from models.base import table_of
from models.document import Document
from models.record import CalendarTable
from models.rectification import Rectification
from models.referral import Referral
from system.paths import RULES_DIR, read_texts
from tests.casework.conftest import OpenDesk
from tests.casework.past import CAMPAIGN, CODE, mail_out, notified, sweep
from tests.make import make_person

SIGNED_ON = date(2026, 12, 15)  # the period runs into 2027, whose table is provisional
AFTER = date(2026, 12, 20)
LATER = 'year: 2027\nstatus: official\nsource: 通知\n"off":\n  - 2027-01-01\n  - 2027-01-04\n  - 2027-01-05\nwork: []\n'
EARLIER = 'year: 2027\nstatus: official\nsource: 通知\n"off":\n  - 2027-01-01\nwork:\n  - 2027-01-02\n  - 2027-01-03\n'


@pytest.fixture
def notice(open_desk: OpenDesk, tmp_path: Path) -> int:
    """Give a notice whose due dates are provisional."""
    return notified(open_desk, tmp_path, signed_on=SIGNED_ON)


def written(folder: Path, text: str) -> Path:
    path = folder / "published.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def put_in_force(open_desk: OpenDesk, folder: Path, text: str, day: date = AFTER) -> dict[str, object]:
    """Let one person propose a year's table and another confirm it; return what the confirmation said."""
    with open_desk(by="P02", today=day) as desk:
        said = propose_file(desk, written(folder, text))
    with open_desk(by="L-DIRECTOR", today=day) as desk:
        return confirm_year(desk, 2027, str(said["sha256"]))


def due_of(open_desk: OpenDesk) -> Rectification:
    """Return the first case as it is stored."""
    with open_desk(by=None, today=AFTER, readonly=True) as desk:
        case = desk.session.scalars(sa.select(Rectification).order_by(table_of(Rectification).c.id)).first()
        desk.session.expunge_all()
    assert case is not None
    return case


def is_well(open_desk: OpenDesk, day: date = AFTER) -> dict[str, tuple[str, ...]]:
    """Return what the doctor finds broken about due dates."""
    with open_desk(by=None, today=day, readonly=True) as desk:
        found = examine(desk).invariants
    return {
        one.id: one.examples
        for one in found
        if one.broken and one.id in ("INV-5", "INV-6", "INV-7", "INV-12")
    }


def test_a_later_due_date_moves_and_is_audited(open_desk: OpenDesk, notice: int, tmp_path: Path) -> None:
    before = due_of(open_desk)
    assert before.due_provisional
    said = put_in_force(open_desk, tmp_path, LATER)
    after = due_of(open_desk)

    assert before.due_on is not None
    assert after.due_on is not None
    assert after.due_on > before.due_on
    assert not after.due_provisional
    assert after.calendar_version != before.calendar_version
    assert {"year": 2027, "version": 1, "status": "official", "kept": 0}.items() <= said.items()
    moves = said["moved"]
    assert isinstance(moves, list)
    assert moves[0] == {
        "case": CODE, "unit": "D001", "before": before.due_on.isoformat(), "after": after.due_on.isoformat(),
        "notified": True,
    }  # fmt: skip
    assert len(moves) == 2
    with open_desk(by=None, today=AFTER, readonly=True) as desk:
        entry = list(history_of(desk.session, desk.office_id, "case", [after.id]))[-1]
        assert (entry.act, entry.actor) == ("set_due", "L-DIRECTOR")
        assert before.due_on.isoformat() in entry.detail
        lived = [(e.act, e.actor) for e in history_of(desk.session, desk.office_id, "calendar", [1])]
        assert lived == [("propose", "P02"), ("confirm", "L-DIRECTOR")]
    assert is_well(open_desk) == {}


def test_a_notified_due_date_never_moves_earlier(open_desk: OpenDesk, notice: int, tmp_path: Path) -> None:
    before = due_of(open_desk)
    said = put_in_force(open_desk, tmp_path, EARLIER)
    after = due_of(open_desk)

    assert after.due_on == before.due_on
    assert not after.due_provisional
    assert (said["moved"], said["kept"]) == ([], 2)
    assert is_well(open_desk) == {}


def test_a_table_in_force_is_not_proposed_again_and_a_corrected_one_is_a_new_version(
    open_desk: OpenDesk, notice: int, tmp_path: Path
) -> None:
    assert put_in_force(open_desk, tmp_path, LATER)["version"] == 1
    with open_desk(by="P02", today=AFTER) as desk:
        said = propose_file(desk, written(tmp_path, LATER))
    assert (said["state"], said["version"], said["proposal"]) == ("in_force", 1, None)
    assert put_in_force(open_desk, tmp_path, LATER.replace("通知", "更正通知"))["version"] == 2
    with open_desk(by=None, today=AFTER, readonly=True) as desk:
        table = table_of(CalendarTable)
        rows = desk.session.connection().execute(
            sa.select(table.c.version, table.c.imported_by, table.c.confirmed_by).order_by(table.c.version)
        )
        assert [tuple(row) for row in rows] == [(1, "P02", "L-DIRECTOR"), (2, "P02", "L-DIRECTOR")]
    assert is_well(open_desk) == {}


def test_a_proposal_moves_nothing_until_somebody_else_confirms_it(
    open_desk: OpenDesk, notice: int, tmp_path: Path
) -> None:
    before = due_of(open_desk)
    with open_desk(by="P02", today=AFTER) as desk:
        said = propose_file(desk, written(tmp_path, LATER))
        assert propose_file(desk, written(tmp_path, LATER)) == said
    assert (said["state"], said["proposal"], said["version"], said["kept"]) == ("proposed", 1, 1, 0)
    assert isinstance(said["moved"], list)
    assert len(said["moved"]) == 2
    assert f"calendar confirm 2027 --sha {str(said['sha256'])[:12]}" in str(said["confirm"])
    assert due_of(open_desk).due_on == before.due_on
    with open_desk(by=None, today=AFTER, readonly=True) as desk:
        assert desk.calendar.is_provisional(date(2027, 2, 1), date(2027, 2, 1))
        assert "P02 提出，尚未生效" in "\n".join(examine(desk).warnings)
    with pytest.raises(NotAllowed, match="本人经办"), open_desk(by="P02", today=AFTER) as desk:
        confirm_year(desk, 2027)
    assert due_of(open_desk).due_on == before.due_on
    assert is_well(open_desk) == {}


def test_a_confirmation_is_for_what_was_seen(open_desk: OpenDesk, notice: int, tmp_path: Path) -> None:
    with open_desk(by="P02", today=AFTER) as desk:
        seen = propose_file(desk, written(tmp_path, LATER))
    with open_desk(by="P02", today=AFTER) as desk:
        propose_file(desk, written(tmp_path, EARLIER))
    with pytest.raises(Refused, match="不是所核对的那一份"), open_desk(by="L-DIRECTOR", today=AFTER) as desk:
        confirm_year(desk, 2027, str(seen["sha256"]))
    with pytest.raises(Refused, match="不是所核对的那一份"), open_desk(by="L-DIRECTOR", today=AFTER) as desk:
        confirm_year(desk, 2027, "0")
    with open_desk(by="P02", today=AFTER, readonly=True) as desk:
        assert [(one["proposal"], one["state"]) for one in list_proposals(desk)] == [
            (2, "proposed"), (1, "replaced"),
        ]  # fmt: skip
    assert is_well(open_desk) == {}


def test_a_proposal_whose_moves_have_changed_is_proposed_anew(
    open_desk: OpenDesk, notice: int, tmp_path: Path
) -> None:
    with open_desk(by="P02", today=AFTER) as desk:
        propose_file(desk, written(tmp_path, LATER))
    with open_desk(by="L-DIRECTOR", today=AFTER) as desk:
        act_on_case(desk, CODE, "withdraw", note="上级另行处理")
    with pytest.raises(Refused, match="已有变化"), open_desk(by="L-DIRECTOR", today=AFTER) as desk:
        confirm_year(desk, 2027)
    said = put_in_force(open_desk, tmp_path, LATER)
    assert isinstance(said["moved"], list)
    assert [one["case"] for one in said["moved"]] == [CODE[:-1] + "2"]
    assert is_well(open_desk) == {}


def test_a_rejected_year_moves_nothing_and_needs_a_reason(
    open_desk: OpenDesk, notice: int, tmp_path: Path
) -> None:
    before = due_of(open_desk)
    with open_desk(by="P02", today=AFTER) as desk:
        propose_file(desk, written(tmp_path, LATER))
    with pytest.raises(InvalidInput, match="理由"), open_desk(by="L-DIRECTOR", today=AFTER) as desk:
        reject_year(desk, 2027, " ")
    with open_desk(by="L-DIRECTOR", today=AFTER) as desk:
        assert reject_year(desk, 2027, "与通知原文不符")["state"] == "rejected"
    with pytest.raises(NotFound), open_desk(by="L-DIRECTOR", today=AFTER) as desk:
        confirm_year(desk, 2027)
    with open_desk(by=None, today=AFTER, readonly=True) as desk:
        one = list_proposals(desk)[0]
    assert (one["decided_by"], one["decision_note"]) == ("L-DIRECTOR", "与通知原文不符")
    assert due_of(open_desk).due_on == before.due_on
    assert is_well(open_desk) == {}


def test_a_unit_whose_notified_dates_move_gets_one_correction_that_is_signed_and_mailed(
    open_desk: OpenDesk, notice: int, tmp_path: Path
) -> None:
    mail_out(open_desk, SIGNED_ON)
    before = due_of(open_desk).due_on
    said = put_in_force(open_desk, tmp_path, LATER)
    after = due_of(open_desk).due_on
    assert isinstance(said["documents"], list)
    (draft,) = said["documents"]
    assert {"kind": "correction_notice", "campaign": CAMPAIGN, "unit": "D001"}.items() <= draft.items()
    assert draft["cases"] == [CODE, CODE[:-1] + "2"]
    with open_desk(by="L-DIRECTOR", today=AFTER) as desk:  # who confirmed the calendar may sign
        (signed,) = sign_documents(desk, [draft["id"]])
        assert (signed.drafted_by, signed.state, bool(signed.number)) == ("system", "issued", True)
        content = json.loads(signed.content or "")
        printed = json.dumps(content, ensure_ascii=False)
        for day in (before, after):
            assert day is not None
            assert f"{day.year}年{day.month}月{day.day}日" in printed
        assert "原期限按暂定的2027年工作日历推算" in printed
        old = desk.session.get_one(Document, notice)
        assert before is not None
        assert f"{before.year}年{before.month}月{before.day}日" in (old.content or "")
    assert mail_out(open_desk, AFTER) > 0
    with open_desk(by="P02", today=AFTER, readonly=True) as desk:
        events = case_view(desk, CODE).timeline
    assert [e.about for e in events if "更正通知" in e.about]
    assert [e.detail for e in events if "2027年工作日历调整" in e.detail]
    assert is_well(open_desk) == {}


def test_an_explanation_tells_what_the_calendar_changed_and_what_it_could_not(
    open_desk: OpenDesk, notice: int, tmp_path: Path
) -> None:
    put_in_force(open_desk, tmp_path, EARLIER)
    with open_desk(by="P02", today=AFTER, readonly=True) as desk:
        kept = explain_case(desk, CODE)
    put_in_force(open_desk, tmp_path, LATER)
    with open_desk(by="P02", today=AFTER, readonly=True) as desk:
        moved = explain_case(desk, CODE)

    assert not any("工作日历调整" in sentence for sentence in kept.sentences)
    assert kept.derivation[-1].endswith("不提前")
    told = [sentence for sentence in moved.sentences if "2027年工作日历调整，重新核定，期限改为" in sentence]
    assert len(told) == 1
    assert moved.due_on is not None
    assert f"{moved.due_on.month}月{moved.due_on.day}日" in told[0]
    assert not any("不提前" in step for step in moved.derivation)


def test_limits_of_a_screening_move_later_too_and_are_told_only_in_their_own_history(
    open_desk: OpenDesk, notice: int, tmp_path: Path
) -> None:
    with open_desk(by="P02", today=date(2026, 12, 30)) as desk:
        row = open_screening_by_hand(desk, CODE, "事项所列联动条件成立")
        number, limit = row.id or 0, row.screen_by_on
    said = put_in_force(open_desk, tmp_path, LATER, date(2026, 12, 31))
    with open_desk(by=None, today=AFTER, readonly=True) as desk:
        moved = desk.session.get_one(Referral, number)
        assert moved.screen_by_on > limit
        acts = [entry.act for entry in history_of(desk.session, desk.office_id, "referral", [number])]
        assert acts[-1] == "set_due"
    assert str(limit) not in json.dumps(said)


def test_a_date_that_becomes_firm_without_moving_is_listed(
    open_desk: OpenDesk, notice: int, tmp_path: Path
) -> None:
    before = due_of(open_desk)
    said = put_in_force(open_desk, tmp_path, EARLIER)
    assert isinstance(said["firm"], list)
    assert said["firm"][0] == {"case": CODE, "unit": "D001", "due_on": str(before.due_on)}
    assert said["documents"] == []


def test_a_day_that_was_named_becomes_firm_and_stays(
    open_desk: OpenDesk, notice: int, tmp_path: Path
) -> None:
    with open_desk(by="D001:liaison", today=date(2026, 12, 16)) as desk:
        act_on_case(desk, CODE, "request_extension", note="需省厅批复", values={"until": "2027-01-14"})
    with open_desk(by="L-DIRECTOR", today=date(2026, 12, 17)) as desk:
        act_on_case(desk, CODE, "decide_extension", note="理由属实", values={"verdict": "granted"})
    assert due_of(open_desk).due_provisional
    put_in_force(open_desk, tmp_path, LATER)
    after = due_of(open_desk)
    assert (after.due_on, after.due_provisional) == (date(2027, 1, 14), False)
    assert is_well(open_desk) == {}


def test_a_second_correction_of_a_year_counts_from_the_facts_again(
    open_desk: OpenDesk, notice: int, tmp_path: Path
) -> None:
    with open_desk(by="L-DIRECTOR", today=date(2026, 12, 16)) as desk:
        act_on_case(desk, CODE, "suspend", note="诉讼")
    with open_desk(by="L-DIRECTOR", today=date(2026, 12, 18)) as desk:
        act_on_case(desk, CODE, "resume")
    put_in_force(open_desk, tmp_path, LATER)
    first = due_of(open_desk).due_on
    put_in_force(open_desk, tmp_path, LATER.replace("work: []", "work: [2027-01-09]"))
    assert due_of(open_desk).due_on == first
    put_in_force(open_desk, tmp_path, LATER.replace("  - 2027-01-05\n", "  - 2027-01-05\n  - 2027-01-06\n"))
    second = due_of(open_desk).due_on
    assert first is not None
    assert second is not None
    assert second == Calendar.of(_years()).after(first, 1)
    assert is_well(open_desk) == {}


def _years() -> list[CalendarYear]:
    files = read_texts(RULES_DIR, ".yaml")
    return [part.model for part in read_parts(files).calendars.values()]


def test_the_installed_package_is_a_source_as_far_as_it_reaches(open_desk: OpenDesk) -> None:
    with open_desk(by="L-DIRECTOR", today=AFTER) as desk:
        said = propose_packaged(desk, 2026)
        proposal = list_proposals(desk)[0]
        assert (said["year"], said["status"], said["moved"]) == (2026, "official", [])
        assert "国办发明电〔2025〕7号" in str(proposal["source"])
        with pytest.raises(InvalidInput, match="没有2199年的放假安排"):
            propose_packaged(desk, 2199)
        with pytest.raises(InvalidInput, match="没有1990年"):
            propose_packaged(desk, 1990)


def test_the_days_to_look_at_follow_the_new_table(open_desk: OpenDesk, notice: int, tmp_path: Path) -> None:
    with open_desk(by="P02", today=SIGNED_ON) as desk:
        serve_document(desk, notice, "hand", SIGNED_ON)
    sweep(open_desk, date(2026, 12, 29))  # blue; the yellow rung comes on the working day after the due date
    before = due_of(open_desk).next_due_on
    put_in_force(open_desk, tmp_path, LATER, date(2026, 12, 30))
    after = due_of(open_desk).next_due_on

    assert before is not None
    assert after is not None
    assert after > before
    assert is_well(open_desk, date(2026, 12, 30)) == {}


def test_a_suspension_is_counted_again_after_its_period(
    open_desk: OpenDesk, notice: int, tmp_path: Path
) -> None:
    with open_desk(by="L-DIRECTOR", today=date(2026, 12, 16)) as desk:
        act_on_case(desk, CODE, "suspend", note="诉讼")
    with open_desk(by="L-DIRECTOR", today=date(2026, 12, 18)) as desk:
        act_on_case(desk, CODE, "resume")
    before = due_of(open_desk).due_on
    put_in_force(open_desk, tmp_path, LATER)
    after = due_of(open_desk).due_on

    assert before is not None
    assert after is not None
    assert after > before
    assert is_well(open_desk) == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "year: 2027\nstatus: sure\nsource: 通知\n'off': []\nwork: []\nmore: 1\n",
            "published.yaml:2:9: E204",
        ),
        (
            "year: 2027\nstatus: official\nsource: 通知\n'off': [2026-01-01]\nwork: []\n",
            "published.yaml:4:9: E504",
        ),
        ("- 2027\n", "published.yaml:1:1"),
        ("", "published.yaml:1:1"),
    ],
)
def test_every_mistake_of_the_file_is_told_with_its_place(
    open_desk: OpenDesk, tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(InvalidRuleFile) as caught, open_desk(by="L-DIRECTOR", today=AFTER) as desk:
        propose_file(desk, written(tmp_path, text))

    assert said in "\n".join(map(str, caught.value.problems))


def test_an_official_year_does_not_become_provisional_again(open_desk: OpenDesk, tmp_path: Path) -> None:
    text = LATER.replace("2027", "2026").replace("official", "provisional")
    with pytest.raises(Refused, match="已有正式年表"), open_desk(by="L-DIRECTOR", today=AFTER) as desk:
        propose_file(desk, written(tmp_path, text))


def test_only_the_office_imports_and_only_what_can_be_read(open_desk: OpenDesk, tmp_path: Path) -> None:
    with open_desk(by=None, today=AFTER) as desk:
        make_person(desk, "P01")
    with pytest.raises(NotAllowed), open_desk(by="P01", today=AFTER) as desk:
        propose_file(desk, written(tmp_path, LATER))
    with pytest.raises(InvalidInput), open_desk(by="L-DIRECTOR", today=AFTER) as desk:
        propose_file(desk, tmp_path / "none.yaml")


def test_a_due_date_is_told_with_its_derivation(open_desk: OpenDesk) -> None:
    with open_desk(by=None, today=AFTER, readonly=True) as desk:
        said = calendar_add(desk, date(2026, 9, 24), 5, Unit.WORKDAY)

    assert said.keys() >= {"start_on", "count", "unit", "due_on", "provisional", "steps"}
    assert said["provisional"] is False
