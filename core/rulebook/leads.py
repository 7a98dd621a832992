"""Leads (线索) that come in: their sources, how they are kept, and the clocks of registering and replying."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field

from core.calendar.workdays import Calendar, Due, Unit
from core.codes import Line
from core.rulebook.bases import LineBasis
from core.rulebook.fields import Flag, Marked, Positive, RuleModel, Text, Word, with_codes


class Limit(RuleModel):
    """A period of a number of days."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset({"count", "unit"})

    count: Positive
    unit: Literal["workday", "day"]
    """workday 工作日，day 自然日（末日为休息日的顺延）"""

    def due(self, start: date, calendar: Calendar, *, more: int = 0) -> Due:
        """Return the last day of the period, extended by `more` of the same unit; the start day is not counted.

        source   民法典 第二百零一条、第二百零三条
        """
        return calendar.due(start, self.count + more, Unit(self.unit))


class LeadOrigin(Marked):
    """One source of leads with its clocks and what is kept confidential about it."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset(
        {"route", "reply", "extend", "reply_required", "confidential", "give_back"}
    )

    code: Word
    name: Text
    """来源名称"""
    superior: Flag = False
    """是否计入“上级转办”"""
    route: Limit
    """收到后多少日内登记分办（初核、转办、退回）"""
    reply: Limit | None = None
    """收到后多少日内答复来源；不限期的不写"""
    extend: Positive | None = None
    """答复期限经批准可延长多少，单位同上；不得延长的不写"""
    reply_required: Flag
    """是否须答复来源；实名反映的一律须答复"""
    confidential: Flag
    """来源人信息是否保密；保密的只有指定人员和登记人可查，查看留痕"""
    compartment: Flag = False
    """整件线索是否只限指定人员知悉（纪检监察、巡察移交的）"""
    give_back: Limit | None = None
    """错误转来的，收到后多少日内说明理由退回；不得退回的不写"""
    note: Text | None = None


class LeadRules(Marked):
    """Leads (线索) that come in; the key is the name of the file."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset({"check", "answer", "transfer", "warn_workdays"})

    key: str = ""
    name: Text
    version: Text
    number_word: Text
    """编号用词，如“线索”，编为 线索〔2026〕1号"""
    basis: tuple[LineBasis, ...]
    sources: Annotated[dict[str, LeadOrigin], BeforeValidator(with_codes), Field(min_length=1)]
    check: Limit
    """初核期限，自决定初核之日起"""
    answer: Limit
    """转办后承办单位反馈的期限，自转办函签发之日起"""
    transfer: Limit
    """不属于本机关职责的，多少日内移送有权机关，自登记之日起"""
    warn_workdays: Positive
    """期限届满前多少工作日列入待办"""
    documents: dict[Line, Word]
    """各条线的转办函"""
    reply_document: Word
    """书面答复来源用的文书"""

    def origin(self, word: str) -> LeadOrigin | None:
        """Return the source with a code or a name."""
        return self.sources.get(word) or next((o for o in self.sources.values() if o.name == word), None)
