"""Units in the console: found, looked at, changed with a preview, imported cell by cell."""

from __future__ import annotations

import io

import pytest
import sqlalchemy as sa
import xlsxwriter
from fastapi.testclient import TestClient
from httpx import Response

from casework.staff.people import find_unit
from casework.units.lineage import unit_on
from delivery.sheets.parties import UNIT_HEADERS
from models.audit import history_of
from models.base import key_of
from models.period import Filing
from tests.console.acting import outcome_of, send
from tests.console.conftest import TODAY
from tests.console.registry.conftest import Browse, OpenDesk
from tests.console.test_pages import MOST_BYTES, MOST_QUERIES, queries_of

CASE = "2026-ZH-01-D001-01"
PAGES = ("/units", "/units?q=甲&kind=政府部门", "/units?standing=all", "/units/D001", "/units/D001/change/merge",
         "/units/D001/change/split", "/imports/units", "/imports/people", "/imports/ledger", "/filings")  # fmt: skip
GOOD = ("D001", "示例县甲局", "政府部门", "", "新联络员", "xin@shilixian.example", "", "", "", "")
NEW = ("D009", "示例县新局", "政府部门", "D001", "联络员", "lian@shilixian.example", "", "", "", "")


def sheet(*rows: tuple[str, ...], headers: tuple[str, ...] = UNIT_HEADERS) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    page = book.add_worksheet("名册")
    for place, row in enumerate((headers, *rows)):
        page.write_row(place, 0, row)
    book.close()
    return out.getvalue()


def upload(browser: TestClient, what: str, content: bytes, name: str = "名册.xlsx") -> Response:
    return send(browser, f"/imports/{what}", f"/imports/{what}", files={"file": (name, content)})


@pytest.mark.parametrize("page", PAGES)
def test_a_page_of_the_register_keeps_to_its_queries_and_bytes(
    browse: Browse, engine: sa.Engine, page: str
) -> None:
    browser = browse("L-DIRECTOR")
    browser.get(page)
    with queries_of(engine) as queries:
        answer = browser.get(page)

    assert answer.status_code == 200, answer.text
    assert len(queries) <= MOST_QUERIES, "\n".join(queries)
    assert len(answer.content) < MOST_BYTES


@pytest.mark.parametrize("page", ["/units", "/units/D003"])
def test_the_name_of_a_unit_stays_text(browse: Browse, page: str) -> None:
    text = browse("L-DIRECTOR").get(page).text

    assert "<b>丙</b>" not in text
    assert "&lt;b&gt;丙&lt;/b&gt;" in text


@pytest.mark.parametrize("page", PAGES)
def test_a_unit_and_an_inspector_have_no_register_of_units(browse: Browse, page: str) -> None:
    assert browse("P02").get(page).status_code == 403
    assert browse("D001:liaison").get(page).status_code == 403


def test_a_search_finds_by_name_code_and_liaison_and_takes_signs_as_text(browse: Browse) -> None:
    browser = browse("P90")

    assert "示例县甲局" in browser.get("/units?q=甲局").text
    assert "示例县乙局" not in browser.get("/units?q=D001").text.partition("</form>")[2]
    assert "没有符合条件的单位" in browser.get("/units?q=%25").text


def test_an_unknown_unit_is_not_there(browse: Browse) -> None:
    assert browse("P90").get("/units/D999").status_code == 404
    assert browse("P90").get("/units?standing=x").status_code == 400
    assert browse("P90").get("/units?page=x").status_code == 400


def test_contacts_are_set_one_unit_at_a_time(browse: Browse, desk_of: OpenDesk) -> None:
    browser = browse("P90")
    given = {"liaison_name": "李四", "liaison_email": "LISI@ShiliXian.example", "head_name": "王五"}
    answer = send(browser, "/units/D001", "/units/D001/contacts", given)

    assert answer.headers["location"] == "/units/D001"
    with desk_of("P90") as desk:
        unit = find_unit(desk, "D001")
        assert (unit.liaison_name, unit.liaison_email, unit.head_name) == (
            "李四",
            "LISI@shilixian.example",
            "王五",
        )
        assert [e.act for e in history_of(desk.session, desk.office_id, "unit", [key_of(unit)])] == [
            "contacts"
        ]


