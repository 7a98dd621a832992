"""Campaigns as pages list them, with how far each is, and one campaign for whoever may see it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import select

from casework.desk import Desk
from casework.filters import Filters, any_year, one_of
from casework.inspection.campaignrows import no_such_campaign
from casework.sight import (
    CAMPAIGN,
    CASE,
    FINDING,
    VISIT,
    campaigns_in_sight,
    cases_in_sight,
    findings_in_sight,
    sees_office,
    visits_in_sight,
)
from core.codes import CAMPAIGN_KIND_LABELS, Light
from core.errors import NotAllowed
from core.life.lives import CampaignState
from core.life.rectification import SETTLED
from models.campaign import Campaign

SETTLED_STATES = [state.value for state in SETTLED]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a campaign is: visits, those whose checklists are in, findings, cases, and those open by light."""

    visits: int = 0
    returned: int = 0
    findings: int = 0
    cases: int = 0
    settled: int = 0
    lights: Mapping[Light, int] = field(default_factory=dict)

    @property
    def percent(self) -> int:
        return 100 * self.settled // self.cases if self.cases else 0


@dataclass(frozen=True, slots=True)
class CampaignRow:
    """A campaign in the list."""

    id: int
    code: str
    title: str
    kind: str
    line: str
    state: str
    period_from: date
    period_to: date
    hidden: bool
    progress: Progress


@dataclass(frozen=True, slots=True)
class CampaignFilters(Filters):
    """Which campaigns are looked for."""

    year: str = any_year()
    kind: str = one_of(*CAMPAIGN_KIND_LABELS)
    state: str = one_of(*CampaignState)


@dataclass(frozen=True, slots=True)
class CampaignList:
    """The campaigns in sight that fit the filters, and the years there are."""

    rows: tuple[CampaignRow, ...]
    years: tuple[int, ...]
    filters: CampaignFilters


def campaigns_view(desk: Desk, filters: CampaignFilters) -> CampaignList:
    """Return the campaigns in sight: under way first, then the newest."""
    link = desk.session.connection()
    sight = campaigns_in_sight(desk)
    spans = link.execute(sa.select(CAMPAIGN.c.period_from, CAMPAIGN.c.period_to).where(sight)).all()
    years = sorted({day.year for span in spans for day in span}, reverse=True)
    wanted = [sight]
    if filters.year:
        first, last = date(int(filters.year), 1, 1), date(int(filters.year), 12, 31)
        wanted += [CAMPAIGN.c.period_from <= last, CAMPAIGN.c.period_to >= first]
    if filters.kind:
        wanted.append(CAMPAIGN.c.kind == filters.kind)
    if filters.state:
        wanted.append(CAMPAIGN.c.state == filters.state)
    over = CAMPAIGN.c.state.in_([CampaignState.CLOSED.value, CampaignState.CALLED_OFF.value])
    query = sa.select(CAMPAIGN).where(*wanted).order_by(over, CAMPAIGN.c.period_from.desc(), CAMPAIGN.c.code)
    found = link.execute(query).all()
    progress = progress_of(desk, [row.id for row in found])
    return CampaignList(
        tuple(
            CampaignRow(
                row.id, row.code, row.title, row.kind, row.line, row.state, row.period_from, row.period_to,
                row.hidden, progress.get(row.id, Progress()),
            )
            for row in found
        ),
        tuple(years),
        filters,
    )  # fmt: skip


def _tally(rows: Iterable[Any]) -> tuple[dict[int, dict[Light, int]], dict[int, list[int]]]:
    """Return the lights of open cases, and how many cases there are and are settled, by campaign."""
    lights: dict[int, dict[Light, int]] = {}
    totals: dict[int, list[int]] = {}
    for campaign_id, light, is_settled, count in rows:
        total = totals.setdefault(campaign_id, [0, 0])
        total[0] += count
        total[1] += count if is_settled else 0
        if not is_settled and light != Light.NONE:
            mine = lights.setdefault(campaign_id, {})
            mine[Light(light)] = mine.get(Light(light), 0) + count
    return lights, totals


def progress_of(desk: Desk, ids: list[int]) -> dict[int, Progress]:
    """Return how far campaigns are, of what the actor sees of them."""
    link = desk.session.connection()
    visits = (
        sa.select(VISIT.c.campaign_id, sa.func.count(), sa.func.count(VISIT.c.workbook_returned_on))
        .where(VISIT.c.campaign_id.in_(ids), visits_in_sight(desk))
        .group_by(VISIT.c.campaign_id)
    )
    findings = (
        sa.select(FINDING.c.campaign_id, sa.func.count())
        .where(FINDING.c.campaign_id.in_(ids), FINDING.c.state != "withdrawn", findings_in_sight(desk))
        .group_by(FINDING.c.campaign_id)
    )
    settled = CASE.c.state.in_(SETTLED_STATES)
    cases = (
        sa.select(CASE.c.campaign_id, CASE.c.light, settled, sa.func.count())
        .where(CASE.c.campaign_id.in_(ids), CASE.c.state != "withdrawn", cases_in_sight(desk))
        .group_by(CASE.c.campaign_id, CASE.c.light, settled)
    )
    found = {row[0]: {"visits": row[1], "returned": row[2]} for row in link.execute(visits)}
    problems = {row[0]: row[1] for row in link.execute(findings)}
    lights, totals = _tally(link.execute(cases))
    return {
        one: Progress(
            visits=found.get(one, {}).get("visits", 0),
            returned=found.get(one, {}).get("returned", 0),
            findings=problems.get(one, 0),
            cases=totals.get(one, [0, 0])[0],
            settled=totals.get(one, [0, 0])[1],
            lights=lights.get(one, {}),
        )
        for one in ids
    }


def require_office(desk: Desk) -> None:
    """Raise NotAllowed for whoever sees no more than the visits they are on."""
    if not sees_office(desk):
        raise NotAllowed(
            "只能查看本人参加的督察",
            found=desk.actor.name,
            expected="经办人、主任等督察单位人员",
            remedy="由经办人办理",
        )


def open_campaign_file(desk: Desk, code: str) -> Campaign:
    """Return a campaign of the actor's sight; raise NotFound. Units hear of campaigns by letter, never here."""
    query = select(Campaign).where(CAMPAIGN.c.code == code, campaigns_in_sight(desk))
    row = None if desk.actor.speaks_for_unit else desk.session.exec(query).first()
    if row is None:
        raise no_such_campaign(code)
    return row
