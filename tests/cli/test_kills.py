"""kill -9 at random moments of `ducha sweep` and `ducha outbox send`: nothing lost, nothing twice, doubt is listed."""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import pytest

from models.database import sqlite_module
from tests.cli.ducha import Ducha
from tests.cli.killing import (
    Sink,
    forks,
    kill,
    mail_server,
    mark_then_send,
    send_then_mark,
    start,
    start_command,
)
from tests.cli.world import DIRECTOR, LEDGER_HEADERS, OFFICER, PEOPLE, copy_database

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

IMPORTED, DUE = date(2026, 6, 1), date(2026, 6, 15)
AUTHORISED, SIGNED = (
    "2026-ZX-01",
    "2026-ZH-01",
)  # whose 催办单 go by a standing authorisation, and whose do not
UNITS, AUTHORISED_UNITS = 70, 6
# per unit: (item, due day, light in the old ledger, percent): minor, minor, minor, major, major, grave
PROBLEMS = (
    ("E19", "2026-06-18", "", 0),
    ("E20", "2026-06-18", "", 10),
    ("E19", "2026-06-12", "", 60),
    ("E21", "2026-06-08", "黄", 70),
    ("E21", "2026-06-05", "黄", 70),
    ("F28", "2026-06-03", "红", 20),
)
SWEEP_KILLS, SEND_KILLS, BROKEN_KILLS = 55, 65, 25
FORKS = forks()


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Ducha:
    """Give a county with a few hundred problems that are all due for a rung today."""
    ducha = Ducha(tmp_path_factory.mktemp("county"), IMPORTED, {"DUCHA_BATCH": "20"})
    write_county(ducha.folder)
    ducha.ok("init")
    ducha.ok("import", "units", "units.csv", by=DIRECTOR)
    ducha.ok("import", "people", "people.csv", by=DIRECTOR)
    assert ducha.ok("import", "ledger", "ledger.csv", by=OFFICER)["open"] == UNITS * len(PROBLEMS)
    ducha.day = DUE
    return ducha


def write_county(folder: Path) -> None:
    """Write the files of many units with the same problems each."""
    units = ["单位编码,单位名称,类别,上级编码,联络员,联络员邮箱,负责人,负责人邮箱,分管领导,分管领导邮箱"]
    rows = [LEDGER_HEADERS]
    for unit in range(1, UNITS + 1):
        code = f"D{unit:03}"
        addresses = [f"{role}-{code}@shilixian.example" for role in ("a", "b", "c")]
        units.append(
            f"{code},示例县第{unit}局,政府部门,,联络员,{addresses[0]},负责人,{addresses[1]},分管领导,{addresses[2]}"
        )
        batch = AUTHORISED if unit <= AUTHORISED_UNITS else SIGNED
        for place, (item, due, light, percent) in enumerate(PROBLEMS, start=1):
            cells = {
                "序号": "1", "问题编号": f"{code}-{place}", "督察批次": batch, "被督察单位": code, "问题类别": item,
                "问题描述": f"{item}存在问题", "整改措施": "整改", "整改时限": due, "灯色": light,
                "当前进展": f"完成{percent}%",
            }  # fmt: skip
            rows.append(",".join(cells.get(header, "") for header in LEDGER_HEADERS.split(",")))
    (folder / "units.csv").write_text("\n".join(units), encoding="utf-8")
    (folder / "people.csv").write_text(PEOPLE.replace(",D004,", ",D001,"), encoding="utf-8")
    (folder / "ledger.csv").write_text("\n".join(rows), encoding="utf-8")


