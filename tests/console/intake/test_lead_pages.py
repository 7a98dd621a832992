"""问题线索 in the browser: what each role sees of them, acts only as they are legal, sources shown to few and noted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from casework.intake.leads import NewLead, register_lead
from casework.intake.leadsteps import conclude_check, start_check
from core.codes import Line
from models.lead import Lead, LeadExtension
from models.organisation import Unit
from tests import make
from tests.casework.scene import OPENED, write_sheet
from tests.console.acting import outcome_of
from tests.console.conftest import TODAY
from tests.console.house import DIRECTOR, LINKAGE, OFFICER, PDF, UNIT, House, came, open_house
from tests.console.test_pages import queries_of

INSPECTOR = "P02"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(tmp_path) as opened:
        opened.scene.settle()
        yield opened


def register(house: House, *, by: str = OFFICER, **values: Any) -> int:
    kept: dict[str, Any] = {
        "source": "hotline_12345", "received_on": TODAY, "title": "执法信息公示不全",
        "text": "某企业反映执法结果没有公示。", "source_ref": "GD-1", "unit": "D001", "line": Line.PARTY,
    }  # fmt: skip
    with house.scene.open_desk(by=by, today=TODAY) as desk:
        return register_lead(desk, NewLead(**{**kept, **values})).id or 0


def checked(house: House, *, dispute: str = "none", **values: Any) -> int:
    number = register(house, **values)
    with house.scene.open_desk(by=OFFICER, today=TODAY) as desk:
        start_check(desk, number, OFFICER)
    with house.scene.open_desk(by=OFFICER, today=TODAY) as desk:
        note = "" if dispute == "none" else "已受理复议"
        conclude_check(desk, number, "情况属实", dispute=dispute, legal_note=note, substantiated=True)
    return number


def lead(house: House, number: int) -> Lead:
    row: Lead = house.scene.rows(select(Lead).where(Lead.id == number))[0]
    return row


# ---- list, registering, importing ----------------------------------------------------------------------------------


def test_the_list_shows_what_is_under_way_with_its_next_clock_and_stays_within_its_queries(
    house: House,
) -> None:
    for place in range(60):
        register(house, source_ref=f"GD-{place}", title=f"第{place}件<b>")
    house.browser(OFFICER)
    with queries_of(house.engine) as queries:
        page = house.get(OFFICER, "/leads")
    assert page.status_code == 200
    assert len(queries) <= 15, "\n".join(queries)
    assert len(page.content) < 100_000
    assert "&lt;b&gt;" in page.text
    assert "<b>" not in page.text
    assert "登记分办" in page.text
    assert "下一页" in page.text


def test_the_filters_narrow_the_list_and_refuse_what_is_none(house: House) -> None:
    register(house, title="公示不全的一件")
    register(house, title="信访的一件", source="petition", source_ref="X-1", unit="T001")
    assert "信访的一件" not in house.get(OFFICER, "/leads?source=hotline_12345").text
    assert "公示不全的一件" not in house.get(OFFICER, "/leads?unit=T001").text
    assert "公示不全的一件" in house.get(OFFICER, "/leads?q=公示").text
    assert "没有符合条件的线索" in house.get(OFFICER, "/leads?state=late").text
    assert house.get(OFFICER, "/leads?state=nothing").status_code == 400


def test_a_lead_is_registered_from_the_form_and_what_was_refused_is_shown_again(house: House) -> None:
    data = {
        "new-source": "hotline_12345", "new-received": "2026-06-29", "new-line": "party",
        "new-secrecy": "internal", "new-title": "窗口不公示", "new-text": "张三丰反映窗口不公示。",
        "new-unit": "D001 示例局", "new-person": "张三丰", "new-contact": "13800000000",
    }  # fmt: skip
    refused = house.send(OFFICER, "/leads/new", data)
    assert refused.status_code == 400
    assert "线索内容中写有来源人信息" in refused.text
    assert 'value="窗口不公示"' in refused.text

    address = came(house.send(OFFICER, "/leads/new", {**data, "new-text": "来电反映窗口不公示。"}))
    row = lead(house, int(address.rpartition("/")[2]))
    assert (row.title, row.source, row.registered_by) == ("窗口不公示", "hotline_12345", OFFICER)
    assert "张三丰" not in house.get(OFFICER, address).text


def test_a_list_of_leads_is_imported_beside_the_pages_and_a_bad_cell_is_named(house: House) -> None:
    header = ("来源", "收到日期", "标题", "内容", "来源编号")
    good = write_sheet(
        house.scene.folder / "线索.xlsx", header, ("12345热线", "2026-06-20", "一件", "内容", "A-1")
    )
    bad = write_sheet(
        house.scene.folder / "错.xlsx", header, ("没有的来源", "2026-06-20", "一件", "内容", "A-2")
    )
    page = outcome_of(
        house.browser(OFFICER),
        house.send(OFFICER, "/leads/import", files={"file": (good.name, good.read_bytes())}),
    )
    assert "已登记1件" in page.text
    page = outcome_of(
        house.browser(OFFICER),
        house.send(OFFICER, "/leads/import", files={"file": (bad.name, bad.read_bytes())}),
    )
    assert "没有的来源" in page.text
    assert len(house.scene.rows(select(Lead))) == 1
    assert house.get(OFFICER, "/leads/import/blank").content[:2] == b"PK"


# ---- who sees what -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["/leads", "/leads/new", "/leads/1"])
def test_units_and_administrators_are_refused(house: House, page: str) -> None:
    register(house)
    assert house.get(UNIT, page).status_code == 403


def test_an_inspector_sees_only_the_lead_that_was_given_to_them(house: House) -> None:
    mine, other = register(house), register(house, source_ref="GD-2", title="别人的一件")
    came(house.act(OFFICER, f"/leads/{mine}", "check", handler=f"{INSPECTOR} 某人"))
    assert "别人的一件" not in house.get(INSPECTOR, "/leads").text
    hidden, unknown = house.get(INSPECTOR, f"/leads/{other}"), house.get(INSPECTOR, "/leads/99")
    assert (hidden.status_code, unknown.status_code) == (404, 404)
    assert hidden.text.replace(f">{other}<", "><") == unknown.text.replace(">99<", "><")
    assert house.offered(INSPECTOR, f"/leads/{mine}") == {"conclude", "note"}
    blocked = house.act(INSPECTOR, f"/leads/{other}", "conclude", opinion="属实", dispute="none")
    assert blocked.status_code == 404
    came(house.act(INSPECTOR, f"/leads/{mine}", "conclude", opinion="属实", dispute="none", found="true"))
    assert lead(house, mine).checked_by == INSPECTOR


def test_a_lead_of_the_compartment_is_hidden_from_officers_and_looks_are_noted(house: House) -> None:
    number = register(
        house, by=LINKAGE, source="inspection_feedback", source_ref="巡1", title="巡察移交的一件"
    )
    assert lead(house, number).compartment
    assert "巡察移交的一件" not in house.get(OFFICER, "/leads?state=all").text
    hidden, unknown = house.get(OFFICER, f"/leads/{number}"), house.get(OFFICER, "/leads/99")
    assert hidden.text.replace(f">{number}<", "><") == unknown.text.replace(">99<", "><")
    page = house.get(LINKAGE, f"/leads/{number}")
    assert "查阅记录" in page.text
    assert house.looks("lead", number) == [LINKAGE]


def test_who_brought_a_lead_is_shown_to_few_by_a_button_and_each_look_is_noted(house: House) -> None:
    number = register(house, person="王某某", contact="13800000000", real_name=True)
    page = house.get("P07", f"/leads/{number}")
    assert page.status_code == 404  # a reviewer handles no leads
    assert "王某某" not in house.get(DIRECTOR, f"/leads/{number}").text
    assert house.looks("lead", number) == []
    assert "王某某" in house.send(DIRECTOR, f"/leads/{number}/source").text
    assert house.looks("lead", number) == [DIRECTOR]
    assert "查看来源人" in house.get(DIRECTOR, f"/leads/{number}").text
    refused = house.send("L-SECTION", f"/leads/{number}/source")
    assert refused.status_code == 403
    assert "王某某" not in refused.text


# ---- acts ----------------------------------------------------------------------------------------------------------


def test_a_page_offers_exactly_what_is_legal_for_who_asks(house: House) -> None:
    number = register(house)
    assert house.offered(OFFICER, f"/leads/{number}") == {
        "check",
        "transfer",
        "merge",
        "ask_extension",
        "note",
    }
    assert "return" in house.offered(DIRECTOR, f"/leads/{number}")
    done = checked(house, source_ref="GD-3")
    assert house.offered(OFFICER, f"/leads/{done}") == {
        "check", "conclude", "transfer", "merge", "ask_extension", "note",
    }  # fmt: skip
    assert {"decline", "establish"} <= house.offered(DIRECTOR, f"/leads/{done}")


def test_what_is_before_a_court_is_neither_passed_on_nor_established(house: House) -> None:
    number = checked(house, dispute="litigation")
    offered = house.offered(DIRECTOR, f"/leads/{number}")
    assert "decline" in offered
    assert not {"transfer", "establish"} & offered


def test_an_act_that_is_refused_keeps_what_was_typed_and_its_form_open(house: House) -> None:
    number = register(house)
    answer = house.act(OFFICER, f"/leads/{number}", "decline", reason="与职责无关的话")
    assert answer.status_code == 409
    assert "尚未提出初核意见" in answer.text  # it is no longer offered, and still tells why
    answer = house.act(OFFICER, f"/leads/{number}", "transfer", to="D001", topic="公示", demands="")
    assert answer.status_code == 400
    assert 'id="act-transfer" open' in answer.text
    assert 'value="公示"' in answer.text
    assert house.act(OFFICER, f"/leads/{number}", "nothing").status_code == 404


def test_a_lead_is_passed_on_and_its_letter_drafted(house: House) -> None:
    number = checked(house)
    came(
        house.act(OFFICER, f"/leads/{number}", "transfer", to="D001", topic="公示不全", demands="核实\n报告")
    )
    row = lead(house, number)
    assert (row.state, row.outcome) == ("transferred", "transferred")
    assert f'href="/documents/{row.document_id}"' in house.get(OFFICER, f"/leads/{number}").text
    assert "answer" not in house.offered(OFFICER, f"/leads/{number}")  # the letter has not gone out


def test_a_decision_a_reply_and_the_end_are_recorded(house: House) -> None:
    number = checked(house)
    came(house.act(DIRECTOR, f"/leads/{number}", "decline", reason="不属职责范围"))
    came(
        house.act(
            OFFICER, f"/leads/{number}", "reply", channel="telephone", note="已电话告知", files={"file": PDF}
        )
    )
    page = house.get(OFFICER, f"/leads/{number}").text
    assert "扫描件.pdf" in page
    file = page.split(f'href="/leads/{number}/files/')[1].split('"')[0]
    assert house.get(OFFICER, f"/leads/{number}/files/{file}").content == PDF[1]
    assert house.get(OFFICER, f"/leads/{number}/files/9999").status_code == 404
    came(house.act(OFFICER, f"/leads/{number}", "close"))
    assert lead(house, number).state == "closed"
    assert house.offered(OFFICER, f"/leads/{number}") == {"note"}


def test_more_time_is_asked_for_decided_by_another_and_told(house: House) -> None:
    number = register(house, source="petition", source_ref="X-2")
    came(house.act(OFFICER, f"/leads/{number}", "ask_extension", clock="reply", reason="案情复杂"))
    assert "decide_extension" not in house.offered(OFFICER, f"/leads/{number}")
    came(house.act(DIRECTOR, f"/leads/{number}", "decide_extension", verdict="granted"))
    came(house.act(OFFICER, f"/leads/{number}", "tell_extension", how="电话告知"))
    (row,) = house.scene.rows(select(LeadExtension))
    assert (row.state, row.told_how) == ("granted", "电话告知")


def test_a_lead_is_merged_into_another(house: House) -> None:
    first, second = register(house), register(house, source_ref="GD-9")
    came(house.act(OFFICER, f"/leads/{second}", "merge", into=str(first), reason="同一事项"))
    assert lead(house, second).merged_into_id == first
    assert "已并入" in house.get(OFFICER, f"/leads/{second}").text


def test_a_lead_becomes_a_working_paper_of_a_campaign(house: House) -> None:
    with house.scene.open_desk(today=OPENED) as desk:
        campaign = make.make_campaign(desk)
        for unit in desk.session.exec(select(Unit)).all():
            make.make_visit(desk, campaign, unit)
    number = checked(house)
    answer = house.act(
        DIRECTOR, f"/leads/{number}", "establish", campaign="2026-ZH-01", item="E24 某事项",
        severity="major", problem="公示不全",
    )  # fmt: skip
    came(answer)
    assert lead(house, number).state == "established"
