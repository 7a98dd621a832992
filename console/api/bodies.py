"""What a call sends: JSON of at most 1 MB, or, where files belong to it, a form with the JSON in one part beside them.

The media type and the size are looked at before anything is parsed; unknown names are refused (mass assignment).
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from fastapi import Depends, Request
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from console.api.calls import JSON
from console.api.problems import ApiRefusal, invalid_values
from console.forms import MAX_FILES, plain_name

MAX_JSON = 1024 * 1024
FORM = "multipart/form-data"
DATA, FILES = "data", "files"
BodyT = TypeVar("BodyT", bound=BaseModel)


class Body(BaseModel):
    """Something a call sends: every name is known, or the call is refused."""

    model_config = ConfigDict(extra="forbid", str_max_length=200_000)


class Nothing(Body):
    """An act that needs no words."""


@dataclass(frozen=True, slots=True)
class Sent(Generic[BodyT]):
    """What was sent: the values, and the files in the order in which they came."""

    body: BodyT
    files: tuple[Path, ...] = ()

    @property
    def file(self) -> Path | None:
        """The one file of an act that takes one; None when none was sent."""
        return self.files[0] if self.files else None

    @property
    def whole(self) -> object:
        """Everything that tells one call from another; files by name and content."""
        return [
            self.body.model_dump(mode="json"),
            [[one.name, hashlib.sha256(one.read_bytes()).hexdigest()] for one in self.files],
        ]


class Takes(Generic[BodyT]):
    """The dependency that reads a body of a model; `most` files may come with it."""

    def __init__(self, model: type[BodyT], most: int = 0) -> None:
        self.model, self.most = model, most

    async def __call__(self, request: Request) -> AsyncIterator[Sent[BodyT]]:
        """Yield what was sent; the files last as long as the call. Raise ApiRefusal with 413, 415 or 422."""
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind == JSON:
            yield Sent(self._parse(await _read(request)))
        elif kind == FORM and self.most:
            folder = Path(tempfile.mkdtemp(prefix="ducha-api-"))
            try:
                yield await self._read_form(request, folder)
            finally:
                await run_in_threadpool(shutil.rmtree, folder, ignore_errors=True)
        else:
            known = f"{JSON}，或 {FORM}" if self.most else JSON
            raise ApiRefusal(
                415, "内容格式不支持", found=kind[:60] or "空", expected=known, remedy="改正 Content-Type"
            )

    def _parse(self, text: bytes | str) -> BodyT:
        try:
            return self.model.model_validate_json(text)
        except ValidationError as error:
            raise invalid_values(
                error.errors(include_url=False, include_context=False, include_input=False)
            ) from None

    async def _read_form(self, request: Request, folder: Path) -> Sent[BodyT]:
        try:
            async with request.form(max_files=MAX_FILES, max_fields=4, max_part_size=MAX_JSON) as sent:
                text, uploads = _parts(sent)
                if len(uploads) > self.most:
                    raise ApiRefusal(422, "文件太多", found=str(len(uploads)), expected=f"至多{self.most}个")
                return Sent(self._parse(text), await run_in_threadpool(_keep, folder, uploads))
        except HTTPException as error:
            raise ApiRefusal(
                422, "表单读不懂", found=str(error.detail)[:200], expected=FORM, remedy="改正内容"
            ) from None


def _parts(sent: FormData) -> tuple[str, list[UploadFile]]:
    text, uploads = "{}", []
    for name, value in sent.multi_items():
        if name == FILES and isinstance(value, UploadFile):
            uploads.append(value)
        elif name == DATA and isinstance(value, str):
            text = value
        else:
            raise ApiRefusal(
                422, "表单中有不认识的部分", found=name[:60], expected=f"{DATA}、{FILES}", remedy="改正内容"
            )
    return text, uploads


def _keep(folder: Path, uploads: Sequence[UploadFile]) -> tuple[Path, ...]:
    kept = []
    for number, one in enumerate(uploads):
        place = folder / str(number)
        place.mkdir()
        path = place / plain_name(one.filename or "")
        with path.open("wb") as target:
            shutil.copyfileobj(one.file, target)
        kept.append(path)
    return tuple(kept)


async def _read(request: Request) -> bytes:
    """Return the body as long as it keeps to the limit; the rest of a longer one is not read."""
    found = bytearray()
    async for chunk in request.stream():
        found += chunk
        if len(found) > MAX_JSON:
            raise ApiRefusal(413, "内容过大", found="超过1MB", expected="至多1MB", remedy="分次提交")
    return bytes(found)


def takes(model: type[BodyT], *, files: int = 0) -> Any:
    """Declare that a call takes a body of a model, and at most some files beside it."""
    return Depends(Takes(model, files))
