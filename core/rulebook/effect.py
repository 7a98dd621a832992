"""Which rules hold on a day: everything dated that begins later or has ended is left out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, TypeVar

from pydantic import BaseModel

from core.rulebook.fields import Dated
from core.rulebook.parts import FOLDERS, Part, Parts

BookT = TypeVar("BookT", bound=BaseModel)


def in_effect(book: BookT, day: date) -> BookT:
    """Return a copy in which every dated rule holds on a day; the bases of law keep their own dates."""
    changed = {name: _left(value, day) for name, value in book}
    return book.model_copy(
        update={name: value for name, value in changed.items() if value is not getattr(book, name)}
    )


def _left(value: Any, day: date) -> Any:
    """Return a value without what does not hold on a day; the same object when nothing had to go."""
    if isinstance(value, BaseModel):
        return in_effect(value, day) if _is_dated_inside(value) else value
    if isinstance(value, tuple):
        kept = tuple(_left(one, day) for one in value if _holds(one, day))
        return (
            value
            if len(kept) == len(value) and all(a is b for a, b in zip(kept, value, strict=True))
            else kept
        )
    if isinstance(value, dict):
        held = {key: _left(one, day) for key, one in value.items() if _holds(one, day)}
        return value if len(held) == len(value) and all(held[key] is value[key] for key in value) else held
    return value


def _holds(value: Any, day: date) -> bool:
    return not isinstance(value, Dated) or value.in_effect(day)


def _is_dated_inside(value: BaseModel) -> bool:
    return any(day is not None for one in _dated(value) for day in (one.effective_from, one.effective_until))


def _dated(value: Any) -> Iterator[Dated]:
    if isinstance(value, Dated):
        yield value
    if isinstance(value, BaseModel):
        for _, inner in value:
            yield from _dated(inner)
    elif isinstance(value, tuple):
        for inner in value:
            yield from _dated(inner)
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _dated(inner)


def boundary_days(value: Any) -> Iterator[date]:
    """Yield the days on which something inside begins to hold or holds no longer."""
    for one in _dated(value):
        yield from (day for day in (one.effective_from, one.day_after) if day)


def all_parts(parts: Parts) -> Iterator[Part[Any]]:
    """Yield every readable rule file."""
    yield from parts.heads.values()
    yield from (part for files in parts.classes.values() for part in files)
    for folder in FOLDERS:
        yield from getattr(parts, folder).values()


def all_models(parts: Parts) -> Iterator[BaseModel]:
    """Yield the model of every readable rule file."""
    return (part.model for part in all_parts(parts))
