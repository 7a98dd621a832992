"""What waits for somebody among the documents: to review, to sign, to be sealed; the oldest first.

Who may sign is decided by the verb that signs; here the same questions are asked of many documents at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from casework.desk import Desk
from casework.inspection.campaigns import plan_of
from casework.paperwork.documents import sealers
from casework.paperwork.kinds import book_of, is_shown
from casework.paperwork.reviewing import NEEDED, REVIEWERS
from casework.paperwork.viewing import last_looks
from casework.rows import DocumentRow, Pile, document_rows
from casework.sight import documents_in_sight
from casework.staff.delegations import list_delegations
from casework.staff.lending import lenders
from core.codes import DocumentContent
from core.life.lives import DocumentState
from core.rulebook import DocumentRule, LeaderRole
from models.base import table_of
from models.campaign import Campaign
from models.delegation import Delegation
from models.document import Document, DocumentApproval

DOCUMENT, APPROVAL, CAMPAIGN = table_of(Document), table_of(DocumentApproval), table_of(Campaign)
UNSIGNED = (DocumentState.DRAFT.value, DocumentState.IN_REVIEW.value)
MOST = 2000  # waiting documents that are looked through; nobody reads further
SHOWN = 50


@dataclass(frozen=True, slots=True)
class Waiting:
    """A document that waits; `looked_at` is when the account last met a new content of it.

    steps   the steps of review that it lacks and the actor may give
    """

    row: DocumentRow
    looked_at: datetime | None
    steps: tuple[str, ...]
    by_government: bool


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for somebody; `offset` is where the shown part of `to_sign` begins."""

    to_sign: Pile[Waiting]
    to_review: Pile[Waiting]
    to_seal: Pile[Waiting]
    offset: int

    @property
    def previous(self) -> int | None:
        return max(0, self.offset - SHOWN) if self.offset else None

    @property
    def next(self) -> int | None:
        after = self.offset + SHOWN
        return after if after < self.to_sign.total else None


@dataclass(slots=True)
class _Asker:
    """The questions about many documents, with what they share read once."""

    desk: Desk
    steps: dict[int, set[str]]  # approvals that hold
    authors: dict[int, set[str]]
    delegations: Sequence[Delegation]
    levels: dict[int | None, LeaderRole | None] = field(default_factory=dict)
    lent: dict[str, list[tuple[str, LeaderRole]]] = field(default_factory=dict)

    def rule(self, row: Any) -> DocumentRule:
        return book_of(self.desk, row.rules_sha256).document(row.kind)

    def is_author(self, row: Any) -> bool:
        return self.desk.actor.code in self.authors[row.id] | {row.drafted_by}

    def lacks(self, row: Any) -> tuple[str, ...]:
        return tuple(one for one in NEEDED[self.rule(row).review] if one not in self.steps[row.id])

    def may_sign(self, row: Any) -> bool:
        """Tell what signer_for, of casework/paperwork/documents.py, decides for one document."""
        if self.is_author(row) or self.lacks(row):
            return False
        needed = self._level(row)
        post = self.desk.office_rules.leaders.get(self.desk.actor.code)
        role = post.role if post else LeaderRole.DIRECTOR
        if (post is not None or "director" in self.desk.actor.roles) and role.may_sign(needed):
            return True
        if row.kind not in self.lent:
            found = lenders(self.desk, document=row.kind, rows=self.delegations)
            self.lent[row.kind] = [(one.principal, one.role) for one in found]
        lent = self.lent[row.kind]
        return any(who != row.drafted_by and level.may_sign(needed) for who, level in lent)

    def _level(self, row: Any) -> LeaderRole:
        level = self.rule(row).signer
        if row.campaign_id is None or row.content_kind != DocumentContent.FINDINGS:
            return level
        if row.campaign_id not in self.levels:
            campaign = self.desk.campaign(row.campaign_id)
            asked = plan_of(campaign).notice.sign_by if campaign.plan != "{}" else None
            self.levels[row.campaign_id] = asked
        asked = self.levels[row.campaign_id]
        return level if asked is None else max(level, asked, key=lambda one: one.rank)

    def reviews(self, row: Any) -> tuple[str, ...]:
        """Return the steps that a document in review lacks and the actor may give."""
        if row.state != DocumentState.IN_REVIEW or self.is_author(row):
            return ()
        lacking = self.lacks(row) or (() if NEEDED[self.rule(row).review] else self._free_step(row))
        return tuple(one for one in lacking if not self.desk.actor.roles.isdisjoint(REVIEWERS[one]))

    def _free_step(self, row: Any) -> tuple[str, ...]:
        """A document that need not be reviewed but was sent to review waits for one reader."""
        return () if "reviewed" in self.steps[row.id] else ("reviewed",)


