"""Document kinds are data: a rule file and a template folder make a kind, whatever it is used for."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlmodel import col, select

from casework.desk import Actor, Desk
from casework.inspection.campaigns import plan_campaign
from casework.paperwork.documents import CaseOnDocument, draft_document, sign_by_authorisation, sign_documents
from casework.paperwork.freevalues import OWN_NAMES, PERIOD
from casework.paperwork.kinds import kinds_in_order, name_of_kind
from casework.paperwork.notices import draft_by_hand, draft_notices
from casework.paperwork.papers import paper_of
from casework.paperwork.reviewing import approve_document, put_in_review
from casework.paperwork.serving import serve_document
from core.campaign.campaignplan import notice_rule, read_plan
from core.codes import DocumentContent, Line
from core.errors import InvalidInput, NotAllowed, NotFound, Refused
from core.life.rectification import RequestKind
from delivery import wording
from delivery.paper import Paper, read_paper
from delivery.wording import SAMPLES, sample_of
from models.campaign import Campaign, Finding, Visit
from models.document import Document, DocumentFile
from models.message import Message
from models.organisation import Unit
from models.rectification import Rectification
from system.paths import RULES_DIR, TEMPLATES_DIR
from system.settings import Settings
from tests import make
from tests.casework.conftest import OpenDesk, open_desks_on
from tests.casework.past import sweep
from tests.casework.scene import CODE, NOTIFIED, OPENED, PLAN, PLANNED, Scene, plan_json

MAJOR = ("D001", "E24", "major")
DAY = date(2026, 4, 20)
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


def on_enforcement_line(scene: Scene) -> None:
    """Let the campaign of the scene belong to the enforcement line."""
    with scene.open_desk(today=OPENED) as desk:
        desk.session.exec(select(Campaign)).one().line = Line.ENFORCEMENT.value


def by_hand(
    scene: Scene, kind: str, values: Mapping[str, Any], *cases: str, unit: str = "D001", on: date = DAY,
    major: str = "",
) -> int:  # fmt: skip
    """Draft a document by hand; return its number."""
    with scene.open_desk(by="P90", today=on) as desk:
        return draft_by_hand(desk, CODE, kind, unit, values, cases, major=major).id or 0


def signed(scene: Scene, number: int, *, file: Path | None = None, on: date = DAY) -> tuple[Document, Paper]:
    """Let the director sign; return the document with its frozen paper."""
    with scene.open_desk(by="L-DIRECTOR", today=on) as desk:
        sign_documents(desk, [number], file)
    document = next(one for one in scene.documents() if one.id == number)
    return document, read_paper((document.content or "").encode())


def said(paper: Paper) -> str:
    return "\n".join(block.text for block in paper.blocks if not hasattr(block, "rows"))


# ---- drafted by hand ------------------------------------------------------------------------------------------


def test_a_letter_drafted_by_hand_is_signed_and_numbered_like_any_other(scene: Scene) -> None:
    scene.notify(MAJOR)
    on_enforcement_line(scene)
    document, paper = signed(scene, by_hand(scene, "supervision_letter", LETTER))
    assert (document.number, document.state) == ("示司执监督〔2026〕1号", "signed")
    assert (paper.issuer, paper.signature_name) == ("示例县司法局", "示例县司法局")
    text = said(paper)
    assert "根据《行政执法监督条例》第二十七条的规定" in text
    assert "自本函签发之日起15个工作日内，即2026年5月13日前" in text
    assert "（二）建立转办台账。" in text


def test_a_bulletin_or_an_interview_names_the_cases_it_is_about(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR)
    values = {
        "interviewee": "主要负责人",
        "reason": "整改推进不力",
        "held_on": "2026-04-24",
        "held_at": "上午9时",
        "place": "三楼会议室",
        "interviewer": "主任",
        "reply": {"count": "5", "unit": "workday", "start": "约谈结束", "from": "2026-04-24"},
    }
    _document, paper = signed(scene, by_hand(scene, "interview_notice", values, code))
    (table,) = [block for block in paper.blocks if hasattr(block, "rows")]
    assert table.rows[0][1] == code
    assert "自约谈结束之日起5个工作日内，即2026年5月6日前" in said(paper)


def test_values_that_are_missing_or_do_not_fit_are_all_named(scene: Scene) -> None:
    scene.notify(MAJOR)
    on_enforcement_line(scene)
    wrong = {
        "facts": "情况",
        "demands": "不是列表",
        "reply": {"count": "many"},
        "tone": "严厉",
        "cited": ["某法"],
    }
    with pytest.raises(InvalidInput) as refused:
        by_hand(scene, "supervision_letter", wrong)
    for part in (
        "缺少 duty",
        "demands应为列表",
        "reply.count",
        "reply.unit",
        "多出 tone",
        "cited 由系统填写",
    ):
        assert part in (refused.value.found or "")
    assert [one.kind for one in scene.documents()] == ["feedback_notice"]


def test_a_mark_of_a_state_secret_in_the_values_is_refused(scene: Scene) -> None:
    scene.notify(MAJOR)
    on_enforcement_line(scene)
    with pytest.raises(InvalidInput, match="国家秘密"):
        by_hand(scene, "supervision_letter", {**LETTER, "facts": "机密★10年 事项"})


@pytest.mark.parametrize("kind", ["urging", "feedback_notice", "referral_letter"])
def test_what_the_machine_drafts_is_not_drafted_by_hand(scene: Scene, kind: str) -> None:
    scene.notify(MAJOR)
    with pytest.raises(InvalidInput, match="不是逐件拟写"):
        by_hand(scene, kind, {})


def test_a_kind_of_the_other_line_an_unknown_kind_and_a_stranger_s_case_are_refused(scene: Scene) -> None:
    codes = scene.notify(MAJOR, ("T001", "F27", "minor"))
    with pytest.raises(InvalidInput, match="不用于本条线"):
        by_hand(scene, "supervision_letter", LETTER)
    with pytest.raises(NotFound):
        by_hand(scene, "opinion", {})
    with pytest.raises(NotFound):
        by_hand(scene, "bulletin", {}, codes[1], unit="X999")
    with pytest.raises(Refused, match="不能写入"):
        by_hand(scene, "bulletin", {}, codes[1], unit="D001")


# ---- the government decides -----------------------------------------------------------------------------------


def test_a_decision_is_refused_without_that_of_the_government(scene: Scene) -> None:
    scene.notify(MAJOR)
    on_enforcement_line(scene)
    number = by_hand(scene, "decision", DECISION, major="多年不履职，影响较大")
    scene.review(number, on=DAY)
    with pytest.raises(InvalidInput, match="没有政府的决定"):
        signed(scene, number)
    assert scene.documents("decision")[0].state == "in_review"
    document, paper = signed(scene, number, file=scene.file("县政府决定.pdf"))
    assert document.number == "示政执监决〔2026〕1号"
    assert (paper.issuer, paper.signature_name) == ("示例县人民政府", "示例县人民政府")
    (file,) = [one for one in scene.rows(select(DocumentFile)) if one.document_id == number]
    assert (file.role, file.name) == ("decision", "县政府决定.pdf")


def test_nobody_authorises_a_decision_in_advance(scene: Scene) -> None:
    scene.notify(MAJOR)
    on_enforcement_line(scene)
    number = by_hand(scene, "decision", DECISION, major="多年不履职，影响较大")
    with pytest.raises(NotAllowed), scene.open_desk(by=None, today=DAY) as desk:
        sign_by_authorisation(desk, desk.session.get_one(Document, number))


# ---- the first notice of a campaign ---------------------------------------------------------------------------


def test_a_plan_names_any_notice_of_its_line_and_no_other(scene: Scene) -> None:
    scene.settle()
    text = PLAN.replace("line: party", "line: enforcement").replace("comprehensive", "enforcement_special")
    with scene.open_desk(readonly=True) as desk:
        rules, office = desk.rules, desk.office.code
    for document, expected in (("", "rectification_notice"), ("opinion_letter", "opinion_letter")):
        plan = read_plan(text + (f"notice: {{document: {document}}}\n" if document else ""), "campaign.yaml")
        assert notice_rule(plan, Line.ENFORCEMENT, rules, office).code == expected
    for document in ("feedback_notice", "urging", "opinion_leter"):
        path = scene.file("campaign.yaml", (text + f"notice: {{document: {document}}}\n").encode())
        refused = pytest.raises(InvalidInput, match=r"notice\.document")
        with refused, scene.open_desk(by="P90", today=PLANNED) as desk:
            plan_campaign(desk, path)


def test_an_opinion_letter_opens_cases_with_due_dates_and_the_answer_form(scene: Scene) -> None:
    (code,) = scene.confirm(MAJOR)
    on_enforcement_line(scene)
    with scene.open_desk(today=OPENED) as desk:
        campaign = desk.session.exec(select(Campaign)).one()
        campaign.plan = campaign.plan.replace('"document":null', '"document":"opinion_letter"')
    with scene.open_desk(by="P90", today=NOTIFIED) as desk:
        (number,) = [one.id or 0 for one in draft_notices(desk, CODE)]
    scene.review(number)
    document, paper = signed(scene, number, on=NOTIFIED)
    assert (document.kind, document.number) == ("opinion_letter", "示司执监意〔2026〕1号")
    assert paper.attachments == ("整改情况报告表",)
    assert "即2026年4月29日前纠正" in said(paper)
    assert scene.case(code).due_on == date(2026, 4, 29)


# ---- a kind that did not exist --------------------------------------------------------------------------------

NEW_RULE = """\
code: reminder_card
name: 提醒卡
content: {content}
line: party
verified: false
checked: 建议
basis:
  - {{document: 《某规定》, note: 提醒, verified: true, checked: 内容, source: D01, line: party}}
{more}series: sheet
numbered: true
signer: director
layout: form
recipients: [liaison]
sealed: {sealed}
mailed: true
secrecy: internal
"""


@pytest.fixture
def templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a copy of the templates that a test may add to."""
    folder = tmp_path / "templates"
    shutil.copytree(TEMPLATES_DIR / "documents", folder)
    monkeypatch.setattr(wording, "DOCUMENTS", folder)
    wording._sample.cache_clear()
    monkeypatch.setattr(wording, "_SANDBOX", wording.open_wording(folder))
    return folder


