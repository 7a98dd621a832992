"""Reading the mailbox: each mail once, whatever happens in between, and what follows from it."""

from __future__ import annotations

from datetime import date, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from casework.invariants.history import check_history
from casework.invariants.mails import check_mails
from casework.mail.intake import FLOOD_MAILS
from casework.mail.queueing import Recipient, message_row
from casework.mail.recovering import abandoned
from casework.paperwork.unservedview import NextStep, unserved_view
from core.errors import DeliveryFailed
from core.inbound import BOUNCES
from core.life.lives import MessageState
from flows.reading import run_intake
from models.base import key_of
from models.message import Message
from system import failpoints
from tests.delivery.inbound.corpus import samples
from tests.delivery.inbound.mailmaking import UNIT, block, mail, report
from tests.flows.conftest import WORKDAY, OpenEdge
from tests.flows.maildirs import NUMBER, Post, issue, open_post
from tests.make import store

HARD = block("failed", "5.1.1", "550 5.1.1 User unknown")
FULL = block("failed", "5.2.2", "552 5.2.2 mailbox full")
SENT = "Thu, 25 Jun 2026 10:05:00 +0800"
AFTER_TWO = date(2026, 7, 2)  # two working days after the 30th of June


@pytest.fixture
def post(edge_on: OpenEdge, tmp_path: Path) -> Post:
    return open_post(edge_on(), tmp_path / "mail")


def returned(message_id: str, blocks: str = HARD, *, date: str = SENT) -> bytes:
    return report(blocks, message_id=message_id, date=date)


# ---- once -------------------------------------------------------------------------------------------------------


def test_a_hard_bounce_takes_the_mail_back_asks_for_a_call_and_moves_no_deadline(post: Post) -> None:
    sent = issue(post)
    before = post.document()
    post.deliver(returned(sent.message_id))

    report_ = post.read()

    assert (report_["read"], report_["kinds"]) == (1, {"hard_bounce": 1})
    (row,) = post.rows()
    assert (row.kind, row.outcome, row.state, row.basis) == ("hard_bounce", "bounced", "noted", "message_id")
    assert (row.message_row, row.document_id, row.status) == (sent.id, sent.document_id, "5.1.1")
    message = post.message()
    assert message.state == "bounced"
    assert "550 5.1.1 User unknown" in (message.smtp_reply or "")
    (task,) = post.tasks()
    assert (task.kind, task.role, task.subject, task.due_on) == (
        "call_recipient",
        "officer",
        "document",
        date(2026, 7, 1),
    )
    assert NUMBER in task.title
    after = post.document()
    assert after.model_dump() == before.model_dump()


def test_a_bounced_notice_is_on_the_unserved_list_at_once_and_never_counts_as_served(post: Post) -> None:
    sent = issue(post)
    post.deliver(returned(sent.message_id))
    post.read()
    with post.edge.desk(by="L-DIRECTOR", readonly=True) as desk:
        (line,) = unserved_view(desk).page.rows
    assert (line.step, line.mails) == (NextStep.MEND, {MessageState.BOUNCED: 1})
    assert post.document().served_on is None


def test_reading_again_does_nothing_again(post: Post) -> None:
    sent = issue(post)
    key = post.deliver(returned(sent.message_id))
    post.read()
    assert post.places() == {"new": [], "cur": [f"{key}:2,S"]}
    again = post.read()
    assert (again["read"], len(post.rows()), len(post.tasks())) == (0, 1, 1)


class Killed(BaseException):
    """A process that ends."""


@pytest.mark.parametrize("place", ["intake.read", "intake.written"])
def test_a_process_killed_anywhere_handles_each_mail_once(post: Post, place: str) -> None:
    sent = issue(post)
    keys = [
        post.deliver(returned(sent.message_id)),
        post.deliver(mail(sender=UNIT, subject="问", body="请问何时报送？")),
    ]

    def kill(name: str) -> None:
        if name == place:
            raise Killed

    failpoints.arm(kill)
    try:
        for _ in range(2):
            with pytest.raises(Killed):
                post.read()
    finally:
        failpoints.arm(None)
    post.read()
    assert len(post.rows()) == 2
    assert len(post.tasks()) == 1
    assert post.places() == {"new": [], "cur": sorted(f"{key}:2,S" for key in keys)}


