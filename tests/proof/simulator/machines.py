"""The machines of the office at work: clocks, senders, and what goes wrong with them; whoever dies is born again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from functools import partial

from casework.mail.claiming import count_ready
from core.errors import DuchaError
from flows.duties import run_duty, wants_more
from flows.edge import Edge
from flows.sending import run_outbox
from flows.standby import stand_in
from tests.proof.simulator.fibers import Process
from tests.proof.simulator.mailserver import MailServer
from tests.proof.simulator.office import DAY, SimulatedOffice

Report = dict[str, object]
TIMETABLE = (
    (6.0, "doctor"), (7.5, "intake"), (8.0, "reminders"), (8.25, "watch"), (8.5, "deadlines"), (9.0, "linkage"),
    (9.5, "reports"), (14.0, "intake"),
)  # fmt: skip
LOOKS = (9.9, 14.5)  # hours at which the second clock looks whether the first one works
SENDING = (9.2, 13.0, 17.6)
LAST = 22.75  # everybody is well again: whatever waits goes out before the day is judged
EVERY, AGAIN = 300.0, 10  # seconds between two turns of a sender, and how many while something waits
LOSSES = (5.0, 120.0, 1_800.0, 14_400.0, 1.5 * DAY)  # seconds until a process that died is born again
JUMPS = (timedelta(hours=1), timedelta(hours=-1), timedelta(days=1), timedelta(days=-1))


def employ(office: SimulatedOffice) -> None:
    """Start both clocks and both senders."""
    for name, live in roles(office).items():
        _employ(office, name, live)


def roles(office: SimulatedOffice) -> dict[str, Callable[[SimulatedOffice, str, Edge], None]]:
    """Return who works, by name: those of the second machine end with b."""
    second = follow_timetable if office.plan.twins else look_after
    return {"clock-a": follow_timetable, "clock-b": second, "sender-a": send, "sender-b": send}


def _employ(office: SimulatedOffice, name: str, live: Callable[[SimulatedOffice, str, Edge], None]) -> None:
    host = "b" if name.endswith("b") and office.plan.hosts == 2 else "a"
    process = office.bear(name, host)
    edge = office.edge(host)
    office.note(name, "born", host)
    office.scheduler.start(name, process, partial(live, office, name, edge), office.dice.uniform(0.1, 3.0))


def revive(office: SimulatedOffice) -> None:
    """Let everybody who is dead be born again, now or later: asked a few times a day.

    In the calm before the judge comes, nobody's work is left without anybody to do it, however long both were to be
    away: a mail whose sender died is for the other sender to settle, and a day without any has nothing to be judged.
    """
    for name, live in roles(office).items():
        process = office.processes.get(name)
        if process is None or process.alive:
            continue
        if process.host != "awaited" or (office.calm and _is_missed(office, name)):
            office.processes[name] = Process(name, "awaited", 0, alive=False)
            after = 5.0 if office.calm else office.dice.choice(LOSSES)
            office.scheduler.at(office.scheduler.now + after, partial(_be_born, office, name, live))


def _is_missed(office: SimulatedOffice, name: str) -> bool:
    """Tell whether nobody does the work of a process that died."""
    kind = name.rpartition("-")[0]
    return not any(one.alive for other, one in office.processes.items() if other.rpartition("-")[0] == kind)


def _be_born(office: SimulatedOffice, name: str, live: Callable[[SimulatedOffice, str, Edge], None]) -> None:
    if not office.processes[name].alive:
        _employ(office, name, live)


def follow_timetable(office: SimulatedOffice, name: str, edge: Edge) -> None:
    """Run every job once, then each at its hour, as flows/clock.py does."""
    for _hour, job in TIMETABLE:
        _attempt(office, name, job, partial(run_duty, edge, job))
    for job in _hours(office, TIMETABLE):
        _attempt(office, name, job, partial(run_duty, edge, job))


def look_after(office: SimulatedOffice, name: str, edge: Edge) -> None:
    """Do what is late, as flows/standby.py does; what fails there is only logged."""
    run = partial(_stand_in_duty, office, name)
    for _look in _hours(office, [(hour, "look") for hour in LOOKS]):
        late = stand_in(edge, run)
        office.note(name, "stands in", " ".join(late))


def _stand_in_duty(office: SimulatedOffice, name: str, edge: Edge, job: str) -> Report:
    return _told(office, name, job, partial(run_duty, edge, job))


def send(office: SimulatedOffice, name: str, edge: Edge) -> None:
    """Send what is ready, some times a day and once more before the day is judged."""
    deliver = run_outbox if not office.plan.sender else _mutant(office)
    for what in _hours(office, [*((hour, "outbox") for hour in SENDING), (LAST, "outbox")]):
        for _again in range(AGAIN):
            _attempt(office, name, what, partial(deliver, edge))
            if not _is_left(office):
                break
            office.scheduler.pause(EVERY)


def _is_left(office: SimulatedOffice) -> bool:
    """Tell whether a mail waits that may go now; where none does, the turns of every five minutes are left out."""
    with office.desk(readonly=True) as desk:
        return desk.on_hold is None and count_ready(desk, now_only=True) > 0


def _mutant(office: SimulatedOffice) -> Callable[[Edge], Report]:
    from tests.proof.simulator.broken import SENDERS  # a sender that is wrong, for the test of the test

    return SENDERS[office.plan.sender]


def _hours(office: SimulatedOffice, plan: Sequence[tuple[float, str]]) -> Iterator[str]:
    """Yield what comes next, at its hour of each day, a little late as always."""
    entries = sorted(plan)
    while True:
        now = office.scheduler.now
        day, hour = divmod(now, DAY)
        following = [entry for entry in entries if entry[0] * 3600 > hour]
        at, what = following[0] if following else entries[0]
        start = (day if following else day + 1) * DAY + at * 3600
        office.scheduler.pause(start - now)
        office.scheduler.pause(office.dice.uniform(0.0, 40.0))
        yield what


def _attempt(office: SimulatedOffice, name: str, job: str, do: Callable[[], Report]) -> None:
    """Run a job to its end, as flows/clock.py does."""
    more = True
    while more:
        try:
            more = wants_more(_told(office, name, job, do))
        except DuchaError:
            return


def _told(office: SimulatedOffice, name: str, job: str, do: Callable[[], Report]) -> Report:
    """Run a job once, and write down how it went; raise what it raises."""
    try:
        report = do()
    except DuchaError as error:
        office.note(name, job, f"{type(error).__name__}: {error.what}")
        raise
    except Exception as error:  # whatever a job does not know is a fault of the product, and told as one
        office.fail(f"{name} {job}: {type(error).__name__}: {str(error)[:300]}")
        raise
    office.note(name, job, _brief(report))
    if report.get("set_aside"):
        office.fail(f"{name} {job} has set aside: {report['set_aside']}")
    return report


def _brief(report: Report) -> str:
    """Return what of a report is not zero, in one line."""
    if job := report.get("invariants"):
        assert isinstance(job, list)
        return " ".join(f"{one['id']}:{one['checked']}/{one['broken']}" for one in job)
    told = {key: {name: one for name, one in value.items() if one} if isinstance(value, dict) else value
            for key, value in report.items()}  # fmt: skip
    return " ".join(f"{key}={value}" for key, value in sorted(told.items()) if value and key != "today")


def trouble(office: SimulatedOffice, server: MailServer) -> None:
    """Draw what goes wrong on a day from outside: a clock that jumps, a server that is away, a kill between steps."""
    start = office.scheduler.now
    if office.happens(0.04):
        host = office.dice.choice(["a", "b"][: office.plan.hosts])
        begin = start + office.dice.uniform(7.0, 12.0) * 3600
        jump = office.dice.choice(JUMPS).total_seconds()
        office.scheduler.at(begin, partial(_jump, office, host, jump))
        office.scheduler.at(
            begin + office.dice.choice((60.0, 3600.0, 8 * 3600.0)), partial(_jump, office, host, 0.0)
        )
    if office.happens(0.06):
        begin = start + office.dice.uniform(9.0, 16.0) * 3600
        office.scheduler.at(begin, partial(_go_away, office, server, office.dice.uniform(600, 12_000)))
    for _kill in range(2):
        if office.happens(0.1):
            office.scheduler.at(start + office.dice.uniform(6.0, 18.0) * 3600, partial(_kill_one, office))


def _jump(office: SimulatedOffice, host: str, seconds: float) -> None:
    office.offsets[host] = seconds
    office.ahead_until = max(office.ahead_until, office.scheduler.now + seconds)
    office.note(f"host-{host}", "clock", f"{seconds:+.0f} s")


def _go_away(office: SimulatedOffice, server: MailServer, seconds: float) -> None:
    server.down_until = office.scheduler.now + seconds
    office.note("server", "away", f"{seconds:.0f} s")


def _kill_one(office: SimulatedOffice) -> None:
    process = office.dice.choice([one for _name, one in sorted(office.processes.items())])
    if process.alive:
        office.note(process.name, "killed")
        office.scheduler.kill(process)
