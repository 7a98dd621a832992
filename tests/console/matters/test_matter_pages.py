"""诉讼复议 in the browser: the register, one matter on its pages, hearings, rates; a unit sees its own only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from casework.rectification.notes import Said, add_note
from core.life.matterlife import Result
from delivery.calendarfile import Entry, write_calendar
from tests.casework.court import NUMBER, RECEIVED, Court
from tests.console.acting import outcome_of
from tests.console.conftest import TODAY
from tests.console.house import DIRECTOR, OFFICER, PDF, UNIT, House, came, open_house
from tests.console.test_pages import queries_of

OTHER = "T001:liaison"
ONE = "/matters/1"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Give a county in which one lawsuit against D001 was registered."""
    with open_house(tmp_path) as opened:
        court = Court(opened.scene)
        court.settle()
        court.register(claim="撤销处罚决定<script>")
        yield opened


def court(house: House) -> Court:
    return Court(house.scene)


# ---- who sees what -------------------------------------------------------------------------------------------------


def test_a_unit_sees_its_own_matters_and_meets_the_words_of_an_unknown_number_at_others(house: House) -> None:
    assert NUMBER in house.get(UNIT, "/matters").text
    assert NUMBER not in house.get(OTHER, "/matters?state=all").text
    for page in (ONE, f"{ONE}/papers", f"{ONE}/story", f"{ONE}/files/1"):
        hidden = house.get(OTHER, page)
        unknown = house.get(OTHER, page.replace("/1", "/9", 1))
        assert (hidden.status_code, unknown.status_code) == (404, 404)
        assert hidden.text.replace(">1<", "><") == unknown.text.replace(">9<", "><")
    refused = house.act(OTHER, ONE, "progress", text="探知")
    assert refused.status_code == 404


@pytest.mark.parametrize("page", ["/matters", ONE, "/hearings", "/matter-rates"])
def test_inspectors_and_verifiers_are_refused(house: House, page: str) -> None:
    assert house.get("P05", page).status_code == 403


def test_a_pool_leader_sees_no_matter_that_has_nothing_to_do_with_their_cases(house: House) -> None:
    assert NUMBER not in house.get("P01", "/matters?state=all").text
    assert house.get("P01", ONE).status_code == 404
    assert house.get("P01", "/matter-rates").status_code == 403
    assert house.get("P01", "/matters/export").status_code == 403


def test_what_the_office_notes_for_itself_is_not_told_to_the_unit(house: House) -> None:
    with house.scene.open_desk(by=OFFICER, today=TODAY) as desk:
        add_note(desk, "matter", NUMBER, Said("telephone", "法院口头告知的情况", "书记员"))
    assert "法院口头告知的情况" in house.get(OFFICER, f"{ONE}/story").text
    text = house.get(UNIT, f"{ONE}/story").text
    assert "法院口头告知的情况" not in text
    assert "联系记录" not in text


@pytest.mark.parametrize(
    "page", ["/matters", "/matters?state=all&light=none", "/matters/new", ONE, f"{ONE}/papers", f"{ONE}/story",
             "/hearings", "/matter-rates", "/matter-rates?unit=D001"]
)  # fmt: skip
@pytest.mark.parametrize("holder", [OFFICER, UNIT])
def test_a_page_answers_within_its_queries_and_escapes(house: House, holder: str, page: str) -> None:
    house.get(holder, page)  # what is frozen is read once
    with queries_of(house.engine) as queries:
        answer = house.get(holder, page)
    if holder == UNIT and page == "/matters/new":
        assert answer.status_code == 403
        return
    assert answer.status_code == 200
    assert len(queries) <= 15, "\n".join(queries)
    assert "处罚决定<script>" not in answer.text


# ---- the register --------------------------------------------------------------------------------------------------


def test_a_matter_is_registered_from_the_form_and_its_clock_runs(house: House) -> None:
    data = {
        "new-number": "示复〔2026〕8号", "new-kind": "review", "new-unit": "D001", "new-forum": "示例县人民政府",
        "new-cause": "行政许可", "new-plaintiff": "person", "new-received": "2026-06-29", "new-secrecy": "internal",
    }  # fmt: skip
    refused = house.send(OFFICER, "/matters/new", {**data, "new-instance": "first"})
    assert "审级与案件类型不符" in refused.text
    assert 'value="示复〔2026〕8号"' in refused.text
    page = house.get(OFFICER, came(house.send(OFFICER, "/matters/new", data))).text
    assert "行政复议答复到期日" in page
    assert house.send(UNIT, "/matters/new", data).status_code == 403
    form = house.get(OFFICER, "/matters/new").text
    assert '<option value="review_reply_simple">' in form
    assert re.search(r'<option value="urgent">[^<]*紧急情形（15日）</option>', form)


def test_the_register_goes_out_and_comes_back(house: House) -> None:
    content = house.get(OFFICER, "/matters/export").content
    assert content[:2] == b"PK"
    page = outcome_of(
        house.browser(OFFICER), house.send(OFFICER, "/matters/import", files={"file": ("台账.xlsx", content)})
    )
    assert "没有变化1件" in page.text


def test_the_filters_narrow_and_refuse_what_is_none(house: House) -> None:
    assert NUMBER in house.get(OFFICER, "/matters?kind=litigation&unit=D001&q=行政处罚").text
    assert NUMBER not in house.get(OFFICER, "/matters?kind=review").text
    assert house.get(OFFICER, "/matters?light=green").status_code == 400


