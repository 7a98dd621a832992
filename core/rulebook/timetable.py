"""When recurring jobs run, and the tables of holidays they count with."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from core.rulebook.fields import Clock, Day, Flag, Positive, RuleModel, Text, Whole, Word


class Job(RuleModel):
    """A recurring job; times are Asia/Shanghai."""

    name: Word
    verb: Word
    """做什么"""
    title: Text
    days: Literal["workday", "month_half", "daily", "every"]
    """workday 工作日，month_half 每半月（1日、16日起的首个工作日），daily 每天，every 每隔若干分钟"""
    time: Clock | None = None
    """时刻 HH:MM；days 为 every 时不写"""
    every_minutes: Annotated[Positive, Field(le=1440)] | None = None


class TimetableFile(RuleModel):
    """timetable.yaml."""

    jobs: Annotated[tuple[Job, ...], Field(min_length=1)]


class CalendarYear(RuleModel):
    """One year's table: days off on top of weekends, and weekend days that are worked (调休)."""

    year: Annotated[Whole, Field(ge=1949, le=2199)]
    status: Literal["official", "provisional"]
    """official 已公布，provisional 暂定"""
    source: Text
    note: Text | None = None
    off: tuple[Day, ...]
    work: tuple[Day, ...]


class LocalCalendar(RuleModel):
    """Days that a region or an office lays over the national calendar; the key is the name of its file."""

    key: str = ""
    name: Text
    """推算过程中写出的名称"""
    region: Text
    """适用地区，如 示例省示例市示例县；只有该地区的单位可以选用"""
    scope: Literal["region", "office"]
    """region 本地区全体，office 只限本单位"""
    status: Literal["official", "provisional"]
    """official 已公布，provisional 暂定"""
    source: Text
    """依据的文件"""
    verified: Flag
    """是否已与来源核对；未核对的只能暂定"""
    checked: Literal["条文", "内容", "名称", "记忆", "建议"]
    """核验方式；本地建议值写“建议”，verified 为 false"""
    note: Text | None = None
    off: tuple[Day, ...]
    """在全国安排之外放假的日期"""
    work: tuple[Day, ...]
    """在全国安排之外上班的周六、周日"""
