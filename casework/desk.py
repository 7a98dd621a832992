"""The desk at which a verb works: session, office, rules, calendar, actor, day and instant.

An edge opens a desk, calls verbs, and the desk writes the audit entries and commits when the block ends well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import sqlalchemy as sa
from sqlmodel import Session

from casework.commits import COMMITS
from casework.holds import REASON
from casework.leases import Hold, prove_lease
from casework.rulesets.library import calendar_of, rule_files, rules_of_office
from core.calendar.workdays import Calendar
from core.errors import InvalidInput, NotFound
from core.rulebook import Office as OfficeRules
from core.rulebook import Rulebook
from models.audit import Change, append_changes, shard_of, start_chains
from models.base import table_of
from models.campaign import Campaign
from models.chains import keep_chains
from models.database import Door, reading, transaction
from models.isolation import SETTING, enter_office
from models.organisation import Office, Unit
from system.failpoints import reach
from system.settings import Settings

SYSTEM = "system"
OFFICE = table_of(Office)
OFFICE_BY_CODE = sa.select(OFFICE, REASON.label("on_hold")).where(OFFICE.c.code == sa.bindparam("code"))
# Finds the office and enters it in one go.
ENTERED = OFFICE_BY_CODE.add_columns(sa.func.set_config(SETTING, sa.cast(OFFICE.c.id, sa.Text), True))


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person of the pool, a leader of the office, a contact of a unit, or the machine itself.

    shut     reads no work secrets: came in by the link of a mail to a mailbox outside the office's own domains
    sealed   learns nothing of the compartment of linkage: a program whose key is not for it
    """

    code: str
    name: str
    roles: frozenset[str]
    unit_code: str | None = None
    is_machine: bool = False
    shut: bool = False
    sealed: bool = False

    @property
    def speaks_for_unit(self) -> bool:
        return "unit" in self.roles


MACHINE = Actor(SYSTEM, "系统", frozenset({"officer"}), is_machine=True)


@dataclass(slots=True)
class Desk:
    """Everything a verb needs; `today` is the civil day in Asia/Shanghai, `now` the aware instant in UTC."""

    session: Session
    office: Office
    settings: Settings
    rules: Rulebook
    actor: Actor
    today: date
    now: datetime
    on_hold: str | None = None  # why nothing may be claimed, swept or numbered: after a restore
    changes: list[Change] = field(default_factory=list)
    causes: set[str] = field(default_factory=set)  # of the open tasks, where a run comes to many: tasks.py
    _campaigns: dict[int, Campaign] = field(default_factory=dict)
    _units: dict[int, Unit] = field(default_factory=dict)
    held: set[tuple[type, int]] = field(default_factory=set)  # rows that this transaction has locked
    seen_commits: int = 0  # of this process, all of which this desk sees
    wrote: bool = False  # history, in this transaction
    _calendar: Calendar | None = None

    @property
    def office_id(self) -> int:
        assert self.office.id is not None  # a desk is opened on a stored office
        return self.office.id

    @property
    def calendar(self) -> Calendar:
        """The calendar in force, read when somebody first counts days: many desks never do."""
        if self._calendar is None:
            self._calendar = calendar_of(self.session, self.office, self.rules)
        return self._calendar

    @calendar.setter
    def calendar(self, calendar: Calendar) -> None:
        self._calendar = calendar

    @property
    def office_rules(self) -> OfficeRules:
        return self.rules.offices[self.office.code]

    @property
    def files(self) -> Path:
        return self.settings.files

    def know(self, unit: Unit, campaign: Campaign | None = None) -> None:
        """Keep rows that were read with others, so that nobody reads them again."""
        if unit.id is not None:
            self._units[unit.id] = unit
        if campaign is not None and campaign.id is not None:
            self._campaigns[campaign.id] = campaign

    def campaign(self, campaign_id: int) -> Campaign:
        """Return a campaign, read once per desk: every case on its ladder asks for it."""
        known = self._campaigns.get(campaign_id)
        if known is None:
            known = self.session.get_one(Campaign, campaign_id)
            self._campaigns[campaign_id] = known
        return known

    def unit(self, unit_id: int) -> Unit:
        """Return a unit, read once per desk: every step of an act on a case asks for it."""
        known = self._units.get(unit_id)
        if known is None:
            known = self.session.get_one(Unit, unit_id)
            self._units[unit_id] = known
        return known

    def record(
        self,
        subject: str,
        subject_id: int,
        act: str,
        *,
        unit_id: int | None = None,
        from_state: str = "",
        to_state: str = "",
        on: date | None = None,
        detail: Mapping[str, object] | None = None,
        **more: object,
    ) -> None:
        """Note one change; it is written with the others when the desk closes."""
        said = {
            key: value for key, value in {**(detail or {}), **more}.items() if value not in (None, "", (), [])
        }
        self.changes.append(
            Change(
                shard_of(unit_id),
                on or self.today,
                self.actor.code,
                subject,
                subject_id,
                act,
                from_state,
                to_state,
                said or None,
            )
        )

    @contextmanager
    def apart(self) -> Iterator[None]:
        """Do a part in a savepoint: when it fails, it alone has not happened, and its history neither."""
        noted = len(self.changes)
        try:
            with self.session.begin_nested():
                yield
        except BaseException:
            del self.changes[noted:]
            raise

    def flush_changes(self) -> None:
        """Write the noted changes to their chains."""
        self.wrote = self.wrote or bool(self.changes)
        kept = keep_chains(self.session, self.office_id, self.changes)
        append_changes(self.session, self.office_id, kept, self.now)
        self.changes.clear()


