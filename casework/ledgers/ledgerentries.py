"""The rows of an old ledger, checked against units, campaigns and catalogues: every bad cell is named at once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlmodel import col, select

from casework.desk import Desk
from casework.lights.climbing import office_palette, rules_of
from casework.paperwork.values import rectify_days
from core.codes import Light, Severity
from core.errors import CalendarMissing, InvalidInput
from core.life.lives import CampaignState
from core.rulebook import Catalog, Item, Rulebook
from core.text.secrecy import refuse_state_secrets
from delivery.sheets.cells import Mistakes, Row, nearest
from delivery.sheets.ledger import HEADERS, WHAT, LedgerRow, read_ledger
from delivery.sheets.reading import read_table
from models.campaign import Campaign, Finding
from models.organisation import Unit

TITLE_LENGTH = (2, 100)
_ITEM_ID = re.compile(r"[A-Z]\d{2,3}(?!\d)")
_CLASS_CODE = re.compile(r"[A-Z]\d?(?![A-Za-z0-9])")
_PERCENT = re.compile(r"(\d{1,6})(?:\.\d+)?\s*[%％]")


@dataclass(frozen=True, slots=True)
class Entry:
    """One checked row; `campaign` is None when the batch named in the row does not exist yet.

    signed_on   the day from which the due date was counted, None when the row has no due date
    """

    row: LedgerRow
    unit: Unit
    campaign: Campaign | None
    item: Item
    percent: int
    signed_on: date | None


@dataclass(frozen=True, slots=True)
class Known:
    """What a row may name."""

    units: dict[str, Unit]
    campaigns: dict[str, Campaign]
    findings: frozenset[str]
    rules: dict[int, Rulebook]  # of the campaigns


def read_entries(desk: Desk, path: Path) -> list[Entry]:
    """Return the rows of a ledger, checked; nothing is written.

    raises   InvalidInput naming every bad cell, or the row that carries a mark of state secrets
    """
    table = read_table(path, what=WHAT, required=HEADERS, name=path.name)
    mistakes = Mistakes(WHAT, table.sheet)
    try:
        rows: tuple[LedgerRow | None, ...] = read_ledger(path, name=path.name, palette=office_palette(desk))
    except InvalidInput as error:
        if not error.cells:
            raise
        # The rows cannot be read, but what they name can be checked in the same go.
        mistakes.cells.extend(error.cells)
        rows = (None,) * len(table.rows)
    known = _known(desk)
    entries = [_check(desk, known, mistakes, raw, row) for raw, row in zip(table.rows, rows, strict=True)]
    mistakes.raise_any()
    return [entry for entry in entries if entry is not None]


def main_catalog(rules: Rulebook) -> Catalog:
    """Return the catalogue for problems of batches that ducha did not plan: the one with the most items."""
    return max(rules.catalogs.values(), key=lambda catalog: len(catalog.items))


def _known(desk: Desk) -> Known:
    units = desk.session.exec(select(Unit).where(col(Unit.office_id) == desk.office_id)).all()
    campaigns = desk.session.exec(select(Campaign).where(col(Campaign.office_id) == desk.office_id)).all()
    codes = desk.session.exec(select(Finding.code).where(col(Finding.office_id) == desk.office_id)).all()
    return Known(
        {**{unit.name: unit for unit in units}, **{unit.code: unit for unit in units}},
        {**{one.title: one for one in campaigns}, **{one.code: one for one in campaigns}},
        frozenset(codes),
        {one.id: rules_of(desk, one.id) for one in campaigns if one.id is not None and one.rules_sha256},
    )


def _check(desk: Desk, known: Known, mistakes: Mistakes, raw: Row, row: LedgerRow | None) -> Entry | None:
    refuse_state_secrets("\n".join(raw.text(header) for header in HEADERS), f"整改台账第{raw.number}行")
    unit = known.units.get(raw.text("被督察单位"))
    if unit is None and raw.text("被督察单位"):
        mistakes.add(
            raw, "被督察单位", f"已导入的单位名称或编码{nearest(raw.text('被督察单位'), known.units)}"
        )
    if raw.text("问题编号") in known.findings:
        mistakes.add(raw, "问题编号", "系统中没有的问题编号；已有的问题不重复导入")
    campaign = _campaign(known, mistakes, raw)
    rules = known.rules.get(campaign.id or 0, desk.rules) if campaign else desk.rules
    catalogs = list(rules.catalogs.values()) if campaign else [main_catalog(rules)]
    item = find_item(catalogs, raw.text("问题类别"))
    if item is None:
        names = [one.name for catalog in catalogs for one in catalog.classes]
        mistakes.add(raw, "问题类别", f"目录内的事项编号（如{catalogs[0].items[0].id}）、类别代码或类别名称"
                                  f"{nearest(raw.text('问题类别'), names)}")  # fmt: skip
    percent = _percent(mistakes, raw)
    if row is None or unit is None or item is None:
        return None
    _check_closure(desk, mistakes, raw, row)
    palette = rules.ladder_of(desk.office.code).palette
    if row.light not in (Light.NONE, *palette.lights):
        words = "、".join(palette.label(light) for light in palette.lights)
        mistakes.add(raw, "灯色", f"该批次等级的颜色：{words}，或空白")
    days = rectify_days(rules, desk.office.code, item, Severity(item.severity))
    return Entry(row, unit, campaign, item, percent, _signed_on(desk, mistakes, raw, row, days))


def _campaign(known: Known, mistakes: Mistakes, raw: Row) -> Campaign | None:
    text = raw.text("督察批次")
    campaign = known.campaigns.get(text)
    if campaign is not None and campaign.state != CampaignState.OPEN:
        mistakes.add(raw, "督察批次", "正在实施的批次，或系统中没有的批次名称（将新建一个批次）")
    elif not TITLE_LENGTH[0] <= len(text) <= TITLE_LENGTH[1]:
        mistakes.add(raw, "督察批次", f"批次编码或名称，{TITLE_LENGTH[0]}至{TITLE_LENGTH[1]}个字")
    return campaign


def find_item(catalogs: Iterable[Catalog], text: str) -> Item | None:
    """Return the item meant by an id, a title, a class code or a class name; a class gives its first item."""
    by_id, by_class = _ITEM_ID.match(text), _CLASS_CODE.match(text)
    for catalog in catalogs:
        classes = {one.name: one.code for one in catalog.classes}
        wanted = by_class[0] if by_class else classes.get(text)
        if wanted is None:
            wanted = next((code for name, code in classes.items() if name in text), None)
        for item in catalog.items:
            if (by_id and item.id == by_id[0]) or item.title == text:
                return item
        for item in catalog.items:
            if not by_id and wanted is not None and item.category == wanted:
                return item
    return None


def _percent(mistakes: Mistakes, raw: Row) -> int:
    """Return the share that is done: the last percentage of 当前进展, else of 完成情况, else 0."""
    for header in ("当前进展", "完成情况"):
        found = _PERCENT.findall(raw.text(header))
        if found:
            if int(found[-1]) > 100:
                mistakes.add(raw, header, "0%至100%之间的完成率")
            return min(int(found[-1]), 100)
    return 0


def _check_closure(desk: Desk, mistakes: Mistakes, raw: Row, row: LedgerRow) -> None:
    header = "销号状态/日期"
    if row.closed_on is None and ("已销号" in row.completion or "撤销" in row.closure):
        mistakes.add(raw, header, "未销号，或已销号和日期，如“已销号 2026-05-01”；已撤销的问题不导入")
    elif row.closed_on is not None and row.closed_on > desk.today:
        mistakes.add(raw, header, f"不晚于今天（{desk.today}）的销号日期")
    if row.extensions > 9:
        mistakes.add(raw, "延期次数", "0至9的整数")


def _signed_on(desk: Desk, mistakes: Mistakes, raw: Row, row: LedgerRow, days: int) -> date | None:
    """Return the day from which the limit ran: due date less the item's days, never after today or closure."""
    if row.due_on is None:
        return None
    try:
        begin = desk.calendar.after(row.due_on, -days)
    except CalendarMissing as error:
        mistakes.add(raw, "整改时限", f"有工作日历的年份内的日期（缺少{error.year}年工作日历）")
        return None
    return min(begin, row.closed_on or desk.today, desk.today)
