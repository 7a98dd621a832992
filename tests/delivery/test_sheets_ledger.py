from __future__ import annotations

import dataclasses
import datetime as dt
import io
import re
import zipfile

import pytest

from core.codes import Light
from core.errors import InvalidInput
from core.ladders.palette import Palette
from delivery.sheets.ledger import HEADERS, LedgerRow, read_ledger, write_ledger, write_ledger_csv

TODAY = dt.date(2026, 5, 7)
ROW = LedgerRow(
    serial=1,
    case="2026-ZH-01-0001",
    campaign="2026-ZH-01",
    unit="示例县示例乡人民政府",
    category="A 党的领导与第一责任人职责",
    problem="法治议题由副职代开。",
    basis="",
    goal="建立常态化机制",
    measure="每季度召开一次专题会议。",
    rectify_kind="限期",
    lead="分管领导",
    responsible_unit="党政办公室",
    joint_units="",
    responsible="联络员",
    due_on=dt.date(2026, 5, 20),
    progress="2026-05-06 已召开会议",
    completion="",
    evidence="会议纪要",
    verifier="督察员02",
    verdict="",
    closure="未销号",
    closed_on=None,
    extensions=1,
    light=Light.YELLOW,
    documents="示法督〔2026〕12号",
    note="",
)
CLOSED = dataclasses.replace(
    ROW, serial=2, case="2026-ZH-01-0002", closure="已销号", closed_on=dt.date(2026, 5, 6), light=Light.NONE
)


def write(*rows: LedgerRow) -> bytes:
    return write_ledger(rows, title="示例县法治督察整改台账", made_on=TODAY, office_name="示例县 R&D 办公室")


def test_a_ledger_has_the_25_columns_and_comes_back_the_same_from_xlsx_and_csv() -> None:
    assert len(HEADERS) == 25
    assert read_ledger(write(ROW, CLOSED)) == (ROW, CLOSED)
    assert read_ledger(write_ledger_csv([ROW, CLOSED]), name="ledger.csv") == (ROW, CLOSED)


def test_equal_rows_give_equal_bytes() -> None:
    assert write(ROW, CLOSED) == write(ROW, CLOSED)


def test_text_from_people_never_becomes_a_formula() -> None:
    texts = ("=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x")', "http://x")
    rows = [
        dataclasses.replace(ROW, serial=i, case=f"C{i}", note=t, problem=t) for i, t in enumerate(texts, 1)
    ]
    data = write(*rows)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = [archive.read(name) for name in archive.namelist() if "worksheets" in name]
    assert not any(re.search(rb"<f[ >]|<hyperlink", part) for part in parts)
    assert [row.note for row in read_ledger(data)] == list(texts)
    exported = write_ledger_csv(rows)
    assert "'=1+1" in exported.decode("utf-8-sig")
    assert not re.search(r"(^|,)\"?[=+\-@]", exported.decode("utf-8-sig"), re.MULTILINE)
    assert [row.note for row in read_ledger(exported, name="x.csv")] == list(texts)


def test_a_page_header_cannot_be_broken_by_an_ampersand() -> None:
    with zipfile.ZipFile(io.BytesIO(write(ROW))) as archive:
        assert b"R&amp;&amp;D" in archive.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("已销号 2026-05-06", ("已销号", dt.date(2026, 5, 6))),
        ("已销号/2026年5月6日", ("已销号", dt.date(2026, 5, 6))),
        ("已销号（2026-05-06）", ("已销号", dt.date(2026, 5, 6))),
        ("2026-05-06", ("已销号", dt.date(2026, 5, 6))),
        ("未销号", ("未销号", None)),
        ("", ("", None)),
    ],
)
def test_closure_word_and_date_are_told_apart(text: str, expected: tuple[str, dt.date | None]) -> None:
    data = write_ledger_csv([dataclasses.replace(ROW, closure=text)])
    (row,) = read_ledger(data, name="x.csv")
    assert (row.closure, row.closed_on) == expected


def test_every_bad_cell_of_a_ledger_is_named_at_once() -> None:
    bad = dataclasses.replace(ROW, unit="", rectify_kind="马上", due_on=None, closure="已销号")
    text = write_ledger_csv([ROW, bad]).decode("utf-8-sig").replace(",1,黄,示法督", ",一,绿,示法督")
    with pytest.raises(InvalidInput) as caught:
        read_ledger(text.encode(), name="x.csv")
    second = {cell.cell for cell in caught.value.cells if cell.cell.endswith("3")}
    assert second == {"B3", "D3", "J3", "O3", "U3", "V3", "W3"}
    with pytest.raises(InvalidInput):
        read_ledger(write())


def test_the_words_of_the_lights_are_those_of_the_ladder_out_and_in() -> None:
    own = Palette(
        (Light.BLUE, Light.ORANGE), {Light.BLUE: "蓝", Light.ORANGE: "橙二"}, {}, {Light.ORANGE: "橙牌"}
    )
    orange = dataclasses.replace(ROW, light=Light.ORANGE)
    content = write_ledger([orange], title="台账", made_on=TODAY, palette=own)
    assert read_ledger(content, palette=own)[0].light is Light.ORANGE
    assert "橙二" in write_ledger_csv([orange], own).decode("utf-8-sig")
    with pytest.raises(InvalidInput) as refused:
        read_ledger(write_ledger([ROW], title="台账", made_on=TODAY), palette=own)
    (cell,) = refused.value.cells
    assert (cell.found, "橙二" in cell.allowed) == ("黄", True)
