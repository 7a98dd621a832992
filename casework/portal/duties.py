"""What a unit owes now, by the day it is due: papers to sign for, plans, rectification, reports, lists, answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Desk
from casework.gathering import Part, Row, gather
from casework.lights.climbing import ladder_of, office_palette
from casework.lights.rungview import write_day
from casework.paperwork.kinds import name_of_kind
from casework.portal.reader import Reader
from core.codes import DocumentContent, Light, Secrecy, Severity
from core.ladders.palette import Palette
from core.life.campaignlife import InquiryState
from core.life.halflife import HalfReportState
from core.life.lives import DocumentState
from core.life.rectification import CLOCK_RUNS, REQUEST_LABELS, SETTLED, CaseState, RequestKind, RequestState
from models.base import table_of
from models.campaign import Campaign, Finding
from models.document import Document
from models.halfreport import HalfReport
from models.inquiry import Inquiry
from models.rectification import Rectification, SideRequest

CASE, FINDING, DOCUMENT = table_of(Rectification), table_of(Finding), table_of(Document)
HALF, LIST, REQUEST = table_of(HalfReport), table_of(Inquiry), table_of(SideRequest)
OPEN_STATES = sorted(state.value for state in CaseState if state not in SETTLED)
CHANGES_OF_TIME = (RequestKind.EXTENSION, RequestKind.LONG_TERM)
MOST = 150  # rows on one page
SOON = 5  # working days


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing a unit has to do, or waits for.

    target   what it is about, with its number: case, document, report or list
    what     what has to be done, in a verb
    left     working days left, negative once overdue; None without a day
    """

    target: str
    key: str
    what: str
    title: str
    number: str = ""
    due_on: date | None = None
    provisional: bool = False
    left: int | None = None
    light: Light | None = None
    note: str = ""

    @property
    def is_late(self) -> bool:
        return self.left is not None and self.left < 0

    @property
    def is_soon(self) -> bool:
        return self.left is not None and 0 <= self.left <= SOON


@dataclass(frozen=True, slots=True)
class Owed:
    """Everything a unit owes, the most urgent first, and what the office does meanwhile."""

    duties: tuple[Duty, ...]
    waiting: tuple[Duty, ...]
    palette: Palette
    secret: int  # papers that are only handed over in person

    @property
    def late(self) -> int:
        return sum(duty.is_late for duty in self.duties)

    @property
    def soon(self) -> int:
        return sum(duty.is_soon for duty in self.duties)


def owed_by(reader: Reader) -> Owed:
    """Return what the unit of a reader owes; five queries at most."""
    desk = reader.desk
    rows = gather(desk, *_parts(reader))
    campaigns = _campaigns(desk, {row["campaign_id"] for row in rows["cases"]})
    duties = [
        *_to_sign_for(desk, rows["papers"]),
        *_to_answer(desk, rows["papers"]),
        *_of_cases(desk, rows["cases"]),
        *_reports(desk, rows["halves"]),
        *_lists(desk, rows["lists"]),
        *_to_endorse(reader, rows["requests"]),
    ]
    waiting = [*_pending_cases(rows["cases"]), *_pending_requests(reader, rows["requests"])]
    del campaigns  # read at once, so that each case finds its own without a query
    far = date.max
    ordered = sorted(duties, key=lambda one: (one.due_on is None, one.due_on or far, one.target, one.key))
    secret = len(rows["secret"]) if not reader.secrets else 0
    return Owed(tuple(ordered[:MOST]), tuple(waiting[:MOST]), office_palette(desk), secret)


def _campaigns(desk: Desk, ids: set[int]) -> Sequence[Campaign]:
    return desk.session.exec(select(Campaign).where(col(Campaign.id).in_(sorted(ids)))).all() if ids else ()


def _parts(reader: Reader) -> tuple[Part, ...]:
    of_cases = sa.select(CASE.c.id).where(reader.cases)
    cases = (
        sa.select(
            CASE.c.id, CASE.c.campaign_id, CASE.c.severity, CASE.c.state, CASE.c.light, CASE.c.due_on,
            CASE.c.due_provisional, CASE.c.signed_on, CASE.c.served_on, CASE.c.plan_on, CASE.c.suspended_on,
            CASE.c.round, CASE.c.percent, FINDING.c.code, FINDING.c.problem,
        )
        .join(FINDING, FINDING.c.id == CASE.c.id)
        .where(CASE.c.state.in_(OPEN_STATES), reader.cases)
    )  # fmt: skip
    requests = (
        sa.select(
            REQUEST.c.id, REQUEST.c.kind, REQUEST.c.until_on, REQUEST.c.asked_on, REQUEST.c.asked_by,
            REQUEST.c.endorsed_on, REQUEST.c.answer_due_on, FINDING.c.code, FINDING.c.problem,
        )
        .join(FINDING, FINDING.c.id == REQUEST.c.case_id)
        .where(
            REQUEST.c.state == RequestState.REQUESTED.value,
            REQUEST.c.kind != RequestKind.SUSPENSION.value,
            REQUEST.c.case_id.in_(of_cases),
        )
    )  # fmt: skip
    return (
        Part("cases", cases),
        Part("papers", _papers().where(reader.documents)),
        Part("secret", _secret_papers(reader)),
        Part("halves", _halves(reader)),
        Part("lists", _open_lists(reader)),
        Part("requests", requests),
    )


