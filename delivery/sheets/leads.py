"""The list of leads (线索) as 12345, 信访 offices and superiors give it: one row a lead."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from core.codes import LINE_LABELS, SECRECY_LABELS
from core.text.secrecy import find_secrecy_mark
from delivery.sheets.cells import Mistakes, Row, nearest
from delivery.sheets.reading import Source, read_table

WHAT = "线索清单"
REQUIRED = ("来源", "收到日期", "标题", "内容")
OPTIONAL = (
    "来源编号", "条线", "被反映单位编码", "事项编号", "反映人", "联系方式", "实名", "检举控告", "密级",
    "答复期限", "备注",
)  # fmt: skip
LEAD_HEADERS = (*REQUIRED, *OPTIONAL)
YES_NO = {"是": True, "否": False}


@dataclass(frozen=True, slots=True)
class LeadRow:
    """One lead of the list; `source`, `line` and `secrecy` are codes, empty cells are ''."""

    source: str
    ref: str
    received_on: dt.date
    title: str
    text: str
    line: str
    unit: str
    item: str
    person: str
    contact: str
    real_name: bool
    accusation: bool
    secrecy: str
    reply_by: dt.date | None
    note: str


def read_leads(
    source: Source,
    *,
    sources: Mapping[str, str],
    units: Collection[str],
    items: Collection[str],
    today: dt.date,
    name: str = "",
) -> tuple[LeadRow, ...]:
    """Read a list of leads, in the order of its rows.

    sources: {word allowed under 来源: its code}
    units, items: the codes that may be named
    today: 收到日期 is not after it
    raises: InvalidInput with every bad cell
    """
    table = read_table(source, what=WHAT, required=REQUIRED, optional=OPTIONAL, name=name)
    reader = _Reader(Mistakes(WHAT, table.sheet), sources, units, items, today)
    rows = [reader.read(row) for row in table.rows]
    if not table.rows:
        reader.mistakes.add_at("第2行", "", "至少一行内容")
    reader.mistakes.raise_any()
    return tuple(row for row in rows if row is not None)


@dataclass(slots=True)
class _Reader:
    mistakes: Mistakes
    sources: Mapping[str, str]
    units: Collection[str]
    items: Collection[str]
    today: dt.date
    seen: dict[tuple[str, str], str] = field(default_factory=dict)

    def read(self, row: Row) -> LeadRow | None:
        """Return a row as a lead; None when a cell it cannot do without is wrong, which has been noted."""
        source = self._source(row)
        received = self.mistakes.read_date(row, "收到日期", needed=True)
        if received is not None and received > self.today:
            self.mistakes.add(row, "收到日期", f"不晚于今天（{self.today}）的日期")
        texts = {header: self.mistakes.require(row, header, "文字") for header in ("标题", "内容")}
        self._check_words(row)
        real_name = self._flag(row, "实名")
        if real_name and not (row.text("反映人") and row.text("联系方式")):
            self.mistakes.add(row, "实名", "否；实名的须填写反映人和联系方式")
        lead = LeadRow(
            source=source,
            ref=self.mistakes.limit(row, "来源编号"),
            received_on=received or self.today,
            title=texts["标题"],
            text=texts["内容"],
            line=self._word(
                row, "条线", {label: code.value for code, label in LINE_LABELS.items()}, "enforcement"
            ),
            unit=self._code(row, "被反映单位编码", self.units, "已登记的单位编码"),
            item=self._code(row, "事项编号", self.items, "事项目录中的编号"),
            person=self.mistakes.limit(row, "反映人"),
            contact=self.mistakes.limit(row, "联系方式"),
            real_name=real_name,
            accusation=self._flag(row, "检举控告"),
            secrecy=self._word(
                row, "密级", {s: code.value for code, s in SECRECY_LABELS.items()}, "internal"
            ),
            reply_by=self.mistakes.read_date(row, "答复期限"),
            note=self.mistakes.limit(row, "备注"),
        )
        return lead if source and received is not None else None

    def _check_words(self, row: Row) -> None:
        """Note a mark of a state secret, a person told in the text, and a number of the source that comes twice."""
        for header in ("标题", "内容", "反映人", "联系方式", "备注"):
            mark = find_secrecy_mark(row.text(header))
            if mark is not None:
                self.mistakes.add(row, header, "不含国家秘密标志的文字；涉密内容不得进入本系统", found=mark)
        told = [one for one in (row.text("反映人"), row.text("联系方式")) if len(one) > 1]
        for header in ("标题", "内容"):
            if any(one in row.text(header) for one in told):
                self.mistakes.add(row, header, "不写反映人姓名和联系方式的文字", found="含来源人信息")
        ref = row.text("来源编号")
        key = (self.sources.get(row.text("来源"), ""), ref)
        if ref and key in self.seen:
            self.mistakes.add(row, "来源编号", f"不重复的编号，{self.seen[key]}已使用该编号")
        elif ref:
            self.seen[key] = row.cell("来源编号")

    def _source(self, row: Row) -> str:
        word = self.mistakes.require(row, "来源", "、".join(self.sources))
        if word and word not in self.sources:
            self.mistakes.add(row, "来源", f"{'、'.join(self.sources)}之一{nearest(word, self.sources)}")
        return self.sources.get(word, "")

    def _word(self, row: Row, header: str, labels: Mapping[str, str], default: str) -> str:
        return self.mistakes.choose(row, header, labels) or default

    def _flag(self, row: Row, header: str) -> bool:
        return self.mistakes.choose(row, header, YES_NO) or False

    def _code(self, row: Row, header: str, known: Collection[str], rule: str) -> str:
        code = row.text(header)
        if code and code not in known:
            self.mistakes.add(row, header, f"{rule}{nearest(code, known)}")
        return code
