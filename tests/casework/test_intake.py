"""Mail that came in as people see and handle it, on both databases; a return never counts as service."""

from __future__ import annotations

import hashlib
from datetime import date

import pytest
from sqlmodel import select

from casework.desk import Desk
from casework.invariants.history import check_history
from casework.invariants.mails import check_mails
from casework.lights.climbing import must_be_served
from casework.lights.deadlines import due_cases, sweep_batch
from casework.lights.rungs import SweepReport
from casework.linkage.referrals import approve, screen, study
from casework.mail.intake import Arrival, take_in
from casework.mail.intakeacts import dismiss_inbound, file_inbound
from casework.mail.intakeview import inbound_about, inbound_view, inbox_view, saved_inbound
from casework.mail.mailbox import mailbox_view
from casework.mail.outbox import resolve
from casework.mail.settling import finish
from casework.moves import move
from casework.paperwork.paperview import document_view
from casework.paperwork.serving import serve_document
from casework.paperwork.unservedview import NextStep, unserved_view
from casework.rectification.casefile import case_view
from core.errors import InvalidInput, NotAllowed, NotFound, Refused
from core.inbound import InboundKind
from core.life.inboundlife import InboundState
from core.life.lives import MESSAGE_MOVES, MessageAct, MessageState
from delivery.inbound.classifying import classify
from delivery.inbound.reading import read_letter
from models.base import key_of
from models.document import Document
from models.inbound import InboundMail
from models.message import Message
from models.rectification import Evidence, Rectification, Rung
from models.referral import Referral
from models.task import Task
from tests import make
from tests.casework.scene import NOTIFIED, Scene
from tests.delivery.inbound.corpus import samples
from tests.delivery.inbound.mailmaking import ID, OFFICE, block, mail, report

DAY, LATER = date(2026, 4, 9), date(2026, 4, 20)
FROM = "liaison.d001@shilixian.example"
OURS = frozenset({OFFICE})
FULL = block("failed", "5.2.2", "552 5.2.2 mailbox full")
HARD = block("failed", "5.1.1", "550 5.1.1 User unknown")


def arrive(scene: Scene, mime: bytes, key: str = "", day: date = DAY) -> int:
    """Let a mail come in and return its number."""
    letter = read_letter(mime)
    digest = hashlib.sha256(mime).hexdigest()
    with scene.open_desk(today=day) as desk:
        row = take_in(
            desk,
            Arrival(
                "maildir:x", key or digest, len(mime), digest, mime, letter, classify(letter, mime, OURS)
            ),
        )
        return key_of(row)


def row_of(scene: Scene, number: int) -> InboundMail:
    with scene.open_desk(readonly=True, today=DAY) as desk:
        return desk.session.get_one(InboundMail, number).model_copy()


def send_all(scene: Scene, day: date = NOTIFIED) -> None:
    """Let every mail that is ready be accepted by a server."""
    with scene.open_desk(today=day) as desk:
        for message in desk.session.exec(select(Message).where(Message.state == "ready")):
            move(desk, message, MESSAGE_MOVES, MessageAct.CLAIM, subject="message", thing="邮件")
            message.attempts, message.token, message.lease_until = message.attempts + 1, "t", desk.now
            finish(desk, message, MessageAct.ACCEPT, "250 2.0.0 queued as 4F1")


@pytest.fixture
def noticed(scene: Scene) -> Scene:
    """Give a county whose unit got a notice by mail that it has not acknowledged."""
    scene.notify(("D001", "E24", "minor"), serve=False)
    send_all(scene)
    return scene


def mails_of(scene: Scene) -> list[Message]:
    return [one for one in scene.messages() if one.kind == "document"]


# ---- a return is no service --------------------------------------------------------------------------------------


def test_a_notice_that_came_back_is_unserved_at_once_and_its_clock_stands(noticed: Scene) -> None:
    with noticed.open_desk(readonly=True, today=DAY) as desk:
        before = desk.session.exec(select(Rectification)).one().model_dump()
    for mail_row in mails_of(noticed):
        arrive(noticed, report(HARD, message_id=mail_row.message_id), mail_row.message_id)
    with noticed.open_desk(by="P90", readonly=True, today=DAY) as desk:
        (line,) = unserved_view(desk).page.rows
        case = desk.session.exec(select(Rectification)).one()
        document = desk.session.exec(select(Document)).one()
        assert line.step is NextStep.MEND
        assert set(line.mails) == {MessageState.BOUNCED}
        assert (case.model_dump(), document.served_on, document.state) == (before, None, "issued")
        assert must_be_served(document.state, document.signed_on)


