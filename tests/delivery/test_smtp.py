"""Every way a delivery can end, against a real mail server on loopback."""

from __future__ import annotations

import json
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from core.errors import DeliveryFailed, InvalidInput
from delivery.mail import Address, Letter, build_mime
from delivery.sink import Answer, MailSink, Occasion, Rule
from delivery.smtp import Outcome, Phase, Receipt, SmtpAccount, SmtpSession

FROM = "fazhi@office.example.cn"
TO = "liaison@unit.example.cn"
LOGIN = ("fazhi@office.example.cn", "s:e/c@r?e#t")


def write_mail(number: int = 1, text: str = "请查收。\n.\n..以点开头\n.\n") -> bytes:
    return build_mime(
        Letter(
            f"<{number}@office.example.cn>",
            Address("办公室", FROM),
            Address("联络员", TO),
            f"第{number}号",
            text,
            datetime(2026, 3, 27, tzinfo=UTC),
        )
    )


def deliver(sink: MailSink, *, count: int = 1, timeout: float = 5.0) -> list[Receipt]:
    with SmtpSession(SmtpAccount.parse(sink.url), command_timeout=timeout, data_timeout=timeout) as session:
        return [session.send(FROM, TO, write_mail(number)) for number in range(1, count + 1)]


@pytest.fixture(params=[True, False], ids=["at once", "in turn"])
def sink(request: pytest.FixtureRequest) -> Iterator[MailSink]:
    """Give a mail server; it takes the commands before the content all at once, or one after the other."""
    with MailSink(pipelining=request.param) as server:
        yield server


# What the server says decides the outcome


def test_a_taken_message_arrives_byte_for_byte_and_is_accepted(sink: MailSink) -> None:
    (receipt,) = deliver(sink)
    assert (receipt.outcome, receipt.phase) == (Outcome.ACCEPTED, Phase.SETTLE)
    assert receipt.queue_id == "000001"
    (taken,) = sink.journal
    assert (taken.mime, taken.recipient, taken.message_id) == (write_mail(), TO, "<1@office.example.cn>")


def test_lines_that_begin_with_dots_survive(sink: MailSink) -> None:
    mime = b"Message-ID: <d@example.cn>\r\n\r\n.\r\n..\r\nend\r\n.\r\n"
    with SmtpSession(SmtpAccount.parse(sink.url)) as session:
        assert session.send(FROM, TO, mime).outcome is Outcome.ACCEPTED
    assert sink.journal[0].mime == mime


@pytest.mark.parametrize(
    ("rule", "outcome", "phase", "taken"),
    [
        (Rule("mail", reply="451 4.3.2 later"), Outcome.DEFERRED, Phase.MAIL, 0),
        (Rule("mail", reply="550 5.7.1 no"), Outcome.REJECTED, Phase.MAIL, 0),
        (Rule("rcpt", reply="450 4.2.1 later"), Outcome.DEFERRED, Phase.RCPT, 0),
        (Rule("rcpt", reply="550 5.1.1 no such user"), Outcome.REJECTED, Phase.RCPT, 0),
        (Rule("rcpt", reply="421 4.7.0 too fast"), Outcome.DEFERRED, Phase.RCPT, 0),
        (Rule("rcpt", drop=True), Outcome.DEFERRED, Phase.RCPT, 0),
        (Rule("data", reply="451 4.3.0 later"), Outcome.DEFERRED, Phase.DATA, 0),
        (Rule("data", reply="554 5.5.1 no"), Outcome.REJECTED, Phase.DATA, 0),
        (Rule("data", reply="250 what"), Outcome.DEFERRED, Phase.DATA, 0),
        (Rule("data", drop=True), Outcome.DEFERRED, Phase.DATA, 0),
        (Rule("settle", reply="451 4.3.1 disk full"), Outcome.DEFERRED, Phase.SETTLE, 0),
        (Rule("settle", reply="554 5.7.1 spam"), Outcome.REJECTED, Phase.SETTLE, 0),
        (Rule("settle", reply="421 4.3.2 closing"), Outcome.DEFERRED, Phase.SETTLE, 0),
        (Rule("settle", drop=True), Outcome.UNKNOWN, Phase.SETTLE, 1),
        (Rule("settle", drop=True, keep=False), Outcome.UNKNOWN, Phase.SETTLE, 0),
        (Rule("settle", reply="354 what"), Outcome.UNKNOWN, Phase.SETTLE, 1),
        (Rule("settle", reply="hello"), Outcome.UNKNOWN, Phase.SETTLE, 1),
        (Rule("settle", reply="250 " + "x" * 9000), Outcome.UNKNOWN, Phase.SETTLE, 1),
    ],
)
def test_each_answer_gives_its_outcome(
    sink: MailSink, rule: Rule, outcome: Outcome, phase: Phase, taken: int
) -> None:
    sink.behave([rule])
    (receipt,) = deliver(sink)
    assert (receipt.outcome, receipt.phase) == (outcome, phase)
    assert receipt.reply
    assert len(sink.journal) == taken


