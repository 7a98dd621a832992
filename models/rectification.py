"""Rectification cases, the rungs they climbed, their side requests and evidence."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from core.codes import Light, Severity
from core.life.rectification import CaseState, RequestKind, RequestState
from models.base import STRICT, check, one_of, only_where

# What the piles of 今日待办 and the counts of lights read of a case: an index that holds it spares them the row.
AT_A_GLANCE = ("light", "unit_id", "applied_by", "verified_by")
# What a kept file may belong to.
EVIDENCE_SUBJECTS = (
    *("case", "campaign", "visit", "document", "referral", "lead", "incoming", "meeting", "matter", "unit"),
    *(
        "declaration",
        "interview",
        "report",
        "archive",
        "request_list",
        "task",
        "delegation",
        "unit_change",
        "plan",
    ),
)


class Rectification(SQLModel, table=True):
    """A rectification case (整改事项); it shares the id of its finding.

    `next_due_on` is a cache of derived facts: the day the sweep must look at the case again; the doctor re-derives it.
    """

    __table_args__ = (
        one_of("severity", Severity),
        one_of("state", CaseState),
        one_of("light", Light),
        one_of("floor_light", Light),
        one_of("highest_light", Light),
        check("percent_range", "percent BETWEEN 0 AND 100"),
        check("rounds_count", "round >= 1 AND due_version > extensions AND extensions >= 0"),
        check("notified_has_due", "signed_on IS NULL OR due_on IS NOT NULL"),
        check("due_after_signing", "due_on IS NULL OR first_due_on IS NOT NULL"),
        Index("ix_rectification_office_id_next_due_on", "office_id", "next_due_on"),
        Index("ix_rectification_campaign_id", "campaign_id"),
        # Pages count and list by these: cases of a state or a light by their due day, the lights of each unit.
        Index("ix_rectification_state", "office_id", "state", "due_on", "id", *AT_A_GLANCE),
        Index("ix_rectification_due_on", "office_id", "due_on", "state", "light", "suspended_on"),
        Index("ix_rectification_unit_id", "unit_id", "office_id", "light"),
        STRICT,
    )

    id: int = Field(primary_key=True, foreign_key="finding.id")
    office_id: int = Field(foreign_key="office.id")
    campaign_id: int = Field(foreign_key="campaign.id")
    unit_id: int = Field(foreign_key="unit.id")
    severity: str
    state: str
    round: int = 1
    due_version: int = (
        1  # counts what moved the due date: extensions, stages of a long term, changed findings
    )
    extensions: int = 0  # granted in this round, or told by an old ledger
    signed_on: date | None = None
    served_on: date | None = None
    first_due_on: date | None = None
    due_on: date | None = None
    due_provisional: bool = False
    calendar_version: str | None = None
    next_due_on: date | None = None
    light: str = Light.NONE.value
    floor_light: str = Light.NONE.value  # set by a named event, kept over extensions in the same round
    highest_light: str = Light.NONE.value
    last_rung_id: int | None = None
    plan_on: date | None = None
    plan_text: str | None = None
    percent: int = 0
    returns: int = 0
    rebounds: int = 0
    suspended_on: date | None = None
    applied_on: date | None = None  # the last application for closure, and who made it: as the history tells
    applied_by: str | None = None
    verified_by: str | None = None
    closed_on: date | None = None
    look_back_on: date | None = None
    set_aside: str | None = None  # why the sweep could not handle the row; tried again every day until it can


class Rung(SQLModel, table=True):
    """A rung that was issued for a case; the key makes a second sweep harmless."""

    __table_args__ = (
        UniqueConstraint("case_id", "round", "due_version", "code"),
        Index("ix_rung_fired_on", "fired_on"),
        one_of("light", Light),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="rectification.id")
    round: int
    due_version: int
    code: str
    light: str
    fired_on: date
    document_id: int | None = Field(default=None, foreign_key="document.id", index=True)


class SideRequest(SQLModel, table=True):
    """A numbered request beside the main life: extension, long term, objection, suspension; one of a kind is open.

    `verdict` is what became of it in one word, `answer_due_on` the day by which an objection is answered,
    `ends_on` the day from which a suspension no longer held, `basis` the ground of a suspension.
    """

    __tablename__ = "side_request"
    __table_args__ = (
        UniqueConstraint("case_id", "kind", "number"),
        only_where("uq_side_request_open", "case_id", "kind", where="state = 'requested'", unique=True),
        one_of("kind", RequestKind),
        one_of("state", RequestState),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id")
    case_id: int = Field(foreign_key="rectification.id")
    kind: str
    number: int
    state: str
    asked_on: date
    asked_by: str
    reason: str
    due_before: date | None = None
    until_on: date | None = None
    granted_until_on: date | None = None
    decided_on: date | None = None
    decided_by: str | None = None
    decision_note: str = ""
    verdict: str = ""
    basis: str = ""
    answer_due_on: date | None = None
    ends_on: date | None = None
    endorsed_on: date | None = None
    endorsed_by: str | None = None
    endorsement: str = ""


class Evidence(SQLModel, table=True):
    """A file kept for a case, a campaign or a referral; the content lies under DUCHA_FILES by its SHA-256."""

    __table_args__ = (
        one_of("subject", EVIDENCE_SUBJECTS),
        check("sha256_hex", "length(sha256) = 64"),
        check("size_given", "size >= 0"),
        Index("ix_evidence_subject", "subject", "subject_id"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id")
    subject: str
    subject_id: int
    act: str
    kind: str = ""  # the kind of evidence by the ladder's rules; empty when nobody said
    name: str
    sha256: str
    size: int
    filed_on: date
    filed_by: str
