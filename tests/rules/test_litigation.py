"""The shipped litigation ladder and statutory clocks say what the reference says; nothing was lost on the way."""

from __future__ import annotations

from collections import Counter

import pytest

from core.codes import Light
from core.rulebook import Rulebook, find_clock, load_rulebook
from core.rulebook.checks_clocks import check_clocks
from core.rulebook.checks_litigation import check_litigation
from core.rulebook.clocks import ClockFile
from core.rulebook.fields import Marked
from core.rulebook.litigation import LitigationLadder
from core.rulebook.parts import read_parts
from system.paths import RULES_DIR, read_texts

FILES = read_texts(RULES_DIR, ".yaml")
# 期限：(长度, 延长, 单位, 条款)，取自参考表，按其先后
CLOCKS = [
    ("行政诉讼答辩举证", 15, None, "day", "第六十七条"),
    ("一审判决上诉", 15, None, "day", "第八十五条"),
    ("一审裁定上诉", 10, None, "day", "第八十五条"),
    ("法院送达负责人出庭通知书（开庭前）", 3, None, "day", "第五条"),
    ("行政复议答复（普通程序）", 10, None, "workday", "第四十八条、第八十八条"),
    ("行政复议答复（简易程序）", 5, None, "workday", "第五十四条、第八十八条"),
    ("行政复议审理（普通程序）", 60, 30, "day", "第六十二条"),
    ("行政复议审理（简易程序）", 30, None, "day", "第六十二条"),
    ("行政复议意见书纠正情况报送", 60, None, "day", "第七十六条"),
    ("复议附带审查制定机关书面答复", 10, None, "workday", "第五十八条、第八十八条"),
    ("规范性文件司法建议书面答复", 60, None, "day", "第一百四十九条"),
    ("行政公益诉讼检察建议履职并回复", 2, None, "month", "第二十一条"),
    ("行政处罚决定（自立案起）", 90, None, "day", "第六十条"),
    ("撤回被变更撤销的处罚公开信息", 3, None, "workday", "第四十八条、第八十五条"),
    ("处罚决定书送达（当事人不在场）", 7, None, "workday", "第六十一条、第八十五条"),
    ("查封扣押期限", 30, 30, "day", "第二十五条"),
    ("许可、处罚决定公示", 7, None, "workday", None),
    ("其他执法决定公示", 20, None, "workday", None),
    ("涉嫌犯罪案件决定是否移送", 3, None, "day", "第五条"),
    ("政府信息公开申请答复", 20, 20, "workday", "第三十三条"),
    ("信访事项告知", 15, None, "day", "第二十三条"),
    ("信访处理意见办结", 60, 30, "day", "第三十四条"),
    ("重大行政决策合法性审查（不少于）", 7, None, "workday", "第二十六条"),
    ("重大行政决策公开征求意见（一般不少于）", 30, None, "day", "第十五条"),
    ("法律援助申请审查", 7, None, "day", "第四十三条"),
    ("法治政府建设年度报告公开", None, None, "date", "第二十四条"),
]
# 按行政复议法第八十八条、行政处罚法第八十五条，这两部法律中的短期限为工作日
IN_WORKDAYS = {
    "《中华人民共和国行政复议法》（2023年修订）": {10, 5},
    "《中华人民共和国行政处罚法》（2021年修订）": {3, 7},
}


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return load_rulebook(FILES)


@pytest.fixture(scope="module")
def ladder(book: Rulebook) -> LitigationLadder:
    return book.litigation["county"]


@pytest.fixture(scope="module")
def clocks(book: Rulebook) -> ClockFile:
    return book.clocks["statutory"]


def test_both_files_hold_together_and_every_example_comes_out() -> None:
    parts = read_parts(FILES)
    assert [str(one) for one in (*check_clocks(parts), *check_litigation(parts))] == []


# ---- the ladder -------------------------------------------------------------------------------------------------


def test_the_eight_factors_keep_their_points_and_the_three_fatal_ones(ladder: LitigationLadder) -> None:
    assert {one.code: one.points for one in ladder.factors} == {
        "F1": 20, "F2": 20, "F3": 15, "F4": 15, "F5": 8, "F6": 8, "F7": 6, "F8": 8,
    }  # fmt: skip
    assert [one.code for one in ladder.factors if one.fatal] == ["F1", "F2", "F4"]
    assert (ladder.scoring.max, ladder.scoring.fatal_floor) == (100, Light.YELLOW)


