"""What must be true when the years are over: every invariant, and every light and date derived again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlmodel import col, select

from casework.desk import Desk
from casework.doctor import examine
from casework.explaining import explain_case
from casework.statistics import count
from cli.simulation.world import World
from core.reckoning import recompute
from models.campaign import Finding
from models.rectification import Rectification

BATCH = 500


@dataclass(slots=True)
class Verdict:
    """What was checked and what did not hold; `unexplained` names cases whose light or date came out otherwise."""

    invariants: dict[str, int] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    explained: int = 0
    unexplained: list[str] = field(default_factory=list)
    numbers: int = 0

    @property
    def ok(self) -> bool:
        return not self.broken and not self.unexplained


def check(world: World) -> Verdict:
    """Look up every invariant, explain every case, and count."""
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
    with world.desk(readonly=True) as desk:
        verdict.numbers = sum(len(group.rows) for group in count(desk).groups)
    return verdict


def _batches(codes: list[str]) -> Iterator[list[str]]:
    for at in range(0, len(codes), BATCH):
        yield codes[at : at + BATCH]


def _is_explained(desk: Desk, code: str) -> bool:
    """Tell whether the derivation of a case, as data, gives the light and the date that are stored."""
    told = explain_case(desk, code)
    again = recompute(told.reckoning)
    return again == (told.light, told.due_on)
