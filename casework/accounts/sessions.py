"""Sessions of browsers: begun at sign-in, seen now and then, elevated by a password, ended by time or by somebody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from casework.accounts.hashing import digest, make_token
from casework.desk import Desk
from core.life.accountlife import AccountState
from models.account import Account, WebSession
from models.base import key_of
from system.settings import Settings

SEEN_EVERY = timedelta(minutes=1)  # a page view writes only when the last one is this old


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is signed in, as the console needs it.

    actor     the code under which a desk is opened: a holder, or `@login` for an administrator
    once      the password serves only to choose another one
    elevated  whether the password was given again a moment ago
    """

    session_id: int
    account_id: int
    login: str
    name: str
    actor: str
    admin: str
    once: bool
    elevated: bool
    second_factor: bool
    has_second_factor: bool
    wants_second_factor: bool
    stale: bool  # it is time to note that the session is used

    @property
    def is_half(self) -> bool:
        """Whether the password was right and the code of the second factor is still to come."""
        return self.has_second_factor and not self.second_factor

    @property
    def must_set_up(self) -> bool:
        """Whether a second factor is asked for that is not set up yet."""
        return self.wants_second_factor and not self.has_second_factor


def begin_session(
    desk: Desk, account: Account, *, second_factor: bool, address: str = "", browser: str = ""
) -> str:
    """Begin a session of an account and return its token, which is not kept anywhere."""
    token = make_token()
    row = WebSession(
        token_sha256=digest(token),
        account_id=key_of(account),
        begun_at=desk.now,
        seen_at=desk.now,
        expires_at=desk.now + timedelta(hours=desk.settings.session_hours),
        second_factor=second_factor,
        address=address[:64],
        browser=browser[:200],
    )
    desk.session.add(row)
    account.failures, account.locked_until, account.last_seen_at = 0, None, desk.now
    desk.session.add(account)
    desk.session.flush()
    desk.record("session", key_of(row), "open", account=account.login, address=row.address)
    return token


def visitor_of(session: Session, settings: Settings, token: str, now: datetime) -> Visitor | None:
    """Return who a token belongs to; None when it is unknown, ended, too old, or was left alone for too long."""
    found = session.exec(
        select(WebSession, Account)
        .join(Account, col(Account.id) == col(WebSession.account_id))
        .where(col(WebSession.token_sha256) == digest(token))
    ).first()
    if found is None:
        return None
    row, account = found
    idle = now - row.seen_at > timedelta(minutes=settings.idle_minutes)
    if row.ended_at is not None or now >= row.expires_at or idle or account.state != AccountState.ACTIVE:
        return None
    return Visitor(
        session_id=key_of(row),
        account_id=key_of(account),
        login=account.login,
        name=account.name,
        actor=account.holder or f"@{account.login}",
        admin=account.admin or "",
        once=account.password_once,
        elevated=row.elevated_until is not None and now < row.elevated_until,
        second_factor=row.second_factor,
        has_second_factor=account.totp_secret is not None,
        wants_second_factor=settings.second_factor == "all"
        or (settings.second_factor == "admins" and account.admin is not None),
        stale=now - row.seen_at >= SEEN_EVERY,
    )


def see(desk: Desk, session_id: int) -> None:
    """Note that a session was used; not a word of it goes to the log."""
    row = desk.session.get_one(WebSession, session_id)
    row.seen_at = desk.now
    desk.session.add(row)


def note_second_factor(desk: Desk, session_id: int) -> None:
    """Note that the code of the second factor was right."""
    row = desk.session.get_one(WebSession, session_id)
    row.second_factor = True
    desk.session.add(row)


def elevate(desk: Desk, session_id: int) -> None:
    """Let a session sign for some minutes, after the password was given again."""
    row = desk.session.get_one(WebSession, session_id)
    row.elevated_until = desk.now + timedelta(minutes=desk.settings.elevated_minutes)
    desk.session.add(row)
    desk.record("session", session_id, "elevate")


def end_session(desk: Desk, session_id: int, reason: str) -> None:
    """End one session."""
    row = desk.session.get_one(WebSession, session_id)
    if row.ended_at is None:
        row.ended_at, row.end_reason = desk.now, reason
        desk.session.add(row)
        desk.record("session", session_id, "end", reason=reason)


def end_sessions(desk: Desk, account_id: int, reason: str, *, but: int | None = None) -> int:
    """End the sessions of an account, but for one; return how many."""
    query = select(WebSession.id).where(
        col(WebSession.account_id) == account_id,
        col(WebSession.ended_at).is_(None),
        col(WebSession.id) != (but or 0),
    )
    ids = [number or 0 for number in desk.session.exec(query).all()]
    for number in ids:
        end_session(desk, number, reason)
    return len(ids)


def list_sessions(desk: Desk, account_id: int) -> list[WebSession]:
    """Return where an account is signed in, the newest first."""
    query = select(WebSession).where(
        col(WebSession.account_id) == account_id,
        col(WebSession.ended_at).is_(None),
        col(WebSession.expires_at) > desk.now,
    )
    return list(desk.session.exec(query.order_by(col(WebSession.begun_at).desc())))
