"""How a case leaves the ladder and what bounds it: closing, look-back, extension, unit colours, burden, counting."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from core.codes import Light
from core.rulebook.colours import LitLight
from core.rulebook.fields import Count, Flag, Marked, Percent, Positive, RuleModel, Text, Texts
from core.rulebook.handling import ClosureTier, EvidenceKind, ExtensionLevel
from core.rulebook.roles import LeaderRole


class Review(Marked):
    """Who verifies and approves a closure, by the highest light of the case."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset(
        {"lights", "verifiers", "approver", "on_site", "public_notice_workdays"}
    )

    lights: Annotated[tuple[Light, ...], Field(min_length=1)]
    verifiers: Positive
    approver: LeaderRole | None = None
    """审签级别；不写的由核查人员核定"""
    on_site: Flag = False
    """是否须现场核查"""
    public_notice_workdays: Count = 0
    """核查通过后公示的工作日，0为不公示"""


class Clearing(Marked):
    """How a case is closed (销号) and looked back at."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset(
        {
            "verify_workdays", "observation_workdays", "look_back_lights", "look_back_percent", "reopen_event",
            "evidence", "tiers",
        }
    )  # fmt: skip

    submit: Text
    verify_workdays: Positive
    reviews: Annotated[tuple[Review, ...], Field(min_length=1)]
    review_note: Text
    observation_workdays: Positive
    look_back_lights: tuple[LitLight, ...]
    """全部“回头看”的颜色"""
    look_back_percent: Percent
    """其余按此比例抽查，%"""
    spot_check_note: Text
    reopen: Text
    reopen_event: str
    evidence: tuple[EvidenceKind, ...] = ()
    """佐证材料的种类，以及哪些是销号必备的"""
    tiers: tuple[ClosureTier, ...] = ()
    """按来源另定的销号审签和公示"""


class ExtensionLimits(Marked):
    """How far a due date may be moved."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset(
        {
            "max_count", "max_share_percent", "grave_max_workdays", "grave_approver", "ask_before_workdays",
            "max_total_workdays", "levels",
        }
    )  # fmt: skip

    max_count: Positive
    max_share_percent: Percent
    """一般、较重问题：不超过原期限的百分比"""
    grave_max_workdays: Positive
    grave_approver: LeaderRole
    ask_before_workdays: Count
    """到期前至少多少工作日提出"""
    max_total_workdays: Positive | None = None
    """历次延期合计最长多少工作日；不写的不另限"""
    levels: tuple[ExtensionLevel, ...] = ()
    """按程度规定的审核和审批级别"""


class Aggregation(RuleModel):
    """How the colour of a unit follows from the colours of its cases."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset({"count", "of", "counts_as", "carries"})

    rule: Text
    count: Positive | None = None
    """同时有几个"""
    of: LitLight | None = None
    """何色"""
    counts_as: LitLight | None = None
    """按何色对待"""
    carries: Flag = False
    """按此色对待的，是否再计入更高一色的个数"""


class BurdenControl(Marked):
    """What keeps the number of documents down (减负)."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset({"same_kind_gap_workdays", "merge"})

    same_kind_gap_workdays: Count
    """同一单位同一事项，同种单两次发出至少间隔的工作日"""
    merge: Flag
    """能合并的单合并发"""
    rules: Texts


class Definition(RuleModel):
    """A word of the ladder and what it means."""

    term: Text
    definition: Text


class Timekeeping(RuleModel):
    """On which days the ladder counts."""

    unit: Text
    """计日单位"""
    statutory: Text
    """法定期限如何处理"""
    holiday_source: Text
    """节假日的来源"""
    timezone: Literal["Asia/Shanghai"]
