"""Handing mails over: what the journal says before and after each, what stops a sender, and what is not begun."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from core.errors import DeliveryFailed, InvalidInput
from delivery.handover import Handover, Parcel
from delivery.journal import Journal, Line, Mark, read_journal
from delivery.smtp import Outcome, Phase, Receipt
from system import failpoints

NOW = datetime(2026, 5, 27, 10, 0, tzinfo=timezone(timedelta(hours=8)))
TAKEN = Receipt(Outcome.ACCEPTED, "250 ok", Phase.SETTLE)


class Server:
    """A session that answers as it was told; an answer that is an error is raised.

    begins   whether it calls back before the content
    """

    def __init__(self, *answers: Receipt | Exception, begins: bool = True) -> None:
        self.answers = list(answers)
        self.begins = begins
        self.sent: list[tuple[str, str, bytes]] = []

    def send(self, sender: str, recipient: str, mime: bytes, begin: Callable[[], None]) -> Receipt:
        self.sent.append((sender, recipient, mime))
        if self.begins:
            begin()
        answer = self.answers.pop(0) if self.answers else TAKEN
        if isinstance(answer, Exception):
            raise answer
        return answer


class FullDisk(Journal):
    """A journal that takes so many lines and no more."""

    def __init__(self, folder: Path, lines: int) -> None:
        super().__init__(folder)
        self.left = lines

    def write(self, line: Line) -> None:
        if self.left == 0:
            raise DeliveryFailed("邮件日志写不进去", retry=True)
        self.left -= 1
        super().write(line)


@pytest.fixture
def reached() -> Iterator[list[str]]:
    """Collect the failpoints that are passed."""
    names: list[str] = []
    failpoints.arm(names.append)
    yield names
    failpoints.arm(None)


def parcel(at: int, **values: Any) -> Parcel:
    kept = {"sha256": f"{at:064}", "number": f"示法督〔2026〕{at}号", "members": (f"<m{at}@x>",)}
    return Parcel(f"<{at}@x>", "from@x.example", f"r{at}@x.example", b"mime", **{**kept, **values})


def sender(server: Any, folder: Path, journal: Journal | None = None) -> Handover:
    return Handover(server, journal or Journal(folder), "shilixian", "token", lambda: NOW)


def always() -> bool:
    return True


def test_each_mail_stands_in_the_journal_before_its_content_and_after_its_answer(tmp_path: Path) -> None:
    server = Server(TAKEN, Receipt(Outcome.REJECTED, "550 no such user", Phase.RCPT))
    hands = sender(server, tmp_path)
    hands.open()
    receipts = hands.carry([parcel(1), parcel(2, number="", members=())], always)
    hands.close()
    at = "2026-05-27T02:00:00+00:00"
    one = ("<1@x>", "r1@x.example", f"{1:064}", "示法督〔2026〕1号")
    two = ("<2@x>", "r2@x.example", f"{2:064}", "")
    assert list(read_journal(tmp_path)) == [
        Line("open", "shilixian", "token", at),
        Line("begin", "shilixian", "token", at, *one, "", "", ("<m1@x>",)),
        Line("end", "shilixian", "token", at, *one, "accepted", "250 ok", ("<m1@x>",)),
        Line("begin", "shilixian", "token", at, *two),
        Line("end", "shilixian", "token", at, *two, "rejected", "550 no such user"),
    ]
    assert server.sent == [("from@x.example", f"r{n}@x.example", b"mime") for n in (1, 2)]
    assert [one.outcome for one in receipts] == [Outcome.ACCEPTED, Outcome.REJECTED]
    assert hands.failure is None


def test_it_is_asked_before_each_mail_whether_it_may_go(tmp_path: Path) -> None:
    server, answers = Server(), iter([True, True, False, True])
    receipts = sender(server, tmp_path).carry([parcel(n) for n in range(4)], lambda: next(answers))
    assert receipts == [TAKEN, TAKEN]
    assert len(server.sent) == 2


def test_what_fails_before_the_content_stops_the_sender_and_leaves_the_mail_unbegun(tmp_path: Path) -> None:
    broken = DeliveryFailed("证书不对", retry=False)
    server = Server(TAKEN, broken)
    hands = sender(server, tmp_path)
    (first,) = hands.carry([parcel(1)], always)
    server.begins = False
    assert hands.carry([parcel(2), parcel(3)], always) == []
    assert (first, hands.failure, len(server.sent)) == (TAKEN, broken, 2)
    assert hands.carry([parcel(4)], always) == []
    assert len(server.sent) == 2
    assert [line.mark for line in read_journal(tmp_path)] == ["begin", "end"]


def test_what_fails_after_the_content_began_leaves_the_mail_unknown_and_the_next_one_goes(
    tmp_path: Path,
) -> None:
    hands = sender(Server(RuntimeError("lost " + "x" * 400), TAKEN), tmp_path)
    unknown, second = hands.carry([parcel(1), parcel(2)], always)
    assert (unknown.outcome, unknown.phase, second) == (Outcome.UNKNOWN, Phase.DATA, TAKEN)
    assert unknown.reply.startswith("RuntimeError: lost xxx")
    assert len(unknown.reply) == 300
    assert hands.failure is None
    assert [(line.mark, line.outcome) for line in read_journal(tmp_path)] == [
        ("begin", ""), ("end", "unknown"), ("begin", ""), ("end", "accepted"),
    ]  # fmt: skip


def test_a_mail_that_no_server_could_take_is_rejected_and_not_in_the_journal(tmp_path: Path) -> None:
    hands = sender(Server(InvalidInput("地址有误", found="x"), begins=False), tmp_path)
    (receipt,) = hands.carry([parcel(1)], always)
    assert (receipt.outcome, receipt.phase) == (Outcome.REJECTED, Phase.MAIL)
    assert receipt.reply.startswith("未能投递：地址有误")
    assert list(read_journal(tmp_path)) == []
    assert hands.failure is None


def test_when_the_server_is_gone_the_others_are_not_tried_one_by_one(tmp_path: Path) -> None:
    gone = Receipt(Outcome.DEFERRED, "无法连接", Phase.CONNECT)
    server = Server(TAKEN, gone)
    receipts = sender(server, tmp_path).carry([parcel(n) for n in range(5)], always)
    assert receipts == [TAKEN, gone]
    assert len(server.sent) == 2


@pytest.mark.parametrize("answer", [
    Receipt(Outcome.DEFERRED, "450 busy", Phase.RCPT), Receipt(Outcome.REJECTED, "554 no", Phase.CONNECT),
])  # fmt: skip
def test_a_refusal_of_one_mail_does_not_stop_the_others(tmp_path: Path, answer: Receipt) -> None:
    assert sender(Server(answer), tmp_path).carry([parcel(1), parcel(2)], always) == [answer, TAKEN]


def test_without_a_place_for_the_beginning_nothing_goes_out(tmp_path: Path) -> None:
    server = Server()
    hands = sender(server, tmp_path, FullDisk(tmp_path, 0))
    assert hands.carry([parcel(1), parcel(2)], always) == []
    assert isinstance(hands.failure, DeliveryFailed)
    assert len(server.sent) == 1
    with pytest.raises(DeliveryFailed):
        hands.open()


def test_without_a_place_for_the_answer_it_is_settled_and_the_sender_stops(tmp_path: Path) -> None:
    server = Server()
    hands = sender(server, tmp_path, FullDisk(tmp_path, 1))
    assert hands.carry([parcel(1), parcel(2)], always) == [TAKEN]
    assert isinstance(hands.failure, DeliveryFailed)
    assert len(server.sent) == 1
    assert [line.mark for line in read_journal(tmp_path)] == [Mark.BEGIN]


def test_the_places_at_which_a_sender_may_die_are_passed_in_order(tmp_path: Path, reached: list[str]) -> None:
    sender(Server(), tmp_path).carry([parcel(1)], always)
    assert reached == [
        "sender.before_content", "sender.after_beginning_is_written", "sender.after_answer",
        "sender.after_end_is_written",
    ]  # fmt: skip


def test_closing_closes_the_journal_and_the_next_line_opens_it_again(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    hands = sender(Server(), tmp_path, journal)
    hands.open()
    assert journal._file >= 0
    hands.close()
    assert journal._file == -1
    hands.open()
    assert [line.at for line in read_journal(tmp_path)] == [NOW.astimezone(UTC).isoformat()] * 2
