"""What the command says and on which channel: one JSON document, tables for people, errors in four parts."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import At
from tests.cli.stages import GRAVE
from tests.cli.world import CODE, OFFICER

READERS = [
    ("settings",),
    ("rules", "check"),
    ("rules", "show"),
    ("rules", "show", "E20"),
    ("rules", "explain", "E402"),
    ("calendar", "add", "2026-03-02", "10"),
    ("campaign", "show", CODE),
    ("finding", "list"),
    ("notice", "list"),
    ("notice", "list", "--unserved"),
    ("notice", "show", "3"),
    ("outbox", "list"),
    ("case", "list"),
    ("case", "show", GRAVE),
    ("case", "explain", GRAVE),
    ("referral", "list", "--by", OFFICER),
    ("stats",),
    ("audit", "verify"),
]


@pytest.mark.parametrize("words", READERS, ids=" ".join)
def test_json_may_stand_before_or_after_the_words(at: At, words: tuple[str, ...]) -> None:
    ducha = at("lapsed")
    after = ducha.run(*words, "--json")
    before = ducha.run("--json", *words)
    assert (after.code, after.err) == (0, "")
    assert after.data == before.data
    assert after.out.count("\n") == 1


@pytest.mark.parametrize("words", READERS, ids=" ".join)
def test_people_get_text_and_no_json(at: At, words: tuple[str, ...]) -> None:
    ducha = at("lapsed")
    said = ducha.run(*words)
    assert (said.code, said.err) == (0, "")
    assert said.out.strip()
    with pytest.raises(json.JSONDecodeError):
        json.loads(said.out)


@pytest.mark.parametrize(
    "words", [w for w in READERS if w[-1] in ("list", "settings") or w[:2] == ("case", "show")]
)
def test_a_table_fits_into_a_hundred_columns_and_never_breaks_a_code(at: At, words: tuple[str, ...]) -> None:
    ducha = at("lapsed")
    said = ducha.run(*words)
    assert max(map(width, said.out.splitlines())) <= 100
    assert "due_on" not in said.out
    if words == ("case", "list"):
        assert sum(GRAVE in line for line in said.out.splitlines()) == 1


def width(line: str) -> int:
    """Return how many columns of a terminal a line takes: a Chinese character takes two."""
    return sum(2 if ord(character) > 0x2E7F else 1 for character in line)


def test_a_refusal_is_told_on_both_channels_in_four_parts(at: At) -> None:
    ducha = at("served")
    error = ducha.refused("case", "act", GRAVE, "verify", "--set", "verdict=passed", by="V01")
    assert "submit_plan" in error["expected"]
    plain = ducha.run("case", "act", GRAVE, "verify", "--set", "verdict=passed", "--by", "V01")
    assert (plain.code, plain.out) == (1, "")
    assert plain.err.startswith(
        f"error: {error['what']}（实际：{error['found']}）；应为：{error['expected']}；请："
    )


def test_a_command_in_its_own_process_says_the_same(at: At) -> None:
    ducha = at("served")
    good = ducha.child("--json", "case", "list", "--today", ducha.day)
    assert (good.code, good.err) == (0, "")
    assert good.data == ducha.ok("case", "list")
    bad = ducha.child("case", "show", "X-1", "--json")
    assert (bad.code, bad.error["what"]) == (1, "没有这个整改事项")
    lost = ducha.child("case", "lst", "--json")
    assert lost.code == 2
    assert set(lost.error) >= {"what", "found", "expected", "remedy"}


@pytest.mark.parametrize(
    "words",
    [(), ("rules",), ("campaign",), ("notice",), ("case",), ("outbox",), ("referral",), ("import",)],
    ids=" ".join,
)
def test_help_explains_itself_in_chinese(at: At, words: tuple[str, ...]) -> None:
    said = at("files").run(*words, "--help")
    assert (said.code, said.err) == (0, "")
    assert any(ord(character) > 0x2E7F for character in said.out)
