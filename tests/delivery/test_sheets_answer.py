from __future__ import annotations

import dataclasses
import datetime as dt
import io
import re
import zipfile
from collections.abc import Mapping

import pytest
import xlsxwriter

from core.errors import BadCell, InvalidInput
from delivery.sheets.answer import HEADERS, AnswerMeta, AnswerProblem, Filled, Request, write_answer
from delivery.sheets.answer_return import AnswerReturn, AnswerRow, read_answer
from delivery.sheets.reading import META_SHEET

DUE = dt.date(2026, 5, 20)
PROBLEMS = [
    AnswerProblem("2026-ZH-01-0001", "法治议题由副职代开。", DUE),
    AnswerProblem("2026-ZH-01-0002", "文件未经合法性审核。", DUE),
]
FIRST = PROBLEMS[0].case
META = AnswerMeta(
    office="shilixian",
    document="doc-12",
    number="示法督〔2026〕12号",
    unit="T003",
    unit_name="示例县示例乡人民政府",
    campaign="2026-ZH-01",
    rules_sha256="b" * 64,
    due=tuple((problem.case, problem.due_on) for problem in PROBLEMS),
)
FULL: Filled = {
    "整改措施": "-每季度召开一次专题会议；\n建立台账。",
    "责任人": "联络员",
    "完成时限": dt.date(2026, 5, 10),
    "进展": "已召开会议。",
    "完成率": "60%",
}


def write(filled: Filled = FULL) -> bytes:
    return write_answer(META, PROBLEMS, made_on=dt.date(2026, 4, 20), filled={FIRST: filled})


def read(filled: Filled = FULL) -> AnswerReturn:
    return read_answer(write(filled))


def bad(filled: Filled) -> dict[str, BadCell]:
    with pytest.raises(InvalidInput) as caught:
        read(filled)
    return {cell.cell: cell for cell in caught.value.cells}


