"""One search over all that somebody may see: each kind of row under its own sight, a few of each, in one query.

Rows of compartments are found by the people who may know of them only; nobody is told how many others there are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from casework.desk import Desk
from casework.gathering import Gathering, Kept, Part, Row
from casework.linkage.compartment import known_ids, knows_all
from casework.litigation.matterboard import matters_in_sight
from casework.paperwork.kinds import name_of_kind
from casework.sight import (
    campaigns_in_sight,
    cases_in_sight,
    documents_in_sight,
    findings_in_sight,
    sees_office,
    units_in_sight,
)
from core.access.permissions import Permission, may
from core.life.lives import FindingState
from core.life.rectification import CASE_STATE_LABELS, CaseState
from models.base import table_of
from models.campaign import Campaign, Finding
from models.dialects import mentions, past_index, pattern_of
from models.document import Document
from models.lead import Lead
from models.matter import LitigationMatter
from models.organisation import Person, Unit
from models.rectification import Rectification
from models.referral import Referral

CASE, FINDING, UNIT, CAMPAIGN = table_of(Rectification), table_of(Finding), table_of(Unit), table_of(Campaign)
DOCUMENT, PERSON, LEAD, REFERRAL = table_of(Document), table_of(Person), table_of(Lead), table_of(Referral)
MATTER = table_of(LitigationMatter)
SHORTEST, LONGEST, SHOWN = 2, 60, 8
TEXT, WANTED = sa.bindparam("pattern", type_=sa.String), sa.bindparam("wanted", type_=sa.String)
_kept = Kept()
HANDLES_LEADS = frozenset({"officer", "director", "linkage"})


@dataclass(frozen=True, slots=True)
class Hit:
    """One row that was found; `exact`: its number is just what was asked for."""

    address: str
    title: str
    number: str
    more: str
    exact: bool


@dataclass(frozen=True, slots=True)
class Group:
    """The first hits of one kind; `more` tells that there are others."""

    key: str
    name: str
    hits: tuple[Hit, ...]
    more: bool
    all_address: str


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of row: who may look for it, how it is asked for, how a hit is written."""

    key: str
    name: str
    permission: Permission
    query: Callable[[Desk], sa.Select[Any] | None]
    write: Callable[[Desk, Row], tuple[str, str, str]]  # address, title, more
    all_address: str = ""


def clean(text: str) -> str:
    """Return what is looked for, without the blanks around it and not too long."""
    return " ".join(text.split())[:LONGEST]


def search(desk: Desk, text: str) -> tuple[Group, ...]:
    """Return what is found for a text, by kind; nothing for a text that is too short; at most three queries."""
    wanted = clean(text)
    if len(wanted) < SHORTEST:
        return ()
    if sees_office(desk) and knows_all(desk):  # then what they may see depends on no rows
        asked = _kept.take((desk.office_id, desk.actor), lambda: _parts(desk))
    else:
        asked = Gathering(*_parts(desk))
    found = asked.rows(desk, pattern=pattern_of(wanted), wanted=wanted)
    return tuple(_group(desk, kind, rows, wanted) for kind in KINDS if (rows := found.get(kind.key)))


def _parts(desk: Desk) -> list[Part]:
    """Return what the actor may look for, each kind under its own sight."""
    allowed = (kind for kind in KINDS if may(desk.actor.roles, kind.permission))
    queries = ((kind.key, kind.query(desk)) for kind in allowed)
    return [_first(key, query) for key, query in queries if query is not None]


def only_hit(groups: tuple[Group, ...]) -> str:
    """Return the address of the one row whose number is just what was asked for; empty when there is none such.

    What lies in a compartment bears the number of its case, which comes first; the parts of one referral share it,
    and whoever finds several of them chooses.
    """
    exact = next((found for group in groups if (found := [hit for hit in group.hits if hit.exact])), [])
    return exact[0].address if len(exact) == 1 else ""


