"""The checklist workbook of one visit: written for the team, and what its rows and columns mean.

`checklist_return.py` reads the filled workbook back.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xlsxwriter.worksheet import Worksheet

from core.codes import CHECK_RESULT_LABELS, SEVERITY_LABELS, UNIT_OPINION_LABELS
from delivery.sheets.workbook import (
    ANSWER,
    CENTRE,
    DATE,
    KNOWN,
    MISSING_FILL,
    NOTICE_FILL,
    PROTECTION,
    SPARE_FILL,
    Book,
    Column,
    fit_height,
    print_text,
    write_value,
)

FORM = "checklist"
FORM_VERSION = "1"
SPARE_ROWS = 10
SPARE_TEXT = "同一事项的另一问题"

COLUMNS = (
    Column("编号", 7), Column("类别", 11), Column("事项", 15), Column("检查要求", 37), Column("检查方法", 10),
    Column("结果", 8.5), Column("问题描述", 25), Column("事实与证据", 25), Column("程度", 7),
    Column("佐证材料", 13), Column("检查日期", 11.5), Column("检查人", 9), Column("单位意见", 9),
    Column("意见说明", 15),
)  # fmt: skip
HEADERS = tuple(column.header for column in COLUMNS)
PLACE = {header: index for index, header in enumerate(HEADERS)}
KNOWN_HEADERS = HEADERS[:5]
ANSWER_HEADERS = HEADERS[5:]
CENTRED = ("编号", "结果", "程度", "检查人", "单位意见")

LISTS = {
    "ducha_results": tuple(CHECK_RESULT_LABELS.values()),
    "ducha_severities": tuple(SEVERITY_LABELS.values()),
    "ducha_opinions": tuple(UNIT_OPINION_LABELS.values()),
}

Filled = Mapping[str, str | dt.date]


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One catalogue item as a row of the checklist; `category` is what 类别 shows."""

    id: str
    category: str
    title: str
    requirement: str
    methods: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChecklistMeta:
    """What the very-hidden sheet says: which visit this is, and under which rules it was made.

    team: codes of the inspectors, leader first; items: ids in the order of the rows
    """

    office: str
    campaign: str
    visit: str
    unit: str
    unit_name: str
    from_on: dt.date
    to_on: dt.date
    team: tuple[str, ...]
    items: tuple[str, ...]
    rules_sha256: str
    form_version: str = FORM_VERSION


def write_checklist(
    meta: ChecklistMeta,
    items: Sequence[ChecklistItem],
    *,
    campaign_title: str,
    made_on: dt.date,
    team_names: Mapping[str, str] | None = None,
    filled: Sequence[Filled] = (),
    spare_rows: int = SPARE_ROWS,
) -> bytes:
    """Return the .xlsx checklist of one visit.

    made_on: civil day printed as the creation date of the file; equal arguments give equal bytes
    team_names: code to name, for the sheet 说明
    filled: answers already known, each {"编号": id, header: text or date}; a second one for an item
        goes to a spare row
    """
    book = Book(f"法治督察检查表 {meta.unit_name}", made_on)
    sheet = book.add_table("检查表", COLUMNS)
    sheet.freeze_panes(1, 3)
    extras = _write_items(book, sheet, items, filled)
    first_spare = len(items) + 1
    last = len(items) + max(spare_rows, len(extras))
    for index, row in enumerate(range(first_spare, last + 1)):
        _write_spare(book, sheet, row, extras[index] if index < len(extras) else {})
    _add_choices(sheet, meta, first_spare, last)
    _mark_missing(book, sheet, last)
    _set_print(sheet, meta, campaign_title)
    sheet.autofilter(0, 0, last, len(COLUMNS) - 1)
    sheet.protect("", PROTECTION)
    book.add_guide(f"{meta.unit_name}法治督察检查表填写说明", _guide(meta, campaign_title, team_names or {}))
    book.add_lists({**LISTS, "ducha_team": meta.team, "ducha_items": [item.id for item in items]})
    book.add_meta(_pairs(meta))
    return book.finish()


