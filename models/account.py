"""Who may sign in: accounts, their sessions, the keys of programs, and the links of the portal.

Secrets are never stored: passwords as Argon2id hashes, everything else that is shown once as its SHA-256.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from core.access.permissions import ADMINS
from core.life.accountlife import AccountState
from models.base import STRICT, check, one_of


class Account(SQLModel, table=True):
    """A login; it speaks for one holder (a person, a post, a contact of a unit) or is one of the three administrators.

    holder       the code by which the holder acts: P053, L-DIRECTOR, D001:liaison; none for an administrator
    totp_secret  encrypted with the key of the installation; none while the second factor is not set up
    totp_step    the last time step whose code was used, so that a code serves once
    """

    __table_args__ = (
        one_of("state", AccountState),
        one_of("admin", sorted(ADMINS), nullable=True),
        check("login_given", "length(login) > 0 AND length(name) > 0"),
        check("business_or_admin", "admin IS NULL OR holder IS NULL"),
        check("active_is_granted", "state <> 'active' OR admin IS NOT NULL OR holder IS NOT NULL"),
        check("failures_count", "failures >= 0"),
        check("password_has_day", "(password_hash IS NULL) = (password_on IS NULL)"),
        UniqueConstraint("office_id", "login"),
        UniqueConstraint("office_id", "oidc_subject"),
        Index("ix_account_holder", "office_id", "holder", unique=True),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id")
    login: str
    name: str
    state: str
    admin: str | None = None
    holder: str | None = None
    password_hash: str | None = None
    password_on: date | None = None
    password_once: bool = False  # given by an administrator: it only serves to choose another one
    former_hashes: str = ""  # the last passwords, joined by line feeds
    failures: int = 0  # in a row
    locked_until: datetime | None = None
    totp_secret: bytes | None = Field(default=None, sa_type=LargeBinary)
    totp_step: int = 0
    oidc_subject: str | None = None
    opened_by: str
    opened_on: date
    last_seen_at: datetime | None = None


class WebSession(SQLModel, table=True):
    """A browser that is let in, by an account or by a confirmed link of the portal; the cookie holds a random token.

    The row holds the SHA-256 of that token.

    elevated_until   until when the password was given again, so that signing needs it once
    second_factor    whether a second factor was shown at sign-in
    way              how somebody came in: by the password kept here, or by the organisation's identity provider
    """

    __tablename__ = "web_session"
    __table_args__ = (
        check("ended_has_reason", "ended_at IS NULL OR end_reason <> ''"),
        check("order_of_instants", "expires_at >= begun_at"),
        check("one_holder", "(account_id IS NULL) <> (portal_link_id IS NULL)"),
        one_of("way", ("password", "oidc")),
        Index("ix_web_session_account_id", "account_id"),
        Index("ix_web_session_portal_link_id", "portal_link_id"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    token_sha256: str = Field(unique=True)
    account_id: int | None = Field(default=None, foreign_key="account.id")
    portal_link_id: int | None = Field(default=None, foreign_key="portal_link.id")  # of a contact of a unit
    begun_at: datetime
    seen_at: datetime
    expires_at: datetime
    elevated_until: datetime | None = None
    second_factor: bool = False
    way: str = "password"
    address: str = ""
    browser: str = ""
    ended_at: datetime | None = None
    end_reason: str = ""


class ApiToken(SQLModel, table=True):
    """The key of a program that speaks for an account, for some scopes and until a day."""

    __tablename__ = "api_token"
    __table_args__ = (
        check("named", "length(name) > 0 AND length(scopes) > 0"),
        Index("ix_api_token_account_id", "account_id"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id")
    name: str
    token_sha256: str = Field(unique=True)
    scopes: str  # joined by 、
    made_on: date
    expires_on: date
    used_at: datetime | None = None
    revoked_on: date | None = None


class PortalLink(SQLModel, table=True):
    """The link in a mail to a unit: for one document and one recipient, confirmed by a code that is mailed apart.

    Opening the link changes nothing: scanners of mail servers open links too. Neither the token nor a code is stored;
    both are derived from the key of the installation when their mail is sent (casework/mail/filling.py).
    """

    __tablename__ = "portal_link"
    __table_args__ = (
        check("tries_count", "tries >= 0"),
        check("code_has_end", "(code_sha256 IS NULL) = (code_until IS NULL)"),
        check("revoked_by_somebody", "(revoked_at IS NULL) = (revoked_by IS NULL)"),
        Index("ix_portal_link_document_id", "document_id"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id")
    document_id: int = Field(foreign_key="document.id")
    message_id: int = Field(
        foreign_key="message.id", unique=True
    )  # the mail that carries it: one link a mail
    holder: str  # the contact it was sent to: D001:liaison
    recipient: str
    token_sha256: str = Field(unique=True)
    made_at: datetime
    expires_at: datetime
    code_sha256: str | None = None  # keyed, so that six digits cannot be tried out against it
    code_until: datetime | None = None
    tries: int = 0  # of the present code
    opened_at: datetime | None = None  # when somebody confirmed the code for the first time
    revoked_at: datetime | None = None
    revoked_by: str | None = None
