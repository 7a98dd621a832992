"""What a plan is staffed from: the units with their last teams, the people of the pool, and who must keep away."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlmodel import col, or_, select

from casework.desk import Desk
from casework.inspection.visits import other_visits
from casework.staff.membership import members_between, pool_for
from casework.staff.people import split
from casework.units.lineage import lineage_of
from core.campaign.campaignplan import CampaignPlan
from core.codes import CampaignKind
from core.life.declarationlife import DeclarationState, Relation
from core.rulebook import Item
from core.rulebook.pools import PoolRules
from core.staffing.composition import Composition
from core.staffing.plan_facts import InspectorFact, ItemFact, PlanRequest, UnitFact
from core.staffing.recusal import Ground, Tie, upwards
from models.base import key_of
from models.campaign import Campaign, Visit, VisitMember
from models.organisation import Person, Unit
from models.pool import RecusalDeclaration

FORMER_YEARS = 5


def staffing_request(
    desk: Desk, plan: CampaignPlan, units: list[Unit], items: tuple[Item, ...], *, beside: bool = False
) -> PlanRequest:
    """Return the question that planning answers.

    beside   other visits of this campaign stay, and whoever is on them is not free
    raises   InvalidInput when the pool is unknown, empty, or not meant for this kind of campaign
    """
    pool = pool_for(desk, plan)
    composition, team = composition_of(plan, pool), plan.team
    parents = select(Unit.code, Unit.parent_code).where(col(Unit.office_id) == desk.office_id)
    return PlanRequest(
        units=tuple(_unit_facts(desk, plan, units)),
        items=tuple(ItemFact(i.id, frozenset(i.applies_to), frozenset(i.specialties)) for i in items),
        inspectors=tuple(inspectors(desk, plan, pool, beside=beside)),
        period_from=plan.period.from_on,
        period_to=plan.period.to_on,
        team_size=max(team.size, composition.seats if composition else 0),
        need_leader=team.leader is not None,
        at_least=team.at_least,
        composition=composition,
        parents=dict(desk.session.exec(parents).all()),
        seed=team.seed,
        calendar=desk.calendar,
        former_years=former_years(plan, pool),
        ties=tuple(ties(desk, plan)),
        last_time=team.recuse.last_time or (pool.recusal.last_time if pool else "avoid"),
        most=team.max_visits,
        travel=team.travel == "balance",
        visit_workdays=plan.visit_workdays,
    )


def former_years(plan: CampaignPlan, pool: PoolRules | None) -> int:
    """Return for how many years a former unit keeps somebody away: the plan's, else the pool's, else five."""
    own = plan.team.recuse.former_years
    if own is not None:
        return own
    return pool.recusal.former_years if pool else FORMER_YEARS


def composition_of(plan: CampaignPlan, pool: PoolRules | None) -> Composition | None:
    """Return how teams are composed of the pool of a plan, None when they are not."""
    if pool is None or not plan.team.composition:
        return None
    rule = pool.composition
    by_functions = rule.plus_by_functions if plan.team.n is None else plan.team.n
    return Composition(rule.each_of, by_functions, rule.at_least)


def inspectors(
    desk: Desk, plan: CampaignPlan, pool: PoolRules | None, *, beside: bool = False
) -> Iterable[InspectorFact]:
    """Yield the people who may be chosen, with what else they have to do in the year of the plan."""
    engaged = other_visits(desk, "" if beside else plan.code, plan.period.from_on.year)
    areas, heirs = _areas(desk), _heirs(desk, plan.period.from_on)
    kin = _kin(desk, plan.period.from_on)
    terms = members_between(desk, pool.key, plan.period.from_on, plan.period.to_on) if pool else None
    for person in desk.session.exec(select(Person).where(col(Person.office_id) == desk.office_id)):
        term = terms.get(key_of(person)) if terms is not None else None
        if terms is not None and term is None:
            continue
        visits = engaged.get(key_of(person), ())
        yield InspectorFact(
            person.code,
            heirs.get(person.unit_code or "", person.unit_code or ""),
            frozenset((*_with_heirs(split(person.former_units), kin), *kin.get(person.unit_code or "", ()))),
            frozenset(term.specialties if term and term.specialties else split(person.specialties)),
            frozenset(split(person.roles)),
            load=len(visits),
            busy=frozenset(day for span in visits for day in span),
            area=areas.get(person.unit_code or "", ""),
            from_on=term.from_on if term else None,
            until_on=term.until_on if term else None,
        )


def _heirs(desk: Desk, on: date) -> dict[str, str]:
    """Return {unit that has ended by a day: the unit that goes on for it}; who worked in one worked in the other."""
    units = desk.session.exec(select(Unit).where(col(Unit.office_id) == desk.office_id)).all()
    by_id = {unit.id: unit for unit in units}
    heirs = {}
    for unit in units:
        last = unit
        while last.successor_id and last.valid_until and last.valid_until < on:
            last = by_id[last.successor_id]
        if last is not unit:
            heirs[unit.code] = last.code
    return heirs


def _kin(desk: Desk, on: date) -> dict[str, tuple[str, ...]]:
    """Return {unit: all that carry on for it on a day}, after mergers and divisions alike."""
    lineage = lineage_of(desk)
    if not lineage.descents:
        return {}
    units = desk.session.exec(select(Unit).where(col(Unit.office_id) == desk.office_id)).all()
    codes = {key_of(unit): unit.code for unit in units}
    found = {
        code: sorted(codes[one] for one in lineage.heirs(number, on) - {number})
        for number, code in codes.items()
    }
    return {code: tuple(heirs) for code, heirs in found.items() if heirs}


def _with_heirs(posts: Iterable[str], kin: dict[str, tuple[str, ...]]) -> Iterable[str]:
    for post in posts:
        code, mark, left = post.partition("@")
        yield post
        for heir in kin.get(code, ()):
            yield heir + mark + left


def _unit_facts(desk: Desk, plan: CampaignPlan, units: list[Unit]) -> Iterable[UnitFact]:
    areas = _areas(desk)
    last = _last_teams(desk, plan, units)
    for unit in units:
        yield UnitFact(
            unit.code,
            unit.name,
            frozenset(split(unit.kinds)),
            unit.parent_code,
            areas.get(unit.code, ""),
            frozenset(split(unit.functions)),
            frozenset(last.get(key_of(unit), ())),
        )


def _areas(desk: Desk) -> dict[str, str]:
    """Return {unit: its area, else that of the nearest body above it}."""
    units = desk.session.exec(select(Unit).where(col(Unit.office_id) == desk.office_id)).all()
    own = {unit.code: unit.area for unit in units}
    parents = {unit.code: unit.parent_code for unit in units}
    return {
        code: next((own[above] for above in upwards(code, parents) if own.get(above)), "") for code in own
    }


def _last_teams(desk: Desk, plan: CampaignPlan, units: list[Unit]) -> dict[int, set[str]]:
    """Return {unit id: the people of the last visit there before the period of the plan}."""
    query = (
        select(Visit.unit_id, Visit.id, Person.code)
        .join(Campaign, col(Campaign.id) == col(Visit.campaign_id))
        .join(VisitMember, col(VisitMember.visit_id) == col(Visit.id))
        .join(Person, col(Person.id) == col(VisitMember.person_id))
        .where(
            col(Visit.office_id) == desk.office_id,
            col(Campaign.code) != plan.code,
            col(Visit.from_on) < plan.period.from_on,
            col(Visit.unit_id).in_([key_of(unit) for unit in units]),
        )
        .order_by(col(Visit.from_on), col(Visit.id))
    )
    newest: dict[int, int | None] = {}
    teams: dict[int, set[str]] = {}
    for unit_id, visit_id, code in desk.session.exec(query):
        if newest.get(unit_id) != visit_id:
            newest[unit_id], teams[unit_id] = visit_id, set()
        teams[unit_id].add(code)
    return teams


def ties(desk: Desk, plan: CampaignPlan) -> Iterable[Tie]:
    """Yield who must keep away from which unit by an accepted declaration, or as a maker of what is looked back at."""
    accepted = (
        select(Person.code, Unit.code, RecusalDeclaration.relation)
        .join(Person, col(Person.id) == col(RecusalDeclaration.person_id))
        .join(Unit, col(Unit.id) == col(RecusalDeclaration.unit_id))
        .outerjoin(Campaign, col(Campaign.id) == col(RecusalDeclaration.campaign_id))
        .where(
            col(RecusalDeclaration.office_id) == desk.office_id,
            col(RecusalDeclaration.state) == DeclarationState.ACCEPTED.value,
            or_(col(RecusalDeclaration.campaign_id).is_(None), col(Campaign.code) == plan.code),
        )
        .order_by(col(RecusalDeclaration.id))
    )
    for person, unit, relation in desk.session.exec(accepted):
        yield Tie(person, unit, Relation(relation).ground)
    if plan.kind is CampaignKind.LOOK_BACK and plan.team.recuse.makers:
        yield from _makers(desk, plan.original, plan.period.from_on)


def _makers(desk: Desk, originals: tuple[str, ...], before: date) -> Iterable[Tie]:
    """Yield the teams of the campaigns that are looked back at, each with the unit it visited.

    source   政府督查工作条例 第十七条: who took part in a conclusion does not take part in its review
    """
    query = (
        select(Person.code, Unit.code)
        .join(VisitMember, col(VisitMember.person_id) == col(Person.id))
        .join(Visit, col(Visit.id) == col(VisitMember.visit_id))
        .join(Unit, col(Unit.id) == col(Visit.unit_id))
        .join(Campaign, col(Campaign.id) == col(Visit.campaign_id))
        .where(
            col(Campaign.office_id) == desk.office_id,
            col(Campaign.code).in_(originals),
            col(Visit.from_on) < before,
        )
        .order_by(col(Visit.id), col(Person.code))
    )
    for person, unit in desk.session.exec(query):
        yield Tie(person, unit, Ground.MAKER)
