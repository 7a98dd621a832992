"""Proving again, before a grave act, that whoever sits at the browser is still the one who signed in."""

from __future__ import annotations

from casework.accounts.secondfactor import use_code
from casework.accounts.sessions import elevate
from casework.accounts.signin import Credentials, is_locked, note_failure
from casework.desk import Desk
from core.life.accountlife import AccountState
from models.account import Account


def credentials_of_account(desk: Desk, account_id: int) -> Credentials:
    """Return what an account is verified with; one that is locked or disabled is not usable."""
    row = desk.session.get_one(Account, account_id)
    usable = row.state == AccountState.ACTIVE and not is_locked(row, desk.now)
    return Credentials(account_id, row.password_hash, usable, row.totp_secret is not None)


def note_proof(desk: Desk, account_id: int, session_id: int, *, is_good: bool) -> bool:
    """Elevate the session after a good proof; a bad one counts towards the lock as at the sign-in.

    returns   whether the session may act now: a good proof that comes after the lock is of no use
    """
    row = desk.session.get_one(Account, account_id)
    if not is_good or is_locked(row, desk.now):
        note_failure(desk, account_id)
        return False
    row.failures = 0
    desk.session.add(row)
    elevate(desk, session_id)
    return True


def prove_by_code(desk: Desk, account_id: int, session_id: int, code: str) -> bool:
    """Take a code of the second factor, note what came of it, and tell whether the session may act now."""
    found = credentials_of_account(desk, account_id)
    is_good = found.usable and use_code(desk, account_id, code)
    return note_proof(desk, account_id, session_id, is_good=is_good)
