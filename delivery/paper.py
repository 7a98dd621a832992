"""What stands on a document: plain values, the same for PDF, PNG and .docx.

A paper holds text and structure, never markup: a character typed by a person prints as that character.
`write_paper` and `read_paper` turn it into canonical JSON and back, so that signed content can be frozen and hashed.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from core.errors import InvalidInput

Layout = Literal["notice", "letter", "form"]

TITLE_CHARS = 19
"""Characters of 2号 type (22 pt) that fit the 156 mm of the type area, less one for air."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 (黑体), 2 (楷体), 3 or 4 (仿宋); the text carries its own numeral."""

    level: int
    text: str
    type: Literal["heading"] = "heading"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A body paragraph, indented by two characters."""

    text: str
    type: Literal["paragraph"] = "paragraph"


@dataclass(frozen=True, slots=True)
class ListItem:
    """One line of a list; the text carries its own numeral, if it has one."""

    text: str
    type: Literal["item"] = "item"


@dataclass(frozen=True, slots=True)
class Table:
    """A table; `columns` are (title, relative width), every row has one text a column."""

    columns: tuple[tuple[str, float], ...]
    rows: tuple[tuple[str, ...], ...]
    type: Literal["table"] = "table"


Block = Annotated[Heading | Paragraph | ListItem | Table, Field(discriminator="type")]


@dataclass(frozen=True, slots=True)
class Paper:
    """One document, ready to be laid out.

    `issuer` is the name in the red head, `number` is None before signature, `addressee` carries no colon.
    `watermark` (示例) draws a seal that nobody can take for a real one; without it the place of the seal stays free.
    """

    kind: str
    layout: Layout
    issuer: str
    number: str | None
    title: str
    addressee: str
    blocks: tuple[Block, ...]
    signature_name: str
    signed_on: date | None
    attachments: tuple[str, ...] = ()
    copies_to: tuple[str, ...] = ()
    printed_by: str = ""
    printed_on: date | None = None
    contact: str = ""
    watermark: str | None = None
    footer_note: str = ""
    signer: str | None = None
    secrecy: str = ""
    urgency: str = ""


@dataclass(frozen=True, slots=True)
class Countersign:
    """One office that is asked before signature, and what it said."""

    office: str
    opinion: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The 发文稿纸 that travels with a draft until the leader signs; empty cells stay empty for the pen."""

    issuer: str
    title: str
    addressee: str
    number: str | None = None
    copies_to: tuple[str, ...] = ()
    attachments: tuple[str, ...] = ()
    urgency: str = ""
    secrecy: str = ""
    drafted_by: str = ""
    drafted_on: date | None = None
    checked_by: str = ""
    countersigns: tuple[Countersign, ...] = ()
    opinion: str = ""
    signer: str = ""
    signed_on: date | None = None
    gist: str = ""
    footer_note: str = ""


_PAPER: TypeAdapter[Paper] = TypeAdapter(Paper)


def write_paper(paper: Paper) -> bytes:
    """Return the paper as UTF-8 JSON; equal papers give equal bytes."""
    return _PAPER.dump_json(paper)


def read_paper(data: bytes) -> Paper:
    """Return the paper that `write_paper` wrote."""
    return _PAPER.validate_json(data)


def print_day(day: date | None) -> str:
    """Return a day as documents print it, Arabic digits without zeros; blank spaces for the pen when None."""
    return f"{day.year}年{day.month}月{day.day}日" if day else "　　年　月　日"


def write_footer_note(rules_sha256: str, calendar_version: str, provisional_note: str = "") -> str:
    """Return the small line at the foot: the rules and the calendar the document was made under."""
    note = f"规则版本：{rules_sha256[:12]}　日历版本：{calendar_version}"
    return f"{note}　{provisional_note}" if provisional_note else note


