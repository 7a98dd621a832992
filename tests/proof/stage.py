"""A stage on which one use case is played again and again from the same beginning, each time with another fault."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from pydantic import SecretStr

from casework.upkeep.doctor import examine
from core.errors import DuchaError
from delivery.sink import MailSink
from flows.edge import Edge
from models.base import table_of
from models.database import make_engine
from models.lease import Lease
from system.paths import RULES_DIR
from system.settings import Settings
from tests.casework.conftest import open_desks_on
from tests.casework.scene import Scene
from tests.databases import database
from tests.proof.faults import JUMPS, Fault, Hooks, Jumpy

# What differs from run to run and means nothing: where a sender ran, when and how often a lease was taken, hashes over
# such things.
VOLATILE = {"token", "lease_until", "boot", "uptime_seconds", "hash", "previous", "head", "smtp_reply",
            "fence", "until", "taken_at"}  # fmt: skip
# PostgreSQL does not give back the keys of a rolled back insert: there, rows are compared without them.
KEYED = ("id", "key", "message_id", "subject_id", "seq", "shard", "detail")
# In Shanghai ten, and half past: by then no stamp of a clock that was fast lies ahead, and no mail that was stamped by
# one that was slow has waited for an hour.
TEN, LOOKED_UP = time(2, 0), time(2, 30)
LEASE = table_of(Lease)
NO_DEED = {
    "lease"
}  # tables that tell who works now, not what was done: a job takes its lease before and gives it after
FAILURES = (DuchaError, OSError, sa.exc.DBAPIError)


@dataclass(slots=True)
class Stage:
    """What a use case may touch."""

    engine: sa.Engine
    settings: Settings
    folder: Path
    sink: MailSink
    hooks: Hooks
    seen: int = 0  # mails that the sink took before this run

    @property
    def taken(self) -> Counter[str]:
        """Return how often the mail server took each Message-ID in this run."""
        return Counter(one.message_id for one in self.sink.journal[self.seen :])

    @property
    def scene(self) -> Scene:
        return Scene(open_desks_on(self.engine, self.settings), self.folder / "hand")

    def edge(self, day: date, at: time = TEN) -> Edge:
        """Open an edge on a day, whose clock the fault may disturb; `at` is UTC."""
        instant = datetime.combine(day, at, UTC)
        settings = self.settings.model_copy(
            update={"smtp_url": SecretStr(self.sink.url), "smtp_timeout": 5.0}
        )
        return Edge(self.engine, settings, Jumpy(day, instant, self.hooks))


@dataclass(frozen=True, slots=True)
class UseCase:
    """One use case.

    prepare  brings the scene to its beginning
    act      the use case itself; may be done again until it has ended
    day      on which the invariants are looked up
    whole    all or nothing: one transaction
    lite     needs SQLite
    judge    says what is wrong in the end, where that may differ from a calm end
    """

    name: str
    prepare: Callable[[Stage], None]
    act: Callable[[Stage], None]
    day: date
    whole: bool = True
    lite: bool = False
    judge: Callable[[Stage], list[str]] | None = None


@dataclass(slots=True)
class Played:
    """What came of a use case: the faults that struck, and what did not hold."""

    faults: Counter[str]
    wrong: list[str]


def play(case: UseCase, kind: str, folder: Path, kinds: tuple[str, ...], stride: int = 1) -> Played:
    """Play a use case with the Nth fault of each kind, for N = 1, 2, 3... until it is not met any more.

    kind     of database
    stride   beyond the third fault, only each so many-th: for the normal suite
    """
    played = Played(Counter(), [])
    with _open(case, kind, folder) as theatre:
        calm, after = theatre.calm()
        for fault_kind in kinds:
            for n in _steps(stride):
                fault = Fault(fault_kind, n)
                wrong = theatre.try_with(fault, calm, after)
                if not fault.hit:
                    break
                played.faults[fault_kind] += 1
                played.wrong += [f"{case.name}, {kind}, {fault_kind} {n}: {one}" for one in wrong]
    return played


def _steps(stride: int) -> Iterator[int]:
    n = 0
    while True:
        n += 1 if n < 3 else stride
        yield n


@dataclass(frozen=True, slots=True)
class State:
    """What the database and the files come to, and which invariants are broken how often."""

    rows: dict[str, Counter[str]]
    files: frozenset[str]
    broken: dict[str, int]


@dataclass(slots=True)
class Theatre:
    """The stage with its beginning, to which every run returns."""

    case: UseCase
    stage: Stage
    reset: Callable[[], None]

    def calm(self) -> tuple[State, State]:
        """Return the state before and after a run without faults."""
        self.reset()
        before = self.state()
        with self.stage.hooks.over_files():
            self.case.act(self.stage)
        return before, self.state()

    def try_with(self, fault: Fault, before: State, after: State) -> list[str]:
        """Run once with a fault, once more without, and return what is wrong."""
        self.reset()
        self.stage.hooks.fault = fault
        said = "nothing was told"
        try:
            with self.stage.hooks.over_files():
                self.case.act(self.stage)
        except FAILURES as error:
            said = f"{type(error).__name__}: {str(error)[:120]}"
        self.stage.hooks.fault = Fault()
        if not fault.hit:
            return []
        self.stage.engine.dispose()
        wrong = []
        between = self.state()
        if (
            self.case.judge is None
        ):  # who has a judge is looked at when it was repeated: until then a mail may wait
            wrong += _worse(between, before, after, said)
        done = _same(between, after) is None
        timely = fault.kind not in JUMPS
        if self.case.whole and timely and not done and (half := _same(between, before)):
            wrong.append(f"half done ({said}): {half}")
        if not self.case.whole or (timely and not done):
            wrong += self._again(fault, after)
        return wrong

    def _again(self, fault: Fault, after: State) -> list[str]:
        self._let_leases_run_out()
        try:
            self.case.act(self.stage)
        except FAILURES as error:
            return [f"cannot be done again: {type(error).__name__}: {str(error)[:300]}"]
        if self.case.judge is not None:
            return self.case.judge(self.stage) + _worse(self.state(), after, after, "done again")
        different = None if fault.kind in JUMPS else _same(self.state(), after)
        return [f"ends otherwise: {different}"] if different else []

    def _let_leases_run_out(self) -> None:
        """Let minutes pass: who was told wrongly that its taking failed holds a lease without knowing it."""
        with self.stage.engine.begin() as link:
            link.execute(sa.update(LEASE).values(until=datetime(2000, 1, 1, tzinfo=UTC)))

    def state(self) -> State:
        """Return the present state."""
        rows: dict[str, Counter[str]] = {}
        keyed = self.stage.engine.dialect.name != "sqlite"
        with self.stage.engine.execution_options(readonly=True).connect() as link:
            for table in sorted(set(sa.inspect(link).get_table_names()) - NO_DEED):
                told = link.exec_driver_sql(f'SELECT * FROM "{table}"').mappings().all()
                rows[table] = Counter(repr(_telling(row, keyed=keyed)) for row in told)
        edge = self.stage.edge(self.case.day, LOOKED_UP)
        with edge.desk(readonly=True) as desk:
            broken = {one.id: one.broken for one in examine(desk).invariants if one.broken}
        files = {path.name for path in self.stage.settings.files.rglob("*") if path.is_file()}
        return State(rows, frozenset(name for name in files if not name.endswith(".part")), broken)


def _worse(state: State, before: State, after: State, said: str) -> list[str]:
    return [
        f"{name} broken {count} times ({said})"
        for name, count in state.broken.items()
        if count > max(before.broken.get(name, 0), after.broken.get(name, 0))
    ]


def _telling(row: sa.RowMapping, *, keyed: bool) -> dict[str, Any]:
    return {
        name: value
        for name, value in row.items()
        if name not in VOLATILE and not (keyed and (name in KEYED or name.endswith("_id")))
    }


def _same(one: State, other: State) -> str | None:
    """Return what differs between two states, None when nothing does; a file without a row is no difference."""
    for table in one.rows:
        more, less = one.rows[table] - other.rows[table], other.rows[table] - one.rows[table]
        if more or less:
            return f"{table} has {str(list(more))[:400]} instead of {str(list(less))[:400]}"
    missing = other.files - one.files
    return f"files {sorted(missing)[:3]} are missing" if missing else None


@contextmanager
def _open(case: UseCase, kind: str, folder: Path) -> Iterator[Theatre]:
    """Bring a use case to its beginning once, and give the stage with the way back to it."""
    start, here = folder / "start", folder / "here"
    for place in (start, here):
        (place / "hand").mkdir(parents=True)
        (place / "files").mkdir()
    with database(kind, here) as url, MailSink() as sink:
        engine = make_engine(url)
        settings = Settings(
            rules=RULES_DIR, files=here / "files", database_url=url, mail_from="a@shilixian.example"
        )
        hooks = Hooks(engine, here)
        stage = Stage(engine, settings, here, sink, hooks)
        try:
            case.prepare(stage)
            hooks.on_engine()
            with _way_back(engine, here, start) as way_back:

                def reset() -> None:
                    way_back()
                    stage.seen = len(sink.journal)
                    sink.behave(hooks.answer)

                yield Theatre(case, stage, reset)
        finally:
            engine.dispose()


@contextmanager
def _way_back(engine: sa.Engine, here: Path, start: Path) -> Iterator[Callable[[], None]]:
    """Keep the database and the files as they are now; give a function that brings them back."""
    engine.dispose()
    lite = engine.dialect.name == "sqlite"
    copies = _copies_of_file(here, start) if lite else _copies_on_server(engine)
    shutil.copytree(here, start, dirs_exist_ok=True)
    with copies as bring_back:

        def reset() -> None:
            engine.dispose()
            for name in ("files", "hand"):
                shutil.rmtree(here / name, ignore_errors=True)
                shutil.copytree(start / name, here / name)
            for extra in set(here.iterdir()) - {here / one.name for one in start.iterdir()}:
                shutil.rmtree(extra) if extra.is_dir() else extra.unlink()
            bring_back()

        yield reset


@contextmanager
def _copies_of_file(here: Path, start: Path) -> Iterator[Callable[[], None]]:
    def bring_back() -> None:
        for ending in ("-wal", "-shm", "-journal"):
            (here / f"ducha.db{ending}").unlink(missing_ok=True)
        shutil.copyfile(start / "ducha.db", here / "ducha.db")

    yield bring_back


@contextmanager
def _copies_on_server(engine: sa.Engine) -> Iterator[Callable[[], None]]:
    name = str(engine.url.database)
    admin = sa.create_engine(engine.url.set(database="postgres"), isolation_level="AUTOCOMMIT")

    def run(*statements: str) -> None:
        with admin.connect() as link:
            for statement in statements:
                link.exec_driver_sql(statement)

    run(f"CREATE DATABASE {name}_kept TEMPLATE {name}")
    try:
        yield lambda: run(
            f"DROP DATABASE {name} WITH (FORCE)", f"CREATE DATABASE {name} TEMPLATE {name}_kept"
        )
    finally:
        run(f"DROP DATABASE {name}_kept WITH (FORCE)")
        admin.dispose()
