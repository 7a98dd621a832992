"""A document with everything its words are read from: campaign, unit, frozen rules, cases, calendar."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlmodel import col, select

from casework.desk import Desk
from casework.lights.climbing import cases_of_document, rules_of
from casework.units.lineage import name_for
from core.calendar.workdays import Unit as PeriodUnit
from core.codes import Line
from core.errors import InvalidInput
from core.rulebook import Basis, DocumentRule, Item, LineBasis, Rulebook
from core.rulebook.documents import citable_bases
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
    batch: Campaign | None  # None for a document without a campaign
    unit: Unit
    rules: Rulebook
    rule: DocumentRule
    inputs: Values
    _found: list[tuple[Rectification, Finding]] = field(default_factory=list)  # read once a composition

    @property
    def line(self) -> Line:
        return Line(self.document.line)

    @property
    def campaign(self) -> Campaign:
        """The campaign of the document; raises InvalidInput for a document without one."""
        if self.batch is None:
            raise InvalidInput(
                f"{self.rule.name}须在督察批次中拟制",
                found=f"文书{self.document.id} 不属任何批次",
                expected="批次中的文书",
                remedy="在批次中拟制（ducha notice draft 批次编码）",
            )
        return self.batch

    @property
    def opened_on(self) -> date | None:
        """The day on which the matter was opened: of its campaign, or as its draft says, or of the draft."""
        if self.batch is not None:
            return self.batch.opened_on
        said = self.inputs.get("opened_on")
        return date.fromisoformat(said) if said else self.document.drafted_on

    @property
    def issuer(self) -> tuple[str, str]:
        """The name in the head and the name of the seal: the line's own, or of the government that decided."""
        profile = self.desk.office_rules.lines[self.line]
        if not self.rule.by_government:
            return profile.issuer, profile.seal_name
        if profile.government is None:
            raise InvalidInput(
                f"{self.rule.name}由本级政府决定，单位文件没有写明本级政府全称",
                found="空",
                expected="本级政府全称",
                remedy=f"在单位文件 lines.{self.line.value}.government 中补充",
            )
        return profile.government, profile.government

    @property
    def itself(self) -> str:
        """How the document speaks of itself: 通知书, 意见书, 函."""
        name = self.rule.name
        if name.endswith(("书", "单")):
            return name[-3:]
        return next((word for word in ("函", "通知", "通报", "答复") if name.endswith(word)), "文书")

    def item_of(self, finding: Finding) -> Item:
        """Return the item of a finding, in the frozen catalogues of the finding's campaign."""
        rules = self.rules if self.batch is not None else rules_of(self.desk, finding.campaign_id)
        return self.item(finding.item, rules)

    def item(self, item_id: str, rules: Rulebook | None = None) -> Item:
        """Return an item of frozen catalogues, those of the document unless others are given."""
        for catalog in (rules or self.rules).catalogs.values():
            for item in (*catalog.items, *catalog.retired):
                if item.id == item_id:
                    return item
        raise InvalidInput(
            "冻结的规则集中没有该事项", found=item_id, expected="批次开启时的事项", remedy="检查数据库"
        )

    def period(self, count: int, unit: str, start: str, first: date | None = None) -> Values:
        """Return a period with its due date, as length and date are printed together.

        first   the day from which it is counted; None for today
        """
        due = self.desk.calendar.due(first or self.desk.today, count, PeriodUnit(unit))
        return {
            "count": count,
            "unit": UNIT_WORDS[unit],
            "start": start,
            "due_on": due.due_on.isoformat(),
            "provisional": due.provisional,
        }

    def findings(self) -> list[tuple[Rectification, Finding]]:
        """Return the cases on the document with their findings, in the order of their numbers."""
        if not self._found:
            cases = {case.id: case for case in cases_of_document(self.desk, key_of(self.document))}
            query = select(Finding).where(col(Finding.id).in_(list(cases))).order_by(col(Finding.code))
            self._found.extend((cases[key_of(finding)], finding) for finding in self.desk.session.exec(query))
        return list(self._found)


def cite(bases: Sequence[Basis]) -> list[str]:
    """Return bases as they are printed: the document without its edition note, and the article."""
    return [_EDITION.sub("", basis.document) + (basis.article or "") for basis in bases]


def common_values(subject: Subject) -> Values:
    """Return what every kind may name."""
    contacts = subject.desk.office_rules.contacts
    return {
        "unit": _unit_name(subject),
        "work": WORK[subject.line],
        "campaign": subject.batch.title if subject.batch is not None else WORK[subject.line],
        "basis": list(dict.fromkeys(_EDITION.sub("", basis.document) for basis in kind_bases(subject))),
        "cited": list(dict.fromkeys(cite(kind_bases(subject)))),
        "contact": {
            "person": contacts.name,
            "phone": contacts.phone,
            "email": subject.desk.office_rules.mail.reply_to if subject.rule.mailed else "",
            "address": contacts.address,
        },
    }


def _unit_name(subject: Subject) -> str:
    found = [
        (finding.unit_id, finding.confirmed_on or finding.found_on) for _case, finding in subject.findings()
    ]
    return name_for(subject.desk, subject.unit, found)


def kind_bases(subject: Subject) -> tuple[Basis, ...]:
    """Return the bases of a document's kind that it may print today about its matter."""
    return citable_here(subject, subject.rule.basis)


def citable_here(subject: Subject, bases: Sequence[LineBasis]) -> tuple[LineBasis, ...]:
    """Return which of some bases a document may print today, by the day on which its matter was opened."""
    desk, opened_on = subject.desk, subject.opened_on
    return citable_bases(bases, desk.today, subject.line, desk.office_rules.region, opened_on)


def subject_of(desk: Desk, document: Document, rules: Rulebook) -> Subject:
    """Return a document with its campaign if it has one, unit, frozen rules and inputs."""
    campaign = desk.campaign(document.campaign_id) if document.campaign_id is not None else None
    unit = desk.session.get(Unit, document.unit_id)
    assert unit is not None  # foreign key
    return Subject(
        desk, document, campaign, unit, rules, rules.document(document.kind), json.loads(document.inputs)
    )
