"""The rule manual holds every rule, as one page that fetches nothing and as a document that Word and WPS open."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from datetime import date
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from lxml import etree

from core.rulebook import Rulebook, load_rulebook
from core.rulebook.fields import Text as Prose
from core.rulebook.items import Item
from core.rulebook.published import PublishedFile
from delivery.ladderaxis import SHAPES, draw_axis
from delivery.manual import WARNING, Manual, manual_of, render_manual
from delivery.manualblocks import Facts, Grid, facts
from delivery.manualdoc import render_manual_docx
from system.paths import RULES_DIR, read_texts
from tests.conftest import require

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
ON = date(2026, 11, 21)
BOOK: Rulebook = load_rulebook(read_texts(RULES_DIR, ".yaml"))
REGISTER = PublishedFile(catalogs={"fazhi-ducha-46": {"A01": "公布时的标题"}})
MANUAL: Manual = manual_of(BOOK, "shilixian", ON, REGISTER)
PAGE = render_manual(MANUAL)
DOCX = render_manual_docx(MANUAL)


def squeeze(text: str) -> str:
    return re.sub(r"\s+", "", text)


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def handle_data(self, data: str) -> None:
        self.said.append(data)


def words_of(page: str) -> str:
    reader = _Words()
    reader.feed(page)
    return squeeze("".join(reader.said))


def words_in(docx: bytes) -> str:
    with zipfile.ZipFile(BytesIO(docx)) as archive:
        tree = etree.fromstring(archive.read("word/document.xml"))
    return squeeze("".join(node.text or "" for node in tree.iter(f"{W}t")))


@pytest.mark.parametrize("said", [words_of(PAGE), words_in(DOCX)], ids=["html", "docx"])
def test_nothing_of_the_rules_is_left_out(said: str) -> None:
    items = [item for catalog in BOOK.catalogs.values() for item in catalog.items]
    wanted = [
        text
        for item in items
        for text in (item.title, item.requirement, *item.evidence, *item.typical_problems)
    ]
    wanted += [basis.document for item in items for basis in item.legal_basis]
    wanted += [event.event for ladder in BOOK.ladders.values() for event in ladder.events.values()]
    wanted += [event.event for risk in BOOK.litigation.values() for event in risk.events]
    wanted += [factor.factor for risk in BOOK.litigation.values() for factor in risk.factors]
    wanted += [clock.matter for file in BOOK.clocks.values() for clock in file.clocks]
    wanted += [rule.name for rule in BOOK.documents.values()]
    wanted += [one.name for one in BOOK.linkage.receivers.values()]
    wanted += [one.address for catalog in BOOK.catalogs.values() for one in catalog.sources.values()]
    wanted += ["2026年", "2027年", "春节" if "春节" in said else "放假", "公布时的标题", "没有本地调整"]

    assert [text for text in wanted if squeeze(text) not in said] == []


@pytest.mark.parametrize("said", [words_of(PAGE), words_in(DOCX)], ids=["html", "docx"])
def test_the_head_says_where_the_manual_comes_from(said: str) -> None:
    assert squeeze(WARNING) in said
    assert MANUAL.sha256 in said
    assert "请勿直接修改" in said


def test_the_page_fetches_nothing_and_runs_nothing() -> None:
    assert not re.search(
        r"<script|<link|<img|@import|url\(|\son\w+=|\sstyle=|https?://(?!www\.w3\.org)[^<\s]*[\"']", PAGE
    )
    assert "default-src 'none'" in PAGE


def test_every_entry_of_the_contents_leads_to_a_heading() -> None:
    wanted = re.findall(r'href="#([^"]+)"', PAGE)

    assert len(wanted) == len(set(wanted)) > 40
    assert set(wanted) <= set(re.findall(r'<h\d id="([^"]+)"', PAGE))


def test_equal_rules_on_the_same_day_give_equal_files() -> None:
    again = manual_of(BOOK, "shilixian", ON, REGISTER)

    assert render_manual(again) == PAGE
    assert render_manual_docx(again) == DOCX


def test_markup_in_rules_stays_text() -> None:
    office = BOOK.offices["shilixian"].model_copy(update={"name": "<b>示例</b>&"})
    book = BOOK.model_copy(update={"offices": {"shilixian": office}})
    content = manual_of(book, "shilixian", ON)

    assert "&lt;b&gt;示例&lt;/b&gt;&amp;" in render_manual(content)
    assert "<b>示例</b>&" in words_in(render_manual_docx(content))


def test_a_field_that_nobody_here_knows_is_printed_with_its_title() -> None:
    class Richer(Item):
        hint: Prose | None = None
        """办理提示；新增的字段"""

    rule = Richer.model_validate(
        {**BOOK.catalogs["fazhi-ducha-46"].items[0].model_dump(), "hint": "先问后查" * 6}
    )
    (block,) = facts(rule, {})

    assert isinstance(block, Facts)
    assert ("办理提示", ("先问后查" * 6,)) in [(row.title, row.lines) for row in block.rows]


@pytest.mark.parametrize("severity", ["minor", "major", "grave"])
def test_the_axis_places_the_rungs_in_time_with_word_and_shape(severity: str) -> None:
    ladder = BOOK.ladder_of("shilixian")
    profile = next(one for key, one in ladder.profiles.items() if key == severity)
    axis = draw_axis("轴", profile, ladder.palette, {})

    assert {stop.light for stop in axis.stops} == {rung.light.value for rung in profile.rungs}
    assert [stop.x for stop in axis.stops] == sorted(stop.x for stop in axis.stops)
    assert axis.served_x < axis.due_x
    assert all(
        ladder.palette.label(rung.light) in {stop.letter for stop in axis.stops} for rung in profile.rungs
    )
    assert all(bool(stop.points) == (stop.light in SHAPES) for stop in axis.stops)


def test_labels_of_the_axis_do_not_lie_on_one_another() -> None:
    ladder = BOOK.ladder_of("shilixian")
    for profile in ladder.profiles.values():
        stops = draw_axis("轴", profile, ladder.palette, {"urging": "催办单"}).stops
        boxes = [(stop.label_x, stop.label_y, stop.label_x + 12 * len(stop.word)) for stop in stops]
        for at, (left, y, right) in enumerate(boxes):
            assert not [one for one in boxes[at + 1 :] if one[1] == y and left < one[2] and one[0] < right]


def test_the_document_has_headings_repeated_heads_and_page_numbers() -> None:
    document = Document(BytesIO(DOCX))
    styles = {paragraph.style.name for paragraph in document.paragraphs if paragraph.style is not None}
    with zipfile.ZipFile(BytesIO(DOCX)) as archive:
        xml = archive.read("word/document.xml").decode()
        assert all(entry.date_time == (2000, 1, 1, 0, 0, 0) for entry in archive.infolist())

    assert {"Heading 1", "Heading 2", "Heading 3"} <= styles
    assert xml.count("<w:tblHeader/>") == sum(
        isinstance(b, Grid) for part in MANUAL.parts for b in part.blocks
    )
    assert 'TOC \\o "1-2"' in xml
    assert "PAGE" in document.sections[0].footer._element.xml
    assert 'w:eastAsia="黑体"' in document.styles["Heading 1"].element.xml


def test_libreoffice_opens_the_document(tmp_path: Path) -> None:
    office = shutil.which("soffice")
    require(office, "LibreOffice is not installed")
    file = tmp_path / "规则手册.docx"
    file.write_bytes(DOCX)
    home = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    command = [office or "", home, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(file)]

    subprocess.run(command, check=True, capture_output=True, timeout=200)

    assert (tmp_path / "规则手册.pdf").read_bytes().startswith(b"%PDF")
