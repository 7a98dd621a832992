"""Signing in: the password is verified outside of any transaction, its outcome is noted inside one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from casework.accounts.hashing import hash_password, matches
from casework.accounts.sessions import end_sessions
from casework.desk import Desk
from casework.turns import hold_row
from core.access.passwords import PasswordPolicy, lock_until, weaknesses
from core.errors import InvalidInput, NotAllowed
from core.life.accountlife import AccountState
from models.account import Account
from system.settings import Settings

# One sentence for every way of failing: it does not tell whether a login exists, is locked or is disabled.
REFUSAL = "登录名或密码不正确，或者账号暂不能使用"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What is needed to verify a sign-in, read before; `id` is None for an unknown login."""

    id: int | None
    hash: str | None
    usable: bool
    has_second_factor: bool


def policy_of(settings: Settings) -> PasswordPolicy:
    """Return the rules of passwords as the settings give them."""
    return PasswordPolicy(
        length=settings.password_length,
        classes=settings.password_classes,
        valid_days=settings.password_days,
        kept=settings.password_kept,
        attempts=settings.lock_attempts,
        lock_minutes=settings.lock_minutes,
    )


def credentials_of(desk: Desk, login: str) -> Credentials:
    """Return what a login is verified with; an unknown one looks like any other."""
    row = desk.session.exec(
        select(Account).where(col(Account.office_id) == desk.office_id, col(Account.login) == login.strip())
    ).first()
    if row is None:
        return Credentials(None, None, usable=False, has_second_factor=False)
    usable = row.state == AccountState.ACTIVE and not is_locked(row, desk.now)
    return Credentials(row.id, row.password_hash, usable, row.totp_secret is not None)


def is_locked(row: Account, now: datetime) -> bool:
    """Tell whether an account is locked at an instant."""
    return row.locked_until is not None and now < row.locked_until


def is_right(found: Credentials, password: str) -> bool:
    """Verify a password; takes the same time for a login that is unknown, locked or disabled."""
    return matches(found.hash, password) and found.usable


def note_failure(desk: Desk, account_id: int | None, address: str = "") -> None:
    """Count a failure and lock the account when it was one too many; an unknown login leaves no row."""
    if account_id is None:
        return
    row = hold_row(desk, Account, account_id)
    if is_locked(row, desk.now):
        return  # whoever goes on guessing at a locked account does not keep its owner out for longer
    row.failures += 1
    until = lock_until(policy_of(desk.settings), row.failures, desk.now)
    row.locked_until = until or row.locked_until
    desk.session.add(row)
    if until is not None:
        end_sessions(desk, account_id, "连续输错，账号锁定")
    desk.record(
        "account", account_id, "fail", failures=row.failures, address=address, locked=bool(until) or None
    )


def change_password(
    desk: Desk, account_id: int, old: str, new: str, again: str, *, session_id: int | None = None
) -> Account:
    """Replace the password of an account by its owner; every other session of it ends.

    raises   NotAllowed for a wrong old password; InvalidInput naming all that is wrong with the new one
    """
    row = desk.session.get_one(Account, account_id)
    if not matches(row.password_hash, old):
        raise NotAllowed("原密码不正确", found="******", expected="现在使用的密码", remedy="重新输入")
    wrong = weaknesses(policy_of(desk.settings), new, row.login, row.name)
    if new != again:
        wrong.append("两次输入不一致")
    former = row.former_hashes.split("\n") if row.former_hashes else []
    if any(matches(known, new) for known in (row.password_hash, *former)):
        wrong.append(f"不得与最近{desk.settings.password_kept}次用过的密码相同")
    if wrong:
        raise InvalidInput(
            "新密码不符合要求", found="；".join(wrong), expected="符合要求的密码", remedy="另换一个密码"
        )
    row.former_hashes = "\n".join([row.password_hash or "", *former][: desk.settings.password_kept])
    row.password_hash, row.password_on, row.password_once = hash_password(new), desk.today, False
    desk.session.add(row)
    desk.session.flush()
    desk.record("account", account_id, "password")
    end_sessions(desk, account_id, "密码已修改", but=session_id)
    return row


def account_of(desk: Desk, account_id: int) -> Account:
    """Return an account by its key."""
    return desk.session.get_one(Account, account_id)
