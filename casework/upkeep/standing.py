"""How the installation stands at this moment, in a few queries: what runs by itself, what waits, what was kept."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from casework.calendar.calendarwatch import calendar_warnings
from casework.desk import Desk
from casework.mail.chatnotices import is_mailbox_silent
from casework.mail.unsettled import is_unsettled
from casework.staff.people import require_role
from casework.upkeep.overdue import done_at, late_jobs
from core.access.permissions import GRANTS, Permission
from core.errors import CalendarMissing
from core.life.inboundlife import InboundState
from core.life.lives import MessageState
from models.base import table_of
from models.inbound import InboundMail
from models.isolation import sees_everything
from models.message import Message
from models.record import Note, Tick
from models.revision import REVISION, has_schema

MESSAGE, TICK, INBOUND = table_of(Message), table_of(Tick), table_of(InboundMail)
BACKUP = "last_backup"  # the note a good backup leaves
ROOM, ROOM_SHARE = 2 * 2**30, 0.02  # bytes, and of the whole disk
BACKUP_AGE, OUTBOX_AGE, LATE = timedelta(days=2), timedelta(hours=1), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Standing:
    """One thing that should be well; `ok` is None for what only informs."""

    name: str
    value: str
    ok: bool | None = None
    remedy: str = ""


def standings(desk: Desk) -> list[Standing]:
    """Return the same for a person."""
    require_role(desk, GRANTS[Permission.HEALTH], "查看运行检查")
    return conditions(desk)


def conditions(desk: Desk) -> list[Standing]:
    """Return how everything stands that goes wrong quietly; eight queries."""
    held = desk.on_hold
    return [
        _schema(desk),
        Standing("系统状态", f"暂停：{held}" if held else "正常", held is None, "核对后由两人解除暂停"),
        *_ticks(desk),
        *_mails(desk),
        *_inbox(desk),
        _backup(desk),
        _calendar(desk),
        _disk(desk),
        *_lock(desk),
    ]


def _schema(desk: Desk) -> Standing:
    fits = has_schema(desk.session)
    told = REVISION if fits else f"程序为 {REVISION}，与数据库不一致"
    return Standing("程序与数据库的版本", told, fits, "升级并重新启动程序，或运行 ducha init")


def _disk(desk: Desk) -> Standing:
    """Tell the room on the disk of the files; where the database is elsewhere, its own host watches its own disk."""
    folder = desk.files.resolve()
    while not folder.exists():
        folder = folder.parent
    usage = shutil.disk_usage(folder)
    enough = usage.free >= max(ROOM, usage.total * ROOM_SHARE)
    return Standing("磁盘空间", f"剩余{usage.free / 2**30:.1f} GiB", enough, "清理或扩充磁盘，见《运行手册》")


def _lock(desk: Desk) -> list[Standing]:
    """Tell whether several offices in one database are kept apart by row as well."""
    if len(desk.rules.offices) < 2 or desk.session.connection().dialect.name != "postgresql":
        return []
    remedy = "程序改用 ducha init --role 授权的角色连接"
    return [
        Standing(
            "各单位按行隔离",
            "不起作用" if (open_ := sees_everything(desk.session)) else "有效",
            not open_,
            remedy,
        )
    ]


def _ticks(desk: Desk) -> list[Standing]:
    query = sa.select(TICK.c.job, TICK.c.at).where(TICK.c.office_id == desk.office_id)
    ticks = {row.job: row.at for row in desk.session.connection().execute(query)}
    late = _late(desk) if ticks else set()
    found = []
    for job in desk.rules.timetable:
        done = done_at(job.name, ticks, desk.settings.shards)
        told = _ago(desk.now - done) if done else "还没有运行过"
        remedy = "检查定时器是否在运行（ducha clock、ducha serve 或 Prefect）"
        found.append(Standing(f"定时工作：{job.title}", told, job.name not in late, remedy))
    return found if ticks else [Standing("定时工作", "还没有运行过", None, "启动定时器")]


def _late(desk: Desk) -> set[str]:
    try:
        return {one.job.name for one in late_jobs(desk, LATE)}
    except CalendarMissing:
        return set()  # which the line about the calendar tells


def _mails(desk: Desk) -> list[Standing]:
    count = sa.func.count()
    own = MESSAGE.c.office_id == desk.office_id
    query = sa.select(MESSAGE.c.state, count, sa.func.min(MESSAGE.c.not_before)).where(
        own, sa.or_(MESSAGE.c.state == MessageState.READY.value, is_unsettled())
    )
    rows = {row[0]: row for row in desk.session.connection().execute(query.group_by(MESSAGE.c.state))}
    ready = rows.get(MessageState.READY.value)
    age = desk.now - ready[2] if ready else timedelta()
    unknown, rejected, bounced = (
        rows[s.value][1] if s.value in rows else 0
        for s in (MessageState.UNKNOWN, MessageState.REJECTED, MessageState.BOUNCED)
    )
    told = f"{ready[1]}封，最早的{_ago(age)}" if ready else "没有"
    return [
        Standing("待发邮件", told, age < OUTBOX_AGE, "检查邮件服务器设置和网络"),
        Standing("结果不明的邮件", f"{unknown}封", unknown == 0, "在“邮件发送”逐封确认"),
        Standing("被拒收的邮件", f"{rejected}封", rejected == 0, "核对地址，改用其他方式送达"),
        Standing("被退回的邮件", f"{bounced}封", bounced == 0, "电话告知收件人，核对地址，改用其他方式送达"),
    ]


def _inbox(desk: Desk) -> list[Standing]:
    """Tell of the mailbox where one is set: whether it is read, and what waits in it for a person."""
    if desk.settings.inbox_url is None and desk.settings.inbox_maildir is None:
        return [Standing("收信邮箱", "没有设置", None, "设置 DUCHA_INBOX_URL 后，退信和来信自动处理")]
    query = sa.select(sa.func.count()).where(
        INBOUND.c.office_id == desk.office_id, INBOUND.c.state == InboundState.WAITING.value
    )
    waiting: int = desk.session.connection().execute(query).scalar_one()
    silent = is_mailbox_silent(desk)
    return [
        Standing(
            "收信邮箱",
            "超过1小时没有读取成功" if silent else "按时读取",
            not silent,
            "检查网络、口令和定时器",
        ),
        Standing("待处理的来信", f"{waiting}封", waiting == 0, "在“来信”归入事项，或者写明理由不再处理"),
    ]


def _backup(desk: Desk) -> Standing:
    note = desk.session.get(Note, BACKUP)
    if note is None:
        return Standing("最近备份", "没有记录", False, "运行 ducha backup")
    age = desk.now - datetime.fromisoformat(note.value)
    return Standing("最近备份", _ago(age), age < BACKUP_AGE, "运行 ducha backup，并检查每日备份是否安排")


def _calendar(desk: Desk) -> Standing:
    warnings = list(calendar_warnings(desk))
    years = sorted(desk.calendar.years)
    known = f"{years[0]}至{years[-1]}年" if years else "没有年表"
    return Standing("工作日历", "；".join((known, *warnings)), not warnings, "在“工作日历”导入或者确认")


def _ago(age: timedelta) -> str:
    minutes = max(0, int(age.total_seconds() // 60))
    if minutes < 60:
        return f"{minutes}分钟前"
    if minutes < 48 * 60:
        return f"{minutes // 60}小时前"
    return f"{minutes // 1440}天前"
