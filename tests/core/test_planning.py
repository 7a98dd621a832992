"""Plans: lawful teams, even loads, spread days, the same for the same seed, and a named reason when there is none."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.calendar.workdays import Calendar
from core.errors import CalendarMissing, InvalidInput
from core.staffing.composition import Composition
from core.staffing.planning import InspectorFact, ItemFact, PlanRequest, UnitFact, VisitPlan, plan_visits
from core.staffing.recusal import Ground, Tie


@dataclass(frozen=True)
class Table:
    year: int
    status: str = "official"
    off: tuple[date, ...] = ()
    work: tuple[date, ...] = ()


CALENDAR = Calendar.of([Table(2026), Table(2027, "provisional")])
MONDAY = date(2026, 3, 2)
ITEMS = (
    ItemFact("A01", frozenset({"政府部门", "乡镇街道"}), frozenset({"法治宣传"})),
    ItemFact("B01", frozenset({"政府部门"}), frozenset({"行政复议"})),
    ItemFact("C01", frozenset({"乡镇街道"}), frozenset({"基层法治"})),
)


def unit(number: int, kind: str = "政府部门", parent: str | None = None) -> UnitFact:
    return UnitFact(f"D{number:03}", f"示例单位{number}", frozenset({kind}), parent)


def person(
    number: int,
    own: str = "X",
    *,
    former: Sequence[str] = (),
    skills: Sequence[str] = (),
    roles: Sequence[str] = ("inspector", "leader"),
    load: int = 0,
) -> InspectorFact:
    code = f"督察员{number:02}"
    return InspectorFact(code, own, frozenset(former), frozenset(skills), frozenset(roles), load)


def request(units: Sequence[UnitFact], people: Sequence[InspectorFact], **changes: Any) -> PlanRequest:
    base = PlanRequest(
        units=tuple(units),
        items=ITEMS,
        inspectors=tuple(people),
        period_from=MONDAY,
        period_to=date(2026, 3, 27),
        team_size=2,
        seed=20260302,
        calendar=CALENDAR,
    )
    return replace(base, **changes)


def loads(plan: Sequence[VisitPlan]) -> Counter[str]:
    return Counter(member for visit in plan for member in visit.team)


def assert_lawful(asked: PlanRequest, plan: Sequence[VisitPlan]) -> None:
    people = {p.code: p for p in asked.inspectors}
    assert sorted(visit.unit for visit in plan) == sorted(u.code for u in asked.units)
    taken: set[tuple[str, date]] = set()
    for visit in plan:
        assert len(set(visit.team)) == asked.team_size
        assert visit.team[0] == visit.leader
        assert asked.period_from <= visit.from_on <= visit.to_on <= asked.period_to
        assert asked.calendar.between(visit.from_on, visit.to_on) == asked.visit_workdays - 1
        assert asked.calendar.is_workday(visit.from_on)
        if asked.need_leader:
            assert "leader" in people[visit.leader].roles
        for name, count in asked.at_least.items():
            assert sum(name in people[member].specialties for member in visit.team) >= count
        for member in visit.team:
            assert visit.unit not in {people[member].unit, *people[member].former_units}
            for day in {visit.from_on, visit.to_on}:
                assert (member, day) not in taken
                taken.add((member, day))


def test_nobody_visits_the_own_or_a_former_unit() -> None:
    people = [person(1, "D001"), person(2, former=["D001"]), person(3), person(4), person(5, "D002")]
    asked = request([unit(1), unit(2)], people)
    plan = {visit.unit: visit for visit in plan_visits(asked)}
    assert set(plan["D001"].team) <= {"督察员03", "督察员04", "督察员05"}
    assert "督察员05" not in plan["D002"].team
    assert "督察员01、督察员02现在或近5年曾在该单位（含所属单位）任职，回避" in plan["D001"].reasons


def test_staff_of_a_body_that_belongs_to_the_unit_recuse_too() -> None:
    people = [person(1, "D002"), person(2, former=["D002"]), person(3), person(4)]
    plan = plan_visits(request([unit(1), unit(2, parent="D001"), unit(3)], people))
    assert next(visit for visit in plan if visit.unit == "D001").team in {
        ("督察员03", "督察员04"),
        ("督察员04", "督察员03"),
    }


def test_a_circle_of_parents_does_not_hang_the_plan() -> None:
    people = [person(1, "D001"), person(2), person(3)]
    assert len(plan_visits(request([unit(1, parent="D002"), unit(2, parent="D001")], people))) == 2


def test_each_unit_gets_the_items_that_apply_to_its_kind_in_catalogue_order() -> None:
    plan = plan_visits(request([unit(1), unit(2, "乡镇街道")], [person(1), person(2)]))
    assert {visit.unit: visit.items for visit in plan} == {"D001": ("A01", "B01"), "D002": ("A01", "C01")}
    assert {visit.place for visit in plan} == {"示例单位1", "示例单位2"}


def test_loads_differ_by_at_most_one_and_count_earlier_visits() -> None:
    people = [person(i, f"D{i:03}") for i in range(1, 11)]
    plan = plan_visits(request([unit(i) for i in range(1, 38)], people))
    assert max(loads(plan).values()) - min(loads(plan).values()) <= 1
    earlier = [replace(p, load=6 if p.code == "督察员01" else 0) for p in people]
    plan = plan_visits(request([unit(i) for i in range(1, 38)], earlier))
    total = loads(plan) + Counter({"督察员01": 6})
    assert max(total.values()) - min(total.values()) <= 1


def test_leaders_lead_in_turn() -> None:
    plan = plan_visits(request([unit(i) for i in range(1, 21)], [person(i) for i in range(1, 6)]))
    led = Counter(visit.leader for visit in plan)
    assert max(led.values()) - min(led.values()) <= 2


def test_the_days_are_spread_evenly_over_the_working_days_of_the_period() -> None:
    plan = plan_visits(request([unit(i) for i in range(1, 41)], [person(i) for i in range(1, 9)]))
    assert set(Counter(visit.from_on for visit in plan).values()) == {2}
    few = plan_visits(request([unit(i) for i in range(1, 5)], [person(1), person(2)]))
    assert [visit.from_on for visit in few] == [MONDAY + timedelta(7 * i) for i in range(4)]


def test_two_day_visits_stay_within_a_week_and_use_every_day_when_they_must() -> None:
    relaxed = plan_visits(request([unit(i) for i in range(1, 9)], [person(1), person(2)], visit_workdays=2))
    assert all(visit.to_on - visit.from_on == timedelta(1) for visit in relaxed)
    asked = request([unit(i) for i in range(1, 11)], [person(1), person(2)], visit_workdays=2)
    tight = plan_visits(asked)
    assert_lawful(asked, tight)
    assert any(visit.to_on - visit.from_on > timedelta(1) for visit in tight)


def test_the_same_seed_gives_the_same_plan_whatever_the_order_of_the_lists() -> None:
    units, people = [unit(i) for i in range(1, 13)], [person(i, f"D{i:03}") for i in range(1, 9)]
    plan = plan_visits(request(units, people))
    assert plan_visits(request(units[::-1], people[::-1])) == plan
    assert plan_visits(request(units, people, seed=7)) != plan


def test_every_team_has_the_specialists_the_plan_asks_for() -> None:
    people = [person(i, skills=["法治宣传"] if i % 3 == 0 else ["行政复议"]) for i in range(1, 13)]
    asked = request([unit(i) for i in range(1, 21)], people, team_size=3, at_least={"法治宣传": 1})
    plan = plan_visits(asked)
    assert_lawful(asked, plan)
    assert all("要求法治宣传专业不少于1人，本组1人" in visit.reasons for visit in plan)
    assert any(reason.startswith("专业与督察事项对应：") for reason in plan[0].reasons)


def test_only_inspectors_and_leaders_of_the_pool_go_on_visits() -> None:
    plan = plan_visits(request([unit(1)], [person(1), person(2), person(3, roles=["reviewer"], load=-5)]))
    assert "督察员03" not in plan[0].team


def test_a_team_without_a_required_leader_is_led_by_one_of_its_members() -> None:
    people = [person(1, roles=["inspector"]), person(2, roles=["inspector"])]
    (visit,) = plan_visits(request([unit(1)], people, need_leader=False, former_years=0))
    assert f"{visit.leader}牵头，本批次不要求组长资格" in visit.reasons
    assert "人才库中没有现在或曾在该单位（含所属单位）任职的人员" in visit.reasons


def test_days_in_a_year_without_a_notice_are_marked_provisional_in_the_reasons() -> None:
    asked = request(
        [unit(1)], [person(1), person(2)], period_from=date(2027, 3, 1), period_to=date(2027, 3, 5)
    )
    assert "2027年放假通知尚未公布，督察日期为暂定" in plan_visits(asked)[0].reasons


THREE = [person(1), person(2), person(3)]


@pytest.mark.parametrize(
    ("units", "people", "changes", "named"),
    [
        ([unit(1)], [person(1, "D001"), person(2)], {}, ["示例单位1（D001）", "每个督察组成员不少于2人"]),
        (
            [unit(1)],
            [person(1, "D001"), person(2, roles=["inspector"]), person(3, roles=["inspector"])],
            {},
            ["示例单位1（D001）", "每个督察组组长不少于1人"],
        ),
        ([unit(1)], THREE, {"at_least": {"行政复议": 1}}, ["示例单位1", "行政复议专业人员不少于1人"]),
        ([unit(1, "学校")], THREE, {}, ["示例单位1", "至少有1项适用的督察事项"]),
        ([unit(1), unit(2)], THREE, {"period_to": MONDAY}, ["示例单位", "2026-03-02", "延长督察期间"]),
        ([unit(1)], THREE, {"period_from": date(2026, 3, 7), "period_to": date(2026, 3, 8)}, ["工作日不足"]),
        ([unit(1)], THREE, {"period_to": MONDAY, "visit_workdays": 2}, ["工作日不足"]),
        ([unit(1)], THREE, {"team_size": 1}, ["督察组人数", "不少于2人"]),
        ([unit(1)], THREE, {"visit_workdays": 251}, ["单次督察工作日数"]),
        ([unit(1)], THREE, {"period_to": date(2026, 3, 1)}, ["督察期间不符合要求"]),
        ([unit(1)], THREE, {"at_least": {"法治宣传": 3}}, ["法治宣传专业人数"]),
        ([], THREE, {}, ["被督察单位"]),
        ([unit(1), unit(1)], THREE, {}, ["被督察单位编码重复", "D001"]),
        ([unit(1)], [*THREE, person(1)], {}, ["督察员编号重复", "督察员01"]),
    ],
)
def test_an_impossible_request_names_the_unit_and_the_rule(
    units: list[UnitFact], people: list[InspectorFact], changes: dict[str, Any], named: list[str]
) -> None:
    with pytest.raises(InvalidInput) as caught:
        plan_visits(request(units, people, **changes))
    assert all(words in str(caught.value) for words in named), str(caught.value)


def test_a_period_in_an_unknown_year_is_refused() -> None:
    with pytest.raises(CalendarMissing, match="2028年"):
        plan_visits(request([unit(1)], THREE, period_from=date(2027, 12, 1), period_to=date(2028, 1, 31)))


def test_an_unlucky_order_of_the_units_is_drawn_again() -> None:
    # Two pairs of people and two days: a day cannot hold both units that only the same pair may visit.
    west, east = ["D001", "D002"], ["D003", "D004"]
    people = [person(1, former=west), person(2, former=west), person(3, former=east), person(4, former=east)]
    for seed in range(20):
        asked = request([unit(i) for i in range(1, 5)], people, period_to=MONDAY + timedelta(1), seed=seed)
        assert_lawful(asked, plan_visits(asked))


units_drawn = st.integers(1, 5)
people_drawn = st.lists(
    st.tuples(
        st.integers(0, 6),
        st.sets(st.integers(1, 5), max_size=2),
        st.booleans(),
        st.booleans(),
        st.integers(0, 3),
    ),
    min_size=2,
    max_size=7,
)


@given(
    units_drawn,
    people_drawn,
    st.integers(2, 3),
    st.booleans(),
    st.integers(0, 1),
    st.integers(1, 2),
    st.integers(1, 12),
)
def test_in_any_small_world_a_plan_is_lawful_and_repeatable(
    count: int,
    drawn: list[tuple[int, set[int], bool, bool, int]],
    size: int,
    need_leader: bool,
    specialists: int,
    length: int,
    days: int,
) -> None:
    asked = small_world(count, drawn, size, need_leader, specialists, length, days)
    try:
        plan = plan_visits(asked)
    except InvalidInput:
        return
    assert_lawful(asked, plan)
    assert plan_visits(asked) == plan


@given(units_drawn, people_drawn, st.booleans(), st.integers(0, 1))
def test_on_a_single_day_a_plan_is_refused_only_when_no_teams_exist(
    count: int, drawn: list[tuple[int, set[int], bool, bool, int]], need_leader: bool, specialists: int
) -> None:
    asked = small_world(count, drawn, 2, need_leader, specialists, 1, 1)
    try:
        plan_visits(asked)
    except InvalidInput:
        assert not exists_teams(asked, list(asked.units), frozenset())


@given(st.integers(2, 8), st.integers(4, 8), st.lists(st.integers(1, 8), min_size=8, max_size=8))
def test_with_a_visit_a_day_and_one_own_unit_each_loads_are_even(
    count: int, pool: int, own: list[int]
) -> None:
    people = [person(i, f"D{own[i - 1]:03}") for i in range(1, pool + 1)]
    at_home = Counter(p.unit for p in people)
    if pool - max(at_home.values()) < 3:
        return  # so few may visit that unit that its two are forced
    plan = plan_visits(request([unit(i) for i in range(1, count + 1)], people))
    total = [loads(plan)[p.code] for p in people]
    assert max(total) - min(total) <= 1


def small_world(
    count: int,
    drawn: list[tuple[int, set[int], bool, bool, int]],
    size: int,
    need_leader: bool,
    specialists: int,
    length: int,
    days: int,
) -> PlanRequest:
    people = [
        person(
            i,
            f"D{own:03}",
            former=[f"D{n:03}" for n in sorted(former)],
            skills=["法治宣传"] if skilled else [],
            roles=["leader"] if leads else ["inspector"],
            load=load,
        )
        for i, (own, former, leads, skilled, load) in enumerate(drawn, 1)
    ]
    return request(
        [unit(i) for i in range(1, count + 1)],
        people,
        team_size=size,
        need_leader=need_leader,
        at_least={"法治宣传": specialists},
        visit_workdays=length,
        period_to=MONDAY + timedelta(days - 1),
    )


def exists_teams(asked: PlanRequest, left: list[UnitFact], busy: frozenset[str]) -> bool:
    """Try every pair for every unit: slow, plain, and independent of the search under test."""
    if not left:
        return True
    here, *rest = left
    free = [p for p in asked.inspectors if p.code not in busy and here.code not in {p.unit, *p.former_units}]
    for pair in itertools.combinations(free, asked.team_size):
        led = not asked.need_leader or any("leader" in p.roles for p in pair)
        skilled = sum("法治宣传" in p.specialties for p in pair) >= asked.at_least["法治宣传"]
        if led and skilled and exists_teams(asked, rest, busy | {p.code for p in pair}):
            return True
    return False


def test_sixty_inspectors_and_two_hundred_visits_are_planned_evenly() -> None:
    people = [person(i, f"D{i:03}", roles=["leader"] if i % 2 else ["inspector"]) for i in range(1, 61)]
    asked = request([unit(i) for i in range(1, 201)], people, team_size=3, period_to=date(2026, 4, 30))
    plan = plan_visits(asked)
    assert_lawful(asked, plan)
    assert set(loads(plan).values()) == {10}


CORE = ("法治宣传", "行政复议")
MIXED = [
    person(1, skills=["法治宣传", "行政复议"]),
    person(2, skills=["法治宣传"]),
    person(3, skills=["行政复议"]),
    person(4, skills=["应急管理"]),
    person(5, skills=["基层法治"]),
]


def test_a_composed_team_has_its_own_person_for_every_seat() -> None:
    emergency = replace(unit(1), functions=frozenset({"应急管理"}))
    composition = Composition(CORE, 1)
    plan = plan_visits(request([emergency], MIXED, team_size=3, composition=composition))
    team = set(plan[0].team)
    assert "督察员04" in team
    assert len(team & {"督察员01", "督察员02", "督察员03"}) == 2
    (told,) = [reason for reason in plan[0].reasons if reason.startswith("组成规则：")]
    assert all(
        seat in told for seat in ("法治宣传席", "行政复议席", "对口职能席督察员04；对口职能为应急管理")
    )


def test_one_who_fits_two_seats_does_not_fill_both() -> None:
    asked = request([unit(1)], [MIXED[0], MIXED[3], MIXED[4]], team_size=2, composition=Composition(CORE))
    with pytest.raises(InvalidInput) as caught:
        plan_visits(asked)
    assert "法治宣传、行政复议专业人员（各占一席）不少于2人" in str(caught.value)


def test_a_team_smaller_than_its_composition_is_refused() -> None:
    with pytest.raises(InvalidInput, match="不少于人才库组成规则的3席"):
        plan_visits(request([unit(1)], MIXED, team_size=2, composition=Composition(CORE, 1)))


def test_declared_ties_and_makers_keep_people_away_and_the_plan_says_why() -> None:
    ties = (Tie("督察员01", "D001", Ground.KIN), Tie("督察员02", "D001", Ground.MAKER))
    plan = plan_visits(request([unit(1)], [person(i) for i in range(1, 5)], ties=ties))
    assert set(plan[0].team) == {"督察员03", "督察员04"}
    assert "督察员01与该单位存在须回避的情形（亲属关系），回避" in plan[0].reasons
    assert any("回避2人（亲属关系1人、原结论经办人1人）" in reason for reason in plan[0].reasons)
    with pytest.raises(InvalidInput, match="亲属关系1人、原结论经办人1人"):
        plan_visits(request([unit(1)], [person(i) for i in range(1, 4)], ties=ties))


def test_a_former_post_recuses_for_its_years_only() -> None:
    people = [person(1, former=["D001@2020"]), person(2, former=["D001@2024"]), person(3)]
    plan = plan_visits(request([unit(1)], people))
    assert set(plan[0].team) == {"督察员01", "督察员03"}
    with pytest.raises(InvalidInput, match="曾任职2人"):
        plan_visits(request([unit(1)], people, former_years=0))


def test_the_last_team_is_avoided_ignored_or_forbidden_as_the_plan_says() -> None:
    again = replace(unit(1), last_team=frozenset({"督察员01", "督察员02"}))
    people = [person(i) for i in range(1, 5)]
    assert set(plan_visits(request([again], people))[0].team) == {"督察员03", "督察员04"}
    three = plan_visits(request([again], people[:3]))[0]
    assert any("上次也督察过该单位" in reason for reason in three.reasons)
    with pytest.raises(InvalidInput):
        plan_visits(request([again], people[:3], last_time="forbid"))


def test_only_days_within_the_term_in_the_pool_count() -> None:
    people = [person(1), person(2), replace(person(3), until_on=date(2026, 3, 10))]
    people += [replace(person(4), from_on=date(2026, 3, 20))]
    plan = plan_visits(request([unit(i) for i in range(1, 21)], people))
    for visit in plan:
        assert "督察员03" not in visit.team or visit.to_on <= date(2026, 3, 10)
        assert "督察员04" not in visit.team or visit.from_on >= date(2026, 3, 20)


def test_trips_out_of_the_own_area_are_spared_unless_the_plan_ignores_them() -> None:
    people = [replace(person(i), area="东" if i % 2 else "西") for i in range(1, 9)]
    units = [replace(unit(i), area="东" if i % 2 else "西") for i in range(1, 9)]
    areas = {p.code: p.area for p in people} | {u.code: u.area for u in units}
    plan = plan_visits(request(units, people))
    assert all(areas[member] == areas[visit.unit] for visit in plan for member in visit.team)
    assert max(loads(plan).values()) - min(loads(plan).values()) == 0
    loose = plan_visits(request(units, people, travel=False))
    assert any(areas[member] != areas[visit.unit] for visit in loose for member in visit.team)


def test_staff_of_a_body_that_is_not_visited_recuse_from_the_one_above_it() -> None:
    people = [person(1, "D009"), person(2), person(3)]
    plan = plan_visits(request([unit(1)], people, parents={"D009": "D001"}))
    assert set(plan[0].team) == {"督察员02", "督察员03"}


def test_every_member_is_explained_and_the_others_are_counted() -> None:
    people = [person(i, "D001" if i == 5 else "X") for i in range(1, 6)]
    (visit,) = plan_visits(request([unit(1)], people))
    for member in visit.team:
        assert any(reason.startswith(f"选用{member}：") for reason in visit.reasons)
    assert "人才库可用人员5人中：回避1人（现任职1人）；其余2人按任务量、专业和路程未选" in visit.reasons
    assert any(reason.startswith("随机种子20260302；") for reason in visit.reasons)
