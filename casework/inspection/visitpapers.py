"""The papers of a visit: its notice to the unit and the letters that authorise its team."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import col, select

from casework.desk import Desk
from casework.inspection.announcing import announcement_of
from casework.inspection.visitfile import VisitFile
from casework.paperwork.kinds import name_of_kind
from casework.sight import sees_office
from casework.staff.people import split
from core.life.lives import DocumentState
from models.document import Document
from models.pool import Authorisation


@dataclass(frozen=True, slots=True)
class VisitPaper:
    """A document about a visit; `team` are the people a letter names, empty for other papers."""

    document: Document
    name: str
    team: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VisitPapers:
    """What was written about a visit; `kept_back` while an unannounced visit has not begun."""

    notices: tuple[VisitPaper, ...]
    letters: tuple[VisitPaper, ...]
    kept_back: bool


def papers_of_visit(desk: Desk, file: VisitFile) -> VisitPapers:
    """Return the papers of a visit; before an unannounced one begins only the office sees its letters."""
    early = file.campaign.hidden and desk.today < file.visit.from_on
    kind = announcement_of(desk, file.campaign)
    notices = select(Document).where(
        col(Document.campaign_id) == file.campaign.id,
        col(Document.unit_id) == file.unit.id,
        col(Document.kind) == (kind or ""),
        col(Document.state) != DocumentState.VOID.value,
    )
    letters = (
        select(Document, Authorisation)
        .join(Authorisation, col(Authorisation.document_id) == col(Document.id))
        .where(col(Authorisation.visit_id) == file.key, col(Document.state) != DocumentState.VOID.value)
        .order_by(col(Document.id))
    )
    shown = () if early and not sees_office(desk) else tuple(desk.session.exec(letters))
    return VisitPapers(
        tuple(_paper(desk, one) for one in desk.session.exec(notices.order_by(col(Document.id)))),
        tuple(_paper(desk, one, split(letter.team)) for one, letter in shown),
        early,
    )


def _paper(desk: Desk, document: Document, team: tuple[str, ...] = ()) -> VisitPaper:
    return VisitPaper(document, name_of_kind(desk, document.kind, document.rules_sha256), team)
