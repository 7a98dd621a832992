"""Which mail is next, how its end is written down, and what a journal tells about the mails of a dead sender."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from casework.desk import Desk
from casework.mail.claiming import Claim, _next_rows, claim_batch, count_ready
from casework.mail.outbox import resolve
from casework.mail.pacing import ACCOUNT, read_pace
from casework.mail.recovering import INTERRUPTED, MARGIN, Told, abandoned, listen, recover
from casework.mail.sendreport import SendReport
from casework.mail.settling import BACK_OFF, GIVE_UP, NOT_BEGUN, Ended, finish, put_back, settle_batch
from core.errors import IllegalMove
from core.life.lives import MessageAct
from core.mail.pacing import FIRST_RATE, HOLD, SATISFIED
from delivery.journal import Line, Mark
from delivery.smtp import Outcome, Phase, Receipt
from models.message import JournalledMail, MailPace, Message
from models.organisation import Office
from models.record import AuditEntry
from tests import make
from tests.casework.scene import Scene
from tests.casework.test_outbox import DAY, NOW, claim, lose_expired, post

SECOND = timedelta(seconds=1)


def rows_of(desk: Desk) -> list[Message]:
    return list(desk.session.exec(select(Message).order_by(col(Message.id))))


def give_to_neighbour(desk: Desk, *messages: Message) -> None:
    """Let mails belong to another office."""
    other = make.store(desk, Office(code="lincheng", name="临城县"))
    for message in messages:
        message.office_id = other.id
    desk.session.flush()


def detail_of(scene: Scene, act: str) -> list[str]:
    query = select(AuditEntry.detail).where(AuditEntry.subject == "message", AuditEntry.act == act)
    return scene.rows(query.order_by(col(AuditEntry.seq)))


def ended(claims: list[Claim], outcome: Outcome, reply: str, phase: Phase = Phase.SETTLE) -> list[Ended]:
    return [Ended(one, Receipt(outcome, reply, phase)) for one in claims]


# ---- who is next ----------------------------------------------------------------------------------------------


def test_the_longest_waiting_mail_is_next_and_of_equals_the_first_queued(scene: Scene) -> None:
    post(scene, "a", "b", "c", "d", "e", "f")
    with scene.open_desk(today=DAY) as desk:
        a, b, c, d, e, f = rows_of(desk)
        a.not_before, d.not_before, e.not_before = NOW, NOW - SECOND, NOW + SECOND
        b.not_before = c.not_before = NOW - timedelta(hours=1)
        f.carried_by = a.id
        assert _next_rows(desk, 9, []) == [b, c, d, a]
        assert _next_rows(desk, 3, []) == [b, c, d]
        desk.now += SECOND
        assert _next_rows(desk, 9, []) == [b, c, d, a, e]
        c.domain, d.domain = "elsewhere.example", "third.example"
        assert _next_rows(desk, 9, ["elsewhere.example", "third.example"]) == [b, a, e]
        give_to_neighbour(desk, b, e)
        assert _next_rows(desk, 9, []) == [c, d, a]


def test_what_somebody_waits_for_at_a_screen_goes_first_and_outside_the_hours(scene: Scene) -> None:
    post(scene, "a", "b", "c", "d")
    with scene.open_desk(today=DAY) as desk:
        a, b, c, d = rows_of(desk)
        c.kind = d.kind = "portal_code"
        desk.session.flush()
        assert _next_rows(desk, 9, []) == [c, d, a, b]
        assert _next_rows(desk, 3, []) == [c, d, a]
        assert _next_rows(desk, 2, []) == [c, d]
        assert _next_rows(desk, 1, []) == [c]
        make.rule_mail(desk, hours={"opens": "07:30", "closes": "20:00", "days_off": False})
        desk.now += timedelta(hours=12)
        assert _next_rows(desk, 9, []) == [c, d]


def test_what_waits_is_counted_for_the_office_alone(scene: Scene) -> None:
    post(scene, "a", "b", "c", "d", "e")
    with scene.open_desk(today=DAY) as desk:
        a, b, c, d, e = rows_of(desk)
        b.not_before, c.carried_by = NOW + SECOND, a.id
        e.state = "cancelled"
        desk.session.flush()
        assert (count_ready(desk), count_ready(desk, now_only=True)) == (3, 2)
        desk.now += SECOND
        assert count_ready(desk, now_only=True) == 3
        give_to_neighbour(desk, d)
        assert (count_ready(desk), count_ready(desk, now_only=True)) == (2, 2)


def test_every_mail_that_cannot_be_composed_is_counted_with_its_reason(scene: Scene) -> None:
    post(scene, "x", "y", "good")
    with scene.open_desk(today=DAY) as desk:
        x, y, _good = rows_of(desk)
        x.recipient = y.recipient = "not an address"
        numbers = (x.id, y.id)
    claims, report = claim(scene, size=2)
    assert [one.parcel.recipient for one in claims] == ["good@shilixian.example"]
    assert report.rejected == 2
    assert [one.partition("：")[0] for one in report.problems] == [f"邮件{number}" for number in numbers]


@pytest.mark.parametrize(("reply", "said"), [("250 queued as 7", "250 queued as 7"), ("", "无应答")])
def test_a_mail_that_a_journal_knows_from_before_a_restore_is_left_to_a_person(
    scene: Scene, reply: str, said: str
) -> None:
    post(scene, "a", "b")
    with scene.open_desk(today=DAY) as desk:
        known, other = (message.message_id for message in rows_of(desk))
        kept = {"outcome": "accepted", "reply": reply, "at": NOW - timedelta(hours=3), "number": ""}
        make.store(desk, JournalledMail(office_id=desk.office_id, message_id=known, **kept))
        neighbour = make.store(desk, Office(code="lincheng", name="临城县"))
        make.store(desk, JournalledMail(office_id=neighbour.id, message_id=other, **kept))
    claims, report = claim(scene, size=2)
    assert [one.parcel.message_id for one in claims] == [other]
    first = scene.messages()[0]
    assert (first.state, first.token, first.attempts, report.rejected) == ("unknown", None, 0, 0)
    assert first.smtp_reply == (
        f"恢复前的邮件日志中已有同一邮件（2026-05-26 23:00Z，{said}），核对后再决定是否重发"
    )
    with scene.open_desk(by="P90", today=DAY) as desk:
        resolve(desk, first.id or 0, "resend")
    claims, _report = claim(scene, size=2)
    assert [one.parcel.message_id for one in claims] == [known], "the person has decided"


# ---- settling -------------------------------------------------------------------------------------------------


def test_the_words_of_the_server_stand_in_the_record_cut_to_what_a_person_reads(scene: Scene) -> None:
    post(scene, "a", "b", "c")
    long = "550 " + "x" * 600
    claims, _report = claim(scene, size=3)
    with scene.open_desk(today=DAY) as desk:
        settle_batch(desk, ended(claims[:1], Outcome.REJECTED, long), [], SendReport())
        settle_batch(desk, ended(claims[1:2], Outcome.ACCEPTED, ""), [], SendReport())
        settle_batch(desk, ended(claims[2:], Outcome.DEFERRED, "450 " + "y" * 600), [], SendReport())
    assert [m.smtp_reply for m in scene.messages()] == [
        long[:500], "（无应答文字）", ("450 " + "y" * 600)[:500],
    ]  # fmt: skip
    assert detail_of(scene, "reject") == [f'{{"reply":"{long[:500]}"}}']
    (deferred,) = detail_of(scene, "defer")
    assert deferred.startswith('{"reply":"450 yyy')


def test_a_mail_that_was_not_begun_says_so_in_the_record(scene: Scene) -> None:
    post(scene, "a")
    claims, _report = claim(scene)
    with scene.open_desk(today=DAY) as desk:
        settle_batch(desk, [], claims, SendReport())
    assert detail_of(scene, "defer") == [f'{{"reply":"{NOT_BEGUN}"}}']


@pytest.mark.parametrize(("late", "state"), [(timedelta(), "ready"), (SECOND, "rejected")])
def test_five_days_are_tried_in_full(scene: Scene, late: timedelta, state: str) -> None:
    post(scene, "a")
    (found,), _report = claim(scene, later=GIVE_UP + late)
    reply = "451 " + "z" * 600
    with scene.open_desk(today=DAY) as desk:
        desk.session.get_one(Message, found.id).attempts = len(BACK_OFF) + 1
    with scene.open_desk(today=DAY) as desk:
        desk.now += GIVE_UP + late
        settle_batch(desk, ended([found], Outcome.DEFERRED, reply), [], SendReport())
    (message,) = scene.messages()
    assert message.state == state
    said = reply if state == "ready" else f"5日未能投递：{reply}"
    assert message.smtp_reply == said[:500]


def test_what_was_taken_away_meanwhile_is_neither_settled_nor_put_back(scene: Scene) -> None:
    post(scene, "a", "b")
    claims, _report = claim(scene, size=2)
    with scene.open_desk(today=DAY) as desk:
        taken, gone = rows_of(desk)
        taken.token = "somebody else"
        finish(desk, gone, MessageAct.REJECT, "550 no")
    with scene.open_desk(today=DAY) as desk:
        settle_batch(desk, [], claims, SendReport())
        settle_batch(desk, ended(claims, Outcome.ACCEPTED, "250 ok"), [], SendReport())
    assert [(m.state, m.token) for m in scene.messages()] == [
        ("sending", "somebody else"),
        ("rejected", None),
    ]


def test_an_end_that_is_not_allowed_names_the_mail(scene: Scene) -> None:
    post(scene, "a")
    with scene.open_desk(today=DAY) as desk:
        (message,) = rows_of(desk)
        for act in (
            lambda: finish(desk, message, MessageAct.ACCEPT, "250 ok"), lambda: put_back(desk, message, ""),
        ):  # fmt: skip
            with pytest.raises(IllegalMove, match="邮件"):
                act()


# ---- the pace that is learned ---------------------------------------------------------------------------------


def limited(desk: Desk) -> None:
    desk.settings = desk.settings.model_copy(update={"smtp_per_minute": 20, "smtp_domain_per_minute": 8})


@pytest.mark.parametrize(("reply", "phase", "rates"), [
    ("450 4.7.0 too many", Phase.RCPT, {ACCOUNT: 20, "shilixian.example": 4}),
    ("450 4.7.0 too many", Phase.MAIL, {ACCOUNT: 10, "shilixian.example": 8}),
    ("421 4.7.0 later", Phase.RCPT, {ACCOUNT: 10, "shilixian.example": 8}),
    ("550 no such user", Phase.RCPT, {ACCOUNT: 20, "shilixian.example": 8}),
])  # fmt: skip
def test_whoever_complains_is_slowed_down_once_for_a_batch(
    scene: Scene, reply: str, phase: Phase, rates: dict[str, int]
) -> None:
    post(scene, "a", "b", "c")
    with scene.open_desk(today=DAY) as desk:
        limited(desk)
        claims = claim_batch(desk, "here", 3, SendReport())
        outcome = Outcome.REJECTED if reply.startswith("5") else Outcome.DEFERRED
        settle_batch(desk, ended(claims, outcome, reply, phase), [], SendReport())
    held = {row.domain: (row.rate, row.held_until) for row in scene.rows(select(MailPace))}
    usual = {ACCOUNT: 20, "shilixian.example": 8}
    assert held == {name: (rate, None if rate == usual[name] else NOW + HOLD) for name, rate in rates.items()}


def test_each_mail_that_is_taken_counts_once_for_its_domain_and_the_account(scene: Scene) -> None:
    post(scene, "a", "b", "c")
    with scene.open_desk(today=DAY) as desk:
        limited(desk)
        claims = claim_batch(desk, "here", 3, SendReport())
        settle_batch(desk, ended(claims[:2], Outcome.ACCEPTED, "250 ok"), [], SendReport())
        settle_batch(desk, ended(claims[2:], Outcome.REJECTED, "550 no"), [], SendReport())
    assert {row.domain: row.taken for row in scene.rows(select(MailPace))} == {
        ACCOUNT: 2, "shilixian.example": 2,
    }  # fmt: skip


def test_a_limit_that_was_lost_again_leaves_no_row(scene: Scene) -> None:
    post(scene, "a")
    with scene.open_desk(today=DAY) as desk:
        pace = read_pace(desk)
        pace.slow_down("shilixian.example")
        pace.save()
    (row,) = scene.rows(select(MailPace))
    assert (row.rate, row.ceiling, row.tokens, row.taken, row.counted_at) == (FIRST_RATE, 0, 0.0, 0, NOW)
    with scene.open_desk(today=DAY) as desk:
        pace = read_pace(desk)
        assert (pace.closed(), pace.room()) == (["shilixian.example"], pace.left_today)
        for _ in range(SATISFIED * 21 * FIRST_RATE * 30):
            if pace.buckets["shilixian.example"].rate == 0:
                break
            pace.please("shilixian.example")
        pace.save()
    assert scene.rows(select(MailPace)) == []


# ---- after a sender died --------------------------------------------------------------------------------------


def test_a_journal_is_heard_for_the_senders_that_are_asked_about() -> None:
    def line(mark: Mark, who: str = "t", *, about: str = "<1>", outcome: str = "", **more: Any) -> Line:
        return Line(mark.value, "o", who, "2026", "" if mark is Mark.OPEN else about, outcome=outcome, **more)

    told = listen(
        [
            line(Mark.OPEN), line(Mark.OPEN, "u"), line(Mark.OPEN, "stranger"), line(Mark.BEGIN, "stranger"),
            line(Mark.BEGIN), line(Mark.END, outcome="accepted", reply="250 ok"), line(Mark.BEGIN),
            line(Mark.BEGIN, about="<2>", members=("<3>", "<4>")), line(Mark.BEGIN, "v", about="<1>"),
        ],
        {"t", "u", "v"},
    )  # fmt: skip
    assert told.senders == {"t", "u", "v"}
    assert told.mails == {
        ("t", "<1>"): ("accepted", "250 ok"), ("t", "<2>"): None, ("t", "<3>"): None, ("t", "<4>"): None,
        ("v", "<1>"): None,
    }  # fmt: skip


def test_each_mail_of_a_dead_sender_goes_where_its_journal_says(scene: Scene) -> None:
    post(scene, "a", "b", "c", "d", "e", "f", "g")
    claim(scene, "dead", size=5)
    claim(scene, "silent", size=2)
    report = SendReport()
    with scene.open_desk(today=DAY) as desk:
        left = abandoned(desk, {"dead", "silent"}.__contains__)
        assert (left.tokens, left.expired, left.since) == ({"dead", "silent"}, [], NOW - MARGIN)
        _a, _e, begun, taken, put_off = (row.message_id for row in left.rows[:5])
        told = Told({"dead"}, {
            ("dead", begun): None, ("dead", taken): ("accepted", "250 queued as 7"),
            ("dead", put_off): ("deferred", "450 busy"),
        })  # fmt: skip
        recover(desk, left, told, report)
    assert [(m.state, m.token, m.smtp_reply) for m in scene.messages()] == [
        ("ready", None, None), ("ready", None, None), ("unknown", None, INTERRUPTED),
        ("accepted", None, "250 queued as 7"), ("ready", None, "450 busy"),
        ("unknown", None, INTERRUPTED), ("unknown", None, INTERRUPTED),
    ]  # fmt: skip
    assert (report.recovered, report.unknown) == (4, 3)
    assert [m.not_before for m in scene.messages()[:5]] == [NOW, NOW, NOW, NOW, NOW + BACK_OFF[0]]
    assert detail_of(scene, "defer")[:2] == [f'{{"reply":"{NOT_BEGUN}"}}'] * 2
    assert claim(scene, size=9)[0] != []


def test_of_a_mail_that_is_unknown_its_own_journal_still_tells_the_end(scene: Scene) -> None:
    post(scene, "a", "b", "c")
    claim(scene, "slow", size=3)
    with scene.open_desk(today=DAY) as desk:
        for message in rows_of(desk):
            message.lease_until = NOW
        desk.session.flush()
        assert lose_expired(desk).unknown == 0  # the lease ends with its last instant
        desk.now += SECOND
        assert lose_expired(desk).unknown == 3
    assert [(m.state, m.token) for m in scene.messages()] == [("unknown", "slow")] * 3
    report = SendReport()
    with scene.open_desk(today=DAY) as desk:
        left = abandoned(desk, lambda token: token == "slow")
        first, second, _third = left.rows
        answers: dict[tuple[str, str], tuple[str, str] | None] = {
            ("slow", first.message_id): ("rejected", "554 no"), ("slow", second.message_id): None,
        }  # fmt: skip
        recover(desk, left, Told({"slow"}, answers), report)
    assert [(m.state, m.token) for m in scene.messages()] == [
        ("rejected", None), ("unknown", None), ("ready", None),
    ]  # fmt: skip
    assert (report.recovered, report.unknown) == (2, 0)  # what is unknown already is not counted again
    with scene.open_desk(today=DAY) as desk:
        assert abandoned(desk, lambda _token: True).rows == []


def test_only_mails_in_progress_of_the_office_are_looked_for(scene: Scene) -> None:
    post(scene, "a", "b", "c", "d", "e")
    claim(scene, "t", size=3)
    seen: list[str] = []

    def is_dead(token: str) -> bool:
        seen.append(token)
        return False

    with scene.open_desk(today=DAY) as desk:
        a, b, c, _d, e = rows_of(desk)
        e.token, e.lease_until = "odd", NOW  # ready, as no program of ours leaves it
        b.lease_until = NOW - SECOND
        c.lease_until = NOW + SECOND
        give_to_neighbour(desk, a)
        left = abandoned(desk, is_dead)
        assert (left.rows, left.expired) == ([], [b])
        assert seen == ["t", "t"]
        desk.now += 9 * SECOND
        assert abandoned(desk, is_dead).expired == [b, c]
        assert abandoned(desk, lambda token: token == "t").rows == [b, c]
        assert abandoned(desk, lambda token: token == "t").expired == []
