"""行政争议台账: the register of matters of litigation, out as a workbook and in again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from core.life.matterlife import (
    INSTANCE_LABELS,
    MATTER_KIND_LABELS,
    PLAINTIFF_LABELS,
    RESULT_LABELS,
    Instance,
    MatterKind,
    Plaintiff,
    Result,
)
from delivery.sheets.cells import Mistakes, Row, nearest, split_values
from delivery.sheets.reading import Source, read_table
from delivery.sheets.workbook import A3, BASE, CENTRE, DATE, Book, Column, fit_height, print_text, write_value

WHAT = "行政争议台账"
CodeT = TypeVar("CodeT")
COLUMNS = (
    Column("案号", 20), Column("案件类型", 9), Column("法院或复议机关", 15), Column("审级", 5),
    Column("被告单位编码", 9), Column("共同被告单位编码", 10), Column("案由", 11), Column("原告类别", 6),
    Column("收到日期", 11), Column("答辩期限起算日", 11), Column("开庭日", 11), Column("裁判作出日", 11),
    Column("判决送达日", 11), Column("结果", 7), Column("履行期满日", 11), Column("出庭负责人", 9),
    Column("承办人", 8), Column("代理人", 9), Column("事项编号", 6), Column("办结日", 11), Column("备注", 16),
)  # fmt: skip
HEADERS = tuple(column.header for column in COLUMNS)
NEEDED = ("案号", "案件类型", "法院或复议机关", "被告单位编码", "案由", "收到日期")
DAYS = {
    "收到日期": "received_on", "答辩期限起算日": "start_on", "开庭日": "hearing_on", "裁判作出日": "decided_on",
    "判决送达日": "served_on", "履行期满日": "performance_on", "办结日": "closed_on",
}  # fmt: skip
WORDS = {
    "案号": "number", "法院或复议机关": "forum", "被告单位编码": "unit", "案由": "cause", "出庭负责人": "attendee",
    "承办人": "handler", "代理人": "agent", "事项编号": "item", "备注": "note",
}  # fmt: skip
MAX_NUMBER = 64


@dataclass(frozen=True, slots=True)
class MatterRow:
    """One matter of the register; an empty cell is None or ''. `cells` names the cell of each header."""

    number: str
    kind: MatterKind
    forum: str
    unit: str
    cause: str
    received_on: dt.date
    instance: Instance | None = None
    parties: tuple[str, ...] = ()
    plaintiff: Plaintiff | None = None
    start_on: dt.date | None = None
    hearing_on: dt.date | None = None
    decided_on: dt.date | None = None
    served_on: dt.date | None = None
    result: Result | None = None
    performance_on: dt.date | None = None
    attendee: str = ""
    handler: str = ""
    agent: str = ""
    item: str = ""
    closed_on: dt.date | None = None
    note: str = ""
    sheet: str = field(default="", compare=False)
    cells: Mapping[str, str] = field(default_factory=dict, compare=False)


def read_matters(
    source: Source, *, known_units: Collection[str], known_items: Collection[str], name: str = ""
) -> tuple[MatterRow, ...]:
    """Read the register, in the order of its rows.

    known_units   the codes that 被告单位编码 and 共同被告单位编码 may name
    known_items   the items that 事项编号 may name
    raises        InvalidInput with every bad cell
    """
    table = read_table(
        source, what=WHAT, required=NEEDED, optional=tuple(h for h in HEADERS if h not in NEEDED), name=name
    )
    reader = _Reader(Mistakes(WHAT, table.sheet), known_units, known_items)
    rows = [reader.read(row) for row in table.rows]
    if not rows:
        reader.mistakes.add_at("第2行", "", "至少一行内容")
    reader.mistakes.raise_any()
    return tuple(row for row in rows if row is not None)


@dataclass(slots=True)
class _Reader:
    """Reads rows and collects what is wrong with them."""

    mistakes: Mistakes
    units: Collection[str]
    items: Collection[str]
    seen: dict[str, str] = field(default_factory=dict)

    def read(self, row: Row) -> MatterRow | None:
        """Return a row, None when a cell it cannot do without is wrong."""
        before = len(self.mistakes.cells)
        kind = self.mistakes.choose(row, "案件类型", _codes(MATTER_KIND_LABELS))
        if not row.text("案件类型"):
            self.mistakes.require(row, "案件类型", "、".join(MATTER_KIND_LABELS.values()))
        instance = self._choice(row, "审级", _codes(INSTANCE_LABELS))
        plaintiff = self._choice(row, "原告类别", _codes(PLAINTIFF_LABELS))
        result = self._choice(row, "结果", _codes(RESULT_LABELS))
        days = {
            key: self.mistakes.read_date(row, header, needed=header == "收到日期")
            for header, key in DAYS.items()
            if header in row.columns
        }
        words = {key: self._text(row, header) for header, key in WORDS.items() if header in row.columns}
        parties = self._parties(row)
        self._check_number(row)
        self._check_codes(row)
        self._check_together(row, kind, instance, result, days)
        if len(self.mistakes.cells) > before:
            return None
        cells = {header: row.cell(header) for header in row.columns if header in HEADERS}
        # The cells were read under the names of the fields.
        given: dict[str, Any] = {**words, **days, "kind": kind, "instance": instance, "plaintiff": plaintiff}
        return MatterRow(result=result, parties=parties, sheet=self.mistakes.sheet, cells=cells, **given)

    def _choice(self, row: Row, header: str, codes: Mapping[str, CodeT]) -> CodeT | None:
        return self.mistakes.choose(row, header, codes) if header in row.columns else None

    def _text(self, row: Row, header: str) -> str:
        if header in NEEDED:
            return self.mistakes.require(row, header, header)
        return self.mistakes.limit(row, header)

    def _parties(self, row: Row) -> tuple[str, ...]:
        if "共同被告单位编码" not in row.columns:
            return ()
        codes = tuple(dict.fromkeys(split_values(row.text("共同被告单位编码"))))
        for code in codes:
            if code not in self.units:
                self.mistakes.add(
                    row, "共同被告单位编码", f"已登记的单位编码{nearest(code, self.units)}", found=code
                )
        return codes

    def _check_number(self, row: Row) -> None:
        number = row.text("案号")
        if len(number) > MAX_NUMBER:
            self.mistakes.add(row, "案号", f"不超过{MAX_NUMBER}字的案号")
        elif number and number in self.seen:
            self.mistakes.add(row, "案号", f"不重复的案号，{self.seen[number]}已写明该案号")
        else:
            self.seen[number] = row.cell("案号")

    def _check_codes(self, row: Row) -> None:
        unit = row.text("被告单位编码")
        if unit and unit not in self.units:
            self.mistakes.add(row, "被告单位编码", f"已登记的单位编码{nearest(unit, self.units)}")
        item = row.text("事项编号")
        if item and item not in self.items:
            self.mistakes.add(row, "事项编号", f"事项目录中的编号{nearest(item, self.items)}")

    def _check_together(
        self,
        row: Row,
        kind: object,
        instance: object,
        result: object,
        days: Mapping[str, dt.date | None],
    ) -> None:
        """Refuse cells that do not go together."""
        if kind is MatterKind.LITIGATION and instance is None:
            self._blame(row, "审级", "一审、二审、再审之一（行政诉讼必填）")
        if kind not in (None, MatterKind.LITIGATION) and instance is not None:
            self._blame(row, "审级", "空白（只有行政诉讼写审级）")
        if result is not None and not (days.get("decided_on") or days.get("served_on")):
            self._blame(row, "判决送达日", "裁判作出日或判决送达日（写明结果的必填其一）")
        if days.get("closed_on") and result is None and kind is not MatterKind.PERFORMANCE:
            self._blame(row, "结果", "结果（写明办结日的必填）")

    def _blame(self, row: Row, header: str, allowed: str) -> None:
        """Note a mistake under a header, or under the first column when the file has no such column."""
        self.mistakes.add(row, header if header in row.columns else "案号", allowed)


def _codes(labels: Mapping[CodeT, str]) -> dict[str, CodeT]:
    return {label: code for code, label in labels.items()}


def write_matters(rows: Iterable[MatterRow], *, office: str, made_on: dt.date) -> bytes:
    """Return the register as an .xlsx file; `read_matters` reads it back."""
    book = Book(WHAT, made_on)
    sheet = book.add_table(WHAT, COLUMNS, paper=A3)
    for number, row in enumerate(rows, start=1):
        values = _values(row)
        for place, value in enumerate(values):
            shape = DATE if isinstance(value, dt.date) else CENTRE if COLUMNS[place].width < 10 else {}
            write_value(sheet, number, place, value, book.look({**BASE, "font_size": 10}, shape))
        texts = [(str(value), column.width) for value, column in zip(values, COLUMNS, strict=True)]
        sheet.set_row(number, fit_height(texts, font_size=10))
    sheet.set_header(f"&C&14{print_text(WHAT)}")
    sheet.set_footer(f"&L{print_text(office)}&R第&P页，共&N页")
    book.add_guide(WHAT, _guide())
    return book.finish()


def _values(row: MatterRow) -> Sequence[str | dt.date]:
    return (
        row.number, MATTER_KIND_LABELS[row.kind], row.forum,
        INSTANCE_LABELS[row.instance] if row.instance else "", row.unit, "、".join(row.parties), row.cause,
        PLAINTIFF_LABELS[row.plaintiff] if row.plaintiff else "", row.received_on, row.start_on or "",
        row.hearing_on or "", row.decided_on or "", row.served_on or "",
        RESULT_LABELS[row.result] if row.result else "", row.performance_on or "", row.attendee, row.handler,
        row.agent, row.item, row.closed_on or "", row.note,
    )  # fmt: skip


def _guide() -> tuple[str, ...]:
    return (
        f"第一行为列名，必填：{'、'.join(NEEDED)}。日期写成 2026-03-05。",
        f"案件类型：{'、'.join(MATTER_KIND_LABELS.values())}；行政诉讼另写审级：{'、'.join(INSTANCE_LABELS.values())}。",
        f"结果：{'、'.join(RESULT_LABELS.values())}；写明结果的，同时写裁判作出日或判决送达日。",
        "答辩期限起算日为收到起诉状副本（复议申请书副本、建议书）之日，不写的按收到日期推算法定期限。",
        "写明办结日的按历史案件登记：只留存，不亮灯，不制发文书，由负责人导入。",
        "已登记的案号按表更新；空白的单元格不改动原有内容。有一处填写错误，全表不写入。",
    )
