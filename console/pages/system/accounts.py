"""账号: opened, disabled, unlocked and closed by the system administrator, who grants nothing."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from fastapi.responses import Response

from casework.accounts.overview import (
    AccountFilters,
    account_view,
    accounts_view,
    bind_subject,
    end_session_of,
)
from casework.accounts.register import (
    close_account,
    disable_account,
    enable_account,
    open_account,
    reset_password,
    unlock_account,
)
from casework.accounts.sessions import end_sessions
from casework.desk import Desk
from casework.leaves import read_number
from console.forms import Form, HasForm
from console.lists import NOTHING, HasQuery
from console.rendering import show
from console.routes import Pages, done
from console.visits import HasVisit, Visit
from core.access.permissions import Permission
from core.errors import DuchaError
from core.life.accountlife import ACCOUNT

router = Pages(Permission.ACCOUNTS)
STATES = tuple((state.value, label) for state, label in ACCOUNT.state_labels.items())


def account_address(login: str) -> str:
    """Return the address of an account's page."""
    return f"/accounts/{quote(login, safe='')}"


@router.page("/accounts")
def show_accounts(visit: HasVisit, query: HasQuery) -> Response:
    """Show one leaf of accounts, and the form that opens one."""
    return _accounts_page(visit, query)


def _accounts_page(
    visit: Visit, query: Mapping[str, str], error: DuchaError | None = None, form: Form | None = None
) -> Response:
    filters, number = AccountFilters.read(query), read_number(query.get("page", ""))
    with visit.desk() as desk:
        return show(
            visit, desk, "system/accounts.html.j2", "accounts", leaf=accounts_view(desk, filters, number),
            filters=filters, states=STATES, words=dict(STATES), now=desk.now, error=error, form=form or Form(),
        )  # fmt: skip


def _accounts_again(visit: HasVisit, form: HasForm, error: DuchaError) -> Response:
    return _accounts_page(visit, NOTHING, error, form)


@router.act("/accounts", again=_accounts_again)
def open_one(visit: HasVisit, form: HasForm) -> Response:
    """Open an account and show its password, once."""
    login, name = form.needed("login", "登录名"), form.needed("name", "姓名或岗位")
    with visit.acting() as desk:
        account, password = open_account(desk, login, name)
        subject = form.text("subject")
        if subject:
            bind_subject(desk, account.login, subject)
        return _secret(visit, desk, account.login, account.name, password, "账号已开设，还须安全管理员授权")


def _secret(visit: Visit, desk: Desk, login: str, name: str, password: str, said: str) -> Response:
    return show(
        visit, desk, "system/secret.html.j2", "accounts", login=login, name=name, password=password, said=said,
        address=account_address(login),
    )  # fmt: skip


@router.page("/accounts/{login}")
def show_account(visit: HasVisit, login: str) -> Response:
    """Show one account; 404 when there is none."""
    return _account_page(visit, login)


def _account_page(
    visit: Visit, login: str, error: DuchaError | None = None, form: Form | None = None
) -> Response:
    with visit.desk() as desk:
        return show(
            visit, desk, "system/account.html.j2", "accounts", page=account_view(desk, login),
            words=dict(STATES), has_oidc=bool(desk.settings.oidc_issuer), error=error, form=form or Form(),
            own=login == visit.visitor.login,
        )  # fmt: skip


def _again(visit: Visit, login: str, error: DuchaError, form: Form | None = None) -> Response:
    return _account_page(visit, login, error, form)


@router.act("/accounts/{login}/disable", again=_again)
def disable(visit: HasVisit, login: str, form: HasForm) -> Response:
    """Disable an account: its sessions end and its keys are revoked at once."""
    with visit.acting() as desk:
        disable_account(desk, login, form.needed("reason", "理由"))
    return done(account_address(login), f"已停用账号{login}，其登录和密钥随即失效")


@router.act("/accounts/{login}/enable", again=_again)
def enable(visit: HasVisit, login: str, _form: HasForm) -> Response:
    """Enable an account again and show its password, once."""
    with visit.acting() as desk:
        account, password = enable_account(desk, login)
        return _secret(visit, desk, login, account.name, password, "账号已启用，还须安全管理员重新授权")


@router.act("/accounts/{login}/reset", again=_again)
def reset(visit: HasVisit, login: str, _form: HasForm) -> Response:
    """Give an account a new password and show it, once."""
    with visit.acting() as desk:
        password = reset_password(desk, login)
        page = account_view(desk, login)
        return _secret(visit, desk, login, page.account.name, password, "密码已重置，动态验证码须重新启用")


@router.act("/accounts/{login}/unlock", again=_again)
def unlock(visit: HasVisit, login: str, _form: HasForm) -> Response:
    """Unlock an account that failed too often."""
    with visit.acting() as desk:
        unlock_account(desk, login)
    return done(account_address(login), f"已解除账号{login}的锁定")


@router.act("/accounts/{login}/close", again=_again)
def close(visit: HasVisit, login: str, _form: HasForm) -> Response:
    """Close a disabled account for good."""
    with visit.acting() as desk:
        close_account(desk, login)
    return done(account_address(login), f"账号{login}已注销，登录名不再使用")


@router.act("/accounts/{login}/subject", again=_again)
def bind(visit: HasVisit, login: str, form: HasForm) -> Response:
    """Set who the account is at the identity provider."""
    with visit.acting() as desk:
        row = bind_subject(desk, login, form.text("subject"))
    return done(account_address(login), "已绑定统一身份" if row.oidc_subject else "已解除统一身份绑定")


@router.act("/accounts/{login}/sessions/end", again=_again)
def end_all(visit: HasVisit, login: str, _form: HasForm) -> Response:
    """End every session of an account."""
    with visit.acting() as desk:
        count = end_sessions(desk, account_view(desk, login).account.id or 0, "管理员结束")
    return done(account_address(login), f"已结束{count}处登录")


@router.act("/accounts/{login}/sessions/{session_id}/end", again=_again)
def end_one(visit: HasVisit, login: str, session_id: int, _form: HasForm) -> Response:
    """End one session of an account."""
    with visit.acting() as desk:
        end_session_of(desk, login, session_id)
    return done(account_address(login), "已结束该处登录")
