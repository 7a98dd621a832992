"""Builders of rows: each writes one thing with sensible values, and takes any column by name."""

from __future__ import annotations

from datetime import date
from typing import Any

from casework.desk import Desk
from casework.mail.claiming import Claim, claim_batch
from casework.mail.sendreport import SendReport
from casework.mail.settling import Ended, settle_batch
from casework.rulesets.library import freeze_current
from core.codes import CampaignKind, Light, Line, Severity
from core.life.lives import CampaignState, DocumentState, FindingState, ReferralState
from core.life.rectification import CaseState, RequestKind, RequestState
from core.rulebook.offices import Mail
from delivery.smtp import Outcome, Phase, Receipt
from models.audit import canonical_json
from models.campaign import Campaign, CheckRecord, Finding, Visit, VisitMember
from models.document import Document, DocumentCase
from models.organisation import Person, Unit
from models.rectification import Evidence, Rectification, Rung, SideRequest
from models.referral import Referral

CATALOG = "fazhi-ducha-46"
SIGNED_ON = date(2026, 5, 6)
DUE_ON = date(2026, 6, 3)
HASH = "0" * 64


def store(desk: Desk, row: Any) -> Any:
    """Write a row and return it with its id."""
    desk.session.add(row)
    desk.session.flush()
    return row


def make_unit(desk: Desk, code: str = "D001", **values: Any) -> Unit:
    """Write an inspected unit."""
    kept = {
        "name": f"示例县{code}局",
        "kinds": "政府部门",
        "liaison_name": "联络员",
        "leader_name": "分管领导",
    }
    unit: Unit = store(desk, Unit(office_id=desk.office_id, code=code, **{**kept, **values}))
    return unit


def make_person(desk: Desk, code: str = "P01", **values: Any) -> Person:
    """Write a person of the pool."""
    kept = {"name": f"督察员{code[1:]}", "roles": "inspector", "specialties": "法治宣传"}
    person: Person = store(desk, Person(office_id=desk.office_id, code=code, **{**kept, **values}))
    return person


def make_campaign(desk: Desk, code: str = "2026-ZH-01", **values: Any) -> Campaign:
    """Write a campaign that is open, with frozen rules."""
    catalog = desk.rules.catalogs[CATALOG]
    kept: dict[str, Any] = {
        "title": "2026年度法治督察",
        "kind": CampaignKind.COMPREHENSIVE.value,
        "line": Line.PARTY.value,
        "state": CampaignState.OPEN.value,
        "period_from": date(2026, 3, 2),
        "period_to": date(2026, 4, 30),
        "planned_by": "P90",
        "planned_on": date(2026, 2, 10),
        "opened_on": date(2026, 2, 24),
    }
    if values.get("state", CampaignState.OPEN.value) in ("open", "closed"):
        items = {CATALOG: tuple(item.id for item in catalog.items)}
        kept["rules_sha256"] = freeze_current(desk.session, desk.rules, items, desk.now)
    kept |= values
    period = {"from": kept["period_from"].isoformat(), "to": kept["period_to"].isoformat()}
    plan = {"code": code, "period": period} | {name: kept[name] for name in ("title", "kind", "line")}
    kept.setdefault("plan", canonical_json(plan))
    campaign: Campaign = store(desk, Campaign(office_id=desk.office_id, code=code, **kept))
    return campaign


def make_visit(desk: Desk, campaign: Campaign, unit: Unit, *people: Person, **values: Any) -> Visit:
    """Write a visit; the first person leads it."""
    kept: dict[str, Any] = {
        "from_on": date(2026, 3, 10),
        "to_on": date(2026, 3, 10),
        "place": unit.name,
        "items": "E24、F27",
    }
    row = Visit(office_id=desk.office_id, campaign_id=campaign.id, unit_id=unit.id, **{**kept, **values})
    visit: Visit = store(desk, row)
    for place, person in enumerate(people):
        store(desk, VisitMember(visit_id=visit.id, person_id=person.id, role="member" if place else "leader"))
    return visit


def make_check(desk: Desk, visit: Visit, item: str = "E24", **values: Any) -> CheckRecord:
    """Write a row of a checklist, passed unless said otherwise."""
    kept = {"result": "passed", "checked_on": visit.from_on, "inspector": "P01"}
    row: CheckRecord = store(
        desk, CheckRecord(office_id=desk.office_id, visit_id=visit.id, item=item, **{**kept, **values})
    )
    return row


def make_finding(desk: Desk, campaign: Campaign, unit: Unit, code: str, **values: Any) -> Finding:
    """Write a confirmed finding without a case."""
    kept: dict[str, Any] = {
        "item": "E24",
        "severity": Severity.MAJOR.value,
        "problem": f"{unit.name}未按规定公示执法信息。",
        "state": FindingState.CONFIRMED.value,
        "found_by": "P01",
        "found_on": date(2026, 3, 10),
        "confirmed_by": "P02",
        "confirmed_on": date(2026, 4, 1),
    }
    row = Finding(
        office_id=desk.office_id, campaign_id=campaign.id, unit_id=unit.id, code=code, **{**kept, **values}
    )
    finding: Finding = store(desk, row)
    return finding


