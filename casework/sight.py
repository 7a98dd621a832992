"""Which rows somebody sees: the whole office, the visits one is on and what comes of them, or one's own unit.

A permission opens a page (core/access/permissions.py); these conditions decide what stands on it. Compartments
(referrals, matters that came in, leads) are narrower still and check their own readers.
"""

from __future__ import annotations

import sqlalchemy as sa

from casework.desk import Desk
from casework.paperwork.kinds import is_shown
from core.life.rectification import CaseState
from models.base import table_of
from models.campaign import Campaign, Finding, Visit, VisitMember
from models.document import Document, DocumentCase
from models.organisation import Person, Unit
from models.rectification import Rectification

CASE, FINDING, DOCUMENT = table_of(Rectification), table_of(Finding), table_of(Document)
CAMPAIGN, VISIT, MEMBER = table_of(Campaign), table_of(Visit), table_of(VisitMember)
PERSON, UNIT, DOCUMENT_CASE = table_of(Person), table_of(Unit), table_of(DocumentCase)
Condition = sa.ColumnElement[bool]
WHOLE_OFFICE = frozenset({"officer", "director", "reviewer", "linkage"})
# What somebody who verifies sees beyond their own visits: what waits for it.
TO_VERIFY = (CaseState.CLOSURE_APPLIED.value, CaseState.VERIFIED.value, CaseState.LOOK_BACK.value)


def sees_office(desk: Desk) -> bool:
    """Tell whether the actor sees every row of the office outside the compartments."""
    return desk.actor.is_machine or not WHOLE_OFFICE.isdisjoint(desk.actor.roles)


def visits_in_sight(desk: Desk) -> Condition:
    """Return the condition for visits: all, those the actor is on, or for a unit those it was told of.

    Who planned a campaign sees how it is arranged until it opens.
    """
    own = VISIT.c.office_id == desk.office_id
    if sees_office(desk):
        return own
    if desk.actor.speaks_for_unit:
        told = _there_is(
            VISIT,
            CAMPAIGN.c.id == VISIT.c.campaign_id,
            CAMPAIGN.c.opened_on.is_not(None),
            sa.not_(CAMPAIGN.c.hidden),
        )
        return sa.and_(own, VISIT.c.unit_id == _own_unit(desk), told)
    arranged = sa.select(CAMPAIGN.c.id).where(_planned(desk), CAMPAIGN.c.opened_on.is_(None))
    return sa.and_(own, sa.or_(VISIT.c.id.in_(_own_visits(desk)), VISIT.c.campaign_id.in_(arranged)))


def campaigns_in_sight(desk: Desk) -> Condition:
    """Return the condition for campaigns: all, or those of visits in sight and those the actor planned."""
    own = CAMPAIGN.c.office_id == desk.office_id
    if sees_office(desk):
        return own
    visited = CAMPAIGN.c.id.in_(sa.select(VISIT.c.campaign_id).where(visits_in_sight(desk)))
    if desk.actor.speaks_for_unit:
        return sa.and_(own, visited)
    return sa.and_(own, sa.or_(visited, _planned(desk)))


def is_campaign_in_sight(desk: Desk, campaign_id: int) -> bool:
    """Tell whether the actor sees a campaign; a verifier may see a case and not its campaign."""
    if sees_office(desk):
        return True
    query = sa.select(CAMPAIGN.c.id).where(CAMPAIGN.c.id == campaign_id, campaigns_in_sight(desk))
    return desk.session.connection().execute(query).first() is not None


def campaign_codes_in_sight(desk: Desk) -> set[str]:
    """Return the codes of the campaigns in sight."""
    query = sa.select(CAMPAIGN.c.code).where(campaigns_in_sight(desk))
    return set(desk.session.connection().execute(query).scalars())


def findings_in_sight(desk: Desk) -> Condition:
    """Return the condition for findings: all, those of one's own visits and cases in sight, or what a unit was told."""
    own = FINDING.c.office_id == desk.office_id
    if sees_office(desk):
        return own
    if desk.actor.speaks_for_unit:
        return sa.and_(own, FINDING.c.id.in_(sa.select(CASE.c.id).where(cases_in_sight(desk))))
    mine = _of_own_visit(desk, FINDING.c.campaign_id, FINDING.c.unit_id)
    if "verifier" in desk.actor.roles:
        mine = sa.or_(mine, FINDING.c.id.in_(sa.select(CASE.c.id).where(cases_in_sight(desk))))
    return sa.and_(own, mine)


def cases_in_sight(desk: Desk) -> Condition:
    """Return the condition for cases: all, those of one's own visits and what waits for verification, or a unit's own.

    A unit sees a case from the day on which a document told it.
    """
    own = CASE.c.office_id == desk.office_id
    if sees_office(desk):
        return own
    if desk.actor.speaks_for_unit:
        return sa.and_(own, CASE.c.unit_id == _own_unit(desk), sa.or_(CASE.c.served_on.is_not(None), _told()))
    mine = _of_own_visit(desk, CASE.c.campaign_id, CASE.c.unit_id)
    if "verifier" in desk.actor.roles:
        mine = sa.or_(mine, CASE.c.state.in_(TO_VERIFY))
    return sa.and_(own, mine)


