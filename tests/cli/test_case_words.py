"""What `case act --set` and `case show` make of words: keys given again, and what lies beside a case in lines."""

from __future__ import annotations

import pytest

from cli.commands.case import _pairs, _part
from core.errors import InvalidInput


def test_measures_stages_and_kinds_of_evidence_may_be_given_one_by_one() -> None:
    said = _pairs(
        [
            "measures=甲",
            "measures=乙｜张三",
            "evidence=photo:a.jpg",
            "evidence=rule:b.pdf",
            "until=2026-05-08",
        ]
    )
    assert said == {"measures": "甲；乙｜张三", "evidence": "photo:a.jpg、rule:b.pdf", "until": "2026-05-08"}


def test_any_other_key_given_again_keeps_the_last_value_and_a_key_needs_a_value() -> None:
    assert _pairs(["percent=40", "percent=60"]) == {"percent": "60"}
    with pytest.raises(InvalidInput, match="键=值"):
        _pairs(["percent"])


def test_a_plan_and_a_request_are_told_in_one_line_each() -> None:
    measures = [
        {"number": 1, "text": "公示", "done_on": "2026-04-20"},
        {"number": 2, "text": "自查", "done_on": None},
    ]
    assert _part({"version": 1, "goal": "", "measures": measures}) == {
        "version": 1,
        "measures": "1 公示（已完成）；2 自查",
    }
    stages = [{"number": 1, "goal": "清理", "verdict": "met"}, {"number": 2, "goal": "建制", "verdict": None}]
    assert _part({"kind": "long_term", "stages": stages})["stages"] == "1 清理（已完成）；2 建制"