def test_silence_after_the_content_is_unknown_and_the_message_may_be_there(sink: MailSink) -> None:
    sink.behave([Rule("settle", delay=3.0)])
    (receipt,) = deliver(sink, timeout=0.3)
    assert receipt == Receipt(Outcome.UNKNOWN, "等待应答超时", Phase.SETTLE)
    assert len(sink.journal) == 1


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
def test_silence_before_the_content_is_deferred(sink: MailSink, stage: str) -> None:
    sink.behave(lambda occasion: Answer(delay=3.0) if occasion.stage == stage else None)
    (receipt,) = deliver(sink, timeout=0.3)
    assert receipt == Receipt(Outcome.DEFERRED, "等待应答超时", Phase(stage))
    assert sink.journal == []


def test_a_fault_while_the_content_is_sent_is_unknown(
    sink: MailSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_mime: bytes) -> bytes:
        raise MemoryError("no room")

    monkeypatch.setattr("delivery.smtp.stuffed", fail)
    (receipt,) = deliver(sink)
    assert (receipt.outcome, receipt.phase) == (Outcome.UNKNOWN, Phase.DATA)


def test_a_server_that_wants_the_content_of_a_refused_mail_gets_none(sink: MailSink) -> None:
    told: list[str] = []

    def refuse(occasion: Occasion) -> Answer | None:
        return Answer(reply="550 5.1.1 no such user") if occasion.stage == "rcpt" else None

    sink.behave(refuse)
    with SmtpSession(SmtpAccount.parse(sink.url)) as session:
        receipt = session.send(FROM, TO, write_mail(1), lambda: told.append("content"))
        assert (receipt.outcome, receipt.phase) == (Outcome.REJECTED, Phase.RCPT)
        assert told == []
        sink.behave(None)
        assert (
            session.send(FROM, TO, write_mail(2), lambda: told.append("content")).outcome is Outcome.ACCEPTED
        )
    assert told == ["content"]
    assert len(sink.journal) == 1


def test_what_is_raised_before_the_content_leaves_nothing_behind(sink: MailSink) -> None:
    def fail() -> None:
        raise OSError("no room in the journal")

    with SmtpSession(SmtpAccount.parse(sink.url)) as session:
        with pytest.raises(OSError, match="no room"):
            session.send(FROM, TO, write_mail(1), fail)
        assert session.send(FROM, TO, write_mail(2)).outcome is Outcome.ACCEPTED
    assert len(sink.journal) == 1


# The connection


def count_connections(sink: MailSink) -> list[Occasion]:
    seen: list[Occasion] = []

    def watch(occasion: Occasion) -> None:
        if occasion.stage == "connect":
            seen.append(occasion)

    sink.behave(watch)
    return seen


def test_many_messages_go_over_one_connection(sink: MailSink) -> None:
    seen = count_connections(sink)
    assert {r.outcome for r in deliver(sink, count=5)} == {Outcome.ACCEPTED}
    assert [len(seen), len(sink.journal)] == [1, 5]


def test_after_any_bad_ending_the_next_message_goes_out(sink: MailSink) -> None:
    sink.behave(
        [
            Rule("rcpt", reply="550 5.1.1 no", last=1),
            Rule("data", drop=True, last=1),
            Rule("settle", drop=True, last=1),
            Rule("settle", reply="451 4.3.0 later", last=1),
        ]
    )
    outcomes = [r.outcome.value for r in deliver(sink, count=5)]
    assert outcomes == ["rejected", "unknown", "accepted", "accepted", "accepted"]
    # the drop at DATA came on a reused connection: nothing was sent, so it was tried again at once
    assert [t.message_id[1] for t in sink.journal] == ["2", "3", "4", "5"]


