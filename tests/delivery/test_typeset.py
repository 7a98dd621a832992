"""The PDF says what the paper says, character for character, with the same bytes every time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import pypdf
import pytest

from core.errors import DeliveryFailed, InvalidInput
from delivery import typeset
from delivery.fonts import ROLES, Fonts
from delivery.paper import Countersign, Layout, Paragraph, Sheet, Table
from delivery.typeset import refuse_unprintable, render_pdf, render_png, render_sheet
from delivery.wording import list_kinds
from tests.delivery.contactsheet import PICTURE, draw
from tests.delivery.papers import METACHARACTERS, sample_paper, short_paper, squeeze


@pytest.fixture(scope="module")
def fonts() -> Fonts:
    return Fonts.find(None)


def read(pdf: bytes) -> str:
    return squeeze("".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf)).pages))


@pytest.mark.parametrize("kind", list_kinds())
def test_every_kind_prints_whole_in_every_part(kind: str, fonts: Fonts) -> None:
    paper = sample_paper(kind)
    text = read(render_pdf(paper, fonts))
    assert squeeze(paper.number or "") in text
    assert squeeze(paper.title) in text
    assert "2026年5月8日" in text
    for block in paper.blocks:
        if not isinstance(block, Table):
            assert squeeze(block.text)[:12] in text
    assert "规则版本：0123456789ab" in text


@pytest.mark.parametrize("layout", ["notice", "letter", "form"])
def test_markup_characters_print_as_themselves(layout: Layout, fonts: Fonts) -> None:
    text = read(render_pdf(short_paper(METACHARACTERS, layout, title=METACHARACTERS[:16]), fonts))
    assert squeeze(METACHARACTERS) in text


def test_markup_characters_in_a_cell_print_as_themselves(fonts: Fonts) -> None:
    paper = replace(short_paper(""), blocks=(Table((("事实", 1.0),), ((METACHARACTERS,),)),))
    assert squeeze(METACHARACTERS) in read(render_pdf(paper, fonts))


def test_the_same_paper_gives_the_same_bytes(fonts: Fonts) -> None:
    paper = sample_paper("feedback_notice", watermark="示例")
    again = Fonts(fonts.family, fonts.missing, fonts.folders, fonts.system)
    assert render_pdf(paper, fonts) == render_pdf(paper, again)


def test_the_pdf_declares_pdf_a_2b(fonts: Fonts) -> None:
    pdf = render_pdf(short_paper("正文"), fonts)
    assert b"pdfaid:part>2<" in pdf
    assert b"pdfaid:conformance>B<" in pdf


def test_a_draft_without_number_and_day_can_be_looked_at(fonts: Fonts) -> None:
    text = read(render_pdf(short_paper("正文", number=None, signed_on=None), fonts))
    assert "编号待签发" in text


def test_the_seal_is_drawn_only_for_examples(fonts: Fonts) -> None:
    assert "示例示例" not in read(
        render_pdf(short_paper("正文", issuer="某局", signature_name="某局"), fonts)
    )
    marked = render_png(short_paper("正文", watermark="示例"), fonts, 40)
    assert marked != render_png(short_paper("正文"), fonts, 40)


def test_a_glyph_that_no_font_has_is_named(fonts: Fonts) -> None:
    with pytest.raises(InvalidInput) as caught:
        render_pdf(short_paper("姓名：\U000187f0。"), fonts)
    assert "U+187F0" in str(caught.value)


def test_a_control_character_is_refused_before_layout(fonts: Fonts) -> None:
    with pytest.raises(InvalidInput, match="U\\+0007"):
        render_pdf(short_paper("响铃\x07"), fonts)


def test_page_numbers_stand_right_on_odd_and_left_on_even_pages(fonts: Fonts) -> None:
    pages = pypdf.PdfReader(BytesIO(render_pdf(short_paper("正文，" * 900), fonts))).pages
    places: list[float] = []
    for page in pages:
        found: list[float] = []

        def visit(
            text: str, cm: list[float], tm: list[float], *_: object, found: list[float] = found
        ) -> None:
            if "—" in text:
                found.append(cm[4] + tm[4])

        page.extract_text(visitor_text=visit)
        places.append(found[-1])
    assert len(pages) >= 3
    assert places[0] > 300 > places[1]
    assert places[2] > 300


def test_a_letter_has_no_page_number_on_its_first_page(fonts: Fonts) -> None:
    pages = pypdf.PdfReader(BytesIO(render_pdf(short_paper("正文，" * 400, "letter"), fonts))).pages
    assert "— 1 —" not in pages[0].extract_text()
    assert "2" in pages[1].extract_text().split("—")[-2]


def test_a_full_page_holds_twenty_two_lines_of_twenty_eight_characters(fonts: Fonts) -> None:
    pages = pypdf.PdfReader(BytesIO(render_pdf(short_paper("字" * 2000), fonts))).pages
    assert pages[1].extract_text().count("字") == 22 * 28


@pytest.mark.parametrize("length", range(300, 620, 40))
def test_the_signature_never_stands_alone_on_a_page(length: int, fonts: Fonts) -> None:
    paper = replace(
        short_paper(""), attachments=(), blocks=(Paragraph("字" * length), Paragraph("特此通知。"))
    )
    pages = [page.extract_text() for page in pypdf.PdfReader(BytesIO(render_pdf(paper, fonts))).pages]
    signed = next(text for text in reversed(pages) if "2026年5月8日" in text)
    assert "特此通知" in signed


def test_pages_come_as_pictures(fonts: Fonts) -> None:
    pictures = render_png(sample_paper("urging"), fonts, 50)
    assert len(pictures) == 1
    assert pictures[0].startswith(b"\x89PNG")


def test_the_sheet_has_a_cell_for_every_hand(fonts: Fonts) -> None:
    sheet = Sheet(
        issuer="示例县司法局",
        title="关于整改延期申请的答复",
        addressee="示例县农业农村局",
        urgency="特急",
        drafted_by="督察员01",
        drafted_on=date(2026, 5, 6),
        countersigns=(Countersign("示例县委巡察办", "同意"),),
        attachments=("整改情况报告表",),
    )
    text = read(render_sheet(sheet, fonts))
    for word in (
        "签发：",
        "会签：",
        "拟稿：督察员01",
        "核稿：",
        "标题：",
        "主送：",
        "附件：",
        "缓急：特急",
        "密级：",
        "巡察办：同意",
    ):
        assert word in text
    assert render_sheet(sheet, fonts) == render_sheet(sheet, fonts)


def test_every_role_has_a_font_and_stand_ins_are_named(fonts: Fonts) -> None:
    assert set(fonts.family) == set(ROLES)
    assert all(fonts.family.values())
    assert all("字体" in warning for warning in fonts.missing)


def test_a_bare_machine_prints_with_the_font_of_the_package(tmp_path: Path) -> None:
    bare = Fonts.find(None, system=False)
    assert set(bare.family.values()) == {("Noto Sans CJK SC",)}
    assert len(bare.missing) == len(ROLES)
    assert "朱䶮翀" in read(render_pdf(short_paper("联络员朱䶮翀"), bare))
    assert "不存在" in Fonts.find(tmp_path / "none", system=False).missing[0]


def test_a_broken_layout_is_a_failed_delivery(
    fonts: Fonts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typeset, "LAYOUTS", tmp_path)
    with pytest.raises(DeliveryFailed, match="排版失败"):
        render_pdf(short_paper("正文"), fonts)


# ---- GB/T 9704-2012, part by part --------------------------------------------------------------------------------


def places(pdf: bytes, page: int) -> dict[str, tuple[float, float]]:
    """Return {text: (x, y) of its start, in points from the lower left} of a page."""
    found: dict[str, tuple[float, float]] = {}

    def visit(text: str, cm: list[float], tm: list[float], *_: object) -> None:
        if text.strip():
            found.setdefault(squeeze(text), (cm[4] + tm[4], cm[5] + tm[5]))

    pypdf.PdfReader(BytesIO(pdf)).pages[page].extract_text(visitor_text=visit)
    return found


@pytest.mark.parametrize("kind", list_kinds())
def test_only_a_document_to_a_superior_names_its_signer(kind: str, fonts: Fonts) -> None:
    assert "签发人" not in read(render_pdf(sample_paper(kind), fonts))


def test_a_document_to_a_superior_has_its_number_left_and_its_signer_right(fonts: Fonts) -> None:
    paper = short_paper("正文", number="示司执监请〔2026〕7号", signer="张某某")
    where = places(render_pdf(paper, fonts), 0)
    (number,) = [at for text, at in where.items() if text.startswith("示司执监请")]
    (signer,) = [at for text, at in where.items() if "签发人" in text]
    assert number[0] < 140
    assert signer[0] > 350
    assert abs(number[1] - signer[1]) < 3
    assert "签发人：张某某" in read(render_pdf(paper, fonts))
    assert "签发人：" in read(render_pdf(replace(paper, signer=""), fonts))


def test_the_date_ends_four_characters_inside_and_the_imprint_stands_at_the_bottom_of_the_last_page(
    fonts: Fonts,
) -> None:
    pdf = render_pdf(short_paper("正文，" * 600), fonts)
    last = len(pypdf.PdfReader(BytesIO(pdf)).pages) - 1
    where = places(pdf, last)
    printed = [at for text, at in where.items() if "印发" in text]
    assert printed
    assert printed[0][1] < 99 + 30  # the type area ends 35 mm (99 pt) above the foot of the paper
    assert not any("印发" in text for page in range(last) for text in places(pdf, page))


def test_a_letter_has_no_printer_s_line(fonts: Fonts) -> None:
    text = read(render_pdf(short_paper("正文", "letter"), fonts))
    assert "2026年5月8日印发" not in text
    assert "抄送：示例县人民政府办公室" in text


def test_a_page_never_holds_the_closing_line_and_the_seal_alone(fonts: Fonts) -> None:
    for lines in range(10, 24):
        paper = short_paper("")
        blocks = (*(Paragraph("正文一行。") for _ in range(lines)), Paragraph("特此通知。"))
        pages = pypdf.PdfReader(BytesIO(render_pdf(replace(paper, blocks=blocks), fonts))).pages
        if len(pages) > 1:
            assert "正文一行" in pages[-1].extract_text()


# ---- characters ----------------------------------------------------------------------------------------------------


def test_a_character_that_no_font_has_is_refused_before_anything_is_made(fonts: Fonts) -> None:
    refuse_unprintable(sample_paper("feedback_notice"), fonts)
    for _again in range(2):
        with pytest.raises(InvalidInput, match="U\\+187F0") as caught:
            refuse_unprintable(short_paper("姓名：张\U000187f0，李四。"), fonts)
        assert "张" not in caught.value.found  # the character itself is named, not its neighbours
        assert "关于准予整改事项销号的通知" in str(caught.value)


def test_the_picture_of_all_kinds_shows_every_kind(tmp_path: Path) -> None:
    picture = tmp_path / "documents.png"
    assert draw(picture) == len(list_kinds())
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert PICTURE.stat().st_size < 1_500_000
