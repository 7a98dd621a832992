"""What each kind of document says, as plain values for its templates; only law that was checked gets in."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlmodel import col, select

from casework.inspection.campaigns import plan_of
from casework.inspection.visits import team_of
from casework.paperwork.aboutvalues import about_values
from casework.paperwork.freevalues import free_values, objection_values
from casework.paperwork.sheetvalues import (
    closure_notice_values,
    correction_values,
    extension_reply_values,
    letter_values,
    objection_reply_values,
    sheet_values,
)
from casework.paperwork.subjects import Subject, Values, cite, common_values
from casework.rectification.repeats import view_repeat
from casework.staff.people import split
from core.codes import SEVERITY_LABELS, DocumentContent, Severity
from core.rulebook import Item, Rulebook
from models.campaign import CheckRecord, Finding, Visit

MAX_MATERIALS = 16


def values_of(subject: Subject) -> Values:
    """Return the values of a document; raise InvalidInput when something it must say is not known."""
    compose = COMPOSERS[subject.rule.content]
    return {**common_values(subject), **compose(subject), **about_values(subject)}


def _announcement(subject: Subject) -> Values:
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


def _findings(subject: Subject) -> Values:
    visit = _visit_of(subject)
    ladder = subject.rules.ladder_of(subject.desk.office.code)
    rows = subject.findings()
    severities = [Severity(finding.severity) for _case, finding in rows]
    plan_days = min(ladder.profiles[severity].plan_workdays for severity in severities)
    return {
        "from_on": visit.from_on.isoformat(),
        "to_on": visit.to_on.isoformat(),
        "overall": str(subject.inputs.get("overall") or _overall(subject, visit)),
        "items_count": len(split(visit.items)),
        "counts": {"total": len(rows), **{s.value: severities.count(s) for s in Severity}},
        "problems": [_problem(subject, finding) for _case, finding in rows],
        "plan": subject.period(plan_days, "workday", f"本{subject.itself}签发"),
        "verify_workdays": ladder.clearing.verify_workdays,
        "observation_workdays": ladder.clearing.observation_workdays,
        "extension_before_workdays": ladder.extension.ask_before_workdays,
        **objection_values(subject),
    }


def _problem(subject: Subject, finding: Finding) -> Values:
    item = subject.item(finding.item)
    bases = item.citable(subject.desk.today, subject.desk.office_rules.region)
    count, unit = limit_of(subject, item, Severity(finding.severity))
    return {
        "number": finding.code,
        "item": item.title,
        "severity": SEVERITY_LABELS[Severity(finding.severity)],
        "fact": finding.problem if not finding.facts else f"{finding.problem.rstrip('。')}。{finding.facts}",
        "repeat": said.sentence if (said := view_repeat(subject.desk, finding)) else "",
        "basis": cite(bases),
        "demand": demand_for(item),
        "period": subject.period(count, unit, f"本{subject.itself}签发"),
    }


def limit_of(subject: Subject, item: Item, severity: Severity) -> tuple[int, str]:
    """Return the limit to rectify and its unit: the document kind's own where its law sets one, else the item's."""
    rule = subject.rule
    if rule.period is not None:
        return rule.period, rule.period_unit or "workday"
    return rectify_days(subject.rules, subject.desk.office.code, item, severity), "workday"


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


COMPOSERS: dict[DocumentContent, Callable[[Subject], Values]] = {
    DocumentContent.ANNOUNCEMENT: _announcement,
    DocumentContent.FINDINGS: _findings,
    DocumentContent.SHEET: sheet_values,
    DocumentContent.EXTENSION_REPLY: extension_reply_values,
    DocumentContent.OBJECTION_REPLY: objection_reply_values,
    DocumentContent.CLOSURE: closure_notice_values,
    DocumentContent.CORRECTION: correction_values,
    DocumentContent.REFERRAL: letter_values,
    DocumentContent.FREE: free_values,
}
