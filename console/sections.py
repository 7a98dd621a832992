"""The map of the console: sections in the head of every page, pages beside one another within a section."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import Enum

from core.access.permissions import Permission


class Sight(Enum):
    """What somebody must see for a page to be there for them, beside the permission to open it."""

    ANY = "any"
    OFFICE = "office"  # all of the office, as a team in the field does not
    COMPARTMENT = "compartment"  # something of the compartment of linkage


@dataclass(frozen=True, slots=True)
class Place:
    """A page that the navigation leads to."""

    key: str
    address: str
    name: str
    permission: Permission
    sight: Sight = Sight.ANY


@dataclass(frozen=True, slots=True)
class Section:
    """Some pages under one word."""

    key: str
    name: str
    places: tuple[Place, ...]


P = Permission
SECTIONS = (
    Section("home", "今日", (
        Place("today", "/", "今日待办", P.TODAY),
        Place("lights", "/lights", "亮灯看板", P.CASE_VIEW),
        Place("tasks", "/tasks", "工作任务", P.TASKS),
    )),
    Section("portal", "本单位事项", (
        Place("portal", "/portal", "本单位事项", P.PORTAL),
    )),
    Section("campaigns", "督察", (
        Place("campaigns", "/campaigns", "督察批次", P.CAMPAIGN_VIEW),
        Place("visits", "/visits", "督察记录", P.VISIT),
        Place("findings", "/findings", "发现问题", P.FINDING_VIEW),
    )),
    Section("cases", "整改", (
        Place("ledger", "/ledger", "整改台账", P.CASE_VIEW),
        Place("requests", "/requests", "延期异议", P.CASE_VIEW),
        Place("half_reports", "/half-reports", "半月报告", P.CASE_VIEW),
        Place("look_backs", "/look-backs", "回头看", P.CASE_VIEW),
    )),
    Section("papers", "文书", (
        Place("documents", "/documents", "全部文书", P.DOCUMENT_VIEW),
        Place("signing", "/signing", "审核签发", P.DOCUMENT_VIEW),
        Place("unserved", "/unserved", "未送达", P.DOCUMENT_VIEW),
        Place("outbox", "/outbox", "邮件发送", P.OUTBOX),
        Place("inbox", "/inbox", "来信", P.INBOX),
        Place("interviews", "/interviews", "约谈", P.DOCUMENT_VIEW),
        Place("series", "/series", "文号", P.DOCUMENT_VIEW, Sight.OFFICE),
    )),
    Section("intake", "线索来文", (
        Place("leads", "/leads", "问题线索", P.LEAD),
        Place("incoming", "/incoming", "来文交办", P.LINKAGE, Sight.COMPARTMENT),
        Place("referrals", "/referrals", "贯通移送", P.LINKAGE, Sight.COMPARTMENT),
        Place("meetings", "/meetings", "联席会议", P.LINKAGE, Sight.COMPARTMENT),
        Place("letters", "/letters", "限知文书", P.LINKAGE),
    )),
    Section("matters", "诉讼复议", (
        Place("matters", "/matters", "案件台账", P.MATTER_VIEW),
        Place("hearings", "/hearings", "开庭安排", P.MATTER_VIEW),
        Place("rates", "/matter-rates", "败诉纠错率", P.MATTER_VIEW, Sight.OFFICE),
    )),
    Section("figures", "统计", (
        Place("statistics", "/statistics", "统计指标", P.STATISTICS, Sight.OFFICE),
        Place("ranking", "/ranking", "单位评价", P.STATISTICS, Sight.OFFICE),
        Place("reports", "/reports", "报告通报", P.STATISTICS, Sight.OFFICE),
        Place("periods", "/periods", "统计期", P.STATISTICS, Sight.OFFICE),
        Place("filings", "/filings", "报送登记", P.STATISTICS),
        Place("archive", "/archive", "归档", P.ARCHIVE),
    )),
    Section("registry", "基础", (
        Place("units", "/units", "被督察单位", P.UNITS),
        Place("people", "/people", "人才库", P.PEOPLE),
        Place("recusals", "/recusals", "回避申报", P.VISIT),
        Place("delegations", "/delegations", "授权代签", P.PEOPLE),
        Place("draws", "/draws", "随机抽取", P.PEOPLE),
        Place("rules", "/rules", "督察规则", P.RULES),
        Place("calendar", "/calendar", "工作日历", P.CALENDAR),
    )),
    Section("system", "系统", (
        Place("accounts", "/accounts", "账号", P.ACCOUNTS),
        Place("grants", "/grants", "授权", P.GRANTS),
        Place("audit", "/audit", "操作日志", P.AUDIT),
        Place("health", "/health", "运行检查", P.HEALTH),
    )),
)  # fmt: skip


def sections_for(may: Callable[[Permission], bool], sights: Collection[Sight]) -> tuple[Section, ...]:
    """Return the sections with the pages that are there for somebody; a section without one is left out."""
    found = []
    for section in SECTIONS:
        places = tuple(
            place
            for place in section.places
            if may(place.permission) and (place.sight is Sight.ANY or place.sight in sights)
        )
        if places:
            found.append(Section(section.key, section.name, places))
    return tuple(found)


def section_of(key: str) -> str:
    """Return the section a page belongs to, "" for one outside the navigation."""
    return next((s.key for s in SECTIONS if any(place.key == key for place in s.places)), "")
