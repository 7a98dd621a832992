"""What a unit does in the portal: from the notice to the application for closure, by plain forms and nothing else."""

from __future__ import annotations

import re
from datetime import date

import pytest
from fastapi.testclient import TestClient
from sqlmodel import col, select

from casework.inspection.inquiries import ask_units
from casework.portal.casepage import case_page
from casework.portal.reader import reader_at
from casework.rectification.cases import act_on_case
from core.campaign.campaignparts import AskedItem
from core.errors import DuchaError
from core.life.rectification import ACTORS, CaseAct, Role
from delivery.sheets.answer import AnswerProblem, Filled, write_answer
from delivery.sheets.answer_return import read_answer_meta
from models.document import DocumentReply, ServiceRecord
from models.handling import Measure
from models.inquiry import Inquiry
from models.rectification import Evidence
from tests.casework.scene import CODE
from tests.console.portal.conftest import HEAD, Portal

CASE = f"{CODE}-D001-01"
PAGE = f"/portal/cases/{CASE}"
PLAN = {
    "measure-1": "补建公示专栏；公示全部信息",
    "person-1": "李科长",
    "day-1": "2026-04-20",
    "measure-2": "修订公示办法",
}
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def do(portal: Portal, browser: TestClient, act: str, files: object = None, **given: object) -> str:
    """Do an act by its form; return where it leads, or what the page says when it is refused."""
    address = f"{PAGE}/do/{act}"
    answer = portal.post(browser, address, address, files=files, **given)
    return answer.headers["location"] if answer.status_code == 303 else answer.text


@pytest.fixture
def rectifying(notified: Portal) -> Portal:
    """Give a case whose plan was approved."""
    notified.scene.act(
        CASE, "submit_plan", "D001:liaison", notified.today, measures="补建专栏｜李科长；修订办法"
    )
    notified.scene.act(CASE, "approve_plan", "P90", notified.today)
    return notified


def test_a_unit_goes_from_its_notice_to_closure_through_the_portal_only(notified: Portal) -> None:
    browser, scene = notified.let_in(), notified.scene
    notice = scene.documents("feedback_notice")[0]
    paper = f"/portal/documents/{notice.id}"
    assert "签收人：<strong>联络员</strong>" in browser.get(paper).text

    assert notified.post(browser, f"{paper}/acknowledge", paper).headers["location"] == paper
    record = scene.rows(select(ServiceRecord))[0]
    assert (record.channel, record.recorded_by, record.note) == (
        "portal",
        "D001:liaison",
        "签收人：联络员",
    )
    assert scene.case(CASE).served_on == notified.today
    assert "已签收" in browser.get(paper).text

    assert do(notified, browser, "submit_plan", goal="全部公示", **PLAN) == PAGE
    measures = scene.rows(select(Measure).order_by(col(Measure.number)))
    assert [(one.text, one.owner, one.due_on, one.horizon) for one in measures] == [
        ("补建公示专栏，公示全部信息", "李科长", date(2026, 4, 20), "dated"),
        ("修订公示办法", "", None, "dated"),
    ]
    scene.act(CASE, "approve_plan", "P90", notified.today)

    assert do(notified, browser, "report_progress", percent="60%", text="专栏已建", measure="1") == PAGE
    assert scene.case(CASE).percent == 60
    files = {"files-report": ("整改情况，报告.pdf", PDF), "files": ("现场.pdf", PDF)}
    assert do(notified, browser, "apply_closure", text="已全部完成", done="2", files=files) == PAGE
    assert scene.case(CASE).state == "closure_applied"
    kept = scene.rows(select(Evidence).where(col(Evidence.subject) == "case").order_by(col(Evidence.kind)))
    assert [(one.name, one.kind, one.filed_by) for one in kept] == [
        ("现场.pdf", "", "D001:liaison"),
        ("整改情况_报告.pdf", "report", "D001:liaison"),
    ]
    saved = browser.get(f"{PAGE}/files/{kept[0].id}")
    assert saved.content == PDF
    assert saved.headers["content-disposition"].startswith("attachment")
    page = browser.get(PAGE).text
    assert "等待督察单位核查" in page
    assert "/do/" not in page


