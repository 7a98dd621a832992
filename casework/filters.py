"""What a reader narrows a list to: read from an address, checked, and written back into one.

A list names its filters in a frozen dataclass. Words, days and ticks are plain fields; what takes only some values
says which:

    @dataclass(frozen=True, slots=True)
    class LeadFilters(Filters):
        state: str = one_of(LATE, *LeadState)
        unit: str = ""
        from_on: date | None = None
        mine: bool = False
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, ClassVar, Self

import sqlalchemy as sa

from core.errors import InvalidInput
from models.dialects import mentions

LONGEST = 64  # no code, name or number is longer, and more words are not looked for
FROM_TO = {"from_on": "from", "to_on": "to"}
Way = Callable[[str, str], object]  # (name, what the address says) -> value


@dataclass(frozen=True, slots=True)
class Filters:
    """The base of all filters; one that an address leaves empty has its default, and is not written back."""

    NAMES: ClassVar[Mapping[str, str]] = {}  # {field: its name in an address}, where that is another

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Self:
        """Read filters from an address; raise InvalidInput naming a value that is none."""
        found: dict[str, Any] = {}
        for one in fields(cls):
            name = cls.NAMES.get(one.name, one.name)
            said = given.get(name, "").strip()
            if said:
                way: Way = one.metadata.get("way") or _WAYS[str(one.type)]
                found[one.name] = way(name, said)
        return cls(**found)

    def as_query(self) -> dict[str, str]:
        """Return the filters as they stand in an address, without those that are not set."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        return {
            self.NAMES.get(one.name, one.name): _write(values[one.name])
            for one in fields(self)
            if values[one.name] != one.default
        }


def one_of(*codes: str, default: str = "") -> str:
    """Declare a filter that takes one of some codes."""
    return field(default=default, metadata={"way": _Known({str(code): str(code) for code in codes})})


def number_of(*numbers: int, default: int) -> int:
    """Declare a filter that takes one of some numbers."""
    return field(default=default, metadata={"way": _Known({str(one): one for one in numbers})})


def any_year() -> str:
    """Declare a filter that takes a year."""
    return field(default="", metadata={"way": _read_year})


def says(words: str, *columns: sa.ColumnElement[Any]) -> list[sa.ColumnElement[bool]]:
    """Return the condition that some column has the words that are looked for; none when there are no words."""
    return [mentions(words, *columns)] if words else []


@dataclass(frozen=True, slots=True)
class _Known:
    """Reads what is one of some values."""

    values: Mapping[str, object]

    def __call__(self, name: str, said: str) -> object:
        if said not in self.values:
            raise _wrong(name, said)
        return self.values[said]


def _read_year(name: str, said: str) -> str:
    if not re.fullmatch(r"[0-9]{4}", said):
        raise _wrong(name, said)
    return said


def _read_day(name: str, said: str) -> date:
    try:
        return date.fromisoformat(said.replace("/", "-"))
    except ValueError:
        raise _wrong(name, said, "如 2026-06-30") from None


# How a plain field is read, by the type it is declared with.
_WAYS: Mapping[str, Way] = {
    "str": lambda _name, said: said[:LONGEST],
    "date | None": _read_day,
    "bool": lambda _name, said: said == "1",
}


def _wrong(name: str, said: str, expected: str = "页面所列选项") -> InvalidInput:
    return InvalidInput(
        "筛选条件不正确", found=f"{name}={said[:40]}", expected=expected, remedy="回到列表重新选择"
    )


def _write(value: object) -> str:
    return "1" if value is True else str(value)
