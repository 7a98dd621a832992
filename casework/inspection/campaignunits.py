"""Which units a campaign inspects: those it names, or for a look-back those with settled cases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlmodel import col, select

from casework.desk import Desk
from casework.inspection.campaignrows import find_campaign
from casework.staff.people import split
from casework.units.lineage import live_units
from core.campaign.campaignplan import CampaignPlan, CatalogChoice, UnitChoice
from core.codes import CAMPAIGN_KIND_LABELS, CampaignKind
from core.errors import InvalidInput, NotFound, Refused
from core.rulebook.campaigns import KindRule
from models.base import key_of
from models.campaign import Campaign, Finding, Visit
from models.organisation import Unit
from models.plan import CampaignCase, CampaignOriginal
from models.rectification import Rectification

LOOKED_AT = ("closed", "look_back", "archived")
"""States of a case that was cleared: what a look-back looks at."""


def chosen_units(desk: Desk, plan: CampaignPlan) -> list[Unit]:
    """Return the units of a plan by code; raise NotFound for unknown codes, InvalidInput when none is chosen."""
    units = live_units(desk)
    if isinstance(plan.units, UnitChoice):
        kinds = set(plan.units.select["类别"])
        chosen = [unit for unit in units if kinds & set(split(unit.kinds))]
    else:
        by_code = {unit.code: unit for unit in units}
        unknown = [code for code in plan.units if code not in by_code]
        if unknown:
            raise NotFound(
                "没有这些单位",
                found="、".join(unknown),
                expected="已导入的单位编码",
                remedy="先运行 ducha import units 文件",
            )
        chosen = [by_code[code] for code in plan.units]
    if not chosen:
        raise InvalidInput(
            "没有选中任何单位", found=str(plan.units), expected="至少一个单位", remedy="改正批次文件的 units"
        )
    return chosen


def cleared_cases(desk: Desk, plan: CampaignPlan) -> list[tuple[Rectification, Finding, Unit]]:
    """Return the cleared cases of a look-back's original campaigns, by number; those of its units when it names some.

    raises   NotFound for an unknown original
    """
    originals = [key_of(find_campaign(desk, code)) for code in plan.original]
    query = (
        select(Rectification, Finding, Unit)
        .join(Finding, col(Finding.id) == col(Rectification.id))
        .join(Unit, col(Unit.id) == col(Rectification.unit_id))
        .where(
            col(Rectification.campaign_id).in_(originals),
            col(Rectification.state).in_(LOOKED_AT),
            col(Rectification.closed_on).is_not(None),
        )
        .order_by(col(Finding.code))
    )
    rows = [(case, finding, unit) for case, finding, unit in desk.session.exec(query)]
    if plan.units:
        named = {unit.code for unit in chosen_units(desk, plan)}
        rows = [row for row in rows if row[2].code in named]
    return rows


def filled_plan(desk: Desk, plan: CampaignPlan, kind: KindRule) -> CampaignPlan:
    """Return a look-back's plan with the units and items of its cleared cases where it names none; others as they are.

    raises   InvalidInput when the originals have no cleared case to look at
    """
    if not kind.links_original:
        return plan
    cases = cleared_cases(desk, plan)
    if not cases:
        raise InvalidInput(
            "原批次没有可回头看的问题",
            found="、".join(plan.original),
            expected="至少一个已销号的问题",
            remedy="核对 original 和 units，或待销号后再安排",
        )
    found: dict[str, object] = {}
    if not plan.units:
        found["units"] = tuple(dict.fromkeys(sorted(unit.code for _case, _finding, unit in cases)))
    if not plan.catalogs:
        found["catalogs"] = _catalogs_of(desk, [finding.item for _case, finding, _unit in cases])
    return plan.model_copy(update=found)


def _catalogs_of(desk: Desk, items: Sequence[str]) -> tuple[CatalogChoice, ...]:
    """Return the catalogues that hold items today; an item that is no longer inspected is left out."""
    chosen: dict[str, list[str]] = defaultdict(list)
    for item in dict.fromkeys(items):
        key = next(
            (key for key, one in desk.rules.catalogs.items() if item in {i.id for i in one.items}), None
        )
        if key is not None:
            chosen[key].append(item)
    if not chosen:
        raise InvalidInput(
            "原问题的事项已不在现行目录中",
            found="、".join(dict.fromkeys(items)),
            expected="现行目录的事项",
            remedy="在督察方案的 catalogs 中写明督察哪些事项",
        )
    return tuple(CatalogChoice(key=key, items=tuple(sorted(ids))) for key, ids in sorted(chosen.items()))


def keep_originals(desk: Desk, campaign: Campaign, plan: CampaignPlan, kind: KindRule) -> None:
    """Write which campaigns and cleared cases a look-back looks at; a plan that is replaced starts anew."""
    for table in (CampaignOriginal, CampaignCase):
        for row in desk.session.exec(select(table).where(col(table.campaign_id) == campaign.id)):
            desk.session.delete(row)
    desk.session.flush()
    if not kind.links_original:
        return
    number = key_of(campaign)
    for code in plan.original:
        desk.session.add(CampaignOriginal(campaign_id=number, original_id=key_of(find_campaign(desk, code))))
    for case, _finding, _unit in cleared_cases(desk, plan):
        desk.session.add(CampaignCase(campaign_id=number, case_id=case.id))
    desk.session.flush()


def cases_to_look_at(desk: Desk, campaign: Campaign) -> list[str]:
    """Return the numbers of the cleared cases that a look-back looks at."""
    query = (
        select(Finding.code)
        .join(CampaignCase, col(CampaignCase.case_id) == col(Finding.id))
        .where(col(CampaignCase.campaign_id) == campaign.id)
        .order_by(col(Finding.code))
    )
    return list(desk.session.exec(query))


def monthly_key(plan: CampaignPlan, kind: KindRule) -> str | None:
    """Return what makes a visit unique for its unit and month, None for kinds that may come twice."""
    return f"{plan.kind.value}/{plan.month}" if kind.unique_unit_per_month else None


def refuse_twice_a_month(desk: Desk, plan: CampaignPlan, kind: KindRule, units: Sequence[Unit]) -> None:
    """Raise Refused naming the units that already have such a visit that month."""
    wanted = monthly_key(plan, kind)
    if wanted is None:
        return
    query = (
        select(Unit.code, Campaign.code)
        .join(Visit, col(Visit.unit_id) == col(Unit.id))
        .join(Campaign, col(Campaign.id) == col(Visit.campaign_id))
        .where(
            col(Visit.office_id) == desk.office_id,
            col(Visit.monthly) == wanted,
            col(Visit.unit_id).in_([key_of(unit) for unit in units]),
            col(Campaign.code) != plan.code,
        )
        .order_by(col(Unit.code))
    )
    taken = [f"{unit}（{campaign}）" for unit, campaign in desk.session.exec(query)]
    if taken:
        raise Refused(
            f"同一单位同一月份只安排一次{CAMPAIGN_KIND_LABELS[CampaignKind(plan.kind)]}",
            found=f"{plan.month}已安排：{'、'.join(taken)}",
            expected="其他单位或其他月份",
            remedy="改正督察方案的 units 或 month",
        )
