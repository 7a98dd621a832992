"""What waits today, found pile by pile: conditions and order of each, all asked in one query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.operators import desc_op

from casework.desk import Desk
from casework.gathering import FEW, Gathering, Kept, Part, Row, gather
from casework.lights.climbing import office_palette
from casework.remembering import remembered
from casework.rows import visible_documents
from casework.sight import cases_in_sight, sees_office, visits_in_sight
from casework.tasks import tasks_in_sight
from core.life.lives import CAMPAIGN_OVER, DocumentState, MessageState, ReferralState
from core.life.rectification import CLOCK_RUNS, CaseState, RequestState
from models.base import table_of
from models.campaign import Campaign, CheckRecord, Visit, VisitMember
from models.dialects import past_index
from models.document import Document
from models.message import Message
from models.organisation import Person, Unit
from models.rectification import Rectification, Rung, SideRequest
from models.referral import Referral
from models.task import Task

CASE, RUNG, REQUEST = table_of(Rectification), table_of(Rung), table_of(SideRequest)
DOCUMENT, MESSAGE, REFERRAL, TASK = table_of(Document), table_of(Message), table_of(Referral), table_of(Task)
VISIT, MEMBER, PERSON, CHECK = table_of(Visit), table_of(VisitMember), table_of(Person), table_of(CheckRecord)
CAMPAIGN, UNIT = table_of(Campaign), table_of(Unit)
SHOWN = 6
TO_SIGN = (DocumentState.DRAFT.value, DocumentState.IN_REVIEW.value)
TO_SEAL = (DocumentState.SIGNED.value,)
BAD_MAIL = (MessageState.UNKNOWN.value, MessageState.REJECTED.value)
SCREENING = (ReferralState.SCREENING.value, ReferralState.OPINION.value, ReferralState.STUDY.value)
SEES_REFERRALS = frozenset({"linkage", "director"})
_kept = Kept()


@dataclass(frozen=True, slots=True)
class Found:
    """Rows found for one pile, before what they show is loaded for all piles at once."""

    total: int
    rows: Sequence[Row]

    @property
    def ids(self) -> list[int]:
        return [row["id"] for row in self.rows]


def find_piles(desk: Desk, since: date, until: date, issued_before: date) -> dict[str, Found]:
    """Return what waits, by name of the pile; one query, and one for what all see."""
    if sees_office(desk):  # then its queries depend on no rows: who asks again today asks the same
        key = (desk.office_id, desk.actor, issued_before)
        asked = _kept.take(key, lambda: _parts(desk, issued_before))
    else:
        asked = Gathering(*_parts(desk, issued_before))
    found = {**asked.rows(desk), **_common(desk, since, until)}
    return {name: Found(rows[0]["total"] if rows else 0, rows) for name, rows in found.items()}


def _parts(desk: Desk, issued_before: date) -> tuple[Part, ...]:
    return (
        *_papers(desk, issued_before),
        *_cases(desk),
        _requests(desk),
        _mails(desk),
        _tasks(desk),
        _visits(desk),
        *_screenings(desk),
    )


def _pile(name: str, query: sa.Select[Any], *order: Any) -> Part:
    """Return the first rows of a query with the count of all of them, in their order.

    Counted apart from the rows: an index counts thousands and gives the first few without sorting them all.
    """
    keys = [key.element if _is_falling(key) else key for key in order]
    few = query.add_columns(*(key.label(f"key_{at}") for at, key in enumerate(keys)))
    few = few.order_by(*order).limit(SHOWN)
    rows = few.subquery(FEW)
    again = [
        rows.c[f"key_{at}"].desc() if _is_falling(key) else rows.c[f"key_{at}"]
        for at, key in enumerate(order)
    ]
    total = sa.select(sa.func.count()).select_from(query.subquery()).scalar_subquery()
    first = sa.select(
        *(column for column in rows.c if not column.name.startswith("key_")),
        total.label("total"),
        sa.func.row_number().over(order_by=again).label("place"),
    )
    return Part(name, first, ("place",))


def _is_falling(key: Any) -> bool:
    return isinstance(key, sa.UnaryExpression) and key.modifier is desc_op


def _papers(desk: Desk, issued_before: date) -> tuple[Part, ...]:
    base = sa.select(DOCUMENT.c.id).where(visible_documents(desk))
    unserved = base.where(
        DOCUMENT.c.state == DocumentState.ISSUED.value,
        DOCUMENT.c.serial.is_not(None),
        DOCUMENT.c.issued_on < issued_before,
    )
    return (
        _pile("to_sign", base.where(DOCUMENT.c.state.in_(TO_SIGN)), DOCUMENT.c.id),
        _pile("to_seal", base.where(DOCUMENT.c.state.in_(TO_SEAL)), DOCUMENT.c.id),
        _pile("unserved", unserved, DOCUMENT.c.issued_on, DOCUMENT.c.id),
    )


def _cases(desk: Desk) -> tuple[Part, ...]:
    base = sa.select(CASE.c.id).where(cases_in_sight(desk))
    by_due = (CASE.c.due_on, CASE.c.id)
    return (
        _pile("plans", base.where(CASE.c.state == CaseState.PLANNED.value), *by_due),
        _pile(
            "to_verify", base.where(CASE.c.state == CaseState.CLOSURE_APPLIED.value, _not_mine(desk)), *by_due
        ),
        _pile(
            "to_close",
            base.where(CASE.c.state == CaseState.VERIFIED.value, _verified_by_others(desk)),
            *by_due,
        ),
    )


def _due_soon(desk: Desk, until: date) -> Part:
    query = sa.select(CASE.c.id).where(
        cases_in_sight(desk),
        CASE.c.state.in_([state.value for state in CLOCK_RUNS]),
        CASE.c.suspended_on.is_(None),
        CASE.c.due_on.between(desk.today, until),
    )
    return _pile("due_soon", query, CASE.c.due_on, CASE.c.id)


def _not_mine(desk: Desk) -> sa.ColumnElement[bool]:
    """Leave out what the actor applied for themselves, and the unit they come from: others verify that."""
    own = sa.select(UNIT.c.id).where(UNIT.c.office_id == desk.office_id, UNIT.c.code == desk.actor.unit_code)
    strange = CASE.c.unit_id.not_in(own) if desk.actor.unit_code else sa.true()
    return sa.and_(strange, sa.func.coalesce(CASE.c.applied_by, "") != desk.actor.code)


def _verified_by_others(desk: Desk) -> sa.ColumnElement[bool]:
    return sa.func.coalesce(CASE.c.verified_by, "") != desk.actor.code


def _requests(desk: Desk) -> Part:
    query = (
        sa.select(
            REQUEST.c.case_id.label("id"), REQUEST.c.id.label("request_id"), REQUEST.c.kind, REQUEST.c.number,
            REQUEST.c.asked_on, REQUEST.c.until_on, REQUEST.c.reason,
        )
        .join(CASE, CASE.c.id == REQUEST.c.case_id)
        # Written out, as the index of the open requests has it; each case is then found by its key.
        .where(
            past_index(cases_in_sight(desk), CASE.c.office_id),
            REQUEST.c.state == sa.literal_column(f"'{RequestState.REQUESTED}'"),
        )
    )  # fmt: skip
    return _pile("requests", query, REQUEST.c.asked_on, REQUEST.c.id)


def _common(desk: Desk, since: date, until: date) -> dict[str, list[Row]]:
    """Return the changed lights and what is due soon; whoever sees the whole office sees the same ones."""

    def find() -> dict[str, list[Row]]:
        return gather(desk, _due_soon(desk, until), _lights(desk, since))

    return remembered(desk, ("today", since, until), find) if sees_office(desk) else find()


def _lights(desk: Desk, since: date) -> Part:
    """Find the newest rung of each case that got one since a day, gravest first."""
    # Asked as a subquery, so that the few new rungs are found first and each case by its key.
    newest = sa.exists().where(
        CASE.c.id == RUNG.c.case_id, CASE.c.last_rung_id == RUNG.c.id, cases_in_sight(desk)
    )
    ranks = office_palette(desk).ranks
    rank = sa.case({light.value: at for light, at in ranks.items()}, value=RUNG.c.light)
    query = sa.select(RUNG.c.case_id.label("id"), RUNG.c.light, RUNG.c.fired_on).where(
        RUNG.c.fired_on >= since, newest
    )
    return _pile("lights", query, rank.desc(), RUNG.c.fired_on.desc(), RUNG.c.case_id)


def _mails(desk: Desk) -> Part:
    papers = visible_documents(desk)
    seen = sa.or_(MESSAGE.c.document_id.is_(None), papers) if sees_office(desk) else papers
    # A mail that came back has its task; here it stands until its document is served in another way.
    open_still = sa.or_(MESSAGE.c.state.in_(BAD_MAIL), DOCUMENT.c.state == DocumentState.ISSUED.value)
    query = (
        sa.select(
            MESSAGE.c.id, MESSAGE.c.recipient_name, MESSAGE.c.recipient, MESSAGE.c.state, MESSAGE.c.smtp_reply,
            MESSAGE.c.document_id,
        )
        .outerjoin(DOCUMENT, DOCUMENT.c.id == MESSAGE.c.document_id)
        .where(
            MESSAGE.c.office_id == desk.office_id,
            # Named all together, so that the index of states leads to them.
            MESSAGE.c.state.in_([*BAD_MAIL, MessageState.BOUNCED.value]), open_still, seen,
        )
    )  # fmt: skip
    return _pile("mails", query, MESSAGE.c.id.desc())


def _tasks(desk: Desk) -> Part:
    """Find the open tasks of the actor: given to them by name, or to a role of theirs."""
    mine = sa.or_(
        TASK.c.owner == desk.actor.code,
        sa.and_(TASK.c.owner == "", TASK.c.role.in_(sorted(desk.actor.roles))),
    )
    query = sa.select(TASK.c.id, TASK.c.title, TASK.c.due_on).where(
        tasks_in_sight(desk), TASK.c.state == "open", mine
    )
    return _pile("tasks", query, TASK.c.due_on.is_(None), TASK.c.due_on, TASK.c.id)


def _visits(desk: Desk) -> Part:
    """Find the visits of the actor whose checklist is not filled in; a visit counts its items by their separators."""
    filled = (
        sa.select(sa.func.count(sa.distinct(CHECK.c.item)))
        .where(CHECK.c.visit_id == VISIT.c.id)
        .scalar_subquery()
    )
    items = sa.func.length(VISIT.c["items"]) - sa.func.length(sa.func.replace(VISIT.c["items"], "、", "")) + 1
    query = (
        sa.select(
            VISIT.c.id, VISIT.c.from_on, VISIT.c.to_on, UNIT.c.name.label("unit"), CAMPAIGN.c.code.label("campaign"),
            filled.label("filled"), items.label("asked"), MEMBER.c.role,
        )
        .join(MEMBER, MEMBER.c.visit_id == VISIT.c.id)
        .join(PERSON, PERSON.c.id == MEMBER.c.person_id)
        .join(UNIT, UNIT.c.id == VISIT.c.unit_id)
        .join(CAMPAIGN, CAMPAIGN.c.id == VISIT.c.campaign_id)
        .where(
            visits_in_sight(desk),
            PERSON.c.office_id == desk.office_id,
            PERSON.c.code == desk.actor.code,
            CAMPAIGN.c.opened_on.is_not(None),
            CAMPAIGN.c.state.not_in(CAMPAIGN_OVER),
            filled < items,
        )
    )  # fmt: skip
    return _pile("visits", query, VISIT.c.from_on, VISIT.c.id)


def _screenings(desk: Desk) -> tuple[Part, ...]:
    """Count the screenings that wait, for the people who may know of them; nothing more is told here."""
    if not desk.actor.roles & SEES_REFERRALS:
        return ()
    query = sa.select(REFERRAL.c.id).where(
        REFERRAL.c.office_id == desk.office_id, REFERRAL.c.state.in_(SCREENING)
    )
    return (_pile("screenings", query, REFERRAL.c.id),)
