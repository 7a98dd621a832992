"""A document with everything its words are read from: campaign, unit, frozen rules, cases, calendar."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from casework.climbing import cases_of_document
from casework.desk import Desk
from core.codes import Line
from core.errors import InvalidInput
from core.rulebook import Basis, DocumentRule, Item, Rulebook
from core.workdays import Unit as PeriodUnit
from models.base import key_of
from models.campaign import Campaign, Finding
from models.document import Document
from models.organisation import Unit
from models.rectification import Rectification

Values = dict[str, Any]
WORK = {Line.PARTY: "法治督察", Line.ENFORCEMENT: "行政执法监督"}
UNIT_WORDS = {"workday": "个工作日", "day": "日"}
_EDITION = re.compile(r"（[^（）〔〕]*年[^（）〔〕]*）$")


@dataclass(frozen=True, slots=True)
class Subject:
    """A document with everything its values are read from."""

    desk: Desk
    document: Document
    campaign: Campaign
    unit: Unit
    rules: Rulebook
    rule: DocumentRule
    inputs: Values

    @property
    def line(self) -> Line:
        return Line(self.document.line)

    def item(self, item_id: str) -> Item:
        """Return an item of the campaign's frozen catalogues."""
        for catalog in self.rules.catalogs.values():
            for item in catalog.items:
                if item.id == item_id:
                    return item
        raise InvalidInput(
            "冻结的规则集中没有该事项", found=item_id, expected="批次开启时的事项", remedy="检查数据库"
        )

    def period(self, count: int, unit: str, start: str) -> Values:
        """Return a period with its due date, counted from today, as length and date are printed together."""
        due = self.desk.calendar.due(self.desk.today, count, PeriodUnit(unit))
        return {
            "count": count,
            "unit": UNIT_WORDS[unit],
            "start": start,
            "due_on": due.due_on.isoformat(),
            "provisional": due.provisional,
        }

    def findings(self) -> list[tuple[Rectification, Finding]]:
        """Return the cases on the document with their findings, in the order of their numbers."""
        cases = {case.id: case for case in cases_of_document(self.desk, key_of(self.document))}
        query = select(Finding).where(col(Finding.id).in_(list(cases))).order_by(col(Finding.code))
        return [(cases[key_of(finding)], finding) for finding in self.desk.session.exec(query)]


def cite(bases: Sequence[Basis]) -> list[str]:
    """Return bases as they are printed: the document without its edition note, and the article."""
    return [_EDITION.sub("", basis.document) + (basis.article or "") for basis in bases]


def common_values(subject: Subject) -> Values:
    """Return what every kind may name."""
    contacts = subject.desk.office_rules.contacts
    return {
        "unit": subject.unit.name,
        "work": WORK[subject.line],
        "campaign": subject.campaign.title,
        "basis": list(dict.fromkeys(_EDITION.sub("", basis.document) for basis in kind_bases(subject))),
        "contact": {
            "person": contacts.name,
            "phone": contacts.phone,
            "email": subject.desk.office_rules.mail.reply_to if subject.rule.mailed else "",
            "address": contacts.address,
        },
    }


def kind_bases(subject: Subject) -> tuple[Basis, ...]:
    return subject.rule.citable(subject.desk.today, subject.line, subject.desk.office_rules.region)


def subject_of(desk: Desk, document: Document, rules: Rulebook) -> Subject:
    """Return a document with its campaign, unit, frozen rules and inputs."""
    campaign = desk.session.get(Campaign, document.campaign_id)
    unit = desk.session.get(Unit, document.unit_id)
    assert campaign is not None
    assert unit is not None  # foreign keys
    return Subject(
        desk, document, campaign, unit, rules, rules.document(document.kind), json.loads(document.inputs)
    )
