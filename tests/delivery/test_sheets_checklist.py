from __future__ import annotations

import dataclasses
import datetime as dt
import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
import python_calamine
import xlsxwriter

from core.codes import CheckResult, Severity, UnitOpinion
from core.errors import BadCell, InvalidInput
from delivery.sheets.answer import AnswerMeta, AnswerProblem, write_answer
from delivery.sheets.checklist import HEADERS, ChecklistItem, ChecklistMeta, Filled, write_checklist
from delivery.sheets.checklist_return import ChecklistRow, read_checklist, read_checklist_meta

DAY = dt.date(2026, 3, 10)
META = ChecklistMeta(
    office="shilixian",
    campaign="2026-ZH-01",
    visit="17",
    unit="T003",
    unit_name="示例县示例乡人民政府",
    from_on=dt.date(2026, 3, 9),
    to_on=dt.date(2026, 3, 11),
    team=("P001", "P002"),
    items=("A01", "A02", "E18"),
    rules_sha256="a" * 64,
)
ITEMS = [
    ChecklistItem(
        "A01", "A 党的领导", "学法用法", "领导班子每年专题讲座不少于两期。", ("查阅资料", "个别谈话")
    ),
    ChecklistItem("A02", "A 党的领导", "第一责任人职责", "主要负责人亲自部署。", ("听取汇报",)),
    ChecklistItem("E18", "E 行政执法", "执法公示", "事前事中事后公开。"),
]
PASSED: Filled = {"编号": "A01", "结果": "合格", "检查日期": DAY, "检查人": "P001"}
FAILED: Filled = {
    "编号": "A02",
    "结果": "不合格",
    "问题描述": "未听取专题汇报。",
    "事实与证据": "=SUM(1) 查阅会议纪要31份。",
    "程度": "较重",
    "佐证材料": "会议纪要、座谈记录",
    "检查日期": "2026-3-10",
    "检查人": "P002",
    "单位意见": "异议",
    "意见说明": "有会议未形成纪要。",
}


def write(*filled: Filled) -> bytes:
    return write_checklist(META, ITEMS, campaign_title="2026年度法治督察", made_on=DAY, filled=filled)


def read(*filled: Filled, today: dt.date = DAY) -> tuple[ChecklistRow, ...]:
    return read_checklist(write(*filled), today=today).rows


def bad(*filled: Filled, today: dt.date = DAY) -> dict[str, BadCell]:
    return mistakes(write(*filled), today)


def mistakes(data: bytes, today: dt.date = DAY) -> dict[str, BadCell]:
    with pytest.raises(InvalidInput) as caught:
        read_checklist(data, today=today)
    return {cell.cell: cell for cell in caught.value.cells}


def changed(filled: Filled, **changes: str | dt.date) -> Filled:
    return {**filled, **changes}


def save_again(data: bytes, edit: Callable[[list[list[object]]], Sequence[Sequence[object]]]) -> bytes:
    """Rewrite a workbook as another program would, after changing the cells of its first sheet."""
    workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
    for number, name in enumerate(workbook.sheet_names):
        grid: list[list[object]] = [
            list(line) for line in workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
        ]
        sheet = book.add_worksheet(name)
        for row, line in enumerate(edit(grid) if number == 0 else grid):
            sheet.write_row(row, 0, line)
    book.close()
    return buffer.getvalue()


def test_a_filled_checklist_comes_back_with_its_meaning() -> None:
    back = read_checklist(write(PASSED, FAILED), today=DAY)
    assert back.meta == META
    passed, failed, waiting = back.rows
    assert (passed.result, passed.checked_on, passed.inspector) == (CheckResult.PASSED, DAY, "P001")
    assert failed == ChecklistRow(
        item="A02",
        result=CheckResult.FAILED,
        problem="未听取专题汇报。",
        facts="=SUM(1) 查阅会议纪要31份。",
        severity=Severity.MAJOR,
        evidence=("会议纪要", "座谈记录"),
        checked_on=DAY,
        inspector="P002",
        opinion=UnitOpinion.CONTESTED,
        opinion_note="有会议未形成纪要。",
        row=3,
        is_extra=False,
    )
    assert waiting.result is CheckResult.NOT_CHECKED


def test_equal_checklists_have_equal_bytes_and_no_formula() -> None:
    data = write(PASSED, FAILED)
    assert data == write(PASSED, FAILED)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/"):
                assert not re.search(rb"<f[ >]", archive.read(name))


def test_a_second_problem_of_an_item_uses_a_spare_row() -> None:
    second = changed(FAILED, 问题描述="批示没有办理结果。", 程度="一般", 单位意见="确认", 意见说明="")
    rows = read(FAILED, second)
    assert [(row.item, row.is_extra) for row in rows if row.item == "A02"] == [("A02", False), ("A02", True)]
    assert rows[-1].row == 5


def test_a_spare_row_must_be_a_failed_one_of_a_failed_item() -> None:
    assert set(bad(PASSED, {"编号": "A01"})) == {"F5"}
    assert set(bad(PASSED, changed(FAILED, 编号="A01"))) == {"F5"}
    assert set(bad(PASSED, changed(FAILED, 编号="B99"))) == {"A5"}
    assert "A5" in bad(PASSED, changed(FAILED, 编号=""))