def _papers() -> sa.Select[Any]:
    unserved = sa.and_(DOCUMENT.c.state == DocumentState.ISSUED.value, DOCUMENT.c.serial.is_not(None))
    unanswered = sa.and_(
        DOCUMENT.c.reply_due_on.is_not(None),
        DOCUMENT.c.replied_on.is_(None),
        DOCUMENT.c.state.in_((DocumentState.ISSUED.value, DocumentState.SERVED.value)),
        DOCUMENT.c.content_kind.not_in((DocumentContent.FINDINGS.value, DocumentContent.SHEET.value)),
    )
    return sa.select(
        DOCUMENT.c.id, DOCUMENT.c.kind, DOCUMENT.c.rules_sha256, DOCUMENT.c.number, DOCUMENT.c.title,
        DOCUMENT.c.state, DOCUMENT.c.serial, DOCUMENT.c.issued_on, DOCUMENT.c.reply_due_on, DOCUMENT.c.replied_on,
        DOCUMENT.c.reply_provisional, DOCUMENT.c.content_kind,
    ).where(sa.or_(unserved, unanswered))  # fmt: skip


def _secret_papers(reader: Reader) -> sa.Select[Any]:
    return sa.select(DOCUMENT.c.id).where(
        DOCUMENT.c.unit_id == reader.unit_id,
        DOCUMENT.c.state == DocumentState.ISSUED.value,
        DOCUMENT.c.secrecy == Secrecy.WORK_SECRET.value,
        DOCUMENT.c.content_kind != DocumentContent.REFERRAL.value,
    )


def halves_of(reader: Reader) -> sa.ColumnElement[bool]:
    """Return the condition for the half-month reports of the unit that this reader may know of."""
    own = sa.and_(HALF.c.office_id == reader.desk.office_id, HALF.c.unit_id == reader.unit_id)
    return own if reader.secrets else sa.and_(own, HALF.c.secrecy != Secrecy.WORK_SECRET.value)


def _halves(reader: Reader) -> sa.Select[Any]:
    waiting = (HalfReportState.OWED.value, HalfReportState.LATE.value)
    return sa.select(
        HALF.c.id, HALF.c.number, HALF.c.title, HALF.c.due_on, HALF.c.due_provisional, HALF.c.light,
        HALF.c.period_from, HALF.c.period_to,
    ).where(HALF.c.state.in_(waiting), halves_of(reader))  # fmt: skip


def _open_lists(reader: Reader) -> sa.Select[Any]:
    return sa.select(LIST.c.id, LIST.c.title, LIST.c.due_on, LIST.c.due_provisional, LIST.c.state).where(
        LIST.c.office_id == reader.desk.office_id,
        LIST.c.unit_id == reader.unit_id,
        LIST.c.state.in_((InquiryState.ASKED.value, InquiryState.PARTLY.value)),
    )


def _left(desk: Desk, due_on: date | None) -> int | None:
    return desk.calendar.between(desk.today, due_on) if due_on else None


def _to_sign_for(desk: Desk, papers: Sequence[Row]) -> Iterator[Duty]:
    days = desk.office_rules.choices.acknowledge_workdays
    for row in papers:
        if row["state"] != DocumentState.ISSUED or row["serial"] is None:
            continue
        due_on = desk.calendar.after(row["issued_on"], days)
        name = name_of_kind(desk, row["kind"], row["rules_sha256"])
        yield Duty("document", str(row["id"]), "签收文书", row["title"] or name, row["number"] or "", due_on,
                   left=_left(desk, due_on))  # fmt: skip


def _to_answer(desk: Desk, papers: Sequence[Row]) -> Iterator[Duty]:
    by_acts = (DocumentContent.FINDINGS, DocumentContent.SHEET)
    for row in papers:
        due_on = row["reply_due_on"]
        if due_on is None or row["replied_on"] is not None or row["content_kind"] in by_acts:
            continue
        name = name_of_kind(desk, row["kind"], row["rules_sha256"])
        yield Duty("document", str(row["id"]), "书面答复", row["title"] or name, row["number"] or "", due_on,
                   bool(row["reply_provisional"]), _left(desk, due_on))  # fmt: skip


