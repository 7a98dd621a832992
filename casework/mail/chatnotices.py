"""What is told to the chat groups of the staff: counts and the address to sign in at, never a word of a case.

Once a day and channel what waits for somebody; at once what must not wait: a hold, a broken invariant, a mailbox that
cannot be read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Desk
from casework.mail.unsettled import is_unsettled
from core.life.inboundlife import InboundState
from core.life.lives import DocumentState, MessageState
from core.life.tasklife import TaskState
from models.base import key_of, table_of
from models.chat import ChatNotice
from models.document import Document
from models.inbound import InboundMail
from models.message import Message
from models.record import Note, Tick
from models.task import Task

SHANGHAI = ZoneInfo("Asia/Shanghai")
DOCUMENT, MESSAGE = table_of(Document), table_of(Message)
INBOUND, TASK, TICK = table_of(InboundMail), table_of(Task), table_of(Tick)
MORNING, EVENING = time(8, 30), time(18, 0)
SILENT = timedelta(hours=1)
MAX_TRIES = 3
TRYING, SENT, FAILED = "trying", "sent", "failed"
UNSIGNED = (DocumentState.DRAFT.value, DocumentState.IN_REVIEW.value)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A notice that this process alone may send now."""

    notice: int
    channel: str
    text: str


def notices_due(desk: Desk, channels: Sequence[str]) -> list[Attempt]:
    """Write down what is to be told now and was not told yet, and return it; the caller sends after the commit."""
    wanted = dict(_alarms(desk))
    if not wanted and (told := _of_the_day(desk)):
        wanted[f"daily/{desk.today}"] = told
    found = (_claim(desk, channel, key, text) for channel in channels for key, text in wanted.items())
    return [one for one in found if one is not None]


def settle_notice(desk: Desk, attempt: Attempt, error: str) -> None:
    """Write down what the robot said."""
    row = desk.session.get_one(ChatNotice, attempt.notice)
    row.result, row.error = (FAILED, error) if error else (SENT, "")
    desk.session.add(row)


def _claim(desk: Desk, channel: str, key: str, text: str) -> Attempt | None:
    """Return a notice that is new, or that failed and may be tried again."""
    known = desk.session.exec(
        select(ChatNotice).where(
            col(ChatNotice.office_id) == desk.office_id,
            col(ChatNotice.channel) == channel,
            col(ChatNotice.key) == key,
        )
    ).first()
    if known is not None and (known.result != FAILED or known.tries >= MAX_TRIES):
        return None
    row = known or ChatNotice(
        office_id=desk.office_id,
        channel=channel,
        key=key,
        text=text,
        result=TRYING,
        tries=0,
        tried_at=desk.now,
    )
    row.result, row.tries, row.tried_at = TRYING, row.tries + 1, desk.now
    desk.session.add(row)
    desk.session.flush()
    return Attempt(key_of(row), channel, row.text)


def _alarms(desk: Desk) -> list[tuple[str, str]]:
    """Return what must be told at once, each once a day; reasons are read after signing in."""
    found = []
    held = desk.on_hold
    if held is not None:
        digest = hashlib.sha256(held.encode()).hexdigest()[:8]
        found.append((f"hold/{desk.today}/{digest}", "系统已暂停发送和巡查"))
    broken = broken_invariants(desk)
    if broken:
        found.append((f"doctor/{desk.today}/{'+'.join(broken)}", f"数据自检有{len(broken)}项不符"))
    if is_mailbox_silent(desk):
        found.append((f"inbox/{desk.today}", "收信邮箱超过1小时没有读取成功"))
    return [(key, _say(desk, f"{text}，须尽快核对")) for key, text in found]


def _of_the_day(desk: Desk) -> str:
    """Return the notice of a working day from half past eight on; "" when nothing waits or it is not the time."""
    if desk.now.astimezone(SHANGHAI).time() < MORNING or not desk.calendar.is_workday(desk.today):
        return ""
    said = [f"{count}{what}" for count, what in _counts(desk) if count]
    return _say(desk, "、".join(said)) if said else ""


def _say(desk: Desk, text: str) -> str:
    where = desk.settings.public_address
    return f"{text}。请登录办理{f'：{where}' if where else '。'}"


def _counts(desk: Desk) -> list[tuple[int, str]]:
    """Return what waits; letters of the compartment are counted nowhere."""
    from casework.paperwork.kinds import is_shown  # kinds reads rule books, which alarms do without

    ours = DOCUMENT.c.office_id == desk.office_id
    limit = desk.calendar.after(desk.today, -desk.office_rules.choices.acknowledge_workdays)
    late = (
        DOCUMENT.c.state == DocumentState.ISSUED.value,
        DOCUMENT.c.signed_on.is_not(None),
        DOCUMENT.c.issued_on < limit,
    )
    mail, inbound = MESSAGE.c.office_id == desk.office_id, INBOUND.c.office_id == desk.office_id
    tasks = (
        TASK.c.office_id == desk.office_id,
        TASK.c.state == TaskState.OPEN.value,
        TASK.c.confidential.is_(False),
    )
    return [
        (_count(desk, DOCUMENT, ours, is_shown(), DOCUMENT.c.state.in_(UNSIGNED)), "件文书待签发"),
        (_count(desk, DOCUMENT, ours, is_shown(), *late), "件文书逾期未签收"),
        (_count(desk, MESSAGE, mail, MESSAGE.c.state == MessageState.UNKNOWN.value), "封邮件结果不明"),
        (
            _count(desk, MESSAGE, mail, MESSAGE.c.state == MessageState.BOUNCED.value, is_unsettled()),
            "封邮件被退回",
        ),
        (_count(desk, INBOUND, inbound, INBOUND.c.state == InboundState.WAITING.value), "封来信待处理"),
        (_count(desk, TASK, *tasks, TASK.c.due_on < desk.today), "项任务逾期"),
    ]


def _count(desk: Desk, table: sa.Table, *conditions: sa.ColumnElement[bool]) -> int:
    query = sa.select(sa.func.count()).select_from(table).where(*conditions)
    count: int = desk.session.connection().execute(query).scalar_one()
    return count


def is_mailbox_silent(desk: Desk) -> bool:
    """Tell whether a mailbox is set that has not been read for an hour, in the hours of service of a working day."""
    settings = desk.settings
    if settings.inbox_url is None and settings.inbox_maildir is None:
        return False
    now = desk.now.astimezone(SHANGHAI).time()
    if not MORNING <= now < EVENING or not desk.calendar.is_workday(desk.today):
        return False
    query = sa.select(TICK.c.at).where(TICK.c.office_id == desk.office_id, TICK.c.job == "intake")
    at = desk.session.connection().execute(query).scalar()
    return at is None or desk.now - at > SILENT


def note_diagnosis(desk: Desk, broken: Sequence[str]) -> None:
    """Remember which invariants the last examination found broken."""
    name = f"doctor/{desk.office.code}"
    row = desk.session.get(Note, name) or Note(name=name, value="")
    row.value = json.dumps(sorted(set(broken)))
    desk.session.add(row)


def broken_invariants(desk: Desk) -> list[str]:
    """Return the invariants that the last examination found broken."""
    row = desk.session.get(Note, f"doctor/{desk.office.code}")
    return list(json.loads(row.value)) if row is not None else []
