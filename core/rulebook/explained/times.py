"""E5xx: days, limits and calendars."""

from __future__ import annotations

from core.rulebook.explained.lesson import lesson

PROMPT = "documents/prompt.yaml"
PROBLEM = "ladders/problem.yaml"
BLACK = """        offset: 16
        unit: workday
        when: not closure_applied
        meaning: 仍未销号
        light: black
        document: rectification_order
        issue: on_signature
        min_gap_workdays: 5
"""

LESSONS = (
    lesson(
        "E501", PROMPT, "secrecy: internal\n",
        "secrecy: internal\neffective_from: 2026-07-01\neffective_until: ▸2026-06-30\n",
        "secrecy: internal\neffective_from: 2026-07-01\neffective_until: 2027-06-30\n",
        why="止期早于起期，这条规则一天也不生效。",
        remedy="核对起止日期（均含当日）；长期有效的不写止期。",
    ),
    lesson(
        "E502", PROBLEM, BLACK, BLACK.replace("min_gap_workdays: 5", "min_gap_workdays: ▸15"),
        why="两级相隔不到最小间隔，后一级永远等不到按时发出。",
        remedy="把 min_gap_workdays 改到不大于与上一级次的距离，或把 offset 推后。",
    ),
    lesson(
        "E503", PROBLEM, BLACK, BLACK.replace("light: black", "light: ▸blue"),
        why="拖得越久颜色反而越低，督办就成了鼓励。",
        remedy="按时间先后排好颜色：越晚的级次颜色不低于前一级。",
    ),
    lesson(
        "E504", "calendars/2026.yaml", "  - 2026-01-04  # 星期日\n", "  - ▸2026-01-05  # 星期一\n",
        why="工作日历错一天，所有期限跟着错一天。",
        remedy="逐日对照国务院办公厅通知：放假日写在 off，调休上班的周六、周日写在 work，一天只列一次。",
    ),
    lesson(
        "E505", PROMPT, "reply_workdays: 3\n", "reply_workdays: 3\nperiod: ▸30\n",
        "reply_workdays: 3\nperiod: 30\nperiod_unit: day\nstarts_on: served\n",
        why="“30”是工作日还是自然日、从哪天起算，差出来的是半个月。",
        remedy="period、period_unit（workday 或 day）、starts_on（signed、served 或 received）一并写明。",
    ),
    lesson(
        "E506", "timetable.yaml", "days: every, every_minutes: 5}", "days: every, time: '08:00'}",
        why="每隔几分钟一次的没有时刻，每天一次的没有间隔，两样都写或都不写就不知道何时运行。",
        remedy="days 为 every 的写 every_minutes；其他写 time，如 '08:30'。",
    ),
    lesson(
        "E507", PROBLEM, BLACK, BLACK.replace("offset: 16", "offset: ▸1600"),
        why="级次落在整改期限之外，不是一送达就亮灯，就是永远不亮。",
        remedy="核对 offset 和锚点：到期前后的用 anchor: due，送达后几天的用 anchor: served。",
    ),
    lesson(
        "E508", PROBLEM, "  look_back_lights: [red, black]\n", "  look_back_lights: ▸[yellow, black]\n",
        why="颜色有高低：更高的颜色，核查不能更松，“回头看”不能漏掉，再犯不能更轻。",
        remedy="按 colours 所列的次序（自低到高）核对；同一颜色只列一次。",
    ),
    lesson(
        "E509", PROBLEM, "examples:\n",
        "examples:\n  - ▸case: 跨到没有年表的年份\n"
        "    facts: {severity: minor, served_on: 2035-12-20}\n    expect: {due_on: 2036-01-18}\n",
        why="没有那一年的放假安排，工作日就算不准，系统不估算。",
        remedy="先用 ducha calendar import 导入该年年表；用例改用已有年表的年份。",
    ),
)  # fmt: skip
