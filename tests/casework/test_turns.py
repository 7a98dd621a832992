"""Two people act on the same thing at once: one of them does it, the other is told."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pyotp
import pytest
import sqlalchemy as sa

from casework.accounts.secondfactor import installation_key, use_code
from casework.accounts.signin import note_failure
from casework.desk import at_desk
from casework.history import mark_of, require_unchanged
from casework.rectification.cases import act_on_case, find_case
from core.errors import Refused
from models.account import Account
from models.audit import history_of
from models.base import key_of
from system.settings import Settings
from tests import make
from tests.casework.scene import Scene

MAJOR = ("D001", "E24", "major")
DAY = date(2026, 4, 20)
NOON = datetime(2026, 4, 20, 4, 0, tzinfo=UTC)
PATIENCE = 30.0


@pytest.fixture
def code(scene: Scene) -> str:
    """Give a case whose plan waits for approval."""
    (code,) = scene.notify(MAJOR)
    scene.act(code, "submit_plan", "D001:liaison", DAY, measures="逐项整改")
    return code


def only_where_two_may_read(engine: sa.Engine) -> None:
    if engine.dialect.name == "sqlite":
        pytest.skip("SQLite gives a desk that writes the whole database: nobody else reads meanwhile")


def test_who_read_the_same_state_does_not_move_it_a_second_time(
    engine: sa.Engine, scene: Scene, code: str
) -> None:
    only_where_two_may_read(engine)
    with scene.open_desk(by="P90", today=DAY) as late:
        case, _finding = find_case(late, code)
        assert case.state == "planned"
        scene.act(code, "approve_plan", "L-DIRECTOR", DAY)
        with pytest.raises(Refused, match="同时"):
            act_on_case(late, code, "return_plan", note="措施不具体")
    stored = scene.case(code)
    assert stored.state == "rectifying"
    with scene.open_desk(readonly=True) as desk:
        acts = [one.act for one in history_of(desk.session, desk.office_id, "case", [stored.id])]
    assert (acts.count("approve_plan"), acts.count("return_plan")) == (1, 0)


def test_a_code_that_another_desk_used_up_opens_nothing(
    engine: sa.Engine, settings: Settings, scene: Scene, tmp_path: Path
) -> None:
    only_where_two_may_read(engine)
    settings = settings.model_copy(update={"key_file": tmp_path / "ducha.key"})
    seed = pyotp.random_base32()
    with at_desk(engine, settings, by=None, today=DAY, now=NOON) as desk:
        secret = installation_key(settings.key_file).encrypt(seed.encode())
        row = Account(
            office_id=desk.office_id, login="p90", name="经办人", state="active", holder="P90", opened_by="t",
            opened_on=DAY, totp_secret=secret,
        )  # fmt: skip
        number = key_of(make.store(desk, row))
    code = pyotp.TOTP(seed).at(NOON)
    with at_desk(engine, settings, by=None, today=DAY, now=NOON) as late:
        assert late.session.get_one(Account, number).totp_step == 0
        with at_desk(engine, settings, by=None, today=DAY, now=NOON) as first:
            assert use_code(first, number, code)
            note_failure(first, number)
        assert not use_code(late, number, code)
        note_failure(late, number)
    with at_desk(engine, settings, by=None, today=DAY, now=NOON) as desk:
        assert desk.session.get_one(Account, number).failures == 2


def at_once(act: Callable[[str], object]) -> list[str]:
    """Let the officer and the director do the same thing at the same moment; return what came of it."""
    ready, came = threading.Barrier(2), []

    def one(by: str) -> None:
        ready.wait(PATIENCE)
        try:
            act(by)
            came.append("done")
        except Refused:
            came.append("refused")

    people = [threading.Thread(target=one, args=(by,)) for by in ("P90", "L-DIRECTOR")]
    for person in people:
        person.start()
    for person in people:
        person.join(PATIENCE)
    return sorted(came)


def test_two_threads_at_one_case_bring_one_approval(scene: Scene, code: str) -> None:
    assert at_once(lambda by: scene.act(code, "approve_plan", by, DAY)) == ["done", "refused"]


def test_of_two_pages_with_the_same_mark_the_second_is_told(scene: Scene, code: str) -> None:
    number = scene.case(code).id
    with scene.open_desk(readonly=True) as desk:
        mark = str(mark_of(desk, "case", number))

    def report(by: str) -> None:
        with scene.open_desk(by=by, today=DAY) as desk:
            require_unchanged(desk, "case", number, mark)
            desk.record("case", number, "report_progress")

    assert at_once(report) == ["done", "refused"]
