"""B8: one to four worker processes on PostgreSQL, which sweep and send for eight offices in one database.

The server is a process group of its own with fsync on; rows are kept apart by office, as on a real server. Beside it,
in the same run, a bare program that writes the very same rows with one and with two processes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue

from benchmarks.frame import Section, Table, clocked, middle, told
from benchmarks.mailing import rules_without_budget, sink
from benchmarks.world import add_office, let_fall_due
from models.database import make_engine
from models.roles import grant_role
from models.schema import upgrade
from system.paths import ROOT
from system.settings import Settings
from tests.pgserver import MISSING, OwnServer, own_server

ROLE = "ducha_worker"
KEYS_APART = 1_000_000  # between the keys of two offices
WARM = "warmup"  # one more office, on which every worker warms up
SHARDS = 2


@dataclass(frozen=True, slots=True)
class Plan:
    """Sizes: offices, and for each of them open cases, those due, and units; workers and repetitions."""

    offices: int
    cases: int
    due: int
    units: int
    workers: tuple[int, ...]
    rounds: int

    @property
    def codes(self) -> list[str]:
        return [f"county{number}" for number in range(1, self.offices + 1)]


FULL = Plan(8, 5_000, 800, 400, (1, 2, 3, 4), 3)
QUICK = Plan(2, 80, 40, 20, (1, 2), 1)
WARM_PLAN = Plan(1, 160, 80, 80, (), 0)


@dataclass(frozen=True, slots=True)
class Night:
    """One run: seconds of sweeping and of sending, and how much was done in each."""

    sweep: float
    send: float
    cases: int
    mails: int


def measure(quick: bool) -> Section:
    """Measure every number of workers on copies of one database; without PostgreSQL the section says so."""
    plan = QUICK if quick else FULL
    with tempfile.TemporaryDirectory() as name, own_server() as server:
        if server is None:
            return Section("workers", TITLE, LEAD, (), (f"跳过：{MISSING}",))
        county = County(server, Path(name), plan)
        nights: dict[int, list[Night]] = {count: [] for count in plan.workers}
        bare: dict[int, list[Night]] = {1: [], 2: []}
        for _ in range(plan.rounds):
            for count in plan.workers:
                nights[count].append(county.night(count))
            for count, runs in bare.items():
                runs.append(county.bare_night(count))
        version = str(server.run("SHOW server_version")).split()[0]
    rows = (*_rows("ducha", nights), *_rows("bare psycopg and smtplib", bare))
    head = ("", "cases/s", "speed-up", "mails/s", "speed-up")
    figures = {
        f"{what}/{count}": _speed_up(nights, count, what) for count in nights for what in ("sweep", "send")
    }
    figures |= {f"floor/{what}": _speed_up(bare, 2, what) for what in ("sweep", "send")}
    sizes = (
        f"{plan.offices} × {plan.cases:,} open cases, {plan.offices * plan.due:,} due, PostgreSQL {version}"
    )
    return Section(
        "workers", TITLE, LEAD, (Table(head, rows, sizes),), (NOTE,), ("psycopg", "SQLAlchemy"), figures
    )


TITLE = "B8: workers on PostgreSQL"
LEAD = """`make bench BENCH_ARGS=workers`. Offices in one database, rows kept apart by office (row-level security, the
role of the application), fsync on. First all due cases are swept, in pieces of an office and a shard, then the mails
that came of it are sent to a server on the same machine, in pieces of an office; whichever worker is free takes the
next piece, as under Prefect. Each worker is a process of its own that was warmed up and keeps one connection to the
mail server. At the end every case has one rung, every mail was accepted once, and the server has each once; else there
are no figures."""
NOTE = """The bare program knows beforehand what to write: the rows of the sweep and of the mails, the same commits
(500 cases, 20 mails), sent with the standard library; it decides, renders and journals nothing. Its speed-up is what
the cores of this machine, shared with the server of the database and of the mail, give at most."""


def _rows(name: str, runs: dict[int, list[Night]]) -> list[tuple[str, ...]]:
    return [
        (
            f"{name}, {count} process{'es' if count > 1 else ''}",
            told([one.cases / one.sweep for one in nights], "{:,.0f}"),
            f"{_speed_up(runs, count, 'sweep'):.2f}",
            told([one.mails / one.send for one in nights], "{:,.0f}"),
            f"{_speed_up(runs, count, 'send'):.2f}",
        )
        for count, nights in runs.items()
    ]


def _speed_up(runs: dict[int, list[Night]], count: int, what: str) -> float:
    return middle([getattr(one, what) for one in runs[1]]) / middle(
        [getattr(one, what) for one in runs[count]]
    )


class County:
    """A filled database, which every run gets a copy of."""

    def __init__(self, server: OwnServer, folder: Path, plan: Plan) -> None:
        self.server, self.folder, self.plan = server, folder, plan
        self.rules = rules_of_offices(folder / "rules", [*plan.codes, WARM])
        server.run("CREATE DATABASE filled")
        engine = make_engine(server.address("filled"))
        upgrade(engine)
        for number, code in enumerate([*plan.codes, WARM]):
            size = WARM_PLAN if code == WARM else plan
            settings = Settings(rules=self.rules, files=folder / "files", office=code)
            first = number * KEYS_APART
            add_office(engine, settings, cases=size.cases, units=size.units, first=first)
            let_fall_due(engine, size.cases, size.due, first=first)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as link:
            link.exec_driver_sql("VACUUM ANALYZE")
        grant_role(engine, ROLE)
        engine.dispose()

    def copy(self, name: str) -> None:
        """Make a fresh copy of the database, all of it on the disk."""
        self.server.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        self.server.run(f"CREATE DATABASE {name} TEMPLATE filled")
        self.server.run("CHECKPOINT")

    def night(self, count: int) -> Night:
        """Let so many workers sweep and send."""
        self.copy("run")
        with sink(0) as (port, taken), ExitStack() as stack:
            workers = [stack.enter_context(self.worker(port, number)) for number in range(count)]
            ready(workers)
            sweep, swept = clocked(lambda: hand_out(workers, _pieces("deadlines", self.plan.codes, SHARDS)))
            send, sent = clocked(lambda: hand_out(workers, _pieces("outbox", self.plan.codes, 1)))
        mails = self.check(swept, sent, taken)
        return Night(sweep, send, self.plan.offices * self.plan.due, mails)

    def bare_night(self, count: int) -> Night:
        """Let so many bare programs write what the last run wrote, and send its mails."""
        self.copy("floor")
        with sink(0) as (port, taken), ExitStack() as stack:
            told = (self.server.address("run"), self.server.address("floor", ROLE), str(port))
            words = [[*told, *self.plan.codes[number::count]] for number in range(count)]
            workers = [stack.enter_context(_child("benchmarks.workerfloor", {}, one)) for one in words]
            ready(workers)
            sweep, swept = clocked(lambda: hand_out(workers, ["sweep"] * count))
            send, sent = clocked(lambda: hand_out(workers, ["send"] * count))
        _same("bare", (swept["cases"], sent["mails"]), (self.plan.offices * self.plan.due, taken[1]))
        return Night(sweep, send, swept["cases"], sent["mails"])

    def worker(self, port: int, number: int) -> AbstractContextManager[Worker]:
        """Start a worker, signed in as the application is."""
        env = {
            "DUCHA_DATABASE_URL": self.server.address("run", ROLE),
            "DUCHA_RULES": str(self.rules),
            "DUCHA_FILES": str(self.folder / f"host{number}" / "files"),
            "DUCHA_SMTP_URL": f"smtp://127.0.0.1:{port}",
            "DUCHA_SMTP_CONNECTIONS": "1",
            "DUCHA_SHARDS": str(SHARDS),
        }
        return _child("benchmarks.workerchild", env, [WARM, str(number % SHARDS)])

    def check(self, swept: Counter[str], sent: Counter[str], taken: Sequence[int]) -> int:
        """Return how many mails there were; stop when anything was left, lost or done twice."""
        due = self.plan.offices * self.plan.due
        mails, accepted = (
            int(self.server.run_in("run", query)) for query in (MAILS, f"{MAILS} AND {ACCEPTED}")
        )
        warm = int(self.server.run_in("run", f"SELECT count(*) FROM message WHERE {ACCEPTED}")) - accepted
        rungs = self.server.run_in("run", RUNGS)
        _same("cases", (swept["due"], rungs), (due, f"{due} {due}"))
        _same(
            "mails",
            (accepted, sent["accepted"], taken[0], taken[1]),
            (mails, mails, mails + warm, mails + warm),
        )
        return mails


ACCEPTED = "state = 'accepted'"
OURS = f"SELECT id FROM office WHERE code <> '{WARM}'"  # a name of this module
MAILS = f"SELECT count(*) FROM message WHERE office_id IN ({OURS})"
RUNGS = f"""SELECT concat(count(*), ' ', count(DISTINCT case_id)) FROM rung JOIN rectification ON case_id =
rectification.id WHERE office_id IN ({OURS})"""


def _same(what: str, found: tuple[object, ...], wanted: tuple[object, ...]) -> None:
    if found != wanted:
        raise SystemExit(f"{what}：应为{wanted}，实为{found}")


def rules_of_offices(folder: Path, codes: Sequence[str]) -> Path:
    """Copy the shipped rules with several offices like the shipped one, none of which has a budget of mails."""
    rules_without_budget(folder)
    (file,) = (folder / "offices").glob("*.yaml")
    text = file.read_text(encoding="utf-8")
    for code in codes:
        (folder / "offices" / f"{code}.yaml").write_text(
            text.replace(f"code: {file.stem}", f"code: {code}"), encoding="utf-8"
        )
    file.unlink()
    return folder


Worker = subprocess.Popen[str]


@contextmanager
def _child(module: str, env: dict[str, str], words: Sequence[str]) -> Iterator[Worker]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("DUCHA_")} | env
    with subprocess.Popen(
        [sys.executable, "-m", module, *words], cwd=ROOT, env=environment | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        yield process


def _pieces(job: str, offices: Sequence[str], shards: int) -> list[str]:
    return [f"{job} {office} {shard}" for office in offices for shard in range(shards)]


def ready(workers: Sequence[Worker]) -> None:
    """Wait until every worker has said so."""
    for one in workers:
        assert one.stdout is not None  # a pipe, as asked for
        if one.stdout.readline() != "ready\n":
            raise SystemExit("工作进程没有启动")


def hand_out(workers: Sequence[Worker], pieces: Sequence[str]) -> Counter[str]:
    """Give every worker a piece whenever it is free; return what they counted."""
    waiting: SimpleQueue[str] = SimpleQueue()
    for piece in pieces:
        waiting.put(piece)
    with ThreadPoolExecutor(len(workers)) as threads:
        return sum(threads.map(lambda worker: _serve(worker, waiting), workers), Counter())


def _serve(worker: Worker, waiting: SimpleQueue[str]) -> Counter[str]:
    said = Counter[str]()
    assert worker.stdin is not None
    assert worker.stdout is not None
    with suppress(Empty):
        while True:
            worker.stdin.write(waiting.get_nowait() + "\n")
            worker.stdin.flush()
            said.update(json.loads(worker.stdout.readline()))
    return said
