"""Documents without a campaign: today's rules are frozen for them, and they live as any other document does."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import select

from casework.lights.climbing import rules_of_document
from casework.paperwork.aboutvalues import ABOUT
from casework.paperwork.docket import DocumentFilters, document_view, documents_view
from casework.paperwork.documents import (
    CaseOnDocument,
    list_documents,
    seal_document,
    sign_documents,
    void_document,
)
from casework.paperwork.papers import paper_of, print_docx, print_pdf, print_sheet
from casework.paperwork.serving import serve_document
from casework.paperwork.standalone import draft_outside
from casework.paperwork.subjects import Subject, subject_of
from casework.upkeep.doctor import examine
from core.codes import Line
from core.errors import InvalidInput, NotFound
from delivery.paper import Paper
from delivery.worddoc import LETTERHEADS
from models.document import Document
from models.organisation import Unit
from models.rectification import Rectification
from system.paths import RULES_DIR
from system.settings import Settings
from tests.casework.conftest import open_desks_on
from tests.casework.scene import PDF, Scene

DAY = date(2026, 4, 20)
INTERVIEW: dict[str, Any] = {
    "interviewee": "主要负责人",
    "reason": "同一问题连续两年发现",
    "cases": [],
    "held_on": "2026-04-28",
    "held_at": "上午9时30分",
    "place": "县司法局会议室",
    "interviewer": "督察办主任",
    "reply": {"count": "5", "unit": "workday", "start": "约谈结束", "from": "2026-04-28"},
}


def said(paper: Paper) -> str:
    """Return the words of a paper as one text."""
    return "\n".join(str(getattr(block, "text", "")) for block in paper.blocks)


def drafted(
    scene: Scene, kind: str = "interview_notice", values: dict[str, Any] | None = None, **more: Any
) -> int:
    """Settle the county and draft a document about meeting 1; return its number."""
    with scene.open_desk(by="P90", today=DAY) as desk:
        unit = desk.session.exec(select(Unit).where(Unit.code == "D001")).one()
        given = {"about": ("meeting", 1), "inputs": {"values": values or INTERVIEW}} | more
        return draft_outside(desk, kind, Line.PARTY, unit.id or 0, **given).id or 0


def of(scene: Scene, number: int) -> Document:
    """Return a document as it is stored now."""
    return next(one for one in scene.documents() if one.id == number)


def test_a_document_without_a_campaign_goes_from_draft_to_service(scene: Scene) -> None:
    scene.settle()
    number = drafted(scene)
    with scene.open_desk(by="L-DIRECTOR", today=DAY) as desk:
        (document,) = sign_documents(desk, [number])
        assert print_docx(desk, document)[:2] == b"PK"
    with scene.open_desk(by="P90", today=DAY) as desk:
        seal_document(desk, number, scene.file("盖章.pdf", PDF))
        serve_document(desk, number, "hand", DAY)
    served = of(scene, number)
    assert (served.state, served.campaign_id, served.about, served.about_id) == (
        "served",
        None,
        "meeting",
        1,
    )
    assert served.number == "示法督函〔2026〕1号"
    assert [m.recipient_name for m in scene.messages()] == ["联络员", "负责人"]
    with scene.open_desk(by="L-DIRECTOR", today=DAY, readonly=True) as desk:
        assert "上午9时30分" in said(paper_of(desk, desk.session.get_one(Document, number)))
        assert not [one for one in examine(desk).invariants if one.broken]


def test_its_pages_are_shown_without_a_campaign(scene: Scene) -> None:
    scene.settle()
    number = drafted(scene)
    with scene.open_desk(by="P90", today=DAY) as desk:
        document = desk.session.get_one(Document, number)
        page = document_view(desk, number)
        assert (page.row.campaign, page.needs_seal) == ("", True)
        assert [event.what for event in page.timeline] == ["拟稿"]
        assert [row.id for row in documents_view(desk, DocumentFilters()).page.rows] == [number]
        assert [row.id for row, _unit in list_documents(desk)] == [number]
        assert print_pdf(desk, document).startswith(b"%PDF-")
        assert print_sheet(desk, document).startswith(b"%PDF-")
    with scene.open_desk(by="L-DIRECTOR", today=DAY) as desk:
        assert void_document(desk, number, "不再需要").state == "void"


def test_the_rules_of_its_day_are_frozen_for_it(scene: Scene) -> None:
    scene.settle()
    number = drafted(scene)
    with scene.open_desk(readonly=True, today=DAY) as desk:
        document = desk.session.get_one(Document, number)
        rules = rules_of_document(desk, document)
        assert rules.document("interview_notice") == desk.rules.document("interview_notice")
        assert (rules.catalogs, rules.sources) == ({}, desk.rules.sources)
    assert len(of(scene, number).rules_sha256 or "") == 64


def test_the_thing_it_is_about_lays_its_values_over_the_rest(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def of_meeting(subject: Subject) -> dict[str, object]:
        return {"place": f"第{subject.document.about_id}会议室"}

    monkeypatch.setitem(ABOUT, "meeting", of_meeting)
    scene.settle()
    number = drafted(scene)
    with scene.open_desk(readonly=True, today=DAY) as desk:
        assert "第1会议室" in said(paper_of(desk, desk.session.get_one(Document, number)))


def test_a_case_of_a_campaign_is_read_in_its_own_catalogue(scene: Scene) -> None:
    (code,) = scene.notify(("D001", "E24", "major"))
    with scene.open_desk(by="P90", today=DAY) as desk:
        case = desk.session.exec(select(Rectification)).one()
        on = [CaseOnDocument(case.id, due_on=case.due_on)]
        document = draft_outside(
            desk, "supervision", Line.PARTY, case.unit_id, about=("meeting", 3), cases=on
        )
        (table,) = [block for block in paper_of(desk, document).blocks if hasattr(block, "rows")]
        assert code in table.rows[0]


def test_the_law_of_the_day_on_which_the_matter_was_opened_is_cited(scene: Scene) -> None:
    scene.settle()
    with scene.open_desk(by="P90", today=DAY) as desk:
        unit = desk.session.exec(select(Unit).where(Unit.code == "D001")).one()
        old = draft_outside(
            desk, "interview_notice", Line.ENFORCEMENT, unit.id or 0, about=("lead", 1),
            inputs={"values": INTERVIEW}, opened_on=date(2025, 12, 1),
        )  # fmt: skip
        assert subject_of(desk, old, rules_of_document(desk, old)).opened_on == date(2025, 12, 1)


@pytest.mark.parametrize("kind", ["feedback_notice", "inspection_notice"])
def test_what_only_a_campaign_has_is_not_drafted_outside(scene: Scene, kind: str) -> None:
    scene.settle()
    with pytest.raises(InvalidInput, match="须在督察批次中拟制"):
        drafted(scene, kind)


def test_the_other_line_s_kind_is_not_drafted(scene: Scene) -> None:
    scene.settle()
    with pytest.raises(InvalidInput, match="不用于本条线"):
        drafted(scene, "supervision_letter")
    with pytest.raises(NotFound):
        drafted(scene, "no_such_kind")
    assert scene.documents() == []


def test_a_document_about_a_matter_of_linkage_is_hidden_and_never_mailed(scene: Scene) -> None:
    scene.settle()
    number = drafted(scene, about=("incoming", 4))
    with scene.open_desk(by="L-DIRECTOR", today=DAY) as desk:
        sign_documents(desk, [number])
        with pytest.raises(NotFound):
            document_view(desk, number)
    with scene.open_desk(by="P91", today=DAY) as desk:
        seal_document(desk, number, scene.file("盖章.pdf", PDF))
        assert documents_view(desk, DocumentFilters()).page.rows == ()
    assert scene.messages() == []


def test_the_office_s_own_letterheads_are_used_and_a_missing_folder_is_told(
    scene: Scene, engine: sa.Engine, tmp_path: Path
) -> None:
    scene.settle()
    number = drafted(scene)
    (tmp_path / "notice.docx").write_bytes((LETTERHEADS / "letter.docx").read_bytes())
    with scene.open_desk(readonly=True, today=DAY) as desk:
        ours = print_docx(desk, desk.session.get_one(Document, number))
    for folder, told in ((tmp_path, False), (tmp_path / "没有", True)):
        own = open_desks_on(engine, Settings(rules=RULES_DIR, files=tmp_path, letterheads=folder))
        with own(readonly=True, today=DAY, by="L-DIRECTOR") as desk:
            same = print_docx(desk, desk.session.get_one(Document, number)) == ours
            assert same is told
            assert any("信笺模板文件夹不存在" in one for one in examine(desk).warnings) is told
