"""Talent pools (人才库): who may enter, for how long, how a team is composed of them, and who must keep away."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from core.codes import CampaignKind, Line
from core.rulebook.fields import Count, Flag, Marked, Positive, RuleModel, Text, Texts

MAX_CORE = 6
"""Core specialities of one composition: its seats are checked in every combination."""


class Entry(RuleModel):
    """What is asked of a person before entering (入库条件)."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset({"recommended", "political_check"})

    recommended: Flag
    """须由所在单位推荐"""
    political_check: Flag
    """须经政治审查"""
    conditions: Texts
    """其他条件，由经办人逐项核对"""


class PoolComposition(RuleModel):
    """How a team is composed of the pool, such as 4+N; every seat is filled by its own person."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset({"each_of", "plus_by_functions", "at_least"})

    each_of: Annotated[Texts, Field(max_length=MAX_CORE)] = ()
    """核心专业，各一席"""
    plus_by_functions: Count = 0
    """按被督察单位职能选配的席数（N），督察方案可另定 n"""
    at_least: dict[str, Positive] = Field(default_factory=dict)
    """其他专业的最少人数，可与上述席位重合"""


class PoolRecusal(RuleModel):
    """The office's own choices about keeping away; what the civil service law asks holds always."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset({"former_years", "last_time", "declaration"})

    former_years: Count
    """曾任单位在几年内回避；0为不论年限"""
    last_time: Literal["avoid", "ignore", "forbid"]
    """上次督察同一单位的人员：avoid 尽量不派，ignore 不考虑，forbid 不派"""
    declaration: Literal["required", "asked"]
    """每批次的回避申报：required 全员申报后方可启动，asked 启动后未申报的列为待办"""


class PoolRules(Marked):
    """A talent pool; the key is the name of the file."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset(
        {"term_years", "max_terms", "training_hours", "ending_notice_days", "serves"}
    )

    key: str = ""
    name: Text
    version: Text
    line: Line
    """条线：party 督察，enforcement 执法监督"""
    serves: Annotated[tuple[CampaignKind, ...], Field(min_length=1)]
    """用于哪些督察方式"""
    entry: Entry
    term_years: Positive
    """每届年数"""
    max_terms: Positive
    """最多连任届数（含首届）"""
    ending_notice_days: Positive
    """届满前多少日提醒续聘或退出"""
    training_hours: Count
    """每年培训学时"""
    core_specialties: Texts
    """核心专业，用目录词表 specialties 中的词"""
    composition: PoolComposition
    recusal: PoolRecusal
    exit_reasons: Annotated[Texts, Field(min_length=1)]
    """退出情形，退出时须择一写明"""
    note: Text | None = None
