"""The kill campaign: real processes at real work, killed at random instants and at every failpoint."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

from sqlmodel import col, select

from casework.mail.outbox import resolve
from models.message import Message
from system.settings import Settings
from tests.cli.world import OFFICER
from tests.proof.books import Verdict, check_mails, check_world, outcome
from tests.proof.county import World, copy_database, new_world, read_rows
from tests.proof.jobs import DAY
from tests.proof.nursery import FAILED, End, Life, Nursery
from tests.proof.points import failpoints
from tests.proof.postoffice import PostOffice
from tests.proof.powercut import ACCEPTED, cut

UNITS = 12
KILLS_A_WORLD = 60
LIFE, MUTANTS_LIFE = (
    (0.01, 0.2),
    (0.05, 0.12),
)  # seconds before a random kill; a child needs about 0.03 to begin
PAIRS, POINTS = 0.25, 0.5  # shares of lives that are lived by two, and that end at a failpoint
DRAINS = 60
# The jobs as they are drawn: the sender most often, for its deaths are what may cost a mail.
DRAWN = ("send",) * 5 + ("sweep",) * 3 + ("sign",) * 3 + ("seal",) * 3 + ("file", "read", "tell")
WITHOUT_SENDER = DAY[:-1]
Tell = Callable[[str], None]


@dataclass(slots=True)
class Tally:
    """What a campaign has seen.

    struck    kills that fell between two commits of a child's work, not before its first or after its last
    excess    unknown mails beyond one a connection for each killed sender and one for each answer that never came
    """

    kills: int = 0
    struck: int = 0
    worlds: int = 0
    torn: int = 0
    senders: int = 0
    in_doubt: int = 0
    excess: int = 0
    verdict: Verdict = field(default_factory=Verdict)
    points: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.faults and not self.excess and not self.verdict.faults


@dataclass(slots=True)
class Campaign:
    """One campaign: every world has dice of its own, so that a world that fails is played again alone.

    mutant   a broken sender that does all the sending; everything else is done before it begins
    power    each death is a power cut: what was not on the disk yet is torn; `honest`, or on a `lying` disk
    """

    nursery: Nursery
    office: PostOffice
    folder: Path
    seed: int
    units: int = UNITS
    settings: dict[str, Any] = field(default_factory=dict)
    mutant: str = ""
    power: str = ""
    tally: Tally = field(default_factory=Tally)
    reached: dict[str, dict[str, int]] = field(
        default_factory=dict
    )  # {job: {failpoint: how often on a calm day}}
    expected: Mapping[str, object] = field(default_factory=dict)
    promised: set[str] = field(
        default_factory=set
    )  # mails of this world that were once accepted, on the disk

    def run(self, kills: int, tell: Tell = lambda _line: None, *, first: int = 1) -> Tally:
        """Play worlds until so many children were killed."""
        if self.mutant:
            self._prepare(self._world("prepared"))
        else:
            self.live_calmly()
        for number in count(first):
            before = len(self.tally.faults)
            self._play(number, min(KILLS_A_WORLD, kills - self.tally.kills))
            if len(self.tally.faults) > before:
                tell(f"seed {self.seed}, world {number}: {self.tally.faults[before:]}")
            if self.tally.kills >= kills:
                return self.tally
            if number % 10 == 0:
                tell(f"{self.tally.kills} kills, {self.tally.worlds} worlds, {self.tally.verdict}")
        raise AssertionError  # count() does not end

    def live_calmly(self) -> None:
        """Live one day without deaths: what it comes to is expected of all others, and it shows what is reached."""
        world = self._world("calm")
        self.office.mark()
        for job in DAY:
            self.reached[job] = self._alone(world, job).reached
        world = self._drain(world)
        self.expected = outcome(world)
        self.tally.faults += [f"calm: {said}" for said in check_world(world)]
        shutil.rmtree(world.path)

    def _world(self, name: str) -> World:
        return new_world(self.folder / name, self.units, self.office.url, **self.settings)

    def _play(self, number: int, kills: int) -> None:
        dice = Random(f"{self.seed}/{number}")
        world = self._world(f"world{number}")
        self.office.mark()
        self.promised = set()
        if self.mutant:
            copy_database(self.folder / "prepared" / "ducha.db", world.database)
            shutil.copytree(self.folder / "prepared" / "files", world.path / "files")
        senders = 0
        goal = self.tally.kills + kills
        while self.tally.kills < goal and world.minute < 10 * KILLS_A_WORLD:
            world = world.at(world.minute + 1)
            killed = self._one_life(world, dice)
            senders += killed
            if self.mutant and not killed:
                break  # it has come to the end of its mails
        world = self._drain(world)
        self._settle(world, senders, f"world {number}")
        self.tally.worlds += 1
        shutil.rmtree(world.path)

    def _one_life(self, world: World, dice: Random) -> int:
        """Let one or two children live and die; return how many senders were killed."""
        alone = self.mutant or self.power or dice.random() >= PAIRS
        lives = [self._draw(dice) for _ in range(1 if alone else 2)]
        after = (
            None
            if all(one.point for one in lives)
            else dice.uniform(*(MUTANTS_LIFE if self.mutant else LIFE))
        )
        before = _log_of(world)
        ends = self.nursery.live(world, lives, after)
        killed = [end for end in ends if end.killed]
        if self.power and killed:
            accepted, torn = cut(world, dice)
            self.promised |= set(accepted)
            self.tally.torn += torn
        self.tally.kills += len(killed)
        self.tally.struck += len(killed) if _log_of(world) != before else 0
        for life, end in zip(lives, ends, strict=True):
            if end.killed and life.point is not None:
                self.tally.points[life.point[0]] += 1
            if end.code == FAILED and not _is_fair(end, ends):
                self.tally.faults.append(f"{end.job} failed: {end.said['trace'][-1500:]}")
        senders = sum(end.job in ("send", self.mutant) for end in killed)
        self.tally.senders += senders
        return senders

    def _prepare(self, world: World) -> None:
        for job in WITHOUT_SENDER:
            self._alone(world, job)

    def _draw(self, dice: Random) -> Life:
        if self.mutant:
            return Life(self.mutant)
        job = dice.choice(DRAWN)
        reached = sorted(self.reached[job].items())
        if not reached or dice.random() >= POINTS:
            return Life(job, watched=self.power)
        name, times = dice.choice(reached)
        return Life(job, (name, dice.randint(1, min(times, 6))), watched=self.power)

    def _alone(self, world: World, job: str) -> End:
        end = self.nursery.live(world, [Life(job)])[0]
        if end.code != 0:
            self.tally.faults.append(f"{job} alone ended with {end.code}: {end.said}")
        return end

    def _drain(self, world: World) -> World:
        """Let healthy children do what is left; return the world at the hour when nothing was."""
        self._prepare(world)
        for _ in range(DRAINS):
            end = self._alone(world, self.mutant or "send")
            if end.code != 0 or not end.said["left"]:
                break
            world = world.at(world.minute + 30)
        return world

    def _settle(self, world: World, senders: int, name: str) -> None:
        """Compare with the mail server, ask about every unknown mail as a person would, and compare again."""
        first = check_mails(world.database, self.office.taken())
        bound = senders * connections() + self.office.in_doubt()
        self.tally.in_doubt += self.office.in_doubt()
        self.tally.excess += max(0, first.unknown - bound)
        self.tally.faults += [f"{name}: {said}" for said in self._broken_promises(world)]
        settle_by_hand(world, self.office.taken())
        world = self._drain(world.at(world.minute + 1))
        second = check_mails(world.database, self.office.taken())
        second.broken = len(found := check_world(world, self.expected))
        self.tally.faults += [f"{name}: {said}" for said in found]
        if first.faults or second.faults:
            self.tally.faults.append(f"{name}: {first}, settled {second}")
        second.unknown = first.unknown
        self.tally.verdict += second

    def _broken_promises(self, world: World) -> list[str]:
        accepted = {message for (message,) in read_rows(world.database, ACCEPTED)}
        return [
            f"{message} was accepted, and is not any more" for message in sorted(self.promised - accepted)
        ]


def settle_by_hand(world: World, taken: Mapping[str, int]) -> None:
    """Settle every unknown mail as a person who asks the units: it arrived, or it is sent again."""
    edge = world.edge()
    try:
        with edge.desk(by=OFFICER) as desk:
            for mail in desk.session.exec(select(Message).where(col(Message.state) == "unknown")).all():
                resolve(desk, mail.id or 0, "accepted" if taken.get(mail.message_id) else "resend")
    finally:
        edge.engine.dispose()


def connections() -> int:
    """Return over how many connections a sender sends at once: so many mails may be in doubt when it is killed."""
    setting = Settings.model_fields.get("smtp_connections")
    return int(setting.default) if setting is not None else 1


def never_reached(campaign: Campaign) -> set[str]:
    """Return the failpoints of the source that no job has reached."""
    return set(failpoints()) - {name for names in campaign.reached.values() for name in names}


def _is_fair(end: End, ends: list[End]) -> bool:
    """Tell whether a child may fail so: two who sign or seal the same paper, and one is told that it is done."""
    twins = sum(one.job == end.job for one in ends) > 1
    return twins and not {"Refused", "IllegalMove"}.isdisjoint(end.said["error"])


def _log_of(world: World) -> tuple[int, ...]:
    """Return what changes with every commit: size and time of the log and of the database."""
    files = (world.database, world.database.with_name("ducha.db-wal"))
    return tuple(
        part for file in files if file.exists() for part in (file.stat().st_size, file.stat().st_mtime_ns)
    )
