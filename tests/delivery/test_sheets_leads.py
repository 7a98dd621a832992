"""The list of leads: what a good one gives, and that every bad cell of a bad one is named at once."""

from __future__ import annotations

from datetime import date

import pytest

from core.errors import BadCell, InvalidInput
from delivery.sheets.leads import LEAD_HEADERS, LeadRow, read_leads

SOURCES = {"12345热线": "hotline_12345", "hotline_12345": "hotline_12345", "信访": "petition"}


def read(*lines: str) -> tuple[LeadRow, ...]:
    text = "\n".join([",".join(LEAD_HEADERS), *lines]).encode()
    return read_leads(
        text, sources=SOURCES, units={"D001"}, items={"E24"}, today=date(2026, 4, 20), name="leads.csv"
    )


def bad(*lines: str) -> dict[str, BadCell]:
    with pytest.raises(InvalidInput) as caught:
        read(*lines)
    return {cell.cell: cell for cell in caught.value.cells}


def test_a_list_comes_back_typed() -> None:
    first, second = read(
        "12345热线,2026-04-17,噪声,夜间施工,T-1,执法监督,D001,E24,王某某,13800000000,是,否,内部,2026-05-01,重复来电",
        "信访,2026/4/1,信访件,反映公示不全,,,,,,,,,,,",
    )
    assert (first.source, first.ref, first.line, first.unit, first.item) == (
        "hotline_12345", "T-1", "enforcement", "D001", "E24",
    )  # fmt: skip
    assert (first.real_name, first.accusation, first.reply_by) == (True, False, date(2026, 5, 1))
    assert (second.source, second.ref, second.received_on, second.secrecy) == (
        "petition", "", date(2026, 4, 1), "internal",
    )  # fmt: skip


def test_every_bad_cell_is_named_at_once() -> None:
    cells = bad(
        "12345热现,2026-04-31,,夜间施工,T-1,执法,D009,Z99,,,对,,,,",
        "信访,2026-04-21,题,王某某反映公示不全,,,,,王某某,138,是,,,,",
        "信访,2026-04-01,题,文,T-2,,,,,,是,,绝密,坏,【机密】",
        "信访,2026-04-01,题,文,T-2,,,,,,,,,,",
    )
    assert set(cells) == {
        "A2", "B2", "C2", "F2", "G2", "H2", "K2", "B3", "D3", "K4", "M4", "N4", "O4", "E5",
    }  # fmt: skip
    assert "是否为“12345热线”" in cells["A2"].allowed
    assert "E4" in cells["E5"].allowed
    assert "王某某" not in cells["D3"].found  # the message does not tell who it was either


def test_an_empty_list_is_refused() -> None:
    assert bad().keys() == {"第2行"}
