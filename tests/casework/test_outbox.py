"""The outbox: a mail is claimed, sent and settled once; what is unknown waits for a person."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import select

from casework.desk import Desk
from casework.mail.claiming import LEASE, Claim, claim_batch, count_ready
from casework.mail.outbox import list_messages, resolve
from casework.mail.queueing import Recipient, cancel_messages, queue
from casework.mail.recovering import Told, abandoned, recover
from casework.mail.sendreport import SendReport
from casework.mail.settling import BACK_OFF, GIVE_UP, Ended, settle_batch
from core.errors import IllegalMove, InvalidInput, NotAllowed, NotFound, Refused
from delivery.smtp import Outcome, Phase, Receipt
from models.message import Message, MessageBody
from tests import make
from tests.casework.scene import Scene, settle_county

DAY = date(2026, 5, 27)
NOW = datetime(2026, 5, 27, 2, 0, tzinfo=UTC)


def post(scene: Scene, *names: str, kind: str = "notice_collect") -> None:
    """Queue mails about one document to these people."""
    with scene.open_desk(today=DAY) as desk:
        settle_county(desk)
        campaign = make.make_campaign(desk)
        unit = make.make_unit(desk, "D009")
        document = make.make_document(
            desk, campaign, unit, "urging", number="示法督办〔2026〕1号", series="示法督办",
            year=2026, serial=1,
        )  # fmt: skip
        for name in names:
            to = Recipient(name, "联络员", f"{name}@shilixian.example")
            queue(desk, kind, f"document/{document.id}", to, document_id=document.id)


def claim(
    scene: Scene, who: str = "here", *, later: timedelta = timedelta(), size: int = 1
) -> tuple[list[Claim], SendReport]:
    report = SendReport()
    with scene.open_desk(today=DAY) as desk:
        desk.now += later
        return claim_batch(desk, who, size, report), report


def finish(
    scene: Scene, claimed: Claim, outcome: Outcome, reply: str = "250 ok", *, later: timedelta = timedelta()
) -> SendReport:
    report = SendReport()
    with scene.open_desk(today=DAY) as desk:
        desk.now += later
        settle_batch(desk, [Ended(claimed, Receipt(outcome, reply, Phase.SETTLE))], [], report)
    return report


def lose_expired(desk: Desk) -> SendReport:
    """Settle what is left of senders that this machine knows nothing of."""
    report = SendReport()
    recover(desk, abandoned(desk, lambda _token: False), Told(), report)
    return report


def claimed_one(scene: Scene) -> Claim:
    (found,) = claim(scene)[0]
    return found


# ---- claim and settle -----------------------------------------------------------------------------------------


def test_mails_are_claimed_in_order_a_few_at_a_time_and_once(scene: Scene) -> None:
    post(scene, "a", "b", "c")
    (first, second), (third,) = claim(scene, size=2)[0], claim(scene, size=2)[0]
    assert [one.parcel.recipient for one in (first, second, third)] == [
        f"{name}@shilixian.example" for name in "abc"
    ]
    assert first.parcel.number == "示法督办〔2026〕1号"
    assert claim(scene)[0] == []
    one = scene.messages()[0]
    assert (one.state, one.token, one.attempts, one.lease_until) == ("sending", "here", 1, NOW + LEASE)
    body = scene.rows(select(MessageBody))[0]
    assert (body.mime, body.sha256) == (first.parcel.mime, first.parcel.sha256)


def test_two_desks_claim_different_mails_at_the_same_time(scene: Scene, engine: sa.Engine) -> None:
    if engine.dialect.name == "sqlite":
        pytest.skip("SQLite lets one desk write at a time")
    post(scene, "a", "b")
    with scene.open_desk(today=DAY) as one, scene.open_desk(today=DAY) as other:
        for desk in (one, other):
            make.rule_mail(desk, daily_limit=None)  # counting the day is the one thing that they wait for
        (first,) = claim_batch(one, "one", 1, SendReport())
        (second,) = claim_batch(other, "other", 1, SendReport())
    assert first.id != second.id


def test_what_was_not_begun_is_ready_again_at_once(scene: Scene) -> None:
    post(scene, "a", "b")
    claims, _report = claim(scene, size=2)
    with scene.open_desk(today=DAY) as desk:
        settle_batch(desk, [], claims, SendReport())
    assert [(m.state, m.token, m.not_before) for m in scene.messages()] == [("ready", None, NOW)] * 2
    assert len(claim(scene, size=2)[0]) == 2


@pytest.mark.parametrize(
    ("outcome", "state", "counted"),
    [
        (Outcome.ACCEPTED, "accepted", "accepted"),
        (Outcome.REJECTED, "rejected", "rejected"),
        (Outcome.UNKNOWN, "unknown", "unknown"),
    ],
)
def test_each_outcome_is_settled_with_the_words_of_the_server(
    scene: Scene, outcome: Outcome, state: str, counted: str
) -> None:
    post(scene, "a")
    report = finish(scene, claimed_one(scene), outcome, "250 queued as 77")
    (message,) = scene.messages()
    assert (message.state, message.smtp_reply, message.settled_at) == (state, "250 queued as 77", NOW)
    # Of an unknown one the sender may still tell, so its token stays.
    assert (message.token, message.lease_until) == ("here" if state == "unknown" else None, None)
    assert report.as_dict()[counted] == 1
    assert claim(scene, later=timedelta(days=9))[0] == []


def test_a_deferred_mail_waits_longer_each_time(scene: Scene) -> None:
    post(scene, "a")
    later = timedelta()
    for wait in (*BACK_OFF, BACK_OFF[-1]):
        (found,), _report = claim(scene, later=later)
        finish(scene, found, Outcome.DEFERRED, "450 mailbox busy", later=later)
        (message,) = scene.messages()
        assert (message.state, message.smtp_reply) == ("ready", "450 mailbox busy")
        assert message.not_before == NOW + later + wait
        assert claim(scene, later=later + wait - timedelta(seconds=1))[0] == []
        later += wait
    assert scene.messages()[0].attempts == len(BACK_OFF) + 1


def test_a_mail_that_is_put_off_for_days_is_given_to_a_person(scene: Scene) -> None:
    post(scene, "a")
    later = GIVE_UP + timedelta(hours=1)  # the machine was off for as long: all tries are made all the same
    for wait in (*BACK_OFF, timedelta(0)):
        assert scene.messages()[0].state == "ready"
        (found,), _report = claim(scene, later=later)
        finish(scene, found, Outcome.DEFERRED, "451 later", later=later)
        later += wait
    (message,) = scene.messages()
    assert (message.state, message.smtp_reply) == ("rejected", "5日未能投递：451 later")


def test_the_bytes_are_made_once_and_sent_again_the_same(scene: Scene) -> None:
    post(scene, "a")
    first = claimed_one(scene)
    finish(scene, first, Outcome.DEFERRED, "451 later")
    with scene.open_desk(today=DAY) as desk:
        desk.session.get_one(Message, first.id).recipient_name = "改名"
    (again,), _report = claim(scene, later=timedelta(hours=1))
    assert again.parcel.mime == first.parcel.mime


def test_a_settlement_that_comes_after_its_claim_went_to_somebody_else_changes_nothing(scene: Scene) -> None:
    post(scene, "a")
    late = claimed_one(scene)
    with scene.open_desk(today=DAY) as desk:
        settle_batch(desk, [], [late], SendReport())
    claim(scene, "somebody else")
    finish(scene, late, Outcome.ACCEPTED)
    assert [(m.state, m.token) for m in scene.messages()] == [("sending", "somebody else")]


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Outcome.ACCEPTED, "accepted"),
        (Outcome.REJECTED, "rejected"),
        (Outcome.DEFERRED, "ready"),
        (Outcome.UNKNOWN, "unknown"),
    ],
)
def test_a_slow_sender_still_tells_how_an_unknown_mail_ended(
    scene: Scene, outcome: Outcome, state: str
) -> None:
    post(scene, "a")
    slow = claimed_one(scene)
    with scene.open_desk(today=DAY) as desk:
        desk.now += LEASE + timedelta(seconds=1)
        assert lose_expired(desk).unknown == 1
    assert scene.messages()[0].state == "unknown"
    finish(scene, slow, outcome, "451 or 250")
    assert scene.messages()[0].state == state


# ---- lost senders ---------------------------------------------------------------------------------------------


def test_a_sender_whose_lease_ran_out_leaves_an_unknown_mail(scene: Scene) -> None:
    post(scene, "a", "b")
    for token in ("slow", "alive"):
        claim(scene, token)
    with scene.open_desk(today=DAY) as desk:
        desk.session.get_one(Message, scene.messages()[0].id).lease_until = NOW - timedelta(seconds=1)
    with scene.open_desk(today=DAY) as desk:
        assert lose_expired(desk).unknown == 1
    assert [m.state for m in scene.messages()] == ["unknown", "sending"]
    assert "不明" in (scene.messages()[0].smtp_reply or "")


def test_an_unknown_mail_is_never_sent_again_by_a_machine(scene: Scene) -> None:
    post(scene, "a")
    finish(scene, claimed_one(scene), Outcome.UNKNOWN, "connection lost")
    with scene.open_desk(today=DAY) as desk:
        desk.now += timedelta(days=30)
        assert lose_expired(desk).unknown == 0
        assert count_ready(desk) == 0
    assert claim(scene, later=timedelta(days=30))[0] == []
    assert scene.messages()[0].attempts == 1


def test_a_person_resolves_what_is_unknown(scene: Scene) -> None:
    post(scene, "a", "b")
    for _ in range(2):
        finish(scene, claimed_one(scene), Outcome.UNKNOWN, "connection lost")
    first, second = (message.id or 0 for message in scene.messages())
    for by, verdict, error in (("P02", "resend", NotAllowed), ("P90", "maybe", InvalidInput)):
        with pytest.raises(error), scene.open_desk(by=by, today=DAY) as desk:
            resolve(desk, first, verdict)
    with pytest.raises(NotFound), scene.open_desk(by="P90", today=DAY) as desk:
        resolve(desk, 9999, "resend")
    with scene.open_desk(by="P90", today=DAY) as desk:
        resolve(desk, first, "accepted")
        resolve(desk, second, "resend")
    assert [(m.state, m.resolved_by) for m in scene.messages()] == [("accepted", "P90"), ("ready", "P90")]
    assert claimed_one(scene).id == second
    assert scene.told("message", second) == ["claim", "lose_track", "resend", "claim"]


def test_what_arrived_is_not_sent_again_even_by_a_person(scene: Scene) -> None:
    post(scene, "a")
    finish(scene, claimed_one(scene), Outcome.ACCEPTED)
    with pytest.raises(IllegalMove) as refused, scene.open_desk(by="P90", today=DAY) as desk:
        resolve(desk, scene.messages()[0].id or 0, "resend")
    assert refused.value.allowed == ("bounce",)  # a machine's act, when it comes back


def test_a_mail_of_a_void_document_is_neither_sent_nor_sent_again(scene: Scene) -> None:
    post(scene, "a", "b")
    finish(scene, claimed_one(scene), Outcome.UNKNOWN, "connection lost")
    with scene.open_desk(today=DAY) as desk:
        document = scene.documents()[0]
        row = desk.session.get_one(type(document), document.id)
        row.state = "void"
        cancel_messages(desk, document.id or 0)
    assert [m.state for m in scene.messages()] == ["unknown", "cancelled"]
    with pytest.raises(Refused, match="作废"), scene.open_desk(by="P90", today=DAY) as desk:
        resolve(desk, scene.messages()[0].id or 0, "resend")
    assert claim(scene)[0] == []


# ---- mails that cannot be made --------------------------------------------------------------------------------


def test_a_mail_that_cannot_be_composed_is_set_aside_and_the_next_one_goes(scene: Scene) -> None:
    post(scene, "bad", "good")
    with scene.open_desk(today=DAY) as desk:
        desk.session.get_one(Message, scene.messages()[0].id).recipient = "not an address"
    (found,), report = claim(scene)
    assert found.parcel.recipient == "good@shilixian.example"
    assert (report.rejected, len(report.problems)) == (1, 1)
    bad = scene.messages()[0]
    assert (bad.state, (bad.smtp_reply or "")[:5]) == ("rejected", "未能生成：")


def test_the_same_cause_queues_once(scene: Scene) -> None:
    post(scene, "a", "a")
    with scene.open_desk(today=DAY) as desk:
        (message,) = scene.messages()
        assert count_ready(desk) == 1
        assert not queue(
            desk, "staff", f"document/{message.document_id}", Recipient("a", "某", "x@shilixian.example")
        )
        (row,) = list_messages(desk, state="ready")
    assert (row["unit"], row["number"], row["state"]) == ("D009", "示法督办〔2026〕1号", "ready")
    assert message.message_id.startswith("<")
