"""An uploaded .xlsx is a zip from outside: look at it before any reader unpacks it.

The reader (calamine) trusts what the zip says of itself and lays a sheet out as a dense rectangle, so a few
hundred bytes could ask for gigabytes. `unpack` therefore hands over a copy that holds only checked XML parts.
"""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
import zlib

from core.errors import InvalidInput

MAX_FILE_BYTES = 20_000_000
MAX_ENTRIES = 2_000
MAX_UNPACKED_BYTES = 100_000_000
MAX_RATIO = 200
# Below this size a high ratio harms nobody: an almost empty sheet of blanks packs very well.
RATIO_FLOOR_BYTES = 1_000_000
# The bound below overestimates an honest sheet up to four times: 4 million here is a million cells or more.
MAX_AREA = 4_000_000

# What zipfile was seen to raise on damaged files, beside its own error.
_BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, RuntimeError)

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
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _check_entries(entries, name)
            return _copy_parts(archive, entries, name)
    except _BROKEN as error:
        raise _refuse(name, "压缩结构已损坏", "能用 Excel 或 WPS 正常打开的 .xlsx 文件") from error


def _check_entries(entries: list[zipfile.ZipInfo], name: str) -> None:
    if len(entries) > MAX_ENTRIES:
        raise _refuse(name, f"内含{len(entries)}个部件", f"不超过{MAX_ENTRIES}个")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_UNPACKED_BYTES:
        raise _refuse(name, f"解压后{unpacked / 1e6:.0f} MB", f"不超过{MAX_UNPACKED_BYTES // 1_000_000} MB")
    names = [entry.filename for entry in entries]
    if len(set(names)) != len(names):
        raise _refuse(name, "内含同名部件", "能用 Excel 或 WPS 正常打开的 .xlsx 文件")
    for entry in entries:
        _check_entry(entry, name)
    if "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
        raise _refuse(name, "压缩包中没有工作簿", "Excel 或 WPS 保存的 .xlsx 文件")


def _check_entry(entry: zipfile.ZipInfo, name: str) -> None:
    path = entry.orig_filename.replace("\\", "/")
    if path.startswith("/") or ":" in path or ".." in path.split("/"):
        raise _refuse(name, f"部件路径 {entry.filename[:60]!r}", "工作簿内部的相对路径")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise _refuse(name, "内含符号链接", "普通工作簿文件")
    if entry.flag_bits & 1:
        raise _refuse(name, "文件已加密", "取消打开密码后另存的 .xlsx 文件")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _refuse(name, "压缩方式不受支持", "Excel 或 WPS 保存的 .xlsx 文件")
    if entry.file_size > RATIO_FLOOR_BYTES and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
        raise _refuse(name, "压缩比过高", f"压缩比不超过{MAX_RATIO}")


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
            if b"sheetData" in part and _area_bound(part) > MAX_AREA:
                raise _refuse(name, "工作表已用区域过大", "删除表格以外的空行空列后另存")
            target.writestr(zipfile.ZipInfo(entry.filename), part)
    return copy.getvalue()


def _area_bound(sheet: bytes) -> int:
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