def add_kind(scene: Scene, templates: Path, content: str, model: str, more: str = "") -> Scene:
    """Add a kind as a person would, its templates copied from a model; return the scene under these rules."""
    rules, sealed = scene.folder / "rules", str(content == "findings").lower()
    shutil.copytree(RULES_DIR, rules)
    (rules / "documents/reminder_card.yaml").write_text(
        NEW_RULE.format(content=content, more=more, sealed=sealed), "utf-8"
    )
    shutil.copytree(templates / model, templates / "reminder_card")
    with scene.open_desk(readonly=True) as desk:
        engine = desk.session.get_bind()
    settings = Settings(rules=rules, files=scene.folder / "files")
    return Scene(open_desks_on(engine.engine, settings), scene.folder)


def test_a_new_sheet_is_sent_by_a_rung_that_names_it(scene: Scene, templates: Path) -> None:
    county = add_kind(scene, templates, "sheet", "urging")
    path = scene.folder / "rules/ladders/problem.yaml"
    path.write_text(path.read_text("utf-8").replace("document: urging", "document: reminder_card"), "utf-8")
    (code,) = county.notify(MAJOR)
    for day in (date(2026, 4, 22), date(2026, 4, 30)):
        sweep(county.open_desk, day)
    (sheet,) = county.documents("reminder_card")
    assert (sheet.content_kind, sheet.state) == ("sheet", "draft")
    _document, paper = signed(county, sheet.id or 0, on=date(2026, 4, 30))
    assert code in str(paper.blocks)
    with county.open_desk(readonly=True) as desk:
        assert name_of_kind(desk, "reminder_card") == "提醒卡"
        assert "reminder_card" in {rule.code for rule in kinds_in_order(desk.rules)}


