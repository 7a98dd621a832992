"""What each kind of campaign (督察批次) is: its line, its milestones, what it asks of a unit, and what recurs."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field

from core.codes import CampaignKind, Line
from core.rulebook.fields import (
    Count,
    Day,
    Flag,
    Marked,
    Positive,
    RuleModel,
    Text,
    Texts,
    Whole,
    Word,
    with_codes,
)

Anchor = Literal[
    "approved", "opened", "period_from", "visit_from", "visit_to", "period_to", "feedback", "closed"
]
Reached = Literal["approved", "opened", "arrived", "returned", "confirmed", "feedback", "closed"]
Asked = Literal["self_report", "materials", "interviews", "questionnaire"]
Every = Literal["month", "quarter", "half_year", "year", "workdays"]
UNTOLD = ("approved", "opened", "period_from")
"""Anchors that may lie before the visit: what hangs on them would tell a unit that somebody is coming."""


class MilestoneRule(RuleModel):
    """A day by which a step of a campaign is to be done (节点)."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset({"offset", "unit", "warn_workdays", "who"})

    code: Word
    name: Text
    anchor: Anchor
    """从哪一日起算：approved 方案批准，opened 批次启动，period_from 督察期间首日，visit_from 首次进驻，
    visit_to 末次离开，period_to 督察期间末日，feedback 反馈意见首份签发，closed 批次办结"""
    offset: Whole
    """早于该日的写负数"""
    unit: Literal["workday", "day"]
    """workday 工作日，day 自然日（末日顺延）"""
    warn_workdays: Count
    """到期前多少工作日起亮黄灯"""
    who: Literal["officer", "leader", "reviewer", "verifier", "director"]
    """由谁办"""
    reached: Reached | None = None
    """何事发生即为完成：approved 方案批准，opened 批次启动，arrived 首次有检查记录，returned 检查表全部交回，
    confirmed 底稿全部认定或撤销，feedback 反馈意见首份签发，closed 批次办结；不写的由人登记完成"""
    shared: Flag = True
    """与巡察等联合开展时，是否列入共同节点"""


class AskRule(RuleModel):
    """What is asked of a unit, and by which day it is due."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset({"offset", "unit", "warn_workdays", "opens"})

    code: Asked
    name: Text
    anchor: Literal["opened", "period_from", "visit_from", "visit_to", "period_to"]
    offset: Whole
    """早于该日的写负数"""
    unit: Literal["workday", "day"]
    warn_workdays: Count
    opens: Literal["opening", "by_hand"]
    """opening 批次启动时即向各单位提出，by_hand 由经办人提出"""


class KindRule(Marked):
    """One kind of campaign."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset(
        {
            "announces", "team_minimum", "plan_reference", "min_period_workdays", "min_visit_workdays",
            "milestones", "asks",
        }
    )  # fmt: skip

    code: Word
    name: Text
    line: Literal["party", "enforcement", "both"]
    """条线：party 督察，enforcement 执法监督，both 两线各以本线名义"""
    methods: Annotated[Texts, Field(min_length=1)]
    hidden_from_unit: Flag = False
    """进驻前不得让被督察单位知晓"""
    needs_theme: Flag = False
    """须有主题和月份（一月一主题）"""
    unique_unit_per_month: Flag = False
    """同一单位同一月份只安排一次"""
    links_original: Flag = False
    """须指明原批次，针对其已销号的问题"""
    announces: Word | None = None
    """启动时向单位发出的文书；不写的不事先告知"""
    team_minimum: Annotated[Positive, Field(ge=2)] = 2
    plan_reference: Literal["asked", "required"] = "asked"
    """列入年度督查检查考核计划：asked 没有依据的提醒，required 没有依据或例外批准的不得启动"""
    min_period_workdays: Positive = 1
    """督察期间至少多少工作日"""
    min_visit_workdays: Positive = 1
    """在每个单位至少多少工作日"""
    milestones: tuple[Word, ...] = ()
    asks: tuple[Asked, ...] = ()
    note: Text | None = None

    def serves(self, line: Line) -> bool:
        """Tell whether a line may carry out this kind."""
        return self.line in ("both", line.value)