@pytest.mark.parametrize("email", ["不是邮箱", ""])
def test_a_wrong_address_is_refused_with_what_was_typed(
    browse: Browse, desk_of: OpenDesk, email: str
) -> None:
    answer = send(
        browse("P90"), "/units/D001", "/units/D001/contacts", {"liaison_name": "李四", "liaison_email": email}
    )

    assert answer.status_code == 400
    assert 'value="李四"' in answer.text
    with desk_of("P90") as desk:
        assert find_unit(desk, "D001").liaison_name == "联络员"


def test_a_change_is_shown_with_all_that_it_moves_before_it_is_recorded(
    browse: Browse, desk_of: OpenDesk
) -> None:
    browser = browse("P90")
    wanted = {"heir_1": "D003", "basis": "示编发〔2026〕8号", "effective_on": TODAY.isoformat()}
    preview = send(browser, "/units/D001/change/merge", "/units/D001/change/merge", wanted)

    assert preview.status_code == 200, preview.text
    assert CASE in preview.text  # the case that moves
    assert "示例县乙局" in preview.text  # the unit below that gets another above it
    with desk_of("P90") as desk:
        assert find_unit(desk, "D001").valid_until is None

    done = send(browser, "/units/D002", "/units/D001/change/merge/record", wanted)
    assert done.status_code == 303, done.text
    with desk_of("P90") as desk:
        assert not unit_on(desk, "D001", TODAY).exists
    page = browser.get("/units/D001").text
    assert "已于" in page
    assert "由" in page
    assert CASE in browser.get("/units/D003").text


@pytest.mark.parametrize(
    ("kind", "wanted"), [("merge", {}), ("rename", {"name": "示例县乙局"}), ("split", {"heir_1": "D002"})]
)
def test_a_change_that_cannot_be_meant_is_refused_at_the_preview(
    browse: Browse, kind: str, wanted: dict[str, str]
) -> None:
    page = f"/units/D001/change/{kind}"
    answer = send(browse("P90"), page, page, {"basis": "文件", **wanted})

    assert answer.status_code == 400
    assert 'value="文件"' in answer.text
    assert browse("P90").get("/units/D001/change/transfer").status_code == 404


def test_an_abolition_today_waits_until_every_case_has_another_unit(
    browse: Browse, desk_of: OpenDesk
) -> None:
    browser = browse("P90")
    page = "/units/D001/change/abolish"
    wanted = {"basis": "示编发〔2026〕8号", "effective_on": TODAY.isoformat()}

    assert "还不能撤销" in send(browser, page, page, wanted).text
    assert send(browser, page, f"{page}/record", wanted).status_code == 409
    given = {"number": CASE, "heir": "D003", "assign_basis": "示编发〔2026〕8号"}
    assert send(browser, "/units/D001", "/units/D001/assign", given).status_code == 303
    assert send(browser, page, f"{page}/record", wanted).status_code == 303
    with desk_of("P90") as desk:
        assert find_unit(desk, "D001").valid_until is not None


def test_a_change_to_come_may_be_called_off(browse: Browse) -> None:
    browser = browse("P90")
    wanted = {"name": "示例县甲乙局", "basis": "文件", "effective_on": "2026-12-01"}
    page = "/units/D001/change/rename"
    send(browser, page, f"{page}/record", wanted)
    assert "已登记，未到生效日" in browser.get("/units/D001").text

    assert send(browser, "/units/D001", "/unit-changes/1/call-off", {"call_off_note": ""}).status_code == 400
    assert (
        send(browser, "/units/D001", "/unit-changes/1/call-off", {"call_off_note": "暂缓"}).status_code == 303
    )
    assert "已取消" in browser.get("/units/D001").text


