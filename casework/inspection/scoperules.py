"""The rules of a campaign whose scope changes: its frozen set, with the items that come added from today's files."""

from __future__ import annotations

from sqlmodel import col, select

from casework.desk import Desk
from casework.rulesets.library import frozen_rules, store_frozen
from casework.rulesets.ruleseras import MIGRATE
from core.campaign.campaignplan import CampaignPlan
from core.life.lives import DocumentState
from core.rulebook import Catalog, Rulebook, freeze
from models.base import key_of
from models.campaign import Campaign
from models.document import Document

UNSIGNED = (DocumentState.DRAFT.value, DocumentState.IN_REVIEW.value)


def rules_now(desk: Desk, campaign: Campaign) -> Rulebook:
    """Return the rules a campaign works by: what it froze, before that the current ones."""
    return frozen_rules(desk.session, campaign.rules_sha256) if campaign.rules_sha256 else desk.rules


def rules_after(desk: Desk, campaign: Campaign, plan: CampaignPlan) -> Rulebook:
    """Return the rules with every item that a changed plan names; what is frozen stays as it is frozen.

    Items that go are kept: findings and workbooks may speak of them.
    raises   NotFound for an item that neither the frozen set nor today's files know
    """
    now = rules_now(desk, campaign)
    if campaign.rules_sha256 is None:
        return now
    catalogs = dict(now.catalogs)
    for choice in plan.catalogs:
        if choice.items == "all":
            continue
        known = catalogs.get(choice.key)
        have = {item.id for item in known.items} | {one.code for one in known.classes} if known else set()
        missing = [item for item in choice.items if item not in have]
        if missing:
            added = desk.rules.catalog(choice.key).keep(
                {desk.rules.catalog(choice.key).item(one).id for one in missing}
            )
            catalogs[choice.key] = _joined(known, added) if known else added
    return now.model_copy(update={"catalogs": catalogs})


def _joined(known: Catalog, added: Catalog) -> Catalog:
    items = sorted((*known.items, *added.items), key=lambda item: item.id)
    codes = {one.code for one in known.classes}
    classes = sorted(
        (*known.classes, *(one for one in added.classes if one.code not in codes)), key=lambda one: one.code
    )
    return known.model_copy(update={"items": tuple(items), "classes": tuple(classes)})


def move_to_rules(desk: Desk, campaign: Campaign, rules: Rulebook, number: int) -> None:
    """Let an open campaign work by rules that hold more items; workbooks made before are still good."""
    before = campaign.rules_sha256
    after = store_frozen(desk.session, freeze(rules), desk.now)
    if after == before:
        return
    campaign.rules_sha256 = after
    drafts = desk.session.exec(
        select(Document).where(col(Document.campaign_id) == campaign.id, col(Document.state).in_(UNSIGNED))
    ).all()
    for document in drafts:
        document.rules_sha256 = after  # composed by the rules in force when somebody signs it
        desk.session.add(document)
    desk.session.add(campaign)
    desk.session.flush()
    desk.record(
        "campaign",
        key_of(campaign),
        MIGRATE,
        before=before,
        after=after,
        note=f"第{number}次范围变更增加事项",
    )
