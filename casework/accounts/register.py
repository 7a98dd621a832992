"""Accounts: opened and disabled by the system administrator, granted by the security administrator.

The two are different people: nobody gives himself a right. The first three administrators are made by the command
on the machine itself; there are no accounts nor passwords to begin with.
"""

from __future__ import annotations

from sqlmodel import col, select

from casework.accounts.hashing import hash_password, make_password
from casework.accounts.sessions import end_sessions
from casework.accounts.tokens import revoke_keys
from casework.desk import Desk
from casework.moves import take
from casework.staff.people import find_actor, require_role
from core.access.permissions import ADMINS, AUDIT_ADMIN, SECURITY_ADMIN, SYSTEM_ADMIN
from core.errors import InvalidInput, NotFound, Refused
from core.life.accountlife import ACCOUNT, AccountAct, AccountState
from models.account import Account
from models.base import key_of

LOGIN_LENGTH = 64
ADMIN_LABELS = {SYSTEM_ADMIN: "系统管理员", SECURITY_ADMIN: "安全管理员", AUDIT_ADMIN: "审计管理员"}


def first_administrators(desk: Desk) -> dict[str, str]:
    """Open the three administrators of a new installation; return {login: password that serves once}.

    raises   Refused when there is an administrator already
    """
    known = desk.session.exec(
        select(Account.login).where(col(Account.office_id) == desk.office_id, col(Account.admin).is_not(None))
    ).first()
    if known is not None:
        raise Refused(
            "已经有管理员账号",
            found=known,
            expected="尚无账号的新系统",
            remedy="由系统管理员在控制台管理账号",
        )
    return {login: _open_administrator(desk, login, admin) for login, admin in _FIRST.items()}


_FIRST = {"sysadmin": SYSTEM_ADMIN, "secadmin": SECURITY_ADMIN, "auditor": AUDIT_ADMIN}


def _open_administrator(desk: Desk, login: str, admin: str) -> str:
    password = make_password()
    row = _row(desk, login, ADMIN_LABELS[admin], password, AccountState.ACTIVE)
    row.admin = admin
    desk.session.add(row)
    desk.session.flush()
    desk.record("account", key_of(row), "open", to_state=row.state, login=login, admin=admin)
    return password


def open_account(desk: Desk, login: str, name: str) -> tuple[Account, str]:
    """Open an account that nobody may use yet; return it with the password that serves once.

    raises   NotAllowed; InvalidInput for a login that is missing, too long or taken
    """
    require_role(desk, (SYSTEM_ADMIN,), "开设账号")
    _check_login(desk, login, name)
    password = make_password()
    row = _row(desk, login.strip(), name.strip(), password)
    desk.session.add(row)
    desk.session.flush()
    desk.record("account", key_of(row), "open", to_state=row.state, login=row.login)
    return row, password


def _row(
    desk: Desk, login: str, name: str, password: str, state: AccountState = AccountState.OPENED
) -> Account:
    return Account(
        office_id=desk.office_id,
        login=login,
        name=name,
        state=state.value,
        password_hash=hash_password(password),
        password_on=desk.today,
        password_once=True,
        opened_by=desk.actor.code,
        opened_on=desk.today,
    )


def _check_login(desk: Desk, login: str, name: str) -> None:
    text = login.strip()
    if not name.strip() or not 2 <= len(text) <= LOGIN_LENGTH or not text.isascii() or " " in text:
        raise InvalidInput(
            "登录名或姓名不正确",
            found=f"{login} {name}",
            expected=f"登录名为2至{LOGIN_LENGTH}位字母、数字或符号，姓名不为空",
            remedy="改正后重新提交",
        )
    own = col(Account.office_id) == desk.office_id
    taken = desk.session.exec(select(Account.id).where(own, col(Account.login) == text)).first()
    if taken is not None:
        raise InvalidInput("登录名已被使用", found=text, expected="未使用的登录名", remedy="换一个登录名")