def test_a_server_that_restarts_between_messages_is_connected_again(sink: MailSink) -> None:
    with SmtpSession(SmtpAccount.parse(sink.url)) as session:
        assert session.send(FROM, TO, write_mail(1)).outcome is Outcome.ACCEPTED
        sink.restart()
        assert session.send(FROM, TO, write_mail(2)).outcome is Outcome.ACCEPTED
        sink.stop()
        lost = session.send(FROM, TO, write_mail(3))
        assert (lost.outcome, lost.phase) == (Outcome.DEFERRED, Phase.CONNECT)
        assert "连接被拒绝" in lost.reply
        sink.start()
        assert session.send(FROM, TO, write_mail(3)).outcome is Outcome.ACCEPTED
    assert [t.message_id[1] for t in sink.journal] == ["1", "2", "3"]


def test_goodbye_on_an_idle_connection_costs_nothing(sink: MailSink) -> None:
    sink.behave([Rule("mail", reply="421 4.4.2 idle too long", first=2, last=2)])
    assert {r.outcome for r in deliver(sink, count=3)} == {Outcome.ACCEPTED}


def test_a_dead_server_fails_before_any_message_is_touched() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"smtp://127.0.0.1:{taken.getsockname()[1]}"
        with (
            pytest.raises(DeliveryFailed, match="连接不上邮件服务器") as failed,
            SmtpSession(SmtpAccount.parse(url)),
        ):
            pass
    assert failed.value.retry
    assert failed.value.remedy


@pytest.mark.parametrize("reply", ["554 5.7.1 not you", "421 4.3.2 busy", ""])
def test_a_server_that_turns_us_away_fails_the_session(sink: MailSink, reply: str) -> None:
    sink.behave([Rule("connect", reply=reply, drop=True)])
    with pytest.raises(DeliveryFailed) as failed:
        deliver(sink)
    assert failed.value.retry
    assert reply[:3] in failed.value.found


# Size, bytes and addresses


def test_a_message_over_the_servers_limit_is_rejected_in_plain_words() -> None:
    with MailSink(size_limit=2000) as sink, SmtpSession(SmtpAccount.parse(sink.url)) as session:
        receipt = session.send(FROM, TO, write_mail(1, "长" * 2000))
        assert session.send(FROM, TO, write_mail(2)).outcome is Outcome.ACCEPTED
    assert (receipt.outcome, receipt.phase) == (Outcome.REJECTED, Phase.MAIL)
    assert "超过邮件服务器上限2000字节" in receipt.reply


@pytest.mark.parametrize(
    ("sender", "recipient", "mime"),
    [
        ("", TO, b"a: b\r\n\r\n"),
        (FROM, "张三@example.cn", b"a: b\r\n\r\n"),
        (FROM, "a@b.cn>\r\nRCPT TO:<c@d.cn", b"a: b\r\n\r\n"),
        (FROM, "a@b.cn> SIZE=1", b"a: b\r\n\r\n"),
        (FROM, TO, b"a: b\n\nx\n"),
        (FROM, TO, b"a: b\r\n\r\nx"),
        (FROM, TO, b"a: b\r\n\r\n\xff\r\n"),
        (FROM, TO, b"a: b\r\n\r\n" + b"x" * 999 + b"\r\n"),
    ],
)
def test_what_cannot_go_on_the_wire_is_refused_unsent(
    sink: MailSink, sender: str, recipient: str, mime: bytes
) -> None:
    seen: list[Occasion] = []
    with SmtpSession(SmtpAccount.parse(sink.url)) as session:
        sink.behave(seen.append)
        with pytest.raises(InvalidInput):
            session.send(sender, recipient, mime)
    assert seen == []


# Encryption and login


