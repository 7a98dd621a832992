"""What signed documents say: the unit's own request, the verdict, the days; and each line under its own name."""

from __future__ import annotations

from datetime import date

import pytest
from sqlmodel import select

from casework.paperwork.documents import list_documents, sign_documents
from casework.paperwork.notices import draft_notices
from casework.paperwork.papers import print_docx, print_pdf, print_sheet
from models.campaign import Campaign
from models.document import Document
from tests.casework.scene import CODE, NOTIFIED, OPENED, Scene

MAJOR = ("D001", "E24", "major")
DAY = date(2026, 4, 20)
UNIT, DIRECTOR = "D001:liaison", "L-DIRECTOR"


def signed(scene: Scene, kind: str, by: str = DIRECTOR, on: date = DAY) -> tuple[str, Document]:
    """Sign the newest draft of a kind; return what it says."""
    number = scene.documents(kind)[-1].id or 0
    with scene.open_desk(by=by, today=on) as desk:
        sign_documents(desk, [number])
    document = scene.documents(kind)[-1]
    return document.content or "", document


@pytest.mark.parametrize(("verdict", "words"), [("granted", "2026年5月8日"), ("refused", "采购可以提前")])
def test_an_answer_to_an_extension_says_the_days_and_the_verdict(
    scene: Scene, verdict: str, words: str
) -> None:
    (code,) = scene.notify(MAJOR)
    scene.act(code, "request_extension", UNIT, DAY, note="设备采购周期长", until="2026-05-08")
    scene.act(code, "decide_extension", DIRECTOR, DAY, verdict=verdict, note="采购可以提前")
    said, document = signed(scene, "extension_reply")
    assert all(text in said for text in (code, "设备采购周期长", "2026年4月29日", words))
    assert (document.number, document.state) == ("示法督函〔2026〕1号", "issued")


@pytest.mark.parametrize(("verdict", "words"), [("upheld", "撤销对该问题的认定"), ("rejected", "异议不成立")])
def test_an_answer_to_an_objection_says_its_review_and_verdict(
    scene: Scene, verdict: str, words: str
) -> None:
    (code,) = scene.notify(MAJOR)
    scene.act(code, "object", UNIT, DAY, note="已于3月公示")
    scene.act(code, "decide_objection", "P07", DAY, verdict=verdict, note="经调阅公示平台记录复核")
    said, _document = signed(scene, "objection_reply")
    assert all(text in said for text in (code, "已于3月公示", "经调阅公示平台记录复核", words))


def test_a_closure_notice_says_when_it_was_asked_and_verified(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR)
    scene.act(code, "submit_plan", UNIT, DAY, measures="逐项整改")
    scene.act(code, "approve_plan", "P90", DAY)
    scene.act(code, "apply_closure", UNIT, date(2026, 4, 21), files=(scene.file(),))
    scene.act(code, "verify", "P05", date(2026, 4, 22), verdict="passed")
    scene.act(code, "close", DIRECTOR, date(2026, 4, 23))
    said, _document = signed(scene, "closure_notice", "L-DEPUTY", date(2026, 4, 23))
    assert all(text in said for text in (code, "2026年4月21日", "2026年4月22日"))


def test_an_inspection_notice_says_who_comes_when_and_what_to_prepare(scene: Scene) -> None:
    scene.start()
    said, document = signed(scene, "inspection_notice", on=OPENED)
    visit = scene.visits()[-1]
    assert document.number == "示法督〔2026〕1号"
    assert f"{visit.from_on.month}月{visit.from_on.day}日" in said
    assert "组长" in said
    assert f"{visit.self_report_due_on:%Y年%-m月%-d日}" in said


def test_the_enforcement_line_speaks_under_its_own_name_number_and_law(scene: Scene) -> None:
    scene.confirm(MAJOR)
    with scene.open_desk(today=OPENED) as desk:
        desk.session.exec(select(Campaign)).one().line = "enforcement"
    with scene.open_desk(by="P90", today=NOTIFIED) as desk:
        (draft,) = draft_notices(desk, CODE)
    assert draft.kind == "rectification_notice"
    said, document = signed(scene, "rectification_notice", on=NOTIFIED)
    assert document.number == "示司执监改〔2026〕1号"
    assert "示例县司法局" in said
    assert "行政执法监督条例" in said
    assert "中共示例县委" not in said
    assert "法治政府建设与责任落实督察工作规定" not in said


def test_a_notice_is_printed_from_what_was_frozen_as_pdf_and_docx(scene: Scene) -> None:
    scene.notify(MAJOR, serve=False)
    with scene.open_desk(readonly=True, today=DAY) as desk:
        ((document, unit),) = list_documents(desk, state="issued", campaign=CODE)
        assert unit == "D001"
        assert list_documents(desk, state="draft") == []
        assert b"sealed" in print_pdf(desk, document)  # the sealed file goes before a fresh one
        assert print_docx(desk, document) == print_docx(desk, document)
        assert print_sheet(desk, document).startswith(b"%PDF-")
