"""Accounts as the administrators see them: who there is, where they are signed in, whom they speak for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from casework.accounts.register import find_account
from casework.accounts.sessions import end_session, list_sessions
from casework.accounts.signin import is_locked
from casework.accounts.tokens import is_live, list_keys
from casework.desk import Actor, Desk
from casework.filters import Filters, one_of, says
from casework.leaves import Leaf, leaf_of
from casework.staff.people import CONTACT_LABELS, find_actor, require_role, split
from core.access.permissions import ADMINS, SECURITY_ADMIN, SYSTEM_ADMIN
from core.access.words import ROLE_LABELS
from core.errors import DuchaError, InvalidInput, NotFound
from core.life.accountlife import ACCOUNT, AccountState
from models.account import Account, ApiToken, WebSession
from models.base import key_of, table_of
from models.organisation import Person, Unit

ACCOUNT_T, SESSION, KEY = table_of(Account), table_of(WebSession), table_of(ApiToken)
MOST_CHOICES = 60
LOCKED = "locked"  # as a state to look for; no state of the account itself


@dataclass(frozen=True, slots=True)
class AccountFilters(Filters):
    """What an administrator narrows the accounts to; `text` is part of a login, a name or a holder."""

    text: str = ""
    state: str = one_of(LOCKED, *AccountState)


@dataclass(frozen=True, slots=True)
class AccountPage:
    """One account with where it is signed in, its keys, and for whom it speaks; `holder` is None where nobody is."""

    account: Account
    locked: bool
    holder: Actor | None
    trouble: str
    sessions: list[WebSession]
    keys: list[ApiToken]
    acts: tuple[str, ...]


def accounts_view(desk: Desk, filters: AccountFilters, number: int) -> Leaf[Any]:
    """Return one leaf of accounts by login, with how often each is signed in."""
    require_role(desk, ADMINS, "查看账号")
    live = sa.select(sa.func.count()).where(
        SESSION.c.account_id == ACCOUNT_T.c.id, SESSION.c.ended_at.is_(None), SESSION.c.expires_at > desk.now
    )
    query = sa.select(
        ACCOUNT_T.c.login, ACCOUNT_T.c.name, ACCOUNT_T.c.state, ACCOUNT_T.c.admin, ACCOUNT_T.c.holder,
        ACCOUNT_T.c.locked_until, ACCOUNT_T.c.last_seen_at, ACCOUNT_T.c.totp_secret.is_not(None).label("factor"),
        ACCOUNT_T.c.oidc_subject, live.scalar_subquery().label("sessions"),
    ).where(ACCOUNT_T.c.office_id == desk.office_id)  # fmt: skip
    query = query.where(*says(filters.text, ACCOUNT_T.c.login, ACCOUNT_T.c.name, ACCOUNT_T.c.holder))
    if filters.state == LOCKED:
        query = query.where(ACCOUNT_T.c.locked_until > desk.now)
    elif filters.state:
        query = query.where(ACCOUNT_T.c.state == filters.state)
    return leaf_of(desk, query.order_by(ACCOUNT_T.c.login), number)


def account_view(desk: Desk, login: str) -> AccountPage:
    """Return one account for an administrator; raise NotFound."""
    require_role(desk, ADMINS, "查看账号")
    row = find_account(desk, login)
    holder, trouble = _holder(desk, row)
    number = key_of(row)
    return AccountPage(
        account=row,
        locked=is_locked(row, desk.now),
        holder=holder,
        trouble=trouble,
        sessions=list_sessions(desk, number),
        keys=[one for one in list_keys(desk, number) if is_live(one, desk.today)],
        acts=tuple(ACCOUNT.acts(row.state, desk.actor.roles)),
    )


def _holder(desk: Desk, row: Account) -> tuple[Actor | None, str]:
    if row.holder is None:
        return None, ""
    try:
        return find_actor(desk, row.holder), ""
    except DuchaError as error:
        return None, error.what


def end_session_of(desk: Desk, login: str, session_id: int) -> None:
    """End a session of an account, for the administrators of accounts; raise NotFound for one that is none of it."""
    require_role(desk, (SYSTEM_ADMIN, SECURITY_ADMIN), "结束登录")
    row = find_account(desk, login)
    if session_id not in {one.id for one in list_sessions(desk, key_of(row))}:
        raise NotFound("没有这个登录", found=str(session_id), expected="该账号现有的登录", remedy="刷新页面")
    end_session(desk, session_id, "管理员结束")


def bind_subject(desk: Desk, login: str, subject: str) -> Account:
    """Set who an account is at the organisation's identity provider; an empty text unbinds it.

    raises   InvalidInput for a subject that another account has, or one that is too long
    """
    require_role(desk, (SYSTEM_ADMIN,), "绑定统一身份")
    row, text = find_account(desk, login), subject.strip()
    if len(text) > 255 or not text.isprintable():
        raise InvalidInput(
            "统一身份标识不正确", found=text[:40], expected="至多255个字符", remedy="核对后重填"
        )
    taken = select(Account.login).where(
        col(Account.office_id) == desk.office_id, col(Account.oidc_subject) == text, col(Account.id) != row.id
    )
    if text and desk.session.exec(taken).first() is not None:
        raise InvalidInput(
            "该统一身份已绑定其他账号", found=text, expected="一人一号", remedy="先解除原来的绑定"
        )
    row.oidc_subject = text or None
    desk.session.add(row)
    desk.session.flush()
    desk.record("account", key_of(row), "bind_subject", bound=bool(text))
    return row


def holder_choices(desk: Desk, text: str) -> list[tuple[str, str]]:
    """Return whom an account may be granted to, by part of a code or a name: posts, people, contacts of units."""
    require_role(desk, (SECURITY_ADMIN,), "授权账号")
    wanted = text.strip()
    found = [
        (code, f"{leader.name}（{leader.role.value}）")
        for code, leader in desk.office_rules.leaders.items()
        if wanted in code or wanted in leader.name
    ]
    people = select(Person).where(
        col(Person.office_id) == desk.office_id,
        sa.or_(
            col(Person.code).contains(wanted, autoescape=True),
            col(Person.name).contains(wanted, autoescape=True),
        ),
    )
    for person in desk.session.exec(people.order_by(col(Person.code)).limit(MOST_CHOICES)):
        roles = "、".join(ROLE_LABELS.get(role, role) for role in split(person.roles))
        found.append((person.code, f"{person.name}（{roles}）"))
    units = select(Unit).where(
        col(Unit.office_id) == desk.office_id,
        sa.or_(
            col(Unit.code).contains(wanted, autoescape=True), col(Unit.name).contains(wanted, autoescape=True)
        ),
    )
    for unit in desk.session.exec(units.order_by(col(Unit.code)).limit(MOST_CHOICES)):
        found += [
            (f"{unit.code}:{role}", f"{unit.name}{label} {getattr(unit, f'{role}_name') or ''}".strip())
            for role, label in CONTACT_LABELS.items()
        ]
    return found
