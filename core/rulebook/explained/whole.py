"""W7xx: what is not wrong, but not complete."""

from __future__ import annotations

from core.rulebook.explained.lesson import Mistake, Sample, lesson
from core.rulebook.explained.references import J41, OVERLAY, _set

CLOSURE = "documents/closure_notice.yaml"
NEXT = "calendars/2027.yaml"
PROMPT = "documents/prompt.yaml"
PROBLEM = "ladders/problem.yaml"
ITEMS = "catalogs/fazhi-ducha-46/J.yaml"
EXAMPLES = """    examples:
      - {case: 120个行政村全部达标, facts: {value: 100}, expect: {result: passed}}
      - {case: 120个村中有6个村人数不足, facts: {value: 95}, expect: {result: failed, level: minor}}
"""
PROGRESS = "          progress: {value: 50, type: percent,"

LESSONS = (
    lesson(
        "W701", ITEMS, "  weight: 5\n", "  weight: ▸6\n",
        why="各项分值加起来不等于类别或目录的总分，得分率就没有意义。",
        remedy="核对各事项的 weight，或改正类别、目录的总分。",
    ),
    lesson(
        "W702", ITEMS, "  item_count: 3\n", "  item_count: ▸4\n",
        why="写明的项数与实有不符，可能漏了一项，也可能多了一项。",
        remedy="数一数事项（停用的不算），改正 item_count、class_count，或补回漏掉的事项。",
    ),
    lesson(
        "W703", ITEMS,
        "    typical_problems:\n      - 清单多年不变、照抄文件\n      - 普法等于发传单、挂横幅\n"
        "      - 履职评议走形式\n      - 法律明白人只挂名\n",
        "    typical_problems: ▸[]\n",
        why="检查人员不知道看什么材料、常见问题有哪些，尺度就不一。",
        remedy="列出至少一种佐证材料、一个常见问题。",
    ),
    Mistake(
        "W704",
        wrong=Sample(CLOSURE, None), right=Sample(CLOSURE, "content: closure\n", "content: closure\n"),
        told_in="documents",
        why="系统会自动拟制督察通知、延期和异议答复、销号通知、更正通知；缺一种，到时拟不出来。",
        remedy="补写这种内容（content）的文书规则和模板。",
    ),
    lesson(
        "W705", ITEMS, EXAMPLES, "",
        why="用例是规则的试金石：改了门槛或天数，检查时马上看到谁的结果变了。",
        remedy="写一个合格的、一个不合格的用例：facts 写事实，expect 写应得的结果。",
    ),
    lesson(
        "W706", PROBLEM, PROGRESS, "          ▸spare: {value: 3, type: whole}\n" + PROGRESS,
        why="写了参数却没有用，改它不会有任何效果，容易误导。",
        remedy="在文字中写 {参数名}、在条件中写参数名，或删去这个参数。",
    ),
    lesson(
        "W707", PROMPT, "verified: false\nchecked: 建议\n", "",
        why="读规则的人要知道哪些是法定的、哪些是本地建议的，才知道什么能改。",
        remedy="法定的写 verified: true、checked: 条文（或 内容）、source；本地建议的写 verified: false、"
        "checked: 建议。",
    ),
    lesson(
        "W708", OVERLAY, None, _set(J41, "weight: 3"), _set(J41, "rectify_days: 15"),
        why="本地调整了分值，总分不再是原来的数，与别县、往年不可比。",
        remedy="一并用 set 调整其他事项的 weight，使总分不变；确要改总分的，可以不理会。",
    ),
    lesson(
        "W709", PROMPT, "    in_force_from: 2019-04-15\n",
        "    in_force_from: 2019-04-15\n    in_force_until: ▸2026-12-31\n",
        why="依据快要失效，届时文书上将不再印它；只剩这一条的，文书会签不出来。",
        remedy="运行 ducha rules law 查看全部将失效的依据，及早换用新的。",
    ),
    Mistake(
        "W710",
        wrong=Sample(NEXT, None), right=Sample(NEXT, "year: 2027\n", "year: 2027\n"), told_in=NEXT,
        why="跨年的期限按暂定日历推算，放假安排公布后会变。",
        remedy="国务院办公厅通知公布后（多在11月），运行 ducha calendar import 导入明年年表，由两人核对。",
    ),
)  # fmt: skip
