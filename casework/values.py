"""What each kind of document says, as plain values for its templates; only law that was checked gets in."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import col, select

from casework.campaigns import plan_of
from casework.climbing import cases_of_document
from casework.desk import Desk
from casework.people import split
from casework.visits import team_of
from core.codes import DocumentKind, Line, Severity
from core.errors import InvalidInput
from core.rectification import CASE_STATE_LABELS, CaseState
from core.rulebook import Item, Rulebook
from core.rulebook.catalog import Basis
from core.rulebook.documents import DocumentRule
from core.workdays import Unit as PeriodUnit
from models.base import key_of
from models.campaign import Campaign, CheckRecord, Finding, Visit
from models.document import Document
from models.organisation import Unit
from models.rectification import Rectification, SideRequest

Values = dict[str, Any]
WORK = {Line.PARTY: "法治督察", Line.ENFORCEMENT: "行政执法监督"}
MAX_MATERIALS = 16
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
        "basis": cite(_kind_bases(subject)),
        "contact": {
            "person": contacts.name,
            "phone": contacts.phone,
            "email": subject.desk.office_rules.mail.reply_to if subject.rule.mailed else "",
            "address": contacts.address,
        },
    }


def _kind_bases(subject: Subject) -> tuple[Basis, ...]:
    return subject.rule.citable(subject.desk.today, subject.line, subject.desk.office_rules.region)


def values_of(subject: Subject) -> Values:
    """Return the values of a document; raise InvalidInput when something it must say is not known."""
    compose = COMPOSERS[DocumentKind(subject.document.kind)]
    return {**common_values(subject), **compose(subject), **subject.inputs.get("values", {})}


def _inspection_notice(subject: Subject) -> Values:
    visit = subject.desk.session.get(Visit, subject.inputs["visit"])
    assert visit is not None  # written with the draft
    items = [subject.item(code) for code in split(visit.items)]
    plan = plan_of(subject.campaign)
    methods = dict.fromkeys(method for item in items for method in item.methods)
    return {
        "from_on": subject.campaign.period_from.isoformat(),
        "to_on": subject.campaign.period_to.isoformat(),
        "visit_from": visit.from_on.isoformat(),
        "visit_to": visit.to_on.isoformat(),
        "place": visit.place,
        "catalog": "》《".join(subject.rules.catalogs[choice.key].name for choice in plan.catalogs),
        "items_count": len(items),
        "classes": _class_names(subject.rules, items),
        "methods": list(methods),
        "team": [
            {
                "name": person.name,
                "role": "组长" if index == 0 else "成员",
                "specialties": list(split(person.specialties)) or ["综合"],
            }
            for index, person in enumerate(team_of(subject.desk, visit))
        ],
        "materials_period": f"{visit.from_on.year - 1}年1月1日",
        "materials": list(plan.materials) or _materials(items),
        "self_report_due_on": (visit.self_report_due_on or visit.from_on).isoformat(),
    }


def _class_names(rules: Rulebook, items: Sequence[Item]) -> list[str]:
    names = {c.code: c.name for catalog in rules.catalogs.values() for c in catalog.classes}
    return list(dict.fromkeys(names.get(item.category, item.title) for item in items))


def _materials(items: Sequence[Item]) -> list[str]:
    """Return what to prepare: the first evidence of each item, gathered by class so that the list stays short."""
    by_class: dict[str, list[str]] = {}
    for item in items:
        if item.evidence:
            by_class.setdefault(item.category, []).append(item.evidence[0])
    lines = ["、".join(dict.fromkeys(texts)) + "；" for texts in by_class.values()][:MAX_MATERIALS]
    return [*lines[:-1], lines[-1].removesuffix("；") + "。"] if lines else ["与督察内容有关的材料。"]


def _feedback_notice(subject: Subject) -> Values:
    visit = _visit_of(subject)
    ladder = subject.rules.ladder_of(subject.desk.office.code)
    rows = subject.findings()
    severities = [Severity(finding.severity) for _case, finding in rows]
    plan_days = min(ladder.profiles[severity].plan_workdays for severity in severities)
    objection = subject.rules.document(DocumentKind.OBJECTION_REPLY.value)
    return {
        "from_on": visit.from_on.isoformat(),
        "to_on": visit.to_on.isoformat(),
        "overall": str(subject.inputs.get("overall") or _overall(subject, visit)),
        "items_count": len(split(visit.items)),
        "counts": {"total": len(rows), **{s.value: severities.count(s) for s in Severity}},
        "problems": [_problem(subject, finding) for _case, finding in rows],
        "plan": subject.period(plan_days, "workday", "本通知书签发"),
        "verify_workdays": ladder.clearing.verify_workdays,
        "observation_workdays": ladder.clearing.observation_workdays,
        "extension_before_workdays": ladder.extension.ask_before_workdays,
        "objection": subject.period(objection.period or 30, objection.period_unit or "day", "本通知书签发"),
    }


def _problem(subject: Subject, finding: Finding) -> Values:
    item = subject.item(finding.item)
    bases = item.citable(subject.desk.today, subject.desk.office_rules.region)
    days = rectify_days(subject.rules, subject.desk.office.code, item, Severity(finding.severity))
    return {
        "number": finding.code,
        "item": item.title,
        "severity": _severity_word(finding.severity),
        "fact": finding.problem if not finding.facts else f"{finding.problem.rstrip('。')}。{finding.facts}",
        "basis": cite(bases),
        "demand": demand_for(item),
        "period": subject.period(days, "workday", "本通知书签发"),
    }


def rectify_days(rules: Rulebook, office: str, item: Item, severity: Severity) -> int:
    """Return the working days to rectify: the item's own limit, but never more than its severity allows when graver.

    source   ladder, definition of rectify_days: the item's number, else the default of the severity
    """
    if severity is item.severity:
        return item.rectify_days
    return rules.ladder_of(office).profiles[severity].rectify_workdays


def demand_for(item: Item) -> str:
    """Return what the unit is asked to do about a problem of an item."""
    return f"立即纠正上述问题，对照“{item.title}”的检查要求全面自查，举一反三，健全制度。"


def _severity_word(code: str) -> str:
    return {"minor": "一般", "major": "较重", "grave": "严重"}[code]


def _overall(subject: Subject, visit: Visit) -> str:
    query = select(CheckRecord.item, CheckRecord.result).where(col(CheckRecord.visit_id) == visit.id)
    results = dict(subject.desk.session.exec(query).all())
    passed = sum(1 for result in results.values() if result == "passed")
    return (
        f"督察组采取查阅资料、座谈了解、抽查核验等方式进行了督察，你单位予以配合。"
        f"从督察情况看，{passed}项内容符合要求，其余内容存在需要整改的问题或者不适用。"
    )


def _visit_of(subject: Subject) -> Visit:
    return subject.desk.session.exec(
        select(Visit).where(
            col(Visit.campaign_id) == subject.campaign.id, col(Visit.unit_id) == subject.unit.id
        )
    ).one()


def _sheet(subject: Subject) -> Values:
    ladder = subject.rules.ladder_of(subject.desk.office.code)
    days = next((c.reply_workdays for c in ladder.colours if c.document == subject.document.kind), 3)
    return {
        "cases": [_case_row(subject, case, finding) for case, finding in subject.findings()],
        "reply": subject.period(subject.rule.reply_workdays or days, "workday", "签发"),
    }


def _case_row(subject: Subject, case: Rectification, finding: Finding) -> Values:
    assert case.due_on is not None  # a case climbs only after its notice was signed
    return {
        "number": finding.code,
        "item": subject.item(finding.item).title,
        "fact": finding.problem,
        "due_on": case.due_on.isoformat(),
        "overdue_workdays": max(0, subject.desk.calendar.between(case.due_on, subject.desk.today)),
        "percent": case.percent,
        "state": case_standing(case),
        "demand": "按期完成整改并申请销号，报送佐证材料。"
        if case.plan_on
        else "立即报送整改方案和进展，按期完成整改。",
    }


def case_standing(case: Rectification) -> str:
    """Return in words where a case stands: 整改中，完成率40%."""
    label = CASE_STATE_LABELS[CaseState(case.state)]
    return f"{label}，完成率{case.percent}%" if case.percent else f"{label}，未报送进展"


def _extension_reply(subject: Subject) -> Values:
    case, finding, request = _case_and_request(subject)
    granted = request.state == "granted"
    return {
        "case_number": finding.code,
        "item": subject.item(finding.item).title,
        "applied_on": request.asked_on.isoformat(),
        "due_on": _text(request.due_before or case.due_on),
        "asked_until": _text(request.until_on),
        "grounds": request.reason,
        "verdict": "granted" if granted else "refused",
        "granted_until": _text(request.granted_until_on or request.until_on),
        "last_extension": True,
        "reason": request.decision_note or ("理由属实。" if granted else "理由不充分。"),
    }


def _objection_reply(subject: Subject) -> Values:
    _case, finding, request = _case_and_request(subject)
    upheld = request.state == "granted"
    return {
        "finding_number": finding.code,
        "item": subject.item(finding.item).title,
        "raised_on": request.asked_on.isoformat(),
        "grounds": request.reason,
        "review": request.decision_note or "已调阅督察底稿和佐证材料，并听取你单位意见。",
        "verdict": "upheld" if upheld else "rejected",
        "reason": "" if not request.decision_note else "复核意见已经集体研究。",
    }


def _case_and_request(subject: Subject) -> tuple[Rectification, Finding, SideRequest]:
    case, finding = subject.findings()[0]
    request = subject.desk.session.get(SideRequest, subject.inputs["request"])
    assert request is not None  # written with the draft
    return case, finding, request


def _closure_notice(subject: Subject) -> Values:
    ladder = subject.rules.ladder_of(subject.desk.office.code)
    return {
        "cases": [
            {
                "number": finding.code,
                "item": subject.item(finding.item).title,
                "applied_on": _text(subject.inputs.get("applied_on") or case.closed_on),
                "verified_on": _text(subject.inputs.get("verified_on") or case.closed_on),
                "result": "整改到位",
            }
            for case, finding in subject.findings()
        ],
        "observation_workdays": ladder.clearing.observation_workdays,
    }


def _letter(subject: Subject) -> Values:
    """Return a letter's values: what it says was written by the people who screened and studied the matter."""
    cases = [_case_row(subject, case, finding) for case, finding in subject.findings()]
    return {
        "unit": str(subject.inputs["receiver_name"]),
        "subject_unit": subject.unit.name,
        "cases": cases,
        "basis": cite((*_kind_bases(subject), *_linkage_bases(subject))),
        "feedback": subject.period(subject.rules.linkage.feedback_workdays, "workday", "收到本函"),
    }