def make_form(*lines: list[object]) -> bytes:
    """Write the same form as another program would, with any cells."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet("表")
    sheet.write_row(0, 0, HEADERS)
    for number, line in enumerate(lines, start=1):
        sheet.write_row(number, 0, line)
    hidden = book.add_worksheet(META_SHEET)
    pairs = {field.name: getattr(META, field.name) for field in dataclasses.fields(META)}
    pairs |= {"form": "answer", "due": "、".join(f"{case}={day}" for case, day in META.due)}
    for number, pair in enumerate(pairs.items()):
        hidden.write_row(number, 0, pair)
    book.close()
    return buffer.getvalue()


def test_an_answer_comes_back_with_its_meaning() -> None:
    back = read()
    assert back.meta == META
    assert back.rows[0] == AnswerRow(
        case=FIRST,
        measure="-每季度召开一次专题会议；\n建立台账。",
        responsible="联络员",
        finish_on=dt.date(2026, 5, 10),
        progress="已召开会议。",
        percent=60,
        completion="",
        evidence=(),
        request=Request.NONE,
        request_note="",
        extend_to=None,
        row=2,
    )
    assert back.rows[0].is_answered
    assert not back.rows[1].is_answered
    assert back.rows[1].finish_on == DUE


def test_equal_answers_have_equal_bytes_and_no_formula() -> None:
    assert write() == write()
    with zipfile.ZipFile(io.BytesIO(write(dict(FULL, 整改措施="=1+1")))) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/"):
                assert not re.search(rb"<f[ >]", archive.read(name))


def test_the_three_requests_are_understood() -> None:
    closure = {"完成率": "100", "完成情况": "已完成。", "佐证材料": "纪要.pdf；照片1, 2.jpg"}
    (row, _) = read({**FULL, **closure, "申请": "销号", "申请说明": "请核查。"}).rows
    assert (row.request, row.percent) == (Request.CLOSURE, 100)
    assert row.evidence == ("纪要.pdf", "照片1, 2.jpg")
    extension: Filled = {"申请": "延期", "申请说明": "须经会议审议。", "申请延至": dt.date(2026, 6, 30)}
    (row, _) = read({**FULL, **extension}).rows
    assert (row.request, row.extend_to) == (Request.EXTENSION, dt.date(2026, 6, 30))
    (row, _) = read({"申请": "异议", "申请说明": "事实有出入。"}).rows
    assert row.request is Request.OBJECTION


@pytest.mark.parametrize(
    ("changes", "cells"),
    [
        ({"整改措施": ""}, {"C2"}),
        ({"责任人": ""}, {"D2"}),
        ({"完成时限": ""}, {"E2"}),
        ({"完成时限": "五月底"}, {"E2"}),
        ({"完成时限": dt.date(2026, 5, 21)}, {"E2"}),
        ({"进展": ""}, {"F2"}),
        ({"完成率": ""}, {"G2"}),
        ({"完成率": "101"}, {"G2"}),
        ({"完成率": "-5"}, {"G2"}),
        ({"完成率": "过半"}, {"G2"}),
        ({"完成率": "100%"}, {"H2"}),
        ({"申请": "延长"}, {"J2"}),
        ({"申请": "异议"}, {"K2"}),
        ({"申请说明": "请延期"}, {"K2"}),
        ({"申请": "", "申请说明": "请延期"}, {"K2"}),
        ({"申请": "延期", "申请说明": "理由"}, {"L2"}),
        ({"申请": "延期", "申请说明": "理由", "申请延至": DUE}, {"L2"}),
        ({"申请": "延期", "申请说明": "理由", "申请延至": "下月"}, {"L2"}),
        ({"申请延至": dt.date(2026, 6, 30)}, {"L2"}),
        ({"申请": "销号", "申请说明": "理由"}, {"G2", "I2"}),
    ],
)
def test_each_mistake_is_named_by_its_cell(changes: Mapping[str, str | dt.date], cells: set[str]) -> None:
    assert set(bad({**FULL, **changes})) == cells


@pytest.mark.parametrize(
    ("value", "percent"), [(0, 0), (0.6, 60), (60, 60), (100.0, 100), ("60％", 60), ("100.0%", 100)]
)
def test_a_rate_is_read_however_it_was_typed(value: float | str, percent: int) -> None:
    done = "已完成。" if percent == 100 else ""
    line: list[object] = [FIRST, "", "措施", "联络员", "2026-05-10", "进展", value, done]
    assert read_answer(make_form(line, [PROBLEMS[1].case])).rows[0].percent == percent


@pytest.mark.parametrize("value", [1, 1.0, 0.655, 1.5, 250])
def test_a_rate_with_two_meanings_or_none_is_refused(value: float) -> None:
    line: list[object] = [FIRST, "", "措施", "联络员", "2026-05-10", "进展", value]
    with pytest.raises(InvalidInput) as caught:
        read_answer(make_form(line, [PROBLEMS[1].case]))
    assert "G2" in {cell.cell for cell in caught.value.cells}


def test_an_unknown_a_repeated_and_a_missing_problem_are_named() -> None:
    with pytest.raises(InvalidInput) as caught:
        read_answer(make_form([FIRST], [FIRST], ["2026-ZH-01-0009"]))
    assert [cell.cell for cell in caught.value.cells] == ["A3", "A4", "A列"]
    assert "第2行" in caught.value.cells[0].allowed


def test_an_answer_without_any_content_is_refused() -> None:
    assert set(bad({})) == {"C2"}


def test_the_due_dates_of_the_caller_win_over_those_of_the_workbook() -> None:
    later = dataclasses.replace(META, due=((FIRST, dt.date(2026, 7, 1)), META.due[1]))
    extension: Filled = {**FULL, "申请": "延期", "申请说明": "理由", "申请延至": dt.date(2026, 6, 30)}
    with pytest.raises(InvalidInput) as caught:
        read_answer(write(extension), expected=later)
    assert [cell.cell for cell in caught.value.cells] == ["L2"]


def test_a_foreign_file_is_refused() -> None:
    with pytest.raises(InvalidInput, match="不是本系统生成的整改情况报告表"):
        read_answer(",".join(HEADERS).encode())
