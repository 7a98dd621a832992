"""Open an .xlsx or .csv file as a `Table` whose every value knows the name of its cell."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import python_calamine

from core.errors import InvalidInput
from delivery.sheets.cells import Mistakes, Row, Value, column_letters, nearest, strip_guard, to_date, to_text
from delivery.sheets.container import MAX_FILE_BYTES, unpack
from delivery.sheets.trial import comes_through, is_heavy

Source = Path | bytes

# The very-hidden sheet of every form that we send out; workbook.py writes it.
META_SHEET = "_ducha"
MAX_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class Table:
    """The first visible sheet of a workbook, or a csv file: row 1 is the header, blank rows are left out."""

    sheet: str
    headers: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Pairs:
    """The metadata of a form; every key that is asked for must be there."""

    values: Mapping[str, str]
    name: str
    what: str

    def text(self, key: str) -> str:
        """Return a value; one that is missing or empty means that the form was tampered with."""
        if not self.values.get(key):
            raise _foreign(self.name, self.what, f"表单标识缺少 {key}")
        return self.values[key]

    def date(self, key: str) -> dt.date:
        """Return a value as a date."""
        day = to_date(self.text(key))
        if day is None:
            raise self.foreign(key)
        return day

    def foreign(self, key: str) -> InvalidInput:
        """Return the error for a value that no form of ours has."""
        return _foreign(self.name, self.what, f"表单标识 {key} 的值无效")

    def several(self, key: str) -> tuple[str, ...]:
        """Return several values joined by 、."""
        return tuple(self.text(key).split("、"))


def read_table(
    source: Source,
    *,
    what: str,
    required: Sequence[str],
    optional: Sequence[str] = (),
    name: str = "",
    max_rows: int = MAX_ROWS,
) -> Table:
    """Read the first visible sheet of an .xlsx file or a .csv file (UTF-8 or GB18030).

    what: the Chinese name of the form, for messages
    required, optional: the headers; an unknown, missing or repeated one is refused with a near name
    name: what the user calls the file when `source` is bytes
    raises: InvalidInput for an unreadable file, wrong headers or too many rows
    """
    data, name = load(source, name)
    sheet, grid = _open_workbook(data, name) if data.startswith(b"PK") else (name, _open_csv(data, name))
    if not grid or not any(to_text(value) for value in grid[0]):
        raise InvalidInput(
            f"{what}“{name}”没有表头",
            found="第1行为空",
            expected="、".join(required),
            remedy="使用原表样填写",
        )
    _check_length(grid, max_rows, f"{what}“{name}”")
    headers = tuple(re.sub(r"\s+", "", to_text(value)) for value in grid[0])
    _check_headers(Mistakes(what, sheet), headers, grid[1:], required, optional)
    columns = {header: index for index, header in enumerate(headers) if header}
    rows = tuple(
        Row(number, columns, {h: line[i] for h, i in columns.items() if i < len(line)})
        for number, line in enumerate(grid[1:], start=2)
        if any(to_text(value) for value in line)
    )
    return Table(sheet, tuple(columns), rows)


def read_form(source: Source, form: str, *, what: str, name: str = "") -> Pairs:
    """Return the very-hidden metadata of one of our own forms.

    form: the code of the form, such as 'checklist'
    raises: InvalidInput when the file is another form or not made by us
    """
    data, name = load(source, name)
    if not data.startswith(b"PK"):
        raise _foreign(name, what, "没有表单标识")
    workbook = _parse(data, name)
    if META_SHEET not in workbook.sheet_names:
        raise _foreign(name, what, "没有表单标识")
    grid = _grid(workbook, META_SHEET, name)
    pairs = {to_text(line[0]): to_text(line[1]) for line in grid if len(line) > 1}
    if pairs.get("form") != form:
        raise _foreign(name, what, "另一种表单")
    return Pairs(pairs, name, what)


def load(source: Source, name: str = "") -> tuple[bytes, str]:
    """Return the bytes of a source and the name to show for it; an unreadable path is InvalidInput."""
    if isinstance(source, bytes):
        return source, name or "上传文件"
    try:
        if source.stat().st_size > MAX_FILE_BYTES:
            raise _broken(source.name, f"{source.stat().st_size / 1e6:.1f} MB")
        return source.read_bytes(), name or source.name
    except OSError as error:
        raise InvalidInput(
            f"文件“{source.name}”读不到",
            found=error.strerror or "",
            expected="存在且可读的文件",
            remedy="检查路径和权限",
        ) from error


def _check_length(grid: list[list[Value]], most: int, label: str) -> None:
    if len(grid) - 1 > most:
        raise InvalidInput(
            f"{label}行数过多",
            found=f"{len(grid) - 1}行",
            expected=f"不超过{most}行",
            remedy="分成几个文件导入",
        )


def _open_workbook(data: bytes, name: str) -> tuple[str, list[list[Value]]]:
    workbook = _parse(data, name)
    visible = [
        meta.name
        for meta in workbook.sheets_metadata
        if meta.visible == python_calamine.SheetVisibleEnum.Visible
        and meta.typ == python_calamine.SheetTypeEnum.WorkSheet
    ]
    if not visible:
        raise _broken(name, "没有可见的工作表")
    return visible[0], _grid(workbook, visible[0], name)


def _parse(data: bytes, name: str) -> python_calamine.CalamineWorkbook:
    checked = unpack(data, name)
    if is_heavy(checked) and not comes_through(checked):
        raise _broken(name, "展开后内容过大")
    try:
        return python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(checked))
    except python_calamine.CalamineError as error:
        raise _broken(name) from error


def _grid(workbook: python_calamine.CalamineWorkbook, sheet: str, name: str) -> list[list[Value]]:
    try:
        return [list(line) for line in workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)]
    except python_calamine.CalamineError as error:
        raise _broken(name) from error


def _foreign(name: str, what: str, found: str) -> InvalidInput:
    return InvalidInput(
        f"“{name}”不是本系统生成的{what}",
        found=found,
        expected=f"本系统导出的{what}",
        remedy="使用导出的原文件填写，不要把内容复制到新建的表格中",
    )


def _broken(name: str, found: str = "内容已损坏") -> InvalidInput:
    return InvalidInput(
        f"文件“{name}”不能导入",
        found=found,
        expected="未加密的 .xlsx 或 .csv 文件，不超过 20 MB",
        remedy="用 Excel 或 WPS 打开，另存为 .xlsx 后再导入",
    )


def _open_csv(data: bytes, name: str) -> list[list[Value]]:
    # OLE: an old .xls, or an .xlsx with an opening password. NUL: UTF-16 or a binary file.
    if data.startswith(b"\xd0\xcf\x11\xe0") or b"\x00" in data or name.lower().endswith((".xlsx", ".xls")):
        raise _broken(name, "不是 .xlsx 工作簿，或设有打开密码")
    if len(data) > MAX_FILE_BYTES:
        raise _broken(name, f"{len(data) / 1e6:.1f} MB")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            lines = csv.reader(io.StringIO(data.decode(encoding), newline=""), strict=True)
            return [[strip_guard(value) for value in line] for line in lines]
        except UnicodeDecodeError:
            continue
        except csv.Error as error:
            raise _broken(name, f"CSV 格式错误：{error}") from error
    raise _broken(name, "文字编码既不是 UTF-8 也不是 GB18030")


def _check_headers(
    mistakes: Mistakes,
    headers: Sequence[str],
    body: Sequence[Sequence[Value]],
    required: Sequence[str],
    optional: Sequence[str],
) -> None:
    known = (*required, *optional)
    for index, header in enumerate(headers):
        cell = f"{column_letters(index)}1"
        if not header and any(to_text(line[index]) for line in body if index < len(line)):
            mistakes.add_at(cell, "", "列名；该列有内容但没有列名")
        elif header and header not in known:
            absent = [word for word in known if word not in headers]
            mistakes.add_at(cell, header, f"表样中的列名{nearest(header, absent)}：{'、'.join(known)}")
        elif header and header in headers[:index]:
            mistakes.add_at(cell, header, "不重复的列名")
    for header in required:
        if header not in headers:
            mistakes.add_at("第1行", f"没有“{header}”列", f"含“{header}”列")
    mistakes.raise_any()
