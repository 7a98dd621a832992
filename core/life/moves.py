"""One state, one table of moves: what may follow what, for everything that has a life."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from core.errors import IllegalMove

S = TypeVar("S", bound=StrEnum)
A = TypeVar("A", bound=StrEnum)


def step(moves: Mapping[tuple[S, A], S], state: S, act: A, thing: str) -> S:
    """Return the state after the act; raise IllegalMove naming the acts that are possible now."""
    try:
        return moves[state, act]
    except KeyError:
        raise IllegalMove(thing, state, act, acts_from(moves, state)) from None


def acts_from(moves: Mapping[tuple[S, A], S], state: S) -> tuple[str, ...]:
    """Return the codes of the acts possible in a state, in the order of the table."""
    return tuple(act.value for (start, act) in moves if start == state)
