"""The life of a matter of litigation: every state and act, results, guardrails in texts, derived factors."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.workdays import load_years
from core.calendar.statutory import add_months
from core.calendar.workdays import Calendar
from core.errors import IllegalMove, InvalidInput, NotAllowed
from core.ladders.guardrails import keep_guardrails, refuse_judging_courts, refuse_pressing_plaintiffs
from core.ladders.matterfactors import LostBefore, derive_factors, settle_factors
from core.ladders.matters import Matter
from core.life.matterlife import (
    ACT_OF,
    BAD,
    MATTER,
    MATTER_MOVES,
    OVER,
    RESULTS_OF,
    MatterAct,
    MatterKind,
    MatterState,
    Result,
)
from core.rulebook.litigation import LitigationLadder
from core.text.yamltext import read_yaml
from system.paths import RULES_DIR

CALENDAR = Calendar.of(load_years())
TREE = read_yaml((RULES_DIR / "litigation/county.yaml").read_text(encoding="utf-8"), "").tree
assert isinstance(TREE, dict)
LADDER = LitigationLadder.model_validate({"key": "county", **TREE})
TODAY = date(2026, 3, 12)


@pytest.mark.parametrize(("state", "act"), list(product(MatterState, MatterAct)))
def test_every_state_and_act_is_a_move_or_refused_by_name(state: MatterState, act: MatterAct) -> None:
    if (state, act) in MATTER_MOVES:
        assert MATTER.step(state, act) is MATTER_MOVES[state, act]
    else:
        with pytest.raises(IllegalMove):
            MATTER.step(state, act)


def test_every_state_can_be_reached_and_every_living_state_can_be_left() -> None:
    reached, before = {MATTER.start}, set[object]()
    while reached != before:
        before = set(reached)
        reached |= {after for (state, _act), after in MATTER_MOVES.items() if state in before}
    assert reached == set(MatterState)
    assert {state for state in MatterState if not MATTER.acts(state)} == OVER


@pytest.mark.parametrize("act", list(MatterAct))
def test_no_unit_ever_carries_out_an_act_on_a_matter_against_itself(act: MatterAct) -> None:
    with pytest.raises(NotAllowed):
        MATTER.permit(act, "D001:liaison", ["unit"])


def test_a_settlement_or_a_withdrawal_is_no_loss() -> None:
    assert not {Result.SETTLED, Result.WITHDRAWN, Result.WON, Result.ANSWERED} & BAD


def test_each_kind_of_matter_has_results_and_each_result_an_act() -> None:
    assert set(RESULTS_OF) == set(MatterKind)
    assert set(ACT_OF) == set(Result) == set().union(*RESULTS_OF.values())


# ---- guardrails in texts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["一审判决明显错误", "法院偏袒原告", "合议庭裁判不公", "法官枉法裁判", "法院的裁定适用程序错误"],
)
def test_a_warning_never_judges_a_court(text: str) -> None:
    with pytest.raises(InvalidInput, match="评价了法院裁判"):
        refuse_judging_courts(text, "评分理由")


@pytest.mark.parametrize(
    "text", ["被诉处罚决定认定事实不清", "法院通知3月20日开庭", "按判决要求履行", "行政行为程序错误"]
)
def test_a_word_about_the_act_that_was_sued_is_no_word_about_the_court(text: str) -> None:
    refuse_judging_courts(text, "评分理由")


@pytest.mark.parametrize(
    "text",
    ["动员原告撤诉", "责成村委会劝阻当事人起诉", "限制其申请复议", "迫使申请人撤回申请", "要求对方不再起诉"],
)
def test_no_text_asks_for_pressure_on_a_plaintiff(text: str) -> None:
    with pytest.raises(InvalidInput, match="要求原告撤诉或限制复议、起诉"):
        refuse_pressing_plaintiffs(text, "化解方案")


@pytest.mark.parametrize(
    "text",
    [
        "不得要求原告撤诉",
        "严禁动员当事人撤诉",
        "主动纠错后与原告协商和解，由其自愿撤诉",
        "原告自愿撤诉并经法院准许",
        "依法支持当事人起诉、申请复议",
    ],
)
def test_a_text_that_forbids_pressure_or_speaks_of_free_will_passes(text: str) -> None:
    keep_guardrails(text, "化解方案")


# ---- factors that the machine works out --------------------------------------------------------------------------


def derived(matter: Matter, *lost: LostBefore, on: date = TODAY) -> dict[str, bool]:
    return {one.code: one.holds for one in derive_factors(LADDER, matter, lost, on, CALENDAR)}


def test_the_file_leaves_two_factors_to_the_machine() -> None:
    assert {one.code: one.derived for one in LADDER.factors if one.derived} == {
        "F6": "defence_near",
        "F7": "same_cause_lost",
    }


@pytest.mark.parametrize(
    ("on", "holds"), [(date(2026, 3, 11), False), (date(2026, 3, 12), True), (date(2026, 3, 17), True)]
)
def test_the_defence_is_near_from_the_day_on_that_the_ladder_names(on: date, holds: bool) -> None:
    matter = Matter(dates={"defence_due": date(2026, 3, 17)})
    assert derived(matter, on=on)["F6"] is holds


def test_a_defence_that_was_handed_in_before_is_not_near() -> None:
    due, done = date(2026, 3, 17), date(2026, 3, 11)
    assert not derived(Matter(dates={"defence_due": due}, facts={"defence_submitted": done}))["F6"]
    assert not derived(Matter())["F6"]


@given(st.integers(0, 800))
def test_a_loss_for_the_same_cause_counts_for_as_many_months_as_the_ladder_says(days: int) -> None:
    lost = LostBefore("（2025）示0101行初3号", TODAY - timedelta(days))
    within = lost.on > add_months(TODAY, -LADDER.unit_rate.months)
    assert derived(Matter(), lost)["F7"] is within


def test_what_the_machine_found_joins_what_a_person_found_in_the_order_of_the_file() -> None:
    matter = Matter(dates={"defence_due": date(2026, 3, 17)})
    found = derive_factors(LADDER, matter, (), TODAY, CALENDAR)
    assert settle_factors(LADDER, ("F8", "F3"), found) == ("F3", "F6", "F8")


def test_a_person_cannot_claim_what_the_records_contradict_nor_what_no_rule_knows() -> None:
    found = derive_factors(LADDER, Matter(), (), TODAY, CALENDAR)
    with pytest.raises(InvalidInput, match="由系统推定"):
        settle_factors(LADDER, ("F7",), found)
    with pytest.raises(InvalidInput, match="没有这个风险因子"):
        settle_factors(LADDER, ("F9",), found)
