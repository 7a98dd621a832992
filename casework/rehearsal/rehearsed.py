"""What a rehearsal brought forth, read before its transaction is rolled back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Desk
from casework.inspection.campaigns import find_campaign
from casework.lights.climbing import ladder_of, rules_of
from casework.paperwork.kinds import is_hidden
from casework.rehearsal.rehearsaltexts import Text, text_of
from casework.rehearsal.rehearsaltotals import Row, count_totals, measure_burden
from casework.rehearsal.rehearsing import Cast
from core.codes import Light
from core.ladders.palette import Palette
from core.life.lives import DocumentState
from core.life.rectification import SETTLED
from models.base import key_of, table_of
from models.campaign import Campaign, Finding, Visit
from models.document import Document, DocumentCase
from models.message import Message
from models.organisation import Unit
from models.rectification import Rectification, Rung
from models.referral import Referral

DOCUMENT, DOCUMENT_CASE, RUNG = table_of(Document), table_of(DocumentCase), table_of(Rung)
FINDING, CASE, MESSAGE, VISIT = table_of(Finding), table_of(Rectification), table_of(Message), table_of(Visit)


@dataclass(frozen=True, slots=True)
class Programme:
    """All a campaign would send; `texts` are by document id and are no part of the JSON."""

    head: Row
    documents: tuple[Row, ...]
    waiting: tuple[Row, ...]
    totals: Row
    burden: Row
    after: Row
    texts: Mapping[int, Text] = field(default_factory=dict)

    def as_dict(self) -> Row:
        """Return the programme as outside programs read it."""
        return {
            **self.head,
            "documents": list(self.documents),
            "waiting": list(self.waiting),
            "totals": self.totals,
            "burden": self.burden,
            **self.after,
        }


def read_programme(desk: Desk, cast: Cast, start: date, reports: Iterable[Mapping[str, Any]]) -> Programme:
    """Read what was sent from a day on.

    reports   of the jobs, for what was held or set aside
    """
    campaign = find_campaign(desk, cast.asked.code)
    found = _documents(desk, campaign, cast.gone_before)
    texts = {key_of(document): text_of(desk, document) for document, _unit in found}
    rows = _Rows(desk, campaign, [key_of(document) for document, _unit in found])
    sent = [
        rows.sent(document, unit, texts[key_of(document)]) for document, unit in found if document.issued_on
    ]
    waiting = [rows.waiting(document, unit) for document, unit in found if not document.issued_on]
    sent.sort(key=lambda row: (row["day"], row["unit"], row["kind"], row["id"]))
    totals, burden = count_totals(sent), measure_burden(sent, desk.calendar)
    head = _head(campaign, cast, start)
    after = _after(desk, campaign, cast, start, reports)
    return Programme(head, tuple(sent), tuple(waiting), totals, burden, after, texts)


def _head(campaign: Campaign, cast: Cast, start: date) -> Row:
    asked = cast.asked
    return {
        "campaign": campaign.code,
        "title": campaign.title,
        "state": cast.began_as,
        "from": start.isoformat(),
        "to": (start + timedelta(asked.days - 1)).isoformat(),
        "days": asked.days,
        "assumptions": asked.assumptions(cast.began_as),
        "rules_sha256": campaign.rules_sha256,
    }


def _after(
    desk: Desk, campaign: Campaign, cast: Cast, start: date, reports: Iterable[Mapping[str, Any]]
) -> Row:
    """Return what was refused, held or set aside, and what the last day leaves."""
    held, aside = _troubles(reports)
    last = start + timedelta(cast.asked.days - 1)
    return {
        "mails": _mails(desk, campaign, cast.last_mail),
        "refused": [one.as_dict() for one in cast.refusals],
        "held": held,
        "set_aside": aside,
        **_left_open(desk, campaign, start, last),
    }


def _documents(desk: Desk, campaign: Campaign, before: Collection[int]) -> list[tuple[Document, Unit]]:
    """Return what went out and what still waits; letters of linkage are nobody's programme."""
    query = (
        select(Document, Unit)
        .where(
            col(Document.campaign_id) == campaign.id,
            col(Document.unit_id) == col(Unit.id),
            col(Document.state) != DocumentState.VOID.value,
        )
        .order_by(col(Document.id))
    )
    rows = desk.session.exec(query).all()
    return [
        (document, unit) for document, unit in rows if document.id not in before and not is_hidden(document)
    ]


