"""`ducha rules rehearse`, `what-if`, `diff` and `migrate` on a running county."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from shutil import copytree

import pytest

from system.paths import RULES_DIR
from tests.cli.ducha import Ducha
from tests.cli.world import CODE, DIRECTOR, OFFICER, fingerprint

At = Callable[[str], Ducha]


def changed_rules(ducha: Ducha, path: str, before: str, after: str) -> Path:
    """Copy the shipped rules beside the county and change one place in one file."""
    folder: Path = copytree(RULES_DIR, ducha.folder / "rules-new")
    text = (folder / path).read_text(encoding="utf-8")
    assert before in text
    (folder / path).write_text(text.replace(before, after, 1), encoding="utf-8")
    return folder


# ---- rehearse -------------------------------------------------------------------------------------------------


def test_a_rehearsal_writes_overview_and_texts_and_changes_nothing(at: At) -> None:
    ducha = at("served")
    before = fingerprint(ducha)
    said = ducha.ok("rules", "rehearse", CODE, "--days", 40, "--out", "rehearsal")

    assert fingerprint(ducha) == before
    assert said["totals"]["documents"] == len(said["documents"]) > 5
    out = ducha.folder / "rehearsal"
    page = (out / "预演概览.html").read_text(encoding="utf-8")
    texts = sorted((out / "文书").iterdir())
    assert len(texts) == len(said["documents"])
    assert all(sentence in page for sentence in said["assumptions"])
    assert page.count("黄灯") >= sum(row["light"] == "yellow" for row in said["documents"])
    assert "<script" not in page
    first = said["documents"][0]
    assert texts[0].name == f"0001-{first['day']}-{first['unit']}-{first['kind']}.txt"
    assert texts[0].read_text(encoding="utf-8").startswith(first["subject"])


def test_a_rehearsal_before_the_opening_is_told_to_people(at: At) -> None:
    ducha = at("prepared")
    ducha.ok("campaign", "plan", "plan.yaml", by=OFFICER)
    before = fingerprint(ducha)
    answer = ducha.run(
        "rules", "rehearse", CODE, "--days", 70, "--findings", 1, "--signed", "same", "--today", ducha.day
    )
    assert answer.code == 0, answer
    assert "前提：" in answer.out
    assert "督察方案今日批准" in answer.out
    assert "负担最重" in answer.out
    assert "责令整改通知单" in answer.out
    assert fingerprint(ducha) == before


def test_a_folder_with_something_in_it_is_not_written_over(at: At) -> None:
    ducha = at("opened")
    (ducha.folder / "full").mkdir()
    (ducha.folder / "full" / "file").write_text("x", encoding="utf-8")
    assert "不是空的" in ducha.refused("rules", "rehearse", CODE, "--out", "full")["what"]


@pytest.mark.parametrize("words", [("2030-XX-01",), (CODE, "--days", 0)])
def test_what_cannot_be_rehearsed_is_refused(at: At, words: tuple[object, ...]) -> None:
    at("opened").refused("rules", "rehearse", *words)


# ---- what-if --------------------------------------------------------------------------------------------------


def test_another_ladder_is_tried_on_the_open_cases(at: At) -> None:
    ducha = at("lapsed")
    before = fingerprint(ducha)
    folder = changed_rules(ducha, "documents/prompt.yaml", "name: 提示单", "name: 提醒单")
    assert ducha.ok("rules", "what-if", "--ladder", folder)["changes"] == []
    assert ducha.ok("rules", "what-if", "--ladder", "problem", "--campaign", CODE)["totals"]["cases"] > 0
    answer = ducha.run("rules", "what-if", "--ladder", "problem", "--today", ducha.day)
    assert (answer.code, "今天变灯0件" in answer.out) == (0, True)
    ducha.refused("rules", "what-if", "--ladder", "none")
    assert fingerprint(ducha) == before


# ---- diff -----------------------------------------------------------------------------------------------------


def test_a_diff_gives_data_words_and_what_it_means_for_the_campaign(at: At) -> None:
    ducha = at("served")
    folder = changed_rules(ducha, "documents/prompt.yaml", "name: 提示单", "name: 提醒单")
    said = ducha.ok("rules", "diff", "current", folder)
    assert said["changes"] == [
        {"address": "documents/prompt/name", "kind": "changed", "before": "提示单", "after": "提醒单"}
    ]
    assert said["text"] == ["文书种类prompt“提醒单”名称由“提示单”改为“提醒单”"]
    (campaign,) = said["impact"]["campaigns"]
    assert (campaign["campaign"], campaign["open_cases"], campaign["problems"]) == (CODE, 6, [])
    assert ducha.ok("rules", "diff", CODE, "current")["changes"] == []
    answer = ducha.run("rules", "diff", CODE, folder, "--today", ducha.day)
    assert "名称由“提示单”改为“提醒单”" in answer.out
    assert f"进行中的批次 {CODE}" in answer.out


def test_two_folders_are_compared_where_there_is_no_database(at: At) -> None:
    ducha = at("files")
    folder = changed_rules(ducha, "documents/prompt.yaml", "name: 提示单", "name: 提醒单")
    said = ducha.ok("rules", "diff", "current", folder)
    assert (len(said["changes"]), said["impact"]) == (1, None)
    assert ducha.run("rules", "diff", "current", folder).out.endswith("没有数据库，未推算对批次的影响\n")
    ducha.refused("rules", "diff", CODE, "current", code=3)


# ---- migrate --------------------------------------------------------------------------------------------------


def test_a_campaign_is_moved_once_after_a_preview(at: At) -> None:
    ducha = at("served")
    folder = changed_rules(ducha, "documents/prompt.yaml", "name: 提示单", "name: 提醒单")
    ducha.settings["DUCHA_RULES"] = str(folder)
    before = fingerprint(ducha)
    told = ducha.ok("rules", "migrate", CODE, "--to", "current")
    assert (told["applied"], fingerprint(ducha)) == (False, before)
    assert told["text"] == ["文书种类prompt“提醒单”名称由“提示单”改为“提醒单”"]

    assert (
        "理由" in ducha.refused("rules", "migrate", CODE, "--to", "current", "--apply", by=DIRECTOR)["what"]
    )
    ducha.refused("rules", "migrate", CODE, "--to", "current", "--apply", "--note", "批准", by=OFFICER)
    done = ducha.ok("rules", "migrate", CODE, "--to", "current", "--apply", "--note", "批准", by=DIRECTOR)
    assert (done["applied"], done["to"]) == (True, told["to"])
    assert ducha.ok("campaign", "show", CODE)["rules_sha256"] == told["to"]
    assert ducha.ok("audit", "verify")["ok"] is True

    after = fingerprint(ducha)
    again = ducha.ok(
        "rules", "migrate", CODE, "--to", told["to"][:8], "--apply", "--note", "批准", by=DIRECTOR
    )
    assert (again["applied"], fingerprint(ducha)) == (False, after)


def test_a_preview_is_told_to_people(at: At) -> None:
    ducha = at("served")
    folder = changed_rules(ducha, "documents/prompt.yaml", "name: 提示单", "name: 提醒单")
    ducha.settings["DUCHA_RULES"] = str(folder)
    answer = ducha.run("rules", "migrate", CODE, "--to", "current", "--today", ducha.day)
    assert answer.code == 0, answer
    assert "已通知的期限只延不缩" in answer.out
    assert "以上为预览" in answer.out
