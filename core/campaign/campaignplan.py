"""A campaign plan file (campaign.yaml) as values; every mistake of the file is reported at once with its place."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from core.campaign.campaignkinds import mistakes_of
from core.campaign.campaignparts import PlanMore
from core.codes import LINE_LABELS, CampaignKind, DocumentContent, Line
from core.errors import InvalidInput, InvalidRuleFile, Problem
from core.rulebook.book import Rulebook
from core.rulebook.campaigns import CampaignRules
from core.rulebook.documents import DocumentRule
from core.rulebook.roles import LeaderRole
from core.text.yamltext import YamlText, read_yaml


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class CatalogChoice(_Part):
    """A catalogue and which of it: everything, classes such as E, or item ids such as E18."""

    key: str
    items: Literal["all"] | tuple[str, ...] = "all"


class Span(_Part):
    """The period of the visits, both days included."""

    from_on: date = Field(alias="from")
    to_on: date = Field(alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> Span:
        if self.to_on < self.from_on:
            raise ValueError("结束日不得早于开始日")
        return self


class UnitChoice(_Part):
    """Units by kind: `select: {类别: [政府部门]}`."""

    select: dict[Literal["类别"], tuple[str, ...]]


class Recusal(_Part):
    """Who keeps away beyond what the law asks; what is not written here is as the pool says, else 5 years and avoid."""

    former_years: int | None = Field(default=None, ge=0, le=50, description="曾任单位几年内回避，0为不论年限")
    kin: Literal[True] = True  # 公务员法 第七十四条、第七十六条: never to be switched off
    makers: bool = Field(default=True, description="回头看：原督察组人员不再督察同一单位")
    last_time: Literal["avoid", "ignore", "forbid"] | None = None


class TeamRule(_Part):
    """Who goes: from which pool, how composed. A composition with more seats than `size` counts instead of it."""

    pool: str | None = Field(default=None, description="人才库文件名；不写的从全部人员中选")
    composition: bool = Field(default=True, description="是否按人才库的组成规则（如4+N）配组")
    n: int | None = Field(default=None, ge=0, le=15, description="按单位职能选配的席数，代替人才库文件的数")
    size: int = Field(default=3, ge=2, le=20)
    max_visits: int | None = Field(default=None, ge=1, description="本批次每人最多督察几个单位")
    travel: Literal["balance", "ignore"] = "balance"
    leader: Literal["leader"] | None = "leader"
    at_least: dict[str, int] = Field(default_factory=dict)
    recuse: Recusal = Recusal()
    seed: int = 0


class NoticeRule(_Part):
    document: str | None = None
    sign_by: LeaderRole = LeaderRole.DIRECTOR


class CampaignPlan(PlanMore):
    """What `campaign plan FILE.yaml` reads; a look-back may leave catalogues and units to its original campaigns."""

    code: str = Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z._-]{1,39}$")
    title: str = Field(min_length=2, max_length=120)
    kind: CampaignKind
    line: Line
    catalogs: tuple[CatalogChoice, ...] = ()
    period: Span
    units: UnitChoice | tuple[str, ...] = ()
    team: TeamRule = TeamRule()
    notice: NoticeRule = NoticeRule()
    self_report_workdays: int = Field(
        default=5, ge=0, le=60, description="自查报告在督察开始前几个工作日报送"
    )
    visit_workdays: int = Field(default=1, ge=1, le=250)


def read_plan(text: str, file: str, kinds: CampaignRules | None = None) -> CampaignPlan:
    """Return the plan of a YAML text.

    kinds    what each kind of campaign is, against which the plan is held; None to read its form alone
    raises   InvalidRuleFile with every mistake as file:line:column
    """
    source = read_yaml(text, file)
    if source.problems:
        raise InvalidRuleFile(source.problems)
    try:
        plan = CampaignPlan.model_validate(source.tree)
    except ValidationError as error:
        raise InvalidRuleFile(_problems(source, error)) from error
    wrong = [source.problem(path, "E204", said) for path, said in mistakes_of(plan, kinds)] if kinds else []
    if wrong:
        raise InvalidRuleFile(wrong)
    return plan


def notice_rule(plan: CampaignPlan, line: Line, rules: Rulebook, office: str) -> DocumentRule:
    """Return the document kind with which a campaign tells units their problems: the plan's, else the office's own.

    raises   InvalidInput for a kind that does not tell problems or is not this line's
    """
    able = {rule.code: rule for rule in rules.documents_with(DocumentContent.FINDINGS, line)}
    profile = rules.office(office).lines.get(line)
    wanted = plan.notice.document or (profile.notice if profile else None)
    if wanted is None and len(able) == 1:
        return next(iter(able.values()))
    if wanted not in able:
        raise InvalidInput(
            f"notice.document 不是{LINE_LABELS[line]}线反馈问题、通知整改的文书",
            found=wanted or "没有写明",
            expected="、".join(able) or "documents/ 中 content: findings 的文书",
            remedy="改正督察方案的 notice.document，或在单位文件中以 notice 写明缺省文书",
        )
    return able[wanted]


def _problems(source: YamlText, error: ValidationError) -> list[Problem]:
    found: dict[tuple[int, int], Problem] = {}
    for mistake in error.errors():
        path = tuple(part for part in mistake["loc"] if not _is_union_branch(part))
        extra = mistake["type"] == "extra_forbidden"
        message = f"{'.'.join(map(str, path))}：" + (
            "没有这个键" if extra else f"{mistake['msg']}（实际：{_short(mistake['input'])}）"
        )
        problem = source.problem(path, "E201", message, of_key=extra)
        found.setdefault((problem.line, problem.column), problem)
    return list(found.values())


def _is_union_branch(part: str | int) -> bool:
    """Pydantic adds the name of each alternative it tried to the place; that is no place in the file."""
    return isinstance(part, str) and ("[" in part or part in ("UnitChoice", "literal", "tuple"))


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 40 else text[:37] + "…"