def make_certificate(folder: Path, names: Sequence[str]) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return a server context for the names, and a client context that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sink")])
    start = datetime.combine(date(2020, 1, 1), datetime.min.time(), tzinfo=UTC)
    alternatives = [x509.IPAddress(ip_address(n)) if n[0].isdigit() else x509.DNSName(n) for n in names]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=36500))
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "sink.pem").write_bytes(private + pem)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "sink.pem")
    return server, ssl.create_default_context(cadata=pem.decode())


@pytest.mark.parametrize("implicit", [False, True])
def test_mail_goes_encrypted_and_logged_in(tmp_path: Path, implicit: bool) -> None:
    server, client = make_certificate(tmp_path, ["127.0.0.1"])
    with MailSink(tls=server, implicit_tls=implicit, login=LOGIN) as sink:
        account = SmtpAccount.parse(sink.url)
        assert (account.implicit_tls, account.starttls) == (implicit, not implicit)
        with SmtpSession(account, ssl_context=client) as session:
            outcomes = {session.send(FROM, TO, write_mail(n)).outcome for n in range(3)}
    assert outcomes == {Outcome.ACCEPTED}
    assert len(sink.journal) == 3


def test_a_wrong_secret_fails_the_session_without_showing_it(tmp_path: Path) -> None:
    server, client = make_certificate(tmp_path, ["127.0.0.1"])
    with MailSink(tls=server, login=(LOGIN[0], "another")) as sink:
        account = SmtpAccount("127.0.0.1", sink.port, starttls=True, user=LOGIN[0], secret=LOGIN[1])
        with (
            pytest.raises(DeliveryFailed, match="拒绝登录") as failed,
            SmtpSession(account, ssl_context=client),
        ):
            pass
    assert failed.value.retry
    assert LOGIN[1] not in str(failed.value)
    assert "535" in failed.value.found


def test_a_login_that_the_server_does_not_offer_fails_the_session(sink: MailSink) -> None:
    account = SmtpAccount("127.0.0.1", sink.port, user="a", secret="b")
    with pytest.raises(DeliveryFailed, match="拒绝登录"), SmtpSession(account):
        pass


def test_missing_starttls_fails_the_session(sink: MailSink) -> None:
    account = SmtpAccount("127.0.0.1", sink.port, starttls=True)
    with pytest.raises(DeliveryFailed, match="STARTTLS") as failed, SmtpSession(account):
        pass
    assert failed.value.retry


@pytest.mark.parametrize("implicit", [False, True])
@pytest.mark.parametrize("trusted", [False, True])
def test_a_certificate_that_is_unknown_or_for_another_host_fails_the_session(
    tmp_path: Path, implicit: bool, trusted: bool
) -> None:
    server, client = make_certificate(tmp_path, ["mail.example.cn"])
    with MailSink(tls=server, implicit_tls=implicit) as sink:
        session = SmtpSession(SmtpAccount.parse(sink.url), ssl_context=client if trusted else None)
        with pytest.raises(DeliveryFailed, match="加密连接失败") as failed, session:
            pass
    assert "证书未通过校验" in failed.value.found
    assert sink.journal == []


def test_without_login_the_server_asks_for_it_and_the_message_is_rejected() -> None:
    with MailSink(login=LOGIN) as sink:
        with SmtpSession(SmtpAccount("127.0.0.1", sink.port)) as session:
            receipt = session.send(FROM, TO, write_mail())
        assert (receipt.outcome, receipt.reply[:3]) == (Outcome.REJECTED, "530")
        assert deliver(sink)[0].outcome is Outcome.ACCEPTED


# The account


def test_an_account_is_read_from_its_address() -> None:
    account = SmtpAccount.parse("smtp://fazhi%40a.cn:p%40ss%3Aword@mail.a.cn:2525?starttls=1")
    assert account == SmtpAccount("mail.a.cn", 2525, False, True, "fazhi@a.cn", "p@ss:word")
    assert str(account) == "smtp://fazhi@a.cn:***@mail.a.cn:2525?starttls=1"
    assert "p@ss" not in repr(account)


@pytest.mark.parametrize(
    ("url", "port"),
    [
        ("smtp://mail.a.cn", 25),
        ("smtp://mail.a.cn?starttls=1", 587),
        ("smtps://mail.a.cn", 465),
        ("smtp://[::1]:2525", 2525),
        ("smtp://u:s@10.0.0.9?starttls=0", 25),
        ("smtp://u:s@localhost:1025", 1025),
    ],
)
def test_ports_have_defaults(url: str, port: int) -> None:
    assert SmtpAccount.parse(url).port == port


