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
    INBOX = "inbox"
    LEADS = "leads"
    MATTERS = "matters"
    INCOMING = "incoming"
    REFERRALS = "referrals"
    MEETINGS = "meetings"
    UNITS = "units"
    PEOPLE = "people"
    TASKS = "tasks"
    STATISTICS = "statistics"
    REPORTS = "reports"
    ARCHIVE = "archive"
    RULES = "rules"
    CALENDAR = "calendar"
    IMPORTS = "imports"
    PORTAL = "portal"
    SEARCH = "search"
    HEALTH = "health"


AREA_LABELS = {
    Area.CAMPAIGNS: "督察批次",
    Area.VISITS: "督察记录和检查表",
    Area.FINDINGS: "发现问题",
    Area.CASES: "整改事项",
    Area.DOCUMENTS: "文书",
    Area.OUTBOX: "邮件发送",
    Area.INBOX: "来信",
    Area.LEADS: "问题线索",
    Area.MATTERS: "诉讼复议",
    Area.INCOMING: "来文交办",
    Area.REFERRALS: "贯通移送和限知文书",
    Area.MEETINGS: "联席会议",
    Area.UNITS: "被督察单位和报送登记",
    Area.PEOPLE: "人才库、回避、授权和抽取",
    Area.TASKS: "工作任务",
    Area.STATISTICS: "统计和单位评价",
    Area.REPORTS: "报告通报和统计期",
    Area.ARCHIVE: "归档",
    Area.RULES: "督察规则",
    Area.CALENDAR: "工作日历",
    Area.IMPORTS: "名册和台账导入",
    Area.PORTAL: "被督察单位的本单位事项",
    Area.SEARCH: "检索",
    Area.HEALTH: "运行检查",
}
READ_ONLY = frozenset({Area.STATISTICS, Area.SEARCH, Area.HEALTH})


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
