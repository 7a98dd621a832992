"""The reply to a body that handed a matter over: a letter that is printed, or what was said at a meeting."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from casework.desk import SYSTEM, Desk
from casework.intake.incoming import reply_key
from casework.intake.incomingviews import find_incoming
from casework.linkage.linkageitems import said_of_items
from casework.moves import take
from casework.paperwork.documents import find_document
from casework.paperwork.standalone import draft_outside
from casework.rectification.evidence import keep_file
from casework.staff.people import find_unit
from casework.tasks import finish_for
from core.codes import Line
from core.errors import InvalidInput, Refused
from core.life.incominglife import INCOMING, IncomingAct
from core.life.lives import DocumentState
from core.text.secrecy import refuse_state_secrets
from models.base import key_of
from models.document import Document
from models.incoming import Incoming

CHANNELS = {"hand": "专人送达", "confidential_post": "机要", "meeting": "会商时当面回复"}


def draft_incoming_reply(
    desk: Desk, incoming_id: int, *, handling: str, next_steps: str, unit: str = ""
) -> Document:
    """Draft the letter that answers a matter, each of its items with what was done; it is printed, never mailed.

    unit   the unit the matter is about, where it was not registered
    """
    row = find_incoming(desk, incoming_id)
    for text, what, option in ((handling, "办理情况", "--handling"), (next_steps, "下一步工作", "--next")):
        _words(text, what, option)
    kind = desk.rules.linkage.reply_document
    unit_id = key_of(find_unit(desk, unit)) if unit else row.unit_id
    if kind is None or unit_id is None:
        raise InvalidInput(
            "不能拟制复函",
            found="没有复函文书" if kind is None else "没有写明所涉单位",
            expected="linkage 规则的 reply_document 和所涉单位",
            remedy="补充规则，或加上 --unit 单位编码",
        )
    document = draft_outside(
        desk,
        kind,
        Line(row.line),
        unit_id,
        about=("incoming", key_of(row)),
        inputs={"receiver_name": row.sender_name, "values": _said(desk, row, handling, next_steps)},
        author=SYSTEM,
        opened_on=row.received_on,
    )
    row.document_id = document.id
    desk.session.add(row)
    desk.record("incoming", incoming_id, "draft_reply", document=document.id)
    return document


def _said(desk: Desk, row: Incoming, handling: str, next_steps: str) -> dict[str, object]:
    return {
        "topic": row.title.removeprefix("关于"),  # the subject of the letter begins with it
        "received_on": row.received_on.isoformat(),
        "reference": row.their_number or row.number,
        "handling": handling,
        "items": said_of_items(desk, "incoming", key_of(row)),
        "next_steps": next_steps,
    }


def answer_incoming(
    desk: Desk,
    incoming_id: int,
    *,
    channel: str,
    note: str,
    on: date | None = None,
    file: Path | None = None,
) -> Incoming:
    """Record that the reply was given: the signed and sealed letter handed over, or said at a meeting with minutes.

    channel   hand | confidential_post | meeting; there is no electronic one
    """
    row = find_incoming(desk, incoming_id)
    if channel not in CHANNELS:
        raise InvalidInput(
            "回复只能专人送达、走机要或当面回复",
            found=channel,
            expected="、".join(CHANNELS),
            remedy="改正 --channel",
        )
    _words(note, "回复情况", "--note")
    if on is not None and on > desk.today:
        raise InvalidInput(
            "回复日期晚于今天", found=on.isoformat(), expected=f"不晚于{desk.today}", remedy="改正 --on"
        )
    _check_paper(desk, row, channel, file)
    with desk.session.no_autoflush:
        take(desk, row, INCOMING, IncomingAct.ANSWER, on=on, detail={"channel": channel, "note": note})
        row.answered_on, row.answer_channel, row.answer = on or desk.today, channel, note
    desk.session.add(row)
    desk.session.flush()
    if file is not None:
        keep_file(desk, "incoming", incoming_id, "answer", file)
    finish_for(desk, reply_key(row), f"{CHANNELS[channel]}回复")
    return row


def _check_paper(desk: Desk, row: Incoming, channel: str, file: Path | None) -> None:
    if channel == "meeting":
        if file is None:
            raise InvalidInput(
                "当面回复须附会议纪要", found="没有文件", expected="会议纪要扫描件", remedy="加上 --file"
            )
        return
    letter = find_document(desk, row.document_id) if row.document_id else None
    if letter is None or letter.state not in (DocumentState.ISSUED.value, DocumentState.SERVED.value):
        raise Refused(
            "复函尚未签发、用印",
            found=letter.state if letter else "没有复函",
            expected="已用印的复函",
            remedy="先运行 ducha incoming answer 编号 --draft 拟稿，再签发、用印",
        )


def _words(text: str, what: str, option: str) -> None:
    if not text.strip():
        raise InvalidInput(f"{what}不能为空", found="空", expected="一句说明", remedy=f"加上 {option}")
    refuse_state_secrets(text, what)
