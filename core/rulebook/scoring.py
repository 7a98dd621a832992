"""How units are scored and ranked: facts, points, formula; which periods are closed, which reports fall due."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from core.rulebook.fields import Count, Marked, Percent, Positive, RuleModel, Text, Texts, Word

Points = Annotated[str, Field(pattern=r"^(0|[1-9][0-9]{0,2})(\.[0-9])?$")]
PeriodKind = Literal["half_month", "month", "quarter", "year"]


class ScoreItem(Marked):
    """One line of the score: a share of two facts, points off for each of a fact, or points on top for each."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset(
        {"points", "full_percent", "zero_percent", "min_sample", "below_sample", "each"}
    )

    code: Word
    name: Text
    form: Literal["share", "deduct", "bonus"]
    """算法：share 按比率给分，deduct 按次扣分、扣完为止，bonus 按次加分、不超过上限"""
    points: Positive
    """分值；bonus 为加分上限，不计入满分"""
    part: Word | None = None
    """share：分子，单位事实的代码"""
    whole: Word | None = None
    """share：分母，单位事实的代码"""
    full_percent: Percent | None = None
    """share：比率达到（或降到）此数得满分，%"""
    zero_percent: Percent | None = None
    """share：比率为此数得零分，%；两数之间按比例"""
    min_sample: Count = 1
    """share：分母少于此数的不按比率计分"""
    below_sample: Literal["full", "leave_out"] = "leave_out"
    """share：分母不足时，full 给满分，leave_out 不计此项、其余折算"""
    count: Word | None = None
    """deduct、bonus：按何事实计，单位事实的代码"""
    each: Points | None = None
    """deduct、bonus：每一个多少分，可有一位小数"""

    @property
    def per(self) -> Fraction:
        """The points of one."""
        return Fraction(self.each or "0")


class RankGroup(RuleModel):
    """Units that are compared with one another; a unit belongs to the first group that names one of its kinds."""

    name: Text
    kinds: Texts
    """单位类别"""


class Unranked(RuleModel):
    """Who is scored and not ranked."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset({"fact", "fewer_than", "kinds"})

    fact: Word
    """以何事实为样本"""
    fewer_than: Count
    """样本少于此数的不排名"""
    kinds: Texts = ()
    """不排名的单位类别"""


class Grade(RuleModel):
    """A grade (等次) from a total on."""

    name: Text
    min: Count
    """总分不低于"""


class AnnualReport(Marked):
    """A report that falls due on a day of every year."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset({"month", "day", "remind_workdays", "role"})

    code: Word
    title: Text
    month: Annotated[Positive, Field(le=12)]
    day: Annotated[Positive, Field(le=31)]
    including: bool = True
    """含当日；“某日之前”写 false"""
    remind_workdays: Count = 10
    """提前多少工作日生成任务"""
    role: Word = "officer"
    """由何角色办理"""
    filing: Literal["annual_report", "work_statement"] | None = None
    """各单位据此报送、逐家登记的，写明种类"""


class Reporting(RuleModel):
    """Which periods the office closes, and its yearly timetable."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset({"periods", "close_workdays"})

    periods: tuple[PeriodKind, ...]
    """期末生成结账任务的统计期"""
    close_workdays: Positive
    """期满后多少工作日内结账"""
    annual: tuple[AnnualReport, ...] = ()


class Focus(RuleModel):
    """Which problems become the focus of the next campaign."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset({"top", "min_units", "grave_weight", "repeat_weight"})

    top: Positive
    """最多列出几个事项"""
    min_units: Positive
    """至少多少家单位发生"""
    grave_weight: Count
    """严重问题每个另加的分"""
    repeat_weight: Count
    """同一单位再次发生每次另加的分"""


class ScoringRules(Marked):
    """How units are scored and ranked; the key is the name of the file."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset({"total", "tie_break"})

    key: str = ""
    name: Text
    version: Text
    total: Positive
    """满分"""
    items: Annotated[tuple[ScoreItem, ...], Field(min_length=1)]
    groups: tuple[RankGroup, ...] = ()
    """分组排名；不写的全部单位同排"""
    unranked: Unranked
    tie_break: tuple[Word, ...] = ()
    """总分相同的，依次按这些事实由少到多排；仍相同的名次并列，其后空出"""
    grades: tuple[Grade, ...] = ()
    """等次，由高到低"""
    reporting: Reporting
    focus: Focus
