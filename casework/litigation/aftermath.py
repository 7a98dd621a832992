"""What follows from the light of a matter: the sheet of its colour, tasks of its events, the 三个一, reports.

Everything has a key of its own, so that a second look at the same facts brings nothing twice. Nothing here asks
anything of a plaintiff, says anything of a court, or refers anybody (guardrails of the ladder).
"""

from __future__ import annotations

from datetime import date

from sqlmodel import col, select

from casework.desk import SYSTEM, Desk
from casework.litigation.files import MatterFile, units_of
from casework.litigation.reporting import open_keys, owe_node_report, owe_progress
from casework.paperwork.standalone import draft_outside
from casework.tasks import finish_for, open_task
from casework.units.lineage import addressee
from core.codes import Light, Line
from core.ladders.litigation import task_days
from core.ladders.matters import MatterStanding, Turn
from core.rulebook.risks import Band, LitigationEvent
from models.base import key_of
from models.document import Document
from models.matter import MatterSheet


def follow(desk: Desk, file: MatterFile, standing: MatterStanding, round_: int) -> None:
    """See to everything that follows from a standing."""
    known = {event.code: event for event in file.ladder.events}
    for turn in standing.turns:
        if turn.cause in known:
            _open_event_tasks(desk, file, known[turn.cause], turn)
    band = file.ladder.band(standing.light)
    _demand_ones(desk, file, standing.light, round_)
    owe_progress(desk, file, band, standing)
    if band is not None and _draft_sheet(desk, file, band, round_) is not None:
        _open_band_task(desk, file, band, round_)
        if band.report.at_key_nodes:
            moved = next(turn for turn in reversed(standing.turns) if turn.after == standing.light)
            owe_node_report(desk, file, f"light:{round_}:{band.code.value}", moved.why)


def event_key(file: MatterFile, code: str, on: date, index: int) -> str:
    """Return the key of a task that an event asks for."""
    return f"matter:{file.id}:{code}:{on}:{index}"


def _open_event_tasks(desk: Desk, file: MatterFile, event: LitigationEvent, turn: Turn) -> None:
    caps = {one.clock: one.on_day for one in file.dates.values() if one.clock}
    days = task_days(event, turn.on, desk.calendar, caps)
    for index, (task, (title, due_on)) in enumerate(zip(event.tasks, days, strict=True)):
        if is_done(file, event, task.done_by):
            continue
        open_task(
            desk,
            event_key(file, event.code, turn.on, index),
            kind=f"matter_{task.done_by or 'event'}",
            title=f"{file.row.number} {event.code} {event.event}：{title}",
            subject="matter",
            subject_id=file.id,
            role="officer",
            due_on=due_on,
            unit_id=file.row.unit_id,
        )


def is_done(file: MatterFile, event: LitigationEvent, done_by: str | None) -> bool:
    """Tell whether what a task asks for is there already."""
    if done_by == "register":
        return True
    if done_by == "assess":
        return bool(file.assessments)
    fact = event.trigger.fact if event.trigger and event.trigger.negated else ""
    return done_by == "fact" and fact in file.facts


def finish_tasks(desk: Desk, file: MatterFile, done_by: str, note: str, fact: str = "") -> None:
    """Finish the tasks of a matter's events that something just done has settled.

    done_by   as the tasks of the rule file name it
    fact      with `fact`: the fact that was recorded; only events that wait for it are settled
    """
    for event in file.ladder.events:
        waits_for = event.trigger.fact if event.trigger and event.trigger.negated else ""
        if done_by == "fact" and waits_for != fact:
            continue
        for index, task in enumerate(event.tasks):
            if task.done_by == done_by:
                for key in _open_keys(desk, file, event.code, index):
                    finish_for(desk, key, note)


def _open_keys(desk: Desk, file: MatterFile, code: str, index: int) -> list[str]:
    start, end = f"matter:{file.id}:{code}:", f":{index}"
    return [key for key in open_keys(desk, file) if key.startswith(start) and key.endswith(end)]


def _draft_sheet(desk: Desk, file: MatterFile, band: Band, round_: int) -> Document | None:
    """Draft the sheet of a colour for the unit that is sued, or return None when this round has had it."""
    known = select(MatterSheet.id).where(
        col(MatterSheet.matter_id) == file.id,
        col(MatterSheet.round) == round_,
        col(MatterSheet.light) == band.code.value,
    )
    if desk.session.exec(known).first() is not None:
        return None
    document = draft_outside(
        desk,
        band.document,
        line_of(desk),
        key_of(addressee(desk, units_of(desk, [file.row.unit_id])[file.row.unit_id])),
        about=("matter", file.id),
        inputs={"light": band.code.value, "round": round_},
        author=SYSTEM,
        opened_on=file.row.registered_on,
    )
    sheet = MatterSheet(
        matter_id=file.id,
        round=round_,
        light=band.code.value,
        fired_on=desk.today,
        document_id=key_of(document),
    )
    desk.session.add(sheet)
    desk.session.flush()
    return document


def line_of(desk: Desk) -> Line:
    """Return the line in whose name the office warns: the 督察 line where it has one."""
    lines = desk.office_rules.lines
    return Line.PARTY if Line.PARTY in lines else next(iter(lines))


def _open_band_task(desk: Desk, file: MatterFile, band: Band, round_: int) -> None:
    """Ask the office to see that the unit does what the colour asks for."""
    open_task(
        desk,
        f"matter:{file.id}:band:{round_}:{band.code.value}",
        kind="matter_band",
        title=f"{file.row.number} {file.ladder.palette.word(band.code)}，核实单位落实（{band.leader}）："
        f"{'、'.join(band.actions)}",
        subject="matter",
        subject_id=file.id,
        role="officer",
        due_on=desk.calendar.after(desk.today, band.deadline_workdays),
        unit_id=file.row.unit_id,
    )


def ones_missing(file: MatterFile, light: Light) -> bool:
    """Tell whether a light asks for a 三个一 that is not there, or was set for a lower colour."""
    palette = file.ladder.palette
    if light is Light.NONE or palette.rank(light) < palette.rank(file.ladder.three_ones.from_light):
        return False
    return file.ones is None or palette.rank(Light(file.ones.light)) < palette.rank(light)


def ones_key(file: MatterFile, light: Light, round_: int) -> str:
    """Return the key of the task to set the 三个一."""
    return f"matter:{file.id}:ones:{round_}:{light.value}"


def _demand_ones(desk: Desk, file: MatterFile, light: Light, round_: int) -> None:
    if not ones_missing(file, light):
        return
    band = file.ladder.band(light)
    assert band is not None  # every colour of a ladder has its band (checks_litigation)
    open_task(
        desk,
        ones_key(file, light, round_),
        kind="matter_ones",
        title=f"{file.row.number} {file.ladder.palette.word(light)}，明确“三个一”（{band.leader}）："
        f"{'、'.join(file.ladder.three_ones.contents)}",
        subject="matter",
        subject_id=file.id,
        role="officer",
        due_on=desk.calendar.after(desk.today, band.deadline_workdays),
        unit_id=file.row.unit_id,
    )
