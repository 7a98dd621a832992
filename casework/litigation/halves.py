"""Half-month reports of matters (半月报): opened when the half is over, for what was lit on its last day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlmodel import col, or_, select

from casework.desk import Desk
from casework.litigation.files import MatterFile, load_files, units_of
from casework.moves import take
from casework.rectification.halfreports import WAITING, Subject, earliest, open_report, send_report
from casework.units.lineage import addressee
from core.calendar.halfmonth import ONE_DAY, Owed, halves_between
from core.calendar.workdays import Period
from core.calendar.workdays import Unit as PeriodUnit
from core.codes import Light, Secrecy
from core.errors import DuchaError
from core.ladders.litigation import stand
from core.life.halflife import HALF_REPORT, HalfReportAct
from core.life.matterlife import MatterState, PaperKind
from models.base import key_of
from models.halfreport import HalfReport
from models.matter import LitigationMatter
from models.matterwork import MatterPaper
from models.record import Note

DUE_WORKDAYS = 1  # the first working day of the next half, as core.ladders.litigation.next_report says
SUBJECT = "matter"


def owe_half_reports(desk: Desk) -> int:
    """Open what matters owe for every half that ended since the last look; return how many were opened."""
    known = desk.session.get(Note, _note(desk))
    first = date.fromisoformat(known.value) if known else earliest(desk)
    opened, last = 0, None
    for half in halves_between(first, desk.today - ONE_DAY):
        opened += sum(_open(desk, file, half) for file in _candidates(desk, half))
        last = half.to_on + ONE_DAY
    if last is not None:
        note = known or Note(name=_note(desk), value="")
        note.value = last.isoformat()
        desk.session.add(note)
        desk.session.flush()
    return opened


def _note(desk: Desk) -> str:
    return f"matter_halves:{desk.office.code}"


def _candidates(desk: Desk, half: Period) -> Iterator[MatterFile]:
    """Yield the matters that were registered and not over at the end of a half and ever showed a light."""
    row = LitigationMatter
    query = (
        select(row)
        .where(
            col(row.office_id) == desk.office_id,
            col(row.highest_light) != Light.NONE.value,
            col(row.state) != MatterState.ANNULLED.value,
            col(row.received_on) <= half.to_on,
            col(row.registered_on) <= half.to_on,
            or_(col(row.closed_on).is_(None), col(row.closed_on) > half.to_on),
        )
        .order_by(col(row.id))
    )
    yield from load_files(desk, list(desk.session.exec(query)))


def _open(desk: Desk, file: MatterFile, half: Period) -> bool:
    rule, palette = file.ladder.half_month_report, file.ladder.palette
    try:
        light = stand(file.ladder, file.as_matter(), half.to_on, desk.calendar).light
    except DuchaError:
        return False  # what cannot be derived is set aside by the watch, with the reason
    if light is Light.NONE or palette.rank(light) < palette.rank(rule.from_light):
        return False
    due = desk.calendar.due(half.to_on, DUE_WORKDAYS, PeriodUnit.WORKDAY)
    unit = addressee(desk, units_of(desk, [file.row.unit_id])[file.row.unit_id])
    subject = Subject(
        SUBJECT,
        file.id,
        file.row.number,
        key_of(unit),
        file.row.cause[:200],
        tuple(role.value for role in rule.cc_roles),
        Secrecy(file.row.secrecy),
    )
    row = open_report(desk, subject, Owed(half, light, due.due_on, due.provisional))
    if row is None:
        return False
    told = _told_within(desk, file, half)
    if told is not None:
        _settle(desk, row, told)
    return True


def _told_within(desk: Desk, file: MatterFile, half: Period) -> MatterPaper | None:
    """Return the last progress that was reported since a half began."""
    query = (
        select(MatterPaper)
        .where(
            col(MatterPaper.matter_id) == file.id,
            col(MatterPaper.kind) == PaperKind.PROGRESS.value,
            col(MatterPaper.on_day) >= half.from_on,
        )
        .order_by(col(MatterPaper.on_day).desc(), col(MatterPaper.id).desc())
    )
    return desk.session.exec(query).first()


def _settle(desk: Desk, row: HalfReport, told: MatterPaper) -> None:
    """Let progress that was reported within the half be the report of the half."""
    with desk.session.no_autoflush:
        take(
            desk, row, HALF_REPORT, HalfReportAct.SEND, unit_id=row.unit_id, on=told.on_day,
            detail={"by_progress": told.on_day, "sent_by": told.recorded_by},
        )  # fmt: skip
        row.text, row.next_steps = told.content, told.next_steps
        row.sent_on, row.sent_by = told.on_day, told.recorded_by
    desk.session.add(row)
    desk.session.flush()


def send_waiting(desk: Desk, file: MatterFile, paper: MatterPaper) -> None:
    """Let a report of progress settle the half-month reports that are waiting for one."""
    query = select(HalfReport).where(
        col(HalfReport.subject) == SUBJECT,
        col(HalfReport.subject_id) == file.id,
        col(HalfReport.state).in_(WAITING),
        col(HalfReport.period_from) <= paper.on_day,
    )
    for row in list(desk.session.exec(query)):
        send_report(desk, key_of(row), paper.content, next_steps=paper.next_steps, on=paper.on_day)
