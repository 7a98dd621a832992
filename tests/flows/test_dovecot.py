"""A mailbox on a Dovecot: what the office's intake says to a server that is not ours, encrypted and not."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import DeliveryFailed
from delivery.inbound.account import InboxAccount
from delivery.inbound.imap import Imap
from flows.reading import run_intake
from tests.conftest import IN_CI
from tests.delivery.inbound.mailmaking import UNIT, block, mail, report
from tests.delivery.test_smtp import make_certificate
from tests.flows.conftest import OpenEdge
from tests.flows.dovecot import LOOPBACK, MISSING, PROGRAM, Dovecot, dovecot
from tests.flows.maildirs import issue, open_post

pytestmark = pytest.mark.skipif(PROGRAM is None and not IN_CI, reason=MISSING)
LOGIN = "ducha%40shilixian.example:s%2Fecret"
WAYS = {"plain": ("imap", ""), "starttls": ("imap", "?starttls=1"), "imaps": ("imaps", "")}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Dovecot]:
    _serving, trusting = make_certificate(tmp_path, [LOOPBACK])
    with dovecot(tmp_path / "sink.pem", trusting) as running:
        yield running


def box(server: Dovecot, way: str, trust: ssl.SSLContext | None, more: str = "") -> Imap:
    scheme, option = WAYS[way]
    port = server.secure if scheme == "imaps" else server.plain
    return Imap(InboxAccount.parse(f"{scheme}://{LOGIN}@{LOOPBACK}:{port}/{option}{more}"), 5.0, trust)


@pytest.mark.parametrize("way", WAYS)
def test_mails_are_read_once_and_marked_and_nothing_is_deleted(
    edge_on: OpenEdge, tmp_path: Path, server: Dovecot, way: str
) -> None:
    post = open_post(edge_on(), tmp_path / "mail")
    sent = issue(post)
    server.put(report(block("failed", "5.1.1", "550 unknown"), message_id=sent.message_id))
    server.put(mail(sender=UNIT, subject="问", body="请问何时报送？", charset="GBK"))
    one = box(server, way, server.trust)

    assert [run_intake(post.edge, box=one)["read"] for _ in range(2)] == [2, 0]
    assert [row.outcome for row in post.rows()] == ["bounced", "unmatched"]
    assert post.message().state == "bounced"
    assert server.flags() == [{"\\Seen"}] * 2

    server.put(mail(sender=UNIT, subject="再问", body="请问呢？"))
    assert run_intake(post.edge, box=one)["read"] == 1


def test_handled_mails_are_moved_where_the_office_wants_it(
    edge_on: OpenEdge, tmp_path: Path, server: Dovecot
) -> None:
    post = open_post(edge_on(), tmp_path / "mail")
    with server.session() as session:
        session.create("Done")
    server.put(mail(sender=UNIT, subject="问", body="请问？"))

    assert run_intake(post.edge, box=box(server, "imaps", server.trust, "?move=Done"))["read"] == 1
    assert (server.flags(), server.flags("Done")) == ([], [{"\\Seen"}])


def test_a_wrong_secret_and_an_unknown_certificate_are_told_without_the_secret(
    edge_on: OpenEdge, tmp_path: Path, server: Dovecot
) -> None:
    post = open_post(edge_on(), tmp_path / "mail")
    with pytest.raises(DeliveryFailed, match="证书"):
        run_intake(post.edge, box=box(server, "imaps", None))
    wrong = InboxAccount.parse(f"imap://{LOGIN}no@{LOOPBACK}:{server.plain}/")
    with pytest.raises(DeliveryFailed) as refused:
        run_intake(post.edge, box=Imap(wrong, 20.0, None))
    assert "s/ecret" not in str(refused.value)
