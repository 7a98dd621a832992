"""Documents: numbered without gaps, signed by another and high enough a hand, frozen, sealed, served, voided."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import select

from casework.holds import HOLD
from casework.paperwork.documents import (
    CaseOnDocument,
    content_hash,
    draft_document,
    seal_document,
    sign_by_authorisation,
    sign_documents,
    void_document,
)
from casework.paperwork.notices import draft_notices
from casework.paperwork.papers import build_paper, paper_of
from casework.paperwork.paperview import document_view
from casework.paperwork.reviewing import put_in_review
from casework.paperwork.serving import serve_document
from casework.rulesets.library import store_frozen
from casework.upkeep.backup import release_hold
from core.errors import IllegalMove, InvalidInput, NotAllowed, NotFound, Refused
from core.rulebook import Rulebook, freeze
from models.campaign import Campaign
from models.document import Document, DocumentCase, DocumentFile, NumberSeries, ServiceRecord
from models.organisation import Office, Unit
from models.record import Note
from models.rectification import Rectification
from tests import make
from tests.casework.conftest import OpenDesk
from tests.casework.scene import CODE, NOTIFIED, PDF, Scene

BOTH = (("D001", "E24", "major"), ("T001", "F27", "grave"))
NEXT = date(2026, 4, 9)
DAYS: dict[str, object] = {"applied_on": "2026-04-08", "verified_on": "2026-04-09"}


def draft(scene: Scene, *found: tuple[str, str, str], on: date = NOTIFIED) -> list[int]:
    """Draft the notices of confirmed problems; return their numbers."""
    scene.confirm(*(found or (BOTH[0],)))
    with scene.open_desk(by="P90", today=on) as desk:
        return [document.id or 0 for document in draft_notices(desk, CODE)]


def sign(
    scene: Scene, *numbers: int, by: str = "L-DIRECTOR", on: date = NOTIFIED, scan: Path | None = None
) -> None:
    with scene.open_desk(by=by, today=on) as desk:
        sign_documents(desk, numbers, scan)


def draft_other(scene: Scene, kind: str, *, year: int = 2026, unit: str = "D001") -> int:
    """Draft a document of a kind about the first case; return its number."""
    with scene.open_desk(by="P90", today=date(year, 4, 9)) as desk:
        campaign = desk.session.exec(select(Campaign)).one()
        of = desk.session.exec(select(Unit).where(Unit.code == unit)).one()
        cases = desk.session.exec(select(Rectification).where(Rectification.unit_id == of.id)).all()
        on = [CaseOnDocument(case.id) for case in cases]
        return draft_document(desk, kind, campaign, of.id or 0, cases=on, inputs=DAYS).id or 0


# ---- drafting -------------------------------------------------------------------------------------------------


def test_a_campaign_gets_one_notice_a_unit_and_none_twice(scene: Scene, open_desk: OpenDesk) -> None:
    draft(scene, *BOTH, ("D001", "E19", "minor"))
    notices = scene.documents("feedback_notice")
    on_them = scene.rows(select(DocumentCase))
    assert len(notices) == 2
    assert sorted(sum(row.document_id == n.id for row in on_them) for n in notices) == [1, 2]
    assert {(n.state, n.number, n.content) for n in notices} == {("draft", None, None)}
    with pytest.raises(Refused, match="没有需要通知"), open_desk(by="P90", today=NOTIFIED) as desk:
        draft_notices(desk, CODE)


def test_a_voided_draft_lets_its_problems_be_notified_anew(scene: Scene, open_desk: OpenDesk) -> None:
    (number,) = draft(scene)
    with open_desk(by="L-DIRECTOR", today=NOTIFIED) as desk:
        void_document(desk, number, "格式有误")
    with open_desk(by="P90", today=NOTIFIED) as desk:
        assert len(draft_notices(desk, CODE)) == 1


def test_the_sheet_sends_a_draft_to_review(scene: Scene, open_desk: OpenDesk) -> None:
    (number,) = draft(scene)
    with open_desk(by="P90", today=NOTIFIED) as desk:
        assert put_in_review(desk, number).state == "in_review"
    sign(scene, number)
    with pytest.raises(IllegalMove) as refused, open_desk(by="P90", today=NOTIFIED) as desk:
        put_in_review(desk, number)
    assert refused.value.allowed == ("seal", "issue", "void")


# ---- signing --------------------------------------------------------------------------------------------------


def test_several_notices_are_signed_in_one_act_with_numbers_in_a_row(scene: Scene) -> None:
    numbers = draft(scene, *BOTH)
    scan = scene.file("签批.pdf")
    sign(scene, *numbers, scan=scan)
    signed = scene.documents("feedback_notice")
    assert [d.number for d in signed] == ["示法督反馈〔2026〕1号", "示法督反馈〔2026〕2号"]
    assert {(d.state, d.signed_by, d.signed_on) for d in signed} == {("signed", "L-DIRECTOR", NOTIFIED)}
    with scene.open_desk(readonly=True) as desk:
        assert all(d.content_sha256 == content_hash(d) for d in signed)
        assert desk.rules.documents["feedback_notice"].sealed
    scans = [f for f in scene.rows(select(DocumentFile)) if f.role == "scan"]
    assert {(f.document_id, f.content) for f in scans} == {(n, scan.read_bytes()) for n in numbers}
    assert scene.told("document", numbers[0]) == ["draft", "sign"]


def test_numbers_are_gapless_in_each_series_and_year(scene: Scene) -> None:
    scene.notify(*BOTH)
    kinds = (("supervision", 2026), ("closure_notice", 2026), ("supervision", 2026), ("supervision", 2027))
    for kind, year in kinds:
        sign(scene, draft_other(scene, kind, year=year), on=date(year, 4, 9))
    taken = [d.number for d in scene.documents() if d.kind in ("supervision", "closure_notice")]
    assert taken == [
        "示法督办〔2026〕1号",
        "示法督函〔2026〕1号",
        "示法督办〔2026〕2号",
        "示法督办〔2027〕1号",
    ]
    series = {(s.series, s.year): s.last for s in scene.rows(select(NumberSeries))}
    assert series == {
        ("示法督反馈", 2026): 2,
        ("示法督办", 2026): 2,
        ("示法督函", 2026): 1,
        ("示法督办", 2027): 1,
    }


def test_a_signature_that_fails_gives_its_number_back(scene: Scene) -> None:
    numbers = draft(scene, *BOTH)
    with pytest.raises(NotFound):
        sign(scene, numbers[0], 9999)
    assert {d.state for d in scene.documents()} == {"draft"}
    assert scene.rows(select(NumberSeries)) == []
    sign(scene, numbers[1])
    assert scene.documents()[1].number == "示法督反馈〔2026〕1号"


def test_no_number_is_taken_before_the_hold_after_a_restore_is_ended(
    scene: Scene, open_desk: OpenDesk
) -> None:
    (number,) = draft(scene)
    with open_desk(today=NOTIFIED) as desk:
        make.store(desk, Note(name=HOLD, value="由备份恢复"))
    with pytest.raises(Refused, match="暂停状态，不能编文号"):
        sign(scene, number)
    assert [one.state for one in scene.documents("feedback_notice")] == ["draft"]
    assert scene.rows(select(NumberSeries)) == []

    with open_desk(by="P90", today=NOTIFIED) as desk:
        release_hold(desk, "L-DIRECTOR", ["示法督反馈〔2026〕3号"])
    sign(scene, number)
    assert [one.number for one in scene.documents("feedback_notice")] == ["示法督反馈〔2026〕4号"]


def test_the_author_does_not_sign(scene: Scene, open_desk: OpenDesk) -> None:
    scene.confirm(BOTH[0])
    with open_desk(by="L-DIRECTOR", today=NOTIFIED) as desk:
        (number,) = [d.id or 0 for d in draft_notices(desk, CODE)]
    with pytest.raises(NotAllowed, match="本人"):
        sign(scene, number)
    sign(scene, number, by="L-COUNTY")
    assert scene.documents()[0].signed_by == "L-COUNTY"


def test_a_page_says_to_each_what_keeps_them_from_signing(scene: Scene, open_desk: OpenDesk) -> None:
    scene.confirm(BOTH[0])
    with open_desk(by="L-DIRECTOR", today=NOTIFIED) as desk:
        (number,) = [d.id or 0 for d in draft_notices(desk, CODE)]
    told = {}
    for by in ("L-DIRECTOR", "L-DEPUTY", "P90", "L-COUNTY"):
        with open_desk(by=by, today=NOTIFIED, readonly=True) as desk:
            told[by] = document_view(desk, number).offers.why_not_sign

    name = "法治督察反馈意见暨整改通知书"
    assert told == {
        "L-DIRECTOR": "不能签发本人拟写或者修改的文书，由其他有权人员签发",
        "L-DEPUTY": f"签发{name}的级别不够，由主任及以上负责人签发",
        "P90": f"无权签发{name}，由主任及以上负责人签发",
        "L-COUNTY": "",
    }


def test_a_post_that_is_too_low_and_a_person_without_post_do_not_sign(scene: Scene) -> None:
    (number,) = draft(scene)
    for by in ("L-SECTION", "L-DEPUTY", "P03"):
        with pytest.raises(NotAllowed, match="级别不够"):
            sign(scene, number, by=by)
    for by in ("P90", "P02", "D001:head"):
        with pytest.raises(NotAllowed):
            sign(scene, number, by=by)
    assert scene.documents()[0].state == "draft"


def change_rules(scene: Scene, change: dict[str, object], item: str | None = None) -> None:
    """Freeze other rules for the campaign: `change` on the basis of an item, or of the notice itself."""
    with scene.open_desk(today=NOTIFIED) as desk:
        campaign = desk.session.exec(select(Campaign)).one()
        content = json.loads(freeze(desk.rules, {"fazhi-ducha-46": None}))
        catalog = content["rules"]["catalogs"]["fazhi-ducha-46"]
        bases = content["rules"]["documents"]["feedback_notice"]["basis"]
        if item is not None:
            bases = next(one for one in catalog["items"] if one["id"] == item)["legal_basis"]
        for basis in bases:
            basis.update(change)
        data = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        campaign.rules_sha256 = store_frozen(desk.session, data, desk.now)


@pytest.mark.parametrize(
    ("item", "change", "named"),
    [
        ("E24", {"verified": False, "checked": "记忆"}, "E24"),
        ("E24", {"in_force_until": "2026-04-07"}, "E24"),
        (None, {"verified": False, "checked": "名称"}, "反馈意见暨整改通知书"),
    ],
)
def test_without_one_valid_basis_nothing_is_signed(
    scene: Scene, item: str | None, change: dict[str, object], named: str
) -> None:
    (number,) = draft(scene)
    change_rules(scene, change, item)
    with pytest.raises(InvalidInput, match="依据") as refused:
        sign(scene, number)
    assert named in refused.value.what
    assert scene.documents()[0].state == "draft"
    assert scene.rows(select(NumberSeries)) == []


def test_a_problem_that_was_withdrawn_meanwhile_is_not_notified(scene: Scene) -> None:
    codes = scene.confirm(BOTH[0], ("D001", "E19", "minor"))
    with scene.open_desk(by="P90", today=NOTIFIED) as desk:
        (number,) = [d.id or 0 for d in draft_notices(desk, CODE)]
    scene.act(codes[0], "withdraw", "L-COUNTY", NOTIFIED, note="事实不清")
    with pytest.raises(Refused, match=codes[0]):
        sign(scene, number)
    assert scene.case(codes[1]).signed_on is None


# ---- what is printed ------------------------------------------------------------------------------------------


def test_the_due_date_is_counted_from_the_signature_and_printed(scene: Scene) -> None:
    numbers = draft(scene, *BOTH, on=date(2026, 4, 3))
    sign(scene, *numbers, on=NOTIFIED)
    case = scene.case(f"{CODE}-D001-01")
    due = date(2026, 4, 29)  # 15 working days after 8 April
    assert (case.signed_on, case.due_on, case.first_due_on, case.served_on) == (NOTIFIED, due, due, None)
    assert case.calendar_version
    document = scene.documents()[0]
    assert "2026年4月29日" in (document.content or "")
    (row,) = [r for r in scene.rows(select(DocumentCase)) if r.document_id == document.id]
    assert row.due_on == due


def test_only_verified_bases_are_printed(scene: Scene) -> None:
    (number,) = draft(scene, ("D001", "E18", "major"))
    sign(scene, number)
    content = scene.documents()[0].content or ""
    assert "行政处罚法" in content
    assert "浙江省综合行政执法条例" not in content  # law of another region
    assert "三年行动计划" not in content  # not verified, and over


def test_what_was_signed_is_frozen_whatever_becomes_of_its_sources(scene: Scene, open_desk: OpenDesk) -> None:
    (code, *_rest) = scene.notify(BOTH[0])
    before = scene.documents()[0]
    with open_desk(today=NEXT) as desk:
        unit = desk.session.exec(select(Unit).where(Unit.code == "D001")).one()
        unit.name = "示例县更名局"
    scene.act(code, "submit_plan", "D001:liaison", NEXT, measures="逐项整改")
    with open_desk(readonly=True, today=NEXT) as desk:
        document = desk.session.get_one(Document, before.id)
        assert paper_of(desk, document).addressee == "示例县D001局"
        assert build_paper(desk, document)[0].addressee == "示例县更名局"
        assert (document.content, content_hash(document)) == (before.content, before.content_sha256)


def test_later_edits_of_rule_files_do_not_touch_an_open_campaign(scene: Scene, open_desk: OpenDesk) -> None:
    (number,) = draft(scene)
    with open_desk(by="L-DIRECTOR", today=NOTIFIED) as desk:
        gone = {**desk.rules.documents}
        gone["feedback_notice"] = gone["feedback_notice"].model_copy(update={"basis": (), "numbered": False})
        desk.rules = edited(desk.rules, documents=gone, catalogs={})
        sign_documents(desk, [number])
    document = scene.documents()[0]
    assert document.number == "示法督反馈〔2026〕1号"
    assert "法治政府建设与责任落实督察工作规定" in (document.content or "")


def edited(rules: Rulebook, **changes: object) -> Rulebook:
    return rules.model_copy(update=changes)


# ---- seal, issue, service -------------------------------------------------------------------------------------


def test_a_seal_needs_a_pdf_and_sends_the_notice_with_its_answer_form(
    scene: Scene, open_desk: OpenDesk
) -> None:
    (number,) = draft(scene)
    sign(scene, number)
    with pytest.raises(InvalidInput, match="不是 PDF"), open_desk(by="P90", today=NOTIFIED) as desk:
        seal_document(desk, number, scene.file("盖章.jpg", b"\xff\xd8\xff"))
    with pytest.raises(NotAllowed), open_desk(by="P02", today=NOTIFIED) as desk:
        seal_document(desk, number, scene.file("盖章.pdf", PDF))
    assert scene.messages() == []
    with open_desk(by="P90", today=NOTIFIED) as desk:
        seal_document(desk, number, scene.file("盖章.pdf", PDF))
    document = scene.documents()[0]
    files = {f.role: f for f in scene.rows(select(DocumentFile))}
    assert (document.state, document.issued_on) == ("issued", NOTIFIED)
    assert (files["sealed"].content, files["answer"].content[:2]) == (PDF, b"PK")
    assert sorted(m.recipient.split(".")[0] for m in scene.messages("document")) == [
        "head",
        "leader",
        "liaison",
    ]
    assert scene.told("document", number) == ["draft", "sign", "seal", "issue"]


def test_a_kind_without_seal_is_issued_with_its_signature(scene: Scene) -> None:
    scene.notify(BOTH[0])
    number = draft_other(scene, "urging")
    sign(scene, number, by="L-DEPUTY", on=NEXT)
    document = scene.documents()[-1]
    (pdf,) = [f for f in scene.rows(select(DocumentFile)) if f.document_id == number]
    assert (document.state, document.number) == ("issued", "示法督办〔2026〕1号")
    assert pdf.content.startswith(b"%PDF-")
    assert {m.recipient for m in scene.messages() if m.document_id == number} == {
        f"{role}.d001@shilixian.example" for role in ("liaison", "head", "leader")
    }


def test_a_work_secret_is_mailed_to_allowed_domains_only(scene: Scene, open_desk: OpenDesk) -> None:
    (number,) = draft(scene)
    with open_desk(today=NOTIFIED) as desk:
        unit = desk.session.exec(select(Unit).where(Unit.code == "D001")).one()
        unit.leader_email = "leader@elsewhere.example"
        desk.session.get_one(Document, number).secrecy = "work_secret"
    sign(scene, number)
    with open_desk(by="P90", today=NOTIFIED) as desk:
        seal_document(desk, number, scene.file("盖章.pdf", PDF))
    kinds = {m.recipient.rpartition("@")[2]: m.kind for m in scene.messages()}
    assert kinds == {"shilixian.example": "document", "elsewhere.example": "notice_collect"}


def test_a_service_lies_between_issue_and_today_and_its_first_day_counts(
    scene: Scene, open_desk: OpenDesk
) -> None:
    (number,) = draft(scene)
    with pytest.raises(InvalidInput, match="送达日期"), open_desk(by="P90", today=NOTIFIED) as desk:
        serve_document(desk, number, "hand", NOTIFIED)
    sign(scene, number)
    with open_desk(by="P90", today=NOTIFIED) as desk:
        seal_document(desk, number, scene.file("盖章.pdf", PDF))
    for day in (date(2026, 4, 7), date(2026, 4, 11)):
        with (
            pytest.raises(InvalidInput, match="送达日期"),
            open_desk(by="P90", today=date(2026, 4, 10)) as desk,
        ):
            serve_document(desk, number, "hand", day)
    for day in (NEXT, date(2026, 4, 10)):
        with open_desk(by="P90", today=date(2026, 4, 10)) as desk:
            serve_document(desk, number, "hand", day, scene.file("回证.pdf"))
    case = scene.case(f"{CODE}-D001-01")
    assert (scene.documents()[0].state, scene.documents()[0].served_on, case.served_on) == (
        "served",
        NEXT,
        NEXT,
    )
    assert [r.served_on for r in scene.rows(select(ServiceRecord))] == [NEXT, date(2026, 4, 10)]


def test_a_unit_acknowledges_for_itself_only(scene: Scene, open_desk: OpenDesk) -> None:
    scene.notify(*BOTH, serve=False)
    number = scene.documents()[0].id or 0
    for by, channel in (("T001:liaison", "acknowledgement"), ("D001:liaison", "hand"), ("P05", "hand")):
        with pytest.raises(NotAllowed), open_desk(by=by, today=NOTIFIED) as desk:
            serve_document(desk, number, channel, NOTIFIED)
    with open_desk(by="D001:liaison", today=NOTIFIED) as desk:
        serve_document(desk, number, "acknowledgement", NOTIFIED)
    assert [d.state for d in scene.documents()] == ["served", "issued"]


# ---- void -----------------------------------------------------------------------------------------------------


def test_a_void_keeps_its_number_and_stops_its_mails(scene: Scene, open_desk: OpenDesk) -> None:
    scene.notify(BOTH[0])
    number = draft_other(scene, "urging")
    sign(scene, number, by="L-DEPUTY", on=NEXT)
    with pytest.raises(InvalidInput, match="理由"), open_desk(by="L-DIRECTOR", today=NEXT) as desk:
        void_document(desk, number, " ")
    with open_desk(by="L-DIRECTOR", today=NEXT) as desk:
        void_document(desk, number, "内容有误")
    document = scene.documents()[-1]
    assert (document.state, document.number, document.void_reason) == (
        "void",
        "示法督办〔2026〕1号",
        "内容有误",
    )
    assert {m.state for m in scene.messages() if m.document_id == number} == {"cancelled"}
    again = draft_other(scene, "urging")
    sign(scene, again, by="L-DEPUTY", on=NEXT)
    assert scene.documents()[-1].number == "示法督办〔2026〕2号"


def test_a_signed_notice_is_not_voided_because_its_periods_run(scene: Scene, open_desk: OpenDesk) -> None:
    scene.notify(BOTH[0], serve=False)
    with pytest.raises(Refused, match="已开始计算"), open_desk(by="L-DIRECTOR", today=NEXT) as desk:
        void_document(desk, scene.documents()[0].id or 0, "内容有误")
    with pytest.raises(NotAllowed), open_desk(by="P90", today=NEXT) as desk:
        void_document(desk, scene.documents()[0].id or 0, "内容有误")
    assert scene.documents()[0].state == "issued"


def test_a_standing_authorisation_must_exist_for_the_kind_and_campaign(
    scene: Scene, open_desk: OpenDesk
) -> None:
    scene.notify(BOTH[0])
    number = draft_other(scene, "urging")
    with pytest.raises(NotAllowed, match="常设授权"), open_desk(today=NEXT) as desk:
        sign_by_authorisation(desk, desk.session.get_one(Document, number))
    assert scene.documents()[-1].state == "draft"


def test_a_document_of_another_office_is_not_found(scene: Scene, open_desk: OpenDesk) -> None:
    (number,) = draft(scene)
    with open_desk(today=NOTIFIED) as desk:
        other = make.store(desk, Office(code="other", name="其他"))
        desk.session.get_one(Document, number).office_id = other.id
    with pytest.raises(NotFound):
        sign(scene, number)
