"""What happened to a case, in the words of an office: read from the audit chain, nothing about referrals."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from casework.desk import SYSTEM, Desk
from casework.lights.climbing import palette_of
from casework.lights.rungview import write_day
from casework.paperwork.kinds import is_hidden, name_of_kind
from casework.staff.people import CONTACT_LABELS
from core.codes import Light
from core.ladders.palette import Palette
from core.life.lives import DocumentAct
from core.life.rectification import CASE_ACT_LABELS, CASE_STATE_LABELS, CaseState
from models.audit import history_of
from models.document import Document
from models.organisation import Person, Unit
from models.record import AuditEntry
from models.rectification import Rectification

SHANGHAI = ZoneInfo("Asia/Shanghai")
CASE_ACTS = {act.value: label for act, label in CASE_ACT_LABELS.items()} | {
    "open": "立项",
    "import": "由旧台账导入",
    "set_due": "确定整改期限",
    "light": "亮灯",
    "set_aside": "巡检搁置",
    "reassign": "变更责任单位",
    "note": "联系记录",
}
FINDING_ACTS = {
    "write": "形成督察底稿",
    "confirm": "认定问题",
    "withdraw": "撤销问题",
    "import": "由旧台账导入",
    "repeat": "认定为屡查屡犯",
}
DOCUMENT_ACTS = {
    "draft": "拟稿",
    "readdress": "改送承接单位",
    "divide": "分出部分事项另拟",
    DocumentAct.SHEET.value: "送核",
    DocumentAct.APPROVE.value: "核稿通过",
    DocumentAct.RETURN.value: "退回修改",
    DocumentAct.EDIT.value: "修改文稿",
    "reply": "登记答复",
    "answer": "登记逐条落实情况",
    DocumentAct.SIGN.value: "签发",
    DocumentAct.SEAL.value: "用印",
    DocumentAct.ISSUE.value: "发出",
    DocumentAct.SERVE.value: "送达",
    DocumentAct.VOID.value: "作废",
}
CHANNEL_LABELS = {
    "acknowledgement": "签收",
    "hand": "当面送达",
    "telephone": "电话告知",
    "post": "邮寄",
    "portal": "网上签收",
    "left": "留置送达",
}
VERDICT_LABELS = {
    "passed": "通过",
    "failed": "未通过",
    "held": "未反弹",
    "rebounded": "反弹",
    "granted": "同意",
    "refused": "不同意",
    "upheld": "异议成立",
    "rejected": "异议不成立",
    "changed": "变更原认定",
    "agreed": "同意上报",
    "declined": "不同意上报",
    "met": "达到阶段目标",
    "missed": "未达到阶段目标",
    "founded": "反映属实",
    "unfounded": "反映不属实",
}
DAY_WORDS = {"until": "至", "on": "定于", "due_on": "到期日", "follow_up_on": "跟进日"}
# key of an entry's detail -> how it is introduced; keys that are not here are for machines
DETAIL_WORDS = {
    "measures": "措施：",
    "owner": "责任人：",
    "text": "",
    "note": "",
    "reason": "理由：",
    "event": "事件",
    "signed_for": "代签：",
    "contact": "",
    "with_whom": "对方：",
    "repeat_of": "此前的问题：",
}
INTERNAL = frozenset({"note"})
"""Acts on a case that are the office's own affair: a unit is not shown them."""


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a timeline; `on` is the day it counts for, `at` the instant it was entered.

    late   entered on a later day than it counts for (补录)
    """

    on: date
    at: datetime
    what: str
    who: str
    about: str = ""
    detail: str = ""
    light: Light | None = None
    moved: str = ""
    document_id: int | None = None
    late: bool = False


def timeline_of(
    desk: Desk,
    case: Rectification,
    entries: Sequence[AuditEntry],
    documents: Sequence[Document],
    unit: Unit,
) -> tuple[Event, ...]:
    """Return all that happened to a case and its visible documents, oldest first; three queries at most.

    entries   the case's own audit entries
    """
    shown = {doc.id or 0: doc for doc in documents if not is_hidden(doc)}
    every = [entry for entry in entries if may_read(desk, entry)]
    every += history_of(desk.session, desk.office_id, "finding", [case.id])
    if shown:
        every += history_of(desk.session, desk.office_id, "document", shown)
    names = names_of(desk, {entry.actor for entry in every}, [unit])
    every.sort(
        key=lambda entry: (entry.at, entry.shard, entry.seq)
    )  # one unit, one chain: its order is the true one
    about = {number: _about(desk, doc) for number, doc in shown.items()}
    palette = palette_of(desk, case.campaign_id)
    return tuple(_event(entry, about, names, palette) for entry in every)


def may_read(desk: Desk, entry: AuditEntry) -> bool:
    """Tell whether the actor may read an entry about a case: notes of the office are not for units."""
    return not (desk.actor.speaks_for_unit and entry.act in INTERNAL)


def document_timeline(desk: Desk, document: Document, unit: Unit) -> tuple[Event, ...]:
    """Return the life of one document, oldest first."""
    entries = list(history_of(desk.session, desk.office_id, "document", [document.id or 0]))
    names = names_of(desk, {entry.actor for entry in entries}, [unit])
    about = {document.id or 0: _about(desk, document)}
    palette = palette_of(desk, document.campaign_id)
    return tuple(_event(entry, about, names, palette) for entry in entries)


def names_of(desk: Desk, codes: Iterable[str], units: Sequence[Unit]) -> dict[str, str]:
    """Return how each code of an actor is written on a page; at most two queries."""
    names = {SYSTEM: "系统"}
    names |= {code: leader.name for code, leader in desk.office_rules.leaders.items()}
    for unit in units:
        names |= {f"{unit.code}:{role}": f"{unit.name}{label}" for role, label in CONTACT_LABELS.items()}
    contacts = {code.rpartition(":")[0] for code in codes if ":" in code and code not in names}
    if contacts:  # of a unit that answered for the case before
        former = select(Unit).where(col(Unit.office_id) == desk.office_id, col(Unit.code).in_(contacts))
        for unit in desk.session.exec(former):
            names |= {f"{unit.code}:{role}": f"{unit.name}{label}" for role, label in CONTACT_LABELS.items()}
    unknown = sorted({code for code in codes if code and ":" not in code and code not in names})
    if unknown:
        query = select(Person.code, Person.name).where(
            col(Person.office_id) == desk.office_id, col(Person.code).in_(unknown)
        )
        names |= dict(desk.session.exec(query).all())
    return names


def _event(entry: AuditEntry, about: Mapping[int, str], names: Mapping[str, str], palette: Palette) -> Event:
    said: dict[str, object] = json.loads(entry.detail) if entry.detail else {}
    document_id = entry.subject_id if entry.subject == "document" and entry.subject_id in about else None
    detail = _detail(entry, said, palette)
    if was_entered_late(entry):
        detail = f"{detail}（{write_day(entry.at.astimezone(SHANGHAI).date())}补录）"
    return Event(
        on=entry.on_day,
        at=entry.at,
        what=_label(entry),
        who=names.get(entry.actor, entry.actor),
        about=about[document_id] if document_id is not None else "",
        detail=detail,
        light=Light(str(said["light"])) if "light" in said else None,
        moved=_moved(entry),
        document_id=document_id,
        late=was_entered_late(entry),
    )


def was_entered_late(entry: AuditEntry) -> bool:
    """Tell whether an act was entered on a later civil day than the one it counts for (补录)."""
    return entry.at.astimezone(SHANGHAI).date() > entry.on_day


def _label(entry: AuditEntry) -> str:
    tables = {"case": CASE_ACTS, "finding": FINDING_ACTS, "document": DOCUMENT_ACTS}
    return tables.get(entry.subject, {}).get(entry.act, entry.act)


def _about(desk: Desk, document: Document) -> str:
    name = name_of_kind(desk, document.kind, document.rules_sha256)
    return f"{name}（{document.number}）" if document.number else name


def _moved(entry: AuditEntry) -> str:
    if entry.subject != "case" or not entry.from_state or entry.from_state == entry.to_state:
        return ""
    return (
        f"{CASE_STATE_LABELS[CaseState(entry.from_state)]} → {CASE_STATE_LABELS[CaseState(entry.to_state)]}"
    )


def _detail(entry: AuditEntry, said: Mapping[str, object], palette: Palette) -> str:
    parts = [f"由{said['before']}转{said['unit']}"] if entry.act == "reassign" else []
    if "verdict" in said:
        parts.append(VERDICT_LABELS.get(str(said["verdict"]), str(said["verdict"])))
    if "light" in said:
        parts.append(palette.word(Light(str(said["light"]))))
    if "percent" in said:
        parts.append(f"完成率{str(said['percent']).removesuffix('%')}%")
    parts += [_on_day(word, said[key]) for key, word in DAY_WORDS.items() if key in said]
    if "channel" in said:
        parts.append(CHANNEL_LABELS.get(str(said["channel"]), str(said["channel"])))
    if said.get("by_authorisation"):
        parts.append("依常设授权")
    words = {"reason": "理由：", "signed_for": "代签："} if entry.subject == "document" else DETAIL_WORDS
    parts += [f"{word}{said[key]}" for key, word in words.items() if key in said]
    return "；".join(dict.fromkeys(parts))


def _on_day(word: str, value: object) -> str:
    try:
        return word + write_day(date.fromisoformat(str(value)))
    except ValueError:
        return f"{word}{value}"
