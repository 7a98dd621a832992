"""What waits for somebody today: documents, mails, requests, closures, plans, deadlines and lights that changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from casework.desk import Desk
from casework.lights.climbing import office_palette
from casework.rows import CaseRow, DocumentRow, Pile, case_rows, document_rows, visible_documents
from casework.sight import cases_in_sight, sees_office
from core.codes import Light
from core.ladders.palette import Palette
from core.life.lives import DocumentState, MessageState, ReferralState
from core.life.rectification import CLOCK_RUNS, CaseState, RequestKind, RequestState
from models.base import table_of
from models.document import Document
from models.message import Message
from models.rectification import Rectification, Rung, SideRequest
from models.referral import Referral

CASE, RUNG, REQUEST = table_of(Rectification), table_of(Rung), table_of(SideRequest)
DOCUMENT, MESSAGE, REFERRAL = table_of(Document), table_of(Message), table_of(Referral)
SHOWN = 6
SOON_WORKDAYS = 5
SEES_REFERRALS = frozenset({"linkage", "director"})
TO_SIGN = (DocumentState.DRAFT.value, DocumentState.IN_REVIEW.value)
TO_SEAL = (DocumentState.SIGNED.value,)
OFFICE_IS_NEXT = {
    "plans": CaseState.PLANNED,
    "to_verify": CaseState.CLOSURE_APPLIED,
    "to_close": CaseState.VERIFIED,
}
BAD_MAIL = (MessageState.UNKNOWN.value, MessageState.REJECTED.value)


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
    """Everything on 今日待办; `screenings` is None for whoever may not know."""

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
    lights_since: date
    soon_until: date
    palette: Palette
    acknowledge_workdays: int
    screenings: int | None


@dataclass(frozen=True, slots=True)
class _Found:
    """Ids found for one pile, before the rows are loaded for all piles at once."""

    total: int
    rows: Sequence[Any]

    @property
    def ids(self) -> list[int]:
        return [row.id for row in self.rows]


def todo_view(desk: Desk) -> Todo:
    """Return what waits today; rows of all piles are loaded together, at most eleven queries."""
    wait = desk.office_rules.choices.acknowledge_workdays
    since, until = desk.calendar.after(desk.today, -1), desk.calendar.after(desk.today, SOON_WORKDAYS)
    papers = _papers(desk, desk.calendar.after(desk.today, -wait))
    piles = _case_piles(desk, until)
    requests, lights = _requests(desk), _lights(desk, since)
    wanted = dict.fromkeys(number for found in (*piles.values(), requests, lights) for number in found.ids)
    cases = {row.id: row for row in case_rows(desk, wanted)}
    documents = {
        row.id: row for row in document_rows(desk, [n for found in papers.values() for n in found.ids])
    }
    case_piles = {name: Pile(f.total, tuple(cases[n] for n in f.ids)) for name, f in piles.items()}
    paper_piles = {name: Pile(f.total, tuple(documents[n] for n in f.ids)) for name, f in papers.items()}
    return Todo(
        to_sign=paper_piles["to_sign"],
        to_seal=paper_piles["to_seal"],
        unserved=paper_piles["unserved"],
        plans=case_piles["plans"],
        to_verify=case_piles["to_verify"],
        to_close=case_piles["to_close"],
        due_soon=case_piles["due_soon"],
        mails=_mails(desk),
        requests=Pile(requests.total, tuple(_request_row(row, cases) for row in requests.rows)),
        lights=Pile(
            lights.total, tuple(LightRow(cases[r.id], Light(r.light), r.fired_on) for r in lights.rows)
        ),
        lights_since=since,
        soon_until=until,
        palette=office_palette(desk),
        acknowledge_workdays=wait,
        screenings=_screenings(desk),
    )


def _find(desk: Desk, query: sa.Select[Any]) -> _Found:
    """Run a query for the first rows; its last column counts all of them."""
    rows = desk.session.connection().execute(query.limit(SHOWN)).all()
    return _Found(rows[0].total if rows else 0, rows)


def _total() -> sa.Label[int]:
    return sa.func.count().over().label("total")


def _papers(desk: Desk, issued_before: date) -> dict[str, _Found]:
    base = sa.select(DOCUMENT.c.id, _total()).where(visible_documents(desk))
    unserved = base.where(
        DOCUMENT.c.state == DocumentState.ISSUED.value,
        DOCUMENT.c.serial.is_not(None),
        DOCUMENT.c.issued_on < issued_before,
    )
    return {
        "to_sign": _find(desk, base.where(DOCUMENT.c.state.in_(TO_SIGN)).order_by(DOCUMENT.c.id)),
        "to_seal": _find(desk, base.where(DOCUMENT.c.state.in_(TO_SEAL)).order_by(DOCUMENT.c.id)),
        "unserved": _find(desk, unserved.order_by(DOCUMENT.c.issued_on, DOCUMENT.c.id)),
    }


def _case_piles(desk: Desk, until: date) -> dict[str, _Found]:
    base = sa.select(CASE.c.id, _total()).where(cases_in_sight(desk))
    soon = base.where(
        CASE.c.state.in_([state.value for state in CLOCK_RUNS]),
        CASE.c.suspended_on.is_(None),
        CASE.c.due_on.between(desk.today, until),
    )
    return {
        **_by_state(desk),
        "due_soon": _find(desk, soon.order_by(CASE.c.due_on, CASE.c.id)),
    }


def _by_state(desk: Desk) -> dict[str, _Found]:
    """Return the first cases of each state in which the office has the next step, with one query."""
    mine = sa.over(sa.func.count(), partition_by=CASE.c.state).label("total")
    place = sa.over(
        sa.func.row_number(), partition_by=CASE.c.state, order_by=(CASE.c.due_on, CASE.c.id)
    ).label("place")
    waiting = (
        sa.select(CASE.c.id, CASE.c.state, mine, place)
        .where(
            cases_in_sight(desk),
            CASE.c.state.in_([state.value for state in OFFICE_IS_NEXT.values()]),
        )
        .subquery()
    )
    query = sa.select(waiting).where(waiting.c.place <= SHOWN).order_by(waiting.c.place)
    rows = desk.session.connection().execute(query).all()
    found = {}
    for name, state in OFFICE_IS_NEXT.items():
        own = [row for row in rows if row.state == state.value]
        found[name] = _Found(own[0].total if own else 0, own)
    return found


def _requests(desk: Desk) -> _Found:
    query = (
        sa.select(
            REQUEST.c.case_id.label("id"), REQUEST.c.kind, REQUEST.c.number, REQUEST.c.asked_on, REQUEST.c.until_on,
            REQUEST.c.reason, _total(),
        )
        .join(CASE, CASE.c.id == REQUEST.c.case_id)
        .where(cases_in_sight(desk), REQUEST.c.state == RequestState.REQUESTED.value)
        .order_by(REQUEST.c.asked_on, REQUEST.c.id)
    )  # fmt: skip
    return _find(desk, query)


def _request_row(row: Any, cases: dict[int, CaseRow]) -> RequestRow:
    return RequestRow(
        cases[row.id], RequestKind(row.kind), row.number, row.asked_on, row.until_on, row.reason
    )


def _lights(desk: Desk, since: date) -> _Found:
    """Return the newest rung of each case that got one since a day, gravest first."""
    # Asked as a subquery, so that the few new rungs are found first and each case by its key.
    newest = sa.exists().where(
        CASE.c.id == RUNG.c.case_id, CASE.c.last_rung_id == RUNG.c.id, cases_in_sight(desk)
    )
    ranks = office_palette(desk).ranks
    rank = sa.case({light.value: at for light, at in ranks.items()}, value=RUNG.c.light)
    query = (
        sa.select(RUNG.c.case_id.label("id"), RUNG.c.light, RUNG.c.fired_on, _total())
        .where(RUNG.c.fired_on >= since, newest)
        .order_by(rank.desc(), RUNG.c.fired_on.desc(), RUNG.c.case_id)
    )
    return _find(desk, query)


def _mails(desk: Desk) -> Pile[MailRow]:
    query = (
        sa.select(
            MESSAGE.c.id,
            MESSAGE.c.recipient_name,
            MESSAGE.c.recipient,
            MESSAGE.c.state,
            MESSAGE.c.smtp_reply,
            MESSAGE.c.document_id,
            _total(),
        )
        .outerjoin(DOCUMENT, DOCUMENT.c.id == MESSAGE.c.document_id)
        .where(
            MESSAGE.c.office_id == desk.office_id,
            MESSAGE.c.state.in_(BAD_MAIL),
            _mails_in_sight(desk),
        )
        .order_by(MESSAGE.c.id.desc())
    )
    found = _find(desk, query)
    rows = tuple(
        MailRow(r.id, r.recipient_name, r.recipient, MessageState(r.state), r.smtp_reply or "", r.document_id)
        for r in found.rows
    )
    return Pile(found.total, rows)


def _mails_in_sight(desk: Desk) -> sa.ColumnElement[bool]:
    papers = visible_documents(desk)
    return sa.or_(MESSAGE.c.document_id.is_(None), papers) if sees_office(desk) else papers


def _screenings(desk: Desk) -> int | None:
    """Count the screenings that wait, for the people who may know of them; nothing more is told here."""
    if not desk.actor.roles & SEES_REFERRALS:
        return None
    open_states = (ReferralState.SCREENING.value, ReferralState.OPINION.value, ReferralState.STUDY.value)
    query = (
        sa.select(sa.func.count())
        .select_from(REFERRAL)
        .where(REFERRAL.c.office_id == desk.office_id, REFERRAL.c.state.in_(open_states))
    )
    return int(desk.session.connection().execute(query).scalar_one())
