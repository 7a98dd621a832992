"""The kinds of document (文书): content, line, basis, period, number series, signer, layout and how they travel."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from core.codes import DocumentContent, Line, Secrecy
from core.rulebook.bases import LineBasis
from core.rulebook.fields import Count, Flag, Marked, Positive, RuleModel, Text, Word
from core.rulebook.params import Parametrised
from core.rulebook.roles import LeaderRole, UnitRole

PeriodUnit = Literal["workday", "day"]
SHORT_NAME_CHARS = 6
"""The name of a mailed file holds 20 characters, of which year, serial number and ending take 14."""


class ObjectionRight(RuleModel):
    """How long the unit may object to a document, and how long the answer may take (异议、复查)."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset(
        {"period", "unit", "answer_period", "answer_unit", "suspends"}
    )

    period: Positive
    """提出异议的期限"""
    unit: PeriodUnit
    """期限单位：workday 工作日，day 自然日（末日顺延）"""
    answer_period: Positive | None = None
    """答复期限；依据只要求“及时”的不写"""
    answer_unit: PeriodUnit | None = None
    suspends: Flag = False
    """异议期间是否停止计算整改期限"""


class DocumentRule(Parametrised, Marked):
    """One kind of document; the code is the name of its file and never changes."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset(
        {
            "effective_from", "effective_until", "period", "period_unit", "starts_on", "reply_workdays",
            "objection", "series", "signer", "recipients", "review",
        }
    )  # fmt: skip

    code: Word
    name: Text
    """印在文书上的名称"""
    short_name: Annotated[Text, Field(max_length=SHORT_NAME_CHARS)] | None = None
    """附件文件名用的简称，至多6字；名称不超过6字的不写"""
    content: DocumentContent
    """内容种类：announcement 督察通知，findings 反馈问题、通知整改，sheet 级次单，extension_reply 延期答复，
    objection_reply 异议答复，closure 销号通知，correction 期限更正，referral 移送、移交，free 逐件拟写"""
    line: Literal["party", "enforcement", "both"]
    """条线：party 督察，enforcement 执法监督，both 两线各以本线名义"""
    decided_by: Literal["office", "government"] = "office"
    """由谁决定：office 本单位，government 本级政府（签发时须上传政府的决定）"""
    basis: tuple[LineBasis, ...]
    period: Positive | None = None
    """期限；逐件另定的不写。findings 类写明后，各问题一律按此期限整改"""
    period_unit: PeriodUnit | None = None
    """期限单位：workday 工作日，day 自然日（末日顺延）"""
    starts_on: Literal["signed", "served", "received"] | None = None
    """期限起算：signed 签发日，served 送达日，received 收到申请之日"""
    reply_workdays: Count | None = None
    """要求书面回复的工作日；不需回复的不写"""
    objection: ObjectionRight | None = None
    """对本文书提出异议的期限和答复期限"""
    series: Word | None = None
    """文号系列，与单位文件中本线 series 的键对应；不编号的不写"""
    numbered: Flag
    review: Literal["none", "review", "legal"] = "none"
    """签发前的核稿：none 不要求，review 由拟稿人以外的人核稿，legal 还须法制审核；核后改动的须重核"""
    after_unobeyed: tuple[Word, ...] = ()
    """前提：所列文书中有一份在规定时限内未落实，或者认定问题重大；没有前提的不写"""
    counted: Word | None = None
    """逐条编号、计数和答复的取值名称（列表），如意见书的 problems、建议书的 suggestions"""
    upward: Flag = False
    """是否上行文：上行文印签发人，主送本级政府"""
    signer: LeaderRole
    """签发级别：section 科室负责人，deputy 分管负责人，director 主任，committee 委员会负责人"""
    layout: Literal["notice", "letter", "form"]
    """版式：notice 普通公文，letter 信函，form 表格"""
    recipients: tuple[UnitRole, ...] = ()
    """收件角色；移送、移交类发往受理机关，不写"""
    sealed: Flag
    """是否须用印；须用印的签发后上传盖章件方可发出"""
    mailed: Flag
    """是否以电子邮件发送"""
    secrecy: Secrecy
    """public 公开，internal 内部，work_secret 工作秘密"""
    note: Text | None = Field(default=None)

    @property
    def short(self) -> str:
        """The name that fits the name of a mailed file."""
        return self.short_name or self.name

    @property
    def by_government(self) -> bool:
        """Whether the government decides and issues it, not the office."""
        return self.decided_by == "government"

    def serves(self, line: Line) -> bool:
        """Tell whether a line may issue this kind."""
        return self.line in ("both", line.value)

    def citable(
        self, on: date, line: Line, region: str = "", opened_on: date | None = None
    ) -> tuple[LineBasis, ...]:
        """Return the bases that this line may print on a day about a matter opened on another."""
        return citable_bases(self.basis, on, line, region, opened_on)


def citable_bases(
    bases: Iterable[LineBasis], on: date, line: Line, region: str = "", opened_on: date | None = None
) -> tuple[LineBasis, ...]:
    """Return the bases a line may print: verified, in force, not the other line's, and meant for the matter.

    A matter keeps the law of the days in which it was opened; where the files name none of that time, the law
    in force today stands alone.

    opened_on   the day the matter was opened; None for today
    source      行政执法监督条例 第四十四条: in force from 2026-02-01; provincial regulations before
    """
    able = [basis for basis in bases if basis.line in (None, line) and basis.citable(on, region)]
    fitting = tuple(basis for basis in able if basis.fits_matter(opened_on or on))
    if any(basis.line is line for basis in fitting) or not any(basis.line is line for basis in able):
        return fitting
    return tuple(able)
