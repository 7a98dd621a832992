from __future__ import annotations

import random
from datetime import date, timedelta
from itertools import pairwise

import pytest
import sqlalchemy as sa

from casework.counts.statistics import count
from casework.desk import Desk
from casework.reports.periods import close_period, closed_periods, read_kind
from casework.reports.periodview import describe_period
from casework.reports.periodwatch import watch_periods
from casework.tasks import list_tasks
from casework.upkeep.doctor import examine
from core.calendar.periods import PeriodKind
from core.errors import InvalidInput, NotAllowed, Refused
from models.base import table_of
from models.campaign import Finding
from models.period import StatPeriod
from tests import make
from tests.casework.conftest import OpenDesk

HALF = PeriodKind.HALF_MONTH
MARCH_1, MARCH_2, APRIL_1 = date(2026, 3, 1), date(2026, 3, 16), date(2026, 4, 1)


def start(open_desk: OpenDesk) -> None:
    with open_desk(today=date(2026, 3, 1)) as desk:
        make.make_campaign(desk)
        make.make_unit(desk)
        make.make_person(desk, "P90", roles="officer")


def find(desk: Desk, code: str, on: date, **values: object) -> None:
    from sqlmodel import select

    from models.campaign import Campaign
    from models.organisation import Unit

    campaign, unit = desk.session.exec(select(Campaign)).one(), desk.session.exec(select(Unit)).one()
    make.make_finding(desk, campaign, unit, code, found_on=on, **values)


def withdraw(desk: Desk, code: str) -> None:
    finding = table_of(Finding)
    desk.session.execute(sa.update(finding).where(finding.c.code == code).values(state="withdrawn"))


def confirmed(desk: Desk, first: date, last: date) -> int:
    return int(count(desk, from_on=first, to_on=last).value("findings.confirmed") or 0)


def test_what_comes_late_leaves_the_closed_period_as_it_was_and_counts_in_the_next_one(
    open_desk: OpenDesk,
) -> None:
    start(open_desk)
    with open_desk(by="P90", today=date(2026, 3, 17)) as desk:
        find(desk, "Q1", date(2026, 3, 3))
        row = close_period(desk, HALF, MARCH_1)
        told = row.sha256
    with open_desk(by="P90", today=date(2026, 3, 20)) as desk:
        find(desk, "Q2", date(2026, 3, 5))
        find(desk, "Q3", date(2026, 3, 18))
    with open_desk(by="P90", today=date(2026, 4, 2)) as desk:
        assert confirmed(desk, MARCH_1, date(2026, 3, 15)) == 1
        assert confirmed(desk, MARCH_2, date(2026, 3, 31)) == 2
        shown = describe_period(desk, HALF, MARCH_2)
        assert shown["late"]["findings.confirmed"] == 1
        close_period(desk, HALF, MARCH_2)
        assert confirmed(desk, MARCH_2, date(2026, 3, 31)) == 2
        assert confirmed(desk, APRIL_1, date(2026, 4, 15)) == 0
        assert describe_period(desk, HALF, MARCH_1)["sha256"] == told


def test_what_is_taken_back_later_is_taken_off_the_next_period(open_desk: OpenDesk) -> None:
    start(open_desk)
    with open_desk(by="P90", today=date(2026, 3, 17)) as desk:
        find(desk, "Q1", date(2026, 3, 3))
        find(desk, "Q2", date(2026, 3, 3))
        close_period(desk, HALF, MARCH_1)
    with open_desk(by="P90", today=date(2026, 4, 2)) as desk:
        desk.session.execute(
            sa.update(table_of(Finding)).where(table_of(Finding).c.code == "Q2").values(state="withdrawn")
        )
        close_period(desk, HALF, MARCH_2)
    with open_desk(by="P90", today=date(2026, 4, 20)) as desk:
        assert confirmed(desk, MARCH_1, date(2026, 3, 15)) == 2
        assert confirmed(desk, MARCH_2, date(2026, 3, 31)) == -1
        assert confirmed(desk, APRIL_1, date(2026, 4, 15)) == 0


