"""Whatever is wrong outside: a clear error, the exit code of the contract, and a database that did not change."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from jinja2 import FileSystemLoader

import system.paths
from delivery import wording
from models.database import sqlite_module
from tests.cli.conftest import At
from tests.cli.ducha import Ducha
from tests.cli.stages import GRAVE, MINOR
from tests.cli.world import (
    CODE,
    DIRECTOR,
    OFFICER,
    PEOPLE,
    PLAN,
    UNITS,
    Row,
    fill_checklists,
    fingerprint,
)
from tests.conftest import require

REFUSED, USAGE, WORLD = 1, 2, 3
NOBODY = 65534  # the user `nobody` of Debian


def refuse(ducha: Ducha, *words: object, by: str | None = OFFICER, code: int = REFUSED) -> dict[str, str]:
    """Run a command that must fail and leave everything as it was; return the error."""
    before = fingerprint(ducha)
    error = ducha.refused(*words, by=by, code=code)
    assert fingerprint(ducha) == before
    assert all(error[part] for part in ("what", "found", "expected", "remedy")), error
    return error


def write(ducha: Ducha, name: str, text: str) -> str:
    """Write a file of the world and return its name."""
    (ducha.folder / name).write_text(text, encoding="utf-8")
    return name


# rule files and campaign files


def test_broken_rules_are_listed_with_file_line_and_column(at: At) -> None:
    ducha = at("prepared")
    rules = ducha.folder / "rules"
    shutil.copytree(system.paths.RULES_DIR, rules)
    ladder = rules / "ladders" / "problem.yaml"
    text = ladder.read_text(encoding="utf-8")
    ladder.write_text(
        text.replace("offset: -5", "offset: five").replace("light: red", "light: pink"), "utf-8"
    )
    checked = ducha.run("rules", "check", rules, "--json")
    assert checked.code == REFUSED
    assert checked.data["ok"] is False
    assert len(checked.data["problems"]) >= 4
    assert all(problem["line"] > 1 and problem["column"] > 1 for problem in checked.data["problems"])
    plain = ducha.run("rules", "check", rules)
    assert f"{ladder}:" in plain.out
    ducha.settings["DUCHA_RULES"] = str(rules)
    error = refuse(ducha, "campaign", "plan", "plan.yaml")
    assert "处错误" in error["what"]


def test_yaml_that_does_not_parse_names_its_place(at: At) -> None:
    ducha = at("prepared")
    rules = ducha.folder / "rules"
    shutil.copytree(system.paths.RULES_DIR, rules)
    write(ducha, "rules/timetable.yaml", "jobs:\n  - {name: deadlines\n")
    problem = ducha.run("rules", "check", rules, "--json").data["problems"][0]
    assert (problem["file"], problem["line"] > 1) == ("timetable.yaml", True)


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("kind: comprehensive", "kind: surprising", "plan.yaml:3:7"),
        ("team: {size: 2", "team: {size: two", "plan.yaml:8:14"),
        ("line: party", "line: party\nlines: party", "plan.yaml:5:1"),
        ("units: [D001, D002]", "units: [D001, D002", "plan.yaml:8"),
        ("from: 2026-03-02", "from: 2026-02-30", "plan.yaml:6:16"),
    ],
)
def test_a_broken_campaign_file_is_told_by_line_and_column(at: At, old: str, new: str, place: str) -> None:
    ducha = at("prepared")
    assert old in PLAN
    write(ducha, "plan.yaml", PLAN.replace(old, new))
    assert place in refuse(ducha, "campaign", "plan", "plan.yaml")["found"]


def test_a_campaign_file_in_another_encoding_is_refused(at: At) -> None:
    ducha = at("prepared")
    (ducha.folder / "plan.yaml").write_bytes(PLAN.encode("gbk"))
    assert "UTF-8" in refuse(ducha, "campaign", "plan", "plan.yaml")["expected"]


def test_a_plan_for_units_nobody_knows_is_refused(at: At) -> None:
    ducha = at("prepared")
    write(ducha, "plan.yaml", PLAN.replace("[D001, D002]", "[D001, X999]"))
    assert refuse(ducha, "campaign", "plan", "plan.yaml")["found"] == "X999"


def test_a_plan_that_cannot_be_staffed_names_unit_and_rule(at: At) -> None:
    ducha = at("prepared")
    write(ducha, "plan.yaml", PLAN.replace("size: 2", "size: 9"))
    error = refuse(ducha, "campaign", "plan", "plan.yaml")
    assert "D00" in str(error)


# units, people, the old ledger


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("d001@shilixian.example", "d001@@shilixian.example", "F2"),
        ("D003,示例县司法局", "D001,示例县司法局", "A4"),
        ("政府部门,,联络员,d002", "政府不门,,联络员,d002", "C3"),
        ("D002,示例县水利局", "D002,", "B3"),
        ("单位编码,单位名称", "单位编号,单位名称", "单位编码"),
    ],
    ids=["bad address", "duplicate code", "unknown kind", "half-filled row", "wrong header"],
)
def test_a_bad_cell_of_the_units_is_named_and_nothing_is_imported(
    at: At, old: str, new: str, told: str
) -> None:
    ducha = at("prepared")
    assert old in UNITS
    write(ducha, "units.csv", UNITS.replace(old, new))
    assert told in refuse(ducha, "import", "units", "units.csv")["found"]


def test_people_of_an_unknown_unit_are_refused(at: At) -> None:
    ducha = at("prepared")
    write(ducha, "people.csv", PEOPLE.replace("P04,督察员04,D002", "P04,督察员04,D777"))
    error = refuse(ducha, "import", "people", "people.csv")
    assert "C5" in error["found"]
    assert "D777" in error["found"]


def test_a_ledger_that_is_no_ledger_is_refused(at: At) -> None:
    ducha = at("prepared")
    refuse(ducha, "import", "ledger", "units.csv")
    (ducha.folder / "broken.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    refuse(ducha, "import", "ledger", "broken.xlsx")


@pytest.mark.parametrize("command", ["units", "people", "ledger"])
def test_a_file_that_is_not_there_is_refused(at: At, command: str) -> None:
    assert refuse(at("prepared"), "import", command, "nowhere.xlsx")["what"] == "文件不存在"


def test_only_the_office_imports_units_and_people(at: At) -> None:
    ducha = at("prepared")
    for command in ("units", "people"):
        error = refuse(ducha, "import", command, f"{command}.csv", by="D001:liaison")
        assert error["what"].startswith("无权")


# checklists


def _edited(ducha: Ducha, change: Row, place: int = 1) -> list[Path]:
    def edit(unit: str, at_place: int, row: Row) -> Row:
        return row | change if (unit, at_place) == ("D001", place) else row

    return fill_checklists(ducha, ducha.folder / "filled", edit)


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"问题描述": ""}, "G"),
        ({"程度": ""}, "I"),
        ({"单位意见": ""}, "M"),
        ({"检查人": "P99"}, "L"),
        ({"结果": "还行"}, "F"),
    ],
    ids=["no problem", "no severity", "no opinion", "unknown inspector", "unknown result"],
)
def test_a_half_filled_checklist_row_is_named(at: At, change: Row, column: str) -> None:
    ducha = at("opened")
    ducha.day = ducha.day.replace(month=3, day=16)
    paths = _edited(ducha, change)
    error = refuse(ducha, "checklist", "import", *paths)
    assert f"单元格{column}3" in error["found"]


def test_a_workbook_of_another_kind_or_world_is_refused(at: At) -> None:
    ducha = at("opened")
    refuse(ducha, "checklist", "import", "plan.yaml")
    other = at("served").folder / "answer.xlsx"
    refuse(ducha, "checklist", "import", other)


def test_text_with_a_secrecy_mark_never_comes_in(at: At) -> None:
    ducha = at("opened")
    ducha.day = ducha.day.replace(month=3, day=16)
    paths = _edited(ducha, {"事实与证据": "见【机密】文件第三页"})
    error = refuse(ducha, "checklist", "import", *paths)
    assert "国家秘密" in error["what"]
    assert "第三页" not in str(error)
    write(ducha, "plan.yaml", PLAN.replace("title: ", "title: （涉密）"))
    assert "国家秘密" in refuse(ducha, "campaign", "plan", "plan.yaml")["what"]


# moves


@pytest.mark.parametrize(
    ("words", "by", "allowed"),
    [
        (("case", "act", MINOR, "close"), DIRECTOR, "submit_plan"),
        (("case", "act", MINOR, "look_back", "--set", "verdict=held"), "V01", "submit_plan"),
        (("campaign", "open", CODE), OFFICER, "close"),
        (("notice", "seal", 3, "--file", "sealed.pdf"), OFFICER, "serve"),
        (("notice", "sign", 3), DIRECTOR, "serve"),
        (("outbox", "resolve", 1, "accepted"), OFFICER, "claim"),
    ],
    ids=lambda value: " ".join(map(str, value)) if isinstance(value, tuple) else "",
)
def test_an_illegal_move_names_what_is_allowed(
    at: At, words: tuple[object, ...], by: str, allowed: str
) -> None:
    assert allowed in refuse(at("served"), *words, by=by)["expected"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("case", "act", MINOR, "juggle"), "submit_plan"),
        (("case", "act", MINOR, "report_progress"), "percent"),
        (("case", "act", MINOR, "report_progress", "--set", "percent=200"), "0 至 100"),
        (("case", "act", MINOR, "report_progress", "--set", "percent"), "键=值"),
        (("case", "act", "2026-ZH-01-D009-01", "close"), "问题编号"),
        (("case", "act", MINOR, "submit_plan", "--note", "密级：机密"), "工作秘密"),
        (("case", "act", MINOR, "submit_plan", "--on", "2027-01-01"), "不晚于"),
        (("case", "act", MINOR, "submit_plan", "--on", "yesterday"), "YYYY-MM-DD"),
        (("case", "act", MINOR, "apply_closure", "--file", "nowhere.pdf"), "可读取的文件"),
        (("notice", "serve", 3, "--channel", "pigeon"), "hand"),
        (("notice", "serve", 3, "--channel", "hand", "--on", "2025-01-01"), "2026-03-16"),
        (("notice", "void", 77), "文书编号"),
        (("finding", "confirm"), "--all"),
        (("checklist", "self-report", CODE, "D003"), "的单位"),
        (("campaign", "plan", "plan.yaml"), "planned"),
    ],
    ids=lambda value: " ".join(map(str, value[1:])) if isinstance(value, tuple) else "",
)
def test_a_wrong_value_is_told_with_what_was_expected(at: At, words: tuple[object, ...], told: str) -> None:
    by = DIRECTOR if "void" in words else OFFICER
    assert told in refuse(at("served"), *words, by=by)["expected"]


# people


def test_an_unknown_person_is_refused_with_the_forms_that_are_known(at: At) -> None:
    error = refuse(at("served"), "case", "act", GRAVE, "acknowledge", by="P77")
    assert "L-DIRECTOR" in error["remedy"]
    assert "D001:liaison" not in error["found"]
    assert refuse(at("served"), "case", "act", GRAVE, "acknowledge", by="D099:liaison")["found"] == "D099"


def test_a_writing_command_without_a_person_is_a_usage_error(at: At) -> None:
    ducha = at("served")
    assert "--by" in refuse(ducha, "case", "act", GRAVE, "acknowledge", by=None, code=USAGE)["remedy"]
    ducha.settings["DUCHA_ACTOR"] = "D001:liaison"
    assert ducha.ok("case", "act", GRAVE, "report_progress", "--set", "percent=10")["percent"] == 10


@pytest.mark.parametrize(
    "words",
    [
        ("swoop",),
        ("case", "lst"),
        ("case", "list", "--colour", "red"),
        ("case", "show"),
        (),
        ("notice", "sign", "x"),
    ],
    ids=lambda words: " ".join(words) or "nothing",
)
def test_a_command_that_does_not_exist_is_a_usage_error(at: At, words: tuple[str, ...]) -> None:
    ducha = at("served")
    before = fingerprint(ducha)
    answer = ducha.run(*words, "--json")
    assert answer.code == USAGE
    assert answer.error["expected"]
    plain = ducha.run(*words)
    assert plain.code == USAGE
    assert fingerprint(ducha) == before


def test_a_day_that_is_none_is_refused(at: At) -> None:
    answer = at("served").run("case", "list", "--json", "--today", "2026-13-01")
    assert (answer.code, answer.error["found"]) == (REFUSED, "2026-13-01")


def test_a_wrong_setting_names_its_variable(at: At) -> None:
    ducha = at("served")
    ducha.settings["DUCHA_BATCH"] = "many"
    assert "DUCHA_BATCH" in refuse(ducha, "sweep", by=None)["found"]


# templates


def test_a_template_without_its_value_is_refused_at_signing(at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    ducha = at("confirmed")
    ducha.ok("notice", "draft", CODE, by=OFFICER)
    folder = ducha.folder / "templates"
    shutil.copytree(system.paths.TEMPLATES_DIR, folder)
    body = folder / "documents" / "feedback_notice" / "body.md.j2"
    body.write_text(body.read_text(encoding="utf-8") + "\n{{ nobody_gives_this }}\n", encoding="utf-8")
    monkeypatch.setattr(wording, "DOCUMENTS", folder / "documents")
    monkeypatch.setattr(wording._SANDBOX, "loader", FileSystemLoader(folder / "documents"))
    error = refuse(ducha, "notice", "sign", 3, by=DIRECTOR)
    assert "nobody_gives_this" in str(error)
    assert ducha.run("rules", "check", "--json").error["what"] == "规则和模板有1处错误"


# the world


def test_a_missing_database_is_the_worlds_fault(at: At) -> None:
    error = at("files").refused("case", "list", code=WORLD)
    assert "ducha init" in error["remedy"]


def test_a_file_that_is_no_database_is_the_worlds_fault(at: At) -> None:
    ducha = at("prepared")
    shutil.copyfile(ducha.folder / "plan.yaml", ducha.database)
    assert ducha.refused("case", "list", code=WORLD)["found"]
    assert ducha.refused("import", "units", "units.csv", by=DIRECTOR, code=WORLD)["found"]


def test_an_empty_database_asks_for_init(at: At) -> None:
    ducha = at("files")
    ducha.database.touch()
    assert "ducha init" in ducha.refused("case", "list", code=WORLD)["remedy"]


def test_a_database_that_may_not_be_written_stays_as_it_is(at: At) -> None:
    ducha = at("served")
    before = fingerprint(ducha)
    prefix: tuple[str, ...] = ()
    if os.geteuid() == 0:
        require(shutil.which("setpriv"), "setpriv (util-linux), to stop being root")
        prefix = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
        tried = subprocess.run([*prefix, sys.executable, "-c", ""], check=False, capture_output=True)
        require(tried.returncode == 0, "a Python that the user nobody may run too")
    parents = [parent for parent in ducha.folder.parents if parent.stat().st_uid == os.geteuid()]
    modes = {path: path.stat().st_mode for path in (ducha.folder, *parents) if path != Path("/")}
    for path in modes:
        path.chmod(0o555)
    ducha.database.chmod(0o444)
    try:
        words = ("case", "act", GRAVE, "report_progress", "--set", "percent=10", "--by", OFFICER, "--json")
        answer = ducha.child(*words, "--today", ducha.day, prefix=prefix)
    finally:
        for path, mode in modes.items():
            path.chmod(mode)
    assert answer.code == WORLD, answer
    assert "写权限" in answer.error["remedy"]
    assert fingerprint(ducha) == before


def more_than_a_page(_unit: str, _place: int, row: Row) -> Row:
    """Tell the facts of a failed item at such length that they do not fit into pages the database has already."""
    return row | {"事实与证据": "案卷12件中4件不符合要求；" * 100} if "事实与证据" in row else row


def test_a_full_disk_stops_a_command_before_anything_is_written(
    at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    ducha = at("opened")
    ducha.day = ducha.day.replace(month=3, day=16)
    paths = fill_checklists(ducha, ducha.folder / "filled", more_than_a_page)
    connect = sqlite_module().connect

    def connect_small(*values: object, **more: object) -> object:
        connection = connect(*values, **more)
        pages = connection.execute("pragma page_count").fetchone()[0]
        connection.execute(f"pragma max_page_count={pages}")
        return connection

    with monkeypatch.context() as patch:
        patch.setattr(sqlite_module(), "connect", connect_small)
        error = ducha.refused("checklist", "import", *paths, by=OFFICER, code=WORLD)
    assert "full" in error["found"]
    assert ducha.ok("finding", "list") == []


def test_a_dead_mail_server_changes_nothing(at: At) -> None:
    ducha = at("issued")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    ducha.settings["DUCHA_SMTP_URL"] = f"smtp://127.0.0.1:{port}"
    before = ducha.ok("outbox", "list")
    error = ducha.refused("outbox", "send", code=WORLD)
    assert str(port) in str(error)
    assert ducha.ok("outbox", "list") == before


@pytest.mark.parametrize("url", ["", "http://127.0.0.1:25", "smtp://", "smtp://host:port"])
def test_a_mail_server_that_is_not_set_or_wrongly_set_is_told(at: At, url: str) -> None:
    ducha = at("issued")
    ducha.settings["DUCHA_SMTP_URL"] = url
    before = ducha.ok("outbox", "list")
    answer = ducha("outbox", "send")
    assert answer.code in (REFUSED, WORLD)
    assert "DUCHA_SMTP_URL" in str(answer.error)
    assert ducha.ok("outbox", "list") == before


@pytest.mark.parametrize(
    "words",
    [
        ("notice", "sheet", 3, "--out", "no/such/folder/sheet.pdf"),
        ("notice", "show", 3, "--out", "plan.yaml"),
        ("ledger", "export", "plan.yaml/ledger.xlsx"),
        ("report", CODE, "--out", "plan.yaml"),
        ("backup", "plan.yaml/safe.tar"),
    ],
    ids=" ".join(str(n) for n in range(5)).split(),
)
def test_a_file_that_cannot_be_written_is_the_worlds_fault(at: At, words: tuple[object, ...]) -> None:
    stage = "confirmed" if words[1] == "sheet" else "served"
    ducha = at(stage)
    if stage == "confirmed":
        ducha.ok("notice", "draft", CODE, by=OFFICER)
    error = refuse(ducha, *words, code=WORLD)
    assert error["found"]


def test_a_restore_from_something_else_is_refused(at: At) -> None:
    ducha = at("served")
    (ducha.folder / "bad.tar").write_bytes(b"not a backup")
    assert refuse(ducha, "restore", "bad.tar", "--force")["what"]
    assert refuse(ducha, "restore", "nowhere.tar", "--force")["what"]
