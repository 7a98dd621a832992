"""Which items a campaign inspects: what its plan names, looked up in the catalogues."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

from core.campaign.campaignplan import CampaignPlan
from core.codes import LINE_LABELS
from core.errors import InvalidInput
from core.rulebook import Catalog, Item, Rulebook


def chosen_items(rules: Rulebook, plan: CampaignPlan) -> tuple[Item, ...]:
    """Return the items that a plan inspects, catalogue by catalogue; raise InvalidInput for an unknown one."""
    return tuple(
        item
        for key, ids in items_by_catalog(rules, plan).items()
        for item in rules.catalogs[key].items
        if item.id in ids
    )


def items_by_catalog(rules: Rulebook, plan: CampaignPlan) -> dict[str, tuple[str, ...]]:
    """Return the ids that a plan chooses, by catalogue.

    raises   InvalidInput for a catalogue or item that is unknown, retired, or of the other line
    """
    chosen: dict[str, tuple[str, ...]] = {}
    for choice in plan.catalogs:
        catalog = rules.catalogs.get(choice.key)
        if catalog is None:
            raise InvalidInput(
                "没有这个事项目录",
                found=choice.key,
                expected="、".join(rules.catalogs),
                remedy="改正批次文件的 catalogs",
            )
        _refuse_other_line(catalog, plan)
        wanted = set() if choice.items == "all" else set(choice.items)
        known = {item.id for item in (*catalog.items, *catalog.retired)} | {c.code for c in catalog.classes}
        unknown = sorted(wanted - known)
        if unknown:
            raise InvalidInput(
                "事项目录中没有这些类别或事项",
                found="、".join(unknown),
                expected=f"{choice.key} 的类别编码或事项编号",
                remedy="改正批次文件的 catalogs.items",
            )
        chosen[choice.key] = tuple(item.id for item in catalog.select(choice.items))
    _refuse_same_ids(chosen)
    return chosen


def _refuse_other_line(catalog: Catalog, plan: CampaignPlan) -> None:
    if catalog.line is None or catalog.line is plan.line:
        return
    raise InvalidInput(
        f"事项目录“{catalog.name}”不用于{LINE_LABELS[plan.line]}线",
        found=f"line: {plan.line.value}",
        expected=f"line: {catalog.line.value}",
        remedy="改正批次文件的 line，或改选目录",
    )


def _refuse_same_ids(chosen: Mapping[str, Collection[str]]) -> None:
    """Visits and findings name an item by its id alone, so within a campaign an id means one item."""
    uses = Counter(item_id for ids in chosen.values() for item_id in ids)
    twice = sorted(item_id for item_id, times in uses.items() if times > 1)
    if twice:
        raise InvalidInput(
            "所选的几个目录有相同的事项编号",
            found="、".join(twice),
            expected="同一批次内事项编号各不相同",
            remedy="分成几个批次，或改选事项",
        )
