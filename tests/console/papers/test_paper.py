"""One document: what it shows to whom, the acts that are offered, and what each does."""

from __future__ import annotations

from datetime import date

import pytest
from sqlmodel import select

from casework.paperwork.answers import list_items
from casework.paperwork.reviewing import put_in_review
from core.codes import Line
from delivery.sheets.answer import AnswerProblem, write_answer
from delivery.sheets.answer_return import read_answer_meta
from models.campaign import Campaign
from models.document import DocumentFile, DocumentReply, ServiceRecord
from models.message import Message
from models.record import AuditEntry
from tests.casework.scene import CODE, OPENED, PDF
from tests.console.conftest import TODAY
from tests.console.papers.conftest import MAJOR, PASSWORD, Office
from tests.console.test_pages import MOST_BYTES, MOST_QUERIES, queries_of
from tests.make import make_campaign, make_document, make_finding_and_case, make_referral, make_unit

PNG = b"\x89PNG\r\n\x1a\n"


def acts_offered(text: str, number: int) -> set[str]:
    """Return the acts whose forms stand on a page."""
    return {part.partition('"')[0] for part in text.split(f'action="/documents/{number}/')[1:]}


def reviewed_kind(office: Office) -> int:
    """Draft a 意见书, which asks for review; return its number."""
    office.scene.confirm(MAJOR)
    with office.scene.open_desk(today=OPENED) as desk:
        campaign = desk.session.exec(select(Campaign)).one()
        campaign.line = Line.ENFORCEMENT.value
        campaign.plan = campaign.plan.replace('"document":null', '"document":"opinion_letter"')
    answer = office.post("P90", "/documents/new/notices", campaign=CODE)
    assert answer.status_code == 303, answer.text
    (document,) = office.scene.documents("opinion_letter")
    return document.id or 0


def letter_of_referral(office: Office) -> int:
    """Write a letter of the compartment that waits; return its number."""
    with office.scene.open_desk(by="L-DIRECTOR", today=TODAY) as desk:
        campaign, unit = make_campaign(desk), make_unit(desk)
        case = make_finding_and_case(desk, campaign, unit, "2026-ZH-01-D001-01")
        letter = make_document(
            desk, campaign, unit, "referral_letter", case, state="draft", drafted_by="system", drafted_on=TODAY,
            secrecy="work_secret", rules_sha256=campaign.rules_sha256, inputs=LETTER,
        )  # fmt: skip
        make_referral(desk, case, document_id=letter.id)
        return letter.id or 0


LETTER = (
    '{"receiver_name":"示例县人民检察院","values":{"facts":"事实","materials":[{"name":"清单","copies":"1份"}],"opinion":"意见",'
    '"source":"来源","subject":"某局","verified":"查证"}}'
)


@pytest.mark.parametrize("who", ["L-DIRECTOR", "P90", "P07"])
def test_the_page_of_a_draft_keeps_to_its_queries_and_shows_every_page(office: Office, who: str) -> None:
    (number,) = office.draft()
    browser = office.browser(who)

    with queries_of(office.engine) as queries:
        answer = browser.get(f"/documents/{number}")

    assert answer.status_code == 200
    assert len(queries) <= MOST_QUERIES, "\n".join(queries)
    assert len(answer.content) < MOST_BYTES
    pages = answer.text.count('class="papers-page"')
    assert pages > 1
    for page in range(1, pages + 1):
        assert browser.get(f"/documents/{number}/preview/{page}").content.startswith(PNG)
    assert browser.get(f"/documents/{number}/preview/{pages + 1}").status_code == 404
    assert browser.get(f"/documents/{number}/preview/1?v=0000").status_code == 404


def test_the_page_of_a_served_document_keeps_to_its_queries(office: Office) -> None:
    (number,) = office.draft()
    office.issue(number)
    office.post("P90", f"/documents/{number}/serve", serve_channel="hand", serve_on="2026-06-30")
    office.post("P90", f"/documents/{number}/reply", reply_outcome="received")

    for who in ("L-DIRECTOR", "P90"):
        with queries_of(office.engine) as queries:
            answer = office.get(who, f"/documents/{number}")
        assert answer.status_code == 200
        assert len(queries) <= MOST_QUERIES, "\n".join(queries)


def test_the_acts_offered_are_those_of_the_state_and_the_role(office: Office) -> None:
    (number,) = office.draft()

    def offered(who: str) -> set[str]:
        return acts_offered(office.get(who, f"/documents/{number}").text, number)

    assert offered("L-DIRECTOR") == {"sign", "review", "void"}
    assert offered("P90") == {"review"}
    assert offered("P07") == set()
    office.post("P90", f"/documents/{number}/review")
    assert offered("P07") == {"approve", "return"}
    assert offered("P90") == {"review", "return"}
    office.sign(number)
    assert offered("P90") == {"seal"}
    assert offered("P07") == set()
    office.post("P90", f"/documents/{number}/seal", files={"seal_file": ("盖章.pdf", PDF)})
    assert offered("P90") == {"serve", "reply", "workbook", "mail"}


