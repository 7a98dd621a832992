"""Handing in a checklist that was filled in on the pages, by the rules of the workbook, and writing it as one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from casework.desk import Desk
from casework.inspection.checkdrafts import HEADERS, Kept, Place, drafts_of, require_filling
from casework.inspection.checkfiles import Attachment, attachments_of, renumber
from casework.inspection.checklists import make_checklist, meta_of, take_rows
from casework.inspection.visitfile import VisitFile
from casework.staff.people import split
from core.codes import CHECK_RESULT_LABELS, CheckResult
from core.errors import BadCell, InvalidInput, Refused
from delivery.sheets.cells import Row, column_letters, to_date
from delivery.sheets.checklist import HEADERS as COLUMNS
from delivery.sheets.checklist import Filled
from delivery.sheets.checklist_return import ChecklistRow, check_rows

WHERE = "网页填报"
FAILED = CHECK_RESULT_LABELS[CheckResult.FAILED]
COLUMN_PLACES = {header: place for place, header in enumerate(COLUMNS)}
FIELDS_BY_LETTER = {column_letters(COLUMN_PLACES[header]): field for field, header in HEADERS.items()}


@dataclass(frozen=True, slots=True)
class Mistake:
    """What of a checklist cannot be handed in: where, what stands there, and what may."""

    place: Place
    header: str
    found: str
    allowed: str


@dataclass(frozen=True, slots=True)
class Filling:
    """The rows of a checklist as they would be handed in, with the place on the page each came from."""

    rows: tuple[Row, ...]
    origins: tuple[tuple[str, int], ...]
    checked: tuple[ChecklistRow, ...]
    mistakes: tuple[Mistake, ...]

    @property
    def without_result(self) -> list[str]:
        """The items of which nobody said a result."""
        return [row.text("编号") for row in self.rows if not row.text("结果")]

    @property
    def answers(self) -> list[Filled]:
        """The answers for a workbook, dates as dates."""
        return [_answers(row) for row in self.rows]


def fill_rows(desk: Desk, file: VisitFile, drafts: Mapping[Place, Kept], files: list[Attachment]) -> Filling:
    """Read what was typed as rows of a checklist and collect every mistake."""
    rows: list[Row] = []
    origins: list[tuple[str, int]] = []
    for item in split(file.visit.items):
        for position in _positions(item, drafts, files):
            values = _values(item, position, drafts, files)
            rows.append(Row(len(rows) + 2, COLUMN_PLACES, values))
            origins.append((item, position))
    meta = meta_of(desk, file.campaign, file.visit, file.unit)
    try:
        checked = check_rows(rows, meta, today=desk.today)
    except InvalidInput as error:
        mistakes = tuple(_mistake(cell, origins) for cell in error.cells)
        return Filling(tuple(rows), tuple(origins), (), mistakes)
    return Filling(tuple(rows), tuple(origins), checked, ())


def submit_checklist(desk: Desk, file: VisitFile, *, leave_open: bool = False) -> int:
    """Hand the checklist of a visit in, once, as the import of its workbook does; return how many working papers.

    leave_open   items without a result are meant to be left, and count as 未检查
    raises       InvalidInput with every bad field, Refused for items without a result; nothing is stored then
    """
    require_filling(desk, file)
    files = attachments_of(desk, file.key)
    filling = fill_rows(desk, file, drafts_of(desk, file.key), files)
    if filling.mistakes:
        raise InvalidInput(
            f"检查表有{len(filling.mistakes)}处须补充或改正",
            found="；".join(f"{one.place.item} {one.header}" for one in filling.mistakes[:8]),
            expected="各项填写完整",
            remedy="按下列各处补充后重新提交；已填写的内容都在",
        )
    left = filling.without_result
    if left and not leave_open:
        raise Refused(
            f"还有{len(left)}个事项没有填写结果",
            found="、".join(left[:12]),
            expected="逐项填写，或确认按“未检查”提交",
            remedy="补充填写；确不检查的，勾选“其余按未检查提交”",
        )
    papers = take_rows(desk, file.visit, filling.checked, WHERE)
    renumber(desk, files, filling.origins)
    return papers


def write_workbook(desk: Desk, file: VisitFile) -> bytes:
    """Return the workbook of a visit with what was typed on the pages so far."""
    files = attachments_of(desk, file.key)
    filling = fill_rows(desk, file, drafts_of(desk, file.key), files)
    touched = [answer for answer in filling.answers if len(answer) > 1]
    return make_checklist(desk, file.campaign, file.visit, file.unit, touched)


def _positions(item: str, drafts: Mapping[Place, Kept], files: list[Attachment]) -> list[int]:
    """Return which problems of an item were written down; the first row of an item is always there."""
    filled = {place.position for place, kept in drafts.items() if place.item == item and kept.value}
    filled |= {one.position for one in files if one.item == item}
    return sorted(filled | {1})


def _values(
    item: str, position: int, drafts: Mapping[Place, Kept], files: list[Attachment]
) -> dict[str, str]:
    values = {"编号": item}
    for field, header in HEADERS.items():
        kept = drafts.get(Place(item, position, field))
        if kept is not None and kept.value:
            values[header] = kept.value
    if position > 1:
        values["结果"] = FAILED  # a further problem of an item has no other
    names = [one.name for one in files if (one.item, one.position) == (item, position)]
    named = [values["佐证材料"]] if "佐证材料" in values else []
    if named or names:
        values["佐证材料"] = "、".join(dict.fromkeys([*named, *names]))
    return values


def _answers(row: Row) -> Filled:
    answers: dict[str, str | date] = {}
    for header, value in row.values.items():
        day = to_date(value) if header == "检查日期" else None
        answers[header] = day or str(value)
    return answers


def _mistake(cell: BadCell, origins: list[tuple[str, int]]) -> Mistake:
    letters = cell.cell.rstrip("0123456789")
    number = cell.cell[len(letters) :]
    item, position = origins[int(number) - 2] if number else ("", 1)
    field = FIELDS_BY_LETTER.get(letters, "result")
    return Mistake(Place(item, position, field), HEADERS[field], cell.found, cell.allowed)
