"""The .docx carries the same words on the office's letterhead."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from lxml import etree

from core.errors import InvalidInput, NotFound
from delivery import worddoc
from delivery.paper import Layout, Paragraph, Table
from delivery.worddoc import render_docx
from delivery.wording import list_kinds
from tests.delivery.papers import METACHARACTERS, sample_paper, short_paper, squeeze

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
LAYOUTS: tuple[Layout, ...] = ("notice", "letter", "form")


def read(docx: bytes, part: str = "word/document.xml") -> str:
    with zipfile.ZipFile(BytesIO(docx)) as archive:
        tree = etree.fromstring(archive.read(part))
    return squeeze("".join(node.text or "" for node in tree.iter(f"{W}t")))


def xml(docx: bytes) -> str:
    with zipfile.ZipFile(BytesIO(docx)) as archive:
        return archive.read("word/document.xml").decode()


@pytest.mark.parametrize("kind", list_kinds())
def test_every_kind_is_written_whole(kind: str) -> None:
    paper = sample_paper(kind)
    docx = render_docx(paper)
    text = read(docx)
    Document(BytesIO(docx))
    assert squeeze(paper.number or "") in text
    assert squeeze(paper.title) in text
    for block in paper.blocks:
        parts = [c for row in block.rows for c in row] if isinstance(block, Table) else [block.text]
        assert all(squeeze(part) in text for part in parts)
    assert "2026年5月8日" in text
    assert "抄送：" in text
    assert "{{" not in text
    assert "{%" not in text


@pytest.mark.parametrize("layout", LAYOUTS)
def test_markup_characters_stay_text(layout: Layout) -> None:
    changes = {"title": METACHARACTERS[:16], "addressee": METACHARACTERS, "contact": METACHARACTERS}
    text = read(render_docx(short_paper(METACHARACTERS, layout, **changes)))
    assert text.count(squeeze(METACHARACTERS)) == 3


def test_line_ends_in_a_paragraph_become_breaks() -> None:
    document = Document(BytesIO(render_docx(short_paper("甲\n乙"))))
    assert any(paragraph.text == "甲\n乙" for paragraph in document.paragraphs)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_same_paper_gives_the_same_bytes(layout: Layout) -> None:
    first = render_docx(short_paper("正文", layout))
    worddoc._compile.cache_clear()
    assert render_docx(short_paper("正文", layout)) == first


@pytest.mark.parametrize("layout", LAYOUTS)
def test_page_numbers_differ_on_odd_and_even_pages(layout: Layout) -> None:
    document = Document(BytesIO(render_docx(short_paper("正文", layout))))
    section = document.sections[0]
    assert document.settings.odd_and_even_pages_header_footer
    assert "PAGE" in section.footer._element.xml
    assert 'w:val="right"' in section.footer._element.xml
    assert "PAGE" in section.even_page_footer._element.xml
    assert 'w:val="left"' in section.even_page_footer._element.xml
    assert section.different_first_page_header_footer == (layout == "letter")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_styles_name_east_asian_fonts_and_indent_by_characters(layout: Layout) -> None:
    document = Document(BytesIO(render_docx(short_paper("正文", layout))))
    styles = {
        style.style_id: style.element.xml for style in document.styles if style.style_id.startswith("Ducha")
    }
    assert all("w:eastAsia=" in xml for xml in styles.values())
    assert 'w:firstLineChars="200"' in styles["DuchaBody"]
    assert 'w:eastAsia="方正小标宋_GBK"' in styles["DuchaTitle"]


def test_tables_repeat_their_head_and_keep_short_rows_whole() -> None:
    with zipfile.ZipFile(BytesIO(render_docx(sample_paper("feedback_notice")))) as archive:
        xml = archive.read("word/document.xml").decode()
    assert xml.count("<w:tblHeader/>") == 1
    assert xml.count("<w:cantSplit/>") >= 4


def test_the_rules_version_stands_in_the_footers() -> None:
    docx = render_docx(short_paper("正文"))
    with zipfile.ZipFile(BytesIO(docx)) as archive:
        footers = [name for name in archive.namelist() if name.startswith("word/footer")]
        assert all(entry.date_time == (2000, 1, 1, 0, 0, 0) for entry in archive.infolist())
    assert footers
    assert all("规则版本：0123456789ab" in read(docx, name) for name in footers)


def test_a_missing_letterhead_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worddoc, "LETTERHEADS", tmp_path)
    with pytest.raises(NotFound, match=r"notice\.docx"):
        render_docx(short_paper("正文"))


def test_an_unknown_placeholder_is_named_with_kind_and_letterhead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = Document(str(worddoc.LETTERHEADS / "notice.docx"))
    document.add_paragraph("{{ nubmer }}")
    document.save(str(tmp_path / "notice.docx"))
    monkeypatch.setattr(worddoc, "LETTERHEADS", tmp_path)
    with pytest.raises(InvalidInput) as caught:
        render_docx(short_paper("正文"))
    for word in ("notice.docx", "closure_notice", "nubmer"):
        assert word in str(caught.value)


def test_a_document_to_a_superior_names_its_signer_and_no_other_does() -> None:
    up = read(render_docx(short_paper("正文", signer="张某某")))
    assert "签发人：" in up
    assert "张某某" in up
    assert "签发人" not in read(render_docx(short_paper("正文")))


def test_the_office_s_own_letterhead_goes_before_ours(tmp_path: Path) -> None:
    ours = worddoc.LETTERHEADS / "letter.docx"
    with zipfile.ZipFile(ours) as old, zipfile.ZipFile(tmp_path / "letter.docx", "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "word/document.xml":
                part = part.replace(b"{{ number }}", "本单位{{ number }}".encode())
            new.writestr(name, part)
    assert "本单位示法督〔2026〕7号" in read(render_docx(short_paper("正文", "letter"), tmp_path))
    assert "本单位" not in read(
        render_docx(short_paper("正文"), tmp_path)
    )  # no notice.docx there: ours is used


def test_a_closing_line_takes_the_paragraph_before_it_along() -> None:
    paper = replace(short_paper(""), blocks=(Paragraph("甲。"), Paragraph("乙。"), Paragraph("特此通知。")))
    assert xml(render_docx(paper)).count('w:val="DuchaLast"') == 2
    long = replace(paper, blocks=(Paragraph("甲。"), Paragraph("字" * 60)))
    assert xml(render_docx(long)).count('w:val="DuchaLast"') == 1
