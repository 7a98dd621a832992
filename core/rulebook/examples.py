"""Examples (用例): facts and what the rules make of them on a day; the linter works every one of them out."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from core.codes import Light, Severity
from core.rulebook.fields import Count, Day, Flag, Percent, RuleModel, Text, Texts, Whole


class ExampleFacts(RuleModel):
    """What is known in an example; what is left out is as on the first day, before anybody acted."""

    value: Annotated[Decimal, Field(allow_inf_nan=False)] | None = None
    """指标实测值"""
    applicable: Flag = True
    """事项是否适用于该单位"""
    checked: Flag = True
    """是否已检查"""
    severity: Severity | None = None
    """程度；事项的用例不写，取该事项的程度"""
    anchor: Literal["due", "served"] = "due"
    """workdays 从哪一天数起：due 到期日，served 送达日"""
    workdays: Whole | None = None
    """距 anchor 的工作日，之前为负"""
    served_on: Day | None = None
    """送达日；写了送达日的，用例的 on 为判断之日"""
    rectify_workdays: Count | None = None
    """整改期限；不写的取该程度的缺省期限"""
    percent: Percent = 0
    plan_submitted: Flag = False
    closure_applied: Flag = False
    extension_granted: Flag = False
    returns: Count = 0
    events: Texts = ()
    """已登记的升级事件，按先后"""


class Expectation(RuleModel):
    """What must come out; at least one of them is written."""

    result: Literal["passed", "failed", "not_applicable", "not_checked"] | None = None
    """检查结果"""
    level: Severity | None = None
    """程度"""
    light: Light | None = None
    """灯"""
    due_on: Day | None = None
    """到期日"""
    screening: Flag | None = None
    """是否启动线索筛查"""


class Example(RuleModel):
    """One example."""

    case: Text
    facts: ExampleFacts = Field(default_factory=ExampleFacts)
    on: Day | None = None
    """判断之日"""
    expect: Expectation
