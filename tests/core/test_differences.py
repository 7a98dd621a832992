"""Differences of rule sets: entries are matched by their names, addresses name the place, sentences say it."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.rulebook import freeze, load_rulebook
from core.rulebook.differences import differences, tree_of
from core.rulebook.differencetext import write_differences
from system.paths import RULES_DIR, read_texts


@cache
def _shipped() -> Any:
    return tree_of(freeze(load_rulebook(read_texts(RULES_DIR, ".yaml"))))


@pytest.fixture
def rules() -> Any:
    """Give the shipped rules as a tree that a test may change."""
    return copy.deepcopy(_shipped())


def item(tree: Any, code: str) -> Any:
    return next(one for one in tree["catalogs"]["fazhi-ducha-46"]["items"] if one["id"] == code)


def rung(tree: Any, severity: str, code: str) -> Any:
    return next(
        one for one in tree["ladders"]["problem"]["profiles"][severity]["rungs"] if one["code"] == code
    )


def told(tree: Any) -> list[tuple[str, str, Any, Any]]:
    return [(d.address, d.kind, d.before, d.after) for d in differences(_shipped(), tree)]


def said(tree: Any) -> list[str]:
    return write_differences(differences(_shipped(), tree), _shipped(), tree)


def test_equal_rules_do_not_differ(rules: Any) -> None:
    assert differences(_shipped(), rules) == ()


def test_a_changed_number_is_told_at_the_address_of_its_item(rules: Any) -> None:
    before = item(rules, "E24")["rectify_days"]
    item(rules, "E24")["rectify_days"] = before + 5

    address = "catalogs/fazhi-ducha-46/items/E24/rectify_days"
    assert told(rules) == [(address, "changed", before, before + 5)]
    title = item(rules, "E24")["title"]
    assert said(rules) == [f"事项E24“{title}”整改期限由{before}改为{before + 5}个工作日"]


def test_an_item_that_goes_and_one_that_comes_move_no_other(rules: Any) -> None:
    items = rules["catalogs"]["fazhi-ducha-46"]["items"]
    gone = items.pop(0)
    items.insert(10, {**gone, "id": "A99", "title": "新事项"})

    assert [(address.rsplit("/", 1)[1], kind) for address, kind, _b, _a in told(rules)] == [
        (gone["id"], "removed"),
        ("A99", "added"),
    ]
    assert said(rules) == [f"删去事项{gone['id']}“{gone['title']}”", "新增事项A99“新事项”"]


def test_a_rung_is_named_with_its_ladder_and_severity(rules: Any) -> None:
    rung(rules, "minor", "red")["issue"] = "authorised"

    ((address, kind, _before, _after),) = told(rules)
    (sentence,) = said(rules)
    assert (address, kind) == ("ladders/problem/profiles/minor/rungs/red/issue", "changed")
    assert "一般程度级次red" in sentence
    assert sentence.endswith("发出方式由逐件签发改为有常设授权可自动签发")


def test_another_order_of_rungs_is_a_difference_of_its_own(rules: Any) -> None:
    rungs = rules["ladders"]["problem"]["profiles"]["minor"]["rungs"]
    rungs[0], rungs[1] = rungs[1], rungs[0]

    ((address, kind, before, after),) = told(rules)
    assert (address, kind) == ("ladders/problem/profiles/minor/rungs", "changed")
    assert (before[:2], after[:2]) == ([after[1], after[0]], [before[1], before[0]])


def test_entries_without_a_name_are_paired_when_equal_and_counted_from_one(rules: Any) -> None:
    bases = item(rules, "E24")["legal_basis"]
    gone = bases.pop(0)

    assert told(rules) == [("catalogs/fazhi-ducha-46/items/E24/legal_basis/1", "removed", gone, None)]


def test_a_value_that_was_not_written_is_added_and_one_no_longer_written_removed(rules: Any) -> None:
    urging = rules["documents"]["urging"]
    urging["period"], urging["period_unit"] = 3, "workday"
    urging["reply_workdays"] = None

    kinds = {address.rsplit("/", 1)[1]: kind for address, kind, _b, _a in told(rules)}
    assert kinds == {"period": "added", "period_unit": "added", "reply_workdays": "removed"}
    assert all("催办单" in sentence for sentence in said(rules))


def test_words_of_a_list_are_told_as_what_came_and_what_went(rules: Any) -> None:
    methods = item(rules, "E24")["methods"]
    gone = methods.pop(0)
    methods.append("随机抽查")

    (sentence,) = said(rules)
    assert sentence.endswith(f"检查方法增加“随机抽查”，删去“{gone}”")


LEAVES = st.none() | st.booleans() | st.integers(0, 9) | st.sampled_from("abc")
TREES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from("klmn"), inner, max_size=3)
        | st.lists(
            st.fixed_dictionaries({"code": st.sampled_from("xyz"), "n": inner}),
            max_size=3,
            unique_by=lambda e: e["code"],
        )
    ),
    max_leaves=12,
)


@given(TREES, TREES)
def test_trees_differ_exactly_when_a_difference_is_told(before: Any, after: Any) -> None:
    """None stands for what is not written, so a key with None and no key are the same."""
    assert bool(differences({"r": before}, {"r": after})) == (_bare(before) != _bare(after))


@given(TREES, TREES)
def test_seen_from_the_other_side_what_was_added_is_removed(before: Any, after: Any) -> None:
    turned = {"added": "removed", "removed": "added", "changed": "changed"}
    there = {(d.address, turned[d.kind]) for d in differences({"r": before}, {"r": after}) if not _counted(d)}
    back = {(d.address, d.kind) for d in differences({"r": after}, {"r": before}) if not _counted(d)}
    assert there == back


def _counted(difference: Any) -> bool:
    """Tell whether an address counts entries without a name: their places differ by side."""
    return any(step.isdigit() for step in difference.address.split("/"))


def _bare(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {key: bare for key, value in tree.items() if (bare := _bare(value)) is not None}
    return [_bare(one) for one in tree] if isinstance(tree, list) else tree
