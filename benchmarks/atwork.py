"""A process that sweeps and sends without a pause, while others look at the pages.

`python -m benchmarks.atwork URL FILES CASES` works until its input ends and prints how many cases it swept and how
many mails it sent.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from pydantic import SecretStr

from benchmarks.mailing import rules_without_budget, sink
from benchmarks.sweep import FixedClock
from benchmarks.world import let_fall_due
from flows.edge import Edge
from flows.jobs import run_sweep
from flows.sending import run_outbox
from models.database import make_engine
from system.paths import ROOT
from system.settings import Settings

ROUND = 500  # cases that fall due at a time


@contextmanager
def at_work(settings: Settings, cases: int) -> Iterator[list[int]]:
    """Let a process sweep and send until the block ends; give a list that then holds (cases, mails)."""
    done: list[int] = []
    words = [
        # As the units in deploy/systemd run what sweeps and sends: pages come first.
        "nice",
        "-n10",
        sys.executable,
        "-m",
        "benchmarks.atwork",
        settings.database_url,
        str(settings.files),
        str(cases),
    ]
    with subprocess.Popen(
        words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None  # a pipe, as asked for
        process.stdout.readline()  # its first round is done
        try:
            yield done
        finally:
            said, _nothing = process.communicate()
            done += [int(word) for word in said.split()]


def work(url: str, files: str, cases: int) -> tuple[int, int]:
    """Sweep and send until the input of this process ends; return how many cases and mails."""
    ended = Event()
    Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    with tempfile.TemporaryDirectory() as name, sink(0) as (port, _counts):
        told = {"database_url": url, "files": Path(files), "smtp_url": SecretStr(f"smtp://127.0.0.1:{port}")}
        settings = Settings(**told, rules=rules_without_budget(Path(name) / "rules"))  # type: ignore[arg-type]  # a dict of several types
        edge = Edge(make_engine(url), settings, FixedClock())
        swept, sent, turn = 0, 0, 0
        while not ended.is_set():
            let_fall_due(edge.engine, cases, ROUND, turn % (cases // ROUND))
            swept += int(str(run_sweep(edge)["due"]))
            sent += int(str(run_outbox(edge)["accepted"]))
            if turn == 0:
                print("ready", flush=True)
            turn += 1
        edge.engine.dispose()
    return swept, sent


if __name__ == "__main__":
    print(*work(sys.argv[1], sys.argv[2], int(sys.argv[3])), flush=True)
