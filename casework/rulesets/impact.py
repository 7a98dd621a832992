"""What another rule set would do to the open cases of a campaign: due date, colour, next rung, words; no writes.

Lights that are lit and documents that went out stay as they are; a due date that was notified never moves earlier.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlmodel import col, select

from casework.calendar.duemoves import Derived, derive
from casework.desk import Desk
from casework.lights.climbing import facts_of, last_rung
from casework.lights.duehistory import DueSet
from casework.lights.rungview import first_day
from casework.paperwork.subjects import cite
from casework.paperwork.values import rectify_days
from core.calendar.workdays import Unit as PeriodUnit
from core.codes import DocumentContent, Light, Line, Severity
from core.ladders.ladder import Standing, arithmetic_light, decide
from core.life.rectification import CLOCK_RUNS, SETTLED
from core.rulebook import Item, Ladder, Rulebook
from core.rulebook.documents import citable_bases
from models.base import key_of
from models.campaign import Campaign, Finding
from models.document import Document, DocumentCase
from models.organisation import Unit
from models.rectification import Rectification

Histories = Mapping[int, Sequence[DueSet]]


@dataclass(frozen=True, slots=True)
class NextRung:
    """The rung that comes next and the first day it may go out; `waits` for proof of service."""

    code: str
    document: str
    light: str
    day: date | None
    waits: bool = False

    def as_dict(self) -> dict[str, Any]:
        day = self.day.isoformat() if self.day else None
        return {
            "rung": self.code,
            "document": self.document,
            "light": self.light,
            "day": day,
            "waits": self.waits,
        }


@dataclass(frozen=True, slots=True)
class Outlook:
    """How a case stands under one rule set; `words` is what its next document takes from the rules."""

    due_on: date | None
    light_by_lateness: str
    coming: NextRung | None
    words: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseImpact:
    """A case under the rules it has and under the others; `derived` is the new due date with its counted step."""

    case: Rectification
    code: str
    unit: str
    item: str
    now: Outlook
    then: Outlook
    derived: Derived | None = None

    @property
    def moves_due(self) -> bool:
        return self.now.due_on != self.then.due_on

    @property
    def differs(self) -> bool:
        return self.now != self.then

    def as_dict(self) -> dict[str, Any]:
        """Return the impact as outside programs read it; the colour that is lit stays."""
        return {
            "case": self.code,
            "unit": self.unit,
            "item": self.item,
            "severity": self.case.severity,
            "light": self.case.light,
            "due_on": _day(self.now.due_on),
            "due_then": _day(self.then.due_on),
            "light_by_lateness": self.now.light_by_lateness,
            "light_then": self.then.light_by_lateness,
            "next": self.now.coming.as_dict() if self.now.coming else None,
            "next_then": self.then.coming.as_dict() if self.then.coming else None,
            "text_changes": self.now.words != self.then.words,
        }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def impact_on(
    desk: Desk, campaign: Campaign, before: Rulebook, after: Rulebook, histories: Histories
) -> list[CaseImpact]:
    """Return every open case of a campaign under two rule sets, by its number.

    histories   of the due dates (casework/calendar/duemoves.py), read once for all campaigns
    """
    rows = _open_cases(desk, campaign)
    notices = _notice_kinds(desk, campaign)
    old, new = _Rules(desk, campaign, before), _Rules(desk, campaign, after)
    found = []
    for case, finding, unit in rows:
        derived = new.due(case, finding, notices.get(case.id, ""), histories.get(case.id, ()))
        due_then = max(case.due_on, derived.due_on) if case.due_on and derived else case.due_on
        found.append(
            CaseImpact(
                case, finding.code, unit, finding.item, old.outlook(case, finding, case.due_on),
                new.outlook(case, finding, due_then), derived,
            )
        )  # fmt: skip
    return found


def _open_cases(desk: Desk, campaign: Campaign) -> list[tuple[Rectification, Finding, str]]:
    query = (
        select(Rectification, Finding, Unit.code)
        .where(
            col(Rectification.campaign_id) == campaign.id,
            col(Rectification.id) == col(Finding.id),
            col(Rectification.unit_id) == col(Unit.id),
            col(Rectification.state).not_in(sorted(SETTLED)),
        )
        .order_by(col(Finding.code))
    )
    return list(desk.session.exec(query))


def _notice_kinds(desk: Desk, campaign: Campaign) -> dict[int, str]:
    """Return {case: the kind of the document that told its unit}."""
    query = (
        select(DocumentCase.case_id, Document.kind)
        .join(Document, col(Document.id) == col(DocumentCase.document_id))
        .where(
            col(Document.campaign_id) == campaign.id,
            col(Document.content_kind) == DocumentContent.FINDINGS.value,
            col(Document.signed_on).is_not(None),
        )
    )
    return dict(desk.session.exec(query).all())


class _Rules:
    """One rule set, asked about the cases of one campaign."""

    def __init__(self, desk: Desk, campaign: Campaign, book: Rulebook) -> None:
        self.desk = desk
        self.campaign = campaign
        self.book = book
        self.ladder: Ladder = book.ladder_of(desk.office.code)
        self.items: dict[str, Item] = {
            item.id: item for catalog in book.catalogs.values() for item in (*catalog.items, *catalog.retired)
        }

    def due(
        self, case: Rectification, finding: Finding, kind: str, history: Sequence[DueSet]
    ) -> Derived | None:
        """Replay the due date of a case with the period these rules give from its signature; None when it stays."""
        if case.due_on is None or finding.item not in self.items:
            return None
        count, unit = self._limit(finding, kind)
        anew = [
            replace(entry, count=count, unit=unit)
            if entry.start_on == case.signed_on and entry.count is not None and not entry.suspended_workdays
            else entry
            for entry in history
        ]
        return derive(self.desk.calendar, anew) if anew != list(history) else None

    def _limit(self, finding: Finding, kind: str) -> tuple[int, PeriodUnit]:
        rule = self.book.documents.get(kind)
        if rule is not None and rule.period is not None:
            return rule.period, PeriodUnit(rule.period_unit or "workday")
        item = self.items[finding.item]
        return rectify_days(
            self.book, self.desk.office.code, item, Severity(finding.severity)
        ), PeriodUnit.WORKDAY

    def outlook(self, case: Rectification, finding: Finding, due_on: date | None) -> Outlook:
        """Return how a case stands under these rules with a due date."""
        profile = self.ladder.profiles.get(Severity(case.severity))
        if due_on is None or case.state not in CLOCK_RUNS or case.suspended_on is not None or profile is None:
            return Outlook(due_on, Light.NONE.value, None)
        facts = dict(facts_of(self.desk, case, self.desk.today))
        facts["overdue_workdays"] = self.desk.calendar.between(due_on, self.desk.today)
        standing = Standing(case.served_on, due_on, last_rung(self.desk, case), facts)
        late = arithmetic_light(
            profile.rungs, standing, self.desk.today, self.desk.calendar, self.ladder.palette
        )
        coming = self._coming(profile.rungs, standing)
        return Outlook(due_on, late.value, coming, self._words(coming, finding))

    def _coming(self, rungs: Sequence[Any], standing: Standing) -> NextRung | None:
        """Return the rung the sweep would give next, or the first to come; None when none is left."""
        desk, palette = self.desk, self.ladder.palette
        decision = decide(rungs, standing, desk.today, desk.calendar, palette)
        if decision.rung is not None:
            rung = rungs[decision.rung]
            return NextRung(rung.code, rung.document, rung.light.value, desk.today)
        rank = palette.rank(standing.last.light) if standing.last else 0
        above = [
            (first_day(desk, rung, standing)[0], palette.rank(rung.light), rung)
            for rung in rungs
            if palette.rank(rung.light) > rank
        ]
        held = bool(decision.held_by)
        able = [
            (day, level, rung)
            for day, level, rung in above
            if day is not None and (day <= desk.today) == held
        ]
        if not able:
            return None
        # What waits for proof of service is the lowest rung; otherwise the earliest comes next.
        day, _level, rung = min(able, key=lambda one: (one[1], 0) if held else (one[0].toordinal(), one[1]))
        return NextRung(rung.code, rung.document, rung.light.value, day, held)

    def _words(self, coming: NextRung | None, finding: Finding) -> tuple[object, ...]:
        """Return what the next document would take from the rules: its name, law, limits, and the item's title."""
        rule = self.book.documents.get(coming.document) if coming else None
        item = self.items.get(finding.item)
        if rule is None:
            return ()
        line, opened = Line(self.campaign.line), self.campaign.opened_on
        bases = citable_bases(rule.basis, self.desk.today, line, self.desk.office_rules.region, opened)
        replies = next((c.reply_workdays for c in self.ladder.colours if c.document == rule.code), 0)
        return (rule.name, tuple(cite(bases)), rule.reply_workdays or replies, item.title if item else "")


def drafts_of(desk: Desk, campaign: Campaign) -> list[Document]:
    """Return the documents of a campaign that nobody has signed; they are composed by the rules in force at signing."""
    query = (
        select(Document)
        .where(col(Document.campaign_id) == campaign.id, col(Document.state).in_(("draft", "in_review")))
        .order_by(col(Document.id))
    )
    return [row for row in desk.session.exec(query) if row.content_kind != DocumentContent.REFERRAL]


def kinds_missing(drafts: Sequence[Document], after: Rulebook) -> list[str]:
    """Return the kinds of unsigned drafts that another rule set does not have."""
    return sorted({f"{row.kind}（草稿{key_of(row)}）" for row in drafts if row.kind not in after.documents})
