"""The life of a case as a machine, for docs and tests; its verdicts and suspension are in rectification.py."""

from __future__ import annotations

from core.life.machines import Machine
from core.life.rectification import ACTORS, CASE_ACT_LABELS, CASE_STATE_LABELS, MOVES

CASE = Machine(
    code="case",
    thing="整改事项",
    moves=MOVES,
    state_labels=CASE_STATE_LABELS,
    act_labels=CASE_ACT_LABELS,
    actors={act: frozenset(role.value for role in roles) for act, roles in ACTORS.items()},
)
