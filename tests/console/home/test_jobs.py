"""Long work: its page while it runs, its end, what went wrong, and a service that was started anew in between."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from threading import Event

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient
from sqlmodel import select

from casework.rehearsal.rehearsalplan import Asked
from casework.rehearsal.rehearsed import Programme
from console.app import create_app
from console.rehearsals import Rehearse, Step
from flows.edge import Edge
from flows.rehearsal import SimulatedClock, rehearse
from models.record import AuditEntry
from system.settings import Settings
from tests.casework.conftest import open_desks_on
from tests.casework.scene import CODE, Scene
from tests.console.acting import file_of, outcome_of, send
from tests.console.conftest import NOW, sign_in

PAGE = f"/campaigns/{CODE}/rehearsal"


def play(engine: sa.Engine, settings: Settings, today: date, asked: Asked, step: Step) -> Programme:
    """Rehearse as the served console does, on the day of the tests."""
    return rehearse(Edge(engine, settings, SimulatedClock(today)), asked, step)


@pytest.fixture
def scene(bare: sa.Engine, settings: Settings, tmp_path: Path) -> Scene:
    made = Scene(open_desks_on(bare, settings), tmp_path)
    made.start()
    return made


@contextmanager
def served(
    engine: sa.Engine, settings: Settings, how: Rehearse | None, holder: str = "P90"
) -> Iterator[TestClient]:
    """Give a browser on a service with its own memory of long work."""
    app = create_app(engine, settings, clock=lambda: NOW, rehearse=how)
    with TestClient(app, base_url="http://127.0.0.1:8460", follow_redirects=False) as browser:
        browser.cookies.set("ducha", sign_in(engine, settings, holder))
        yield browser


def test_a_rehearsal_runs_to_its_end_and_leaves_nothing_behind(
    scene: Scene, bare: sa.Engine, settings: Settings
) -> None:
    told = select(AuditEntry.act, AuditEntry.subject_id).where(AuditEntry.subject != "session")
    before = scene.rows(told)
    with served(bare, settings, play) as browser:
        assert "推演多少天" in browser.get(PAGE).text
        given = {"days": "20", "findings": "2", "signed": "same"}
        page = outcome_of(browser, send(browser, PAGE, PAGE, given))
        assert "预演完成：20天内" in page.text
        assert "文书合计" in page.text
        assert b"<html" in file_of(browser, page)[:300].lower()
        assert browser.get(PAGE).status_code == 200
    assert scene.rows(told) == before


def test_the_page_of_long_work_tells_how_far_it_is(scene: Scene, bare: sa.Engine, settings: Settings) -> None:
    told, go = Event(), Event()

    def slowly(engine: sa.Engine, held: Settings, today: date, asked: Asked, step: Step) -> Programme:
        step(today, 5, 20)
        told.set()
        assert go.wait(30)
        return play(engine, held, today, asked, step)

    with served(bare, settings, slowly) as browser:
        address = send(browser, PAGE, PAGE, {"days": "2"}).headers["location"]
        assert told.wait(30)
        assert browser.get(f"{address}/state").json() == {
            "percent": 25,
            "step": f"推演到{NOW.date()}",
            "ended": False,
        }
        page = browser.get(address).text
        assert 'value="25"' in page
        assert 'http-equiv="refresh"' in page  # for browsers without scripts
        assert browser.get(f"{address}/file").status_code == 404
        with served(bare, settings, None, "L-DIRECTOR") as other:
            assert other.get(address).status_code != 200
        go.set()
        assert "预演完成" in outcome_of(browser, send(browser, PAGE, PAGE, {"days": "1"})).text


@pytest.mark.parametrize(
    ("given", "said"),
    [({"days": "0x"}, "不是整数"), ({"days": "4000"}, "天"), ({"findings": "很多"}, "不是整数")],
)
def test_a_wrong_number_is_told_on_the_form(
    scene: Scene, bare: sa.Engine, settings: Settings, given: dict[str, str], said: str
) -> None:
    with served(bare, settings, play) as browser:
        answer = send(browser, PAGE, PAGE, given)
        assert answer.status_code == 400
        assert 'class="refused"' in answer.text
        assert said in answer.text


def test_what_goes_wrong_in_long_work_is_told_on_its_page(
    scene: Scene, bare: sa.Engine, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_given: object) -> Programme:
        raise RuntimeError("inside")

    with served(bare, settings, broken) as browser:
        page = outcome_of(browser, send(browser, PAGE, PAGE, {"days": "2"}))
        assert "没有做完，数据没有改变" in page.text
        assert "inside" not in page.text


def test_a_service_without_rehearsals_says_so(scene: Scene, bare: sa.Engine, settings: Settings) -> None:
    with served(bare, settings, None) as browser:
        answer = send(browser, PAGE, PAGE, {"days": "2"})
        assert answer.status_code == 409
        assert "没有启用预演" in answer.text


def test_work_of_a_service_that_was_started_anew_is_told_as_broken_off(
    scene: Scene, bare: sa.Engine, settings: Settings
) -> None:
    with served(bare, settings, play) as browser:
        address = send(browser, PAGE, PAGE, {"days": "1"}).headers["location"]
    with served(bare, settings, play) as browser:
        page = browser.get(address)
        assert page.status_code == 410
        assert "服务重新启动过" in page.text
        assert browser.get(f"{address}/state").json()[
            "ended"
        ]  # a script shows the page anew instead of waiting
        assert browser.get(f"{address}/file").status_code == 404
        assert browser.get("/jobs/nothing").status_code == 404
