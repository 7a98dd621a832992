"""Hand one message to the mail server and say exactly how that ended.

The one question that matters: can the server have taken the message? Until its content is on its way the
answer is no, so trying again is safe. After that only a clear reply counts; silence is `unknown`, and a machine
never sends an unknown message again (reliability M1, M2).
"""

from __future__ import annotations

import re
import select
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Self

from core.errors import InvalidInput
from delivery.mailreader import find_wire_fault
from delivery.smtpaccount import SmtpAccount
from delivery.smtpconnection import open_connection
from delivery.smtpfaults import Unreachable, describe, reply_text

__all__ = ["Outcome", "Phase", "Receipt", "SmtpAccount", "SmtpSession"]

QUIT_SECONDS = 5.0
_WIRE_ADDRESS = re.compile(r"[!#-'*+/-9=?A-Z^-~-]+(\.[!#-'*+/-9=?A-Z^-~-]+)*@[A-Za-z0-9.-]+")


class Outcome(StrEnum):
    ACCEPTED = "accepted"  # the server took it; arrival, not service
    DEFERRED = "deferred"  # certainly not taken; try again later
    REJECTED = "rejected"  # certainly not taken; trying again is useless
    UNKNOWN = "unknown"  # may have been taken; only a person may decide


class Phase(StrEnum):
    CONNECT = "connect"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    SETTLE = "settle"


@dataclass(frozen=True, slots=True)
class Receipt:
    """How the sending of one message ended, the server's own words, and the phase that decided it."""

    outcome: Outcome
    reply: str
    phase: Phase

    @property
    def queue_id(self) -> str:
        """Return the server's queue number when its reply names one, else an empty text."""
        found = re.search(r"queued as ([0-9A-Za-z.-]+)", self.reply)
        return found.group(1) if found and self.outcome is Outcome.ACCEPTED else ""


