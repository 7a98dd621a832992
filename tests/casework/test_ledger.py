from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import col, select

from casework.desk import Desk
from casework.inspection.campaigns import plan_of
from casework.ledgers.ledger import export_ledger, import_ledger
from casework.ledgers.ledgerentries import find_item
from casework.lights.climbing import derive_next_due
from casework.lights.deadlines import sweep_batch
from casework.lights.rungs import SweepReport
from casework.upkeep.doctor import examine
from core.codes import Light
from core.errors import InvalidInput, NotAllowed, NotFound
from delivery.sheets.ledger import LedgerRow, read_ledger, write_ledger, write_ledger_csv
from models.audit import verify_chains
from models.campaign import Campaign, Finding
from models.document import Document
from models.message import Message
from models.rectification import Rectification, Rung
from tests import make
from tests.casework.conftest import OpenDesk

OLD = LedgerRow(
    serial=1,
    case="2024-0007",
    campaign="2024年度法治督察",
    unit="示例县D001局",
    category="E24",
    problem="罚没物品台账不清。",
    basis="",
    goal="建账立制",
    measure="逐件清点，建立台账。",
    rectify_kind="限期",
    lead="分管领导甲",
    responsible_unit="法制科",
    joint_units="示例县D002局",
    responsible="科长",
    due_on=date(2026, 7, 10),
    progress="2026-06-10 已完成60%",
    completion="整改中",
    evidence="台账照片",
    verifier="",
    verdict="",
    closure="未销号",
    closed_on=None,
    extensions=1,
    light=Light.NONE,
    documents="示法督〔2024〕3号",
    note="原由旧表转入",
)
CLOSED = dataclasses.replace(
    OLD,
    serial=2,
    case="2024-0008",
    unit="D001",
    closure="已销号",
    closed_on=date(2024, 12, 3),
    due_on=date(2024, 12, 31),
)


def put(folder: Path, *rows: LedgerRow, name: str = "旧台账.xlsx") -> Path:
    path = folder / name
    path.write_bytes(
        write_ledger_csv(rows)
        if name.endswith("csv")
        else write_ledger(rows, title="台账", made_on=date(2026, 6, 1))
    )
    return path


def case_of(desk: Desk, code: str) -> Rectification:
    finding = desk.session.exec(select(Finding).where(Finding.code == code)).one()
    case = desk.session.get(Rectification, finding.id)
    assert case is not None
    return case


def bad_cells(caught: pytest.ExceptionInfo[InvalidInput]) -> set[str]:
    return {cell.cell for cell in caught.value.cells}


def test_an_old_ledger_brings_problems_with_their_original_dates(desk: Desk, tmp_path: Path) -> None:
    make.make_unit(desk)
    assert import_ledger(desk, put(tmp_path, OLD, CLOSED)) == {
        "added": 2,
        "open": 1,
        "closed": 1,
        "campaigns": 1,
    }
    case = case_of(desk, "2024-0007")
    days = desk.rules.catalogs[make.CATALOG].item("E24").rectify_days
    assert (case.state, case.percent, case.due_version) == ("rectifying", 60, 2)
    assert (case.due_on, case.first_due_on) == (OLD.due_on, OLD.due_on)
    assert case.signed_on == case.served_on == desk.calendar.after(date(2026, 7, 10), -days)
    assert case.next_due_on == derive_next_due(desk, case) is not None
    closed = case_of(desk, "2024-0008")
    assert (closed.state, closed.closed_on, closed.percent, closed.next_due_on) == (
        "closed",
        date(2024, 12, 3),
        100,
        None,
    )
    assert closed.signed_on is not None
    assert closed.signed_on <= date(2024, 12, 3)


def test_an_import_sends_and_drafts_nothing_and_is_audited(desk: Desk, tmp_path: Path) -> None:
    make.make_unit(desk)
    import_ledger(desk, put(tmp_path, OLD, CLOSED))
    assert desk.session.exec(select(Document)).all() == []
    assert desk.session.exec(select(Message)).all() == []
    assert [(change.subject, change.act) for change in desk.changes] == [
        ("campaign", "import"), ("finding", "import"), ("case", "import"), ("finding", "import"), ("case", "import"),
    ]  # fmt: skip
    desk.flush_changes()
    assert verify_chains(desk.session, desk.office_id) == (5, [])


def test_an_unknown_batch_becomes_an_open_campaign_with_frozen_rules(desk: Desk, tmp_path: Path) -> None:
    make.make_unit(desk)
    coded = dataclasses.replace(OLD, case="B-1", campaign="2023-ZH-02")
    import_ledger(desk, put(tmp_path, OLD, coded))
    campaigns = {campaign.code: campaign for campaign in desk.session.exec(select(Campaign))}
    assert set(campaigns) == {"TZ-2026-01", "2023-ZH-02"}
    campaign = campaigns["TZ-2026-01"]
    assert (campaign.title, campaign.state, campaign.approved_by) == ("2024年度法治督察", "open", None)
    assert campaign.planned_by == "L-DIRECTOR"
    assert campaign.rules_sha256 is not None
    assert plan_of(campaign).units == ("D001",)
    assert campaigns["2023-ZH-02"].title == "2023-ZH-02历史台账"


