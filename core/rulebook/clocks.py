"""The periods that statutes set (法定期限), each with its unit, start and article."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from core.calendar.statutory import UNIT_LABELS, Term, TermDue, due, refuse_before, write_term, yearly
from core.calendar.workdays import Calendar
from core.errors import NotFound
from core.rulebook.fields import Day, Flag, Marked, Positive, RuleModel, Text, Whole, Word

ClockUnit = Literal["workday", "day", "month", "hour", "date"]


class Variant(RuleModel):
    """Another length of the same period, such as the 15 days of an urgent case."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset()

    code: Word
    name: Text
    """何种情形"""
    unit: ClockUnit
    """workday 工作日，day 自然日，month 月，hour 小时"""
    count: Positive
    start_event: Text | None = None
    """起算事件；不写的与本期限相同"""
    rolls: Flag | None = None
    """末日为休息日的是否顺延"""
    note: Text | None = None


class ClockFacts(RuleModel):
    """What an example of a clock knows."""

    start: Day | None = None
    """起算日；固定日期不写"""
    year: Annotated[Whole, Field(ge=1949, le=2199)] | None = None
    """固定日期的年份"""
    variant: str = ""
    extended: Flag = False
    """已依法延长"""


class ClockExpectation(RuleModel):
    """What an example of a clock must come out as."""

    due_on: Day


class ClockExample(RuleModel):
    """A start and the last day that must follow from it."""

    case: Text
    facts: ClockFacts
    expect: ClockExpectation


class StatutoryClock(Marked):
    """One statutory period; law sets it, so an office may not."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset()

    code: Word
    """代码，一经使用不再改作他用"""
    matter: Text
    """何事的期限"""
    unit: ClockUnit
    """workday 工作日，day 自然日，month 月，hour 小时，date 每年固定日期"""
    count: Positive | None = None
    """期限；固定日期不写"""
    extend: Positive | None = None
    """依法可以延长多少，单位同上"""
    direction: Literal["within", "at_least"] = "within"
    """within 须在期限内办理，at_least 期间不得短于此数"""
    counting: Literal["forward", "back"] = "forward"
    """forward 自起算日向后，back 自起算日向前（如开庭三日前）"""
    rolls: Flag | None = None
    """末日为休息日的是否顺延；按日、按月计算的须写明，其他不写"""
    start_event: Text | None = None
    """自何事之日起算；固定日期不写"""
    month: Annotated[Positive, Field(le=12)] | None = None
    day: Annotated[Positive, Field(le=31)] | None = None
    including: Flag = False
    """固定日期当日是否仍在期限内；“之前”从严不含当日"""
    document: Text
    """文件全称"""
    article: Text | None = None
    """条款；未读到条文的不写"""
    note: Text | None = None
    variants: tuple[Variant, ...] = ()
    examples: tuple[ClockExample, ...] = ()

    def variant(self, code: str) -> Variant:
        """Return another length of the period; raises NotFound."""
        found = next((one for one in self.variants if one.code == code), None)
        if found is None:
            raise NotFound(
                f"期限“{self.matter}”没有这种情形",
                found=code,
                expected="、".join(f"{one.code}（{one.name}）" for one in self.variants) or "不另分情形",
                remedy="用 ducha calendar clocks 查看",
            )
        return found

    def term(self, variant: str = "", *, extended: bool = False) -> Term:
        """Return the period as it is counted; raises NotFound for a variant or an extension that law does not know."""
        if extended and (self.extend is None or variant):
            raise NotFound(
                f"期限“{self.matter}”依法不能延长", found=variant or self.code, expected="可延长的期限"
            )
        if variant:
            other = self.variant(variant)
            return Term(
                f"{self.matter}（{other.name}）",
                other.unit,
                other.count,
                other.start_event or self.start_event or "",
                self.direction,
                self.counting == "back",
                bool(other.rolls),
            )
        return Term(
            f"{self.matter}（已延长{self.extend}{UNIT_LABELS[self.unit]}，连续计算）"
            if extended
            else self.matter,
            self.unit,
            (self.count or 0) + ((self.extend or 0) if extended else 0),
            self.start_event or "",
            self.direction,
            self.counting == "back",
            bool(self.rolls),
            self.month or 1,
            self.day or 1,
            self.including,
        )

    def due(self, start: date, calendar: Calendar, variant: str = "", *, extended: bool = False) -> TermDue:
        """Return the last day of the period with its derivation.

        start    the day of the start event, not counted; for a fixed date the day from which the next one is asked
        raises   NotFound (variant, extension), InvalidInput (not in force on that day), CalendarMissing
        source   民法典 第二百零一条至第二百零三条
        """
        refuse_before(self.matter, start, self.effective_from, self.effective_until)
        return due(self.term(variant, extended=extended), start, calendar)

    def yearly(self, year: int) -> date:
        """Return the last day in time of a fixed date in a year."""
        return yearly(self.term(), year)


class ClockFile(Marked):
    """A file of statutory clocks; the key is the name of its file."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset()

    key: str = ""
    name: Text
    version: Text
    date: Day
    counting: Text
    """计算口径"""
    clocks: Annotated[tuple[StatutoryClock, ...], Field(min_length=1)]

    def find(self, code: str) -> StatutoryClock | None:
        """Return the clock with a code."""
        return next((one for one in self.clocks if one.code == code), None)


def find_clock(files: Mapping[str, ClockFile], asked: str) -> StatutoryClock:
    """Return the clock with a code or a matter, in whichever file it stands; raises NotFound."""
    every = [clock for file in files.values() for clock in file.clocks]
    found = next((one for one in every if asked in (one.code, one.matter)), None)
    if found is None:
        close = difflib.get_close_matches(asked, [one.code for one in every], 3)
        like = [one for one in every if asked in one.matter or one.code in close] or every
        raise NotFound(
            "没有这个法定期限",
            found=asked,
            expected="、".join(f"{one.code}（{one.matter}）" for one in like),
            remedy="用 ducha calendar clocks 查看",
        )
    return found


def list_clocks(files: Mapping[str, ClockFile]) -> list[dict[str, object]]:
    """Return every clock and variant in the order of the files: code, matter, period, how it ends, and the law."""
    rows: list[dict[str, object]] = []
    for clock in (one for file in files.values() for one in file.clocks):
        for variant in ("", *(one.code for one in clock.variants)):
            term = clock.term(variant)
            rows.append(
                {
                    "code": clock.code,
                    "variant": variant,
                    "matter": term.matter,
                    "period": write_term(term),
                    "unit": term.unit,
                    "extend": clock.extend if not variant else None,
                    "rolls": term.rolls,
                    "document": clock.document,
                    "article": clock.article,
                    "verified": bool(clock.verified),
                }
            )
    return rows
