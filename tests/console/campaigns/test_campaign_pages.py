"""Pages of campaigns: within their queries and bytes, within sight, and every act of the command line by a form."""

from __future__ import annotations

import re
from io import BytesIO
from time import sleep
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import select

from models.campaign import Campaign, VisitMember
from models.inquiry import Inquiry
from models.plan import AnnualPlan, ScopeChange
from models.pool import RecusalDeclaration, Replacement
from tests.casework.scene import CODE, PLAN
from tests.console.campaigns.conftest import Browser, Town
from tests.console.test_pages import MOST_BYTES, MOST_QUERIES, queries_of

BASE = f"/campaigns/{CODE}"
SCAN = {"scan": ("签批件.pdf", b"%PDF-1.7 scan")}
OFFICE = ("/scope", "/checklists", "/rehearsal", "/milestones", "/campaign.yaml", "/milestones.ics")
SHARED = ("", "/visits", "/recusals", "/lists")


PAGES = ("/campaigns", "/campaigns?year=2026&kind=comprehensive&state=open", "/campaigns/new", "/campaigns/plans",
         "/visits", "/visits?state=all", *(BASE + part for part in SHARED + OFFICE[:4]))  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_a_page_keeps_to_its_queries_and_bytes(begun: Town, bare: sa.Engine, page: str) -> None:
    browser = begun.browser("P90")
    with queries_of(bare) as queries:
        answer = browser.get(page)

    assert answer.status_code == 200, answer.text
    assert len(queries) <= MOST_QUERIES, "\n".join(queries)
    assert len(answer.content) < MOST_BYTES
    assert " style=" not in answer.text


@pytest.mark.parametrize("part", ["", "/checklist", "/print", "/team"])
def test_the_pages_of_a_visit_keep_to_their_queries_and_bytes(
    begun: Town, bare: sa.Engine, part: str
) -> None:
    page = f"{BASE}/visits/{begun.visit()}/team" if part == "/team" else f"/visits/{begun.visit()}{part}"
    browser = begun.browser("P90")
    with queries_of(bare) as queries:
        answer = browser.get(page)

    assert answer.status_code == 200, answer.text
    assert len(queries) <= MOST_QUERIES, "\n".join(queries)
    assert len(answer.content) < MOST_BYTES


def test_an_inspector_sees_only_own_visits(begun: Town) -> None:
    number = begun.visit("T001")
    away = begun.browser(next(code for code in begun.team(begun.visit()) if code not in begun.team(number)))

    for page in ("/visits?state=all", BASE + "/visits", BASE):
        text = away.get(page).text
        assert f"/visits/{number}" not in text
    assert "示例县T001局" not in away.get(BASE + "/visits").text
    for part in OFFICE:
        assert away.get(BASE + part).status_code == 403
    assert (
        away.post(BASE + "/lists", BASE + "/lists", kind="materials", items="台账", unit="T001").status_code
        == 400
    )
    assert begun.scene.rows(select(Inquiry).where(Inquiry.kind == "materials")) == []


@pytest.mark.parametrize("page", ["/campaigns", "/visits", BASE, BASE + "/visits"])
def test_a_unit_sees_nothing_of_campaigns(begun: Town, page: str) -> None:
    assert begun.browser("D001:liaison").get(page).status_code == 403


@pytest.mark.parametrize(
    "part", ["", "/visits", "/scope", "/joint", "/rehearsal", "/lists/1", "/campaign.yaml"]
)
def test_an_unknown_campaign_is_not_found(begun: Town, part: str) -> None:
    assert begun.browser("P90").get(f"/campaigns/2026-NO-01{part}").status_code == 404


