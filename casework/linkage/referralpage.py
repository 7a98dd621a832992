"""One screening or transfer as its page shows it to those who may know; opening it notes the look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from casework.desk import Desk
from casework.intake.keptfiles import KeptFile, files_of
from casework.intake.leadboard import left_workdays
from casework.intake.lifeline import Look, Words, chronicle_of
from casework.linkage.clues import find_referral, linkage_of
from casework.linkage.compartment import note_view
from casework.linkage.handover import CHANNELS, sanctions_of
from casework.linkage.letters import materials_of
from casework.linkage.looking import LOOKS, Item, Letter, items_in, letter_of, may_audit
from casework.linkage.referralboard import OVER, STATES, TABLE, limit_of, receivers_of, trigger_word
from casework.rectification.timeline import Event
from casework.sight import is_case_in_sight
from casework.staff.people import split
from core.life.lives import ReferralAct, ReferralState
from core.life.referrallife import REFERRAL, UNDECIDED
from core.rulebook.linkage import LinkageRules
from models.campaign import Campaign, Finding
from models.document import Document
from models.organisation import Unit
from models.rectification import Rectification
from models.referral import Referral, ReferralMaterial

UNSIGNED = ("draft", "in_review")
WORDS = Words(
    REFERRAL,
    {
        "open": "启动筛查", "reason": "启动理由", "block": "暂缓移送", "unblock": "暂缓原因消除",
        "list_materials": "编制材料清单", "add_item": "列入事项", "name_reader": "指定知悉人员",
        "revoke_reader": "撤销知悉人员",
    },
    CHANNELS,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReferralPage:
    """One screening or transfer for its page."""

    row: Referral
    state_word: str
    trigger: str
    case: str
    problem: str
    case_in_sight: bool
    unit: Unit
    receiver: str
    receivers: tuple[tuple[str, str], ...]
    sanction_kinds: tuple[tuple[str, str], ...]
    needed_participants: int
    participants: list[str]
    names: Mapping[str, str]
    limit: str
    due_on: date | None
    left: int | None
    materials: list[ReferralMaterial]
    sanctions: list[dict[str, object]]
    items: list[Item]
    parts: list[Referral]
    letter: Letter | None
    files: list[KeptFile]
    life: tuple[Event, ...]
    looks: tuple[Look, ...] | None
    acts: tuple[str, ...]

    @property
    def may_print(self) -> bool:
        """Whoever may audit the looks may print the package, once there is a letter."""
        return self.looks is not None and self.letter is not None


def _people(row: Referral, files: list[KeptFile], items: list[Item]) -> set[str]:
    """Return the codes of everybody whom the page names."""
    named = {one.by for one in files} | {one.owner for one in items} | set(split(row.participants or ""))
    return named | {row.opinion_by or "", row.approved_by or ""}


def _choices(rules: LinkageRules, names: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((code, names.get(code, one.name)) for code, one in rules.receivers.items())


def _parts(family: Sequence[Any], row: Referral) -> list[Referral]:
    """Return the other parts of a screening that was split."""
    return [one[0] for one in family if one[0].number == row.number and one[0].id != row.id]


def referral_page(desk: Desk, referral_id: int) -> ReferralPage:
    """Return one screening or transfer for its page; the look is noted. Raises NotFound."""
    family = _fetch(desk, referral_id)
    row = find_referral(desk, referral_id)
    case, finding = (
        desk.session.get_one(Rectification, row.case_id),
        desk.session.get_one(Finding, row.case_id),
    )
    note_view(desk, "referral", referral_id, unit_id=case.unit_id)
    rules = _rules(desk, row)
    files, items = files_of(desk, "referral", referral_id), items_in(desk, "referral", referral_id)
    told = chronicle_of(desk, "referral", referral_id, _people(row, files, items), row.document_id)
    (limit, due_on), letter, receivers = limit_of(row), letter_of(desk, row.document_id), receivers_of(desk)
    return ReferralPage(
        row=row,
        state_word=STATES[row.state],
        trigger=trigger_word(row.trigger),
        case=finding.code,
        problem=finding.problem,
        case_in_sight=is_case_in_sight(desk, row.case_id),
        unit=desk.session.get_one(Unit, case.unit_id),
        receiver=receivers.get(row.receiver or "", row.receiver or ""),
        receivers=_choices(rules, receivers),
        sanction_kinds=tuple((code, one.name) for code, one in desk.rules.linkage.sanctions.items()),
        needed_participants=rules.study.participants if rules.study else 0,
        participants=list(split(row.participants or "")),
        names=told.names,
        limit=limit,
        due_on=due_on,
        left=left_workdays(desk, due_on) if due_on else None,
        materials=materials_of(desk, row),
        sanctions=sanctions_of(desk, row) if row.result_on else [],
        items=items,
        parts=_parts(family, row),
        letter=letter,
        files=files,
        life=told.life(Words(WORDS.machine, WORDS.acts, {**WORDS.values, **receivers}, WORDS.hidden)),
        looks=told.looks(LOOKS) if may_audit(desk) else None,
        acts=_acts(desk, row, unsigned=letter is None or letter.state in UNSIGNED),
    )


def _fetch(desk: Desk, referral_id: int) -> Sequence[Any]:
    """Read a referral, those of the same case and what they name in one query; find_referral lets it pass or not.

    The session forgets what nobody holds: the caller keeps the rows for as long as it looks things up.
    """
    own = sa.select(TABLE.c.case_id).where(TABLE.c.id == referral_id, TABLE.c.office_id == desk.office_id)
    query = (
        sa.select(Referral, Rectification, Finding, Unit, Campaign, Document)
        .join(Rectification, col(Rectification.id) == col(Referral.case_id))
        .join(Finding, col(Finding.id) == col(Referral.case_id))
        .join(Unit, col(Unit.id) == col(Rectification.unit_id))
        .join(Campaign, col(Campaign.id) == col(Rectification.campaign_id))
        .outerjoin(Document, col(Document.id) == col(Referral.document_id))
        .where(col(Referral.case_id).in_(own))
        .order_by(col(Referral.part))
    )
    return desk.session.execute(query).all()


def _acts(desk: Desk, row: Referral, *, unsigned: bool) -> tuple[str, ...]:
    """Return what the actor may do now: the moves of the life, and what moves no state."""
    found = list(REFERRAL.acts(row.state, desk.actor.roles))
    held = set()
    approve = ReferralAct.APPROVE.value
    if approve in found and not _may_approve(desk, row):
        held.add(approve)
    if unsigned or row.blocked_on is not None:
        held.add(ReferralAct.SEND.value)
    found = [one for one in found if one not in held]
    director, named = "director" in desk.actor.roles, may_audit(desk)
    over = row.state in OVER
    waits = row.studied_on is not None and row.sent_on is None and not over
    undecided = ReferralState(row.state) in (*UNDECIDED, ReferralState.APPROVED)
    more = {
        "block": director and waits and row.blocked_on is None,
        "unblock": named and row.blocked_on is not None,
        "split": named and not over,
        "material": named and unsigned and undecided,
    }
    return (*found, *(code for code, able in more.items() if able))


def _rules(desk: Desk, row: Referral) -> LinkageRules:
    """Return the rules by which the acts go on: those that were frozen; those of today for what is over."""
    return desk.rules.linkage if row.state in OVER else linkage_of(desk, row)


def _may_approve(desk: Desk, row: Referral) -> bool:
    """Tell whether the actor is the principal officer who may approve, and not whose opinion it is."""
    post = desk.office_rules.leaders.get(desk.actor.code)
    needed = linkage_of(desk, row).approver
    return post is not None and post.role.may_sign(needed) and row.opinion_by != desk.actor.code
