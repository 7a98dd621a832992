"""What lies beside a case, as its page shows it: requests, plans, verifications, reports, mails; all in one query."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa

from casework.desk import Desk
from casework.gathering import Gathering, Part, Row, first_of
from casework.sight import documents_in_sight, documents_of, sees_office
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
OWN, OFFICE = sa.bindparam("own", type_=sa.Integer), sa.bindparam("office", type_=sa.Integer)
TODAY = sa.bindparam("today", type_=sa.Date)


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
    asked = _for_whole_office() if sees_office(desk) else Gathering(*_parts(documents_in_sight(desk)))
    found = asked.rows(
        desk, own=case.id, check=finding.check_record_id, office=desk.office_id, actor=desk.actor.code,
        today=desk.today,
    )  # fmt: skip
    if desk.actor.speaks_for_unit:
        found |= {"notes": [], "complaints": [], "freezes": [], "letters": []}
    lent = [Delegation(**row) for row in found.pop("lent")]
    return Beside(**found, lent=lent)


@cache
def _for_whole_office() -> Gathering:
    return Gathering(*_parts(documents_of(OFFICE)))


def _parts(papers: sa.ColumnElement[bool]) -> tuple[Part, ...]:
    """Return what is asked for; `papers` is the condition for the documents in sight."""
    return (*_of_case(), *_letters_and_mails(papers), *_around())


def _all(table: sa.Table, *conditions: Any) -> sa.Select[Any]:
    return sa.select(table).where(*conditions)


def _of_case() -> tuple[Part, ...]:
    stages = (
        sa.select(STAGE).join(REQUEST, REQUEST.c.id == STAGE.c.request_id).where(REQUEST.c.case_id == OWN)
    )
    measures = sa.select(MEASURE).join(PLAN, PLAN.c.id == MEASURE.c.plan_id).where(PLAN.c.case_id == OWN)
    return (
        Part("requests", _all(REQUEST, REQUEST.c.case_id == OWN)),
        Part("stages", stages, ("request_id", "number")),
        Part("evidence", _all(EVIDENCE, EVIDENCE.c.subject == "case", EVIDENCE.c.subject_id == OWN)),
        Part("plans", _all(PLAN, PLAN.c.case_id == OWN), ("version",)),
        Part("measures", measures, ("plan_id", "number")),
        Part("verifications", _all(VERIFICATION, VERIFICATION.c.case_id == OWN), ("number",)),
        Part("complaints", _all(COMPLAINT, COMPLAINT.c.case_id == OWN), ("number",)),
        Part("freezes", _all(FREEZE, FREEZE.c.case_id == OWN)),
        Part("halves", _all(HALF, HALF.c.subject == "case", HALF.c.subject_id == OWN), ("period_from",)),
        Part("notes", _all(NOTE, NOTE.c.subject == "case", NOTE.c.subject_id == OWN), ("on_day", "id")),
    )


def _letters_and_mails(papers: sa.ColumnElement[bool]) -> tuple[Part, ...]:
    """Find the mails of the case's documents, and the letters filed with it or with a document of it in sight."""
    of_case = DOCUMENT.c.id.in_(sa.select(DOCUMENT_CASE.c.document_id).where(DOCUMENT_CASE.c.case_id == OWN))
    mails = (
        sa.select(
            MESSAGE.c.id, MESSAGE.c.document_id, MESSAGE.c.kind, MESSAGE.c.recipient_name, MESSAGE.c.recipient,
            MESSAGE.c.state, MESSAGE.c.queued_at, MESSAGE.c.settled_at,
        )
        .join(DOCUMENT, DOCUMENT.c.id == MESSAGE.c.document_id)
        .where(of_case, papers)
    )  # fmt: skip
    in_sight = sa.select(DOCUMENT.c.id).where(of_case, papers)
    letters = (
        sa.select(
            INBOUND.c.id, INBOUND.c.document_id, INBOUND.c.sender_name, INBOUND.c.sender, INBOUND.c.subject,
            INBOUND.c.read_at,
        )
        .where(
            INBOUND.c.state == InboundState.FILED.value,
            sa.or_(INBOUND.c.case_id == OWN, INBOUND.c.document_id.in_(in_sight)),
        )
    )  # fmt: skip
    return (
        Part("mails", first_of(mails, MAIL_ROWS, MESSAGE.c.id.desc())),
        Part("letters", first_of(letters, MAIL_ROWS, INBOUND.c.id.desc())),
    )


def _around() -> tuple[Part, ...]:
    team = (
        sa.select(PERSON.c.id, PERSON.c.code)
        .join(MEMBER, MEMBER.c.person_id == PERSON.c.id)
        .join(CHECK, CHECK.c.visit_id == MEMBER.c.visit_id)
        .where(CHECK.c.id == sa.bindparam("check", type_=sa.Integer))
    )
    repeats = sa.select(FINDING.c.id, FINDING.c.code, FINDING.c.confirmed_on, FINDING.c.campaign_id).where(
        FINDING.c.repeat_of == OWN, FINDING.c.office_id == OFFICE
    )
    lent = _all(
        LENT,
        LENT.c.office_id == OFFICE,
        LENT.c.delegate == sa.bindparam("actor", type_=sa.String),
        LENT.c.acts != "",
        LENT.c.state == DelegationState.REGISTERED.value,
        LENT.c.from_on <= TODAY,
        LENT.c.until_on >= TODAY,
    )
    return (Part("team", team), Part("repeats", repeats), Part("lent", lent))
