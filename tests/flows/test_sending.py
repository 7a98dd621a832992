"""The sender over real conversations: several connections, a journal, and what is left by a sender that died."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlmodel import col, select

from casework.mail.queueing import Recipient, queue
from core.errors import DeliveryFailed
from core.life.lives import MessageState
from delivery.journal import Line, Mark, read_journal
from delivery.sink import Answer, MailSink, Occasion, Rule
from flows.edge import Edge
from flows.sending import BATCH, run_outbox
from models.account import PortalLink
from models.document import Document
from models.message import JournalledMail, Message, MessageBody
from models.record import Note
from system.paths import ROOT
from system.process import make_token
from tests import make

GONE = "gone|boot|1|1|x"  # a sender of another machine


@pytest.fixture
def sink() -> Iterator[MailSink]:
    """Give a mail server on this machine that takes everything."""
    with MailSink() as server:
        yield server


@pytest.fixture
def mailing(edge: Edge, sink: MailSink) -> Edge:
    """Give an edge whose mail goes to the sink."""
    return with_settings(edge, smtp_url=SecretStr(sink.url))


def with_settings(edge: Edge, **changed: Any) -> Edge:
    quick = {"smtp_timeout": 2.0, "smtp_data_timeout": 2.0}
    return dataclasses.replace(edge, settings=edge.settings.model_copy(update={**quick, **changed}))


def post(edge: Edge, count: int, domain: str = "shilixian.example") -> None:
    """Queue mails about one document to as many people."""
    with edge.desk() as desk:
        campaign, unit = make.make_campaign(desk), make.make_unit(desk)
        document = make.make_document(
            desk,
            campaign,
            unit,
            "urging",
            number="示法督办〔2026〕1号",
            series="示法督办",
            year=2026,
            serial=1,
        )
        for number in range(count):
            to = Recipient(f"r{number}", "联络员", f"r{number}@{domain}")
            queue(desk, "notice_collect", f"document/{document.id}", to, document_id=document.id)


def states(edge: Edge) -> list[str]:
    with edge.desk(readonly=True) as desk:
        return list(desk.session.exec(select(Message.state).order_by(col(Message.id))))


def marks(edge: Edge) -> list[str]:
    return [line.mark for line in read_journal(edge.settings.journal_folder)]


def counts(report: dict[str, Any]) -> list[Any]:
    return [report[key] for key in ("accepted", "rejected", "unknown", "deferred", "left")]


def test_what_is_ready_is_sent_once_over_several_connections(mailing: Edge, sink: MailSink) -> None:
    seen: list[Occasion] = []
    sink.behave(lambda occasion: seen.append(occasion) if occasion.stage == "connect" else None)
    post(mailing, 3 * BATCH + 5)
    assert counts(run_outbox(with_settings(mailing, smtp_connections=3))) == [3 * BATCH + 5, 0, 0, 0, 0]
    assert len(seen) == 3
    assert len({taken.message_id for taken in sink.journal}) == len(sink.journal) == 3 * BATCH + 5
    assert counts(run_outbox(mailing)) == [0, 0, 0, 0, 0]
    assert sorted(set(marks(mailing))) == ["begin", "end", "open"]
    assert marks(mailing).count("begin") == marks(mailing).count("end") == 3 * BATCH + 5


def test_a_limit_holds_for_all_connections_together(mailing: Edge, sink: MailSink) -> None:
    post(mailing, 3 * BATCH)
    assert counts(run_outbox(with_settings(mailing, smtp_connections=3), limit=BATCH + 1)) == [
        BATCH + 1, 0, 0, 0, 2 * BATCH - 1
    ]  # fmt: skip
    assert len(sink.journal) == BATCH + 1


def test_a_second_connection_that_the_server_refuses_is_done_without(mailing: Edge, sink: MailSink) -> None:
    sink.behave([Rule("connect", reply="421 4.7.0 too many connections", first=2)])
    post(mailing, 2 * BATCH)
    assert counts(run_outbox(with_settings(mailing, smtp_connections=4)))[0] == 2 * BATCH


def test_every_answer_of_the_server_ends_where_it_should(mailing: Edge, sink: MailSink) -> None:
    post(mailing, 4)
    sink.behave(
        [
            Rule("settle", "r1@shilixian.example", reply="554 no"),
            Rule("settle", "r2@shilixian.example", drop=True, keep=True),
            Rule("rcpt", "r3@shilixian.example", reply="450 4.2.0 busy"),
        ]
    )
    assert counts(run_outbox(mailing)) == [1, 1, 1, 1, 1]
    assert states(mailing) == ["accepted", "rejected", "unknown", "ready"]


def test_a_mail_that_no_server_could_take_does_not_stop_the_others(mailing: Edge, sink: MailSink) -> None:
    post(mailing, 3)
    with mailing.desk() as desk:
        row = desk.session.exec(select(Message).order_by(col(Message.id))).first()
        assert row is not None
        row.recipient = "no address"
    report = run_outbox(mailing)
    assert counts(report) == [2, 1, 0, 0, 0]
    assert states(mailing) == ["rejected", "accepted", "accepted"]


def test_a_server_that_goes_away_leaves_the_rest_ready(mailing: Edge, sink: MailSink) -> None:
    post(mailing, 4)
    sink.behave(
        lambda one: Answer(drop=True) if one.stage in {"mail", "connect"} and len(sink.journal) >= 1 else None
    )
    run_outbox(with_settings(mailing, smtp_connections=1))
    assert states(mailing) == ["accepted", "ready", "ready", "ready"]


def test_without_room_for_the_journal_nothing_is_sent(mailing: Edge, sink: MailSink, tmp_path: Path) -> None:
    post(mailing, 2)
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DeliveryFailed, match="邮件日志写不进去"):
        run_outbox(with_settings(mailing, mail_journal=tmp_path / "file"))
    assert (states(mailing), sink.journal) == (["ready", "ready"], [])


def test_a_journal_that_fails_in_the_middle_loses_no_answer(
    mailing: Edge, sink: MailSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    from delivery.journal import Journal

    write = Journal.write

    def fail(self: Journal, line: Any) -> None:
        if line.mark == Mark.END:
            raise DeliveryFailed("邮件日志写不进去", retry=True)
        write(self, line)

    monkeypatch.setattr(Journal, "write", fail)
    post(mailing, 3)
    with pytest.raises(DeliveryFailed):
        run_outbox(with_settings(mailing, smtp_connections=1))
    assert states(mailing) == ["accepted", "ready", "ready"]
    assert len(sink.journal) == 1


# ---- senders that died ----------------------------------------------------------------------------------------

CHILD = """
    import os, signal, sys
    from delivery.handover import Handover
    from flows import sending
    from models.database import make_engine
    from system.settings import load_settings
    from flows.edge import Edge
    from tests.flows.conftest import WORKDAY, FixedClock
    from system import failpoints
    place, nth = sys.argv[1], int(sys.argv[2])
    seen = 0
    def die(name):
        global seen
        seen += name == place
        if seen == nth:
            os.kill(os.getpid(), signal.SIGKILL)
    failpoints.arm(die)
    settings = load_settings()
    sending.run_outbox(Edge(make_engine(settings.database_url), settings, FixedClock(WORKDAY)))
