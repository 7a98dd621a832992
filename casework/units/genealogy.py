"""Changes of units (机构沿革): recorded with their basis, applied on their day, and what follows from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sqlmodel import col, select

from casework.desk import Desk
from casework.moves import take
from casework.rectification.evidence import keep_file
from casework.staff.people import find_unit, require_role
from casework.tasks import open_task
from casework.units.handingmatters import hand_on_leads, hand_on_matters, live_matters
from casework.units.handingon import case_codes, hand_on, live_cases
from casework.units.unitchecks import check_change, need_reason, refuse_under_way
from core.errors import NotFound
from core.life.unitlife import ENDING, UNIT_CHANGE, UNIT_CHANGE_LABELS, UnitChangeAct, UnitChangeKind
from models.base import key_of
from models.campaign import Campaign, Finding, Visit
from models.genealogy import UnitChange, UnitChangeParty
from models.organisation import Unit

KEEPERS = ("officer", "director")
ONE_DAY = timedelta(1)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A change as somebody reports it: units by code."""

    kind: UnitChangeKind
    formers: tuple[str, ...]
    successors: tuple[str, ...]
    effective_on: date
    basis: str
    name: str = ""
    file: Path | None = None


def record_change(desk: Desk, wanted: Wanted) -> UnitChange:
    """Record a change of units; it is in force at once when its day has come, else the watch applies it then.

    raises   NotFound, InvalidInput, Refused: nothing is changed then
    """
    require_role(desk, KEEPERS, "登记机构变动")
    formers = [find_unit(desk, code) for code in dict.fromkeys(wanted.formers)]
    successors = [find_unit(desk, code) for code in dict.fromkeys(wanted.successors)]
    check_change(desk, wanted.kind, formers, successors, wanted.basis, wanted.name, wanted.effective_on)
    rename = wanted.kind is UnitChangeKind.RENAME
    row = UnitChange(
        office_id=desk.office_id,
        kind=wanted.kind.value,
        state=UNIT_CHANGE.start.value,
        effective_on=wanted.effective_on,
        basis=wanted.basis.strip(),
        name_before=formers[0].name if rename else None,
        name_after=wanted.name.strip() if rename else None,
        recorded_by=desk.actor.code,
        recorded_on=desk.today,
    )
    desk.session.add(row)
    desk.session.flush()
    for side, units in (("former", formers), ("successor", successors)):
        for unit in units:
            desk.session.add(UnitChangeParty(change_id=key_of(row), unit_id=key_of(unit), side=side))
    desk.session.flush()
    desk.record(
        "unit_change", key_of(row), "open", unit_id=formers[0].id, to_state=row.state, kind=row.kind,
        former=[u.code for u in formers], successor=[u.code for u in successors], effective_on=row.effective_on,
    )  # fmt: skip
    if wanted.file is not None:
        keep_file(desk, "unit_change", key_of(row), "basis", wanted.file)
    if wanted.kind is UnitChangeKind.ABOLISH and row.effective_on > desk.today:
        ask_for_assignment(desk, row)  # before its day
    if row.effective_on <= desk.today:
        apply_change(desk, row)
    return row


def rename_by_import(desk: Desk, unit: Unit, name: str, file: str) -> None:
    """Record that a list of units brought another name for a known code, so that the old one keeps its days."""
    row = UnitChange(
        office_id=desk.office_id, kind=UnitChangeKind.RENAME.value, state=UNIT_CHANGE.start.value,
        effective_on=desk.today, basis=f"单位名册 {file}", name_before=unit.name, name_after=name,
        recorded_by=desk.actor.code, recorded_on=desk.today,
    )  # fmt: skip
    desk.session.add(row)
    desk.session.flush()
    desk.session.add(UnitChangeParty(change_id=key_of(row), unit_id=key_of(unit), side="former"))
    desk.session.flush()
    desk.record("unit_change", key_of(row), "open", unit_id=unit.id, to_state=row.state, kind=row.kind)
    with desk.session.no_autoflush:
        take(desk, row, UNIT_CHANGE, UnitChangeAct.APPLY, unit_id=unit.id)
        row.applied_on, row.applied_at = desk.today, desk.now
    desk.session.add(row)


def find_change(desk: Desk, number: int) -> UnitChange:
    """Return a change of units by its number; raise NotFound."""
    row = desk.session.get(UnitChange, number)
    if row is None or row.office_id != desk.office_id:
        raise NotFound(
            "没有这项机构变动", found=str(number), expected="变动编号", remedy="运行 ducha unit history 查看"
        )
    return row


def call_off(desk: Desk, number: int, reason: str) -> UnitChange:
    """Call off a change whose day has not come; raise IllegalMove for one that is in force."""
    require_role(desk, KEEPERS, "取消机构变动")
    row = find_change(desk, number)
    need_reason(reason, "取消机构变动")
    with desk.session.no_autoflush:
        take(desk, row, UNIT_CHANGE, UnitChangeAct.CALL_OFF, detail={"reason": reason})
        row.reason = reason
    desk.session.add(row)
    return row


def parties(desk: Desk, change: UnitChange, side: str) -> list[Unit]:
    """Return the units on one side of a change, by code."""
    query = (
        select(Unit)
        .join(UnitChangeParty, col(UnitChangeParty.unit_id) == col(Unit.id))
        .where(col(UnitChangeParty.change_id) == change.id, col(UnitChangeParty.side) == side)
        .order_by(col(Unit.code))
    )
    return list(desk.session.exec(query))


