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
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from types import TracebackType
from typing import Self, TypeVar

from delivery.smtpaccount import SmtpAccount
from delivery.smtpconnection import open_connection
from delivery.smtpfaults import Unreachable, describe, reply_text
from delivery.smtpwire import check_message, stuffed

__all__ = ["Outcome", "Phase", "Receipt", "SmtpAccount", "SmtpSession"]

A = TypeVar("A")

QUIT_SECONDS = 5.0


def _nothing() -> None:
    """Do nothing before the content."""


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

    def send(
        self, envelope_from: str, recipient: str, mime: bytes, before_content: Callable[[], None] = _nothing
    ) -> Receipt:
        """Send one message to one recipient and return how that ended; every mail problem becomes a receipt.

        mime: 7-bit bytes with CRLF line ends
        before_content: called when the server is ready for the content and none of it has been sent; what it raises
            ends the attempt, and nothing was delivered
        raises: InvalidInput for addresses or bytes that cannot be sent; DeliveryFailed as the class says
        """
        check_message(envelope_from, recipient, mime)
        try:
            for attempt in (1, 2):
                reused = self._is_alive()
                try:
                    receipt = self._transact(envelope_from, recipient, mime, before_content)
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

    def _transact(
        self, envelope_from: str, recipient: str, mime: bytes, before_content: Callable[[], None]
    ) -> Receipt:
        try:
            smtp = self._smtp or self._open()
        except Unreachable as failed:
            raise _LostBeforeData(Phase.CONNECT, failed.found) from None
        self._smtp = smtp
        size = ""
        if smtp.has_extn("size"):
            limit = smtp.esmtp_features.get("size", "").strip()
            if limit.isdigit() and 0 < int(limit) < len(mime):
                text = f"邮件大小{len(mime)}字节，超过邮件服务器上限{limit}字节"
                return Receipt(Outcome.REJECTED, text, Phase.MAIL)
            size = f" SIZE={len(mime)}"
        commands = (
            (Phase.MAIL, f"mail FROM:<{envelope_from}>{size}"),
            (Phase.RCPT, f"rcpt TO:<{recipient}>"),
            (Phase.DATA, "data"),
        )
        together = smtp.has_extn("pipelining")
        refused = self._ask_at_once(smtp, commands) if together else self._ask_in_turn(smtp, commands)
        if refused is not None:
            return refused
        before_content()
        return self._hand_over(smtp, mime)

    def _ask_in_turn(self, smtp: smtplib.SMTP, commands: Sequence[tuple[Phase, str]]) -> Receipt | None:
        """Send the commands before the content, each after the answer to the last; None when the server agrees."""
        for phase, command in commands:
            code, text = self._wait_for(phase, partial(smtp.docmd, command))
            if (refused := self._refusal(phase, code, text)) is not None:
                self._after_refusal(smtp, code)
                return refused
        return None

    def _ask_at_once(self, smtp: smtplib.SMTP, commands: Sequence[tuple[Phase, str]]) -> Receipt | None:
        """Send the commands together, as the server allows (RFC 2920); None when it agrees to all of them.

        A server that asks for content after it refused the address is left: nothing is sent, nothing is delivered.
        """
        said = "".join(f"{command}\r\n" for _phase, command in commands)
        self._wait_for(Phase.MAIL, partial(smtp.send, said))
        refused: Receipt | None = None
        code = 0
        for phase, _command in commands:
            code, text = self._wait_for(phase, smtp.getreply)
            now = self._refusal(phase, code, text)
            if refused is not None and now is None and phase is Phase.DATA:
                self._drop()
            refused = refused or now
        if refused is not None and self._smtp is not None:
            self._after_refusal(smtp, code)
        return refused

    def _wait_for(self, phase: Phase, ask: Callable[[], A]) -> A:
        """Talk to the server before any content; a connection that is lost there has delivered nothing."""
        try:
            return ask()
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            raise _LostBeforeData(phase, describe(error)) from None

    def _refusal(self, phase: Phase, code: int, text: bytes) -> Receipt | None:
        """Return what an answer before the content means when it is no agreement."""
        if code == (354 if phase is Phase.DATA else 250) or (code == 251 and phase is not Phase.DATA):
            return None
        if code == 421:
            self._drop()
            raise _LostBeforeData(phase, reply_text(code, text))
        final = 500 <= code <= 599
        return Receipt(Outcome.REJECTED if final else Outcome.DEFERRED, reply_text(code, text), phase)

    def _after_refusal(self, smtp: smtplib.SMTP, code: int) -> None:
        if 400 <= code <= 599:
            self._reset(smtp)
        else:
            self._drop()  # not SMTP any more; nothing of the message was sent

    def _hand_over(self, smtp: smtplib.SMTP, mime: bytes) -> Receipt:
        """Send the content and the final dot; from here on only a clear reply is an answer."""
        phase = Phase.DATA
        try:
            _set_timeout(smtp, self._data_timeout)
            smtp.send(stuffed(mime))
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


def _set_timeout(smtp: smtplib.SMTP, seconds: float) -> None:
    if smtp.sock is not None:
        smtp.sock.settimeout(seconds)
