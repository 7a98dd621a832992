"""The names behind the codes of actors, for pages that show who did something."""

from __future__ import annotations

from sqlmodel import col, select

from casework.desk import SYSTEM, Desk
from casework.remembering import remembered
from casework.staff.people import CONTACT_LABELS
from models.account import Account
from models.organisation import Person, Unit


class Naming:
    """Tells how an actor is written; asks the database once, when the first name is needed."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._names: dict[str, str] | None = None

    def __call__(self, code: str | None) -> str:
        """Return the name of an actor, the code itself where nobody has it, "" for nobody."""
        if not code:
            return ""
        if self._names is None:
            self._names = remembered(self._desk, ("names",), self._read)
        place, _, role = code.rpartition(":")
        if place in self._names and role in CONTACT_LABELS:
            return f"{self._names[place]}{CONTACT_LABELS[role]}"
        return self._names.get(code, code)

    def _read(self) -> dict[str, str]:
        """Return {code: name} of posts, people, units and administrators with one query."""
        people = select(col(Person.code), col(Person.name)).where(
            col(Person.office_id) == self._desk.office_id
        )
        units = select(col(Unit.code), col(Unit.name)).where(col(Unit.office_id) == self._desk.office_id)
        admins = select("@" + col(Account.login), col(Account.name)).where(
            col(Account.office_id) == self._desk.office_id, col(Account.admin).is_not(None)
        )
        names = {
            str(code): str(name) for code, name in self._desk.session.execute(people.union_all(units, admins))
        }
        posts = {code: leader.name for code, leader in self._desk.office_rules.leaders.items()}
        return {SYSTEM: "系统", **names, **posts}