def _write_items(
    book: Book, sheet: Worksheet, items: Sequence[ChecklistItem], filled: Sequence[Filled]
) -> list[Filled]:
    """Write one row an item and return the answers that are left for spare rows."""
    waiting = list(filled)
    for row, item in enumerate(items, start=1):
        known = (item.id, item.category, item.title, item.requirement, "、".join(item.methods))
        for header, text in zip(KNOWN_HEADERS, known, strict=True):
            look = book.look(KNOWN, CENTRE) if header in CENTRED else book.look(KNOWN)
            write_value(sheet, row, PLACE[header], text, look)
        answer = next((one for one in waiting if one.get("编号") == item.id), None)
        if answer is not None:
            waiting.remove(answer)
        answer = {"结果": "未检查"} if answer is None else answer
        _write_answers(book, sheet, row, answer)
        _fit_row(sheet, row, {**answer, **dict(zip(KNOWN_HEADERS, known, strict=True))})
    return waiting


def _write_spare(book: Book, sheet: Worksheet, row: int, answer: Filled) -> None:
    tint = {"bg_color": SPARE_FILL}
    for header in KNOWN_HEADERS[1:]:
        text = SPARE_TEXT if header == "事项" else ""
        write_value(sheet, row, PLACE[header], text, book.look(KNOWN, tint, {"font_color": "#7B8794"}))
    write_value(sheet, row, 0, answer.get("编号", ""), book.look(ANSWER, CENTRE, tint))
    _write_answers(book, sheet, row, answer, tint)
    _fit_row(sheet, row, {**answer, "事项": SPARE_TEXT})


def _write_answers(
    book: Book, sheet: Worksheet, row: int, answer: Filled, tint: Mapping[str, object] | None = None
) -> None:
    for header in ANSWER_HEADERS:
        shape = DATE if header == "检查日期" else CENTRE if header in CENTRED else {}
        look = book.look(ANSWER, shape, tint or {})
        write_value(sheet, row, PLACE[header], answer.get(header, ""), look)


def _fit_row(sheet: Worksheet, row: int, texts: Filled) -> None:
    cells = [(str(texts.get(column.header, "")), column.width) for column in COLUMNS]
    sheet.set_row(row, fit_height(cells, least=36))


def _add_choices(sheet: Worksheet, meta: ChecklistMeta, first_spare: int, last: int) -> None:
    lists = (("结果", "results"), ("程度", "severities"), ("检查人", "team"), ("单位意见", "opinions"))
    for header, name in lists:
        options = {
            "validate": "list",
            "source": f"=ducha_{name}",
            "error_title": f"{header}填写有误",
            "error_message": "请从下拉列表中选择。",
        }
        sheet.data_validation(1, PLACE[header], last, PLACE[header], options)
    if last >= first_spare:
        options = {
            "validate": "list",
            "source": "=ducha_items",
            "input_title": "另一问题",
            "input_message": "同一事项有第二个问题时，在此选择该事项的编号，再填写本行。",
            "error_message": "请从下拉列表中选择本表已有的事项编号。",
        }
        sheet.data_validation(first_spare, 0, last, 0, options)
    span: dict[str, object] = {
        "validate": "date",
        "criteria": "between",
        "minimum": meta.from_on,
        "maximum": meta.to_on,
        "error_title": "检查日期填写有误",
        "error_message": f"应为{meta.from_on}至{meta.to_on}之间的日期，如 {meta.from_on}。",
    }
    sheet.data_validation(1, PLACE["检查日期"], last, PLACE["检查日期"], span)