def test_a_mail_that_came_back_waits_for_a_person_until_its_document_is_served_otherwise(
    noticed: Scene,
) -> None:
    for mail_row in mails_of(noticed):
        arrive(noticed, report(HARD, message_id=mail_row.message_id), mail_row.message_id)
    with noticed.open_desk(by="P90", today=DAY) as desk:
        box = mailbox_view(desk, "bad")
        assert (box.bad, len(box.page.rows)) == (len(mails_of(noticed)), box.bad)
        serve_document(
            desk, key_of(desk.session.exec(select(Document)).one()), "left", DAY, note="两名见证人在场"
        )
    with noticed.open_desk(by="P90", readonly=True, today=DAY) as desk:
        box = mailbox_view(desk, "bad")
        assert (box.bad, box.page.rows) == (0, ())
        assert box.counts[MessageState.BOUNCED] == len(mails_of(noticed)), "what happened stays told"


def test_no_referral_starts_from_a_notice_that_came_back_until_it_is_served_otherwise(scene: Scene) -> None:
    (code,) = scene.notify(("D001", "E24", "major"), serve=False)
    send_all(scene)
    for mail_row in mails_of(scene):
        arrive(scene, report(HARD, message_id=mail_row.message_id), mail_row.message_id)
    scene.act(code, "flag", "P90", LATER, note="佐证系伪造", event="E1")
    with scene.open_desk(by="P91", today=LATER) as desk:
        number = key_of(desk.session.exec(select(Referral)).one())
        screen(desk, number, receiver="discipline", opinion="涉嫌弄虚作假")
        study(
            desk, number, note="集体研究同意移送", participants=("L-DIRECTOR", "L-DEPUTY", "P91"),
            file=scene.file("会议纪要.pdf"),
        )  # fmt: skip
    with pytest.raises(Refused, match="送达"), scene.open_desk(by="L-DIRECTOR", today=LATER) as desk:
        approve(desk, number)
    with scene.open_desk(by="P90", today=LATER) as desk:
        serve_document(
            desk, key_of(scene.documents("feedback_notice")[0]), "left", LATER, note="两名见证人在场"
        )
    with scene.open_desk(by="L-DIRECTOR", today=LATER) as desk:
        assert approve(desk, number).state == "approved"


@pytest.mark.parametrize("returned", [True, False])
def test_no_light_beyond_an_unserved_sheet_is_lit(noticed: Scene, returned: bool) -> None:
    """The ladder waits for service whatever the mail says: accepted, or back with a report."""
    with noticed.open_desk(by="P90", today=NOTIFIED) as desk:
        serve_document(desk, key_of(desk.session.exec(select(Document)).one()), "hand", NOTIFIED)
    lights = []
    for day in (date(2026, 6, 1), date(2026, 7, 1), date(2026, 8, 3), date(2026, 9, 1)):
        with noticed.open_desk(today=day) as desk:
            sweep_batch(
                desk,
                [number for number, *_ in due_cases(desk.session, desk.office_id, day)],
                SweepReport(day),
            )
        send_all(noticed, day)
        if returned:
            for one in [one for one in noticed.messages() if one.state == "accepted"]:
                arrive(noticed, report(HARD, message_id=one.message_id), f"{day}{one.id}", day)
    with noticed.open_desk(readonly=True, today=DAY) as desk:
        lights = [rung.light for rung in desk.session.exec(select(Rung))]
        unserved = [
            document.model_copy() for document in desk.session.exec(select(Document))
            if must_be_served(document.state, document.signed_on)
        ]  # fmt: skip
    assert lights == [
        "blue",
        "yellow",
    ]  # the reminder went by itself; the sheet after it waits for its service
    assert [document.served_on for document in unserved if document.kind != "feedback_notice"] == [None]


def test_the_invariants_hold_after_returns_retries_and_resends(noticed: Scene) -> None:
    first, *rest = mails_of(noticed)
    arrive(noticed, report(FULL, message_id=first.message_id), "a")
    with noticed.open_desk(by="P90", today=DAY) as desk:
        resolve(desk, key_of(first), "resend")
    send_all(noticed, DAY)
    for one in rest:
        arrive(noticed, report(HARD, message_id=one.message_id), one.message_id)
    with noticed.open_desk(readonly=True, today=DAY) as desk:
        assert [one for one in check_mails(desk) if one.broken] == []
        said = [
            text for one in check_history(desk) for text in one.examples
        ]  # the county itself has no history
        assert not any("message" in text or "inbound" in text for text in said)


def test_a_return_that_nobody_was_asked_about_is_found(noticed: Scene) -> None:
    (first, *_rest) = mails_of(noticed)
    arrive(noticed, report(HARD, message_id=first.message_id))
    with noticed.open_desk(today=DAY) as desk:
        for task in desk.session.exec(select(Task).where(Task.kind == "call_recipient")):
            desk.session.delete(task)
    with noticed.open_desk(readonly=True, today=DAY) as desk:
        (found,) = [one for one in check_mails(desk) if one.id == "INV-3"]
    assert found.broken == 1


