"""A case on its ladder: the rungs of its frozen rules, where it stands, and the day to look at it again."""

from __future__ import annotations

from datetime import date
from operator import attrgetter

import sqlalchemy as sa
from sqlmodel import col

from casework.desk import Desk
from casework.rulesets.library import frozen_rules
from core.codes import Light, Severity
from core.ladders.ladder import LastRung, Standing, arithmetic_light, decide
from core.ladders.palette import Palette
from core.life.lives import DocumentState
from core.life.rectification import CLOCK_RUNS, CaseState
from core.rulebook import Ladder, Profile, Rulebook
from models.document import Document
from models.rectification import Rectification, Rung

# Cases that agree in all this get the same decision: many of a campaign do, and then it is made once.
WHAT_DECIDES = attrgetter(
    *("campaign_id", "severity", "state", "suspended_on", "served_on", "due_on", "percent", "returns"),
    *("rung_code", "rung_light", "fired_on", "document_state", "document_signed_on", "document_served_on"),
)


def rules_of(desk: Desk, campaign_id: int) -> Rulebook:
    """Return the rules that a campaign froze."""
    digest = desk.campaign(campaign_id).rules_sha256
    return frozen_rules(desk.session, digest) if digest else desk.rules


def rules_of_document(desk: Desk, document: Document) -> Rulebook:
    """Return the rules under which a document is written: of its campaign, or those frozen when it was drafted."""
    if document.campaign_id is not None:
        return rules_of(desk, document.campaign_id)
    return frozen_rules(desk.session, document.rules_sha256) if document.rules_sha256 else desk.rules


def ladder_of(desk: Desk, campaign_id: int) -> Ladder:
    """Return the ladder of a campaign's frozen rules."""
    return rules_of(desk, campaign_id).ladder_of(desk.office.code)


def palette_of(desk: Desk, campaign_id: int | None) -> Palette:
    """Return the colours of a campaign's frozen ladder, or of the office's ladder where no campaign is meant."""
    if campaign_id is None:
        return office_palette(desk)
    return ladder_of(desk, campaign_id).palette


def office_palette(desk: Desk) -> Palette:
    """Return the colours of the ladder in use now: for what is read across campaigns."""
    return desk.rules.ladder_of(desk.office.code).palette


def profile_of(desk: Desk, case: Rectification) -> Profile:
    """Return the rungs and limits for the severity of a case."""
    return ladder_of(desk, case.campaign_id).profiles[Severity(case.severity)]


def last_rung(desk: Desk, case: Rectification) -> LastRung | None:
    """Return the rung issued last in the present round and due version, with the day its document was served."""
    if case.last_rung_id is None:
        return None
    rung = desk.session.get(Rung, case.last_rung_id)
    if rung is None:
        return None
    document = desk.session.get(Document, rung.document_id) if rung.document_id is not None else None
    waits = must_be_served(document.state, document.signed_on) if document else False
    served_on = document.served_on if document else None
    return LastRung(rung.code, Light(rung.light), rung.fired_on, waits, served_on)


def must_be_served(document_state: str | None, signed_on: date | None) -> bool:
    """Return whether the next rung waits for proof that this document was served.

    A voided one is waited for no longer; an automatic reminder, issued without a signature, never.
    """
    if document_state is None or document_state == DocumentState.VOID:
        return False
    return signed_on is not None or document_state in (DocumentState.DRAFT, DocumentState.IN_REVIEW)


def standing_of(desk: Desk, case: Rectification, today: date) -> Standing | None:
    """Return the facts of a case that its ladder looks at; None while its notice has not been signed."""
    if case.due_on is None:
        return None
    return Standing(case.served_on, case.due_on, last_rung(desk, case), facts_of(desk, case, today))


def facts_of(desk: Desk, case: Rectification, today: date) -> dict[str, object]:
    """Return the published facts (core/conditions.py) of a case on a day."""
    return {
        "percent": case.percent,
        "plan_submitted": case.plan_on is not None,
        "extension_granted": case.extensions > 0,
        "returns": case.returns,
        "severity": case.severity,
        "overdue_workdays": desk.calendar.between(case.due_on, today) if case.due_on else 0,
        "closure_applied": case.state == CaseState.CLOSURE_APPLIED,
    }


def derive_next_due(desk: Desk, case: Rectification) -> date | None:
    """Return the day on which the sweep must look at the case, from its facts alone.

    A rung that is due today or overdue gives today: acts never issue rungs themselves, the sweep does.
    """
    if CaseState(case.state) not in CLOCK_RUNS or case.suspended_on is not None:
        return None
    standing = standing_of(desk, case, desk.today)
    if standing is None:
        return None
    ladder = ladder_of(desk, case.campaign_id)
    rungs = ladder.profiles[Severity(case.severity)].rungs
    decision = decide(rungs, standing, desk.today, desk.calendar, ladder.palette)
    return desk.today if decision.rung is not None else decision.next_due_on


def refresh(desk: Desk, case: Rectification) -> None:
    """Bring the cached day of a case up to date after its facts changed."""
    case.next_due_on = derive_next_due(desk, case)
    case.set_aside = None
    desk.session.add(case)


def light_by_lateness(desk: Desk, case: Rectification) -> Light:
    """Return the colour that lateness alone would give today, whatever was issued."""
    standing = standing_of(desk, case, desk.today)
    if standing is None or CaseState(case.state) not in CLOCK_RUNS:
        return Light.NONE
    ladder = ladder_of(desk, case.campaign_id)
    rungs = ladder.profiles[Severity(case.severity)].rungs
    return arithmetic_light(rungs, standing, desk.today, desk.calendar, ladder.palette)


def set_light(case: Rectification, light: Light, palette: Palette) -> None:
    """Set the colour of a case and remember the highest it ever had, in the order of its ladder."""
    case.light = light.value
    case.highest_light = palette.highest((Light(case.highest_light), light)).value


def cases_of_document(desk: Desk, document_id: int) -> list[Rectification]:
    """Return the cases on a document, by id."""
    from models.document import DocumentCase

    query = (
        sa.select(Rectification)
        .join(DocumentCase, col(DocumentCase.case_id) == col(Rectification.id))
        .where(col(DocumentCase.document_id) == document_id)
        .order_by(col(Rectification.id))
    )
    return list(desk.session.scalars(query))
