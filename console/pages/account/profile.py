"""我的账号: one's own password, second factor and sessions."""

from __future__ import annotations

import io

import segno
from fastapi.responses import Response
from markupsafe import Markup

from casework.accounts.confirming import credentials_of_account
from casework.accounts.secondfactor import address_of, make_seed, set_up
from casework.accounts.sessions import end_session, list_sessions, note_second_factor
from casework.accounts.signin import change_password, is_right, note_failure
from console.confirming import confirm
from console.forms import HasForm
from console.rendering import render, show
from console.routes import Pages, done
from console.visits import OWN_FACTOR, OWN_PASSWORD, HasVisit, Visit
from core.access.permissions import Permission
from core.errors import DuchaError, NotAllowed, NotFound

router = Pages(Permission.OWN_ACCOUNT)


@router.page("/account")
def show_account(visit: HasVisit) -> Response:
    """Show one's account and where it is signed in."""
    with visit.desk() as desk:
        sessions = list_sessions(desk, visit.visitor.account_id)
        return show(visit, desk, "entry/account.html.j2", "account", sessions=sessions)


@router.act("/account/sessions/{session_id}/end")
def end_one(visit: HasVisit, session_id: int, _form: HasForm) -> Response:
    """End a session of one's own somewhere else."""
    with visit.acting() as desk:
        if session_id not in {one.id for one in list_sessions(desk, visit.visitor.account_id)}:
            raise NotFound("没有这个登录", found=str(session_id), expected="本账号的登录", remedy="刷新页面")
        end_session(desk, session_id, "本人退出")
    return done("/account", "已退出该处登录")


@router.page(OWN_PASSWORD)
def show_password(visit: HasVisit) -> Response:
    """Show the form for a new password."""
    return _password_page(visit, None)


def _password_page(visit: Visit, error: DuchaError | None) -> Response:
    return render(
        "entry/password.html.j2", visit=visit, active="account", settings=visit.world.settings, error=error
    )


def _password_again(visit: HasVisit, error: DuchaError) -> Response:
    return _password_page(visit, error)


@router.act(OWN_PASSWORD, again=_password_again)
def give_password(visit: HasVisit, form: HasForm) -> Response:
    """Replace one's password."""
    given = [form.needed(name, label) for name, label in _PASSWORDS]
    _verify_old(visit, given[0])
    with visit.acting() as desk:
        change_password(
            desk,
            visit.visitor.account_id,
            *given,
            session_id=visit.visitor.session_id,
        )
    return done("/", "密码已修改，其他地方的登录已退出")


def _verify_old(visit: Visit, old: str) -> None:
    """Count a wrong old password towards the lock: a session left open is no place for guessing."""
    with visit.desk() as desk:
        found = credentials_of_account(desk, visit.visitor.account_id)
    if is_right(found, old):
        return
    with visit.acting() as desk:
        note_failure(desk, visit.visitor.account_id)
    raise NotAllowed(
        "原密码不正确", found="******", expected="现在使用的密码", remedy="重新输入；连续输错将锁定账号"
    )


_PASSWORDS = (("old", "原密码"), ("new", "新密码"), ("again", "再次输入新密码"))


@router.page(OWN_FACTOR)
def show_factor(visit: HasVisit) -> Response:
    """Show a new seed as a picture and as text; nothing is kept until a code shows that it arrived."""
    return _factor_page(visit, make_seed(), None)


def _factor_page(visit: Visit, seed: str, error: DuchaError | None) -> Response:
    picture = io.BytesIO()
    segno.make(address_of(seed, visit.visitor.login)).save(
        picture, kind="svg", scale=5, xmldecl=False, svgns=True, nl=False, omitsize=False
    )
    return render(
        "entry/factor.html.j2",
        visit=visit,
        active="account",
        seed=seed,
        picture=Markup(picture.getvalue().decode()),  # noqa: S704  # made by the library from our own address
        error=error,
    )


def _factor_again(visit: HasVisit, form: HasForm, error: DuchaError) -> Response:
    return _factor_page(visit, form.text("seed"), error)


@router.act(OWN_FACTOR, again=_factor_again)
def give_factor(visit: HasVisit, form: HasForm) -> Response:
    """Set the second factor up with a first code; one that is there is replaced only after a proof by it."""
    if visit.visitor.has_second_factor:
        confirm(visit, form)
    with visit.acting() as desk:
        set_up(desk, visit.visitor.account_id, form.needed("seed", "密钥"), form.needed("code", "验证码"))
        note_second_factor(desk, visit.visitor.session_id)
    return done("/", "动态验证码已启用，下次登录时使用")
