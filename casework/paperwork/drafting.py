"""What may be drafted by hand: for which campaigns, of which kinds, to which units, about which cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Desk
from casework.lights.climbing import rules_of
from casework.paperwork.kinds import kinds_in_order
from casework.paperwork.notices import draft_by_hand, draft_notices
from casework.paperwork.reviewing import DRAFTERS
from casework.rows import CaseRow, case_rows
from casework.sight import campaigns_in_sight, cases_in_sight
from casework.staff.people import require_role
from core.codes import DocumentContent, Line
from core.errors import NotFound
from core.life.lives import DocumentState
from core.life.rectification import SETTLED
from core.rulebook import DocumentRule
from models.base import key_of, table_of
from models.campaign import Campaign
from models.document import Document, DocumentCase
from models.organisation import Unit
from models.rectification import Rectification

CASE, DOCUMENT, ON = table_of(Rectification), table_of(Document), table_of(DocumentCase)
# An interview is planned first, and its notice follows from it; an authorisation follows from the team of a visit.
BY_OTHERS = frozenset({"interview_notice", "authorisation_letter", "lead_transfer_letter"})


@dataclass(frozen=True, slots=True)
class Batch:
    """A campaign for which documents may be drafted; `open_problems` were confirmed and not notified yet."""

    code: str
    title: str
    open_problems: int
    units: int


@dataclass(frozen=True, slots=True)
class Desktop:
    """What the first page of drafting offers; `kinds` are (campaign, kind, name) by campaign."""

    batches: tuple[Batch, ...]
    kinds: dict[str, tuple[DocumentRule, ...]]
    units: tuple[tuple[str, str], ...]


def may_draft(desk: Desk) -> bool:
    """Tell whether the actor drafts documents."""
    return not desk.actor.roles.isdisjoint(DRAFTERS)


def drafting_view(desk: Desk) -> Desktop:
    """Return what the actor may draft; raise NotAllowed for whoever drafts nothing."""
    require_role(desk, DRAFTERS, "拟制文书")
    query = select(Campaign).where(
        campaigns_in_sight(desk),
        col(Campaign.opened_on).is_not(None),
        col(Campaign.rules_sha256).is_not(None),
    )
    campaigns = list(desk.session.exec(query.order_by(col(Campaign.id).desc())))
    waiting = _waiting(desk)
    batches = tuple(Batch(one.code, one.title, *waiting.get(key_of(one), (0, 0))) for one in campaigns)
    kinds = {one.code: hand_kinds(desk, one) for one in campaigns}
    return Desktop(batches, kinds, units_to_write(desk))


def hand_kinds(desk: Desk, campaign: Campaign) -> tuple[DocumentRule, ...]:
    """Return the kinds whose words a person gives, as the campaign froze them."""
    return tuple(
        rule
        for rule in kinds_in_order(rules_of(desk, key_of(campaign)))
        if rule.content is DocumentContent.FREE
        and rule.serves(Line(campaign.line))
        and rule.code not in BY_OTHERS
    )


def units_to_write(desk: Desk) -> tuple[tuple[str, str], ...]:
    """Return (code, name) of the units that documents may be sent to today."""
    query = select(Unit.code, Unit.name).where(
        col(Unit.office_id) == desk.office_id,
        sa.or_(col(Unit.valid_until).is_(None), col(Unit.valid_until) >= desk.today),
    )
    return tuple((code, name) for code, name in desk.session.exec(query.order_by(col(Unit.code))))


def campaign_to_write(desk: Desk, code: str) -> Campaign:
    """Return a campaign that the actor sees, by its code; raise NotFound."""
    query = select(Campaign).where(campaigns_in_sight(desk), col(Campaign.code) == code)
    found = desk.session.exec(query).first()
    if found is None:
        raise NotFound("没有这个批次", found=code[:40], expected="页面所列批次", remedy="回到拟稿页面重选")
    return found


def kind_to_write(desk: Desk, campaign: Campaign, kind: str) -> DocumentRule:
    """Return a kind that a person may write in a campaign; raise NotFound."""
    for rule in hand_kinds(desk, campaign):
        if rule.code == kind:
            return rule
    raise NotFound("没有这种文书", found=kind[:40], expected="页面所列种类", remedy="回到拟稿页面重选")


def cases_to_name(desk: Desk, campaign: Campaign, unit: str) -> tuple[CaseRow, ...]:
    """Return the notified cases of a unit in a campaign, which a document may speak of."""
    unit_id = select(Unit.id).where(col(Unit.office_id) == desk.office_id, col(Unit.code) == unit)
    query = sa.select(CASE.c.id).where(
        CASE.c.campaign_id == campaign.id,
        CASE.c.unit_id.in_(unit_id),
        CASE.c.due_on.is_not(None),
        cases_in_sight(desk),
    )
    return case_rows(
        desk, [int(row[0]) for row in desk.session.connection().execute(query.order_by(CASE.c.id))]
    )


@dataclass(frozen=True, slots=True)
class Words:
    """What a person gives for a document written by hand."""

    campaign: str
    kind: str
    unit: str
    values: Mapping[str, Any]
    cases: Sequence[str] = ()
    major: str = ""
    copies_to: Sequence[str] = ()


def write_by_hand(desk: Desk, words: Words) -> Document:
    """Draft a document that a person writes, in a campaign that they see; raises what draft_by_hand raises."""
    campaign = campaign_to_write(desk, words.campaign)
    kind_to_write(desk, campaign, words.kind)
    return draft_by_hand(
        desk, words.campaign, words.kind, words.unit, words.values, words.cases,
        major=words.major, copies_to=words.copies_to,
    )  # fmt: skip


def write_notices(desk: Desk, campaign: str) -> list[Document]:
    """Draft one notice per unit for what a campaign, that the actor sees, has confirmed and not notified."""
    campaign_to_write(desk, campaign)
    return draft_notices(desk, campaign)


def _waiting(desk: Desk) -> dict[int, tuple[int, int]]:
    """Return {campaign: (problems, units)} that are confirmed and on no notice yet."""
    notified = (
        sa.select(ON.c.case_id)
        .join(DOCUMENT, DOCUMENT.c.id == ON.c.document_id)
        .where(
            DOCUMENT.c.content_kind == DocumentContent.FINDINGS.value,
            DOCUMENT.c.state != DocumentState.VOID.value,
        )
    )
    query = (
        sa.select(CASE.c.campaign_id, sa.func.count(), sa.func.count(sa.distinct(CASE.c.unit_id)))
        .where(
            CASE.c.office_id == desk.office_id,
            CASE.c.signed_on.is_(None),
            CASE.c.state.not_in([state.value for state in SETTLED]),
            CASE.c.id.not_in(notified),
        )
        .group_by(CASE.c.campaign_id)
    )
    return {row[0]: (int(row[1]), int(row[2])) for row in desk.session.connection().execute(query)}
