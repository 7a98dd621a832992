"""整改台账: the register of problems with its 25 columns, out as a workbook or csv, and in again."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, fields

from xlsxwriter.worksheet import Worksheet

from core.codes import Light
from core.ladders.palette import DEFAULT, Palette
from delivery.sheets.cells import Mistakes, Row, guard_formula, to_date, to_text
from delivery.sheets.reading import Source, read_table
from delivery.sheets.workbook import (
    A3,
    BASE,
    CENTRE,
    DATE,
    Book,
    Column,
    Look,
    fit_height,
    print_text,
    write_value,
)

WHAT = "整改台账"
RECTIFY_KINDS = ("立行立改", "限期", "长期")

# source: the recommended columns of a 法治督察 ledger, in this order
COLUMNS = (
    Column("序号", 4.5), Column("问题编号", 11), Column("督察批次", 10), Column("被督察单位", 10),
    Column("问题类别", 10), Column("问题描述", 25), Column("法规依据", 15), Column("整改目标", 11),
    Column("整改措施", 19), Column("整改类型", 7), Column("牵头领导", 7), Column("责任单位", 8),
    Column("协同单位", 7), Column("责任人", 7), Column("整改时限", 10.5), Column("当前进展", 16),
    Column("完成情况", 14), Column("佐证材料", 10), Column("验收单位/人", 8), Column("验收意见", 10),
    Column("销号状态/日期", 10.5), Column("延期次数", 5), Column("灯色", 4.5), Column("关联文书", 11),
    Column("备注", 8),
)  # fmt: skip
HEADERS = tuple(column.header for column in COLUMNS)
CENTRED = (
    "序号", "问题编号", "整改类型", "牵头领导", "责任人", "验收单位/人", "销号状态/日期", "延期次数", "灯色",
)  # fmt: skip
_NEEDED = ("问题编号", "被督察单位", "问题描述")
_LIGHT_LOOKS: dict[Light, Look] = {
    Light.NONE: {},
    Light.BLUE: {"bg_color": "#CFE3F7", "font_color": "#0B4F8A", "bold": True},
    Light.YELLOW: {"bg_color": "#FFF0B3", "font_color": "#7A5200", "bold": True},
    Light.ORANGE: {"bg_color": "#FBD5AE", "font_color": "#8A3B00", "bold": True},
    Light.RED: {"bg_color": "#F8C9C4", "font_color": "#9B1C13", "bold": True},
    Light.BLACK: {"bg_color": "#2B2B2B", "font_color": "#FFFFFF", "bold": True},
}
_CLOSURE = re.compile(r"(?P<word>[^\d/／（(]*?)[\s/／（(]*(?P<day>\d{4}.*?)?[)）]?")


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One problem of the register; the fields follow the columns, an empty cell is ''.

    serial: 序号, 0 lets the writer count; closure: words such as 未销号, 已销号; closed_on: its date
    rectify_kind: 立行立改, 限期, 长期 or ''
    """

    serial: int
    case: str
    campaign: str
    unit: str
    category: str
    problem: str
    basis: str
    goal: str
    measure: str
    rectify_kind: str
    lead: str
    responsible_unit: str
    joint_units: str
    responsible: str
    due_on: dt.date | None
    progress: str
    completion: str
    evidence: str
    verifier: str
    verdict: str
    closure: str
    closed_on: dt.date | None
    extensions: int
    light: Light
    documents: str
    note: str


def write_ledger(
    rows: Sequence[LedgerRow],
    *,
    title: str,
    made_on: dt.date,
    office_name: str = "",
    palette: Palette = DEFAULT,
) -> bytes:
    """Return the register as an .xlsx file for A3 landscape, with a line for signatures in the page foot.

    title: printed above the table on every page, for example 示例县法治督察整改台账
    made_on: civil day of the register; equal arguments give equal bytes
    palette: the words that stand in 灯色
    """
    book = Book(title, made_on)
    sheet = book.add_table(WHAT, COLUMNS, paper=A3)
    sheet.freeze_panes(1, 2)
    for number, row in enumerate(rows, start=1):
        _write_row(book, sheet, number, _cells(row, number, palette), _LIGHT_LOOKS[row.light])
    sheet.autofilter(0, 0, max(len(rows), 1), len(COLUMNS) - 1)
    sheet.set_header(
        f'&L&10{print_text(office_name, 40)}&C&"黑体"&16{print_text(title, 60)}'
        f"&R&10截至 {made_on.isoformat()}"
    )
    sheet.set_footer(
        "&L&10填表人：　　　　　　　　　　审核人：&C&10督察单位负责人签名：　　　　　　　　　　年　　月　　日"
        "&R&10第&P页 共&N页"
    )
    return book.finish()