def test_more_time_is_asked_for_endorsed_and_taken_back(rectifying: Portal) -> None:
    browser = rectifying.let_in()
    page = browser.get(f"{PAGE}/do/request_extension").text
    assert "最多可以延长7个工作日" in page
    refused = do(rectifying, browser, "request_extension", until="2026-12-31", reason="采购")
    assert "延期期限不合规定" in refused
    assert "应为：晚于 2026-04-29" in refused
    assert 'value="2026-12-31"' in refused
    assert do(rectifying, browser, "request_extension", until="2026-05-06", reason="采购") == PAGE
    assert "已有一件延期申请待审批" in browser.get(PAGE).text
    assert browser.get(f"{PAGE}/do/endorse").status_code == 409  # the liaison does not endorse

    head = rectifying.let_in(HEAD)
    assert "审核延期申请" in head.get("/portal").text
    assert do(rectifying, head, "endorse", verdict="agreed") == PAGE
    assert rectifying.scene.requests(CASE)[0].endorsed_by == "D001:head"
    assert "本单位负责人已审核" in browser.get(PAGE).text
    assert do(rectifying, browser, "withdraw_request", kind="extension") == PAGE
    assert rectifying.scene.requests(CASE)[0].state == "withdrawn"


def test_a_long_term_and_an_objection_are_asked_for(rectifying: Portal) -> None:
    browser = rectifying.let_in()
    given = {
        "stage-day-1": "2026-06-30",
        "stage-goal-1": "清理；完成",
        "stage-day-2": "2026-12-30",
        "stage-goal-2": "建成",
    }
    assert (
        do(rectifying, browser, "request_long_term", until="2026-12-30", reason="体制原因", **given) == PAGE
    )
    assert do(rectifying, browser, "object", reason="事实有出入", files={"files": ("证据.pdf", PDF)}) == PAGE

    assert [(one.kind, one.state) for one in rectifying.scene.requests(CASE)] == [
        ("long_term", "requested"),
        ("objection", "requested"),
    ]
    assert "异议正在复核" in browser.get(PAGE).text


def test_what_lacks_for_a_closure_is_told_before_and_after(rectifying: Portal) -> None:
    browser = rectifying.let_in()
    before = browser.get(f"{PAGE}/do/apply_closure").text
    assert "还没有，请在下面上传" in before
    assert "还有1项须报完成" in before

    after = do(rectifying, browser, "apply_closure", text="做完了")
    assert "申请销号的材料和事项不齐" in after
    assert "措施未报完：1 补建专栏" in after
    assert ">做完了</textarea>" in after
    assert "--file" not in after
    assert "--set" not in after


def test_the_acts_offered_are_those_that_the_verbs_take(rectifying: Portal) -> None:
    unit_acts = {act for act, roles in ACTORS.items() if Role.UNIT in roles}
    values = {
        CaseAct.SUBMIT_PLAN: {"measures": "措施"}, CaseAct.REPORT_PROGRESS: {"percent": "10"},
        CaseAct.REQUEST_EXTENSION: {"until": "2026-05-06"}, CaseAct.ENDORSE: {"verdict": "agreed"},
        CaseAct.WITHDRAW_REQUEST: {"kind": "extension"}, CaseAct.APPLY_CLOSURE: {"done": "all"},
        CaseAct.REQUEST_LONG_TERM: {"until": "2026-06-30", "stages": "2026-06-30 完成"},
    }  # fmt: skip
    checked = 0
    for by in ("D001:liaison", "D001:head"):
        for code in (CASE, *_more(rectifying)):
            with rectifying.desk(by) as desk:
                page = case_page(reader_at(desk, by_link=False), code)
                offered, due_on = page.offers.acts, page.case.due_on
                assert due_on is not None
                values[CaseAct.REQUEST_EXTENSION] = {"until": desk.calendar.after(due_on, 1).isoformat()}
            for act in unit_acts:
                files = [rectifying.scene.file("整改报告.pdf", PDF)] if act is CaseAct.APPLY_CLOSURE else []
                try:
                    with rectifying.desk(by) as desk:
                        act_on_case(desk, code, act.value, note="理由", files=files, values=values.get(act))
                        raise _Taken
                except _Taken:
                    taken = True
                except DuchaError:
                    taken = False
                assert taken == (act in offered), (by, code, act)
                checked += 1
    assert checked > 40


