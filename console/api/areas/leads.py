"""Leads: registered, checked, transferred, established, answered; who brought one is never told here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Literal

from fastapi.responses import Response
from pydantic import Field

from casework.desk import Desk
from casework.intake.leadends import Problem as NewProblem
from casework.intake.leadends import establish_lead, reply_to_source
from casework.intake.leadpassing import Passing, record_answer, transfer_lead
from casework.intake.leads import NewLead, register_lead
from casework.intake.leadsteps import (
    close_lead,
    conclude_check,
    decline_lead,
    merge_lead,
    return_lead,
    start_check,
)
from casework.intake.leadviews import list_leads as list_known_leads
from casework.intake.leadviews import show_lead
from casework.listings.keyset import cut
from console.api.bodies import Body, Sent, takes
from console.api.routing import After, HasCall, Limit, Listing, Number, Routes, Shown, Word
from core.access.permissions import Permission
from core.access.scopes import Area
from core.codes import Line, Secrecy, Severity
from models.base import key_of

router = Routes(Area.LEADS, Permission.LEAD)


class LeadLine(Shown):
    """A lead in a list; `late` are the clocks that have run out."""

    id: int
    number: str
    source: str
    source_ref: str | None
    received_on: date
    unit: str | None
    title: str
    state: str
    reply_due_on: date | None
    late: list[str]


class LeadShown(Shown):
    """A lead without who brought it; `acts` are those possible in its state for whoever calls."""

    id: int
    number: str
    source: str
    source_ref: str | None
    line: str
    title: str
    text: str
    item: str | None
    unit: str | None
    to_unit: str | None
    received_on: date
    state: str
    secrecy: str
    handler: str | None
    check_due_on: date | None
    answer_due_on: date | None
    reply_due_on: date | None
    transfer_by_on: date
    document_id: int | None
    findings: list[str]
    extensions: list[dict[str, Any]]
    has_source: bool
    acts: list[str]


class LeadIn(Body):
    """A lead to register; `person`, `contact` and `remark` are confidential and never told again here."""

    source: str
    title: str
    text: str
    received_on: date | None = None
    source_ref: str = ""
    line: Line = Line.ENFORCEMENT
    unit: str = ""
    item: str = ""
    person: str = ""
    contact: str = ""
    remark: str = ""
    real_name: bool = False
    accusation: bool = False
    secrecy: Secrecy = Secrecy.INTERNAL
    reply_by: date | None = None


class LeadDeed(Body):
    """An act on a lead; each act takes what its verb asks for."""

    act: Literal[
        "start_check", "conclude_check", "decline", "return", "merge", "close", "transfer", "answer",
        "establish", "reply",
    ]  # fmt: skip
    on: date | None = None
    note: str = ""
    handler: str = ""
    unit: str = ""
    item: str = ""
    dispute: str = ""
    legal_note: str = ""
    substantiated: bool | None = None
    into: int | None = Field(None, ge=1, le=2**31 - 1)
    topic: str = ""
    demands: list[str] = Field(default_factory=list)
    matter: str | None = None
    materials: list[str] = Field(default_factory=list)
    refused: bool = False
    campaign: str = ""
    severity: Severity = Severity.MAJOR
    problem: str = ""
    facts: str = ""
    channel: str = ""


def _lead(number: int) -> Callable[[Desk], LeadShown]:
    return lambda desk: LeadShown.model_validate(show_lead(desk, number))


@router.read("/leads", Listing[LeadLine])
def list_leads(
    call: HasCall,
    state: Word = "",
    source: Word = "",
    overdue: bool = False,
    after: After = "",
    limit: Limit = 50,
) -> Response:
    """本人可以知悉的线索，新的在前 / leads one may know of, the newest first"""

    def show(desk: Desk) -> Listing[LeadLine]:
        rows = list_known_leads(desk, state=state or None, source=source or None, overdue=overdue)
        found = cut(rows, after, limit, lambda row: row["id"])
        return Listing(items=[LeadLine.model_validate(row) for row in found.rows], next=found.next)

    return call.read(show)


@router.act("/leads", LeadShown, status=201)
def register_a_lead(call: HasCall, sent: Annotated[Sent[LeadIn], takes(LeadIn)]) -> Response:
    """登记一件线索 / register a lead"""
    body = sent.body

    def make(desk: Desk) -> LeadShown:
        told = body.model_dump(exclude={"received_on", "remark"})
        row = register_lead(
            desk, NewLead(received_on=body.received_on or desk.today, note=body.remark, **told)
        )
        return _lead(key_of(row))(desk)

    return call.create(sent.whole, make)


@router.read("/leads/{number}", LeadShown)
def read_lead(call: HasCall, number: Number) -> Response:
    """一件线索；属于保密范围的，查看留痕 / one lead; a look at a confidential one is noted"""
    return call.look(_lead(number))


@router.act("/leads/{number}/acts", LeadShown)
def act_on_a_lead(
    call: HasCall, number: Number, sent: Annotated[Sent[LeadDeed], takes(LeadDeed, files=1)]
) -> Response:
    """初核、转办、反馈、立项、答复、办结 / check, transfer, answer, establish, reply, close"""
    return call.change(sent.whole, lambda desk: VERBS[sent.body.act](desk, number, sent), _lead(number))


def _start(desk: Desk, number: int, sent: Sent[LeadDeed]) -> object:
    return start_check(desk, number, sent.body.handler, unit=sent.body.unit, item=sent.body.item)


def _conclude(desk: Desk, number: int, sent: Sent[LeadDeed]) -> object:
    body = sent.body
    return conclude_check(
        desk, number, body.note, dispute=body.dispute, legal_note=body.legal_note,
        substantiated=body.substantiated, unit=body.unit, item=body.item, file=sent.file,
    )  # fmt: skip


def _transfer(desk: Desk, number: int, sent: Sent[LeadDeed]) -> object:
    body = sent.body
    return transfer_lead(
        desk, number, body.unit, Passing(body.topic, body.demands, body.matter, body.materials)
    )


def _answer(desk: Desk, number: int, sent: Sent[LeadDeed]) -> object:
    body = sent.body
    return record_answer(
        desk,
        number,
        body.note,
        substantiated=body.substantiated,
        refused=body.refused,
        on=body.on,
        file=sent.file,
    )


def _establish(desk: Desk, number: int, sent: Sent[LeadDeed]) -> object:
    body = sent.body
    return establish_lead(
        desk, number, NewProblem(body.campaign, body.item, body.severity, body.problem, body.facts)
    )


def _reply(desk: Desk, number: int, sent: Sent[LeadDeed]) -> object:
    body = sent.body
    return reply_to_source(desk, number, body.channel, body.note, on=body.on, file=sent.file)


VERBS: dict[str, Callable[[Desk, int, Sent[LeadDeed]], object]] = {
    "start_check": _start,
    "conclude_check": _conclude,
    "decline": lambda desk, number, sent: decline_lead(desk, number, sent.body.note),
    "return": lambda desk, number, sent: return_lead(desk, number, sent.body.note, file=sent.file),
    "merge": lambda desk, number, sent: merge_lead(desk, number, sent.body.into or 0, sent.body.note),
    "close": lambda desk, number, sent: close_lead(desk, number, sent.body.note),
    "transfer": _transfer,
    "answer": _answer,
    "establish": _establish,
    "reply": _reply,
}
