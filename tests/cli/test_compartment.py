"""The compartment of linkage, seen from outside: no command tells a unit or a plain officer a word of it.

The world is full of canaries: a word that stands in every text of linkage and in who brought a lead. Every command
that needs nothing is run, so that a new list is looked at the day it is written, and those that show one thing.
"""

from __future__ import annotations

import sqlite3
import zipfile
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from cli.app import app
from tests.cli.conftest import Shelf
from tests.cli.ducha import Answer, Ducha
from tests.cli.stages import GRAVE
from tests.cli.world import CODE, DIRECTOR, OFFICER

CANARY = "密雀"
NAMED = OFFICER  # in this county O01 is officer and linkage
PLAIN = "O02"
CRAWLERS = (PLAIN, "D001:head")
OUTSIDERS = (*CRAWLERS, "P01", "L-SECTION", None)
# These do not end, write the world anew, or take minutes; none of them shows what is kept.
NOT_RUN = {
    "serve", "clock", "demo", "simulate", "init", "sweep", "settings", "outbox send", "rules schema", "rules publish",
    "rules law", "calendar import", "draw people", "recusal declare",
}  # fmt: skip
SHOWN: tuple[tuple[str, ...], ...] = (
    ("case", "show", GRAVE),
    ("case", "explain", GRAVE),
    ("campaign", "show", CODE),
    ("campaign", "warnings", CODE),
    ("stats", "--campaign", CODE),
    ("notice", "list", "--campaign", CODE),
    ("referral", "show", "1"),
    ("referral", "package", "1", "--out", "stolen"),
    ("incoming", "show", "1"),
    ("meeting", "show", "1"),
    ("lead", "show", "1"),
    ("lead", "source", "1"),
    ("lead", "show", "2"),
    ("task", "list", "--all"),
    ("ledger", "export", "out/canary-ledger.xlsx"),
    ("report", "campaign", CODE, "--out", "out/canary-report"),
    ("archive", "pack", GRAVE, "--out", "out/canary-archive"),
)


def fill(ducha: Ducha) -> None:
    """Put a canary into every text of the compartment."""
    (ducha.folder / "more.csv").write_text(
        "编号,姓名,工作单位编码,曾任单位编码,专业,邮箱,角色\nO02,经办人02,D003,,,o02@shilixian.example,officer\n",
        encoding="utf-8",
    )
    ducha.ok("import", "people", "more.csv", by=DIRECTOR)
    people = [word for code in (DIRECTOR, "L-DEPUTY", NAMED) for word in ("--participant", code)]
    ducha.ok("referral", "screen", 1, "--note", f"{CANARY}初核意见", by=NAMED)
    ducha.ok("referral", "study", 1, "--note", f"{CANARY}研究", "--file", "minutes.pdf", *people, by=NAMED)
    letter = ducha.ok("referral", "approve", 1, "--note", f"{CANARY}同意", by=DIRECTOR)["document"]
    ducha.ok("referral", "material", 1, "--name", f"{CANARY}笔录", "--pages", 3, by=NAMED)
    ducha.ok("notice", "sign", letter, by=DIRECTOR)
    ducha.ok("notice", "seal", letter, "--file", "sealed.pdf", by=NAMED)
    ducha.ok("referral", "send", 1, "--handed-to", f"{CANARY}收件人", by=NAMED)
    ducha.ok("referral", "receipt", 1, "--number", f"{CANARY}号", "--note", f"{CANARY}", by=NAMED)
    ducha.ok("referral", "split", 1, "--receiver", "procuratorate", "--matter", f"{CANARY}部分", by=NAMED)
    said = ("--note", f"{CANARY}结果", "--sanction", "party_warning=1", "--advice", f"{CANARY}建章")
    ducha.ok("referral", "result", 1, *said, by=NAMED)
    ducha.ok(
        "incoming", "register", "--from", "discipline", "--kind", "clue", "--title", f"{CANARY}线索", "--text",
        f"{CANARY}内容", "--unit", "D001", "--case", GRAVE, "--item", f"{CANARY}事项", by=NAMED,
    )  # fmt: skip
    answer = ("--handling", f"{CANARY}办理", "--next", f"{CANARY}下一步")
    ducha.ok("incoming", "assign", 1, "--owner", NAMED, by=NAMED)
    ducha.ok("incoming", "answer", 1, "--draft", *answer, by=NAMED)
    ducha.ok(
        "meeting", "record", "--kind", "consultation", "--title", f"{CANARY}会商", "--with", f"{CANARY}机关", "--file",
        "minutes.pdf", "--item", f"{CANARY}议定", by=NAMED,
    )  # fmt: skip
    ducha.ok("meeting", "joint", GRAVE, "--body", "discipline", "--note", f"{CANARY}督办", by=NAMED)
    ducha.ok("referral", "reader", "V02", "--until", "2026-12-31", "--reason", f"{CANARY}知悉", by=DIRECTOR)
    fill_leads(ducha)