# ---- acts ----------------------------------------------------------------------------------------------------------


def test_a_page_offers_what_is_legal_for_the_office_and_for_the_unit(house: House) -> None:
    assert house.offered(OFFICER, ONE) == {
        "assess", "event", "fact", "date", "assign", "result", "perform", "screening", "note",
    }  # fmt: skip
    assert "annul" in house.offered(DIRECTOR, ONE)
    assert house.offered(UNIT, ONE) == {"fact"}
    assert house.offered(UNIT, f"{ONE}/papers") == {"ones", "progress", "paper"}
    assert house.act(UNIT, ONE, "assess", **{"why-F1": "自行评分"}).status_code == 403


def test_factors_light_a_matter_and_the_story_tells_why(house: House) -> None:
    came(house.act(OFFICER, ONE, "assess", **{"why-F1": "处罚决定缺少证据", "why-F2": "未告知听证权利"}))
    row = court(house).matter()
    assert (row.state, row.light) == ("handling", "red")  # the defence is overdue as well
    assert "未告知听证权利" in house.get(OFFICER, ONE).text
    assert "未告知听证权利" in house.get(UNIT, ONE).text
    assert "红灯" in house.get(UNIT, f"{ONE}/story").text
    assert "“三个一”" in house.get(OFFICER, ONE).text
    came(
        house.act(
            OFFICER, f"{ONE}", "ones", leader="李某", post="副局长", members="甲\n乙", plan="主动纠正程序瑕疵"
        )
    )
    assert "副局长" in house.get(UNIT, f"{ONE}/papers").text


def test_a_unit_records_a_fact_with_its_proof_and_hands_in_its_progress(house: House) -> None:
    refused = house.act(UNIT, ONE, "fact", code="defence_submitted", basis="回执")
    assert refused.status_code == 403
    came(house.act(UNIT, ONE, "fact", code="defence_submitted", files={"files": PDF}))
    came(house.act(UNIT, ONE, "progress", text="已与申请人沟通", next="继续协商"))
    page = house.get(OFFICER, f"{ONE}/papers").text
    assert "已与申请人沟通" in page
    file = page.split(f'href="{ONE}/files/')[1].split('"')[0]
    assert house.get(UNIT, f"{ONE}/files/{file}").content == PDF[1]


def test_a_result_an_appeal_and_a_correction_follow_their_rules(house: House) -> None:
    refused = house.act(OFFICER, ONE, "result", result="lost", on="2026-06-20")
    assert "登记结果须附文书" in refused.text
    assert 'id="act-result" open' in refused.text
    came(house.act(OFFICER, ONE, "result", result="lost", on="2026-06-20", files={"files": PDF}))
    assert "revise" not in house.offered(OFFICER, ONE)
    came(
        house.act(
            OFFICER,
            ONE,
            "appeal",
            number="（2026）示01行终5号",
            forum="示例市中级人民法院",
            instance="second",
        )
    )
    assert "（2026）示01行终5号" in house.get(UNIT, ONE).text
    assert court(house).matter().state == "appealed"


def test_a_hearing_is_set_and_stands_in_its_week_and_in_the_calendar_file(house: House) -> None:
    came(house.act(OFFICER, ONE, "date", code="hearing", way="given", on="2026-07-08"))
    week = house.get(UNIT, "/hearings?week=2026-07-08").text
    assert NUMBER in week
    assert "未确定" in week
    assert NUMBER not in house.get(OTHER, "/hearings?week=2026-07-08").text
    came(
        house.act(
            OFFICER,
            ONE,
            "assign",
            attendee="王局长",
            handler="",
            agent="",
            forum="示例县人民法院",
            claim="",
            note="",
        )
    )
    assert "王局长" in house.get(OFFICER, "/hearings?week=2026-07-08").text
    answer = house.get(OFFICER, "/hearings/calendar")
    assert answer.headers["content-type"].startswith("text/calendar")
    assert "DTSTART;VALUE=DATE:20260708" in answer.text
    assert NUMBER not in house.get(OTHER, "/hearings/calendar").text
    assert house.get(OFFICER, "/hearings?week=x").status_code == 400


def test_a_rate_leads_down_to_its_lawsuits_and_a_unit_gets_its_own(house: House) -> None:
    court(house).result(date(2026, 6, 20), Result.LOST)
    assert "100.0%" in house.get(OFFICER, "/matter-rates").text
    assert f'href="{ONE}"' in house.get(OFFICER, "/matter-rates?unit=D001").text
    assert f'href="{ONE}"' in house.get(UNIT, "/matter-rates?unit=T001").text
    assert f'href="{ONE}"' not in house.get(OTHER, "/matter-rates?unit=D001").text
    assert house.get(OFFICER, "/matter-rates?from=2026-07-01&to=2026-06-01").status_code == 400


def test_a_calendar_file_folds_long_lines_and_lets_no_text_end_a_line() -> None:
    entry = Entry("h-1@x", RECEIVED, "开庭，" + "很长的标题" * 20, text="一行\r\nBEGIN:VEVENT;逗号,")
    lines = write_calendar([entry], "日历", datetime(2026, 6, 30, 2, tzinfo=UTC)).split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    assert lines.count(b"BEGIN:VEVENT") == 1
    assert b"DTEND;VALUE=DATE:20260303" in lines
