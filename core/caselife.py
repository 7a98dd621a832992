"""The life of a case as a machine, for docs and tests; `core/rectification.py` knows its verdicts and suspension."""

from __future__ import annotations

from core.machines import Machine
from core.rectification import ACTORS, CASE_ACT_LABELS, CASE_STATE_LABELS, MOVES

CASE = Machine(
    code="case",
    thing="整改事项",
    moves=MOVES,
    state_labels=CASE_STATE_LABELS,
    act_labels=CASE_ACT_LABELS,
    actors={act: frozenset(role.value for role in roles) for act, roles in ACTORS.items()},
)
