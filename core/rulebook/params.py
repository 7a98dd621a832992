"""Named parameters (参数): the numbers and words an office may tune, kept apart from the prose that prints them.

A text names one as `{name}`; a condition names it plainly, as `percent < progress`. Overlays set only its value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from core.rulebook.fields import WHOLE, RuleModel, Text, Texts, Whole, Word

PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")


class Param(RuleModel):
    """One parameter with the limits within which it may be set."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset({"value"})

    type: Literal["whole", "percent", "word"]
    """whole 整数，percent 百分比（0—100），word 所列的词之一"""
    unit: Text | None = None
    min: Whole | None = None
    max: Whole | None = None
    choices: Texts = ()
    """type 为 word 时可选的词"""
    note: Text | None = None
    value: Text
    """现行取值"""

    @field_validator("value")
    @classmethod
    def _fits(cls, value: str, info: ValidationInfo) -> str:
        """Refuse a value of the wrong kind or outside its limits."""
        data = info.data
        if data.get("type") == "word":
            if value not in data.get("choices", ()):
                raise PydanticCustomError("param", f"应为所列的词：{'、'.join(data.get('choices', ()))}")
            return value
        if not WHOLE.fullmatch(value):
            raise PydanticCustomError("param", "应为整数（如 20），单位写在 unit")
        low, high = data.get("min"), data.get("max")
        if data.get("type") == "percent":
            low, high = max(low or 0, 0), min(100 if high is None else high, 100)
        number = int(value)
        if (low is not None and number < low) or (high is not None and number > high):
            limits = f"{'不限' if low is None else low}—{'不限' if high is None else high}"
            raise PydanticCustomError("param", f"应在 {limits} 之内")
        return value

    @property
    def constant(self) -> int | str:
        """The value as conditions compare it."""
        return self.value if self.type == "word" else int(self.value)


Constants = tuple[tuple[str, int | str], ...]


class Parametrised(RuleModel):
    """A rule whose prose names parameters; after reading, its texts stand as they are printed."""

    params: dict[Word, Param] = Field(default_factory=dict)
    """参数；文字中写 {参数名}，条件中直接写参数名"""

    @model_validator(mode="before")
    @classmethod
    def _interpolate(cls, tree: Any) -> Any:
        if not isinstance(tree, Mapping) or not isinstance(tree.get("params"), Mapping):
            return tree
        values = {
            name: str(param["value"])
            for name, param in tree["params"].items()
            if isinstance(param, Mapping) and isinstance(param.get("value"), str | int)
        }
        return {key: branch if key == "params" else fill(branch, values) for key, branch in tree.items()}

    @property
    def constants(self) -> Constants:
        """The parameters as names that conditions may use."""
        return tuple(sorted((name, param.constant) for name, param in self.params.items()))


def fill(tree: Any, values: Mapping[str, str]) -> Any:
    """Return a tree with `{name}` replaced in every text; an inner group's own parameter of that name wins."""
    if isinstance(tree, str):
        return PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), tree)
    if isinstance(tree, list | tuple):
        return [fill(branch, values) for branch in tree]
    if isinstance(tree, Mapping):
        own = tree.get("params")
        inner = (
            {name: value for name, value in values.items() if name not in own}
            if isinstance(own, Mapping)
            else values
        )
        return {key: fill(branch, inner) for key, branch in tree.items()}
    return tree


def names_in(text: str) -> Iterator[tuple[str, int]]:
    """Yield every parameter a text names, with its column from 1."""
    for found in PLACEHOLDER.finditer(text):
        yield found[1], found.start() + 1
