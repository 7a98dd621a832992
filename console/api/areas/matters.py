"""Administrative disputes: registered, their facts and events recorded, assessed, concluded, closed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Literal

from fastapi.responses import Response
from pydantic import Field

from casework.desk import Desk
from casework.listings.offices import matters_page, seen_matter
from casework.litigation.assessing import assess, note_trigger
from casework.litigation.ending import Outcome, conclude
from casework.litigation.files import MatterFile, find_matter
from casework.litigation.filing import annul, close, perform, revise
from casework.litigation.linking import link_case
from casework.litigation.ones import Ones, hand_in, set_ones
from casework.litigation.recording import record_event, record_fact, void
from casework.litigation.registering import Entry, describe, register
from console.api.bodies import Body, Sent, takes
from console.api.routing import After, HasCall, Limit, Listing, Number, Routes, Shown, Word
from core.access.permissions import Permission
from core.access.scopes import Area
from core.codes import Secrecy
from core.errors import InvalidInput
from core.life.matterlife import Fault, Instance, MatterKind, PaperKind, Plaintiff, Result

router = Routes(Area.MATTERS, Permission.MATTER_VIEW)


class MatterLine(Shown):
    """A matter in a list."""

    id: int
    number: str
    kind_word: str
    matter_kind: str
    instance: str | None
    unit: str
    unit_name: str
    forum: str
    cause: str
    state: str
    light: str
    light_word: str
    highest_light: str
    received_on: date
    next_due_on: date | None
    result: str | None


class MatterShown(MatterLine):
    """A matter with its clocks, facts, events and papers; `acts` are those possible now for whoever calls."""

    parties: list[str]
    plaintiff: str
    claim: str
    item: str | None
    handler: str
    agent: str
    attendee: str
    note: str
    previous: str | None
    secrecy: str
    registered_on: date
    closed_on: date | None
    decided_on: date | None
    served_on: date | None
    clocks: list[dict[str, Any]]
    facts: list[dict[str, Any]]
    events: list[dict[str, Any]]
    assessments: list[dict[str, Any]]
    papers: list[dict[str, Any]]
    sheets: list[dict[str, Any]]
    acts: list[str]


class MatterIn(Body):
    """A matter to register."""

    number: str
    kind: MatterKind = MatterKind.LITIGATION
    unit: str
    forum: str
    cause: str
    received_on: date
    instance: Instance | None = None
    plaintiff: Plaintiff = Plaintiff.PERSON
    claim: str = ""
    item: str | None = None
    parties: list[str] = Field(default_factory=list)
    start_on: date | None = None
    clock: str = ""
    variant: str = ""
    handler: str = ""
    agent: str = ""
    attendee: str = ""
    note: str = ""
    secrecy: Secrecy = Secrecy.INTERNAL


class MatterDeed(Body):
    """An act on a matter; each act takes what its verb asks for."""

    act: Literal[
        "assess", "occasion", "event", "fact", "describe", "ones", "paper", "void", "result", "perform", "close",
        "annul", "revise", "link",
    ]  # fmt: skip
    on: date | None = None
    note: str = ""
    code: str = ""
    basis: str = ""
    factors: dict[str, str] = Field(default_factory=dict)
    fields: dict[Literal["forum", "cause", "claim", "handler", "agent", "attendee", "note"], str] = Field(
        default_factory=dict
    )
    leader: str = ""
    post: str = ""
    members: list[str] = Field(default_factory=list)
    paper: PaperKind = PaperKind.PROGRESS
    next_steps: str = ""
    fault: Fault | None = None
    void: Literal["event", "fact", "assessment"] = "event"
    result: Result | None = None
    served_on: date | None = None
    ruling: bool = False
    case: str = ""


def _matter(number: int) -> Callable[[Desk], MatterShown]:
    return lambda desk: MatterShown.model_validate(seen_matter(desk, number))


@router.read("/matters", Listing[MatterLine])
def list_matters(
    call: HasCall,
    unit: Word = "",
    kind: Word = "",
    state: Word = "",
    light: Word = "",
    every: bool = False,
    after: After = "",
    limit: Limit = 50,
) -> Response:
    """行政争议，灯色高的在前 / disputes, the highest light first"""

    def show(desk: Desk) -> Listing[MatterLine]:
        found = matters_page(
            desk, after, limit, unit=unit or None, kind=kind or None, state=state or None, light=light or None,
            every=every,
        )  # fmt: skip
        return Listing(items=[MatterLine.model_validate(row) for row in found.rows], next=found.next)

    return call.read(show)


@router.act("/matters", MatterShown, Permission.MATTER_ACT, status=201)
def register_a_matter(call: HasCall, sent: Annotated[Sent[MatterIn], takes(MatterIn)]) -> Response:
    """登记一件行政争议 / register a dispute"""
    told = sent.body.model_dump()
    told["parties"] = tuple(told["parties"])

    def make(desk: Desk) -> MatterShown:
        file = register(desk, Entry(**told))
        desk.session.flush()
        return _matter(file.id)(desk)

    return call.create(sent.whole, make)


@router.read("/matters/{number}", MatterShown)
def read_matter(call: HasCall, number: Number) -> Response:
    """一件行政争议 / one dispute"""
    return call.read(_matter(number))


@router.act("/matters/{number}/acts", MatterShown, Permission.MATTER_ACT)
def act_on_a_matter(
    call: HasCall, number: Number, sent: Annotated[Sent[MatterDeed], takes(MatterDeed, files=10)]
) -> Response:
    """登记事实、事件、评分、报告、结果，办结、更正 / facts, events, assessments, papers, results, ends"""

    def verb(desk: Desk) -> None:
        shown = seen_matter(desk, number)
        VERBS[sent.body.act](desk, find_matter(desk, shown["number"]), sent)

    return call.change(sent.whole, verb, _matter(number))


Verb = Callable[[Desk, MatterFile, Sent[MatterDeed]], object]


def _conclude(desk: Desk, file: MatterFile, sent: Sent[MatterDeed]) -> object:
    body = sent.body
    if body.result is None:
        raise InvalidInput("没有写明结果", found="空", expected="、".join(Result), remedy="写明 result")
    outcome = Outcome(body.result, body.on or desk.today, body.served_on, body.note, body.ruling, sent.files)
    return conclude(desk, file, outcome)


def _ones(desk: Desk, file: MatterFile, sent: Sent[MatterDeed]) -> object:
    body = sent.body
    return set_ones(desk, file, Ones(body.leader, body.post, tuple(body.members), body.note, sent.files))


def _paper(desk: Desk, file: MatterFile, sent: Sent[MatterDeed]) -> object:
    body = sent.body
    return hand_in(
        desk, file, body.paper, body.note, next_steps=body.next_steps, fault=body.fault, files=sent.files
    )


def _event(desk: Desk, file: MatterFile, sent: Sent[MatterDeed]) -> object:
    body = sent.body
    return record_event(desk, file, body.code, on=body.on, basis=body.basis, files=sent.files)


def _fact(desk: Desk, file: MatterFile, sent: Sent[MatterDeed]) -> object:
    body = sent.body
    return record_fact(desk, file, body.code, since=body.on, basis=body.basis, files=sent.files)


def _perform(desk: Desk, file: MatterFile, sent: Sent[MatterDeed]) -> object:
    body = sent.body
    if body.on is None:
        raise InvalidInput("没有写明履行期满日", found="空", expected="日期", remedy="写明 on")
    perform(desk, file, body.on, files=sent.files, note=body.note)
    return file


VERBS: dict[str, Verb] = {
    "assess": lambda desk, file, sent: assess(desk, file, sent.body.factors, on=sent.body.on),
    "occasion": lambda desk, file, sent: note_trigger(desk, file, sent.body.code, sent.body.on),
    "event": _event,
    "fact": _fact,
    "describe": lambda desk, file, sent: describe(desk, file, **sent.body.fields),
    "ones": _ones,
    "paper": _paper,
    "void": lambda desk, file, sent: void(desk, file, sent.body.void, sent.body.code, sent.body.note),
    "result": _conclude,
    "perform": _perform,
    "close": lambda desk, file, sent: close(desk, file, sent.body.note),
    "annul": lambda desk, file, sent: annul(desk, file, sent.body.note),
    "revise": lambda desk, file, sent: revise(desk, file, sent.body.note),
    "link": lambda desk, file, sent: link_case(desk, file, sent.body.case, sent.body.note),
}
