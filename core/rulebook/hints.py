"""What the writer of a wrong value probably meant: numbers with units, Chinese numerals, days, yes and no."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from datetime import date

from core.text.characters import narrow

NUMERALS = {mark: value for value, mark in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
TENS = {"十": 10, "百": 100}
YES = {"yes", "y", "on", "1", "是", "对", "真", "√", "t"}
NO = {"no", "n", "off", "0", "否", "不", "不是", "假", "×", "f"}
NEAR = 0.65  # `urgent` is near `urging`, `none` is not near `orange`
QUOTES = "“”‘’\"'「」"
DAY_PARTS = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?|(\d{4})(\d{2})(\d{2})")
NUMBER = re.compile(r"约?\s*(-?)0*(\d{1,9})\s*(?:个?\s*(?:工作日|自然日|日|天|分|项|条|次|个|月|年|%)内?)?")
# The patterns of the rule models in words; what is not listed is shown as the pattern.
PATTERNS = {
    r"^[A-Z][0-9]{2,3}$": "一个大写字母加两到三位数字，如 A01、D123",
    r"^[A-Z][0-9]{2}$": "一个大写字母加两位数字，如 A01",
    r"^[A-Z][0-9]?$": "一个大写字母，可加一位数字，如 A、B2",
    r"^[a-z][a-z0-9_]*$": "小写英文字母开头，只用小写字母、数字和下划线，如 feedback_notice",
    r"^([01][0-9]|2[0-3]):[0-5][0-9]$": "24小时制时刻，时和分各两位，如 '08:30'",
    r"^E[0-9]{1,2}$": "E 加一到两位数字，如 E1",
    r"^T[0-9]{1,2}$": "T 加一到两位数字，如 T1",
    r"^F[0-9]{1,2}$": "F 加一到两位数字，如 F1",
    r"^J[0-9]{1,2}$": "J 加一到两位数字，如 J1",
    r"^[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$": "电子邮箱，如 ducha@example.cn",
    r"^[a-z0-9-]+(\.[a-z0-9-]+)+$": "邮件域名，不带 @，如 example.cn",
    r"^[A-Z][A-Z0-9-]*$": "大写字母开头，只用大写字母、数字和连字符，如 L-DIRECTOR",
    r"^[0-9]{6}$": "六位数字，如 '324200'",
    r"^[a-z_]+(/[A-Za-z0-9_.-]+)+$": "以斜杠分隔的规则地址，如 documents/prompt",
}


def near(word: str, known: Iterable[str]) -> str:
    """Return a did-you-mean clause for the nearest known word, or nothing; a glued list is told apart."""
    words = list(known)
    parts = [part.strip() for part in re.split("[，、；;,]", word)]
    if len(parts) > 1 and all(part in words for part in parts):
        return f"；是否想写几项：各项之间用半角逗号加空格，如 [{', '.join(parts)}]"
    plain = narrow(word).strip(QUOTES + " ")
    found = [plain] if plain in words else difflib.get_close_matches(plain, words, 1, NEAR)
    return f"；是否想写“{found[0]}”" if found else ""


def read_numeral(text: str) -> int | None:
    """Return the number that Chinese numerals below a thousand mean, or None."""
    total, digit = 0, None
    for mark in text:
        if mark in TENS:
            total += (1 if digit is None else digit) * TENS[mark]
            digit = None
        elif mark in NUMERALS and digit in (None, 0):
            digit = NUMERALS[mark]
        else:
            return None
    return total + (digit or 0) if text else None


def _number(text: str) -> str:
    plain = NUMBER.fullmatch(narrow(text).strip())
    if plain:
        return plain[1] + plain[2]
    numeral = read_numeral(re.sub(r"(个?工作日|自然日|日|天|分|项|次|个月|年)内?$", "", text.strip()))
    return "" if numeral is None else str(numeral)


def _flag(text: str) -> str:
    word = narrow(text).strip(QUOTES + " ").lower()
    if word in YES | {"true"}:
        return "true"
    return "false" if word in NO | {"false"} else ""


def _day(text: str) -> str:
    found = DAY_PARTS.fullmatch(narrow(text).strip())
    if not found:
        return ""
    year, month, day = (int(part) for part in found.groups() if part)
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""


SUGGEST = {"whole": _number, "flag": _flag, "day": _day}


def suggest(kind: str, found: str) -> str:
    """Return a did-you-mean clause for a value that should be a whole number, a flag or a day, or nothing."""
    meant = SUGGEST[kind](found) if kind in SUGGEST else ""
    return f"；是否想写 {meant}" if meant and meant != found else ""
