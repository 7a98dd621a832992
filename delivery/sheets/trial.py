"""A heavy workbook is read once by a child process with limits; only one that comes through is read by this one.

Small files may still swell: every cell may repeat the longest text, and two cells far apart span a rectangle. What is
light by its own numbers, as every form that people really fill in, is read at once.
"""

from __future__ import annotations

import io
import re
import subprocess
import sys
import zipfile

from delivery.sheets.container import area_bound

LIGHT_BYTES = 8_000_000
LIGHT_AREA = 500_000
LIGHT_TEXT = 64_000_000  # characters that the cells could hold together
MEMORY = 512 * 1024 * 1024
PROCESSOR_SECONDS, WALL_SECONDS = 20, 60
_SHARED = re.compile(rb't\s*=\s*["\']s["\']')


def is_heavy(checked: bytes) -> bool:
    """Tell whether a checked workbook could swell while it is read."""
    if len(checked) > LIGHT_BYTES:
        return True
    longest = references = 0
    with zipfile.ZipFile(io.BytesIO(checked)) as archive:
        for name in archive.namelist():
            part = archive.read(name)
            if name.casefold().endswith("sharedstrings.xml"):
                longest = max(map(len, part.split(b"</si>")))
            if b"sheetData" in part:
                references += len(_SHARED.findall(part))
                if area_bound(part) > LIGHT_AREA:
                    return True
    return longest * references > LIGHT_TEXT


def comes_through(checked: bytes) -> bool:
    """Read a workbook in a child with little memory and time; tell whether it ended well."""
    try:
        ended = subprocess.run(
            [sys.executable, "-I", "-m", "delivery.sheets.trial"],
            input=checked,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=WALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return ended.returncode == 0


def _limit() -> None:
    """Take no more memory and time than a form needs; where the system knows no limits, the bounds above remain."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _read(checked: bytes) -> None:
    """Read what the import reads: the first visible sheet and the metadata."""
    import python_calamine

    from delivery.sheets.reading import META_SHEET

    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(checked))
    visible = [
        one.name for one in book.sheets_metadata if one.visible == python_calamine.SheetVisibleEnum.Visible
    ]
    for name in {*visible[:1], *(one for one in book.sheet_names if one == META_SHEET)}:
        book.get_sheet_by_name(name).to_python(skip_empty_area=False)


if __name__ == "__main__":
    _limit()
    _read(sys.stdin.buffer.read())
