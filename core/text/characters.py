"""Characters that make a rule file read differently from what it looks like, and what the YAML reader stumbled over.

A file in another encoding arrives with its undecodable bytes as surrogates (system.paths), so that they have a place.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

import yaml

from core.errors import Problem

# What the YAML reader itself refuses (except the tab, which has its own message), the line break of old
# mainframes, and marks of no width or spaces that do not break, which come along with copied text and make two
# equal-looking words differ.
UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\xa0\u00ad"
    r"\u200b-\u200f\u2028-\u202e\u2060\ufeff\ufffe\uffff\ud800-\udfff]"
)
UNDECODED = re.compile(r"[\udc80-\udcff]")
# A full-width space is a letter in YAML: at the head of a line it is no indentation, after a dash no gap.
WIDE_SPACE = re.compile(r"^[ \u3000-]*\u3000")
# Whether any line may hold one of these mistakes; nearly every file is done with after this one look.
SUSPECT = re.compile(rf"\t|{UNPRINTABLE.pattern}|^[ \u3000-]*\u3000", re.MULTILINE)
FULL_WIDTH = re.compile(r"[\uff01-\uff5e\u3000]")
WIDE_COLON = re.compile(r"(?P<head>[ -]*)(?P<key>[A-Za-z_][\w-]*) *：")
NO_GAP = re.compile(r"(?P<head>[ -]*)(?P<key>[A-Za-z_][\w-]*):(?=[^\s/])")
NAMES = {
    "\u00a0": "不换行空格",
    "\u200b": "零宽空格",
    "\ufeff": "文件中间的 BOM",
    "\u2028": "行分隔符",
}
# Parts of the parser's messages (libyaml and PyYAML agree on them) and what they mean to the writer.
SYNTAX = {
    "mapping values are not allowed": "此处不应出现冒号；文字中含“: ”时请加引号，并检查本行和上一行的缩进",
    "did not find expected ',' or ']'": "方括号列表没有写完；请补上逗号或“]”",
    "did not find expected ',' or '}'": "花括号内容没有写完；请补上逗号或“}”",
    "did not find expected key": "此处应为一个键；请检查缩进和上一行的引号、括号是否成对",
    "did not find expected '-' indicator": "列表项应以“- ”开头并与同级对齐",
    "could not find expected ':'": "键后面缺少冒号；冒号须为半角并后接空格",
    "found unexpected end of stream": "引号或括号从这里开始，到文件末尾没有结束；请补上引号或括号",
    "cannot start any token": "此处的字符不能作为开头；以 @、`、%、*、& 开头的文字请加引号",
    "block sequence entries are not allowed": "此处不应出现“- ”；请检查缩进",
    "found undefined alias": "别名没有来处；以 * 开头的文字请加引号",
}


def narrow(text: str) -> str:
    """Return a text with its full-width letters, digits and marks as half-width ones."""
    return FULL_WIDTH.sub(lambda mark: unicodedata.normalize("NFKC", mark.group()), text)


def check_characters(file: str, text: str) -> list[Problem]:
    """Return the mistakes of single characters: encoding (E111), tabs (E102), invisible ones (E109)."""
    if not SUSPECT.search(text):
        return []
    lines = text.split("\n")
    for number, line in enumerate(lines, start=1):
        bad = UNDECODED.search(line)
        if bad:
            message = (
                "从这里起不是 UTF-8 编码（多为 GBK/ANSI 或 Unicode 格式）；请用编辑器另存为 UTF-8 后再检查"
            )
            return [Problem(file, number, bad.start() + 1, "E111", message)]
    return [
        problem for number, line in enumerate(lines, start=1) for problem in _check_line(file, number, line)
    ]


def _check_line(file: str, number: int, line: str) -> Iterator[Problem]:
    tab = line.find("\t")
    if tab >= 0:
        yield Problem(file, number, tab + 1, "E102", "含有制表符（Tab）；请改用空格")
    bad = UNPRINTABLE.search(line.rstrip("\r"))
    if bad:
        name = NAMES.get(bad.group(), "不可见字符")
        message = f"含有{name} U+{ord(bad.group()):04X}，看不见但会使文字不相等；请删去后重新输入"
        yield Problem(file, number, bad.start() + 1, "E109", message)
    wide = WIDE_SPACE.match(line)
    if wide:
        message = "用全角空格 U+3000 作缩进或间隔，不起作用；请改为半角空格"
        yield Problem(file, number, line.index("\u3000") + 1, "E109", message)


def explain_syntax(file: str, text: str, error: yaml.MarkedYAMLError) -> Problem:
    """Return what the YAML reader stumbled over: the place the writer should look at, and what to write there."""
    mark = error.problem_mark or error.context_mark
    said = error.problem or error.context or ""
    line, column = (mark.line, mark.column) if mark else (0, 0)
    for number in range(line, max(-1, line - 3), -1):
        colon = _colon(file, text.split("\n"), number)
        if colon:
            return colon
    if "unexpected end of stream" in said and error.context_mark:
        line, column = error.context_mark.line, error.context_mark.column
    for part, meaning in SYNTAX.items():
        if part in said:
            return Problem(file, line + 1, column + 1, "E101", f"书写有误：{meaning}")
    message = f"书写有误（{said}）；请检查此处的缩进、冒号后的空格、引号和括号"
    return Problem(file, line + 1, column + 1, "E101", message)


def _colon(file: str, lines: list[str], number: int) -> Problem | None:
    """Return the mistake of a key whose colon is full-width or has no space after it."""
    line = lines[number] if number < len(lines) else ""
    wide = WIDE_COLON.match(line)
    if wide:
        message = f"键“{wide['key']}”后用了全角冒号“：”；请改为半角冒号“:”并后接一个空格"
        return Problem(file, number + 1, wide.end(), "E112", message)
    close = NO_GAP.match(line)
    if close:
        message = f"书写有误：键“{close['key']}”的冒号后缺少空格；请写成“{close['key']}: …”"
        return Problem(file, number + 1, close.end(), "E101", message)
    return None
