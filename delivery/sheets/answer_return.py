"""Read a unit's filled answer workbook back; every mistake is named by its cell."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from delivery.sheets.answer import FORM, HEADERS, REQUEST_LABELS, AnswerMeta, Request
from delivery.sheets.cells import Mistakes, Row, nearest, split_files, to_date
from delivery.sheets.reading import Source, load, read_form, read_table

WHAT = "整改情况报告表"
_REQUESTS = {label: code for code, label in REQUEST_LABELS.items()}
_PERCENT = re.compile(r"(\d{1,3})(?:\.0+)?\s*[%％]?")


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """What the unit says about one problem; `percent` is 0 to 100, None when no progress is reported."""

    case: str
    measure: str
    responsible: str
    finish_on: dt.date | None
    progress: str
    percent: int | None
    completion: str
    evidence: tuple[str, ...]
    request: Request
    request_note: str
    extend_to: dt.date | None
    row: int

    @property
    def is_answered(self) -> bool:
        """Tell whether the unit wrote anything beside the date that we filled in."""
        texts = (self.measure, self.responsible, self.progress, self.completion, self.request_note)
        return any(texts) or self.percent is not None or bool(self.evidence)


@dataclass(frozen=True, slots=True)
class AnswerReturn:
    """A filled answer form: what it says of itself, and one row a problem in the order of the sheet."""

    meta: AnswerMeta
    rows: tuple[AnswerRow, ...]


def read_answer_meta(source: Source, *, name: str = "") -> AnswerMeta:
    """Return what the hidden sheet says; the caller compares it with its records before trusting it.

    raises: InvalidInput when the file is not an answer form of ours
    """
    pairs = read_form(source, FORM, what=WHAT, name=name)
    due: list[tuple[str, dt.date]] = []
    for part in pairs.several("due"):
        case, _, day = part.partition("=")
        date = to_date(day)
        if date is None:
            raise pairs.foreign("due")
        due.append((case, date))
    return AnswerMeta(
        office=pairs.text("office"),
        document=pairs.text("document"),
        number=pairs.text("number"),
        unit=pairs.text("unit"),
        unit_name=pairs.text("unit_name"),
        campaign=pairs.text("campaign"),
        rules_sha256=pairs.text("rules_sha256"),
        due=tuple(due),
        form_version=pairs.text("form_version"),
    )


def read_answer(source: Source, *, expected: AnswerMeta | None = None, name: str = "") -> AnswerReturn:
    """Read a filled answer form.

    expected: the notice as the caller knows it, with the due dates that now apply; without it the
        workbook's own words are taken
    raises: InvalidInput with every bad cell
    """
    data, name = load(source, name)
    meta = read_answer_meta(data, name=name)
    table = read_table(data, what=WHAT, required=HEADERS, name=name)
    reader = _AnswerReader(Mistakes(WHAT, table.sheet), dict((expected or meta).due))
    rows = [reader.read(row) for row in table.rows]
    reader.finish(rows)
    return AnswerReturn(meta, tuple(rows))


class _AnswerReader:
    """Checks rows one after another against the notice and collects the mistakes."""

    def __init__(self, mistakes: Mistakes, due: dict[str, dt.date]) -> None:
        self.mistakes = mistakes
        self._due = due
        self._seen: dict[str, int] = {}

    def read(self, row: Row) -> AnswerRow:
        """Return what one row says."""
        case = self._read_case(row)
        measure, responsible, finish_on = self._read_plan(row, self._due.get(case))
        percent = self._read_percent(row)
        progress = self.mistakes.limit(row, "进展")
        if percent is not None and percent > 0:
            progress = self.mistakes.require(row, "进展", "填写完成率时的进展")
        elif progress and not row.text("完成率"):
            self.mistakes.add(row, "完成率", "0 至 100 的整数，如 60%（填写进展时必填）")
        completion = self.mistakes.limit(row, "完成情况")
        if percent == 100:
            completion = self.mistakes.require(row, "完成情况", "完成率为 100% 时的完成情况")
        request, note, extend_to = self._read_request(row, self._due.get(case), percent)
        return AnswerRow(
            case=case,
            measure=measure,
            responsible=responsible,
            finish_on=finish_on,
            progress=progress,
            percent=percent,
            completion=completion,
            evidence=split_files(self.mistakes.limit(row, "佐证材料")),
            request=request,
            request_note=note,
            extend_to=extend_to,
            row=row.number,
        )

    def finish(self, rows: list[AnswerRow]) -> None:
        """Name the problems whose rows are gone, refuse an empty form, and raise every mistake."""
        for case in self._due:
            if case not in self._seen:
                self.mistakes.add_at("A列", f"没有{case}", f"保留问题{case}一行，不得删除或改动编号")
        if not self.mistakes.cells and not any(row.is_answered for row in rows):
            self.mistakes.add_at("C2", "", "整改措施或进展；全表没有填写任何内容")
        self.mistakes.raise_any()

    def _read_case(self, row: Row) -> str:
        case = row.text("问题编号")
        if case not in self._due:
            self.mistakes.add(row, "问题编号", f"通知书所列的问题编号，不得改动{nearest(case, self._due)}")
        elif case in self._seen:
            self.mistakes.add(row, "问题编号", f"不重复的问题编号，第{self._seen[case]}行已填")
        self._seen.setdefault(case, row.number)
        return case

    def _read_plan(self, row: Row, due_on: dt.date | None) -> tuple[str, str, dt.date | None]:
        measure = self.mistakes.limit(row, "整改措施")
        responsible = self.mistakes.limit(row, "责任人")
        planned = bool(measure or responsible)
        if planned:
            self.mistakes.require(row, "整改措施", "整改措施")
            self.mistakes.require(row, "责任人", "责任人")
        finish_on = self.mistakes.read_date(row, "完成时限", needed=planned)
        if finish_on is not None and due_on is not None and finish_on > due_on:
            self.mistakes.add(row, "完成时限", f"不晚于整改时限{due_on}的日期；需要延长的请申请延期")
        return measure, responsible, finish_on

    def _read_percent(self, row: Row) -> int | None:
        """Read 60, '60', '60%' and the 0.6 of a percent cell; a number 1 may mean 1% or 100%: refused."""
        raw, rule = row.raw("完成率"), "0 至 100 的整数，可带百分号，如 60%"
        if isinstance(raw, float) and 0 < raw < 1:
            percent = round(raw * 100)
            if abs(raw * 100 - percent) < 1e-6:
                return percent
        elif not isinstance(raw, str) and raw == 1:
            self.mistakes.add(row, "完成率", "写明百分号：1% 或 100%")
            return None
        text = row.text("完成率")
        match = _PERCENT.fullmatch(text)
        if match is not None and int(match[1]) <= 100:
            return int(match[1])
        if text:
            self.mistakes.add(row, "完成率", rule)
        return None

    def _read_request(
        self, row: Row, due_on: dt.date | None, percent: int | None
    ) -> tuple[Request, str, dt.date | None]:
        request = self.mistakes.choose(row, "申请", _REQUESTS)
        note = self.mistakes.limit(row, "申请说明")
        extend_to = self.mistakes.read_date(row, "申请延至", needed=request is Request.EXTENSION)
        if request is None or request is Request.NONE:
            if not row.text("申请") or request is Request.NONE:
                self.mistakes.refuse(row, "申请说明", "没有申请时不填；有申请的请在“申请”中选择")
        else:
            self.mistakes.require(row, "申请说明", f"申请{REQUEST_LABELS[request]}的理由")
        if request is Request.CLOSURE:
            self._check_closure(row, percent)
        self._check_extension(row, request, extend_to, due_on)
        return request or Request.NONE, note, extend_to

    def _check_closure(self, row: Row, percent: int | None) -> None:
        if percent != 100:
            self.mistakes.add(row, "完成率", "100%（申请销号时整改应已全部完成）")
        self.mistakes.require(row, "佐证材料", "申请销号时的佐证材料名称")

    def _check_extension(
        self, row: Row, request: Request | None, extend_to: dt.date | None, due_on: dt.date | None
    ) -> None:
        if extend_to is None:
            return
        if request is not Request.EXTENSION:
            self.mistakes.refuse(row, "申请延至", "只在申请延期时填写")
        elif due_on is not None and extend_to <= due_on:
            self.mistakes.add(row, "申请延至", f"晚于整改时限{due_on}的日期")
