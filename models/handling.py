"""How a case is handled: versions of its plan with their measures, stage goals, verifications, complaints, freezes."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from core.life.freezelife import FreezeState
from core.life.sidelife import ComplaintState, Horizon, Manner, PlanState
from models.base import STRICT, check, one_of, only_where


class RectificationPlan(SQLModel, table=True):
    """One version of the rectification plan (整改方案) of a case; a version is never changed, a new one follows it."""

    __tablename__ = "rectification_plan"
    __table_args__ = (
        UniqueConstraint("case_id", "version"),
        only_where("uq_rectification_plan_approved", "case_id", where="state = 'approved'", unique=True),
        one_of("state", PlanState),
        check("version_counts", "version >= 1 AND round >= 1"),
        check("decided_by_somebody", "state NOT IN ('approved', 'returned') OR decided_by IS NOT NULL"),
        check("others_verify", "verifier_unit = '' OR verifier_unit <> subject"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id")
    case_id: int = Field(foreign_key="rectification.id")
    version: int
    round: int
    state: str
    subject: str  # 整改实施主体
    goal: str = ""
    owner: str = ""  # 责任人
    until_on: date | None = None
    verifier_unit: str = ""  # 验收单位, never the subject itself
    submitted_on: date
    submitted_by: str
    decided_on: date | None = None
    decided_by: str | None = None
    decision_note: str = ""


class Measure(SQLModel, table=True):
    """One measure (整改措施) of a version of a plan; a tracked one has its own owner or day and is reported alone."""

    __table_args__ = (
        UniqueConstraint("plan_id", "number"),
        one_of("horizon", Horizon),
        check("number_counts", "number >= 1"),
        check("done_by_somebody", "(done_on IS NULL) = (done_by IS NULL)"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="rectification_plan.id")
    number: int
    text: str
    owner: str = ""
    due_on: date | None = None
    horizon: str = Horizon.DATED.value
    tracked: bool = False
    done_on: date | None = None
    done_by: str | None = None
    note: str = ""


class StageGoal(SQLModel, table=True):
    """A stage goal of a long-term rectification (长期整改) with the day on which it is reviewed."""

    __tablename__ = "stage_goal"
    __table_args__ = (
        UniqueConstraint("request_id", "number"),
        one_of("verdict", ("met", "missed"), nullable=True),
        check("reviewed_is_whole", "(verdict IS NULL) = (reviewed_on IS NULL)"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    request_id: int = Field(foreign_key="side_request.id")
    number: int
    goal: str
    review_on: date
    verdict: str | None = None
    reviewed_on: date | None = None
    reviewed_by: str | None = None
    note: str = ""


class Verification(SQLModel, table=True):
    """One verification (核查验收) of a closure: how, by whom, the opinion, and the public notice (公示) after it."""

    __table_args__ = (
        UniqueConstraint("case_id", "number"),
        one_of("manner", Manner),
        one_of("verdict", ("passed", "failed", "returned")),
        check("notice_runs_on", "notice_until IS NULL OR notice_until >= verified_on"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id")
    case_id: int = Field(foreign_key="rectification.id")
    number: int
    round: int
    verified_on: date
    manner: str
    verdict: str
    verified_by: str
    seconded_by: str = ""  # the other verifiers, joined by 、
    opinion: str = ""  # 验收意见; for a return, what has to be added (补充整改要求)
    notice_until: date | None = None


class Complaint(SQLModel, table=True):
    """What was said against a closure during its public notice; who said it is kept nowhere."""

    __table_args__ = (
        UniqueConstraint("case_id", "number"),
        one_of("state", ComplaintState),
        check("settled_by_somebody", "state = 'open' OR settled_by IS NOT NULL"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id")
    case_id: int = Field(foreign_key="rectification.id")
    number: int
    state: str
    received_on: date
    received_by: str
    text: str
    settled_on: date | None = None
    settled_by: str | None = None
    settlement: str = ""


class Freeze(SQLModel, table=True):
    """A case locked at a missed node; `cause` is the node in its round, so that the same one locks it once."""

    __table_args__ = (
        UniqueConstraint("case_id", "code", "cause"),
        Index("ix_freeze_case_id_state", "case_id", "state"),
        one_of("state", FreezeState),
        one_of("releases", ("director", "committee")),
        check("released_with_reason", "state <> 'released' OR (released_by IS NOT NULL AND reason <> '')"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id")
    case_id: int = Field(foreign_key="rectification.id")
    code: str  # of the rule
    node: str
    cause: str
    state: str
    missed_on: date
    frozen_on: date
    releases: str  # the lowest post that may release it
    released_on: date | None = None
    released_by: str | None = None
    reason: str = ""