def test_a_kind_that_asks_for_review_is_sent_approved_and_then_signed(office: Office) -> None:
    number = reviewed_kind(office)
    assert "还没有核稿" in office.get("L-DIRECTOR", f"/documents/{number}").text
    refused = office.post("L-DIRECTOR", f"/documents/{number}/sign", proof=PASSWORD)
    assert (refused.status_code, office.row(number).state) == (409, "draft")

    office.post("P90", f"/documents/{number}/review")
    assert "核稿" in office.get("P07", "/signing").text
    own = office.post("P90", f"/documents/{number}/approve", approve_step="reviewed")
    assert own.status_code == 403
    assert "本人" in own.text
    approved = office.post(
        "P07", f"/documents/{number}/approve", approve_step="reviewed", approve_note="同意"
    )
    assert approved.status_code == 303
    office.sign(number)
    assert office.row(number).state == "signed"


def test_a_draft_is_given_back_with_a_reason_that_stays_typed_when_it_is_missing(office: Office) -> None:
    (number,) = office.draft()
    office.post("P90", f"/documents/{number}/review")

    empty = office.post("P07", f"/documents/{number}/return", return_reason=" ")
    assert empty.status_code == 400
    assert "请填写“退回理由”" in empty.text
    office.post("P07", f"/documents/{number}/return", return_reason="依据不全")
    assert office.row(number).state == "draft"


def test_a_seal_must_be_a_pdf_and_issues_the_document_with_its_mails(office: Office) -> None:
    (number,) = office.draft()
    office.sign(number)

    wrong = office.post("P90", f"/documents/{number}/seal", files={"seal_file": ("盖章.pdf", b"no pdf")})
    none = office.post("P90", f"/documents/{number}/seal")
    assert (wrong.status_code, none.status_code, office.row(number).state) == (400, 400, "signed")
    office.post("P90", f"/documents/{number}/seal", files={"seal_file": ("盖章.pdf", PDF)})

    assert office.row(number).state == "issued"
    assert office.get("P90", f"/documents/{number}/pdf").content == PDF
    mails = office.scene.rows(select(Message).where(Message.document_id == number))
    assert {one.state for one in mails} == {"ready"}


def test_service_is_recorded_with_its_proof_which_can_be_saved(office: Office) -> None:
    (number,) = office.draft()
    office.issue(number)
    early = office.post("P90", f"/documents/{number}/serve", serve_channel="left", serve_on="2026-06-01",
                        serve_note="拒收，社区干部见证")  # fmt: skip
    assert early.status_code == 400
    assert "社区干部见证" in early.text

    served = office.post(
        "P90", f"/documents/{number}/serve", files={"serve_file": ("回证.pdf", b"%PDF-1.7 proof")},
        serve_channel="left", serve_on="2026-06-30", serve_note="拒收，社区干部见证",
    )  # fmt: skip

    assert served.status_code == 303
    (record,) = office.scene.rows(select(ServiceRecord))
    assert (record.channel, record.served_on, record.note) == ("left", TODAY, "拒收，社区干部见证")
    proof = office.get("P90", f"/documents/{number}/proof").text
    assert "留置送达" in proof
    assert "社区干部见证" in proof
    saved = office.get("P90", f"/documents/{number}/proofs/{record.file_sha256}")
    assert saved.content == b"%PDF-1.7 proof"
    assert saved.headers["content-disposition"].startswith("attachment")
    assert office.get("P90", f"/documents/{number}/proofs/{'0' * 64}").status_code == 404


def test_an_answer_and_what_became_of_each_opinion_are_recorded(office: Office) -> None:
    number = reviewed_kind(office)
    office.post("P90", f"/documents/{number}/review")
    office.post("P07", f"/documents/{number}/approve", approve_step="reviewed")
    office.issue(number)

    office.post("P90", f"/documents/{number}/reply", reply_outcome="not_obeyed", reply_note="没有办理")
    (reply,) = office.scene.rows(select(DocumentReply))
    assert (reply.outcome, reply.replied_on) == ("not_obeyed", TODAY)
    page = office.get("P90", f"/documents/{number}").text
    assert "没有办理" in page
    assert "逐条登记落实情况" in page
    answer = office.post(
        "P90", f"/documents/{number}/items", item_number="1", item_result="partly", item_note="一部分"
    )
    assert answer.status_code == 303
    with office.scene.open_desk(by="P90", today=TODAY, readonly=True) as desk:
        assert [one["result"] for one in list_items(desk, number)] == ["partly"]


