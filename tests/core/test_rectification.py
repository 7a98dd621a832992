"""The life of a case: every (state, act) pair against a table written out by hand, roles, verdicts and suspension."""

from __future__ import annotations

import itertools

import pytest

from core.errors import IllegalMove, InvalidInput
from core.life.rectification import (
    ACTORS,
    CASE_ACT_LABELS,
    CASE_STATE_LABELS,
    CLOCK_RUNS,
    KEYS,
    MOVES,
    SETTLED,
    VERDICTS,
    CaseAct,
    CaseState,
    Role,
    effective_act,
    move_case,
    possible_acts,
)

# One column a state, one row an act; a dot means that the act is refused there.
STATES = (
    "open",
    "planned",
    "rectifying",
    "closure_applied",
    "verified",
    "closed",
    "look_back",
    "archived",
    "withdrawn",
)
EXPECTED = """
acknowledge        open      planned    rectifying      .               .          .          .          .          .
submit_plan        planned   planned    planned         .               .          .          .          .          .
approve_plan       .         rectifying .               .               .          .          .          .          .
return_plan        .         open       .               .               .          .          .          .          .
report_progress    open      planned    rectifying      .               .          .          .          .          .
request_extension  open      planned    rectifying      .               .          .          .          .          .
decide_extension   open      planned    rectifying      .               .          .          .          .          .
object             open      planned    rectifying      .               .          .          .          .          .
decide_objection   open      planned    rectifying      .               .          .          .          .          .
suspend            open      planned    rectifying      .               .          .          .          .          .
resume             .         .          .               .               .          .          .          .          .
apply_closure      .         .          closure_applied .               .          .          .          .          .
verify             .         .          .               verified        .          .          .          .          .
return             .         .          .               rectifying      rectifying .          .          .          .
close              .         .          .               .               closed     .          .          .          .
schedule_look_back .         .          .               .               .          look_back  look_back  .          .
look_back          .         .          .               .               .          .          archived   .          .
reopen             .         .          .               .               .          rectifying rectifying rectifying .
withdraw           withdrawn withdrawn  withdrawn       withdrawn       .          .          .          .          .
correct_on_spot    verified  .          .               .               .          .          .          .          .
flag               open      planned    rectifying      closure_applied verified   .          .          .          .
endorse            open      planned    rectifying      .               .          .          .          .          .
withdraw_request   open      planned    rectifying      .               .          .          .          .          .
request_long_term  open      planned    rectifying      .               .          .          .          .          .
decide_long_term   open      planned    rectifying      .               .          .          .          .          .
review_stage       open      planned    rectifying      .               .          .          .          .          .
admit_objection    open      planned    rectifying      .               .          .          .          .          .
refer              open      planned    rectifying      closure_applied verified   .          .          .          .
release            open      planned    rectifying      closure_applied verified   .          .          .          .
record_complaint   .         .          .               .               verified   .          .          .          .
settle_complaint   .         .          .               .               verified   .          .          .          .
"""
TABLE = {
    (state, act): after
    for act, *row in (line.split() for line in EXPECTED.strip().splitlines())
    for state, after in zip(STATES, row, strict=True)
}
PAIRS = list(itertools.product(CaseState, CaseAct))
SUSPENDED_ACTS = (
    *("resume", "report_progress", "flag", "withdraw", "decide_objection", "release", "withdraw_request"),
)


def test_the_expectation_covers_every_pair() -> None:
    assert set(TABLE) == {(state.value, act.value) for state, act in PAIRS}


@pytest.mark.parametrize(("state", "act"), PAIRS, ids=lambda code: str(code.value))
def test_every_pair_of_state_and_act_ends_as_the_table_says(state: CaseState, act: CaseAct) -> None:
    expected = TABLE[state.value, act.value]
    if expected != ".":
        assert move_case(state, act) == expected
        return
    with pytest.raises(IllegalMove) as refused:
        move_case(state, act)
    assert refused.value.allowed == possible_acts(state)
    assert set(refused.value.allowed) == {a for (s, a), after in TABLE.items() if s == state and after != "."}


@pytest.mark.parametrize(("state", "act"), PAIRS, ids=lambda code: str(code.value))
def test_a_suspended_case_takes_only_what_does_not_need_its_clock(state: CaseState, act: CaseAct) -> None:
    running = state in (CaseState.OPEN, CaseState.PLANNED, CaseState.RECTIFYING)
    if act is CaseAct.RESUME and running:
        assert move_case(state, act, suspended=True) is state
    elif act in SUSPENDED_ACTS and (state, act) in MOVES:
        assert move_case(state, act, suspended=True) is MOVES[state, act]
    else:
        with pytest.raises(IllegalMove):
            move_case(state, act, suspended=True)


