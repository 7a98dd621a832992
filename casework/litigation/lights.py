"""The light of a matter, derived from its facts and kept beside them with the next day on which time may change it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from casework.desk import Desk
from casework.litigation.aftermath import follow
from casework.litigation.files import MatterFile
from core.codes import Light
from core.ladders.litigation import stand
from core.ladders.matters import MatterStanding
from core.life.matterlife import OVER, MatterState


@dataclass(frozen=True, slots=True)
class Derived:
    """What the row of a matter must say, with the standing it comes from."""

    light: Light
    highest: Light
    round: int
    next_due_on: date | None
    standing: MatterStanding


def derive(desk: Desk, file: MatterFile) -> Derived:
    """Return the light of a matter today, replayed from its first fact under its frozen ladder.

    raises   CalendarMissing; InvalidInput when its frozen ladder does not know one of its codes
    """
    standing = stand(file.ladder, file.as_matter(), desk.today, desk.calendar)
    palette = file.ladder.palette
    falls = sum(palette.rank(turn.after) < palette.rank(turn.before) for turn in standing.turns)
    if MatterState(file.row.state) in OVER:
        return Derived(Light.NONE, standing.highest, falls + 1, None, standing)
    return Derived(standing.light, standing.highest, falls + 1, standing.next_on, standing)


def refresh(desk: Desk, file: MatterFile, *, quietly: bool = False) -> Derived:
    """Bring the light of a matter up to date and see to what follows from it; a second call does nothing new.

    quietly   only the light: for matters of the past that are brought in from a file
    """
    derived = derive(desk, file)
    row = file.row
    if row.light != derived.light.value:
        _note_light(desk, file, derived)
    row.light, row.highest_light = derived.light.value, derived.highest.value
    row.round, row.next_due_on, row.set_aside = derived.round, derived.next_due_on, None
    desk.session.add(row)
    desk.session.flush()
    if not quietly and MatterState(row.state) not in OVER:
        follow(desk, file, derived.standing, derived.round)
    return derived


def _note_light(desk: Desk, file: MatterFile, derived: Derived) -> None:
    """Note a new light with what brought it about."""
    moved = [turn for turn in derived.standing.turns if turn.before != turn.after]
    last = moved[-1] if moved else None
    over = MatterState(file.row.state) in OVER
    desk.record(
        "matter",
        file.id,
        "light",
        unit_id=file.row.unit_id,
        light=derived.light.value,
        before=file.row.light,
        cause="over" if over else (last.cause if last else "correction"),
        why="办结熄灯" if over else (last.why if last else "更正登记后重新推算"),
    )
