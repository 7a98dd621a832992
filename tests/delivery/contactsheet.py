"""One picture of all kinds of document: the first page of each, from the values of its sample.

Run `python -m tests.delivery.contactsheet` after a template or a layout changed; it writes docs/pictures/documents.png.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import typst

from core.codes import Line
from core.rulebook import DocumentRule, Rulebook, RuleFiles
from core.rulebook.offices import LineProfile
from delivery.fonts import Fonts
from delivery.paper import Paper
from delivery.typeset import render_png
from delivery.wording import SAMPLES, render_wording
from system.paths import ROOT, RULES_DIR, read_texts

PICTURE = ROOT / "docs" / "pictures" / "documents.png"
COLUMNS = 8
PAGE_PPI = 60  # of each page before it is set into the sheet
SHEET = """
#let names = json(bytes(sys.inputs.names))
#let fonts = json(bytes(sys.inputs.fonts))
#set page(width: auto, height: auto, margin: 10pt, fill: luma(225))
#set text(font: fonts, size: 11pt)
#grid(columns: COLUMNS, gutter: 10pt, ..names.enumerate().map(((i, name)) => block(width: 165pt, {
  box(stroke: 0.4pt + luma(120), image(str(i) + ".png", width: 165pt))
  v(-6pt)
  align(center, name)
})))
"""


def papers(book: Rulebook) -> list[tuple[DocumentRule, Paper]]:
    """Return the paper of every kind as its line would issue it, in the order of kinds by line."""
    (office,) = book.offices.values()
    found = []
    for rule in sorted(book.documents.values(), key=lambda one: (one.layout, one.line, one.code)):
        line = Line.ENFORCEMENT if rule.line == "enforcement" else Line.PARTY
        found.append((rule, _paper(rule, office.lines[line], SAMPLES[rule.code])))
    return found


def _paper(rule: DocumentRule, profile: LineProfile, values: Mapping[str, Any]) -> Paper:
    said = render_wording(rule.code, values)
    issuer = (profile.government if rule.by_government else profile.issuer) or ""
    seal = issuer if rule.by_government else profile.seal_name
    code = profile.series[rule.series].code_text if rule.series else ""
    day = date(2026, 5, 8)
    return Paper(
        kind=rule.code,
        layout=rule.layout,
        issuer=issuer,
        number=f"{code}〔2026〕7号" if rule.numbered else None,
        title=said.subject,
        addressee=profile.government or "" if rule.upward else str(values["unit"]),
        blocks=said.body,
        signature_name=seal,
        signed_on=day,
        attachments=("整改情况报告表",) if rule.content.value == "findings" else (),
        printed_by=issuer,
        printed_on=day,
        watermark="示例",
        signer="张某某" if rule.upward else None,
        footer_note="规则版本：0123456789ab　日历版本：7f3a90",
    )


def draw(picture: Path) -> int:
    """Write the picture; return how many kinds it shows."""
    book = RuleFiles(read_texts(RULES_DIR, ".yaml")).rulebook("", None)
    fonts = Fonts.find(None)
    shown = papers(book)
    with tempfile.TemporaryDirectory() as folder:
        for number, (_rule, paper) in enumerate(shown):
            (Path(folder) / f"{number}.png").write_bytes(render_png(paper, fonts, PAGE_PPI)[0])
        sheet = Path(folder) / "sheet.typ"
        sheet.write_text(SHEET.replace("COLUMNS", str(COLUMNS)), encoding="utf-8")
        inputs = {
            "names": json.dumps([rule.name for rule, _paper in shown], ensure_ascii=False),
            "fonts": json.dumps(fonts.family["黑体"], ensure_ascii=False),
        }
        compiler = typst.Compiler(root=folder, font_paths=[str(one) for one in fonts.folders])
        content = compiler.compile(input=str(sheet), sys_inputs=inputs, format="png", ppi=130)
    picture.parent.mkdir(parents=True, exist_ok=True)
    picture.write_bytes(content)
    return len(shown)


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURE
    sys.stdout.write(f"{draw(target)} kinds, {target.stat().st_size // 1024} kB: {target}\n")
