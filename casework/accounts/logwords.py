"""How the log says what is stored as codes: states by the words of their lives, the names of values, yes and no."""

from __future__ import annotations

import re

from core.life.everymachine import STATE_WORDS

VALUE_WORDS = {
    "due_on": "到期日", "start_on": "起算日", "count": "数目", "unit": "单位", "calendar": "日历",
    "provisional": "暂定", "reply": "应答", "holder": "身份", "version": "版次", "number": "编号",
    "light": "灯色", "rung": "级次",
    "reason": "理由", "note": "说明", "kind": "种类", "channel": "方式", "name": "名称", "login": "登录名",
    "address": "地址", "checked": "核验条数", "broken": "不符条数", "size": "大小", "sha256": "校验值",
    "percent": "完成率", "verdict": "结论", "code": "代码", "day": "日期", "before": "原为", "period": "期间",
}  # fmt: skip
UNIT_WORDS = {"workday": "工作日", "day": "自然日", "month": "月", "True": "是", "False": "否"}
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def state_word(subject: str, state: str | None) -> str:
    """Return the word for a state of a kind of thing; the code itself where its life gives none."""
    return STATE_WORDS.get((subject, state or ""), state or "")


def say_value(key: str, value: object) -> str:
    """Return one value of an entry with its name, as 到期日：2026年5月9日."""
    text = str(value)
    if ISO_DAY.fullmatch(text):
        year, month, day = map(int, text.split("-"))
        text = f"{year}年{month}月{day}日"
    return f"{VALUE_WORDS.get(key, key)}：{UNIT_WORDS.get(text, text)}"
