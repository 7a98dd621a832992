"""Linkage with discipline inspection, procuratorate and 巡察: its own compartment."""

from __future__ import annotations

from datetime import date

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from core.lives import ReferralState
from models.base import STRICT, check, one_of


class Referral(SQLModel, table=True):
    """A screening (线索筛查) and, if approved, the transfer; no person's name is needed for its counts."""

    __table_args__ = (
        UniqueConstraint("case_id", "number"),
        one_of("state", ReferralState),
        check(
            "approved_has_study", "state NOT IN ('approved', 'sent', 'received') OR studied_on IS NOT NULL"
        ),
        check(
            "approver_is_not_author",
            "approved_by IS NULL OR opinion_by IS NULL OR approved_by <> opinion_by",
        ),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id")
    case_id: int = Field(foreign_key="rectification.id")
    number: int = 1
    state: str
    trigger: str  # black, or the event code E1..E8
    opened_on: date
    screen_by_on: date
    receiver: str | None = None
    opinion: str | None = None
    opinion_by: str | None = None
    opinion_on: date | None = None
    study_note: str | None = None
    studied_on: date | None = None
    approved_by: str | None = None
    decided_on: date | None = None
    decision_note: str | None = None
    document_id: int | None = Field(default=None, foreign_key="document.id")
    sent_on: date | None = None
    receipt_on: date | None = None
    receipt_number: str | None = None
    feedback_due_on: date | None = None
    result_on: date | None = None
    result_note: str | None = None
    organisational: int = 0  # 组织处理人数
    disciplinary: int = 0  # 党纪政务处分人数
    criminal: int = 0  # 移送司法人数
