"""A process that has imported everything and gives birth: a child a life, a fork each, killed where it is told.

`python -m tests.proof.nursery` reads one order a line and answers with one line. It runs no thread and opens no
database, so that what a child inherits is code and nothing else.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from system import failpoints
from system.paths import ROOT
from tests.proof.county import World, load_world
from tests.proof.powercut import Witness

PATIENCE = 120.0
WELL, FAILED = 0, 70


@dataclass(frozen=True, slots=True)
class Life:
    """One child: what it does, and where it dies by its own hand.

    point    name of a failpoint and at which of its reaches SIGKILL strikes
    watched  a witness notes what it has brought to the disk, see powercut.py; `lying` on a disk that lies
    """

    job: str
    point: tuple[str, int] | None = None
    watched: str = ""


@dataclass(frozen=True, slots=True)
class End:
    """How a life ended: killed or on its own, and what it reached if it lived to tell."""

    job: str
    code: int
    reached: dict[str, int]
    said: Any

    @property
    def killed(self) -> bool:
        return self.code == -signal.SIGKILL


class Nursery:
    """The other side of the pipe."""

    def __init__(self, server: subprocess.Popen[str]) -> None:
        self._server = server

    def live(self, world: World, lives: Sequence[Life], after: float | None = None) -> list[End]:
        """Start children in one world at the same moment, kill -9 all of them after so many seconds, and bury them.

        after    None: they live until they end or reach their point
        """
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        order = {"world": world.dumps(), "lives": [asdict(one) for one in lives], "after": after}
        self._server.stdin.write(json.dumps(order) + "\n")
        self._server.stdin.flush()
        answer = self._server.stdout.readline()
        assert answer, "the nursery has died"
        return [End(**one) for one in json.loads(answer)]


@contextmanager
def open_nursery() -> Iterator[Nursery]:
    """Run a nursery; it ends with its pipe."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("DUCHA_")}
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.proof.nursery"], cwd=ROOT, env={**environment, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert server.stdin is not None
        assert server.stdout is not None
        assert server.stdout.readline() == "ready\n"
        yield Nursery(server)
    finally:
        assert server.stdin is not None
        server.stdin.close()
        server.wait(PATIENCE)
        assert server.stdout is not None
        server.stdout.close()


# the nursery's own side


def main() -> int:
    """Serve orders until the pipe closes."""
    from tests.proof import warm

    assert warm.LOADED
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        order = json.loads(line)
        lives = [Life(**one) for one in order["lives"]]
        ends = _raise(load_world(order["world"]), lives, order["after"])
        sys.stdout.write(json.dumps(ends) + "\n")
        sys.stdout.flush()
    return 0


def _raise(world: World, lives: list[Life], after: float | None) -> list[dict[str, Any]]:
    notes = [world.path / f"life-{place}.json" for place in range(len(lives))]
    children = []
    for life, note in zip(lives, notes, strict=True):
        note.unlink(missing_ok=True)
        child = os.fork()
        if child == 0:
            os._exit(_be(world, life, note))
        children.append(child)
    codes = _bury(children, PATIENCE if after is None else after, is_late_a_fault=after is None)
    told = [
        json.loads(note.read_text("utf-8")) if code >= 0 else {}
        for note, code in zip(notes, codes, strict=True)
    ]
    return [
        {"job": life.job, "code": code, "reached": said.get("reached", {}), "said": said.get("said")}
        for life, code, said in zip(lives, codes, told, strict=True)
    ]


def _bury(children: list[int], after: float, *, is_late_a_fault: bool) -> list[int]:
    """Wait so long for children, kill those that still live, and return how each ended."""
    codes: dict[int, int] = {}
    end = time.monotonic() + after
    while len(codes) < len(children):
        late = time.monotonic() >= end
        for child in children:
            if child in codes:
                continue
            if late:
                os.kill(child, signal.SIGKILL)
            found, status = os.waitpid(child, 0 if late else os.WNOHANG)
            if found:
                codes[child] = os.waitstatus_to_exitcode(status)
                assert not (late and is_late_a_fault), "a child did not come to its end"
        time.sleep(0 if late else min(0.001, max(0.0, end - time.monotonic())))
    return [codes[child] for child in children]


def _be(world: World, life: Life, note: Path) -> int:
    """Live one life in this process; nothing of it may come back to the nursery."""
    reached: Counter[str] = Counter()
    try:
        os.chdir(world.path)
        failpoints.arm(_striker(life.point, reached, _witness(world, life)))
        quiet = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1, 2):
            os.dup2(quiet, number)
        said, code = _work(world, life.job), WELL
    except BaseException as error:  # noqa: BLE001  # whatever it was is told to the campaign; the fork ends here
        kinds = [one.__name__ for one in type(error).__mro__]
        said, code = {"error": kinds, "trace": traceback.format_exc()}, FAILED
    failpoints.arm(None)
    note.write_text(json.dumps({"reached": reached, "said": said}, default=str), encoding="utf-8")
    return code


def _witness(world: World, life: Life) -> Witness | None:
    return Witness(world, lies=life.watched == "lying") if life.watched else None


def _striker(
    point: tuple[str, int] | None, reached: Counter[str], witness: Witness | None
) -> Callable[[str], None]:
    def strike(name: str) -> None:
        reached[name] += 1
        if point is not None and name == point[0] and reached[name] == point[1]:
            os.kill(os.getpid(), signal.SIGKILL)
        if witness is not None and name == "desk.committed":
            witness.committed()

    return strike


def _work(world: World, job: str) -> object:
    from tests.proof.jobs import JOBS

    edge = world.edge()
    try:
        return JOBS[job](edge, world)
    finally:
        edge.engine.dispose()


if __name__ == "__main__":
    raise SystemExit(main())
