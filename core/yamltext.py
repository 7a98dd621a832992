"""YAML as plain text with positions: scalars stay the text that was written, every value knows its place.

YAML itself guesses: `no` becomes false, `010` becomes 8, a date that does not exist fails without a line.
Here nothing is guessed; only an empty value, `null` and `~` (unquoted) mean "nothing". What makes a file
read differently from what it looks like is a mistake: keys written twice, anchors and aliases, merge keys,
tags, tabs, a second document.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, cast

import yaml

from core.errors import Problem

Tree: TypeAlias = "str | list[Tree] | dict[str, Tree] | None"
Path: TypeAlias = tuple[str | int, ...]
NOTHING = frozenset({"", "null", "~", "Null", "NULL"})
# What the YAML reader itself refuses (except the tab, which has its own message), and marks of no width,
# which come along with copied text and make two equal-looking words differ.
UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f"
    r"\u200b-\u200f\u2028-\u202e\u2060\ufeff\ufffe\uffff\ud800-\udfff]"
)
# Parts of the parser's messages (libyaml and PyYAML agree on them) and what they mean to the writer.
SYNTAX = {
    "mapping values are not allowed": "此处不应出现冒号；文字中含“: ”时请加引号，并检查上一行的缩进",
    "did not find expected ',' or ']'": "方括号列表没有写完；请补上逗号或“]”",
    "did not find expected ',' or '}'": "花括号内容没有写完；请补上逗号或“}”",
    "did not find expected key": "此处应为一个键；请检查缩进和上一行的引号、括号是否成对",
    "did not find expected '-' indicator": "列表项应以“- ”开头并与同级对齐",
    "could not find expected ':'": "键后面缺少冒号；冒号须为半角并后接空格",
    "found unexpected end of stream": "文件在引号或括号内结束；请补上引号或括号",
    "cannot start any token": "此处的字符不能作为开头；以 @、`、%、*、& 开头的文字请加引号",
    "block sequence entries are not allowed": "此处不应出现“- ”；请检查缩进",
    "found undefined alias": "别名没有来处；以 * 开头的文字请加引号",
}


@dataclass(frozen=True, slots=True)
class Place:
    """A position in a file; both count from 1, columns in characters."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class YamlText:
    """A file as plain text: its tree, the place of each value and key, and mistakes of writing."""

    file: str
    tree: Tree
    values: Mapping[Path, Place]
    keys: Mapping[Path, Place]
    styles: Mapping[Path, str]
    problems: tuple[Problem, ...]

    def place(self, path: Sequence[str | int], *, of_key: bool = False) -> Place:
        """Return where the value (or its key) stands; for an unknown path the nearest thing around it."""
        spot = tuple(path)
        if of_key and spot in self.keys:
            return self.keys[spot]
        while spot and spot not in self.values:
            spot = spot[:-1]
        return self.values.get(spot, Place(1, 1))

    def problem(self, path: Sequence[str | int], code: str, message: str, *, of_key: bool = False) -> Problem:
        """Return a mistake at the value of a path, or at its key."""
        place = self.place(path, of_key=of_key)
        return Problem(self.file, place.line, place.column, code, message)

    def problem_inside(self, path: Sequence[str | int], column: int, code: str, message: str) -> Problem:
        """Return a mistake at a character (from 1) of a text; of a block of text, at its beginning."""
        place, style = self.place(path), self.styles.get(tuple(path), "")
        shift = {"": column - 1, "'": column, '"': column}.get(style, 0)
        return Problem(self.file, place.line, place.column + shift, code, message)


@dataclass(slots=True)
class _Frame:
    """A list or mapping that is being read; `key` is the mapping key whose value comes next."""

    path: Path
    items: list[Tree] | dict[str, Tree]
    key: str | None = None


