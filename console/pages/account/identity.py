"""统一身份认证: signing in by the organisation's identity provider, where the settings name one."""

from __future__ import annotations

from threading import Lock

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from casework.accounts.identity import account_of_subject
from casework.accounts.sessions import begin_session
from console.oidc import ATTEMPT_SECONDS, BACK, COOKIE, Attempt, Provider
from console.refusals import status_of
from console.routes import Pages
from console.throttle import Throttle
from console.visits import CODE, HasWorld, with_session
from console.world import World
from console.writing import inside, write_sign_in
from core.access.permissions import Permission
from core.errors import DuchaError, NotAllowed, NotFound

router = Pages(Permission.ANYBODY)
PATH = "/sign-in/oidc"
_making = Lock()


@router.page(PATH)
def go_to_provider(request: Request, world: HasWorld, next: str = "/") -> Response:  # noqa: A002  # in the address
    """Send the browser to the provider with an attempt that only its answer fits."""
    provider = _provider(request)
    try:
        address, attempt = provider.begin(inside(next), world.clock())
    except DuchaError as error:
        return _again(request, error)
    answer = RedirectResponse(address, status_code=303)
    answer.set_cookie(
        COOKIE, attempt.seal(world.settings), max_age=ATTEMPT_SECONDS, httponly=True, samesite="lax",
        secure=world.settings.is_https, path=PATH,
    )  # fmt: skip
    return answer


@router.page(BACK)
def come_back(request: Request, world: HasWorld) -> Response:
    """Take the provider's answer and begin a session of the account that is bound to whom it names."""
    provider, throttle = _provider(request), request.app.state.throttle
    address = request.client.host if request.client else ""
    try:
        answer = _signed_in(request, world, provider, throttle, address)
    except DuchaError as error:
        throttle.note(address, world.clock())
        answer = _again(request, error)
    answer.delete_cookie(COOKIE, path=PATH)  # an attempt serves once
    return answer


def _signed_in(
    request: Request, world: World, provider: Provider, throttle: Throttle, address: str
) -> Response:
    now = world.clock()
    if throttle.is_over(address, now):
        raise NotAllowed(
            "尝试次数过多",
            found="10分钟内多次失败",
            expected="稍后再试",
            remedy="10分钟后重试，或联系系统管理员",
        )
    attempt = Attempt.open(world.settings, request.cookies.get(COOKIE, ""))
    subject = provider.finish(attempt, dict(request.query_params), now)
    with world.desk(readonly=False) as desk:
        account = account_of_subject(desk, subject)
        if account is None:
            raise NotAllowed(
                "统一身份没有绑定可用的账号", found=subject[:80], expected="由系统管理员绑定的账号",
                remedy="请系统管理员绑定，或使用密码登录",
            )  # fmt: skip
        browser = request.headers.get("user-agent", "")
        token = begin_session(
            desk, account, second_factor=False, address=address, browser=browser, way="oidc"
        )
        goal = CODE if account.totp_secret is not None else attempt.back
    return with_session(world, RedirectResponse(goal, status_code=303), token)


def _provider(request: Request) -> Provider:
    """Return the provider of the settings, which is made when somebody first comes by it."""
    state = request.app.state
    settings = state.world.settings
    if not settings.has_provider:
        raise NotFound("没有这个页面", found=PATH, expected="设置了统一身份认证", remedy="使用密码登录")
    with _making:
        if not hasattr(state, "provider"):
            state.provider = Provider(settings)
    provider: Provider = state.provider
    return provider


def _again(request: Request, error: DuchaError) -> Response:
    page = write_sign_in(request.app.state.world.settings, goal="/", error=error)
    return HTMLResponse(page, status_code=status_of(error))