def _first(key: str, query: sa.Select[Any]) -> Part:
    """Return the first rows of a query: those with the number asked for first, then the others, the newest first.

    The two are asked for apart, so that the database goes from the newest row back and stops when the page is full.
    """
    number, key_column = query.selected_columns["number"], query.selected_columns["id"]
    # In no order: the few rows that share a number are found by the index, and are put in order below.
    exact = query.add_columns(sa.literal_column("0", sa.Integer).label("rank"))
    exact = exact.where(number == WANTED).limit(SHOWN + 1)
    others = (
        query.add_columns(sa.literal_column("1", sa.Integer).label("rank"))
        .where(sa.func.coalesce(number, "") != WANTED)
        .order_by(key_column.desc())
        .limit(SHOWN + 1)
    )
    both = sa.union_all(sa.select(exact.subquery()), sa.select(others.subquery())).subquery()
    place = sa.func.row_number().over(order_by=(both.c.rank, both.c.id.desc()))
    return Part(key, sa.select(both, place.label("place")), ("place",))


def _group(desk: Desk, kind: Kind, rows: list[Row], wanted: str) -> Group:
    hits = []
    for row in rows[:SHOWN]:
        address, title, more = kind.write(desk, row)
        hits.append(Hit(address, title, row["number"] or "", more, row["number"] == wanted))
    return Group(kind.key, kind.name, tuple(hits), len(rows) > SHOWN, kind.all_address)


def _cases(desk: Desk) -> sa.Select[Any]:
    # The few units that are meant are found first, so that the rows are gone through once.
    units = sa.select(UNIT.c.id).where(UNIT.c.office_id == desk.office_id, mentions(TEXT, UNIT.c.name))
    said = sa.or_(mentions(TEXT, FINDING.c.code, FINDING.c.problem), CASE.c.unit_id.in_(units))
    return (
        sa.select(
            CASE.c.id,
            FINDING.c.code.label("number"),
            FINDING.c.problem,
            CASE.c.state,
            UNIT.c.name.label("unit"),
        )
        .join(FINDING, FINDING.c.id == CASE.c.id)
        .join(UNIT, UNIT.c.id == CASE.c.unit_id)
        .where(past_index(cases_in_sight(desk), CASE.c.office_id), said)
    )


def _papers(desk: Desk) -> sa.Select[Any] | None:
    if desk.actor.speaks_for_unit:
        return None
    # Written out, as the index has it. What was withdrawn with its case is found as that case.
    waiting = FINDING.c.state != sa.literal_column(f"'{FindingState.CONFIRMED}'")
    has_case = sa.exists().where(CASE.c.id == FINDING.c.id)
    return (
        sa.select(FINDING.c.id, FINDING.c.code.label("number"), FINDING.c.problem, UNIT.c.name.label("unit"))
        .join(UNIT, UNIT.c.id == FINDING.c.unit_id)
        .where(
            findings_in_sight(desk),
            waiting,
            sa.not_(has_case),
            mentions(TEXT, FINDING.c.code, FINDING.c.problem),
        )
    )


def _documents(desk: Desk) -> sa.Select[Any]:
    return (
        sa.select(
            DOCUMENT.c.id, DOCUMENT.c.number, DOCUMENT.c.kind, DOCUMENT.c.title, DOCUMENT.c.rules_sha256,
            UNIT.c.name.label("unit"),
        )
        .join(UNIT, UNIT.c.id == DOCUMENT.c.unit_id)
        .where(documents_in_sight(desk), mentions(TEXT, DOCUMENT.c.number, DOCUMENT.c.title, UNIT.c.name))
    )  # fmt: skip


def _campaigns(desk: Desk) -> sa.Select[Any] | None:
    query = sa.select(CAMPAIGN.c.id, CAMPAIGN.c.code.label("number"), CAMPAIGN.c.title)
    return query.where(campaigns_in_sight(desk), mentions(TEXT, CAMPAIGN.c.code, CAMPAIGN.c.title))


def _units(desk: Desk) -> sa.Select[Any]:
    query = sa.select(UNIT.c.id, UNIT.c.code.label("number"), UNIT.c.name, UNIT.c.kinds)
    return query.where(units_in_sight(desk), mentions(TEXT, UNIT.c.code, UNIT.c.name))