def waiting_view(desk: Desk, account_id: int, offset: int = 0) -> Queue:
    """Return what waits for the actor; at most nine queries."""
    rows = _waiting(desk, sa.and_(documents_in_sight(desk), _waits()))
    asker = _ask(desk, rows)
    sign = [row for row in rows if row.state in UNSIGNED and asker.may_sign(row)]
    review = {row.id: steps for row in rows if (steps := asker.reviews(row))}
    seal = [row for row in rows if row.state == DocumentState.SIGNED and _seals(desk, row)]
    offset = min(max(0, offset), max(0, len(sign) - 1)) // SHOWN * SHOWN
    wanted = [row.id for row in (*sign[offset : offset + SHOWN], *seal[:SHOWN])] + list(review)[:SHOWN]
    shown = {row.id: row for row in document_rows(desk, dict.fromkeys(wanted))}
    looks = last_looks(desk, account_id, shown)
    government = {row.id for row in rows if row.id in shown and asker.rule(row).by_government}

    def of(numbers: Sequence[int]) -> tuple[Waiting, ...]:
        return tuple(
            Waiting(shown[one], looks.get(one), review.get(one, ()), one in government)
            for one in numbers
            if one in shown
        )

    return Queue(
        Pile(len(sign), of([row.id for row in sign[offset : offset + SHOWN]])),
        Pile(len(review), of(list(review)[:SHOWN])),
        Pile(len(seal), of([row.id for row in seal[:SHOWN]])),
        offset,
    )


def next_to_sign(desk: Desk, after: int) -> int | None:
    """Return the next document in sight that the actor may sign, from the oldest again at the end; None without one."""
    rows = _waiting(desk, sa.and_(documents_in_sight(desk), DOCUMENT.c.state.in_(UNSIGNED)))
    asker = _ask(desk, rows)
    able = [row.id for row in rows if row.id != after and asker.may_sign(row)]
    return next((one for one in able if one > after), able[0] if able else None)


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter of the compartment that waits: to be signed or sealed."""

    id: int
    name: str
    state: DocumentState
    drafted_on: date


def letters_waiting(desk: Desk) -> list[Letter]:
    """Return the letters of the compartment that wait for the actor, who knows all of it; nothing for anybody else."""
    from casework.linkage.compartment import knows_all  # the compartment drafts documents

    if not knows_all(desk):
        return []
    own = DOCUMENT.c.office_id == desk.office_id
    rows = _waiting(desk, sa.and_(own, sa.not_(is_shown()), _waits()))
    asker = _ask(desk, rows)
    return [
        Letter(row.id, asker.rule(row).name, DocumentState(row.state), row.drafted_on)
        for row in rows
        if (row.state in UNSIGNED and (asker.may_sign(row) or asker.reviews(row)))
        or (row.state == DocumentState.SIGNED and _seals(desk, row))
    ]


def _waits() -> sa.ColumnElement[bool]:
    return DOCUMENT.c.state.in_((*UNSIGNED, DocumentState.SIGNED.value))


def _seals(desk: Desk, row: Any) -> bool:
    return not desk.actor.roles.isdisjoint(sealers(row))


def _waiting(desk: Desk, condition: sa.ColumnElement[bool]) -> list[Any]:
    query = (
        sa.select(
            DOCUMENT.c.id, DOCUMENT.c.kind, DOCUMENT.c.content_kind, DOCUMENT.c.state, DOCUMENT.c.about,
            DOCUMENT.c.drafted_by, DOCUMENT.c.drafted_on, DOCUMENT.c.campaign_id,
            sa.func.coalesce(CAMPAIGN.c.rules_sha256, DOCUMENT.c.rules_sha256).label("rules_sha256"),
        )
        .outerjoin(CAMPAIGN, CAMPAIGN.c.id == DOCUMENT.c.campaign_id)
        .where(condition)
        .order_by(DOCUMENT.c.id)
        .limit(MOST)
    )  # fmt: skip
    return list(desk.session.connection().execute(query))


def _ask(desk: Desk, rows: Sequence[Any]) -> _Asker:
    steps: dict[int, set[str]] = defaultdict(set)
    authors: dict[int, set[str]] = defaultdict(set)
    query = sa.select(APPROVAL.c.document_id, APPROVAL.c.step, APPROVAL.c.by, APPROVAL.c.void_on)
    wanted = [row.id for row in rows if row.state in UNSIGNED]
    found = (
        desk.session.connection().execute(query.where(APPROVAL.c.document_id.in_(wanted))) if wanted else ()
    )
    for one in found:
        if one.step == "drafted":
            authors[one.document_id].add(one.by)
        elif one.void_on is None:
            steps[one.document_id].add(one.step)
    return _Asker(desk, steps, authors, list_delegations(desk, desk.today) if rows else [])
