"""The pools as people read them: each pool with its counts, its members with their terms, hours and visits."""

from __future__ import annotations

from sqlmodel import col, select

from casework.desk import Desk
from casework.staff.membership import pool_rules
from casework.staff.people import split
from casework.staff.pools import find_person, hours_in, visits_in
from core.codes import CAMPAIGN_KIND_LABELS, LINE_LABELS
from core.errors import NotAllowed
from models.base import key_of
from models.organisation import Person
from models.pool import PoolMember, Training


def list_pools(desk: Desk) -> list[dict[str, object]]:
    """Return every pool of the rules with how many are in it, end soon, and are short of training."""
    refuse_units(desk)
    found: list[dict[str, object]] = []
    for key, rules in sorted(desk.rules.pools.items()):
        members = list_members(desk, key)
        found.append(
            {
                "pool": key,
                "name": rules.name,
                "line": LINE_LABELS[rules.line],
                "members": len(members),
                "ending": sum(bool(one["ends_soon"]) for one in members),
                "training_short": sum(bool(one["hours_short"]) for one in members),
            }
        )
    return found


def show_pool(desk: Desk, key: str) -> dict[str, object]:
    """Return the rules of a pool in words, and its members by speciality."""
    refuse_units(desk)
    rules = pool_rules(desk, key)
    members = list_members(desk, key)
    by_word: dict[str, int] = {}
    for member in members:
        for word in str(member["specialties"]).split("、"):
            by_word[word] = by_word.get(word, 0) + 1
    parts = [f"{name}1人" for name in rules.composition.each_of]
    parts += (
        [f"按单位职能{rules.composition.plus_by_functions}人"] if rules.composition.plus_by_functions else []
    )
    parts += [f"其中{name}不少于{count}人" for name, count in rules.composition.at_least.items()]
    return {
        "pool": key,
        "name": rules.name,
        "line": LINE_LABELS[rules.line],
        "serves": "、".join(CAMPAIGN_KIND_LABELS[kind] for kind in rules.serves),
        "composition": "、".join(parts),
        "term_years": rules.term_years,
        "max_terms": rules.max_terms,
        "training_hours": rules.training_hours,
        "former_years": rules.recusal.former_years,
        "declaration": rules.recusal.declaration,
        "entry": "；".join(rules.entry.conditions),
        "members": len(members),
        "by_specialty": dict(sorted(by_word.items())),
    }


def list_members(desk: Desk, key: str, *, every: bool = False) -> list[dict[str, object]]:
    """Return the members of a pool by code, with term, hours and visits of this year.

    every   also those whose term is over or who left
    """
    refuse_units(desk)
    rules = pool_rules(desk, key)
    hours, visits = hours_in(desk, desk.today.year), visits_in(desk, desk.today.year)
    query = (
        select(PoolMember, Person)
        .join(Person, col(Person.id) == col(PoolMember.person_id))
        .where(col(PoolMember.office_id) == desk.office_id, col(PoolMember.pool) == key)
        .order_by(col(Person.code), col(PoolMember.term))
    )
    rows = list(desk.session.exec(query))
    newest = {person.id: row.id for row, person in rows}
    found: list[dict[str, object]] = []
    for row, person in rows:
        running = row.exited_on is None and row.from_on <= desk.today <= row.until_on
        if not every and not running:
            continue
        had = hours.get(key_of(person), 0)
        left = (row.until_on - desk.today).days
        renewed = newest[person.id] != row.id
        found.append(
            {
                **_describe_term(row, person),
                "ends_soon": running and not renewed and left <= rules.ending_notice_days,
                "hours": had,
                "hours_short": max(rules.training_hours - had, 0),
                "visits": visits.get(key_of(person), 0),
            }
        )
    return found


def _describe_term(row: PoolMember, person: Person) -> dict[str, object]:
    return {
        "code": person.code,
        "name": person.name,
        "unit": person.unit_code,
        "specialties": row.specialties or person.specialties,
        "roles": person.roles,
        "term": row.term,
        "from": row.from_on.isoformat(),
        "until": row.until_on.isoformat(),
        "exited_on": row.exited_on.isoformat() if row.exited_on else None,
        "exit_reason": row.exit_reason,
    }


def list_training(desk: Desk, code: str) -> list[dict[str, object]]:
    """Return the training of a person, the newest first."""
    refuse_units(desk)
    person = find_person(desk, code)
    query = select(Training).where(col(Training.person_id) == person.id)
    return [
        {"on": row.on_day.isoformat(), "hours": row.hours, "topic": row.topic}
        for row in desk.session.exec(query.order_by(col(Training.on_day).desc()))
    ]


def specialties_of(row: PoolMember, person: Person) -> tuple[str, ...]:
    """Return the specialities somebody has in a pool."""
    return split(row.specialties) or split(person.specialties)


def refuse_units(desk: Desk) -> None:
    """Refuse the contacts of units: who is in the pool, and what is said about them, is the office's own."""
    if desk.actor.speaks_for_unit:
        raise NotAllowed(
            "无权查看人才库和督察组内部情况",
            found=desk.actor.code,
            expected="督察单位人员",
            remedy="如需申请回避，运行 ducha recusal declare",
        )
