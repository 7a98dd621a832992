"""E9xx: examples that the check works out."""

from __future__ import annotations

from core.rulebook.explained.lesson import lesson

PROBLEM = "ladders/problem.yaml"
GOOD = """  - case: 一般问题，逾期1个工作日未销号
    facts: {severity: minor, anchor: due, workdays: 1}
    expect: {light: yellow}
"""

LESSONS = (
    lesson(
        "E901", PROBLEM, GOOD, GOOD.replace("light: yellow", "light: ▸red"),
        why="规则算出来的与写明应得的不一样：不是规则改出了意外，就是用例写错了。",
        remedy="对照规则算一遍，改正错的一方；有意改规则的，连用例一起改。",
    ),
    lesson(
        "E902", PROBLEM, GOOD,
        "  - ▸case: 程度没有写\n    facts: {anchor: due, workdays: 1}\n    expect: {light: yellow}\n",
        why="事实不够就算不出结果，这个用例等于没有。",
        remedy="补全 facts：灯要写 severity 和 workdays（或 served_on 和 on），检查结果要写 value。",
    ),
)  # fmt: skip