@pytest.mark.parametrize(
    ("changes", "cell"),
    [
        ({"问题描述": ""}, "G3"),
        ({"事实与证据": ""}, "H3"),
        ({"程度": ""}, "I3"),
        ({"程度": "很重"}, "I3"),
        ({"检查日期": ""}, "K3"),
        ({"检查日期": "三月十日"}, "K3"),
        ({"检查日期": dt.date(2026, 3, 8)}, "K3"),
        ({"检查日期": dt.date(2026, 3, 12)}, "K3"),
        ({"检查人": ""}, "L3"),
        ({"检查人": "P003"}, "L3"),
        ({"单位意见": ""}, "M3"),
        ({"单位意见": "同意"}, "M3"),
        ({"意见说明": ""}, "N3"),
        ({"单位意见": "拒签", "意见说明": ""}, "N3"),
        ({"结果": "不及格"}, "F3"),
        ({"结果": ""}, "F3"),
        ({"问题描述": "长" * 5_001}, "G3"),
    ],
)
def test_each_mistake_of_a_failed_row_is_named_by_its_cell(
    changes: Mapping[str, str | dt.date], cell: str
) -> None:
    assert set(bad({**FAILED, **changes})) == {cell}


@pytest.mark.parametrize(
    ("changes", "cells"),
    [
        ({"检查日期": ""}, {"K2"}),
        ({"检查人": ""}, {"L2"}),
        ({"问题描述": "有问题"}, {"G2"}),
        ({"程度": "一般"}, {"I2"}),
        ({"单位意见": "确认"}, {"M2"}),
        ({"结果": "未检查", "问题描述": "有问题", "程度": "一般"}, {"G2", "I2"}),
    ],
)
def test_a_row_that_did_not_fail_carries_no_problem(
    changes: Mapping[str, str | dt.date], cells: set[str]
) -> None:
    assert set(bad({**PASSED, **changes})) == cells


def test_a_check_after_today_is_refused() -> None:
    assert set(bad(PASSED, today=dt.date(2026, 3, 9))) == {"K2"}


def test_a_near_word_is_suggested_and_all_mistakes_come_at_once() -> None:
    cells = bad(changed(PASSED, 检查人="P01"), changed(FAILED, 结果="不合 格"))
    assert set(cells) == {"L2", "F3"}
    assert "是否为“不合格”" in cells["F3"].allowed


def test_not_applicable_needs_no_more() -> None:
    assert read({"编号": "E18", "结果": "不适用"})[2].result is CheckResult.NOT_APPLICABLE


def test_an_emptied_row_counts_as_not_checked() -> None:
    assert read({"编号": "A01"})[0].result is CheckResult.NOT_CHECKED


def test_a_changed_number_or_a_deleted_row_is_noticed() -> None:
    def rename(grid: list[list[object]]) -> list[list[object]]:
        grid[2][0] = "A002"
        return grid

    cells = mistakes(save_again(write(PASSED, FAILED), rename))
    assert set(cells) == {"A3", "A列"}
    assert "是否为“A02”" in cells["A3"].allowed
    assert set(mistakes(save_again(write(PASSED), lambda grid: grid[:3] + grid[4:]))) == {"A列"}


def test_a_deleted_column_is_noticed_and_a_moved_one_is_not_minded() -> None:
    last = len(HEADERS) - 1
    assert set(mistakes(save_again(write(PASSED), lambda grid: [line[:last] for line in grid]))) == {"第1行"}
    turned = save_again(write(PASSED, FAILED), lambda grid: [line[::-1] for line in grid])
    assert [row.item for row in read_checklist(turned, today=DAY).rows] == ["A01", "A02", "E18"]


def test_the_callers_visit_wins_over_the_words_of_the_workbook() -> None:
    longer = dataclasses.replace(META, to_on=dt.date(2026, 3, 20), team=("P009",))
    with pytest.raises(InvalidInput) as caught:
        read_checklist(write(PASSED), today=DAY, expected=longer)
    assert [cell.cell for cell in caught.value.cells] == ["L2"]


def test_a_foreign_workbook_is_refused() -> None:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.add_worksheet("检查表").write_row(0, 0, HEADERS)
    book.close()
    problem = AnswerProblem("C1", "问题", DAY)
    answer_meta = AnswerMeta("o", "d", "n", "u", "单位", "c", "b" * 64, (("C1", DAY),))
    answer = write_answer(answer_meta, [problem], made_on=DAY)
    for data in (buffer.getvalue(), answer, ",".join(HEADERS).encode()):
        with pytest.raises(InvalidInput, match="不是本系统生成的检查表"):
            read_checklist(data, today=DAY)


def test_damaged_metadata_is_refused() -> None:
    with zipfile.ZipFile(io.BytesIO(write(PASSED))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part.replace(b"<t>2026-03-09</t>", b"<t>soon</t>"))
    with pytest.raises(InvalidInput, match="from_on"):
        read_checklist_meta(buffer.getvalue())


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_a_checklist_saved_by_libreoffice_reads_the_same(tmp_path: Path) -> None:
    path = tmp_path / "检查表.xlsx"
    path.write_bytes(write(PASSED, FAILED))
    out = tmp_path / "out"
    command = f"soffice -env:UserInstallation=file://{tmp_path}/profile --headless --convert-to xlsx --outdir"
    subprocess.run([*command.split(), str(out), str(path)], check=True, capture_output=True, timeout=120)
    assert read_checklist(out / path.name, today=DAY) == read_checklist(path, today=DAY)
