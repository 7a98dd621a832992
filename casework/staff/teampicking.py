"""Who may take a member's place, with names, for choosing on a page."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import col, select

from casework.desk import Desk
from casework.staff.teams import Candidate, candidates
from models.organisation import Person


@dataclass(frozen=True, slots=True)
class Choice:
    """Somebody who may come, or may not, and why."""

    name: str
    known: Candidate

    @property
    def may_come(self) -> bool:
        return not self.known.against


def pick_candidates(desk: Desk, visit_id: int, leaving: str) -> list[Choice]:
    """Return everybody who might take a member's place, those who may first, the least loaded first."""
    names = names_of(desk)
    return [Choice(names.get(one.code, one.code), one) for one in candidates(desk, visit_id, leaving)]


def names_of(desk: Desk) -> dict[str, str]:
    """Return {code: name} of the people of the office's pool."""
    query = select(Person.code, Person.name).where(col(Person.office_id) == desk.office_id)
    return dict(desk.session.exec(query).all())