def _linkage_bases(subject: Subject) -> tuple[Basis, ...]:
    region = subject.desk.office_rules.region
    return tuple(b for b in subject.rules.linkage.basis if b.citable(subject.desk.today, region))


def _given(subject: Subject) -> Values:
    return {"cases": [_case_row(subject, case, finding) for case, finding in subject.findings()]}


def _text(day: date | str | None) -> str:
    return day.isoformat() if isinstance(day, date) else str(day or "")


COMPOSERS: dict[DocumentKind, Callable[[Subject], Values]] = {
    DocumentKind.INSPECTION_NOTICE: _inspection_notice,
    DocumentKind.FEEDBACK_NOTICE: _feedback_notice,
    DocumentKind.RECTIFICATION_NOTICE: _feedback_notice,
    DocumentKind.PROMPT: _sheet,
    DocumentKind.URGING: _sheet,
    DocumentKind.SUPERVISION: _sheet,
    DocumentKind.RECTIFICATION_ORDER: _sheet,
    DocumentKind.EXTENSION_REPLY: _extension_reply,
    DocumentKind.OBJECTION_REPLY: _objection_reply,
    DocumentKind.CLOSURE_NOTICE: _closure_notice,
    DocumentKind.REFERRAL_LETTER: _letter,
    DocumentKind.HAND_OVER_LETTER: _letter,
    DocumentKind.INTERVIEW_NOTICE: _given,
    DocumentKind.BULLETIN: _given,
}


def subject_of(desk: Desk, document: Document, rules: Rulebook) -> Subject:
    """Return a document with its campaign, unit, frozen rules and inputs."""
    campaign = desk.session.get(Campaign, document.campaign_id)
    unit = desk.session.get(Unit, document.unit_id)
    assert campaign is not None
    assert unit is not None  # foreign keys
    return Subject(
        desk, document, campaign, unit, rules, rules.document(document.kind), json.loads(document.inputs)
    )
