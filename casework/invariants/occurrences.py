"""INV-8, 10 and 13: each rung, visit and tick once, in its order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import sqlalchemy as sa

from casework.desk import Desk
from casework.invariants.tally import Invariant, Tally
from casework.lights.climbing import office_palette, palette_of
from casework.staff.people import split
from core.codes import Light
from models.base import table_of
from models.campaign import Campaign, CheckRecord, Visit, VisitMember
from models.plan import Occurrence
from models.record import AuditEntry, Tick
from models.rectification import Rectification, Rung

CASE, RUNG, ENTRY = table_of(Rectification), table_of(Rung), table_of(AuditEntry)
VISIT, MEMBER, RECORD, TICK = table_of(Visit), table_of(VisitMember), table_of(CheckRecord), table_of(Tick)
PERIOD, CAMPAIGN = table_of(Occurrence), table_of(Campaign)
SMALLEST_TEAM = 2


def check_rungs(desk: Desk) -> list[Invariant]:
    """Return INV-8: rungs rise in the colours of their ladder, come once, and never after the case was settled."""
    tally = Tally("INV-8", "级次逐级、一次，销号后不再升级")
    link = desk.session.connection()
    ours = CASE.c.office_id == desk.office_id
    joined = RUNG.join(CASE, CASE.c.id == RUNG.c.case_id)
    tally.look_at(link.execute(sa.select(sa.func.count()).select_from(joined).where(ours)).scalar_one())
    rank = _rank(desk)
    place = (RUNG.c.case_id, RUNG.c.round, RUNG.c.due_version)
    walked = (
        sa.select(
            RUNG.c.case_id,
            RUNG.c.code,
            rank.label("rank"),
            RUNG.c.fired_on,
            sa.func.lag(rank).over(partition_by=place, order_by=RUNG.c.id).label("rank_before"),
            sa.func.lag(RUNG.c.fired_on).over(partition_by=place, order_by=RUNG.c.id).label("day_before"),
        )
        .select_from(joined)
        .where(ours)
        .subquery()
    )
    # A named event (E1..E8) sets its colour directly; only the rungs of the ladder must rise step by step.
    climbed = sa.func.substr(walked.c.code, 1, 1) != "E"
    wrong = sa.select(walked.c.case_id, walked.c.code).where(
        sa.or_(
            sa.and_(climbed, walked.c.rank <= walked.c.rank_before), walked.c.fired_on < walked.c.day_before
        )
    )
    tally.find_all(f"整改事项{row.case_id} 级次 {row.code} 顺序不对" for row in link.execute(wrong))
    late = (
        sa.select(RUNG.c.case_id, RUNG.c.code)
        .select_from(joined)
        .where(ours, RUNG.c.round == CASE.c.round, RUNG.c.fired_on > _settled_on())
    )
    tally.find_all(f"整改事项{row.case_id} 办结后仍有级次 {row.code}" for row in link.execute(late))
    return [tally.close()]


def _rank(desk: Desk) -> sa.ColumnElement[int]:
    """Return the rank of a rung's colour in the ladder that its campaign froze."""
    query = sa.select(CASE.c.campaign_id).where(CASE.c.office_id == desk.office_id).distinct()
    orders: dict[tuple[Light, ...], list[int]] = defaultdict(list)
    for number in desk.session.connection().execute(query).scalars():
        orders[palette_of(desk, number).every].append(number)
    office = _in_order(office_palette(desk).every)
    of_campaigns = [(CASE.c.campaign_id.in_(numbers), _in_order(every)) for every, numbers in orders.items()]
    return sa.case(*of_campaigns, else_=office) if of_campaigns else office


def _in_order(every: Sequence[Light]) -> sa.ColumnElement[int]:
    return sa.case({light.value: rank for rank, light in enumerate(every)}, value=RUNG.c.light)


def _settled_on() -> sa.ColumnElement[object]:
    """Return the day a case was closed, or withdrawn as its history says; NULL while it is open."""
    withdrawn = (
        sa.select(sa.func.max(ENTRY.c.on_day))
        .where(
            CASE.c.state == "withdrawn",
            ENTRY.c.office_id == CASE.c.office_id,
            ENTRY.c.subject == "case",
            ENTRY.c.subject_id == CASE.c.id,
            ENTRY.c.to_state == "withdrawn",
        )
        .scalar_subquery()
    )
    return sa.func.coalesce(CASE.c.closed_on, withdrawn)