def test_a_suspended_case_names_what_it_takes() -> None:
    assert set(possible_acts(CaseState.RECTIFYING, suspended=True)) == set(SUSPENDED_ACTS)
    with pytest.raises(IllegalMove, match="已中止计时") as refused:
        move_case(CaseState.RECTIFYING, CaseAct.APPLY_CLOSURE, suspended=True)
    assert set(refused.value.allowed) == set(SUSPENDED_ACTS)


def test_a_case_whose_clock_runs_has_nothing_to_resume() -> None:
    with pytest.raises(IllegalMove, match="未中止计时"):
        move_case(CaseState.RECTIFYING, CaseAct.RESUME)


@pytest.mark.parametrize(
    ("act", "verdict", "carried_out"),
    [
        ("verify", "passed", "verify"),
        ("verify", "failed", "return"),
        ("look_back", "held", "look_back"),
        ("look_back", "rebounded", "reopen"),
        ("decide_extension", "granted", "decide_extension"),
        ("decide_extension", "refused", "decide_extension"),
        ("decide_objection", "upheld", "withdraw"),
        ("decide_objection", "rejected", "decide_objection"),
        ("decide_objection", "changed", "decide_objection"),
        ("endorse", "declined", "endorse"),
        ("review_stage", "missed", "review_stage"),
        ("settle_complaint", "unfounded", "settle_complaint"),
        ("settle_complaint", "founded", "return"),
    ],
)
def test_a_verdict_that_says_no_turns_the_act(act: str, verdict: str, carried_out: str) -> None:
    assert effective_act(CaseAct(act), verdict) == carried_out


@pytest.mark.parametrize("act", VERDICTS)
@pytest.mark.parametrize("verdict", [None, "", "maybe"])
def test_an_unknown_verdict_is_refused_with_the_choices(act: CaseAct, verdict: str | None) -> None:
    with pytest.raises(InvalidInput) as refused:
        effective_act(act, verdict)
    assert all(choice in refused.value.expected for choice in VERDICTS[act])


def test_an_act_without_a_verdict_is_carried_out_as_it_is() -> None:
    assert all(effective_act(act, None) is act for act in CaseAct if act not in VERDICTS)


ROLES = {
    "acknowledge": "unit officer",
    "submit_plan": "unit officer",
    "approve_plan": "officer director leader reviewer",
    "return_plan": "officer director leader reviewer",
    "report_progress": "unit officer",
    "request_extension": "unit officer",
    "decide_extension": "director",
    "object": "unit officer",
    "decide_objection": "director reviewer",
    "suspend": "director",
    "resume": "officer director",
    "apply_closure": "unit officer",
    "verify": "verifier inspector leader",
    "return": "officer director verifier leader",
    "close": "director",
    "schedule_look_back": "officer director",
    "look_back": "verifier inspector leader",
    "reopen": "officer director",
    "withdraw": "director",
    "correct_on_spot": "inspector leader officer",
    "flag": "officer director verifier inspector leader reviewer",
    "endorse": "unit",
    "withdraw_request": "unit officer",
    "request_long_term": "unit officer",
    "decide_long_term": "director",
    "review_stage": "officer director verifier leader",
    "admit_objection": "director reviewer",
    "refer": "officer director reviewer linkage",
    "release": "director",
    "record_complaint": "officer director",
    "settle_complaint": "officer director",
}


@pytest.mark.parametrize("act", CaseAct)
def test_every_act_is_open_to_its_roles_only(act: CaseAct) -> None:
    assert {role.value for role in ACTORS[act]} == set(ROLES[act.value].split())


def test_the_unit_never_decides_on_its_own_case() -> None:
    decides = {act for act, roles in ACTORS.items() if Role.UNIT in roles}
    assert decides == {
        "acknowledge",
        "submit_plan",
        "report_progress",
        "request_extension",
        "object",
        "apply_closure",
        "endorse",
        "withdraw_request",
        "request_long_term",
    }


def test_every_state_and_act_has_its_own_word() -> None:
    assert set(CASE_STATE_LABELS) == set(CaseState)
    assert set(CASE_ACT_LABELS) == set(CaseAct)
    assert len(set(CASE_STATE_LABELS.values())) == len(CaseState)


def test_an_act_with_a_verdict_asks_for_it() -> None:
    assert all("verdict*" in KEYS[act] for act in VERDICTS)


def test_the_clock_runs_only_while_the_unit_has_to_act() -> None:
    assert {"open", "planned", "rectifying"} == CLOCK_RUNS
    assert {"closed", "look_back", "archived", "withdrawn"} == SETTLED


def test_every_state_can_be_reached_from_the_start() -> None:
    reached = {CaseState.OPEN}
    for _ in CaseState:
        reached |= {after for (state, _act), after in MOVES.items() if state in reached}
    assert reached == set(CaseState)
