"""The recurring jobs: mail over a real conversation, lists, checkpoints; each may run twice, late, or be stopped."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from pydantic import SecretStr
from sqlmodel import col, select

from casework.mail.queueing import Recipient, queue
from core.errors import DeliveryFailed, NotAllowed
from delivery.sink import MailSink
from flows.edge import Edge, WallClock
from flows.jobs import run_doctor, run_linkage, run_reminders, run_reports, run_sweep
from flows.sending import run_outbox
from models.message import Message
from models.record import AuditCheckpoint, Tick
from tests import make
from tests.flows.conftest import WORKDAY, OpenEdge


@pytest.fixture
def sink() -> Iterator[MailSink]:
    """Give a mail server on this machine that takes everything."""
    with MailSink() as server:
        yield server


@pytest.fixture
def mailing(edge: Edge, sink: MailSink) -> Edge:
    """Give an edge whose mail goes to the sink."""
    return with_server(edge, sink.url)


def with_server(edge: Edge, url: str) -> Edge:
    settings = edge.settings.model_copy(update={"smtp_url": SecretStr(url), "smtp_timeout": 2.0})
    return dataclasses.replace(edge, settings=settings)


def post(edge: Edge, *names: str) -> None:
    """Queue mails about one document."""
    with edge.desk() as desk:
        campaign, unit = make.make_campaign(desk), make.make_unit(desk)
        document = make.make_document(desk, campaign, unit, "urging")
        for name in names:
            to = Recipient(name, "联络员", f"{name}@shilixian.example")
            queue(desk, "notice_collect", f"document/{document.id}", to, document_id=document.id)


def states(edge: Edge) -> list[str]:
    with edge.desk(readonly=True) as desk:
        return list(desk.session.exec(select(Message.state).order_by(col(Message.id))))


def counts(report: dict[str, object]) -> list[Any]:
    return [report[key] for key in ("accepted", "rejected", "unknown", "deferred", "left")]


def test_what_is_ready_is_sent_once(mailing: Edge, sink: MailSink) -> None:
    post(mailing, "a", "b", "c")
    assert counts(run_outbox(mailing, limit=2)) == [2, 0, 0, 0, 1]
    assert counts(run_outbox(mailing)) == [1, 0, 0, 0, 0]
    assert counts(run_outbox(mailing)) == [0, 0, 0, 0, 0]
    assert sorted(taken.recipient for taken in sink.journal) == [f"{n}@shilixian.example" for n in "abc"]
    assert len({taken.message_id for taken in sink.journal}) == 3


def test_nothing_is_sent_when_the_limit_is_nothing(mailing: Edge, sink: MailSink) -> None:
    post(mailing, "a")
    assert counts(run_outbox(mailing, limit=0)) == [0, 0, 0, 0, 1]
    assert sink.journal == []


def test_a_server_that_is_not_there_touches_no_mail(edge: Edge, sink: MailSink) -> None:
    post(edge, "a")
    with pytest.raises(DeliveryFailed, match="没有设置邮件服务器") as missing:
        run_outbox(edge)
    assert missing.value.retry
    url = sink.url
    sink.stop()
    with pytest.raises(DeliveryFailed) as dead:
        run_outbox(with_server(edge, url))
    assert dead.value.retry
    assert states(edge) == ["ready"]


def test_without_mail_no_server_is_needed(edge: Edge) -> None:
    assert counts(run_outbox(edge)) == [0, 0, 0, 0, 0]


def test_an_authorised_draft_that_cannot_go_waits_for_its_signer(edge_on: OpenEdge, monkeypatch: Any) -> None:
    edge = edge_on(date(2026, 6, 4))

    def refuse(*_args: object) -> None:
        raise NotAllowed("授权已失效")

    with edge.desk() as desk:
        campaign, unit = make.make_campaign(desk, "2026-ZX-01"), make.make_unit(desk)
        make.make_finding_and_case(desk, campaign, unit, "E24-1", percent=70, next_due_on=date(2026, 6, 4))
    monkeypatch.setattr("flows.jobs.sign_by_authorisation", refuse)
    report = run_sweep(edge)
    assert (report["drafted"], report["issued"]) == ({"urging": 1}, {})
    assert "授权已失效" in str(report["set_aside"])
    monkeypatch.undo()
    assert run_sweep(edge)["issued"] == {"urging": 1}


def test_the_lists_of_linkage_change_nothing(edge: Edge) -> None:
    with edge.desk() as desk:
        case = make.make_finding_and_case(desk, make.make_campaign(desk), make.make_unit(desk), "E24-1")
        referral = make.make_referral(desk, case, screen_by_on=date(2026, 6, 26))
    assert run_linkage(edge)["screening_overdue"] == [referral.id]


def test_reminders_run_once_a_day(edge: Edge) -> None:
    with edge.desk() as desk:
        make.make_document(desk, make.make_campaign(desk), make.make_unit(desk), "urging", state="draft")
    assert [run_reminders(edge)["staff"] for _ in range(2)] == [1, 0]


def test_half_month_books_are_closed_on_their_day_only(edge_on: OpenEdge) -> None:
    with edge_on().desk() as desk:
        desk.record("unit", 1, "import")
    assert run_reports(edge_on(date(2026, 6, 30)))["due"] is False
    assert run_reports(edge_on(date(2026, 7, 1)))["due"] is True
    assert run_reports(edge_on(date(2026, 7, 1)))["due"] is True
    with edge_on().desk(readonly=True) as desk:
        assert [point.on_day for point in desk.session.exec(select(AuditCheckpoint))] == [date(2026, 7, 1)]


def test_the_doctor_finds_a_young_office_well_and_keeps_a_checkpoint(edge: Edge) -> None:
    assert run_doctor(edge)["ok"] is True
    with edge.desk(readonly=True) as desk:
        assert len(desk.session.exec(select(AuditCheckpoint)).all()) == 1


def test_each_job_remembers_its_run(mailing: Edge) -> None:
    run_sweep(mailing)
    run_outbox(mailing)
    with mailing.desk(readonly=True) as desk:
        assert {(tick.job, tick.on_day) for tick in desk.session.exec(select(Tick))} == {
            ("sweep", WORKDAY), ("outbox", WORKDAY)
        }  # fmt: skip


def test_the_clock_on_the_wall_gives_a_named_day_at_the_present_hour() -> None:
    named = WallClock(date(2026, 3, 2))
    assert (named.today(), named.explicit) == (date(2026, 3, 2), True)
    assert named.now().utcoffset() is not None
    plain = WallClock()
    assert not plain.explicit
    assert abs((plain.now().date() - plain.today()).days) <= 1
