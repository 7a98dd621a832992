from __future__ import annotations

import datetime as dt
import io
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from core.errors import InvalidInput
from delivery.sheets import container
from delivery.sheets.cells import column_letters, guard_formula, split_values, strip_guard, to_date, to_text
from delivery.sheets.container import unpack
from delivery.sheets.reading import read_table
from delivery.uploads import archives


def make_workbook(grid: list[list[object]]) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("表一")
    for number, line in enumerate(grid):
        sheet.write_row(number, 0, line)
    book.close()
    return buffer.getvalue()


def repack(data: bytes, replaced: dict[str, bytes]) -> bytes:
    copy = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            if name not in replaced:
                target.writestr(name, source.read(name))
        for name, part in replaced.items():
            target.writestr(name, part)
    return copy.getvalue()


PLAIN = make_workbook([["编号", "名称"], ["A", "甲"]])


def test_values_keep_their_cell_names_and_become_trimmed_text() -> None:
    data = make_workbook(
        [["编号", " 名 称 ", "日期"], [12, "\u3000甲\u200b ", dt.date(2026, 3, 5)], [], [1.5, "１２", True]]
    )
    table = read_table(data, what="样表", required=("编号", "名称", "日期"))
    assert table.sheet == "表一"
    assert [row.number for row in table.rows] == [2, 4]
    first, second = table.rows
    assert (first.text("编号"), first.text("名称"), first.text("日期")) == ("12", "甲", "2026-03-05")
    assert (second.text("编号"), second.text("名称"), second.text("日期")) == ("1.5", "１２", "是")
    assert second.cell("日期") == "C4"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_file_is_read_in_the_encodings_that_offices_use(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "单位.csv"
    path.write_bytes('编号,名称\r\nD001,"示例县司法局\n䶮"\r\n'.encode(encoding))
    table = read_table(path, what="样表", required=("编号", "名称"))
    assert table.rows[0].text("名称") == "示例县司法局\n䶮"
    assert table.sheet == "单位.csv"


def test_wrong_missing_and_repeated_headers_are_named_together_with_a_near_word() -> None:
    data = make_workbook([["编号", "联络员邮件", "编号", ""], ["A", "b", "c", "d"]])
    with pytest.raises(InvalidInput) as caught:
        read_table(data, what="样表", required=("编号", "联络员邮箱"), optional=("备注",))
    cells = {cell.cell: cell for cell in caught.value.cells}
    assert set(cells) == {"B1", "C1", "D1", "第1行"}
    assert "是否为“联络员邮箱”" in cells["B1"].allowed


def test_too_many_rows_and_an_empty_file_are_refused() -> None:
    with pytest.raises(InvalidInput, match="行数过多"):
        read_table(make_workbook([["编号"], [1], [2], [3]]), what="样表", required=("编号",), max_rows=2)
    with pytest.raises(InvalidInput, match="没有表头"):
        read_table(make_workbook([]), what="样表", required=("编号",))
    with pytest.raises(InvalidInput, match="没有表头"):
        read_table(b"", what="样表", required=("编号",))


@pytest.mark.parametrize(
    "data",
    [
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest of an old xls",
        b"PK\x03\x04 broken",
        "编号\n".encode("utf-16"),
        b"\xff\xff\xff\xff",
        '编号\n"没有结束'.encode(),
    ],
)
def test_a_file_that_is_no_table_is_refused_and_not_a_crash(data: bytes) -> None:
    with pytest.raises(InvalidInput):
        read_table(data, what="样表", required=("编号",))


def test_a_missing_path_and_a_csv_called_xlsx_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="读不到"):
        read_table(tmp_path / "无.xlsx", what="样表", required=("编号",))
    path = tmp_path / "假.xlsx"
    path.write_text("编号\nA\n", encoding="utf-8")
    with pytest.raises(InvalidInput):
        read_table(path, what="样表", required=("编号",))


