"""What follows a case beside its ladder: half-month reports (半月报), and what a repeat (屡查屡犯) is worth."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from core.rulebook.colours import LitLight
from core.rulebook.fields import Flag, Marked, Positive, Text, Texts
from core.rulebook.roles import LeaderRole


class HalfMonthRule(Marked):
    """From which colour a case owes half-month reports, when, and who gets a copy."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset({"from_light", "due_workdays", "cc", "progress_counts"})

    from_light: LitLight
    """自何色起每半月报告一次（1至15日、16日至月末）"""
    due_workdays: Annotated[Positive, Field(le=10)] = 1
    """每半月期满后第几个工作日前报送"""
    cc: tuple[LeaderRole, ...] = ()
    """报告抄送本单位哪些级别的领导"""
    contents: Annotated[Texts, Field(min_length=1)]
    """报告的内容"""
    progress_counts: Flag = True
    """期内报送的进展（含报告表“进展”栏）是否算作当期半月报"""


class RepeatRule(Marked):
    """What it means that the same problem is found at the same unit again within some years."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset({"window_years", "severity", "event"})

    window_years: Annotated[Positive, Field(le=20)]
    """几年之内再次发现同一单位同一事项的问题，为屡查屡犯"""
    severity: Literal["raise_one", "keep"] = "raise_one"
    """程度：raise_one 上调一级，keep 不变"""
    event: Text | None = None
    """在该事件的计次期间之内再次发现的，登记为何事件；不写的不登记"""
    note: Text | None = None
