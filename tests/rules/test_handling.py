"""How a ladder has cases handled: what it names exists, nothing is said twice, what is not written has a default."""

from __future__ import annotations

import pytest

from core.rulebook import check_rules, freeze, load_rulebook, thaw
from core.rulebook.ladder import Ladder
from system.paths import RULES_DIR, read_texts

LADDER = "ladders/problem.yaml"
FILES = read_texts(RULES_DIR, ".yaml")


@pytest.mark.parametrize(
    ("before", "after", "code", "message"),
    [
        ("events: [E4], approver", "events: [E44], approver", "E410", "没有事件“E44”"),
        ("{code: photo, label", "{code: report, label", "E301", "“report”已经用过"),
        ("words: [照片, 现场图]}", "words: [照片], items: [Z99]}", "E413", "没有事项“Z99”"),
        ("{severities: [grave], end", "{severities: [grave, minor], end", "E301", "“minor”的审批级别"),
        ("{code: other, label", "{code: litigation, label", "E301", "“litigation”已经用过"),
        (
            "freezes: []",
            "freezes: [{code: a, node: due, after_workdays: 1}, {code: a, node: plan, after_workdays: 1}]",
            "E301",
            "“a”已经用过",
        ),
        ("freezes: []", "freezes: [{code: a, node: mood, after_workdays: 1}]", "E204", ""),
        ("measures_done: tracked", "measures_done: some", "E204", ""),
    ],
)
def test_a_mistake_is_told_at_its_place(before: str, after: str, code: str, message: str) -> None:
    text = FILES[LADDER]
    assert text.count(before) == 1
    found = [one for one in check_rules({**FILES, LADDER: text.replace(before, after)}) if one.file == LADDER]
    assert code in {one.code for one in found}
    one = next(one for one in found if one.code == code)
    assert message in one.message
    assert one.line == text[: text.index(before)].count("\n") + 1


def test_a_ladder_without_these_parts_is_handled_as_before() -> None:
    book = load_rulebook(FILES)
    new = {"plan", "long_term", "suspensions", "freezes", "late_entry_workdays"}
    tree = {
        key: part for key, part in book.ladders["problem"].model_dump(mode="json").items() if key not in new
    }
    for part, keys in (("clearing", ("evidence", "tiers")), ("extension", ("levels", "max_total_workdays"))):
        tree[part] = {key: value for key, value in tree[part].items() if key not in keys}
    old = Ladder.model_validate(tree)
    assert (old.suspensions, old.freezes, old.clearing.tiers, old.late_entry_workdays) == ((), (), (), None)
    assert (old.plan.measures_done, old.extension_level(next(iter(old.profiles)))) == ("tracked", None)


def test_the_shipped_ladder_lists_the_grounds_of_suspension_and_locks_nothing() -> None:
    ladder = thaw(freeze(load_rulebook(FILES))).ladders["problem"]
    assert [one.label for one in ladder.suspensions] == [
        "行政复议",
        "诉讼",
        "立案调查",
        "不可抗力",
        "其他法定事由",
    ]
    assert ladder.freezes == ()