def _people(desk: Desk) -> sa.Select[Any]:
    query = sa.select(PERSON.c.id, PERSON.c.code.label("number"), PERSON.c.name, PERSON.c.specialties)
    return query.where(PERSON.c.office_id == desk.office_id, mentions(TEXT, PERSON.c.code, PERSON.c.name))


def _leads(desk: Desk) -> sa.Select[Any]:
    """Ask for leads that the actor may know of: see casework/intake/leads.py."""
    plain = sa.true() if desk.actor.roles & HANDLES_LEADS else LEAD.c.handler == desk.actor.code
    known = known_ids(desk, "lead")
    hidden = sa.true() if known is None else LEAD.c.id.in_(sorted(known))
    seen = sa.or_(
        sa.and_(LEAD.c.compartment.is_(False), plain), sa.and_(LEAD.c.compartment.is_(True), hidden)
    )
    query = sa.select(LEAD.c.id, LEAD.c.number, LEAD.c.title)
    return query.where(LEAD.c.office_id == desk.office_id, seen, mentions(TEXT, LEAD.c.number, LEAD.c.title))


def _matters(desk: Desk) -> sa.Select[Any]:
    return (
        sa.select(MATTER.c.id, MATTER.c.number, MATTER.c.cause, UNIT.c.name.label("unit"))
        .join(UNIT, UNIT.c.id == MATTER.c.unit_id)
        .where(matters_in_sight(desk), mentions(TEXT, MATTER.c.number, MATTER.c.cause, UNIT.c.name))
    )


def _referrals(desk: Desk) -> sa.Select[Any] | None:
    known = known_ids(desk, "referral")
    if known is not None and not known:
        return None
    query = (
        sa.select(REFERRAL.c.id, FINDING.c.code.label("number"), FINDING.c.problem)
        .join(FINDING, FINDING.c.id == REFERRAL.c.case_id)
        .where(REFERRAL.c.office_id == desk.office_id, mentions(TEXT, FINDING.c.code, FINDING.c.problem))
    )
    return query if known is None else query.where(REFERRAL.c.id.in_(sorted(known)))


def _write_case(desk: Desk, row: Row) -> tuple[str, str, str]:
    place = "/portal/cases/" if desk.actor.speaks_for_unit else "/cases/"
    return (
        f"{place}{row['number']}",
        row["problem"],
        f"{row['unit']} · {CASE_STATE_LABELS[CaseState(row['state'])]}",
    )


def _write_document(desk: Desk, row: Row) -> tuple[str, str, str]:
    place = "/portal/documents/" if desk.actor.speaks_for_unit else "/documents/"
    name = name_of_kind(desk, row["kind"], row["rules_sha256"])
    return f"{place}{row['id']}", row["title"] or name, f"{name} · {row['unit']}"


def _write_matter(_desk: Desk, row: Row) -> tuple[str, str, str]:
    return f"/matters/{row['id']}", row["cause"], row["unit"]


KINDS = (
    Kind("cases", "整改事项", Permission.SEARCH, _cases, _write_case, "/ledger?state=all&q="),
    Kind("papers", "问题底稿", Permission.FINDING_VIEW, _papers,
         lambda _desk, row: (f"/findings/{row['number']}", row["problem"], row["unit"]), "/findings?q="),
    Kind("documents", "文书", Permission.SEARCH, _documents, _write_document),
    Kind("campaigns", "督察批次", Permission.CAMPAIGN_VIEW, _campaigns,
         lambda _desk, row: (f"/campaigns/{row['number']}", row["title"], "")),
    Kind("units", "被督察单位", Permission.UNITS, _units,
         lambda _desk, row: (f"/units/{row['number']}", row["name"], row["kinds"])),
    Kind("people", "人员", Permission.PEOPLE, _people,
         lambda _desk, row: (f"/people/{row['number']}", row["name"], row["specialties"])),
    Kind("matters", "诉讼复议案件", Permission.MATTER_VIEW, _matters, _write_matter),
    Kind("leads", "问题线索", Permission.LEAD, _leads,
         lambda _desk, row: (f"/leads/{row['id']}", row["title"], "")),
    Kind("referrals", "贯通移送", Permission.LINKAGE, _referrals,
         lambda _desk, row: (f"/referrals/{row['id']}", row["problem"], "")),
)  # fmt: skip
