"""Archived files (案卷): what was packed, its number, and how long it is kept."""

from __future__ import annotations

from datetime import date

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from core.life.archivelife import ArchiveState
from models.base import STRICT, check, one_of


class ArchiveFile(SQLModel, table=True):
    """One file: the whole record of one subject as a package; `sha256` is that of its list of hashes."""

    __tablename__ = "archive_file"
    __table_args__ = (
        UniqueConstraint("office_id", "subject", "subject_id"),
        UniqueConstraint("office_id", "year", "class_code", "retention", "piece"),
        UniqueConstraint("office_id", "archive_no"),
        one_of("state", ArchiveState),
        one_of("subject", ("case", "campaign", "matter", "lead", "referral")),
        one_of("retention", ("permanent", "years_30", "years_10")),
        check("sha256_hex", "length(sha256) = 64"),
        check("filed_has_number", "state = 'packed' OR archive_no IS NOT NULL"),
        check("number_is_whole", "(piece IS NULL) = (archive_no IS NULL)"),
        check("destroyed_is_decided", "state <> 'destroyed' OR decided_by IS NOT NULL"),
        check("two_persons", "decided_by IS NULL OR appraised_by IS NULL OR decided_by <> appraised_by"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id")
    subject: str
    subject_id: int
    code: str  # what people call the subject
    title: str
    state: str
    year: int
    class_code: str
    retention: str
    kept_until: date | None = None
    transfer_due_on: date
    piece: int | None = None
    archive_no: str | None = None
    members: int
    size: int
    sha256: str
    packed_on: date
    packed_by: str
    filed_on: date | None = None
    transferred_on: date | None = None
    appraised_by: str | None = None
    decided_by: str | None = None
    note: str = ""
