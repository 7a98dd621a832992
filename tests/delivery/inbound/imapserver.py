"""A small IMAP server on loopback, scripted: what imap-tools and imaplib say to it over a real socket, with TLS or not.

It speaks the part of RFC 3501 that reading a mailbox needs, and notes every command, so that a test can tell that
nothing was ever deleted or expunged.
"""

from __future__ import annotations

import asyncio
import re
import ssl
import threading
from dataclasses import dataclass, field
from typing import Self

BODY = re.compile(r"BODY\.PEEK\[\]<0\.(\d+)>")


@dataclass(slots=True)
class Stored:
    """A mail in the folder."""

    uid: int
    mime: bytes
    flags: set[str] = field(default_factory=set)


@dataclass
class ImapServer:
    """The server; use it as a context.

    refuses   UIDs that it never gives out: the connection ends instead
    can_move  it says so to whoever has logged in, as most servers do
    needs_id  folders are refused to programs that did not introduce themselves, as 163 does
    """

    context: ssl.SSLContext | None = None
    implicit: bool = False
    validity: int = 7
    needs_id: bool = False
    can_move: bool = False
    refuses: set[int] = field(default_factory=set)
    mails: list[Stored] = field(default_factory=list)
    moved: list[Stored] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    port: int = 0

    def put(self, mime: bytes) -> int:
        """Put a mail into the folder and return its UID."""
        uid = max((one.uid for one in [*self.mails, *self.moved]), default=100) + 1
        self.mails.append(Stored(uid, mime))
        return uid

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_error: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        self._loop.close()

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._run())

    async def _run(self) -> None:
        self._stop = asyncio.Event()
        wrap = self.context if self.implicit else None
        self._tasks: set[asyncio.Task[None]] = set()
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0, ssl=wrap)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await _Conversation(self, reader, writer).hold()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            writer.close()


class _Conversation:
    """One connection."""

    def __init__(
        self, server: ImapServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.server, self.reader, self.writer = server, reader, writer
        self.known = self.inside = False

    async def hold(self) -> None:
        self.say("* OK ready")
        while line := await self.reader.readline():
            tag, _space, rest = line.decode().strip().partition(" ")
            self.server.commands.append(rest)
            word = rest.split(" ")[0].upper()
            if word == "LOGOUT":
                self.say("* BYE see you", f"{tag} OK done")
                await self.writer.drain()
                return
            if word == "STARTTLS":
                self.say(f"{tag} OK begin")
                await self.writer.drain()
                await self.writer.start_tls(self.server.context)  # type: ignore[arg-type]  # asked of servers with one
                continue
            if not self.answer(tag, word, rest):
                return
            await self.writer.drain()

    def say(self, *lines: str) -> None:
        for line in lines:
            self.writer.write(line.encode() + b"\r\n")

    def answer(self, tag: str, word: str, rest: str) -> bool:
        """Answer a command; return whether the connection goes on."""
        if word == "UID":
            return self.uid(tag, rest)
        extra = {
            "CAPABILITY": ["* CAPABILITY IMAP4rev1 ID" + self.more()],
            "STATUS": [f"* STATUS INBOX (UIDVALIDITY {self.server.validity})"],
            "SELECT": [f"* {len(self.server.mails)} EXISTS", f"* OK [UIDVALIDITY {self.server.validity}] ok"],
            "ID": ["* ID NIL"],
        }
        self.known = self.known or word == "ID"
        self.inside = self.inside or (word == "LOGIN" and "wrong" not in rest)
        if word == "LOGIN" and "wrong" in rest:
            self.say(f"{tag} NO LOGIN failed")
        elif word == "SELECT" and self.server.needs_id and not self.known:
            self.say(f"{tag} NO SELECT Unsafe Login")
        else:
            self.say(*extra.get(word, []), f"{tag} OK done")
        return True

    def more(self) -> str:
        starttls = " STARTTLS" if self.server.context and not self.server.implicit else ""
        return starttls + (" MOVE" if self.server.can_move and self.inside else "")

    def uid(self, tag: str, rest: str) -> bool:
        _uid, word, *args = rest.split(" ")
        if word.upper() == "SEARCH":
            self.say("* SEARCH " + " ".join(str(one.uid) for one in self.server.mails))
            self.say(f"{tag} OK done")
            return True
        wanted = [one for one in self.server.mails if str(one.uid) in args[0].split(",")]
        if (
            word.upper() == "FETCH"
            and any(one.uid in self.server.refuses for one in wanted)
            and BODY.search(rest)
        ):
            return False
        for number, one in enumerate(wanted, 1):
            self.act(word.upper(), number, one, rest)
        self.say(f"{tag} OK done")
        return True

    def act(self, word: str, number: int, one: Stored, rest: str) -> None:
        if word == "FETCH" and (body := BODY.search(rest)):
            content = one.mime[: int(body[1])]
            self.writer.write(f"* {number} FETCH (UID {one.uid} BODY[]<0> {{{len(content)}}}\r\n".encode())
            self.writer.write(content + b")\r\n")
        elif word == "FETCH":
            flags = " ".join(sorted(one.flags))
            self.say(f"* {number} FETCH (UID {one.uid} FLAGS ({flags}) RFC822.SIZE {len(one.mime)})")
        elif word == "STORE":
            one.flags.add("\\Seen")
        elif word == "MOVE":
            self.server.mails.remove(one)
            self.server.moved.append(one)
