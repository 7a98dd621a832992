"""登录、退出: password, then the code of the second factor where there is one."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from casework.accounts.secondfactor import use_code
from casework.accounts.sessions import begin_session, end_session, note_second_factor
from casework.accounts.signin import REFUSAL, account_of, credentials_of, is_right, note_failure
from console.forms import HasForm
from console.guarding import SIGN_IN
from console.rendering import render
from console.routes import Pages
from console.throttle import Throttle
from console.visits import CODE, HasVisit, HasWorld, visit_of, with_session, without_session
from console.world import world_of
from console.writing import inside, write_sign_in
from core.access.permissions import Permission
from core.errors import DuchaError, NotAllowed

router = Pages(Permission.ANYBODY)


@router.page(SIGN_IN)
def show_sign_in(request: Request, next: str = "/") -> Response:  # noqa: A002  # the name in the address
    """Show the sign-in page; whoever is signed in goes on."""
    if visit_of(request) is not None:
        return RedirectResponse(inside(next), status_code=303)
    return HTMLResponse(write_sign_in(world_of(request).settings, goal=inside(next)))


def _again(request: Request, form: HasForm, error: DuchaError) -> Response:
    goal = inside(form.text("next"))
    page = write_sign_in(world_of(request).settings, goal=goal, login=form.text("login"), error=error)
    return HTMLResponse(page)


@router.act(SIGN_IN, again=_again)
def sign_in(request: Request, world: HasWorld, form: HasForm) -> Response:
    """Verify a password outside of any transaction, note what came of it, and begin a session."""
    throttle: Throttle = request.app.state.throttle
    address = request.client.host if request.client else ""
    if throttle.is_over(address, world.clock()):
        raise NotAllowed(
            "尝试次数过多",
            found="10分钟内多次失败",
            expected="稍后再试",
            remedy="10分钟后重试，或联系系统管理员",
        )
    with world.desk() as desk:
        found = credentials_of(desk, form.text("login"))
    if not is_right(found, form.text("password")):
        throttle.note(address, world.clock())
        with world.desk(readonly=False) as desk:
            note_failure(desk, found.id, address)
        raise NotAllowed(
            REFUSAL,
            found=form.text("login"),
            expected="正确的登录名和密码",
            remedy="核对后重试，或联系系统管理员",
        )
    assert found.id is not None  # an unknown login is never right
    browser = request.headers.get("user-agent", "")
    with world.desk(readonly=False) as desk:
        account = account_of(desk, found.id)
        token = begin_session(desk, account, second_factor=False, address=address, browser=browser)
    goal = CODE if found.has_second_factor else inside(form.text("next"))
    return with_session(world, RedirectResponse(goal, status_code=303), token)


@router.page(CODE)
def show_code(request: Request) -> Response:
    """Ask for the code of the second factor."""
    return _code_page(request, None)


def _code_page(request: Request, error: DuchaError | None) -> Response:
    visit = visit_of(request)
    if visit is None or not visit.visitor.is_half:
        return RedirectResponse("/", status_code=303)
    return render("entry/code.html.j2", active="", csrf=visit.csrf, error=error)


def _code_again(request: Request, error: DuchaError) -> Response:
    return _code_page(request, error)


@router.act(CODE, again=_code_again)
def give_code(request: Request, world: HasWorld, form: HasForm) -> Response:
    """Take the code; five wrong ones lock the account as wrong passwords do."""
    visit = visit_of(request)
    if visit is None:
        return RedirectResponse(SIGN_IN, status_code=303)
    with world.desk(readonly=False) as desk:
        is_good = use_code(desk, visit.visitor.account_id, form.text("code"))
        if is_good:
            note_second_factor(desk, visit.visitor.session_id)
        else:
            note_failure(desk, visit.visitor.account_id)
    if not is_good:
        raise NotAllowed(
            "验证码不正确",
            found=form.text("code"),
            expected="当前的六位数字",
            remedy="等待下一组数字后重新输入",
        )
    return RedirectResponse("/", status_code=303)


@router.act("/sign-out", Permission.OWN_ACCOUNT)
def sign_out(visit: HasVisit, world: HasWorld, _form: HasForm) -> Response:
    """End the session."""
    with visit.acting() as desk:
        end_session(desk, visit.visitor.session_id, "退出")
    return without_session(world, RedirectResponse(SIGN_IN, status_code=303))