def check_text(text: str, where: str) -> str:
    """Return the text with line ends as \\n; refuse characters that no document can print.

    raises InvalidInput for control characters, lone surrogates, private-use and unassigned code points.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    for char in text:
        if char != "\n" and unicodedata.category(char) in {"Cc", "Cs", "Co", "Cn"}:
            raise InvalidInput(
                f"{where}含有不能印刷的字符",
                found=f"U+{ord(char):04X}，位于“{_surroundings(text, char)}”",
                expected="可印刷的文字",
                remedy="删除或改写该字符后重新生成",
            )
    return text


def _surroundings(text: str, char: str) -> str:
    at = text.index(char)
    return text[max(0, at - 8) : at] + "□" + text[at + 1 : at + 9]


# A title never breaks inside these words; names of the paper itself are added by the caller.
_WORDS = (
    "法治督察|反馈意见|整改通知书|通知书|整改|通知|通报|提示单|催办单|督办单|责令|销号|约谈|移送函|移交函|移送|移交|"
    "答复|异议|延期|问题线索|线索|问题|行政执法监督|行政执法|监督|专项督察|综合督察|回头看|开展|法治政府建设|建设|情况|工作|"
    "管理|计划|行政检查|检查|建议书|意见书|决定书|请示|报告|转办函|督办函|案件|转办|应诉|行政争议|争议|预警|纪检监察|办理|"
    "巡察|依法行政|作出|决定|提请|更正|期限|准予|申请|复核|"
    "委员会|办公室|人民政府|依法治县|关于|事项|乡镇|街道|县直|单位|年度|进展|滞后|有关|部分|[0-9A-Za-z〔〕.-]+[年月日号]?|"
    "《[^》]{1,16}》?|（[^）]{1,8}）"
)
_NEVER_FIRST = set("的了和与及暨、，。；：》〉）”’〕")
_NEVER_LAST = set("《〈（“‘〔对在")


def break_title(title: str, keep: tuple[str, ...] = (), width: int = TITLE_CHARS) -> tuple[str, ...]:
    """Return the lines of a title: no word is cut, no line is wider than `width`, lines are of like length.

    source GB/T 9704-2012 7.3.1: 回行时词意完整、排列对称、长短适宜、间距恰当.
    """
    text = " ".join(title.split())
    if _width(text) <= width:
        return (text,)
    pieces = _pieces(text, tuple(k for k in keep if 1 < _width(k) <= width))
    count = int(-(-_width(text) // width))
    for lines in range(count, count + 3):
        best = _balance(pieces, lines, width)
        if best:
            return best
    return _balance(tuple(text), count, width) or (text,)


def _width(text: str) -> float:
    return sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else 0.5 for c in text)


def _pieces(text: str, keep: tuple[str, ...]) -> tuple[str, ...]:
    names = "|".join(re.escape(k) for k in sorted(keep, key=len, reverse=True))
    found = re.findall(f"{names}|{_WORDS}|." if names else f"{_WORDS}|.", text)
    glued: list[str] = []
    for piece in found:
        if glued and (piece[0] in _NEVER_FIRST or glued[-1][-1] in _NEVER_LAST or _belongs(piece, glued[-1])):
            glued[-1] += piece
        else:
            glued.append(piece)
    return tuple(glued)


def _belongs(piece: str, before: str) -> bool:
    """A short bracket stays with the word it explains: 乡镇（街道）."""
    return piece[0] == "（" and len(piece) + len(before) <= 10


def _balance(pieces: tuple[str, ...], lines: int, width: int) -> tuple[str, ...] | None:
    """Return the split into `lines` lines with the smallest unevenness, None when a line would be too wide."""
    ideal = sum(_width(p) for p in pieces) / lines

    @cache
    def best(start: int, left: int) -> tuple[float, tuple[str, ...]] | None:
        if left == 0:
            return (0.0, ()) if start == len(pieces) else None
        found: tuple[float, tuple[str, ...]] | None = None
        for end in range(start + 1, len(pieces) + 1):
            line = "".join(pieces[start:end])
            rest = best(end, left - 1) if _width(line) <= width else None
            if rest is None:
                continue
            cost = (_width(line) - ideal) ** 2 - (6 if left > 1 and line[-1] in "的暨、，" else 0) + rest[0]
            if found is None or cost < found[0]:
                found = (cost, (line.strip(), *rest[1]))
        return found

    answer = best(0, lines)
    return answer[1] if answer else None
