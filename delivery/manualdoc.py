"""The rule manual as .docx for WPS and Word: real headings, tables with repeated heads, contents, page numbers.

It prints the blocks of the HTML manual; the axis of a ladder becomes a strip of cells in the order of time.
Equal manuals give equal bytes.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor
from markupsafe import Markup

from delivery.ladderaxis import Axis
from delivery.manual import WARNING, Manual
from delivery.manualblocks import Block, Facts, Grid, Text
from delivery.paper import check_text, print_day

TEXT_WIDTH = 9412  # 166 mm in twips
TITLE_SHARE = 0.17  # of the width, for the titles of fields
_ZIP_DAY = (2000, 1, 1, 0, 0, 0)  # a fixed day, so that equal manuals give equal bytes
_MADE = datetime(2000, 1, 1)  # noqa: DTZ001  # the day of the file's own properties, which have no zone
_BODY, _SONG, _HEI, _TITLE = "仿宋_GB2312", "宋体", "黑体", "方正小标宋_GBK"
_LATIN = "Times New Roman"
TINTS = {"blue": "DCE9F7", "yellow": "FFF2C4", "orange": "FBE3CF", "red": "F8D8D6", "black": "D4D4D4"}
HEADINGS = ((_HEI, 16.0), (_HEI, 14.0), (_HEI, 12.0), (_HEI, 10.5))
NOTHING = Markup("")


def render_manual_docx(content: Manual) -> bytes:
    """Return the manual as .docx."""
    document = Document()
    _prepare(document, content)
    body = document.element.body
    last = body[-1]  # the section properties, which stay behind everything
    for xml in _body(content):
        for element in parse_xml(f"<w:body {nsdecls('w')}>{xml}</w:body>"):
            last.addprevious(element)
    file = BytesIO()
    document.save(file)
    return _settled(file.getvalue())


def _prepare(document: Any, content: Manual) -> None:
    _style(document.styles["Normal"], _BODY, 12.0)
    for level, (font, size) in enumerate(HEADINGS, 1):
        style = document.styles[f"Heading {level}"]
        _style(style, font, size, bold=True)
        style.font.color.rgb = RGBColor(0, 0, 0)
        style.paragraph_format.space_before = Pt(18 if level == 1 else 12)
        style.paragraph_format.space_after = Pt(6)
        style.paragraph_format.page_break_before = level == 1
    for name, font, size in (("DuchaManualTitle", _TITLE, 26.0), ("DuchaManualCell", _SONG, 9.0),
                             ("DuchaManualHead", _HEI, 9.0), ("DuchaManualContents", _SONG, 10.5)):  # fmt: skip
        _style(document.styles.add_style(name, 1), font, size)
    title = document.styles["DuchaManualTitle"].paragraph_format
    title.alignment, title.space_before, title.space_after = WD_ALIGN_PARAGRAPH.CENTER, Pt(30), Pt(18)
    _page(document.sections[0], content)
    properties = document.core_properties
    properties.title, properties.author, properties.comments = content.title, content.office, WARNING
    properties.created = properties.modified = _MADE
    properties.last_modified_by, properties.revision = "ducha", 1


def _style(style: Any, font: str, size: float, *, bold: bool = False) -> None:
    style.font.name, style.font.size, style.font.bold = _LATIN, Pt(size), bold
    fonts = style.element.rPr.rFonts
    for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(theme), None)
    fonts.set(qn("w:eastAsia"), font)
    style.paragraph_format.space_after = Pt(0)


def _page(section: Any, content: Manual) -> None:
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(22)
    section.top_margin, section.bottom_margin = Mm(25), Mm(22)
    section.header.paragraphs[0].text = f"{content.title}　由规则文件生成，请勿直接修改"
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for element in parse_xml(_FOOT.format(nsdecls("w"), content.sha256[:12])):
        foot.paragraph_format.element.append(element)
    for part in (section.header, section.footer):
        part.paragraphs[0].style.font.size = Pt(9)


_FOOT = (
    '<w:p {}><w:r><w:t xml:space="preserve">— </w:t></w:r><w:fldSimple w:instr=" PAGE "><w:r><w:t>1</w:t></w:r>'
    '</w:fldSimple><w:r><w:t xml:space="preserve"> —　规则 {}</w:t></w:r></w:p>'
)


def _body(content: Manual) -> Iterator[Markup]:
    yield _paragraph("DuchaManualTitle", content.title)
    head = [
        ("督察单位", content.office),
        ("发文机关", content.issuer),
        ("截至", print_day(content.on)),
        ("规则校验值", content.sha256),
    ]
    yield _facts([(title, (text,)) for title, text in head if text])
    yield _paragraph("Normal", WARNING, Markup("<w:b/>"))
    yield from _contents(content)
    for at, (number, part) in enumerate(content.numbered, 1):
        yield _heading(at, number, part.level, part.title)
        for block in part.blocks:
            yield _block(block)


def _contents(content: Manual) -> Iterator[Markup]:
    """Yield the list of contents as a field that Word and WPS renew, filled already for those that do not."""
    yield _paragraph("DuchaManualContents", "目　录", Markup("<w:b/>"))
    listed = [(number, part) for number, part in content.numbered if part.level < 3]
    for at, (number, part) in enumerate(listed):
        begin = _FIELD_BEGIN if at == 0 else NOTHING
        end = _FIELD_END if at == len(listed) - 1 else NOTHING
        indent = Markup('<w:ind w:left="{}"/>').format(420 * (part.level - 1))
        link = Markup('<w:hyperlink w:anchor="{}" w:history="1">{}</w:hyperlink>').format(
            _bookmark(number), _run(f"{number}　{part.title}")
        )
        yield Markup('<w:p><w:pPr><w:pStyle w:val="DuchaManualContents"/>{}</w:pPr>{}{}{}</w:p>').format(
            indent, begin, link, end
        )


_FIELD_BEGIN = Markup(
    '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> TOC \\o "1-2" \\h '
    '</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
)
_FIELD_END = Markup('<w:r><w:fldChar w:fldCharType="end"/></w:r>')


def _bookmark(number: str) -> str:
    return "_Toc" + number.replace(".", "_")


def _heading(at: int, number: str, level: int, title: str) -> Markup:
    text = f"{number}　{title}" if level < 3 else title
    return Markup(
        '<w:p><w:pPr><w:pStyle w:val="Heading{0}"/></w:pPr><w:bookmarkStart w:id="{1}" w:name="{2}"/>{3}'
        '<w:bookmarkEnd w:id="{1}"/></w:p>'
    ).format(level, at, _bookmark(number), _run(text))


def _run(text: str, properties: Markup = NOTHING) -> Markup:
    style = Markup("<w:rPr>{}</w:rPr>").format(properties) if properties else NOTHING
    return Markup('<w:r>{}<w:t xml:space="preserve">{}</w:t></w:r>').format(
        style, check_text(text, "规则手册")
    )


def _paragraph(style: str, text: str, run: Markup = NOTHING) -> Markup:
    return Markup('<w:p><w:pPr><w:pStyle w:val="{}"/></w:pPr>{}</w:p>').format(style, _run(text, run))


def _block(block: Block) -> Markup:
    if isinstance(block, Text):
        return _paragraph("Normal", block.text)
    if isinstance(block, Facts):
        return _facts([(row.title, row.lines) for row in block.rows])
    return _grid(block) if isinstance(block, Grid) else _strip(block)


def _facts(rows: Sequence[tuple[str, Sequence[str]]]) -> Markup:
    widths = (int(TEXT_WIDTH * TITLE_SHARE), TEXT_WIDTH - int(TEXT_WIDTH * TITLE_SHARE))
    drawn = [
        _row(
            (_cell(widths[0], (title,), "DuchaManualHead"), _cell(widths[1], _numbered(lines))),
            keep=_short(lines),
        )
        for title, lines in rows
    ]
    return _table(widths, NOTHING, drawn)


def _numbered(lines: Sequence[str]) -> Sequence[str]:
    return lines if len(lines) == 1 else [f"{at}. {line}" for at, line in enumerate(lines, 1)]


def _grid(block: Grid) -> Markup:
    total = sum(block.weights)
    widths = [int(TEXT_WIDTH * weight / total) for weight in block.weights]
    head = _row(
        [
            _cell(width, (title,), "DuchaManualHead", "EEF1F4")
            for title, width in zip(block.heads, widths, strict=True)
        ],
        keep=True,
        head=True,
    )
    rows = [
        _row(
            [_cell(width, lines) for lines, width in zip(row, widths, strict=True)],
            keep=all(_short(lines) for lines in row),
        )
        for row in block.rows
    ]
    return _table(widths, head, rows)


def _short(lines: Sequence[str]) -> bool:
    """Tell whether a cell stays on one page; longer ones may break."""
    return sum(len(line) for line in lines) <= 400


def _strip(axis: Axis) -> Markup:
    """The rungs in the order of time, with the days of service and of the end of the period between them."""
    marks = [(axis.served_x, 0, "送达日", "", ""), (axis.due_x, 2, "到期日", "", "")]
    marks += [
        (stop.x, 1 if stop.x < axis.due_x else 3, stop.word, stop.when, stop.light) for stop in axis.stops
    ]
    marks.sort(key=lambda mark: (mark[0], mark[1]))
    width = TEXT_WIDTH // len(marks)
    cells = [
        _cell(
            width,
            [text for text in (word, when) if text],
            "DuchaManualCell",
            TINTS.get(light, "FFFFFF"),
            "center",
        )
        for _, _, word, when, light in marks
    ]
    caption = _paragraph("DuchaManualCell", f"{axis.title}（按先后）")
    return caption + _table([width] * len(marks), NOTHING, [_row(cells, keep=True)])


def _cell(
    width: int, lines: Sequence[str], style: str = "DuchaManualCell", fill: str = "", align: str = "left"
) -> Markup:
    shade = Markup('<w:shd w:val="clear" w:color="auto" w:fill="{}"/>').format(fill) if fill else NOTHING
    side = Markup('<w:jc w:val="{}"/>').format(align)
    paragraph = Markup('<w:p><w:pPr><w:pStyle w:val="{}"/>{}</w:pPr>{}</w:p>')
    said = NOTHING.join(paragraph.format(style, side, _run(line)) for line in lines or ("",))
    return Markup('<w:tc><w:tcPr><w:tcW w:w="{}" w:type="dxa"/>{}</w:tcPr>{}</w:tc>').format(
        width, shade, said
    )


def _row(cells: Sequence[Markup], *, keep: bool, head: bool = False) -> Markup:
    marks = (_WHOLE if keep else NOTHING) + (_HEAD if head else NOTHING)
    return Markup("<w:tr><w:trPr>{}</w:trPr>{}</w:tr>").format(marks, NOTHING.join(cells))


def _table(widths: Sequence[int], head: Markup, rows: Sequence[Markup]) -> Markup:
    columns = NOTHING.join(Markup('<w:gridCol w:w="{}"/>').format(width) for width in widths)
    return _TABLE.format(TEXT_WIDTH, _BORDERS, columns, head, NOTHING.join(rows)) + _paragraph(
        "DuchaManualCell", ""
    )


_WHOLE, _HEAD = Markup("<w:cantSplit/>"), Markup("<w:tblHeader/>")
_BORDERS = NOTHING.join(
    Markup('<w:{} w:val="single" w:sz="4" w:space="0" w:color="808080"/>').format(side)
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
_TABLE = Markup(
    '<w:tbl><w:tblPr><w:tblW w:w="{}" w:type="dxa"/><w:tblBorders>{}</w:tblBorders><w:tblLayout w:type="fixed"/>'
    '<w:tblCellMar><w:top w:w="28" w:type="dxa"/><w:left w:w="70" w:type="dxa"/>'
    '<w:bottom w:w="28" w:type="dxa"/><w:right w:w="70" w:type="dxa"/></w:tblCellMar></w:tblPr>'
    "<w:tblGrid>{}</w:tblGrid>{}{}</w:tbl>"
)


def _settled(data: bytes) -> bytes:
    """Return the file with fixed times in its archive, and without the template's picture of its first page."""
    file = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as made, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in made.namelist():
            part = made.read(name)
            if name == "docProps/thumbnail.jpeg":
                continue
            if name == "_rels/.rels":
                part = re.sub(rb"<Relationship [^>]*thumbnail[^>]*/>", b"", part)
            entry = zipfile.ZipInfo(name, _ZIP_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, part)
    return file.getvalue()
