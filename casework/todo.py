"""What waits for somebody today: documents, mails, requests, closures, plans, deadlines and lights that changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from casework.desk import Desk
from casework.rows import CaseRow, DocumentRow, Pile, case_rows, document_rows, visible_documents
from core.codes import Light
from core.lives import DocumentState, MessageState, ReferralState
from core.rectification import CLOCK_RUNS, CaseState, RequestKind, RequestState
from models.document import Document
from models.message import Message
from models.rectification import Rectification, Rung, SideRequest
from models.referral import Referral

SHOWN = 6
SOON_WORKDAYS = 5
SEES_REFERRALS = frozenset({"linkage", "director"})
TO_SIGN = (DocumentState.DRAFT.value, DocumentState.IN_REVIEW.value)
TO_SEAL = (DocumentState.SIGNED.value,)
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
    """Return what waits today; rows of all piles are loaded together, at most thirteen queries."""
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
        **paper_piles,
        **case_piles,
        mails=_mails(desk),
        requests=Pile(requests.total, tuple(_request_row(row, cases) for row in requests.rows)),
        lights=Pile(
            lights.total, tuple(LightRow(cases[r.id], Light(r.light), r.fired_on) for r in lights.rows)
        ),
        lights_since=since,
        soon_until=until,
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
    base = sa.select(Document.id, _total()).where(visible_documents(desk))
    unserved = base.where(
        col(Document.state) == DocumentState.ISSUED.value,
        col(Document.serial).is_not(None),
        col(Document.issued_on) < issued_before,
    )
    return {
        "to_sign": _find(desk, base.where(col(Document.state).in_(TO_SIGN)).order_by(col(Document.id))),
        "to_seal": _find(desk, base.where(col(Document.state).in_(TO_SEAL)).order_by(col(Document.id))),
        "unserved": _find(desk, unserved.order_by(col(Document.issued_on), col(Document.id))),
    }


def _case_piles(desk: Desk, until: date) -> dict[str, _Found]:
    case = Rectification
    base = sa.select(case.id, _total()).where(col(case.office_id) == desk.office_id)
    by_due = (col(case.due_on), col(case.id))

    def in_state(state: CaseState) -> _Found:
        return _find(desk, base.where(col(case.state) == state.value).order_by(*by_due))

    soon = base.where(
        col(case.state).in_([state.value for state in CLOCK_RUNS]),
        col(case.suspended_on).is_(None),
        col(case.due_on).between(desk.today, until),
    )
    return {
        "plans": in_state(CaseState.PLANNED),
        "to_verify": in_state(CaseState.CLOSURE_APPLIED),
        "to_close": in_state(CaseState.VERIFIED),
        "due_soon": _find(desk, soon.order_by(*by_due)),
    }


def _requests(desk: Desk) -> _Found:
    request = SideRequest
    query = (
        sa.select(
            col(request.case_id).label("id"), request.kind, request.number, request.asked_on, request.until_on,
            request.reason, _total(),
        )
        .where(col(request.office_id) == desk.office_id, col(request.state) == RequestState.REQUESTED.value)
        .order_by(col(request.asked_on), col(request.id))
    )  # fmt: skip
    return _find(desk, query)


def _request_row(row: Any, cases: dict[int, CaseRow]) -> RequestRow:
    return RequestRow(
        cases[row.id], RequestKind(row.kind), row.number, row.asked_on, row.until_on, row.reason
    )


def _lights(desk: Desk, since: date) -> _Found:
    """Return the newest rung of each case that got one since a day, gravest first."""
    case, rung = Rectification, Rung
    rank = sa.case({light.value: light.rank for light in Light}, value=col(rung.light))
    query = (
        sa.select(case.id, rung.light, rung.fired_on, _total())
        .join(case, col(case.last_rung_id) == col(rung.id))
        .where(col(rung.fired_on) >= since, col(case.office_id) == desk.office_id)
        .order_by(rank.desc(), col(rung.fired_on).desc(), col(case.id))
    )
    return _find(desk, query)


def _mails(desk: Desk) -> Pile[MailRow]:
    mail = Message
    query = (
        sa.select(
            mail.id,
            mail.recipient_name,
            mail.recipient,
            mail.state,
            mail.smtp_reply,
            mail.document_id,
            _total(),
        )
        .outerjoin(Document, col(Document.id) == col(mail.document_id))
        .where(
            col(mail.office_id) == desk.office_id,
            col(mail.state).in_(BAD_MAIL),
            sa.or_(col(mail.document_id).is_(None), visible_documents(desk)),
        )
        .order_by(col(mail.id).desc())
    )
    found = _find(desk, query)
    rows = tuple(
        MailRow(r.id, r.recipient_name, r.recipient, MessageState(r.state), r.smtp_reply or "", r.document_id)
        for r in found.rows
    )
    return Pile(found.total, rows)


def _screenings(desk: Desk) -> int | None:
    """Count the screenings that wait, for the people who may know of them; nothing more is told here."""
    if not desk.actor.roles & SEES_REFERRALS:
        return None
    open_states = (ReferralState.SCREENING.value, ReferralState.OPINION.value, ReferralState.STUDY.value)
    query = (
        sa.select(sa.func.count())
        .select_from(Referral)
        .where(col(Referral.office_id) == desk.office_id, col(Referral.state).in_(open_states))
    )
    return int(desk.session.connection().execute(query).scalar_one())
