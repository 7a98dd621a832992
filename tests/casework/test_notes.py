"""Notes of calls, talks and visits: written once, in the timeline, followed up as a task, and no affair of a unit."""

from __future__ import annotations

from datetime import date

import pytest
from sqlmodel import select

from casework.rectification.casefile import case_view
from casework.rectification.caselist import show_case
from casework.rectification.notes import Said, add_note, list_notes
from casework.tasks import list_tasks
from core.errors import InvalidInput, NotAllowed, NotFound
from models.note import ContactNote
from tests.casework.scene import CODE, Scene

MAJOR = ("D001", "E24", "major")
DAY = date(2026, 4, 20)
CALL = Said("telephone", "催报整改进展，对方称本周报送。", "D001局 联络员", follow_up_on=date(2026, 4, 24))


def test_a_call_about_a_case_stands_in_its_timeline_and_is_followed_up(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR)
    with scene.open_desk(by="P90", today=DAY) as desk:
        add_note(desk, "case", code, CALL)
    with scene.open_desk(by="P90", today=DAY) as desk:
        (event,) = [one for one in case_view(desk, code).timeline if one.what == "联系记录"]
        assert "电话" in event.detail
        assert "催报整改进展" in event.detail
        (task,) = [one for one in list_tasks(desk) if one.kind == "follow_up"]
        assert (task.owner, task.due_on) == ("P90", date(2026, 4, 24))
        (note,) = list_notes(desk, "case", code)
        assert (note.written_by, note.on_day, note.with_whom) == ("P90", DAY, "D001局 联络员")


def test_the_unit_is_not_shown_the_notes_of_the_office(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR)
    with scene.open_desk(by="P90", today=DAY) as desk:
        add_note(desk, "case", code, CALL)
    with scene.open_desk(by="D001:liaison", today=DAY) as desk:
        assert "联系记录" not in [one.what for one in case_view(desk, code).timeline]
        assert "催报" not in str(show_case(desk, code))
        with pytest.raises(NotAllowed):
            list_notes(desk, "case", code)
        with pytest.raises(NotAllowed):
            add_note(desk, "case", code, CALL)


def test_a_talk_entered_later_keeps_both_days(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR)
    with scene.open_desk(by="P90", today=DAY) as desk:
        add_note(desk, "case", code, Said("talk", "与负责人谈话。", on=date(2026, 4, 16)))
    with scene.open_desk(by="P90", today=DAY) as desk:
        (event,) = [one for one in case_view(desk, code).timeline if one.what == "联系记录"]
    assert (event.on, event.late) == (date(2026, 4, 16), True)
    assert "补录" in event.detail


@pytest.mark.parametrize(
    ("subject", "code"), [("unit", "D001"), ("campaign", CODE), ("visit", f"{CODE}/D001")]
)
def test_units_campaigns_and_visits_have_notes_too(scene: Scene, subject: str, code: str) -> None:
    scene.notify(MAJOR)
    with scene.open_desk(by="P90", today=DAY) as desk:
        add_note(desk, subject, code, Said("visit", "现场了解情况。"))
        assert [note.text for note in list_notes(desk, subject, code)] == ["现场了解情况。"]


def test_what_is_not_there_is_told(scene: Scene) -> None:
    scene.notify(MAJOR)
    with scene.open_desk(by="P90", today=DAY) as desk:
        for subject, code in (
            ("case", "X"), ("unit", "X"), ("campaign", "X"), ("visit", f"{CODE}/X"), ("lead", "9"),
            ("lead", "x"), ("matter", "X"),
        ):  # fmt: skip
            with pytest.raises(NotFound):
                add_note(desk, subject, code, CALL)


@pytest.mark.parametrize(
    "said",
    [
        Said("fax", "文字"), Said("talk", " "), Said("talk", "文字", on=date(2026, 4, 21)), Said("talk", "机密★五年"),
        Said("talk", "文字", follow_up_on=date(2026, 4, 19)),
    ],
)  # fmt: skip
def test_a_note_that_cannot_be_meant_is_not_written(scene: Scene, said: Said) -> None:
    (code,) = scene.notify(MAJOR)
    with pytest.raises(InvalidInput), scene.open_desk(by="P90", today=DAY) as desk:
        add_note(desk, "case", code, said)
    with pytest.raises(InvalidInput), scene.open_desk(by="P90", today=DAY) as desk:
        add_note(desk, "nothing", code, CALL)
    assert scene.rows(select(ContactNote)) == []