class _Rows:
    """Documents as rows, with what was read of all of them at once."""

    def __init__(self, desk: Desk, campaign: Campaign, numbers: Sequence[int]) -> None:
        self.desk = desk
        self.rules = rules_of(desk, key_of(campaign))
        self.palette: Palette = ladder_of(desk, key_of(campaign)).palette
        self.cases = _cases_on(desk, numbers)
        self.roles = _roles_told(desk, numbers)

    def waiting(self, document: Document, unit: Unit) -> Row:
        """Return a document that had not gone out by the last day."""
        return {
            "id": document.id,
            "kind": document.kind,
            "name": self.rules.document(document.kind).name,
            "unit": unit.code,
            "unit_name": unit.name,
            "drafted_on": document.drafted_on.isoformat(),
            "state": document.state,
        }

    def sent(self, document: Document, unit: Unit, text: Text) -> Row:
        """Return a document that went out; it bears no number, which is taken at the real signature."""
        assert document.issued_on is not None  # the caller has looked
        cases = self.cases.get(key_of(document), [])
        rule = self.rules.document(document.kind)
        post = self.desk.office_rules.leaders.get(document.signed_by or "")
        light = self.palette.highest(Light(case["light"]) for case in cases)
        return {
            "id": document.id,
            "day": document.issued_on.isoformat(),
            "kind": document.kind,
            "name": rule.name,
            "unit": unit.code,
            "unit_name": unit.name,
            "light": light.value,
            "recipients": self.roles.get(key_of(document)) or [role.value for role in rule.recipients],
            "signer": document.signed_by,
            "signer_name": post.name if post else "",
            "issue": _issue(document),
            "problems": len(cases),
            "number": None,
            "subject": text.subject,
            "drafted_on": document.drafted_on.isoformat(),
            "served_on": document.served_on.isoformat() if document.served_on else None,
            "cases": cases,
        }


def _issue(document: Document) -> str:
    if document.signed_on is None:
        return "automatic"
    return "authorised" if document.authorised_by else "on_signature"


def _cases_on(desk: Desk, numbers: Sequence[int]) -> dict[int, list[Row]]:
    query = (
        sa.select(
            DOCUMENT_CASE.c.document_id, DOCUMENT_CASE.c.light, DOCUMENT_CASE.c.due_on, FINDING.c.code,
            FINDING.c.item, RUNG.c.code.label("rung"),
        )
        .join(FINDING, FINDING.c.id == DOCUMENT_CASE.c.case_id)
        .outerjoin(
            RUNG,
            sa.and_(
                RUNG.c.document_id == DOCUMENT_CASE.c.document_id, RUNG.c.case_id == DOCUMENT_CASE.c.case_id
            ),
        )
        .where(DOCUMENT_CASE.c.document_id.in_(numbers))
        .order_by(FINDING.c.code)
    )  # fmt: skip
    found: dict[int, list[Row]] = {}
    for row in desk.session.connection().execute(query):
        found.setdefault(row.document_id, []).append(
            {
                "id": row.code,
                "item": row.item,
                "rung": row.rung,
                "light": row.light,
                "due_on": row.due_on.isoformat() if row.due_on else None,
            }
        )
    return found


def _roles_told(desk: Desk, numbers: Sequence[int]) -> dict[int, list[str]]:
    """Return the contacts to whom a mail of each document was queued."""
    query = (
        sa.select(MESSAGE.c.document_id, MESSAGE.c.key)
        .where(MESSAGE.c.document_id.in_(numbers))
        .order_by(MESSAGE.c.id)
    )
    found: dict[int, list[str]] = {}
    for row in desk.session.connection().execute(query):
        found.setdefault(row.document_id, []).append(row.key.rpartition("/")[2])
    return found


def _troubles(reports: Iterable[Mapping[str, Any]]) -> tuple[str | None, list[Any]]:
    held: str | None = None
    aside: list[Any] = []
    for report in reports:
        held = held or report.get("held")
        aside += report.get("set_aside") or []
    return held, aside


def _mails(desk: Desk, campaign: Campaign, last: int) -> dict[str, int]:
    """Return how many mails of each kind would be queued for the campaign."""
    documents = sa.select(DOCUMENT.c.id).where(DOCUMENT.c.campaign_id == campaign.id)
    visits = sa.select(VISIT.c.id).where(VISIT.c.campaign_id == campaign.id)
    about = sa.or_(MESSAGE.c.document_id.in_(documents), MESSAGE.c.visit_id.in_(visits))
    query = (
        sa.select(MESSAGE.c.kind, sa.func.count())
        .where(about, MESSAGE.c.id > last)
        .group_by(MESSAGE.c.kind)
        .order_by(MESSAGE.c.kind)
    )
    return {row[0]: row[1] for row in desk.session.connection().execute(query)}


def _left_open(desk: Desk, campaign: Campaign, start: date, last: date) -> Row:
    """Return what the last day leaves: open cases by colour, visits to come, screenings opened."""
    ours = CASE.c.campaign_id == campaign.id
    link = desk.session.connection()
    lights = sa.select(CASE.c.light, sa.func.count()).where(ours, CASE.c.state.not_in(sorted(SETTLED)))
    visits = sa.select(sa.func.count()).where(VISIT.c.campaign_id == campaign.id, VISIT.c.to_on > last)
    referral = table_of(Referral)
    opened = (
        sa.select(sa.func.count())
        .select_from(referral.join(CASE, CASE.c.id == referral.c.case_id))
        .where(ours, referral.c.opened_on >= start)
    )
    return {
        "open_cases": {row[0]: row[1] for row in link.execute(lights.group_by(CASE.c.light))},
        "visits_to_come": link.execute(visits).scalar_one(),
        "screenings": link.execute(opened).scalar_one(),
    }