def test_a_filled_workbook_is_taken_only_for_its_own_document(office: Office) -> None:
    first, second = office.draft(MAJOR, ("T001", "E24", "minor"))
    for number in (first, second):
        office.issue(number)
    form = next(
        one
        for one in office.scene.rows(select(DocumentFile))
        if (one.document_id, one.role) == (first, "answer")
    )
    assert office.get("P90", f"/documents/{first}/files/{form.id}").content == form.content
    assert office.get("P90", f"/documents/{second}/files/{form.id}").status_code == 404
    meta = read_answer_meta(form.content, name="报告表.xlsx")
    problems = [AnswerProblem(code, "未按规定公示执法信息。", due) for code, due in meta.due]
    filled = {one.case: {"整改措施": "逐项公示。", "责任人": "联络员"} for one in problems}
    workbook = write_answer(meta, problems, made_on=TODAY, filled=filled)

    wrong = office.post(
        "P90", f"/documents/{second}/workbook", files={"workbook_file": ("报告表.xlsx", workbook)}
    )
    right = office.post(
        "P90", f"/documents/{first}/workbook", files={"workbook_file": ("报告表.xlsx", workbook)}
    )

    assert wrong.status_code == 400, wrong.text.partition('class="refused"')[2][:600]
    assert "不是这份通知书的报告表" in wrong.text
    assert right.status_code == 303, right.text
    assert [office.row(one).state for one in (first, second)] == ["served", "issued"]


def test_voiding_asks_for_a_reason_and_the_director(office: Office) -> None:
    (number,) = office.draft()

    assert office.post("P90", f"/documents/{number}/void", void_reason="重复").status_code == 403
    assert office.post("L-DIRECTOR", f"/documents/{number}/void").status_code == 400
    assert office.post("L-DIRECTOR", f"/documents/{number}/void", void_reason="重复").status_code == 303
    assert (office.row(number).state, office.row(number).void_reason) == ("void", "重复")


def test_somebody_of_the_field_sees_only_the_documents_of_their_visits(office: Office) -> None:
    (number,) = office.draft()

    assert office.get("P01", f"/documents/{number}").status_code == 200  # on the visit
    for part in ("", "/pdf", "/preview/1", "/proof", "/sheet"):
        assert office.get("P05", f"/documents/{number}{part}").status_code == 404
        assert office.get("D001:liaison", f"/documents/{number}{part}").status_code == 403
    answer = office.post("P03", f"/documents/{number}/sign", proof=PASSWORD)
    assert (answer.status_code, office.row(number).state) == (404, "draft")


def test_the_list_is_narrowed_by_campaign_and_by_words_of_number_and_title(office: Office) -> None:
    first, second = office.draft(MAJOR, ("T001", "E24", "minor"))
    office.sign(first)

    def listed(query: str) -> set[int]:
        text = office.get("P90", f"/documents{query}").text
        return {one for one in (first, second) if f'href="/documents/{one}"' in text}

    assert listed("") == {first, second}
    assert listed(f"?campaign={CODE}") == {first, second}
    assert listed("?q=反馈〔2026〕1号") == {first}
    assert listed("?q=示例县D001局 反馈意见") == {first}
    assert listed("?q=100%25") == set()
    assert office.get("P90", "/documents?campaign=none").status_code == 400


# ---- the compartment ----------------------------------------------------------------------------------------------


def test_a_letter_of_the_compartment_is_read_and_signed_by_its_people_and_each_look_is_noted(
    office: Office,
) -> None:
    number = letter_of_referral(office)
    assert office.get("L-DIRECTOR", f"/documents/{number}").status_code == 404
    assert f'href="/letters/{number}"' in office.get("L-DIRECTOR", "/signing").text

    page = office.get("L-DIRECTOR", f"/letters/{number}")
    assert page.status_code == 200, page.text
    assert "仅限指定人员知悉" in page.text
    assert f"/letters/{number}/edit" not in page.text
    looks = [one for one in office.scene.rows(select(AuditEntry)) if one.act == "view"]
    assert [(one.subject, one.subject_id, one.actor) for one in looks] == [("document", number, "L-DIRECTOR")]
    signed = office.post("L-DIRECTOR", f"/letters/{number}/sign", proof=PASSWORD)
    assert (signed.status_code, signed.headers.get("location")) == (303, f"/letters/{number}"), signed.text
    assert office.row(number).state == "signed"


@pytest.mark.parametrize("who", ["P90", "P07", "P01", "D001:liaison"])
def test_nobody_else_learns_of_a_letter_of_the_compartment(office: Office, who: str) -> None:
    number = letter_of_referral(office)
    with office.scene.open_desk(today=date(2026, 6, 30)) as desk:
        for code, roles in (("P90", "officer"), ("P07", "reviewer"), ("P01", "inspector")):
            if code == who:
                from tests.make import make_person

                make_person(desk, code, roles=roles)

    for part in ("", "/pdf", "/docx", "/preview/1", "/proof", "/sheet", "/files/1"):
        assert office.get(who, f"/letters/{number}{part}").status_code in (403, 404)
    assert "贯通联动函件" not in office.get(who, "/signing").text
    assert office.row(number).state == "draft"


def test_a_document_that_waits_in_review_is_told_to_those_who_may_review_it(office: Office) -> None:
    (number,) = office.draft()
    with office.scene.open_desk(by="P90", today=TODAY) as desk:
        put_in_review(desk, number)

    assert f'href="/documents/{number}"' in office.get("P07", "/signing").text
    assert f'href="/documents/{number}"' not in office.get("P90", "/signing").text