def is_case_in_sight(desk: Desk, case_id: int) -> bool:
    """Tell whether the actor sees a case."""
    if sees_office(desk):
        return True
    query = sa.select(CASE.c.id).where(CASE.c.id == case_id, cases_in_sight(desk))
    return desk.session.connection().execute(query).first() is not None


def documents_of(office: int | sa.ColumnElement[int]) -> Condition:
    """Return the condition for the documents of an office that are outside of every compartment."""
    return sa.and_(DOCUMENT.c.office_id == office, is_shown())


def documents_in_sight(desk: Desk) -> Condition:
    """Return the condition for shown documents: all, those of cases in sight, or those sent to a unit.

    What went to a unit that was merged is its heir's to read; what went upward about a unit is not.
    """
    own = documents_of(desk.office_id)
    if sees_office(desk):
        return own
    if desk.actor.speaks_for_unit:
        upward = sorted(code for code, rule in desk.rules.documents.items() if rule.upward)
        sent = sa.and_(DOCUMENT.c.issued_on.is_not(None), DOCUMENT.c.kind.not_in(upward))
        return sa.and_(
            own, DOCUMENT.c.unit_id.in_(_own_and_merged(desk)), sent, sa.not_(_comes_unannounced(desk))
        )
    of_cases = (
        sa.select(DOCUMENT_CASE.c.document_id)
        .join(CASE, CASE.c.id == DOCUMENT_CASE.c.case_id)
        .where(cases_in_sight(desk))
    )
    return sa.and_(own, DOCUMENT.c.id.in_(of_cases))


def units_in_sight(desk: Desk) -> Condition:
    """Return the condition for units as choices of filters: all, those of one's own visits, or one's own."""
    own = UNIT.c.office_id == desk.office_id
    if sees_office(desk):
        return own
    if desk.actor.speaks_for_unit:
        return sa.and_(own, UNIT.c.code == desk.actor.unit_code)
    return sa.and_(own, UNIT.c.id.in_(sa.select(CASE.c.unit_id).where(cases_in_sight(desk))))


def _there_is(row: sa.Table, *conditions: sa.ColumnElement[bool]) -> Condition:
    """Return the condition that something belongs to a row of a table.

    Said for which table it is: left to itself, SQLAlchemy would take any other table that the query around it joins for
    the one of that query, and so ask about the joined row alone.
    """
    return sa.exists().where(*conditions).correlate(row)


def _told() -> Condition:
    """A document that lists the case has gone out; what an imported ledger brought counts as served."""
    return _there_is(
        CASE,
        DOCUMENT_CASE.c.case_id == CASE.c.id,
        DOCUMENT.c.id == DOCUMENT_CASE.c.document_id,
        DOCUMENT.c.issued_on.is_not(None),
        is_shown(),
    )


def _comes_unannounced(desk: Desk) -> Condition:
    """The document belongs to a visit that the unit must not know of before the team is there (暗访)."""
    return _there_is(
        DOCUMENT,
        CAMPAIGN.c.id == DOCUMENT.c.campaign_id,
        CAMPAIGN.c.hidden,
        VISIT.c.campaign_id == CAMPAIGN.c.id,
        VISIT.c.unit_id == DOCUMENT.c.unit_id,
        VISIT.c.from_on > desk.today,
    )


def _planned(desk: Desk) -> Condition:
    return sa.and_(CAMPAIGN.c.office_id == desk.office_id, CAMPAIGN.c.planned_by == desk.actor.code)


def _own_unit(desk: Desk) -> sa.ScalarSelect[int]:
    return (
        sa.select(UNIT.c.id)
        .where(UNIT.c.office_id == desk.office_id, UNIT.c.code == desk.actor.unit_code)
        .scalar_subquery()
    )


def _own_and_merged(desk: Desk) -> sa.Select[tuple[int]]:
    """The actor's unit with all that were merged into it, over any number of mergers."""
    own = sa.select(UNIT.c.id).where(UNIT.c.id == _own_unit(desk)).cte(recursive=True)
    former = sa.select(UNIT.c.id).where(UNIT.c.successor_id == own.c.id, UNIT.c.valid_until < desk.today)
    return sa.select(own.union(former).c.id)


def _own_visits(desk: Desk) -> sa.Select[tuple[int]]:
    return (
        sa.select(MEMBER.c.visit_id)
        .join(PERSON, PERSON.c.id == MEMBER.c.person_id)
        .where(PERSON.c.office_id == desk.office_id, PERSON.c.code == desk.actor.code)
    )


def _of_own_visit(desk: Desk, campaign: sa.ColumnElement[int], unit: sa.ColumnElement[int]) -> Condition:
    own = sa.exists().where(
        VISIT.c.campaign_id == campaign, VISIT.c.unit_id == unit, VISIT.c.id.in_(_own_visits(desk))
    )
    return own.correlate_except(VISIT)