def check_visits(desk: Desk) -> list[Invariant]:
    """Return INV-10: one visit a unit and campaign, one occurrence a plan, unit and period, teams as they must be."""
    tally = Tally("INV-10", "一批次一单位一次督察，事项以开始时为准")
    link = desk.session.connection()
    ours = VISIT.c.office_id == desk.office_id
    items = {}
    for row in link.execute(sa.select(VISIT.c.id, VISIT.c["items"].label("listed")).where(ours)):
        items[row.id] = frozenset(split(row.listed))
        tally.look_at(1)
    tally.find_all(f"督察{number} 没有事项" for number, listed in items.items() if not listed)
    twice = (
        sa.select(VISIT.c.campaign_id, VISIT.c.unit_id)
        .where(ours)
        .group_by(VISIT.c.campaign_id, VISIT.c.unit_id)
        .having(sa.func.count() > 1)
    )
    tally.find_all(f"批次{row.campaign_id} 单位{row.unit_id} 有两次督察" for row in link.execute(twice))
    leaders = sa.func.sum(sa.case((MEMBER.c.role == "leader", 1), else_=0))
    teams = (
        sa.select(VISIT.c.id)
        .select_from(VISIT.outerjoin(MEMBER, MEMBER.c.visit_id == VISIT.c.id))
        .where(ours)
        .group_by(VISIT.c.id)
        .having(sa.or_(sa.func.count(MEMBER.c.person_id) < SMALLEST_TEAM, leaders != 1))
    )
    tally.find_all(f"督察{number} 人员不足2人或组长不是1人" for number in link.execute(teams).scalars())
    checks = (
        sa.select(RECORD.c.visit_id, RECORD.c.item).where(RECORD.c.office_id == desk.office_id).distinct()
    )
    tally.find_all(
        f"督察{row.visit_id} 检查了范围以外的事项 {row.item}"
        for row in link.execute(checks)
        if row.item not in items.get(row.visit_id, frozenset())
    )
    _check_periods(desk, tally)
    return [tally.close()]


def _check_periods(desk: Desk, tally: Tally) -> None:
    """Look at recurring plans: once a unit and period, by a campaign of this office; one such visit a month."""
    link = desk.session.connection()
    ours = PERIOD.c.office_id == desk.office_id
    place = (PERIOD.c.plan, PERIOD.c.unit, PERIOD.c.period)
    tally.look_at(link.execute(sa.select(sa.func.count()).select_from(PERIOD).where(ours)).scalar_one())
    twice = sa.select(*place).where(ours).group_by(*place).having(sa.func.count() > 1)
    tally.find_all(f"周期计划 {row.plan} {row.unit} {row.period} 有两期" for row in link.execute(twice))
    joined = PERIOD.outerjoin(CAMPAIGN, CAMPAIGN.c.id == PERIOD.c.campaign_id)
    strange = (
        sa.select(PERIOD.c.id)
        .select_from(joined)
        .where(
            ours,
            sa.or_(
                CAMPAIGN.c.office_id != PERIOD.c.office_id,
                sa.and_(PERIOD.c.state != "skipped", PERIOD.c.campaign_id.is_(None)),
            ),
        )
    )
    tally.find_all(f"周期计划的一期{number} 没有本单位的批次" for number in link.execute(strange).scalars())
    monthly = sa.select(VISIT.c.unit_id, VISIT.c.monthly).where(
        VISIT.c.office_id == desk.office_id, VISIT.c.monthly.is_not(None)
    )
    again = monthly.group_by(VISIT.c.unit_id, VISIT.c.monthly).having(sa.func.count() > 1)
    tally.find_all(f"单位{row.unit_id} {row.monthly} 有两次督察" for row in link.execute(again))


def check_ticks(desk: Desk) -> list[Invariant]:
    """Return INV-13: no job has run later than now."""
    tally = Tally("INV-13", "定时任务的时钟只进不退")
    query = sa.select(TICK.c.job, TICK.c.on_day, TICK.c.at).where(TICK.c.office_id == desk.office_id)
    for row in desk.session.connection().execute(query):
        tally.look_at(1)
        if row.at > desk.now or row.on_day > desk.today:
            tally.find(f"任务 {row.job} 上次运行于{row.on_day}，晚于现在（{desk.today}）")
    return [tally.close()]
