"""Campaigns, visits, units and the people who were sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import sqlalchemy as sa
from sqlmodel import col

from casework.counts.tallies import Scope
from casework.counts.terms import Family, Indicator, Section, Share, Source
from casework.staff.people import split
from core.codes import CAMPAIGN_KIND_LABELS, CampaignKind
from core.life.lives import CampaignState
from models.base import table_of
from models.campaign import Campaign, Visit, VisitMember
from models.organisation import Person, Unit

UNDER_WAY = (CampaignState.OPEN.value, CampaignState.CLOSED.value)
WAITING = (CampaignState.PLANNED.value, CampaignState.APPROVED.value)

CAMPAIGNS = Source(
    "campaign", table_of(Campaign), key=col(Campaign.id), office=col(Campaign.office_id), campaign=col(Campaign.id),
    kind=col(Campaign.kind), day=sa.func.coalesce(col(Campaign.opened_on), col(Campaign.planned_on)),
    shown=(col(Campaign.code), col(Campaign.title)),
)  # fmt: skip
VISITS = Source(
    "visit",
    table_of(Visit).join(table_of(Campaign), col(Campaign.id) == col(Visit.campaign_id)),
    key=col(Visit.id), office=col(Visit.office_id), campaign=col(Visit.campaign_id), unit=col(Visit.unit_id),
    kind=col(Campaign.kind), day=col(Visit.from_on), where=(col(Campaign.state).in_(UNDER_WAY),),
    shown=(col(Campaign.code), col(Visit.from_on), col(Visit.place)),
)  # fmt: skip
UNITS = Source(
    "unit", table_of(Unit), key=col(Unit.id), office=col(Unit.office_id), unit=col(Unit.id), shared=True,
    shown=(col(Unit.code), col(Unit.name)),
)  # fmt: skip
PEOPLE = Source(
    "person", table_of(Person), key=col(Person.id), office=col(Person.office_id), shared=True,
    shown=(col(Person.code), col(Person.name), col(Person.specialties)),
)  # fmt: skip
SENT = Source(
    "member",
    table_of(VisitMember)
    .join(table_of(Visit), col(Visit.id) == col(VisitMember.visit_id))
    .join(table_of(Campaign), col(Campaign.id) == col(Visit.campaign_id))
    .join(table_of(Person), col(Person.id) == col(VisitMember.person_id)),
    key=sa.cast(col(VisitMember.visit_id), sa.String) + "-" + sa.cast(col(VisitMember.person_id), sa.String),
    office=col(Visit.office_id), campaign=col(Visit.campaign_id), unit=col(Visit.unit_id), kind=col(Campaign.kind),
    day=col(Visit.from_on), shown=(col(Campaign.code), col(Person.code), col(Person.name), col(Visit.place)),
)  # fmt: skip


def done(scope: Scope) -> sa.ColumnElement[bool]:
    """Return the condition that a visit is over."""
    return col(Visit.to_on) <= scope.desk.today


def _kinds(_scope: Scope, _found: frozenset[str]) -> Mapping[str, str]:
    return {kind.value: label for kind, label in CAMPAIGN_KIND_LABELS.items()}


def _kind(_scope: Scope, kind: str) -> Iterable[str]:
    return (kind,)


def _specialties(_scope: Scope, text: str) -> Iterable[str]:
    return split(text)


def _specialty_labels(_scope: Scope, found: frozenset[str]) -> Mapping[str, str]:
    return {word: f"其中{word}专业（一人可有多项）" for word in sorted(found)}


FORCES = Section(
    1,
    "督察力量",
    (
        Indicator("people.pool", "人才库", "人", "现在册的入库人员", PEOPLE, by_day=False),
        Family(
            "people.specialty", "人", "按专业计的入库人员，一人有几个专业计几次", PEOPLE,
            (col(Person.specialties),), _specialties, _specialty_labels, by_day=False,
        ),
        Indicator(
            "people.sent", "派出督察人员", "人", "参加过督察的人员，同一人只计一次",
            SENT, distinct=col(VisitMember.person_id),
        ),
        Indicator("people.sent_times", "派出督察人员", "人次", "参加督察的人次，一人一次督察计一次", SENT),
    ),
)  # fmt: skip
ROUNDS = Section(
    2,
    "督察批次与覆盖面",
    (
        Indicator(
            "campaigns.opened", "开展督察", "次", "已启动（含已办结）的督察批次，计入启动之日",
            CAMPAIGNS, col(Campaign.state).in_(UNDER_WAY),
        ),
        Family(
            "campaigns.kind", "次", "已启动的督察批次，按督察方式", CAMPAIGNS, (col(Campaign.kind),), _kind, _kinds,
            where=col(Campaign.state).in_(UNDER_WAY),
        ),
        Indicator(
            "campaigns.closed", "已办结批次", "次", "现已办结的督察批次", CAMPAIGNS,
            col(Campaign.state) == CampaignState.CLOSED.value, by_day=False,
        ),
        Indicator(
            "campaigns.waiting", "待启动批次", "次", "方案待批或已批、尚未启动的批次", CAMPAIGNS,
            col(Campaign.state).in_(WAITING), by_day=False,
        ),
        Indicator("visits.planned", "安排督察单位次", "次", "已启动批次中安排的督察，计入开始之日", VISITS),
        Indicator("visits.done", "已完成单位次", "次", "已结束的督察，计入开始之日", VISITS, done, by_day=False),
        Indicator("units.all", "被督察单位", "家", "现登记在册的单位", UNITS, by_day=False),
        Indicator(
            "units.visited", "已督察单位", "家", "督察已结束的单位，同一单位只计一次", VISITS, done,
            distinct=col(Visit.unit_id), by_day=False,
        ),
        Indicator(
            "units.stationed", "驻在式监督单位", "家", "以驻在式开展监督的单位，同一单位只计一次", VISITS,
            col(Campaign.kind) == CampaignKind.STATIONED.value, distinct=col(Visit.unit_id),
        ),
        Share("units.coverage", "覆盖率", "已督察单位占登记在册单位", "units.visited", "units.all"),
    ),
)  # fmt: skip
