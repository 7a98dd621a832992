"""Errors say what happened, what was found, what was expected and what to do, each part only when there is one."""

from __future__ import annotations

import pytest

from core.codes import (
    CAMPAIGN_KIND_LABELS,
    CHECK_RESULT_LABELS,
    DOCUMENT_CONTENT_LABELS,
    LIGHT_LABELS,
    LINE_LABELS,
    SECRECY_LABELS,
    SEVERITY_LABELS,
    UNIT_OPINION_LABELS,
    CampaignKind,
    CheckResult,
    DocumentContent,
    Light,
    Line,
    Secrecy,
    Severity,
    UnitOpinion,
)
from core.errors import (
    BadCell,
    CalendarMissing,
    DatabaseFailed,
    DeliveryFailed,
    DuchaError,
    IllegalMove,
    InvalidInput,
    InvalidRuleFile,
    LeaseLost,
    NotAllowed,
    NotFound,
    Problem,
    Refused,
    WorldFailed,
)


def test_a_message_is_told_in_four_parts() -> None:
    error = DuchaError("出错", found="甲", expected="乙", remedy="丙")
    assert str(error) == "出错（实际：甲）；应为：乙；请：丙"
    assert error.as_dict() == {"what": "出错", "found": "甲", "expected": "乙", "remedy": "丙"}


def test_a_part_that_is_empty_is_left_out() -> None:
    assert str(DuchaError("出错")) == "出错"


def test_all_bad_cells_are_named() -> None:
    cells = [BadCell("表", "C7", "x", "日期"), BadCell("表", "D8", "y", "编码")]
    error = InvalidInput("不合格", cells=cells)
    assert error.cells == tuple(cells)
    assert "C7" in str(error)
    assert "D8" in str(error)
    assert "未写入任何内容" in error.remedy
    assert InvalidInput("不合格", found="甲", cells=cells).found == "甲"


def test_problems_of_rule_files_are_sorted_by_place() -> None:
    later, earlier = Problem("b.yaml", 1, 1, "E1", "二"), Problem("a.yaml", 9, 2, "E1", "一")
    error = InvalidRuleFile([later, earlier])
    assert error.problems == [earlier, later]
    assert error.found == "a.yaml:9:2: E1 一"


def test_an_illegal_move_names_what_is_possible() -> None:
    error = IllegalMove("事项", "open", "close", ("submit_plan", "flag"))
    assert "submit_plan、flag" in error.expected
    assert "无" in IllegalMove("事项", "archived", "close", ()).expected
    assert "已中止" in IllegalMove("事项", "open", "close", (), why="已中止").what


def test_a_missing_calendar_names_the_year_and_what_there_is() -> None:
    assert CalendarMissing(2031, known="2018年至2027年").year == 2031
    assert "2018年" in CalendarMissing(2031, known="2018年至2027年").found
    assert "没有任何年度" in CalendarMissing(2031, known="").found


def test_a_failed_delivery_says_whether_trying_again_is_safe() -> None:
    assert DeliveryFailed("断线", retry=True).retry
    assert not DeliveryFailed("不明", retry=False).retry


@pytest.mark.parametrize(
    "kind", [InvalidRuleFile, IllegalMove, InvalidInput, LeaseLost, NotAllowed, NotFound, CalendarMissing]
)
def test_a_wrong_request_is_refused_and_not_a_failure_of_the_world(kind: type[DuchaError]) -> None:
    assert issubclass(kind, Refused)
    assert not issubclass(kind, WorldFailed)


@pytest.mark.parametrize("kind", [DatabaseFailed, DeliveryFailed])
def test_a_failure_of_the_world_is_no_refusal(kind: type[DuchaError]) -> None:
    assert issubclass(kind, WorldFailed)
    assert not issubclass(kind, Refused)


def test_lights_are_ordered_and_every_code_has_its_word() -> None:
    assert [light.rank for light in Light] == [0, 1, 2, 3, 4, 5]
    for codes, labels in (
        (Light, LIGHT_LABELS),
        (Line, LINE_LABELS),
        (Severity, SEVERITY_LABELS),
        (Secrecy, SECRECY_LABELS),
        (CampaignKind, CAMPAIGN_KIND_LABELS),
        (CheckResult, CHECK_RESULT_LABELS),
        (DocumentContent, DOCUMENT_CONTENT_LABELS),
        (UnitOpinion, UNIT_OPINION_LABELS),
    ):
        assert set(labels) == set(codes)
        assert len(set(labels.values())) == len(labels)
