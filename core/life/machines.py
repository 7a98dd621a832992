"""Every life of ducha as one value: its states, its acts, its table of moves, who may act, and the words for them.

A machine is what docs, diagrams, the doctor and the tests read; `casework.moves.take` carries out one of its acts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from core.errors import NotAllowed
from core.life.moves import acts_from, step


@dataclass(frozen=True, slots=True)
class Machine:
    """One life.

    code     the subject in the audit, such as `lead`
    thing    what people call it, such as 线索
    moves    {(state, act): state}; the first key is where a life begins
    actors   {act: roles that may carry it out}; an act that is not named here is the machine's own
    """

    code: str
    thing: str
    moves: Mapping[tuple[Any, Any], Any]
    state_labels: Mapping[Any, str]
    act_labels: Mapping[Any, str]
    actors: Mapping[Any, frozenset[str]]

    @property
    def start(self) -> StrEnum:
        """The state in which a life begins."""
        begins: StrEnum = next(iter(self.moves))[0]
        return begins

    @property
    def states(self) -> type[StrEnum]:
        return type(self.start)

    def step(self, state: str, act: StrEnum) -> StrEnum:
        """Return the state after an act; raise IllegalMove naming the acts that are possible."""
        after: StrEnum = step(self.moves, self.states(state), act, self.thing)
        return after

    def acts(self, state: str, roles: Iterable[str] | None = None) -> tuple[str, ...]:
        """Return the codes of the acts possible in a state, for somebody with these roles when they are given."""
        able = acts_from(self.moves, self.states(state))
        if roles is None:
            return able
        held = frozenset(roles)
        return tuple(act for act in able if self.actors.get(act, frozenset()) & held)

    def permit(self, act: StrEnum, who: str, roles: Iterable[str]) -> None:
        """Raise NotAllowed unless one of the roles may carry out the act."""
        wanted = self.actors.get(act, frozenset())
        held = frozenset(roles)
        if wanted & held:
            return
        raise NotAllowed(
            f"无权{self.act_labels[act]}",
            found=f"{who}（{'、'.join(sorted(held)) or '无角色'}）",
            expected="角色 " + "、".join(sorted(wanted)),
            remedy="由有此角色的人员操作（--by）",
        )
