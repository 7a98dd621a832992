"""Review pins what was read: an edit or a new fact asks for it again; a premise is checked, not believed."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from casework.paperwork.answers import answer_item, list_items, record_reply
from casework.paperwork.documents import seal_document, sign_by_authorisation, sign_documents, void_document
from casework.paperwork.notices import draft_by_hand, draft_notices
from casework.paperwork.papers import paper_of, print_sheet
from casework.paperwork.reviewing import (
    approve_document,
    compose,
    edit_document,
    list_approvals,
    put_in_review,
    return_document,
)
from casework.paperwork.series import list_series
from casework.paperwork.serving import serve_document
from casework.paperwork.unanswered import overdue_replies, watch_replies
from casework.tasks import list_tasks
from core.codes import Line
from core.errors import IllegalMove, InvalidInput, NotAllowed, NotFound, Refused
from delivery.paper import Paper
from models.campaign import Campaign
from models.document import Document, DocumentItem
from models.organisation import Unit
from tests.casework.scene import CODE, NOTIFIED, OPENED, PDF, Scene

MAJOR = ("D001", "E24", "major")
DAY = date(2026, 4, 20)
NEXT = date(2026, 4, 21)
LETTER: dict[str, Any] = {
    "facts": "热线转交的7件投诉未登记、未核查",
    "duty": "县级交通运输主管部门应当对道路运输经营活动进行监督检查",
    "demands": ["逐件核查并答复投诉人", "建立转办台账"],
    "reply": {"count": "15", "unit": "workday"},
}
DECISION: dict[str, Any] = {
    "ground": "督办函在规定时限内未落实",
    "facts": "投诉至今未办理",
    "findings": "属于不履行行政执法职责",
    "decisions": ["限期依法办理"],
    "reply": {"count": "30", "unit": "day"},
}
REQUEST: dict[str, Any] = {
    "ground": "督办函在规定时限内未落实",
    "facts": "投诉至今未办理",
    "urged": "已发督办函并电话催办两次",
    "findings": "属于不履行行政执法职责",
    "decisions": ["限期依法办理"],
}


def enforced(scene: Scene, *found: tuple[str, str, str]) -> None:
    """Settle the county with a campaign of the enforcement line whose first notice is the 意见书."""
    scene.confirm(*(found or (MAJOR,)))
    with scene.open_desk(today=OPENED) as desk:
        campaign = desk.session.exec(select(Campaign)).one()
        campaign.line = Line.ENFORCEMENT.value
        campaign.plan = campaign.plan.replace('"document":null', '"document":"opinion_letter"')


def opinion(scene: Scene, on: date = NOTIFIED) -> int:
    """Draft the 意见书 of the campaign; return its number."""
    enforced(scene)
    with scene.open_desk(by="P90", today=on) as desk:
        (document,) = draft_notices(desk, CODE)
        return document.id or 0


def by_hand(scene: Scene, kind: str, values: dict[str, Any], on: date = DAY, **more: Any) -> int:
    """Draft a document by hand; return its number."""
    with scene.open_desk(by="P90", today=on) as desk:
        return draft_by_hand(desk, CODE, kind, "D001", values, **more).id or 0


def sign(scene: Scene, number: int, on: date = DAY, file: Path | None = None) -> None:
    with scene.open_desk(by="L-DIRECTOR", today=on) as desk:
        sign_documents(desk, [number], file)


def letter_out(scene: Scene, on: date = DAY) -> int:
    """Issue a 督办函 of the enforcement campaign; return its number."""
    number = by_hand(scene, "supervision_letter", LETTER, on)
    sign(scene, number, on)
    with scene.open_desk(by="P90", today=on) as desk:
        seal_document(desk, number, scene.file("盖章.pdf", PDF))
    return number


def of(scene: Scene, number: int) -> Document:
    return next(one for one in scene.documents() if one.id == number)


def approvals(scene: Scene, number: int) -> list[tuple[str, str, bool]]:
    """Return (step, by, whether it still holds) of each step, oldest first."""
    with scene.open_desk(readonly=True) as desk:
        rows = list_approvals(desk, desk.session.get_one(Document, number))
    return [(row["step"], row["by"], row["void_on"] is None) for row in rows]


def said(paper: Paper) -> str:
    return "\n".join(str(getattr(block, "text", "")) for block in paper.blocks)


# ---- review --------------------------------------------------------------------------------------


def test_a_kind_that_asks_for_review_is_not_signed_without_it(scene: Scene) -> None:
    number = opinion(scene)
    with pytest.raises(Refused, match="还没有核稿"):
        sign(scene, number, NOTIFIED)
    assert (of(scene, number).state, of(scene, number).number) == ("draft", None)
    scene.review(number)
    sign(scene, number, NOTIFIED)
    assert of(scene, number).state == "signed"
    steps = [("drafted", "P90", True), ("reviewed", "P07", True), ("legal", "P07", True)]
    assert approvals(scene, number) == [*steps, ("signed", "L-DIRECTOR", True)]


def test_what_was_reviewed_may_be_signed_on_a_later_day_with_its_days_counted_anew(scene: Scene) -> None:
    number = opinion(scene)
    scene.review(number)
    sign(scene, number, date(2026, 4, 10))
    with scene.open_desk(readonly=True) as desk:
        assert "2026年5月6日前纠正" in said(paper_of(desk, desk.session.get_one(Document, number)))


def test_what_changed_after_the_review_is_named_and_not_signed(scene: Scene) -> None:
    number = opinion(scene)
    scene.review(number)
    with scene.open_desk(today=NOTIFIED) as desk:
        desk.session.exec(select(Unit).where(Unit.code == "D001")).one().name = "示例县新名局"
    with pytest.raises(Refused, match="增加“示例县新名局”"):
        sign(scene, number, NOTIFIED)
    assert of(scene, number).state == "in_review"
    scene.review(number)
    sign(scene, number, NOTIFIED)


def test_an_edit_sends_it_back_and_makes_the_approvals_void(scene: Scene) -> None:
    number = opinion(scene)
    scene.review(number)
    with scene.open_desk(by="P90", today=NOTIFIED) as desk:
        edit_document(desk, number, {"overall": "总体情况较好。"}, ["县人大常委会办公室"])
    assert of(scene, number).state == "draft"
    assert [holds for step, _by, holds in approvals(scene, number) if step in ("reviewed", "legal")] == [
        False,
        False,
    ]
    assert scene.told("document", number)[-1] == "edit"
    with scene.open_desk(readonly=True, today=NOTIFIED) as desk:
        assert paper_of(desk, desk.session.get_one(Document, number)).copies_to == ("县人大常委会办公室",)
    with pytest.raises(Refused, match="还没有核稿"):
        sign(scene, number, NOTIFIED)


def test_whoever_edits_a_draft_neither_reviews_nor_signs_it(scene: Scene) -> None:
    number = opinion(scene)
    with scene.open_desk(by="L-DIRECTOR", today=NOTIFIED) as desk:
        edit_document(desk, number, {"overall": "总体情况较好。"})
    scene.review(number)
    with pytest.raises(NotAllowed, match="本人"):
        sign(scene, number, NOTIFIED)


def test_a_returned_draft_starts_anew(scene: Scene) -> None:
    number = opinion(scene)
    scene.review(number)
    with scene.open_desk(by="P07", today=NOTIFIED) as desk, pytest.raises(InvalidInput, match="写明理由"):
        return_document(desk, number, " ")
    with scene.open_desk(by="P07", today=NOTIFIED) as desk:
        return_document(desk, number, "依据不准确")
    assert of(scene, number).state == "draft"
    assert [holds for step, _by, holds in approvals(scene, number) if step != "drafted"] == [False, False]


def test_the_author_reviews_nothing_and_law_is_read_by_a_reviewer(scene: Scene) -> None:
    number = opinion(scene)
    with scene.open_desk(by="P90", today=NOTIFIED) as desk:
        put_in_review(desk, number)
        with pytest.raises(NotAllowed, match="本人"):
            approve_document(desk, number, "reviewed")
        with pytest.raises(NotAllowed, match="无权法制审核"):
            approve_document(desk, number, "legal")
        with pytest.raises(InvalidInput, match="审核环节"):
            approve_document(desk, number, "other")


def test_a_draft_is_approved_only_in_review_and_edited_only_before_signature(scene: Scene) -> None:
    number = opinion(scene)
    with scene.open_desk(by="P07", today=NOTIFIED) as desk, pytest.raises(IllegalMove):
        approve_document(desk, number, "reviewed")
    scene.review(number)
    sign(scene, number, NOTIFIED)
    with scene.open_desk(by="P90", today=NOTIFIED) as desk, pytest.raises(IllegalMove):
        edit_document(desk, number, {"overall": "改。"})


def test_an_edit_takes_only_what_the_kind_has(scene: Scene) -> None:
    enforced(scene)
    number = by_hand(scene, "supervision_letter", LETTER)
    with scene.open_desk(by="P90", today=DAY) as desk:
        with pytest.raises(InvalidInput, match="多出 no_such"):
            edit_document(desk, number, {"no_such": "x"})
        with pytest.raises(InvalidInput, match="系统填写"):
            edit_document(desk, number, {"cited": ["某法"]})
        with pytest.raises(InvalidInput, match="密"):
            edit_document(desk, number, {"facts": "本件涉密"})
    with scene.open_desk(by="P90", today=DAY) as desk:
        before = compose(desk, desk.session.get_one(Document, number))[1]
        document = edit_document(
            desk, number, {"reply": {"count": 10, "unit": "workday"}, "facts": "另有3件"}
        )
        assert "10个工作日内" in said(paper_of(desk, document))
        assert compose(desk, document)[1] != before


def test_the_sheet_names_who_reviewed(scene: Scene) -> None:
    number = opinion(scene)
    scene.review(number)
    with scene.open_desk(readonly=True, today=NOTIFIED) as desk:
        assert print_sheet(desk, desk.session.get_one(Document, number)).startswith(b"%PDF-")


# ---- the premise of a decision -------------------------------------------------------------------


def test_a_decision_needs_a_letter_that_was_not_obeyed_or_a_major_issue(scene: Scene) -> None:
    enforced(scene)
    with pytest.raises(Refused, match="没有向该单位发出过"):
        by_hand(scene, "decision", DECISION)
    number = letter_out(scene)
    with pytest.raises(Refused, match="答复期限2026-05-13，未答复"):
        by_hand(scene, "decision", DECISION, date(2026, 5, 13))
    assert by_hand(scene, "decision", DECISION, date(2026, 5, 14))
    assert of(scene, number).reply_due_on == date(2026, 5, 13)
    assert by_hand(scene, "decision", DECISION, major="造成重大社会影响")


def test_a_letter_that_was_obeyed_meanwhile_takes_the_premise_away(scene: Scene) -> None:
    enforced(scene)
    number = letter_out(scene)
    decision = by_hand(scene, "decision", DECISION, date(2026, 5, 14))
    scene.review(decision, on=date(2026, 5, 14))
    with scene.open_desk(by="P90", today=date(2026, 5, 15)) as desk:
        record_reply(desk, number, date(2026, 5, 15), "obeyed")
    with pytest.raises(Refused, match="前提不具备"):
        sign(scene, decision, date(2026, 5, 15), scene.file("决定.pdf"))
    with scene.open_desk(by="P90", today=date(2026, 5, 16)) as desk:
        record_reply(desk, number, date(2026, 5, 16), "not_obeyed", note="复查未落实")
    sign(scene, decision, date(2026, 5, 16), scene.file("决定.pdf"))
    assert of(scene, decision).number == "示政执监决〔2026〕1号"


def test_one_opinion_not_done_is_enough_for_the_premise(scene: Scene) -> None:
    enforced(scene)
    number = letter_out(scene)
    with scene.open_desk(by="P90", today=NEXT) as desk:
        answer_item(desk, number, 2, "not_done", NEXT, "台账未建立")
    assert by_hand(scene, "decision", DECISION, NEXT)


def test_a_request_to_the_government_goes_upward_with_the_name_of_its_signer(scene: Scene) -> None:
    enforced(scene)
    number = by_hand(scene, "decision_request", REQUEST, major="造成重大社会影响")
    scene.review(number, on=DAY)
    sign(scene, number)
    with scene.open_desk(readonly=True, today=DAY) as desk:
        document = desk.session.get_one(Document, number)
        paper = paper_of(desk, document)
        assert (paper.addressee, paper.signer) == (
            "示例县人民政府",
            desk.office_rules.leaders["L-DIRECTOR"].name,
        )
        assert paper.issuer == "示例县司法局"
    with scene.open_desk(by="P90", today=DAY) as desk:
        seal_document(desk, number, scene.file("盖章.pdf", PDF))
    with scene.open_desk(by="D001:liaison", today=DAY) as desk, pytest.raises(NotAllowed, match="上行文"):
        serve_document(desk, number, "acknowledgement", DAY)
    assert [mail for mail in scene.messages() if mail.document_id == number] == []


# ---- what the unit answers -----------------------------------------------------------------------


def test_an_answer_that_does_not_come_becomes_one_task_and_ends_with_the_answer(scene: Scene) -> None:
    enforced(scene)
    number = letter_out(scene)
    with scene.open_desk(today=date(2026, 5, 13)) as desk:
        assert watch_replies(desk) == {"overdue": 0, "opened": 0}
    with scene.open_desk(today=date(2026, 5, 14)) as desk:
        assert watch_replies(desk) == {"overdue": 1, "opened": 1}
    with scene.open_desk(today=date(2026, 5, 15)) as desk:
        assert watch_replies(desk) == {"overdue": 1, "opened": 0}
        (task,) = list_tasks(desk)
        assert "逾期未答复行政执法监督督办函示司执监督〔2026〕1号" in task.title
    with scene.open_desk(by="P90", today=date(2026, 5, 15)) as desk:
        record_reply(desk, number, date(2026, 5, 15), file=scene.file("答复.pdf"))
        assert overdue_replies(desk) == []
        assert list_tasks(desk) == []


def test_a_notice_that_is_answered_late_by_a_plan_asks_nobody_any_more(scene: Scene) -> None:
    (code,) = scene.notify(("D001", "E24", "major"))
    (notice,) = scene.documents("feedback_notice")
    assert notice.reply_due_on is not None
    with scene.open_desk(readonly=True) as desk:
        late = desk.calendar.after(notice.reply_due_on, 1)
    with scene.open_desk(today=late) as desk:
        assert watch_replies(desk) == {"overdue": 1, "opened": 1}
    scene.act(code, "submit_plan", "D001:liaison", late, measures="逐项整改")
    with scene.open_desk(today=late) as desk:
        assert watch_replies(desk) == {"overdue": 0, "opened": 0}
        assert [task for task in list_tasks(desk) if task.kind == "reply_overdue"] == []


def test_a_unit_brings_only_its_own_answer_and_does_not_judge_it(scene: Scene) -> None:
    enforced(scene)
    number = letter_out(scene)
    with scene.open_desk(by="T001:liaison", today=NEXT) as desk, pytest.raises(NotAllowed):
        record_reply(desk, number, NEXT)
    with scene.open_desk(by="D001:liaison", today=NEXT) as desk:
        with pytest.raises(NotAllowed):
            record_reply(desk, number, NEXT, "obeyed")
        record_reply(desk, number, NEXT, note="已办理")
    assert of(scene, number).replied_on == NEXT


def test_an_answer_before_issue_or_to_a_draft_is_refused(scene: Scene) -> None:
    enforced(scene)
    draft = by_hand(scene, "supervision_letter", LETTER)
    with scene.open_desk(by="P90", today=DAY) as desk, pytest.raises(Refused, match="还没有发出"):
        record_reply(desk, draft, DAY)
    number = letter_out(scene)
    with scene.open_desk(by="P90", today=NEXT) as desk:
        with pytest.raises(InvalidInput, match="日期不合理"):
            record_reply(desk, number, date(2026, 4, 1))
        with pytest.raises(InvalidInput, match="答复情况"):
            record_reply(desk, number, NEXT, "maybe")


# ---- countable opinions --------------------------------------------------------------------------


def test_the_opinions_of_a_document_are_counted_and_answered_one_by_one(scene: Scene) -> None:
    enforced(scene)
    number = letter_out(scene)
    with scene.open_desk(by="P90", today=NEXT) as desk:
        answer_item(desk, number, 1, "done", NEXT, "已逐件答复")
        with pytest.raises(NotFound, match="没有这一条"):
            answer_item(desk, number, 3, "done", NEXT)
        desk.session.flush()
        rows = list_items(desk, number)
    assert [(row["number"], row["text"], row["result"]) for row in rows] == [
        (1, "逐件核查并答复投诉人", "done"),
        (2, "建立转办台账", None),
    ]


def test_each_problem_of_an_opinion_letter_is_one_opinion_bound_to_its_case(scene: Scene) -> None:
    enforced(scene, MAJOR, ("D001", "E19", "minor"), ("T001", "F27", "grave"))
    with scene.open_desk(by="P90", today=NOTIFIED) as desk:
        ids = [one.id or 0 for one in draft_notices(desk, CODE)]
    scene.review(*ids)
    for number in ids:
        sign(scene, number, NOTIFIED)
    rows = scene.rows(select(DocumentItem))
    assert sorted((row.document_id, row.number) for row in rows) == [(ids[0], 1), (ids[0], 2), (ids[1], 1)]
    assert {row.case_id for row in rows} == {
        scene.case(f"{CODE}-{end}").id for end in ("D001-01", "D001-02", "T001-03")
    }
    assert all("：立即纠正" in row.text for row in rows)


# ---- series --------------------------------------------------------------------------------------


def test_a_series_shows_its_last_number_its_voids_and_no_gap(scene: Scene) -> None:
    enforced(scene)
    first, second = letter_out(scene), letter_out(scene)
    with scene.open_desk(by="L-DIRECTOR", today=NEXT) as desk:
        void_document(desk, first, "主送单位有误")
    with scene.open_desk(readonly=True, today=NEXT) as desk:
        series = {row["series"]: row for row in list_series(desk)}
        assert list_series(desk, 2025) != []
    row = series["示司执监督"]
    assert (row["line"], row["last"], row["issued"], row["gaps"]) == ("enforcement", 2, 1, [])
    assert [(void["number"], void["reason"]) for void in row["voids"]] == [
        ("示司执监督〔2026〕1号", "主送单位有误")
    ]
    assert row["kinds"]["supervision_letter"]["count"] == 2
    assert row["next"] == "示司执监督〔2026〕3号"
    assert series["示政执监决"]["last"] == 0
    assert of(scene, second).serial == 2


def test_a_gap_in_a_series_is_named(scene: Scene) -> None:
    enforced(scene)
    number = letter_out(scene)
    with scene.open_desk(today=NEXT) as desk:
        desk.session.get_one(Document, number).serial = 2
        desk.session.flush()
        (row,) = [one for one in list_series(desk) if one["series"] == "示司执监督"]
        assert row["gaps"] == [1]
        desk.session.rollback()


def test_nobody_signs_by_authorisation_what_was_not_reviewed(scene: Scene) -> None:
    number = opinion(scene)
    with scene.open_desk(today=NOTIFIED) as desk, pytest.raises(NotAllowed):
        sign_by_authorisation(desk, desk.session.get_one(Document, number))
