"""A case with all that was read for its page, and what follows from that without asking the database again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

from casework.desk import Desk
from casework.rectification.authority import events_noted, level_of_closure, review_at
from casework.rectification.beside import Beside
from casework.rows import DocumentRow
from casework.staff.people import split
from core.calendar.workdays import Unit as PeriodUnit
from core.codes import DocumentContent, Light
from core.life.lives import DocumentState
from core.life.rectification import CaseAct, CaseState
from core.rulebook import Ladder, LeaderRole, Review, Rulebook
from core.rulebook.documents import ObjectionRight
from models.campaign import Campaign, Finding
from models.organisation import Unit
from models.record import AuditEntry
from models.rectification import Rectification


@dataclass(frozen=True, slots=True)
class Look:
    """A case with all that was read for its page."""

    case: Rectification
    finding: Finding
    unit: Unit
    campaign: Campaign
    rules: Rulebook
    documents: tuple[DocumentRow, ...]
    beside: Beside
    history: tuple[AuditEntry, ...]
    kin: bool  # whoever looks belongs to the unit, and so has no part in its case

    @property
    def state(self) -> CaseState:
        return CaseState(self.case.state)

    @property
    def verifiers(self) -> set[str]:
        """Everybody who verified the closure that is up for approval."""
        last = self.beside.verifications[-1:]
        seconds = {code for row in last for code in split(row["seconded_by"])}
        return seconds | ({self.case.verified_by} if self.case.verified_by else set())

    @property
    def notice_until(self) -> date | None:
        """The last day of the public notice of the last verification."""
        until: date | None = (
            self.beside.verifications[-1]["notice_until"] if self.beside.verifications else None
        )
        return until

    @property
    def makers(self) -> set[str | None]:
        """Those who made the finding, and so do not review it."""
        return {self.finding.found_by, self.finding.confirmed_by, *(row["code"] for row in self.beside.team)}

    def right(self) -> ObjectionRight | None:
        """Return the right to object that the notice of the case gives."""
        for row in self.documents:
            rule = self.rules.documents.get(row.kind)
            if rule and rule.content is DocumentContent.FINDINGS and row.state is not DocumentState.VOID:
                return rule.objection
        return None


def ladder_for(desk: Desk, look: Look) -> Ladder:
    """Return the ladder of the campaign's frozen rules."""
    return look.rules.ladder_of(desk.office.code)


def review_for(desk: Desk, look: Look) -> Review:
    """Return who verifies and approves the closure, by the highest colour the case ever had."""
    return review_at(ladder_for(desk, look).clearing, Light(look.case.highest_light))


def closing_level(desk: Desk, look: Look) -> LeaderRole | None:
    """Return which post approves the closure, as `check_closer` asks."""
    clearing = ladder_for(desk, look).clearing
    return level_of_closure(clearing, Light(look.case.highest_light), events_noted(look.history))


def last_day_to_object(desk: Desk, look: Look) -> date | None:
    """Return the last day on which the unit may object; None where no window runs."""
    right, served_on = look.right(), look.case.served_on
    if right is None or served_on is None:
        return None
    last = desk.calendar.due(served_on, right.period, PeriodUnit(right.unit)).due_on
    admitted = [
        date.fromisoformat(json.loads(entry.detail)["until"])
        for entry in look.history
        if entry.act == CaseAct.ADMIT_OBJECTION and entry.detail
    ]
    return max([last, *admitted])