def grant_account(desk: Desk, login: str, holder: str) -> Account:
    """Let an account speak for a person of the pool, a post of the office or a contact of a unit.

    raises   NotAllowed for anybody but the security administrator; NotFound; Refused for an administrator's account, or
             a holder who has an account
    """
    row = find_account(desk, login)
    if row.admin is not None:
        raise Refused("三员账号不得办理业务", found=login, expected="业务账号", remedy="另开账号")
    actor = find_actor(desk, holder)
    other = desk.session.exec(
        select(Account.login).where(
            col(Account.office_id) == desk.office_id,
            col(Account.holder) == actor.code,
            col(Account.id) != row.id,
        )
    ).first()
    if other is not None:
        raise Refused(
            "该人员已有账号，不得共用",
            found=f"{actor.code} {other}",
            expected="一人一号",
            remedy="停用原账号后再授权",
        )
    before = row.holder
    with desk.session.no_autoflush:
        take(desk, row, ACCOUNT, AccountAct.GRANT, detail={"holder": actor.code, "before": before or ""})
        row.holder = actor.code
    desk.session.add(row)
    desk.session.flush()
    end_sessions(desk, key_of(row), "重新授权")
    revoke_keys(desk, key_of(row))
    return row


def disable_account(desk: Desk, login: str, reason: str) -> Account:
    """Disable an account: its sessions end at once."""
    row = find_account(desk, login)
    if not reason.strip():
        raise InvalidInput("停用账号须写明理由", found="空", expected="一句理由", remedy="写明理由后重试")
    if row.admin is not None and f"@{row.login}" == desk.actor.code:
        raise Refused("不能停用自己的账号", found=login, expected="其他账号", remedy="由另一名管理员停用")
    take(desk, row, ACCOUNT, AccountAct.DISABLE, detail={"reason": reason})
    row.holder = None
    desk.session.add(row)
    desk.session.flush()
    end_sessions(desk, key_of(row), "账号停用")
    revoke_keys(desk, key_of(row))
    return row


def enable_account(desk: Desk, login: str) -> tuple[Account, str]:
    """Open a disabled account again; it is granted anew. Return it with a password that serves once."""
    row = find_account(desk, login)
    take(desk, row, ACCOUNT, AccountAct.ENABLE)
    return row, _give_password(desk, row)


def close_account(desk: Desk, login: str) -> Account:
    """Close a disabled account for good; its login is not given to anybody else."""
    row = find_account(desk, login)
    take(desk, row, ACCOUNT, AccountAct.CLOSE)
    row.password_hash, row.password_on, row.former_hashes, row.totp_secret = None, None, "", None
    row.oidc_subject = None
    desk.session.add(row)
    desk.session.flush()
    return row


def reset_password(desk: Desk, login: str) -> str:
    """Give an account a password that serves once, and unlock it; its second factor is set up anew."""
    require_role(desk, (SYSTEM_ADMIN,), "重置密码")
    row = find_account(desk, login)
    if f"@{row.login}" == desk.actor.code:
        raise Refused("不能重置自己的密码", found=login, expected="其他账号", remedy="在“我的账号”中修改")
    password = _give_password(desk, row)
    desk.record("account", key_of(row), "reset")
    end_sessions(desk, key_of(row), "密码重置")
    revoke_keys(desk, key_of(row))
    return password


def _give_password(desk: Desk, row: Account) -> str:
    password = make_password()
    row.password_hash, row.password_on, row.password_once = hash_password(password), desk.today, True
    row.failures, row.locked_until, row.totp_secret, row.totp_step = 0, None, None, 0
    desk.session.add(row)
    desk.session.flush()
    return password


def unlock_account(desk: Desk, login: str) -> Account:
    """Unlock an account that failed too often."""
    require_role(desk, (SYSTEM_ADMIN,), "解除锁定")
    row = find_account(desk, login)
    row.failures, row.locked_until = 0, None
    desk.session.add(row)
    desk.record("account", key_of(row), "unlock")
    return row


def find_account(desk: Desk, login: str) -> Account:
    """Return an account by its login; raise NotFound."""
    row = desk.session.exec(
        select(Account).where(col(Account.office_id) == desk.office_id, col(Account.login) == login)
    ).first()
    if row is None:
        raise NotFound("没有这个账号", found=login, expected="已开设的登录名", remedy="核对登录名")
    return row


def list_accounts(desk: Desk) -> list[Account]:
    """Return the accounts of the office by login, for the administrators."""
    require_role(desk, ADMINS, "查看账号")
    query = select(Account).where(col(Account.office_id) == desk.office_id).order_by(col(Account.login))
    return list(desk.session.exec(query))
