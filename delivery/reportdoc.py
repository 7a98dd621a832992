"""A report as .docx: the office's letterhead with pictures where the text asks for them."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO

from markupsafe import escape

from core.errors import InvalidInput
from delivery.paper import Paper
from delivery.plotpictures import Picture
from delivery.worddoc import render_docx

EMU_PER_MM = 36_000
TEXT_MM = 152  # a little less than the 156 mm of the type area
TALLEST_MM = 215
_MARK = re.compile(r"⟦图：([a-z_0-9]+)⟧")
_PARAGRAPH = re.compile(r"<w:p>(?:(?!</w:p>).)*?⟦图：([a-z_0-9]+)⟧.*?</w:p>", re.DOTALL)
_DAY = (2000, 1, 1, 0, 0, 0)  # equal reports give equal bytes
_IMAGE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"


def render_report_docx(paper: Paper, pictures: Sequence[Picture]) -> bytes:
    """Return the paper on its letterhead with each picture in the place its key marks.

    raises   InvalidInput when the text asks for a picture that was not drawn; what `render_docx` raises
    """
    drawn = {one.key: one for one in pictures}
    parts: dict[str, bytes] = {}
    with zipfile.ZipFile(BytesIO(render_docx(paper))) as whole:
        for name in whole.namelist():
            parts[name] = whole.read(name)
    text = parts["word/document.xml"].decode()
    asked = list(dict.fromkeys(_MARK.findall(text)))
    lacking = [key for key in asked if key not in drawn]
    if lacking:
        raise InvalidInput(
            "报告模板要求的图没有",
            found="、".join(lacking),
            expected="、".join(drawn) or "无图",
            remedy="改正 templates/reports 中的模板",
        )
    text = _PARAGRAPH.sub(lambda found: _drawing(drawn[found[1]], asked.index(found[1]) + 1), text)
    parts["word/document.xml"] = text.encode()
    _add_files(parts, [drawn[key] for key in asked])
    return _zip(parts)


def _drawing(picture: Picture, number: int) -> str:
    """Return a centred paragraph with the picture, and one with its caption."""
    width, height = _fit(picture)
    said = escape(picture.caption)
    return (
        '<w:p><w:pPr><w:keepNext/><w:snapToGrid w:val="0"/><w:spacing w:before="120" w:after="0" w:line="240" '
        'w:lineRule="auto"/><w:ind w:firstLine="0" w:firstLineChars="0"/><w:jc w:val="center"/></w:pPr><w:r><w:drawing>'
        '<wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" distT="0" '
        f'distB="0" distL="0" distR="0"><wp:extent cx="{width}" cy="{height}"/><wp:docPr id="{100 + number}" '
        f'name="图{number}" descr="{said}"/>'
        '<a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:graphicData '
        'uri="http://schemas.openxmlformats.org/drawingml/2006/picture">'
        '<pic:pic xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:nvPicPr>'
        f'<pic:cNvPr id="{100 + number}" name="图{number}"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill>'
        '<a:blip xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
        f'r:embed="rIdPlot{number}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm>'
        f'<a:off x="0" y="0"/><a:ext cx="{width}" cy="{height}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/>'
        "</a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
        '<w:p><w:pPr><w:pStyle w:val="DuchaNote"/><w:spacing w:before="0" w:after="160"/><w:jc w:val="center"/></w:pPr>'
        f'<w:r><w:rPr><w:sz w:val="21"/><w:szCs w:val="21"/></w:rPr><w:t xml:space="preserve">图{number}　{said}</w:t>'
        "</w:r></w:p>"
    )


def _fit(picture: Picture) -> tuple[int, int]:
    """Return width and height in EMU: as wide as the text, unless that is taller than a page."""
    height = TEXT_MM * picture.height / picture.width
    shrink = min(1.0, TALLEST_MM / height)
    return int(TEXT_MM * shrink * EMU_PER_MM), int(height * shrink * EMU_PER_MM)


def _add_files(parts: dict[str, bytes], pictures: Sequence[Picture]) -> None:
    for number, one in enumerate(pictures, 1):
        parts[f"word/media/plot{number}.png"] = one.png
    links = "".join(
        f'<Relationship Id="rIdPlot{n}" Type="{_IMAGE}" Target="media/plot{n}.png"/>'
        for n in range(1, len(pictures) + 1)
    )
    _insert(parts, "word/_rels/document.xml.rels", "</Relationships>", links)
    types = parts["[Content_Types].xml"].decode()
    if pictures and 'Extension="png"' not in types:
        types = re.sub(
            r"(<Types[^>]*>)", r'\1<Default Extension="png" ContentType="image/png"/>', types, count=1
        )
        parts["[Content_Types].xml"] = types.encode()


def _insert(parts: dict[str, bytes], name: str, before: str, text: str) -> None:
    whole = parts[name].decode()
    parts[name] = whole.replace(before, text + before).encode()


def _zip(parts: Mapping[str, bytes]) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            entry = zipfile.ZipInfo(name, _DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, part)
    return file.getvalue()
