"""Addresses of rules, such as `ladders/problem/profiles/minor/rungs/blue`: how they are walked and what stands there.

The first step is a folder, the second a file; further steps are keys, or the `id` or `code` of an entry of a list.
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from core.text.yamltext import Path, Tree

NAMING_KEYS = ("id", "code", "key")


def name_of(entry: object) -> str | None:
    """Return the id or code by which an entry of a list is found."""
    if not isinstance(entry, dict):
        return None
    return next((str(entry[key]) for key in NAMING_KEYS if isinstance(entry.get(key), str)), None)


class NoSuchStep(Exception):
    """A step of an address that leads nowhere; `known` are the steps that would. People see a Problem instead."""

    def __init__(self, step: str, known: tuple[str, ...]) -> None:
        self.step = step
        self.known = known
        super().__init__(step)


def walk(tree: Tree, steps: tuple[str, ...]) -> Path:
    """Return the path in a tree that an address means; raise NoSuchStep at the first step that leads nowhere."""
    path: list[str | int] = []
    here: Any = tree
    for step in steps:
        if isinstance(here, dict) and step in here:
            path.append(step)
            here = here[step]
            continue
        names = list(_names(here))
        found = next((index for index, name in names if name == step), None)
        if not isinstance(here, list) or found is None:
            raise NoSuchStep(step, tuple(name for _, name in names))
        path.append(found)
        here = here[found]
    return tuple(path)


def _names(here: object) -> Iterator[tuple[int, str]]:
    if isinstance(here, dict):
        yield from enumerate(here)
    elif isinstance(here, list):
        yield from ((index, name) for index, entry in enumerate(here) if (name := name_of(entry)))


def value_at(tree: Tree, path: Path) -> Any:
    """Return what stands at a path."""
    here: Any = tree
    for step in path:
        here = here[step]
    return here


def bare(kind: Any) -> Any:
    """Return the kind of a value without its annotations and without None."""
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    if get_origin(kind) in (types.UnionType, Union):
        kinds = [one for one in get_args(kind) if one is not types.NoneType]
        return bare(kinds[0]) if len(kinds) == 1 else kind
    return kind


def kind_at(model: type[BaseModel], path: Path) -> Any:
    """Return the kind of value that a rule model has at a path."""
    here: Any = model
    for step in path:
        here = bare(here)
        if isinstance(here, type) and issubclass(here, BaseModel):
            here = here.model_fields[str(step)].annotation if step in here.model_fields else Any
        elif get_origin(here) is dict:
            here = get_args(here)[1]
        elif get_origin(here) in (tuple, list):
            here = get_args(here)[0]
        else:
            here = Any
    return bare(here)
