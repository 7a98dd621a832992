"""One lead as its page shows it: facts, clocks, extensions, papers, files, life, and the acts that are legal now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import col, select

from casework.desk import Desk
from casework.intake.keptfiles import KeptFile, files_of, read_kept
from casework.intake.leadboard import STATE_LABELS, Clock, clocks_of
from casework.intake.leadends import CHANNEL_LABELS
from casework.intake.leads import STAFF, find_lead, origin_of, transfer_by
from casework.intake.lifeline import Look, Words, chronicle_of
from casework.linkage.compartment import knows_all, note_view
from casework.paperwork.kinds import name_of_kind
from casework.rectification.notes import KIND_LABELS
from casework.rectification.timeline import Event
from casework.sight import findings_in_sight
from casework.staff.people import require_role
from casework.tasks import COMPARTMENT
from core.codes import LINE_LABELS, SECRECY_LABELS, Line, Secrecy
from core.life.leadlife import (
    CLOCK_LABELS,
    DISPUTE_LABELS,
    LEAD,
    LEAD_EXTENSION,
    Dispute,
    ExtensionState,
    LeadAct,
    LeadClock,
    LeadState,
)
from core.life.lives import DOCUMENT_STATE_LABELS, DocumentState
from models.base import key_of
from models.campaign import Finding
from models.document import Document
from models.lead import Lead, LeadExtension, LeadSource
from models.organisation import Unit

OUTCOMES = {"transferred": "转办", "established": "立项", "not_handled": "不予处理"}
LOOKS = {"": "查看线索", "source": "查看来源人"}
WORDS = Words(
    LEAD,
    {
        "open": "登记", "ask_extension": "申请延长期限", "decide_extension": "审批延长期限",
        "tell_extension": "告知延长期限", "draft_reply": "拟制书面答复", "name_reader": "指定知悉人员",
        "revoke_reader": "撤销知悉人员", "set_due": "确定期限", "note": "联系记录",
    },
    {**{one.value: label for one, label in CLOCK_LABELS.items()}, **CHANNEL_LABELS, **KIND_LABELS,
     "granted": "批准", "refused": "不批准"},
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Extension:
    """A request for more time on a clock, in words."""

    clock: str
    state: str
    state_word: str
    until_on: date
    due_before: date
    reason: str
    asked_by: str
    asked_on: date
    decided_by: str
    decided_on: date | None
    told: str


@dataclass(frozen=True, slots=True)
class PaperOfLead:
    """A letter of a lead; one to its source is in the compartment of letters."""

    id: int
    name: str
    number: str
    state_word: str
    is_hidden: bool


@dataclass(frozen=True, slots=True)
class LeadPage:
    """One lead for its page."""

    row: Lead
    source: str
    line: str
    secrecy: str
    state_word: str
    unit: Unit | None
    to_unit: Unit | None
    merged_into: str
    handler: str
    outcome: str
    dispute: str
    clocks: list[Clock]
    transfer_by_on: date
    extensions: list[Extension]
    findings: list[str]
    papers: list[PaperOfLead]
    files: list[KeptFile]
    names: Mapping[str, str]
    life: tuple[Event, ...]
    looks: tuple[Look, ...] | None
    has_source: bool
    may_see_source: bool
    can_extend: tuple[tuple[str, str], ...]
    acts: tuple[str, ...]


def lead_page(desk: Desk, lead_id: int) -> LeadPage:
    """Return one lead for its page; a look at one of the compartment is noted. Raises NotFound."""
    held = _fetch(desk, lead_id)  # the session forgets what nobody holds
    row = find_lead(desk, lead_id)
    if row.compartment:
        note_view(desk, "lead", lead_id)
    origin = origin_of(desk, row.source)
    extensions = _extensions(desk, row)
    merged = desk.session.get(Lead, row.merged_into_id) if row.merged_into_id else None
    files = files_of(desk, "lead", lead_id)
    people = {code for one in extensions for code in (one.asked_by, one.decided_by or "")}
    told = chronicle_of(desk, "lead", lead_id, people | {row.handler or ""} | {one.by for one in files})
    return LeadPage(
        row=row,
        source=origin.name,
        line=LINE_LABELS[Line(row.line)],
        secrecy=SECRECY_LABELS[Secrecy(row.secrecy)],
        state_word=STATE_LABELS[row.state],
        unit=held[2],
        to_unit=desk.session.get(Unit, row.to_unit_id) if row.to_unit_id else None,
        merged_into=merged.number if merged else "",
        handler=told.names.get(row.handler or "", row.handler or ""),
        outcome=OUTCOMES.get(row.outcome or "", ""),
        dispute=DISPUTE_LABELS[Dispute(row.dispute)] if row.dispute else "",
        clocks=clocks_of(desk, row),
        transfer_by_on=transfer_by(desk, row),
        extensions=[_extension(one, told.names) for one in extensions],
        findings=_findings(desk, row),
        papers=_papers(desk, row),
        files=files,
        names=told.names,
        life=told.life(WORDS),
        looks=told.looks(LOOKS) if desk.actor.roles & COMPARTMENT else None,
        has_source=held[1] is not None,
        may_see_source=_may_see_source(desk, row),
        can_extend=_extendable(desk, row, extensions),
        acts=_acts(desk, row, extensions),
    )


def _fetch(desk: Desk, lead_id: int) -> Any:
    """Read a lead with its unit, its letter and who brought it in one query; find_lead then lets it pass or not."""
    query = (
        select(Lead, LeadSource, Unit, Document)
        .outerjoin(LeadSource, col(LeadSource.lead_id) == col(Lead.id))
        .outerjoin(Unit, col(Unit.id) == col(Lead.unit_id))
        .outerjoin(Document, col(Document.id) == col(Lead.document_id))
    )
    return desk.session.exec(query.where(col(Lead.id) == lead_id)).first()


def _may_see_source(desk: Desk, row: Lead) -> bool:
    """Tell whether the actor may ask who brought a lead, as leadviews.source_of decides it."""
    secret = origin_of(desk, row.source).confidential or row.real_name or row.compartment
    return not secret or knows_all(desk) or desk.actor.code == row.registered_by


def _extendable(desk: Desk, row: Lead, known: list[LeadExtension]) -> tuple[tuple[str, str], ...]:
    """Return (clock, its name) of what runs, has not run out, and was not extended before."""
    asked = {one.clock for one in known if one.state != ExtensionState.REFUSED.value}
    if any(one.state == ExtensionState.REQUESTED.value for one in known):
        return ()
    able = [one.code for one in clocks_of(desk, row) if one.due_on >= desk.today and one.code not in asked]
    return tuple((one.value, CLOCK_LABELS[one]) for one in LeadClock if one.value in able)


def _acts(desk: Desk, row: Lead, extensions: list[LeadExtension]) -> tuple[str, ...]:
    """Return what the actor may do now: the moves of the life, and what moves no state."""
    found = [one for one in LEAD.acts(row.state, desk.actor.roles) if one not in _held_back(desk, row)]
    if not desk.actor.roles & STAFF:
        return (*found, "note")
    states = {one.state for one in extensions}
    untold = any(one.state == ExtensionState.GRANTED.value and one.told_on is None for one in extensions)
    more = {
        "ask_extension": bool(_extendable(desk, row, extensions)),
        "decide_extension": ExtensionState.REQUESTED.value in states and _may_decide(desk, extensions),
        "tell_extension": untold,
        "draft_reply": row.outcome is not None and LeadAct.REPLY.value in LEAD.acts(row.state),
    }
    return (*found, *(code for code, is_able in more.items() if is_able), "note")


def _held_back(desk: Desk, row: Lead) -> set[str]:
    """Return the moves that the records still stand against, so that no page offers what must be refused."""
    held: set[str] = set()
    own = row.checked_by == desk.actor.code or row.checked_on is None
    if own:
        held |= {LeadAct.DECLINE.value, LeadAct.ESTABLISH.value}
    disputed = row.dispute not in (None, Dispute.NONE.value)
    if row.compartment or row.secrecy == Secrecy.WORK_SECRET.value or disputed:
        held.add(LeadAct.TRANSFER.value)
    if disputed:
        held.add(LeadAct.ESTABLISH.value)
    if not _letter_is_out(desk, row):
        held |= {LeadAct.ANSWER.value, LeadAct.TAKE_BACK.value}
    waits = row.reply_required and row.replied_on is None
    if waits or (row.outcome == "transferred" and row.answered_on is None):
        held.add(LeadAct.CLOSE.value)
    give_back = origin_of(desk, row.source).give_back
    if give_back is None or desk.today > give_back.due(row.received_on, desk.calendar).due_on:
        held.add(LeadAct.RETURN.value)
    return held


def _letter_is_out(desk: Desk, row: Lead) -> bool:
    letter = desk.session.get(Document, row.document_id) if row.document_id else None
    return letter is not None and letter.issued_on is not None


def _may_decide(desk: Desk, extensions: list[LeadExtension]) -> bool:
    asked = {one.asked_by for one in extensions if one.state == ExtensionState.REQUESTED.value}
    return "director" in desk.actor.roles and desk.actor.code not in asked


def _extensions(desk: Desk, row: Lead) -> list[LeadExtension]:
    query = select(LeadExtension).where(col(LeadExtension.lead_id) == row.id)
    return list(desk.session.exec(query.order_by(col(LeadExtension.id))))


def _extension(one: LeadExtension, names: Mapping[str, str]) -> Extension:
    return Extension(
        CLOCK_LABELS[LeadClock(one.clock)], one.state, LEAD_EXTENSION.state_labels[ExtensionState(one.state)],
        one.until_on, one.due_before, one.reason, names.get(one.asked_by, one.asked_by), one.asked_on,
        names.get(one.decided_by or "", one.decided_by or ""), one.decided_on, one.told_how,
    )  # fmt: skip


def _findings(desk: Desk, row: Lead) -> list[str]:
    query = select(Finding.code).where(col(Finding.lead_id) == row.id, findings_in_sight(desk))
    return list(desk.session.exec(query.order_by(col(Finding.code))))


def _papers(desk: Desk, row: Lead) -> list[PaperOfLead]:
    numbers = (row.document_id, row.reply_document_id)
    rows = [desk.session.get_one(Document, number) for number in numbers if number]
    return [
        PaperOfLead(
            key_of(one),
            name_of_kind(desk, one.kind, one.rules_sha256),
            one.number or "",
            DOCUMENT_STATE_LABELS[DocumentState(one.state)],
            one.id == row.reply_document_id,
        )
        for one in rows
    ]


def file_of_lead(desk: Desk, lead_id: int, file_id: int) -> tuple[str, bytes]:
    """Return a file of a lead; the download of one of the compartment is noted."""
    row = find_lead(desk, lead_id)
    found = read_kept(desk, "lead", lead_id, file_id)
    if row.compartment:
        note_view(desk, "lead", lead_id, f"下载 {found[0]}")
    return found


def lead_choices(desk: Desk, lead_id: int) -> tuple[tuple[str, str], ...]:
    """Return (id, number and title) of the leads into which one may be merged, the newest first."""
    row = find_lead(desk, lead_id)
    require_role(desk, STAFF, "并案")
    over = (LeadState.MERGED.value, LeadState.RETURNED.value)
    query = select(Lead).where(
        col(Lead.office_id) == desk.office_id, col(Lead.id) != lead_id, col(Lead.state).not_in(over)
    )
    # One of the compartment goes into another of it only, or somebody else would learn of it.
    query = query.where(col(Lead.compartment) == row.compartment).order_by(col(Lead.id).desc()).limit(100)
    return tuple((str(one.id), f"{one.number} {one.title[:40]}") for one in desk.session.exec(query))
