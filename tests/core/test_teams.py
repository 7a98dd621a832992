"""The choice of people for fixed days: shortages by name, and chains of replacements that never break a team."""

from __future__ import annotations

from core.teams import Need, Shortage, Sitting, Staffing, _Balance, assign

PEOPLE = ("甲", "乙", "丙", "丁", "戊")
POOL = frozenset(PEOPLE)


def staffing(sittings: list[Sitting], *needs: Need, size: int = 2, **load: int) -> Staffing:
    return Staffing(
        sittings=tuple(sittings),
        size=size,
        needs=needs,
        load=dict.fromkeys(PEOPLE, 0) | load,
        skills={person: frozenset({"法治宣传"} if person == "戊" else ()) for person in PEOPLE},
        tie={person: rank for rank, person in enumerate(PEOPLE)},
    )


def sitting(unit: str, slot: int = 0, eligible: frozenset[str] = POOL) -> Sitting:
    return Sitting(unit, slot, eligible, frozenset({"法治宣传"}))


def test_among_equally_loaded_people_one_with_a_missing_speciality_comes_first() -> None:
    assert assign(staffing([sitting("D1")])) == {"D1": ["戊", "甲"]}


def test_the_scarce_are_kept_for_the_team_that_needs_them() -> None:
    leaders = Need("组长", 1, frozenset({"甲", "乙"}))
    teams = assign(staffing([sitting("D1"), sitting("D2")], leaders))
    assert isinstance(teams, dict)
    assert [len({"甲", "乙"} & set(team)) for team in teams.values()] == [1, 1]


def test_more_needs_than_seats_is_a_shortage_of_that_unit_and_rule() -> None:
    needs = [Need(label, 1, frozenset({person})) for label, person in zip("ABC", PEOPLE, strict=False)]
    assert assign(staffing([sitting("D1")], *needs)) == Shortage("D1", 0, "C")


def test_a_person_two_visits_ahead_hands_one_on_through_a_third() -> None:
    # 甲 may only be replaced by 乙, and only 乙 by 丙, who has been nowhere.
    first = sitting("D1", 0, frozenset({"甲", "乙", "丁"}))
    second = sitting("D2", 1, frozenset({"乙", "丙", "戊"}))
    teams = {"D1": ["甲", "丁"], "D2": ["乙", "戊"]}
    load = {"甲": 3, "乙": 2, "丙": 1, "丁": 1, "戊": 1}
    _Balance(staffing([first, second]), teams, load).run()
    assert teams == {"D1": ["乙", "丁"], "D2": ["丙", "戊"]}
    assert load == {"甲": 2, "乙": 2, "丙": 2, "丁": 1, "戊": 1}


def test_a_chain_that_would_break_a_team_is_undone() -> None:
    leaders = Need("组长", 1, frozenset({"甲", "丙"}))
    teams = {"D1": ["甲", "丙"], "D2": ["乙", "戊"]}
    load = dict.fromkeys(PEOPLE, 1)
    balance = _Balance(staffing([sitting("D1"), sitting("D2", 1)], leaders), teams, load)
    assert not balance._apply([("D1", "丙", "丁"), ("D2", "乙", "丙"), ("D1", "甲", "乙")])
    assert teams == {"D1": ["甲", "丙"], "D2": ["乙", "戊"]}
    assert load == dict.fromkeys(PEOPLE, 1)
