"""How a case is handled beside its ladder: plan, evidence, tiers of closure, long term, suspension, freezes."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from core.codes import Severity
from core.rulebook.fields import Count, Flag, Marked, Positive, RuleModel, Text, Texts, Word
from core.rulebook.items import ItemId
from core.rulebook.roles import LeaderRole


class PlanRules(Marked):
    """What a rectification plan must say (整改方案), and when somebody is told that it is late."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset(
        {"late_task_workdays", "goal_required", "verifier_required", "measures_done"}
    )

    late_task_workdays: Count = 1
    """方案逾期多少个工作日提醒经办人催报"""
    goal_required: Flag = False
    """是否须写明整改目标"""
    verifier_required: Flag = False
    """是否须写明验收单位"""
    measures_done: Literal["each", "tracked", "none"] = "tracked"
    """销号前措施如何报完：each 逐项，tracked 单独写明责任人或时限的逐项，none 不核对"""


class EvidenceKind(RuleModel):
    """A kind of evidence (佐证材料种类), and for which closures it is required."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset({"words", "severities", "items"})

    code: Word
    label: Text
    words: Texts = ()
    """文件名含有其中一词的，按此种类登记"""
    severities: tuple[Severity, ...] = ()
    """哪些程度的问题销号时必须有"""
    items: tuple[ItemId, ...] = ()
    """哪些事项销号时必须有"""


class ClosureTier(Marked):
    """Whose approval a closure needs because of where the matter came from (上级交办等)."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset({"events", "approver", "public_notice_workdays"})

    name: Text
    events: Annotated[Texts, Field(min_length=1)]
    """登记过其中一个升级事件的适用"""
    approver: LeaderRole | None = None
    """审签级别；与按灯色的规定不同时取较高的"""
    public_notice_workdays: Count = 0
    """核查通过后公示的工作日，0为不公示"""


class ExtensionLevel(Marked):
    """Who gives an opinion on an extension and who decides, by severity."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset({"severities", "endorsed", "approver"})

    severities: Annotated[tuple[Severity, ...], Field(min_length=1)]
    endorsed: Flag = False
    """联络员提出的，是否须先经本单位负责人审核"""
    approver: LeaderRole | None = None
    """批准级别；不写的由有权负责人批准"""


class LongTerm(Marked):
    """The limits of a long-term rectification (长期整改), which is no extension."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset(
        {"max_months", "review_max_months", "endorsed", "approver", "ask_before_workdays"}
    )

    max_months: Positive = 36
    """自申请之日起最长多少个月"""
    review_max_months: Positive = 6
    """两次复核至多间隔多少个月"""
    endorsed: Flag = True
    """联络员提出的，是否须先经本单位负责人审核"""
    approver: LeaderRole = LeaderRole.DIRECTOR
    ask_before_workdays: Count = 2
    """到期前至少多少个工作日提出"""


class SuspensionBasis(RuleModel):
    """A ground on which the clock of a case may stand still (中止事由)."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset({"words"})

    code: Word
    label: Text
    words: Texts = ()
    """未写明事由代码的，按说明中的词认定"""


class FreezeRule(Marked):
    """A missed node that locks a case until a named leader releases it (锁定); its clock runs on."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset({"after_workdays", "releases", "severities"})

    code: Word
    node: Literal["plan", "due", "stage", "half_report", "task"]
    """错过的节点：plan 报送方案，due 整改到期，stage 长期整改复核，half_report 半月报告，task 本事项的待办"""
    after_workdays: Count
    """过期多少个工作日起锁定"""
    severities: tuple[Severity, ...] = ()
    """只锁定这些程度的问题；不写的全部"""
    releases: Literal["director", "committee"] = "director"
    """由谁解除：director 主任，committee 委员会负责人"""
