"""Checks of parameters: every name in a text is declared around it, and every parameter is used."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from core.conditions import FACTS
from core.errors import Problem
from core.rulebook.hints import near
from core.rulebook.params import names_in
from core.text.yamltext import Path, YamlText

WORD = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(slots=True)
class _Scope:
    """The parameters declared in one group of a file, and which of them were met."""

    path: Path
    names: tuple[str, ...]
    used: set[str] = field(default_factory=set)


def check_params(text: YamlText) -> Iterator[Problem]:
    """Yield names without a parameter, parameters that nothing uses, and those named like a fact, of one file."""
    if _has_params(text.tree):
        yield from _check_group(text, text.tree, (), ())


def _has_params(tree: Any) -> bool:
    """Tell whether a tree declares or names a parameter anywhere; most files do neither."""
    if isinstance(tree, str):
        return "{" in tree
    if isinstance(tree, list):
        return any(_has_params(one) for one in tree)
    return isinstance(tree, Mapping) and ("params" in tree or any(_has_params(one) for one in tree.values()))


def _check_group(text: YamlText, tree: Any, path: Path, scopes: tuple[_Scope, ...]) -> Iterator[Problem]:
    entries: Iterable[tuple[str | int, Any]]
    scope: _Scope | None = None
    if isinstance(tree, Mapping):
        own = tree.get("params")
        scope = _Scope(path, tuple(own)) if isinstance(own, Mapping) else None
        entries = ((key, one) for key, one in tree.items() if key != "params")
    else:
        entries = enumerate(tree)
    inner = (*scopes, scope) if scope else scopes
    for key, one in entries:
        if isinstance(one, str):
            # Nearly every text names no parameter and is passed over here, before anything is built for it.
            if "{" in one or (key == "when" and inner):
                yield from _check_text(text, one, (*path, key), inner)
        elif one:
            yield from _check_group(text, one, (*path, key), inner)
    if scope:
        yield from _check_scope(text, scope)


def _check_text(file: YamlText, text: str, path: Path, scopes: tuple[_Scope, ...]) -> Iterator[Problem]:
    known = {name for scope in scopes for name in scope.names}
    for name, column in names_in(text):
        if name not in known:
            message = f"没有参数“{name}”{near(name, known)}；请在同一条的 params 中写明，或删去花括号"
            yield file.problem_inside(path, column, "E412", message)
        _use(scopes, name)
    if path and path[-1] == "when":
        for word in WORD.findall(text):
            _use(scopes, word)


def _use(scopes: tuple[_Scope, ...], name: str) -> None:
    for scope in reversed(scopes):
        if name in scope.names:
            scope.used.add(name)
            return


def _check_scope(text: YamlText, scope: _Scope) -> Iterator[Problem]:
    for name in scope.names:
        path: Path = (*scope.path, "params", name)
        if name in FACTS:
            message = f"参数“{name}”与条件中的事实同名；请另取一个名"
            yield text.problem(path, "E208", message, of_key=True)
        elif name not in scope.used:
            message = f"参数“{name}”没有用到；文字中写 {{{name}}}，条件中写 {name}，或删去"
            yield text.problem(path, "W706", message, of_key=True)
