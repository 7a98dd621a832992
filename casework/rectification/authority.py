"""Which post of the office a decision on a case needs, and whether whoever looks holds or was lent one that high."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from datetime import date
from typing import Protocol

from casework.desk import Desk
from casework.staff.lending import standing_of
from core.codes import Light, Severity
from core.life.rectification import CaseAct, RequestKind
from core.rulebook import LEADER_ROLE_LABELS, Ladder, LeaderRole, Review
from core.rulebook.clearing import Clearing
from core.rulebook.handling import ClosureTier
from models.delegation import Delegation


def level_of_request(ladder: Ladder, kind: RequestKind, severity: Severity) -> tuple[LeaderRole | None, bool]:
    """Return which post grants more time, and whether the unit's own leader looks at the request first.

    source   ladder, extension.levels, extension.grave_approver and long_term
    """
    if kind is RequestKind.LONG_TERM:
        return ladder.long_term.approver, ladder.long_term.endorsed
    level = ladder.extension_level(severity)
    grave = ladder.extension.grave_approver if severity is Severity.GRAVE else None
    return (level.approver if level else None) or grave, level is not None and level.endorsed


def review_at(clearing: Clearing, highest: Light) -> Review:
    """Return who verifies and approves a closure, by the highest colour the case ever had."""
    return next((one for one in clearing.reviews if highest in one.lights), clearing.reviews[0])


def tiers_at(clearing: Clearing, events: Collection[object]) -> list[ClosureTier]:
    """Return the tiers of closure of which an event was noted about the case."""
    return [tier for tier in clearing.tiers if not set(tier.events).isdisjoint(events)]


class Noted(Protocol):
    """What an entry of a history tells about an event."""

    @property
    def act(self) -> str: ...
    @property
    def detail(self) -> str: ...


def events_noted(entries: Iterable[Noted]) -> set[object]:
    """Return the codes of the events that entries of a history note about a case."""
    return {json.loads(entry.detail or "{}").get("event") for entry in entries if entry.act == CaseAct.FLAG}


def level_of_closure(clearing: Clearing, highest: Light, events: Collection[object]) -> LeaderRole | None:
    """Return which post approves a closure; None where whoever may close does.

    events   the codes of those that were noted about the case
    source   ladder, clearing.reviews and clearing.tiers: by the highest colour and by where it came from
    """
    wanted = [review_at(clearing, highest).approver, *(tier.approver for tier in tiers_at(clearing, events))]
    return max((role for role in wanted if role is not None), key=lambda role: role.rank, default=None)


def reaches(
    desk: Desk,
    act: str,
    needed: LeaderRole | None,
    lent: Iterable[Delegation],
    barred: Iterable[str | None] = (),
) -> bool:
    """Tell whether the actor may decide at a level, by the own post or one that was lent; as `deciding_role` does.

    lent     the delegations to the actor that hold today
    barred   posts in whose place nobody decides this
    """
    standing = standing_of(desk, act, needed, rows=lent, barred=barred)
    return standing is not None and standing.reaches(needed)


def who_grants(needed: LeaderRole | None) -> str:
    """Name the posts that decide at a level."""
    return f"{LEADER_ROLE_LABELS[needed]}及以上负责人" if needed is not None else "有权负责人"


def why_no_grant(
    desk: Desk, ladder: Ladder, kind: RequestKind, severity: Severity, act: str,
    lent: Iterable[Delegation], asked_by: str, endorsed_on: date | None,
) -> str:  # fmt: skip
    """Say why a request for more time cannot be granted by whoever looks; empty when it can."""
    if kind not in (RequestKind.EXTENSION, RequestKind.LONG_TERM):
        return ""
    needed, endorsed = level_of_request(ladder, kind, severity)
    if not reaches(desk, act, needed, lent):
        return f"同意由{who_grants(needed)}批准，您只能办理“不同意”。"
    if endorsed and endorsed_on is None and asked_by.rpartition(":")[2] == "liaison":
        return "单位负责人尚未审核该申请，审核后才能同意；现在只能办理“不同意”。"
    return ""
