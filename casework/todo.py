"""What waits for somebody today: documents, mails, requests, closures, plans, tasks, visits, deadlines, new lights."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from casework.desk import Desk
from casework.gathering import Row
from casework.lights.climbing import office_palette
from casework.rows import CaseRow, DocumentRow, Pile, case_rows, document_rows
from casework.staff.delegations import list_delegations
from casework.todoparts import Found, find_piles
from core.access.permissions import Permission, may
from core.codes import Light
from core.ladders.palette import Palette
from core.life.lives import MessageState
from core.life.rectification import ACTORS, CaseAct, RequestKind

SOON_WORKDAYS = 5
PAPER_PEOPLE = {"officer", "reviewer", "director", "leader"}
CASE_PILES = ("plans", "to_verify", "to_close", "due_soon")
PAPER_PILES = ("to_sign", "to_seal", "unserved")
# Whose work a pile is, by what they may do; the piles that are not here are news for everybody.
BY_PERMISSION = {
    "to_seal": Permission.DOCUMENT_SEAL,
    "unserved": Permission.DOCUMENT_SEAL,
    "mails": Permission.OUTBOX,
}
BY_ACT = {
    "plans": (CaseAct.APPROVE_PLAN,),
    "to_verify": (CaseAct.VERIFY,),
    "to_close": (CaseAct.CLOSE,),
    "requests": (CaseAct.DECIDE_EXTENSION, CaseAct.DECIDE_OBJECTION, CaseAct.DECIDE_LONG_TERM),
}


@dataclass(frozen=True, slots=True)
class MailRow:
    """A mail that needs a person: refused for good, or nobody knows whether it arrived."""

    id: int
    recipient_name: str
    recipient: str
    state: MessageState
    reply: str
    document_id: int | None


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A request that waits for a decision."""

    id: int
    case: CaseRow
    kind: RequestKind
    number: int
    asked_on: date
    until_on: date | None
    reason: str


@dataclass(frozen=True, slots=True)
class LightRow:
    """A light that changed; `light` is the colour it took that day."""

    case: CaseRow
    light: Light
    on: date


@dataclass(frozen=True, slots=True)
class Todo:
    """Everything on 今日待办; `mine` are the piles that whoever looks can clear; `screenings` is None for the others.

    tasks    {id, title, due_on}
    visits   {id, unit, campaign, from_on, to_on, filled, asked, role}: one's own whose checklist is not filled in
    """

    to_sign: Pile[DocumentRow]
    to_seal: Pile[DocumentRow]
    unserved: Pile[DocumentRow]
    mails: Pile[MailRow]
    requests: Pile[RequestRow]
    plans: Pile[CaseRow]
    to_verify: Pile[CaseRow]
    to_close: Pile[CaseRow]
    due_soon: Pile[CaseRow]
    lights: Pile[LightRow]
    tasks: Pile[Row]
    visits: Pile[Row]
    lights_since: date
    soon_until: date
    palette: Palette
    acknowledge_workdays: int
    screenings: int | None
    mine: frozenset[str]

    def pile(self, name: str) -> Pile[Any]:
        """Return a pile by its name."""
        found: Pile[Any] = getattr(self, name)
        return found


def todo_view(desk: Desk) -> Todo:
    """Return what waits today; rows of all piles are loaded together, at most four queries."""
    wait = desk.office_rules.choices.acknowledge_workdays
    since, until = desk.calendar.after(desk.today, -1), desk.calendar.after(desk.today, SOON_WORKDAYS)
    found = find_piles(desk, since, until, desk.calendar.after(desk.today, -wait))
    of_cases = [found[name] for name in (*CASE_PILES, "requests", "lights")]
    cases = {row.id: row for row in case_rows(desk, dict.fromkeys(n for pile in of_cases for n in pile.ids))}
    wanted = [n for name in PAPER_PILES for n in found[name].ids]
    papers = {row.id: row for row in document_rows(desk, wanted)}
    requests = found["requests"]
    return Todo(
        **{name: _of(found[name], papers) for name in PAPER_PILES},
        **{name: _of(found[name], cases) for name in CASE_PILES},
        mails=Pile(found["mails"].total, tuple(_mail_row(row) for row in found["mails"].rows)),
        requests=Pile(requests.total, tuple(_request_row(row, cases) for row in requests.rows)),
        lights=_changes(found["lights"], cases),
        tasks=Pile(found["tasks"].total, tuple(found["tasks"].rows)),
        visits=Pile(found["visits"].total, tuple(found["visits"].rows)),
        lights_since=since,
        soon_until=until,
        palette=office_palette(desk),
        acknowledge_workdays=wait,
        screenings=found["screenings"].total if "screenings" in found else None,
        mine=_mine(desk),
    )


def _mine(desk: Desk) -> frozenset[str]:
    """Return the piles that the actor can clear by their roles."""
    roles = desk.actor.roles
    found = {name for name, permission in BY_PERMISSION.items() if may(roles, permission)}
    found |= {name for name, acts in BY_ACT.items() if any(ACTORS[act] & roles for act in acts)}
    # Drafts are sent to review by officers, looked through by reviewers, signed by posts or in the place of one.
    if roles & PAPER_PEOPLE or any(
        row.delegate == desk.actor.code and row.documents for row in list_delegations(desk, desk.today)
    ):
        found.add("to_sign")
    return frozenset(found | {"tasks", "visits"})


def _of(found: Found, rows: dict[int, Any]) -> Pile[Any]:
    return Pile(found.total, tuple(rows[number] for number in found.ids if number in rows))


def _changes(found: Found, cases: dict[int, CaseRow]) -> Pile[LightRow]:
    known = [row for row in found.rows if row["id"] in cases]
    rows = (LightRow(cases[row["id"]], Light(row["light"]), row["fired_on"]) for row in known)
    return Pile(found.total, tuple(rows))


def _request_row(row: Row, cases: dict[int, CaseRow]) -> RequestRow:
    return RequestRow(
        row["request_id"],
        cases[row["id"]],
        RequestKind(row["kind"]),
        row["number"],
        row["asked_on"],
        row["until_on"],
        row["reason"],
    )


def _mail_row(row: Row) -> MailRow:
    return MailRow(
        row["id"],
        row["recipient_name"],
        row["recipient"],
        MessageState(row["state"]),
        row["smtp_reply"] or "",
        row["document_id"],
    )
