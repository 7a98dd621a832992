"""登录、退出: password, then the code of the second factor where there is one."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from casework.accounts.secondfactor import use_code
from casework.accounts.sessions import begin_session, end_session, note_second_factor
from casework.accounts.signin import REFUSAL, account_of, credentials_of, is_right, note_failure
from console.forms import HasForm
from console.oidc import Provider
from console.rendering import render
from console.routes import Pages
from console.throttle import Throttle
from console.visits import CODE, SIGN_IN, HasVisit, HasWorld, cookie_name, visit_of
from console.world import World
from core.access.permissions import Permission
from core.errors import DuchaError, NotAllowed

router = Pages(Permission.ANYBODY)
ASK = "核对后重试，或联系系统管理员"


@router.page(SIGN_IN)
def show_sign_in(request: Request, next: str = "/") -> Response:  # noqa: A002  # the name in the address
    """Show the sign-in page; whoever is signed in goes on."""
    if visit_of(request) is not None:
        return RedirectResponse(inside(next), status_code=303)
    return sign_in_page(request, goal=inside(next))


def sign_in_page(
    request: Request, *, login: str = "", goal: str = "/", error: DuchaError | None = None
) -> Response:
    """Return the sign-in page, with the button of the identity provider where there is one."""
    provider: Provider = request.app.state.provider
    name = provider.settings.oidc_name if provider.is_there else ""
    return render("entry/signin.html.j2", active="", login=login, next=goal, error=error, provider=name)


def _again(request: Request, form: HasForm, error: DuchaError) -> Response:
    return sign_in_page(request, login=form.text("login"), goal=inside(form.text("next")), error=error)


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
    return with_cookie(world, RedirectResponse(goal, status_code=303), token)


def inside(address: str) -> str:
    """Return an address of this console; anything that leads elsewhere becomes the first page."""
    safe = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return address if safe else "/"


def with_cookie(world: World, answer: Response, token: str) -> Response:
    """Return an answer that carries the session of a browser: out of reach of scripts, and bound to TLS with it."""
    answer.set_cookie(
        cookie_name(world), token, httponly=True, samesite="lax", secure=world.is_https, path="/"
    )
    return answer


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
    answer = RedirectResponse(SIGN_IN, status_code=303)
    answer.delete_cookie(cookie_name(world), path="/", secure=world.is_https, httponly=True, samesite="lax")
    answer.headers["Clear-Site-Data"] = '"storage"'  # what pages kept in the browser goes with the session
    return answer
