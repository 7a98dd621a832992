"""A published year replaces the provisional one: open due dates are derived anew and never move earlier."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from casework.calendars import calendar_add, import_calendar
from casework.cases import act_on_case
from casework.doctor import examine
from casework.serving import serve_document
from core.errors import InvalidInput, InvalidRuleFile, NotAllowed, Refused
from core.workdays import Unit
from models.audit import history_of
from models.base import table_of
from models.record import CalendarTable
from models.rectification import Rectification
from tests.casework.conftest import OpenDesk
from tests.casework.past import CODE, notified, sweep
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
    with open_desk(by="P02", today=AFTER) as desk:
        said = import_calendar(desk, written(tmp_path, LATER))
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
        "case": CODE, "before": before.due_on.isoformat(), "after": after.due_on.isoformat(),
    }  # fmt: skip
    assert len(moves) == 2
    with open_desk(by=None, today=AFTER, readonly=True) as desk:
        entry = list(history_of(desk.session, desk.office_id, "case", [after.id]))[-1]
        assert (entry.act, entry.actor) == ("set_due", "P02")
        assert before.due_on.isoformat() in entry.detail
        assert [e.act for e in history_of(desk.session, desk.office_id, "calendar", [2027])] == ["import"]
    assert is_well(open_desk) == {}


def test_a_notified_due_date_never_moves_earlier(open_desk: OpenDesk, notice: int, tmp_path: Path) -> None:
    before = due_of(open_desk)
    with open_desk(by="P02", today=AFTER) as desk:
        said = import_calendar(desk, written(tmp_path, EARLIER))
    after = due_of(open_desk)

    assert after.due_on == before.due_on
    assert not after.due_provisional
    assert (said["moved"], said["kept"]) == ([], 2)
    assert is_well(open_desk) == {}


def test_the_same_table_again_changes_nothing_and_a_corrected_one_is_a_new_version(
    open_desk: OpenDesk, notice: int, tmp_path: Path
) -> None:
    for text, version in ((LATER, 1), (LATER, 1), (LATER.replace("通知", "更正通知"), 2)):
        with open_desk(by="P02", today=AFTER) as desk:
            assert import_calendar(desk, written(tmp_path, text))["version"] == version
    with open_desk(by=None, today=AFTER, readonly=True) as desk:
        versions = desk.session.connection().execute(sa.select(table_of(CalendarTable).c.version)).scalars()
        assert sorted(versions) == [1, 2]
    assert is_well(open_desk) == {}


def test_the_days_to_look_at_follow_the_new_table(open_desk: OpenDesk, notice: int, tmp_path: Path) -> None:
    with open_desk(by="P02", today=SIGNED_ON) as desk:
        serve_document(desk, notice, "hand", SIGNED_ON)
    sweep(open_desk, date(2026, 12, 29))  # blue; the yellow rung comes on the working day after the due date
    before = due_of(open_desk).next_due_on
    with open_desk(by="P02", today=date(2026, 12, 30)) as desk:
        import_calendar(desk, written(tmp_path, LATER))
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
    with open_desk(by="P02", today=AFTER) as desk:
        import_calendar(desk, written(tmp_path, LATER))
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
        import_calendar(desk, written(tmp_path, text))

    assert said in "\n".join(map(str, caught.value.problems))


def test_an_official_year_does_not_become_provisional_again(open_desk: OpenDesk, tmp_path: Path) -> None:
    text = LATER.replace("2027", "2026").replace("official", "provisional")
    with pytest.raises(Refused, match="已有正式年表"), open_desk(by="L-DIRECTOR", today=AFTER) as desk:
        import_calendar(desk, written(tmp_path, text))


def test_only_the_office_imports_and_only_what_can_be_read(open_desk: OpenDesk, tmp_path: Path) -> None:
    with open_desk(by=None, today=AFTER) as desk:
        make_person(desk, "P01")
    with pytest.raises(NotAllowed), open_desk(by="P01", today=AFTER) as desk:
        import_calendar(desk, written(tmp_path, LATER))
    with pytest.raises(InvalidInput), open_desk(by="L-DIRECTOR", today=AFTER) as desk:
        import_calendar(desk, tmp_path / "none.yaml")


def test_a_due_date_is_told_with_its_derivation(open_desk: OpenDesk) -> None:
    with open_desk(by=None, today=AFTER, readonly=True) as desk:
        said = calendar_add(desk, date(2026, 9, 24), 5, Unit.WORKDAY)

    assert said.keys() >= {"start_on", "count", "unit", "due_on", "provisional", "steps"}
    assert said["provisional"] is False