"""


def kill_a_sender(edge: Edge, place: str, nth: int) -> None:
    """Let a sender in a process of its own die at the nth time it reaches a place."""
    settings = edge.settings
    assert settings.smtp_url is not None
    child = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(CHILD), place, str(nth)],
        env={
            **os.environ, "DUCHA_DATABASE_URL": edge.engine.url.render_as_string(hide_password=False),
            "DUCHA_SMTP_URL": settings.smtp_url.get_secret_value(), "DUCHA_FILES": str(settings.files),
            "DUCHA_KEY_FILE": str(settings.key_file), "DUCHA_RULES": str(settings.rules),
            "DUCHA_SMTP_CONNECTIONS": "1",
        },
        cwd=ROOT, check=False, capture_output=True, timeout=120,
    )  # fmt: skip
    assert child.returncode == -signal.SIGKILL, child.stderr.decode()


@pytest.mark.parametrize(
    ("place", "taken", "after"),
    [
        ("sender.after_claiming_is_committed", 0, ["accepted"] * 4),
        ("sender.before_content", 1, ["accepted"] * 4),
        ("sender.after_beginning_is_written", 1, ["accepted", "unknown", "accepted", "accepted"]),
        ("sender.after_answer", 2, ["accepted", "unknown", "accepted", "accepted"]),
        ("sender.after_end_is_written", 2, ["accepted"] * 4),
        ("sender.before_settling_is_committed", 4, ["accepted"] * 4),
    ],
)
def test_after_a_kill_the_journal_tells_which_mails_had_begun(
    mailing: Edge, sink: MailSink, place: str, taken: int, after: list[str]
) -> None:
    post(mailing, 4)
    kill_a_sender(mailing, place, 1 if "claiming" in place else 2)
    assert len(sink.journal) == taken
    run_outbox(mailing)
    assert states(mailing) == after
    ids = [one.message_id for one in sink.journal]
    assert len(set(ids)) == len(ids)  # nobody got a mail twice
    assert len(ids) == 4 - (place == "sender.after_beginning_is_written")


def test_without_its_journal_every_mail_of_a_dead_sender_is_in_doubt(mailing: Edge, sink: MailSink) -> None:
    post(mailing, 3)
    kill_a_sender(mailing, "sender.before_content", 2)
    for file in mailing.settings.journal_folder.iterdir():
        file.unlink()
    run_outbox(mailing)
    assert states(mailing) == ["unknown"] * 3
    assert len(sink.journal) == 1


def test_of_a_mail_that_nobody_answered_for_the_journal_is_not_asked_again(
    mailing: Edge, sink: MailSink
) -> None:
    post(mailing, 1)
    sink.behave([Rule("settle", drop=True)])
    assert run_outbox(mailing)["unknown"] == 1

    assert [run_outbox(mailing)["recovered"] for _again in range(2)] == [0, 0]

    with mailing.desk(readonly=True) as desk:
        assert [(row.state, row.token) for row in desk.session.exec(select(Message))] == [("unknown", None)]


def test_the_mails_of_another_machine_are_unknown_when_their_lease_is_over(
    mailing: Edge, sink: MailSink
) -> None:
    post(mailing, 2)
    with mailing.desk() as desk:
        for row, token in zip(desk.session.exec(select(Message)), (GONE, make_token()), strict=True):
            row.state, row.token, row.lease_until = "sending", token, desk.now
            row.attempts = 1
    later = dataclasses.replace(mailing, clock=Later(mailing.clock))
    assert counts(run_outbox(later)) == [0, 0, 2, 0, 0]
    assert sink.journal == []


@dataclasses.dataclass(frozen=True)
class Later:
    """A clock that is half an hour ahead."""

    clock: Any

    @property
    def explicit(self) -> bool:
        return True

    def today(self) -> Any:
        return self.clock.today()

    def now(self) -> Any:
        from datetime import timedelta

        return self.clock.now() + timedelta(minutes=30)


# ---- what else tells ------------------------------------------------------------------------------------------


def unknown_mail(edge: Edge) -> None:
    post(edge, 1)
    with edge.desk() as desk:
        row = desk.session.exec(select(Message)).one()
        row.state, row.attempts = "unknown", 1


def test_an_unknown_mail_whose_link_was_opened_has_arrived(mailing: Edge) -> None:
    unknown_mail(mailing)
    with mailing.desk() as desk:
        row = desk.session.exec(select(Message)).one()
        desk.session.add(
            PortalLink(
                office_id=desk.office_id, document_id=row.document_id or 0, message_id=row.id or 0,
                holder="D001:liaison", recipient=row.recipient, token_sha256="0" * 64, made_at=desk.now,
                expires_at=desk.now, opened_at=desk.now,
            )
        )  # fmt: skip
    assert run_outbox(mailing)["recovered"] == 1
    with mailing.desk(readonly=True) as desk:
        row = desk.session.exec(select(Message)).one()
        assert (row.state, "用邮件中的链接打开文书" in (row.smtp_reply or "")) == ("accepted", True)


def test_the_log_of_the_relay_settles_an_unknown_mail(mailing: Edge, tmp_path: Path) -> None:
    unknown_mail(mailing)
    with mailing.desk(readonly=True) as desk:
        message_id = desk.session.exec(select(Message.message_id)).one()
    log = tmp_path / "mail.log"
    log.write_text(
        f"Nov 22 10:00:01 mx postfix/cleanup[12]: 4F1A2B3C: message-id={message_id}\n"
        "Nov 22 10:00:02 mx postfix/smtp[13]: 4F1A2B3C: to=<b@y>, relay=y, dsn=2.0.0, status=sent (250 ok)\n"
    )
    assert run_outbox(with_settings(mailing, relay_log=log))["recovered"] == 1
    assert states(mailing) == ["accepted"]


def test_a_relay_log_that_cannot_be_read_is_said(mailing: Edge, tmp_path: Path) -> None:
    unknown_mail(mailing)
    with pytest.raises(DeliveryFailed, match="中继日志读不出来"):
        run_outbox(with_settings(mailing, relay_log=tmp_path / "none"))


def test_a_note_of_hold_stops_the_mail(mailing: Edge, sink: MailSink) -> None:
    post(mailing, 1)
    with mailing.desk() as desk:
        desk.session.add(Note(name="hold", value="由备份恢复"))
    report = run_outbox(mailing)
    assert (report["held"], states(mailing), sink.journal) == ("由备份恢复", ["ready"], [])


@pytest.mark.parametrize(("minutes", "state"), [(5, "accepted"), (-5, "bounced")])
def test_after_a_restore_a_returned_mail_that_had_gone_out_once_more_is_known_to_have(
    mailing: Edge, minutes: int, state: str
) -> None:
    from casework.mail.reconciling import compare_with_journal

    post(mailing, 1)
    with mailing.desk() as desk:
        row = desk.session.exec(select(Message)).one()
        row.state, row.settled_at, row.smtp_reply, row.attempts = "bounced", desk.now, "退信", 1
        at = (desk.now + timedelta(minutes=minutes)).isoformat()
        line = Line(
            Mark.END, desk.office.code, "gone", at, row.message_id, outcome="accepted", reply="250 ok"
        )
    with mailing.desk() as desk:
        assert compare_with_journal(desk, [line]).accepted == (state == "accepted")
    assert states(mailing) == [state]


def test_after_a_restore_the_journal_settles_what_it_knows(mailing: Edge, sink: MailSink) -> None:
    from casework.mail.reconciling import compare_with_journal

    post(mailing, 4)
    kill_a_sender(mailing, "sender.after_beginning_is_written", 3)
    with (
        mailing.desk() as desk
    ):  # back to a backup from before the sending, in which one mail is not known yet
        for number, row in enumerate(desk.session.exec(select(Message).order_by(col(Message.id)))):
            row.state, row.token, row.lease_until, row.attempts = "ready", None, None, 0
            if number == 0:
                desk.session.delete(desk.session.get_one(MessageBody, row.id))
                desk.session.flush()
                desk.session.delete(row)
        document = desk.session.exec(select(Document)).one()
        document.number, document.serial, document.year, document.series = None, None, None, None
    with mailing.desk() as desk:
        compared = compare_with_journal(desk, read_journal(mailing.settings.journal_folder))
        assert (compared.accepted, compared.unknown, compared.missing) == (1, 1, 1)
        assert compared.numbers == ["示法督办〔2026〕1号"]
        again = compare_with_journal(desk, read_journal(mailing.settings.journal_folder))
        assert (again.accepted, again.unknown, again.missing) == (0, 0, 1)
    assert states(mailing) == ["accepted", "unknown", "ready"]
    with mailing.desk() as desk:  # the cause that the restore forgot comes again
        document_id = desk.session.exec(select(Document.id)).one()
        to = Recipient("r0", "联络员", "r0@shilixian.example")
        assert queue(desk, "notice_collect", f"document/{document_id}", to, document_id=document_id)
        assert len(desk.session.exec(select(JournalledMail)).all()) == 1
    before = len(sink.journal)
    run_outbox(mailing)
    assert states(mailing) == ["accepted", "unknown", "accepted", MessageState.UNKNOWN.value]
    assert len(sink.journal) == before + 1
