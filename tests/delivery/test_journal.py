"""The journal of mail and the log of a relay: what is on the disk is read again, what is torn is passed over."""

from __future__ import annotations

import os
import stat
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.errors import DeliveryFailed
from delivery.journal import Journal, Line, Mark, read_journal
from delivery.relaylog import Passed, read_relay_log

AT = "2026-05-27T02:00:00+00:00"
LINE = Line(
    Mark.END,
    "SLX",
    "here|1",
    AT,
    "<a@x>",
    "某@x.example",
    "0" * 64,
    "示法督办〔2026〕1号",
    "accepted",
    "250 好",
    ("<b@x>",),
)


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    lines = [Line(Mark.OPEN, "SLX", "here|1", AT), LINE]
    for line in lines:
        journal.write(line)
    journal.close()
    assert list(read_journal(tmp_path / "journal")) == lines
    assert stat.S_IMODE((tmp_path / "journal" / "2026-05-27.jsonl").stat().st_mode) == 0o600


def test_each_day_has_its_file_and_old_ones_may_be_left_out(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    for day in (25, 27, 26):
        journal.write(Line(Mark.OPEN, "SLX", f"{day}", f"2026-05-{day}T02:00:00+00:00"))
    assert [line.token for line in read_journal(tmp_path)] == ["25", "26", "27"]
    assert [line.token for line in read_journal(tmp_path, datetime(2026, 5, 26, 9, tzinfo=UTC))] == [
        "26",
        "27",
    ]


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_a_line_torn_by_a_power_cut_spoils_none_that_follow(tmp_path: Path, cut: int) -> None:
    journal = Journal(tmp_path)
    journal.write(Line(Mark.OPEN, "SLX", "before", AT))
    journal.write(LINE)
    journal.close()
    path = tmp_path / "2026-05-27.jsonl"
    path.write_bytes(path.read_bytes()[:-cut])
    Journal(tmp_path).write(Line(Mark.OPEN, "SLX", "after", AT))
    read = list(read_journal(tmp_path))
    assert [read[0].token, read[-1].token] == ["before", "after"]
    assert set(read[1:-1]) <= {LINE}


def test_several_senders_write_to_one_file(tmp_path: Path) -> None:
    def write(name: str) -> None:
        journal = Journal(tmp_path)
        for number in range(50):
            journal.write(Line(Mark.BEGIN, "SLX", name, AT, f"<{number}@{name}>", reply="长" * 200))
        journal.close()

    threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = list(read_journal(tmp_path))
    for name in "abcd":
        assert [line.message_id for line in lines if line.token == name] == [
            f"<{n}@{name}>" for n in range(50)
        ]


def test_a_journal_that_cannot_be_written_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DeliveryFailed, match="邮件日志写不进去") as refused:
        Journal(tmp_path / "file").write(LINE)
    assert refused.value.retry
    assert "DUCHA_MAIL_JOURNAL" in (refused.value.remedy or "")


def test_every_line_is_on_the_disk_when_write_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    write, sync = os.write, os.fdatasync
    monkeypatch.setattr(os, "write", lambda file, text: (seen.append("write"), write(file, text))[1])
    monkeypatch.setattr(os, "fdatasync", lambda file: (seen.append("sync"), sync(file))[1])
    Journal(tmp_path).write(LINE)
    assert seen == ["write", "sync"]


RELAY = """\
Nov 22 10:00:01 mx postfix/smtpd[11]: 4F1A2B3C: client=localhost[127.0.0.1]
Nov 22 10:00:01 mx postfix/cleanup[12]: 4F1A2B3C: message-id=<sent@x>
Nov 22 10:00:01 mx postfix/qmgr[9]: 4F1A2B3C: from=<a@x>, size=900, nrcpt=1 (queue active)
Nov 22 10:00:02 mx postfix/smtp[13]: 4F1A2B3C: to=<b@y>, relay=y[1.2.3.4]:25, dsn=2.0.0, status=sent (250 ok 77)
Nov 22 10:00:02 mx postfix/qmgr[9]: 4F1A2B3C: removed
Nov 22 10:00:03 mx postfix/cleanup[12]: 5A00000: message-id=<cut@x>
Nov 22 10:00:03 mx postfix/smtpd[11]: lost connection after DATA (300 bytes) from localhost[127.0.0.1]
Nov 22 10:00:04 mx postfix/cleanup[12]: 6B00000: message-id=<queued@x>
2026-11-22T10:00:04.1+08:00 mx postfix-out/qmgr[9]: 6B00000: from=<a@x>, size=900, nrcpt=1 (queue active)
Nov 22 10:00:05 mx postfix/cleanup[12]: 4F1A2B3C: message-id=<other@x>
Nov 22 10:00:06 mx postfix/qmgr[9]: 4F1A2B3C: from=<a@x>, size=900, nrcpt=1 (queue active)
乱码 \x00 not a line
"""


def test_a_relays_log_tells_what_it_took_and_not_what_was_cut_off() -> None:
    read = read_relay_log(RELAY.splitlines(), {"<sent@x>", "<cut@x>", "<queued@x>"})
    assert read == {
        "<sent@x>": Passed("4F1A2B3C", "sent", "250 ok 77"),
        "<queued@x>": Passed("6B00000", "queued", ""),
    }


def test_a_queue_number_that_is_used_again_is_not_the_mail_before() -> None:
    assert read_relay_log(RELAY.splitlines(), {"<other@x>"}) == {
        "<other@x>": Passed("4F1A2B3C", "queued", "")
    }
