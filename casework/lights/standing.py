"""Standing authorisations (常设授权) after an interruption: drafts that may go by themselves and were left behind."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from casework.desk import Desk
from casework.lights.climbing import rules_of
from core.codes import Severity
from core.life.lives import DocumentState
from models.audit import in_part
from models.base import table_of
from models.campaign import Campaign
from models.document import Document
from models.rectification import Rectification, Rung

DOCUMENT, RUNG, CASE, CAMPAIGN = (
    table_of(Document),
    table_of(Rung),
    table_of(Rectification),
    table_of(Campaign),
)


def left_behind(desk: Desk, part: tuple[int, int] = (0, 1)) -> list[int]:
    """Return the sweep's drafts that an authorisation in force lets go, oldest first.

    A sweep commits its drafts first and lets them go one by one; what it was stopped before, the next one finds here.
    part   (shard, shards) of the units
    """
    in_force = [one for one in desk.office_rules.authorisations if one.from_on <= desk.today <= one.until_on]
    if not in_force:
        return []
    query = _waiting(tuple((one.kind, one.campaign) for one in in_force), part)
    found: dict[int, None] = {}
    for row in desk.session.connection().execute(query, {"office": desk.office_id}):
        ladder = rules_of(desk, row.campaign_id).ladder_of(desk.office.code)
        rungs = {rung.code: rung for rung in ladder.profiles[Severity(row.severity)].rungs}
        if row.rung in rungs and rungs[row.rung].issue == "authorised":
            found[row.id] = None
    return list(found)


@lru_cache(maxsize=16)  # every sweep asks it, mostly for nothing
def _waiting(covered: tuple[tuple[str, str], ...], part: tuple[int, int]) -> sa.Select[Any]:
    """Return the question for a part's drafts by the sweep of these kinds, each in a campaign or (`*`) in all."""
    return (
        sa.select(DOCUMENT.c.id, DOCUMENT.c.campaign_id, CASE.c.severity)
        .add_columns(RUNG.c.code.label("rung"))
        .join(CAMPAIGN, CAMPAIGN.c.id == DOCUMENT.c.campaign_id)
        .join(RUNG, RUNG.c.document_id == DOCUMENT.c.id)
        .join(CASE, CASE.c.id == RUNG.c.case_id)
        .where(
            DOCUMENT.c.office_id == sa.bindparam("office"),
            DOCUMENT.c.state == DocumentState.DRAFT.value,
            DOCUMENT.c.by_sweep.is_(True),
            in_part(CASE.c.unit_id, *part),
            sa.or_(*(_covered(*one) for one in covered)),
        )
        .order_by(DOCUMENT.c.id)
    )


def _covered(kind: str, campaign: str) -> sa.ColumnElement[bool]:
    """Return the condition that a draft is of the kind and campaign an authorisation names."""
    same = DOCUMENT.c.kind == kind
    return same if campaign == "*" else sa.and_(same, CAMPAIGN.c.code == campaign)
