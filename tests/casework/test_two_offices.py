"""Two offices in one database: each has its own numbers, audit chains, mails, accounts and jobs, and sees no other."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
import sqlalchemy as sa
from pydantic import SecretStr
from sqlmodel import col, select

from casework.accounts.register import first_administrators
from casework.desk import Desk, at_desk
from casework.holds import HOLD
from casework.upkeep.backup import release_hold
from casework.upkeep.doctor import examine
from core.errors import Refused
from delivery.journal import Journal, Line, Mark
from delivery.sink import MailSink
from flows.edge import Edge
from flows.jobs import run_sweep
from flows.parts import each_office, offices_of
from flows.sending import run_outbox
from models.account import Account
from models.audit import verify_chains
from models.document import Document, NumberSeries
from models.message import Message
from models.record import AuditEntry, Note
from models.rectification import Rectification, Rung
from system.paths import RULES_DIR
from system.settings import Settings
from tests import make
from tests.casework.scene import NOTIFIED, Scene
from tests.casework.test_deadlines import Day

OFFICES = ("lincheng", "shilixian")
SWEPT = date(2026, 6, 18)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Give settings with the rules of two offices: the shipped one, and a neighbour that is like it."""
    rules = tmp_path / "rules"
    shutil.copytree(RULES_DIR, rules)
    own = (rules / "offices" / "shilixian.yaml").read_text(encoding="utf-8")
    other = own.replace("shilixian", "lincheng").replace("示例县", "临城县").replace("示", "临")
    (rules / "offices" / "lincheng.yaml").write_text(other, encoding="utf-8")
    return Settings(rules=rules, files=tmp_path / "files")


@pytest.fixture
def sink() -> Iterator[MailSink]:
    """Give a mail server on this machine."""
    with MailSink() as server:
        yield server


def settings_of(settings: Settings, office: str) -> Settings:
    return settings.model_copy(update={"office": office, "files": settings.files / office})


def play(engine: sa.Engine, settings: Settings, folder: Path) -> None:
    """Play the first months of a small county: findings, notices, numbers, mails; then let a sweep climb."""

    def open_desk(
        *, by: str | None = None, today: date = SWEPT, readonly: bool = False
    ) -> AbstractContextManager[Desk]:
        now = datetime.combine(today, time(2, 0), UTC)
        return at_desk(engine, settings, by=by, today=today, now=now, readonly=readonly)

    folder.mkdir()
    scene = Scene(open_desk, folder)
    scene.notify(("D001", "E24", "major"), ("T001", "F27", "major"))
    run_sweep(Edge(engine, settings, Day(SWEPT, explicit=True)))


@pytest.fixture
def both(engine: sa.Engine, settings: Settings, tmp_path: Path) -> sa.Engine:
    """Give a database in which two offices have lived the same months."""
    for office in OFFICES:
        play(engine, settings_of(settings, office), tmp_path / office)
    return engine


def desk_of(engine: sa.Engine, settings: Settings, office: str) -> AbstractContextManager[Desk]:
    now = datetime.combine(SWEPT, time(3, 0), UTC)
    return at_desk(engine, settings_of(settings, office), by=None, today=SWEPT, now=now)


def test_each_office_counts_its_own_numbers_from_one(both: sa.Engine, settings: Settings) -> None:
    numbers = []
    for office in OFFICES:
        with desk_of(both, settings, office) as desk:
            query = select(Document.series, Document.year, Document.serial).where(
                col(Document.office_id) == desk.office_id, col(Document.serial).is_not(None)
            )
            numbers.append(sorted((str(row[0])[1:], *row[1:]) for row in desk.session.exec(query)))
            series = select(NumberSeries).where(col(NumberSeries.office_id) == desk.office_id)
            assert desk.session.exec(series).all()

    assert numbers[0] == numbers[1]
    assert 1 in {serial for _series, _year, serial in numbers[0]}


def test_each_office_has_its_own_chains_which_verify(both: sa.Engine, settings: Settings) -> None:
    lengths = []
    for office in OFFICES:
        with desk_of(both, settings, office) as desk:
            checked, broken = verify_chains(desk.session, desk.office_id)
            assert broken == []
            lengths.append(checked)
    assert lengths[0] == lengths[1] > 15


def test_each_office_sends_its_own_mails_only(both: sa.Engine, settings: Settings, sink: MailSink) -> None:
    sent: dict[str, int] = {}
    for office in OFFICES:
        own = settings_of(settings, office).model_copy(update={"smtp_url": SecretStr(sink.url)})
        before = len(sink.journal)
        run_outbox(Edge(both, own, Day(SWEPT, explicit=True)))
        mine = sink.journal[before:]
        sent[office] = len(mine)
        assert all(office in taken.message_id for taken in mine)
    assert sent["lincheng"] == sent["shilixian"] > 2
    assert len({taken.message_id for taken in sink.journal}) == len(sink.journal)


