"""YAML as plain text with positions: scalars stay the text that was written, every value knows its place.

YAML itself guesses: `no` becomes false, `010` becomes 8, a date that does not exist fails without a line.
Here nothing is guessed; only an empty value, `null` and `~` (unquoted) mean "nothing". What makes a file
read differently from what it looks like is a mistake: keys written twice, anchors and aliases, merge keys,
tags, tabs, a second document, full-width letters in keys.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias, cast

import yaml

from core.errors import Problem
from core.text.characters import FULL_WIDTH, check_characters, explain_syntax, narrow
from core.text.yamlplain import NOTHING, Unusual, read_plain

Tree: TypeAlias = "str | list[Tree] | dict[str, Tree] | None"
Path: TypeAlias = tuple[str | int, ...]
LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass(frozen=True, slots=True)
class Place:
    """A position in a file; both count from 1, columns in characters."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Places:
    """Where every value and key of a file stands, and in which quotes a text was written."""

    values: Mapping[Path, Place] = field(default_factory=dict)
    keys: Mapping[Path, Place] = field(default_factory=dict)
    styles: Mapping[Path, str] = field(default_factory=dict)


class YamlText:
    """A file as plain text: its tree, the place of each value and key, and mistakes of writing.

    Places are looked up rarely and cost far more than the tree, so they are read from the source when first asked for.
    """

    def __init__(self, file: str, source: str, tree: Tree = None, problems: Sequence[Problem] = ()) -> None:
        self.file = file
        self.source = source
        self.problems = tuple(problems)
        self._tree = tree

    @property
    def tree(self) -> Tree:
        """The tree as plain text; read again after it was let go."""
        if self._tree is None and self.source and not self.problems:
            self._tree = read_plain(yaml.parse(self.source, Loader=LOADER))
        return self._tree

    def let_go(self) -> None:
        """Forget the tree of a file without mistakes; it is read again when it is asked for."""
        if self.source and not self.problems:
            self._tree = None

    @cached_property
    def places(self) -> Places:
        """The places of this file."""
        return _read_carefully(self.source, self.file)[1]

    def place(self, path: Sequence[str | int], *, of_key: bool = False) -> Place:
        """Return where the value (or its key) stands; for an unknown path the nearest thing around it."""
        spot = tuple(path)
        if of_key and spot in self.places.keys:
            return self.places.keys[spot]
        while spot and spot not in self.places.values:
            spot = spot[:-1]
        return self.places.values.get(spot, Place(1, 1))

    def problem(self, path: Sequence[str | int], code: str, message: str, *, of_key: bool = False) -> Problem:
        """Return a mistake at the value of a path, or at its key."""
        place = self.place(path, of_key=of_key)
        return Problem(self.file, place.line, place.column, code, message)

    def problem_inside(self, path: Sequence[str | int], column: int, code: str, message: str) -> Problem:
        """Return a mistake at a character (from 1) of a text; of a block of text, at its beginning."""
        place, style = self.place(path), self.places.styles.get(tuple(path), "")
        shift = {"": column - 1, "'": column, '"': column}.get(style, 0)
        return Problem(self.file, place.line, place.column + shift, code, message)


@dataclass(slots=True)
class _Frame:
    """A list or mapping that is being read; `key` is the mapping key whose value comes next."""

    path: Path
    items: list[Tree] | dict[str, Tree]
    key: str | None = None
    tail: str | None = None


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
        key, frame.tail = self.check_width(event)
        path = (*frame.path, key)
        if key == "<<":
            self.complain(event, "E105", "不使用合并键“<<”；请把内容写全")
        if key in frame.items:
            first = self.keys[path]
            self.complain(event, "E103", f"键“{key}”重复，前一处在第{first.line}行；请保留一处")
        self.keys.setdefault(path, _place(event.start_mark))
        frame.key = key

    def check_width(self, event: yaml.ScalarEvent) -> tuple[str, str | None]:
        """Return a key in half-width letters, and the value that a full-width colon glued to it."""
        key, colon, tail = event.value.partition("：")
        if colon:
            self.complain(event, "E112", f"键“{key}”后用了全角冒号“：”；请改为半角冒号“:”并后接一个空格")
        elif FULL_WIDTH.search(key):
            self.complain(event, "E112", f"键“{key}”含有全角字符；请改为半角“{narrow(key)}”")
        return narrow(key), tail.strip() or None

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
            frame.items.setdefault(cast(str, frame.key), frame.tail if value is None else value)
            frame.key = frame.tail = None
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


def read_yaml(text: str, file: str = "") -> YamlText:
    """Return the plain text tree of one YAML file with positions and every mistake of writing (E101-E112).

    text   the whole file; a byte order mark at its start is ignored
    file   the name that problems carry
    returns a tree of None when the file cannot be read or is empty
    """
    text = text.removeprefix("\ufeff")
    problems = check_characters(file, text)
    if problems:
        return YamlText(file, "", None, problems)
    try:
        return YamlText(file, text, read_plain(yaml.parse(text, Loader=LOADER)))
    except (Unusual, yaml.MarkedYAMLError):
        tree, _, found = _read_carefully(text, file)
        return YamlText(file, text, tree, found)


def _read_carefully(text: str, file: str) -> tuple[Tree, Places, list[Problem]]:
    """Return the tree, the places and the mistakes of a file, whatever is wrong with it."""
    reader = _Reader(file)
    try:
        for event in yaml.parse(text, Loader=LOADER):
            reader.take(event)
    except yaml.MarkedYAMLError as error:
        return None, Places(), [*reader.problems, explain_syntax(file, text, error)]
    if reader.documents == 0 or reader.tree is None:
        reader.problems.append(Problem(file, 1, 1, "E110", "文件是空的；请写入内容或删去文件"))
    return reader.tree, Places(reader.values, reader.keys, reader.styles), reader.problems