@pytest.mark.parametrize("seed", range(4))
def test_consecutive_periods_always_sum_to_what_happened_in_all_of_them(
    open_desk: OpenDesk, seed: int
) -> None:
    start(open_desk)
    chance = random.Random(seed)
    number = 0
    firsts = [date(2026, month, day) for month in (3, 4, 5) for day in (1, 16)]
    for first, after in pairwise(firsts):
        with open_desk(by="P90", today=after + timedelta(1)) as desk:
            for _ in range(chance.randrange(4)):
                number += 1
                find(
                    desk,
                    f"Q{number}",
                    date(2026, 3, 1) + timedelta(chance.randrange((after - date(2026, 3, 1)).days)),
                )
            if number and chance.random() < 0.4:
                code = f"Q{chance.randint(1, number)}"
                desk.session.execute(
                    sa.update(table_of(Finding))
                    .where(table_of(Finding).c.code == code)
                    .values(state="withdrawn")
                )
            close_period(desk, HALF, first)
    with open_desk(by="P90", today=date(2026, 6, 1), readonly=True) as desk:
        closed = closed_periods(desk, HALF)
        told = [confirmed(desk, row.from_on, row.to_on) for row in closed]
        assert sum(told) == confirmed(desk, firsts[0], firsts[-1] - timedelta(1))


def test_a_period_is_closed_once_in_order_and_after_its_end(open_desk: OpenDesk) -> None:
    start(open_desk)
    with open_desk(by="P90", today=date(2026, 3, 15)) as desk, pytest.raises(Refused, match="尚未结束"):
        close_period(desk, HALF, MARCH_1)
    with open_desk(by="P90", today=date(2026, 5, 2)) as desk:
        close_period(desk, HALF, MARCH_1)
        with pytest.raises(Refused, match="已结账"):
            close_period(desk, HALF, date(2026, 3, 9))
        with pytest.raises(Refused, match="2026年3月下半月"):
            close_period(desk, HALF, APRIL_1)
    with open_desk(by="D001:liaison", today=date(2026, 5, 2)) as desk, pytest.raises(NotAllowed):
        close_period(desk, HALF, MARCH_2)
    with pytest.raises(InvalidInput):
        read_kind("week")


def test_the_doctor_and_every_reader_see_a_changed_copy(open_desk: OpenDesk) -> None:
    start(open_desk)
    with open_desk(by="P90", today=date(2026, 3, 17)) as desk:
        close_period(desk, HALF, MARCH_1)
    with open_desk(readonly=True) as desk:
        assert [one.broken for one in examine(desk).invariants if one.id == "INV-14"] == [0]
    with open_desk() as desk:
        desk.session.execute(
            sa.update(table_of(StatPeriod)).values(content='{"numbers": {"groups": []}, "late": {}}')
        )
    with open_desk(readonly=True) as desk:
        assert [one.broken for one in examine(desk).invariants if one.id == "INV-14"] == [1]
        with pytest.raises(Refused, match="被改动"):
            count(desk, from_on=MARCH_1, to_on=date(2026, 3, 15))


def test_kinds_of_period_are_closed_apart_from_one_another(open_desk: OpenDesk) -> None:
    start(open_desk)
    with open_desk(by="P90", today=date(2026, 4, 2)) as desk:
        find(desk, "Q1", date(2026, 3, 3))
        close_period(desk, PeriodKind.MONTH, MARCH_1)
        find(desk, "Q2", date(2026, 3, 4))
        assert confirmed(desk, MARCH_1, date(2026, 3, 31)) == 1
        assert confirmed(desk, MARCH_1, date(2026, 3, 15)) == 2


def test_the_watch_asks_once_for_what_is_over_and_closing_answers_it(open_desk: OpenDesk) -> None:
    start(open_desk)
    with open_desk(today=date(2026, 3, 16)) as desk:
        assert watch_periods(desk) == {"closing": 2, "annual": 0}
        assert watch_periods(desk) == {"closing": 0, "annual": 0}
    with open_desk(by="P90", today=date(2026, 3, 17)) as desk:
        assert watch_periods(desk) == {"closing": 0, "annual": 1}
        titles = {task.title: task.due_on for task in list_tasks(desk)}
        assert titles["2026年3月上半月统计结账"] == date(2026, 3, 18)
        assert titles["法治政府建设年度报告向社会公开"] == date(2026, 3, 31)
        close_period(desk, HALF, MARCH_1)
        assert "2026年3月上半月统计结账" not in {task.title for task in list_tasks(desk)}