def test_the_sweep_of_one_office_climbs_no_case_of_the_other(
    engine: sa.Engine, settings: Settings, tmp_path: Path
) -> None:
    for office in OFFICES:
        with desk_of(engine, settings, office) as desk:
            campaign, unit = make.make_campaign(desk), make.make_unit(desk)
            make.make_finding_and_case(desk, campaign, unit, "E24-1", due_on=SWEPT, next_due_on=SWEPT)
    own = settings_of(settings, "lincheng")
    assert run_sweep(Edge(engine, own, Day(SWEPT, explicit=True)))["due"] == 1
    with desk_of(engine, settings, "shilixian") as desk:
        entries = select(AuditEntry.act).where(
            col(AuditEntry.office_id) == desk.office_id, col(AuditEntry.subject) == "case"
        )
        assert desk.session.exec(entries).all() == []
        assert (
            desk.session.exec(
                select(Rung.id).join(Rectification).where(col(Rectification.office_id) == desk.office_id)
            ).all()
            == []
        )
    other = settings_of(settings, "shilixian")
    assert run_sweep(Edge(engine, other, Day(SWEPT, explicit=True)))["due"] == 1


def test_the_doctor_of_each_office_looks_at_its_own_things_only(
    both: sa.Engine, settings: Settings, sink: MailSink
) -> None:
    seen = []
    for office in OFFICES:
        own = settings_of(settings, office).model_copy(update={"smtp_url": SecretStr(sink.url)})
        edge = Edge(both, own, Day(SWEPT, explicit=True))
        run_outbox(edge)
        with edge.desk(readonly=True) as desk:
            invariants = examine(desk).as_dict()["invariants"]
        seen.append([(one["id"], one["checked"], one["broken"]) for one in invariants])

    assert seen[0] == seen[1]
    assert {"INV-1", "INV-4"} <= {name for name, checked, broken in seen[0] if checked and not broken}


def test_each_office_has_its_own_administrators_by_the_same_names(
    engine: sa.Engine, settings: Settings
) -> None:
    logins = []
    for office in OFFICES:
        with desk_of(engine, settings, office) as desk:
            logins.append(sorted(first_administrators(desk)))
    assert logins[0] == logins[1]
    with desk_of(engine, settings, "lincheng") as desk:
        query = select(Account.login).where(col(Account.office_id) == desk.office_id)
        assert sorted(desk.session.exec(query)) == logins[0]


def test_a_query_that_forgets_the_office_finds_nothing_of_the_other(
    both: sa.Engine, settings: Settings, request: pytest.FixtureRequest
) -> None:
    locked = "restricted" in request.node.name
    with desk_of(both, settings, "lincheng") as desk:
        messages = desk.session.exec(select(Message.office_id)).all()
        rungs = desk.session.exec(select(Rung.id)).all()
    assert (len(set(messages)) == 1) is locked
    assert rungs


def test_a_process_for_all_offices_has_an_edge_for_each(engine: sa.Engine, settings: Settings) -> None:
    assert offices_of(settings) == list(OFFICES)
    assert offices_of(settings_of(settings, "lincheng")) == ["lincheng"]
    edges = each_office(Edge(engine, settings, Day(NOTIFIED)))
    assert [edge.settings.office for edge in edges] == list(OFFICES)


def test_each_office_ends_the_hold_for_itself_and_the_last_one_for_all(
    both: sa.Engine, settings: Settings
) -> None:
    with desk_of(both, settings, "lincheng") as desk:
        desk.session.add(Note(name=HOLD, value="由备份恢复"))
    first, last = OFFICES
    lost = Line(Mark.END, last, "dead", "2026-06-18T03:00:00+00:00", "<lost@x>", outcome="accepted")
    Journal(settings_of(settings, last).journal_folder).write(lost)

    assert release(both, settings, first) == {"missing": 0, "still_held": [last]}
    with desk_of(both, settings, first) as desk:
        assert desk.on_hold is None
    with desk_of(both, settings, last) as desk:
        assert desk.on_hold == "由备份恢复", "nobody has compared its journal yet"
    assert "held" in run_outbox(Edge(both, settings_of(settings, last), Day(SWEPT, explicit=True)))
    with pytest.raises(Refused, match="没有处于暂停"):
        release(both, settings, first)

    assert release(both, settings, last) == {"missing": 1, "still_held": []}
    with desk_of(both, settings, last) as desk:
        assert desk.on_hold is None
        assert desk.session.exec(select(Note.name).where(col(Note.name).startswith(HOLD))).all() == []


def test_an_old_release_does_not_end_a_new_hold(both: sa.Engine, settings: Settings) -> None:
    with desk_of(both, settings, "lincheng") as desk:
        desk.session.add(Note(name=HOLD, value="第一次恢复"))
    release(both, settings, "lincheng")
    with desk_of(both, settings, "lincheng") as desk:
        desk.session.get_one(Note, HOLD).value = "第二次恢复"
    with desk_of(both, settings, "lincheng") as desk:
        assert desk.on_hold == "第二次恢复"


def release(engine: sa.Engine, settings: Settings, office: str) -> dict[str, object]:
    """Let two people of an office end the hold; return what is told of it here."""
    now = datetime.combine(SWEPT, time(3, 0), UTC)
    with at_desk(engine, settings_of(settings, office), by="P90", today=SWEPT, now=now) as desk:
        said = release_hold(desk, "L-DIRECTOR")
    return {key: said[key] for key in ("missing", "still_held")}
