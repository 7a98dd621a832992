"""What every workbook that leaves the house has in common: looks, print set-up, hidden sheets, safe text."""

from __future__ import annotations

import datetime as dt
import io
import math
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import xlsxwriter.utility
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from delivery.sheets.reading import META_SHEET

LISTS_SHEET = "_lists"
A3, A4 = 8, 9
GUIDE_WIDTH = 62

SONG, HEI = "宋体", "黑体"
INK, GRID = "#222222", "#9AA5B1"
HEAD_FILL, KNOWN_FILL, ANSWER_FILL, SPARE_FILL = "#D9E2EC", "#F3F5F7", "#FFFFFF", "#FBF8EF"
MISSING_FILL, NOTICE_FILL = "#FAD4D4", "#FFE9B8"

Look = Mapping[str, object]
BASE: Look = {
    "font_name": SONG, "font_size": 11, "font_color": INK, "text_wrap": True,
    "valign": "vcenter", "border": 1, "border_color": GRID,
}  # fmt: skip
HEADER: Look = {**BASE, "font_name": HEI, "align": "center", "bg_color": HEAD_FILL}
KNOWN: Look = {**BASE, "bg_color": KNOWN_FILL}
ANSWER: Look = {**BASE, "bg_color": ANSWER_FILL, "locked": False, "num_format": "@"}
CENTRE: Look = {"align": "center"}
DATE: Look = {"align": "center", "num_format": "yyyy-mm-dd"}
PROTECTION = {
    "format_columns": True, "format_rows": True, "sort": True, "autofilter": True,
    "select_locked_cells": True, "select_unlocked_cells": True,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a printed table: its header and its width in characters of the standard font."""

    header: str
    width: float


class Book:
    """A workbook in the making; equal calls give equal bytes."""

    def __init__(self, title: str, made_on: dt.date) -> None:
        self._buffer = io.BytesIO()
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self._file = xlsxwriter.Workbook(self._buffer, {**options, "strings_to_numbers": False})
        # xlsxwriter would otherwise stamp the moment of writing, and two equal workbooks would differ.
        created = dt.datetime(made_on.year, made_on.month, made_on.day, tzinfo=dt.UTC)
        self._file.set_properties({"title": title, "created": created})
        self._formats: dict[tuple[tuple[str, object], ...], Format] = {}

    def look(self, base: Look, *more: Look) -> Format:
        """Return the cell format that has these properties, later ones winning."""
        merged: dict[str, object] = dict(base)
        for part in more:
            merged.update(part)
        key = tuple(sorted(merged.items()))
        if key not in self._formats:
            self._formats[key] = self._file.add_format(merged)
        return self._formats[key]

    def add_table(self, name: str, columns: Sequence[Column], *, paper: int = A4) -> Worksheet:
        """Add a sheet whose first row is the frozen, repeated header of a landscape table."""
        sheet = self._file.add_worksheet(name)
        for index, column in enumerate(columns):
            sheet.set_column(index, index, column.width)
            sheet.write_string(0, index, column.header, self.look(HEADER))
        sheet.set_row(0, 34)
        sheet.set_landscape()
        sheet.set_paper(paper)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.set_margins(left=0.4, right=0.4, top=0.75, bottom=0.75)
        sheet.hide_gridlines(2)
        return sheet

    def add_guide(self, title: str, paragraphs: Iterable[str]) -> None:
        """Add the sheet 说明 that says in plain words how the form is filled in."""
        sheet = self._file.add_worksheet("说明")
        plain: Look = {"font_name": SONG, "font_size": 12, "text_wrap": True, "valign": "top"}
        sheet.set_column(0, 0, GUIDE_WIDTH)
        sheet.hide_gridlines(2)
        sheet.set_row(0, 36)
        head: Look = {"font_name": HEI, "font_size": 16, "align": "center", "valign": "vcenter"}
        sheet.write_string(0, 0, title, self.look(plain, head))
        for row, paragraph in enumerate(paragraphs, start=1):
            sheet.write_string(row, 0, paragraph, self.look(plain))
            sheet.set_row(row, fit_height([(paragraph, GUIDE_WIDTH)], font_size=12, least=18))
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.8, right=0.8, top=0.8, bottom=0.8)
        sheet.protect("", PROTECTION)

    def add_lists(self, lists: Mapping[str, Sequence[str]]) -> None:
        """Add the choices of drop-downs on a very-hidden sheet, each under its defined name."""
        sheet = self._file.add_worksheet(LISTS_SHEET)
        for index, (name, values) in enumerate(lists.items()):
            for row, value in enumerate(values):
                sheet.write_string(row, index, value)
            letter = xlsxwriter.utility.xl_col_to_name(index)
            last = max(len(values), 1)
            self._file.define_name(name, f"={LISTS_SHEET}!${letter}$1:${letter}${last}")
        sheet.very_hidden()
        sheet.protect()

    def add_meta(self, pairs: Mapping[str, str]) -> None:
        """Add the very-hidden sheet that says which form this is and under which rules it was made."""
        sheet = self._file.add_worksheet(META_SHEET)
        for row, (key, value) in enumerate(pairs.items()):
            sheet.write_string(row, 0, key)
            sheet.write_string(row, 1, value)
        sheet.very_hidden()
        sheet.protect()

    def finish(self) -> bytes:
        """Close the workbook and return the .xlsx file."""
        self._file.close()
        return _free_heights(self._buffer)


def fit_height(cells: Iterable[tuple[str, float]], *, font_size: float = 11, least: float = 20) -> float:
    """Return the row height in points in which every wrapped (text, column width) pair can be read."""
    lines = max((_count_lines(text, width, font_size) for text, width in cells), default=1)
    return min(max(lines * font_size * 1.36 + 6, least), 409)


def _count_lines(text: str, width: float, font_size: float) -> int:
    room = width * 7 - 4  # pixels: a standard column character is 7 wide
    wide = font_size * 4 / 3
    lines = 0
    for part in text.split("\n"):
        used = sum(wide if ord(letter) > 0x2000 else wide * 0.55 for letter in part)
        # A line that ends before punctuation is shorter than the column: allow for it.
        lines += max(1, math.ceil(used / (room - wide / 2)))
    return lines


def _free_heights(written: io.BytesIO) -> bytes:
    """Leave row heights as a first guess: a row marked custom would not grow when somebody types more."""
    copy = io.BytesIO()
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            part = source.read(entry)
            if entry.filename.startswith("xl/worksheets/"):
                part = part.replace(b' customHeight="1"', b"")
            target.writestr(entry, part)
    return copy.getvalue()


def write_value(sheet: Worksheet, row: int, column: int, value: str | int | dt.date, look: Format) -> None:
    """Write text as text (never as a formula, number or link), a date as a date, a count as a number."""
    if isinstance(value, dt.date):
        sheet.write_datetime(row, column, value, look)
    elif isinstance(value, int):
        sheet.write_number(row, column, value, look)
    elif value:
        sheet.write_string(row, column, value[:32_767], look)
    else:
        sheet.write_blank(row, column, None, look)


def print_text(text: str, limit: int = 60) -> str:
    """Return text for a printed header or footer, where & starts a code and a digit would extend a size."""
    return " " + text.replace("\n", " ")[:limit].replace("&", "&&")
