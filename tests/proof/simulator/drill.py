"""The most dangerous day: the database is lost, and a backup of an earlier day takes its place, on HOLD."""

from __future__ import annotations

from functools import partial

from sqlmodel import col, select

from casework.upkeep.backup import backup, release_hold, restore
from models.document import Document
from tests.proof.simulator.county import DIRECTOR, OFFICER
from tests.proof.simulator.mailserver import MailServer
from tests.proof.simulator.office import DAY, SimulatedOffice

ARCHIVE = "备份.tar"
LEAST, MOST = 0.2, 2.5  # days between the backup and the loss


def plan_drill(office: SimulatedOffice, server: MailServer, day: int) -> None:
    """Put a backup, the loss of the database and the end of the HOLD into the days from one on."""
    saved = day * DAY + office.dice.uniform(8, 20) * 3600
    lost = saved + office.dice.uniform(LEAST, MOST) * DAY
    known, register = set[str](), list[str]()
    office.scheduler.at(saved, partial(_back_up, office, server, known))
    office.scheduler.at(lost, partial(_lose, office, server, known, register))
    office.scheduler.at(lost + office.dice.uniform(0.5, 20) * 3600, partial(_release, office, register))


def _back_up(office: SimulatedOffice, server: MailServer, known: set[str]) -> None:
    known |= set(server.taken)
    said = backup(office.engine, office.settings, office.folder / ARCHIVE, office.scheduler.instant())
    office.note("admin", "backup", repr(sorted(dict(said["counts"]).items())))  # type: ignore[call-overload]  # as told


def _lose(office: SimulatedOffice, server: MailServer, known: set[str], register: list[str]) -> None:
    """Stop everybody, and restore; what is brought back knows nothing of the mails and papers of the lost time."""
    server.doubtful |= set(server.taken) - known
    with office.desk(readonly=True) as desk:
        numbers = desk.session.exec(select(Document.number).where(col(Document.number).is_not(None)))
        register += [number for number in numbers if number]  # on paper, where no restore forgets it
    for process in office.processes.values():
        office.scheduler.kill(process)
    office.held_days.add(office.today())
    office.engine.dispose()
    restore(office.folder / ARCHIVE, office.settings, office.scheduler.instant(), force=True)
    office.note("admin", "restore", "held")


def _release(office: SimulatedOffice, register: list[str]) -> None:
    """End the HOLD by two people, who have compared the journal and the register on paper."""
    with office.edge().desk(by=OFFICER) as desk:
        said = release_hold(desk, DIRECTOR, register)
    office.held_days.add(office.today())
    office.note(OFFICER, "release", repr(sorted(said.items())))