def test_a_new_notice_opens_cases_with_the_period_its_rule_sets(scene: Scene, templates: Path) -> None:
    right = "{period: 15, unit: day, answer_period: 15, answer_unit: day}"
    more = f"period: 30\nperiod_unit: day\nstarts_on: signed\nobjection: {right}\n"
    county = add_kind(scene, templates, "findings", "feedback_notice", more)
    office = scene.folder / "rules/offices/shilixian.yaml"
    office.write_text(
        office.read_text("utf-8").replace("notice: feedback_notice", "notice: reminder_card"), "utf-8"
    )
    (code,) = county.notify(MAJOR, on=date(2026, 4, 1))
    (notice,) = county.documents("reminder_card")
    paper = read_paper((notice.content or "").encode())
    assert "自本提醒卡签发之日起30日内" not in said(paper)
    assert "自本文书签发之日起30日内，即2026年5月6日前完成。" in said(paper)  # 1 May is a holiday
    assert "我单位自收到异议之日起15日内答复。" in said(paper)
    assert county.case(code).due_on == date(2026, 5, 6)


def test_a_new_letter_is_drafted_by_hand(scene: Scene, templates: Path) -> None:
    county = add_kind(scene, templates, "free", "suggestion_letter", "reply_workdays: 10\n")
    county.notify(MAJOR)
    values = {"topic": "检查计划", "facts": "情况", "causes": "原因", "suggestions": ["建议"]}
    document, paper = signed(county, by_hand(county, "reminder_card", values))
    assert document.number == "示法督办〔2026〕1号"
    assert "自本文书签发之日起10个工作日内" in said(paper)
    assert [mail.document_id for mail in county.rows(select(Message)) if mail.document_id == document.id]


