"""The lives of leads and of what is handed over: every pair of state and act, the limits, the sums of sanctions."""

from __future__ import annotations

import itertools
from datetime import date
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.calendar.workdays import Calendar
from core.errors import IllegalMove, NotAllowed
from core.life.incominglife import INCOMING, IncomingAct
from core.life.leadlife import CLOCK_LABELS, DISPUTE_LABELS, LEAD, LEAD_EXTENSION, Dispute, LeadAct, LeadClock
from core.life.lives import ReferralAct
from core.life.machines import Machine
from core.life.referrallife import GROUPS, REFERRAL, totals, transfer_by
from core.rulebook import CalendarYear
from core.rulebook.leads import Limit
from core.text.yamltext import read_yaml
from system.paths import RULES_DIR

CALENDAR = Calendar.of(
    CalendarYear.model_validate(read_yaml(path.read_text(encoding="utf-8"), path.name).tree)
    for path in sorted((RULES_DIR / "calendars").glob("*.yaml"))
)
LEADS = """
registered   check=checking transfer=transferred return=returned merge=merged
checking     check=checking conclude=checking transfer=transferred establish=established decline=not_handled \
return=returned merge=merged
transferred  conclude=transferred answer=transferred take_back=checking establish=established reply=replied close=closed
established  reply=replied close=closed
not_handled  reply=replied close=closed
replied      reply=replied answer=replied close=closed
closed
returned
merged
"""
HANDED = """
registered  assign=assigned close=closed return=returned
assigned    assign=assigned answer=answered close=closed return=returned
answered    answer=answered close=closed
closed
returned
"""
ASKED = """
requested  grant=granted refuse=refused
granted
refused
"""
LIVES: list[tuple[Machine, type[StrEnum], str]] = [
    (LEAD, LeadAct, LEADS),
    (INCOMING, IncomingAct, HANDED),
    (LEAD_EXTENSION, type(next(iter(LEAD_EXTENSION.moves))[1]), ASKED),
]


def read(text: str) -> dict[str, dict[str, str]]:
    lines = [line.split() for line in text.strip().splitlines()]
    return {state: dict(move.split("=") for move in moves) for state, *moves in lines}


@pytest.mark.parametrize(
    ("machine", "text", "state", "act"),
    [
        pytest.param(machine, text, state, act, id=f"{machine.code}-{state.value}-{act.value}")
        for machine, acts, text in LIVES
        for state, act in itertools.product(machine.states, acts)
    ],
)
def test_every_pair_ends_as_the_table_says(machine: Machine, text: str, state: StrEnum, act: StrEnum) -> None:
    expected = read(text)[state.value]
    if act.value in expected:
        assert machine.step(state.value, act).value == expected[act.value]
        return
    with pytest.raises(IllegalMove) as refused:
        machine.step(state.value, act)
    assert set(refused.value.allowed) == set(expected)


@pytest.mark.parametrize(
    ("machine", "acts"), [(LEAD, LeadAct), (INCOMING, IncomingAct), (REFERRAL, ReferralAct)]
)
def test_every_state_and_act_has_words_and_no_unit_may_do_anything(machine: Machine, acts: Any) -> None:
    assert set(machine.state_labels) == set(machine.states)
    assert set(machine.act_labels) == set(machine.actors) == set(acts)
    for act in acts:
        assert "unit" not in machine.actors[act]
        with pytest.raises(NotAllowed):
            machine.permit(act, "D001:head", {"unit"})


def test_only_the_principal_officer_decides_what_accuses_or_lets_go() -> None:
    assert LEAD.actors[LeadAct.ESTABLISH] == LEAD.actors[LeadAct.DECLINE] == {"director"}
    assert REFERRAL.actors[ReferralAct.APPROVE] == REFERRAL.actors[ReferralAct.DECLINE] == {"director"}
    assert set(DISPUTE_LABELS) == set(Dispute)
    assert set(CLOCK_LABELS) == set(LeadClock)


def test_a_transfer_is_due_fifteen_working_days_after_the_study_or_ten_after_the_reason_ended() -> None:
    studied = date(2026, 2, 11)
    assert transfer_by(CALENDAR, studied, 15, unblocked_on=None, after_block=10) == date(2026, 3, 10)
    early = transfer_by(CALENDAR, studied, 15, unblocked_on=date(2026, 2, 12), after_block=10)
    assert early == date(2026, 3, 10)  # a reason that ended early does not shorten the limit
    late = transfer_by(CALENDAR, studied, 15, unblocked_on=date(2026, 9, 23), after_block=10)
    assert late == date(2026, 10, 14)


@given(
    st.dates(date(2026, 1, 5), date(2026, 6, 30)),
    st.integers(0, 120),
    st.integers(1, 30),
    st.integers(1, 20),
)
def test_a_special_reason_never_brings_the_limit_forward(
    start: date, wait: int, days: int, after: int
) -> None:
    plain = transfer_by(CALENDAR, start, days, unblocked_on=None, after_block=after)
    moved = transfer_by(
        CALENDAR, start, days, unblocked_on=date.fromordinal(start.toordinal() + wait), after_block=after
    )
    assert moved >= plain


def test_the_limits_of_the_petition_rules_roll_over_holidays() -> None:
    limit = Limit(count=30, unit="day")
    assert limit.due(date(2026, 9, 3), CALENDAR).due_on == date(2026, 10, 8)
    assert limit.due(date(2026, 1, 16), CALENDAR).due_on == date(2026, 2, 24)
    assert Limit(count=60, unit="day").due(date(2026, 3, 2), CALENDAR, more=30).due_on == date(2026, 6, 1)
    assert Limit(count=5, unit="workday").due(date(2026, 2, 11), CALENDAR).due_on == date(2026, 2, 25)


@given(st.lists(st.tuples(st.sampled_from(["warning", "talk", "post", "criminal"]), st.integers(0, 9))))
def test_the_sums_of_sanctions_are_those_of_their_groups(counts: list[tuple[str, int]]) -> None:
    groups = {
        "warning": "disciplinary",
        "talk": "educational",
        "post": "organisational",
        "criminal": "criminal",
    }
    found = totals(counts, groups)
    assert set(found) == set(GROUPS)
    assert sum(found.values()) == sum(number for _kind, number in counts)
    assert found["educational"] == sum(number for kind, number in counts if kind == "talk")
