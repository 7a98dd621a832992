"""`ducha matter`: every command once, for people and as JSON, on a database of its own."""

from __future__ import annotations

from datetime import date

import pytest

from tests.cli.conftest import At
from tests.cli.ducha import Ducha
from tests.cli.world import DIRECTOR, OFFICER

NUMBER, NEXT = "（2026）示0101行初12号", "（2026）示01行终5号"
REGISTER = (
    "matter", "register", NUMBER, "--unit", "D001", "--forum", "示例县人民法院", "--cause", "行政处罚", "--received",
    "2026-03-02",
)  # fmt: skip


@pytest.fixture
def ducha(at: At) -> Ducha:
    """Give an office with units and people on the day a lawsuit comes in."""
    opened = at("prepared")
    opened.day = date(2026, 3, 2)
    (opened.folder / "判决书.pdf").write_bytes(b"%PDF-1.7 judgment")
    return opened


def prepare_for_court(ducha: Ducha) -> None:
    """From the first paper to an attendee named for the hearing."""
    paper = str(ducha.folder / "判决书.pdf")
    shown = ducha.ok(*REGISTER, "--item", "S17", "--handler", "甲", by=OFFICER)
    assert (shown["state"], shown["light"], shown["clocks"][0]["on"]) == ("registered", "none", "2026-03-17")

    ducha.day = date(2026, 3, 4)
    shown = ducha.ok("matter", "assess", NUMBER, "--factor", "F2=未告知听证权利", by=OFFICER)
    assert (shown["state"], shown["light"], shown["ones_missing"]) == ("handling", "yellow", True)
    ones = (
        "--leader",
        "李某",
        "--post",
        "副局长",
        "--member",
        "甲",
        "--member",
        "乙",
        "--plan",
        "依法自我纠错",
    )
    assert ducha.ok("matter", "ones", NUMBER, *ones, by="D001:head")["ones"]["post"] == "副局长"
    ducha.ok("matter", "report", NUMBER, "--text", "已成立专班", "--next", "核对证据", by="D001:liaison")
    ducha.ok("matter", "fact", NUMBER, "defence_submitted", "--file", paper, by="D001:liaison")
    ducha.ok("matter", "date", NUMBER, "hearing", "--on", "2026-04-02", by=OFFICER)
    ducha.ok("matter", "assign", NUMBER, "--attendee", "张局长", by=OFFICER)
    ducha.ok("matter", "occasion", NUMBER, "证据交换", by=OFFICER)
    ducha.ok("matter", "event", NUMBER, "J7", "--basis", "检察院函", by=OFFICER)
    ducha.ok("matter", "void", NUMBER, "event", "J7", "--note", "误登", by=DIRECTOR)


def lose_and_win(ducha: Ducha) -> None:
    """Lost in the first instance, reversed in the second, both filed."""
    paper = str(ducha.folder / "判决书.pdf")
    ducha.day = date(2026, 4, 20)
    shown = ducha.ok(
        "matter", "result", NUMBER, "败诉", "--text", "撤销处罚决定", "--file", paper, by=OFFICER
    )
    assert (shown["state"], shown["light"], shown["result"]) == ("decided", "black", "败诉")
    ducha.ok("matter", "paper", NUMBER, "recap", "--text", "程序瑕疵", "--fault", "slight", by=OFFICER)
    forum = ("--forum", "示例市中级人民法院", "--appellant", "被告")
    shown = ducha.ok("matter", "appeal", NUMBER, "--number", NEXT, *forum, by=OFFICER)
    assert (shown["instance"], shown["previous"]) == ("second", NUMBER)

    ducha.day = date(2026, 6, 30)
    ducha.ok("matter", "result", NEXT, "won", "--file", paper, by=OFFICER)
    assert ducha.refused("matter", "close", NUMBER, by=DIRECTOR)["what"] == "行政争议事项还不能核销归档"
    ducha.ok("matter", "paper", NUMBER, "rectification_plan", "--text", "建立清单", by=OFFICER)
    ducha.ok("matter", "close", NEXT, "--note", "胜诉", by=DIRECTOR)
    assert ducha.ok("matter", "close", NUMBER, by=DIRECTOR)["state"] == "closed"


def test_a_lawsuit_from_the_first_paper_to_the_file(ducha: Ducha) -> None:
    prepare_for_court(ducha)
    lose_and_win(ducha)

    assert ducha.ok("matter", "list") == []
    rows = ducha.ok("matter", "list", "--all", "--unit", "D001")
    assert {row["number"]: row["highest_light"] for row in rows}[NUMBER] == "black"
    board = ducha.ok("matter", "rate", "--matters")
    assert (board["closed"], board["lost"]) == (1, 1)
    explained = ducha.ok("matter", "explain", NUMBER)
    assert explained["agrees"]
    assert [turn["cause"] for turn in explained["turns"]][-2:] == ["J8", "J10"]
    assert {clock["code"] for clock in ducha.ok("matter", "clocks", NUMBER)} >= {"defence_due", "appeal_due"}
    assert ducha.ok("doctor")["ok"]


def test_what_was_registered_by_mistake_is_undone_and_what_fits_no_rule_is_refused(ducha: Ducha) -> None:
    paper = str(ducha.folder / "判决书.pdf")
    ducha.ok(*REGISTER, by=OFFICER)
    assert ducha.refused(*REGISTER, by=OFFICER)["what"] == "该案号已经登记"
    assert "litigation（行政诉讼）" in ducha.refused(*REGISTER, "--kind", "民事", by=OFFICER)["expected"]
    assert ducha.refused("matter", "show", "无")["what"] == "没有这个行政争议事项"
    wrong = ducha.refused("matter", "date", NUMBER, "hearing", by=OFFICER)
    assert wrong["what"] == "日期的写法不正确"
    assert ducha.refused("matter", "assess", NUMBER, "--factor", "F2", by=OFFICER)["found"] == "F2"
    ducha.ok("matter", "result", NUMBER, "won", "--file", paper, by=OFFICER)
    ducha.ok("matter", "revise", NUMBER, "--note", "登错", by=DIRECTOR)
    ducha.ok("matter", "perform", NUMBER, "--due", "2026-06-30", "--file", paper, by=OFFICER)
    error = ducha.refused("matter", "screening", NUMBER, "--ground", 1, "--note", "黑灯", by=DIRECTOR)
    assert "不是移送理由" in error["what"]
    assert ducha.refused("matter", "link", NUMBER, "--case", "无", "--note", "同因", by=OFFICER)
    ducha.ok("matter", "register", "误登", *REGISTER[3:], by=OFFICER)
    assert ducha.ok("matter", "annul", "误登", "--note", "重复", by=DIRECTOR)["state"] == "annulled"


def test_the_register_goes_out_and_comes_in_and_people_read_words(ducha: Ducha) -> None:
    ducha.ok(*REGISTER, by=OFFICER)
    ducha.ok("matter", "export", str(ducha.folder / "台账.xlsx"))
    done = ducha.ok("matter", "import", str(ducha.folder / "台账.xlsx"), by=OFFICER)
    assert done == {"added": 0, "updated": 0, "unchanged": 1}

    for words in (
        ("list",),
        ("show", NUMBER),
        ("explain", NUMBER),
        ("clocks", NUMBER),
        ("rate", "--unit", "D001"),
    ):
        answer = ducha.run("matter", *words, "--today", "2026-03-20")
        assert answer.code == 0
        for code in ("registered", "none", "defence_due", "unit_name"):
            assert code not in answer.out
    assert "未亮灯" in ducha.run("matter", "explain", NUMBER, "--today", "2026-03-02").out
