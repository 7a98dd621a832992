"""Matters of administrative litigation (行政争议): the matter, its dates, facts, events, assessments, results, sheets.

What bears on a light is never changed: a mistaken row is voided by a second person with a reason, and stays.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from core.codes import Light, Secrecy
from core.ladders.matters import ANCHORS, FACTS
from core.life.matterlife import Instance, MatterKind, MatterState, Plaintiff, Result
from models.base import STRICT, check, one_of, only_where

_LIVE = "voided_on IS NULL"


class LitigationMatter(SQLModel, table=True):
    """A matter; `light`, `highest_light`, `round` and `next_due_on` are caches that the doctor derives anew.

    `round` counts how often the light fell: each round has one sheet a colour.
    """

    __tablename__ = "litigation_matter"
    __table_args__ = (
        UniqueConstraint("office_id", "number"),
        one_of("kind", MatterKind),
        one_of("instance", Instance, nullable=True),
        one_of("plaintiff", Plaintiff),
        one_of("state", MatterState),
        one_of("light", Light),
        one_of("highest_light", Light),
        one_of("secrecy", Secrecy),
        check("number_given", "length(number) > 0 AND length(cause) > 0"),
        check("litigation_has_instance", "(kind = 'litigation') = (instance IS NOT NULL)"),
        check("round_counts", "round >= 1"),
        check(
            "over_is_dark", "state NOT IN ('closed', 'annulled') OR (light = 'none' AND next_due_on IS NULL)"
        ),
        check("closed_has_day", "(state = 'closed') = (closed_on IS NOT NULL)"),
        check("not_its_own_past", "previous_id IS NULL OR previous_id <> id"),
        Index("ix_litigation_matter_office_id_next_due_on", "office_id", "next_due_on"),
        Index("ix_litigation_matter_office_id_state", "office_id", "state"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id")
    number: str  # 案号、复议案号或建议书文号
    kind: str
    instance: str | None = None
    forum: str  # 法院、复议机关或发出建议的机关
    unit_id: int = Field(foreign_key="unit.id", index=True)  # 被告、被申请人
    cause: str  # 案由
    plaintiff: str
    claim: str = ""  # 被诉行政行为和请求
    item: str | None = None  # an item of the catalogues that the matter touches
    received_on: date
    secrecy: str = Secrecy.INTERNAL.value
    state: str
    rules_sha256: str = Field(foreign_key="rule_set.sha256")
    light: str = Light.NONE.value
    highest_light: str = Light.NONE.value
    round: int = 1
    next_due_on: date | None = None
    set_aside: str | None = None  # why the watch could not handle the row; tried again every day until it can
    handler: str = ""  # 承办人
    agent: str = ""  # 代理人
    attendee: str = ""  # 出庭负责人
    note: str = ""
    previous_id: int | None = Field(default=None, foreign_key="litigation_matter.id", index=True)
    registered_on: date
    registered_by: str
    closed_on: date | None = None


class MatterParty(SQLModel, table=True):
    """Another unit that is sued with the first (共同被告、复议机关)."""

    __tablename__ = "matter_party"
    __table_args__ = (STRICT,)

    matter_id: int = Field(foreign_key="litigation_matter.id", primary_key=True)
    unit_id: int = Field(foreign_key="unit.id", primary_key=True, index=True)


class MatterDate(SQLModel, table=True):
    """A date of a matter, given by a court or counted by a statutory clock; a move is a new version with its reason."""

    __tablename__ = "matter_date"
    __table_args__ = (
        UniqueConstraint("matter_id", "code", "version"),
        one_of("code", ANCHORS),
        check("version_counts", "version >= 1"),
        check(
            "counted_names_calendar",
            "clock IS NULL OR (start_on IS NOT NULL AND calendar_version IS NOT NULL)",
        ),
        check("moved_has_reason", "version = 1 OR length(reason) > 0"),
        Index("ix_matter_date_provisional", "provisional"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    matter_id: int = Field(foreign_key="litigation_matter.id")
    code: str
    version: int = 1
    on_day: date
    clock: str | None = None  # the statutory clock that counted it; None when it was given
    variant: str = ""
    extended: bool = False
    start_on: date | None = None
    steps: str = "[]"  # the derivation, JSON list of Chinese sentences
    calendar_version: str | None = None
    provisional: bool = False
    reason: str = ""
    set_by: str
    set_on: date


class MatterFact(SQLModel, table=True):
    """Something that is so from a day on (已提交答辩), with what shows it."""

    __tablename__ = "matter_fact"
    __table_args__ = (
        one_of("code", FACTS),
        check("shown", "length(basis) > 0"),
        check("void_is_whole", "(voided_on IS NULL) = (voided_by IS NULL)"),
        check("voider_is_not_recorder", "voided_by IS NULL OR voided_by <> recorded_by"),
        only_where("uq_matter_fact_live", "matter_id", "code", where=_LIVE, unique=True),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    matter_id: int = Field(foreign_key="litigation_matter.id")
    code: str
    since_on: date
    basis: str
    recorded_by: str
    recorded_on: date
    voided_on: date | None = None
    voided_by: str | None = None
    void_reason: str = ""


class MatterEvent(SQLModel, table=True):
    """An event of the ladder that a person recorded (J6), with what shows it."""

    __tablename__ = "matter_event"
    __table_args__ = (
        check("shown", "length(basis) > 0"),
        check("void_is_whole", "(voided_on IS NULL) = (voided_by IS NULL)"),
        check("voider_is_not_recorder", "voided_by IS NULL OR voided_by <> recorded_by"),
        only_where(
            "uq_matter_event_live", "matter_id", "code", "on_day", where=_LIVE, unique=True
        ),
        STRICT,
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    matter_id: int = Field(foreign_key="litigation_matter.id")
    code: str
    on_day: date
    basis: str
    recorded_by: str
    recorded_on: date
    voided_on: date | None = None
    voided_by: str | None = None
    void_reason: str = ""


class MatterAssessment(SQLModel, table=True):
    """The risk factors found on a day: by whom, why each, and what the machine worked out. Points are never stored."""

    __tablename__ = "matter_assessment"
    __table_args__ = (
        UniqueConstraint("matter_id", "number"),
        check("void_is_whole", "(voided_on IS NULL) = (voided_by IS NULL)"),
        check("voider_is_not_recorder", "voided_by IS NULL OR voided_by <> recorded_by"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    matter_id: int = Field(foreign_key="litigation_matter.id")
    number: int
    on_day: date
    factors: str = ""  # codes joined by 、
    reasons: str = "{}"  # {code: reason}, canonical JSON
    recorded_by: str
    recorded_on: date
    voided_on: date | None = None
    voided_by: str | None = None
    void_reason: str = ""


class MatterResult(SQLModel, table=True):
    """How a matter ended (裁判、复议决定、和解、撤诉、答复); at most one counts."""

    __tablename__ = "matter_result"
    __table_args__ = (
        one_of("result", Result),
        check("served_after", "served_on IS NULL OR served_on >= decided_on"),
        check("void_is_whole", "(voided_on IS NULL) = (voided_by IS NULL)"),
        check("voider_is_not_recorder", "voided_by IS NULL OR voided_by <> recorded_by"),
        only_where("uq_matter_result_live", "matter_id", where=_LIVE, unique=True),
        Index("ix_matter_result_decided_on", "decided_on"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    matter_id: int = Field(foreign_key="litigation_matter.id")
    result: str
    decided_on: date
    served_on: date | None = None
    summary: str = ""
    recorded_by: str
    recorded_on: date
    voided_on: date | None = None
    voided_by: str | None = None
    void_reason: str = ""


class MatterSheet(SQLModel, table=True):
    """The sheet of a colour that was drafted for a matter; the key makes a second watch of the day harmless."""

    __tablename__ = "matter_sheet"
    __table_args__ = (
        UniqueConstraint("matter_id", "round", "light"),
        one_of("light", Light),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    matter_id: int = Field(foreign_key="litigation_matter.id")
    round: int
    light: str
    fired_on: date
    document_id: int = Field(foreign_key="document.id", index=True)
