"""The acts that a case page offers: exactly those that state, role and row allow, and what each brings about.

The verbs check everything again; what is asked here is only what can be known before a form is filled in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from casework.desk import Desk
from casework.rectification.authority import reaches
from casework.rectification.caselook import Look, closing_level, ladder_for, last_day_to_object
from casework.rectification.consequences import consequence_of
from casework.rectification.siderequests import ENDORSERS
from casework.staff.lending import lent_roles
from core.life.freezelife import WHILE_FROZEN
from core.life.lives import DocumentState
from core.life.rectification import (
    ACTORS,
    CASE_ACT_LABELS,
    CaseAct,
    CaseState,
    RequestKind,
    RequestState,
    possible_acts,
)
from core.rulebook import LeaderRole

CHANGES_OF_TIME = (RequestKind.EXTENSION, RequestKind.LONG_TERM)
# What the office waits for somebody of its own to do, by state.
NEXT_ACT = {
    CaseState.OPEN: CaseAct.SUBMIT_PLAN,
    CaseState.PLANNED: CaseAct.APPROVE_PLAN,
    CaseState.RECTIFYING: CaseAct.APPLY_CLOSURE,
    CaseState.CLOSURE_APPLIED: CaseAct.VERIFY,
    CaseState.VERIFIED: CaseAct.CLOSE,
    CaseState.CLOSED: CaseAct.SCHEDULE_LOOK_BACK,
    CaseState.LOOK_BACK: CaseAct.LOOK_BACK,
}
URGENT = frozenset(
    {
        CaseAct.DECIDE_EXTENSION, CaseAct.DECIDE_OBJECTION, CaseAct.DECIDE_LONG_TERM, CaseAct.REVIEW_STAGE,
        CaseAct.RELEASE, CaseAct.SETTLE_COMPLAINT,
    }
)  # fmt: skip
DANGEROUS = frozenset({CaseAct.WITHDRAW, CaseAct.REOPEN})
# Beside what the page offers: it opens a matter of the compartment, which has a page of its own.
ELSEWHERE = frozenset({CaseAct.REFER})


@dataclass(frozen=True, slots=True)
class Offer:
    """An act that may be done now; `brings` says in a sentence what it will bring about."""

    act: CaseAct
    brings: str
    main: bool
    danger: bool

    @property
    def label(self) -> str:
        return CASE_ACT_LABELS[self.act]


def offers_of(desk: Desk, look: Look) -> tuple[Offer, ...]:
    """Return the acts that the actor may do on a case now, the one it waits for first; nothing is read here."""
    if look.kin:
        return ()
    acts = [act for act in _possible(look) if _is_free(look, act)]
    roles = desk.actor.roles
    wanted = NEXT_ACT.get(look.state)
    found = [
        Offer(act, consequence_of(desk, look, act), act is wanted or act in URGENT, act in DANGEROUS)
        for act in acts
        if ACTORS[act] & (roles | lent_roles(desk, act, look.beside.lent))
        and CONDITIONS.get(act, _always)(desk, look)
    ]
    return tuple(sorted(found, key=lambda one: (not one.main, one.act is not wanted, one.danger)))


def _possible(look: Look) -> list[CaseAct]:
    acts = possible_acts(look.state, suspended=look.case.suspended_on is not None)
    return [CaseAct(act) for act in acts if act not in ELSEWHERE]


def _is_free(look: Look, act: CaseAct) -> bool:
    return act in WHILE_FROZEN or not look.beside.held


Condition = Callable[[Desk, Look], bool]


def _always(_desk: Desk, _look: Look) -> bool:
    return True


def _not_own(desk: Desk, look: Look, kind: RequestKind) -> bool:
    request = look.beside.open_request(kind)
    return request is not None and desk.actor.code not in (request["asked_by"], request["endorsed_by"])


def _may_ask(desk: Desk, look: Look, before_workdays: int) -> bool:
    due_on = look.case.due_on
    if due_on is None or look.beside.open_request(*CHANGES_OF_TIME) is not None:
        return False
    return desk.today <= desk.calendar.after(due_on, -before_workdays)


def _may_extend(desk: Desk, look: Look) -> bool:
    limits = ladder_for(desk, look).extension
    granted = [
        one
        for one in look.beside.requests
        if one["kind"] == RequestKind.EXTENSION and one["state"] == RequestState.GRANTED
    ]
    return len(granted) < limits.max_count and _may_ask(desk, look, limits.ask_before_workdays)


def _may_ask_long_term(desk: Desk, look: Look) -> bool:
    return _may_ask(desk, look, ladder_for(desk, look).long_term.ask_before_workdays)


def _may_object(desk: Desk, look: Look) -> bool:
    last = last_day_to_object(desk, look)
    return look.beside.open_request(RequestKind.OBJECTION) is None and (last is None or desk.today <= last)


def _may_admit(desk: Desk, look: Look) -> bool:
    last = last_day_to_object(desk, look)
    late = last is not None and desk.today > last
    waits = look.beside.open_request(RequestKind.OBJECTION) is not None
    return late and not waits and desk.actor.code not in look.makers


def _may_review_objection(desk: Desk, look: Look) -> bool:
    return _not_own(desk, look, RequestKind.OBJECTION) and desk.actor.code not in look.makers


def _may_approve_plan(desk: Desk, look: Look) -> bool:
    plan = look.beside.submitted_plan
    return plan is None or plan["submitted_by"] != desk.actor.code


def _may_close(desk: Desk, look: Look) -> bool:
    over = look.notice_until is None or desk.today > look.notice_until
    able = reaches(desk, CaseAct.CLOSE.value, closing_level(desk, look), look.beside.lent, look.verifiers)
    return able and desk.actor.code not in look.verifiers and over and not look.beside.open_complaints


def _may_release(desk: Desk, look: Look) -> bool:
    held = look.beside.held
    if not held:
        return False
    needed = max((LeaderRole(row["releases"]) for row in held), key=lambda role: role.rank)
    if desk.actor.code not in desk.office_rules.leaders and "director" in desk.actor.roles:
        return LeaderRole.DIRECTOR.may_sign(needed)  # as `check_release` counts them
    return reaches(desk, CaseAct.RELEASE.value, needed, look.beside.lent)


def _may_endorse(desk: Desk, look: Look) -> bool:
    request = look.beside.open_request(*CHANGES_OF_TIME)
    waits = request is not None and request["endorsed_on"] is None
    return waits and desk.actor.speaks_for_unit and desk.actor.code.rpartition(":")[2] in ENDORSERS


def _may_withdraw_request(_desk: Desk, look: Look) -> bool:
    kinds = (RequestKind.EXTENSION, RequestKind.OBJECTION, RequestKind.LONG_TERM)
    return look.beside.open_request(*kinds) is not None


def _is_told(_desk: Desk, look: Look) -> bool:
    return any(row.state is DocumentState.ISSUED and row.number for row in look.documents)


CONDITIONS: dict[CaseAct, Condition] = {
    CaseAct.ACKNOWLEDGE: _is_told,
    CaseAct.SUBMIT_PLAN: lambda _desk, look: look.case.due_on is not None,
    CaseAct.APPROVE_PLAN: _may_approve_plan,
    CaseAct.REQUEST_EXTENSION: _may_extend,
    CaseAct.DECIDE_EXTENSION: lambda desk, look: _not_own(desk, look, RequestKind.EXTENSION),
    CaseAct.OBJECT: _may_object,
    CaseAct.DECIDE_OBJECTION: _may_review_objection,
    CaseAct.APPLY_CLOSURE: lambda _desk, look: look.beside.open_request(RequestKind.OBJECTION) is None,
    CaseAct.VERIFY: lambda desk, look: look.case.applied_by != desk.actor.code,
    CaseAct.CLOSE: _may_close,
    CaseAct.ENDORSE: _may_endorse,
    CaseAct.WITHDRAW_REQUEST: _may_withdraw_request,
    CaseAct.REQUEST_LONG_TERM: _may_ask_long_term,
    CaseAct.DECIDE_LONG_TERM: lambda desk, look: _not_own(desk, look, RequestKind.LONG_TERM),
    CaseAct.REVIEW_STAGE: lambda _desk, look: look.beside.current_stage is not None,
    CaseAct.ADMIT_OBJECTION: _may_admit,
    CaseAct.RELEASE: _may_release,
    CaseAct.SETTLE_COMPLAINT: lambda _desk, look: bool(look.beside.open_complaints),
}
