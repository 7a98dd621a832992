"""Referrals: only whoever may know of one meets it here, in the same words as one that was never there."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import Annotated, Any

from fastapi.responses import Response

from casework.desk import Desk
from casework.intake.keptfiles import files_of
from casework.linkage.clues import case_of, find_referral
from casework.linkage.looking import save_file
from casework.linkage.packagecopies import package_copies
from casework.linkage.proposals import propose_screening
from casework.linkage.referrals import list_referrals as list_known_referrals
from casework.linkage.referralviews import show_referral
from casework.listings.keyset import cut
from casework.staff.people import require_role
from casework.tasks import COMPARTMENT
from console.api.areas.linkageparts import KeptShown, PointShown
from console.api.areas.referraldeeds import DEEDS
from console.api.bodies import Body, takes
from console.api.calls import Show
from console.api.routing import After, HasCall, Limit, Number, Routes, Word
from console.api.shown import Listing, Shown
from console.downloads import ANY, ZIP, attachment
from core.access.permissions import Permission
from core.access.scopes import Area

router = Routes(Area.REFERRALS, Permission.LINKAGE)


class ReferralLine(Shown):
    """A referral in a list, which tells nothing of what it says."""

    id: int
    case: str
    part: int
    receiver: str | None
    state: str
    trigger: str
    opened_on: date
    screen_by_on: date
    transfer_by_on: date | None
    feedback_due_on: date | None


class MaterialShown(Shown):
    """One thing on the list of what is handed over."""

    name: str
    copies: int
    pages: int
    original: bool


class SanctionShown(Shown):
    """What was reported of a transfer."""

    kind: str
    name: str
    people: int
    on: date


class PartShown(Shown):
    """Another part of a screening, sent to another body."""

    id: int
    part: int
    receiver: str | None
    matter: str | None
    state: str


class ReferralShown(ReferralLine):
    """A referral in the order of its life; `acts` are those possible now for whoever calls."""

    opinion: str | None
    opinion_on: date | None
    study_note: str | None
    studied_on: date | None
    participants: str | None
    blocked_on: date | None
    block_reason: str | None
    approved_by: str | None
    decided_on: date | None
    decision_note: str | None
    document_id: int | None
    sent_on: date | None
    channel: str | None
    receipt_on: date | None
    receipt_number: str | None
    reroute_by_on: date | None
    result_on: date | None
    result_note: str | None
    organisational: int
    disciplinary: int
    criminal: int
    educational: int
    matter: str | None
    materials: list[MaterialShown]
    sanctions: list[SanctionShown]
    advice: list[PointShown]
    parts: list[PartShown]
    files: list[KeptShown]
    acts: list[str]


class NewScreening(Body):
    """提请对一个整改事项启动线索筛查，并说明情形 / that the conditions of linkage hold for a case, and how"""

    case: str
    note: str


class Proposed(Shown):
    """That it was asked; the number only for whoever may know of it."""

    id: int | None


def _referral(number: int) -> Show:
    def show(desk: Desk) -> ReferralShown:
        told = show_referral(desk, number)
        return ReferralShown.model_validate({**told, "files": files_of(desk, "referral", number)})

    return show


@router.read("/referrals", Listing[ReferralLine])
def list_referrals(call: HasCall, state: Word = "", after: After = "", limit: Limit = 50) -> Response:
    """本人可以知悉的移送事项 / referrals one may know of"""
    return call.page(
        ReferralLine,
        lambda desk: cut(
            list_known_referrals(desk, state=state or None), after, limit, lambda row: row["id"]
        ),
    )


@router.once("/referrals", Proposed)
def open_a_screening(call: HasCall, sent: Annotated[Any, takes(NewScreening)]) -> Response:
    """因联动条件成立，提请线索筛查 / ask for a screening of a case"""
    return call.once(sent, lambda desk: Proposed(id=propose_screening(desk, sent.case, sent.note)))


@router.read("/referrals/{number}", ReferralShown)
def read_referral(call: HasCall, number: Number) -> Response:
    """一件移送事项；查看留痕 / one referral; the look is noted"""
    return call.look(_referral(number))


@router.act("/referrals/{number}/acts", ReferralShown)
def act_on_a_referral(call: HasCall, number: Number, sent: Annotated[Any, DEEDS]) -> Response:
    """初核意见、集体研究、决定、材料、送出、回执、结果、分送 / screen, study, decide, send, receipt, result, split"""
    return call.deed(sent, number, _referral)


@router.read("/referrals/{number}/package.zip", None, file=ZIP)
def read_package(call: HasCall, number: Number) -> Response:
    """移送材料全套，均有取用人水印；查看留痕 / the print set with the reader's watermark; the look is noted"""
    buffer = io.BytesIO()
    with call.acting() as desk:
        find_referral(desk, number)
        require_role(desk, COMPARTMENT, "打印移送材料")
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in package_copies(desk, number, f"{call.who.name} {call.login}"):
                archive.writestr(name, content)
    return attachment(buffer.getvalue(), f"移送材料-{number}.zip", ZIP)


@router.read("/referrals/{number}/files/{file}", None, file=ANY)
def read_referral_file(call: HasCall, number: Number, file: Number) -> Response:
    """移送事项的一份材料；下载留痕 / one file; the download is noted"""
    with call.acting() as desk:
        row = find_referral(desk, number)
        name, content = save_file(desk, "referral", number, file, unit_id=case_of(desk, row).unit_id)
    return attachment(content, name)