@contextmanager
def at_desk(
    engine: Door,
    settings: Settings,
    *,
    by: str | Actor | None,
    today: date,
    now: datetime,
    readonly: bool = False,
    hold: Hold | None = None,
) -> Iterator[Desk]:
    """Open a desk in one transaction; on a clean end write the audit entries and commit, else nothing happened.

    by       person code, office post code, `<unit>:liaison|head|leader`, or None for the machine; an actor that was
             looked up a moment ago saves the look
    hold     the lease under which the work is done
    raises   NotFound for an unknown office or person; LeaseLost when another machine has taken over; DatabaseFailed
    """
    from casework.staff.people import find_actor  # people needs the desk's types

    files = rule_files(settings.rules)
    seen_commits = COMMITS.count
    opened = reading(engine) if readonly else transaction(engine)
    with opened as session:
        office, on_hold = _office_row(
            session, rules_of_office(files, None, None), settings.office, create=not readonly
        )
        if hold is not None and not readonly:
            prove_lease(session, hold)
        rules = rules_of_office(files, office.code, today)
        desk = Desk(session, office, settings, rules, MACHINE, today, now, on_hold, seen_commits=seen_commits)
        if by is not None:
            desk.actor = by if isinstance(by, Actor) else find_actor(desk, by)
        yield desk
        if not readonly:
            session.flush()
            desk.flush_changes()
            reach("desk.before_commit")
    if not readonly:
        _committed(desk)


def _committed(desk: Desk) -> None:
    if desk.wrote:
        COMMITS.add()
    reach("desk.committed")


def _office_row(
    session: Session, rules: Rulebook, wanted: str | None, *, create: bool
) -> tuple[Office, str | None]:
    code = wanted or _only_office(rules)
    if code not in rules.offices:
        raise NotFound(
            "规则中没有这个督察单位",
            found=code,
            expected="、".join(rules.offices) or "至少一个 offices/*.yaml",
            remedy="设置 DUCHA_OFFICE，或在 rules/offices/ 中增加",
        )
    # Every desk asks this first: a plain row is half the price of a mapped one.
    connection = session.connection()
    query = ENTERED if connection.dialect.name == "postgresql" else OFFICE_BY_CODE
    known = connection.execute(query, {"code": code}).first()
    if known is not None:
        return Office(id=known.id, code=known.code, name=known.name), known.on_hold
    if not create:
        return Office(id=0, code=code, name=rules.offices[code].name), None
    row = Office(code=code, name=rules.offices[code].name)
    session.add(row)
    session.flush()
    assert row.id is not None
    enter_office(session, row.id)
    start_chains(session, row.id)
    return row, None


def _only_office(rules: Rulebook) -> str:
    if len(rules.offices) == 1:
        return next(iter(rules.offices))
    raise InvalidInput(
        "未指明督察单位",
        found=f"规则中有{len(rules.offices)}个单位",
        expected="DUCHA_OFFICE=单位编码",
        remedy="设置 DUCHA_OFFICE：" + "、".join(rules.offices),
    )
