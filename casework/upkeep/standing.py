"""How the installation stands at this moment, in a few queries: what runs by itself, what waits, what was kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from casework.calendar.calendarwatch import calendar_warnings
from casework.desk import Desk
from casework.staff.people import require_role
from casework.ticks import hold_reason
from core.access.permissions import GRANTS, Permission
from core.life.lives import MessageState
from models.base import table_of
from models.message import Message
from models.record import Note, Tick

MESSAGE, TICK = table_of(Message), table_of(Tick)
BACKUP = "last_backup"  # the note a good backup leaves
BACKUP_AGE, OUTBOX_AGE, TICK_AGE = timedelta(days=2), timedelta(hours=1), timedelta(days=4)
JOB_LABELS = {
    "sweep": "到期巡检", "outbox": "发送待发邮件", "watch": "日常巡看", "remind": "提醒督察组和迟报单位",
    "referrals": "移送办理期限提示", "report": "半月报", "doctor": "数据自检", "halves": "半月报送",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Standing:
    """One thing that should be well; `ok` is None for what only informs."""

    name: str
    value: str
    ok: bool | None = None
    remedy: str = ""


def standings(desk: Desk) -> list[Standing]:
    """Return how everything stands that goes wrong quietly; six queries."""
    require_role(desk, GRANTS[Permission.HEALTH], "查看运行检查")
    held = hold_reason(desk)
    return [
        Standing("系统状态", f"暂停：{held}" if held else "正常", held is None, "核对后由两人解除暂停"),
        *_ticks(desk),
        *_mails(desk),
        _backup(desk),
        _calendar(desk),
    ]


def _ticks(desk: Desk) -> list[Standing]:
    query = sa.select(TICK.c.job, TICK.c.at).where(TICK.c.office_id == desk.office_id).order_by(TICK.c.job)
    rows = desk.session.connection().execute(query).all()
    found = [
        Standing(f"定时工作：{JOB_LABELS.get(job, job)}", _ago(desk.now - at), desk.now - at < TICK_AGE,
                 "检查定时器是否在运行（ducha clock 或 ducha serve）")
        for job, at in rows
    ]  # fmt: skip
    return found or [Standing("定时工作", "还没有运行过", None, "启动定时器")]


def _mails(desk: Desk) -> list[Standing]:
    count = sa.func.count()
    own = MESSAGE.c.office_id == desk.office_id
    query = sa.select(MESSAGE.c.state, count, sa.func.min(MESSAGE.c.not_before)).where(own)
    rows = {row[0]: row for row in desk.session.connection().execute(query.group_by(MESSAGE.c.state))}
    ready = rows.get(MessageState.READY.value)
    age = desk.now - ready[2] if ready else timedelta()
    unknown, rejected = (
        rows[s.value][1] if s.value in rows else 0 for s in (MessageState.UNKNOWN, MessageState.REJECTED)
    )
    told = f"{ready[1]}封，最早的{_ago(age)}" if ready else "没有"
    return [
        Standing("待发邮件", told, age < OUTBOX_AGE, "检查邮件服务器设置和网络"),
        Standing("结果不明的邮件", f"{unknown}封", unknown == 0, "在“邮件发送”逐封确认"),
        Standing("被退回的邮件", f"{rejected}封", rejected == 0, "核对地址，改用其他方式送达"),
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
