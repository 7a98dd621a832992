"""How pages write days, instants, numbers and codes: as officials do."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from casework.rectification.board import SCOPE_LABELS
from console.campaignwords import CAMPAIGN_FILTERS
from core.codes import SECRECY_LABELS, SEVERITY_LABELS
from core.ladders.derivation import WEEKDAY_NAMES
from core.life.lives import DOCUMENT_STATE_LABELS, MESSAGE_STATE_LABELS
from core.life.rectification import CASE_ACT_LABELS, CASE_STATE_LABELS, RequestKind, RequestState
from system.clock import SHANGHAI

REQUEST_LABELS = {
    RequestKind.EXTENSION: "延期申请",
    RequestKind.OBJECTION: "异议",
    RequestKind.SUSPENSION: "中止计时",
    RequestKind.LONG_TERM: "长期整改申请",
}
REQUEST_STATE_LABELS = {
    RequestState.REQUESTED: "待办理",
    RequestState.GRANTED: "同意",
    RequestState.REFUSED: "不同意",
    RequestState.WITHDRAWN: "已撤回",
}
FILE_LABELS = {
    "pdf": "文书 PDF",
    "docx": "文书 Word",
    "sealed": "用印件",
    "scan": "签发件扫描",
    "decision": "政府决定",
    "sheet": "发文稿纸",
    "answer": "整改情况报告表",
    "package": "移送材料",
    "receipt": "回执",
}
LABELS: tuple[Mapping[Any, str], ...] = (
    SEVERITY_LABELS,
    CASE_STATE_LABELS,
    DOCUMENT_STATE_LABELS,
    MESSAGE_STATE_LABELS,
    SECRECY_LABELS,
    REQUEST_LABELS,
    REQUEST_STATE_LABELS,
    SCOPE_LABELS,
)
SIZE_STEP = 1024


def write_day(day: date | None) -> str:
    """Write a day in full: 2026年3月2日; nothing for None."""
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def write_near(day: date | None, today: date) -> str:
    """Write a day without its year while that is this year's: 3月2日."""
    if day is None:
        return ""
    return f"{day.month}月{day.day}日" if day.year == today.year else write_day(day)


def write_weekday(day: date) -> str:
    """Write the day of the week: 星期四."""
    return f"星期{WEEKDAY_NAMES[day.weekday()]}"


def write_entered(instant: datetime, day: date) -> str:
    """Write when an act of a day was entered, in Shanghai wall time: 09:30, or 3月4日 09:30补记 on a later day."""
    wall = instant.astimezone(SHANGHAI)
    if wall.date() == day:
        return f"{wall:%H:%M}"
    return f"{wall.month}月{wall.day}日 {wall:%H:%M}补记"


def write_lateness(left: int | None) -> str:
    """Write how many working days are left or overdue; nothing while no clock runs."""
    if left is None:
        return ""
    if left == 0:
        return "今日到期"
    return f"剩{left}个工作日" if left > 0 else f"逾期{-left}个工作日"


def write_size(count: int) -> str:
    """Write the size of a file: 812 字节, 1.5 MB."""
    if count < SIZE_STEP:
        return f"{count} 字节"
    if count < SIZE_STEP**2:
        return f"{count / SIZE_STEP:.0f} KB"
    return f"{count / SIZE_STEP**2:.1f} MB"


def write_label(code: object) -> str:
    """Return the word for a code of any of the enums that pages show."""
    for table in LABELS:
        # Enums of text compare equal to one another, so the kind of the code must fit the table's.
        if type(code) is type(next(iter(table))) and code in table:
            return table[code]
    return str(code)


def write_query(values: Mapping[str, object], **more: object) -> str:
    """Return an address's query from values, with some replaced; empty ones are left out."""
    merged = {name: str(value) for name, value in {**values, **more}.items() if value not in (None, "")}
    return "?" + urlencode(merged) if merged else ""


def write_file_role(role: str) -> str:
    """Return the word for what a stored file of a document is."""
    return FILE_LABELS.get(role, role)


def write_instant(value: datetime) -> str:
    """Return an instant as day and time in Shanghai: 2026-06-30 10:05."""
    return value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def write_remedy(remedy: str) -> str:
    """Return what to do next in the words of pages: commands belong to whoever works at a terminal."""
    plain = re.sub(r"（(?:--|ducha )[^）]*）", "", remedy)
    return "返回上一页，核对后重新办理" if re.search(r"ducha |--[a-z]", plain) else plain


def write_request_kind(code: str) -> str:
    """Return the word for a kind of request."""
    return REQUEST_LABELS.get(RequestKind(code), code)


def write_request_state(code: str) -> str:
    """Return the word for what became of a request."""
    return REQUEST_STATE_LABELS.get(RequestState(code), code)


def write_case_act(code: str) -> str:
    """Return the word for an act on a case, or the code of what is none."""
    return next((label for act, label in CASE_ACT_LABELS.items() if act.value == code), code)


FILTERS: dict[str, Callable[..., str | bool]] = {
    **CAMPAIGN_FILTERS,
    "request_kind": write_request_kind,
    "request_state": write_request_state,
    "case_act": write_case_act,
    "day": write_day,
    "near": write_near,
    "weekday": write_weekday,
    "entered": write_entered,
    "lateness": write_lateness,
    "size": write_size,
    "label": write_label,
    "query": write_query,
    "file_role": write_file_role,
    "instant": write_instant,
    "remedy": write_remedy,
}
