"""A small office with a real past: made by the verbs themselves, so that numbers, chains and due dates are whole."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from casework.desk import Desk
from casework.inspection.findings import confirm_findings
from casework.lights.deadlines import due_cases, sweep_batch
from casework.lights.rungs import SweepReport
from casework.paperwork.documents import CaseOnDocument, draft_document, seal_document, sign_documents
from casework.paperwork.serving import serve_document
from casework.rectification.cases import act_on_case
from core.life.lives import CampaignState, FindingState
from delivery.smtp import Outcome
from models.base import key_of
from models.campaign import Campaign
from models.document import Document
from models.organisation import Unit
from tests.casework.conftest import OpenDesk
from tests.make import (
    claim_next,
    make_campaign,
    make_check,
    make_finding,
    make_person,
    make_unit,
    make_visit,
    settle,
)

FOUND_ON, SIGNED_ON, SERVED_ON = date(2026, 4, 1), date(2026, 5, 6), date(2026, 5, 7)
CAMPAIGN = "2026-ZH-01"
CODE = "2026-ZH-01-D001-1"


def tell(desk: Desk, subject: str, row: Any, act: str, unit_id: int | None = None) -> None:
    """Note the birth of a row that a builder wrote."""
    desk.record(subject, row.id, act, unit_id=unit_id, to_state=row.state)


def found(desk: Desk, *, findings: int = 2) -> tuple[Campaign, Unit]:
    """Write a campaign with one visited unit and the working papers found there."""
    unit = make_unit(desk, liaison_email="liaison@d001.example", leader_email="leader@d001.example")
    people = [
        make_person(desk, "P01"), make_person(desk, "P02", roles="officer"), make_person(desk, "P03", roles="verifier"),
    ]  # fmt: skip
    campaign = make_campaign(desk, CAMPAIGN, approved_by="L-DIRECTOR", approved_on=date(2026, 2, 20))
    assert campaign.state == CampaignState.OPEN
    tell(desk, "campaign", campaign, "plan")
    visit = make_visit(desk, campaign, unit, people[0], people[2])
    for number in range(1, findings + 1):
        check = make_check(
            desk, visit, position=number, result="failed", problem="未按规定公示执法信息。", severity="major"
        )
        finding = make_finding(
            desk, campaign, unit, f"{CAMPAIGN}-D001-{number}", state=FindingState.PAPER.value, confirmed_by=None,
            confirmed_on=None, check_record_id=check.id, unit_opinion="confirmed",
        )  # fmt: skip
        tell(desk, "finding", finding, "write", unit.id)
    return campaign, unit


def notified(open_desk: OpenDesk, folder: Path, *, signed_on: date = SIGNED_ON, findings: int = 2) -> int:
    """Let the office confirm, notify and serve; return the id of the notice."""
    codes = [f"{CAMPAIGN}-D001-{number}" for number in range(1, findings + 1)]
    with open_desk(by=None, today=FOUND_ON) as desk:
        campaign, unit = found(desk, findings=findings)
    with open_desk(by="P02", today=FOUND_ON) as desk:
        cases = [key_of(one) for one in confirm_findings(desk, codes)]
        document = draft_document(
            desk,
            "feedback_notice",
            campaign,
            key_of(unit),
            cases=[CaseOnDocument(number) for number in cases],
        )
    number = key_of(document)
    with open_desk(by="L-DIRECTOR", today=signed_on) as desk:
        sign_documents(desk, [number])
    sealed = folder / "sealed.pdf"
    sealed.write_bytes(b"%PDF-1.7 sealed")
    with open_desk(by="P02", today=signed_on) as desk:
        seal_document(desk, number, sealed)
    return number


def mail_out(open_desk: OpenDesk, day: date, outcome: Outcome = Outcome.ACCEPTED) -> int:
    """Send what is ready to a server that answers every mail the same way; return how many."""
    count = 0
    while True:
        with open_desk(by=None, today=day) as desk:
            claim = claim_next(desk)
        if claim is None:
            return count
        with open_desk(by=None, today=day) as desk:
            settle(desk, claim, outcome, "250 queued as 1")
        count += 1


def sweep(open_desk: OpenDesk, day: date) -> SweepReport:
    """Sweep once."""
    report = SweepReport(day)
    with open_desk(by=None, today=day) as desk:
        due = [case_id for case_id, _unit in due_cases(desk.session, desk.office_id, day)]
        sweep_batch(desk, due, report)
    return report


def lived(open_desk: OpenDesk, folder: Path) -> Document | None:
    """Let the office live until a reminder went out and the plan of one case is in."""
    number = notified(open_desk, folder)
    mail_out(open_desk, SIGNED_ON)
    evidence = folder / "回证.pdf"
    evidence.write_bytes(b"%PDF-1.7 receipt")
    with open_desk(by="P02", today=SERVED_ON) as desk:
        serve_document(desk, number, "hand", SERVED_ON, evidence)
    with open_desk(by="D001:liaison", today=date(2026, 5, 12)) as desk:
        act_on_case(desk, CODE, "submit_plan", note="逐项公示", files=[evidence])
    with open_desk(by="P02", today=date(2026, 5, 13)) as desk:
        act_on_case(desk, CODE, "approve_plan")
    for day in (date(2026, 5, 28), date(2026, 6, 3), date(2026, 6, 30)):
        sweep(open_desk, day)
        mail_out(open_desk, day)
    with open_desk(by=None, today=date(2026, 6, 30), readonly=True) as desk:
        return desk.session.get(Document, number)