def write_ledger_csv(rows: Sequence[LedgerRow], palette: Palette = DEFAULT) -> bytes:
    """Return the register as UTF-8 csv with BOM; text that looks like a formula gets a leading apostrophe."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(HEADERS)
    for number, row in enumerate(rows, start=1):
        writer.writerow(guard_formula(to_text(value)) for value in _cells(row, number, palette))
    return buffer.getvalue().encode("utf-8-sig")


def read_ledger(source: Source, *, name: str = "", palette: Palette = DEFAULT) -> tuple[LedgerRow, ...]:
    """Read a register (.xlsx or .csv) with the 25 columns, in the order of its rows.

    palette: the words that may stand in 灯色
    raises: InvalidInput with every bad cell
    """
    table = read_table(source, what=WHAT, required=HEADERS, name=name)
    mistakes = Mistakes(WHAT, table.sheet)
    seen: dict[str, str] = {}
    rows: list[LedgerRow] = []
    for row in table.rows:
        case = row.text("问题编号")
        if case and case in seen:
            mistakes.add(row, "问题编号", f"不重复的问题编号，{seen[case]}已使用该编号")
        seen.setdefault(case, row.cell("问题编号"))
        rows.append(_read_row(mistakes, row, palette))
    if not rows:
        mistakes.add_at("第2行", "", "至少一行内容")
    mistakes.raise_any()
    return tuple(rows)


def _cells(row: LedgerRow, number: int, palette: Palette) -> list[str | int | dt.date]:
    """Return the 25 cells of a row: closure word and date share one."""
    values: dict[str, str | int | dt.date | None] = {
        field.name: getattr(row, field.name) for field in fields(row)
    }
    closed_on = values.pop("closed_on")
    values["serial"] = row.serial or number
    values["closure"] = f"{row.closure}\n{closed_on}" if closed_on else row.closure
    values["light"] = palette.label(row.light)
    return ["" if value is None else value for value in values.values()]


def _write_row(
    book: Book, sheet: Worksheet, number: int, cells: list[str | int | dt.date], light: Look
) -> None:
    for place, (column, value) in enumerate(zip(COLUMNS, cells, strict=True)):
        shape = DATE if column.header == "整改时限" else CENTRE if column.header in CENTRED else {}
        colour = light if column.header == "灯色" else {}
        write_value(sheet, number, place, value, book.look({**BASE, "font_size": 10}, shape, colour))
    texts = [(str(value), column.width) for column, value in zip(COLUMNS, cells, strict=True)]
    sheet.set_row(number, fit_height(texts, font_size=10, least=28))


def _read_row(mistakes: Mistakes, row: Row, palette: Palette) -> LedgerRow:
    text = {header: mistakes.limit(row, header) for header in HEADERS}
    for header in _NEEDED:
        mistakes.require(row, header, header)
    if text["整改类型"] and text["整改类型"] not in RECTIFY_KINDS:
        mistakes.add(row, "整改类型", "、".join(RECTIFY_KINDS) + "之一，或空白")
    closure, closed_on = _read_closure(mistakes, row)
    return LedgerRow(
        serial=_read_count(mistakes, row, "序号"),
        case=text["问题编号"],
        campaign=text["督察批次"],
        unit=text["被督察单位"],
        category=text["问题类别"],
        problem=text["问题描述"],
        basis=text["法规依据"],
        goal=text["整改目标"],
        measure=text["整改措施"],
        rectify_kind=text["整改类型"],
        lead=text["牵头领导"],
        responsible_unit=text["责任单位"],
        joint_units=text["协同单位"],
        responsible=text["责任人"],
        due_on=mistakes.read_date(row, "整改时限", needed=closed_on is None),
        progress=text["当前进展"],
        completion=text["完成情况"],
        evidence=text["佐证材料"],
        verifier=text["验收单位/人"],
        verdict=text["验收意见"],
        closure=closure,
        closed_on=closed_on,
        extensions=_read_count(mistakes, row, "延期次数"),
        light=mistakes.choose(row, "灯色", palette.named()) or Light.NONE,
        documents=text["关联文书"],
        note=text["备注"],
    )


def _read_count(mistakes: Mistakes, row: Row, header: str) -> int:
    text = row.text(header)
    if text and not re.fullmatch(r"\d{1,6}", text):
        mistakes.add(row, header, "不小于0的整数")
        return 0
    return int(text or 0)


def _read_closure(mistakes: Mistakes, row: Row) -> tuple[str, dt.date | None]:
    """Split '已销号 2026-05-01' into its word and its date; 已销号 without a date is a mistake."""
    header = "销号状态/日期"
    text = to_text(row.raw(header))
    match = _CLOSURE.fullmatch(text)
    word = match["word"].strip() if match else text
    day = match["day"] if match else None
    closed_on = to_date(day) if day else None
    if (day and closed_on is None) or match is None or (word == "已销号" and closed_on is None):
        mistakes.add(row, header, "未销号，或已销号和日期，如“已销号 2026-05-01”")
    return ("已销号" if closed_on and not word else word), closed_on
