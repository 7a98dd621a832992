"""Scores of units, worked out by hand and on random facts."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from core.rulebook import load_rulebook
from core.rulebook.scoring import ScoreItem, ScoringRules
from core.scoring import Candidate, print_points, rank_units, score_unit
from core.unitfacts import UNIT_FACTS
from system.paths import RULES_DIR, read_texts

SHIPPED = load_rulebook(read_texts(RULES_DIR, ".yaml")).scoring["county"]
FACTS = st.fixed_dictionaries({name: st.integers(0, 30) for name in UNIT_FACTS})


def rules(*items: ScoreItem, **more: object) -> ScoringRules:
    return SHIPPED.model_copy(update={"items": items, **more})


def share(**more: object) -> ScoreItem:
    kept: dict[str, object] = {
        "code": "s", "name": "完成", "form": "share", "points": 60, "part": "due_done", "whole": "due_cases",
        "full_percent": 100, "zero_percent": 50,
    }  # fmt: skip
    return ScoreItem.model_validate({**kept, **more})


def deduct(**more: object) -> ScoreItem:
    kept: dict[str, object] = {
        "code": "d", "name": "退回", "form": "deduct", "points": 40, "count": "returned", "each": "7.5",
    }  # fmt: skip
    return ScoreItem.model_validate({**kept, **more})


def total(of: ScoringRules, **facts: int) -> str:
    return print_points(score_unit(of, facts).total)


def test_a_share_gives_points_between_its_two_lines() -> None:
    one = rules(share())
    assert [total(one, due_cases=8, due_done=n) for n in (8, 7, 6, 4, 0)] == [
        "60.00",
        "45.00",
        "30.00",
        "0.00",
        "0.00",
    ]


def test_a_share_may_count_less_as_better() -> None:
    one = rules(share(part="failed_checks", whole="checks", full_percent=0, zero_percent=50))
    assert [total(one, checks=10, failed_checks=n) for n in (0, 1, 5, 9)] == [
        "60.00",
        "48.00",
        "0.00",
        "0.00",
    ]


def test_points_off_end_at_the_points_there_are_and_points_on_top_at_their_cap() -> None:
    bonus = ScoreItem.model_validate(
        {"code": "b", "name": "加分", "form": "bonus", "points": 3, "count": "institutions", "each": "1"}
    )
    one = rules(deduct(), bonus)
    assert [total(one, returned=n) for n in (0, 1, 6)] == ["40.00", "32.50", "0.00"]
    assert total(one, returned=6, institutions=9) == "3.00"


def test_a_line_without_a_sample_is_left_out_and_the_rest_counts_for_the_whole() -> None:
    score = score_unit(rules(share(), deduct()), {"returned": 2})
    assert print_points(score.total) == "62.50"  # 25 of 40
    assert "25.00÷40.00×100＝62.50分" in score.said
    assert total(rules(share(below_sample="full"), deduct()), returned=2) == "85.00"
    assert total(rules(share())) == "100.00"


def test_halves_of_a_hundredth_go_up() -> None:
    assert total(rules(share(full_percent=100, zero_percent=0, points=1)), due_cases=8, due_done=1) == "0.13"


def test_equal_units_share_a_place_and_the_next_one_stays_empty() -> None:
    units = [
        Candidate(code, code, ("政府部门",), {"checks": 1, "due_cases": 2, "due_done": done, "overdue": late})
        for code, done, late in (("D1", 2, 0), ("D2", 1, 0), ("D3", 2, 0), ("D4", 2, 1))
    ]
    placed = {one.unit.code: one.place for one in rank_units(rules(share()), units)}
    assert placed == {"D1": 1, "D3": 1, "D4": 3, "D2": 4}


def test_groups_are_ranked_apart_and_the_excluded_are_told_why() -> None:
    units = [
        Candidate("A", "A", ("乡镇街道",), {"checks": 1}),
        Candidate("B", "B", ("别的",), {"checks": 1}),
        Candidate("C", "C", ("县级政府",), {"checks": 1}),
        Candidate("D", "D", ("政府部门",), {}),
    ]
    placed = {one.unit.code: (one.group, one.place, one.reason) for one in rank_units(SHIPPED, units)}
    assert placed["A"] == ("乡镇（街道）", 1, "")
    assert placed["B"] == ("其他单位", 1, "")
    assert placed["C"] == ("其他单位", None, "县级政府不参加排名")
    assert placed["D"] == ("县直单位", None, "检查事项0次，不足1，不排名")


@given(FACTS)
def test_a_total_is_what_its_printed_steps_add_up_to(facts: dict[str, int]) -> None:
    score = score_unit(SHIPPED, facts)
    got = sum((step.points for step in score.steps if step.most is not None), Fraction(0))
    extra = sum((step.points for step in score.steps if step.most is None), Fraction(0))
    most = sum((step.most for step in score.steps if step.most is not None), Fraction(0))
    if score.left_out:
        assert abs(score.total - (got / most * 100 + extra if most else 100 + extra)) <= Fraction(1, 100)
    else:
        assert score.total == got + extra
    assert 0 <= score.total <= 103
    assert all((step.points * 100).denominator == 1 for step in score.steps)


@given(FACTS, st.sampled_from(("returned", "rebounds", "top_lights")))
def test_one_more_fault_never_helps(facts: dict[str, int], fault: str) -> None:
    assert score_unit(SHIPPED, {**facts, fault: facts[fault] + 1}).total <= score_unit(SHIPPED, facts).total


@given(st.lists(FACTS, min_size=1, max_size=8))
def test_places_follow_totals_and_do_not_depend_on_the_order_of_the_list(many: list[dict[str, int]]) -> None:
    units = [Candidate(f"D{n}", f"D{n}", ("政府部门",), facts) for n, facts in enumerate(many)]
    placed = rank_units(SHIPPED, units)
    assert {(one.unit.code, one.place) for one in placed} == {
        (one.unit.code, one.place) for one in rank_units(SHIPPED, units[::-1])
    }
    ranked = [one for one in placed if one.place is not None]
    for one in ranked:
        better = sum(1 for other in ranked if other.score.total > one.score.total)
        assert one.place is not None
        assert one.place > better
