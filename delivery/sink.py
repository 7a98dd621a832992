"""A mail server that keeps what it takes and misbehaves on request: for the demo and the tests, loopback only.

`python -m delivery.sink --port N --dir DIR` runs it alone and prints `ready PORT`; each message taken is a line of
DIR/journal.jsonl, on disk before the server says 250, so a killed client finds the truth there. DIR/answers.jsonl holds
what the script made it answer otherwise than usual.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import os
import re
import signal
import ssl
import sys
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from email.parser import BytesHeaderParser
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from delivery.sinkconversation import Conversation
from delivery.sinkrules import Answer, Behaviour, Occasion, Rule, Stage, follow

__all__ = ["Answer", "Behaviour", "MailSink", "Occasion", "Rule", "Stage", "Taken"]

LOOPBACK = "127.0.0.1"
STOP_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Taken:
    """One message as taken for one recipient; `mime` is empty when the .eml was written to the folder."""

    n: int
    message_id: str
    sender: str
    recipient: str
    size: int
    sha256: str
    at: str
    file: str
    mime: bytes = field(default=b"", repr=False)


class MailSink:
    """The server, in a thread of its own; start and stop it as often as needed, the port stays.

    folder: where each .eml goes, none: kept in memory; journal_file: fsynced JSON lines; answers_file: JSON lines
    clock: gives the instant noted in the journal, so that a simulated day is the day of its mails
    behaviour: a list of rules or a callable; None takes everything
    tls: server context, offered by STARTTLS, or from the first byte with implicit_tls
    login: (user, secret) that must be shown before MAIL
    """

    def __init__(
        self,
        folder: Path | None = None,
        *,
        port: int = 0,
        clock: Callable[[], datetime] | None = None,
        behaviour: Behaviour | Sequence[Rule] | None = None,
        login: tuple[str, str] | None = None,
        tls: ssl.SSLContext | None = None,
        implicit_tls: bool = False,
        size_limit: int = 30_000_000,
        pipelining: bool = True,
        journal_file: Path | None = None,
        answers_file: Path | None = None,
    ) -> None:
        self.port = port
        self.login = login
        self.tls = tls
        self.implicit_tls = implicit_tls
        self.size_limit = size_limit
        self.pipelining = pipelining
        self.connections: set[Conversation] = set()
        self._folder = folder
        self._clock = clock
        self._journal_file = journal_file
        self._answers_file = answers_file
        self._journal: list[Taken] = []
        self._counts: Counter[tuple[Stage, str]] = Counter()
        self._refusal = ""
        self._behaviour: Behaviour = lambda _: None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server: asyncio.Server | None = None
        self._thread: threading.Thread | None = None
        self.behave(behaviour)

    @property
    def journal(self) -> list[Taken]:
        """Return what was taken so far, oldest first."""
        return list(self._journal)

    @property
    def url(self) -> str:
        """Return the address to put into DUCHA_SMTP_URL."""
        login = ":".join(quote(part, safe="") for part in self.login) + "@" if self.login else ""
        scheme = "smtps" if self.implicit_tls else "smtp"
        return f"{scheme}://{login}{LOOPBACK}:{self.port}" + (
            "?starttls=1" if self.tls and not self.implicit_tls else ""
        )

    def behave(self, behaviour: Behaviour | Sequence[Rule] | None) -> None:
        """Replace the script; counting starts again."""
        self._counts = Counter()
        if behaviour is None:
            self._behaviour = lambda _: None
        else:
            self._behaviour = behaviour if callable(behaviour) else follow(behaviour)

    def refuse_all(self, reply: str = "451 4.3.2 System not accepting messages") -> None:
        """Answer every MAIL with the reply until `accept_all`."""
        self._refusal = reply

    def accept_all(self) -> None:
        """End `refuse_all`."""
        self._refusal = ""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Listen; with port 0 take a free one and keep it. raises: OSError when the port is taken."""
        loop = asyncio.new_event_loop()
        # A client that vanishes is part of the play, not a fault to print.
        loop.set_exception_handler(lambda _loop, _context: None)
        context = self.tls if self.implicit_tls else None
        try:
            listening = loop.create_server(lambda: Conversation(self, loop), LOOPBACK, self.port, ssl=context)
            self._server = loop.run_until_complete(listening)
        except OSError:
            loop.close()
            raise
        self.port = self._server.sockets[0].getsockname()[1]
        self._loop = loop
        self._thread = threading.Thread(target=loop.run_forever, name="mail-sink", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Close every connection without a word and stop listening; what was taken stays in the journal."""
        loop, thread = self._loop, self._thread
        if loop is None or thread is None:
            return
        asyncio.run_coroutine_threadsafe(self._close(), loop).result(STOP_SECONDS)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(STOP_SECONDS)
        loop.close()
        self._loop = self._thread = self._server = None

    def restart(self) -> None:
        """Stop and listen again on the same port."""
        self.stop()
        self.start()

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
        for conversation in list(self.connections):
            conversation.abort()
        await asyncio.sleep(0)
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # Called by the conversations, in the server's thread

    def decide(self, stage: Stage, recipient: str = "") -> Answer | None:
        """Return the answer of the script for this moment, None for the usual course."""
        recipient = recipient.lower()
        self._counts[stage, recipient] += 1
        if stage == "mail" and self._refusal:
            return Answer(self._refusal, keep=False)
        total = sum(count for (at, _), count in self._counts.items() if at == stage)
        answer = self._behaviour(Occasion(stage, recipient, self._counts[stage, recipient], total))
        if answer is not None and self._answers_file:
            _append(self._answers_file, {"stage": stage, "recipient": recipient, **asdict(answer)})
        return answer

    def take(self, sender: str, recipient: str, mime: bytes) -> int:
        """Write a message down and return its number; it is on disk when this returns."""
        headers = BytesHeaderParser().parsebytes(mime)
        n = len(self._journal) + 1
        name = f"{n:04d}-{re.sub(r'[^A-Za-z0-9._-]', '_', recipient.partition('@')[0])}.eml"
        taken = Taken(
            n=n,
            message_id=str(headers.get("Message-ID", "")),
            sender=sender,
            recipient=recipient,
            size=len(mime),
            sha256=hashlib.sha256(mime).hexdigest(),
            at=self._clock().isoformat() if self._clock else "",
            file=name if self._folder else "",
            mime=b"" if self._folder else mime,
        )
        if self._folder:
            self._folder.mkdir(parents=True, exist_ok=True)
            (self._folder / name).write_bytes(mime)
        if self._journal_file:
            _append(self._journal_file, {k: v for k, v in asdict(taken).items() if k != "mime"})
        self._journal.append(taken)
        return n


def _append(path: Path, line: dict[str, object]) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the sink until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="python -m delivery.sink", description="本机测试用邮件服务器")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--dir", type=Path, required=True, help="journal.jsonl 所在目录")
    parser.add_argument("--eml", action="store_true", help="把每封邮件另存为 .eml")
    parser.add_argument("--rules", type=Path, help="JSON 文件：规则列表，字段同 sinkrules.Rule")
    options = parser.parse_args(arguments)
    options.dir.mkdir(parents=True, exist_ok=True)
    rules = [Rule(**rule) for rule in json.loads(options.rules.read_text("utf-8"))] if options.rules else None
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: ended.set())
    folder = options.dir if options.eml else None
    journal = options.dir / "journal.jsonl"
    answers = options.dir / "answers.jsonl"
    with MailSink(
        folder, port=options.port, behaviour=rules, journal_file=journal, answers_file=answers
    ) as sink:
        sys.stdout.write(f"ready {sink.port}\n")
        sys.stdout.flush()
        while not ended.wait(0.5):  # a signal just before it falls asleep is heard when it wakes
            pass
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
