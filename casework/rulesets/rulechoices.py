"""The rule sets that a page may name: the files, their adjustments, and what campaigns froze; never a folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from casework.desk import Desk
from casework.rulesets.library import rule_files
from casework.rulesets.migrating import Migration, apply_migration, preview_migration
from casework.rulesets.rulesides import BASE, CURRENT, OVERLAY, Side, read_side
from casework.sight import campaigns_in_sight
from casework.staff.people import require_role
from core.errors import NotFound, Refused
from core.life.lives import CampaignState
from models.base import table_of
from models.campaign import Campaign, RuleSet

CAMPAIGN, RULE_SET = table_of(Campaign), table_of(RuleSet)


@dataclass(frozen=True, slots=True)
class Frozen:
    """A frozen rule set with the campaigns that work or worked under it."""

    sha256: str
    frozen_at: Any
    campaigns: tuple[tuple[str, str, str, date | None], ...]


def frozen_sets(desk: Desk) -> tuple[Frozen, ...]:
    """Return the frozen sets of the campaigns in sight, the newest first; one query."""
    query = (
        sa.select(
            RULE_SET.c.sha256, RULE_SET.c.frozen_at, CAMPAIGN.c.code, CAMPAIGN.c.title, CAMPAIGN.c.state,
            CAMPAIGN.c.opened_on,
        )
        .join(CAMPAIGN, CAMPAIGN.c.rules_sha256 == RULE_SET.c.sha256)
        .where(campaigns_in_sight(desk))
        .order_by(RULE_SET.c.frozen_at.desc(), CAMPAIGN.c.code)
    )  # fmt: skip
    found: dict[str, tuple[Any, list[tuple[str, str, str, date | None]]]] = {}
    for row in desk.session.connection().execute(query):
        found.setdefault(row.sha256, (row.frozen_at, []))[1].append(
            (row.code, row.title, row.state, row.opened_on)
        )
    return tuple(Frozen(digest, at, tuple(rows)) for digest, (at, rows) in found.items())


def side_choices(desk: Desk, sets: Sequence[Frozen]) -> tuple[tuple[str, str], ...]:
    """Return the sides of a comparison as (code, name)."""
    overlays = sorted(rule_files(desk.settings.rules).parts.overlays)
    frozen = [(code, f"批次 {code} 冻结的规则") for one in sets for code, *_rest in one.campaigns]
    return (
        (CURRENT, "现行规则（含本地调整）"),
        (BASE, "通用规则（不含本地调整）"),
        *((f"{OVERLAY}{name}", f"本地调整 {name}") for name in overlays),
        *frozen,
    )


def need_side(desk: Desk, text: str, choices: Sequence[tuple[str, str]]) -> Side:
    """Return a rule set that is among the choices; raise NotFound for anything else."""
    if text not in {code for code, _name in choices}:
        raise NotFound("没有这套规则", found=text[:60], expected="所列的规则集", remedy="重新选择")
    local = text in (CURRENT, BASE) or text.startswith(OVERLAY)
    return read_side(desk, text, None if local else desk.today)


def preview_of(desk: Desk, code: str) -> Migration:
    """Return what moving a campaign to the present rules would change; raise NotAllowed but for the director."""
    require_role(desk, ("director", "officer"), "预览规则迁移")
    return preview_migration(desk, code, CURRENT)


def apply_seen(desk: Desk, code: str, seen: str, note: str) -> dict[str, Any]:
    """Move a campaign to the present rules, if they are still those that were looked at.

    seen     the SHA-256 that the preview gave
    raises   Refused when the rules have changed since
    """
    migration = preview_migration(desk, code, CURRENT)
    if migration.after != seen:
        raise Refused(
            "预览之后规则又有改动",
            found=migration.after[:12],
            expected=seen[:12],
            remedy="重新预览，核对后再迁移",
        )
    return apply_migration(desk, code, CURRENT, note)


def open_campaigns(desk: Desk) -> tuple[tuple[str, str], ...]:
    """Return code and title of the campaigns in sight that could move to other rules."""
    query = sa.select(CAMPAIGN.c.code, CAMPAIGN.c.title).where(
        campaigns_in_sight(desk),
        CAMPAIGN.c.state == CampaignState.OPEN.value,
        CAMPAIGN.c.rules_sha256.is_not(None),
    )
    found = desk.session.connection().execute(query.order_by(CAMPAIGN.c.code))
    return tuple((row.code, row.title) for row in found)
