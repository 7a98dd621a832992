"""What a contact of a unit may do on a case now, how far it goes, and why something else cannot be done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from casework.desk import Desk
from casework.gathering import Row
from casework.lights.rungview import write_day
from casework.portal.reader import Reader
from casework.rectification.caselook import Look, ladder_for, last_day_to_object
from casework.rectification.longterm import months_after
from casework.rectification.offers import CHANGES_OF_TIME, CONDITIONS
from casework.rectification.proof import LEFT
from casework.rectification.requests import furthest_extension
from core.codes import Severity
from core.errors import CalendarMissing
from core.life.freezelife import WHILE_FROZEN
from core.life.rectification import (
    ACTORS,
    CLOCK_RUNS,
    REQUEST_LABELS,
    CaseAct,
    CaseState,
    RequestKind,
    RequestState,
    Role,
    possible_acts,
)
from core.rulebook.handling import EvidenceKind


@dataclass(frozen=True, slots=True)
class Proof:
    """A kind of evidence: whether closure asks for it, and whether it was filed since the case last came back."""

    kind: EvidenceKind
    needed: bool
    filed: int


@dataclass(frozen=True, slots=True)
class Room:
    """How far what may be asked for goes."""

    extend_until: date | None
    extend_days: int
    long_until: date | None
    review_months: int
    object_until: date | None
    answer_days: str
    goal_needed: bool
    verifier_needed: bool


@dataclass(frozen=True, slots=True)
class UnitOffers:
    """The acts open to the unit, and those that are not with the reason.

    undone   the measures of the plan in force that were not reported as done
    owing    those of them without which no closure is asked for
    filed    how many files count for a closure
    """

    acts: frozenset[CaseAct]
    closed: tuple[tuple[str, str], ...]
    room: Room
    proofs: tuple[Proof, ...]
    filed: int
    undone: tuple[Row, ...]
    owing: tuple[Row, ...]
    pending: tuple[tuple[str, str], ...]

    def __contains__(self, act: str) -> bool:
        return act in self.acts


def unit_offers(reader: Reader, look: Look) -> UnitOffers:
    """Return what the reader may do on a case, from what was read of it; no query."""
    desk = reader.desk
    acts = _acts(desk, look)
    kinds = _filed_kinds(look)
    plan = look.beside.plan_in_force(look.case.round)
    undone = tuple(row for row in look.beside.measures_of(plan) if row["done_on"] is None) if plan else ()
    rule = ladder_for(desk, look).plan.measures_done
    return UnitOffers(
        acts=acts,
        closed=tuple(_closed(desk, look, acts)),
        room=_room(desk, look),
        proofs=_proofs(desk, look, kinds),
        filed=len(kinds),
        undone=undone,
        owing=tuple(row for row in undone if rule == "each" or (rule == "tracked" and row["tracked"])),
        pending=tuple(
            (kind.value, word)
            for kind, word in REQUEST_LABELS.items()
            if kind is not RequestKind.SUSPENSION and look.beside.open_request(kind) is not None
        ),
    )


def _acts(desk: Desk, look: Look) -> frozenset[CaseAct]:
    possible = [
        CaseAct(act) for act in possible_acts(look.state, suspended=look.case.suspended_on is not None)
    ]
    return frozenset(
        act
        for act in possible
        if Role.UNIT in ACTORS[act]
        and (act in WHILE_FROZEN or not look.beside.held)
        and (act not in CONDITIONS or CONDITIONS[act](desk, look))
    )


def _filed_kinds(look: Look) -> list[str]:
    """Return the kind of every file that counts for a closure: filed since the case was last sent back."""
    back = [
        entry.on_day
        for entry in look.history
        if entry.to_state == CaseState.RECTIFYING and entry.from_state in LEFT
    ]
    rows = look.beside.evidence
    return [str(row["kind"]) for row in rows if not back or row["filed_on"] >= back[-1]]


def _proofs(desk: Desk, look: Look, filed: list[str]) -> tuple[Proof, ...]:
    severity = Severity(look.case.severity)
    return tuple(
        Proof(kind, severity in kind.severities or look.finding.item in kind.items, filed.count(kind.code))
        for kind in ladder_for(desk, look).clearing.evidence
    )


def _room(desk: Desk, look: Look) -> Room:
    ladder, due_on = ladder_for(desk, look), look.case.due_on
    right = look.right()
    extend_until, extend_days, object_until = None, 0, None
    try:
        if due_on is not None:
            extend_until, extend_days = furthest_extension(desk, look.case, look.finding, _used(desk, look))
        object_until = last_day_to_object(desk, look)
    except CalendarMissing:
        pass  # the year was not published: the verb decides when somebody asks
    return Room(
        extend_until=extend_until,
        extend_days=extend_days,
        long_until=months_after(desk.today, ladder.long_term.max_months) if due_on else None,
        review_months=ladder.long_term.review_max_months,
        object_until=object_until,
        answer_days=f"{right.answer_period}日" if right and right.answer_period else "",
        goal_needed=ladder.plan.goal_required,
        verifier_needed=ladder.plan.verifier_required,
    )


def _used(desk: Desk, look: Look) -> int:
    return sum(
        desk.calendar.between(row["due_before"], row["granted_until_on"])
        for row in look.beside.requests
        if row["kind"] == RequestKind.EXTENSION and row["due_before"] and row["granted_until_on"]
    )


def _closed(desk: Desk, look: Look, acts: frozenset[CaseAct]) -> list[tuple[str, str]]:
    """Return (act in words, why it cannot be done now) for what people look for."""
    if look.state not in CLOCK_RUNS or look.case.due_on is None:
        return []
    if look.beside.held:
        return [("报送方案、申请延期、申请销号", "督察单位正在处理，现在只能报送进展；请与督察单位联系")]
    if look.case.suspended_on is not None:
        return [("其他申请", f"自{write_day(look.case.suspended_on)}起中止计时，恢复后再办理")]
    found = []
    if CaseAct.REQUEST_EXTENSION not in acts:
        found.append(("申请延期", _why_no_extension(desk, look)))
    if CaseAct.APPLY_CLOSURE not in acts:
        found.append(("申请销号", _why_no_closure(look)))
    if CaseAct.OBJECT not in acts:
        found.append(("提出异议", _why_no_objection(desk, look)))
    return found


def _why_no_extension(desk: Desk, look: Look) -> str:
    pending = look.beside.open_request(*CHANGES_OF_TIME)
    if pending is not None:
        return f"已有一件{REQUEST_LABELS[RequestKind(pending['kind'])]}待审批"
    limits = ladder_for(desk, look).extension
    granted = [
        row
        for row in look.beside.requests
        if row["kind"] == RequestKind.EXTENSION and row["state"] == RequestState.GRANTED
    ]
    if len(granted) >= limits.max_count:
        return f"已经批准过{len(granted)}次，不再延期"
    assert look.case.due_on is not None  # asked by the caller
    last = desk.calendar.after(look.case.due_on, -limits.ask_before_workdays)
    return f"须在{write_day(last)}前（到期前{limits.ask_before_workdays}个工作日）提出"


def _why_no_closure(look: Look) -> str:
    if look.beside.open_request(RequestKind.OBJECTION) is not None:
        return "异议正在复核，答复后再申请"
    if look.state is CaseState.PLANNED:
        return "整改方案经督察单位审核同意后可以申请"
    return "先报送整改方案，审核同意后可以申请"


def _why_no_objection(desk: Desk, look: Look) -> str:
    if look.beside.open_request(RequestKind.OBJECTION) is not None:
        return "已有一件异议待复核"
    last = last_day_to_object(desk, look)
    return f"提出异议的期限是{write_day(last)}，已经过了" if last else "暂不能提出"
