"""Random calendar changes over random open cases: due dates follow from the facts, and none ever moves earlier."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest
import sqlalchemy as sa

from casework.calendar.calendars import confirm_year, propose
from casework.calendar.yearsources import YearTable
from casework.rectification.cases import act_on_case
from casework.upkeep.doctor import examine
from core.rulebook import CalendarYear
from models.base import table_of
from models.rectification import Rectification
from tests.casework.conftest import OpenDesk
from tests.casework.past import CAMPAIGN, mail_out, notified

SIGNED_ON = date(2026, 12, 15)
FINDINGS = 5
CHANGES = 8
ONE_DAY = timedelta(1)
Works = dict[date, bool]


@dataclass
class Facts:
    """What the test itself remembers of a case: the period, then days suspended or a day named."""

    count: int
    suspended: int = 0
    named: date | None = None
    told: list[date] = field(default_factory=list)


def code(number: int) -> str:
    return f"{CAMPAIGN}-D001-{number}"


def works_by(tables: list[CalendarYear]) -> Works:
    """Return the working days of two years as the tables say, day by day."""
    off = {day for table in tables for day in table.off}
    work = {day for table in tables for day in table.work}
    days = (date(2026, 1, 1) + timedelta(i) for i in range(730))
    return {day: day in work or (day.weekday() < 5 and day not in off) for day in days}


def walk(works: Works, start: date, count: int) -> date:
    """Count working days one by one."""
    day = start
    while count:
        day += ONE_DAY
        count -= works[day]
    return day


def derive(works: Works, facts: Facts) -> date:
    due = facts.named or walk(works, SIGNED_ON, facts.count)
    return walk(works, due, facts.suspended)


def random_year(random: Random) -> CalendarYear:
    """Return a table of 2027 that an office might import, right or wrong."""
    days = [date(2027, 1, 1) + timedelta(i) for i in range(24)]
    off = sorted(random.sample(days, random.randint(0, 14)))
    weekend = [day for day in days if day.weekday() >= 5 and day not in off]
    work = sorted(random.sample(weekend, random.randint(0, min(3, len(weekend)))))
    return CalendarYear(
        year=2027, status="official", source=f"通知{random.random()}", off=tuple(off), work=tuple(work)
    )


def stored(open_desk: OpenDesk) -> list[tuple[date, bool]]:
    case = table_of(Rectification)
    with open_desk(by=None, today=date(2026, 12, 25), readonly=True) as desk:
        query = sa.select(case.c.due_on, case.c.due_provisional).order_by(case.c.id)
        return [(row.due_on, row.due_provisional) for row in desk.session.connection().execute(query)]


def live(open_desk: OpenDesk, random: Random) -> list[Facts]:
    """Let each case have a life of its own before the calendar changes; return what is known of it."""
    with open_desk(by=None, today=SIGNED_ON, readonly=True) as desk:
        works = works_by(list(desk.rules.calendars.values()))
    lives = []
    for number in range(1, FINDINGS + 1):
        due = stored(open_desk)[number - 1][0]
        facts = Facts(
            count=sum(works[SIGNED_ON + timedelta(i)] for i in range(1, (due - SIGNED_ON).days + 1))
        )
        fate = random.choice(("quiet", "suspended", "extended", "both"))
        if fate in ("extended", "both"):
            facts.named = due + timedelta(random.randint(1, 5))
            with open_desk(by="D001:liaison", today=date(2026, 12, 16)) as desk:
                act_on_case(
                    desk, code(number), "request_extension", note="待批复",
                    values={"until": facts.named.isoformat()},
                )  # fmt: skip
            with open_desk(by="L-DIRECTOR", today=date(2026, 12, 17)) as desk:
                act_on_case(
                    desk, code(number), "decide_extension", note="属实", values={"verdict": "granted"}
                )
        if fate in ("suspended", "both"):
            until = date(2026, 12, 18) + timedelta(random.randint(0, 6))
            facts.suspended = sum(
                works[date(2026, 12, 18) + timedelta(i)]
                for i in range(1, (until - date(2026, 12, 18)).days + 1)
            )
            with open_desk(by="L-DIRECTOR", today=date(2026, 12, 18)) as desk:
                act_on_case(desk, code(number), "suspend", note="诉讼")
            with open_desk(by="L-DIRECTOR", today=until) as desk:
                act_on_case(desk, code(number), "resume")
        lives.append(facts)
    return lives


@pytest.mark.parametrize("seed", [3, 11, 27])
def test_random_changes_of_the_calendar_only_ever_move_due_dates_later_and_as_derived(
    open_desk: OpenDesk, tmp_path: Path, seed: int
) -> None:
    random = Random(seed)
    notified(open_desk, tmp_path, signed_on=SIGNED_ON, findings=FINDINGS)
    mail_out(open_desk, SIGNED_ON)
    lives = live(open_desk, random)
    moved = 0
    for _ in range(CHANGES):
        before = [due for due, _maybe in stored(open_desk)]
        table = random_year(random)
        with open_desk(by="P02", today=date(2026, 12, 25)) as desk:
            said = propose(desk, YearTable(table, "通知.yaml"))
        with open_desk(by="L-DIRECTOR", today=date(2026, 12, 25)) as desk:
            done = confirm_year(desk, 2027, str(said["sha256"]))
            known = [table if year == 2027 else one for year, one in desk.rules.calendars.items()]
        works = works_by(known)
        after = stored(open_desk)
        expected = [max(old, derive(works, facts)) for old, facts in zip(before, lives, strict=True)]
        assert [due for due, _maybe in after] == expected
        assert not any(maybe for _due, maybe in after)
        assert (done["moved"], done["firm"]) == (said["moved"], said["firm"])
        assert isinstance(done["moved"], list)
        moved += len(done["moved"])
        with open_desk(by=None, today=date(2026, 12, 25), readonly=True) as desk:
            health = examine(desk)
        assert {one.id: one.examples for one in health.invariants if one.broken} == {}
        assert not any("早于按现行" in text for text in health.warnings)
    assert moved
