"""Sessions of browsers: begun at sign-in, seen now and then, elevated by a password, ended by time or by somebody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from casework.accounts.hashing import digest, make_token
from casework.accounts.portallinks import is_live
from casework.desk import Desk
from core.access.passwords import PasswordPolicy, must_change
from core.life.accountlife import AccountState
from models.account import Account, PortalLink, WebSession
from models.base import key_of
from system.settings import Settings

SHANGHAI = ZoneInfo("Asia/Shanghai")
SEEN_EVERY = timedelta(minutes=1)  # a page view writes only when the last one is this old


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is signed in, as the console needs it.

    actor     the code under which a desk is opened: a holder, or `@login` for an administrator
    once      the password serves only to choose another one: it was given by an administrator, or has become too old
    elevated  whether the password was given again a moment ago
    link_id   the portal link by which a contact of a unit came in, 0 for an account
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
    link_id: int = 0

    @property
    def by_link(self) -> bool:
        """Whether a contact of a unit came in by a link of the portal, without an account."""
        return self.link_id > 0

    @property
    def is_half(self) -> bool:
        """Whether the password was right and the code of the second factor is still to come."""
        return self.has_second_factor and not self.second_factor

    @property
    def must_set_up(self) -> bool:
        """Whether a second factor is asked for that is not set up yet."""
        return self.wants_second_factor and not self.has_second_factor


def begin_session(
    desk: Desk,
    account: Account,
    *,
    second_factor: bool,
    address: str = "",
    browser: str = "",
    way: str = "password",
) -> str:
    """Begin a session of an account and return its token, which is not kept anywhere.

    way   password, or oidc for somebody whom the organisation's identity provider vouches for
    """
    token = make_token()
    row = WebSession(
        token_sha256=digest(token),
        account_id=key_of(account),
        begun_at=desk.now,
        seen_at=desk.now,
        expires_at=desk.now + timedelta(hours=desk.settings.session_hours),
        second_factor=second_factor,
        way=way,
        address=address[:64],
        browser=browser[:200],
    )
    desk.session.add(row)
    account.last_seen_at = desk.now
    if second_factor or account.totp_secret is None:
        # A right password alone wipes nothing out: else whoever has it could try codes for ever, four at a time.
        account.failures, account.locked_until = 0, None
    desk.session.add(account)
    desk.session.flush()
    told = way if way != "password" else ""
    desk.record("session", key_of(row), "open", account=account.login, address=row.address, way=told)
    return token


def visitor_of(session: Session, settings: Settings, token: str, now: datetime) -> Visitor | None:
    """Return who a token belongs to; None when it is unknown, ended, too old, or was left alone for too long."""
    found = session.exec(
        select(WebSession, Account, PortalLink)
        .outerjoin(Account, col(Account.id) == col(WebSession.account_id))
        .outerjoin(PortalLink, col(PortalLink.id) == col(WebSession.portal_link_id))
        .where(col(WebSession.token_sha256) == digest(token))
    ).first()
    if found is None:
        return None
    row, account, link = found
    idle = now - row.seen_at > timedelta(minutes=settings.idle_minutes)
    if row.ended_at is not None or now >= row.expires_at or idle:
        return None
    if row.portal_link_id is not None:
        return _visitor_by_link(row, link, now) if is_live(session, link, now) else None
    return _visitor_with_account(row, account, settings, now)


def _visitor_by_link(row: WebSession, link: PortalLink, now: datetime) -> Visitor:
    return Visitor(
        session_id=key_of(row),
        account_id=0,
        login="",
        name=link.holder,
        actor=link.holder,
        admin="",
        once=False,
        elevated=False,
        second_factor=False,
        has_second_factor=False,
        wants_second_factor=False,
        stale=now - row.seen_at >= SEEN_EVERY,
        link_id=key_of(link),
    )


def _visitor_with_account(
    row: WebSession, account: Account, settings: Settings, now: datetime
) -> Visitor | None:
    if account.state != AccountState.ACTIVE:
        return None
    return Visitor(
        session_id=key_of(row),
        account_id=key_of(account),
        login=account.login,
        name=account.name,
        actor=account.holder or f"@{account.login}",
        admin=account.admin or "",
        once=row.way == "password" and (account.password_once or _is_old(account, settings, now)),
        elevated=row.elevated_until is not None and now < row.elevated_until,
        second_factor=row.second_factor,
        has_second_factor=account.totp_secret is not None,
        wants_second_factor=settings.second_factor == "all"
        or (settings.second_factor == "admins" and account.admin is not None),
        stale=now - row.seen_at >= SEEN_EVERY,
    )


def _is_old(account: Account, settings: Settings, now: datetime) -> bool:
    """Tell whether the password of an account has served for longer than the policy lets it."""
    policy, today = PasswordPolicy(valid_days=settings.password_days), now.astimezone(SHANGHAI).date()
    return account.password_on is not None and must_change(policy, account.password_on, today)


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
    if row.account_id is not None:
        account = desk.session.get_one(Account, row.account_id)
        account.failures, account.locked_until = 0, None
        desk.session.add(account)


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


def end_sessions_of_holder(desk: Desk, holder: str, reason: str) -> int:
    """End the sessions of whoever acts as somebody: they left, or their roles changed; return how many."""
    query = select(Account.id).where(col(Account.office_id) == desk.office_id, col(Account.holder) == holder)
    return sum(end_sessions(desk, number or 0, reason) for number in desk.session.exec(query).all())


def list_sessions(desk: Desk, account_id: int) -> list[WebSession]:
    """Return where an account is signed in, the newest first."""
    query = select(WebSession).where(
        col(WebSession.account_id) == account_id,
        col(WebSession.ended_at).is_(None),
        col(WebSession.expires_at) > desk.now,
    )
    return list(desk.session.exec(query.order_by(col(WebSession.begun_at).desc())))
