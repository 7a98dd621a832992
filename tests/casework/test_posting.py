"""Every kind of mail, composed from its row: parsed strictly, for one person, with what belongs to it."""

from __future__ import annotations

from datetime import date

import pytest
from sqlmodel import select

from casework.lights.deadlines import due_cases, sweep_batch
from casework.lights.rungs import SweepReport
from casework.mail.posting import COMPOSERS, compose
from casework.mail.queueing import queue_document
from casework.mail.reminders import remind
from core.errors import InvalidInput
from delivery.mailreader import ReadMail, read_mime
from models.document import Document
from models.message import Message
from models.organisation import Person, Unit
from tests import make
from tests.casework.scene import NOTIFIED, PDF, Scene, settle_county
from tests.make import claim_next

SENDER = "ducha@sfj.shilixian.example"


def read_all(scene: Scene, day: date) -> dict[int, ReadMail]:
    """Compose every mail that is ready and read it back strictly; return {message id: mail}."""
    found = {}
    with scene.open_desk(today=day) as desk:
        while (claim := claim_next(desk)) is not None:
            found[claim.id] = read_mime(claim.parcel.mime)
    return found


def check_ordinary(scene: Scene, mails: dict[int, ReadMail]) -> None:
    """Check what every mail has: one recipient, our sender, its own Message-ID, and that a machine sent it."""
    rows = {message.id: message for message in scene.messages()}
    assert mails
    for number, mail in mails.items():
        assert [address for _name, address in mail.recipients] == [rows[number].recipient]
        assert [address for _name, address in mail.senders] == [SENDER]
        assert mail.message_id == rows[number].message_id
        assert mail.headers["auto-submitted"] == "auto-generated"
        assert not {"cc", "bcc"} & set(mail.headers)
        assert mail.subject
        assert "联系" in mail.text
    assert len({mail.message_id for mail in mails.values()}) == len(mails)


def test_a_task_carries_the_workbook_and_the_calendar_entry(scene: Scene) -> None:
    scene.start()
    mails = read_all(scene, date(2026, 2, 24))
    check_ordinary(scene, mails)
    assert len(mails) == 4
    for mail in mails.values():
        workbook, invitation = mail.files
        assert workbook.name.startswith("督察检查表-")
        assert workbook.content[:2] == b"PK"
        assert invitation.name.endswith(".ics")
        assert b"BEGIN:VEVENT" in invitation.content
    assert len({mail.files[1].content for mail in mails.values()}) == 4  # every invitation has its own UID


def test_a_notice_carries_its_sealed_pdf_and_the_answer_workbook(scene: Scene) -> None:
    scene.notify(("D001", "E24", "major"))
    mails = read_all(scene, NOTIFIED)
    check_ordinary(scene, mails)
    assert len(mails) == 3
    for mail in mails.values():
        pdf, workbook = mail.files
        assert (pdf.name, pdf.content) == ("反馈意见-2026-0001.pdf", PDF)
        assert (pdf.media_type, workbook.name) == ("application/pdf", "整改报告表-2026-0001.xlsx")
        assert "示法督反馈〔2026〕1号" in mail.subject + mail.text
        assert "2026年4月29日" in mail.text


def test_a_reminder_lists_its_cases_and_carries_nothing(scene: Scene) -> None:
    with scene.open_desk(today=make.SIGNED_ON) as desk:
        settle_county(desk)
        unit = desk.session.exec(select(Unit).where(Unit.code == "D001")).one()
        campaign = make.make_campaign(desk)
        for code in ("E24-1", "E24-2"):
            make.make_finding_and_case(desk, campaign, unit, code, next_due_on=make.SIGNED_ON)
    blue_on = date(2026, 5, 27)
    with scene.open_desk(today=blue_on) as desk:
        sweep_batch(
            desk, [n for n, _ in due_cases(desk.session, desk.office_id, blue_on)], SweepReport(blue_on)
        )
    mails = read_all(scene, blue_on)
    check_ordinary(scene, mails)
    assert len(mails) == 2
    for mail in mails.values():
        assert mail.files == ()
        assert "E24-1" in mail.text
        assert "E24-2" in mail.text
        assert "2026年6月3日" in mail.text


