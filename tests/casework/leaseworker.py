"""A process that works under a lease until it is told to end, and writes down when; started by test_lease_races.py.

python -m tests.casework.leaseworker race URL SECTIONS     as many sections as can be had
python -m tests.casework.leaseworker between URL           holds, waits for a line, writes
python -m tests.casework.leaseworker inside URL            holds, begins to write, waits for a line, commits
"""

from __future__ import annotations

import random
import sys
import time

import sqlalchemy as sa
from sqlmodel import Session

from casework.leases import Hold, give_lease, prove_lease, take_lease
from core.errors import DuchaError
from models.database import make_engine, transaction

OFFICE, SECONDS = 1, 1.0
# Made by the test: one row a step that was committed.
WRITE = sa.text("INSERT INTO history (fence, began, ended) VALUES (:fence, :began, clock_timestamp())")


def step(engine: sa.Engine, hold: Hold, pause: float = 0.0, *, wait: bool = False) -> None:
    """Do a piece of work in one transaction."""
    with transaction(engine) as session:
        prove_lease(session, hold)
        began = session.connection().execute(sa.text("SELECT clock_timestamp()")).scalar_one()
        time.sleep(pause)
        if wait:
            say("holding")
            sys.stdin.readline()
        session.connection().execute(WRITE, {"fence": hold.fence, "began": began})


def take(engine: sa.Engine) -> Hold | None:
    with transaction(engine) as session:
        return take_lease(session, OFFICE, "sweep", 0, SECONDS)


def race(engine: sa.Engine, sections: int) -> None:
    """Take the lease as often as wanted; work three steps each time, and sometimes forget to give it back."""
    dice, done = random.Random(), 0
    while done < sections:
        done += section(engine, dice)
        time.sleep(dice.uniform(0, 0.01))


def section(engine: sa.Engine, dice: random.Random) -> bool:
    try:
        hold = take(engine)
        if hold is None:
            return False
        for _ in range(3):
            step(engine, hold, dice.uniform(0, 0.01))
        with transaction(engine) as session:
            give_lease(session, hold)
    except DuchaError:
        return False  # overtaken, or cut off by the server while it was stopped
    return True


def take_slowly(engine: sa.Engine) -> None:
    """Take the lease, but commit only after a line."""
    try:
        with transaction(engine) as session:
            take_lease(session, OFFICE, "sweep", 0, SECONDS)
            say("holding")
            sys.stdin.readline()
            session.connection().execute(sa.text("SELECT 1"))
    except DuchaError as error:
        say(type(error).__name__)


def hold_and_write(engine: sa.Engine, where: str) -> None:
    """Hold the lease, wait for a line between two transactions or inside one, and say how the writing ended."""
    hold = take(engine)
    assert hold is not None
    try:
        if where == "between":
            say("holding")
            sys.stdin.readline()
        step(engine, hold, wait=where == "inside")
        say("written")
    except DuchaError as error:
        say(type(error).__name__)


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201  # how the test hears of it


def main(what: str, url: str, *more: str) -> None:
    engine = make_engine(url)
    with Session(engine) as session:
        session.connection()  # the first connection takes long, and would be taken for a stall
    if what == "race":
        race(engine, int(more[0]))
    elif what == "taking":
        take_slowly(engine)
    else:
        hold_and_write(engine, what)


if __name__ == "__main__":
    main(*sys.argv[1:])
