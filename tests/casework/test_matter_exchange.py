"""The register of matters by .xlsx, and the rates of lost lawsuits by unit."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from casework.desk import Desk
from casework.litigation.clocks import set_given
from casework.litigation.exchange import export_matters, import_matters
from casework.litigation.files import find_matter
from casework.litigation.matterlist import list_matters
from casework.litigation.rates import rate_board
from casework.units.genealogy import Wanted, record_change
from casework.upkeep.doctor import examine
from core.errors import InvalidInput, NotAllowed
from core.life.matterlife import Instance, MatterKind, Result
from core.life.unitlife import UnitChangeKind
from delivery.sheets.matters import read_matters
from models.matter import LitigationMatter
from tests import make
from tests.casework.court import NUMBER, RECEIVED, REVIEW, Court
from tests.casework.scene import write_sheet

HEAD = (
    "案号", "案件类型", "法院或复议机关", "审级", "被告单位编码", "案由", "收到日期", "开庭日", "判决送达日", "结果",
    "出庭负责人", "事项编号", "办结日", "备注",
)  # fmt: skip
ROW = {
    "案号": NUMBER, "案件类型": "行政诉讼", "法院或复议机关": "示例县人民法院", "审级": "一审", "被告单位编码": "D001",
    "案由": "行政处罚", "收到日期": "2026-03-02",
}  # fmt: skip
TODAY = date(2026, 3, 6)


def sheet(court: Court, *rows: dict[str, str], head: tuple[str, ...] = HEAD) -> Path:
    return write_sheet(
        court.scene.folder / "台账.xlsx", head, *([row.get(name, "") for name in head] for row in rows)
    )


def bring(court: Court, *rows: dict[str, str], by: str = "P90", today: date = TODAY) -> dict[str, int]:
    with court.scene.open_desk(by=by, today=today) as desk:
        return import_matters(desk, sheet(court, *rows))


def said_of(board: Any, code: str) -> dict[str, Any]:
    return next(one for one in board.as_dict(drill=True)["units"] if one["unit"] == code)


# ---- in and out --------------------------------------------------------------------------------------------------


def test_a_row_registers_a_matter_as_a_form_would(court: Court) -> None:
    done = bring(court, {**ROW, "开庭日": "2026年3月20日", "事项编号": "S17", "备注": "群体性"})

    assert done == {"added": 1, "updated": 0, "unchanged": 0}
    matter = court.matter()
    assert (matter.state, matter.item, matter.note) == ("registered", "S17", "群体性")
    assert matter.next_due_on == date(2026, 3, 12)  # five days before the end of the time to answer
    assert [task.kind for task in court.tasks()] == ["matter_assess"]


def test_known_numbers_are_updated_and_empty_cells_change_nothing(court: Court) -> None:
    bring(court, {**ROW, "备注": "原备注", "开庭日": "2026-03-20"})
    assert bring(court, ROW) == {"added": 0, "updated": 0, "unchanged": 1}

    done = bring(court, {**ROW, "开庭日": "2026-03-27", "出庭负责人": "张局长"})
    assert done == {"added": 0, "updated": 1, "unchanged": 0}
    assert (court.matter().note, court.matter().attendee) == ("原备注", "张局长")

    bring(court, {**ROW, "判决送达日": "2026-04-20", "结果": "败诉"}, today=date(2026, 4, 21))
    assert (court.matter().state, court.matter().light) == ("decided", "black")


def test_every_bad_cell_is_named_and_nothing_is_written(court: Court) -> None:
    with pytest.raises(InvalidInput) as refused:
        bring(
            court,
            ROW,
            {**ROW, "案件类型": "行政纠纷", "审级": "四审"},
            {**ROW, "案号": "二", "被告单位编码": "D9", "收到日期": "某日", "事项编号": "S99"},
            {**ROW, "案号": "三", "审级": ""},
            {**ROW, "案号": "四", "结果": "败诉"},
            {**ROW, "案号": ""},
        )
    cells = {cell.cell for cell in refused.value.cells}
    assert cells >= {"A3", "B3", "D3", "E4", "G4", "L4", "D5", "I6", "A7"}
    assert court.scene.rows(select(LitigationMatter)) == []


def test_what_an_import_may_not_change_is_named_by_its_cell_and_the_whole_file_is_refused(
    court: Court,
) -> None:
    bring(court, ROW)
    court.result(date(2026, 3, 6), Result.WON)
    with pytest.raises(InvalidInput) as refused:
        bring(
            court,
            {**ROW, "收到日期": "2026-03-03"},
            {**ROW, "案号": "新案"},
        )
    assert [cell.cell for cell in refused.value.cells] == ["G2"]
    with pytest.raises(InvalidInput) as refused:
        bring(court, {**ROW, "结果": "败诉", "判决送达日": "2026-03-06"})
    assert [cell.cell for cell in refused.value.cells] == ["J2"]
    assert len(court.scene.rows(select(LitigationMatter))) == 1


def test_a_matter_of_the_past_is_kept_closed_without_tasks_or_sheets(court: Court) -> None:
    past = {
        **ROW, "案号": "（2025）示0101行初1号", "收到日期": "2025-03-03", "判决送达日": "2025-06-10", "结果": "败诉",
        "办结日": "2025-09-01",
    }  # fmt: skip
    with pytest.raises(InvalidInput, match="填写错误"):
        bring(court, past)  # filing is for a leader
    bring(court, past, by="L-DEPUTY")

    matter = court.matter("（2025）示0101行初1号")
    assert (matter.state, matter.light, matter.closed_on) == ("closed", "none", date(2025, 9, 1))
    assert court.tasks(matter.number) == []
    assert court.sheets(matter.number) == []
    with court.scene.open_desk(readonly=True, today=TODAY) as desk:
        assert (said_of(rate_board(desk), "D001")["lost"], examine(desk).ok) == (1, True)


def test_what_was_exported_comes_back_unchanged(court: Court) -> None:
    court.register(parties=("T001",), note="=1+1", claim="撤销处罚")
    court.register(number=REVIEW, kind=MatterKind.REVIEW, instance=None)
    court.register(number="二审", instance=Instance.SECOND)
    court.result(date(2026, 3, 5), Result.SETTLED, REVIEW)
    with court.scene.open_desk(by="P90", today=TODAY) as desk:
        set_given(desk, find_matter(desk, NUMBER), "hearing", date(2026, 4, 2))
    path = court.scene.folder / "导出.xlsx"
    with court.scene.open_desk(readonly=True, today=TODAY) as desk:
        path.write_bytes(export_matters(desk))
        before = list_matters(desk, every=True)
    with court.scene.open_desk(by="P90", today=TODAY) as desk:
        assert import_matters(desk, path) == {"added": 0, "updated": 0, "unchanged": 3}
    with court.scene.open_desk(readonly=True, today=TODAY) as desk:
        assert list_matters(desk, every=True) == before
    with court.scene.open_desk(by="T001:head", readonly=True, today=TODAY) as desk:
        path.write_bytes(export_matters(desk))
    (only,) = read_matters(path, known_units=["D001", "T001"], known_items=())
    assert (only.number, only.note, only.parties) == (NUMBER, "=1+1", ("T001",))
    with pytest.raises(NotAllowed), court.scene.open_desk(by="T001:head", today=TODAY) as desk:
        import_matters(desk, path)


# ---- rates -------------------------------------------------------------------------------------------------------


def close_some(court: Court, unit: str, won: int, lost: int, *, start: int = 0, causes: int = 99) -> None:
    """Register lawsuits of a unit with their judgments, all on one day; up to `causes` the causes differ."""
    for number in range(won + lost):
        name = f"{unit}-{start + number}"
        court.register(number=name, unit=unit, cause=f"案由{number % causes}")
        court.result(RECEIVED, Result.WON if number >= lost else Result.LOST, name)


def board(court: Court, today: date = TODAY, **options: Any) -> Any:
    with court.scene.open_desk(by=options.pop("by", "P90"), readonly=True, today=today) as desk:
        return rate_board(desk, **options)


def test_few_lawsuits_are_graded_by_number_and_many_by_rate(court: Court) -> None:
    close_some(court, "D001", won=3, lost=2)
    assert said_of(board(court), "D001")["light"] == "yellow"  # two lost of five: by number
    close_some(court, "D001", won=20, lost=0, start=100)
    told = said_of(board(court), "D001")
    assert (told["closed"], told["lost"], told["rate"], told["light"]) == (25, 2, 8.0, "blue")
    assert sum(one["lost"] for one in told["matters"]) == 2


def test_two_lost_for_one_cause_are_red(court: Court) -> None:
    close_some(court, "D001", won=0, lost=2, causes=1)
    assert said_of(board(court), "D001")["light"] == "red"


def test_only_judgments_of_the_first_instance_within_the_period_count(court: Court) -> None:
    close_some(court, "D001", won=0, lost=1)
    court.register(number="二审", instance=Instance.SECOND)
    court.result(RECEIVED, Result.LOST, "二审")
    court.register(number=REVIEW, kind=MatterKind.REVIEW, instance=None)
    court.result(RECEIVED, Result.LOST, REVIEW)

    assert (board(court).closed, board(court).lost) == (1, 1)
    assert board(court, date(2027, 3, 1)).closed == 1
    assert board(court, date(2027, 3, 2)).closed == 0  # twelve months are over
    assert board(court, from_on=RECEIVED, to_on=RECEIVED).closed == 1
    assert board(court, from_on=date(2026, 1, 1), to_on=date(2026, 3, 1)).closed == 0
    with pytest.raises(InvalidInput, match="起止颠倒"):
        board(court, from_on=TODAY, to_on=RECEIVED)


def test_a_lawsuit_against_two_units_counts_for_both_and_once_in_all(court: Court) -> None:
    court.register(parties=("T001",))
    court.result(RECEIVED, Result.LOST)
    found = board(court)
    assert {one.code: len(one.lost) for one in found.units} == {"D001": 1, "T001": 1}
    assert (found.closed, found.lost) == (1, 1)


def test_a_unit_sees_its_own_rate_only_and_one_without_lawsuits_is_dark(court: Court) -> None:
    close_some(court, "D001", won=0, lost=1)
    assert [one.code for one in board(court, by="T001:head").units] == ["T001"]
    assert said_of(board(court, unit="T001"), "T001")["light"] == "none"


def test_a_unit_answers_for_what_those_lost_that_it_carries_on(court: Court) -> None:
    close_some(court, "D001", won=0, lost=1)
    court.register(number="未结")

    def merge(desk: Desk) -> None:
        make.make_unit(desk, "D900", name="示例县综合局")
        record_change(desk, Wanted(UnitChangeKind.MERGE, ("D001",), ("D900",), TODAY, "示编〔2026〕1号"))

    with court.scene.open_desk(by="P90", today=TODAY) as desk:
        merge(desk)
    found = board(court)
    assert {one.code: len(one.lost) for one in found.units} == {"D900": 1}
    court.register(TODAY, number="合并后", unit="D900", cause="案由0")
    court.assess(TODAY, "合并后")
    with court.scene.open_desk(readonly=True, today=TODAY) as desk:
        from casework.litigation.listing import show_matter

        assert show_matter(desk, "合并后")["assessments"][-1]["factors"] == "F7"
    court.watch(date(2026, 3, 12))
    with court.scene.open_desk(readonly=True, today=date(2026, 3, 12)) as desk:
        from casework.paperwork.papers import paper_of

        paper = next(
            paper_of(desk, one)
            for one in court.scene.documents("litigation_urging")
            if one.about_id == court.matter("未结").id
        )
    assert paper.addressee == "示例县综合局"
