"""What a browser sends with a form: texts, days, numbers and files, each asked for by its name in the form's words."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Annotated

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from console.visits import visit_of
from core.errors import DuchaError, InvalidInput, NotAllowed
from delivery.uploads.checking import check_upload
from delivery.uploads.kinds import ALL, Kind

MAX_FILES, MAX_FIELDS, MAX_TEXT = 10, 400, 200_000
MAX_NAME_BYTES = 200  # disks take 255; a Chinese character is three
WORD = "_csrf"


@dataclass(slots=True)
class Form:
    """The fields of a form; a field that was not sent is empty.

    wrong   why a file that was sent cannot be taken; told as soon as the act asks for files, so that its page is
            shown again with what was typed
    """

    values: Mapping[str, Sequence[str]] = field(default_factory=dict)
    kept: Mapping[str, Sequence[Path]] = field(default_factory=dict)
    wrong: DuchaError | None = None

    @property
    def files(self) -> Mapping[str, Sequence[Path]]:
        """Return the files by field, every one of them checked; raise InvalidInput when one cannot be taken."""
        if self.wrong is not None:
            raise self.wrong
        return self.kept

    def text(self, name: str) -> str:
        """Return a text without the blanks around it."""
        return next(iter(self.values.get(name, ())), "").strip()

    def many(self, name: str) -> list[str]:
        """Return every value of a field that may be ticked more than once."""
        return [value for value in self.values.get(name, ()) if value.strip()]

    def texts(self, begin: str = "") -> dict[str, str]:
        """Return the texts whose names begin alike, under the rest of their names."""
        return {name.removeprefix(begin): self.text(name) for name in self.values if name.startswith(begin)}

    def needed(self, name: str, label: str) -> str:
        """Return a text that must be given; raise InvalidInput with the label of the form."""
        text = self.text(name)
        if not text:
            raise InvalidInput(f"请填写“{label}”", found="空", expected=label, remedy="补充后重新提交")
        return text

    def day(self, name: str, label: str) -> date | None:
        """Return a day, None when it was left out."""
        text = self.text(name)
        if not text:
            return None
        try:
            return date.fromisoformat(text.replace("/", "-"))
        except ValueError as error:
            raise InvalidInput(
                f"“{label}”不是日期", found=text, expected="如 2026-06-30", remedy="改正后重新提交"
            ) from error

    def needed_day(self, name: str, label: str) -> date:
        """Return a day that must be given."""
        self.needed(name, label)
        day = self.day(name, label)
        assert day is not None  # a text that is there is a day or was refused
        return day

    def number(self, name: str, label: str) -> int | None:
        """Return a whole number, None when it was left out."""
        text = self.text(name)
        if not text:
            return None
        if not text.isascii() or not text.isdigit() or len(text) > 9:
            raise InvalidInput(f"“{label}”不是整数", found=text, expected="整数", remedy="改正后重新提交")
        return int(text)

    def numbers(self, name: str) -> list[int]:
        """Return the whole numbers that were ticked; what is none was not made by the page and is left out."""
        return [int(text) for text in self.many(name) if text.isascii() and text.isdigit() and len(text) < 10]

    def flag(self, name: str) -> bool:
        """Tell whether a box was ticked."""
        return bool(self.text(name))

    def file(self, name: str, kinds: frozenset[Kind] = ALL) -> Path | None:
        """Return the file of a field, None when none was chosen; raise InvalidInput when it is of no kind taken."""
        path = next(iter(self.files.get(name, ())), None)
        if path is not None and kinds is not ALL:
            check_upload(path, kinds)
        return path

    def needed_file(self, name: str, label: str, kinds: frozenset[Kind] = ALL) -> Path:
        """Return a file that must be chosen; raise InvalidInput with the label of the form."""
        path = self.file(name, kinds)
        if path is None:
            raise InvalidInput(
                f"请选择“{label}”", found="没有文件", expected=label, remedy="选择文件后重新提交"
            )
        return path


async def read_form(request: Request) -> AsyncIterator[Form]:
    """Read a form within its limits into memory and a folder that lasts as long as the request.

    raises   NotAllowed when the form was not made for this session
    """
    folder: Path | None = None
    async with request.form(max_files=MAX_FILES, max_fields=MAX_FIELDS, max_part_size=MAX_TEXT) as sent:
        values: dict[str, list[str]] = {}
        uploads: dict[str, list[UploadFile]] = {}
        for name, value in sent.multi_items():
            if isinstance(value, UploadFile):
                if value.filename:
                    uploads.setdefault(name, []).append(value)
            else:
                # A NUL is typed by nobody and stored by no database.
                values.setdefault(name, []).append(value.replace("\x00", ""))
        await run_in_threadpool(_check_word, request, next(iter(values.pop(WORD, [])), ""))
        files: dict[str, list[Path]] = {}
        wrong: DuchaError | None = None
        try:
            if uploads:
                folder = Path(tempfile.mkdtemp(prefix="ducha-form-"))
                files, wrong = await run_in_threadpool(_keep, folder, uploads)
            yield Form(values, files, wrong)
        finally:
            if folder is not None:
                await run_in_threadpool(shutil.rmtree, folder, ignore_errors=True)


def _check_word(request: Request, word: str) -> None:
    visit = getattr(request.state, "visit", None) or visit_of(request)
    if visit is not None and not visit.is_own(word):
        raise NotAllowed(
            "表单已经失效",
            found="来自其他页面或已经退出的登录",
            expected="本次登录打开的页面",
            remedy="返回后刷新页面，重新提交",
        )


def _keep(
    folder: Path, uploads: Mapping[str, Sequence[UploadFile]]
) -> tuple[dict[str, list[Path]], DuchaError | None]:
    """Copy the uploads into numbered folders, so that each keeps its name and none meets another; check each."""
    kept: dict[str, list[Path]] = {}
    number = 0
    for name, sent in uploads.items():
        for one in sent:
            number += 1
            place = folder / str(number)
            place.mkdir()
            path = place / plain_name(one.filename or "")
            with path.open("wb") as target:
                shutil.copyfileobj(one.file, target)
            try:
                check_upload(path)
            except InvalidInput as error:
                return {}, error
            kept.setdefault(name, []).append(path)
    return kept, None


def plain_name(name: str) -> str:
    """Return a file name without folders, control characters and leading dots, that every disk can hold.

    A name that Windows keeps for a device ("CON") gets a stroke in front: whoever downloads the file must be able to.
    """
    bare = PurePosixPath(name.replace("\\", "/")).name
    kept = "".join(one for one in bare if one.isprintable() and one not in '<>:"|?*').strip(". ")
    if kept.partition(".")[0].strip().upper() in _DEVICES:
        kept = f"_{kept}"
    stem, dot, ending = kept.rpartition(".")
    if dot and 0 < len(ending) <= 8:
        return f"{_cut(stem)}.{ending}"
    return _cut(kept) or "附件"


_DEVICES = frozenset(
    {"CON", "PRN", "AUX", "NUL", *(f"{port}{number}" for port in ("COM", "LPT") for number in range(1, 10))}
)


def _cut(text: str) -> str:
    """Return the beginning of a text that fits into a name, cut between characters."""
    return text.encode("utf-8", "replace")[:MAX_NAME_BYTES].decode("utf-8", "ignore")


HasForm = Annotated[Form, Depends(read_form)]
