"""One file from outside is checked: what it is, that its ending says so, and that nothing in it acts by itself."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from core.errors import InvalidInput
from delivery.uploads import kinds
from delivery.uploads.archives import (
    BROKEN,
    ends_as_zip,
    fault_of_contents,
    fault_of_directory,
    fault_of_entries,
)
from delivery.uploads.kinds import ALL, Kind
from delivery.uploads.portable import fault_of_pdf

HEAD = 4_096
# The part that makes a zip an office file, and the kind it then is.
_MAIN_PARTS = {
    "xl/workbook.xml": kinds.SHEET,
    "word/document.xml": kinds.WORD,
    "ppt/presentation.xml": kinds.SLIDES,
    "ofd.xml": kinds.OFD,
}
_MACRO_PARTS = ("vbaproject.bin", "vbadata.xml", "macrosheets/", "activex/", "macros/")
_MACRO_TYPES = (b"macroenabled", b"ms-office.vbaproject")
_OLE_MACROS = tuple(word.encode("utf-16-le") for word in ("_VBA_PROJECT", "VBA_PROJECT_CUR", "Macros"))
_MACRO_ENDINGS = (".xlsm", ".docm", ".pptm", ".xlsb", ".xltm", ".dotm", ".xlam", ".ppsm", ".potm")
_NESTED = (".zip", ".rar", ".7z", ".gz", ".bz2", ".xz", ".tar", ".tgz", ".jar", ".cab", ".iso")
_PROGRAMS = (
    ".exe", ".dll", ".com", ".bat", ".cmd", ".ps1", ".vbs", ".js", ".jse", ".wsf", ".hta", ".scr", ".lnk", ".msi",
    ".sh", ".jar", ".html", ".htm", ".svg", ".chm", ".reg", *_MACRO_ENDINGS,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Fault:
    found: str
    expected: str
    remedy: str = "核对文件内容后重新上传"


def check_upload(path: Path, allowed: frozenset[Kind] = ALL) -> Kind:
    """Return what a file is; its name is the one that it came with.

    raises   InvalidInput when it is none of the kinds that are taken, not what its ending says, damaged, packed to do
             harm, or would run something when it is opened
    """
    with path.open("rb") as stream:
        kind, fault = _look(stream, path.suffix.lower())
    if fault is None and kind not in allowed:
        fault = _Fault(kind.name if kind else "不认识的内容", kinds.words_of(allowed), "另存为所列格式后上传")
    if fault is not None or kind is None:
        found, expected, remedy = (fault.found, fault.expected, fault.remedy) if fault else ("", "", "")
        raise InvalidInput(f"文件“{path.name}”不能接收", found=found, expected=expected, remedy=remedy)
    return kind


def _look(stream: BinaryIO, ending: str) -> tuple[Kind | None, _Fault | None]:
    head = stream.read(HEAD)
    if not head:
        return None, _Fault("空文件", "有内容的文件")
    if head.startswith(kinds.ZIP_HEAD):
        return _look_into_zip(stream, ending)
    kind, endings = kinds.kind_of(head)
    if kind is None:
        return _look_at_text(stream, head, ending)
    if ending not in endings:
        return kind, _Fault(
            f"内容是{kind.name}，扩展名为“{ending}”", f"扩展名{'、'.join(endings)}", "改正扩展名后重新上传"
        )
    if ends_as_zip(stream):
        return kind, _Fault("文件后面附有压缩包", f"单纯的{kind.name}", "重新导出或重新扫描后上传")
    return kind, _fault_inside(stream, kind)


def _fault_inside(stream: BinaryIO, kind: Kind) -> _Fault | None:
    stream.seek(0)
    if kind is kinds.PDF and (found := fault_of_pdf(stream.read())):
        return _Fault(found, "不含脚本和动作的完整 PDF", "用“打印为 PDF”另存后上传")
    if kind is kinds.OLD_OFFICE and any(word in stream.read() for word in _OLE_MACROS):
        return _Fault("含有宏", "不含宏的文件", "另存为不含宏的文件，或打印为 PDF 后上传")
    return None


def _look_at_text(stream: BinaryIO, head: bytes, ending: str) -> tuple[Kind | None, _Fault | None]:
    """Take what is written in UTF-8, GB18030 or, with its mark, UTF-16, and is no page, picture or script."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if ending not in kinds.TEXT.endings or start.startswith(kinds.ACTIVE):
        return None, _Fault("不认识的内容，或与扩展名不符", "内容与扩展名一致的文件")
    stream.seek(0)
    text = stream.read()
    if text.startswith((b"\xff\xfe", b"\xfe\xff")):
        codes: tuple[str, ...] = ("utf-16",)
    elif b"\x00" in text:
        return None, _Fault("不是文本", "UTF-8 或 GB18030 编码的文本")
    else:
        codes = ("utf-8-sig", "gb18030")
    if any(_is_in(text, code) for code in codes):
        return kinds.TEXT, None
    return None, _Fault("不是文本", "UTF-8 或 GB18030 编码的文本", "另存为 UTF-8 编码后上传")


def _is_in(text: bytes, code: str) -> bool:
    try:
        text.decode(code)
    except UnicodeDecodeError:
        return False
    return True


def _look_into_zip(stream: BinaryIO, ending: str) -> tuple[Kind | None, _Fault | None]:
    bad = fault_of_directory(stream)
    if bad is not None:
        return None, _Fault(bad.found, bad.expected, "重新保存或重新压缩后上传")
    try:
        with zipfile.ZipFile(stream) as archive:
            return _look_into_parts(archive, ending)
    except BROKEN:
        return None, _Fault("压缩结构已损坏", "能正常打开的文件", "重新保存或重新压缩后上传")


def _look_into_parts(archive: zipfile.ZipFile, ending: str) -> tuple[Kind | None, _Fault | None]:
    bad = fault_of_entries(archive)
    if bad is not None:
        return None, _Fault(bad.found, bad.expected, "重新保存或重新压缩后上传")
    names = [name.casefold() for name in archive.namelist()]
    found = [kind for part, kind in _MAIN_PARTS.items() if part in names]
    kind = found[0] if len(found) == 1 else kinds.ARCHIVE
    if len(found) > 1 or ending not in (*kind.endings, *(_MACRO_ENDINGS if found else ())):
        return kind, _Fault(
            f"内容是{kind.name}，扩展名为“{ending}”",
            f"扩展名{'、'.join(kind.endings)}",
            "改正扩展名后重新上传",
        )
    if found and (ending in _MACRO_ENDINGS or _has_macros(archive, names)):
        return kind, _Fault("含有宏", "不含宏的文件", f"另存为不含宏的 {kind.endings[0]} 后上传")
    inside = (*_NESTED, *_PROGRAMS) if kind is kinds.ARCHIVE else _PROGRAMS
    if any(name.endswith(inside) for name in names):
        return kind, _Fault(
            "内含程序、宏文件或另一个压缩包", "只含文书、图片、表格的压缩包", "解开后逐个上传"
        )
    bad = fault_of_contents(archive)
    return kind, _Fault(bad.found, bad.expected, "用 Office 或 WPS 打开后另存再上传") if bad else None


def _has_macros(archive: zipfile.ZipFile, names: list[str]) -> bool:
    if any(part in name for name in names for part in _MACRO_PARTS):
        return True
    types = [name for name in archive.namelist() if name.casefold() == "[content_types].xml"]
    return any(word in archive.read(name).lower() for name in types for word in _MACRO_TYPES)