def make_finding_and_case(
    desk: Desk,
    campaign: Campaign,
    unit: Unit,
    code: str,
    *,
    finding: dict[str, Any] | None = None,
    **values: Any,
) -> Rectification:
    """Write a confirmed finding with its case, notified and being rectified unless said otherwise."""
    found = make_finding(desk, campaign, unit, code, **(finding or {}))
    due = values.get("due_on", DUE_ON)
    kept: dict[str, Any] = {
        "severity": found.severity,
        "state": CaseState.RECTIFYING.value,
        "signed_on": SIGNED_ON,
        "served_on": SIGNED_ON,
        "due_on": due,
        "first_due_on": due,
    }
    row = Rectification(
        id=found.id or 0,
        office_id=desk.office_id,
        campaign_id=found.campaign_id,
        unit_id=found.unit_id,
        **{**kept, **values},
    )
    case: Rectification = store(desk, row)
    return case


def make_rung(desk: Desk, case: Rectification, light: Light, fired_on: date, **values: Any) -> Rung:
    """Write a rung and light the case up with it."""
    kept: dict[str, Any] = {"round": case.round, "due_version": case.due_version, "code": light.value}
    rung: Rung = store(
        desk, Rung(case_id=case.id, light=light.value, fired_on=fired_on, **{**kept, **values})
    )
    case.light, case.last_rung_id = light.value, rung.id
    if light.rank > Light(case.highest_light).rank:
        case.highest_light = light.value
    store(desk, case)
    return rung


def make_request(
    desk: Desk, case: Rectification, kind: RequestKind = RequestKind.EXTENSION, **values: Any
) -> SideRequest:
    """Write a side request that waits for its decision."""
    kept: dict[str, Any] = {
        "number": 1,
        "state": RequestState.REQUESTED.value,
        "asked_on": date(2026, 5, 20),
        "asked_by": "D001:liaison",
        "reason": "需采购设备",
    }
    row = SideRequest(office_id=desk.office_id, case_id=case.id, kind=kind.value, **{**kept, **values})
    request: SideRequest = store(desk, row)
    return request


def make_document(
    desk: Desk, campaign: Campaign, unit: Unit, kind: str, *cases: Rectification, **values: Any
) -> Document:
    """Write a document, served and numbered unless said otherwise."""
    state = values.get("state", DocumentState.SERVED.value)
    kept: dict[str, Any] = {
        "content_kind": desk.rules.document(kind).content.value,
        "line": campaign.line,
        "state": state,
        "drafted_on": SIGNED_ON,
        "drafted_by": "P90",
    }
    if state not in ("draft", "in_review"):
        kept |= {"content": "{}", "content_sha256": HASH, "signed_by": "L-DIRECTOR", "signed_on": SIGNED_ON}
    if state == DocumentState.SERVED.value:
        kept |= {"issued_on": SIGNED_ON, "served_on": SIGNED_ON}
    row = Document(
        office_id=desk.office_id,
        campaign_id=campaign.id,
        unit_id=unit.id or 0,
        kind=kind,
        **{**kept, **values},
    )
    document: Document = store(desk, row)
    for case in cases:
        store(desk, DocumentCase(document_id=document.id, case_id=case.id, due_on=case.due_on))
    return document


def make_referral(desk: Desk, case: Rectification, **values: Any) -> Referral:
    """Write a screening that was just opened."""
    kept: dict[str, Any] = {
        "state": ReferralState.SCREENING.value,
        "trigger": Light.BLACK.value,
        "opened_on": date(2026, 6, 25),
        "screen_by_on": date(2026, 6, 30),
    }
    row: Referral = store(desk, Referral(office_id=desk.office_id, case_id=case.id, **{**kept, **values}))
    return row


def note_application(desk: Desk, case: Rectification, on: date) -> None:
    """Write that somebody applied for closure on a day, in the row and in the history; the state stays."""
    case.applied_on, case.applied_by = on, desk.actor.code
    desk.record("case", case.id, "apply_closure", unit_id=case.unit_id, on=on)
    desk.session.flush()
    desk.flush_changes()


def make_evidence(desk: Desk, case: Rectification, name: str = "佐证.pdf") -> Evidence:
    """Write that a file was kept for a case; there is no file."""
    row: Evidence = store(
        desk,
        Evidence(
            office_id=desk.office_id,
            subject="case",
            subject_id=case.id,
            act="apply_closure",
            name=name,
            sha256=HASH,
            size=1,
            filed_on=desk.today,
            filed_by="D001:liaison",
        ),
    )
    return row


def rule_mail(desk: Desk, **changed: Any) -> None:
    """Change what the office says of its mail, for this desk."""
    office = desk.office_rules
    mail = Mail.model_validate({**office.mail.model_dump(), **changed})
    offices = {**desk.rules.offices, desk.office.code: office.model_copy(update={"mail": mail})}
    desk.rules = desk.rules.model_copy(update={"offices": offices})


def claim_next(desk: Desk) -> Claim | None:
    """Claim the next mail that is ready, None when there is none; every mail before it could be composed."""
    report = SendReport()
    claims = claim_batch(desk, "sender", 1, report)
    assert report.problems == []
    return claims[0] if claims else None


def settle(desk: Desk, claim: Claim, outcome: Outcome, reply: str = "250 queued as 1") -> None:
    """Let a claimed mail end."""
    settle_batch(desk, [Ended(claim, Receipt(outcome, reply, Phase.SETTLE))], [], SendReport())
