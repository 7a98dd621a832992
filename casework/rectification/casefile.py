"""One case as a page: facts, why this light, what lies beside it, its timeline, and what may be done now."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import col, select

from casework.desk import Desk
from casework.history import count_changes
from casework.lights.climbing import rules_of
from casework.lights.explaining import Explanation, explain
from casework.rectification.asking import Question, questions_of
from casework.rectification.beside import Beside, read_beside
from casework.rectification.caselook import Look
from casework.rectification.cases import no_such_case
from casework.rectification.freezing import sentence_of_freeze
from casework.rectification.offers import Offer, offers_of
from casework.rectification.stepping import Step, Waiting, steps_of, waiting_for
from casework.rectification.story import tell_story
from casework.rectification.timeline import Event, history_with_documents, names_of
from casework.rows import DocumentRow, documents_of_case, left_workdays
from casework.sight import cases_in_sight, is_campaign_in_sight
from casework.units.lineage import is_own_unit
from core.codes import Light, Severity
from core.ladders.palette import Palette
from core.life.rectification import CaseAct, CaseState
from core.rulebook import Item, Rulebook
from models.campaign import Campaign, Finding
from models.organisation import Unit
from models.rectification import Rectification


@dataclass(frozen=True, slots=True)
class OfferedAct:
    """An act that is offered, with what its form asks for."""

    offer: Offer
    questions: tuple[Question, ...]

    @property
    def act(self) -> CaseAct:
        return self.offer.act


@dataclass(frozen=True, slots=True)
class CaseFile:
    """Everything a case page shows; nothing about referrals."""

    case: Rectification
    finding: Finding
    unit: Unit
    campaign: Campaign
    item: Item | None
    item_class: str
    left_workdays: int | None
    explanation: Explanation
    documents: tuple[DocumentRow, ...]
    beside: Beside
    names: dict[str, str]
    timeline: tuple[Event, ...]
    steps: tuple[Step, ...]
    waiting: Waiting
    offered: tuple[OfferedAct, ...]
    sees_campaign: bool
    mark: int  # of the case as it is shown

    @property
    def state(self) -> CaseState:
        return CaseState(self.case.state)

    @property
    def severity(self) -> Severity:
        return Severity(self.case.severity)

    @property
    def palette(self) -> Palette:
        """The colours of the campaign's frozen ladder."""
        return self.explanation.palette

    @property
    def highest(self) -> Light:
        return Light(self.case.highest_light)

    def name(self, codes: str | None) -> str:
        """Return how the people of a stored list are written on the page."""
        return "、".join(self.names.get(code, code) for code in (codes or "").split("、") if code)


def case_view(desk: Desk, code: str) -> CaseFile:
    """Return everything about one case; at most twelve queries; raise NotFound."""
    case, finding, unit, campaign = _find(desk, code)
    rules = rules_of(desk, case.campaign_id)
    entries = history_with_documents(desk, case.id)
    history = [entry for entry in entries if entry.subject == "case"]
    documents, beside = documents_of_case(desk, case.id), read_beside(desk, case, finding)
    names = names_of(desk, {entry.actor for entry in entries} | beside.people, [unit])
    frozen = [
        sentence_of_freeze(row["node"], row["missed_on"], row["frozen_on"], row["releases"])
        for row in beside.held
    ]
    why = explain(desk, case, finding, rules, history, frozen=frozen)
    kin = is_own_unit(desk, desk.actor.unit_code, unit)
    look = Look(case, finding, unit, campaign, rules, documents, beside, tuple(history), kin)
    item, item_class = find_item(rules, finding.item)
    offered = _offered(desk, look)
    return CaseFile(
        case=case,
        finding=finding,
        unit=unit,
        campaign=campaign,
        item=item,
        item_class=item_class,
        left_workdays=left_workdays(desk, case.state, case.suspended_on, case.due_on),
        explanation=why,
        documents=documents,
        beside=beside,
        names=names,
        timeline=tell_story(desk, look, entries, names),
        steps=steps_of(CaseState(case.state)),
        waiting=waiting_for(desk, look, {one.act for one in offered}),
        offered=offered,
        mark=count_changes(entries, "case"),
        sees_campaign=is_campaign_in_sight(desk, case.campaign_id),
    )


def _offered(desk: Desk, look: Look) -> tuple[OfferedAct, ...]:
    return tuple(OfferedAct(offer, questions_of(desk, look, offer.act)) for offer in offers_of(desk, look))


def find_item(rules: Rulebook, item_id: str) -> tuple[Item | None, str]:
    """Return an item of the frozen catalogues with the name of its class, or (None, "")."""
    for catalog in rules.catalogs.values():
        for item in (*catalog.items, *catalog.retired):
            if item.id == item_id:
                return item, catalog.class_name(item.category)
    return None, ""


def _find(desk: Desk, code: str) -> tuple[Rectification, Finding, Unit, Campaign]:
    """Return a case in sight with its parties; raise NotFound in the words of a number never given."""
    query = (
        select(Rectification, Finding, Unit, Campaign)
        .join(Finding, col(Finding.id) == col(Rectification.id))
        .join(Unit, col(Unit.id) == col(Rectification.unit_id))
        .join(Campaign, col(Campaign.id) == col(Rectification.campaign_id))
        .where(col(Finding.office_id) == desk.office_id, col(Finding.code) == code, cases_in_sight(desk))
    )
    found = desk.session.exec(query).first()
    if found is None:
        raise no_such_case(code)
    case, finding, unit, campaign = found
    return case, finding, unit, campaign
