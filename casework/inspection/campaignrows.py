"""A campaign as it is stored: found by its code, its plan read back, the rules of its kind."""

from __future__ import annotations

import json

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Desk
from core.campaign.campaignplan import CampaignPlan
from core.codes import CAMPAIGN_KIND_LABELS, CampaignKind
from core.errors import InvalidInput, NotAllowed, NotFound
from core.rulebook.campaigns import CampaignRules, KindRule
from models.base import table_of
from models.campaign import Campaign
from models.record import AuditEntry

ENTRY = table_of(AuditEntry)


def find_campaign(desk: Desk, code: str) -> Campaign:
    """Return a campaign by its code; raise NotFound."""
    row = desk.session.exec(
        select(Campaign).where(col(Campaign.office_id) == desk.office_id, col(Campaign.code) == code)
    ).first()
    if row is None:
        raise no_such_campaign(code)
    return row


def no_such_campaign(code: str) -> NotFound:
    """Return the error for a campaign that is not there, or that the asker may not know of."""
    return NotFound(
        "没有这个督察批次", found=code, expected="已编制的批次编码", remedy="先运行 ducha campaign plan 文件"
    )


def planners_of(desk: Desk, campaign: Campaign) -> frozenset[str]:
    """Return everybody who stored a plan of a campaign, also over somebody else's."""
    query = sa.select(ENTRY.c.actor).where(
        ENTRY.c.office_id == desk.office_id, ENTRY.c.subject == "campaign", ENTRY.c.subject_id == campaign.id,
        ENTRY.c.act == "plan",
    )  # fmt: skip
    return frozenset({campaign.planned_by, *desk.session.connection().execute(query).scalars()})


def plan_of(campaign: Campaign) -> CampaignPlan:
    """Return the stored plan of a campaign."""
    return CampaignPlan.model_validate(json.loads(campaign.plan))


def campaign_rules(desk: Desk) -> CampaignRules:
    """Return what each kind of campaign is in this office: the file it chose, else the only one there is.

    raises   NotFound when there is none; InvalidInput when there are several and none was chosen
    """
    files, chosen = desk.rules.campaigns, desk.office_rules.choices.campaigns
    if chosen is None and len(files) > 1:
        raise InvalidInput(
            "督察方式文件不止一份",
            found="、".join(sorted(files)),
            expected="单位文件 choices.campaigns 写明用哪一份",
            remedy="在 rules/offices/ 的单位文件中写明",
        )
    rules = files.get(chosen) if chosen else next(iter(files.values()), None)
    if rules is None:
        raise NotFound(
            "规则中没有督察方式",
            found=chosen or "campaigns/ 中没有文件",
            expected="campaigns/<名称>.yaml",
            remedy="补充督察方式文件",
        )
    return rules


def kind_rule(desk: Desk, kind: str) -> KindRule:
    """Return the rule of a kind of campaign; raise NotFound when the office does not use it."""
    rule = campaign_rules(desk).kinds.get(CampaignKind(kind))
    if rule is None:
        raise NotFound(
            "本单位规则没有写明这种督察方式",
            found=CAMPAIGN_KIND_LABELS[CampaignKind(kind)],
            expected="、".join(campaign_rules(desk).kinds),
            remedy="在督察方式文件的 kinds 中补充",
        )
    return rule


def refuse_units(desk: Desk, doing: str) -> None:
    """Raise NotAllowed for a contact of an inspected unit: how an office works is not shown to those it inspects."""
    if desk.actor.speaks_for_unit:
        raise NotAllowed(
            f"被督察单位不能{doing}",
            found=desk.actor.code,
            expected="督察单位人员",
            remedy="由督察单位人员操作",
        )
