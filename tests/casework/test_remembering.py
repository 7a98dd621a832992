"""Results over a whole office are kept until its history grows, and never where somebody is writing."""

from __future__ import annotations

from threading import Event, Thread

import pytest

from casework import remembering
from casework.commits import COMMITS
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


def write_elsewhere(open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write as another process does: this one does not notice."""
    with monkeypatch.context() as patch:
        patch.setattr(COMMITS, "add", lambda: None)
        write_entry(open_desk)


def write_entry(open_desk: OpenDesk) -> None:
    with open_desk(by=None, today=TODAY) as desk:
        desk.record("office", desk.office_id, "noted")


def write(open_desk: OpenDesk) -> None:
    with open_desk(by=None, today=TODAY) as desk:
        make_unit(desk)
        desk.record("office", desk.office_id, "noted")


def test_a_result_is_kept_until_an_entry_is_added(open_desk: OpenDesk, counted: list[int]) -> None:
    write(open_desk)
    assert [ask(open_desk, counted), ask(open_desk, counted)] == [1, 1]
    write_entry(open_desk)
    assert [ask(open_desk, counted), ask(open_desk, counted)] == [2, 2]


def counted_before_others_wrote(
    open_desk: OpenDesk, counted: list[int], monkeypatch: pytest.MonkeyPatch
) -> list[float]:
    """Count, let another process write, and give the steady clock, which the test moves."""
    write(open_desk)
    now = [100.0]
    monkeypatch.setattr(remembering, "steady", lambda: now[0])
    assert ask(open_desk, counted) == 1
    write_elsewhere(open_desk, monkeypatch)
    return now


def test_what_others_write_is_counted_after_a_few_seconds(
    open_desk: OpenDesk, counted: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = counted_before_others_wrote(open_desk, counted, monkeypatch)
    assert ask(open_desk, counted) == 1
    now[0] += remembering.SHORTEST + 0.1
    assert ask(open_desk, counted) == 2
    write_elsewhere(open_desk, monkeypatch)
    write_entry(open_desk)  # and then somebody here
    assert ask(open_desk, counted) == 3


def test_while_one_counts_the_others_have_the_last_count(
    open_desk: OpenDesk, counted: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = counted_before_others_wrote(open_desk, counted, monkeypatch)
    now[0] += remembering.SHORTEST + 0.1
    begun, go_on = Event(), Event()

    def count_slowly() -> None:
        def work() -> int:
            begun.set()
            assert go_on.wait(60)
            return 99

        with open_desk(by=None, today=TODAY, readonly=True) as desk:
            remembered(desk, ("number",), work)

    slow = Thread(target=count_slowly)
    slow.start()
    assert begun.wait(60)
    assert ask(open_desk, counted) == 1
    go_on.set()
    slow.join(60)
    assert ask(open_desk, counted) == 99


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
