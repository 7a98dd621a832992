"""会商 and 联席会议, joint supervision of a case, the items that linkage leaves to be done, and who may know."""

from __future__ import annotations

from datetime import date

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import STRICT, check, one_of

MEETING_KINDS = ("consultation", "joint", "special")
ITEM_SUBJECTS = ("referral", "incoming", "meeting")
READABLE = ("lead", "referral", "incoming", "meeting")


class Meeting(SQLModel, table=True):
    """A meeting with other supervising bodies; the minutes are a kept file, the conclusions rows of `linkage_item`."""

    __table_args__ = (
        UniqueConstraint("office_id", "year", "serial"),
        one_of("kind", MEETING_KINDS),
        check("serial_counts", "serial >= 1"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id")
    year: int
    serial: int
    number: str
    kind: str
    held_on: date
    title: str
    participants: str  # bodies, joined by 、
    note: str = ""
    minutes_sha256: str | None = None
    referral_id: int | None = Field(default=None, foreign_key="referral.id")
    incoming_id: int | None = Field(default=None, foreign_key="incoming.id")
    recorded_by: str
    recorded_on: date


class LinkageItem(SQLModel, table=True):
    """Something to be done that a result, a matter handed over or a meeting left; a task follows it."""

    __tablename__ = "linkage_item"
    __table_args__ = (
        UniqueConstraint("subject", "subject_id", "position"),
        one_of("subject", ITEM_SUBJECTS),
        check("position_counts", "position >= 1"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id")
    subject: str
    subject_id: int
    position: int
    text: str
    owner: str = ""  # code of a person or post; empty means our named contact
    due_on: date | None = None
    added_on: date


class JointSupervision(SQLModel, table=True):
    """A case that the office and another body supervise together (联合督办)."""

    __tablename__ = "joint_supervision"
    __table_args__ = (check("end_has_reason", "ended_on IS NULL OR end_note <> ''"), STRICT)

    id: int | None = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id")
    case_id: int = Field(foreign_key="rectification.id", index=True)
    body: str
    body_name: str
    agreed_on: date
    report_on: date | None = None
    demand: str
    incoming_id: int | None = Field(default=None, foreign_key="incoming.id")
    meeting_id: int | None = Field(default=None, foreign_key="meeting.id")
    document_id: int | None = Field(default=None, foreign_key="document.id")
    recorded_by: str
    ended_on: date | None = None
    end_note: str = ""


class CompartmentReader(SQLModel, table=True):
    """A person named to know of the compartment of linkage: all of it, or one matter; append-only but for its end."""

    __tablename__ = "compartment_reader"
    __table_args__ = (
        one_of("subject", READABLE, nullable=True),
        check("subject_is_whole", "(subject IS NULL) = (subject_id IS NULL)"),
        check("day_order", "until_on >= from_on"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id", index=True)
    person: str
    subject: str | None = None
    subject_id: int | None = None
    from_on: date
    until_on: date
    granted_by: str
    granted_on: date
    reason: str
    revoked_by: str | None = None
    revoked_on: date | None = None
