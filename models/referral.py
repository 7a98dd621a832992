"""Linkage with discipline inspection, procuratorate and 巡察: its own compartment."""

from __future__ import annotations

from datetime import date

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from core.life.lives import ReferralState
from models.base import STRICT, check, one_of


class Referral(SQLModel, table=True):
    """A screening (线索筛查) and, if approved, the transfer; no person's name is needed for its counts.

    A transfer that is split has a row a part: part 1 is the screening itself, the others name it as their origin and
    live the same life, each with its receiver, its letter, its receipt and its result.
    """

    __table_args__ = (
        UniqueConstraint("case_id", "number", "part"),
        one_of("state", ReferralState),
        check(
            "approved_has_study", "state NOT IN ('approved', 'sent', 'received') OR studied_on IS NOT NULL"
        ),
        check(
            "approver_is_not_author",
            "approved_by IS NULL OR opinion_by IS NULL OR approved_by <> opinion_by",
        ),
        check("parts_count", "part >= 1 AND number >= 1"),
        check("sent_has_channel", "state <> 'sent' OR channel IS NOT NULL"),
        check("block_has_reason", "blocked_on IS NULL OR block_reason <> ''"),
        check("people_count", "organisational + disciplinary + criminal + educational >= 0"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id")
    case_id: int = Field(foreign_key="rectification.id")
    number: int = 1
    part: int = 1
    origin_id: int | None = Field(default=None, foreign_key="referral.id", index=True)
    matter: str | None = None  # which part of the matter goes to this receiver
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
    participants: str | None = None  # codes of those who studied it, joined by 、
    transfer_by_on: date | None = None
    blocked_on: date | None = None  # a special reason stands in the way of the transfer
    block_reason: str = ""
    unblocked_on: date | None = None
    approved_by: str | None = None
    decided_on: date | None = None
    decision_note: str | None = None
    document_id: int | None = Field(default=None, foreign_key="document.id")
    sent_on: date | None = None
    channel: str | None = None  # hand | confidential_post
    handed_to: str | None = None
    post_number: str | None = None
    receipt_on: date | None = None
    receipt_number: str | None = None
    receipt_note: str | None = None  # why it was returned
    passed_to: str | None = None
    reroute_by_on: date | None = None
    feedback_due_on: date | None = None
    result_on: date | None = None
    result_note: str | None = None
    organisational: int = 0  # 组织处理人数
    disciplinary: int = 0  # 党纪政务处分人数
    criminal: int = 0  # 移送司法人数
    educational: int = 0  # 批评教育帮助人数


class ReferralMaterial(SQLModel, table=True):
    """A line of the list of materials (证据材料清单) that goes with a letter."""

    __tablename__ = "referral_material"
    __table_args__ = (
        UniqueConstraint("referral_id", "position"),
        check("counts_are_given", "position >= 1 AND copies >= 1 AND pages >= 0"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    referral_id: int = Field(foreign_key="referral.id")
    position: int
    name: str
    copies: int = 1
    pages: int = 0  # of one copy; 0 is filled in by hand
    original: bool = False
    sha256: str | None = None  # the kept file, where there is one


class ReferralSanction(SQLModel, table=True):
    """What the receiver reports of a transfer: a kind of sanction and how many people, no names."""

    __tablename__ = "referral_sanction"
    __table_args__ = (check("somebody", "people >= 1"), STRICT)

    id: int | None = Field(default=None, primary_key=True)
    referral_id: int = Field(foreign_key="referral.id", index=True)
    kind: str  # a kind of the linkage rules
    people: int
    reported_on: date