def copy_of(county: Ducha, folder: Path, **settings: str) -> Ducha:
    """Give a county of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    copy_database(county.database, folder / "ducha.db")
    return Ducha(folder, county.day, {**county.settings, **settings})


def rows(ducha: Ducha, query: str) -> list[tuple[Any, ...]]:
    """Return what a query finds, sorted."""
    connection = sqlite_module().connect(ducha.database)
    try:
        return sorted(connection.execute(query).fetchall(), key=repr)
    finally:
        connection.close()


def tell(figures: str) -> None:
    """Write the figures of a campaign to the log of the run: `pytest -s`."""
    sys.stderr.write(f"\n{figures}\n")


# the sweep

OUTCOME = {
    "rungs": "SELECT case_id, round, due_version, code, light, fired_on FROM rung",
    "cases": "SELECT id, light, highest_light, next_due_on, set_aside FROM rectification",
    "documents": "SELECT unit_id, kind, part, state, drafted_on, authorised_by, number IS NULL FROM document",
    "on documents": """SELECT d.unit_id, d.kind, d.part, c.case_id, c.light FROM document_case c
                       JOIN document d ON d.id = c.document_id""",
    "mails": """SELECT m.kind, d.unit_id, d.kind, d.part, m.recipient, m.state FROM message m
                LEFT JOIN document d ON d.id = m.document_id""",
    "files": "SELECT d.unit_id, d.kind, f.role FROM document_file f JOIN document d ON d.id = f.document_id",
    "screenings": "SELECT case_id, number, state, trigger FROM referral",
    "numbers": "SELECT series, year, serial FROM document WHERE serial IS NOT NULL",
}


def test_a_sweep_killed_again_and_again_ends_as_one_that_was_not(county: Ducha, tmp_path: Path) -> None:
    calm = copy_of(county, tmp_path / "calm")
    report = calm.ok("sweep")
    assert report["due"] == UNITS * len(PROBLEMS)
    assert report["issued"]["prompt"] == UNITS
    assert report["issued"]["urging"] == AUTHORISED_UNITS
    expected = {name: rows(calm, query) for name, query in OUTCOME.items()}
    dice, kills, struck, world = random.Random(20260615), 0, 0, 0
    while kills < SWEEP_KILLS:
        world += 1
        ducha = copy_of(county, tmp_path / f"world{world}")
        more = kill_sweeps(ducha, dice)
        kills, struck = kills + more[0], struck + more[1]
        assert ducha.ok("sweep")["due"] == 0
        for name, query in OUTCOME.items():
            assert rows(ducha, query) == expected[name], f"{name} after {kills} kills"
        assert ducha.ok("audit", "verify")["ok"] is True
        health = ducha("doctor").data
        assert [one for one in health["invariants"] if one["broken"]] == []
    tell(f"sweep: {kills} kills in {world} worlds of {UNITS * len(PROBLEMS)} cases, {struck} amid its work")


def kill_sweeps(ducha: Ducha, dice: random.Random) -> tuple[int, int]:
    """Start sweeps and kill each at a random moment, until one comes to its end.

    returns  the kills, and how many of them struck a sweep that had written something
    """
    kills, struck, before = 0, 0, progress(ducha)
    while True:
        child = start_command(FORKS, ducha, "sweep")
        wait_for_steps(ducha, child, dice.randint(0, 4))
        child.join(dice.uniform(0, 0.05))
        if not kill(child):
            assert child.exitcode == 0
            return kills, struck
        after = progress(ducha)
        kills, struck, before = kills + 1, struck + (after != before), after


def wait_for_steps(ducha: Ducha, child: ForkServerProcess, steps: int) -> None:
    """Return once a sweep has committed so many times more, or has ended."""
    seen, before = 0, progress(ducha)
    while seen < steps and child.is_alive():
        after = progress(ducha)
        seen, before = seen + (after != before), after
        time.sleep(0.002)


def progress(ducha: Ducha) -> list[tuple[Any, ...]]:
    """Return how far the sweeps have come."""
    return rows(ducha, "SELECT (SELECT count(*) FROM rung), (SELECT count(*) FROM document_file)")


# the outbox


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of mails, by the books against the mail server's journal."""

    lost: int
    twice: int
    unknown: int
    waiting: int


def check_mails(ducha: Ducha, taken: Counter[str]) -> Verdict:
    """Compare the outbox with what the mail server took."""
    states = dict(rows(ducha, "SELECT message_id, state FROM message"))
    assert set(taken) <= set(states)
    return Verdict(
        lost=sum(state == "accepted" and not taken[message] for message, state in states.items()),
        twice=sum(count > 1 for count in taken.values()),
        unknown=sum(state == "unknown" for state in states.values()),
        waiting=sum(state in ("ready", "sending") for state in states.values()),
    )


