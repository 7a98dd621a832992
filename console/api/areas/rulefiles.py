"""Rule files that a call sends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from console.api.problems import ApiRefusal, Wrong
from core.errors import InvalidRuleFile


@contextmanager
def told_as_input() -> Iterator[None]:
    """Tell what is wrong with a rule file that was sent as what is wrong with the call."""
    try:
        yield
    except InvalidRuleFile as error:
        faults = tuple(
            Wrong(where=f"{one.line}:{one.column}", why=one.message) for one in error.problems[:50]
        )
        raise ApiRefusal(
            "invalid-value",
            "文件有错误",
            found=f"{len(error.problems)}处",
            expected="没有错误的文件",
            faults=faults,
        ) from error
