"""Every life, every (state, act) pair, against tables written out by hand."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import pytest

from core.errors import IllegalMove
from core.life.lives import (
    CALENDAR_MOVES,
    CALENDAR_STATE_LABELS,
    CAMPAIGN_MOVES,
    DOCUMENT_MOVES,
    DOCUMENT_STATE_LABELS,
    FINDING_MOVES,
    MESSAGE_MOVES,
    MESSAGE_STATE_LABELS,
    REFERRAL_MOVES,
    REFERRAL_STATE_LABELS,
    CalendarAct,
    CalendarState,
    CampaignAct,
    CampaignState,
    DocumentAct,
    DocumentState,
    FindingAct,
    FindingState,
    MessageAct,
    MessageState,
    ReferralAct,
    ReferralState,
)
from core.life.moves import acts_from, step

# Each line: a state, then what each possible act makes of it; everything else is refused.
CAMPAIGN = """
planned   approve=approved call_off=called_off
approved  open=open call_off=called_off
open      close=closed
closed
called_off
"""
FINDING = """
paper      confirm=confirmed withdraw=withdrawn
confirmed  withdraw=withdrawn
withdrawn
"""
DOCUMENT = """
draft      sheet=in_review edit=draft sign=signed void=void
in_review  sheet=in_review approve=in_review return=draft edit=draft sign=signed void=void
signed     seal=sealed issue=issued void=void
sealed     issue=issued void=void
issued     serve=served void=void
served     serve=served
void
"""
MESSAGE = """
ready      claim=sending cancel=cancelled reject=rejected lose_track=unknown
sending    accept=accepted reject=rejected defer=ready lose_track=unknown
accepted   bounce=bounced
rejected   resend=ready
unknown    accept=accepted reject=rejected defer=ready resend=ready bounce=bounced
bounced    resend=ready retry=ready
cancelled
"""
REFERRAL = """
screening  screen=opinion decline=declined
opinion    study=study decline=declined send_back=screening
study      approve=approved decline=declined send_back=screening
approved   send=sent decline=declined
declined
sent       receipt=received return=returned pass_on=passed_on
received   result=resulted return=returned pass_on=passed_on
returned   send=sent close=closed
passed_on  receipt=received result=resulted return=returned pass_on=passed_on
resulted   result=resulted close=closed
closed
"""
CALENDAR = """
proposed   confirm=in_force reject=rejected replace=replaced
in_force
rejected
replaced
"""
Moves = Mapping[tuple[Any, Any], Any]
LIVES: list[tuple[str, Moves, type[StrEnum], type[StrEnum], str]] = [
    ("campaign", CAMPAIGN_MOVES, CampaignState, CampaignAct, CAMPAIGN),
    ("finding", FINDING_MOVES, FindingState, FindingAct, FINDING),
    ("document", DOCUMENT_MOVES, DocumentState, DocumentAct, DOCUMENT),
    ("message", MESSAGE_MOVES, MessageState, MessageAct, MESSAGE),
    ("referral", REFERRAL_MOVES, ReferralState, ReferralAct, REFERRAL),
    ("calendar", CALENDAR_MOVES, CalendarState, CalendarAct, CALENDAR),
]
NAMES = [life[0] for life in LIVES]
PAIRS = [
    pytest.param(moves, text, state, act, id=f"{name}-{state.value}-{act.value}")
    for name, moves, states, acts, text in LIVES
    for state, act in itertools.product(states, acts)
]


def read(text: str) -> dict[str, dict[str, str]]:
    """Return {state: {act: state after it}}."""
    lines = [line.split() for line in text.strip().splitlines()]
    return {state: dict(move.split("=") for move in moves) for state, *moves in lines}


@pytest.mark.parametrize(("_name", "_moves", "states", "_acts", "text"), LIVES, ids=NAMES)
def test_the_expectation_names_every_state(
    _name: str, _moves: Moves, states: type[StrEnum], _acts: type[StrEnum], text: str
) -> None:
    assert set(read(text)) == {state.value for state in states}


@pytest.mark.parametrize(("moves", "text", "state", "act"), PAIRS)
def test_every_pair_ends_as_the_table_says(moves: Moves, text: str, state: StrEnum, act: StrEnum) -> None:
    expected = read(text)[state.value]
    if act.value in expected:
        assert step(moves, state, act, "事") == expected[act.value]
        return
    with pytest.raises(IllegalMove) as refused:
        step(moves, state, act, "事")
    assert set(refused.value.allowed) == set(expected) == set(acts_from(moves, state))
    assert (refused.value.state, refused.value.act) == (state, act)


@pytest.mark.parametrize(
    ("moves", "ends"),
    [
        (CAMPAIGN_MOVES, {"closed", "called_off"}),
        (FINDING_MOVES, {"withdrawn"}),
        (DOCUMENT_MOVES, {"void"}),
        (MESSAGE_MOVES, {"cancelled"}),
        (REFERRAL_MOVES, {"declined", "closed"}),
        (CALENDAR_MOVES, {"in_force", "rejected", "replaced"}),
    ],
)
def test_a_life_ends_only_where_it_should(moves: Moves, ends: set[str]) -> None:
    assert set(moves.values()) - {state for state, _act in moves} == ends


def test_no_act_of_a_machine_leads_from_unknown_back_to_sending() -> None:
    leaving = {act for state, act in MESSAGE_MOVES if state is MessageState.UNKNOWN}
    # DEFER is what the journal of the sender's machine may show later: the mail had never begun.
    told = {MessageAct.ACCEPT, MessageAct.REJECT, MessageAct.BOUNCE, MessageAct.DEFER}
    assert leaving == {MessageAct.RESEND, *told}


def test_a_mail_goes_out_again_only_after_a_person_said_so_or_after_it_came_back() -> None:
    again = {
        (state, act) for (state, act), after in MESSAGE_MOVES.items()
        if after is MessageState.READY and act is not MessageAct.DEFER
    }  # fmt: skip
    assert {state for state, act in again if act is MessageAct.RETRY} == {MessageState.BOUNCED}
    assert {act for _state, act in again} == {MessageAct.RESEND, MessageAct.RETRY}


def test_no_referral_is_sent_without_opinion_study_and_approval() -> None:
    path, state = [], ReferralState.SCREENING
    for act in ("screen", "study", "approve", "send"):
        path.append(state.value)
        state = step(REFERRAL_MOVES, state, ReferralAct(act), "线索")
    assert path == ["screening", "opinion", "study", "approved"]
    into_sent = {start for (start, _act), after in REFERRAL_MOVES.items() if after is ReferralState.SENT}
    assert into_sent == {ReferralState.APPROVED, ReferralState.RETURNED}


def test_every_state_that_is_shown_has_its_own_word() -> None:
    for states, labels in (
        (DocumentState, DOCUMENT_STATE_LABELS),
        (MessageState, MESSAGE_STATE_LABELS),
        (ReferralState, REFERRAL_STATE_LABELS),
        (CalendarState, CALENDAR_STATE_LABELS),
    ):
        assert set(labels) == set(states)
        assert len(set(labels.values())) == len(labels)
