"""What a call sends: JSON of at most 1 MB, or, where files belong to it, a form with the JSON in one part beside them.

The media type and the size are looked at before anything is parsed; unknown names are refused (mass assignment), and
files that are not what they say are refused as on the pages.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Annotated, Any, ClassVar, Union

from fastapi import Depends, Request
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, TypeAdapter, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from casework.desk import Desk
from console.api.problems import JSON, ApiRefusal, invalid_values
from console.forms import MAX_FILES, plain_name
from core.access.permissions import Permission
from core.errors import InvalidInput
from delivery.uploads.checking import check_upload

MAX_JSON = 1024 * 1024
FORM = "multipart/form-data"
DATA, FILES = "data", "files"
ACT = "act"  # the name that tells the acts of one address apart
Files = tuple[Path, ...]
Key = Annotated[int, Field(ge=1, le=2**31 - 1)]  # the number of a row, as databases hold it


class Body(BaseModel):
    """Something a call sends: every name is known, or the call is refused; `enclosed` are the files beside it."""

    model_config = ConfigDict(extra="forbid", str_max_length=200_000)
    _enclosed: Files = PrivateAttr(())

    @property
    def enclosed(self) -> Files:
        """The files that came with it, in the order in which they came; they last as long as the call."""
        return self._enclosed

    @property
    def whole(self) -> object:
        """Everything that tells one call from another; files by name and content."""
        return [
            self.model_dump(mode="json"),
            [[one.name, hashlib.sha256(one.read_bytes()).hexdigest()] for one in self.enclosed],
        ]

    def enclose(self, files: Files) -> None:
        """Put the files to the words they came with."""
        self._enclosed = files


class Nothing(Body):
    """An act that needs no words."""


class Deed(Body):
    """An act on something that is there; where an address knows several, `act` tells which.

    personal   what the person themself does, at a browser, after giving the password again; empty for the others
    needs      the permission without which an act is refused, where its address is open to more
    """

    personal: ClassVar[str] = ""
    needs: ClassVar[Permission | None] = None

    def apply(self, desk: Desk, key: Any) -> object:
        """Carry out the act on the thing with a number or code, if the caller sees it."""
        self.see(desk, key)
        return self.do(desk, key)

    def see(self, desk: Desk, key: Any) -> None:
        """Raise NotFound for a thing out of sight, where the verb itself does not."""

    def do(self, desk: Desk, key: Any) -> object:
        """Carry out the act."""
        raise NotImplementedError  # not abstract: signing is a deed that its operation carries out itself


class Making(Body):
    """Something new that is to be made."""

    def make(self, desk: Desk) -> Any:
        """Make it and return the number or code under which it is read."""
        raise NotImplementedError


def first_of(files: Files) -> Path | None:
    """Return the one file of an act that takes one; None when none was sent."""
    return files[0] if files else None


def need_file(files: Files, what: str) -> Path:
    """Return the file without which an act is nothing; raise InvalidInput."""
    if not files:
        raise InvalidInput(f"没有附上{what}", found="空", expected="一个文件", remedy="以 files 一项附上")
    return files[0]


class Takes:
    """The dependency that reads a body: of one model, or of the model that its `act` names; `most` files beside it."""

    def __init__(self, models: Sequence[type[Body]], most: int = 0) -> None:
        self.models, self.most = tuple(models), most
        whole: Any = Union[self.models]  # noqa: UP007 - made of what is known at run time
        self.adapter: TypeAdapter[Any] = TypeAdapter(
            Annotated[whole, Field(discriminator=ACT)] if len(self.models) > 1 else whole
        )

    async def __call__(self, request: Request) -> AsyncIterator[Any]:
        """Yield what was sent; its files last as long as the call. Raise ApiRefusal with 413, 415 or 422."""
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind == JSON:
            yield self._parse(await _read(request))
        elif kind == FORM and self.most:
            folder = Path(tempfile.mkdtemp(prefix="ducha-api-"))
            try:
                yield await self._read_form(request, folder)
            finally:
                await run_in_threadpool(shutil.rmtree, folder, ignore_errors=True)
        else:
            known = f"{JSON}，或 {FORM}" if self.most else JSON
            raise ApiRefusal("media-type", "内容格式不支持", found=kind[:60] or "空", expected=known)

    def _parse(self, text: bytes | str) -> Any:
        try:
            body = self.adapter.validate_json(text)
            if _holds_nul(body.model_dump()):
                raise ApiRefusal("invalid-value", "内容中有不能使用的字符", found="U+0000", expected="文字")
            return body
        except ValidationError as error:
            raise invalid_values(
                error.errors(include_url=False, include_context=False, include_input=False)
            ) from None

    async def _read_form(self, request: Request, folder: Path) -> Any:
        try:
            async with request.form(max_files=MAX_FILES, max_fields=4, max_part_size=MAX_JSON) as sent:
                text, uploads = _parts(sent)
                if len(uploads) > self.most:
                    raise ApiRefusal(
                        "invalid-value", "文件太多", found=str(len(uploads)), expected=f"至多{self.most}个"
                    )
                body = self._parse(text)
                body.enclose(await run_in_threadpool(_keep, folder, uploads))
                return body
        except HTTPException as error:
            raise ApiRefusal(
                "invalid-value", "表单读不懂", found=str(error.detail)[:200], expected=FORM, remedy="改正内容"
            ) from None


def _holds_nul(value: object) -> bool:
    """Tell whether a text in a value holds a NUL, which no database stores."""
    if isinstance(value, str):
        return "\x00" in value
    if isinstance(value, dict):
        return any(_holds_nul(one) for pair in value.items() for one in pair)
    return isinstance(value, list | tuple) and any(_holds_nul(one) for one in value)


def _parts(sent: FormData) -> tuple[str, list[UploadFile]]:
    text, uploads = "{}", []
    for name, value in sent.multi_items():
        if name == FILES and isinstance(value, UploadFile):
            uploads.append(value)
        elif name == DATA and isinstance(value, str):
            text = value
        else:
            raise ApiRefusal(
                "invalid-value", "表单中有不认识的部分", found=name[:60], expected=f"{DATA}、{FILES}",
                remedy="改正内容",
            )  # fmt: skip
    return text, uploads


def _keep(folder: Path, uploads: Sequence[UploadFile]) -> Files:
    kept = []
    for number, one in enumerate(uploads):
        place = folder / str(number)
        place.mkdir()
        path = place / plain_name(one.filename or "")
        with path.open("wb") as target:
            shutil.copyfileobj(one.file, target)
        check_upload(path)
        kept.append(path)
    return tuple(kept)


async def _read(request: Request) -> bytes:
    """Return the body as long as it keeps to the limit; the rest of a longer one is not read."""
    found = bytearray()
    async for chunk in request.stream():
        found += chunk
        if len(found) > MAX_JSON:
            raise ApiRefusal("too-large", "内容过大", found="超过1MB", expected="至多1MB")
    return bytes(found)


def takes(*models: type[Body], files: int = 0) -> Any:
    """Declare that a call takes a body of a model, or of the one its `act` names, and at most some files beside it."""
    return Depends(Takes(models, files))