def test_an_import_shows_what_changes_and_writes_only_when_told(browse: Browse, desk_of: OpenDesk) -> None:
    browser = browse("P90")
    preview = upload(browser, "units", sheet(GOOD, NEW))
    text = preview.text
    assert "将新增1行，更新1行" in text
    assert "<del>联络员</del> → <strong>新联络员</strong>" in text
    with desk_of("P90") as desk:
        assert find_unit(desk, "D001").liaison_name == "联络员"

    held = text.split('name="held" value="')[1].split('"')[0]
    foreign = send(browse("P91"), "/imports/units", "/imports/units/do", {"held": held})
    assert foreign.status_code == 404
    page = outcome_of(browser, send(browser, "/imports/units", "/imports/units/do", {"held": held}))
    assert "新增1家，更新1家" in page.text
    with desk_of("P90") as desk:
        assert find_unit(desk, "D001").liaison_name == "新联络员"
        assert find_unit(desk, "D009").parent_code == "D001"


def test_an_import_names_every_bad_cell_and_writes_nothing(browse: Browse, desk_of: OpenDesk) -> None:
    bad = ("D001", "", "没有的类别", "D777", "联络员", "不是邮箱", "", "", "", "")
    answer = upload(browse("P90"), "units", sheet(NEW, bad))

    assert answer.status_code == 400
    for cell in ("B3", "C3", "D3", "F3"):
        assert f"<strong>{cell}</strong>" in answer.text
    with desk_of("P90") as desk:
        assert find_unit(desk, "D001").name == "示例县甲局"


@pytest.mark.parametrize(
    ("what", "content"), [("units", b"no workbook"), ("people", b""), ("ledger", b"PK\x03\x04")]
)
def test_what_is_no_table_is_refused(browse: Browse, what: str, content: bytes) -> None:
    assert upload(browse("P90"), what, content).status_code == 400


@pytest.mark.parametrize("what", ["units", "people", "ledger"])
def test_a_blank_table_can_be_had_and_read_back(browse: Browse, what: str) -> None:
    browser = browse("P90")
    content = browser.get(f"/imports/{what}/blank").content

    assert content.startswith(b"PK")
    assert upload(browser, what, content).status_code == 400  # it has no rows yet


def test_a_report_is_registered_first_with_its_day_then_when_it_came(
    browse: Browse, desk_of: OpenDesk
) -> None:
    browser = browse("P90")
    given = {"report_unit": "D001", "report_kind": "annual_report", "report_year": "2025"}
    assert send(browser, "/filings", "/filings/report", given).status_code == 400
    assert send(browser, "/filings", "/filings/report", {**given, "due_on": "2026-01-31"}).status_code == 303
    assert "逾期未报" in browser.get("/filings?year=2025").text
    assert '<td data-name="期限">1月31日</td>' in browser.get("/filings?year=2025").text
    assert (
        send(browser, "/filings", "/filings/report", {**given, "filed_on": "2026-01-20"}).status_code == 303
    )
    assert "按期" in browser.get("/filings?year=2025").text
    assert "2025年年度报告" in browser.get("/units/D001").text
    with desk_of("P90") as desk:
        assert desk.session.get_one(Filing, 1).filed_on is not None


def test_a_rule_and_a_contact_point_are_registered(browse: Browse) -> None:
    browser = browse("P90")
    rule = {"rule_unit": "D001", "rule_title": "执法公示办法", "made_on": "2026-05-01", "rule_finding": CASE}
    assert send(browser, "/filings", "/filings/rule", rule).status_code == 303
    assert send(browser, "/filings", "/filings/rule", rule).status_code == 400  # a second time
    assert "执法公示办法" in browser.get("/units/D001").text
    point = {"point_code": "L01", "point_name": "城东联系点", "point_from": "2026-05-01"}
    assert send(browser, "/filings", "/filings/point", point).status_code == 303
    assert "城东联系点" in browser.get("/filings").text
