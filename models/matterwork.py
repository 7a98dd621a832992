"""What is done about a matter of litigation: the 三个一, the papers handed in, and the cases it led to."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from core.codes import Light
from core.life.matterlife import Fault, PaperKind
from models.base import STRICT, check, one_of


class MatterOnes(SQLModel, table=True):
    """The 三个一 of a matter as they were set for a colour: leader in charge, group, plan; the newest counts."""

    __tablename__ = "matter_ones"
    __table_args__ = (
        UniqueConstraint("matter_id", "number"),
        one_of("light", Light),
        check("whole", "length(leader_name) > 0 AND length(leader_post) > 0 AND length(members) > 0"),
        check("has_plan", "length(plan) > 0"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    matter_id: int = Field(foreign_key="litigation_matter.id")
    number: int
    light: str  # the colour for which they were set
    leader_name: str
    leader_post: str
    members: str  # joined by 、
    plan: str
    set_by: str
    set_on: date


class MatterPaper(SQLModel, table=True):
    """Something handed in on the way: progress, loss report, appeal opinion, recap, plan, self-correction."""

    __tablename__ = "matter_paper"
    __table_args__ = (
        one_of("kind", PaperKind),
        one_of("fault", Fault, nullable=True),
        check("says_something", "length(content) > 0"),
        check("fault_only_in_recap", "fault IS NULL OR kind = 'recap'"),
        Index("ix_matter_paper_matter_id_kind", "matter_id", "kind"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    matter_id: int = Field(foreign_key="litigation_matter.id")
    kind: str
    on_day: date
    content: str
    next_steps: str = ""
    fault: str | None = None
    copied_to: str = ""  # to whom a progress report is copied in writing, joined by 、
    recorded_by: str
    recorded_on: date


class MatterLink(SQLModel, table=True):
    """A case of the 督察 line that a lost matter led to."""

    __tablename__ = "matter_link"
    __table_args__ = (
        UniqueConstraint("matter_id", "case_id"),
        check("has_reason", "length(reason) > 0"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    matter_id: int = Field(foreign_key="litigation_matter.id")
    case_id: int = Field(foreign_key="rectification.id", index=True)
    reason: str
    linked_by: str
    linked_on: date
