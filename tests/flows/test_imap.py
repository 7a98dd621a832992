"""A mailbox read over IMAP, with a real conversation on a loopback socket: encrypted, checked, and never emptied."""

from __future__ import annotations

import ssl
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import DeliveryFailed, InvalidInput
from delivery.inbound.account import InboxAccount
from delivery.inbound.imap import Imap
from flows.reading import box_of, run_intake
from tests.delivery.inbound.imapserver import ImapServer
from tests.delivery.inbound.mailmaking import UNIT, block, mail, report
from tests.delivery.test_smtp import make_certificate
from tests.flows.conftest import OpenEdge
from tests.flows.maildirs import Post, issue, open_post

LOGIN = "ducha%40shilixian.example:s%2Fecret"


@pytest.fixture
def post(edge_on: OpenEdge, tmp_path: Path) -> Post:
    return open_post(edge_on(), tmp_path / "mail")


@pytest.fixture
def contexts(tmp_path: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Give the server's context and one of a client that knows its certificate."""
    return make_certificate(tmp_path, ["127.0.0.1"])


def box(
    server: ImapServer, scheme: str = "imap", more: str = "", trust: ssl.SSLContext | None = None
) -> Imap:
    account = InboxAccount.parse(f"{scheme}://{LOGIN}@127.0.0.1:{server.port}/{more}")
    return Imap(account, 5.0, trust)


def read(post: Post, one: Imap) -> dict[str, object]:
    return run_intake(post.edge, box=one)


@pytest.mark.parametrize("way", ["plain", "starttls", "imaps"])
def test_mails_are_read_once_and_marked_and_nothing_is_deleted(
    post: Post, way: str, contexts: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    serving, trusting = contexts
    sent = issue(post)
    server = ImapServer(context=None if way == "plain" else serving, implicit=way == "imaps")
    with server:
        server.put(report(block("failed", "5.1.1", "550 unknown"), message_id=sent.message_id))
        server.put(mail(sender=UNIT, subject="问", body="请问何时报送？", charset="GBK"))
        scheme, more = (
            ("imaps", "") if way == "imaps" else ("imap", "?starttls=1" if way == "starttls" else "")
        )
        one = box(server, scheme, more, trusting)
        first, second = read(post, one), read(post, one)
    assert (first["read"], second["read"]) == (2, 0)
    assert [row.outcome for row in post.rows()] == ["bounced", "unmatched"]
    assert post.message().state == "bounced"
    assert [one.flags for one in server.mails] == [{"\\Seen"}] * 2
    said = " ".join(server.commands).upper()
    assert not any(word in said for word in ("EXPUNGE", "DELETED", "COPY", "CLOSE"))


def test_an_unknown_certificate_reads_nothing_and_sends_no_secret(
    post: Post, contexts: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    with (
        ImapServer(context=contexts[0], implicit=True) as server,
        pytest.raises(DeliveryFailed, match="证书") as refused,
    ):
        read(post, box(server, "imaps"))
    assert "s/ecret" not in str(refused.value)
    assert not any("LOGIN" in command for command in server.commands)
    with ImapServer(context=contexts[0]) as server, pytest.raises(DeliveryFailed):
        read(post, box(server, "imap", "?starttls=1"))
    assert not any("LOGIN" in command for command in server.commands)


def test_a_server_that_wants_programs_to_introduce_themselves_lets_us_in(post: Post) -> None:
    with ImapServer(needs_id=True) as server:
        server.put(mail(sender=UNIT, subject="问", body="请问？"))
        assert read(post, box(server))["read"] == 1


def test_handled_mails_are_moved_only_where_the_server_can_and_after_the_commit(post: Post) -> None:
    with ImapServer(can_move=True) as server:
        uid = server.put(mail(sender=UNIT, subject="问", body="请问？"))
        one = box(server, more="?move=Done")
        read(post, one)
        assert ([m.uid for m in server.moved], server.mails) == ([uid], [])
    with ImapServer() as server:
        server.put(mail(sender=UNIT, subject="再问", body="请问呢？"))
        read(post, box(server, more="?move=Done"))
        assert (len(server.mails), server.moved) == (1, [])


def test_what_was_known_and_not_marked_when_a_run_died_is_marked_by_the_next(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ImapServer() as server:
        server.put(mail(sender=UNIT, subject="问", body="请问？"))
        one = box(server)
        monkeypatch.setattr(Imap, "mark", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            read(post, one)
        monkeypatch.undo()
        assert server.mails[0].flags == set()
        assert read(post, one)["read"] == 0
        assert server.mails[0].flags == {"\\Seen"}
    assert len(post.rows()) == 1


def test_a_mailbox_whose_numbers_began_anew_gives_nothing_twice(post: Post) -> None:
    sent = issue(post)
    with ImapServer() as server:
        server.put(report(block("failed", "5.1.1"), message_id=sent.message_id))
        read(post, box(server))
        server.validity = 8
        read(post, box(server))
    assert [(row.key, row.outcome) for row in post.rows()] == [("7/101", "bounced"), ("8/101", "duplicate")]
    assert len(post.tasks()) == 1


def test_a_mail_that_ends_every_connection_is_set_aside_and_the_others_are_read(post: Post) -> None:
    with ImapServer() as server:
        bad = server.put(b"From: x@y.example\n\nx")
        server.put(mail(sender=UNIT, subject="问", body="请问？"))
        server.refuses.add(bad)
        report_ = read(post, box(server))
    assert report_["read"] == 2
    assert [(row.kind, row.state) for row in post.rows()] == [("broken", "waiting"), ("human", "waiting")]


def test_a_mailbox_that_is_away_or_refuses_the_login_is_told_without_the_secret(post: Post) -> None:
    with ImapServer() as server:
        account = InboxAccount.parse(f"imap://u:wrong@127.0.0.1:{server.port}")
        with pytest.raises(DeliveryFailed, match="授权码") as refused:
            read(post, Imap(account, 5.0))
    assert not refused.value.retry
    assert "wrong" not in str(refused.value)
    with pytest.raises(DeliveryFailed, match="检查网络") as away:
        read(post, Imap(account, 5.0))
    assert away.value.retry


def test_the_settings_name_the_mailbox(post: Post) -> None:
    told = {"inbox_url": "imaps://u:p@mail.example/INBOX", "inbox_maildir": None}
    settings = type(post.edge.settings)(
        **{**post.edge.settings.model_dump(exclude={"smtp_url", "inbox_url"}), **told}
    )
    one = box_of(replace(post.edge, settings=settings).settings)
    assert isinstance(one, Imap)
    assert one.name == "imap:u@mail.example/INBOX"


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("imaps://u:p@mail.example", ("mail.example", 993, True, False, "INBOX", "")),
        (
            "imap://u:p@mail.example/A%2FB?starttls=1&move=Done",
            ("mail.example", 143, False, True, "A/B", "Done"),
        ),
        ("imap://u:p@127.0.0.1:1143", ("127.0.0.1", 1143, False, False, "INBOX", "")),
    ],
)
def test_an_address_is_read(url: str, found: tuple[object, ...]) -> None:
    one = InboxAccount.parse(url)
    assert (one.host, one.port, one.implicit_tls, one.starttls, one.folder, one.move) == found
    assert ":p@" not in f"{one} {one!r}"


@pytest.mark.parametrize(
    "url",
    [
        "pop3://u:p@h.example", "imap://u:p@h.example", "imaps://u:p@h.example?starttls=1", "imaps://h.example",
        "imaps://u@h.example", "imaps://u:p@", "imaps://u:p@h.example:0", "imaps://u:p@h.example?x=1",
        "imaps://u:p@h.example/Done?move=Done", "imaps://u:p@h.example:port", "imaps://用户:p@h.example",
    ],
)  # fmt: skip
def test_a_wrong_address_is_refused_without_telling_the_secret(url: str) -> None:
    with pytest.raises(InvalidInput, match="收信邮箱地址不正确") as refused:
        InboxAccount.parse(url)
    assert ":p@" not in str(refused.value)
