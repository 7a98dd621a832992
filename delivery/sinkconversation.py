"""One connection to the mail sink: aiosmtpd speaks SMTP, the script decides what is said."""

# ruff: noqa: N802  aiosmtpd calls its hooks by the name of the SMTP command

from __future__ import annotations

import asyncio
import ssl
from typing import Protocol

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from delivery.sinkrules import Answer, Stage


class Desk(Protocol):
    """What a conversation needs of the sink; called in the server's thread."""

    login: tuple[str, str] | None
    tls: ssl.SSLContext | None
    implicit_tls: bool
    size_limit: int
    pipelining: bool
    connections: set[Conversation]

    def decide(self, stage: Stage, recipient: str = "") -> Answer | None: ...

    def take(self, sender: str, recipient: str, mime: bytes) -> int: ...


class Conversation(SMTP):
    """The server's side of one connection."""

    def __init__(self, desk: Desk, loop: asyncio.AbstractEventLoop) -> None:
        starttls = desk.tls is not None and not desk.implicit_tls
        super().__init__(
            _Hooks(desk),
            hostname="sink.test",
            ident="ducha",
            loop=loop,
            data_size_limit=desk.size_limit,
            tls_context=desk.tls if starttls else None,
            require_starttls=starttls,
            auth_require_tls=starttls,
            auth_exclude_mechanism=() if desk.login else ("LOGIN", "PLAIN"),
            authenticator=_Hooks(desk).check_login,
        )
        self._desk = desk
        desk.connections.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        """Forget this conversation."""
        self._desk.connections.discard(self)
        super().connection_lost(error)

    def abort(self) -> None:
        """Cut the connection without a word."""
        for transport in (self.transport, self._original_transport):
            if isinstance(transport, asyncio.WriteTransport):
                transport.abort()

    async def act(self, answer: Answer | None) -> str:
        """Wait, leave, or return the reply to give; empty for the usual one."""
        if answer is None:
            return ""
        if answer.delay:
            await asyncio.sleep(answer.delay)
        if answer.drop or answer.reply.startswith("421"):
            await self._leave(answer.reply)
        return answer.reply

    async def _leave(self, reply: str) -> None:
        """Say the reply, if any, close, and wait for the loop to cancel this conversation."""
        if reply:
            await self.push(reply)
            if self.transport is not None:
                self.transport.close()
        else:
            self.abort()
        await asyncio.Event().wait()

    async def _handle_client(self) -> None:
        reply = await self.act(self._desk.decide("connect"))
        if reply:
            await self._leave(reply)
        await super()._handle_client()

    async def smtp_DATA(self, arg: str) -> None:
        """Let the script refuse before the content, which aiosmtpd has no hook for."""
        envelope = self.envelope
        if envelope is not None and envelope.rcpt_tos:
            reply = await self.act(self._desk.decide("data", envelope.rcpt_tos[0]))
            if reply:
                await self.push(reply)
                return
        await super().smtp_DATA(arg)


class _Hooks:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def check_login(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: object
    ) -> AuthResult:
        user, secret = self._desk.login or ("", "")
        wanted = LoginPassword(user.encode(), secret.encode())
        return AuthResult(success=data == wanted, handled=False, auth_data=user)

    async def handle_EHLO(
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        # What aiosmtpd reads line by line may come all at once; it only does not say so.
        return [responses[0], *(["250-PIPELINING"] if self._desk.pipelining else []), *responses[1:]]

    async def handle_MAIL(
        self, server: Conversation, session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self._desk.login and not session.authenticated:
            return "530 5.7.0 Authentication required"
        reply = await server.act(self._desk.decide("mail"))
        if not reply:
            envelope.mail_from = address
        return reply or "250 2.1.0 OK"

    async def handle_RCPT(
        self, server: Conversation, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        reply = await server.act(self._desk.decide("rcpt", address))
        if not reply:
            envelope.rcpt_tos.append(address)
        return reply or "250 2.1.5 OK"

    async def handle_DATA(self, server: Conversation, _session: Session, envelope: Envelope) -> str:
        answer = self._desk.decide("settle", envelope.rcpt_tos[0])
        number = 0
        content = envelope.content
        if isinstance(content, bytes) and (answer is None or answer.keep):
            for recipient in envelope.rcpt_tos:
                number = self._desk.take(envelope.mail_from or "", recipient, content)
        return await server.act(answer) or f"250 2.0.0 OK queued as {number:06d}"
