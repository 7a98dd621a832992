"""Proof of service (送达): acknowledged by the unit or recorded by the office; clocks that waited for it start."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from casework.desk import Desk
from casework.lights.climbing import cases_of_document, refresh
from casework.moves import move
from casework.paperwork.answers import count_reply_from_service
from casework.paperwork.documents import find_document
from casework.paperwork.drafts import THING
from casework.paperwork.kinds import rule_of_kind
from casework.rectification.evidence import keep_file
from casework.staff.people import require_role
from casework.units.lineage import codes_with_heirs
from core.codes import DocumentContent
from core.errors import InvalidInput, NotAllowed
from core.life.lives import DOCUMENT_MOVES, DocumentAct
from models.base import key_of
from models.document import Document, ServiceRecord
from models.organisation import Unit

CHANNELS = ("acknowledgement", "hand", "telephone", "post", "portal", "left")
SUBSTITUTED = ("left",)  # 留置送达: brought, refused, and left before witnesses
RECORDERS = ("officer", "director", "leader", "inspector")


def serve_document(
    desk: Desk, document_id: int, channel: str, on: date, file: Path | None = None, note: str = ""
) -> Document:
    """Record that a document was served on a day; the first record counts, later ones are kept beside it.

    channel   one of CHANNELS
    """
    document = find_document(desk, document_id)
    _check_recorder(desk, document, channel)
    if document.issued_on is None or not document.issued_on <= on <= desk.today:
        raise InvalidInput(
            "送达日期不合理",
            found=on.isoformat(),
            expected=f"{document.issued_on or '发出日'} 至 {desk.today}",
            remedy="核对回证后重填；未发出的文书先签发、用印",
        )
    already = document.served_on
    document.served_on = already or on
    move(desk, document, DOCUMENT_MOVES, DocumentAct.SERVE, subject="document", thing=THING, unit_id=document.unit_id,
         on=on, detail={"channel": channel, "note": note})  # fmt: skip
    kept = keep_file(desk, "document", document_id, "serve", file).sha256 if file else None
    desk.session.add(document)
    desk.session.add(
        ServiceRecord(
            document_id=document_id,
            channel=channel,
            served_on=on,
            recorded_by=desk.actor.code,
            recorded_at=desk.now,
            note=note,
            file_sha256=kept,
        )
    )
    if already is None:
        count_reply_from_service(desk, document, on)
        _tell_cases(desk, document, on)
    return document


def _check_recorder(desk: Desk, document: Document, channel: str) -> None:
    """Refuse a unit that records anything but its own receipt, and everybody for a letter of linkage.

    Such a letter goes to its receiver, whose receipt is recorded with the referral; its unit is the matter.
    """
    if document.content_kind == DocumentContent.REFERRAL:
        raise NotAllowed(
            "移送、移交函件不向被督察单位送达",
            found=document.kind,
            expected="发给被督察单位的文书",
            remedy="接收情况用 ducha referral receipt 登记",
        )
    if desk.actor.speaks_for_unit and rule_of_kind(desk, document).upward:
        raise NotAllowed(
            "上行文不向被督察单位送达",
            found=document.kind,
            expected="发给被督察单位的文书",
            remedy="报送情况由经办人登记",
        )
    if not desk.actor.speaks_for_unit:
        require_role(desk, RECORDERS, "登记送达")
        return
    unit = desk.session.get_one(Unit, document.unit_id)
    heirs = codes_with_heirs(desk, [unit.code])  # whoever carries on for the unit signs for it
    if desk.actor.unit_code not in heirs or channel not in ("acknowledgement", "portal"):
        raise NotAllowed(
            "只能签收发给本单位的文书",
            found=desk.actor.code,
            expected=f"{unit.code} 的人员签收",
            remedy="由该单位签收，或由经办人登记送达",
        )


def _tell_cases(desk: Desk, document: Document, on: date) -> None:
    """Start the clocks that wait for service: of the case for its notice, of the next rung for a sheet."""
    starts_case = document.content_kind == DocumentContent.FINDINGS
    desk.session.flush()
    for case in cases_of_document(desk, key_of(document)):
        if starts_case and case.served_on is None:
            case.served_on = on
        refresh(desk, case)
