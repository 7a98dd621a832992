"""When lights turn: colours, rungs by severity, events, and the limits of closing and extending."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from core.codes import Light, Severity
from core.conditions import Facts, compile_condition
from core.rulebook.fields import (
    ConditionText,
    Count,
    Dated,
    Day,
    Flag,
    Percent,
    Positive,
    RuleModel,
    Text,
    Texts,
    Whole,
    Word,
    with_codes,
)
from core.rulebook.roles import LeaderRole, UnitRole

LitLight = Literal[Light.BLUE, Light.YELLOW, Light.RED, Light.BLACK]


class Colour(RuleModel):
    """What a colour means and which document goes with it; a colour is never shown without its word."""

    code: LitLight
    label: Text
    meaning: Text
    document: Word
    signer: Text
    """签发人（文字，供说明）；生效的签发级别见文书规则 signer"""
    recipients: Texts
    cc: Texts
    reply_workdays: Count


class Rung(RuleModel):
    """One step of the ladder (级次)."""

    code: Word
    anchor: Literal["due", "served"]
    """锚点：due 整改到期日，served 送达日"""
    offset: Whole
    """相对锚点的天数；负数为之前，0为当日"""
    unit: Literal["workday", "day"] = "workday"
    when: ConditionText
    """触发条件，只能使用公布的事实"""
    meaning: Text
    """触发条件的文字表述"""
    light: LitLight
    document: Word
    issue: Literal["automatic", "authorised", "on_signature"]
    """发出方式：automatic 自动提醒（不编号），authorised 有常设授权可自动签发，on_signature 逐件签发"""
    min_gap_workdays: Count
    """距上一级次发出至少间隔的工作日"""
    recipients: Annotated[tuple[UnitRole, ...], Field(min_length=1)]
    """收件角色：liaison 联络员，leader 分管领导，head 负责人"""

    def holds(self, facts: Facts) -> bool:
        """Tell whether the rung's condition holds for the facts of a case."""
        return compile_condition(self.when)(facts)


class Profile(RuleModel):
    """The rungs of one severity, and its default limits."""

    group: Text
    rectify_workdays: Positive
    """缺省整改期限，工作日；事项目录另有规定的从其规定"""
    plan_workdays: Positive
    """首次报告（整改方案）期限，工作日"""
    rungs: Annotated[tuple[Rung, ...], Field(min_length=1)]

    def rung(self, code: str) -> Rung | None:
        """Return the rung with a code."""
        return next((one for one in self.rungs if one.code == code), None)


class Repeat(RuleModel):
    """What a repeated event does."""

    times: Annotated[Positive, Field(ge=2)]
    light: LitLight


class EscalationEvent(RuleModel):
    """A named event that sets a colour directly (升级事件)."""

    code: Annotated[str, Field(pattern=r"^E[0-9]{1,2}$")]
    event: Text
    effect: Literal[
        "set", "at_least", "raise_one", "lower_one", "clear", "pause", "recalculate_due", "keep", "none"
    ]
    light: LitLight | None = None
    limit: Text
    screening: Flag = False
    """是否启动线索筛查（只启动，不移送）"""
    new_severity: Severity | None = None
    """发生后改按何种程度管理"""
    grave_light: LitLight | None = None
    """严重问题适用的颜色"""
    except_severities: tuple[Severity, ...] = ()
    window_months: Positive | None = None
    """重复计次的期间，月"""
    repeats: tuple[Repeat, ...] = ()
    review_workdays: Positive | None = None
    """每隔多少工作日复核一次"""


class Review(RuleModel):
    """Who verifies and approves a closure, by the highest light of the case."""

    lights: Annotated[tuple[Light, ...], Field(min_length=1)]
    verifiers: Positive
    approver: LeaderRole | None = None
    """审签级别；不写的由核查人员核定"""


class Clearing(RuleModel):
    """How a case is closed (销号) and looked back at."""

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


class ExtensionLimits(RuleModel):
    """How far a due date may be moved."""

    max_count: Positive
    max_share_percent: Percent
    """一般、较重问题：不超过原期限的百分比"""
    grave_max_workdays: Positive
    grave_approver: LeaderRole
    ask_before_workdays: Count
    """到期前至少多少工作日提出"""


class Aggregation(RuleModel):
    """How the colour of a unit follows from the colours of its cases."""

    rule: Text
    count: Positive | None = None
    of: LitLight | None = None
    counts_as: LitLight | None = None


class BurdenControl(RuleModel):
    """What keeps the number of documents down (减负)."""

    same_kind_gap_workdays: Count
    """同一单位同一事项，同种单两次发出至少间隔的工作日"""
    merge: Flag
    """能合并的单合并发"""
    rules: Texts


class Definition(RuleModel):
    """A word of the ladder and what it means."""

    term: Text
    definition: Text


class Ladder(Dated):
    """A whole ladder; the key is the name of its file."""

    key: str = ""
    name: Text
    version: Text
    date: Day
    status: Text
    basis_note: Text
    counting: Text
    """期限的计算口径"""
    definitions: tuple[Definition, ...]
    colours: Annotated[tuple[Colour, ...], Field(min_length=1)]
    profiles: dict[Severity, Profile]
    events: Annotated[dict[str, EscalationEvent], BeforeValidator(with_codes)]
    aggregation: tuple[Aggregation, ...]
    clearing: Clearing
    extension: ExtensionLimits
    burden: BurdenControl

    @property
    def verify_workdays(self) -> int:
        """The working days within which an application for closure is verified."""
        return self.clearing.verify_workdays

    @property
    def observation_workdays(self) -> int:
        """The working days after closure within which a case is looked back at."""
        return self.clearing.observation_workdays

    def colour(self, light: Light) -> Colour | None:
        """Return what a colour means here."""
        return next((one for one in self.colours if one.code == light), None)

    def review(self, highest: Light) -> Review | None:
        """Return who verifies and approves the closure of a case whose highest light this was."""
        return next((one for one in self.clearing.reviews if highest in one.lights), None)