# ---- two lines, never mixed -----------------------------------------------------------------------------------


def written_by(desk: Desk, kind: str, campaign: Campaign) -> Document:
    """Draft a document of any kind about the campaign's case, with all that its content asks for."""
    case = desk.session.exec(
        select(Rectification).where(col(Rectification.campaign_id) == campaign.id)
    ).first()
    visit = desk.session.exec(select(Visit).where(col(Visit.campaign_id) == campaign.id)).one()
    assert case is not None
    request = make.make_request(
        desk, case, RequestKind.EXTENSION, number=case.returns + 1, state="granted", until_on=DAY,
        granted_until_on=DAY, due_before=DAY,
    )  # fmt: skip
    case.returns += 1
    sample = sample_of(kind)
    values = {
        name: {"count": "5", "unit": "workday"}
        if isinstance(value, dict) and value.keys() >= PERIOD
        else value
        for name, value in sample.items()
        if name not in OWN_NAMES | {"unit", "cases", "subject_unit", "feedback", "objection_answer"}
    }
    inputs: dict[str, object] = {
        "major": "问题重大",
        "applied_on": DAY.isoformat(),
        "verified_on": DAY.isoformat(),
        "visit": visit.id,
        "request": request.id,
        "receiver_name": "某机关",
    }
    if desk.rules.document(kind).content in (
        DocumentContent.FREE,
        DocumentContent.CORRECTION,
        DocumentContent.REFERRAL,
    ):
        inputs["values"] = values
    on = [CaseOnDocument(case.id, due_on=case.due_on)]
    return draft_document(desk, kind, campaign, visit.unit_id, inputs=inputs, cases=on, author="P90")


def review_at(desk: Desk, number: int) -> None:
    """Let a reviewer approve a document at a desk that somebody else sits at."""
    put_in_review(desk, number)
    signer, desk.actor = desk.actor, Actor("P07", "复核员", frozenset({"reviewer"}))
    for step in ("reviewed", "legal"):
        approve_document(desk, number, step)
    desk.actor = signer


@pytest.mark.parametrize("line", [Line.PARTY, Line.ENFORCEMENT])
def test_no_document_of_one_line_bears_the_other_s_issuer_seal_number_or_law(
    open_desk: OpenDesk, scene: Scene, line: Line
) -> None:
    other = Line.ENFORCEMENT if line is Line.PARTY else Line.PARTY
    with open_desk(by="L-COUNTY", today=DAY) as desk:
        unit, people = make.make_unit(desk), [make.make_person(desk, code) for code in ("P01", "P02")]
        campaign = make.make_campaign(desk, CODE, line=line.value, plan=plan_json())
        make.make_visit(desk, campaign, unit, *people)
        profile, strange = desk.office_rules.lines[line], desk.office_rules.lines[other]
        mine = {series.code_text for series in profile.series.values()}
        theirs = {
            basis.document.split("（")[0]
            for rule in desk.rules.documents.values()
            for basis in rule.basis
            if basis.line is other
        }
        item = next(  # a problem may well break the law by which the other line works
            one.id
            for one in desk.rules.catalogs[make.CATALOG].items
            if one.citable(DAY)
            and not any(law in basis.document for basis in one.legal_basis for law in theirs)
        )
        make.make_finding_and_case(
            desk, campaign, unit, f"{CODE}-D001-01", finding={"item": item}, due_on=DAY
        )
        decision = scene.file("决定.pdf")
        for rule in desk.rules.documents.values():
            if not rule.serves(line) or rule.code.startswith("litigation_"):
                continue  # a sheet of litigation is about a matter in court, never about a campaign
            document = written_by(desk, rule.code, campaign)
            if rule.review != "none":
                review_at(desk, document.id or 0)
            (document,) = sign_documents(desk, [document.id or 0], decision)
            paper = paper_of(desk, document)
            issuer = profile.government if rule.by_government else profile.issuer
            assert (paper.issuer, document.series in mine) == (issuer, True), rule.code
            assert paper.signature_name in (profile.seal_name, profile.government), rule.code
            assert paper.printed_by == issuer, rule.code
            assert strange.issuer not in (paper.issuer, paper.signature_name), rule.code
            assert not [law for law in theirs if law in (document.content or "")], rule.code


