"""Memberships that come with the people file (columns 库 and 任期至): the roster of a pool that is already at work."""

from __future__ import annotations

from datetime import date

from casework.desk import Desk
from casework.staff.membership import pool_rules
from casework.staff.pools import end_of_term, terms_of
from core.errors import InvalidInput
from models.base import key_of
from models.organisation import Person
from models.pool import PoolMember


def enter_by_import(desk: Desk, pool: str, person: Person, until_on: date | None) -> None:
    """Let a person enter a pool as the roster says, or set the end of the present term right.

    What the pool asks of newcomers was settled when they entered; their own unit counts as having recommended them.
    """
    rules = pool_rules(desk, pool)
    terms = terms_of(desk, pool, person)
    running = (
        terms[-1] if terms and terms[-1].exited_on is None and terms[-1].until_on >= desk.today else None
    )
    if running is None:
        last = until_on or end_of_term(desk.today, rules)
        if last < desk.today:
            raise InvalidInput(
                "任期已届满",
                found=f"{person.code} 任期至{last}",
                expected=f"不早于今天（{desk.today}）的届满日",
                remedy="改正“任期至”，或从“库”一列删去",
            )
        running = PoolMember(
            office_id=desk.office_id, person_id=key_of(person), pool=pool, term=len(terms) + 1, from_on=desk.today,
            until_on=last, recommended_by=person.unit_code or "", entered_by=desk.actor.code, entered_on=desk.today,
        )  # fmt: skip
    elif until_on is None or until_on == running.until_on:
        return
    else:
        running.until_on = until_on
    desk.session.add(running)
    desk.session.flush()
    desk.record(
        "person", key_of(person), "enrol", code=person.code, pool=pool, term=running.term,
        from_on=running.from_on.isoformat(), until_on=running.until_on.isoformat(), imported=True,
    )  # fmt: skip