def test_a_campaign_is_approved_with_its_scan_and_opened(town: Town) -> None:
    town.scene.settle()
    town.scene.plan()
    director, officer = town.browser("L-DIRECTOR"), town.browser("P90")

    assert director.post(BASE, BASE + "/approve").status_code == 400  # no scan
    assert officer.post(BASE, BASE + "/approve", files=SCAN).status_code == 403
    assert director.post(BASE, BASE + "/approve", files=SCAN).status_code == 303
    assert officer.post(BASE, BASE + "/open", reason="已统筹").status_code == 303
    assert town.scene.campaign().state == "open"


def test_a_campaign_that_has_not_opened_is_called_off_with_a_reason(town: Town) -> None:
    town.scene.settle()
    town.scene.plan()
    director = town.browser("L-DIRECTOR")

    assert director.post(BASE, BASE + "/call-off").status_code == 400
    assert director.post(BASE, BASE + "/call-off", reason="并入年度督察").status_code == 303
    assert town.scene.campaign().state == "called_off"


def test_a_campaign_is_closed_once(begun: Town) -> None:
    director = begun.browser("L-DIRECTOR")

    assert director.post(BASE, BASE + "/close").status_code == 303
    assert director.post(BASE, BASE + "/close").status_code == 409


def test_the_plan_entry_and_the_exception_are_written(begun: Town) -> None:
    officer, director = begun.browser("P90"), begun.browser("L-DIRECTOR")

    assert officer.post(BASE, BASE + "/reference", document="年度计划", item="法治督察").status_code == 303
    assert "年度计划：法治督察" in officer.get(BASE).text
    assert director.post(BASE, BASE + "/exception", reason="上级交办").status_code == 303
    assert "上级交办" in officer.get(BASE).text


def test_who_writes_the_plan_entry_second_is_told_of_the_first(begun: Town) -> None:
    officer, director = begun.browser("P90"), begun.browser("L-DIRECTOR")
    seen = re.findall(r'name="seen" value="(\d+)"', director.get(BASE).text)[0]
    assert officer.post(BASE, BASE + "/reference", document="年度计划", item="法治督察").status_code == 303

    late = {"seen": seen, "document": "另一计划", "item": "督察", "reason": "上级交办"}
    for act in ("/reference", "/exception"):
        assert director.send(BASE, BASE + act, late).status_code == 409
    assert "年度计划：法治督察" in officer.get(BASE).text


def test_a_change_of_scope_is_asked_by_one_and_decided_by_another(town: Town) -> None:
    later = PLAN.replace("2026-03-02", "2026-09-01").replace("2026-03-31", "2026-09-30")
    town.scene.start(later)
    officer, director = town.browser("P90"), town.browser("L-DIRECTOR")
    page = BASE + "/scope"

    nothing = officer.post(page, page, drop_items="fazhi-ducha-46:F27", reason="")
    assert nothing.status_code == 400
    assert 'value="fazhi-ducha-46:F27" checked' in nothing.text  # what was ticked stays
    assert officer.post(page, page, drop_units="T001", reason="该镇区划调整").status_code == 303
    asked = officer.get(page).text
    assert "该镇区划调整" in asked
    assert "由申请人以外的主任批准" in asked
    assert f'action="{page}/1/approve"' not in asked  # nobody approves what they asked for
    assert officer.send(page, f"{page}/1/approve", {}).status_code == 403
    assert len(town.scene.visits()) == 2  # nothing changes before it is approved
    again = officer.post(page, page, drop_items="fazhi-ducha-46:F27", reason="再改一项")
    assert again.status_code == 409
    assert "再改一项" in again.text

    assert f'action="{page}/1/approve"' in director.get(page).text
    approved = director.post(page, f"{page}/1/approve", files=SCAN)
    assert approved.status_code == 303, approved.text
    assert len(town.scene.visits()) == 1
    row = town.scene.rows(select(ScopeChange))[0]
    assert (row.state, row.asked_by, row.decided_by) == ("approved", "P90", "L-DIRECTOR")
    assert director.post(page, f"{page}/1/refuse", note="不必").status_code == 409  # it is decided once
    told = officer.get(page).text.partition("原范围")[2]
    assert "9月1日至9月30日，2个单位：示例县D001局、" in told  # days and names, no codes


