"""The plan of a campaign that an occurrence of a recurring plan becomes: its code, title, days, units and theme."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from core.calendar.workdays import Calendar
from core.campaign.campaignplan import CampaignPlan
from core.campaign.recurrence import Occurrence, add_months
from core.errors import InvalidInput
from core.rulebook.campaigns import RecurringPlan

HALVES = {"H1": "上半年", "H2": "下半年"}


def title_of(plan: RecurringPlan, due: Occurrence) -> str:
    """Return the title of an occurrence: 2026年3月行政执法巡回监督（行政处罚案卷）."""
    theme = theme_of(plan, due)
    return f"{_period_words(plan, due)}{plan.title}{f'（{theme}）' if theme else ''}"


def theme_of(plan: RecurringPlan, due: Occurrence) -> str | None:
    """Return the theme whose turn it is; themes turn by the place of an occurrence."""
    return plan.themes[due.number % len(plan.themes)] if plan.themes else None


def drafted_plan(
    plan: RecurringPlan,
    due: Occurrence,
    units: Sequence[str],
    first: date,
    calendar: Calendar,
    unit: str = "",
) -> CampaignPlan:
    """Return the plan of the campaign that an occurrence becomes.

    units    codes of the units that are inspected
    first    the first day of its period, a working day
    unit     the unit it is for, part of its code, when each unit has its own
    raises   InvalidInput when no unit is left; CalendarMissing
    """
    if not units:
        raise InvalidInput(
            "周期计划没有可督察的单位",
            found=str(plan.units),
            expected="至少一个单位",
            remedy="核对单位类别和编码，或先导入单位",
        )
    last = calendar.after(first, plan.period_workdays - 1)
    values: dict[str, Any] = {
        "code": "-".join(part for part in (plan.campaign_code, due.period, unit) if part),
        "title": title_of(plan, due),
        "kind": plan.kind,
        "line": plan.line,
        "catalogs": [{"key": one.key, "items": one.items or "all"} for one in plan.catalogs],
        "units": tuple(units),
        "team": {"size": plan.team_size, "seed": int(f"{due.planned_on:%Y%m%d}")},
        "visit_workdays": plan.visit_workdays,
    }
    theme = theme_of(plan, due)
    if theme is not None:
        # One theme a month: what begins in a month ends in it.
        last = min(last, add_months(first.replace(day=1), 1) - timedelta(1))
        values |= {"theme": theme, "month": f"{first:%Y-%m}"}
    return CampaignPlan.model_validate({**values, "period": {"from": first, "to": last}})


def _period_words(plan: RecurringPlan, due: Occurrence) -> str:
    day, (year, _, rest) = due.planned_on, due.period.partition("-")
    if plan.mode == "after_completion" or plan.every in ("month", "workdays"):
        return f"{day.year}年{day.month}月"
    if plan.every == "quarter":
        return f"{year}年第{rest[1:]}季度"
    return f"{year}年{HALVES.get(rest, '度')}"
