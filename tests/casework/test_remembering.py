"""Results over a whole office are kept until its history grows, and never where somebody is writing."""

from __future__ import annotations

import pytest

from casework.remembering import remembered
from tests.casework.conftest import TODAY, OpenDesk
from tests.make import make_unit


@pytest.fixture
def counted() -> list[int]:
    """Give a list that grows each time the work is really done."""
    return []


def ask(open_desk: OpenDesk, counted: list[int], key: str = "number", *, readonly: bool = True) -> int:
    """Ask for the number of times the work was done, as a reader or a writer."""

    def work() -> int:
        counted.append(len(counted) + 1)
        return len(counted)

    with open_desk(by=None, today=TODAY, readonly=readonly) as desk:
        return remembered(desk, (key,), work)


def write(open_desk: OpenDesk) -> None:
    with open_desk(by=None, today=TODAY) as desk:
        make_unit(desk)
        desk.record("office", desk.office_id, "noted")


def test_a_result_is_kept_until_an_entry_is_added(open_desk: OpenDesk, counted: list[int]) -> None:
    write(open_desk)
    assert [ask(open_desk, counted), ask(open_desk, counted)] == [1, 1]
    with open_desk(by=None, today=TODAY) as desk:
        desk.record("office", desk.office_id, "noted")
    assert [ask(open_desk, counted), ask(open_desk, counted)] == [2, 2]


def test_each_question_has_its_own_answer(open_desk: OpenDesk, counted: list[int]) -> None:
    write(open_desk)
    assert [
        ask(open_desk, counted, "one"),
        ask(open_desk, counted, "other"),
        ask(open_desk, counted, "one"),
    ] == [1, 2, 1]


def test_who_writes_works_it_out_again(open_desk: OpenDesk, counted: list[int]) -> None:
    write(open_desk)
    assert ask(open_desk, counted) == 1
    assert ask(open_desk, counted, readonly=False) == 2
    assert ask(open_desk, counted) == 1  # what a writer saw is nobody else's yet
