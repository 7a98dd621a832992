"""Who is in a pool (人才库) on which days, and which pool a plan takes its people from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlmodel import col, or_, select

from casework.desk import Desk
from casework.staff.people import split
from core.campaign.campaignplan import CampaignPlan
from core.codes import CAMPAIGN_KIND_LABELS, LINE_LABELS
from core.errors import InvalidInput, NotFound
from core.rulebook.pools import PoolRules
from models.pool import PoolMember


@dataclass(frozen=True, slots=True)
class Membership:
    """The days of somebody in a pool, and the specialities for it; () takes those of the person."""

    from_on: date
    until_on: date
    specialties: tuple[str, ...]


def pool_rules(desk: Desk, key: str) -> PoolRules:
    """Return the rules of a pool; raise NotFound naming those there are."""
    rules = desk.rules.pools.get(key)
    if rules is None:
        raise NotFound(
            "没有这个人才库",
            found=key,
            expected="、".join(sorted(desk.rules.pools)) or "rules/pools/ 中的文件",
            remedy="运行 ducha pool list 查看",
        )
    return rules


def pool_for(desk: Desk, plan: CampaignPlan) -> PoolRules | None:
    """Return the pool of a plan, None when it names none.

    raises   NotFound for an unknown pool; InvalidInput for one of the other line or not meant for the kind
    """
    if plan.team.pool is None:
        return None
    rules = pool_rules(desk, plan.team.pool)
    if rules.line is not plan.line or plan.kind not in rules.serves:
        kinds = "、".join(CAMPAIGN_KIND_LABELS[kind] for kind in rules.serves)
        raise InvalidInput(
            f"{rules.name}不用于这个批次",
            found=f"{LINE_LABELS[plan.line]}线，{CAMPAIGN_KIND_LABELS[plan.kind]}",
            expected=f"{LINE_LABELS[rules.line]}线，{kinds}",
            remedy="改正批次文件的 team.pool，或调整人才库文件的 line、serves",
        )
    return rules


def members_between(desk: Desk, key: str, first: date, last: date) -> dict[int, Membership]:
    """Return {person id: membership} of those who are in a pool on some day of a span.

    raises   InvalidInput when there is nobody
    """
    rows = desk.session.exec(
        select(PoolMember)
        .where(
            col(PoolMember.office_id) == desk.office_id,
            col(PoolMember.pool) == key,
            col(PoolMember.from_on) <= last,
            col(PoolMember.until_on) >= first,
            or_(col(PoolMember.exited_on).is_(None), col(PoolMember.exited_on) > first),
        )
        .order_by(col(PoolMember.person_id), col(PoolMember.term))
    ).all()
    found: dict[int, Membership] = {}
    for row in rows:
        until = min(row.until_on, row.exited_on) if row.exited_on else row.until_on
        before = found.get(row.person_id)
        begin = before.from_on if before else row.from_on
        found[row.person_id] = Membership(begin, until, split(row.specialties))
    if not found:
        raise InvalidInput(
            "人才库在督察期间没有人员",
            found=f"{pool_rules(desk, key).name}：0人",
            expected="任期覆盖督察期间的人员",
            remedy=f"运行 ducha pool enrol {key} 人员编号，或导入带“库”一列的人才库名册",
        )
    return found