@dataclass(slots=True)
class _Reader:
    """Builds the tree from parser events; one pass, no recursion, so depth cannot exhaust the stack."""

    file: str
    tree: Tree = None
    values: dict[Path, Place] = field(default_factory=dict)
    keys: dict[Path, Place] = field(default_factory=dict)
    styles: dict[Path, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    stack: list[_Frame] = field(default_factory=list)
    documents: int = 0

    def complain(self, event: yaml.Event, code: str, message: str) -> None:
        place = _place(event.start_mark)
        self.problems.append(Problem(self.file, place.line, place.column, code, message))

    def take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents == 2:
                self.complain(event, "E106", "一个文件只能有一份内容；请删去第二个“---”及其后的内容")
        elif self.documents > 1:
            return
        elif isinstance(event, yaml.NodeEvent):
            self.take_node(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self.stack.pop()

    def take_node(self, event: yaml.NodeEvent) -> None:
        self.check_marks(event)
        frame = self.stack[-1] if self.stack else None
        if frame is not None and isinstance(frame.items, dict) and frame.key is None:
            self.take_key(frame, event)
            return
        path = self.next_path(frame)
        self.values.setdefault(path, _place(event.start_mark))
        if isinstance(event, yaml.ScalarEvent) and event.style:
            self.styles[path] = event.style
        value = _value(event)
        self.put(frame, value)
        if isinstance(value, (list, dict)):
            self.stack.append(_Frame(path, value))

    def take_key(self, frame: _Frame, event: yaml.NodeEvent) -> None:
        if not isinstance(event, yaml.ScalarEvent):
            self.complain(event, "E108", "键应当是一个词，不能是列表、键值组或别名")
            frame.key = ""
            if isinstance(event, yaml.CollectionStartEvent):
                self.stack.append(_Frame((*frame.path, ""), []))
            return
        key = event.value
        path = (*frame.path, key)
        if key == "<<":
            self.complain(event, "E105", "不使用合并键“<<”；请把内容写全")
        if key in frame.items:
            first = self.keys[path]
            self.complain(event, "E103", f"键“{key}”重复，前一处在第{first.line}行；请保留一处")
        self.keys.setdefault(path, _place(event.start_mark))
        frame.key = key

    def next_path(self, frame: _Frame | None) -> Path:
        if frame is None:
            return ()
        if isinstance(frame.items, dict):
            return (*frame.path, cast(str, frame.key))
        return (*frame.path, len(frame.items))

    def put(self, frame: _Frame | None, value: Tree) -> None:
        if frame is None:
            self.tree = value
        elif isinstance(frame.items, dict):
            frame.items.setdefault(cast(str, frame.key), value)
            frame.key = None
        else:
            frame.items.append(value)

    def check_marks(self, event: yaml.NodeEvent) -> None:
        if isinstance(event, yaml.AliasEvent):
            self.complain(event, "E104", f"不使用别名“*{event.anchor}”；请把内容写全")
        elif event.anchor is not None:
            self.complain(event, "E104", f"不使用锚点“&{event.anchor}”；请把内容写全")
        tag = getattr(event, "tag", None)
        if tag is not None and tag != "!":
            self.complain(event, "E107", f"不使用类型标记“{tag}”；所有值都按文字读取")


def _place(mark: object) -> Place:
    """Return the position of a parser mark; the parser gives none only for an empty file."""
    return Place(int(getattr(mark, "line", 0)) + 1, int(getattr(mark, "column", 0)) + 1)


def _value(event: yaml.NodeEvent) -> Tree:
    if isinstance(event, yaml.SequenceStartEvent):
        return []
    if isinstance(event, yaml.MappingStartEvent):
        return {}
    if isinstance(event, yaml.ScalarEvent):
        plain = not event.style
        return None if plain and event.value in NOTHING else event.value
    return None


def _check_characters(file: str, text: str) -> list[Problem]:
    found: list[Problem] = []
    for number, line in enumerate(text.split("\n"), start=1):
        tab = line.find("\t")
        if tab >= 0:
            found.append(Problem(file, number, tab + 1, "E102", "含有制表符（Tab）；请改用空格"))
        bad = UNPRINTABLE.search(line.rstrip("\r"))
        if bad:
            message = f"含有不可见字符 U+{ord(bad.group()):04X}；请删去"
            found.append(Problem(file, number, bad.start() + 1, "E109", message))
    return found


def _explain_syntax(error: yaml.MarkedYAMLError) -> str:
    said = error.problem or error.context or ""
    for part, meaning in SYNTAX.items():
        if part in said:
            return f"书写有误：{meaning}"
    return f"书写有误（{said}）；请检查此处的缩进、冒号后的空格、引号和括号"


def read_yaml(text: str, file: str = "") -> YamlText:
    """Return the plain text tree of one YAML file with positions and every mistake of writing (E101-E110).

    text   the whole file; a byte order mark at its start is ignored
    file   the name that problems carry
    returns a tree of None when the file cannot be read or is empty
    """
    text = text.removeprefix("\ufeff")
    problems = _check_characters(file, text)
    if problems:
        return YamlText(file, None, {}, {}, {}, tuple(problems))
    reader = _Reader(file)
    try:
        for event in yaml.parse(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader)):
            reader.take(event)
    except yaml.MarkedYAMLError as error:
        place = _place(error.problem_mark or error.context_mark)
        reader.problems.append(Problem(file, place.line, place.column, "E101", _explain_syntax(error)))
        return YamlText(file, None, {}, {}, {}, tuple(reader.problems))
    if reader.documents == 0 or reader.tree is None:
        reader.problems.append(Problem(file, 1, 1, "E110", "文件是空的；请写入内容或删去文件"))
    return YamlText(file, reader.tree, reader.values, reader.keys, reader.styles, tuple(reader.problems))