def test_a_second_file_joins_the_batch_that_the_first_made(desk: Desk, tmp_path: Path) -> None:
    make.make_unit(desk)
    import_ledger(desk, put(tmp_path, OLD))
    more = dataclasses.replace(OLD, case="2024-0009")
    assert import_ledger(desk, put(tmp_path, more, name="more.csv"))["campaigns"] == 0
    assert case_of(desk, "2024-0009").campaign_id == case_of(desk, "2024-0007").campaign_id


def test_the_light_of_an_old_ledger_stands_as_a_rung_without_a_document(desk: Desk, tmp_path: Path) -> None:
    make.make_unit(desk)
    late = dataclasses.replace(OLD, due_on=date(2026, 6, 1), light=Light.YELLOW)
    was_red = dataclasses.replace(CLOSED, light=Light.RED)
    import_ledger(desk, put(tmp_path, late, was_red))
    case = case_of(desk, "2024-0007")
    (rung,) = desk.session.exec(select(Rung)).all()
    assert (rung.code, rung.document_id, rung.fired_on, case.last_rung_id) == (
        "yellow",
        None,
        desk.today,
        rung.id,
    )
    assert (case.light, case.highest_light) == ("yellow", "yellow")
    assert case.next_due_on is not None
    assert case.next_due_on > desk.today
    assert (case_of(desk, "2024-0008").light, case_of(desk, "2024-0008").highest_light) == ("none", "red")


def test_the_doctor_finds_an_imported_ledger_well(desk: Desk, tmp_path: Path) -> None:
    make.make_unit(desk)
    late = dataclasses.replace(OLD, case="B-1", due_on=date(2026, 6, 1), light=Light.YELLOW)
    import_ledger(desk, put(tmp_path, OLD, late, CLOSED))
    desk.flush_changes()
    assert [(one.id, one.examples) for one in examine(desk).invariants if one.broken] == []


def test_the_sweep_goes_on_from_the_light_that_the_ledger_gave(open_desk: OpenDesk, tmp_path: Path) -> None:
    with open_desk(by="L-DIRECTOR") as desk:
        make.make_unit(desk)
        import_ledger(
            desk, put(tmp_path, dataclasses.replace(OLD, due_on=date(2026, 6, 1), light=Light.YELLOW))
        )
        day = case_of(desk, "2024-0007").next_due_on
    assert day is not None
    with open_desk(today=day) as desk:
        case = case_of(desk, "2024-0007")
        sweep_batch(desk, [case.id], SweepReport(day))
    with open_desk(today=day) as desk:
        rungs = desk.session.exec(select(Rung).order_by(col(Rung.id))).all()
        assert [rung.light for rung in rungs] == ["yellow", "red"]
        assert desk.session.exec(select(Document.kind)).all() == ["supervision"]


def test_every_bad_cell_is_named_and_nothing_is_written(desk: Desk, tmp_path: Path) -> None:
    unit = make.make_unit(desk)
    planned = make.make_campaign(desk, "2026-ZX-01", state="planned", opened_on=None)
    make.make_finding(desk, make.make_campaign(desk), unit, "Q1")
    rows = [
        dataclasses.replace(OLD, case="R2", unit="示例县无名局"),
        dataclasses.replace(OLD, case="Q1"),
        dataclasses.replace(OLD, case="R4", category="Z 别的"),
        dataclasses.replace(OLD, case="R5", campaign=planned.title + "补"),
        dataclasses.replace(OLD, case="R6", campaign=planned.code),
        dataclasses.replace(OLD, case="R7", progress="完成160%"),
        dataclasses.replace(OLD, case="R8", due_on=date(2031, 1, 4)),
        dataclasses.replace(OLD, case="R9", completion="已销号"),
        dataclasses.replace(CLOSED, case="R10", closed_on=date(2026, 12, 1)),
        dataclasses.replace(OLD, case="R11", campaign=""),
        dataclasses.replace(OLD, case="R12", closure="已撤销"),
    ]
    with pytest.raises(InvalidInput) as caught:
        import_ledger(desk, put(tmp_path, *rows))
    assert bad_cells(caught) == {"D2", "B3", "E4", "C6", "P7", "O8", "U9", "U10", "C11", "U12"}
    assert "示例县D001局" in str(caught.value)
    assert len(desk.session.exec(select(Finding)).all()) == 1
    assert desk.changes == []


def test_cells_of_the_form_and_names_in_it_are_refused_in_one_go(desk: Desk, tmp_path: Path) -> None:
    make.make_unit(desk)
    odd = dataclasses.replace(OLD, unit="示例县无名局", rectify_kind="马上")
    with pytest.raises(InvalidInput) as caught:
        import_ledger(desk, put(tmp_path, odd))
    assert bad_cells(caught) == {"D2", "J2"}


