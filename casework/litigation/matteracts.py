"""What somebody may do with a matter now, so that pages offer just that; the verbs decide again."""

from __future__ import annotations

from collections.abc import Iterable

from casework.desk import Desk
from casework.litigation.files import MatterFile
from casework.litigation.linking import LINKERS, RAISERS
from casework.litigation.ones import SETTERS
from casework.litigation.recording import OFFICE
from casework.litigation.registering import KEEPERS
from casework.litigation.reporting import FILERS, PROGRESS_FILERS
from casework.rectification.notes import WRITERS
from core.ladders.matters import FACTS
from core.life.matterlife import (
    ACT_OF,
    BAD,
    MATTER,
    OVER,
    RESULTS_OF,
    MatterAct,
    MatterKind,
    MatterState,
    Result,
)

ENDINGS = frozenset(act.value for act in ACT_OF.values())


def acts_on(desk: Desk, file: MatterFile) -> tuple[str, ...]:
    """Return what the actor may do now: the moves of the life, `result` for every ending, and what moves no state."""
    row, roles = file.row, desk.actor.roles
    moves = set(MATTER.acts(row.state, roles))
    found = {one for one in moves if one not in ENDINGS}
    if results_now(desk, file):
        found.add("result")
    if row.kind != MatterKind.LITIGATION.value:
        found.discard(MatterAct.APPEAL.value)
    if file.result is None or file.result.recorded_by == desk.actor.code:
        found.discard(MatterAct.REVISE.value)
    alive = MatterState(row.state) not in OVER
    unit = desk.actor.speaks_for_unit
    annulled = MatterState(row.state) is MatterState.ANNULLED
    more = {
        "occasion": alive and _is(roles, OFFICE) and bool(file.assessments),
        "event": alive and _is(roles, OFFICE),
        "fact": alive and (unit or _is(roles, OFFICE)),
        "date": alive and _is(roles, KEEPERS),
        "assign": alive and _is(roles, KEEPERS),
        "void": not annulled and _is(roles, ("leader", "director")) and bool(voidable(desk, file)),
        "ones": alive and _is(roles, SETTERS),
        "progress": alive and _is(roles, PROGRESS_FILERS),
        "paper": alive and _is(roles, FILERS),
        "link": not unit and not annulled and _is(roles, LINKERS) and not _is_settled(file),
        "screening": not unit and not annulled and _is(roles, RAISERS) and not _is_settled(file),
        "waive": "director" in roles,
        "note": not unit and _is(roles, WRITERS),
    }
    return (*sorted(found), *(code for code, able in more.items() if able))


def results_now(desk: Desk, file: MatterFile) -> tuple[Result, ...]:
    """Return the results that may be registered now: those of its kind whose act is legal for the actor."""
    able = set(MATTER.acts(file.row.state, desk.actor.roles))
    mine = RESULTS_OF[MatterKind(file.row.kind)]
    return tuple(one for one in Result if one in mine and ACT_OF[one].value in able)


def voidable(desk: Desk, file: MatterFile) -> tuple[tuple[str, str], ...]:
    """Return (what:code, words) of what was recorded by somebody else and still counts."""
    own = desk.actor.code
    return (
        *(
            (f"event:{one.code}", f"事件{one.code}（{one.on_day}）")
            for one in file.events
            if one.recorded_by != own
        ),
        *(
            (f"fact:{one.code}", f"事实：{FACTS[one.code]}")
            for one in file.facts.values()
            if one.recorded_by != own
        ),
        *(
            (f"assessment:{one.number}", f"第{one.number}次评分（{one.on_day}）")
            for one in file.assessments
            if one.recorded_by != own
        ),
    )


def _is(roles: frozenset[str], wanted: Iterable[str]) -> bool:
    return not roles.isdisjoint(wanted)


def _is_settled(file: MatterFile) -> bool:
    return file.result is not None and Result(file.result.result) not in BAD
