"""What must be true when the years are over: every invariant, light, date and number is derived again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from sqlmodel import col, select

from casework.counts.countscope import count_scope, scope_of
from casework.counts.indicators import drill
from casework.desk import Desk
from casework.lights.explaining import explain_case
from casework.upkeep.doctor import examine
from cli.simulation.county import DIRECTOR
from cli.simulation.world import World
from core.ladders.reckoning import recompute
from models.campaign import Finding
from models.rectification import Rectification

BATCH = 500


@dataclass(slots=True)
class Verdict:
    """What was checked and what did not hold.

    unexplained   cases whose light or date came out otherwise
    unlisted      numbers that are not what the rows behind them amount to, with both
    """

    invariants: dict[str, int] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    explained: int = 0
    unexplained: list[str] = field(default_factory=list)
    numbers: int = 0
    unlisted: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not (self.broken or self.unexplained or self.unlisted)


def check(world: World) -> Verdict:
    """Look up every invariant, explain every case, and list the rows behind every number."""
    verdict = Verdict()
    with world.desk(readonly=True) as desk:
        for one in examine(desk).invariants:
            verdict.invariants[one.id] = one.checked
            if one.broken:
                verdict.broken.append(f"{one.id} {one.broken}处：{'；'.join(one.examples[:3])}")
        cases = select(Finding.code).join(Rectification, col(Rectification.id) == col(Finding.id))
        codes = list(desk.session.exec(cases))
    for batch in _batches(codes):
        with world.desk(readonly=True) as desk:
            for code in batch:
                verdict.explained += 1
                if not _is_explained(desk, code):
                    verdict.unexplained.append(code)
    with world.desk(by=DIRECTOR, readonly=True) as desk:  # who may see the rows of the compartment
        _check_numbers(desk, verdict)
    return verdict


def _check_numbers(desk: Desk, verdict: Verdict) -> None:
    """Compare every number, of all years and of the last half year, with the rows that are listed for it."""
    half = (date(desk.today.year, 7, 1), date(desk.today.year, 12, 31))
    for scope in (scope_of(desk), scope_of(desk, from_on=half[0], to_on=half[1])):
        for row in (row for group in count_scope(scope).groups for row in group.rows):
            verdict.numbers += 1
            listed = drill(scope, row.key)["value"]
            if listed != row.value:
                verdict.unlisted.append(f"{row.key} {row.value}≠{listed}")


def _batches(codes: list[str]) -> Iterator[list[str]]:
    for at in range(0, len(codes), BATCH):
        yield codes[at : at + BATCH]


def _is_explained(desk: Desk, code: str) -> bool:
    """Tell whether the derivation of a case, as data, gives the light and the date that are stored."""
    told = explain_case(desk, code)
    again = recompute(told.reckoning)
    return again == (told.light, told.due_on)
