"""`ducha rules check` and `rules explain`: what people and programs read of mistakes in rules and templates."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from jinja2 import FileSystemLoader

import system.paths
from delivery import wording
from tests.cli.conftest import At
from tests.cli.ducha import Ducha

REFUSED = 1


def own_rules(ducha: Ducha) -> Path:
    rules = ducha.folder / "rules"
    shutil.copytree(system.paths.RULES_DIR, rules)
    return rules


def spoil(file: Path, before: str, after: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), encoding="utf-8")


def test_the_shipped_rules_and_templates_are_without_a_word_of_complaint(at: At) -> None:
    data = at("files").run("rules", "check", "--json").data
    assert (data["ok"], data["problems"]) == (True, [])
    assert len(data["sha256"]) == 64
    assert data["catalogs"]["fazhi-ducha-46"] == {"classes": 11, "items": 46, "weight": 100}


def test_mistakes_of_rules_and_templates_stand_in_one_sorted_list(
    at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    ducha = at("files")
    rules, templates = own_rules(ducha), ducha.folder / "templates"
    shutil.copytree(system.paths.TEMPLATES_DIR, templates)
    monkeypatch.setattr(wording, "DOCUMENTS", templates / "documents")
    monkeypatch.setattr(wording._SANDBOX, "loader", FileSystemLoader(templates / "documents"))
    spoil(templates / "documents/prompt/body.md.j2", "{{ work }}", "{{ wrok }}")
    spoil(rules / "documents/prompt.yaml", "sealed: false", "sealed: 否")
    checked = ducha.run("rules", "check", rules, "--json")
    assert (checked.code, checked.data["ok"]) == (REFUSED, False)
    assert [(one["file"], one["code"]) for one in checked.data["problems"]] == [
        ("documents/prompt.yaml", "E203"),
        ("templates/documents/prompt/body.md.j2", "E802"),
    ]
    plain = ducha.run("rules", "check", rules).out
    assert f"{rules / 'documents/prompt.yaml'}:" in plain
    assert "templates/documents/prompt/body.md.j2:1:14: E802" in plain
    assert "错误2处（键和值1处，模板1处）" in plain
    assert "ducha rules explain E203" in plain


def test_a_file_in_another_encoding_is_a_mistake_at_its_line(at: At) -> None:
    ducha = at("files")
    rules = own_rules(ducha)
    office = rules / "linkage" / "county.yaml"
    office.write_bytes(office.read_text(encoding="utf-8").encode("gbk"))
    checked = ducha.run("rules", "check", rules, "--json")
    (problem,) = checked.data["problems"]
    assert (checked.code, problem["file"], problem["code"]) == (REFUSED, "linkage/county.yaml", "E111")
    assert problem["line"] == 2
    assert ducha.run("rules", "check", rules).code == REFUSED


def test_a_file_that_would_be_passed_over_is_told(at: At) -> None:
    ducha = at("files")
    rules = own_rules(ducha)
    for name in ("documents/second.yml", "documents/third.yaml.txt"):
        (rules / name).write_text("code: second\n", encoding="utf-8")
    problems = ducha.run("rules", "check", rules, "--json").data["problems"]
    assert [(one["file"], one["code"]) for one in problems] == [
        ("documents/second.yml", "E205"),
        ("documents/third.yaml.txt", "E205"),
    ]


def test_a_warning_does_not_make_the_command_fail(at: At) -> None:
    ducha = at("files")
    rules = own_rules(ducha)
    spoil(rules / "catalogs/fazhi-ducha-46/J.yaml", "item_count: 3", "item_count: 4")
    checked = ducha.run("rules", "check", rules)
    assert checked.code == 0
    assert "没有错误，提醒1处" in checked.out


def test_a_code_is_explained_with_a_wrong_and_a_right_example(at: At) -> None:
    ducha = at("files")
    said = ducha.run("rules", "explain", "e203").out
    for part in (
        "为什么：",
        "怎么改：",
        "错误写法（documents/prompt.yaml）：",
        "sealed: no",
        "^",
        "正确写法",
    ):
        assert part in said
    data = ducha.run("rules", "explain", "E203", "--json").data
    assert {"code", "title", "family", "why", "remedy", "wrong", "right"} <= set(data)
    assert (data["wrong"]["text"], data["wrong"]["column"]) == ("sealed: no\n", 9)


def test_every_code_is_listed_by_family(at: At) -> None:
    from core.rulebook import CODES

    ducha = at("files")
    assert [row["code"] for row in ducha.run("rules", "explain", "--json").data] == list(CODES)
    said = ducha.run("rules", "explain").out
    assert "模板：" in said
    assert "  E802 " in said


@pytest.mark.parametrize("code", ["E109", "E111", "E205", "E304", "W704", "W710"])
def test_an_example_of_odd_characters_or_of_no_file_can_be_printed(at: At, code: str) -> None:
    said = at("files").run("rules", "explain", code)
    assert (said.code, said.out.startswith(code)) == (0, True)
    said.out.encode("utf-8")


def test_a_code_that_is_not_there_is_refused(at: At) -> None:
    error = at("files").refused("rules", "explain", "E999", code=REFUSED)
    assert error["found"] == "E999"
