"""What the key of a program may be for: areas of work, each to read or to write; data, as permissions are.

A scope only narrows: whoever holds the key still needs the permission, and sees the rows, of the account behind it.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Area(StrEnum):
    """A part of the programming interface."""

    CAMPAIGNS = "campaigns"
    VISITS = "visits"
    FINDINGS = "findings"
    CASES = "cases"
    DOCUMENTS = "documents"
    OUTBOX = "outbox"
    LEADS = "leads"
    MATTERS = "matters"
    REFERRALS = "referrals"
    UNITS = "units"
    PEOPLE = "people"
    TASKS = "tasks"
    STATISTICS = "statistics"
    CALENDAR = "calendar"
    SEARCH = "search"
    HEALTH = "health"


AREA_LABELS = {
    Area.CAMPAIGNS: "督察批次",
    Area.VISITS: "督察记录和检查表",
    Area.FINDINGS: "发现问题",
    Area.CASES: "整改事项",
    Area.DOCUMENTS: "文书",
    Area.OUTBOX: "邮件发送",
    Area.LEADS: "问题线索",
    Area.MATTERS: "诉讼复议",
    Area.REFERRALS: "贯通移送",
    Area.UNITS: "被督察单位",
    Area.PEOPLE: "人才库",
    Area.TASKS: "工作任务",
    Area.STATISTICS: "统计",
    Area.CALENDAR: "工作日历",
    Area.SEARCH: "检索",
    Area.HEALTH: "运行检查",
}
READ_ONLY = frozenset({Area.STATISTICS, Area.CALENDAR, Area.SEARCH, Area.HEALTH, Area.UNITS, Area.PEOPLE})


def scope_of(area: Area, *, write: bool) -> str:
    """Return the scope of an area: cases:read, cases:write."""
    return f"{area.value}:{'write' if write else 'read'}"


def every_scope() -> dict[str, str]:
    """Return {scope: words} in the order in which a person chooses from them."""
    found = {}
    for area, label in AREA_LABELS.items():
        found[scope_of(area, write=False)] = f"{label}：读取"
        if area not in READ_ONLY:
            found[scope_of(area, write=True)] = f"{label}：办理"
    return found


def is_within(scopes: Iterable[str], area: Area, *, write: bool) -> bool:
    """Tell whether scopes cover a call; whoever may write an area may read it."""
    held = set(scopes)
    wanted = (
        {scope_of(area, write=True)} if write else {scope_of(area, write=False), scope_of(area, write=True)}
    )
    return not held.isdisjoint(wanted)