def apply_change(desk: Desk, change: UnitChange) -> None:
    """Bring a change into force whose day has come: names, ends, cases and whoever carries on.

    raises   Refused for an abolition while cases of the unit have nobody to answer for them
    """
    formers, successors = parties(desk, change, "former"), parties(desk, change, "successor")
    kind = UnitChangeKind(change.kind)
    if kind is UnitChangeKind.ABOLISH:
        refuse_under_way(desk, formers[0])
    with desk.session.no_autoflush:
        take(desk, change, UNIT_CHANGE, UnitChangeAct.APPLY, unit_id=formers[0].id, on=change.effective_on)
        change.applied_on, change.applied_at = desk.today, desk.now
    desk.session.add(change)
    desk.session.flush()
    if kind is UnitChangeKind.RENAME:
        formers[0].name = change.name_after or formers[0].name
        desk.session.add(formers[0])
    if kind.value in ENDING:
        _end(desk, change, formers, successors)
    if kind is UnitChangeKind.MERGE:
        _merge(desk, change, [key_of(one) for one in formers], successors[0])
    if kind is UnitChangeKind.SPLIT:
        ask_for_assignment(desk, change)
    for unit in (*formers, *successors):
        desk.record(
            "unit", key_of(unit), change.kind, unit_id=unit.id, on=change.effective_on, change=change.id
        )
    _tell_of_visits(desk, change, formers)


def _merge(desk: Desk, change: UnitChange, formers: Sequence[int], heir: Unit) -> None:
    """Give all that the merged units have under way to whoever carries on for them."""
    hand_on(desk, live_cases(desk, formers), heir, change=change.id)
    hand_on_matters(desk, live_matters(desk, formers), heir, change=change.id)
    hand_on_leads(desk, formers, heir, change=change.id)


def _end(desk: Desk, change: UnitChange, formers: Sequence[Unit], successors: Sequence[Unit]) -> None:
    """Let the former units end on the day before, and the new ones begin."""
    going_on = {unit.id for unit in successors}
    for unit in formers:
        if unit.id in going_on:
            continue  # it was divided and remains as one of its own successors
        unit.valid_until = change.effective_on - ONE_DAY
        unit.successor_id = successors[0].id if change.kind == UnitChangeKind.MERGE else None
        desk.session.add(unit)
        for child in desk.session.exec(
            select(Unit).where(col(Unit.office_id) == desk.office_id, col(Unit.parent_code) == unit.code)
        ):
            if change.kind == UnitChangeKind.MERGE:
                child.parent_code = successors[0].code
                desk.session.add(child)
    for unit in successors:
        if unit.valid_from is None and not _has_past(desk, unit):
            unit.valid_from = change.effective_on
            desk.session.add(unit)
    desk.session.flush()


def _has_past(desk: Desk, unit: Unit) -> bool:
    """Tell whether a unit was here before the change: it was visited, found at, or part of an earlier change."""
    queries = (
        select(Visit.id).where(col(Visit.unit_id) == unit.id),
        select(Finding.id).where(col(Finding.unit_id) == unit.id),
        select(UnitChangeParty.change_id).where(
            col(UnitChangeParty.unit_id) == unit.id, col(UnitChangeParty.side) == "former"
        ),
    )
    return any(desk.session.exec(query.limit(1)).first() is not None for query in queries)


def ask_for_assignment(desk: Desk, change: UnitChange) -> int:
    """Open a task for whatever a divided or abolished unit has under way and nobody was given yet; return how many."""
    (former,) = parties(desk, change, "former")
    cases = live_cases(desk, [key_of(former)])
    codes = case_codes(desk, cases)
    things = [("case", case.id, f"问题 {codes[case.id]}") for case in cases]
    things += [("matter", key_of(row), row.number) for row in live_matters(desk, [key_of(former)])]
    opened = 0
    for subject, number, name in things:
        task = open_task(
            desk, assignment_key(change, subject, number), kind="assign_unit", subject=subject, subject_id=number,
            title=f"{former.name}{UNIT_CHANGE_LABELS[UnitChangeKind(change.kind)]}，请确定{name}的承接单位",
            role="officer", due_on=max(change.effective_on, desk.today), unit_id=former.id,
        )  # fmt: skip
        opened += task is not None
    return opened


def assignment_key(change: UnitChange, subject: str, number: int) -> str:
    """Return the cause of the task by which a thing of a divided or abolished unit is given to another."""
    return f"unit_change:{change.id}:{subject}:{number}"


def _tell_of_visits(desk: Desk, change: UnitChange, formers: Sequence[Unit]) -> None:
    """Ask the officers to look at visits that are still to come to a unit that has ended."""
    ended = [unit.id for unit in formers if unit.valid_until is not None]
    query = (
        select(Visit, Campaign)
        .join(Campaign, col(Campaign.id) == col(Visit.campaign_id))
        .where(
            col(Visit.office_id) == desk.office_id,
            col(Visit.unit_id).in_(ended),
            col(Visit.from_on) >= change.effective_on,
            col(Visit.from_on) >= desk.today,
            col(Campaign.state) != "closed",
        )
    )
    for visit, campaign in list(desk.session.exec(query)):
        unit = desk.session.get_one(Unit, visit.unit_id)
        open_task(
            desk, f"unit_change:{change.id}:visit:{visit.id}", kind="replan_visit", subject="visit",
            subject_id=key_of(visit), title=f"{unit.name}已撤并，请调整批次 {campaign.code} 中对它的督察安排",
            role="officer", due_on=visit.from_on, unit_id=visit.unit_id,
        )  # fmt: skip