class _Taken(Exception):  # no error: what was done is thrown away
    """The verb took it."""


def _more(portal: Portal) -> list[str]:
    """Bring more cases of the unit into other states; return their numbers."""
    from tests.make import make_finding_and_case, make_request

    codes = []
    with portal.desk() as desk:
        from models.campaign import Campaign
        from models.organisation import Unit

        campaign = desk.session.exec(select(Campaign)).one()
        unit = desk.session.exec(select(Unit).where(col(Unit.code) == "D001")).one()
        known = {row.code for row in desk.session.exec(select(_finding()))}
        for number, given in enumerate(
            ({"state": "open"}, {"state": "planned"}, {"state": "closure_applied"}, {"suspended_on": portal.today},
             {"due_on": date(2026, 4, 9)}, {}), 51
        ):  # fmt: skip
            code = f"{CODE}-D001-{number}"
            codes.append(code)
            if code in known:
                continue
            days = {"signed_on": date(2026, 4, 7), "served_on": date(2026, 4, 7), "due_on": date(2026, 5, 12)}
            case = make_finding_and_case(desk, campaign, unit, code, **{**days, **given})
            if number == 56:
                make_request(desk, case, asked_on=portal.today, until_on=date(2026, 5, 14))
    return codes


def _finding() -> type:
    from models.campaign import Finding

    return Finding


# ---- the report form, answers, lists, half-month reports -----------------------------------------------------------


def test_the_report_form_goes_out_and_comes_back_with_its_files(notified: Portal) -> None:
    browser = notified.let_in()
    paper = f"/portal/documents/{notified.scene.documents('feedback_notice')[0].id}"
    saved = browser.get(f"{paper}/workbook")
    assert saved.content.startswith(b"PK")
    meta = read_answer_meta(saved.content, name="报告表.xlsx")
    problems = [AnswerProblem(code, "未按规定公示执法信息。", due) for code, due in meta.due]
    said: dict[str, Filled] = {
        CASE: {
            "整改措施": "补建公示专栏",
            "责任人": "李科长",
            "进展": "已过半",
            "完成率": "50%",
            "佐证材料": "照片.pdf",
        }
    }
    filled = write_answer(meta, problems, made_on=notified.today, filled=said)
    xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    files = [("book", ("整改情况报告表.xlsx", filled, xlsx)), ("evidence", ("照片.pdf", PDF))]
    lone = notified.post(browser, f"{paper}/workbook", paper, files=files[:1])
    assert "照片.pdf" in lone.text
    assert notified.scene.case(CASE).plan_text is None
    answer = notified.post(browser, f"{paper}/workbook", paper, files=files)

    assert answer.headers["location"] == paper, answer.text
    assert notified.scene.case(CASE).plan_text == "补建公示专栏（责任人：李科长）"
    wrong = notified.post(
        browser, f"{paper}/workbook", paper, files=[("book", ("x.xlsx", b"PK\x03\x04", xlsx))]
    )
    assert wrong.status_code == 400
    other = f"/portal/documents/{notified.scene.documents('feedback_notice')[1].id}"
    assert notified.post(browser, f"{other}/workbook", paper, files=files).status_code == 404


def test_a_paper_is_answered_in_writing(notified: Portal) -> None:
    browser = notified.let_in()
    paper = f"/portal/documents/{notified.scene.documents('feedback_notice')[0].id}"
    assert notified.post(browser, f"{paper}/reply", paper).status_code == 400
    files = {"reply-file": ("答复.pdf", PDF)}
    notified.post(browser, f"{paper}/reply", paper, files=files, **{"reply-note": "现将情况答复如下"})

    row = notified.scene.rows(select(DocumentReply))[0]
    assert (row.note, row.recorded_by, row.outcome) == ("现将情况答复如下", "D001:liaison", "received")
    page = browser.get(paper).text
    number = re.search(rf"{paper}/files/(\d+)", page)
    assert number is not None
    assert browser.get(number[0]).content == PDF


