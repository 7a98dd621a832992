"""Every machine: each (state, act, role) does what the tables say, every state is reached and left, all has words."""

from __future__ import annotations

import importlib
import itertools
from enum import StrEnum
from pathlib import Path

import pytest

from core.access.permissions import ADMINS
from core.errors import IllegalMove, NotAllowed
from core.life.everymachine import MACHINES
from core.life.machines import Machine
from core.life.rectification import Role
from core.life.statediagram import ROLE_LABELS, ends, state_page, who
from tests.core.statepage import PAGE

ROLES = (*(role.value for role in Role), *sorted(ADMINS))
EACH = [pytest.param(machine, id=machine.code) for machine in MACHINES]
TRIPLES = [
    pytest.param(machine, state, act, id=f"{machine.code}-{state.value}-{act.value}")
    for machine in MACHINES
    for state, act in itertools.product(machine.states, type(next(iter(machine.moves))[1]))
]


@pytest.mark.parametrize(("machine", "state", "act"), TRIPLES)
def test_every_state_act_and_role_ends_as_the_tables_say(
    machine: Machine, state: StrEnum, act: StrEnum
) -> None:
    for role in ROLES:
        possible, permitted = (state, act) in machine.moves, role in machine.actors.get(act, frozenset())
        assert (act.value in machine.acts(state, {role})) == (possible and permitted)
        if possible:
            assert machine.step(state, act) is machine.moves[state, act]
        else:
            with pytest.raises(IllegalMove) as refused:
                machine.step(state, act)
            assert refused.value.allowed == machine.acts(state)
        if permitted:
            machine.permit(act, "P01", {role})
        else:
            with pytest.raises(NotAllowed, match=machine.act_labels[act]):
                machine.permit(act, "P01", {role})


@pytest.mark.parametrize("machine", EACH)
def test_every_state_is_reached_from_the_start(machine: Machine) -> None:
    reached = {machine.start}
    for _ in machine.states:
        reached |= {after for (state, _act), after in machine.moves.items() if state in reached}
    assert reached == set(machine.states)


@pytest.mark.parametrize("machine", EACH)
def test_every_state_leads_to_an_end(machine: Machine) -> None:
    safe = set(ends(machine))
    assert safe
    for _ in machine.states:
        safe |= {state for (state, _act), after in machine.moves.items() if after in safe}
    assert safe == set(machine.states)


@pytest.mark.parametrize("machine", EACH)
def test_every_state_and_act_has_one_word_of_its_own(machine: Machine) -> None:
    acts = type(next(iter(machine.moves))[1])
    assert set(machine.state_labels) == set(machine.states)
    assert set(machine.act_labels) == set(acts) == {act for _state, act in machine.moves}
    for labels in (machine.state_labels, machine.act_labels):
        assert len(set(labels.values())) == len(labels)
        assert all(label.strip() for label in labels.values())


@pytest.mark.parametrize("machine", EACH)
def test_only_known_roles_act_and_only_on_acts_of_the_machine(machine: Machine) -> None:
    assert {role for roles in machine.actors.values() for role in roles} <= set(ROLES) == set(ROLE_LABELS)
    assert set(machine.actors) <= {act for _state, act in machine.moves}
    assert all(machine.actors.values()), "an act without roles is the machine's own and is left out"


def test_every_life_that_has_a_file_is_in_the_list() -> None:
    files = [path.stem for path in (Path(__file__).parents[2] / "core").glob("*life.py")]
    modules = [importlib.import_module(f"core.{name}") for name in sorted(files)]
    found = {one.code for module in modules for one in vars(module).values() if isinstance(one, Machine)}
    assert found <= {machine.code for machine in MACHINES}


def test_no_two_machines_share_a_code_or_a_name() -> None:
    assert len({machine.code for machine in MACHINES}) == len(MACHINES)
    assert len({machine.thing for machine in MACHINES}) == len(MACHINES)


def test_the_page_of_diagrams_is_the_one_the_machines_make() -> None:
    assert PAGE.read_text("utf-8") == state_page(MACHINES), "run python -m tests.core.statepage"


def test_an_act_of_nobody_is_told_as_the_system_s_own() -> None:
    message = next(machine for machine in MACHINES if machine.code == "message")
    words = {act.value: who(message, act) for _state, act in message.moves}
    assert (words["claim"], words["resend"]) == ("系统", "经办人、主任、分管负责人")