@pytest.fixture(scope="module")
def swept(county: Ducha, tmp_path_factory: pytest.TempPathFactory) -> Ducha:
    """Give a county whose sweep left a few hundred mails to send."""
    ducha = copy_of(county, tmp_path_factory.mktemp("swept"), DUCHA_BATCH="500")
    ducha.ok("sweep")
    drafts = [str(one["id"]) for one in ducha.ok("notice", "list", "--state", "draft")]
    ducha.ok("notice", "sign", *drafts, by="L-COUNTY")
    return ducha


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    """Give a mail server in a process of its own."""
    with mail_server(tmp_path / "sink") as server:
        yield server


def test_mails_whose_sender_is_killed_are_never_lost_and_never_sent_twice(
    swept: Ducha, sink: Sink, tmp_path: Path
) -> None:
    ducha = copy_of(swept, tmp_path / "world", DUCHA_SMTP_URL=sink.url)
    total = len(rows(ducha, "SELECT id FROM message"))
    kills = kill_senders(ducha, sink, random.Random(20260616))
    while ducha.ok("outbox", "send")["left"]:
        pass
    verdict = check_mails(ducha, sink.taken())
    assert (verdict.lost, verdict.twice, verdict.waiting) == (0, 0, 0)
    doubtful = ducha.ok("outbox", "list", "--state", "unknown")
    assert len(doubtful) == verdict.unknown <= kills
    arrived = settle_by_hand(ducha, doubtful, sink)
    assert ducha.ok("outbox", "send")["accepted"] == len(doubtful) - arrived
    assert check_mails(ducha, sink.taken()) == Verdict(0, 0, 0, 0)
    assert sorted(sink.taken().values()) == [1] * total
    assert ducha.ok("audit", "verify")["ok"] is True
    assert [one for one in ducha("doctor").data["invariants"] if one["broken"]] == []
    tell(f"outbox: {total} mails, {kills} kills, {len(doubtful)} unknown of which {arrived} had arrived")


def kill_senders(ducha: Ducha, sink: Sink, dice: random.Random) -> int:
    """Start senders and kill each after a few mails and a random moment; return the kills."""
    kills = 0
    for _ in range(SEND_KILLS):
        child = start_command(FORKS, ducha, "outbox", "send")
        sink.wait_for_mails(dice.randint(0, 6), child)
        child.join(dice.uniform(0, 0.02))
        kills += kill(child)
    return kills


def settle_by_hand(ducha: Ducha, doubtful: list[dict[str, Any]], sink: Sink) -> int:
    """Ask the mail server what arrived, as a person would ask the units; return how many had."""
    taken = sink.taken()
    for mail in doubtful:
        verdict = "accepted" if taken[mail["message_id"]] else "resend"
        ducha.ok("outbox", "resolve", mail["id"], verdict, by=OFFICER)
    return sum(taken[mail["message_id"]] for mail in doubtful)


@pytest.mark.parametrize(
    ("broken", "fault"),
    [(send_then_mark, "twice"), (mark_then_send, "lost")],
    ids=["send then mark", "mark then send"],
)
def test_the_checker_finds_out_a_sender_that_is_wrong(
    swept: Ducha, sink: Sink, tmp_path: Path, broken: Callable[..., None], fault: str
) -> None:
    ducha = copy_of(swept, tmp_path / "world")
    dice = random.Random(7)
    for _ in range(BROKEN_KILLS):
        child = start(FORKS, broken, str(ducha.database), sink.port)
        sink.wait_for_mails(dice.randint(1, 4), child)
        child.join(dice.uniform(0, 0.004))
        kill(child)
    start(FORKS, broken, str(ducha.database), sink.port).join()
    verdict = check_mails(ducha, sink.taken())
    tell(f"{broken.__name__}: {verdict}")
    assert getattr(verdict, fault) > 0