def test_a_mail_that_somebody_else_marked_or_moved_is_read_all_the_same(post: Post) -> None:
    key = post.deliver(mail(sender=UNIT, subject="问", body="请问何时报送？"))
    (post.folder / "new" / key).rename(post.folder / "cur" / f"{key}:2,RS")
    post.read()
    assert len(post.rows()) == 1
    assert post.places()["cur"] == [f"{key}:2,RS"]


def test_a_copy_under_another_name_has_no_effect(post: Post) -> None:
    sent = issue(post)
    post.deliver(returned(sent.message_id), "a.1")
    post.deliver(returned(sent.message_id), "b.1")
    post.read()
    assert [row.outcome for row in post.rows()] == ["bounced", "duplicate"]
    assert len(post.tasks()) == 1


def test_one_bad_mail_stops_no_other(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    from casework.mail import intake as verb

    def fail(*_args: object) -> None:
        raise RuntimeError("odd")

    post.deliver(mail(sender=UNIT, subject="一", body="请问一"))
    monkeypatch.setattr(verb, "thread", fail)
    first = post.read()
    monkeypatch.undo()
    post.deliver(mail(sender=UNIT, subject="二", body="请问二"))
    second = post.read()

    assert first["set_aside"]
    assert second["read"] == 1
    assert [(row.kind, row.outcome, row.state) for row in post.rows()] == [
        ("broken", "failed", "waiting"),
        ("human", "unmatched", "waiting"),
    ]
    assert "RuntimeError: odd" in post.rows()[0].why


def test_the_whole_corpus_goes_through_and_keeps_every_invariant(post: Post) -> None:
    issue(post)
    corpus = samples()
    for number, sample in enumerate(corpus):
        post.deliver(sample.mime, f"{number:03}.x")
    report_ = post.read()
    assert (report_["read"], report_["left"], report_["set_aside"]) == (len(corpus), 0, [])
    assert [row.kind for row in post.rows()] == [sample.kind.value for sample in corpus]
    told = [sample for sample in corpus if sample.kind in BOUNCES]
    assert {
        row.outcome
        for row, sample in zip(post.rows(), corpus, strict=True)
        if sample in told and sample.named
    } == {
        "unmatched"  # they name a mail that is not here
    }
    assert not any("密级" in row.text or "机密" in row.subject for row in post.rows())
    with post.edge.desk(readonly=True) as desk:
        assert [one for one in check_mails(desk) if one.broken] == []


def test_a_slice_ends_and_tells_what_is_left(post: Post) -> None:
    for number in range(5):
        post.deliver(mail(sender=UNIT, subject=f"问{number}", body=f"请问{number}"), f"{number}.x")
    first = run_intake(post.edge, 3)
    assert (first["read"], first["left"]) == (3, 2)
    assert run_intake(post.edge, 3)["left"] == 0


def test_a_mail_that_is_too_large_is_told_by_its_headers(post: Post) -> None:
    small = post.edge.settings.model_copy(update={"inbox_megabytes": 1})
    post.deliver(mail(sender=UNIT, subject="大附件", body="x" * 1_500_000))
    run_intake(type(post.edge)(post.edge.engine, small, post.edge.clock))
    (row,) = post.rows()
    assert (row.kind, row.state, row.subject, row.text, row.kept) == (
        "too_large",
        "waiting",
        "大附件",
        "",
        False,
    )


def test_a_flood_of_one_sender_is_put_away(post: Post) -> None:
    for number in range(FLOOD_MAILS + 3):
        post.deliver(mail(sender=UNIT, subject=f"问{number}", body=f"请问{number}"), f"{number:02}.x")
    post.read()
    outcomes = [row.outcome for row in post.rows()]
    assert outcomes == ["unmatched"] * FLOOD_MAILS + ["flood"] * 3


def test_nothing_is_read_on_hold_and_nothing_without_a_mailbox(post: Post, edge_on: OpenEdge) -> None:
    from models.record import Note

    assert "没有设置收信邮箱" in str(run_intake(edge_on())["skipped"])
    post.deliver(mail(sender=UNIT, subject="问", body="请问"))
    with post.edge.desk() as desk:
        desk.session.add(Note(name="hold", value="恢复后核对"))
    assert post.read()["held"] == "恢复后核对"
    assert post.rows() == []


def test_a_folder_that_is_no_maildir_is_told(post: Post, tmp_path: Path) -> None:
    wrong = post.edge.settings.model_copy(update={"inbox_maildir": tmp_path / "nowhere"})
    with pytest.raises(DeliveryFailed, match="Maildir"):
        run_intake(type(post.edge)(post.edge.engine, wrong, post.edge.clock))


# ---- returns ----------------------------------------------------------------------------------------------------


def test_a_full_mailbox_is_tried_once_more_after_two_working_days_with_the_same_bytes(post: Post) -> None:
    sent = issue(post)
    post.deliver(returned(sent.message_id, FULL))
    post.read()
    (row,) = post.rows()
    assert (row.outcome, row.retry_on, post.tasks()) == ("retry_planned", AFTER_TWO, [])
    assert post.message().state == "bounced"

    assert post.read(AFTER_TWO - timedelta(days=1))["retried"] == 0
    assert post.read(AFTER_TWO)["retried"] == 1
    assert post.read(AFTER_TWO)["retried"] == 0
    message = post.message()
    assert (message.state, message.attempts) == ("ready", 1)
    assert post.rows()[0].outcome == "retried"


def test_a_second_return_after_the_retry_is_as_a_hard_one(post: Post) -> None:
    sent = issue(post)
    post.deliver(returned(sent.message_id, FULL), "a")
    post.read()
    post.read(AFTER_TWO)
    with post.edge.desk() as desk:
        message = desk.session.get_one(type(sent), sent.id)
        message.state, message.attempts, message.settled_at = "accepted", 2, desk.now
        desk.session.add(message)
    post.deliver(returned(sent.message_id, FULL, date="Thu, 02 Jul 2026 10:00:00 +0800"), "b")
    post.read(AFTER_TWO)
    assert [row.outcome for row in post.rows()] == ["retried", "bounced"]
    assert len(post.tasks()) == 1
    assert post.read(date(2026, 7, 20))["retried"] == 0


@pytest.mark.parametrize("state", ["served", "void"])
def test_what_is_over_is_neither_tried_again_nor_called_about(post: Post, state: str) -> None:
    sent = issue(post)
    with post.edge.desk() as desk:
        document = desk.session.get_one(type(post.document()), 1)
        document.state, document.served_on = state, WORKDAY
        desk.session.add(document)
    post.deliver(returned(sent.message_id, FULL), "a")
    post.read()
    assert (post.rows()[0].outcome, post.message().state, post.tasks()) == ("bounced", "bounced", [])


def test_a_return_of_an_earlier_sending_changes_nothing(post: Post) -> None:
    sent = issue(post)
    with post.edge.desk() as desk:
        message = desk.session.get_one(type(sent), sent.id)
        message.attempts, message.settled_at = 2, desk.now
        desk.session.add(message)
    post.deliver(returned(sent.message_id, date="Fri, 26 Jun 2026 10:00:00 +0800"))
    post.read()
    assert (post.rows()[0].outcome, post.message().state) == ("stale", "accepted")


def test_a_return_written_while_its_batch_was_still_being_sent_is_of_this_sending(post: Post) -> None:
    sent = issue(post)
    with post.edge.desk() as desk:
        message = desk.session.get_one(Message, sent.id)
        message.attempts, message.settled_at = 2, desk.now
        desk.session.add(message)
        when = format_datetime(desk.now - timedelta(minutes=20))
    post.deliver(returned(sent.message_id, date=when))
    post.read()
    assert (post.rows()[0].outcome, post.message().state) == ("bounced", "bounced")


@pytest.mark.parametrize(("blocks", "outcome"), [(HARD, "bounced"), (FULL, "retry_planned")])
def test_a_return_that_is_quicker_than_the_sender_settles_the_mail(
    post: Post, blocks: str, outcome: str
) -> None:
    sent = issue(post, state="sending")
    post.deliver(returned(sent.message_id, blocks))
    post.read()
    message = post.message()
    assert (post.rows()[0].outcome, message.state, message.token) == (outcome, "bounced", None)
    with post.edge.desk() as desk:
        assert abandoned(desk, lambda _token: True).rows == []  # nothing is left for its sender to say
        found = [text for one in (*check_mails(desk), *check_history(desk)) for text in one.examples]
        assert [text for text in found if text.startswith("message")] == []


def test_a_return_of_an_earlier_sending_leaves_the_mail_to_its_sender(post: Post) -> None:
    sent = issue(post, state="sending")
    with post.edge.desk() as desk:
        desk.session.get_one(Message, sent.id).attempts = 2
    post.deliver(returned(sent.message_id, date="Thu, 25 Jun 2026 09:20:00 +0800"))
    post.read()
    message = post.message()
    assert (post.rows()[0].outcome, message.state, message.token) == ("stale", "sending", "a-sender")


def test_a_late_return_from_an_old_address_leaves_the_mail_to_the_new_one_alone(post: Post) -> None:
    old = issue(post)
    new = issue(post, address="new@d001.example", role="again")
    with post.edge.desk() as desk:
        row = desk.session.get_one(type(new), new.id)
        row.key = row.key.replace("/again/1/again", "/again/1/liaison")
        desk.session.add(row)
    post.deliver(returned(old.message_id))
    post.read()
    assert (post.message(old.id or 0).state, post.message(new.id or 0).state) == ("bounced", "accepted")
    assert post.tasks() == []


def test_a_return_without_our_number_is_found_by_address_and_subject(post: Post) -> None:
    sent = issue(post)
    body = f"您的邮件被退回\n收件人：{UNIT}\n主题：{NUMBER} 督办通知\n退信原因：用户不存在"
    post.deliver(mail(sender="postmaster@qq.example", subject="系统退信", body=body, charset="GBK"))
    post.read()
    (row,) = post.rows()
    assert (row.outcome, row.basis, row.message_row) == ("bounced", "subject", sent.id)


def test_a_return_to_an_address_with_several_mails_and_no_subject_is_for_a_person(post: Post) -> None:
    issue(post)
    issue(post, role="head")
    post.deliver(
        mail(sender="postmaster@qq.example", subject="系统退信", body=f"退信原因：用户不存在 {UNIT}")
    )
    post.read()
    (row,) = post.rows()
    assert (row.outcome, row.state) == ("unmatched", "waiting")
    assert post.message().state == "accepted"


@pytest.mark.parametrize(("blocks", "again"), [(HARD, False), (FULL, True)])
def test_what_a_digest_carried_comes_back_and_goes_again_with_it(
    post: Post, blocks: str, again: bool
) -> None:
    member = issue(post)
    with post.edge.desk() as desk:
        digest = Message(
            **message_row(desk, "digest", "digest/1", Recipient("liaison", "联络员", UNIT)) | {"state": "accepted"}
            | {"smtp_reply": "250 ok", "settled_at": desk.now, "attempts": 1}
        )  # fmt: skip
        number, sent = key_of(store(desk, digest)), digest.message_id
        desk.session.get_one(Message, member.id).carried_by = number
        desk.record("message", number, "claim", from_state="ready", to_state="sending")
        desk.record("message", number, "accept", from_state="sending", to_state="accepted")
    post.deliver(returned(sent, blocks))
    post.read()
    assert (post.message(number).state, post.message(member.id or 0).state) == ("bounced", "bounced")
    assert len(post.tasks()) == (0 if again else 1)
    post.read(AFTER_TWO)
    assert post.message(member.id or 0).state == ("ready" if again else "bounced")
    with post.edge.desk(readonly=True) as desk:
        (unseen,) = [one for one in check_mails(desk) if one.id == "INV-3"]
    assert unseen.broken == 0


@pytest.mark.parametrize("before", ["unknown", "sending"])
@pytest.mark.parametrize(
    ("action", "state", "outcome"),
    [
        ("delivered", "accepted", "accepted"),
        ("relayed", "accepted", "accepted"),
        ("delayed", None, "noted"),
    ],
)
def test_a_report_of_success_settles_what_nobody_has_and_a_delay_does_not(
    post: Post, before: str, action: str, state: str | None, outcome: str
) -> None:
    sent = issue(post, state=before)
    post.deliver(returned(sent.message_id, block(action, "2.0.0" if action != "delayed" else "4.4.1")))
    post.read()
    assert (post.message().state, post.rows()[0].outcome) == (state or before, outcome)
    assert post.document().served_on is None


def test_a_success_that_names_none_of_our_mails_settles_nothing(post: Post) -> None:
    issue(post, state="unknown")
    post.deliver(report(block("delivered", "2.0.0"), returned=""))
    post.read()
    assert post.message().state == "unknown"


@pytest.mark.parametrize("name", ["mdn", "auto_qq_auto", "auto_header_auto_replied", "mdn_words"])
def test_receipts_and_robots_acknowledge_nothing(post: Post, name: str) -> None:
    sent = issue(post)
    (sample,) = [one for one in samples() if one.name == name]
    post.deliver(sample.mime.replace(b"0123456789abcdef0123456789abcdef", sent.message_id[1:33].encode()))
    post.read()
    assert post.rows()[0].state == "noted"
    assert (post.document().served_on, post.document().state, post.message().state) == (
        None,
        "issued",
        "accepted",
    )
    assert post.tasks() == []