def _mark_missing(book: Book, sheet: Worksheet, last: int) -> None:
    """Colour what the chosen result still asks for; columns: F 结果, M 单位意见."""
    missing = book.look({"bg_color": MISSING_FILL})
    waiting = book.look({"bg_color": NOTICE_FILL})
    failed = book.look({"font_color": "#B42318", "bold": True})
    rules = [("结果", '=OR($F2="未检查",AND($A2<>"",$F2=""))', waiting), ("结果", '=$F2="不合格"', failed)]
    for header in ("问题描述", "事实与证据", "程度", "检查日期", "检查人", "单位意见"):
        letter = chr(ord("A") + PLACE[header])
        results = '$F2="不合格"'
        if header in ("检查日期", "检查人"):
            results = 'OR($F2="不合格",$F2="合格")'
        rules.append((header, f"=AND({results},LEN(TRIM({letter}2))=0)", missing))
    rules.append(("意见说明", '=AND(OR($M2="异议",$M2="拒签"),LEN(TRIM(N2))=0)', missing))
    for header, formula, look in rules:
        options = {"type": "formula", "criteria": formula, "format": look}
        sheet.conditional_format(1, PLACE[header], last, PLACE[header], options)


def _set_print(sheet: Worksheet, meta: ChecklistMeta, campaign_title: str) -> None:
    period = f"{meta.from_on:%Y.%m.%d}—{meta.to_on:%m.%d}"
    sheet.set_header(
        f"&L&10{print_text(meta.unit_name, 30)}　{period}"
        f'&C&"黑体"&14法治督察检查表&R&10{print_text(campaign_title, 40)}'
    )
    sheet.set_footer(
        "&L&10检查人签名：　　　　　　　　　　&C&10被督察单位负责人签名：　　　　　　　　　　年　　月　　日"
        "&R&10第&P页 共&N页"
    )


def _guide(meta: ChecklistMeta, campaign_title: str, names: Mapping[str, str]) -> list[str]:
    team = "、".join(f"{code}（{names[code]}）" if code in names else code for code in meta.team)
    return [
        f"督察批次：{campaign_title}（{meta.campaign}）",
        f"被督察单位：{meta.unit_name}（{meta.unit}）　　检查时间：{meta.from_on}至{meta.to_on}",
        f"督察组：{team}",
        "",
        "一、在“检查表”中逐行填写白色单元格，灰色单元格不能修改。一行对应一个事项。",
        (
            "二、先选“结果”。合格：填写检查日期、检查人。不合格：还要填写问题描述、事实与证据、程度和单位意见。"
            "不适用、未检查：不填问题内容；确属不适用的，可在“事实与证据”中写明理由。"
        ),
        (
            "三、问题描述写清哪项工作、什么时间、存在什么问题；事实与证据写清依据的材料、案卷号、谈话或现场情况，"
            "一个问题写一行，只写事实，不写对个人的评价。"
        ),
        "四、同一事项查出第二个问题的，使用表末浅黄色备用行：先在“编号”列选择该事项，再按不合格填写整行。",
        "五、程度分一般、较重、严重。佐证材料写文件名称或编号，多份用、隔开。检查人从列表中选择本人编号。",
        "六、单位意见由被督察单位选择：确认、异议或拒签。选择异议或拒签的，应在“意见说明”中写明理由或情况。",
        (
            "七、浅红色单元格表示还缺内容，浅橙色表示尚未检查。全部填完后直接保存并交回，"
            "不要另建表格、增删列或改动编号。"
        ),
        "八、涉密内容不得填入本表。",
    ]


def _pairs(meta: ChecklistMeta) -> dict[str, str]:
    return {
        "form": FORM,
        "form_version": meta.form_version,
        "office": meta.office,
        "campaign": meta.campaign,
        "visit": meta.visit,
        "unit": meta.unit,
        "unit_name": meta.unit_name,
        "from_on": meta.from_on.isoformat(),
        "to_on": meta.to_on.isoformat(),
        "team": "、".join(meta.team),
        "items": "、".join(meta.items),
        "rules_sha256": meta.rules_sha256,
    }
