"""Matters handed to the office by 纪检监察, 巡察, 检察 and others: registered, assigned, answered on paper, closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from sqlmodel import col, select

from casework.desk import Desk
from casework.inspection.campaigns import find_campaign
from casework.intake.incomingviews import find_incoming
from casework.intake.leads import find_lead
from casework.linkage.compartment import contact_of_linkage, grant_reader
from casework.linkage.linkageitems import NewItem, add_items, open_items
from casework.moves import take
from casework.rectification.cases import find_case
from casework.rectification.evidence import keep_file
from casework.serials import next_serial, write_serial
from casework.staff.people import find_actor, find_unit, require_role
from casework.tasks import COMPARTMENT, finish_for, open_task
from core.codes import Line, Secrecy
from core.errors import InvalidInput, NotAllowed, Refused
from core.life.incominglife import INCOMING, IncomingAct
from core.rulebook.clocks import find_clock
from core.rulebook.linkage import IncomingKind
from core.text.secrecy import refuse_state_secrets
from models.base import key_of
from models.incoming import Incoming

OTHER = "other"
NUMBER_WORD = "联动来件"


@dataclass(frozen=True, slots=True)
class NewIncoming:
    """What came in. `sender` is a receiver's code of the linkage rules, or `other` with its name.

    due_on   the day the paper itself sets; else the clock of its kind counts from the day it came in
    urgent   the shorter length of a statutory clock, where it has one
    items    the points it asks for one by one (纪检监察建议)
    """

    sender: str
    kind: str
    title: str
    text: str
    received_on: date
    sender_name: str = ""
    their_number: str = ""
    line: Line = Line.PARTY
    due_on: date | None = None
    urgent: str = ""
    no_reply: bool = False
    unit: str = ""
    case: str = ""
    campaign: str = ""
    lead: int | None = None
    items: Sequence[NewItem] = field(default_factory=tuple)


def register_incoming(desk: Desk, given: NewIncoming, *, file: Path | None = None) -> Incoming:
    """Register what another body handed over, with its clock, its points as tasks, and the paper itself.

    raises   InvalidInput for an unknown sender or kind, or a text that is missing; Refused for a number known already
    """
    require_role(desk, COMPARTMENT, "登记联动来件")
    kind = kind_of(desk, given.kind)
    name = _sender_name(desk, given)
    _check(desk, given, kind)
    row = _row(desk, given, kind, name)
    desk.session.add(row)
    desk.session.flush()
    desk.record("incoming", key_of(row), "open", to_state=row.state, number=row.number, kind=row.kind)
    if file is not None:
        keep_file(desk, "incoming", key_of(row), "register", file)
    add_items(desk, "incoming", key_of(row), given.items, what=kind.name)
    _open_reply_task(desk, row)
    return row


def _row(desk: Desk, given: NewIncoming, kind: IncomingKind, name: str) -> Incoming:
    due_on, basis = _due(desk, given, kind)
    serial = next_serial(desk, Incoming, desk.today.year)
    return Incoming(
        office_id=desk.office_id,
        year=desk.today.year,
        serial=serial,
        number=write_serial(NUMBER_WORD, desk.today.year, serial),
        sender=given.sender,
        sender_name=name,
        kind=kind.code,
        their_number=given.their_number or None,
        line=given.line.value,
        state=INCOMING.start.value,
        secrecy=Secrecy.WORK_SECRET.value,
        received_on=given.received_on,
        registered_by=desk.actor.code,
        title=given.title.strip(),
        text=given.text.strip(),
        reply_required=kind.reply_required and not given.no_reply,
        due_on=due_on,
        due_basis=basis,
        due_provisional=due_on is not None and desk.calendar.is_provisional(given.received_on, due_on),
        unit_id=find_unit(desk, given.unit).id if given.unit else None,
        campaign_id=find_campaign(desk, given.campaign).id if given.campaign else None,
        case_id=find_case(desk, given.case)[0].id if given.case else None,
        lead_id=find_lead(desk, given.lead).id if given.lead else None,
    )


def kind_of(desk: Desk, code: str) -> IncomingKind:
    """Return the rule of a kind of incoming matter; raise InvalidInput naming those there are."""
    known = desk.rules.linkage.incoming
    if code not in known:
        names = "、".join(f"{one.code}（{one.name}）" for one in known.values())
        raise InvalidInput(
            "没有这种联动来件",
            found=code,
            expected=names or "linkage 规则中的 incoming",
            remedy="改正 --kind",
        )
    return known[code]


def _sender_name(desk: Desk, given: NewIncoming) -> str:
    receivers = desk.rules.linkage.receivers
    if given.sender in receivers:
        return given.sender_name or desk.office_rules.receivers.get(
            given.sender, receivers[given.sender].name
        )
    if given.sender != OTHER or not given.sender_name.strip():
        raise InvalidInput(
            "来文机关不正确",
            found=given.sender,
            expected="、".join(receivers) + f"，或 {OTHER} 并写明名称",
            remedy="改正 --from 或加上 --from-name",
        )
    return given.sender_name.strip()


def _check(desk: Desk, given: NewIncoming, kind: IncomingKind) -> None:
    for text, what in ((given.title, "标题"), (given.text, "内容")):
        if not text.strip():
            raise InvalidInput(f"来件{what}不能为空", found="空", expected="一段文字", remedy=f"补充{what}")
        refuse_state_secrets(text, f"来件{what}")
    if given.received_on > desk.today:
        raise InvalidInput(
            "收到日期晚于今天",
            found=given.received_on.isoformat(),
            expected=f"不晚于{desk.today}",
            remedy="改正日期",
        )
    if kind.items and not given.items:
        raise InvalidInput(
            f"{kind.name}须逐项列出",
            found="没有事项",
            expected="至少一项",
            remedy="加上 --item '内容|负责人|日期'",
        )
    known = select(Incoming.number).where(
        col(Incoming.office_id) == desk.office_id,
        col(Incoming.sender) == given.sender,
        col(Incoming.their_number) == given.their_number,
    )
    number = desk.session.exec(known).first() if given.their_number else None
    if number is not None:
        raise Refused(
            "该来文已经登记", found=given.their_number, expected="未登记的来文", remedy=f"已登记为{number}"
        )


def _due(desk: Desk, given: NewIncoming, kind: IncomingKind) -> tuple[date | None, str]:
    """Return the day for the reply and where it comes from: the paper, a statutory clock, or the rules of linkage."""
    if given.due_on is not None:
        return given.due_on, "来文要求"
    if not kind.reply_required or given.no_reply:
        return None, ""
    if kind.clock is not None:
        clock = find_clock(desk.rules.clocks, kind.clock)
        due = clock.due(given.received_on, desk.calendar, given.urgent)
        return due.due_on, f"{clock.document}{clock.article or ''}"
    if kind.reply_workdays is not None:
        return desk.calendar.after(given.received_on, kind.reply_workdays), f"贯通联动规则（{kind.name}）"
    return None, ""


def _open_reply_task(desk: Desk, row: Incoming) -> None:
    if row.reply_required:
        open_task(
            desk,
            reply_key(row),
            kind="incoming_reply",
            title=f"{row.number}回复来文机关",
            subject="incoming",
            subject_id=key_of(row),
            role="linkage",
            due_on=row.due_on,
            owner=row.owner or contact_of_linkage(desk),
            confidential=True,
        )


def reply_key(row: Incoming) -> str:
    """Return the cause of the task to reply."""
    return f"incoming:{row.id}:reply"


def assign_incoming(desk: Desk, incoming_id: int, owner: str, *, until: date | None = None) -> Incoming:
    """Give a matter to somebody, who thereby may know of it until it should be done (a year without a day).

    raises   NotAllowed for a contact of a unit
    """
    row = find_incoming(desk, incoming_id)
    require_role(desk, COMPARTMENT, "交办联动来件")
    person = find_actor(desk, owner)
    if person.speaks_for_unit:
        raise NotAllowed(
            "联动来件不得交被督察单位的人员办理", found=owner, expected="本单位人员", remedy="改正 --owner"
        )
    with desk.session.no_autoflush:
        take(desk, row, INCOMING, IncomingAct.ASSIGN, detail={"owner": person.code})
        row.owner, row.assigned_on = person.code, desk.today
    desk.session.add(row)
    desk.session.flush()
    if not person.roles & COMPARTMENT:
        last = until or date(desk.today.year + 1, desk.today.month, min(desk.today.day, 28))
        grant_reader(desk, person.code, (desk.today, last), f"承办{row.number}", "incoming", key_of(row))
    return row


def close_incoming(desk: Desk, incoming_id: int, note: str = "") -> Incoming:
    """Close a matter: answered where an answer is wanted, and every item done or dropped."""
    row = find_incoming(desk, incoming_id)
    left = open_items(desk, "incoming", incoming_id)
    waits = (["尚未回复"] if row.reply_required and row.answered_on is None else []) + (
        [f"{left}项尚未落实"] if left else []
    )
    if waits:
        raise Refused(
            "联动来件不能办结",
            found="、".join(waits),
            expected="已回复，各项均已落实",
            remedy="先登记回复、办结各项任务",
        )
    take(desk, row, INCOMING, IncomingAct.CLOSE, detail={"note": note})
    return _ended(desk, row, note)


def return_incoming(desk: Desk, incoming_id: int, reason: str, *, file: Path | None = None) -> Incoming:
    """Give a matter that is none of the office's business back to its sender, with the reason."""
    row = find_incoming(desk, incoming_id)
    if not reason.strip():
        raise InvalidInput("退回来件须写明理由", found="空", expected="一句理由", remedy="加上 --reason")
    refuse_state_secrets(reason, "退回理由")
    take(desk, row, INCOMING, IncomingAct.RETURN, detail={"reason": reason})
    if file is not None:
        keep_file(desk, "incoming", incoming_id, "return", file)
    return _ended(desk, row, reason)


def _ended(desk: Desk, row: Incoming, note: str) -> Incoming:
    row.closed_on, row.end_note = desk.today, note
    finish_for(desk, reply_key(row), note or INCOMING.state_labels[INCOMING.states(row.state)])
    desk.session.add(row)
    desk.session.flush()
    return row
