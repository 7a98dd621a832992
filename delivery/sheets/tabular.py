"""A plain table that leaves the house as .xlsx or .csv: text stays text, whatever somebody typed into it."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from delivery.sheets.cells import guard_formula, to_text
from delivery.sheets.workbook import BASE, CENTRE, DATE, Book, Column, fit_height, write_value

Cell = str | int | float | dt.date | None
MOST_NAME = 28  # letters of the name of a sheet
BAD_IN_NAMES = "[]:*?/\\'"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table; every row has a cell a column."""

    name: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]


def write_sheets(title: str, sheets: Sequence[Sheet], made_on: dt.date) -> bytes:
    """Return tables as one .xlsx file, a sheet each; nothing in it is a formula."""
    book = Book(title, made_on)
    taken: set[str] = set()
    for number, one in enumerate(sheets, 1):
        name = _name(one.name, number, taken)
        sheet = book.add_table(name, one.columns)
        for place, row in enumerate(one.rows, 1):
            for column, value in enumerate(row):
                kind = (
                    DATE if isinstance(value, dt.date) else CENTRE if isinstance(value, int | float) else {}
                )
                look = book.look(BASE, kind)
                if isinstance(value, float):
                    sheet.write_number(place, column, value, look)
                else:
                    write_value(sheet, place, column, "" if value is None else value, look)
            texts = [
                (to_text(value), one.columns[at].width)
                for at, value in enumerate(row)
                if isinstance(value, str)
            ]
            sheet.set_row(place, fit_height(texts))
    return book.finish()


def _name(text: str, number: int, taken: set[str]) -> str:
    plain = "".join(letter for letter in text if letter not in BAD_IN_NAMES)[:MOST_NAME] or f"表{number}"
    name = plain if plain.lower() not in taken else f"{plain[: MOST_NAME - 3]}{number}"
    taken.add(name.lower())
    return name


def write_csv(columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return a table as UTF-8 csv with BOM; text that looks like a formula gets a leading apostrophe."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(column.header for column in columns)
    for row in rows:
        writer.writerow(
            guard_formula(value) if isinstance(value, str) else "" if value is None else to_text(value)
            for value in row
        )
    return b"\xef\xbb\xbf" + out.getvalue().encode()