# ---- the proof of service ----------------------------------------------------------------------------------------


def test_the_proof_of_service_tells_of_each_recipient_what_happened_in_the_words_of_the_server(
    noticed: Scene,
) -> None:
    first = mails_of(noticed)[0]
    arrive(noticed, report(HARD, message_id=first.message_id))
    with noticed.open_desk(by="P90", today=DAY) as desk:
        number = key_of(desk.session.exec(select(Document)).one())
        proof = document_view(desk, number).proof
        assert proof is not None
        told = {one.mail: one for one in proof.recipients}
        bounced = told[key_of(first)]
        assert [step.what for step in bounced.steps] == ["排队", "对方服务器收下", "被退回"]
        assert bounced.steps[1].words == "250 2.0.0 queued as 4F1"
        assert "550 5.1.1 User unknown" in bounced.steps[2].words
        assert bounced.accepted_at is None
        assert all(one.accepted_at for key, one in told.items() if key != first.id)
        assert (proof.waits, proof.served_on, proof.substituted) == (True, None, False)
        serve_document(desk, number, "left", DAY, note="拒收，两名见证人在场")
        desk.session.flush()
        after = document_view(desk, number).proof
    assert after is not None
    assert (after.waits, after.served_on, after.served_by, after.substituted) == (
        False,
        DAY,
        "留置送达",
        True,
    )
    assert [one.what for one in after.records] == ["留置送达"]


# ---- letters -----------------------------------------------------------------------------------------------------


def letter(scene: Scene, **more: str) -> bytes:
    return mail(
        sender=more.pop("sender", FROM), subject="回复：督办", body="方案已报送审定，附件稍后。", **more
    )  # type: ignore[arg-type]  # words only


def answer(scene: Scene) -> bytes:
    (sample,) = [one for one in samples() if one.name == "with_files"]
    return sample.mime.replace(ID.encode(), mails_of(scene)[0].message_id.encode())


def test_an_answer_to_our_mail_goes_to_its_document_its_case_and_its_files_are_checked(
    noticed: Scene,
) -> None:
    number = arrive(noticed, answer(noticed))
    row = row_of(noticed, number)
    assert (row.kind, row.state, row.outcome, row.basis) == ("human", "filed", "threaded", "reference")
    with noticed.open_desk(by="P90", today=DAY) as desk:
        document = desk.session.exec(select(Document)).one()
        look = inbound_view(desk, number)
        kept, refused = look.parts
        assert kept.evidence_id is not None
        assert "未留存" in refused.note
        assert [one.name for one in desk.session.exec(select(Evidence).where(Evidence.act == "inbound"))] == [
            "整改报告.pdf"
        ]
        assert [one.id for one in inbound_about(desk, key_of(document))] == [number]
        assert saved_inbound(desk, number) == answer(noticed)
        assert (document.served_on, document.state) == (None, "issued")
        page = case_view(desk, "2026-ZH-01-D001-01")
        (event,) = [one for one in page.timeline if one.what == "收到来信"]
        assert event.who == "李四"


def test_a_unit_sees_no_letter_on_its_case(noticed: Scene) -> None:
    arrive(noticed, answer(noticed))
    with noticed.open_desk(by="P90", today=DAY) as desk:
        serve_document(desk, key_of(desk.session.exec(select(Document)).one()), "hand", DAY)
    with noticed.open_desk(by="D001:liaison", readonly=True, today=DAY) as desk:
        assert not any(one.what == "收到来信" for one in case_view(desk, "2026-ZH-01-D001-01").timeline)
        assert inbox_view(desk, "all").page.rows == ()
        with pytest.raises(NotFound):
            inbound_view(desk, 1)


@pytest.mark.parametrize(("sender", "outcome"), [(FROM, "threaded"), ("stranger@else.example", "suggested")])
def test_a_number_in_the_subject_files_a_letter_of_a_known_sender_only(
    noticed: Scene, sender: str, outcome: str
) -> None:
    with noticed.open_desk(readonly=True, today=DAY) as desk:
        document = desk.session.exec(select(Document)).one().model_copy()
    said = f"关于{document.series}（{document.year}）{document.serial}号的情况说明"
    row = row_of(
        noticed, arrive(noticed, mail(sender=sender, subject=said, body="情况说明如下。", charset="GBK"))
    )
    assert (row.outcome, row.document_id) == (outcome, document.id)
    assert row.state == ("filed" if outcome == "threaded" else "waiting")


def test_a_doubtful_letter_that_answers_us_is_suggested_and_not_filed(noticed: Scene) -> None:
    said = f"In-Reply-To: {mails_of(noticed)[0].message_id}\r\n"
    mime = mail(
        sender=FROM, subject="Re: 督办", body="您的邮件已收到，我正在出差，返回后尽快给您答复。", more=said
    )
    row = row_of(noticed, arrive(noticed, mime))
    assert (row.kind, row.outcome, row.state) == ("unclear", "suggested", "waiting")


