"""Values of cells: their text, their dates, their names, and the mistakes found in them."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from core.errors import BadCell, InvalidInput

Value = str | int | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta

MAX_TEXT = 5_000
EXAMPLE_DATE = "日期，如 2026-03-05"

Code = TypeVar("Code")

_INVISIBLE = re.compile(r"[\u200b-\u200f\u2060\ufeff\x00-\x08\x0b\x0c\x0e-\x1f]")
_DATE = re.compile(r"(\d{4})(?:-|/|\.|年)(\d{1,2})(?:-|/|\.|月)(\d{1,2})日?(?: 00:00:00)?")
_FORMULA_LEADS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: `number` counts from 1 (the header), `columns` maps headers to columns from 0."""

    number: int
    columns: Mapping[str, int]
    values: Mapping[str, Value]

    def text(self, header: str) -> str:
        """Return the normalised text under a header; an absent column or empty cell is ''."""
        return to_text(self.values.get(header, ""))

    def raw(self, header: str) -> Value:
        """Return the value as the file stores it; numbers and dates keep their type."""
        return self.values.get(header, "")

    def cell(self, header: str) -> str:
        """Return the name of the cell under a header, such as 'C7'."""
        return f"{column_letters(self.columns[header])}{self.number}"


@dataclass(slots=True)
class Mistakes:
    """Bad cells collected over a whole file, so that a person gets all of them at once."""

    what: str
    sheet: str
    cells: list[BadCell] = field(default_factory=list)

    def add(self, row: Row, header: str, allowed: str, found: str | None = None) -> None:
        """Note that the cell under `header` is wrong and what it may hold."""
        shown = row.text(header) if found is None else found
        self.cells.append(BadCell(self.sheet, row.cell(header), _shorten(shown) or "空白", allowed))

    def add_at(self, cell: str, found: str, allowed: str) -> None:
        """Note a wrong cell by its name."""
        self.cells.append(BadCell(self.sheet, cell, _shorten(found) or "空白", allowed))

    def require(self, row: Row, header: str, allowed: str) -> str:
        """Return the text of a cell that must not be empty nor longer than a cell should be."""
        text = self.limit(row, header)
        if not text:
            self.add(row, header, f"{allowed}（必填）")
        return text

    def limit(self, row: Row, header: str) -> str:
        """Return the text of a cell, which must not be longer than MAX_TEXT characters."""
        text = row.text(header)
        if len(text) > MAX_TEXT:
            self.add(row, header, f"不超过{MAX_TEXT}字，较长内容请作为附件")
        return text

    def refuse(self, row: Row, header: str, why: str) -> None:
        """Note a cell that is filled although it must stay empty, and why."""
        if row.text(header):
            self.add(row, header, f"空白（{why}）")

    def choose(self, row: Row, header: str, labels: Mapping[str, Code]) -> Code | None:
        """Return the code of the word in a cell; None when the cell is empty or the word unknown."""
        word = row.text(header)
        if word and word not in labels:
            self.add(row, header, f"{'、'.join(labels)}之一{nearest(word, labels)}")
        return labels.get(word)

    def read_date(self, row: Row, header: str, *, needed: bool = False) -> dt.date | None:
        """Return the date in a cell; None when it is empty or no date."""
        date = to_date(row.raw(header))
        if date is None and (needed or row.text(header)):
            self.add(row, header, EXAMPLE_DATE + ("（必填）" if needed else ""))
        return date

    def raise_any(self) -> None:
        """Raise one InvalidInput with every bad cell; do nothing when there is none."""
        if self.cells:
            raise InvalidInput(f"{self.what}有{len(self.cells)}处填写错误", cells=self.cells)


def to_text(value: Value) -> str:
    """Return a cell value as trimmed text: 12.0 is '12', dates are ISO, full-width characters stay."""
    if isinstance(value, str):
        return _INVISIBLE.sub("", value).replace("\r\n", "\n").replace("\r", "\n").strip()
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime):
        midnight = value.time() == dt.time()
        return value.date().isoformat() if midnight else value.isoformat(sep=" ", timespec="seconds")
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)


def to_date(value: Value) -> dt.date | None:
    """Return the date of a date cell or of text (2026-3-5, 2026/3/5, 2026年3月5日), else None."""
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    match = _DATE.fullmatch(to_text(value))
    if match is None:
        return None
    try:
        return dt.date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


def split_values(text: str) -> tuple[str, ...]:
    """Split several values joined by 、 (also ， , ； ; or a line break), leaving out blanks."""
    return tuple(part.strip() for part in re.split(r"[、，,；;\n]", text) if part.strip())


def split_files(text: str) -> tuple[str, ...]:
    """Split file names joined by 、 ； or a line break; a comma may be part of a name."""
    return tuple(part.strip() for part in re.split(r"[、；;\n]", text) if part.strip())


def nearest(text: str, allowed: Collection[str]) -> str:
    """Return the allowed word most like `text` as a hint such as '（是否为“联络员”？）', or ''."""
    close = difflib.get_close_matches(text, list(allowed), n=1, cutoff=0.5)
    return f"（是否为“{close[0]}”？）" if close else ""


def column_letters(index: int) -> str:
    """Return the letters of a column counted from 0: 0 is 'A', 26 is 'AA'."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def guard_formula(text: str) -> str:
    """Put an apostrophe before text that a spreadsheet would take for a formula when it opens a csv file."""
    return f"'{text}" if text.startswith(_FORMULA_LEADS) else text


def strip_guard(text: str) -> str:
    """Take away the apostrophe that `guard_formula` put before a formula lead."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA_LEADS) else text


def _shorten(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