def fill_leads(ducha: Ducha) -> None:
    """Put a canary into who brought a lead, and into a lead that inspection handed over."""
    lead = ("lead", "register", "--unit", "D001")
    said = ("--title", "公示不全", "--text", "执法结果没有公示", "--line", "party")
    source = (
        "--person",
        f"{CANARY}人",
        "--contact",
        f"{CANARY}电话",
        "--remark",
        f"{CANARY}备注",
        "--real-name",
    )
    ducha.ok(*lead, *said, "--source", "petition", "--ref", "X-1", *source, by=NAMED)
    handed = ("--title", f"{CANARY}巡察反馈", "--text", f"{CANARY}反馈内容")
    ducha.ok(*lead, *handed, "--source", "inspection_feedback", by=NAMED)


def commands(command: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Return every command that runs without an argument."""
    if hasattr(command, "commands"):
        return [one for name, inner in command.commands.items() for one in commands(inner, (*path, name))]
    needs = any(param.required for param in command.params)
    return [] if needs or " ".join(path) in NOT_RUN else [path]


def leaks(answer: Answer) -> bool:
    return CANARY in answer.out + answer.err


def files_with_canary(folder: Path) -> list[str]:
    found = []
    for path in folder.rglob("*"):
        if not path.is_file():
            continue
        data = path.read_bytes()
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as book:
                data += b"".join(book.read(name) for name in book.namelist())
        if CANARY.encode() in data:
            found.append(str(path))
    return found


@pytest.fixture(scope="module")
def ducha(shelf: Shelf, tmp_path_factory: pytest.TempPathFactory) -> Ducha:
    """One world for all tests here: none of them changes what the others look at."""
    world = shelf.copy("lapsed", tmp_path_factory.mktemp("compartment"))
    fill(world)
    return world


def test_the_canaries_are_there_for_the_named(ducha: Ducha) -> None:
    for words in (
        ("referral", "show", "1"),
        ("incoming", "show", "1"),
        ("meeting", "show", "1"),
        ("lead", "source", "1"),
    ):
        assert leaks(ducha(*words, by=NAMED)), words
    assert leaks(ducha("referral", "show", "1", by="V02"))  # named by the director
    assert 1 in {row["id"] for row in ducha.ok("referral", "list", by="V02")}
    assert ducha.ok("referral", "package", 1, "--out", "named", by=NAMED)


def test_no_command_tells_a_word_of_the_compartment_to_anybody_else(ducha: Ducha) -> None:
    bare = commands(get_command(app))
    assert len(bare) > 25
    ran = 0
    for by in OUTSIDERS:
        for words in (*bare, *SHOWN) if by in CRAWLERS else SHOWN:
            answer = ducha(*words, by=by)
            assert not leaks(answer), (by, words)
            ran += answer.code == 0
    assert ran > 50  # most of them do show something
    assert files_with_canary(ducha.folder / "out") == []
    assert not (ducha.folder / "stolen").exists()


def test_documents_of_the_compartment_are_in_nobodys_list(ducha: Ducha) -> None:
    with sqlite3.connect(ducha.database) as link:
        hidden = {
            number for (number,) in link.execute("SELECT id FROM document WHERE content_kind = 'referral'")
        }
    assert len(hidden) >= 2
    for by in OUTSIDERS:
        assert not hidden & {row["id"] for row in ducha.ok("notice", "list", by=by)}
        for number in hidden:
            assert ducha.refused("notice", "show", number, by=by)["what"] == "没有这份文书"
    assert hidden <= {row["id"] for row in ducha.ok("notice", "list", by=NAMED)}


def test_nothing_of_the_compartment_is_mailed_and_everybody_meets_the_same_words(ducha: Ducha) -> None:
    ducha("sweep")
    with sqlite3.connect(ducha.database) as link:
        for (table,) in link.execute(
            "SELECT name FROM sqlite_master WHERE name IN ('message', 'message_body')"
        ).fetchall():
            for row in link.execute(f"SELECT * FROM {table}"):  # one of the two above
                assert CANARY.encode() not in b"".join(str(cell).encode() for cell in row)
    for by in OUTSIDERS:
        there = ducha.refused("referral", "show", 1, by=by)
        nowhere = ducha.refused("referral", "show", 999, by=by)
        assert {**there, "found": ""} == {**nowhere, "found": ""}
        assert ducha.refused("incoming", "show", 1, by=by)["what"] == "没有这件联动来件"
        assert ducha.refused("meeting", "show", 1, by=by)["what"] == "没有这次会议"