def _of_cases(desk: Desk, cases: Sequence[Row]) -> Iterator[Duty]:
    for row in cases:
        state, light = CaseState(row["state"]), Light(row["light"])
        if state not in CLOCK_RUNS or row["due_on"] is None:
            continue
        stopped = row["suspended_on"] is not None
        left = None if stopped else _left(desk, row["due_on"])
        if state is CaseState.OPEN:
            yield _plan_duty(desk, row, light)
            if left is None or left > SOON:
                continue  # the day of the plan comes first, and tells the other one
        what = "整改并申请销号" if state is CaseState.RECTIFYING else "完成整改"
        yield Duty("case", row["code"], what, row["problem"], row["code"], row["due_on"], bool(row["due_provisional"]),
                   left, light, "中止计时" if stopped else f"已报完成率{row['percent']}%")  # fmt: skip


def _plan_duty(desk: Desk, row: Row, light: Light) -> Duty:
    again = row["plan_on"] is not None or row["round"] > 1
    due_on = None
    begun = row["served_on"] or row["signed_on"]  # what the notice prints is counted from its signature
    if begun is not None and row["round"] == 1:
        profile = ladder_of(desk, row["campaign_id"]).profiles[Severity(row["severity"])]
        due_on = desk.calendar.after(begun, profile.plan_workdays)
    what = "重新报送整改方案" if again else "报送整改方案"
    note = f"整改期限{write_day(row['due_on'])}"
    return Duty("case", row["code"], what, row["problem"], row["code"], due_on, left=_left(desk, due_on), light=light,
                note=note)  # fmt: skip


def _reports(desk: Desk, halves: Sequence[Row]) -> Iterator[Duty]:
    for row in halves:
        span = f"{write_day(row['period_from'])}至{write_day(row['period_to'])}"
        yield Duty("report", str(row["id"]), "报送半月进展", row["title"] or row["number"], row["number"],
                   row["due_on"], bool(row["due_provisional"]), _left(desk, row["due_on"]), Light(row["light"]),
                   span)  # fmt: skip


def _lists(desk: Desk, lists: Sequence[Row]) -> Iterator[Duty]:
    for row in lists:
        partly = "已交一部分" if row["state"] == InquiryState.PARTLY else ""
        yield Duty("list", str(row["id"]), "交回清单所列材料", row["title"], "", row["due_on"],
                   bool(row["due_provisional"]), _left(desk, row["due_on"]), note=partly)  # fmt: skip


def _to_endorse(reader: Reader, requests: Sequence[Row]) -> Iterator[Duty]:
    """Yield what the unit's own leaders have to look at before the office does."""
    if reader.contact == "liaison":
        return
    for row in requests:
        if row["kind"] in CHANGES_OF_TIME and row["endorsed_on"] is None:
            yield Duty("case", row["code"], f"审核{REQUEST_LABELS[RequestKind(row['kind'])]}", row["problem"],
                       row["code"], note=f"{write_day(row['asked_on'])}由联络员提出")  # fmt: skip


PENDING = {
    CaseState.PLANNED: "整改方案待督察单位审核",
    CaseState.CLOSURE_APPLIED: "已申请销号，待核查验收",
    CaseState.VERIFIED: "核查通过，待批准销号",
}


def _pending_cases(cases: Sequence[Row]) -> Iterator[Duty]:
    for row in cases:
        state = CaseState(row["state"])
        if state in PENDING:
            yield Duty("case", row["code"], PENDING[state], row["problem"], row["code"], row["due_on"],
                       light=Light(row["light"]))  # fmt: skip


def _pending_requests(reader: Reader, requests: Sequence[Row]) -> Iterator[Duty]:
    for row in requests:
        kind = RequestKind(row["kind"])
        unseen = kind in CHANGES_OF_TIME and row["endorsed_on"] is None
        if unseen and row["asked_by"].endswith(":liaison") and reader.contact != "liaison":
            continue  # it stands among what they have to do
        until = f"，申请延至{write_day(row['until_on'])}" if row["until_on"] else ""
        answer = f"，应于{write_day(row['answer_due_on'])}前答复" if row["answer_due_on"] else ""
        yield Duty("case", row["code"], f"{REQUEST_LABELS[kind]}待审批", row["problem"], row["code"],
                   note=f"{write_day(row['asked_on'])}提出{until}{answer}")  # fmt: skip
