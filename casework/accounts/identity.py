"""Accounts of people whom the organisation's identity provider vouches for: bound before, never made by it."""

from __future__ import annotations

from sqlmodel import col, select

from casework.accounts.signin import is_locked
from casework.desk import Desk
from core.life.accountlife import AccountState
from models.account import Account


def account_of_subject(desk: Desk, subject: str) -> Account | None:
    """Return the account that is bound to a subject and may be used; None for anybody else."""
    row = desk.session.exec(
        select(Account).where(col(Account.office_id) == desk.office_id, col(Account.oidc_subject) == subject)
    ).first()
    if row is None or row.state != AccountState.ACTIVE or is_locked(row, desk.now):
        return None
    return row
