"""整改情况报告表: the answer workbook that goes with every notice; one row a problem.

`answer_return.py` reads the filled workbook back.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from xlsxwriter.worksheet import Worksheet

from delivery.sheets.workbook import (
    ANSWER,
    CENTRE,
    DATE,
    KNOWN,
    MISSING_FILL,
    NOTICE_FILL,
    PROTECTION,
    Book,
    Column,
    fit_height,
    print_text,
    write_value,
)

FORM = "answer"
FORM_VERSION = "1"

COLUMNS = (
    Column("问题编号", 16), Column("问题", 34), Column("整改措施", 28), Column("责任人", 10),
    Column("完成时限", 12), Column("进展", 26), Column("完成率", 8), Column("完成情况", 26),
    Column("佐证材料", 16), Column("申请", 7.5), Column("申请说明", 20), Column("申请延至", 12),
)  # fmt: skip
HEADERS = tuple(column.header for column in COLUMNS)
PLACE = {header: index for index, header in enumerate(HEADERS)}
CENTRED = ("问题编号", "责任人", "完成率", "申请")
DATED = ("完成时限", "申请延至")

Filled = Mapping[str, str | dt.date]


class Request(StrEnum):
    """What a unit asks for with its answer; the words are those of the drop-down."""

    NONE = "none"
    CLOSURE = "closure"
    EXTENSION = "extension"
    OBJECTION = "objection"


REQUEST_LABELS = {
    Request.NONE: "无",
    Request.CLOSURE: "销号",
    Request.EXTENSION: "延期",
    Request.OBJECTION: "异议",
}


@dataclass(frozen=True, slots=True)
class AnswerProblem:
    """One problem of the notice: its case number, its wording, and the due date printed in the notice."""

    case: str
    problem: str
    due_on: dt.date


@dataclass(frozen=True, slots=True)
class AnswerMeta:
    """What the very-hidden sheet says: which notice is answered, and under which rules it was made.

    document: id of the notice; number: its 文号, or '无文号'
    due: (case, due date) of every problem, in the order of the rows
    """

    office: str
    document: str
    number: str
    unit: str
    unit_name: str
    campaign: str
    rules_sha256: str
    due: tuple[tuple[str, dt.date], ...]
    form_version: str = FORM_VERSION


def write_answer(
    meta: AnswerMeta,
    problems: Sequence[AnswerProblem],
    *,
    made_on: dt.date,
    filled: Mapping[str, Filled] | None = None,
) -> bytes:
    """Return the .xlsx answer form of one notice.

    made_on: civil day printed as the creation date of the file; equal arguments give equal bytes
    filled: per case what the unit reported before, {header: text or date}
    """
    book = Book(f"整改情况报告表 {meta.unit_name}", made_on)
    sheet = book.add_table("整改情况报告表", COLUMNS)
    sheet.freeze_panes(1, 2)
    for row, problem in enumerate(problems, start=1):
        _write_problem(book, sheet, row, problem, (filled or {}).get(problem.case, {}))
        _limit_dates(sheet, row, problem)
    _add_choices(sheet, len(problems))
    _mark_missing(book, sheet, len(problems))
    sheet.set_header(
        f'&L&10{print_text(meta.unit_name, 30)}&C&"黑体"&14整改情况报告表&R&10{print_text(meta.number, 40)}'
    )
    sheet.set_footer(
        "&L&10填报人：　　　　　　　　　　&C&10单位主要负责人签名（盖章）：　　　　　　　　　　年　　月　　日"
        "&R&10第&P页 共&N页"
    )
    sheet.protect("", PROTECTION)
    book.add_guide("整改情况报告表填写说明", _guide(meta))
    book.add_lists({"ducha_requests": list(REQUEST_LABELS.values())})
    book.add_meta(_pairs(meta))
    return book.finish()


def _write_problem(book: Book, sheet: Worksheet, row: int, problem: AnswerProblem, filled: Filled) -> None:
    shown: dict[str, str | dt.date] = {"完成时限": problem.due_on, "申请": "无", **filled}
    shown |= {"问题编号": problem.case, "问题": problem.problem}
    for header, place in PLACE.items():
        base = KNOWN if header in ("问题编号", "问题") else ANSWER
        shape = DATE if header in DATED else CENTRE if header in CENTRED else {}
        write_value(sheet, row, place, shown.get(header, ""), book.look(base, shape))
    cells = [(str(shown.get(column.header, "")), column.width) for column in COLUMNS]
    sheet.set_row(row, fit_height(cells, least=72))


def _limit_dates(sheet: Worksheet, row: int, problem: AnswerProblem) -> None:
    due = problem.due_on
    latest = {
        "validate": "date",
        "criteria": "<=",
        "value": due,
        "error_title": "完成时限填写有误",
        "error_message": f"应为不晚于整改时限 {due} 的日期；需要延长的，请在“申请”中选择延期。",
    }
    later = {
        "validate": "date",
        "criteria": ">",
        "value": due,
        "error_title": "申请延至填写有误",
        "error_message": f"应为晚于整改时限 {due} 的日期。",
    }
    sheet.data_validation(row, PLACE["完成时限"], row, PLACE["完成时限"], latest)
    sheet.data_validation(row, PLACE["申请延至"], row, PLACE["申请延至"], later)


def _add_choices(sheet: Worksheet, last: int) -> None:
    number = 'VALUE(SUBSTITUTE(SUBSTITUTE(G2,"%",""),"％",""))'
    percent = {
        "validate": "custom",
        "value": f"=AND(ISNUMBER({number}),{number}>=0,{number}<=100)",
        "error_title": "完成率填写有误",
        "error_message": "请填写 0 至 100 的整数，可带百分号，如 60%。",
    }
    request = {
        "validate": "list",
        "source": "=ducha_requests",
        "error_title": "申请填写有误",
        "error_message": "请从下拉列表中选择：无、销号、延期、异议。",
    }
    sheet.data_validation(1, PLACE["完成率"], last, PLACE["完成率"], percent)
    sheet.data_validation(1, PLACE["申请"], last, PLACE["申请"], request)


def _mark_missing(book: Book, sheet: Worksheet, last: int) -> None:
    """Colour what is still missing; columns: C 措施, D 责任人, F 进展, G 完成率, J 申请."""
    missing = book.look({"bg_color": MISSING_FILL})
    waiting = book.look({"bg_color": NOTICE_FILL})
    asks = 'AND($J2<>"",$J2<>"无")'
    rules = (
        ("整改措施", "=LEN(TRIM($C2))=0", waiting),
        ("责任人", "=LEN(TRIM($D2))=0", waiting),
        ("完成时限", "=LEN(TRIM($E2))=0", waiting),
        ("进展", "=AND(LEN(TRIM($G2))>0,LEN(TRIM($F2))=0)", missing),
        ("完成率", "=AND(LEN(TRIM($F2))>0,LEN(TRIM($G2))=0)", missing),
        ("完成情况", '=AND(OR($G2="100",$G2="100%",$J2="销号"),LEN(TRIM($H2))=0)', missing),
        ("佐证材料", '=AND($J2="销号",LEN(TRIM($I2))=0)', missing),
        ("申请说明", f"=AND({asks},LEN(TRIM($K2))=0)", missing),
        ("申请延至", '=AND($J2="延期",LEN(TRIM($L2))=0)', missing),
    )
    for header, formula, look in rules:
        options = {"type": "formula", "criteria": formula, "format": look}
        sheet.conditional_format(1, PLACE[header], last, PLACE[header], options)


def _guide(meta: AnswerMeta) -> list[str]:
    return [
        f"填报单位：{meta.unit_name}（{meta.unit}）　　对应文书：{meta.number}",
        "",
        "一、在“整改情况报告表”中逐行填写白色单元格，灰色单元格不能修改。一行对应一个问题，内容较多的在格内换行。",
        "二、报送整改方案时填写整改措施、责任人、完成时限。完成时限已填入通知书规定的整改时限，可以提前，不得推后。",
        (
            "三、报告进展时填写进展和完成率。完成率填 0 至 100 的整数，可带百分号，如 60%。"
            "完成率为 100% 的，填写完成情况。"
        ),
        "四、佐证材料写文件名称，多份用、隔开；文件与本表一并报送，名称应与表中一致。",
        "五、有申请事项的，在“申请”中选择并在“申请说明”中写明理由。一次只能提出一种申请。",
        "　　销号：整改已全部完成，完成率为 100%，并附佐证材料。",
        "　　延期：在时限届满前提出，填写“申请延至”，日期应晚于整改时限。未获书面同意前仍按原时限执行。",
        "　　异议：对问题事实或定性有不同意见的，写明理由和依据。",
        "六、浅橙色单元格表示整改方案尚未填写，浅红色表示该行还缺内容。",
        "七、填写后直接保存本文件报送，不要另建表格、增删行列或改动问题编号。",
        "八、涉密内容不得填入本表。",
    ]


def _pairs(meta: AnswerMeta) -> dict[str, str]:
    return {
        "form": FORM,
        "form_version": meta.form_version,
        "office": meta.office,
        "document": meta.document,
        "number": meta.number,
        "unit": meta.unit,
        "unit_name": meta.unit_name,
        "campaign": meta.campaign,
        "rules_sha256": meta.rules_sha256,
        "due": "、".join(f"{case}={due_on.isoformat()}" for case, due_on in meta.due),
    }
