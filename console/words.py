"""How pages write days, instants, numbers and names: as officials do."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from console.labels import CODE_FILTERS
from core.access.words import ROLE_LABELS
from core.ladders.derivation import WEEKDAY_NAMES
from system.clock import SHANGHAI

if TYPE_CHECKING:
    from console.visits import Visit
    from models.campaign import Campaign

SIZE_STEP = 1024
# Codes of roles as refusals list them: “P003（inspector、leader）”, “角色 officer”; what somebody typed stays.
ROLE = re.compile(r"(?<=[（、 ])[a-z_]+(?=[）、]|$)")
# A day alone: the number of a campaign or a case begins with a year too, but has letters after it.
ISO_DAY = re.compile(r"(?<![\d-])(\d{4})-(\d{2})-(\d{2})(?![\d-])")


def write_day(day: date | None) -> str:
    """Write a day in full: 2026年3月2日; nothing for None."""
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def write_near(day: date | None, today: date) -> str:
    """Write a day without its year while that is this year's: 3月2日."""
    if day is None:
        return ""
    return f"{day.month}月{day.day}日" if day.year == today.year else write_day(day)


def write_iso(text: str | None) -> str:
    """Write a day given as ISO text in full."""
    return write_day(date.fromisoformat(text)) if text else ""


def write_iso_near(text: str | None, today: date) -> str:
    """Write a day given as ISO text, without its year while that is this year's."""
    return write_near(date.fromisoformat(text), today) if text else ""


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


def write_query(values: Mapping[str, object], **more: object) -> str:
    """Return an address's query from values, with some replaced; empty ones are left out."""
    merged = {name: str(value) for name, value in {**values, **more}.items() if value not in (None, "")}
    return "?" + urlencode(merged) if merged else ""


def is_joint(campaign: Campaign) -> bool:
    """Tell whether a campaign is carried out together with another body."""
    from casework.inspection.jointly import joint_of  # the sign-in page is written before casework is loaded

    return joint_of(campaign) is not None


def is_picture(name: str) -> bool:
    """Tell whether a file is named like a picture that browsers show."""
    return name.lower().endswith((".jpg", ".jpeg", ".png", ".webp"))


def write_instant(value: datetime) -> str:
    """Return an instant as day and time in Shanghai: 2026-06-30 10:05."""
    return value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def write_days_in(text: str) -> str:
    """Return a text with the days in it as officials write them: 2026年3月17日 for 2026-03-17."""
    return ISO_DAY.sub(lambda found: "{}年{}月{}日".format(*map(int, found.groups())), text)


def write_remedy(remedy: str) -> str:
    """Return what to do next in the words of pages: commands belong to whoever works at a terminal."""
    plain = re.sub(r"（(?:--|ducha )[^）]*）", "", remedy)
    return "返回上一页，核对后重新办理" if re.search(r"ducha |--[a-z]", plain) else plain


def write_plain(text: str, visit: Visit | None) -> str:
    """Return what was found or expected with words for roles and a name for the reader's own code."""
    if visit is not None:
        own = re.escape(visit.who.code)
        text = re.sub(rf"(?<![\w-]){own}(?![\w-])", lambda _: visit.visitor.name, text)
    return ROLE.sub(lambda found: ROLE_LABELS.get(found[0], found[0]), text)


FILTERS: dict[str, Callable[..., str | bool]] = {
    **CODE_FILTERS,
    "is_joint": is_joint,
    "iso_day": write_iso,
    "iso_near": write_iso_near,
    "day": write_day,
    "near": write_near,
    "weekday": write_weekday,
    "entered": write_entered,
    "lateness": write_lateness,
    "size": write_size,
    "is_picture": is_picture,
    "days_in": write_days_in,
    "query": write_query,
    "instant": write_instant,
    "remedy": write_remedy,
    "plain": write_plain,
}