class SmtpSession:
    """A connection to one mail server, kept open between messages and opened again after it dropped.

    Use as a context manager; one thread at a time. All times are seconds for one wait on the server.
    ssl_context: for tests and special authorities; by default the system's, which obeys SSL_CERT_FILE
    raises: DeliveryFailed(retry=True) on entering when the server is unreachable; on entering and on reconnecting
        when it cannot encrypt as asked, shows a wrong certificate or refuses the login. That concerns every
        message; none was touched.
    """

    def __init__(
        self,
        account: SmtpAccount,
        *,
        connect_timeout: float = 20.0,
        command_timeout: float = 60.0,
        data_timeout: float = 300.0,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self._account = account
        self._connect_timeout = connect_timeout
        self._command_timeout = command_timeout
        self._data_timeout = data_timeout
        self._ssl_context = ssl_context
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        self._smtp = self._open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is None:
            return
        with suppress(OSError, smtplib.SMTPException):  # every message is settled already
            _set_timeout(smtp, QUIT_SECONDS)
            smtp.quit()
        with suppress(OSError):
            smtp.close()

    def send(self, envelope_from: str, recipient: str, mime: bytes) -> Receipt:
        """Send one message to one recipient and return how that ended; every mail problem becomes a receipt.

        mime: 7-bit bytes with CRLF line ends
        raises: InvalidInput for addresses or bytes that cannot be sent; DeliveryFailed as the class says
        """
        _check_message(envelope_from, recipient, mime)
        try:
            for attempt in (1, 2):
                reused = self._is_alive()
                try:
                    receipt = self._transact(envelope_from, recipient, mime)
                except _LostBeforeData as lost:
                    # A server may drop an idle connection; nothing was sent, so one fresh try is safe.
                    if reused and attempt == 1:
                        continue
                    return Receipt(Outcome.DEFERRED, lost.reply, lost.phase)
                return receipt
        except BaseException:
            self._drop()
            raise
        raise AssertionError("the second attempt always returns")

    # One message

    def _transact(self, envelope_from: str, recipient: str, mime: bytes) -> Receipt:
        try:
            smtp = self._smtp or self._open()
        except Unreachable as failed:
            raise _LostBeforeData(Phase.CONNECT, failed.found) from None
        self._smtp = smtp
        options = []
        if smtp.has_extn("size"):
            limit = smtp.esmtp_features.get("size", "").strip()
            if limit.isdigit() and 0 < int(limit) < len(mime):
                text = f"邮件大小{len(mime)}字节，超过邮件服务器上限{limit}字节"
                return Receipt(Outcome.REJECTED, text, Phase.MAIL)
            options = [f"SIZE={len(mime)}"]
        refused = (
            self._ask(smtp, Phase.MAIL, f"mail FROM:<{envelope_from}>" + "".join(f" {o}" for o in options))
            or self._ask(smtp, Phase.RCPT, f"rcpt TO:<{recipient}>")
            or self._ask(smtp, Phase.DATA, "data", wanted=354)
        )
        return refused or self._hand_over(smtp, mime)

    def _ask(self, smtp: smtplib.SMTP, phase: Phase, command: str, wanted: int = 250) -> Receipt | None:
        """Send a command before the content; None when the server agrees."""
        try:
            code, text = smtp.docmd(command)
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            raise _LostBeforeData(phase, describe(error)) from None
        if code == wanted or (wanted == 250 and code == 251):
            return None
        if code == 421:
            self._drop()
            raise _LostBeforeData(phase, reply_text(code, text))
        if 400 <= code <= 599:
            self._reset(smtp)
            return Receipt(
                Outcome.DEFERRED if code < 500 else Outcome.REJECTED, reply_text(code, text), phase
            )
        self._drop()  # not SMTP any more; nothing of the message was sent
        return Receipt(Outcome.DEFERRED, reply_text(code, text), phase)

    def _hand_over(self, smtp: smtplib.SMTP, mime: bytes) -> Receipt:
        """Send the content and the final dot; from here on only a clear reply is an answer."""
        phase = Phase.DATA
        try:
            _set_timeout(smtp, self._data_timeout)
            smtp.send(_stuffed(mime))
            phase = Phase.SETTLE
            code, text = smtp.getreply()
        except Exception as error:  # noqa: BLE001  whatever it was, the server may hold the message
            self._drop()
            return Receipt(Outcome.UNKNOWN, describe(error), phase)
        outcome = {2: Outcome.ACCEPTED, 4: Outcome.DEFERRED, 5: Outcome.REJECTED}.get(
            code // 100, Outcome.UNKNOWN
        )
        if outcome is Outcome.UNKNOWN or code == 421:
            self._drop()
        return Receipt(outcome, reply_text(code, text), phase)

    # The connection

    def _open(self) -> smtplib.SMTP:
        smtp = open_connection(self._account, self._connect_timeout, self._ssl_context)
        _set_timeout(smtp, self._command_timeout)
        return smtp

    def _is_alive(self) -> bool:
        """Say whether an idle connection is there; a closed or babbling one is dropped."""
        smtp = self._smtp
        if smtp is None or smtp.sock is None:
            self._smtp = None
            return False
        poll = select.poll()
        poll.register(smtp.sock, select.POLLIN)
        if poll.poll(0):  # nobody asked anything, so this is goodbye or noise
            self._drop()
            return False
        _set_timeout(smtp, self._command_timeout)
        return True

    def _reset(self, smtp: smtplib.SMTP) -> None:
        try:
            code, _ = smtp.rset()
        except (OSError, smtplib.SMTPException):
            code = 0
        if code != 250:
            self._drop()

    def _drop(self) -> None:
        """Close without a word: a late reply must never be read as the answer to a later command."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            with suppress(OSError):
                smtp.close()


class _LostBeforeData(Exception):
    """The connection was lost, or closed with 421, before any content was sent."""

    def __init__(self, phase: Phase, reply: str) -> None:
        super().__init__(reply)
        self.phase = phase
        self.reply = reply


def _check_message(envelope_from: str, recipient: str, mime: bytes) -> None:
    for what, address in (("发件地址", envelope_from), ("收件地址", recipient)):
        if not _WIRE_ADDRESS.fullmatch(address):
            raise InvalidInput(
                f"{what}不能用于投递",
                found=ascii(address)[1:-1],
                expected="纯英文、域名已转码的邮箱地址",
                remedy="先经 check_address 检查并转码",
            )
    fault = find_wire_fault(mime)
    if fault:
        raise InvalidInput(
            "邮件内容不能用于投递",
            found=fault,
            expected="7 位字符，以 CRLF 换行并以 CRLF 结尾，每行不超过998字节",
            remedy="用 build_mime 生成邮件",
        )


def _stuffed(mime: bytes) -> bytes:
    """Double each dot that starts a line (RFC 5321, 4.5.2) and add the final dot."""
    return re.sub(rb"(?m)^\.", b"..", mime) + b".\r\n"


def _set_timeout(smtp: smtplib.SMTP, seconds: float) -> None:
    if smtp.sock is not None:
        smtp.sock.settimeout(seconds)
