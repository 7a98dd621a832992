"""Official documents: drafts, signatures, numbers, seals, files and proof of service."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from core.codes import DocumentContent, Light, Line, Secrecy
from core.life.lives import DocumentState
from models.base import STRICT, check, one_of
from models.record import SUBJECTS


class NumberSeries(SQLModel, table=True):
    """A counter of document numbers (文号): one row a series and year, locked while a number is taken."""

    __tablename__ = "number_series"
    __table_args__ = (check("last_counts", "last >= 0"), STRICT)

    office_id: int = Field(foreign_key="office.id", primary_key=True)
    series: str = Field(primary_key=True)  # 机关代字
    year: int = Field(primary_key=True)
    last: int = 0


class Document(SQLModel, table=True):
    """A document; signing takes its number and freezes its content under a SHA-256."""

    __table_args__ = (
        UniqueConstraint("office_id", "series", "year", "serial"),
        # What a sweep drafts is found again by this key, so that a second sweep of the day adds nothing.
        Index(
            "uq_document_sweep",
            "campaign_id",
            "unit_id",
            "kind",
            "drafted_on",
            "part",
            unique=True,
            sqlite_where=text("by_sweep = 1"),
            postgresql_where=text("by_sweep"),
        ),
        Index("ix_document_office_id_state", "office_id", "state"),
        Index("ix_document_about", "about", "about_id"),
        one_of("content_kind", DocumentContent),
        one_of("line", Line),
        one_of("state", DocumentState),
        one_of("secrecy", Secrecy),
        one_of("about", SUBJECTS, nullable=True),
        check("about_is_whole", "(about IS NULL) = (about_id IS NULL)"),
        check("has_rules", "campaign_id IS NOT NULL OR rules_sha256 IS NOT NULL"),
        check("number_is_whole", "(serial IS NULL) = (number IS NULL)"),
        check("numbered_is_frozen", "serial IS NULL OR content_sha256 IS NOT NULL"),
        check("signed_is_frozen", "state IN ('draft', 'in_review', 'void') OR content_sha256 IS NOT NULL"),
        check("signer_is_not_author", "signed_by IS NULL OR signed_by <> drafted_by"),
        check("signed_for_other", "signed_for IS NULL OR signed_for <> signed_by"),
        check("lender_is_not_author", "signed_for IS NULL OR signed_for <> drafted_by"),
        check("served_has_day", "state <> 'served' OR served_on IS NOT NULL"),
        check("serial_counts", "serial IS NULL OR serial >= 1"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id")
    campaign_id: int | None = Field(default=None, foreign_key="campaign.id", index=True)
    about: str | None = None  # what a document without a campaign is about, as an audit subject
    about_id: int | None = None
    unit_id: int = Field(foreign_key="unit.id", index=True)
    kind: str  # the code of its rule file
    content_kind: str  # what its rule says it carries, when it was drafted
    line: str
    state: str
    secrecy: str = Secrecy.INTERNAL.value
    by_sweep: bool = False
    part: int = 1
    drafted_on: date
    drafted_by: str
    title: str = ""
    inputs: str = "{}"  # what the author gave beyond what is derived, as canonical JSON
    rules_sha256: str | None = Field(default=None, foreign_key="rule_set.sha256")
    series: str | None = None
    year: int | None = None
    serial: int | None = None
    number: str | None = None
    content: str | None = None  # frozen values as canonical JSON
    content_sha256: str | None = None
    template_sha256: str | None = None
    signed_by: str | None = None
    signed_for: str | None = None  # the post in whose place it was signed, by delegation
    signed_on: date | None = None
    signed_at: datetime | None = None
    authorised_by: str | None = None  # a standing authorisation that let it go without a hand signature
    issued_on: date | None = None
    served_on: date | None = None
    reply_due_on: date | None = (
        None  # the day by which the unit must answer; counted at signing or at service
    )
    reply_provisional: bool = False
    replied_on: date | None = None
    void_reason: str | None = None


class DocumentCase(SQLModel, table=True):
    """A case on a document, with what was true of it when the row was written."""

    __tablename__ = "document_case"
    __table_args__ = (one_of("light", Light), STRICT)

    document_id: int = Field(foreign_key="document.id", primary_key=True)
    case_id: int = Field(foreign_key="rectification.id", primary_key=True, index=True)
    light: str = Light.NONE.value
    due_on: date | None = None


class DocumentFile(SQLModel, table=True):
    """A file of a document, made or received once, hashed, never replaced."""

    __tablename__ = "document_file"
    __table_args__ = (
        UniqueConstraint("document_id", "role", "position"),
        one_of(
            "role", ("pdf", "docx", "sealed", "scan", "decision", "sheet", "answer", "package", "receipt")
        ),
        check("sha256_hex", "length(sha256) = 64"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    document_id: int = Field(foreign_key="document.id")
    role: str
    position: int = 1
    name: str
    sha256: str
    content: bytes = Field(sa_type=LargeBinary)


class ServiceRecord(SQLModel, table=True):
    """Proof of service (送达): acknowledged by the unit, or recorded by the office."""

    __tablename__ = "service_record"
    __table_args__ = (
        one_of("channel", ("acknowledgement", "hand", "telephone", "post", "portal", "left")),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    document_id: int = Field(foreign_key="document.id", index=True)
    channel: str
    served_on: date
    recorded_by: str
    recorded_at: datetime
    note: str = ""
    file_sha256: str | None = None


class DocumentApproval(SQLModel, table=True):
    """One step of review with the content it saw (核稿, 法制审核); an edit makes it void, the row stays."""

    __tablename__ = "document_approval"
    __table_args__ = (
        one_of("step", ("drafted", "reviewed", "legal", "signed")),
        check("sha256_hex", "length(content_sha256) = 64"),
        check("void_has_reason", "(void_on IS NULL) = (void_reason IS NULL)"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    document_id: int = Field(foreign_key="document.id", index=True)
    step: str
    by: str
    on_day: date
    at: datetime
    content_sha256: str
    content: str  # what was read, as canonical JSON
    note: str = ""
    void_on: date | None = None
    void_reason: str | None = None


class DocumentItem(SQLModel, table=True):
    """One opinion or suggestion of a document (条): counted, printed with its number, answered one by one."""

    __tablename__ = "document_item"
    __table_args__ = (
        UniqueConstraint("document_id", "number"),
        one_of("result", ("done", "partly", "not_done"), nullable=True),
        check("number_counts", "number >= 1"),
        check("answer_is_whole", "(done_on IS NULL) = (result IS NULL)"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    document_id: int = Field(foreign_key="document.id")
    number: int
    text: str
    case_id: int | None = Field(default=None, foreign_key="rectification.id", index=True)
    done_on: date | None = None
    result: str | None = None
    answer: str = ""
    recorded_by: str = ""


class DocumentReply(SQLModel, table=True):
    """What a unit answered to a document that asked for a report, with what the office makes of it."""

    __tablename__ = "document_reply"
    __table_args__ = (one_of("outcome", ("received", "obeyed", "not_obeyed")), STRICT)

    id: int | None = Field(default=None, primary_key=True)
    document_id: int = Field(foreign_key="document.id", index=True)
    replied_on: date
    outcome: str
    note: str = ""
    recorded_by: str
    recorded_at: datetime
    file_sha256: str | None = None


class DocumentView(SQLModel, table=True):
    """Somebody looked at a document as it read then; who signs must have looked at what is signed."""

    __tablename__ = "document_view"
    __table_args__ = (
        UniqueConstraint("account_id", "document_id", "content_sha256"),
        check("sha256_hex", "length(content_sha256) = 64"),
        Index("ix_document_view_document_id", "document_id"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id")
    document_id: int = Field(foreign_key="document.id")
    content_sha256: str
    seen_at: datetime