def test_a_damaged_workbook_is_refused_wherever_the_damage_is() -> None:
    for offset in range(30, len(PLAIN), 61):
        data = bytearray(PLAIN)
        data[offset] ^= 0xFF
        try:
            read_table(bytes(data), what="样表", required=("编号", "名称"))
        except InvalidInput:
            continue


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = repack(PLAIN, {"xl/media/blank.xml": b"\x00" * 60_000_000})
    assert len(bomb) < 200_000
    with pytest.raises(InvalidInput, match="压缩比过高"):
        unpack(bomb, "bomb.xlsx")


def test_too_much_content_or_too_many_parts_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidInput, match="部件"):
        unpack(repack(PLAIN, {f"xl/x{i}.xml": b"" for i in range(2_001)}), "many.xlsx")
    monkeypatch.setattr(archives, "MAX_UNPACKED_BYTES", 1_000)
    with pytest.raises(InvalidInput, match="解压后"):
        unpack(PLAIN, "large.xlsx")
    monkeypatch.setattr(container, "MAX_FILE_BYTES", 100)
    with pytest.raises(InvalidInput, match="MB"):
        unpack(PLAIN, "large.xlsx")


@pytest.mark.parametrize(
    "name", ["../evil.xml", "/etc/evil.xml", "xl/../../evil.xml", "xl\\..\\e.xml", "C:/e.xml"]
)
def test_a_part_that_leaves_the_workbook_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match="部件路径"):
        unpack(repack(PLAIN, {name: b"x"}), "evil.xlsx")


def test_a_doctype_a_symlink_and_a_zip_without_workbook_are_refused() -> None:
    with pytest.raises(InvalidInput, match="DOCTYPE"):
        unpack(repack(PLAIN, {"xl/workbook.xml": b"<?xml version='1.0'?><!DOCTYPE a []><a/>"}), "dtd.xlsx")
    buffer = io.BytesIO(PLAIN)
    with zipfile.ZipFile(buffer, "a") as archive:
        link = zipfile.ZipInfo("xl/link.xml")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(InvalidInput, match="符号链接"):
        unpack(buffer.getvalue(), "link.xlsx")
    empty = io.BytesIO()
    with zipfile.ZipFile(empty, "w") as archive:
        archive.writestr("readme.txt", "x")
    with pytest.raises(InvalidInput, match="没有工作簿"):
        unpack(empty.getvalue(), "note.xlsx")


@pytest.mark.parametrize(
    "rows",
    [
        b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        b'<row r="1"><c><v>1</v></c></row><row r="1048570">' + b"<c><v>1</v></c>" * 100 + b"</row>",
    ],
)
def test_two_cells_far_apart_do_not_claim_gigabytes(rows: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(PLAIN)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    start, end = sheet.index(b"<sheetData>") + 11, sheet.index(b"</sheetData>")
    with pytest.raises(InvalidInput, match="区域过大"):
        unpack(repack(PLAIN, {"xl/worksheets/sheet1.xml": sheet[:start] + rows + sheet[end:]}), "far.xlsx")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-3-5", dt.date(2026, 3, 5)),
        ("2026/03/05", dt.date(2026, 3, 5)),
        ("2026年3月5日", dt.date(2026, 3, 5)),
        ("2026.3.5", dt.date(2026, 3, 5)),
        (dt.datetime.fromisoformat("2026-03-05T09:30:00"), dt.date(2026, 3, 5)),
        ("2026-02-30", None),
        ("三月五日", None),
        (46_086.0, None),
    ],
)
def test_a_date_is_read_as_written_and_never_guessed(
    value: str | float | dt.date, expected: dt.date | None
) -> None:
    assert to_date(value) == expected


def test_small_words_of_cells() -> None:
    assert [column_letters(i) for i in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
    assert split_values("甲、乙，丙;丁\n、") == ("甲", "乙", "丙", "丁")
    assert to_text(dt.datetime.fromisoformat("2026-03-05T09:30:00")) == "2026-03-05 09:30:00"
    for text in ("=1+1", "+1", "-1", "@x", "甲", "'甲", ""):
        assert strip_guard(guard_formula(text)) == text
    assert guard_formula("=1+1") == "'=1+1"
