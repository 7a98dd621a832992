"""Errors of the programming interface: application/problem+json, with the four parts that every error here has.

source   RFC 9457 (problem details), RFC 6750 (WWW-Authenticate of bearer tokens)
"""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from console.guarding import HEADERS, NO_STORE
from console.refusals import status_of
from core.errors import DuchaError, InvalidInput

MEDIA = "application/problem+json"
TITLES = {
    400: "请求不正确",
    401: "没有登录或者密钥无效",
    403: "无权办理",
    404: "没有找到",
    405: "不支持的操作",
    409: "现在不能办理",
    412: "内容已经变动",
    413: "内容过大",
    415: "内容格式不支持",
    422: "内容不符合要求",
    429: "调用过于频繁",
    500: "系统出错",
    503: "暂时不可用",
}
ANONYMOUS = 'Bearer realm="ducha"'


class Wrong(BaseModel):
    """One part of a body or an address that is wrong."""

    model_config = ConfigDict(extra="forbid")

    where: str = Field(description="哪一项 / which field")
    why: str = Field(description="为什么 / why")


class Problem(BaseModel):
    """What went wrong and what to do about it."""

    model_config = ConfigDict(extra="forbid")

    type: str = Field(description="错误种类 / kind of error", examples=["urn:ducha:problem:409"])
    title: str = Field(description="概括 / summary")
    status: int = Field(description="HTTP 状态 / HTTP status")
    detail: str = Field(description="发生了什么 / what happened")
    found: str = Field("", description="实际的值 / the value found")
    expected: str = Field("", description="应有的值 / what was expected")
    remedy: str = Field("", description="下一步 / what to do next")
    faults: list[Wrong] = Field(default_factory=list, description="逐项说明 / every fault")


class ApiRefusal(Exception):  # not an error of the work: an answer of the interface itself
    """The call is refused before anything is asked of the work below."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        found: str = "",
        expected: str = "",
        remedy: str = "",
        faults: tuple[Wrong, ...] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.headers = dict(headers or {})
        self.problem = Problem(
            type=type_of(status), title=TITLES.get(status, TITLES[400]), status=status, detail=detail,
            found=found[:500], expected=expected, remedy=remedy, faults=list(faults),
        )  # fmt: skip


def type_of(status: int) -> str:
    """Return the name of a kind of problem; kinds are told apart by their status, as the pages tell them."""
    return f"urn:ducha:problem:{status}"


def anonymous(detail: str = "没有登录", *, error: str = "") -> ApiRefusal:
    """Return the refusal of somebody who is nobody."""
    told = f'{ANONYMOUS}, error="{error}"' if error else ANONYMOUS
    return ApiRefusal(
        401, detail, expected="有效的密钥，或者浏览器中的登录", remedy="在“我的账号”中申请密钥，或先登录",
        headers={"WWW-Authenticate": told},
    )  # fmt: skip


def add_problems(app: FastAPI) -> None:
    """Teach the interface to answer errors as problems."""
    app.add_exception_handler(ApiRefusal, _refusal)
    app.add_exception_handler(DuchaError, _error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _broken)


def _answer(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    return JSONResponse(
        problem.model_dump(), status_code=problem.status, media_type=MEDIA, headers=dict(headers or {})
    )


async def _refusal(_request: Request, error: Exception) -> Response:
    assert isinstance(error, ApiRefusal)
    return _answer(error.problem, error.headers)


async def _error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, DuchaError)
    # What is wrong with a value of a body is told as 422; pages show the same error in their form.
    status = 422 if isinstance(error, InvalidInput) else status_of(error)
    cells = error.cells if isinstance(error, InvalidInput) else ()
    faults = tuple(Wrong(where=f"{one.sheet} {one.cell}", why=str(one)) for one in cells)
    told = ApiRefusal(
        status, error.what, found=error.found, expected=error.expected, remedy=error.remedy, faults=faults
    )
    return _answer(told.problem)


async def _invalid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return _answer(invalid_values(error.errors()).problem)


def invalid_values(errors: object) -> ApiRefusal:
    """Return the refusal that names every value pydantic found wrong."""
    assert isinstance(errors, list | tuple)
    faults = tuple(
        Wrong(where=".".join(str(part) for part in one["loc"])[:200] or "body", why=str(one["msg"])[:300])
        for one in errors[:50]
    )
    return ApiRefusal(
        422, "请求的内容不符合要求", found="；".join(one.where for one in faults), expected="接口说明所列的格式",
        remedy="按逐项说明改正", faults=faults,
    )  # fmt: skip


async def _http(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    told = ApiRefusal(error.status_code, TITLES.get(error.status_code, TITLES[400]))
    return _answer(told.problem, error.headers)


async def _broken(_request: Request, _error: Exception) -> Response:
    """Answer what nobody expected; the server logs the error, the answer tells only that it happened."""
    told = ApiRefusal(500, "没有办成，数据没有改变", remedy="稍后重试；仍然如此的，告知系统管理人员")
    return _answer(told.problem, HEADERS | {"Cache-Control": NO_STORE})
