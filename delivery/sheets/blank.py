"""Empty tables to fill in for an import: the right headers, and a sheet that says what goes into each column."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from delivery.sheets.leads import LEAD_HEADERS
from delivery.sheets.ledger import HEADERS as LEDGER_HEADERS
from delivery.sheets.parties import PERSON_HEADERS, PERSON_MORE, UNIT_HEADERS, UNIT_MORE
from delivery.sheets.workbook import Book, Column

MADE_ON = dt.date(2026, 1, 1)  # the form's own date, so that equal forms are equal files
WIDE = 18.0
UNITS_GUIDE = (
    "每行一家单位；单位编码一经使用不再改作他用，系统中已有的编码按本表更新。",
    "类别用事项目录中的词，几项之间用顿号隔开；上级编码写本表或系统中已有的编码。",
    "联络员及其邮箱必填；负责人、分管领导、片区、职能专业可以不填。",
    "单位名称与系统不同的，登记为今日更名，此前的文书仍为原名。",
)
PEOPLE_GUIDE = (
    "每行一人；编号一经使用不再改作他用，系统中已有的编号按本表更新。",
    (
        "角色：inspector 督察员、leader 组长、officer 经办人、reviewer 审核人、verifier 核查人、"
        "director 主任、linkage 纪检联络员。"
    ),
    "曾任单位编码可以写离任时间，如 D003@2022-05；专业用事项目录中的词。",
    "库写人才库代码，任期至不写的按人才库规定的年数。",
)
LEADS_GUIDE = (
    "每行一件；同一来源的同一来源编号只登记一次，已登记的略过。",
    "来源、收到日期、标题、内容必填；条线写督察或执法监督，不填的为执法监督。",
    "标题和内容不写反映人姓名和联系方式，只填在反映人、联系方式两列，另行保密保存。",
    "实名、检举控告写是或否；实名的须填反映人和联系方式。",
)


def blank_units() -> bytes:
    """Return an empty list of units."""
    return _blank("被督察单位名册", (*UNIT_HEADERS, *UNIT_MORE), UNITS_GUIDE)


def blank_people() -> bytes:
    """Return an empty roster of the talent pool."""
    return _blank("人才库名册", (*PERSON_HEADERS, *PERSON_MORE), PEOPLE_GUIDE)


def blank_ledger() -> bytes:
    """Return an empty ledger."""
    return _blank("整改台账", LEDGER_HEADERS, ("列名照此，逐行填写；日期如 2026-03-05。",))


def blank_leads() -> bytes:
    """Return an empty list of leads."""
    return _blank("线索清单", LEAD_HEADERS, LEADS_GUIDE)


def _blank(title: str, headers: Sequence[str], guide: Sequence[str]) -> bytes:
    book = Book(title, MADE_ON)
    book.add_table(title, [Column(header, WIDE) for header in headers])
    book.add_guide(f"{title}填写说明", guide)
    return book.finish()
