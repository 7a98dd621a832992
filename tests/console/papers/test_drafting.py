"""Drafting: notices of a campaign and documents by hand, seen as they will print before anything is kept."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlmodel import select

from casework.paperwork.fields import COLUMNS, LABELS, Shape, new_fields, read_fields
from core.codes import DocumentContent, Line
from core.errors import InvalidInput
from core.rulebook import load_rulebook
from models.campaign import Campaign
from system.paths import RULES_DIR, read_texts
from tests.casework.scene import CODE, OPENED
from tests.console.papers.conftest import MAJOR, Office

LETTER = {
    "v__facts": "热线转交的7件投诉未登记、未核查",
    "v__duty": "县级交通运输主管部门应当对道路运输经营活动进行监督检查",
    "v__demands": "逐件核查并答复投诉人\n建立转办台账",
    "v__reply__count": "15",
    "v__reply__unit": "workday",
}
CHOSEN = {"campaign": CODE, "kind": "supervision_letter", "unit": "D001"}
PICTURE = re.compile(r'src="(/documents/new/preview/[0-9a-f]{64}/1)"')


def enforced(office: Office) -> None:
    """Settle the county with a campaign of the enforcement line."""
    office.scene.confirm(MAJOR)
    with office.scene.open_desk(today=OPENED) as desk:
        desk.session.exec(select(Campaign)).one().line = Line.ENFORCEMENT.value


def free_kinds() -> list[Any]:
    book = load_rulebook(read_texts(RULES_DIR, ".yaml"))
    return [rule for rule in book.documents.values() if rule.content is DocumentContent.FREE]


def test_every_value_that_a_person_gives_has_a_chinese_name() -> None:
    for rule in free_kinds():
        for one in new_fields(rule):
            assert one.name in LABELS, (rule.code, one.name)
            assert all(name in COLUMNS for name, _label in one.columns), (rule.code, one.name)


def test_a_form_gives_what_a_file_of_values_would_hold() -> None:
    (bulletin,) = [rule for rule in free_kinds() if rule.code == "bulletin"]
    fields = new_fields(bulletin)
    counts = {f"counts.{name}": "3" for one in fields if one.name == "counts" for name, _label in one.columns}
    ranking = {"unit": "甲局", "problems": "2", "closed": "1", "overdue": "0", "percent": "50"}
    rows = {f"ranking.0.{name}": text for name, text in ranking.items()} | {"ranking.1.unit": ""}
    said = {"until_on": "2026-06-30", "overall": "总体较好。", "issues": "一\n\n二", "demands": "三"}
    given = read_fields(fields, "bulletin", {**said, **counts, **rows})

    assert given["counts"] == dict.fromkeys(given["counts"], 3)
    assert given["ranking"] == [{"unit": "甲局", "problems": 2, "closed": 1, "overdue": 0, "percent": 50}]
    assert (given["issues"], given["demands"]) == (["一", "二"], ["三"])


def test_everything_that_is_missing_or_wrong_is_named_at_once() -> None:
    (letter,) = [rule for rule in free_kinds() if rule.code == "supervision_letter"]
    fields = new_fields(letter)
    assert {one.shape for one in fields} == {Shape.LONG, Shape.LINES, Shape.PERIOD}

    with pytest.raises(InvalidInput) as refused:
        read_fields(
            fields, letter.code, {"facts": "事实", "reply.count": "0", "reply.unit": "", "reply.from": "x"}
        )

    for word in ("法定职责", "工作要求", "天数应为正整数", "工作日或者自然日", "起算日期"):
        assert word in refused.value.found


def test_the_notices_of_a_campaign_are_drafted_from_the_page(office: Office) -> None:
    office.scene.confirm(MAJOR, ("T001", "E24", "minor"))
    page = office.get("P90", "/documents/new").text
    assert "拟2份通知书" in page

    answer = office.post("P90", "/documents/new/notices", campaign=CODE)

    assert answer.headers["location"] == f"/documents?state=waiting&campaign={CODE}"
    assert len(office.scene.documents("feedback_notice")) == 2
    assert "没有已认定、未通知的问题" in office.get("P90", "/documents/new").text
    again = office.post("P90", "/documents/new/notices", campaign=CODE)
    assert again.status_code == 409
    assert "没有需要通知的问题" in again.text


def test_a_document_by_hand_is_seen_first_and_nothing_of_it_is_kept(office: Office) -> None:
    enforced(office)
    form = office.get("P90", f"/documents/new?campaign={CODE}&kind=supervision_letter&unit=D001").text
    assert "法定职责" in form

    seen = office.post("P90", "/documents/new", do="preview", **CHOSEN, **LETTER)

    assert seen.status_code == 200, seen.text
    assert "7件投诉未登记" in seen.text
    (picture,) = PICTURE.findall(seen.text)
    assert office.get("P90", picture).content.startswith(b"\x89PNG")
    assert office.get("L-DIRECTOR", picture).status_code == 404  # it was shown to nobody else
    assert office.scene.documents() == []

    kept = office.post("P90", "/documents/new", do="save", **CHOSEN, **LETTER, copies_to="示例县人民政府")
    (document,) = office.scene.documents("supervision_letter")
    assert kept.headers["location"] == f"/documents/{document.id}"
    assert '"copies_to":["示例县人民政府"]' in document.inputs


def test_a_form_with_gaps_comes_back_with_what_was_typed(office: Office) -> None:
    enforced(office)

    answer = office.post("P90", "/documents/new", do="save", **CHOSEN, **{**LETTER, "v__duty": " "})

    assert answer.status_code == 400
    assert "没有填写“法定职责”" in answer.text
    assert "7件投诉未登记" in answer.text
    assert office.scene.documents() == []


def test_a_draft_is_edited_beside_its_preview(office: Office) -> None:
    enforced(office)
    office.post("P90", "/documents/new", do="save", **CHOSEN, **LETTER)
    (document,) = office.scene.documents()
    page = office.get("P90", f"/documents/{document.id}/edit").text
    assert "建立转办台账" in page
    assert len(PICTURE.findall(page)) == 1

    changed = {**LETTER, "v__demands": "逐件核查并答复投诉人\n三日内报告"}
    seen = office.post("P90", f"/documents/{document.id}/edit", do="preview", **changed)
    assert seen.status_code == 200
    assert "三日内报告" not in office.scene.documents()[0].inputs
    office.post("P90", f"/documents/{document.id}/edit", do="save", **changed)
    assert "三日内报告" in office.scene.documents()[0].inputs


def test_a_notice_is_edited_in_its_overall_words_only_and_not_after_the_signature(office: Office) -> None:
    (number,) = office.draft()
    assert "总体评价" in office.get("P90", f"/documents/{number}/edit").text
    office.post("P90", f"/documents/{number}/edit", do="save", v__overall="总体情况较好。", copies_to="")
    assert "总体情况较好。" in office.row(number).inputs
    office.sign(number)

    answer = office.post("P90", f"/documents/{number}/edit", do="save", v__overall="改。")
    assert (answer.status_code, office.row(number).state) == (409, "signed")


@pytest.mark.parametrize(("who", "status"), [("P02", 403), ("P05", 403), ("D001:liaison", 403), ("P91", 403)])
def test_whoever_drafts_nothing_meets_no_drafting(office: Office, who: str, status: int) -> None:
    office.scene.confirm(MAJOR)

    assert office.get(who, "/documents/new").status_code == status
    answer = office.post(who, "/documents/new/notices", page="/account", campaign=CODE)
    assert answer.status_code == status
    assert office.scene.documents() == []