def test_a_work_secret_that_may_not_travel_is_only_announced(scene: Scene) -> None:
    scene.notify(("D001", "E24", "major"))
    number = scene.documents()[0].id or 0
    with scene.open_desk(today=NOTIFIED) as desk:
        document = desk.session.get_one(Document, number)
        document.secrecy = "work_secret"
        desk.session.get_one(Unit, document.unit_id).leader_email = "leader@elsewhere.example"
        for old in desk.session.exec(select(Message)):
            desk.session.delete(old)
        desk.session.flush()
        queue_document(desk, document, desk.session.get_one(Unit, document.unit_id), ("leader",))
    mails = read_all(scene, NOTIFIED)
    check_ordinary(scene, mails)
    (mail,) = mails.values()
    assert mail.files == ()
    assert "示法督反馈〔2026〕1号" in mail.text
    assert "公示执法信息" not in mail.text


def test_reminders_of_the_office_read_well(scene: Scene) -> None:
    scene.start()
    read_all(scene, date(2026, 2, 24))
    visit = scene.visits()[-1]
    with scene.open_desk(today=visit.from_on) as desk:
        day = desk.calendar.after(visit.from_on, -1)
    with scene.open_desk(today=day) as desk:
        counts = remind(desk)
    assert counts["team_reminder"] >= 2
    assert (counts["late_reports"], counts["staff"]) == (1, 1)
    mails = read_all(scene, day)
    check_ordinary(scene, mails)
    kinds = {message.id: message.kind for message in scene.messages()}
    assert {kinds[number] for number in mails} == {"team_reminder", "late_reports", "staff"}
    for number, mail in mails.items():
        assert mail.files == ()
        assert {"team_reminder": "未收到", "late_reports": "逾期", "staff": "签发督察通知"}[
            kinds[number]
        ] in mail.text


def test_a_member_whose_address_changed_still_gets_the_task_queued_before(scene: Scene) -> None:
    scene.start()
    with scene.open_desk(today=date(2026, 2, 25)) as desk:
        for person in desk.session.exec(select(Person)):
            person.email = f"neu-{person.email}"
    assert len(read_all(scene, date(2026, 2, 25))) == 4


def test_a_recipient_who_left_the_team_is_named(scene: Scene) -> None:
    scene.start()
    with scene.open_desk(today=date(2026, 2, 25)) as desk:
        message = desk.session.exec(select(Message)).first()
        assert message is not None
        message.key += "x"
        with pytest.raises(InvalidInput, match="督察组"):
            compose(desk, message, SENDER)


def test_the_same_row_gives_the_same_bytes(scene: Scene) -> None:
    scene.notify(("D001", "E24", "major"))
    with scene.open_desk(today=NOTIFIED, readonly=True) as desk:
        message = desk.session.exec(select(Message)).first()
        assert message is not None
        assert compose(desk, message, SENDER).mime == compose(desk, message, SENDER).mime


def test_a_mail_speaks_in_the_name_of_its_document_s_line(scene: Scene) -> None:
    scene.notify(("D001", "E24", "major"))
    with scene.open_desk(today=NOTIFIED) as desk:
        document = desk.session.exec(select(Document)).one()
        names = {}
        for line, profile in desk.office_rules.lines.items():
            document.line = line.value
            message = desk.session.exec(select(Message)).first()
            assert message is not None
            ((name, _address),) = read_mime(compose(desk, message, SENDER).mime).senders
            names[name] = profile.issuer
    assert len(names) == 2
    assert all(name == issuer for name, issuer in names.items())


def test_every_kind_of_mail_can_be_composed() -> None:
    allowed = next(
        str(rule.sqltext) for rule in Message.__table__.constraints if "kind" in str(getattr(rule, "sqltext", ""))  # type: ignore[attr-defined]  # set by SQLModel
    )  # fmt: skip
    assert all(f"'{kind}'" in allowed for kind in COMPOSERS)
    assert allowed.count("'") == 2 * (len(COMPOSERS) + 1)  # a digest is made of other mails


def test_a_staff_mail_whose_papers_were_signed_meanwhile_is_not_sent(scene: Scene) -> None:
    with scene.open_desk(today=NOTIFIED) as desk:
        settle_county(desk)
        unit = desk.session.exec(select(Unit).where(Unit.code == "D001")).one()
        document = make.make_document(desk, make.make_campaign(desk), unit, "urging", state="draft")
        remind(desk)
        document.state = "void"
    assert len(scene.messages("staff")) == 1
    assert read_all(scene, NOTIFIED) == {}
    (message,) = scene.messages("staff")
    assert (message.state, message.smtp_reply) == ("cancelled", "不再需要：没有待签发的文书")
