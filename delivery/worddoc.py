"""Write a paper as .docx on the office's letterhead, for editing inside the office.

`templates/letterheads/<layout>.docx` carries page, styles and footers and is edited in WPS or Word; ducha fills the
placeholders. A letterhead is parsed and compiled once per content; equal papers give equal bytes.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, Template, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from core.errors import InvalidInput, NotFound
from delivery.paper import Block, ListItem, Paper, Paragraph, Table, break_title, check_text, print_day
from system.paths import TEMPLATES_DIR

LETTERHEADS = TEMPLATES_DIR / "letterheads"
TEXT_WIDTH = 8844  # 156 mm in twips
_FILLED = re.compile(r"word/(document|header\d*|footer\d*)\.xml")
_ZIP_DAY = (2000, 1, 1, 0, 0, 0)  # a fixed day, so that equal papers give equal bytes
_BODY_SIZE = {"notice": 15.75, "letter": 15.75, "form": 14.0}
_MARK_SIZE = {"notice": 46, "letter": 40, "form": 34}
_NARROWEST = 60  # per cent: a longer name gets smaller type instead
NOTHING = Markup("")
TINY = 26  # characters: less than a line

Part = tuple[str, bytes | Template]


def render_docx(paper: Paper, folder: Path | None = None) -> bytes:
    """Return the paper as .docx on the letterhead of its layout.

    folder: the office's own letterheads; a layout that is not there is taken from ours.
    raises: NotFound without a letterhead; InvalidInput when the letterhead asks for a value that is not known.
    """
    file = LETTERHEADS / f"{paper.layout}.docx"
    if folder is not None and (folder / file.name).is_file():
        file = folder / file.name
    if not file.is_file():
        raise NotFound(
            "没有信笺模板",
            found=file.name,
            expected="notice.docx、letter.docx、form.docx",
            remedy="补充模板文件",
        )
    data = file.read_bytes()
    values = _values(paper)
    try:
        parts = [
            (name, part.render(values).encode() if isinstance(part, Template) else part)
            for name, part in _compile(data)
        ]
    except TemplateError as error:
        raise _refuse(paper, file.name, error) from error
    return _zip(parts)


def _refuse(paper: Paper, file: str, error: TemplateError) -> InvalidInput:
    return InvalidInput(
        f"信笺模板 {file} 不能填写",
        found=f"{paper.kind}：{error.message}",
        expected="、".join(_values(paper)),
        remedy="改正模板中的占位名称",
    )


@lru_cache(maxsize=16)
def _compile(data: bytes) -> tuple[Part, ...]:
    """Return the parts of a letterhead in order, those with placeholders compiled; its content is the key."""
    sandbox = ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    sandbox.globals.clear()
    patcher = DocxTemplate(BytesIO(data))
    parts: list[Part] = []
    with zipfile.ZipFile(BytesIO(data)) as letterhead:
        for name in letterhead.namelist():
            part = letterhead.read(name)
            if _FILLED.fullmatch(name) and (b"{{" in part or b"{%" in part):
                parts.append((name, sandbox.from_string(patcher.patch_xml(part.decode()))))
            else:
                parts.append((name, part))
    return tuple(parts)


def _zip(parts: Sequence[tuple[str, bytes]]) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts:
            entry = zipfile.ZipInfo(name, _ZIP_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, part)
    return file.getvalue()


def _values(paper: Paper) -> dict[str, Any]:
    title = break_title(paper.title, (paper.addressee, paper.issuer, paper.signature_name))
    return {
        "mark": _mark(paper),
        "number": _line(paper.number or "（编号待签发）"),
        "upward": paper.signer is not None,
        "signer": _line(paper.signer or "　　　　"),
        "title": _paragraph("DuchaTitle", "\n".join(title)),
        "labels": _line("　".join(label for label in (paper.secrecy, paper.urgency) if label)),
        "addressee": _line(paper.addressee),
        "body": NOTHING.join(_blocks(paper)),
        "attachments": _attachments(paper.attachments),
        "signature": _signature(paper),
        "contact": _line(paper.contact),
        "imprint": _imprint(paper),
        "note": _line(paper.footer_note),
    }


def _line(text: str) -> str:
    return " ".join(check_text(text, "文书").split("\n"))


def _runs(text: str, properties: Markup = NOTHING) -> Markup:
    """Return the text as runs; line ends become breaks, every character stays text."""
    pieces = check_text(text, "文书").split("\n")
    joined = Markup('</w:t><w:br/><w:t xml:space="preserve">').join(pieces)
    style = Markup("<w:rPr>{}</w:rPr>").format(properties) if properties else NOTHING
    return Markup('<w:r>{}<w:t xml:space="preserve">{}</w:t></w:r>').format(style, joined)


def _paragraph(style: str, text: str, properties: Markup = NOTHING, run: Markup = NOTHING) -> Markup:
    paragraph = Markup('<w:p><w:pPr><w:pStyle w:val="{}"/>{}</w:pPr>{}</w:p>')
    return paragraph.format(style, properties, _runs(text, run))


def _width(text: str, size: float) -> float:
    """Return about how wide the text prints, in points."""
    return sum(size if ord(char) > 0x2E80 or char in "“”‘’—…" else size / 2 for char in text)


def _mark(paper: Paper) -> Markup:
    """The red head fits the type area: first narrower letters, then smaller ones."""
    name = paper.issuer + ("文件" if paper.layout == "notice" else "")
    size: float = _MARK_SIZE[paper.layout]
    percent = min(100.0, 100 * TEXT_WIDTH / 20 / max(1.0, _width(name, size)))
    if percent < _NARROWEST:
        size, percent = size * percent / _NARROWEST, _NARROWEST
    run = Markup('<w:w w:val="{0}"/><w:sz w:val="{1}"/><w:szCs w:val="{1}"/>').format(
        int(percent), int(size * 2)
    )
    return _paragraph("DuchaMark", name, run=run)


def _blocks(paper: Paper) -> list[Markup]:
    last = len(paper.blocks) - 1
    # A last line such as 特此通知。 takes the paragraph before it along, so that no page holds it and the seal alone.
    closing = paper.blocks[-1] if paper.blocks else None
    tiny = isinstance(closing, Paragraph | ListItem) and len(closing.text) < TINY
    kept = {last, last - 1} if tiny else {last}
    return [_block(block, index in kept) for index, block in enumerate(paper.blocks)]


def _block(block: Block, is_kept: bool) -> Markup:
    if isinstance(block, Table):
        return _table(block)
    if block.type == "heading":
        return _paragraph(f"DuchaHeading{min(block.level, 3)}", block.text)
    return _paragraph("DuchaLast" if is_kept else "DuchaBody", block.text)


def _table(table: Table) -> Markup:
    total = sum(weight for _, weight in table.columns)
    widths = [int(TEXT_WIDTH * weight / total) for _, weight in table.columns]
    short = [all(_width(row[i], 1) <= 8.5 for row in table.rows) for i in range(len(widths))]
    styles = ["DuchaCellShort" if is_short else "DuchaCell" for is_short in short]
    grid = NOTHING.join(Markup('<w:gridCol w:w="{}"/>').format(width) for width in widths)
    titles = [title for title, _ in table.columns]
    small = _SMALL if len(widths) > 5 else NOTHING
    head = _row(titles, widths, ["DuchaCellHead"] * len(widths), _WHOLE + _HEAD, small)
    rows = [_row(row, widths, styles, _keep(row), small) for row in table.rows]
    return _TABLE.format(TEXT_WIDTH, _borders(_BOX), grid, head, NOTHING.join(rows)) + _paragraph(
        "DuchaNote", ""
    )


_TABLE = Markup(
    '<w:tbl><w:tblPr><w:tblW w:w="{}" w:type="dxa"/><w:jc w:val="center"/><w:tblBorders>{}</w:tblBorders>'
    '<w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="40" w:type="dxa"/><w:right w:w="40" w:type="dxa"/>'
    "</w:tblCellMar></w:tblPr><w:tblGrid>{}</w:tblGrid>{}{}</w:tbl>"
)
_BOX = tuple((side, 4) for side in ("top", "left", "bottom", "right", "insideH", "insideV"))
_SMALL = Markup('<w:sz w:val="21"/><w:szCs w:val="21"/>')  # 五号, where six columns or more share the width
_WHOLE = Markup("<w:cantSplit/>")
_HEAD = Markup("<w:tblHeader/>")


def _borders(sides: Sequence[tuple[str, int]]) -> Markup:
    """Return black rules; a width is counted in eighths of a point."""
    rule = Markup('<w:{} w:val="single" w:sz="{}" w:space="0" w:color="000000"/>')
    return NOTHING.join(rule.format(side, width) for side, width in sides)


def _keep(row: Sequence[str]) -> Markup:
    # a row longer than half a page may break across pages, any other stays whole
    return NOTHING if any(len(cell) > 300 for cell in row) else _WHOLE


def _row(
    cells: Sequence[str], widths: Sequence[int], styles: Sequence[str], row: Markup, run: Markup
) -> Markup:
    shown = [
        Markup(
            '<w:tc><w:tcPr><w:tcW w:w="{}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>{}</w:tc>'
        ).format(width, _paragraph(style, cell, run=run))
        for cell, width, style in zip(cells, widths, styles, strict=True)
    ]
    return Markup("<w:tr><w:trPr>{}</w:trPr>{}</w:tr>").format(row, NOTHING.join(shown))


def _attachments(names: Sequence[str]) -> list[str]:
    numbered = [f"{at}.{_line(name)}" if len(names) > 1 else _line(name) for at, name in enumerate(names, 1)]
    return [("附件：" if at == 0 else "　　　") + line for at, line in enumerate(numbered)]


def _signature(paper: Paper) -> Markup:
    """Name and date, the one centred over the other, the date four characters from the right."""
    size = _BODY_SIZE[paper.layout]
    name, day = paper.signature_name, print_day(paper.signed_on)
    over = _width(name, size) - _width(day, size)
    day_gap = max(4 * size, 2 * size + over / 2)
    lines = ((name, day_gap - over / 2), (day, day_gap))
    indent = Markup('<w:ind w:right="{}"/>')
    return NOTHING.join(
        _paragraph("DuchaSignature", text, indent.format(int(right * 20))) for text, right in lines
    )


def _imprint(paper: Paper) -> Markup:
    """The 版记 in a frame at the bottom of the last page; letters have no rules and no printer.

    First and last rule 0.35 mm, the one between 0.25 mm (GB/T 9704-2012 7.4.1).
    """
    ruled = paper.layout != "letter"
    lines: list[Markup] = []
    height = 240  # the last, empty line that Word wants after a table
    if paper.copies_to:
        copies = f"　抄送：{'，'.join(paper.copies_to)}。"
        lines.append(_runs(copies))
        height += 440 * int(1 + _width(copies, 14) // (TEXT_WIDTH / 20))
    if ruled and paper.printed_by:
        printed = _runs(f"　{paper.printed_by}") + Markup("<w:r><w:tab/></w:r>")
        lines.append(printed + _runs(f"{print_day(paper.printed_on)}印发"))
        height += 440
    rows = [_imprint_row(runs, _rules(at, len(lines)) if ruled else NOTHING) for at, runs in enumerate(lines)]
    if not rows:
        return _paragraph("DuchaNote", "")
    table = _IMPRINT.format(TEXT_WIDTH, NOTHING.join(rows))
    return _FRAME.format(width=TEXT_WIDTH * 635, height=height * 635, table=table)


_IMPRINT = Markup(
    '<w:tbl><w:tblPr><w:tblW w:w="{0}" w:type="dxa"/><w:tblLayout w:type="fixed"/><w:tblCellMar>'
    '<w:left w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/></w:tblCellMar></w:tblPr>'
    '<w:tblGrid><w:gridCol w:w="{0}"/></w:tblGrid>{1}</w:tbl>'
)
# A text frame and not a floating table: LibreOffice 7 leaves a table of full width where it stands in the text.
# Lengths are EMU, 635 to a twip.
_FRAME = Markup(
    '<w:p><w:pPr><w:pStyle w:val="DuchaNote"/></w:pPr><w:r><w:drawing><wp:anchor '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="2" behindDoc="0" locked="0" '
    'layoutInCell="1" allowOverlap="0"><wp:simplePos x="0" y="0"/>'
    '<wp:positionH relativeFrom="margin"><wp:align>left</wp:align></wp:positionH>'
    '<wp:positionV relativeFrom="margin"><wp:align>bottom</wp:align></wp:positionV>'
    '<wp:extent cx="{width}" cy="{height}"/><wp:wrapTopAndBottom/><wp:docPr id="1" name="版记"/>'
    '<a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
    '<a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape">'
    '<wps:wsp xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:cNvSpPr txBox="1"/>'
    '<wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'
    '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/><a:ln><a:noFill/></a:ln></wps:spPr>'
    "<wps:txbx><w:txbxContent>{table}"
    '<w:p><w:pPr><w:pStyle w:val="DuchaNote"/></w:pPr></w:p></w:txbxContent></wps:txbx>'
    '<wps:bodyPr lIns="0" tIns="0" rIns="0" bIns="0"><a:noAutofit/></wps:bodyPr>'
    "</wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing></w:r></w:p>"
)


def _rules(at: int, count: int) -> Markup:
    sides = [("top", 8 if at == 0 else 6)] + ([("bottom", 8)] if at == count - 1 else [])
    return Markup("<w:tcBorders>{}</w:tcBorders>").format(_borders(sides))


def _imprint_row(runs: Markup, borders: Markup) -> Markup:
    return Markup(
        '<w:tr><w:trPr><w:cantSplit/></w:trPr><w:tc><w:tcPr><w:tcW w:w="{}" w:type="dxa"/>{}</w:tcPr>'
        '<w:p><w:pPr><w:pStyle w:val="DuchaImprint"/></w:pPr>{}</w:p></w:tc></w:tr>'
    ).format(TEXT_WIDTH, borders, runs)
