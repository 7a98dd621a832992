"""The two files of parties: the units that are inspected and the people of the talent pool."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date

from core.errors import DuchaError, InvalidInput
from core.staffing.recusal import read_post
from delivery.sheets.cells import Mistakes, Row, nearest, split_values, to_date
from delivery.sheets.reading import Source, Table, read_table

CheckEmail = Callable[[str], str]

UNIT_HEADERS = (
    "单位编码", "单位名称", "类别", "上级编码", "联络员", "联络员邮箱",
    "负责人", "负责人邮箱", "分管领导", "分管领导邮箱",
)  # fmt: skip
UNIT_MORE = ("片区", "职能专业")
PERSON_MORE = ("库", "任期至")
PERSON_MAY = ("曾任单位编码", "专业")
PERSON_HEADERS = ("编号", "姓名", "工作单位编码", "曾任单位编码", "专业", "邮箱", "角色")

# A code appears in file names, in `<unit>:liaison` and in lists joined by 、
_CODE = re.compile(r"[A-Za-z0-9\u4e00-\u9fff][A-Za-z0-9\u4e00-\u9fff_.-]{0,31}")
_CODE_RULE = "字母、数字、汉字、-、_ 或 . 组成的编码，不超过32个字，全角数字请改为半角"


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One inspected unit; optional cells that are empty are None, e-mail addresses are normalised."""

    code: str
    name: str
    kinds: tuple[str, ...]
    parent: str | None
    liaison: str
    liaison_email: str
    head: str | None
    head_email: str | None
    leader: str | None
    leader_email: str | None
    area: str = ""
    functions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person of the talent pool; `roles` are role codes.

    `former_units`: unit codes, with the time of leaving where it is known, such as D003@2022-05
    `pools`: keys of the pools that the person is in; `until`: the last day of the term, None for a full one
    """

    code: str
    name: str
    unit: str
    former_units: tuple[str, ...]
    specialties: tuple[str, ...]
    email: str
    roles: tuple[str, ...]
    pools: tuple[str, ...] = ()
    until: date | None = None


def read_units(
    source: Source,
    *,
    kinds: Collection[str],
    check_email: CheckEmail,
    known_units: Collection[str] = (),
    specialties: Collection[str] | None = None,
    name: str = "",
) -> tuple[UnitRow, ...]:
    """Read the units file, in the order of its rows.

    kinds: the words allowed under 类别
    check_email: returns the normalised address or raises InvalidInput or ValueError
    known_units: codes that exist already; 上级编码 names one of them or one of the file
    specialties: the words allowed under 职能专业; None leaves them unchecked
    raises: InvalidInput with every bad cell
    """
    table = read_table(
        source, what="被督察单位表", required=UNIT_HEADERS[:3] + UNIT_HEADERS[4:6],
        optional=(UNIT_HEADERS[3], *UNIT_HEADERS[6:], *UNIT_MORE), name=name,
    )  # fmt: skip
    reader = _PartyReader("被督察单位表", table, check_email)
    codes = reader.codes("单位编码")
    units = [_read_unit(reader, row, kinds, {*codes, *known_units}, specialties) for row in table.rows]
    _refuse_circles(reader, units, table.rows)
    reader.finish()
    return tuple(units)


def read_people(
    source: Source,
    *,
    specialties: Collection[str],
    roles: Collection[str],
    check_email: CheckEmail,
    known_units: Collection[str] | None = None,
    pools: Collection[str] | None = None,
    name: str = "",
) -> tuple[PersonRow, ...]:
    """Read the talent pool file, in the order of its rows.

    specialties, roles: the words allowed under 专业 and 角色
    check_email: returns the normalised address or raises InvalidInput or ValueError
    known_units: the codes that 工作单位编码 and 曾任单位编码 may name; None leaves them unchecked
    pools: the keys allowed under 库; None leaves them unchecked
    raises: InvalidInput with every bad cell
    """
    required = tuple(header for header in PERSON_HEADERS if header not in PERSON_MAY)
    optional = (*PERSON_MAY, *PERSON_MORE)
    table = read_table(source, what="人才库名册", required=required, optional=optional, name=name)
    reader = _PartyReader("人才库名册", table, check_email)
    reader.codes("编号")
    people = tuple(
        PersonRow(
            code=row.text("编号"),
            name=reader.required(row, "姓名", "姓名"),
            unit=reader.one_code(row, "工作单位编码", known_units),
            former_units=reader.posts(row, "曾任单位编码", known_units),
            specialties=reader.some(row, "专业", specialties),
            email=reader.email(row, "邮箱", needed=True) or "",
            roles=reader.some(row, "角色", roles, needed=True),
            pools=reader.some(row, "库", pools),
            until=reader.day(row, "任期至"),
        )
        for row in table.rows
    )
    reader.finish()
    return people


def _read_unit(
    reader: _PartyReader,
    row: Row,
    kinds: Collection[str],
    codes: Collection[str],
    specialties: Collection[str] | None,
) -> UnitRow:
    parent = row.text("上级编码")
    if parent and parent not in codes:
        reader.mistakes.add(row, "上级编码", f"本表或系统中已有的单位编码{nearest(parent, codes)}")
    return UnitRow(
        code=row.text("单位编码"),
        name=reader.required(row, "单位名称", "单位全称"),
        kinds=reader.some(row, "类别", kinds, needed=True),
        parent=parent or None,
        liaison=reader.required(row, "联络员", "联络员姓名"),
        liaison_email=reader.email(row, "联络员邮箱", needed=True) or "",
        head=row.text("负责人") or None,
        head_email=reader.email(row, "负责人邮箱"),
        leader=row.text("分管领导") or None,
        leader_email=reader.email(row, "分管领导邮箱"),
        area=row.text("片区"),
        functions=reader.some(row, "职能专业", specialties),
    )


def _refuse_circles(reader: _PartyReader, units: list[UnitRow], rows: Iterable[Row]) -> None:
    parents = {unit.code: unit.parent for unit in units}
    for unit, row in zip(units, rows, strict=True):
        above, steps = unit.parent, 0
        while above is not None and above != unit.code and steps <= len(parents):
            above, steps = parents.get(above), steps + 1
        if unit.code and above == unit.code:
            reader.mistakes.add(row, "上级编码", "不会绕回本单位的上级单位编码")


class _PartyReader:
    """Reads cells of one table and collects what is wrong with them."""

    def __init__(self, what: str, table: Table, check_email: CheckEmail) -> None:
        self.mistakes = Mistakes(what, table.sheet)
        self._table = table
        self._check_email = check_email

    def codes(self, header: str) -> set[str]:
        """Check the key column of all rows and return the codes."""
        first: dict[str, str] = {}
        for row in self._table.rows:
            code = row.text(header)
            if not _CODE.fullmatch(code):
                self.mistakes.add(row, header, _CODE_RULE)
            elif code in first:
                self.mistakes.add(row, header, f"不重复的编码，{first[code]}已使用该编码")
            else:
                first[code] = row.cell(header)
        return set(first)

    def required(self, row: Row, header: str, rule: str) -> str:
        text = row.text(header)
        if not text:
            self.mistakes.add(row, header, f"{rule}（必填）")
        return text

    def one_code(self, row: Row, header: str, known: Collection[str] | None) -> str:
        code = self.required(row, header, "单位编码")
        if code and known is not None and code not in known:
            self.mistakes.add(row, header, f"已登记的单位编码{nearest(code, known)}")
        return code

    def some(
        self, row: Row, header: str, allowed: Collection[str] | None, rule: str = "", *, needed: bool = False
    ) -> tuple[str, ...]:
        """Return the distinct values of a cell, each of which must be allowed; None allows everything."""
        values = tuple(dict.fromkeys(split_values(row.text(header))))
        shown = rule or "、".join(allowed or ())
        if needed and not values:
            self.mistakes.add(row, header, f"以下一项或几项，用、隔开：{shown}")
        for value in values:
            if allowed is not None and value not in allowed:
                self.mistakes.add(row, header, f"{shown}{nearest(value, allowed)}", found=value)
        return values

    def posts(self, row: Row, header: str, known: Collection[str] | None) -> tuple[str, ...]:
        """Return the former units of a cell, each a code, or a code and the time of leaving: D003@2022-05."""
        values = tuple(dict.fromkeys(split_values(row.text(header))))
        for value in values:
            try:
                code = read_post(value).unit
            except InvalidInput as error:
                self.mistakes.add(row, header, error.expected, found=value)
                continue
            if known is not None and code not in known:
                self.mistakes.add(row, header, f"已登记的单位编码{nearest(code, known)}", found=value)
        return values

    def day(self, row: Row, header: str) -> date | None:
        """Return the civil day of a cell that may be empty."""
        found = to_date(row.raw(header))
        if found is None and row.text(header):
            self.mistakes.add(row, header, "日期，如 2028-12-31")
        return found

    def email(self, row: Row, header: str, *, needed: bool = False) -> str | None:
        text = self.required(row, header, "电子邮箱") if needed else row.text(header)
        if not text:
            return None
        try:
            return self._check_email(text)
        except (DuchaError, ValueError) as error:
            expected = error.expected if isinstance(error, DuchaError) else ""
            self.mistakes.add(row, header, expected or "电子邮箱地址，如 name@example.gov.cn")
            return None

    def finish(self) -> None:
        """Refuse an empty file and raise every mistake found."""
        if not self._table.rows:
            self.mistakes.add_at("第2行", "", "至少一行内容")
        self.mistakes.raise_any()