@pytest.mark.parametrize(
    ("url", "what"),
    [
        ("", "协议"),
        ("http://u:topsecret@mail.a.cn", "协议"),
        ("u:topsecret@mail.a.cn", "协议"),
        ("smtp://", "主机"),
        ("smtp://u:topsecret@mail_a.cn:0", "端口"),
        ("smtp://u:topsecret@mail.a.cn:99999", "端口"),
        ("smtp://u:topsecret/x@mail.a.cn:25", "端口"),
        ("smtp://u:top#secret@mail.a.cn:25", "端口"),
        ("smtp://u:topsecret@mail.a.cn:25/inbox", "多余"),
        ("smtp://u@mail.a.cn:25", "用户名和口令"),
        ("smtp://u:口令topsecret@mail.a.cn:25?starttls=1", "不能用于登录"),
        ("smtp://u:topsecret@mail.a.cn:25", "明文"),
        ("smtps://u:topsecret@mail.a.cn?starttls=1", "smtps"),
        ("smtp://u:topsecret@mail.a.cn?starttls=topsecret", "starttls"),
        ("smtp://u:topsecret@mail.a.cn?tls=1", "参数"),
        ("smtp://u:topsecret@ma il.a.cn", "主机"),
    ],
)
def test_a_wrong_address_says_what_is_wrong_and_never_the_secret(url: str, what: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        SmtpAccount.parse(url)
    assert what in refused.value.what
    assert "secret" not in str(refused.value)
    assert refused.value.__cause__ is None
    assert "smtp[s]://" in refused.value.remedy


# The sink itself


def test_the_sink_writes_mails_with_the_simulated_time(tmp_path: Path) -> None:
    day = datetime(2026, 5, 20, 1, 0, tzinfo=UTC)
    with MailSink(tmp_path / "mails", clock=lambda: day) as sink:
        deliver(sink, count=2)
    assert [t.at for t in sink.journal] == [day.isoformat()] * 2
    names = sorted(path.name for path in (tmp_path / "mails").iterdir())
    assert names == [t.file for t in sink.journal] == ["0001-liaison.eml", "0002-liaison.eml"]
    assert (tmp_path / "mails" / names[0]).read_bytes() == write_mail(1)


def test_the_sink_can_refuse_for_a_while(sink: MailSink) -> None:
    sink.refuse_all()
    assert deliver(sink)[0].outcome is Outcome.DEFERRED
    sink.accept_all()
    assert deliver(sink)[0].outcome is Outcome.ACCEPTED


def test_rules_count_their_own_matches(sink: MailSink) -> None:
    sink.behave([Rule("rcpt", to="*@UNIT.example.cn", reply="451 later", first=2, every=2, last=4)])
    outcomes = [r.outcome.value for r in deliver(sink, count=6)]
    assert outcomes == ["accepted", "deferred", "accepted", "deferred", "accepted", "accepted"]


def test_the_sink_runs_alone_and_keeps_a_journal_on_disk(tmp_path: Path) -> None:
    rules = tmp_path / "rules.json"
    rules.write_text('[{"at": "rcpt", "reply": "550 5.1.1 no", "last": 1}]', encoding="utf-8")
    command = [sys.executable, "-m", "delivery.sink", "--dir", str(tmp_path), "--eml", "--rules", str(rules)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        try:
            assert child.stdout is not None
            ready, port = child.stdout.readline().split()
            assert ready == "ready"
            with SmtpSession(SmtpAccount("127.0.0.1", int(port))) as session:
                outcomes = [session.send(FROM, TO, write_mail(n)).outcome.value for n in (1, 2)]
        finally:
            child.terminate()
        assert child.wait(10) == 0
    assert outcomes == ["rejected", "accepted"]
    (line,) = (tmp_path / "journal.jsonl").read_text("utf-8").splitlines()
    assert json.loads(line)["message_id"] == "<2@office.example.cn>"
    assert (tmp_path / "0001-liaison.eml").read_bytes() == write_mail(2)
