"""A statutory period asked by its code: the last day with the law, before there is a database."""

from __future__ import annotations

import pytest

from tests.cli.conftest import At


def test_a_statutory_clock_tells_its_last_day_its_derivation_and_its_law(at: At) -> None:
    due = at("files").ok("calendar", "add", "2026-09-28", "--clock", "review_reply")
    assert (due["start_on"], due["count"], due["unit"], due["due_on"]) == (
        "2026-09-28",
        10,
        "workday",
        "2026-10-16",
    )
    assert (due["clock"], due["matter"]) == ("review_reply", "行政复议答复（普通程序）")
    assert (due["document"], due["article"]) == (
        "《中华人民共和国行政复议法》（2023年修订）",
        "第四十八条、第八十八条",
    )
    assert due["verified"] is True
    assert due["steps"][0].startswith("行政复议答复（普通程序）：自收到")


def test_a_variant_an_extension_and_a_yearly_date_may_be_asked(at: At) -> None:
    ducha = at("files")
    urgent = ("calendar", "add", "2026-05-10", "--clock", "procuratorial_advice_reply", "--variant", "urgent")
    assert ducha.ok(*urgent)["due_on"] == "2026-05-25"
    extended = ("calendar", "add", "2026-03-02", "--clock", "review_decision", "--extended")
    assert ducha.ok(*extended)["due_on"] == "2026-06-01"
    yearly = ducha.ok("calendar", "add", "2026-04-01", "--clock", "annual_report_publication")
    assert (yearly["start_on"], yearly["due_on"]) == (None, "2027-03-31")


def test_people_read_the_law_beside_the_day(at: At) -> None:
    said = at("files").run("calendar", "add", "2026-09-28", "--clock", "review_reply")
    assert said.out.startswith("到期日：2026-10-16\n依据：《中华人民共和国行政复议法》")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("2026-09-28",), 2),
        (("2026-09-28", "15", "--clock", "review_reply"), 2),
        (("2026-09-28", "--clock", "reply"), 1),
        (("2026-09-28", "--clock", "review_reply", "--variant", "urgent"), 1),
        (("2026-09-28", "--clock", "review_reply", "--extended"), 1),
        (("2020-09-28", "--clock", "review_reply"), 1),
    ],
)
def test_a_period_that_cannot_be_told_is_refused_in_four_parts(
    at: At, words: tuple[str, ...], code: int
) -> None:
    answer = at("files").run("calendar", "add", *words, "--json")
    assert answer.code == code
    assert answer.error["what"]


def test_the_list_shows_every_clock_to_people_and_programs(at: At) -> None:
    ducha = at("files")
    rows = ducha.ok("calendar", "clocks")
    assert len({row["code"] for row in rows}) == 26
    assert [row["variant"] for row in rows if row["variant"]] == ["urgent", "hand_over", "assign"]
    said = ducha.run("calendar", "clocks").out
    assert (
        "seizure\n  查封扣押期限：自作出查封、扣押决定之日起30日内，可延长30日；《中华人民共和国行政强制法》第二十五条"
        in said
    )
    assert "procuratorial_advice_reply --variant urgent\n" in said
