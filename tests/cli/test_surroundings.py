"""The commands around a case: half-month reports, notes, delegations, look-backs, changes of units."""

from __future__ import annotations

from datetime import date

import pytest

from tests.cli.conftest import At
from tests.cli.ducha import Ducha
from tests.cli.stages import GRAVE, MINOR
from tests.cli.world import CODE, DIRECTOR, OFFICER

BASIS = ("--basis", "示委编〔2026〕3号")


@pytest.fixture
def ducha(at: At) -> Ducha:
    """Give a county in which one case has lapsed to black."""
    return at("lapsed")


def ills(ducha: Ducha) -> set[str]:
    """Return what the doctor finds broken; the mails of these stages are never sent."""
    found = ducha("doctor").data["invariants"]
    return {one["id"] for one in found if one["broken"]} - {"INV-1"}


def test_a_half_month_report_from_the_watch_to_the_leader(ducha: Ducha) -> None:
    ducha.day = date(2026, 4, 16)
    assert ducha.ok("watch")["half_reports"]["opened"] >= 1
    owed = {row["number"]: row for row in ducha.ok("progress", "due")}
    assert owed[GRAVE]["due_on"] == "2026-04-16"
    number = owed[GRAVE]["id"]
    assert ducha("progress", "send", number, "--text", "代报", by="D002:liaison").code == 1
    sent = ducha.ok("progress", "send", number, "--text", "已启动整改", "--percent", 20, by="D001:liaison")
    assert (sent["state"], sent["late"]) == ("sent", False)
    assert ducha.ok("progress", "read", number, by=DIRECTOR)["id"] == number
    assert [row["state"] for row in ducha.ok("progress", "list", "--state", "sent")] == ["sent"]
    ducha.day = date(2026, 4, 17)
    assert ducha.ok("watch")["half_reports"]["copied"] >= 1
    assert "half_report" in {row["kind"] for row in ducha.ok("outbox", "list")}
    others = [row["id"] for row in ducha.ok("progress", "due", "--unit", "D001")]
    for number in others:
        assert ducha.ok("progress", "waive", number, "--note", "已当面汇报", by=DIRECTOR)["state"] == "waived"


def test_a_call_is_noted_and_followed_up(ducha: Ducha) -> None:
    said = ("--text", "催报进展", "--with", "联络员", "--follow-up", "2026-04-10")
    assert ducha.ok("note", "add", "case", GRAVE, *said, by=OFFICER)["by"] == OFFICER
    assert [row["text"] for row in ducha.ok("note", "list", "case", GRAVE, by=OFFICER)] == ["催报进展"]
    assert ducha("note", "list", "case", GRAVE, by="D001:liaison").code == 1
    assert f"问题 {GRAVE}" in str(ducha.ok("task", "list", by=OFFICER))


def test_a_delegation_is_registered_listed_and_revoked(ducha: Ducha) -> None:
    lent = (
        "--to",
        "L-SECTION",
        "--until",
        "2026-04-30",
        "--document",
        "urging",
        "--act",
        "close",
        "--reason",
        "出差",
    )
    row = ducha.ok("delegation", "add", *lent, by=DIRECTOR)
    assert (row["principal"], row["state"]) == (DIRECTOR, "registered")
    assert len(ducha.ok("delegation", "list", "--now", by=OFFICER)) == 1
    assert ducha.ok("delegation", "revoke", row["id"], "--reason", "返岗", by=DIRECTOR)["state"] == "revoked"
    assert ducha.ok("delegation", "list", "--now", by=OFFICER) == []


def test_a_unit_is_renamed_divided_and_its_cases_are_assigned(ducha: Ducha) -> None:
    change = ducha.ok("unit", "rename", "D001", "--name", "示例县数据局", *BASIS, by=OFFICER)
    assert (change["label"], change["state"]) == ("更名", "in_force")
    assert ducha("unit", "abolish", "D001", *BASIS, by=OFFICER).code == 1
    assert ducha("unit", "merge", "D001", *BASIS, by=OFFICER).code == 2
    later = ducha.ok("unit", "merge", "D001", "--into", "D002", "--on", "2026-09-01", *BASIS, by=OFFICER)
    assert later["state"] == "recorded"
    assert (
        ducha.ok("unit", "call-off", later["id"], "--note", "方案调整", by=OFFICER)["state"] == "called_off"
    )
    ducha.ok("unit", "split", "D001", "--into", "D001", "--into", "D002", *BASIS, by=OFFICER)
    assert ducha.ok("unit", "assign", MINOR, "D002", *BASIS, by=OFFICER)["unit"] == "D002"
    assert {row["id"]: row["unit"] for row in ducha.ok("case", "list")}[MINOR] == "D002"
    history = ducha.ok("unit", "history", "D001", "--on", "2026-03-01")
    assert history["name"] != "示例县数据局"
    assert [step["label"] for step in history["changes"]] == ["更名", "分设", "合并"]
    assert ills(ducha) == set()


def test_a_merged_unit_goes_on_in_another_and_the_doctor_is_content(ducha: Ducha) -> None:
    ducha.ok("unit", "merge", "D001", "--into", "D002", *BASIS, by=OFFICER)
    assert {row["unit"] for row in ducha.ok("case", "list", "--campaign", CODE)} == {"D002"}
    assert ducha("case", "act", MINOR, "submit_plan", "--note", "整改", by="D001:liaison").code == 1
    ducha.ok("case", "act", MINOR, "submit_plan", "--note", "逐项整改", by="D002:liaison")
    ducha.day = date(2026, 4, 8)
    ducha.ok("sweep")
    ducha.ok("watch")
    assert ducha.ok("audit", "verify")["ok"]
    assert ills(ducha) == set()


def test_look_backs_are_listed_and_drawn_by_quarter(ducha: Ducha) -> None:
    assert ducha.ok("lookback", "list") == []
    answer = ducha("lookback", "draw", "--period", "2026Q1", by=OFFICER)
    assert (answer.code, "没有可抽取" in answer.error["what"]) == (1, True)
    assert ducha("lookback", "date", GRAVE, by=OFFICER).code == 1
