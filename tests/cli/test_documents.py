"""`ducha notice` before signature and after service, and `ducha interview`: every command once, as JSON."""

from __future__ import annotations

from datetime import date

import pytest

from tests.cli.conftest import At
from tests.cli.ducha import Ducha
from tests.cli.world import CODE, DIRECTOR, OFFICER

VALUES = """\
interviewee: 主要负责人
reason: 整改推进不力
cases: []
held_on: 2026-04-28
held_at: 上午9时30分
place: 县司法局会议室
interviewer: 督察办主任
reply: {count: 5, unit: workday, start: 约谈结束, from: 2026-04-28}
"""


@pytest.fixture
def ducha(at: At) -> Ducha:
    """Give an office whose campaign has been opened, with a file of values."""
    opened = at("opened")
    opened.day = date(2026, 4, 20)
    (opened.folder / "取值.yaml").write_text(VALUES, "utf-8")
    (opened.folder / "件.pdf").write_bytes(b"%PDF-1.7 paper\n%%EOF\n")
    return opened


def drafted(ducha: Ducha) -> int:
    """Draft a 约谈通知书 by hand; return its number."""
    (row,) = ducha.ok(
        "notice", "draft", CODE, "--kind", "interview_notice", "--unit", "D001", "--values", "取值.yaml",
        "--copy-to", "县人大常委会办公室", by=OFFICER,
    )  # fmt: skip
    return int(row["id"])


def test_a_document_is_reviewed_edited_and_reviewed_again(ducha: Ducha) -> None:
    number = drafted(ducha)
    ducha.ok("notice", "sheet", number, by=OFFICER)
    approved = ducha.ok("notice", "approve", number, "--step", "核稿", "--note", "同意", by="R01")
    assert [row["step"] for row in approved["approvals"]] == ["drafted", "reviewed"]
    shown = ducha.ok("notice", "show", number)
    assert shown["preview_sha256"] == shown["approvals"][1]["sha256"]
    ducha.ok("notice", "return", number, "--note", "时间有误", by="R01")
    edited = ducha.ok("notice", "edit", number, "--set", "held_at=下午3时", by=OFFICER)
    assert edited["state"] == "draft"
    again = ducha.ok("notice", "show", number)
    assert again["preview_sha256"] != shown["preview_sha256"]
    assert again["approvals"][1]["void_reason"] == "退回修改：时间有误"
    refused = ducha.refused("notice", "edit", number, "--set", "nothing=x", by=OFFICER)
    assert "多出 nothing" in refused["found"]


def test_what_the_unit_answers_is_recorded_and_the_series_is_shown(ducha: Ducha) -> None:
    number = drafted(ducha)
    ducha.ok("notice", "sign", number, by=DIRECTOR)
    ducha.ok("notice", "seal", number, "--file", "件.pdf", by=OFFICER)
    answered = ducha.ok("notice", "reply", number, "--outcome", "已落实", "--file", "件.pdf", by=OFFICER)
    assert (answered["replied_on"], answered["reply_due_on"]) == ("2026-04-20", "2026-05-08")
    assert ducha.ok("notice", "items", number) == []
    assert (
        "没有这一条" in ducha.refused("notice", "answer", number, 1, "--result", "已落实", by=OFFICER)["what"]
    )
    (series,) = [row for row in ducha.ok("notice", "series") if row["series"] == "示法督函"]
    assert (series["last"], series["gaps"], series["next"]) == (1, [], "示法督函〔2026〕2号")
    assert all(row["last"] == 0 for row in ducha.ok("notice", "series", "--year", 2025))


def test_an_interview_is_planned_held_and_listed(ducha: Ducha) -> None:
    planned = ducha.ok(
        "interview", "plan", "D001", "--on", "2026-04-28", "--place", "县司法局会议室", "--reason", "推进不力",
        "--interviewer", "督察办主任", "--at", "上午9时30分", "--person", "部门负责人=1", "--person", "执法人员=3",
        "--campaign", CODE, by=OFFICER,
    )  # fmt: skip
    assert (planned["state"], planned["invited"]) == ("planned", {"head": 1, "enforcer": 3})
    assert "约谈通知书" in ducha.ok("notice", "show", planned["document"])["title"]
    other = ducha.ok(
        "interview", "plan", "D002", "--on", "2026-04-29", "--place", "现场", "--reason", "推进不力",
        "--interviewer", "督察办主任", "--person", "其他=1", "--line", "enforcement", by=OFFICER,
    )  # fmt: skip
    ducha.ok("interview", "cancel", other["id"], "--note", "改为函询", by=OFFICER)
    ducha.day = date(2026, 4, 28)
    held = ducha.ok(
        "interview", "hold", planned["id"], "--person", "部门负责人=1", "--file", "件.pdf",
        "--commit", "2026-05-29=建立台账", by=OFFICER,
    )  # fmt: skip
    assert (held["state"], held["came"]) == ("held", {"head": 1})
    assert [row["state"] for row in ducha.ok("interview", "list")] == ["cancelled", "held"]
    assert [row["id"] for row in ducha.ok("interview", "list", "--state", "held")] == [planned["id"]]
    assert "核实" in str(ducha.ok("task", "list", by=OFFICER))


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("--person", "局长=1"), "局长"),
        (("--person", "其他=1", "--about", "moon:3"), "moon:3"),
        (("--person", "其他=1", "--line", "third"), "third"),
        ((), "没有写明被约谈人"),
    ],
)
def test_an_interview_that_is_not_clear_is_refused(ducha: Ducha, words: tuple[str, ...], found: str) -> None:
    common = ("--on", "2026-04-28", "--place", "某处", "--reason", "事由", "--interviewer", "主任")
    assert found in ducha.refused("interview", "plan", "D001", *common, *words, by=OFFICER)["found"]
    assert ducha.ok("interview", "list") == []
