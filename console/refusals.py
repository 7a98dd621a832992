"""The error table: what went wrong below becomes a page in Chinese with a fitting status; nothing inside leaks."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.exceptions import HTTPException
from starlette.responses import Response

from console.guarding import HEADERS, NO_STORE
from console.rendering import render
from console.visits import SignInNeeded, StepNeeded
from core.errors import (
    DatabaseFailed,
    DuchaError,
    IllegalMove,
    InvalidInput,
    InvalidRuleFile,
    NotAllowed,
    NotFound,
    Refused,
    WorldFailed,
)

# The first class that fits counts, so the narrow ones stand before the wide ones.
STATUS: tuple[tuple[type[DuchaError], int], ...] = (
    (NotFound, 404),
    (NotAllowed, 403),
    (IllegalMove, 409),
    (InvalidRuleFile, 500),
    (InvalidInput, 400),
    (Refused, 409),
    (DatabaseFailed, 503),
    (WorldFailed, 503),
)
TITLES = {
    400: "请求不正确",
    403: "无权查看",
    404: "没有找到",
    405: "不支持的操作",
    409: "现在不能办理",
    413: "上传的内容太大",
    500: "系统出错",
    503: "暂时不可用",
}


def status_of(error: DuchaError) -> int:
    """Return the HTTP status of an error."""
    return next((status for kind, status in STATUS if isinstance(error, kind)), 500)


def add_refusals(app: FastAPI) -> None:
    """Teach an application to answer errors with pages."""
    app.add_exception_handler(DuchaError, _refuse)
    app.add_exception_handler(SignInNeeded, _go)
    app.add_exception_handler(StepNeeded, _go)
    app.add_exception_handler(RequestValidationError, _not_there)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _broken)


def _page(
    request: Request, status: int, what: str, found: str = "", expected: str = "", remedy: str = ""
) -> HTMLResponse:
    title = TITLES.get(status, TITLES[500])
    return render(
        "shared/error.html.j2",
        status=status,
        code=status,
        active="",
        visit=getattr(request.state, "visit", None),
        title=title,
        what=what,
        found=found,
        expected=expected,
        remedy=remedy,
    )


async def _go(_request: Request, error: Exception) -> Response:
    assert isinstance(error, SignInNeeded | StepNeeded)
    return RedirectResponse(error.address, status_code=303)


async def _refuse(request: Request, error: Exception) -> Response:
    assert isinstance(error, DuchaError)
    return _page(request, status_of(error), error.what, error.found, error.expected, error.remedy)


async def _not_there(request: Request, _error: Exception) -> Response:
    return _page(request, 404, "没有这个页面", remedy="检查地址，或从今日待办、台账进入")


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        return _page(request, 404, "没有这个页面", remedy="检查地址，或从今日待办、台账进入")
    return _page(request, error.status_code, TITLES.get(error.status_code, "请求不能办理"))


async def _broken(request: Request, _error: Exception) -> Response:
    """Answer what nobody expected; the server logs the error, the page tells only that it happened."""
    page = _page(
        request, 500, "页面没有做出来，数据没有改变", remedy="稍后重试；仍然如此的，告知系统管理人员"
    )
    page.headers.update(HEADERS | {"Cache-Control": NO_STORE})  # it is made outside the middleware
    return page
