"""What a change of scope asks for, and what the plan of a campaign is after it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.campaign.campaignplan import CampaignPlan
from core.errors import InvalidInput

WORDS = {
    "add_units": "增加单位",
    "drop_units": "减少单位",
    "add_items": "增加事项",
    "drop_items": "减少事项",
    "period_from": "督察期间首日",
    "period_to": "督察期间末日",
}


@dataclass(frozen=True, slots=True)
class ScopeWish:
    """What is asked: units and items that come and go, and another period.

    add_items, drop_items   item ids, with their catalogue before a colon where the plan has several: `key:E18`
    """

    add_units: tuple[str, ...] = ()
    drop_units: tuple[str, ...] = ()
    add_items: tuple[str, ...] = ()
    drop_items: tuple[str, ...] = ()
    period_from: date | None = None
    period_to: date | None = None

    @property
    def what(self) -> tuple[str, ...]:
        """Which kinds of change it makes."""
        return tuple(name for name in WORDS if getattr(self, name))

    def as_dict(self) -> dict[str, Any]:
        """Return what is asked as data."""
        return {
            name: value.isoformat() if isinstance(value, date) else list(value)
            for name in self.what
            if (value := getattr(self, name)) is not None
        }

    @staticmethod
    def read(data: Mapping[str, Any]) -> ScopeWish:
        """Return the wish that `as_dict` wrote."""

        def day(name: str) -> date | None:
            return date.fromisoformat(data[name]) if name in data else None

        def words(name: str) -> tuple[str, ...]:
            return tuple(data.get(name, ()))

        return ScopeWish(
            words("add_units"), words("drop_units"), words("add_items"), words("drop_items"),
            day("period_from"), day("period_to"),
        )  # fmt: skip


def after_change(
    plan: CampaignPlan, wish: ScopeWish, units: Iterable[str], items: Mapping[str, Iterable[str]]
) -> CampaignPlan:
    """Return the plan as it is after a change.

    units    codes of the units that the campaign inspects now
    items    {catalogue: ids that it inspects now}
    raises   InvalidInput for a unit or item that is there already or not at all, or when nothing would be left
    """
    if not wish.what:
        raise _wrong("没有写明变更什么", "空", "单位、事项或期间", "加上 --add-unit 等")
    codes = _turned(units, wish.add_units, wish.drop_units, "单位")
    chosen = {key: list(ids) for key, ids in items.items()}
    for key, ids in _by_catalog(wish.add_items, chosen).items():
        chosen[key] = _turned(chosen.get(key, []), ids, (), "事项")
    for key, ids in _by_catalog(wish.drop_items, chosen).items():
        chosen[key] = _turned(chosen.get(key, []), (), ids, "事项")
    left = {key: ids for key, ids in chosen.items() if ids}
    if not codes or not left:
        raise _wrong("变更后没有督察对象或事项", "空", "至少一个单位、一个事项", "改为办结或不开展本批次")
    first, last = wish.period_from or plan.period.from_on, wish.period_to or plan.period.to_on
    if last < first:
        raise _wrong("变更后的督察期间颠倒", f"{first}至{last}", "结束日不早于开始日", "改正期间")
    values = plan.model_dump(mode="json", by_alias=True)
    values["units"] = codes
    values["period"] = {"from": first.isoformat(), "to": last.isoformat()}
    if wish.add_items or wish.drop_items:
        values["catalogs"] = [{"key": key, "items": ids} for key, ids in left.items()]
    return CampaignPlan.model_validate(values)


def _turned(now: Iterable[str], coming: Iterable[str], going: Iterable[str], thing: str) -> list[str]:
    here, add, drop = list(dict.fromkeys(now)), list(dict.fromkeys(coming)), set(going)
    twice, unknown = [one for one in add if one in here], sorted(drop - set(here))
    if twice:
        raise _wrong(f"这些{thing}已在范围内", "、".join(twice), f"范围外的{thing}", "从变更中删去")
    if unknown:
        raise _wrong(f"这些{thing}不在范围内", "、".join(unknown), "、".join(here), "改正后重新申请")
    return sorted({*here, *add} - drop)


def _by_catalog(named: Iterable[str], known: Mapping[str, object]) -> dict[str, list[str]]:
    """Sort item ids by their catalogue; without one they belong to the only catalogue there is."""
    found: dict[str, list[str]] = {}
    for one in named:
        key, colon, item = one.rpartition(":")
        if not colon and len(known) != 1:
            raise _wrong("事项须写明目录", one, "、".join(f"{key}:{one}" for key in known), "写作 目录:事项")
        found.setdefault(key or next(iter(known)), []).append(item)
    return found


def _wrong(what: str, found: str, expected: str, remedy: str) -> InvalidInput:
    return InvalidInput(what, found=found, expected=expected, remedy=remedy)
