"""What happened to a case as its unit is told: its own acts, decisions on them, papers that reached it, its lights.

Everything here is chosen by name. What the office does for itself (notes, drafts, reviews, screenings, complaints) is
in no list and so is never told; people of the office are named as the office.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from casework.leaves import Leaf, leaf_of
from casework.lights.climbing import palette_of
from casework.lights.rungview import write_day
from casework.portal.reader import CASE, Reader
from casework.rectification.timelinewords import VERDICT_LABELS
from casework.staff.people import CONTACT_LABELS, CONTACTS
from core.codes import Light
from core.life.rectification import CASE_ACT_LABELS, CaseAct
from models.base import table_of
from models.campaign import Finding
from models.record import AuditEntry
from models.rectification import Rectification

A = CaseAct
ENTRY, FINDING = table_of(AuditEntry), table_of(Finding)
Line = AuditEntry | sa.Row[Any]
# Acts of the unit, whose words are its own.
OWN = frozenset(
    {
        A.ACKNOWLEDGE, A.SUBMIT_PLAN, A.REPORT_PROGRESS, A.REQUEST_EXTENSION, A.OBJECT, A.APPLY_CLOSURE, A.ENDORSE,
        A.WITHDRAW_REQUEST, A.REQUEST_LONG_TERM,
    }
)  # fmt: skip
# Acts of the office that the unit is told of; only those of SAID with their words: what is asked of the unit.
OFFICE = frozenset(
    {
        A.APPROVE_PLAN, A.RETURN_PLAN, A.DECIDE_EXTENSION, A.DECIDE_OBJECTION, A.ADMIT_OBJECTION, A.SUSPEND, A.RESUME,
        A.VERIFY, A.RETURN, A.CLOSE, A.SCHEDULE_LOOK_BACK, A.LOOK_BACK, A.REOPEN, A.WITHDRAW, A.CORRECT_ON_SPOT,
        A.DECIDE_LONG_TERM, A.REVIEW_STAGE,
    }
)  # fmt: skip
SAID = frozenset({A.RETURN_PLAN, A.RETURN})
PAPERS = {"issue": "发出文书", "serve": "文书送达", "void": "文书作废"}
OTHERS = {"set_due": "确定整改期限", "light": "亮灯", "reassign": "变更责任单位"}
WORDS = {"measures": "措施：", "text": "", "note": ""}


@dataclass(frozen=True, slots=True)
class Told:
    """One line of what happened; `paper` is the document it is about."""

    on: date
    what: str
    who: str
    detail: str = ""
    light: Light | None = None
    about: str = ""
    paper: int | None = None
    code: str = ""


def tell_case(
    reader: Reader, case: Rectification, entries: Sequence[AuditEntry], about: Mapping[int, str]
) -> tuple[Told, ...]:
    """Return what the unit is told of a case, the newest first.

    about   {document this reader may read: its name with its number}
    """
    palette = palette_of(reader.desk, case.campaign_id)
    told = []
    for entry in entries:
        line = _tell(reader, entry, about)
        if line is not None:
            light = f"{palette.word(line.light)}" if line.light else ""
            told.append(line if not light else Told(line.on, line.what, line.who, light, line.light))
    return tuple(reversed(told))


def _tell(reader: Reader, entry: AuditEntry, about: Mapping[int, str]) -> Told | None:
    if entry.subject == "document":
        if entry.act not in PAPERS or entry.subject_id not in about:
            return None
        who = _who(reader, entry.actor)
        return Told(
            entry.on_day, PAPERS[entry.act], who, about=about[entry.subject_id], paper=entry.subject_id
        )
    if entry.subject != "case":
        return None
    return _tell_act(reader, entry)


def _tell_act(reader: Reader, entry: Line) -> Told | None:
    said: dict[str, object] = json.loads(entry.detail) if entry.detail else {}
    who = _who(reader, entry.actor)
    if entry.act in OTHERS:
        light = Light(str(said["light"])) if entry.act == "light" and "light" in said else None
        detail = f"到期日{_day(said['due_on'])}" if entry.act == "set_due" and "due_on" in said else ""
        return Told(entry.on_day, OTHERS[entry.act], "督察单位", detail, light)
    if entry.act not in OWN | OFFICE:
        return None
    detail = _detail(said, words=entry.act in OWN | SAID)
    return Told(entry.on_day, CASE_ACT_LABELS[CaseAct(entry.act)], who, detail)


def _detail(said: Mapping[str, object], *, words: bool) -> str:
    parts = [VERDICT_LABELS.get(str(said["verdict"]), "")] if "verdict" in said else []
    if "percent" in said:
        parts.append(f"完成率{str(said['percent']).removesuffix('%')}%")
    if "until" in said:
        parts.append(f"至{_day(said['until'])}")
    if words:
        parts += [f"{word}{said[key]}" for key, word in WORDS.items() if said.get(key)]
    return "；".join(part for part in parts if part)


def _day(value: object) -> str:
    try:
        return write_day(date.fromisoformat(str(value)))
    except ValueError:
        return str(value)


def _who(reader: Reader, actor: str) -> str:
    code, colon, role = actor.rpartition(":")
    if not colon or role not in CONTACTS:
        return "督察单位"
    if code != reader.unit.code:
        return CONTACT_LABELS[role]
    name = getattr(reader.unit, f"{role}_name", None)
    return f"{CONTACT_LABELS[role]} {name}" if name else CONTACT_LABELS[role]


def history_of_unit(reader: Reader, number: int = 1) -> Leaf[Told]:
    """Return one leaf of what the unit did and what was decided on it, the newest first; two queries."""
    wanted = [
        act.value
        for act in OWN | {A.CLOSE, A.APPROVE_PLAN, A.RETURN_PLAN, A.DECIDE_EXTENSION, A.VERIFY, A.RETURN}
    ]
    query = (
        sa.select(ENTRY, FINDING.c.code)
        .join(FINDING, FINDING.c.id == ENTRY.c.subject_id)
        .join(CASE, CASE.c.id == FINDING.c.id)
        .where(
            ENTRY.c.office_id == reader.desk.office_id, ENTRY.c.subject == "case", ENTRY.c.act.in_(wanted),
            reader.cases,
        )
        .order_by(ENTRY.c.at.desc(), ENTRY.c.shard, ENTRY.c.seq.desc())
    )  # fmt: skip
    leaf = leaf_of(reader.desk, query, number)
    told = [(_tell_act(reader, row), row.code) for row in leaf.rows]
    return leaf.showing(
        [
            Told(line.on, line.what, line.who, line.detail, code=code)
            for line, code in told
            if line is not None
        ]
    )
