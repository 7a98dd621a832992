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

from console.api.kinds import BY_STATUS, KINDS, Kind, kind_of_error
from core.errors import DuchaError, InvalidInput

MEDIA = "application/problem+json"
JSON = "application/json"
ANONYMOUS = 'Bearer realm="ducha"'
BUSY_SECONDS = 5  # how long a caller waits before trying again what the database did not take


class Wrong(BaseModel):
    """One part of a body or an address that is wrong."""

    model_config = ConfigDict(extra="forbid")

    where: str = Field(description="哪一项 / which field")
    why: str = Field(description="为什么 / why")


class Problem(BaseModel):
    """What went wrong and what to do about it."""

    model_config = ConfigDict(extra="forbid")

    type: str = Field(description="错误种类 / kind of error", examples=["urn:ducha:problem:illegal-move"])
    title: str = Field(description="概括 / summary")
    status: int = Field(description="HTTP 状态 / HTTP status")
    detail: str = Field(description="发生了什么 / what happened")
    found: str = Field("", description="实际的值 / the value found")
    expected: str = Field("", description="应有的值 / what was expected")
    remedy: str = Field("", description="下一步 / what to do next")
    faults: list[Wrong] = Field(default_factory=list, description="逐项说明 / every fault")


class ApiRefusal(Exception):  # not an error of the work: an answer of the interface itself
    """The call is refused before anything is asked of the work below; `kind` is a code of KINDS."""

    def __init__(
        self,
        kind: str,
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
        self.problem = _problem(KINDS[kind], detail, found, expected, remedy, faults)


def _problem(
    kind: Kind,
    detail: str,
    found: str = "",
    expected: str = "",
    remedy: str = "",
    faults: tuple[Wrong, ...] = (),
) -> Problem:
    return Problem(
        type=kind.type, title=kind.title, status=kind.status, detail=detail, found=found[:500], expected=expected,
        remedy=remedy or kind.remedy, faults=list(faults),
    )  # fmt: skip


def answer_early(kind: str, detail: str) -> Response:
    """Return the problem of a call that is refused before the interface is asked."""
    return _answer(ApiRefusal(kind, detail).problem)


def anonymous(detail: str = "没有登录", *, error: str = "") -> ApiRefusal:
    """Return the refusal of somebody who is nobody."""
    told = f'{ANONYMOUS}, error="{error}"' if error else ANONYMOUS
    return ApiRefusal(
        "not-signed-in", detail, expected="有效的密钥，或者浏览器中的登录", headers={"WWW-Authenticate": told}
    )


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
    kind = kind_of_error(error)
    cells = error.cells if isinstance(error, InvalidInput) else ()
    faults = tuple(Wrong(where=f"{one.sheet} {one.cell}", why=str(one)) for one in cells)
    told = _problem(kind, error.what, error.found, error.expected, error.remedy, faults)
    return _answer(told, {"Retry-After": str(BUSY_SECONDS)} if kind.status == 503 else None)


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
        "invalid-value", "请求的内容不符合要求", found="；".join(one.where for one in faults),
        expected="接口说明所列的格式", remedy="按逐项说明改正", faults=faults,
    )  # fmt: skip


async def _http(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    kind = BY_STATUS.get(error.status_code, KINDS["bad-request"])
    told = _problem(kind, kind.title).model_copy(update={"status": error.status_code})
    return _answer(told, error.headers)


async def _broken(_request: Request, _error: Exception) -> Response:
    """Answer what nobody expected; the server logs the error, the answer tells only that it happened."""
    return _answer(_problem(KINDS["broken"], "没有办成，数据没有改变"))