def test_a_person_files_a_letter_with_a_case_or_a_document_and_may_correct_it(noticed: Scene) -> None:
    number = arrive(noticed, letter(noticed))
    assert row_of(noticed, number).state == "waiting"
    with noticed.open_desk(by="P90", today=DAY) as desk:
        file_inbound(desk, number, case="2026-ZH-01-D001-01", note="电话核实")
    assert (row_of(noticed, number).state, row_of(noticed, number).case_id) == ("filed", 1)
    with noticed.open_desk(by="P90", today=DAY) as desk:
        file_inbound(desk, number, document="1")
    row = row_of(noticed, number)
    assert (row.case_id, row.document_id, row.basis, row.handled_by) == (None, 1, "person", "P90")
    with noticed.open_desk(by="P90", today=DAY) as desk:
        dismiss_inbound(desk, number, "与本件无关")
    assert row_of(noticed, number).state == "dismissed"


def test_filing_wants_one_place_a_reason_and_the_right_person(noticed: Scene) -> None:
    number = arrive(noticed, letter(noticed))
    for given, error in (
        ({}, InvalidInput),
        ({"document": "1", "case": "2026-ZH-01-D001-01"}, InvalidInput),
        ({"document": "示无督办〔2026〕99号"}, NotFound),
        ({"case": "2026-ZH-01-D001-99"}, NotFound),
        ({"case": "2026-ZH-01-D001-01", "note": "机密★"}, InvalidInput),
    ):
        with pytest.raises(error), noticed.open_desk(by="P90", today=DAY) as desk:
            file_inbound(desk, number, **given)
    with pytest.raises(InvalidInput), noticed.open_desk(by="P90", today=DAY) as desk:
        dismiss_inbound(desk, number, " ")
    with pytest.raises(NotAllowed), noticed.open_desk(by="P07", today=DAY) as desk:
        dismiss_inbound(desk, number, "理由")
    assert row_of(noticed, number).state == "waiting"


def test_what_is_marked_secret_is_neither_kept_nor_filed(noticed: Scene) -> None:
    number = arrive(noticed, mail(sender=FROM, subject="机密★3年", body="不得入库"))
    row = row_of(noticed, number)
    assert (row.kind, row.state, row.text, row.kept) == ("secret", "waiting", "", False)
    assert "机密" not in row.subject
    with pytest.raises(InvalidInput), noticed.open_desk(by="P90", today=DAY) as desk:
        file_inbound(desk, number, document="1")
    with noticed.open_desk(by="P90", today=DAY) as desk:
        dismiss_inbound(desk, number, "已按保密规定在收信邮箱处理")


# ---- sight -------------------------------------------------------------------------------------------------------


def test_a_letter_about_a_hidden_paper_is_seen_by_the_compartment_alone(noticed: Scene) -> None:
    with noticed.open_desk(today=DAY) as desk:
        campaign = desk.campaign(1)
        unit = make.make_unit(desk, "D777")
        make.make_document(
            desk, campaign, unit, "referral_letter", number="示移〔2026〕7号", series="示移", year=2026, serial=7,
            state="issued", issued_on=DAY,
        )  # fmt: skip
    number = arrive(
        noticed,
        mail(sender="jw@discipline.example", subject="关于示移〔2026〕7号", body="已收悉，请补充材料。"),
    )
    assert row_of(noticed, number).outcome == "suggested"
    for who, seen in (("P91", True), ("L-DIRECTOR", True), ("P90", False), ("P01", False)):
        with noticed.open_desk(by=who, readonly=True, today=DAY) as desk:
            assert (number in [one.id for one in inbox_view(desk, "all").page.rows]) is seen, who


def test_a_team_in_the_field_sees_letters_on_its_own_cases_and_no_loose_ones(noticed: Scene) -> None:
    about, loose = arrive(noticed, answer(noticed)), arrive(noticed, letter(noticed))

    def seen(desk: Desk) -> list[int]:
        return [one.id for one in inbox_view(desk, "all").page.rows]

    for who, wanted in (("P90", [loose, about]), ("P01", [about]), ("P03", [])):
        with noticed.open_desk(by=who, readonly=True, today=DAY) as desk:
            assert seen(desk) == wanted, who
    with noticed.open_desk(by="P90", readonly=True, today=DAY) as desk:
        assert inbox_view(desk).counts == {InboundState.FILED: 1, InboundState.WAITING: 1}
        assert inbox_view(desk).page.rows[0].kind is InboundKind.HUMAN
        with pytest.raises(InvalidInput):
            inbox_view(desk, "nowhere")
