"""Lay out a paper as PDF/A-2b or PNG with Typst.

The text travels as JSON in `sys.inputs` and is printed as strings: nothing a person typed is ever Typst source.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from datetime import date
from threading import Lock
from typing import Any

import typst

from core.errors import DeliveryFailed, InvalidInput
from delivery.fonts import Fonts
from delivery.paper import Paper, Sheet, break_title, check_text, print_day
from system.paths import TEMPLATES_DIR

LAYOUTS = TEMPLATES_DIR / "layouts"
_UNPRINTED = re.compile(r'the text `?"(?P<text>.+?)"`? could not be displayed', re.DOTALL)


def render_pdf(paper: Paper, fonts: Fonts) -> bytes:
    """Return the paper as PDF/A-2b; the same paper and fonts give the same bytes.

    raises: InvalidInput naming a character that no font can print; DeliveryFailed when Typst fails otherwise.
    """
    return compile_pdf(paper.layout, _paper_data(paper), fonts, paper.title)


def render_png(paper: Paper, fonts: Fonts, ppi: float = 110) -> list[bytes]:
    """Return one PNG a page, in order; for looking at, never for sending."""
    pages = _compile(paper.layout, _paper_data(paper), fonts, paper.title, format="png", ppi=ppi)
    return [pages] if isinstance(pages, bytes) else list(pages or [])


def render_sheet(sheet: Sheet, fonts: Fonts) -> bytes:
    """Return the 发文稿纸 as PDF/A-2b, one page to print and sign."""
    return compile_pdf("sheet", _sheet_data(sheet), fonts, sheet.title)


def refuse_unprintable(paper: Paper, fonts: Fonts) -> None:
    """Refuse a paper with a character that no font found here can print, before anything is made of it.

    A character is tried once per process and set of fonts; a .docx is checked with the same fonts as the PDF.
    raises: InvalidInput naming the document and the character.
    """
    known = _printable.setdefault((fonts.folders, tuple(fonts.family["仿宋"])), set())
    chars = {char for char in _text_of(_cleaned(asdict(paper), "文书")) if not char.isspace()} - known
    if not chars:
        return
    try:
        compile_pdf("glyphs", {"chars": sorted(chars)}, fonts, paper.title)
    except InvalidInput:
        for char in sorted(chars):  # a run of characters is told as one; the one that is missing is wanted
            compile_pdf("glyphs", {"chars": [char]}, fonts, paper.title)
        raise
    known |= chars


_printable: dict[tuple[Any, ...], set[str]] = {}


def _text_of(value: Any) -> str:
    """Return all text of plain data, for its characters."""
    if isinstance(value, dict):
        return "".join(_text_of(part) for part in value.values())
    if isinstance(value, list | tuple):
        return "".join(_text_of(part) for part in value)
    return value if isinstance(value, str) else ""


def _paper_data(paper: Paper) -> dict[str, Any]:
    data: dict[str, Any] = _cleaned(asdict(paper), "文书")
    data["mark"] = paper.issuer + ("文件" if paper.layout == "notice" else "")
    data["number_text"] = paper.number or "（编号待签发）"
    data["title_lines"] = break_title(data["title"], (paper.addressee, paper.issuer, paper.signature_name))
    data["signed_text"] = print_day(paper.signed_on)
    data["printed_text"] = print_day(paper.printed_on)
    data["day"] = _parts(paper.signed_on)
    return data


def _sheet_data(sheet: Sheet) -> dict[str, Any]:
    data: dict[str, Any] = _cleaned(asdict(sheet), "发文稿纸")
    data["number_text"] = sheet.number or ""
    data["signed_text"] = print_day(sheet.signed_on)
    data["drafted_text"] = print_day(sheet.drafted_on) if sheet.drafted_on else ""
    data["day"] = _parts(sheet.drafted_on or sheet.signed_on)
    return data


def _parts(day: date | None) -> tuple[int, int, int]:
    # PDF/A wants a date in the document; a draft without one gets a fixed day, so that its bytes stay the same.
    return (day.year, day.month, day.day) if day else (2000, 1, 1)


def _cleaned(value: Any, where: str) -> Any:
    if isinstance(value, str):
        return check_text(value, where)
    if isinstance(value, dict):
        return {key: _cleaned(part, where) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(part, where) for part in value]
    return value.isoformat() if isinstance(value, date) else value


def compile_pdf(layout: str, data: dict[str, Any], fonts: Fonts, title: str) -> bytes:
    """Return what a layout makes of plain data as PDF/A-2b."""
    pdf = _compile(layout, data, fonts, title, format="pdf", pdf_standards="a-2b")
    if not isinstance(pdf, bytes):
        raise DeliveryFailed(
            "排版没有产生文件",
            retry=True,
            found=title,
            expected="一个 PDF 文件",
            remedy="重试；仍失败时检查版式文件",
        )
    return pdf


# The compiler is shared and refuses ("Already borrowed") a second thread: the console has many.
_ONE_AT_A_TIME = Lock()


def _compile(layout: str, data: dict[str, Any], fonts: Fonts, title: str, **how: Any) -> Any:
    inputs = {
        "paper": json.dumps(data, ensure_ascii=False, sort_keys=True),
        "fonts": json.dumps(dict(fonts.family), ensure_ascii=False, sort_keys=True),
    }
    try:
        with _ONE_AT_A_TIME:
            return fonts.compiler.compile(
                input=str(LAYOUTS / f"{layout}.typ"), sys_inputs=inputs, timestamp=0, **how
            )
    except typst.TypstError as error:
        raise _explain(error, title) from error
    except RuntimeError as error:  # Typst tells an unreadable layout file this way
        raise _fail(str(error), title) from error


def _explain(error: typst.TypstError, title: str) -> InvalidInput | DeliveryFailed:
    unprinted = _UNPRINTED.search(error.message)
    if unprinted:
        text = unprinted["text"]
        return InvalidInput(
            f"文书“{title}”中有字体不能显示的字",
            found=f"“{text}”（{'、'.join(f'U+{ord(c):04X}' for c in text)}）",
            expected="现有字体收录的字",
            remedy="在字体目录中放入收录该字的字体，或改用通行字",
        )
    return _fail(error.message, title)


def _fail(message: str, title: str) -> DeliveryFailed:
    return DeliveryFailed(
        f"文书“{title}”排版失败",
        retry=False,
        found=message,
        expected="版式文件可以编译",
        remedy="检查 templates/layouts 中的版式文件",
    )