def test_a_mark_of_state_secrets_stops_the_import(desk: Desk, tmp_path: Path) -> None:
    make.make_unit(desk)
    with pytest.raises(InvalidInput, match="国家秘密"):
        import_ledger(desk, put(tmp_path, dataclasses.replace(OLD, note="机密★10年")))


def test_only_keepers_of_the_ledger_import_it(open_desk: OpenDesk, tmp_path: Path) -> None:
    with open_desk(by="L-DIRECTOR") as desk:
        make.make_unit(desk)
        make.make_person(desk, roles="inspector")
    with open_desk(by="P01") as desk, pytest.raises(NotAllowed):
        import_ledger(desk, put(tmp_path, OLD))


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("E24", "E24"), ("E24 行政执法规范化", "E24"), ("E", "E18"), ("E 行政执法规范化", "E18"),
        ("行政执法规范化", "E18"), ("行政执法公示", "E19"), ("一、行政执法规范化类", "E18"), ("E99", None), ("Z", None),
        ("", None), ("别的", None),
    ],
)  # fmt: skip
def test_an_item_is_meant_by_id_title_class_code_or_class_name(
    open_desk: OpenDesk, text: str, item: str | None
) -> None:
    with open_desk() as desk:
        found = find_item([desk.rules.catalogs[make.CATALOG]], text)
        assert (found.id if found else None) == item


def test_an_export_of_an_import_gives_the_cells_back(desk: Desk, tmp_path: Path) -> None:
    make.make_unit(desk)
    import_ledger(desk, put(tmp_path, OLD, CLOSED))
    desk.flush_changes()
    row, closed = read_ledger(export_ledger(desk))
    kept = set(LedgerRow.__slots__) - {"serial", "campaign", "category", "basis"}
    assert {name: getattr(row, name) for name in kept} == {name: getattr(OLD, name) for name in kept}
    assert (row.campaign, row.unit, row.category) == ("TZ-2026-01", "示例县D001局", "E24 行政执法规范化")
    assert (closed.closure, closed.closed_on, closed.completion) == ("已销号", date(2024, 12, 3), "已完成")


def make_told_case(desk: Desk) -> Rectification:
    """Write a case with everything that a row of the ledger tells."""
    campaign, unit = make.make_campaign(desk), make.make_unit(desk)
    make.make_person(desk, "P02", name="督察员02")
    values = {
        "first_due_on": date(2026, 5, 20),
        "due_version": 2,
        "extensions": 1,
        "returns": 1,
        "highest_light": "red",
    }
    case = make.make_finding_and_case(
        desk, campaign, unit, "Q1", plan_text="逐项整改。", verified_by="P02", **values
    )
    make.make_evidence(desk, case, "整改报告.pdf")
    make.make_evidence(desk, case, "照片.jpg")
    number = {"series": "示法督", "year": 2026, "serial": 7, "number": "示法督〔2026〕7号"}
    make.make_document(desk, campaign, unit, "feedback_notice", case, **number)
    desk.record("case", case.id, "submit_plan", owner="科长", on=date(2026, 5, 12))
    desk.record("case", case.id, "report_progress", percent="40%", text="已完成四成", on=date(2026, 5, 30))
    desk.record("case", case.id, "verify", to_state="rectifying", note="材料不足", on=date(2026, 6, 2))
    desk.flush_changes()
    return case


def test_an_export_fills_the_columns_from_the_tables(desk: Desk) -> None:
    make_told_case(desk)
    (row,) = read_ledger(export_ledger(desk, campaign="2026-ZH-01"))
    assert (row.campaign, row.unit, row.category) == ("2026-ZH-01", "示例县D001局", "E24 行政执法规范化")
    assert row.progress == "2026-05-30 完成率40%　已完成四成"
    assert row.verdict == "2026-06-02 退回补充整改　材料不足"
    assert (row.measure, row.responsible, row.lead) == ("逐项整改。", "科长", "分管领导")
    assert (row.verifier, row.evidence, row.documents) == (
        "督察员02",
        "整改报告.pdf、照片.jpg",
        "示法督〔2026〕7号",
    )
    assert (row.extensions, row.completion, row.closure) == (1, "整改中，退回1次", "未销号")
    assert row.note == "原期限2026-05-20；曾亮红灯"
    assert row.basis


def test_a_referral_leaves_no_trace_in_the_ledger(desk: Desk) -> None:
    campaign, unit = make.make_campaign(desk), make.make_unit(desk)
    case = make.make_finding_and_case(desk, campaign, unit, "Q1")
    number = {"series": "示法督移", "year": 2026, "serial": 1, "number": "示法督移〔2026〕1号"}
    letter = make.make_document(desk, campaign, unit, "referral_letter", case, **number)
    make.make_referral(desk, case, opinion="不得外传的意见", document_id=letter.id)
    (row,) = read_ledger(export_ledger(desk))
    assert row.documents == ""
    assert not any("移送" in str(value) or "不得外传" in str(value) for value in dataclasses.astuple(row))


def test_an_unknown_campaign_cannot_be_exported(desk: Desk) -> None:
    with pytest.raises(NotFound):
        export_ledger(desk, campaign="2031-ZH-01")