def test_a_change_of_scope_that_a_director_asks_for_waits_for_another_one(town: Town) -> None:
    town.scene.start(PLAN.replace("2026-03-02", "2026-09-01").replace("2026-03-31", "2026-09-30"))
    director, deputy, page = town.browser("L-DIRECTOR"), town.browser("L-DEPUTY"), BASE + "/scope"

    assert director.post(page, page, drop_units="T001", reason="该镇区划调整").status_code == 303
    assert f'action="{page}/1/approve"' not in director.get(page).text
    assert director.send(page, f"{page}/1/approve", {}).status_code == 403
    assert deputy.post(page, f"{page}/1/refuse", note="仍须督察").status_code == 303
    assert town.scene.rows(select(ScopeChange))[0].decision_note == "仍须督察"
    assert len(town.scene.visits()) == 2
    assert director.post(page, page, drop_units="T001", reason="再次申请").status_code == 303
    assert director.post(page, f"{page}/2/withdraw", note="不再需要").status_code == 303
    assert [row.state for row in town.scene.rows(select(ScopeChange))] == ["refused", "withdrawn"]


def test_a_stale_page_of_a_campaign_says_who_did_what_and_changes_nothing(town: Town) -> None:
    town.scene.settle()
    town.scene.plan()
    one, other = town.browser("L-DIRECTOR"), town.browser("L-DEPUTY")
    seen = re.findall(r'name="seen" value="(\d+)"', other.get(BASE).text)[0]
    assert one.post(BASE, BASE + "/call-off", reason="与上级督察重复").status_code == 303

    late = other.send(BASE, BASE + "/approve", {"seen": seen})
    assert late.status_code == 409
    assert re.search("已由.+于2026年6月30日10:00办理“取消批次”", late.text)
    assert town.scene.rows(select(Campaign))[0].state == "called_off"


def test_somebody_declares_and_the_head_decides(begun: Town) -> None:
    who = begun.team(begun.visit())[0]
    inspector, director = begun.browser(who), begun.browser("L-DIRECTOR")
    page = BASE + "/recusals"

    assert inspector.post(page, page, relation="kin", unit="D001", text="配偶在该局工作").status_code == 303
    assert inspector.post(page, page + "/1/decide", verdict="accept").status_code == 403
    assert director.post(page, page + "/1/decide", verdict="accept", note="属实").status_code == 303
    assert begun.scene.rows(select(RecusalDeclaration))[0].state == "accepted"
    other = next(code for code in begun.team(begun.visit("T001")) if code != who)
    assert "配偶在该局工作" not in begun.browser(other).get(page).text


def test_a_member_is_replaced_only_before_the_visit_ends_and_with_a_reason(town: Town) -> None:
    from tests.casework.scene import PLAN

    town.scene.start(PLAN.replace("2026-03-02", "2026-07-06").replace("2026-03-31", "2026-07-31"))
    number = town.visit()
    page = f"{BASE}/visits/{number}/team"
    officer, team = town.browser("P90"), town.team(number)
    found = officer.get(f"{page}?out={team[1]}").text
    coming = found.partition('name="into" value="')[2].partition('"')[0]

    assert officer.post(page, page, out=team[1], into=coming).status_code == 400
    assert officer.post(page, page, out=team[1], into=coming, reason="因病").status_code == 303
    assert coming in town.team(number)
    assert town.scene.rows(select(Replacement))[0].reason == "因病"
    assert len(town.scene.rows(select(VisitMember))) == 4


