"""The outbox: a mail is claimed, sent and settled once; what is unknown waits for a person."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import select

from casework.mail.outbox import (
    BACK_OFF,
    LEASE,
    Claim,
    SendReport,
    claim_next,
    count_ready,
    list_messages,
    lose_expired,
    resolve,
    sending_tokens,
    settle,
)
from casework.mail.queueing import Recipient, cancel_messages, queue
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
    scene: Scene, who: str = "here", *, later: timedelta = timedelta()
) -> tuple[Claim | None, SendReport]:
    report = SendReport()
    with scene.open_desk(today=DAY) as desk:
        desk.now += later
        return claim_next(desk, who, report), report


def finish(scene: Scene, claimed: Claim, outcome: Outcome, reply: str = "250 ok") -> SendReport:
    report = SendReport()
    with scene.open_desk(today=DAY) as desk:
        settle(desk, claimed, Receipt(outcome, reply, Phase.SETTLE), report)
    return report


def claimed_one(scene: Scene) -> Claim:
    found, _report = claim(scene)
    assert found is not None
    return found


# ---- claim and settle -----------------------------------------------------------------------------------------


def test_mails_are_claimed_in_order_one_at_a_time_and_once(scene: Scene) -> None:
    post(scene, "a", "b")
    first, second = claimed_one(scene), claimed_one(scene)
    assert (first.recipient, second.recipient) == ("a@shilixian.example", "b@shilixian.example")
    assert claim(scene)[0] is None
    one = scene.messages()[0]
    assert (one.state, one.token, one.attempts, one.lease_until) == ("sending", "here", 1, NOW + LEASE)
    with scene.open_desk(readonly=True, today=DAY) as desk:
        assert sending_tokens(desk) == {"here"}
    body = scene.rows(select(MessageBody))[0]
    assert body.mime == first.mime


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
    assert (message.token, message.lease_until) == (None, None)
    assert report.as_dict()[counted] == 1
    assert claim(scene, later=timedelta(days=9))[0] is None


def test_a_deferred_mail_waits_longer_each_time(scene: Scene) -> None:
    post(scene, "a")
    later = timedelta()
    for wait in (*BACK_OFF, BACK_OFF[-1]):
        found, _report = claim(scene, later=later)
        assert found is not None
        with scene.open_desk(today=DAY) as desk:
            desk.now += later
            settle(desk, found, Receipt(Outcome.DEFERRED, "451 later", Phase.RCPT), SendReport())
        (message,) = scene.messages()
        assert (message.state, message.smtp_reply) == ("ready", "451 later")
        assert message.not_before == NOW + later + wait
        assert claim(scene, later=later + wait - timedelta(seconds=1))[0] is None
        later += wait
    assert scene.messages()[0].attempts == len(BACK_OFF) + 1


def test_the_bytes_are_made_once_and_sent_again_the_same(scene: Scene) -> None:
    post(scene, "a")
    first = claimed_one(scene)
    finish(scene, first, Outcome.DEFERRED, "451 later")
    with scene.open_desk(today=DAY) as desk:
        desk.session.get_one(Message, first.message_id).recipient_name = "改名"
    again, _report = claim(scene, later=timedelta(hours=1))
    assert again is not None
    assert again.mime == first.mime


def test_a_settlement_that_comes_after_its_claim_was_taken_away_changes_nothing(scene: Scene) -> None:
    post(scene, "a")
    late = claimed_one(scene)
    with scene.open_desk(today=DAY) as desk:
        desk.now += LEASE + timedelta(seconds=1)
        assert lose_expired(desk, set()) == 1
    assert finish(scene, late, Outcome.ACCEPTED).accepted == 0
    assert scene.messages()[0].state == "unknown"


# ---- lost senders ---------------------------------------------------------------------------------------------


def test_a_sender_whose_lease_ran_out_or_who_is_dead_leaves_an_unknown_mail(scene: Scene) -> None:
    post(scene, "a", "b", "c")
    for token in ("slow", "dead", "alive"):
        claim(scene, token)
    with scene.open_desk(today=DAY) as desk:
        desk.session.get_one(Message, scene.messages()[0].id).lease_until = NOW - timedelta(seconds=1)
    with scene.open_desk(today=DAY) as desk:
        assert lose_expired(desk, {"dead"}) == 2
    assert [m.state for m in scene.messages()] == ["unknown", "unknown", "sending"]
    assert "不明" in (scene.messages()[0].smtp_reply or "")


def test_an_unknown_mail_is_never_sent_again_by_a_machine(scene: Scene) -> None:
    post(scene, "a")
    finish(scene, claimed_one(scene), Outcome.UNKNOWN, "connection lost")
    with scene.open_desk(today=DAY) as desk:
        desk.now += timedelta(days=30)
        assert lose_expired(desk, {"here"}) == 0
        assert count_ready(desk) == 0
    assert claim(scene, later=timedelta(days=30))[0] is None
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
    assert claimed_one(scene).message_id == second
    assert scene.told("message", second) == ["claim", "lose_track", "resend", "claim"]


def test_what_arrived_is_not_sent_again_even_by_a_person(scene: Scene) -> None:
    post(scene, "a")
    finish(scene, claimed_one(scene), Outcome.ACCEPTED)
    with pytest.raises(IllegalMove) as refused, scene.open_desk(by="P90", today=DAY) as desk:
        resolve(desk, scene.messages()[0].id or 0, "resend")
    assert refused.value.allowed == ()


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
    assert claim(scene)[0] is None


# ---- mails that cannot be made --------------------------------------------------------------------------------


def test_a_mail_that_cannot_be_composed_is_set_aside_and_the_next_one_goes(scene: Scene) -> None:
    post(scene, "bad", "good")
    with scene.open_desk(today=DAY) as desk:
        desk.session.get_one(Message, scene.messages()[0].id).recipient = "not an address"
    found, report = claim(scene)
    assert found is not None
    assert found.recipient == "good@shilixian.example"
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