def test_the_four_bands_keep_their_span_document_time_and_leader(ladder: LitigationLadder) -> None:
    found = [
        (one.code.value, one.min_score, one.max_score, one.document, one.deadline_workdays)
        for one in ladder.bands
    ]
    assert found == [
        ("blue", 20, 39, "litigation_prompt", 3),
        ("yellow", 40, 59, "litigation_urging", 5),
        ("red", 60, 79, "litigation_supervision", 5),
        ("black", 80, 100, "litigation_order", 10),
    ]
    leaders = [one.leader for one in ladder.bands]
    assert leaders == ["单位法制机构负责人", "单位分管负责人包案", "单位主要负责人包案", "分管县领导包案"]
    reports = [(one.report.every, one.report.workdays, one.report.at_key_nodes) for one in ladder.bands]
    assert reports == [
        ("half_month", None, False), ("half_month", None, True), ("workdays", 5, True), ("workdays", 3, True),
    ]  # fmt: skip
    assert ladder.bands[3].report.cc == ("县委县政府主要领导", "分管领导")


def test_the_19_events_keep_their_effect_and_colour(ladder: LitigationLadder) -> None:
    assert [one.code for one in ladder.events] == [f"J{number}" for number in range(1, 20)]
    found = {one.code: (one.effect, one.light.value if one.light else None) for one in ladder.events}
    assert {code for code, (effect, _) in found.items() if effect == "clear"} == {"J9", "J10"}
    assert {code for code, (effect, _) in found.items() if effect == "set"} == {"J6", "J8"}
    assert found["J1"] == ("none", None)
    yellow = {code for code, (_, light) in found.items() if light == "yellow"}
    red = {code for code, (_, light) in found.items() if light == "red"}
    assert yellow == {"J2", "J4", "J11", "J13", "J15", "J18"}
    assert red == {"J3", "J5", "J7", "J12", "J14", "J16", "J17", "J19"}
    steps = {
        one.code: [(step.after_workdays, step.light) for step in one.then]
        for one in ladder.events
        if one.then
    }
    assert steps == {"J12": [(15, Light.BLACK)], "J14": [(10, Light.BLACK)], "J19": [(15, Light.BLACK)]}


def test_the_numbers_in_the_words_of_an_event_are_those_that_are_counted_with(
    ladder: LitigationLadder,
) -> None:
    for event in ladder.events:
        if event.trigger and event.trigger.offset < 0:
            told = f"{-event.trigger.offset}{'个工作日' if event.trigger.unit == 'workday' else '日'}"
            assert told in event.event, event.code
        for task in event.tasks:
            if task.within_workdays > 1:
                assert f"{task.within_workdays}个工作日" in event.limit, event.code
            assert (event.limit == "即时") == (task.within_workdays == 0), event.code


def test_the_rate_table_the_override_and_the_reference_are_kept(ladder: LitigationLadder) -> None:
    table = ladder.unit_rate
    assert [(one.code.value, one.rate_gt, one.rate_lte, one.count) for one in table.levels] == [
        ("blue", 5, 8, 1), ("yellow", 8, 12, 2), ("red", 12, 15, 3), ("black", 15, None, 4),
    ]  # fmt: skip
    assert (table.months, table.min_sample) == (12, 20)
    assert (table.override.same_cause, table.override.light) == (2, Light.RED)
    assert "常山县2022年一审败诉率2.6%" in table.reference


def test_registration_three_ones_half_month_report_and_linkage_are_kept(ladder: LitigationLadder) -> None:
    entry = ladder.registration
    assert (entry.register_workdays, entry.assess_workdays, entry.reassess_workdays) == (1, 3, 2)
    assert ladder.three_ones.from_light is Light.YELLOW
    assert ladder.three_ones.contents == ("一名包案领导", "一个化解小组", "一套化解方案")
    assert ladder.half_month_report.from_light is Light.BLUE
    assert "不当然移送" in ladder.linkage.rule
    assert len(ladder.linkage.grounds) == len(ladder.guardrails) == 3


