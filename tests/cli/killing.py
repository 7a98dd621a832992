"""Running the command in children that cost a fork each, and killing them at any moment."""

from __future__ import annotations

import json
import multiprocessing
import os
import smtplib
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

from system.paths import ROOT
from tests.cli.ducha import Ducha

PRELOAD = ["pytest", "tests.cli.killing", "tests.cli.warm"]
PATIENCE = 60.0


def forks() -> ForkServerContext:
    """Return a context whose children start from a server that has imported everything already."""
    os.environ["PYTHONPATH"] = str(ROOT)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOAD)
    return context


def start(context: ForkServerContext, do: Callable[..., None], *values: object) -> ForkServerProcess:
    """Start a function in a child of its own."""
    child = context.Process(target=do, args=values, daemon=True)
    child.start()
    return child


def run_command(folder: str, environment: dict[str, str], words: list[str]) -> None:
    """Run the command as a child does: its environment, its folder, its output thrown away."""
    from cli.app import run

    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    sys.exit(run(words))


def start_command(context: ForkServerContext, ducha: Ducha, *words: object) -> ForkServerProcess:
    """Start `ducha` with these words on the day of its world."""
    texts = [*map(str, words), "--today", str(ducha.day)]
    return start(context, run_command, str(ducha.folder), ducha.environment, texts)


def kill(child: ForkServerProcess) -> bool:
    """Kill -9; return whether the child was still at work."""
    child.kill()
    child.join(PATIENCE)
    return child.exitcode == -9


@contextmanager
def mail_server(folder: Path) -> Iterator[Sink]:
    """Run the mail server in a process of its own, with its journal on disk."""
    folder.mkdir(parents=True, exist_ok=True)
    server = subprocess.Popen(
        [sys.executable, "-m", "delivery.sink", "--dir", str(folder)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    try:
        port = int(server.stdout.readline().split()[1])
        yield Sink(folder / "journal.jsonl", port)
    finally:
        server.terminate()
        server.wait(PATIENCE)
        server.stdout.close()


class Sink:
    """What the mail server took, read from its journal."""

    def __init__(self, journal: Path, port: int) -> None:
        self._journal = journal
        self.port = port

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def taken(self) -> Counter[str]:
        """Return how often each Message-ID was taken."""
        if not self._journal.exists():
            return Counter()
        lines = self._journal.read_text(encoding="utf-8").splitlines()
        return Counter(json.loads(line)["message_id"] for line in lines)

    def bytes_written(self) -> int:
        """Return the size of the journal: it grows with every mail."""
        return self._journal.stat().st_size if self._journal.exists() else 0

    def wait_for_mails(self, count: int, child: ForkServerProcess) -> None:
        """Return once so many more mails were begun to be taken, or the child has ended."""
        seen, size = 0, self.bytes_written()
        while seen < count and child.is_alive():
            now = self.bytes_written()
            if now > size:
                seen, size = seen + 1, now
            time.sleep(0.0005)


# Two senders that are wrong in the two usual ways; the checker must find them out.


def send_then_mark(database: str, port: int) -> None:
    """Send a mail, then write down that it was sent: a death in between sends it again."""
    for connection, server, number, message in _ready(database, port):
        _deliver(server, message)
        connection.execute(
            "UPDATE message SET state = 'accepted', smtp_reply = '250' WHERE id = ?", (number,)
        )
        connection.commit()


def mark_then_send(database: str, port: int) -> None:
    """Write down that a mail was sent, then send it: a death in between loses it."""
    for connection, server, number, message in _ready(database, port):
        connection.execute(
            "UPDATE message SET state = 'accepted', smtp_reply = '250' WHERE id = ?", (number,)
        )
        connection.commit()
        _deliver(server, message)


def _ready(database: str, port: int) -> Iterator[tuple[object, smtplib.SMTP, int, str]]:
    from models.database import sqlite_module

    connection = sqlite_module().connect(database)
    with smtplib.SMTP("127.0.0.1", port) as server:
        for number, message in connection.execute(
            "SELECT id, message_id FROM message WHERE state = 'ready' ORDER BY id"
        ).fetchall():
            yield connection, server, number, message


def _deliver(server: smtplib.SMTP, message: str) -> None:
    text = f"Message-ID: {message}\r\nSubject: test\r\n\r\ntest\r\n"
    server.sendmail("office@shilixian.example", ["unit@shilixian.example"], text)
