"""When lights turn: colours, rungs by severity, events, and the limits of closing and extending."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field

from core.codes import Light, Severity
from core.conditions import Facts, compile_condition
from core.ladders.palette import Palette
from core.rulebook.clearing import (
    Aggregation,
    BurdenControl,
    Clearing,
    Definition,
    ExtensionLimits,
    Review,
    Timekeeping,
)
from core.rulebook.colours import Colour, LitLight, mix
from core.rulebook.examples import Example
from core.rulebook.fields import (
    ConditionText,
    Count,
    Day,
    Flag,
    Marked,
    Percent,
    Positive,
    RuleModel,
    Text,
    Whole,
    Word,
    with_codes,
)
from core.rulebook.followup import HalfMonthRule, RepeatRule
from core.rulebook.handling import ExtensionLevel, FreezeRule, LongTerm, PlanRules, SuspensionBasis
from core.rulebook.params import Parametrised
from core.rulebook.roles import UnitRole


class Rung(Parametrised, Marked):
    """One step of the ladder (级次)."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset(
        {"anchor", "offset", "unit", "when", "light", "document", "issue", "min_gap_workdays", "recipients"}
    )

    code: Word
    anchor: Literal["due", "served"]
    """锚点：due 整改到期日，served 送达日"""
    offset: Whole
    """相对锚点的天数；负数为之前，0为当日"""
    unit: Literal["workday", "day"] = "workday"
    when: ConditionText
    """触发条件，只能使用公布的事实和本级次的参数"""
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
        return compile_condition(self.when, self.constants if self.params else ())(facts)


class Profile(Marked):
    """The rungs of one severity, and its default limits."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset({"rectify_workdays", "plan_workdays"})

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

    SETTABLE: ClassVar[frozenset[str]] = frozenset({"times", "light"})

    times: Annotated[Positive, Field(ge=2)]
    """第几次（含本次）"""
    light: LitLight
    """不低于此色"""


class EscalationEvent(Marked):
    """A named event that sets a colour directly (升级事件)."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset(
        {
            "effect", "light", "screening", "screening_workdays", "new_severity", "grave_light", "when",
            "except_severities", "before_share_percent", "window_months", "repeats", "review_workdays",
        }
    )  # fmt: skip

    code: Annotated[str, Field(pattern=r"^E[0-9]{1,2}$")]
    event: Text
    effect: Literal[
        "set", "at_least", "raise_one", "lower_one", "clear", "pause", "recalculate_due", "keep", "none"
    ]
    light: LitLight | None = None
    limit: Text
    screening: Flag = False
    """是否启动线索筛查（只启动，不移送）"""
    screening_workdays: Positive | None = None
    """筛查期限，工作日；不写的按贯通联动规则"""
    new_severity: Severity | None = None
    """发生后改按何种程度管理"""
    grave_light: LitLight | None = None
    """严重问题适用的颜色"""
    except_severities: tuple[Severity, ...] = ()
    """不适用的程度"""
    when: ConditionText | None = None
    """登记时须成立的条件，只能使用公布的事实"""
    before_share_percent: Annotated[Percent, Field(ge=1)] | None = None
    """只在期限的前百分之几之内适用"""
    window_months: Positive | None = None
    """重复计次的期间，月"""
    repeats: tuple[Repeat, ...] = ()
    review_workdays: Positive | None = None
    """每隔多少工作日复核一次"""


class Ladder(Marked):
    """A whole ladder; the key is the name of its file."""

    key: str = ""
    code: Text | None = None
    """显示编号"""
    name: Text
    version: Text
    date: Day
    status: Text
    basis_note: Text
    counting: Text
    """期限的计算口径"""
    calendar: Timekeeping | None = None
    definitions: tuple[Definition, ...]
    colours: Annotated[tuple[Colour, ...], Field(min_length=1)]
    """所用的颜色，自低到高；顺序即等级"""
    profiles: dict[Severity, Profile]
    events: Annotated[dict[str, EscalationEvent], BeforeValidator(with_codes)]
    aggregation: tuple[Aggregation, ...]
    clearing: Clearing
    extension: ExtensionLimits
    burden: BurdenControl
    plan: PlanRules = PlanRules()
    """整改方案的要求"""
    long_term: LongTerm = LongTerm()
    """长期整改的限度"""
    suspensions: tuple[SuspensionBasis, ...] = ()
    """可以中止计时的法定事由；写明后只能从中选择"""
    freezes: tuple[FreezeRule, ...] = ()
    """错过节点后锁定事项的规则"""
    late_entry_workdays: Count | None = None
    """补录说明理由的起点（工作日）；早于今天超过此数的补录须写明理由，不写的不要求"""
    half_month: HalfMonthRule | None = None
    """半月报；不写的不要求"""
    repeat_findings: RepeatRule | None = None
    """屡查屡犯；不写的只提示，不加重"""
    examples: tuple[Example, ...] = ()
    """用例：情形和应亮的灯，检查规则时逐个推算"""

    @property
    def palette(self) -> Palette:
        """The colours of this ladder: order, labels and meanings."""
        made_of, palette = self.palette_made
        # A copy with other colours carries the cached pair along, so it is asked what it was made of.
        return palette if made_of is self.colours else mix(self.colours)

    @cached_property
    def palette_made(self) -> tuple[tuple[Colour, ...], Palette]:
        """The palette with the colours it was made of, once a ladder."""
        return self.colours, mix(self.colours)

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

    def extension_level(self, severity: Severity) -> ExtensionLevel | None:
        """Return who gives an opinion and who decides on an extension of a case of this severity."""
        return next((one for one in self.extension.levels if severity in one.severities), None)

    def review(self, highest: Light) -> Review | None:
        """Return who verifies and approves the closure of a case whose highest light this was."""
        return next((one for one in self.clearing.reviews if highest in one.lights), None)
