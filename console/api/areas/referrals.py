"""Referrals: only whoever may know of one meets it here, in the same words as one that was never there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Literal

from fastapi.responses import Response
from pydantic import Field

from casework.desk import Desk
from casework.linkage.referrals import (
    Outcome,
    approve,
    block,
    close,
    decline,
    find_referral,
    receipt,
    result,
    screen,
    send,
    send_back,
    study,
    unblock,
)
from casework.linkage.referrals import list_referrals as list_known_referrals
from casework.linkage.referralviews import show_referral
from casework.linkage.screening import open_screening_by_hand
from casework.listings.keyset import cut
from casework.listings.offices import seen_case
from console.api.bodies import Body, Sent, takes
from console.api.routing import After, HasCall, Limit, Listing, Number, Routes, Shown, Word
from core.access.permissions import Permission
from core.access.scopes import Area
from models.base import key_of

router = Routes(Area.REFERRALS, Permission.LINKAGE)
PERSONAL = frozenset({"approve", "decline"})  # decided by the person themself, at a browser


class ReferralLine(Shown):
    """A referral in a list, which tells nothing of what it says."""

    id: int
    case: str
    part: int
    receiver: str | None
    state: str
    trigger: str


class ReferralShown(Shown):
    """A referral in the order of its life."""

    id: int
    case: str
    state: str
    part: int
    trigger: str
    receiver: str | None
    opinion: str | None
    transfer_by_on: date | None
    feedback_due_on: date | None
    document_id: int | None
    materials: list[dict[str, Any]]
    sanctions: Any
    advice: list[Any]
    parts: list[Any]
    acts: list[str]


class NewScreening(Body):
    """That the conditions of linkage hold for a case, and how."""

    case: str
    note: str


class ReferralDeed(Body):
    """An act on a referral; each act takes what its verb asks for."""

    act: Literal[
        "screen", "study", "approve", "decline", "send", "receipt", "result", "send_back", "block", "unblock",
        "close",
    ]  # fmt: skip
    note: str = ""
    receiver: str = "discipline"
    participants: list[str] = Field(default_factory=list)
    channel: Literal["hand", "confidential_post"] = "hand"
    handed_to: str = ""
    post_number: str = ""
    verdict: Literal["received", "returned", "passed_on"] = "received"
    number: str = ""
    passed_to: str = ""
    organisational: int = Field(0, ge=0, le=100_000)
    disciplinary: int = Field(0, ge=0, le=100_000)
    criminal: int = Field(0, ge=0, le=100_000)
    educational: int = Field(0, ge=0, le=100_000)
    kinds: dict[str, int] = Field(default_factory=dict)
    interim: bool = False


def _referral(number: int) -> Callable[[Desk], ReferralShown]:
    return lambda desk: ReferralShown.model_validate(show_referral(desk, number))


@router.read("/referrals", Listing[ReferralLine])
def list_referrals(call: HasCall, state: Word = "", after: After = "", limit: Limit = 50) -> Response:
    """本人可以知悉的移送事项 / referrals one may know of"""

    def show(desk: Desk) -> Listing[ReferralLine]:
        rows = list_known_referrals(desk, state=state or None)
        found = cut(rows, after, limit, lambda row: row["id"])
        return Listing(items=[ReferralLine.model_validate(row) for row in found.rows], next=found.next)

    return call.read(show)


@router.act("/referrals", ReferralShown, status=201)
def open_a_screening(call: HasCall, sent: Annotated[Sent[NewScreening], takes(NewScreening)]) -> Response:
    """因联动条件成立，启动线索筛查 / open a screening for a case"""
    body = sent.body

    def make(desk: Desk) -> ReferralShown:
        seen_case(desk, body.case)
        row = open_screening_by_hand(desk, body.case, body.note)
        return _referral(key_of(row))(desk)

    return call.create(sent.whole, make)


@router.read("/referrals/{number}", ReferralShown)
def read_referral(call: HasCall, number: Number) -> Response:
    """一件移送事项；查看留痕 / one referral; the look is noted"""
    return call.look(_referral(number))


@router.act("/referrals/{number}/acts", ReferralShown)
def act_on_a_referral(
    call: HasCall, number: Number, sent: Annotated[Sent[ReferralDeed], takes(ReferralDeed, files=1)]
) -> Response:
    """初核意见、集体研究、批准或者不予移送、送出、回执、结果 / screen, study, decide, send, receipt, result"""
    if sent.body.act in PERSONAL:
        call.need_person("决定是否移送")

    def verb(desk: Desk) -> None:
        find_referral(desk, number)
        VERBS[sent.body.act](desk, number, sent)

    return call.change(sent.whole, verb, _referral(number))


def _study(desk: Desk, number: int, sent: Sent[ReferralDeed]) -> object:
    said = sent.body.note or (f"见{sent.file.name}" if sent.file else "")
    return study(desk, number, note=said, participants=sent.body.participants, file=sent.file)


def _send(desk: Desk, number: int, sent: Sent[ReferralDeed]) -> object:
    body = sent.body
    return send(
        desk,
        number,
        channel=body.channel,
        handed_to=body.handed_to,
        post_number=body.post_number,
        file=sent.file,
    )


def _receipt(desk: Desk, number: int, sent: Sent[ReferralDeed]) -> object:
    body = sent.body
    return receipt(
        desk, number, verdict=body.verdict, number=body.number, note=body.note, passed_to=body.passed_to,
        file=sent.file,
    )  # fmt: skip


def _result(desk: Desk, number: int, sent: Sent[ReferralDeed]) -> object:
    body = sent.body
    outcome = Outcome(body.organisational, body.disciplinary, body.criminal, body.educational, body.kinds)
    return result(desk, number, note=body.note, outcome=outcome, interim=body.interim, file=sent.file)


VERBS: dict[str, Callable[[Desk, int, Sent[ReferralDeed]], object]] = {
    "screen": lambda desk, number, sent: screen(
        desk, number, receiver=sent.body.receiver, opinion=sent.body.note
    ),
    "study": _study,
    "approve": lambda desk, number, sent: approve(desk, number, note=sent.body.note),
    "decline": lambda desk, number, sent: decline(desk, number, reason=sent.body.note),
    "send": _send,
    "receipt": _receipt,
    "result": _result,
    "send_back": lambda desk, number, sent: send_back(desk, number, reason=sent.body.note),
    "block": lambda desk, number, sent: block(desk, number, reason=sent.body.note),
    "unblock": lambda desk, number, _sent: unblock(desk, number),
    "close": lambda desk, number, sent: close(desk, number, reason=sent.body.note),
}
