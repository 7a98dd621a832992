"""会商 and 联席会议 with other supervising bodies: recorded with their minutes, with tasks for what was concluded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from sqlmodel import col, select

from casework.desk import Desk
from casework.intake.incomingviews import find_incoming
from casework.linkage.clues import find_referral
from casework.linkage.compartment import known_ids, may_know, note_view, require_knowing
from casework.linkage.handover import finish_consultation
from casework.linkage.linkageitems import NewItem, add_items, items_of
from casework.rectification.evidence import keep_file
from casework.serials import next_serial, write_serial
from casework.staff.people import join, require_role
from casework.tasks import COMPARTMENT
from core.errors import InvalidInput, NotFound
from core.text.secrecy import refuse_state_secrets
from models.base import key_of
from models.meeting import MEETING_KINDS, Meeting

KIND_LABELS = dict(zip(MEETING_KINDS, ("会商", "联席会议", "专题会议"), strict=True))


@dataclass(frozen=True, slots=True)
class NewMeeting:
    """What is recorded of a meeting; `participants` are bodies, `conclusions` become tasks with owners and days."""

    kind: str
    held_on: date
    title: str
    participants: Sequence[str]
    note: str = ""
    conclusions: Sequence[NewItem] = field(default_factory=tuple)
    referral: int | None = None
    incoming: int | None = None


def record_meeting(desk: Desk, given: NewMeeting, minutes: Path | None) -> Meeting:
    """Record a meeting with its minutes; about a transfer it settles the task to consult.

    raises   InvalidInput without minutes, bodies or a title, for a day to come, for an unknown kind
    """
    require_role(desk, COMPARTMENT, "登记会商、联席会议")
    _check(desk, given)
    if minutes is None:
        raise InvalidInput(
            "须附会议纪要", found="没有文件", expected="会议纪要扫描件", remedy="加上 --file 文件"
        )
    referral = find_referral(desk, given.referral) if given.referral else None
    incoming = find_incoming(desk, given.incoming) if given.incoming else None
    serial = next_serial(desk, Meeting, given.held_on.year)
    row = Meeting(
        office_id=desk.office_id,
        year=given.held_on.year,
        serial=serial,
        number=write_serial(KIND_LABELS[given.kind], given.held_on.year, serial),
        kind=given.kind,
        held_on=given.held_on,
        title=given.title.strip(),
        participants=join(one.strip() for one in given.participants),
        note=given.note,
        referral_id=referral.id if referral else None,
        incoming_id=incoming.id if incoming else None,
        recorded_by=desk.actor.code,
        recorded_on=desk.today,
    )
    desk.session.add(row)
    desk.session.flush()
    row.minutes_sha256 = keep_file(desk, "meeting", key_of(row), "minutes", minutes).sha256
    desk.session.add(row)
    desk.record("meeting", key_of(row), "record", on=given.held_on, number=row.number)
    add_items(desk, "meeting", key_of(row), given.conclusions, what=KIND_LABELS[given.kind])
    if referral is not None:
        finish_consultation(desk, referral, f"已会商（{row.number}）")
    return row


def _check(desk: Desk, given: NewMeeting) -> None:
    if given.kind not in KIND_LABELS:
        names = "、".join(f"{code}（{label}）" for code, label in KIND_LABELS.items())
        raise InvalidInput("会议种类不正确", found=given.kind, expected=names, remedy="改正 --kind")
    if given.held_on > desk.today:
        raise InvalidInput(
            "会议日期晚于今天",
            found=given.held_on.isoformat(),
            expected=f"不晚于{desk.today}",
            remedy="改正 --on",
        )
    if not given.title.strip() or not [one for one in given.participants if one.strip()]:
        raise InvalidInput(
            "会议须写明议题和参加机关",
            found="空",
            expected="议题和至少一个机关",
            remedy="加上 --title、--with",
        )
    refuse_state_secrets(f"{given.title}\n{given.note}", "会议情况")


def list_meetings(desk: Desk) -> list[dict[str, object]]:
    """Return the meetings the actor may know of, newest first, without what was said."""
    require_knowing(desk, "查看会商和联席会议")
    query = select(Meeting).where(col(Meeting.office_id) == desk.office_id)
    known = known_ids(desk, "meeting")
    if known is not None:
        query = query.where(col(Meeting.id).in_(known))
    return [
        {
            "id": row.id,
            "number": row.number,
            "kind": row.kind,
            "held_on": row.held_on.isoformat(),
            "participants": row.participants,
        }
        for row in desk.session.exec(query.order_by(col(Meeting.held_on).desc(), col(Meeting.id).desc()))
    ]


def show_meeting(desk: Desk, meeting_id: int) -> dict[str, object]:
    """Return a meeting with its conclusions; the look is noted."""
    row = find_meeting(desk, meeting_id)
    note_view(desk, "meeting", meeting_id)
    stored = row.model_dump(mode="json", exclude={"office_id"})
    return {
        **{name: stored[name] for name in type(row).model_fields if name in stored},
        "conclusions": items_of(desk, "meeting", meeting_id),
    }


def find_meeting(desk: Desk, meeting_id: int) -> Meeting:
    """Return a meeting that the actor may know of; raise NotFound for everybody else too."""
    row = desk.session.get(Meeting, meeting_id)
    if row is None or row.office_id != desk.office_id or not may_know(desk, "meeting", meeting_id):
        raise NotFound(
            "没有这次会议", found=str(meeting_id), expected="会议编号", remedy="运行 ducha meeting list 查看"
        )
    return row
