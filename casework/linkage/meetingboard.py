"""Meetings with other supervising bodies and cases supervised together, as pages show them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select

from casework.desk import Desk
from casework.intake.keptfiles import KeptFile, files_of
from casework.intake.leadboard import left_workdays
from casework.intake.lifeline import Look, chronicle_of
from casework.linkage.compartment import known_ids, may_know, note_view, require_knowing
from casework.linkage.looking import LOOKS, Item, items_in, may_audit
from casework.linkage.meetings import KIND_LABELS, find_meeting
from models.base import key_of
from models.campaign import Finding
from models.incoming import Incoming
from models.meeting import JointSupervision, Meeting
from models.organisation import Unit
from models.rectification import Rectification

MOST = 200


@dataclass(frozen=True, slots=True)
class MeetingRow:
    """A meeting as the list shows it: when and with whom, not what was said."""

    id: int
    number: str
    kind: str
    held_on: date
    participants: str


@dataclass(frozen=True, slots=True)
class JointRow:
    """A case that is supervised together with another body."""

    id: int
    case: str
    unit: str
    body: str
    demand: str
    agreed_on: date
    report_on: date | None
    left: int | None
    ended_on: date | None
    end_note: str


@dataclass(frozen=True, slots=True)
class MeetingBoard:
    """The meetings one may know of, and the joint supervision for the people of the compartment."""

    meetings: list[MeetingRow]
    joint: list[JointRow] | None
    may_record: bool


@dataclass(frozen=True, slots=True)
class MeetingPage:
    """One meeting for its page."""

    row: Meeting
    kind: str
    items: list[Item]
    names: Mapping[str, str]
    files: list[KeptFile]
    incoming: str
    referral: int | None
    looks: tuple[Look, ...] | None


def meetings_view(desk: Desk) -> MeetingBoard:
    """Return the meetings one may know of, the newest first, and the joint supervision."""
    require_knowing(desk, "查看会商和联席会议")
    query = select(Meeting).where(col(Meeting.office_id) == desk.office_id)
    known = known_ids(desk, "meeting")
    if known is not None:
        query = query.where(col(Meeting.id).in_(known))
    query = query.order_by(col(Meeting.held_on).desc(), col(Meeting.id).desc()).limit(MOST)
    rows = [
        MeetingRow(key_of(row), row.number, KIND_LABELS[row.kind], row.held_on, row.participants)
        for row in desk.session.exec(query)
    ]
    able = may_audit(desk)
    return MeetingBoard(rows, _joint(desk) if able else None, able)


def _joint(desk: Desk) -> list[JointRow]:
    query = (
        select(JointSupervision, Finding.code, Unit.name)
        .join(Finding, col(Finding.id) == col(JointSupervision.case_id))
        .join(Rectification, col(Rectification.id) == col(JointSupervision.case_id))
        .join(Unit, col(Unit.id) == col(Rectification.unit_id))
        .where(col(JointSupervision.office_id) == desk.office_id)
        .order_by(col(JointSupervision.ended_on).is_not(None), col(JointSupervision.id).desc())
        .limit(MOST)
    )
    return [
        JointRow(
            key_of(row), code, unit, row.body_name, row.demand, row.agreed_on, row.report_on,
            left_workdays(desk, row.report_on) if row.report_on and row.ended_on is None else None,
            row.ended_on, row.end_note,
        )
        for row, code, unit in desk.session.exec(query)
    ]  # fmt: skip


def meeting_page(desk: Desk, meeting_id: int) -> MeetingPage:
    """Return one meeting for its page; the look is noted. Raises NotFound."""
    row = find_meeting(desk, meeting_id)
    note_view(desk, "meeting", meeting_id)
    items, files = items_in(desk, "meeting", meeting_id), files_of(desk, "meeting", meeting_id)
    codes = {one.owner for one in items} | {one.by for one in files} | {row.recorded_by}
    told = chronicle_of(desk, "meeting", meeting_id, codes)
    knows_incoming = row.incoming_id is not None and may_know(desk, "incoming", row.incoming_id)
    knows_referral = row.referral_id is not None and may_know(desk, "referral", row.referral_id)
    return MeetingPage(
        row=row,
        kind=KIND_LABELS[row.kind],
        items=items,
        names=told.names,
        files=files,
        incoming=desk.session.get_one(Incoming, row.incoming_id).number if knows_incoming else "",
        referral=row.referral_id if knows_referral else None,
        looks=told.looks(LOOKS) if may_audit(desk) else None,
    )
