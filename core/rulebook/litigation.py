"""When the lights of a lawsuit turn: the litigation ladder (败诉风险预警) and the rate of lost cases by unit."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from core.codes import Light
from core.errors import InvalidInput
from core.ladders.palette import Palette
from core.rulebook.colours import LitLight
from core.rulebook.fields import Count, Day, Marked, Percent, Positive, RuleModel, Text, Texts, Word
from core.rulebook.risks import Anchor, Band, Fact, Factor, FactorCode, LitigationEvent, Scoring
from core.rulebook.roles import LeaderRole


class LitigationColour(Marked):
    """What a colour means here; its place in the list is its rank, and it is never shown without its word."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset({"label", "word"})

    code: LitLight
    label: Text
    """颜色的短名，如 蓝"""
    word: Text | None = None
    """与颜色并列的文字；不写的为短名加“灯”"""
    meaning: Text


class Registration(Marked):
    """How soon a matter is registered and assessed."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset(
        {"register_workdays", "assess_workdays", "reassess_workdays"}
    )

    register_workdays: Positive
    assess_workdays: Positive
    reassess_workdays: Positive
    reassess_after: Annotated[Texts, Field(min_length=1)]
    """何种情况之后重评"""


class RateLevel(Marked):
    """A colour of a unit, by the rate of lost cases or, for few cases, by their number."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset({"rate_gt", "rate_lte", "count"})

    code: LitLight
    rate_gt: Percent
    """败诉率大于，%"""
    rate_lte: Percent | None = None
    """败诉率不大于，%；最高一档不写"""
    count: Positive
    """件数档：败诉达到的件数"""
    action: Text


class Override(Marked):
    """What several cases lost for one cause do to a unit's colour."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset({"same_cause", "light"})

    condition: Text
    same_cause: Positive
    light: LitLight
    """不低于此色"""


class UnitRateTable(Marked):
    """How the colour of a unit follows from the cases it lost."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset({"months", "min_sample"})

    period: Text
    months: Positive
    """滚动期间，月"""
    min_sample: Positive
    """审结满此数用比率档，不足用件数档"""
    rule: Text
    levels: Annotated[tuple[RateLevel, ...], Field(min_length=1)]
    override: Override
    reference: Text


class TakeUp(Marked):
    """From which colour something is done, and what."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset({"from_light"})

    from_light: LitLight
    contents: Annotated[Texts, Field(min_length=1)]
    cc: Texts = ()
    """书面抄送何人，印在任务和报告上"""
    cc_roles: tuple[LeaderRole, ...] = ()
    """邮件抄送单位文件中的哪几级岗位：section、deputy、director、committee"""


class LitigationLinkage(Marked):
    """When a black litigation light may lead to a referral; it never does so by itself."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset()

    rule: Text
    grounds: Annotated[Texts, Field(min_length=1)]
    """可以移送的情形"""
    otherwise: Text


class AnchorRule(Marked):
    """A date of a matter, and the statutory clocks that set it."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset()

    code: Anchor
    meaning: Text
    clocks: tuple[Word, ...] = ()
    """推定该日期的法定期限，见 clocks；由法院或文书指定的不写"""


class RecordedEvent(RuleModel):
    """An event in an example, and the day it happened."""

    code: Text
    on: Day | None = None
    """不写的为判断之日"""


class LitigationFacts(RuleModel):
    """What an example knows: points or factors, dates and events, or the cases of a unit."""

    points: Count | None = None
    """直接给出的评分；不写的按 factors 累加"""
    factors: tuple[FactorCode, ...] = ()
    """成立的风险因子"""
    assessed_on: Day | None = None
    """评分之日；不写的为收件之日或判断之日"""
    received_on: Day | None = None
    """收件之日；此前不亮灯"""
    dates: dict[Anchor, Day] = Field(default_factory=dict)
    """各锚点的日期"""
    known: dict[Fact, Day] = Field(default_factory=dict)
    """何事自何日起已成立"""
    events: tuple[RecordedEvent, ...] = ()
    """已登记的事件"""
    closed: Count | None = None
    """单位近期审结件数；写了的为单位灯色的用例"""
    lost: Count = 0
    """败诉件数"""
    same_cause: Count = 0
    """其中同因败诉件数"""


class LitigationExpectation(RuleModel):
    """What must come out of an example."""

    light: Light
    points: Count | None = None
    next_on: Day | None = None
    """下一次因日期而可能变色的日子"""


class LitigationExample(RuleModel):
    """Facts and the light that must follow from them."""

    case: Text
    facts: LitigationFacts
    on: Day | None = None
    """判断之日"""
    expect: LitigationExpectation


class LitigationLadder(Marked):
    """A ladder of litigation risk (败诉风险预警); the key is the name of its file."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset()

    key: str = ""
    name: Text
    version: Text
    date: Day
    status: Text
    basis_note: Text
    scope: Text
    colours: Annotated[tuple[LitigationColour, ...], Field(min_length=1)]
    """由低到高"""
    registration: Registration
    anchors: Annotated[tuple[AnchorRule, ...], Field(min_length=1)]
    factors: Annotated[tuple[Factor, ...], Field(min_length=1)]
    scoring: Scoring
    bands: Annotated[tuple[Band, ...], Field(min_length=1)]
    """由低到高"""
    events: Annotated[tuple[LitigationEvent, ...], Field(min_length=1)]
    unit_rate: UnitRateTable
    three_ones: TakeUp
    """“三个一”"""
    half_month_report: TakeUp
    linkage: LitigationLinkage
    guardrails: Annotated[Texts, Field(min_length=1)]
    examples: tuple[LitigationExample, ...] = ()

    @property
    def palette(self) -> Palette:
        """The colours of this ladder: order, labels and meanings."""
        return Palette(
            tuple(dict.fromkeys(one.code for one in self.colours)),
            {one.code: one.label for one in self.colours},
            {one.code: one.meaning for one in self.colours},
            {one.code: one.word for one in self.colours if one.word},
        )

    def event(self, code: str) -> LitigationEvent:
        """Return the event with a code; raises InvalidInput."""
        found = next((one for one in self.events if one.code == code), None)
        if found is None:
            known = "、".join(one.code for one in self.events)
            raise InvalidInput("没有这个诉讼事件", found=code, expected=known)
        return found

    def band(self, light: Light) -> Band | None:
        """Return what follows from a colour, None for a light that is off."""
        return next((one for one in self.bands if one.code == light), None)

    def anchor(self, code: str) -> AnchorRule | None:
        """Return a date of a matter with the clocks that set it."""
        return next((one for one in self.anchors if one.code == code), None)
