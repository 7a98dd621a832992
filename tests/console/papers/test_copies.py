"""Copies of files: confidential ones bear the name of whoever reads them, and each is noted."""

from __future__ import annotations

import io

import pypdf
import pytest
from sqlmodel import select

from core.errors import Refused
from delivery.fonts import Fonts
from delivery.watermark import lay_over
from models.record import AuditEntry
from tests.console.papers.conftest import Office
from tests.console.papers.test_paper import letter_of_referral


def words_of(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def downloads(office: Office) -> list[tuple[str, str]]:
    """Return (actor, what) of every download that was noted."""
    rows = [one for one in office.scene.rows(select(AuditEntry)) if one.act == "download"]
    return [(one.actor, one.detail or "") for one in rows]


def test_the_pdf_of_a_work_secret_bears_its_reader_and_is_noted(office: Office) -> None:
    (number,) = office.draft()
    office.change(number, secrecy="work_secret")

    answer = office.get("P90", f"/documents/{number}/pdf")

    assert answer.headers["content-disposition"].startswith("attachment")
    assert words_of(answer.content).count("p90 2026-06-30") > 3
    assert [actor for actor, _what in downloads(office)] == ["P90"]
    assert "下载" in office.get("L-DIRECTOR", f"/documents/{number}").text


def test_an_ordinary_pdf_bears_nothing_and_is_not_noted(office: Office) -> None:
    (number,) = office.draft()

    answer = office.get("P90", f"/documents/{number}/pdf")

    assert "p90" not in words_of(answer.content)
    assert downloads(office) == []


def test_the_editable_file_of_a_work_secret_goes_to_those_who_write_it_only(office: Office) -> None:
    (number,) = office.draft()
    office.change(number, secrecy="work_secret")

    assert office.get("P90", f"/documents/{number}/docx").status_code == 200
    assert office.get("P07", f"/documents/{number}/docx").status_code == 403
    office.sign(number)
    assert office.get("P90", f"/documents/{number}/docx").status_code == 403


def test_a_letter_of_the_compartment_bears_its_reader(office: Office) -> None:
    number = letter_of_referral(office)

    answer = office.get("L-DIRECTOR", f"/letters/{number}/pdf")

    assert "l-director 2026-06-30" in words_of(answer.content)
    assert [actor for actor, _what in downloads(office)] == ["L-DIRECTOR"]


def test_the_sheet_is_sent_as_it_stands(office: Office) -> None:
    (number,) = office.draft()

    answer = office.get("P90", f"/documents/{number}/sheet")

    assert answer.content.startswith(b"%PDF-")
    assert "filename*=UTF-8''%E5%8F%91%E6%96%87%E7%A8%BF%E7%BA%B8" in answer.headers["content-disposition"]


def test_every_page_is_marked_in_its_own_size_and_what_cannot_be_read_is_not_given() -> None:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(595, 842)
    writer.add_blank_page(842, 595).rotate(90)
    writer.add_blank_page(300, 200)
    plain = io.BytesIO()
    writer.write(plain)
    fonts = Fonts.find(None)

    marked = pypdf.PdfReader(io.BytesIO(lay_over(plain.getvalue(), "张三 zhangsan 2026-06-30", fonts)))

    assert all("zhangsan" in page.extract_text() for page in marked.pages)
    for bad in (b"%PDF-1.7\n% sealed\n%%EOF\n", b"", b"PK\x03\x04"):
        with pytest.raises(Refused):
            lay_over(bad, "张三", fonts)
    writer.encrypt("geheim")
    locked = io.BytesIO()
    writer.write(locked)
    with pytest.raises(Refused):
        lay_over(locked.getvalue(), "张三", fonts)
