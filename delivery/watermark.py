"""A watermark over a PDF: who read it and when, slanted across every page, so that a copy tells where it comes from."""

from __future__ import annotations

import io

from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.errors import PyPdfError

from core.errors import Refused
from delivery.fonts import Fonts
from delivery.paper import check_text
from delivery.typeset import compile_pdf

WIDEST = 5000  # points; a page that claims more is not of this world


def lay_over(pdf: bytes, text: str, fonts: Fonts) -> bytes:
    """Return a PDF with a text laid over every page, over its content, in the size of each page.

    raises   Refused for a file that cannot be read or is locked: it does not go out without the mark
    """
    marks: dict[tuple[int, int], PageObject] = {}
    try:
        reader = PdfReader(io.BytesIO(pdf))
        writer = PdfWriter(clone_from=reader)
        for page in writer.pages:
            page.transfer_rotation_to_content()
            size = _size(page)
            if size not in marks:
                marks[size] = _mark(text, size, fonts)
            page.merge_translated_page(marks[size], float(page.mediabox.left), float(page.mediabox.bottom))
        if not writer.pages:
            raise _unreadable("没有页")
        made = io.BytesIO()
        writer.write(made)
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise _unreadable(type(error).__name__) from error
    return made.getvalue()


def _size(page: PageObject) -> tuple[int, int]:
    width, height = round(float(page.mediabox.width)), round(float(page.mediabox.height))
    if not (0 < width <= WIDEST and 0 < height <= WIDEST):
        raise _unreadable(f"页面 {width}×{height}")
    return width, height


def _mark(text: str, size: tuple[int, int], fonts: Fonts) -> PageObject:
    data = {"text": check_text(text, "水印"), "width": size[0], "height": size[1]}
    return PdfReader(io.BytesIO(compile_pdf("watermark", data, fonts, "水印"))).pages[0]


def _unreadable(found: str) -> Refused:
    return Refused(
        "该 PDF 不能加水印，不能下载",
        found=found,
        expected="没有加锁、没有损坏的 PDF",
        remedy="到本单位查阅原件，或重新登记用印件",
    )
