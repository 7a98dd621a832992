"""B4: senders that are killed again and again, beside django-post_office and the two usual mistakes.

The mail server is a process of its own whose journal, on disk before each answer, is the truth about what arrived.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random

from benchmarks.crashchild import edge_on
from benchmarks.frame import Section, Table
from benchmarks.mailing import fill_outbox, rules_without_budget
from benchmarks.peers import HERE, PYTHON, are_there, ask
from benchmarks.world import build
from delivery.sinkrules import Rule
from models.database import sqlite_module
from system.paths import ROOT

MAILS, KILLS = 1_000, 100
QUICK_MAILS, QUICK_KILLS = 40, 2
LIFE = (0.02, 0.15)  # seconds from the first moment of work to the kill
SLOW = (Rule("settle", delay=0.003),)  # an answer takes a moment, so that a kill meets mails under way
OURS = ("ducha", "send-then-mark", "mark-then-send")
PEER = "django-post_office"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the mails of one sender."""

    mails: int
    kills: int
    twice: int
    lost: int
    parked: int
    delivered: int

    @property
    def cells(self) -> tuple[str, ...]:
        def both(count: int) -> str:
            each = 100 * count / self.kills if self.kills else 0
            return f"{count:,} ({1000 * count / self.mails:.0f} / {each:.0f})"

        return (str(self.kills), both(self.twice), both(self.lost), both(self.parked), f"{self.delivered:,}")


def measure(quick: bool) -> Section:
    """Kill every sender."""
    mails, kills = (QUICK_MAILS, QUICK_KILLS) if quick else (MAILS, KILLS)
    rows, figures = [], {}
    for name in (*OURS, PEER):
        found = kill(name, mails, kills)
        if found is not None:
            rows.append((name, *found.cells))
            figures |= {f"twice/{name}": float(found.twice), f"lost/{name}": float(found.lost)}
    return Section(
        "crashes",
        "B4: senders that are killed",
        f"""`make bench BENCH_ARGS=crashes`. {mails:,} mails wait; a sender begins and is killed (SIGKILL) after
{LIFE[0] * 1000:.0f} to {LIFE[1] * 1000:.0f} ms, and a new one begins, until {kills} were killed; the last one may end.
Every sender keeps its queue in SQLite with `synchronous=full`. The mail server keeps a journal that is on disk before
it answers. Twice: taken more than once. Lost: called sent, and never taken. Parked: called neither, for a person to
decide. In brackets: per 1,000 mails / per 100 kills.""",
        (Table(("", "kills", "twice", "lost", "parked", "taken at least once"), tuple(rows)),),
        (
            """django-post_office sends batches of 100 in five threads and marks a batch at its end; on a database
with `SKIP LOCKED` several of its senders may run, which changes nothing about a kill. The two mistakes are the same
outbox with the order of sending and marking that they are named for.""",
        ),
        ("sqlmodel",),
        figures,
    )


def kill(name: str, mails: int, kills: int) -> Outcome | None:
    """Let one kind of sender live and die; None where the peers were not set up."""
    if name == PEER and not are_there():
        return None
    with tempfile.TemporaryDirectory() as folder_name:
        folder = Path(folder_name)
        with mail_server(folder / "server") as port:
            _prepare(name, folder, port, mails)
            command = _command(name, folder, port)
            dice = Random(7)
            died = sum(_live(command, dice.uniform(*LIFE)) for _ in range(kills))
            while not _live(command, None):
                time.sleep(0.1)
        taken = Counter(_journal(folder / "server"))
        sent, parked = _books(name, folder)
    return Outcome(
        mails, died, sum(count - 1 for count in taken.values()), len(sent - taken.keys()), parked, len(taken)
    )


@contextmanager
def mail_server(folder: Path) -> Iterator[int]:
    """Run the mail server and give its port."""
    folder.mkdir()
    (folder / "rules.json").write_text(json.dumps([asdict(rule) for rule in SLOW]), encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "delivery.sink",
        "--dir",
        str(folder),
        "--rules",
        str(folder / "rules.json"),
    ]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None  # a pipe, as asked for
        try:
            yield int(server.stdout.readline().split()[1])
        finally:
            server.terminate()


def _prepare(name: str, folder: Path, port: int, mails: int) -> None:
    if name == PEER:
        ask("postoffice.py", folder, port, "prepare", mails)
        return
    engine, _settings = build(folder, cases=500, due=10)
    engine.dispose()
    rules_without_budget(folder / "rules")
    edge = edge_on(folder, port)
    with edge.desk() as desk:
        fill_outbox(desk, mails)
    edge.engine.dispose()


def _command(name: str, folder: Path, port: int) -> Sequence[str]:
    if name == PEER:
        return (str(PYTHON), str(HERE / "postoffice.py"), str(folder), str(port), "send")
    return (sys.executable, "-m", "benchmarks.crashchild", str(folder), str(port), name)


def _live(command: Sequence[str], seconds: float | None) -> bool:
    """Let a sender work for some seconds and kill it; return whether it was killed, or without seconds, has ended."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    with subprocess.Popen(
        command, cwd=ROOT if "-m" in command else HERE, env=kept, stdout=subprocess.PIPE, text=True,
        stderr=None if "-m" in command else subprocess.DEVNULL,  # the peer tells every step
    ) as child:  # fmt: skip
        assert child.stdout is not None  # a pipe, as asked for
        child.stdout.readline()  # "ready"
        if seconds is None:
            return child.wait() == 0
        time.sleep(seconds)
        child.send_signal(signal.SIGKILL)
        return child.wait() == -signal.SIGKILL


def _journal(folder: Path) -> list[str]:
    lines = (folder / "journal.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["message_id"] for line in lines]


def _books(name: str, folder: Path) -> tuple[set[str], int]:
    """Return the Message-IDs that a sender calls sent, and how many mails wait for a person."""
    if name == PEER:
        query, parked = "SELECT message_id FROM post_office_email WHERE status = 0", "SELECT 0"
        path = folder / "postoffice.db"
    else:
        query = "SELECT message_id FROM message WHERE state = 'accepted'"
        parked = "SELECT count(*) FROM message WHERE state IN ('unknown', 'sending')"
        path = folder / "bench.db"
    connection = sqlite_module().connect(str(path))
    try:
        return {row[0] for row in connection.execute(query)}, connection.execute(parked).fetchone()[0]
    finally:
        connection.close()