def test_the_order_of_the_colours_is_that_of_the_file_and_each_has_its_word(ladder: LitigationLadder) -> None:
    assert [light.value for light in ladder.palette.lights] == ["blue", "yellow", "red", "black"]
    assert [ladder.palette.word(light) for light in ladder.palette.lights] == ["蓝灯", "黄灯", "红灯", "黑灯"]
    assert all(one.meaning for one in ladder.colours)


def test_every_event_every_colour_and_every_band_edge_has_an_example(ladder: LitigationLadder) -> None:
    assert len(ladder.examples) >= 26
    named = " ".join(one.case for one in ladder.examples)
    assert all(f"{event.code} " in named or event.code == "J8" for event in ladder.events)
    assert {one.facts.points for one in ladder.examples} >= {19, 20, 39, 40, 59, 60, 79, 80, 100}
    assert {one.expect.light for one in ladder.examples} == {Light.NONE, *ladder.palette.lights}


def test_what_is_ours_is_marked_as_a_suggestion(ladder: LitigationLadder) -> None:
    assert (ladder.verified, ladder.checked) == (False, "建议")


def test_prose_and_statutory_lengths_cannot_be_set_by_an_overlay(
    ladder: LitigationLadder, clocks: ClockFile
) -> None:
    prose = {
        "event",
        "factor",
        "limit",
        "rule",
        "meaning",
        "actions",
        "leader",
        "reference",
        "basis_note",
        "scope",
    }
    parts: list[Marked] = [
        *ladder.factors,
        *ladder.bands,
        *ladder.events,
        *ladder.unit_rate.levels,
        ladder.scoring,
    ]
    assert all(one.SETTABLE and not one.SETTABLE & prose for one in parts)
    assert all(set(type(one).model_fields) >= one.SETTABLE for one in parts)
    assert not any(one.SETTABLE for one in clocks.clocks)


# ---- the clocks -------------------------------------------------------------------------------------------------


def test_the_26_clocks_keep_their_length_unit_and_article(clocks: ClockFile) -> None:
    found = [(one.matter, one.count, one.extend, one.unit, one.article) for one in clocks.clocks]
    assert found == CLOCKS


def test_every_clock_is_verified_with_its_source_and_has_an_example(clocks: ClockFile) -> None:
    assert all(one.verified and one.source and one.document and one.examples for one in clocks.clocks)
    assert Counter(one.checked for one in clocks.clocks) == {"条文": 24, "内容": 2}
    assert len({one.code for one in clocks.clocks}) == 26


def test_what_the_reference_only_noted_is_data(book: Rulebook) -> None:
    urgent = find_clock(book.clocks, "procuratorial_advice_reply").variant("urgent")
    assert (urgent.unit, urgent.count) == ("day", 15)
    transfer = find_clock(book.clocks, "crime_transfer_decision").variant("hand_over")
    assert (transfer.unit, transfer.count, transfer.start_event) == ("hour", 24, "批准移送")
    assign = find_clock(book.clocks, "legal_aid_review").variant("assign")
    assert (assign.unit, assign.count) == ("day", 3)
    report = find_clock(book.clocks, "annual_report_publication")
    assert (report.month, report.day, report.including) == (4, 1, False)


def test_short_periods_of_the_two_laws_are_working_days_and_long_ones_are_not(clocks: ClockFile) -> None:
    for clock in clocks.clocks:
        short = IN_WORKDAYS.get(clock.document)
        if short is not None:
            assert (clock.unit == "workday") == (clock.count in short), clock.matter


def test_periods_that_may_not_be_shorter_say_so(clocks: ClockFile) -> None:
    least = {one.code for one in clocks.clocks if one.direction == "at_least"}
    assert least == {"court_attendance_notice", "decision_legality_review", "decision_public_comment"}
    assert [one.code for one in clocks.clocks if one.counting == "back"] == ["court_attendance_notice"]


def test_every_calendar_period_but_seizure_rolls_over_a_last_day_off(clocks: ClockFile) -> None:
    rolls = {one.code: one.rolls for one in clocks.clocks if one.unit in ("day", "month")}
    assert [code for code, value in rolls.items() if value is not True] == ["seizure"]