def test_a_list_is_handed_in_piece_by_piece(notified: Portal) -> None:
    with notified.desk("P90") as desk:
        asked = (AskedItem(asked="案卷目录", count=3), AskedItem(asked="人员名册", count=1))
        ids = [row.id for row in ask_units(desk, CODE, "materials", items=asked)]
    browser = notified.let_in()
    mine, other = f"/portal/lists/{ids[0]}", f"/portal/lists/{ids[1]}"
    assert "调阅资料清单" in browser.get("/portal").text
    assert notified.post(browser, mine, mine, how="some", **{"got-1": "2"}).headers["location"] == mine
    assert notified.scene.rows(select(Inquiry).order_by(col(Inquiry.id)))[0].state == "partly"
    assert notified.post(browser, mine, mine, how="some", **{"got-1": "9"}).status_code == 400
    notified.post(browser, mine, mine, how="all", files={"file": ("名册.pdf", PDF)})

    assert [row.state for row in notified.scene.rows(select(Inquiry).order_by(col(Inquiry.id)))] == [
        "returned",
        "asked",
    ]
    assert browser.get(other).status_code == 404
    assert notified.post(browser, other, mine, how="all").status_code == 404


def test_a_half_month_report_is_handed_in(rectifying: Portal) -> None:
    from casework.rectification.halfreports import Subject, owe
    from core.codes import Light

    case = rectifying.scene.case(CASE)
    rectifying.pass_days(14)
    with rectifying.desk() as desk:
        ids = []
        for unit_id, number in ((case.unit_id, CASE), (case.unit_id + 1, "别的单位")):
            rows = owe(desk, Subject("case", case.id + unit_id, number, unit_id), date(2026, 4, 1), Light.RED)
            ids.append(rows[0].id)
    browser = rectifying.let_in()
    mine = f"/portal/reports/{ids[0]}"
    assert "报送半月进展" in browser.get("/portal").text
    assert browser.get(f"/portal/reports/{ids[1]}").status_code == 404
    assert rectifying.post(browser, mine, mine).status_code == 400
    assert rectifying.post(browser, mine, mine, text="已完成一半").headers["location"] == "/portal"
    assert "已报送" in browser.get(mine).text


def test_what_was_handed_in_by_the_half_month_stands_on_the_page_of_its_case(rectifying: Portal) -> None:
    from casework.rectification.halfreports import Subject, owe
    from core.codes import Light

    case = rectifying.scene.case(CASE)
    rectifying.pass_days(14)
    with rectifying.desk() as desk:
        (row,) = owe(desk, Subject("case", case.id, CASE, case.unit_id), date(2026, 4, 1), Light.RED)
        number = row.id
    browser = rectifying.let_in()
    mine = f"/portal/reports/{number}"
    assert mine in browser.get(PAGE).text
    rectifying.post(browser, mine, mine, text="已完成一半", percent="50")
    page = browser.get(PAGE).text
    assert f'href="{mine}"' in page
    assert "完成率50%" in page


# ---- plain forms ---------------------------------------------------------------------------------------------------


def test_every_act_of_the_portal_is_a_plain_form_with_the_word_of_the_session(rectifying: Portal) -> None:
    browser = rectifying.let_in()
    paper = f"/portal/documents/{rectifying.scene.documents('feedback_notice')[0].id}"
    acts = re.findall(rf'href="({re.escape(PAGE)}/do/[a-z_]+)"', browser.get(PAGE).text)
    assert len(acts) >= 5
    for address in (PAGE, paper, *acts):
        text = browser.get(address).text
        assert "<script>" not in text
        forms = re.findall(r"<form [^>]*>(?:(?!</form>).)*</form>", text, re.DOTALL)
        assert forms
        for one in forms:
            assert 'method="post"' in one
            assert '<button type="submit"' in one or 'type="submit"' in one
            assert 'name="_csrf"' in one


def test_a_form_without_the_word_does_nothing(rectifying: Portal) -> None:
    browser = rectifying.let_in()
    paper = f"/portal/documents/{rectifying.scene.documents('feedback_notice')[0].id}"
    for address in (f"{PAGE}/do/report_progress", f"{paper}/acknowledge", f"{paper}/reply", "/portal/leave"):
        assert browser.post(address, data={"percent": "50", "text": "x"}).status_code == 403
        strange = {"origin": "https://elsewhere.example"}
        assert browser.post(address, data={}, headers=strange).status_code == 403

    assert rectifying.scene.case(CASE).percent == 0
    assert rectifying.scene.documents("feedback_notice")[0].served_on is None
