"""Every code explained, with a wrong and a right way of writing that the tests carry out on the shipped files."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from core.rulebook.explained import (
    examples,
    identity,
    law,
    papers,
    references,
    shapes,
    times,
    whole,
    writing,
)
from core.rulebook.explained.lesson import MARK, Mistake, Sample, lesson, position

_FAMILIES = (writing, shapes, identity, references, times, law, whole, papers, examples)
MISTAKES: Mapping[str, Mistake] = MappingProxyType(
    {one.code: one for family in _FAMILIES for one in family.LESSONS}
)

__all__ = ["MARK", "MISTAKES", "Mistake", "Sample", "lesson", "position"]
