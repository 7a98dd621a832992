"""The kinds of document (文书): line, basis, period, number series, signer, layout and how they travel."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from core.codes import Line, Secrecy
from core.rulebook.catalog import LineBasis
from core.rulebook.fields import Count, Dated, Flag, Positive, Text, Word
from core.rulebook.roles import LeaderRole, UnitRole


class DocumentRule(Dated):
    """One kind of document; the code is the name of its file and never changes."""

    code: Word
    name: Text
    """印在文书上的名称"""
    line: Literal["party", "enforcement", "both"]
    """条线：party 督察，enforcement 执法监督，both 两线各以本线名义"""
    basis: tuple[LineBasis, ...]
    period: Positive | None = None
    """期限；逐件另定的不写"""
    period_unit: Literal["workday", "day"] | None = None
    """期限单位：workday 工作日，day 自然日（末日顺延）"""
    starts_on: Literal["signed", "served", "received"] | None = None
    """期限起算：signed 签发日，served 送达日，received 收到申请之日"""
    reply_workdays: Count | None = None
    """要求书面回复的工作日；不需回复的不写"""
    series: Word | None = None
    """文号系列，与单位文件中本线 series 的键对应；不编号的不写"""
    numbered: Flag
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

    def serves(self, line: Line) -> bool:
        """Tell whether a line may issue this kind."""
        return self.line in ("both", line.value)

    def citable(self, on: date, line: Line, region: str = "") -> tuple[LineBasis, ...]:
        """Return the bases that this line may print on a day: verified, in force, not the other line's."""
        return tuple(
            basis for basis in self.basis if basis.line in (None, line) and basis.citable(on, region)
        )
