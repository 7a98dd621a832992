"""What bears on the light of one matter of litigation: risk factors, bands of points, events and their triggers."""

from __future__ import annotations

import difflib
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from core.ladders.matters import FACTS
from core.rulebook.colours import LitLight
from core.rulebook.fields import Count, Flag, Marked, Percent, Positive, RuleModel, Text, Texts, Whole, Word

Anchor = Literal[
    "defence_due",
    "hearing",
    "judgment_served",
    "performance_due",
    "advice_due",
    "review_reply_due",
    "opinion_due",
    "appeal_due",
    "review_decision_due",
    "attendance_notice_due",
]
Fact = Literal[
    "defence_submitted",
    "attendee_named",
    "first_instance_lost",
    "judgment_performed",
    "advice_answered",
    "review_replied",
    "opinion_answered",
]
FactorCode = Annotated[str, Field(pattern=r"^F[0-9]{1,2}$")]
EventCode = Annotated[str, Field(pattern=r"^J[0-9]{1,2}$")]
NEGATION = "not "


def check_state(value: str) -> str:
    """Refuse a condition that is not `fact` or `not fact` with a fact of a matter."""
    word = value.removeprefix(NEGATION)
    if word in FACTS:
        return value
    near = difflib.get_close_matches(word, FACTS, 1)
    hint = f"“{near[0]}”或其他" if near else ""
    facts = "、".join(f"{code}（{meaning}）" for code, meaning in FACTS.items())
    said = f"不认识的事实；实际：{word}；应为：{hint}下列事实之一，其前可加“not ”：{facts}"
    context: dict[str, Any] = {"said": said, "column": len(value) - len(word) + 1}
    raise PydanticCustomError("condition", "{said}", context)


StateText = Annotated[str, AfterValidator(check_state)]


class Factor(Marked):
    """One risk factor; the points of those that hold are added up."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset({"points", "fatal"})

    code: FactorCode
    factor: Text
    points: Percent
    fatal: Flag
    """成立时灯色不低于 scoring.fatal_floor"""
    derived: Literal["defence_near", "same_cause_lost"] | None = None
    """由系统推定：defence_near 临近答辩期满未提交，same_cause_lost 近期同因败诉；由人判断的不写"""


class Scoring(Marked):
    """How points become a light."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset({"max", "fatal_floor"})

    max: Positive
    fatal_floor: LitLight
    rule: Text


class Report(RuleModel):
    """How often the progress is reported."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset({"every", "workdays", "at_key_nodes", "cc"})

    every: Literal["half_month", "workdays"]
    """half_month 每半月，workdays 每若干工作日"""
    workdays: Positive | None = None
    """every 为 workdays 时写"""
    at_key_nodes: Flag = False
    """关键节点即时报告"""
    cc: Texts = ()
    """书面抄送"""


class Band(Marked):
    """A range of points with its colour and what follows from it."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset(
        {"min_score", "max_score", "document", "deadline_workdays", "report"}
    )

    code: LitLight
    """颜色"""
    min_score: Percent
    max_score: Percent
    document: Word
    deadline_workdays: Positive
    actions: Texts
    leader: Text
    """包案领导"""
    report: Report


class Trigger(RuleModel):
    """When a date brings an event about by itself, unless it was seen to before that day."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset({"offset", "unit"})

    anchor: Anchor
    offset: Whole
    """相对锚点，负数为之前"""
    unit: Literal["workday", "day"]
    condition: StateText
    """事实或“not 事实”；以当日开始时为准"""

    @property
    def negated(self) -> bool:
        """Tell whether the event happens for want of the fact."""
        return self.condition.startswith(NEGATION)

    @property
    def fact(self) -> str:
        """The fact that the condition names."""
        return self.condition.removeprefix(NEGATION)


class Then(RuleModel):
    """A colour that follows if nothing is done for some working days after the event."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset({"after_workdays", "light"})

    after_workdays: Positive
    light: LitLight


class Task(RuleModel):
    """What an event asks for, and within which time."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset({"within_workdays"})

    task: Text
    within_workdays: Count
    """0 为即时"""
    clock: Word | None = None
    """不得超过的法定期限，见 clocks"""
    done_by: (
        Literal[
            "register",
            "assess",
            "fact",
            "close",
            "loss_report",
            "appeal_opinion",
            "recap",
            "rectification_plan",
        ]
        | None
    ) = None
    """何事完成即办结：register 登记，assess 评分，fact 办理条件所指之事，close 核销归档，loss_report 败诉报告，
    appeal_opinion 上诉意见，recap 复盘报告，rectification_plan 整改（履行）方案；由人办结的不写"""


class LitigationEvent(Marked):
    """A named event of a lawsuit or review (诉讼事件)."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset({"effect", "light"})

    code: EventCode
    event: Text
    effect: Literal["set", "at_least", "raise_one", "lower_one", "clear", "keep", "none"]
    light: LitLight | None = None
    limit: Text
    trigger: Trigger | None = None
    """由日期推定发生；不写的由人登记"""
    then: tuple[Then, ...] = ()
    tasks: tuple[Task, ...] = ()
    ends: tuple[Anchor, ...] = ()
    """发生后不再计算的日期"""
