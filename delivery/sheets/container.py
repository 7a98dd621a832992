"""An uploaded .xlsx is a zip from outside: look at it before any reader unpacks it.

The reader (calamine) trusts what the zip says of itself and lays a sheet out as a dense rectangle, so a few
hundred bytes could ask for gigabytes. `unpack` therefore hands over a copy that holds only checked XML parts.
"""

from __future__ import annotations

import io
import re
import zipfile

from core.errors import InvalidInput
from delivery.uploads.archives import BROKEN, Bad, fault_of_directory, fault_of_entries

MAX_FILE_BYTES = 20_000_000
# The bound below overestimates an honest sheet up to four times: 4 million here is a million cells or more.
MAX_AREA = 4_000_000

_REFERENCE = re.compile(rb"\sr\s*=\s*[\"']\s*([A-Za-z]{0,4})(\d{1,10})")
_ROW = re.compile(rb"<(?:[\w.-]+:)?row[\s/>]")
_CELL = re.compile(rb"<(?:[\w.-]+:)?c[\s/>]")


def unpack(data: bytes, name: str) -> bytes:
    """Return a copy of an .xlsx with only its XML parts, every one of them checked.

    name: what the user calls the file, for the message
    raises: InvalidInput when the container is broken, hostile or too large
    """
    if len(data) > MAX_FILE_BYTES:
        raise _refuse(name, f"{len(data) / 1e6:.1f} MB", f"不超过{MAX_FILE_BYTES // 1_000_000} MB")
    stream = io.BytesIO(data)
    try:
        _refuse_bad(fault_of_directory(stream), name)
        with zipfile.ZipFile(stream) as archive:
            _refuse_bad(fault_of_entries(archive), name)
            entries = archive.infolist()
            _check_parts([entry.filename for entry in entries], name)
            return _copy_parts(archive, entries, name)
    except BROKEN as error:
        raise _refuse(name, "压缩结构已损坏", "能用 Excel 或 WPS 正常打开的 .xlsx 文件") from error


def _refuse_bad(bad: Bad | None, name: str) -> None:
    if bad is not None:
        raise _refuse(name, bad.found, bad.expected)


def _check_parts(names: list[str], name: str) -> None:
    if "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
        raise _refuse(name, "压缩包中没有工作簿", "Excel 或 WPS 保存的 .xlsx 文件")
    if any(part.casefold().endswith("vbaproject.bin") for part in names):
        raise _refuse(name, "含有宏", "不含宏的 .xlsx 文件")


def _copy_parts(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], name: str) -> bytes:
    """Copy the XML parts; zipfile reads no more than the declared size, so the copy is what was checked."""
    copy = io.BytesIO()
    with zipfile.ZipFile(copy, "w", zipfile.ZIP_STORED) as target:
        for entry in entries:
            if not entry.filename.lower().endswith((".xml", ".rels")):
                continue
            part = archive.read(entry)
            if b"<!DOCTYPE" in part or b"<!ENTITY" in part:
                raise _refuse(name, "内含 DOCTYPE 声明", "Excel 或 WPS 保存的 .xlsx 文件")
            if b"sheetData" in part and area_bound(part) > MAX_AREA:
                raise _refuse(name, "工作表已用区域过大", "删除表格以外的空行空列后另存")
            target.writestr(zipfile.ZipInfo(entry.filename), part)
    return copy.getvalue()


def area_bound(sheet: bytes) -> int:
    """Return a number that the rectangle of used cells cannot exceed, also when positions are left out."""
    last_row = last_column = 0
    for letters, digits in _REFERENCE.findall(sheet):
        last_row = max(last_row, int(digits))
        last_column = max(last_column, _column_number(letters))
    bodies = _ROW.split(sheet)
    widest = max(len(_CELL.findall(body)) for body in bodies)
    return (last_row + len(bodies)) * (last_column + widest)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _refuse(name: str, found: str, expected: str) -> InvalidInput:
    return InvalidInput(
        f"文件“{name}”不能导入",
        found=found,
        expected=expected,
        remedy="用 Excel 或 WPS 打开后另存为 .xlsx 再导入",
    )