def test_a_list_is_asked_returned_in_part_and_withdrawn(begun: Town) -> None:
    officer = begun.browser("P90")
    page = BASE + "/lists"

    asked = officer.post(page, page, kind="materials", unit="D001", items="执法台账=3\n会议纪要")
    assert asked.status_code == 303
    row = begun.scene.rows(select(Inquiry).where(Inquiry.kind == "materials"))[0]
    one = f"{page}/{row.id}"
    assert officer.send(one, one + "/return", {"got.1": "2", "note": "先交两份"}).status_code == 303
    assert "先交两份" in officer.get(one).text
    assert officer.post(one, one + "/withdraw", reason="改为现场调阅").status_code == 303


def test_a_yearly_plan_is_registered_and_shown(begun: Town) -> None:
    officer = begun.browser("P90")
    page = "/campaigns/plans"
    filled: dict[str, Any] = {"year": "2026", "title": "年度督查检查考核计划", "number": "办发〔2026〕1号"}

    refused = officer.post(page, page + "/annual", **filled)
    assert refused.status_code == 400
    assert "办发〔2026〕1号" in refused.text  # what was typed stays
    assert officer.post(page, page + "/annual", **filled, items="法治督察\n专项督察").status_code == 303
    assert begun.scene.rows(select(AnnualPlan))[0].items == "法治督察\n专项督察"


def test_a_period_of_a_recurring_plan_is_passed_over_by_the_head(begun: Town) -> None:
    director, page = begun.browser("L-DIRECTOR"), "/campaigns/plans"
    text = director.get(page).text
    if 'name="period" value="' not in text:
        pytest.skip("no period is due on this day")
    due = {
        name: text.partition(f'name="{name}" value="')[2].partition('"')[0]
        for name in ("plan", "period", "unit")
    }

    assert director.post(page, page + "/skip", **due).status_code == 400
    assert director.post(page, page + "/skip", **due, reason="统筹安排").status_code == 303


def ended(browser: Browser, address: str) -> str:
    """Wait for some long work and return its page."""
    for _ in range(300):
        if browser.get(f"{address}/state").json()["ended"]:
            return browser.get(address).text
        sleep(0.1)
    raise AssertionError("the work does not end")


def test_workbooks_go_out_together_and_a_bad_one_is_told_cell_by_cell(begun: Town) -> None:
    officer, page = begun.browser("P90"), BASE + "/checklists"
    job = officer.post(page, page + "/export").headers["location"]
    assert "已导出检查表2本" in ended(officer, job)
    assert officer.get(f"{job}/file").content.startswith(b"PK")

    number = begun.visit()
    item = officer.get(f"/visits/{number}/checklist").text.partition('data-item="')[2].partition('"')[0]
    sheet = f"/visits/{number}/checklist"
    officer.post(sheet, sheet + "/field", place=f"{item}.1.result", value="不合格", seen="0", key="k")
    book = officer.get(f"/visits/{number}/workbook").content
    files = [("workbooks", ("表.xlsx", BytesIO(book)))]
    told = ended(officer, officer.post(page, page + "/import", files=files).headers["location"])
    assert "没有导入" in told
    assert "单元格G2" in told
    assert not any(visit.workbook_returned_on for visit in begun.scene.visits())


def test_the_report_comes_as_a_page_and_as_a_file(begun: Town) -> None:
    officer = begun.browser("P90")
    for form, head in (("html", b"<!"), ("docx", b"PK")):
        job = officer.post(BASE, BASE + "/report", form=form).headers["location"]
        ended(officer, job)
        assert officer.get(f"{job}/file").content.lower().startswith(head.lower())


def test_an_unannounced_campaign_tells_its_team_to_keep_quiet(town: Town) -> None:
    from tests.casework.scene import PLAN

    quiet = (
        PLAN.replace("comprehensive", "unannounced")
        .replace("2026-03-02", "2026-07-06")
        .replace("2026-03-31", "2026-07-31")
    )
    town.scene.start(quiet)
    number = town.visit()
    page = town.browser(town.team(number)[0]).get(f"/visits/{number}").text

    assert "不得向被督察单位发出任何文书" in page
    assert "进驻当日出示" in page
    assert town.scene.rows(select(Campaign))[0].hidden
