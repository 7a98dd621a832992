"""Digests and the pace: too many mails for one person become one, and no domain gets mail faster than it takes it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from casework.mail.claiming import Claim, claim_batch, count_ready
from casework.mail.digesting import MOST, gather_digests
from casework.mail.outbox import resolve
from casework.mail.queueing import Recipient, cancel_messages, queue
from casework.mail.sendreport import SendReport
from casework.mail.settling import Ended, settle_batch
from casework.staff.people import find_unit
from delivery.mailfilling import text_of
from delivery.smtp import Outcome, Phase, Receipt
from models.account import PortalLink
from models.campaign import Campaign
from models.message import MailDay, MailPace, Message
from models.record import Note
from tests import make
from tests.casework.scene import Scene, settle_county
from tests.poison import refuse

DAY = date(2026, 5, 27)
NOW = datetime(2026, 5, 27, 2, 0, tzinfo=UTC)
LIAISON = Recipient("liaison", "周敏", "liaison.d001@shilixian.example")


def post(scene: Scene, count: int, *, to: Recipient = LIAISON, kind: str = "notice_collect") -> None:
    """Queue mails about as many documents to one person."""
    with scene.open_desk(today=DAY) as desk:
        known = desk.session.exec(select(Message.id)).all()
        if not known:
            settle_county(desk)
            make.make_campaign(desk)
        campaign, unit = desk.session.exec(select(Campaign)).one(), find_unit(desk, "D001")
        for number in range(len(known) + 1, len(known) + count + 1):
            document = make.make_document(
                desk, campaign, unit, "urging", number=f"示法督办〔2026〕{number}号", series="示法督办",
                year=2026, serial=number,
            )  # fmt: skip
            queue(desk, kind, f"document/{document.id}", to, document_id=document.id)


def gather(scene: Scene, above: int | None = 3) -> int:
    with scene.open_desk(today=DAY) as desk:
        make.rule_mail(desk, digest_above=above)
        gather_digests(desk, report := SendReport())
        return report.digests


def claim(
    scene: Scene, size: int = 50, *, later: timedelta = timedelta(), **rules: Any
) -> tuple[list[Claim], SendReport]:
    report = SendReport()
    with scene.open_desk(today=DAY) as desk:
        desk.now += later
        make.rule_mail(desk, **rules)
        return claim_batch(desk, "here", size, report), report


def settle(scene: Scene, claims: list[Claim], outcome: Outcome, reply: str = "250 ok", **rules: Any) -> None:
    with scene.open_desk(today=DAY) as desk:
        make.rule_mail(desk, **rules)
        settle_batch(
            desk, [Ended(one, Receipt(outcome, reply, Phase.RCPT)) for one in claims], [], SendReport()
        )


def states(scene: Scene) -> list[str]:
    return [message.state for message in scene.messages()]


# ---- digests --------------------------------------------------------------------------------------------------


def test_up_to_its_number_each_mail_goes_by_itself(scene: Scene) -> None:
    post(scene, 4)
    assert gather(scene) == 0  # a digest of one mail would be no help
    assert gather(scene, None) == 0
    assert [len(one.members) for one in claim(scene)[0]] == [0, 0, 0, 0]


def test_beyond_its_number_the_rest_go_in_one_mail_and_each_is_claimed_and_settled(scene: Scene) -> None:
    post(scene, 6)
    assert gather(scene) == 1
    assert gather(scene) == 0
    with scene.open_desk(today=DAY, readonly=True) as desk:
        assert count_ready(desk) == 4
    claims, _report = claim(scene)
    assert [len(one.members) for one in claims] == [0, 0, 0, 3]
    assert states(scene) == ["sending"] * 7
    settle(scene, claims, Outcome.ACCEPTED, "250 queued as 9")
    assert {(m.state, m.smtp_reply) for m in scene.messages()} == {("accepted", "250 queued as 9")}
    assert [m.attempts for m in scene.messages()] == [1] * 7
    inside = {m.message_id for m in scene.messages() if m.carried_by is not None}
    assert set(claims[-1].parcel.members) == inside


def test_a_digest_carries_the_text_the_files_and_the_own_link_of_each_mail(scene: Scene) -> None:
    scene.notify(("D001", "E24", "major"), serve=False)
    (paper,) = scene.documents("feedback_notice")
    with scene.open_desk(today=DAY) as desk:
        for row in desk.session.exec(select(Message)):
            desk.session.delete(row)
        desk.session.flush()
        for kind in ("document", "notice_collect"):
            queue(desk, kind, f"document/{paper.id}/{kind}", LIAISON, document_id=paper.id)
        make.rule_mail(desk, digest_above=1)
        post_again = Recipient("head", "周敏", LIAISON.address)
        queue(desk, "document", f"document/{paper.id}/again", post_again, document_id=paper.id)
        gather_digests(desk, report := SendReport())
        assert report.digests == 1
        desk.settings = desk.settings.model_copy(update={"address": "https://ducha.example.cn"})
        claims = claim_batch(desk, "here", 9, SendReport())
    digest = claims[-1].parcel.mime
    text = text_of(digest)
    mail = message_from_bytes(digest, policy=policy.default)
    assert mail["Subject"] == "【合并邮件】今天发给您的2份文书和提醒"
    assert "第1份（共2份）" in text
    assert "第2份（共2份）" in text
    assert "口令由系统" not in text
    links = scene.rows(select(PortalLink).where(col(PortalLink.message_id).in_(claims[-1].members)))
    assert len(links) == text.count("https://ducha.example.cn/n/") >= 1
    names = [part.get_filename() for part in mail.iter_attachments()]
    assert names
    assert all(str(name).startswith(("01-", "02-")) for name in names)


def test_the_digests_of_a_day_hold_twenty_mails_at_most(scene: Scene) -> None:
    post(scene, MOST + 8)
    assert gather(scene) == 2
    assert sorted(len(one.members) for one in claim(scene)[0]) == [0, 0, 0, 5, MOST]


def test_what_was_sent_before_counts_for_the_day(scene: Scene) -> None:
    post(scene, 3)
    settle(scene, claim(scene)[0], Outcome.ACCEPTED)
    post(scene, 3)
    assert gather(scene) == 1
    assert [len(one.members) for one in claim(scene)[0]] == [3]


def test_other_people_are_not_gathered_with(scene: Scene) -> None:
    post(scene, 3)
    post(scene, 3, to=Recipient("head", "吴国庆", "head.d001@shilixian.example"))
    assert gather(scene) == 0


def test_a_mail_that_was_cancelled_meanwhile_is_not_in_the_digest(scene: Scene) -> None:
    post(scene, 6)
    gather(scene)
    first = next(m for m in scene.messages() if m.carried_by is not None)
    with scene.open_desk(today=DAY) as desk:
        cancel_messages(desk, first.document_id or 0)
    claims, _report = claim(scene)
    assert len(claims[-1].members) == 2
    assert "〔2026〕4号" not in text_of(claims[-1].parcel.mime)


def test_a_mail_that_is_cancelled_after_the_digest_was_made_takes_it_apart(scene: Scene) -> None:
    post(scene, 6)
    gather(scene)
    settle(scene, claim(scene)[0], Outcome.DEFERRED, "450 4.2.0 busy")
    inside = [m for m in scene.messages() if m.carried_by is not None]
    with scene.open_desk(today=DAY) as desk:
        cancel_messages(desk, inside[0].document_id or 0)
    claims, _report = claim(scene, later=timedelta(hours=1))
    assert scene.messages("digest")[0].state == "cancelled"
    assert {one.id for one in claims} >= {m.id for m in inside[1:]}
    assert all("〔2026〕4号" not in text_of(one.parcel.mime) for one in claims)


def test_a_digest_with_nothing_left_in_it_is_cancelled(scene: Scene) -> None:
    post(scene, 5)
    gather(scene)
    with scene.open_desk(today=DAY) as desk:
        for message in scene.messages():
            if message.carried_by is not None:
                cancel_messages(desk, message.document_id or 0)
    assert len(claim(scene)[0]) == 3
    assert scene.messages("digest")[0].state == "cancelled"


def test_a_person_settles_a_digest_with_what_is_inside_and_one_mail_by_itself(scene: Scene) -> None:
    post(scene, 6)
    gather(scene)
    claims, _report = claim(scene)
    settle(scene, claims, Outcome.UNKNOWN, "lost")
    digest = scene.messages("digest")[0]
    inside = [m.id or 0 for m in scene.messages() if m.carried_by is not None]
    with scene.open_desk(by="P90", today=DAY) as desk:
        resolve(desk, inside[0], "resend")
        resolve(desk, digest.id or 0, "accepted")
    by_id = {m.id: m for m in scene.messages()}
    assert (by_id[inside[0]].state, by_id[inside[0]].carried_by) == ("ready", None)
    assert {by_id[number].state for number in inside[1:]} == {"accepted"}
    (again,) = claim(scene)[0]
    assert again.id == inside[0]


# ---- pace, budget, hours --------------------------------------------------------------------------------------


def test_a_domain_that_asks_to_slow_down_is_left_alone_and_the_others_go_on(scene: Scene) -> None:
    post(scene, 2)
    post(scene, 2, to=Recipient("leader", "高立新", "a@elsewhere.example"))
    settle(scene, claim(scene, 1)[0], Outcome.DEFERRED, "450 4.7.0 too many messages")
    (pace,) = scene.rows(select(MailPace))
    assert (pace.domain, pace.rate, pace.held_until) == ("shilixian.example", 30, NOW + timedelta(minutes=2))
    claims, report = claim(scene)
    assert {one.domain for one in claims} == {"elsewhere.example"}
    assert report.waiting == ["已达到发信速度上限，稍后自动发出"]
    assert len(claim(scene, later=timedelta(minutes=5))[0]) == 2


def test_a_complaint_before_the_address_is_about_the_account(scene: Scene) -> None:
    post(scene, 2)
    with scene.open_desk(today=DAY) as desk:
        one = claim_batch(desk, "here", 1, SendReport())[0]
        said = Receipt(Outcome.DEFERRED, "421 4.7.0 too many connections", Phase.MAIL)
        settle_batch(desk, [Ended(one, said)], [], SendReport())
    assert [row.domain for row in scene.rows(select(MailPace))] == [""]
    assert claim(scene)[0] == []


def test_limits_of_the_settings_hold_across_claims(scene: Scene) -> None:
    post(scene, 8)
    with scene.open_desk(today=DAY) as desk:
        desk.settings = desk.settings.model_copy(update={"smtp_domain_per_minute": 5})
        assert len(claim_batch(desk, "one", 3, SendReport())) == 3
    with scene.open_desk(today=DAY) as desk:
        desk.settings = desk.settings.model_copy(update={"smtp_domain_per_minute": 5})
        assert len(claim_batch(desk, "two", 9, SendReport())) == 2
        desk.now += timedelta(seconds=24)
        assert len(claim_batch(desk, "three", 9, SendReport())) == 2


def test_the_budget_of_the_day_is_kept_and_what_did_not_leave_is_given_back(scene: Scene) -> None:
    post(scene, 8)
    claims, report = claim(scene, daily_limit=5)
    assert (len(claims), report.waiting) == (5, ["今日发信额度已用完，次日自动发出"])
    with scene.open_desk(today=DAY) as desk:
        make.rule_mail(desk, daily_limit=5)
        settle_batch(desk, [], claims[:2], SendReport())
    assert [row.sent for row in scene.rows(select(MailDay))] == [3]
    assert len(claim(scene, daily_limit=5)[0]) == 2
    with scene.open_desk(today=DAY + timedelta(1)) as desk:
        make.rule_mail(desk, daily_limit=5)
        assert len(claim_batch(desk, "here", 50, SendReport())) == 3


def test_connections_that_look_at_once_do_not_go_over_the_budget_together(scene: Scene) -> None:
    post(scene, 8)
    ready = Barrier(4)

    def claim_some(who: str) -> int:
        ready.wait()
        with scene.open_desk(today=DAY) as desk:
            make.rule_mail(desk, daily_limit=5)
            return len(claim_batch(desk, who, 3, SendReport()))

    with ThreadPoolExecutor(4) as threads:
        claimed = list(threads.map(claim_some, ("a", "b", "c", "d")))

    assert sorted(claimed) == [0, 0, 2, 3]
    assert [row.sent for row in scene.rows(select(MailDay))] == [5]


def test_outside_the_hours_only_codes_go(scene: Scene) -> None:
    post(scene, 2)
    late = timedelta(hours=12)  # ten in the evening
    hours = {"opens": "07:30", "closes": "20:00", "days_off": False}
    claims, report = claim(scene, later=late, hours=hours)
    assert (claims, report.waiting) == ([], ["不在发信时段，到时自动发出"])
    assert len(claim(scene, later=late)[0]) == 2


def test_on_hold_nothing_is_claimed(scene: Scene) -> None:
    post(scene, 1)
    with scene.open_desk(today=DAY) as desk:
        desk.session.add(Note(name="hold", value="由备份恢复"))
    assert claim(scene)[0] == []


@pytest.mark.parametrize("rules", [{"digest_above": None}, {"daily_limit": None}, {"hours": None}])
def test_an_office_that_says_nothing_sends_everything_at_once(scene: Scene, rules: dict[str, None]) -> None:
    post(scene, 3)
    assert len(claim(scene, **{"digest_above": None, "daily_limit": None, "hours": None} | rules)[0]) == 3


def test_a_mail_that_the_database_refuses_to_put_into_a_digest_stays_by_itself(
    scene: Scene, engine: sa.Engine
) -> None:
    post(scene, 6)
    number = sorted(one.id or 0 for one in scene.messages())[4]
    with engine.begin() as link:
        refuse("message", "id", "UPDATE", "NEW.carried_by IS NOT NULL").put(link, number)

    with scene.open_desk(today=DAY) as desk:
        make.rule_mail(desk, digest_above=3)
        gather_digests(desk, report := SendReport(careful=True))

    assert (report.digests, report.refused, len(report.problems)) == (1, {number}, 1)
    carried = [one.id for one in scene.messages() if one.carried_by is not None]
    assert carried == [number - 1, number + 1]