class BurdenLimits(Marked):
    """Above which numbers planning and opening warn that a unit is burdened (减负、避免多头重复)."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset(
        {"open_notices", "open_items", "inspections", "within_days", "reason"}
    )

    open_notices: Count
    """未办结的整改通知达到多少份时提醒"""
    open_items: Count
    """未销号的整改事项达到多少项时提醒"""
    inspections: Positive
    """同一单位在前后期间内安排的督察达到多少次时提醒（含本次）"""
    within_days: Count
    """“前后期间”为督察期间向前、向后各多少日"""
    reason: Literal["asked", "required"] = "asked"
    """有提醒时启动批次：asked 可以写明理由，required 必须写明理由"""


class OccurrenceException(RuleModel):
    """One occurrence of a recurring plan that is left out or held on another day; the others stay."""

    period: Text
    """期次，如 2026-08、2026-Q3、2026-H2、2026，按工作日或自完成起算的为原定日期"""
    skip: Flag = False
    move_to: Day | None = None
    reason: Text


class PlanUnits(RuleModel):
    """Which units a recurring plan is for: by kind or by code."""

    kinds: Texts = ()
    """单位类别，任一符合即可"""
    codes: Texts = ()


class PlanCatalog(RuleModel):
    """A catalogue and which of it a recurring plan inspects; no items means all."""

    key: Word | Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    items: Texts = ()


class RecurringPlan(Marked):
    """A campaign that comes again: its occurrences are computed, never written in advance."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset(
        {
            "every", "workdays", "mode", "anchor", "until", "lead_workdays", "exceptions", "each_unit", "units",
            "units_at_a_time", "themes", "catalogs", "team_size", "period_workdays", "visit_workdays",
            "effective_from", "effective_until",
        }
    )  # fmt: skip

    code: Word
    title: Text
    """批次标题；前加期次，后加主题，如 2026年3月行政执法巡回监督（行政处罚案卷）"""
    campaign_code: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]{0,9}$")]
    """批次编码的开头，其后接期次，如 XH-2026-03"""
    kind: CampaignKind
    line: Line
    every: Every
    workdays: Positive | None = None
    """every 为 workdays 时的间隔工作日数"""
    mode: Literal["grid", "after_completion"] = "grid"
    """grid 固定日期，after_completion 自上次办结之日起算"""
    anchor: Day
    """第一期的日期"""
    until: Day | None = None
    """最后一期不晚于此日"""
    lead_workdays: Count = 0
    """提前多少工作日提醒经办人编制"""
    each_unit: Flag = False
    """true 每个单位各为一期，false 所有单位合为一期"""
    units: PlanUnits
    units_at_a_time: Count = 0
    """每期轮到几个单位，按编码依次轮换；0 为全部"""
    themes: Texts = ()
    """主题，按期轮换"""
    catalogs: Annotated[tuple[PlanCatalog, ...], Field(min_length=1)]
    team_size: Annotated[Positive, Field(ge=2)] = 2
    period_workdays: Positive = 10
    """督察期间共多少工作日"""
    visit_workdays: Positive = 1
    exceptions: tuple[OccurrenceException, ...] = ()


class CampaignRules(Marked):
    """What each kind of campaign (督察批次) is; the key is the name of the file."""

    key: str = ""
    name: Text
    version: Text
    milestones: Annotated[dict[str, MilestoneRule], BeforeValidator(with_codes)] = Field(default_factory=dict)
    asks: Annotated[dict[str, AskRule], BeforeValidator(with_codes)] = Field(default_factory=dict)
    kinds: Annotated[dict[CampaignKind, KindRule], BeforeValidator(with_codes), Field(min_length=1)]
    burden: BurdenLimits
    plans: Annotated[dict[str, RecurringPlan], BeforeValidator(with_codes)] = Field(default_factory=dict)

    def milestones_of(self, kind: KindRule) -> list[MilestoneRule]:
        """Return the milestones of a kind, in its order."""
        return [self.milestones[code] for code in kind.milestones]

    def asks_of(self, kind: KindRule) -> list[AskRule]:
        """Return what a kind asks of a unit, in its order."""
        return [self.asks[code] for code in kind.asks]
