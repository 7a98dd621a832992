"""Routes of the programming interface: each declares its area, its permissions, what it takes and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Generic, TypeVar

from fastapi import APIRouter, Depends, Header, Path, Query
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict

from console.api.calls import Call, current_call
from console.api.doors import Door
from console.api.problems import MEDIA
from core.access.permissions import Permission
from core.access.scopes import Area

Answer = Callable[..., Response]
RowT = TypeVar("RowT")
MOST_ROWS = 100
TOLD = {
    400: "请求不正确 / malformed",
    401: "没有登录或者密钥无效 / not signed in",
    403: "无权办理 / not allowed",
    404: "没有找到 / not found, or not to be seen",
    409: "现在不能办理 / not possible now",
    412: "内容已经变动 / changed since it was read",
    413: "内容过大 / too large",
    415: "内容格式不支持 / media type not supported",
    422: "内容不符合要求 / a value is wrong",
    429: "调用过于频繁 / too many calls",
    503: "暂时不可用 / database not available",
}
READ_ANSWERS = (400, 401, 403, 404, 409, 422, 429, 503)
PROBLEM = {"content": {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
HasCall = Annotated[Call, Depends(current_call)]
Limit = Annotated[int, Query(ge=1, le=MOST_ROWS, description="每页行数 / rows a page")]
After = Annotated[
    str, Query(max_length=120, description="上一页的 next / the `next` of the page before", examples=[""])
]

Number = Annotated[int, Path(ge=1, le=2**31 - 1, description="编号 / number")]
Code = Annotated[
    str, Path(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f/]+$", description="编码 / code")
]
Word = Annotated[str, Query(max_length=80, description="只要这一种，空为全部 / only these, empty for all")]


class Shown(BaseModel):
    """Something the interface shows: the names of its model and no others, whatever the row beneath holds."""

    model_config = ConfigDict(extra="ignore", from_attributes=True)


class Listing(Shown, Generic[RowT]):
    """One page of a list; `next` goes into `after` of the next call, and is null on the last page."""

    items: list[RowT]
    next: str | None = None


def _problem(status: int) -> dict[str, Any]:
    return {"description": TOLD[status], **PROBLEM}


class Routes(APIRouter):
    """The routes of one area."""

    def __init__(self, area: Area | None, *permissions: Permission) -> None:
        super().__init__(tags=[area.value if area else "account"])
        self.area, self.permissions = area, permissions

    def read(
        self, path: str, shows: Any, *permissions: Permission, file: str = ""
    ) -> Callable[[Answer], Answer]:
        """Declare what is read; `file` is the media type where a file comes instead of JSON."""
        content = {file: {"schema": {"type": "string", "format": "binary"}}} if file else None
        good: dict[str, Any] = {
            "description": "读到 / found",
            "headers": {"ETag": {"schema": {"type": "string"}}},
        }
        if content:
            good["content"] = content
        told: dict[int | str, dict[str, Any]] = {200: good, 304: {"description": "没有变动 / not modified"}}
        return self._declare(path, "GET", shows, permissions, told, READ_ANSWERS, 200)

    def act(
        self, path: str, shows: Any, *permissions: Permission, status: int = 200, method: str = "POST"
    ) -> Callable[[Answer], Answer]:
        """Declare what changes something; 201 where it makes something new."""
        told: dict[int | str, dict[str, Any]] = {status: {"description": "已办理 / done"}}
        return self._declare(path, method, shows, permissions, told, tuple(TOLD), status)

    def _declare(
        self,
        path: str,
        method: str,
        shows: Any,
        permissions: tuple[Permission, ...],
        told: dict[int | str, dict[str, Any]],
        wrong: tuple[int, ...],
        status: int,
    ) -> Callable[[Answer], Answer]:
        door = Door(permissions or self.permissions, self.area, method != "GET")
        needed = [Depends(door)] + (
            [Depends(_writing_headers)] if method != "GET" else [Depends(_reading_headers)]
        )

        def declare(answer: Answer) -> Answer:
            self.add_api_route(
                path,
                answer,
                methods=[method],
                status_code=status,
                response_model=shows,
                responses=told | {one: _problem(one) for one in wrong},
                dependencies=needed,
                response_class=Response if "content" in told.get(200, {}) else JSONResponse,
                operation_id=answer.__name__,
                summary=(answer.__doc__ or "").splitlines()[0],
            )
            return answer

        return declare


def _writing_headers(
    idempotency_key: Annotated[
        str,
        Header(
            min_length=8,
            max_length=200,
            pattern=r"^[!-~]+$",
            description="每次办理一个编号 / one key for each act",
        ),
    ],
    if_match: Annotated[
        str, Header(max_length=200, description="读取时的 ETag / the ETag that was read")
    ] = "",
) -> None:
    """Describe the headers of a writing call; the door and the call read them."""


def _reading_headers(
    if_none_match: Annotated[str, Header(max_length=500, description="已有的 ETag / an ETag one has")] = "",
) -> None:
    """Describe the headers of a reading call."""
