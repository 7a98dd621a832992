"""The names a template uses, against the names its sample declares: each wrong one with its line and column."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from jinja2 import nodes

from core.errors import Problem
from core.rulebook.hints import near
from delivery.lint.sources import Kind, Sources
from delivery.sandbox import LOOP_COUNTERS

Where = tuple[str, ...]
"""The names that lead to a value; `*` stands for every entry of a list."""
TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
QUOTED = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"")
LOOP = dict.fromkeys(sorted(LOOP_COUNTERS), 1)


@dataclass(frozen=True, slots=True)
class Shape:
    """What a name stands for: a sample of its value, and where in the sample it was found."""

    value: Any
    where: Where

    def entry(self) -> Shape | None:
        """Return the shape of an entry of a list, or None when the sample holds none."""
        if isinstance(self.value, list) and self.value:
            return Shape(self.value[0], (*self.where, "*"))
        return None


Scope = Mapping[str, Shape | None]


@dataclass
class Usage:
    """What the templates of one kind use of its sample."""

    problems: list[Problem] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    tested: set[Where] = field(default_factory=set)
    compared: dict[Where, set[str]] = field(default_factory=lambda: defaultdict(set))


def read_usage(sources: Sources, kind: Kind, sample: Mapping[str, Any]) -> Usage:
    """Return the names that the files of a kind use, the shared parts included, and those that are not there."""
    usage = Usage()
    for path in kind.files:
        if path in sources.texts:
            _Reader(sources, kind, sample, usage, path).read({})
    usage.problems = list(dict.fromkeys(usage.problems))
    return usage


@dataclass
class _Reader:
    """Walks one template; `seen` counts the same words on a line, so that the second one gets its own column."""

    sources: Sources
    kind: Kind
    sample: Mapping[str, Any]
    usage: Usage
    path: str
    depth: int = 0
    seen: dict[tuple[int, str], int] = field(default_factory=lambda: defaultdict(int))
    lines: list[str] = field(default_factory=list)

    def read(self, scope: Scope) -> None:
        tree = self.sources.tree(self.path, self.kind.folder)
        if tree is None:
            return
        self.lines = _code_only(self.sources.texts[self.path])
        self.visit_all(tree.body, scope)

    def visit_all(self, parts: list[nodes.Node], scope: Scope) -> Scope:
        for part in parts:
            scope = self.visit(part, scope)
        return scope

    def visit(self, node: nodes.Node, scope: Scope) -> Scope:
        """Check a node; return the names that hold after it."""
        if isinstance(node, nodes.For):
            self.loop(node, scope)
        elif isinstance(node, nodes.Assign) and isinstance(node.target, nodes.Name):
            return {**scope, node.target.name: self.resolve(node.node, scope)}
        elif isinstance(node, nodes.Include):
            self.include(node, scope)
        elif isinstance(node, nodes.Expr):
            self.resolve(node, scope)
        else:
            if isinstance(node, nodes.If | nodes.CondExpr):
                self.note_test(node.test, scope)
            inner = scope
            for child in node.iter_child_nodes():
                inner = self.visit(child, inner)
            return inner if isinstance(node, nodes.If) else scope
        return scope

    def loop(self, node: nodes.For, scope: Scope) -> None:
        shape = self.resolve(node.iter, scope)
        inner = {**scope, "loop": Shape(LOOP, ("loop",))}
        for name in (
            node.target.find_all(nodes.Name) if not isinstance(node.target, nodes.Name) else [node.target]
        ):
            inner[name.name] = shape.entry() if shape and isinstance(node.target, nodes.Name) else None
        self.visit_all(node.body, inner)
        self.visit_all(node.else_, scope)

    def include(self, node: nodes.Include, scope: Scope) -> None:
        if not isinstance(node.template, nodes.Const) or self.depth > 5:
            return
        path = f"{self.kind.folder}/{node.template.value}"
        if path in self.sources.texts:
            _Reader(self.sources, self.kind, self.sample, self.usage, path, self.depth + 1).read(scope)
            return
        known = [name.removeprefix(self.kind.folder + "/") for name in self.sources.texts]
        message = f"没有可以引入的模板“{node.template.value}”{near(str(node.template.value), known)}"
        self.tell(node.lineno, str(node.template.value), "E801", message)

    def note_test(self, test: nodes.Node, scope: Scope) -> None:
        """Keep what a condition asks, so that the trial prints go both ways."""
        for node in _asked(test):
            shape = self.look(node, scope)
            if shape is not None:
                self.usage.tested.add(shape.where)
        for node in [test, *test.find_all(nodes.Compare)]:
            if isinstance(node, nodes.Compare) and isinstance(node.expr, nodes.Name | nodes.Getattr):
                shape = self.look(node.expr, scope)
                words = [op.expr.value for op in node.ops if isinstance(op.expr, nodes.Const)]
                if shape is not None:
                    self.usage.compared[shape.where] |= {word for word in words if isinstance(word, str)}

    def look(self, node: nodes.Node, scope: Scope) -> Shape | None:
        """Return what a name stands for, without telling when there is nothing."""
        if isinstance(node, nodes.Name):
            if node.name in scope:
                return scope[node.name]
            return Shape(self.sample[node.name], (node.name,)) if node.name in self.sample else None
        if isinstance(node, nodes.Getattr):
            base = self.look(node.node, scope)
            if base and isinstance(base.value, Mapping) and node.attr in base.value:
                return Shape(base.value[node.attr], (*base.where, node.attr))
        return None

    def resolve(self, node: nodes.Node, scope: Scope) -> Shape | None:
        """Return what an expression stands for, telling every name in it that is not there."""
        if isinstance(node, nodes.Name):
            return self.resolve_name(node, scope)
        if isinstance(node, nodes.Getattr):
            return self.resolve_attribute(node, scope)
        if isinstance(node, nodes.CondExpr):
            self.note_test(node.test, scope)
        for child in node.iter_child_nodes():
            if isinstance(child, nodes.Expr):
                self.resolve(child, scope)
            else:
                self.visit(child, scope)
        return None

    def resolve_name(self, node: nodes.Name, scope: Scope) -> Shape | None:
        self.column(node.lineno, node.name, count=True)
        self.usage.used.add(node.name)
        shape = self.look(node, scope)
        if shape is None and node.name not in scope:
            known = [*scope, *self.sample]
            hint = near(node.name, known) or f"；可用：{'、'.join(dict.fromkeys(known))}"
            message = f"没有“{node.name}”这个值{hint}；确需新增的，先在 {self.kind.sample_file} 中列出"
            self.tell(node.lineno, node.name, "E802", message)
        return shape

    def resolve_attribute(self, node: nodes.Getattr, scope: Scope) -> Shape | None:
        base = self.resolve(node.node, scope)
        self.column(node.lineno, node.attr, count=True)
        if base is None:
            return None
        owner = ".".join(step for step in base.where if step != "*")
        if not isinstance(base.value, Mapping):
            what = "列表，应先用 for 逐项取出" if isinstance(base.value, list) else "一个值"
            self.tell(node.lineno, node.attr, "E802", f"“{owner}”是{what}，其下没有“{node.attr}”")
            return None
        if node.attr not in base.value:
            known = [str(name) for name in base.value]
            hint = near(node.attr, known) or f"；可用：{'、'.join(known)}"
            self.tell(node.lineno, node.attr, "E802", f"“{owner}”没有“{node.attr}”这个值{hint}")
            return None
        return Shape(base.value[node.attr], (*base.where, node.attr))

    def tell(self, line: int, word: str, code: str, message: str) -> None:
        self.usage.problems.append(Problem(self.path, line, self.column(line, word), code, message))

    def column(self, line: int, word: str, *, count: bool = False) -> int:
        """Return the column of a word on a line, of its latest use when it is there several times."""
        if count:
            self.seen[line, word] += 1
        text = self.lines[line - 1] if line <= len(self.lines) else ""
        found = [one.start() + 1 for one in re.finditer(rf"(?<!\w){re.escape(word)}(?!\w)", text)]
        return found[min(self.seen[line, word] or 1, len(found)) - 1] if found else 1


def _asked(test: nodes.Node) -> Iterator[nodes.Node]:
    """Yield the values that a condition asks to be there or not, compared with nothing."""
    if isinstance(test, nodes.Name | nodes.Getattr):
        yield test
    elif isinstance(test, nodes.And | nodes.Or | nodes.Not):
        for part in test.iter_child_nodes():
            yield from _asked(part)


def _code_only(text: str) -> list[str]:
    """Return the lines of a template with everything but its code blanked; words in quotes too, but for includes."""
    kept = [" " if mark != "\n" else mark for mark in text]
    for tag in TAG.finditer(text):
        code = tag.group()
        if "include" not in code:
            code = QUOTED.sub(lambda words: " " * len(words.group()), code)
        kept[tag.start() : tag.end()] = code
    return "".join(kept).split("\n")


def unused(usage: Usage, sample: Mapping[str, Any], common: frozenset[str]) -> Iterator[str]:
    """Yield the values of a sample that no template of the kind uses; those that every kind has do not count."""
    yield from (name for name in sample if name not in usage.used and name not in common)
