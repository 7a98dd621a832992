"""One seed, one history: the days of a simulated office from beginning to end, and what they come to."""

from __future__ import annotations

import shutil
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import sqlalchemy as sa

from casework.mail.outbox import resolve
from flows.reading import run_intake
from flows.sending import run_outbox
from models.database import make_engine
from models.message import Message
from tests.proof.simulator import machines
from tests.proof.simulator.county import CATALOG, OFFICER, programme, settings_of, template
from tests.proof.simulator.drill import plan_drill
from tests.proof.simulator.judge import Judge
from tests.proof.simulator.mailbox import Mailbox
from tests.proof.simulator.mailserver import MailServer
from tests.proof.simulator.office import DAY, Plan, SimulatedOffice
from tests.proof.simulator.people import People
from tests.proof.simulator.seams import simulated
from tests.proof.simulator.trace import KEPT, Step

MORNING, JUDGED, QUIET = 5.5, 23.6, 21.5  # hours
REVIVALS = (5.8, 8.1, 10.0, 12.0, 15.0, 17.5, QUIET)
DRAINS = 40
Tell = Callable[[str], None]


@dataclass(slots=True)
class Ending:
    """What a seed came to.

    faults   what did not hold, first things first; a day with faults is the last
    counts   how often each kind of step came
    """

    seed: int
    days: int
    digest: str
    steps: int
    faults: list[str]
    last: list[Step] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    mails: int = 0
    unknown: int = 0
    rungs: int = 0

    @property
    def ok(self) -> bool:
        return not self.faults


def simulate(seed: int, days: int, folder: Path, sender: str = "", kept: int | None = KEPT) -> Ending:
    """Live the days of a seed in a folder of its own; the same seed and days give the same ending.

    sender   one of tests/proof/simulator/broken.py in the place of the real one
    kept     how many of the last steps are kept, None for all
    """
    office = _found(Plan.draw(seed, days, sender), folder)
    office.trace.last = deque(maxlen=kept)
    server = MailServer(office, Mailbox(office))
    judge = Judge(office, server)
    try:
        with simulated(office, server):
            lived = _live(office, server, judge)
    finally:
        office.engine.dispose()
    trace = office.trace
    return Ending(seed, lived, trace.hexdigest(), trace.length, office.faults, list(trace.last), trace.counts,
                  len(server.taken), len(judge.unknown), judge.rungs)  # fmt: skip


def _found(plan: Plan, folder: Path) -> SimulatedOffice:
    """Set up the office in an empty folder."""
    shutil.copytree(template(), folder, dirs_exist_ok=True)
    (folder / "sealed.pdf").write_bytes(b"%PDF-1.7\n% sealed\n%%EOF\n")
    (folder / "proof.pdf").write_bytes(b"%PDF-1.7\n% proof\n%%EOF\n")
    settings = settings_of(folder)
    engine = make_engine(settings.database_url)
    sa.event.listen(engine, "connect", _no_flush)  # nothing has to outlive this machine
    return SimulatedOffice(plan, engine, settings, folder, Random(f"{plan.seed}"))


def _no_flush(connection: Any, _record: object) -> None:
    connection.execute("pragma synchronous=off")


def _live(office: SimulatedOffice, server: MailServer, judge: Judge) -> int:
    """Live day after day until one has a fault; return how many were lived."""
    with office.desk(readonly=True) as desk:
        rounds = programme(
            office.plan.seed, office.plan.days, desk.calendar, desk.rules.catalog(CATALOG).items
        )
    people = People(office, server, rounds)
    machines.employ(office)
    if office.plan.restored is not None:
        plan_drill(office, server, office.plan.restored)
    try:
        for day in range(office.plan.days):
            _one_day(office, server, judge, people, day * DAY)
            if office.faults:
                return day + 1
        _settle_all(office, server)
        judge.the_end()
    finally:
        office.scheduler.close()
    return office.plan.days


def _one_day(office: SimulatedOffice, server: MailServer, judge: Judge, people: People, start: float) -> None:
    scheduler, works = office.scheduler, office.is_workday()
    scheduler.at(start, partial(_quiet, office, calm=False))
    scheduler.at(start, partial(machines.trouble, office, server))
    for hour in REVIVALS:
        scheduler.at(start + hour * 3600, partial(machines.revive, office))
    if works:
        scheduler.at(start + MORNING * 3600, judge.morning)
        scheduler.at(start + 8.8 * 3600, people.live)
        scheduler.at(start + JUDGED * 3600, judge.evening)
    scheduler.at(start + (QUIET - 0.1) * 3600, partial(_quiet, office, calm=True))
    scheduler.run(start + DAY - 1)


def _quiet(office: SimulatedOffice, *, calm: bool) -> None:
    """Begin or end the hours in which nothing goes wrong; clocks are right then."""
    office.calm = calm
    if calm:
        office.offsets.clear()


def _settle_all(office: SimulatedOffice, server: MailServer) -> None:
    """Let healthy machines send what is left, and people ask about what is in doubt, until nothing is."""
    office.calm = True
    for process in office.processes.values():
        office.scheduler.kill(process)
    last = office.bear("last")
    for _drain in range(DRAINS):
        office.scheduler.start("last", last, partial(_settle_once, office, server))
        office.scheduler.run(office.scheduler.now + timedelta(hours=6).total_seconds())


def _settle_once(office: SimulatedOffice, server: MailServer) -> None:
    run_intake(office.edge())
    run_outbox(office.edge())
    with office.edge().desk(by=OFFICER) as desk:
        unknown = sa.select(Message).where(Message.state == "unknown").order_by(Message.id)  # type: ignore[arg-type]  # columns
        for mail in desk.session.scalars(unknown).all():
            if mail.state == "unknown":
                carrier = desk.session.get(Message, mail.carried_by) if mail.carried_by else None
                arrived = server.arrived((carrier or mail).message_id)
                resolve(desk, mail.id or 0, "accepted" if arrived else "resend")
