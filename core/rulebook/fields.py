"""The kinds of value that rule files hold, read from plain text, and the base of every rule model."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo
from pydantic_core import PydanticCustomError

from core.conditions import InvalidCondition, compile_condition

WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,8})")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class RuleModel(BaseModel):
    """A frozen piece of the rule book; keys it does not know are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


def read_whole(value: object) -> object:
    """Turn the text of a whole number into a number; `010`, `1_000` and full-width digits are refused."""
    if isinstance(value, str):
        if not WHOLE.fullmatch(value):
            raise PydanticCustomError("whole", "应为整数（如 20），不带前导零、单位和标点")
        return int(value)
    return value


def read_flag(value: object) -> object:
    """Turn `true` or `false` into a truth value; `yes`, `on` and `1` are refused."""
    if isinstance(value, str):
        if value not in ("true", "false"):
            raise PydanticCustomError("flag", "应为 true（是）或 false（否）")
        return value == "true"
    return value


def read_day(value: object) -> object:
    """Turn an ISO date into a day; a date that does not exist is refused."""
    if isinstance(value, str):
        try:
            if DAY.fullmatch(value):
                return date.fromisoformat(value)
        except ValueError:
            raise PydanticCustomError("day", "没有这一天；日期应真实存在，如 2026-03-02") from None
        raise PydanticCustomError("day", "应为日期，写作四位年-两位月-两位日，如 2026-03-02")
    return value


def check_text(value: str) -> str:
    """Refuse text that is empty or begins or ends with a space."""
    if not value.strip():
        raise PydanticCustomError("text", "不能为空")
    if value != value.strip():
        raise PydanticCustomError("text", "前后不应有空格")
    return value


def check_condition(value: str, info: ValidationInfo) -> str:
    """Refuse a condition that does not compile, with the column of the mistake inside its text.

    The parameters of the same rule, read before it, are names that it may use.
    """
    params = (info.data or {}).get("params") or {}
    try:
        compile_condition(value, tuple(sorted((name, param.constant) for name, param in params.items())))
    except InvalidCondition as error:
        found = f"实际：{error.found}" if error.found else ""
        expected = f"应为：{error.expected}" if error.expected else ""
        said = "；".join(part for part in (error.what, found, expected) if part)
        context: dict[str, Any] = {"said": said, "column": error.column}
        raise PydanticCustomError("condition", "{said}", context) from None
    return value


def with_codes(entries: object) -> object:
    """Give each entry of a mapping its own key as `code`, so that files need not write it twice."""
    if not isinstance(entries, Mapping):
        return entries
    return {
        key: {"code": key, **entry} if isinstance(entry, Mapping) else entry for key, entry in entries.items()
    }


Text = Annotated[str, AfterValidator(check_text)]
Whole = Annotated[int, BeforeValidator(read_whole)]
Count = Annotated[int, BeforeValidator(read_whole), Field(ge=0)]
Positive = Annotated[int, BeforeValidator(read_whole), Field(ge=1)]
Percent = Annotated[int, BeforeValidator(read_whole), Field(ge=0, le=100)]
Flag = Annotated[bool, BeforeValidator(read_flag)]
Day = Annotated[date, BeforeValidator(read_day)]
ConditionText = Annotated[str, AfterValidator(check_condition)]
Word = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Clock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
SourceCode = Annotated[str, Field(pattern=r"^[A-Z][0-9]{2,3}$")]
Texts = tuple[Text, ...]


class Dated(RuleModel):
    """A rule that holds from one day until another, both included; open when not written."""

    effective_from: Day | None = None
    """起用日期（含当日）"""
    effective_until: Day | None = None
    """停用日期（含当日）"""

    def in_effect(self, on: date) -> bool:
        """Tell whether the rule holds on a day."""
        return within(on, self.effective_from, self.effective_until)

    @property
    def day_after(self) -> date | None:
        """The first day on which the rule holds no longer."""
        return self.effective_until + timedelta(1) if self.effective_until else None


class Marked(Dated):
    """A rule with the mark of where it comes from; a part without its own mark bears that of its file."""

    source: SourceCode | None = None
    """来源编号，见 sources.yaml 或目录的 sources"""
    verified: Flag | None = None
    """是否已与来源核对"""
    checked: Literal["条文", "内容", "名称", "记忆", "建议"] | None = None
    """核验方式；本地建议值写“建议”，verified 为 false"""


def within(on: date, first: date | None, last: date | None) -> bool:
    """Tell whether a day lies between two days, both included; None is open."""
    return (first is None or first <= on) and (last is None or on <= last)
