"""The use cases under faults: jobs of the machine, mail, calendar, linkage, what is brought in and what is put by."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

from sqlmodel import col, select

from casework.archive.archiving import pack
from casework.calendar.calendars import confirm_year, propose_file
from casework.holds import HOLD
from casework.ledgers.ledger import import_ledger
from casework.linkage import referrals
from casework.mail.outbox import resolve
from casework.staff.parties import import_people, import_units
from casework.upkeep.backup import backup, release_hold, restore
from delivery.sink import Rule
from flows.jobs import run_doctor, run_reminders, run_sweep, run_watch
from flows.sending import run_outbox
from models.message import Message
from models.record import Note
from models.referral import Referral
from system.settings import Settings
from tests.casework.scene import NOTIFIED
from tests.cli.world import DIRECTOR as COUNTY_DIRECTOR
from tests.cli.world import OFFICER as COUNTY_OFFICER
from tests.proof.county import IMPORTED, write_county
from tests.proof.stage import Stage, UseCase
from tests.proof.usecases import (
    DAY,
    DIRECTOR,
    FOUND,
    GRAVE,
    LINKAGE,
    MAJOR,
    OFFICER,
    approved,
    closed,
    drafted,
    issued,
    rectifying,
    served,
)

UNITS = 5
BLUE, YELLOW, RED, BLACK = date(2026, 4, 22), date(2026, 4, 29), date(2026, 5, 8), date(2026, 6, 10)
TABLE = """\
year: 2026
status: official
source: "模拟年表，并非实际放假安排"
"off": [2026-01-01, 2026-04-06, 2026-04-27, 2026-04-28, 2026-05-01, 2026-10-01]
work: [2026-05-09]
"""


# sweeps


def many_served(stage: Stage) -> None:
    stage.scene.notify(MAJOR, GRAVE, ("T001", "E19", "minor"), ("T001", "E20", "minor"))


def sweep_on(day: date) -> UseCase:
    def sweep(stage: Stage) -> None:
        run_sweep(stage.edge(day))

    return UseCase(f"sweep on {day}", many_served, sweep, day, whole=False)


def remind(stage: Stage) -> None:
    run_reminders(stage.edge(BLUE))


def watch(stage: Stage) -> None:
    run_watch(stage.edge(BLUE))


def examine(stage: Stage) -> None:
    run_doctor(stage.edge(BLUE))


# mail


def send(stage: Stage) -> None:
    """Send until nothing is left: a refused mail waits, and is sent in the afternoon."""
    for hour in (2, 4, 6, 8):
        run_outbox(stage.edge(NOTIFIED, time(hour, 0)))


def mails_once(stage: Stage) -> list[str]:
    """Say which mails were lost or doubled, or wait; one may be in doubt, for one fault struck."""
    states = {mail.message_id: mail.state for mail in stage.scene.messages()}
    taken = stage.taken
    wrong = [f"{message} was sent {count} times" for message, count in taken.items() if count > 1]
    wrong += [
        f"{message} is {state}" for message, state in states.items() if state not in ("accepted", "unknown")
    ]
    wrong += [f"{one} is lost" for one, state in states.items() if state == "accepted" and not taken[one]]
    doubtful = sum(state == "unknown" for state in states.values())
    return wrong + ([f"{doubtful} mails are in doubt"] if doubtful > 1 else [])


def unknown(stage: Stage) -> None:
    issued(stage)
    stage.sink.behave([Rule("settle", drop=True)])
    run_outbox(stage.edge(NOTIFIED))


def settle_unknown(stage: Stage) -> None:
    with stage.scene.open_desk(by=OFFICER, today=NOTIFIED) as desk:
        for number in desk.session.exec(select(Message.id).where(col(Message.state) == "unknown")).all():
            resolve(desk, number or 0, "accepted")


# calendar


def write_table(stage: Stage) -> None:
    served(stage)
    stage.scene.file("2026.yaml", TABLE.encode())


def propose(stage: Stage) -> None:
    with stage.scene.open_desk(by=OFFICER, today=DAY) as desk:
        propose_file(desk, stage.folder / "hand" / "2026.yaml")


def proposed(stage: Stage) -> None:
    write_table(stage)
    propose(stage)


def confirm(stage: Stage) -> None:
    with stage.scene.open_desk(by=DIRECTOR, today=DAY) as desk:
        confirm_year(desk, 2026)


# linkage


def flag(stage: Stage) -> None:
    stage.scene.act(FOUND, "flag", OFFICER, DAY, note="佐证系伪造", event="E1")


def flagged(stage: Stage) -> None:
    served(stage)
    flag(stage)


def _referral(stage: Stage) -> int:
    found: list[Referral] = stage.scene.referrals()
    return found[0].id or 0


def screen(stage: Stage) -> None:
    number = _referral(stage)
    with stage.scene.open_desk(by=LINKAGE, today=DAY) as desk:
        referrals.screen(desk, number, receiver="discipline", opinion="涉嫌弄虚作假")


def screened(stage: Stage) -> None:
    flagged(stage)
    screen(stage)


def study(stage: Stage) -> None:
    number, minutes = _referral(stage), stage.scene.file("会议纪要.pdf")
    who = (DIRECTOR, "L-DEPUTY", LINKAGE)
    with stage.scene.open_desk(by=LINKAGE, today=DAY) as desk:
        referrals.study(desk, number, note="集体研究同意移送", participants=who, file=minutes)


def studied(stage: Stage) -> None:
    screened(stage)
    study(stage)


def approve(stage: Stage) -> None:
    number = _referral(stage)
    with stage.scene.open_desk(by=DIRECTOR, today=DAY) as desk:
        referrals.approve(desk, number, note="同意")


# what is brought in


def files(stage: Stage) -> None:
    write_county(stage.folder / "hand", UNITS)


def bring_units(stage: Stage) -> None:
    with stage.scene.open_desk(by=COUNTY_DIRECTOR, today=IMPORTED) as desk:
        import_units(desk, stage.folder / "hand" / "units.csv")


def units(stage: Stage) -> None:
    files(stage)
    bring_units(stage)


def bring_people(stage: Stage) -> None:
    with stage.scene.open_desk(by=COUNTY_DIRECTOR, today=IMPORTED) as desk:
        import_people(desk, stage.folder / "hand" / "people.csv")


def people(stage: Stage) -> None:
    units(stage)
    bring_people(stage)


def bring_ledger(stage: Stage) -> None:
    with stage.scene.open_desk(by=COUNTY_OFFICER, today=IMPORTED) as desk:
        import_ledger(desk, stage.folder / "hand" / "ledger.csv")


# what is put by


def put_by(stage: Stage) -> None:
    with stage.scene.open_desk(by=OFFICER, today=date(2026, 9, 1)) as desk:
        pack(desk, "case", FOUND, stage.folder / "packages")


def _archives(stage: Stage) -> list[Path]:
    return sorted((stage.folder / "hand").glob("备份*.tar"))


def back_up(stage: Stage) -> None:
    """Write an archive under a new name, as every night."""
    edge = stage.edge(DAY)
    path = stage.folder / "hand" / f"备份{len(_archives(stage)) + 1}.tar"
    backup(edge.engine, edge.settings, path, edge.clock.now())


def backed_up(stage: Stage) -> None:
    rectifying(stage)
    back_up(stage)


def bring_back(stage: Stage) -> None:
    stage.engine.dispose()
    settings: Settings = stage.settings
    restore(_archives(stage)[-1], settings, stage.edge(DAY).clock.now(), force=True)


def release(stage: Stage) -> None:
    with stage.scene.open_desk(by=OFFICER, today=DAY) as desk:
        release_hold(desk, DIRECTOR)


def on_hold(stage: Stage) -> None:
    served(stage)
    with stage.scene.open_desk(by=OFFICER, today=DAY) as desk:
        desk.session.add(Note(name=HOLD, value="恢复后核对"))


MORE = (
    *(sweep_on(day) for day in (BLUE, YELLOW, RED, BLACK)),
    UseCase("remind", drafted, remind, BLUE),
    UseCase("watch", approved, watch, BLUE),
    UseCase("look up the invariants", served, examine, BLUE),
    UseCase("send the mails", issued, send, date(2026, 4, 8), whole=False, judge=mails_once),
    UseCase("settle a mail that is unknown", unknown, settle_unknown, date(2026, 4, 8)),
    UseCase("propose a calendar", write_table, propose, DAY),
    UseCase("change the calendar", proposed, confirm, DAY),
    UseCase("flag a case", served, flag, DAY),
    UseCase("screen a case", flagged, screen, DAY),
    UseCase("study a case", screened, study, DAY),
    UseCase("approve a transfer", studied, approve, DAY),
    UseCase("bring in the units", files, bring_units, IMPORTED),
    UseCase("bring in the people", units, bring_people, IMPORTED),
    UseCase("bring in an old ledger", people, bring_ledger, IMPORTED),
    UseCase("pack a case for the archive", closed, put_by, date(2026, 9, 1)),
    UseCase("back up", rectifying, back_up, DAY, whole=False, lite=True),
    UseCase("restore", backed_up, bring_back, DAY, whole=False, lite=True),
    UseCase("release the hold", on_hold, release, DAY),
)
