"""One poisoned row among many: it is set aside and told, all others get what is theirs, and once mended it is taken up.

The poison of a case is of three kinds: facts that cannot be read, a trigger that refuses what is written about it, and
one that refuses every change of it. That of a mail: words that cannot be read, and a database that refuses its change.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from pydantic import SecretStr
from sqlmodel import col, select

from casework.mail.outbox import resolve
from casework.mail.unsettled import is_unsettled
from casework.upkeep.doctor import examine
from delivery.sink import MailSink
from flows.edge import Edge
from flows.jobs import run_sweep
from flows.sending import run_outbox
from models.document import Document
from models.message import Message
from system.settings import Settings
from tests import make
from tests.casework.conftest import (
    engine,
    kind_of_database,
    open_desk,
    pytest_generate_tests,
    scene,
    settings,
)
from tests.casework.scene import Scene
from tests.casework.test_deadlines import BLUE_ON, Day, write
from tests.poison import Poison, refuse

__all__ = ["engine", "kind_of_database", "open_desk", "pytest_generate_tests", "scene", "settings"]

CODES = ("D001-1", "D001-2", "D001-3", "T001-1")
POISONED = "D001-2"
NEXT = BLUE_ON + timedelta(days=1)


def due(day: date) -> Callable[[sa.Connection, int], None]:
    """Return what sets the due day of a case, in a year without a calendar or where it belongs."""

    def write_day(link: sa.Connection, number: int) -> None:
        case = sa.table("rectification", sa.column("id"), sa.column("due_on"))
        link.execute(sa.update(case).where(case.c.id == number).values(due_on=day.isoformat()))

    return write_day


POISONS = {
    "unreadable": Poison(due(date(2031, 1, 6)), due(make.DUE_ON)),
    "its rung is refused": refuse("rung", "case_id", "INSERT"),
    "its row is refused": refuse("rectification", "id", "UPDATE"),
}


@pytest.mark.parametrize("kind", POISONS)
def test_a_poisoned_case_is_set_aside_and_taken_up_once_it_is_mended(
    scene: Scene, engine: sa.Engine, settings: Settings, kind: str
) -> None:
    write(scene, *CODES)
    poison, number = POISONS[kind], scene.case(POISONED).id or 0
    with engine.begin() as link:
        poison.put(link, number)
    report = run_sweep(Edge(engine, settings, Day(BLUE_ON, explicit=True)))

    assert [one["case"] for one in told(report)] == [str(number)]
    assert {code: scene.case(code).light for code in CODES} == dict.fromkeys(CODES, "blue") | {
        POISONED: "none"
    }
    with scene.open_desk(today=BLUE_ON, readonly=True) as desk:
        found = examine(desk)
    shown = [one for one in found.warnings if "被巡查搁置" in one] or [
        one.id for one in found.invariants if one.broken
    ]
    assert shown, "doctor says nothing"
    assert bool(scene.case(POISONED).set_aside) is poison.noted

    again = run_sweep(Edge(engine, settings, Day(NEXT, explicit=True)))
    assert [one["case"] for one in told(again)] == [str(number)], "it is tried again every day, alone"
    assert scene.told("case", number).count("set_aside") == int(poison.noted), "the same reason is told once"

    with engine.begin() as link:
        poison.take(link, number)
    mended = run_sweep(Edge(engine, settings, Day(NEXT + timedelta(days=1), explicit=True)))
    assert (told(mended), scene.case(POISONED).set_aside, scene.case(POISONED).light) == ([], None, "blue")
    with scene.open_desk(today=NEXT + timedelta(days=1), readonly=True) as desk:
        assert not [one for one in examine(desk).warnings if "被巡查搁置" in one]


def told(report: dict[str, object]) -> list[dict[str, str]]:
    found = report["set_aside"]
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize("content", ['{"cases": ', '{"cases": [{"case": 1}]}', "[]"])
def test_a_poisoned_mail_is_set_aside_and_goes_when_it_is_mended(
    scene: Scene, engine: sa.Engine, settings: Settings, content: str
) -> None:
    write(scene, *CODES)
    run_sweep(Edge(engine, settings, Day(BLUE_ON, explicit=True)))
    document = min(scene.documents("prompt"), key=lambda one: one.id or 0)
    mails = [one for one in scene.messages() if one.document_id == document.id]
    before = document.content or ""
    swap(engine, document.id, content)
    with MailSink() as sink:
        edge = Edge(
            engine, settings.model_copy(update={"smtp_url": SecretStr(sink.url)}), Day(BLUE_ON, explicit=True)
        )
        said = run_outbox(edge)
        assert (said["rejected"], len(sink.journal)) == (len(mails), len(scene.messages()) - len(mails))
        assert len(sink.journal) > 0
        with scene.open_desk(today=BLUE_ON, readonly=True) as desk:
            waiting = desk.session.exec(select(Message).where(is_unsettled())).all()
            assert {one.id for one in waiting} == {one.id for one in mails}
            assert "未能生成" in (waiting[0].smtp_reply or "")

        swap(engine, document.id, before)
        with scene.open_desk(by="P90", today=BLUE_ON) as desk:
            for one in mails:
                resolve(desk, one.id or 0, "resend")
        assert run_outbox(edge)["accepted"] == len(mails)
        assert len({one.message_id for one in sink.journal}) == len(sink.journal) == len(scene.messages())


MAILS = {
    "every change is refused": (refuse("message", "id", "UPDATE"), "ready"),
    "its claim is refused": (refuse("message", "id", "UPDATE", "NEW.state = 'sending'"), "ready"),
    "its end is refused": (refuse("message", "id", "UPDATE", "NEW.state = 'accepted'"), "sending"),
}


@pytest.mark.parametrize("connections", [1, 3])
@pytest.mark.parametrize("kind", MAILS)
def test_a_mail_that_the_database_refuses_to_change_stops_no_other_and_goes_once_it_is_mended(
    scene: Scene, engine: sa.Engine, settings: Settings, kind: str, connections: int
) -> None:
    write(scene, *CODES)
    run_sweep(Edge(engine, settings, Day(BLUE_ON, explicit=True)))
    first, *others = sorted(scene.messages(), key=lambda one: one.id or 0)
    poison, stays = MAILS[kind]
    with engine.begin() as link:
        poison.put(link, first.id or 0)
    with MailSink() as sink:
        known = {"smtp_url": SecretStr(sink.url), "smtp_connections": connections}
        edge = Edge(engine, settings.model_copy(update=known), Day(BLUE_ON, explicit=True))
        for _again in range(2):
            said = run_outbox(edge)
            assert [problem.split("：")[0] for problem in texts(said, "problems")] == [f"邮件{first.id}"]
        states = {one.id: one.state for one in scene.messages()}
        assert states == {one.id: "accepted" for one in others} | {first.id: stays}
        assert len(sink.journal) == len(others) + (stays == "sending"), "what went out is not sent again"

        with engine.begin() as link:
            poison.take(link, first.id or 0)
        said = run_outbox(edge)
        assert (texts(said, "problems"), said["recovered"]) == ([], int(stays == "sending"))
        assert {one.state for one in scene.messages()} == {"accepted"}
        assert len({one.message_id for one in sink.journal}) == len(sink.journal) == len(scene.messages())


def texts(report: dict[str, object], name: str) -> list[str]:
    """Return the sentences of a report under a name."""
    found = report[name]
    assert isinstance(found, list)
    return [str(one) for one in found]


def swap(engine: sa.Engine, document: int | None, content: str) -> None:
    """Put other words in the place of what a reminder froze, as a broken disk or a hand in the database would."""
    with engine.begin() as link:
        link.execute(sa.update(Document).where(col(Document.id) == document).values(content=content))
