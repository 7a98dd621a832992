"""Routes of the programming interface: each declares its area, its permissions, what it takes and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Query
from fastapi.responses import JSONResponse, Response

from console.api.calls import Call, current_call
from console.api.doors import Door
from console.api.kinds import KINDS
from console.api.problems import MEDIA
from core.access.permissions import Permission
from core.access.scopes import Area

Answer = Callable[..., Response]
MOST_ROWS = 100
READ_ANSWERS = (400, 401, 403, 404, 409, 422, 429, 503)
WRITE_ANSWERS = (400, 401, 403, 404, 409, 413, 415, 422, 429, 503)
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
TEXT_HEADER = {"schema": {"type": "string"}}
SECONDS = {"Retry-After": {"description": "几秒后重试 / seconds to wait", "schema": {"type": "integer"}}}
ETAG = {"ETag": {"description": "内容的版本 / version of what is shown", **TEXT_HEADER}}
REPLAYED = {"Idempotency-Replayed": {"description": "true：此前已办理 / it was done before", **TEXT_HEADER}}
LINK = {"Link": {"description": '下一页的地址，rel="next" / address of the next page', **TEXT_HEADER}}
LOCATION = {"Location": {"description": "在哪里读取 / where it is read", **TEXT_HEADER}}


def _problem(status: int) -> dict[str, Any]:
    """Return what the description tells of the problems of one status: which kinds there are, and one as an example."""
    kinds = [one for one in KINDS.values() if one.status == status]
    content = {
        "schema": {"$ref": "#/components/schemas/Problem"},
        "examples": {
            one.code: {
                "summary": f"{one.title} / {one.english}",
                "value": {
                    "type": one.type, "title": one.title, "status": status, "detail": one.title, "found": "",
                    "expected": "", "remedy": one.remedy, "faults": [],
                },
            }
            for one in kinds
        },
    }  # fmt: skip
    said = "；".join(f"{one.title}（`{one.code}`）" for one in kinds)
    return {
        "description": said, "content": {MEDIA: content}, **({"headers": SECONDS} if status in (429, 503) else {})
    }  # fmt: skip


class Routes(APIRouter):
    """The routes of one area."""

    def __init__(self, area: Area | None, *permissions: Permission) -> None:
        super().__init__(tags=[area.value if area else "account"])
        self.area, self.permissions = area, permissions

    def read(
        self, path: str, shows: Any, *permissions: Permission, file: str = ""
    ) -> Callable[[Answer], Answer]:
        """Declare what is read; `file` is the media type where a file comes instead of JSON."""
        listed = shows is not None and "next" in shows.model_fields
        good: dict[str, Any] = {"description": "读到 / found", "headers": ETAG | (LINK if listed else {})}
        if file:
            good["headers"] = {}
            good["content"] = {file: {"schema": {"type": "string", "format": "binary"}}}
        told: dict[int | str, dict[str, Any]] = {200: good, 304: {"description": "没有变动 / not modified"}}
        return self._declare(path, "GET", shows, permissions, told, READ_ANSWERS, [_reading_headers])

    def act(self, path: str, shows: Any, *permissions: Permission) -> Callable[[Answer], Answer]:
        """Declare an act on something that has a version: `If-Match` is heeded."""
        told: dict[int | str, dict[str, Any]] = {
            200: {"description": "已办理 / done", "headers": ETAG | REPLAYED}
        }
        needed: list[Callable[..., None]] = [_writing_headers, _version_header]
        return self._declare(path, "POST", shows, permissions, told, (*WRITE_ANSWERS, 412), needed)

    def once(self, path: str, shows: Any, *permissions: Permission) -> Callable[[Answer], Answer]:
        """Declare an act that is not on one thing with a version: many at once, an import, a trial."""
        told: dict[int | str, dict[str, Any]] = {200: {"description": "已办理 / done", "headers": REPLAYED}}
        answers = (*WRITE_ANSWERS, 412)
        return self._declare(path, "POST", shows, permissions, told, answers, [_writing_headers])

    def make(self, path: str, shows: Any, *permissions: Permission) -> Callable[[Answer], Answer]:
        """Declare what makes something new."""
        told: dict[int | str, dict[str, Any]] = {
            201: {"description": "已建立 / made", "headers": LOCATION | REPLAYED}
        }
        return self._declare(path, "POST", shows, permissions, told, WRITE_ANSWERS, [_writing_headers])

    def _declare(
        self,
        path: str,
        method: str,
        shows: Any,
        permissions: tuple[Permission, ...],
        told: dict[int | str, dict[str, Any]],
        wrong: tuple[int, ...],
        headers: list[Callable[..., None]],
    ) -> Callable[[Answer], Answer]:
        door = Door(permissions or self.permissions, self.area, method != "GET")

        def declare(answer: Answer) -> Answer:
            said = (answer.__doc__ or "").splitlines()[0]
            self.add_api_route(
                path,
                answer,
                methods=[method],
                status_code=int(next(iter(told))),
                response_model=shows,
                responses=told | {one: _problem(one) for one in wrong},
                dependencies=[Depends(door), *(Depends(one) for one in headers)],
                response_class=Response if "content" in told.get(200, {}) else JSONResponse,
                operation_id=answer.__name__,
                summary=said,
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
            examples=["8f14e45f-ceea-467f-a8c0-9a1f5c0e2b77"],
        ),
    ],
) -> None:
    """Describe the header of a writing call; the door and the call read it."""


def _version_header(
    if_match: Annotated[
        str,
        Header(
            max_length=200,
            description="读取时的 ETag，已变动的不办理 / the ETag that was read, or nothing is done",
        ),
    ] = "",
) -> None:
    """Describe the header by which an act is only done on what was read."""


def _reading_headers(
    if_none_match: Annotated[str, Header(max_length=500, description="已有的 ETag / an ETag one has")] = "",
) -> None:
    """Describe the header of a reading call."""