def test_the_two_lines_share_neither_issuer_nor_seal_nor_series(desk: Desk) -> None:
    lines = desk.office_rules.lines
    names = [{p.issuer, p.seal_name, *(s.code_text for s in p.series.values())} for p in lines.values()]
    assert not set.intersection(*names)


# ---- the law of the day on which a matter was opened ----------------------------------------------------------


@pytest.mark.parametrize(
    ("opened_on", "expected"),
    [
        (date(2026, 1, 30), "《示例省行政执法监督条例》第三十一条"),
        (date(2026, 2, 1), "《行政执法监督条例》第二十七条"),
    ],
)
def test_a_matter_keeps_the_law_of_the_day_on_which_it_was_opened(
    scene: Scene, tmp_path: Path, opened_on: date, expected: str
) -> None:
    rules = tmp_path / "rules"
    shutil.copytree(RULES_DIR, rules)
    path = rules / "documents/supervision_letter.yaml"
    tree = yaml.safe_load(path.read_text("utf-8"))
    tree["basis"].append({
        "document": "《示例省行政执法监督条例》（2021年修订）", "article": "第三十一条", "note": "督促履行",
        "verified": True, "checked": "条文", "source": "D02", "line": "enforcement", "region": "示例省",
        "opened_until": "2026-01-31",
    })  # fmt: skip
    path.write_text(yaml.safe_dump(tree, allow_unicode=True), "utf-8")
    with scene.open_desk(readonly=True) as desk:
        engine = desk.session.get_bind().engine
    county = Scene(open_desks_on(engine, Settings(rules=rules, files=tmp_path / "files")), tmp_path)
    county.notify(MAJOR)
    on_enforcement_line(county)
    with county.open_desk(today=OPENED) as desk:
        desk.session.exec(select(Campaign)).one().opened_on = opened_on
    _document, paper = signed(county, by_hand(county, "supervision_letter", LETTER))
    assert f"根据{expected}的规定" in said(paper)


# ---- corrections ----------------------------------------------------------------------------------------------


def test_a_correction_names_each_period_before_and_after(scene: Scene) -> None:
    (code,) = scene.notify(MAJOR)
    changes = [
        {
            "number": code,
            "item": "行政执法公示",
            "before": "2026-04-29",
            "after": "2026-05-06",
            "reason": "放假2日",
        }
    ]
    with scene.open_desk(by="P90", today=DAY) as desk:
        campaign = desk.session.exec(select(Campaign)).one()
        unit = desk.session.exec(select(Unit).where(Unit.code == "D001")).one()
        kind = desk.rules.document_with(DocumentContent.CORRECTION, Line(campaign.line)).code
        values = {"reason": "放假安排已经公布", "changes": changes}
        number = draft_document(desk, kind, campaign, unit.id or 0, inputs={"values": values}).id or 0
    document, paper = signed(scene, number)
    (table,) = [block for block in paper.blocks if hasattr(block, "rows")]
    assert table.rows[0][3:5] == ("2026年4月29日", "2026年5月6日")
    assert document.number == "示法督函〔2026〕1号"


def test_a_letter_of_linkage_is_told_by_its_content_not_by_its_name(
    scene: Scene, open_desk: OpenDesk
) -> None:
    scene.notify(MAJOR)
    with open_desk(by="P91", today=DAY) as desk:
        case = desk.session.exec(select(Rectification)).one()
        finding = desk.session.get_one(Finding, case.id)
        campaign = desk.session.get_one(Campaign, finding.campaign_id)
        unit = desk.session.get_one(Unit, case.unit_id)
        letter = make.make_document(
            desk, campaign, unit, "bulletin", case, state="issued", issued_on=DAY,
            content_kind=DocumentContent.REFERRAL.value,
        )  # fmt: skip
        with pytest.raises(NotAllowed, match="不向被督察单位送达"):
            serve_document(desk, letter.id or 0, "hand", DAY)


def test_the_sample_of_every_free_kind_can_be_given_by_a_person(desk: Desk) -> None:
    free = [rule.code for rule in kinds_in_order(desk.rules) if rule.content is DocumentContent.FREE]
    assert set(free) <= SAMPLES.keys()
    assert {"supervision_letter", "decision", "suggestion_letter", "case_transfer_letter"} <= set(free)
