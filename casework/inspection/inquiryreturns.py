"""What comes back of the lists asked of a unit: some of it or all, on its day, with a note and a file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from sqlmodel import col, select

from casework.desk import Desk
from casework.inspection.inquiries import OPEN, SELF_REPORT, find_list, late_key, returned_of
from casework.moves import take
from casework.rectification.evidence import keep_file
from casework.tasks import finish_for
from core.errors import InvalidInput
from core.life.campaignlife import INQUIRY, InquiryAct
from core.text.secrecy import refuse_state_secrets
from models.base import key_of
from models.campaign import Visit
from models.inquiry import Inquiry, InquiryItem, InquiryReturn


def return_items(
    desk: Desk,
    inquiry_id: int,
    counts: Mapping[int, int] | None = None,
    *,
    on: date | None = None,
    note: str = "",
    file: Path | None = None,
) -> Inquiry:
    """Note what came back of a list: some of it, or without counts all that was still open.

    counts   {place of the thing in the list: how many came}
    on       the day it came, today when not given; entered late it keeps both days
    raises   InvalidInput for an unknown place, too many, or a day that cannot be; IllegalMove when it is settled
    """
    row = find_list(desk, inquiry_id)
    day = on or desk.today
    if not row.asked_on <= day <= desk.today:
        raise InvalidInput(
            "交回日期不对", found=str(day), expected=f"{row.asked_on}至{desk.today}", remedy="改正 --on"
        )
    refuse_state_secrets(note, "清单备注")
    missing = {item.position: (item, item.count - back) for item, back in returned_of(desk, row)}
    coming = dict(counts) if counts else {place: left for place, (_item, left) in missing.items() if left}
    _check_counts(coming, missing)
    everything = all(left - coming.get(place, 0) <= 0 for place, (_item, left) in missing.items())
    row.returned_on = day if everything else None
    with desk.session.no_autoflush:  # the day and the state reach the database together
        act = InquiryAct.RETURN_ALL if everything else InquiryAct.RETURN_PART
        take(desk, row, INQUIRY, act, unit_id=row.unit_id, on=day, detail={"counts": coming, "note": note})
    sha256 = keep_file(desk, "request_list", key_of(row), "return", file).sha256 if file else None
    desk.session.add(row)
    for place, count in coming.items():
        _note_return(desk, missing[place][0], count, day, note, sha256)
    desk.session.flush()
    if everything:
        _settle(desk, row, day)
    return row


def _note_return(desk: Desk, item: InquiryItem, count: int, day: date, note: str, sha256: str | None) -> None:
    row = InquiryReturn(
        office_id=desk.office_id, item_id=key_of(item), count=count, on_day=day,
        entered_on=desk.today, entered_by=desk.actor.code, note=note, sha256=sha256,
    )  # fmt: skip
    desk.session.add(row)


def _check_counts(coming: Mapping[int, int], missing: Mapping[int, tuple[InquiryItem, int]]) -> None:
    wrong = [
        f"第{place}项{count}份"
        for place, count in coming.items()
        if place not in missing or not 1 <= count <= missing[place][1]
    ]
    if wrong or not coming:
        raise InvalidInput(
            "登记的数量与清单不符",
            found="、".join(wrong) or "没有可登记的",
            expected="、".join(f"第{place}项尚缺{left}" for place, (_item, left) in missing.items()),
            remedy="改正 --got 序号=数量",
        )


def _settle(desk: Desk, row: Inquiry, day: date) -> None:
    if row.kind == SELF_REPORT and row.visit_id is not None:
        visit = desk.session.get_one(Visit, row.visit_id)
        if visit.self_report_on is None:
            visit.self_report_on = day
            desk.session.add(visit)
            desk.record("visit", key_of(visit), "self_report", unit_id=visit.unit_id, on=day)
    finish_for(desk, late_key(row), f"{row.title}已交齐")


def note_self_report(desk: Desk, visit: Visit) -> None:
    """Settle the list that asked for a self-report which was noted at the visit itself."""
    query = select(Inquiry).where(
        col(Inquiry.visit_id) == visit.id,
        col(Inquiry.kind) == SELF_REPORT,
        col(Inquiry.state).in_(OPEN),
    )
    for row in desk.session.exec(query).all():
        return_items(desk, key_of(row), on=visit.self_report_on)
