"""Several hosts under one Prefect server on PostgreSQL: workers as processes of their own, some behind a cut line."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa
import yaml
from sqlalchemy.pool import NullPool

from flows.edge import Edge
from models.audit import verify_chains
from models.base import table_of
from models.campaign import Campaign
from models.lease import Lease
from models.rectification import Rectification, Rung
from system.paths import ROOT
from system.settings import Settings
from tests import make
from tests.conftest import require
from tests.databases import GIVEN_SERVER, open_database
from tests.flows.conftest import WORKDAY, FixedClock
from tests.flows.prefectserver import Prefect, await_server, descendants, prepare

TICK = 30  # seconds between two sweeps
RECOVERY = 2 * TICK + 60  # two ticks, and what three processes of a run take to start on two busy cores
SHARDS = 3
LEASE_SECONDS = 5
CASES = 150  # a tick: some seconds of work for each shard
SERVER, DEPLOY = ("server", "start"), ("--no-prompt", "deploy", "--all")


@dataclass(slots=True)
class Hosts:
    """A server, workers, and the office whose cases they sweep."""

    prefect: Prefect
    edge: Edge
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    written: int = 0

    def start(self, name: str, *prefix: str, **env: str) -> None:
        """Start the server or a worker; `prefix` is a command that runs it, as `ip netns exec` does."""
        words = SERVER if name == "server" else ("worker", "start", "--pool", "ducha", "--name", name)
        with (self.prefect.folder / f"{name}.log").open("ab") as out:
            self.running[name] = subprocess.Popen(
                [*prefix, sys.executable, "-m", "prefect", *words],
                cwd=self.prefect.folder, env={**self.prefect.env, **env},
                stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True,
            )  # fmt: skip
        if name == "server":
            await_server(self.prefect, self.running[name])

    def kill(self, name: str, number: int = signal.SIGKILL) -> None:
        """Send a signal to a process and to all that it has started, and wait for its end."""
        process = self.running.pop(name)
        for pid in (process.pid, *descendants(process.pid)):
            _signal(pid, number)
        process.wait(timeout=60)

    def kill_runs(self) -> None:
        """Kill every flow run, and leave the workers."""
        for name, process in self.running.items():
            for pid in descendants(process.pid) if name != "server" else ():
                _signal(pid, signal.SIGKILL)

    def end(self) -> None:
        for name in list(self.running):
            family = descendants(self.running[name].pid)
            self.kill(name)
            for pid in family:
                _signal(pid, signal.SIGKILL)

    def add_cases(self) -> None:
        """Write cases that are due, one a unit."""
        with self.edge.desk() as desk:
            campaign = desk.session.get(Campaign, 1) or make.make_campaign(desk)
            for _ in range(CASES):
                self.written += 1
                unit = make.make_unit(desk, f"D{self.written:05}", liaison_email="liaison@shilixian.example")
                due = WORKDAY.replace(day=3)
                code = f"E24-{self.written}"
                make.make_finding_and_case(desk, campaign, unit, code, due_on=due, next_due_on=due)

    def swept(self) -> int:
        """Return how many cases have climbed."""
        return self._count(sa.select(sa.func.count()).select_from(table_of(Rung)))

    def _count(self, query: sa.Select[tuple[int]]) -> int:
        with self.edge.engine.connect() as connection:
            return connection.execute(query).scalar_one()

    def disturb(self, break_: Callable[[], None]) -> None:
        """Let a tick begin, break something in its middle, and see that two ticks later all is well."""
        before = self.swept()
        self.add_cases()
        self.wait_for(lambda: self.swept() > before + CASES // 10, RECOVERY)
        break_()
        self.wait_for(lambda: self.swept() == self.written, RECOVERY)
        self.check()

    def wait_for(self, happened: Callable[[], bool], seconds: float) -> None:
        until = time.monotonic() + seconds
        while not happened():
            assert time.monotonic() < until, self.prefect.logs()
            time.sleep(0.1)

    def check(self) -> None:
        """Check that every case climbed once, that its document is one, and that the record is whole."""
        case, rung = table_of(Rectification), table_of(Rung)
        count = sa.func.count()
        assert self._count(sa.select(count).select_from(case).where(case.c.light == "none")) == 0
        assert self._count(sa.select(count).select_from(rung)) == self.written
        assert self._count(sa.select(sa.func.count(rung.c.document_id.distinct()))) == self.written
        with self.edge.desk(readonly=True) as desk:
            assert verify_chains(desk.session, desk.office_id)[1] == []

    def holders(self) -> set[str]:
        """Return who holds a lease at this moment."""
        with self.edge.engine.connect() as connection:
            return set(connection.execute(sa.select(table_of(Lease).c.holder)).scalars()) - {""}


def _signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


@contextmanager
def several_hosts(folder: Path) -> Iterator[Hosts]:
    """Start a server on a PostgreSQL database of its own and deploy; workers are for the test to start."""
    require(GIVEN_SERVER, "a PostgreSQL with pg_trgm for Prefect's database: set TEST_POSTGRES_URL")
    with ExitStack() as stack:
        engine = stack.enter_context(open_database("postgresql15", folder))
        url = engine.url.render_as_string(hide_password=False)
        more = {
            "PREFECT_SERVER_DATABASE_CONNECTION_URL": stack.enter_context(prefect_database()),
            "PREFECT_WORKER_QUERY_SECONDS": "2",
            "DUCHA_DATABASE_URL": url,
            "DUCHA_SHARDS": str(SHARDS),
            "DUCHA_BATCH": "1",
            "DUCHA_LEASE_SECONDS": str(LEASE_SECONDS),
        }
        prefect = prepare(folder / "prefect", more)
        settings = Settings(rules=ROOT / "rules", files=folder / "files", database_url=url)
        hosts = Hosts(prefect, Edge(engine, settings, FixedClock()))
        stack.callback(hosts.end)
        hurry(prefect.checkout / "prefect.yaml")
        hosts.start("server")
        prefect.run("work-pool", "create", "ducha", "--type", "process")
        prefect.run(*DEPLOY, seconds=240)
        yield hosts


def hurry(file: Path) -> None:
    """Let only the sweep fire, every few seconds, for a named day."""
    book = yaml.safe_load(file.read_text(encoding="utf-8"))
    for one in book["deployments"]:
        one["schedules"] = []
        if one["name"] == "deadlines":
            one["schedules"] = [{"slug": "deadlines", "interval": TICK, "timezone": "Asia/Shanghai"}]
            one["parameters"] = {"today": WORKDAY.isoformat()}
    file.write_text(yaml.safe_dump(book, allow_unicode=True), encoding="utf-8")


@contextmanager
def prefect_database() -> Iterator[str]:
    """Give the address of an empty database for a Prefect server."""
    given = sa.make_url(GIVEN_SERVER).set(drivername="postgresql+psycopg")
    admin, name = (
        sa.create_engine(given, isolation_level="AUTOCOMMIT", poolclass=NullPool),
        f"p_{uuid.uuid4().hex}",
    )
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    try:
        url = given.set(drivername="postgresql+asyncpg", database=name)
        yield url.render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


@dataclass(frozen=True, slots=True)
class Island:
    """A network namespace with one line to this machine."""

    name: str
    line: str
    address: str

    @property
    def prefix(self) -> tuple[str, ...]:
        return ("ip", "netns", "exec", self.name)

    def cut(self) -> None:
        ip("link", "set", self.line, "down")

    def mend(self) -> None:
        ip("link", "set", self.line, "up")


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


@contextmanager
def island(number: int, ports: list[int]) -> Iterator[Island]:
    """Make a network namespace from which some ports of loopback are reached through one line."""
    capable = os.geteuid() == 0 and shutil.which("ip") is not None
    require(capable, "network namespaces: run as root, with apt-get install iproute2")
    name, line, peer = f"ducha{number}", f"duchav{number}", f"duchap{number}"
    here, there = f"10.213.{number}.1", f"10.213.{number}.2"
    with ExitStack() as stack:
        ip("netns", "add", name)
        stack.callback(ip, "netns", "del", name)  # takes the line with it
        ip("link", "add", line, "type", "veth", "peer", "name", peer, "netns", name)
        ip("addr", "add", f"{here}/24", "dev", line)
        ip("link", "set", line, "up")
        for words in (
            ("addr", "add", f"{there}/24", "dev", peer),
            ("link", "set", peer, "up"),
            ("link", "set", "lo", "up"),
        ):
            ip("-n", name, *words)
        command = [sys.executable, "-m", "tests.flows.forwarder", here, *map(str, ports)]
        forwarder = stack.enter_context(subprocess.Popen(command, cwd=ROOT))
        stack.callback(forwarder.kill)
        yield Island(name, line, here)


def through(island: Island, prefect: Prefect) -> dict[str, str]:
    """Return the environment of a worker on an island: the same servers by the address of its line."""
    env = {
        name: prefect.env[name].replace("127.0.0.1", island.address)
        for name in ("PREFECT_API_URL", "DUCHA_DATABASE_URL")
    }
    path = os.pathsep.join(
        part for part in prefect.env["PYTHONPATH"].split(os.pathsep) if not part.endswith("watch")
    )
    return {**env, "PYTHONPATH": path}  # without the watch over calls off this machine
