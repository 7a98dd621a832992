"""Read a filled checklist workbook back; every mistake is named by its cell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from core.codes import (
    CHECK_RESULT_LABELS,
    SEVERITY_LABELS,
    UNIT_OPINION_LABELS,
    CheckResult,
    Severity,
    UnitOpinion,
)
from delivery.sheets.cells import Mistakes, Row, nearest, split_files
from delivery.sheets.checklist import ANSWER_HEADERS, FORM, HEADERS, ChecklistMeta
from delivery.sheets.reading import Source, load, read_form, read_table

WHAT = "检查表"
_RESULTS = {label: code for code, label in CHECK_RESULT_LABELS.items()}
_SEVERITIES = {label: code for code, label in SEVERITY_LABELS.items()}
_OPINIONS = {label: code for code, label in UNIT_OPINION_LABELS.items()}


@dataclass(frozen=True, slots=True)
class ChecklistRow:
    """The result for one item; a second row of the same item is a second problem (`is_extra`).

    row: number of the row in the sheet, for messages; severity and opinion are set on failed rows only
    """

    item: str
    result: CheckResult
    problem: str
    facts: str
    severity: Severity | None
    evidence: tuple[str, ...]
    checked_on: dt.date | None
    inspector: str | None
    opinion: UnitOpinion | None
    opinion_note: str
    row: int
    is_extra: bool


@dataclass(frozen=True, slots=True)
class ChecklistReturn:
    """A filled checklist: what it says of itself, and its rows in the order of the sheet."""

    meta: ChecklistMeta
    rows: tuple[ChecklistRow, ...]


def read_checklist_meta(source: Source, *, name: str = "") -> ChecklistMeta:
    """Return what the hidden sheet says; the caller compares it with its records before trusting it.

    raises: InvalidInput when the file is not a checklist of ours
    """
    pairs = read_form(source, FORM, what=WHAT, name=name)
    return ChecklistMeta(
        office=pairs.text("office"),
        campaign=pairs.text("campaign"),
        visit=pairs.text("visit"),
        unit=pairs.text("unit"),
        unit_name=pairs.text("unit_name"),
        from_on=pairs.date("from_on"),
        to_on=pairs.date("to_on"),
        team=pairs.several("team"),
        items=pairs.several("items"),
        rules_sha256=pairs.text("rules_sha256"),
        form_version=pairs.text("form_version"),
    )


def read_checklist(
    source: Source, *, today: dt.date, expected: ChecklistMeta | None = None, name: str = ""
) -> ChecklistReturn:
    """Read a filled checklist.

    today: civil day; no check lies after it
    expected: the visit as the caller knows it; without it the workbook's own words are taken for team,
        items and dates
    raises: InvalidInput with every bad cell
    """
    data, name = load(source, name)
    meta = read_checklist_meta(data, name=name)
    table = read_table(data, what=WHAT, required=HEADERS, name=name)
    return ChecklistReturn(meta, check_rows(table.rows, expected or meta, today=today, sheet=table.sheet))


def check_rows(
    rows: Iterable[Row], meta: ChecklistMeta, *, today: dt.date, sheet: str = WHAT
) -> tuple[ChecklistRow, ...]:
    """Return what rows of a checklist say, wherever they were filled in: in a workbook or on a page.

    raises: InvalidInput with every bad cell
    """
    reader = _ChecklistReader(Mistakes(WHAT, sheet), meta, today)
    found = [read for row in rows if (read := reader.read(row)) is not None]
    reader.finish(found)
    return tuple(found)


class _ChecklistReader:
    """Checks rows one after another against the visit and collects the mistakes."""

    def __init__(self, mistakes: Mistakes, meta: ChecklistMeta, today: dt.date) -> None:
        self.mistakes = mistakes
        self._meta = meta
        self._today = today
        self._first: dict[str, CheckResult | None] = {}

    def read(self, row: Row) -> ChecklistRow | None:
        """Return the row's content, or None for a spare row that was left empty."""
        item = row.text("编号")
        if not item and not any(row.text(header) for header in ANSWER_HEADERS):
            return None
        is_extra = item in self._first
        if item not in self._meta.items:
            rule = f"本表原有的事项编号，不得改动{nearest(item, self._meta.items)}"
            self.mistakes.add(row, "编号", rule)
        result = self._read_result(row, is_extra)
        self._first.setdefault(item, result)
        if result is CheckResult.FAILED and is_extra and self._first[item] is not CheckResult.FAILED:
            self.mistakes.add(row, "结果", f"与本表前面{item}一行一致；该行结果不是不合格")
        failed = result is CheckResult.FAILED
        return ChecklistRow(
            item=item,
            result=result or CheckResult.NOT_CHECKED,
            problem=self._read_problem(row, "问题描述", result),
            facts=self.mistakes.require(row, "事实与证据", "检查到的事实和依据的材料")
            if failed
            else self.mistakes.limit(row, "事实与证据"),
            severity=self._read_severity(row, result),
            evidence=split_files(self.mistakes.limit(row, "佐证材料")),
            checked_on=self._read_day(row, result),
            inspector=self._read_inspector(row, result),
            opinion=self._read_opinion(row, result),
            opinion_note=self.mistakes.limit(row, "意见说明"),
            row=row.number,
            is_extra=is_extra,
        )

    def finish(self, rows: list[ChecklistRow]) -> None:
        """Name the items whose rows are gone and raise every mistake."""
        present = {row.item for row in rows}
        for item in self._meta.items:
            if item not in present:
                self.mistakes.add_at("A列", f"没有{item}", f"保留事项{item}一行，不得删除或改动编号")
        self.mistakes.raise_any()

    def _read_result(self, row: Row, is_extra: bool) -> CheckResult | None:
        result = self.mistakes.choose(row, "结果", _RESULTS)
        if is_extra:
            if result is not CheckResult.FAILED:
                self.mistakes.add(row, "结果", "不合格；同一事项的另一行只用来写另一个问题")
            return result
        if row.text("结果"):
            return result
        if any(row.text(header) for header in ANSWER_HEADERS):
            self.mistakes.add(row, "结果", f"{'、'.join(_RESULTS)}之一；本行已填其他内容")
            return None
        return CheckResult.NOT_CHECKED

    def _read_problem(self, row: Row, header: str, result: CheckResult | None) -> str:
        if result is CheckResult.FAILED:
            return self.mistakes.require(row, header, "结果为不合格时的问题描述")
        if result is not None:
            self.mistakes.refuse(row, header, f"结果为{CHECK_RESULT_LABELS[result]}时不填")
        return self.mistakes.limit(row, header)

    def _read_severity(self, row: Row, result: CheckResult | None) -> Severity | None:
        severity = self.mistakes.choose(row, "程度", _SEVERITIES)
        if result is CheckResult.FAILED:
            self.mistakes.require(row, "程度", "、".join(_SEVERITIES) + "之一")
        elif result is not None and severity is not None:
            self.mistakes.refuse(row, "程度", f"结果为{CHECK_RESULT_LABELS[result]}时不填")
        return severity

    def _read_day(self, row: Row, result: CheckResult | None) -> dt.date | None:
        needed = result in (CheckResult.PASSED, CheckResult.FAILED)
        day = self.mistakes.read_date(row, "检查日期", needed=needed)
        if day is not None and not self._meta.from_on <= day <= self._meta.to_on:
            span = f"{self._meta.from_on}至{self._meta.to_on}"
            self.mistakes.add(row, "检查日期", f"检查期间内的日期（{span}）")
        elif day is not None and day > self._today:
            self.mistakes.add(row, "检查日期", f"不晚于今天（{self._today}）的日期")
        return day

    def _read_inspector(self, row: Row, result: CheckResult | None) -> str | None:
        needed = result in (CheckResult.PASSED, CheckResult.FAILED)
        code = self.mistakes.require(row, "检查人", "督察组成员编号") if needed else row.text("检查人")
        if code and code not in self._meta.team:
            team = "、".join(self._meta.team)
            self.mistakes.add(row, "检查人", f"督察组成员编号：{team}{nearest(code, self._meta.team)}")
        return code or None

    def _read_opinion(self, row: Row, result: CheckResult | None) -> UnitOpinion | None:
        opinion = self.mistakes.choose(row, "单位意见", _OPINIONS)
        if result is CheckResult.FAILED:
            self.mistakes.require(row, "单位意见", "、".join(_OPINIONS) + "之一")
        elif result is not None and opinion is not None:
            self.mistakes.refuse(row, "单位意见", f"结果为{CHECK_RESULT_LABELS[result]}时不填")
        if opinion in (UnitOpinion.CONTESTED, UnitOpinion.REFUSED_TO_SIGN):
            self.mistakes.require(row, "意见说明", f"单位意见为{UNIT_OPINION_LABELS[opinion]}时的理由或情况")
        return opinion
