"""The log as the audit administrator reads it: who did what and when; of compartments only that, never what.

The auditor sees that something confidential was looked at or decided, by whom and how often, and reads none of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from casework.accounts.logwords import say_value, state_word
from casework.desk import Desk
from casework.filters import Filters, one_of
from casework.rectification.timeline import names_of
from casework.staff.people import require_role
from core.access.permissions import AUDIT_ADMIN
from core.errors import InvalidInput
from core.life.everymachine import ACT_WORDS
from models.audit import SHARDS, BrokenLink, verify_chains
from models.base import table_of
from models.record import SUBJECTS, AuditCheckpoint, AuditEntry

ENTRY, CHECKPOINT = table_of(AuditEntry), table_of(AuditCheckpoint)
ROWS, MOST_EXPORTED = 100, 50_000
ADMINISTRATORS = "@"  # as a filter of persons: every administrator
# What named people alone know: the log tells who acted on it and when, not on which one nor what was said.
COMPARTMENT = frozenset({"referral", "incoming", "meeting", "joint", "lead", "freeze"})
ADMINISTERED = frozenset({"account", "session", "office", "calendar"})
CODE = re.compile(
    r"[A-Za-z0-9_:.@/+-]{0,64}"
)  # codes, days, hashes: words of people have blanks or are Chinese
PLACE = re.compile(r"[0-9]{0,9}", re.ASCII)
CONFIDENTIAL_ACTS = frozenset({"refer", "screening", "name_reader", "revoke_reader"})
SUBJECT_LABELS = {
    "office": "本单位", "unit": "单位", "unit_change": "机构变动", "person": "人员", "campaign": "督察批次",
    "visit": "督察记录", "finding": "问题", "case": "整改事项", "document": "文书", "message": "邮件",
    "referral": "移送", "calendar": "工作日历", "declaration": "回避申报", "draw": "随机抽取",
    "occurrence": "计划期次", "plan": "年度计划", "request_list": "清单", "scope_change": "范围变更",
    "milestone": "节点", "half_report": "半月报", "freeze": "锁定", "delegation": "授权代签", "lead": "线索",
    "incoming": "来件", "task": "任务", "meeting": "会商", "matter": "行政争议", "interview": "约谈",
    "report": "报表", "period": "统计期", "filing": "报送登记", "institution": "建章立制",
    "contact_point": "联系点", "archive": "归档", "joint": "联合督办", "account": "账号", "session": "登录",
}  # fmt: skip
PLAIN_WORDS = {
    "open": "建立", "end": "结束", "view": "查看", "import": "导入", "fail": "登录失败", "password": "修改密码",
    "reset": "重置密码", "unlock": "解除锁定", "second_factor": "启用动态验证码", "elevate": "再次验证",
    "make_key": "申请密钥", "revoke_key": "撤销密钥", "bind_subject": "绑定统一身份", "verify_log": "核验日志",
    "export_log": "导出日志", "draft": "拟稿", "light": "亮灯", "note": "记录", "name_reader": "指定知悉人员",
    "set_due": "确定到期日", "link": "写入网上办理链接",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class LogFilters(Filters):
    """What the auditor narrows the log to."""

    from_on: date | None = None
    to_on: date | None = None
    actor: str = ""
    subject: str = one_of(*SUBJECTS)
    act: str = ""


@dataclass(frozen=True, slots=True)
class LogLine:
    """One entry as the auditor reads it; `about` and `said` are empty for what is confidential."""

    at: datetime
    on_day: date
    actor: str
    name: str
    subject: str
    about: str
    act: str
    before: str
    after: str
    said: str
    place: str


@dataclass(frozen=True, slots=True)
class LogPage:
    """One page of the log, the newest first; `older` is where the next one begins."""

    filters: LogFilters
    lines: tuple[LogLine, ...]
    older: str
    total: int
    checkpoint: date | None


def log_view(desk: Desk, filters: LogFilters, before: str = "") -> LogPage:
    """Return one page of the log; four queries."""
    require_role(desk, (AUDIT_ADMIN,), "查看操作日志")
    query = sa.select(ENTRY).where(*_conditions(desk, filters))
    total = _count(desk, query)
    tops = _read_place(before) if before else {}
    rows = _newest(desk, query, tops, ROWS + 1)
    shown = rows[:ROWS]
    older = _write_place(tops | {row.shard: row.seq for row in shown}) if len(rows) > ROWS else ""
    last = desk.session.connection().execute(
        sa.select(sa.func.max(CHECKPOINT.c.on_day)).where(CHECKPOINT.c.office_id == desk.office_id)
    ).scalar()  # fmt: skip
    return LogPage(filters, _lines(desk, shown), older, total, last)


def export_log(desk: Desk, filters: LogFilters) -> tuple[LogLine, ...]:
    """Return the entries of the filters for a file, the newest first; that somebody took them is noted itself."""
    require_role(desk, (AUDIT_ADMIN,), "导出操作日志")
    query = sa.select(ENTRY).where(*_conditions(desk, filters))
    if _count(desk, query) > MOST_EXPORTED:
        raise InvalidInput(
            "所选记录太多", found=f"超过{MOST_EXPORTED}条", expected="较短的期间", remedy="按日期分次导出"
        )
    lines = _lines(desk, _newest(desk, query, {}, MOST_EXPORTED))
    desk.record("office", desk.office_id, "export_log", detail={"count": len(lines), **filters.as_query()})
    return lines


def verify_log(desk: Desk) -> tuple[int, list[BrokenLink]]:
    """Recompute every link of the chains; return how many entries there are, and the places that do not fit."""
    require_role(desk, (AUDIT_ADMIN,), "核验操作日志")
    checked, broken = verify_chains(desk.session, desk.office_id)
    desk.record("office", desk.office_id, "verify_log", detail={"checked": checked, "broken": len(broken)})
    return checked, broken


def confidential_looks(desk: Desk, filters: LogFilters) -> list[tuple[str, str, str, int, date]]:
    """Return (code, name, kind, how often, the last day) of the looks at confidential material, most looks first."""
    require_role(desk, (AUDIT_ADMIN,), "查看知悉记录")
    count = sa.func.count().label("looks")
    query = (
        sa.select(ENTRY.c.actor, ENTRY.c.subject, count, sa.func.max(ENTRY.c.on_day))
        .where(*_conditions(desk, filters), ENTRY.c.act == "view")
        .group_by(ENTRY.c.actor, ENTRY.c.subject)
        .order_by(count.desc(), ENTRY.c.actor)
    )
    rows = desk.session.connection().execute(query).all()
    names = names_of(desk, {row[0] for row in rows}, [])
    return [
        (row[0], names.get(row[0], row[0]), SUBJECT_LABELS.get(row[1], row[1]), row[2], row[3])
        for row in rows
    ]


def _conditions(desk: Desk, filters: LogFilters) -> list[sa.ColumnElement[bool]]:
    found = [ENTRY.c.office_id == desk.office_id]
    if filters.from_on is not None:
        found.append(ENTRY.c.on_day >= filters.from_on)
    if filters.to_on is not None:
        found.append(ENTRY.c.on_day <= filters.to_on)
    if filters.actor == ADMINISTRATORS:
        found.append(ENTRY.c.actor.startswith("@"))
    elif filters.actor:
        found.append(ENTRY.c.actor == filters.actor)
    if filters.subject:
        found.append(ENTRY.c.subject == filters.subject)
    if filters.act:
        found.append(ENTRY.c.act == filters.act)
    return found


def _count(desk: Desk, query: sa.Select[Any]) -> int:
    counted = sa.select(sa.func.count()).select_from(query.subquery())
    return int(desk.session.connection().execute(counted).scalar() or 0)


def _newest(desk: Desk, query: sa.Select[Any], tops: Mapping[int, int], count: int) -> list[Any]:
    """Return the newest entries of a query, merged from the ends of the chains: each is in order of time already.

    tops   {chain: the place that comes next before what was read} of the chains that were read from
    """
    chains = []
    for shard in range(SHARDS):
        end = query.where(ENTRY.c.shard == shard).order_by(ENTRY.c.seq.desc()).limit(count)
        chains.append((end.where(ENTRY.c.seq < tops[shard]) if shard in tops else end).subquery().select())
    merged = sa.union_all(*chains).subquery()
    ordered = sa.select(merged).order_by(merged.c.at.desc(), merged.c.shard.desc(), merged.c.seq.desc())
    return list(desk.session.connection().execute(ordered.limit(count)))


def _write_place(tops: Mapping[int, int]) -> str:
    return "~".join(str(tops.get(shard, "")) for shard in range(SHARDS))


def _read_place(text: str) -> dict[int, int]:
    parts = text.split("~")
    if len(parts) != SHARDS or not all(PLACE.fullmatch(part) for part in parts):
        raise InvalidInput("翻页位置不正确", found=text[:40], expected="页面给出的链接", remedy="回到第一页")
    return {shard: int(part) for shard, part in enumerate(parts) if part}


def _lines(desk: Desk, rows: list[Any]) -> tuple[LogLine, ...]:
    names = names_of(desk, {row.actor for row in rows}, [])
    return tuple(_line(row, names) for row in rows)


def _line(row: Any, names: Mapping[str, str]) -> LogLine:
    hidden = row.subject in COMPARTMENT or row.act in CONFIDENTIAL_ACTS
    return LogLine(
        at=row.at, on_day=row.on_day, actor=row.actor, name=names.get(row.actor, row.actor),
        subject=SUBJECT_LABELS.get(row.subject, row.subject), about="" if hidden else str(row.subject_id),
        act=_act(row.subject, row.act), before="" if hidden else state_word(row.subject, row.from_state),
        after="" if hidden else state_word(row.subject, row.to_state),
        said="" if hidden else _said(row.subject, row.detail), place=f"{row.shard}-{row.seq}",
    )  # fmt: skip


def _act(subject: str, act: str) -> str:
    """Return the word for an act where the life of its subject gives one, with the code beside it."""
    word = ACT_WORDS.get((subject, act)) or PLAIN_WORDS.get(act)
    return f"{word} {act}" if word else act


def _said(subject: str, detail: str) -> str:
    """Return what an entry says: all of it about accounts and the office, of business its codes, days and numbers.

    source   GB/T 22239-2019, 8.1.5: an administrator audits that something was done, and does not read the business
    """
    if not detail:
        return ""
    told = json.loads(detail)
    if subject not in ADMINISTERED:
        told = {key: value if _is_code(key, value) else _left_out(value) for key, value in told.items()}
    return "；".join(say_value(key, value) for key, value in told.items())[:300]


def _is_code(key: str, value: object) -> bool:
    return key == "number" or not isinstance(value, str | list | dict) or bool(CODE.fullmatch(str(value)))


def _left_out(value: object) -> str:
    return f"（业务内容，{len(str(value))}字）"
