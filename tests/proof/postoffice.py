"""The mail server of a campaign: a process of its own with a journal on disk, which is the truth about what arrived."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from delivery.sinkrules import Rule
from system.paths import ROOT

PATIENCE = 60.0

# The weather of the campaigns: every stage refuses now and then, and some answers never come though the mail is kept.
STORMY: tuple[Rule, ...] = (
    Rule("mail", reply="451 4.3.2 try again later", first=37, every=61),
    Rule("rcpt", reply="450 4.2.1 mailbox busy", first=23, every=67),
    Rule("data", reply="451 4.3.0 no room now", first=41, every=83),
    Rule("settle", reply="452 4.3.1 disk full", keep=False, first=29, every=97),
    Rule("settle", drop=True, first=53, every=149),  # kept, and the answer is lost
    Rule("settle", drop=True, keep=False, first=71, every=211),  # neither kept nor answered
    Rule("settle", delay=0.02, first=11, every=19),
    Rule("rcpt", to="c-d00[37]@*", reply="550 5.1.1 no such user"),
)
SLOW = (Rule("settle", delay=0.005),)  # so that a sender is at work for a while
AMBIGUOUS = "settle"


class PostOffice:
    """What the mail server took and what it answered, read from its journals since the last `mark`."""

    def __init__(self, folder: Path, port: int) -> None:
        self.url = f"smtp://127.0.0.1:{port}"
        self.port = port
        self._journal, self._answers = folder / "journal.jsonl", folder / "answers.jsonl"
        self._read, self._told = 0, 0

    def mark(self) -> None:
        """Begin a new world: what was taken so far belongs to others."""
        self._read, self._told = _size(self._journal), _size(self._answers)

    def taken(self) -> Counter[str]:
        """Return how often each Message-ID was taken."""
        return Counter(str(line["message_id"]) for line in _lines(self._journal, self._read))

    def in_doubt(self) -> int:
        """Return how many mails the server left without an answer after their last dot."""
        lines = _lines(self._answers, self._told)
        return sum(line["stage"] == AMBIGUOUS and bool(line["drop"]) for line in lines)


@contextmanager
def post_office(folder: Path, rules: Sequence[Rule] = ()) -> Iterator[PostOffice]:
    """Run the mail server, with its journals in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    script = folder / "rules.json"
    script.write_text(json.dumps([asdict(rule) for rule in rules]), encoding="utf-8")
    server = subprocess.Popen(
        [sys.executable, "-m", "delivery.sink", "--dir", str(folder), "--rules", str(script)],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert server.stdout is not None
    try:
        yield PostOffice(folder, int(server.stdout.readline().split()[1]))
    finally:
        server.terminate()
        server.wait(PATIENCE)
        server.stdout.close()


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _lines(path: Path, start: int) -> list[dict[str, object]]:
    if not path.exists():
        return []
    with path.open("rb") as stream:
        stream.seek(start)
        return [json.loads(line) for line in stream.read().splitlines()]
