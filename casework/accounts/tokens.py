"""Keys of programs: made by the owner of an account for some scopes until a day, shown once, revoked at any time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from casework.accounts.hashing import digest, make_token
from casework.desk import Desk
from casework.staff.people import join, split
from core.access.scopes import every_scope
from core.errors import InvalidInput, NotFound, Refused
from core.life.accountlife import AccountState
from models.account import Account, ApiToken
from models.base import key_of

PREFIX = "ducha_"  # so that a key that lies about is recognised as one
LONGEST_DAYS, MOST = 366, 20
USED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """Whose key a program showed.

    actor   the code under which a desk is opened
    stale   it is time to note that the key is used
    """

    token_id: int
    account_id: int
    login: str
    name: str
    actor: str
    scopes: frozenset[str]
    stale: bool


def make_key(
    desk: Desk, account_id: int, *, name: str, scopes: Sequence[str], until: date
) -> tuple[ApiToken, str]:
    """Make a key for an account and return it with the text that is not kept anywhere.

    raises   InvalidInput without a name or scopes, or for a day that is past or too far; Refused for an administrator
             and for more keys than anybody needs
    """
    account = desk.session.get_one(Account, account_id)
    if account.admin is not None:
        raise Refused(
            "三员账号不使用接口密钥", found=account.login, expected="业务账号", remedy="由业务账号申请"
        )
    known = every_scope()
    wrong = [one for one in scopes if one not in known]
    if not name.strip() or not scopes or wrong:
        raise InvalidInput(
            "密钥的名称或范围不正确", found="、".join(wrong) or "空",
            expected="写明用途，至少选一项范围", remedy="改正后重新提交",
        )  # fmt: skip
    if not desk.today < until <= desk.today + timedelta(days=LONGEST_DAYS):
        raise InvalidInput(
            "密钥的有效期不正确", found=until.isoformat(),
            expected=f"明日至{LONGEST_DAYS}日内", remedy="改正后重新提交",
        )  # fmt: skip
    if len([one for one in list_keys(desk, account_id) if is_live(one, desk.today)]) >= MOST:
        raise Refused("有效的密钥太多", found=str(MOST), expected="较少", remedy="先撤销不用的密钥")
    text = PREFIX + make_token()
    row = ApiToken(
        account_id=account_id, name=name.strip()[:60], token_sha256=digest(text),
        scopes=join(one for one in known if one in scopes), made_on=desk.today, expires_on=until,
    )  # fmt: skip
    desk.session.add(row)
    desk.session.flush()
    desk.record(
        "account", account_id, "make_key", key=key_of(row), name=row.name, scopes=row.scopes, until=until
    )
    return row, text


def is_live(row: ApiToken, today: date) -> bool:
    """Tell whether a key may be used on a day."""
    return row.revoked_on is None and today <= row.expires_on


def list_keys(desk: Desk, account_id: int) -> list[ApiToken]:
    """Return the keys of an account, the newest first."""
    query = select(ApiToken).where(col(ApiToken.account_id) == account_id)
    return list(desk.session.exec(query.order_by(col(ApiToken.id).desc())))


def revoke_key(desk: Desk, account_id: int, key_id: int) -> ApiToken:
    """Revoke a key of an account at once; raise NotFound for one that is none of it or revoked already."""
    row = desk.session.get(ApiToken, key_id)
    if row is None or row.account_id != account_id or row.revoked_on is not None:
        raise NotFound(
            "没有这个密钥", found=str(key_id), expected="本账号有效的密钥", remedy="刷新页面后重试"
        )
    row.revoked_on = desk.today
    desk.session.add(row)
    desk.record("account", account_id, "revoke_key", key=key_id, name=row.name)
    return row


def revoke_keys(desk: Desk, account_id: int) -> int:
    """Revoke every key of an account: it was disabled, granted anew, or its password was reset."""
    live = [one for one in list_keys(desk, account_id) if one.revoked_on is None]
    for row in live:
        revoke_key(desk, account_id, key_of(row))
    return len(live)


def key_holder_of(session: Session, text: str, now: datetime, today: date) -> KeyHolder | None:
    """Return whose key a text is; None when it is unknown, revoked, expired, or its account may not be used."""
    if not text.startswith(PREFIX):
        return None
    found = session.exec(
        select(ApiToken, Account)
        .join(Account, col(Account.id) == col(ApiToken.account_id))
        .where(col(ApiToken.token_sha256) == digest(text))
    ).first()
    if found is None:
        return None
    row, account = found
    if not is_live(row, today) or account.state != AccountState.ACTIVE or account.holder is None:
        return None
    return KeyHolder(
        token_id=key_of(row), account_id=key_of(account), login=account.login, name=account.name,
        actor=account.holder, scopes=frozenset(split(row.scopes)),
        stale=row.used_at is None or now - row.used_at >= USED_EVERY,
    )  # fmt: skip


def note_use(desk: Desk, token_id: int) -> None:
    """Note that a key was used; not a word of it goes to the log."""
    row = desk.session.get_one(ApiToken, token_id)
    row.used_at = desk.now
    desk.session.add(row)
