"""What lies beside a case, as its page shows it: requests, plans, verifications, reports, mails; all in one query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from casework.desk import Desk
from casework.gathering import Part, Row, first_of, gather
from casework.sight import documents_in_sight
from core.life.delegationlife import DelegationState
from core.life.freezelife import FreezeState
from core.life.inboundlife import InboundState
from core.life.rectification import RequestKind, RequestState
from core.life.sidelife import ComplaintState, PlanState
from models.base import table_of
from models.campaign import CheckRecord, Finding, VisitMember
from models.delegation import Delegation
from models.document import Document, DocumentCase
from models.halfreport import HalfReport
from models.handling import Complaint, Freeze, Measure, RectificationPlan, StageGoal, Verification
from models.inbound import InboundMail
from models.message import Message
from models.note import ContactNote
from models.organisation import Person
from models.rectification import Evidence, Rectification, SideRequest

REQUEST, STAGE, EVIDENCE = table_of(SideRequest), table_of(StageGoal), table_of(Evidence)
PLAN, MEASURE, VERIFICATION = table_of(RectificationPlan), table_of(Measure), table_of(Verification)
COMPLAINT, FREEZE, HALF, NOTE = (
    table_of(Complaint),
    table_of(Freeze),
    table_of(HalfReport),
    table_of(ContactNote),
)
MESSAGE, DOCUMENT, DOCUMENT_CASE = table_of(Message), table_of(Document), table_of(DocumentCase)
FINDING, CHECK, MEMBER, PERSON = (
    table_of(Finding),
    table_of(CheckRecord),
    table_of(VisitMember),
    table_of(Person),
)
LENT, INBOUND = table_of(Delegation), table_of(InboundMail)
MAIL_ROWS = 100


@dataclass(frozen=True, slots=True)
class Beside:
    """The rows beside a case, each list in its natural order."""

    requests: list[Row]
    stages: list[Row]
    evidence: list[Row]
    plans: list[Row]
    measures: list[Row]
    verifications: list[Row]
    complaints: list[Row]
    freezes: list[Row]
    halves: list[Row]
    notes: list[Row]
    mails: list[Row]
    letters: list[Row]  # that came in about the case or its documents
    team: list[Row]
    repeats: list[Row]  # later findings that repeat this one
    lent: list[Delegation]  # what posts lend to whoever looks today

    @property
    def people(self) -> set[str]:
        """The codes of everybody named in these rows."""
        columns = ("asked_by", "decided_by", "endorsed_by", "filed_by", "submitted_by", "verified_by", "seconded_by",
                   "sent_by", "written_by", "released_by", "reviewed_by", "settled_by", "done_by")  # fmt: skip
        lists = (self.requests, self.stages, self.evidence, self.plans, self.measures, self.verifications,
                 self.complaints, self.freezes, self.halves, self.notes)  # fmt: skip
        said = (str(row.get(name) or "") for rows in lists for row in rows for name in columns)
        return {code for text in said for code in text.split("、") if code}

    def open_request(self, *kinds: RequestKind) -> Row | None:
        """Return the request of some kinds that waits for its decision."""
        waiting = (row for row in self.requests if row["state"] == RequestState.REQUESTED)
        return next((row for row in waiting if row["kind"] in kinds), None)

    def stages_of(self, request: Row) -> list[Row]:
        """Return the stage goals of a request."""
        return [row for row in self.stages if row["request_id"] == request["id"]]

    @property
    def current_stage(self) -> Row | None:
        """The stage goal of the long term in force that is up for review."""
        for request in reversed(self.requests):
            in_force = request["kind"] == RequestKind.LONG_TERM and request["state"] == RequestState.GRANTED
            if in_force and request["ends_on"] is None:
                open_ = (one for one in self.stages_of(request) if one["verdict"] in (None, "missed"))
                return next(open_, None)
        return None

    def measures_of(self, plan: Row) -> list[Row]:
        """Return the measures of a version of the plan."""
        return [row for row in self.measures if row["plan_id"] == plan["id"]]

    def plan_in_force(self, round_: int) -> Row | None:
        """Return the approved plan of a round."""
        approved = (row for row in self.plans if row["state"] == PlanState.APPROVED)
        return next((row for row in approved if row["round"] == round_), None)

    @property
    def submitted_plan(self) -> Row | None:
        """The version that waits for its approval."""
        return next((row for row in self.plans if row["state"] == PlanState.SUBMITTED), None)

    @property
    def held(self) -> list[Row]:
        """The freezes that hold the case now."""
        return [row for row in self.freezes if row["state"] == FreezeState.FROZEN]

    @property
    def open_complaints(self) -> list[Row]:
        """The complaints that nobody has looked into yet."""
        return [row for row in self.complaints if row["state"] == ComplaintState.OPEN]


def read_beside(desk: Desk, case: Rectification, finding: Finding) -> Beside:
    """Return all that lies beside a case; one query. A unit is shown neither notes nor complaints."""
    parts = (*_of_case(case), *_around(desk, case, finding))
    found = gather(desk, *parts)
    if desk.actor.speaks_for_unit:
        found |= {"notes": [], "complaints": [], "freezes": [], "letters": []}
    lent = [Delegation(**row) for row in found.pop("lent")]
    return Beside(**found, lent=lent)


def _all(table: sa.Table, *conditions: Any) -> sa.Select[Any]:
    return sa.select(table).where(*conditions)


def _of_case(case: Rectification) -> tuple[Part, ...]:
    own = case.id
    stages = (
        sa.select(STAGE).join(REQUEST, REQUEST.c.id == STAGE.c.request_id).where(REQUEST.c.case_id == own)
    )
    measures = sa.select(MEASURE).join(PLAN, PLAN.c.id == MEASURE.c.plan_id).where(PLAN.c.case_id == own)
    return (
        Part("requests", _all(REQUEST, REQUEST.c.case_id == own)),
        Part("stages", stages, ("request_id", "number")),
        Part("evidence", _all(EVIDENCE, EVIDENCE.c.subject == "case", EVIDENCE.c.subject_id == own)),
        Part("plans", _all(PLAN, PLAN.c.case_id == own), ("version",)),
        Part("measures", measures, ("plan_id", "number")),
        Part("verifications", _all(VERIFICATION, VERIFICATION.c.case_id == own), ("number",)),
        Part("complaints", _all(COMPLAINT, COMPLAINT.c.case_id == own), ("number",)),
        Part("freezes", _all(FREEZE, FREEZE.c.case_id == own)),
        Part("halves", _all(HALF, HALF.c.subject == "case", HALF.c.subject_id == own), ("period_from",)),
        Part("notes", _all(NOTE, NOTE.c.subject == "case", NOTE.c.subject_id == own), ("on_day", "id")),
    )


def _around(desk: Desk, case: Rectification, finding: Finding) -> tuple[Part, ...]:
    of_case = sa.select(DOCUMENT_CASE.c.document_id).where(DOCUMENT_CASE.c.case_id == case.id)
    mails = (
        sa.select(
            MESSAGE.c.id, MESSAGE.c.document_id, MESSAGE.c.kind, MESSAGE.c.recipient_name, MESSAGE.c.recipient,
            MESSAGE.c.state, MESSAGE.c.queued_at, MESSAGE.c.settled_at,
        )
        .join(DOCUMENT, DOCUMENT.c.id == MESSAGE.c.document_id)
        .where(DOCUMENT.c.id.in_(of_case), documents_in_sight(desk))
    )  # fmt: skip
    team = (
        sa.select(PERSON.c.id, PERSON.c.code)
        .join(MEMBER, MEMBER.c.person_id == PERSON.c.id)
        .join(CHECK, CHECK.c.visit_id == MEMBER.c.visit_id)
        .where(CHECK.c.id == finding.check_record_id)
    )
    repeats = sa.select(FINDING.c.id, FINDING.c.code, FINDING.c.confirmed_on, FINDING.c.campaign_id).where(
        FINDING.c.repeat_of == case.id, FINDING.c.office_id == desk.office_id
    )
    return (
        *(
            Part("mails", first_of(mails, MAIL_ROWS, MESSAGE.c.id.desc())),
            Part("letters", _letters(desk, case, of_case)),
        ),
        *(Part("team", team), Part("repeats", repeats), Part("lent", _lent(desk))),
    )


def _letters(desk: Desk, case: Rectification, of_case: sa.Select[Any]) -> sa.Select[Any]:
    """Find the letters that were filed with the case, or with a document of it in sight."""
    papers = sa.select(DOCUMENT.c.id).where(DOCUMENT.c.id.in_(of_case), documents_in_sight(desk))
    letters = (
        sa.select(
            INBOUND.c.id, INBOUND.c.document_id, INBOUND.c.sender_name, INBOUND.c.sender, INBOUND.c.subject,
            INBOUND.c.read_at,
        )
        .where(
            INBOUND.c.state == InboundState.FILED.value,
            sa.or_(INBOUND.c.case_id == case.id, INBOUND.c.document_id.in_(papers)),
        )
    )  # fmt: skip
    return first_of(letters, MAIL_ROWS, INBOUND.c.id.desc())


def _lent(desk: Desk) -> sa.Select[Any]:
    return _all(
        LENT,
        LENT.c.office_id == desk.office_id,
        LENT.c.delegate == desk.actor.code,
        LENT.c.acts != "",
        LENT.c.state == DelegationState.REGISTERED.value,
        LENT.c.from_on <= desk.today,
        LENT.c.until_on >= desk.today,
    )
