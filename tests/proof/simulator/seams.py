"""Where the world outside comes into the product, and what comes in from the simulation instead.

Clocks that nobody can set, the clock of the database, tokens of processes, threads, the mail server, the mailbox, and
the printing of papers, which is far slower than all the rest and proved elsewhere. All else is the product as it runs
in service.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from types import SimpleNamespace, TracebackType
from typing import Any, Self

import sqlalchemy as sa

import casework.leases
import casework.paperwork.papers
import casework.paperwork.replies
import casework.upkeep.doctor
import casework.watching
import flows.jobs
import flows.reading
import flows.sending
import models.lease
import system.process
from casework.desk import Desk
from casework.rulesets import library
from casework.upkeep.doctor import Diagnosis
from core.errors import DatabaseFailed
from delivery.paper import Paper, write_paper
from system import failpoints
from tests.proof.simulator.fibers import Died, Fiber
from tests.proof.simulator.mailserver import MailServer, opener
from tests.proof.simulator.office import SimulatedOffice

LAYERS = ("cli", "flows", "casework", "delivery", "models", "system")
# Failpoints outside of every transaction: here others may come in between. Elsewhere a pause would hold the write lock.
BETWEEN = frozenset({
    "desk.committed", "sweep.between_batch_and_signatures", "sender.before_content",
    "sender.after_beginning_is_written", "sender.after_answer", "sender.after_end_is_written",
    "sender.after_claiming_is_committed", "intake.read", "intake.written",
})  # fmt: skip
DEATH, BUSY, TOLD_WRONG, STALL = 0.0015, 0.001, 0.0005, 0.002  # shares of the failpoints that are reached
STALLS = (20.0, 90.0, 1_200.0)  # seconds: shorter than a lease, longer than one, longer than that of a mail


def strike(office: SimulatedOffice, server: MailServer) -> Callable[[str], None]:
    """Return what happens at each failpoint: a death, a database that fails, others who come in between, or nothing."""
    scheduler = office.scheduler

    def struck(name: str) -> None:
        scheduler.check_alive()
        if scheduler.running is None:
            return
        if name in MARKS:
            MARKS[name](server)
        if office.happens(DEATH):
            office.note(scheduler.running.name, "dies", name)
            scheduler.die()
        _fail_to_commit(office, scheduler.running.name, name)
        if name in BETWEEN:
            stalls = office.happens(STALL)
            scheduler.pause(office.dice.choice(STALLS) if stalls else office.dice.uniform(0.001, 0.2))

    return struck


MARKS: dict[str, Callable[[MailServer], None]] = {
    "sender.after_beginning_is_written": MailServer.begun,
    "sender.after_end_is_written": MailServer.written_down,
}


def _fail_to_commit(office: SimulatedOffice, who: str, name: str) -> None:
    """Let the database refuse a commit, or carry it out and say that it has not."""
    if name == "desk.before_commit" and office.happens(BUSY):
        office.note(who, "database", "is locked")
        raise DatabaseFailed("数据库操作失败", found="database is locked")
    if name == "desk.committed" and office.happens(TOLD_WRONG):
        office.note(who, "database", "has committed, and says that it has not")
        raise DatabaseFailed("数据库操作失败", found="disk I/O error")


@contextmanager
def simulated(office: SimulatedOffice, server: MailServer) -> Iterator[None]:
    """Let the product live in the simulated world."""
    with _replacements() as replace:
        _replace_clocks(office, replace)
        _replace_processes(office, replace)
        known = library.rule_files(office.settings.rules)
        replace.everywhere(
            library.rule_files, lambda _folder: known
        )  # nobody edits them: not to be looked for
        replace.on(flows.sending, "SmtpSession", opener(server))
        replace.on(flows.reading, "box_of", lambda _settings: server.box)
        replace.on(flows.sending, "ThreadPoolExecutor", lambda _size, **_names: Threads(office))
        replace.on(casework.upkeep.doctor, "examine", _seldom(office))
        replace.on(casework.paperwork.papers, "render_pdf", _print)
        replace.on(
            casework.paperwork.replies, "answer_workbook", lambda _desk, _document: b"PK\x03\x04 answer form"
        )

        def begin(_connection: sa.Connection) -> None:
            office.scheduler.check_alive()  # whoever is dead begins no transaction

        sa.event.listen(office.engine, "begin", begin, insert=True)
        failpoints.arm(strike(office, server))
        try:
            yield
        finally:
            failpoints.arm(None)
            sa.event.remove(office.engine, "begin", begin)


def _seldom(office: SimulatedOffice) -> Callable[[Desk], Diagnosis]:
    """Let the doctor of the clocks look on Mondays only: the judge looks every evening, at the same cost."""
    look = casework.upkeep.doctor.examine
    return lambda desk: look(desk) if office.today().weekday() == 0 else Diagnosis((), ())


def _print(paper: Paper, _fonts: object) -> bytes:
    return b"%PDF-1.7\n" + write_paper(paper)


def _replace_clocks(office: SimulatedOffice, replace: Replacements) -> None:
    steady = lambda: office.scheduler.now + 1000.0  # noqa: E731  # the same function under many names
    asleep = SimpleNamespace(monotonic=steady, perf_counter=steady, sleep=office.scheduler.pause)
    for module in (casework.leases, flows.jobs, flows.sending):
        replace.on(module, "time", asleep)
    # These take their first reading by themselves, by a name that was bound long ago.
    hold, quota = casework.leases.Hold, flows.sending._Quota
    replace.on(casework.leases, "Hold", lambda *given: hold(*given, renewed=steady()))
    replace.on(flows.sending, "_Quota", lambda *given: quota(*given, _began=steady()))
    replace.everywhere(models.lease.clock_of, lambda _session: office.scheduler.instant())
    replace.everywhere(system.process.uptime_seconds, lambda: int(steady()))
    replace.everywhere(system.process.boot_id, lambda: f"boot-{_host(office)}")


def _replace_processes(office: SimulatedOffice, replace: Replacements) -> None:
    def make_token() -> str:
        running = office.scheduler.running
        number = running.process.number if running else 0
        return f"{_host(office)}|boot|{number}|{number}|{office.dice.getrandbits(48):012x}"

    def is_dead(token: str) -> bool:
        host, _boot, number, *_rest = token.split("|")
        living = {str(one.number) for one in office.processes.values() if one.alive}
        return host == _host(office) and number not in living

    replace.everywhere(system.process.make_token, make_token)
    replace.everywhere(system.process.is_dead, is_dead)
    replace.on(flows.sending, "_over", Memory(office))


def _host(office: SimulatedOffice) -> str:
    running = office.scheduler.running
    return running.process.host if running else "a"


class Memory:
    """What the product keeps in a variable of a module: each process has its own, and a new one has nothing."""

    def __init__(self, office: SimulatedOffice) -> None:
        self._office = office

    def add(self, word: str) -> None:
        if (running := self._office.scheduler.running) is not None and running.process.alive:
            running.process.memory.add(word)

    def __contains__(self, word: str) -> bool:
        running = self._office.scheduler.running
        return running is not None and word in running.process.memory


class Threads:
    """The threads of a process as fibers, in the place of ThreadPoolExecutor."""

    def __init__(self, office: SimulatedOffice) -> None:
        self._scheduler = office.scheduler
        self._fibers: list[Fiber] = []

    def __enter__(self) -> Self:
        return self

    def submit(self, work: Callable[[], None]) -> Future[None]:
        """Let a fiber of the running process work."""
        ended: Future[None] = Future()

        def live() -> None:
            try:
                work()
            except Died:
                raise
            except BaseException as error:  # noqa: BLE001  # as a thread pool does
                ended.set_exception(error)
            else:
                ended.set_result(None)

        own = self._scheduler.running
        assert own is not None
        name = f"{own.name}/{len(self._fibers) + 1}"
        self._fibers.append(self._scheduler.start(name, own.process, live))
        return ended

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._scheduler.join(self._fibers)


class Replacements:
    """Names that mean something else for a while."""

    def __init__(self) -> None:
        self._before: list[tuple[Any, str, Any]] = []

    def on(self, module: Any, name: str, value: Any) -> None:
        """Replace a name of a module."""
        self._before.append((module, name, getattr(module, name)))
        setattr(module, name, value)

    def everywhere(self, function: Any, value: Any) -> None:
        """Replace a function under every name by which our modules know it."""
        for place, module in sorted(sys.modules.items()):
            if place.split(".")[0] in LAYERS:
                for name in [name for name, known in vars(module).items() if known is function]:
                    self.on(module, name, value)

    def undo(self) -> None:
        """Bring everything back."""
        for module, name, value in reversed(self._before):
            setattr(module, name, value)


@contextmanager
def _replacements() -> Iterator[Replacements]:
    replace = Replacements()
    try:
        yield replace
    finally:
        replace.undo()
