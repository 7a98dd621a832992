"""The rungs of one case as a person reads them: the rule in words, what was issued when, what holds the next back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import col, select

from casework.desk import Desk
from casework.paperwork.kinds import name_of_kind
from core.codes import Light
from core.ladders.ladder import Decision, Standing, decide, rung_day
from core.ladders.palette import Palette
from core.life.lives import DOCUMENT_STATE_LABELS, DocumentState
from core.life.rectification import CLOCK_RUNS, CaseState
from core.rulebook import Ladder, Profile
from core.rulebook import Rung as RungRule
from core.rulebook.passages import write_offset
from models.document import Document
from models.rectification import Rectification
from models.rectification import Rung as RungRow

# What became, or will become, of a rung in the present round and due version.
RUNG_STATUS_LABELS = {
    "issued": "已发出",
    "drafted": "已拟单，待签发",
    "event": "升级事件",
    "due": "今日应发",
    "held": "等待送达",
    "planned": "预计",
    "idle": "条件未成立",
    "unanchored": "未起算",
    "passed": "不再适用",
    "stopped": "已停止",
}
STEP_BY_STEP = "逐级升级，待前一级发出"


@dataclass(frozen=True, slots=True)
class RungView:
    """One rung of a case: `rule` is the rule in words, `day` the first day it may go out or the day it was reached."""

    code: str
    light: Light
    document: str
    rule: str
    status: str
    day: date | None
    note: str = ""
    issued_on: date | None = None
    served_on: date | None = None
    document_id: int | None = None
    number: str | None = None

    @property
    def status_label(self) -> str:
        return RUNG_STATUS_LABELS[self.status]

    def as_dict(self) -> dict[str, object]:
        """Return the rung as outside programs read it."""
        return {
            "code": self.code,
            "light": self.light.value,
            "document": self.document,
            "rule": self.rule,
            "status": self.status,
            "day": self.day.isoformat() if self.day else None,
            "note": self.note,
            "issued_on": self.issued_on.isoformat() if self.issued_on else None,
            "served_on": self.served_on.isoformat() if self.served_on else None,
            "number": self.number,
        }


@dataclass(frozen=True, slots=True)
class Climb:
    """All rungs of a case by order of the ladder, the ones issued, and what the sweep would decide today."""

    rungs: tuple[RungView, ...]
    issued: tuple[RungView, ...]
    decision: Decision | None


def climb_of(
    desk: Desk,
    case: Rectification,
    ladder: Ladder,
    profile: Profile,
    standing: Standing | None,
    rows: Sequence[tuple[RungRow, Document | None]],
) -> Climb:
    """Return the rungs of a case with their status today, from the rows that `rung_rows` read."""
    digest = desk.campaign(case.campaign_id).rules_sha256
    issued = tuple(_issued(desk, row, document, ladder, profile, digest) for row, document in rows)
    known = {view.code: view for view in issued}
    runs = CaseState(case.state) in CLOCK_RUNS and case.suspended_on is None and standing is not None
    decision = None
    if runs and standing is not None:
        decision = decide(profile.rungs, standing, desk.today, desk.calendar, ladder.palette)
    coming: list[RungView] = []
    for index, rung in enumerate(profile.rungs):
        first_held = not any(view.status == "held" for view in coming)
        view = known.get(rung.code) or _coming(
            desk, ladder.palette, rung, standing, decision, name_of_kind(desk, rung.document, digest),
            next_up=_is_next(index, decision),
        )  # fmt: skip
        coming.append(view if first_held or view.status != "held" else _after_held(view))
    events = tuple(view for view in issued if profile.rung(view.code) is None)
    return Climb((*events, *coming), issued, decision)


def write_rule(rung: RungRule) -> str:
    """Write a rung's time and condition in words: 到期后第1个工作日，到期未销号且未获批延期."""
    return f"{write_offset(rung)}，{rung.meaning}"


def rung_rows(desk: Desk, case: Rectification) -> Sequence[tuple[RungRow, Document | None]]:
    """Return the rungs of a case in its present round and due version with their documents, oldest first.

    Read before the standing of the case: the last rung, which that asks for, is then known to the session.
    """
    query = (
        select(RungRow, Document)
        .outerjoin(Document, col(Document.id) == col(RungRow.document_id))
        .where(
            col(RungRow.case_id) == case.id,
            col(RungRow.round) == case.round,
            col(RungRow.due_version) == case.due_version,
        )
        .order_by(col(RungRow.id))
    )
    return [(row, document) for row, document in desk.session.exec(query)]


def _issued(
    desk: Desk,
    row: RungRow,
    document: Document | None,
    ladder: Ladder,
    profile: Profile,
    digest: str | None,
) -> RungView:
    rung = profile.rung(row.code)
    event = ladder.events.get(row.code.split(".")[0])
    kind = document.kind if document else (rung.document if rung else "")
    rule = write_rule(rung) if rung else f"登记升级事件：{event.event}" if event else "登记升级事件"
    waits = document is not None and document.state in (DocumentState.DRAFT, DocumentState.IN_REVIEW)
    status = "drafted" if waits else "issued" if rung else "event"
    return RungView(
        code=row.code,
        light=Light(row.light),
        document=name_of_kind(desk, kind, digest) if kind else "",
        rule=rule,
        status=status,
        day=row.fired_on,
        note=_service_note(document),
        issued_on=document.issued_on if document else None,
        served_on=document.served_on if document else None,
        document_id=document.id if document else None,
        number=document.number if document else None,
    )


def _service_note(document: Document | None) -> str:
    if document is None:
        return ""
    if document.served_on is not None:
        return "已送达"
    if document.state == DocumentState.ISSUED and document.signed_on is None:
        return "自动提醒，不编号"
    return DOCUMENT_STATE_LABELS[DocumentState(document.state)] + (
        "，未送达" if document.state == DocumentState.ISSUED else ""
    )


def _coming(
    desk: Desk, palette: Palette, rung: RungRule, standing: Standing | None, decision: Decision | None, name: str,
    *, next_up: bool,
) -> RungView:  # fmt: skip
    status, day, note = _status(desk, palette, rung, standing, decision)
    if status == "due" and not next_up:
        status, day, note = "planned", None, STEP_BY_STEP
    return RungView(rung.code, rung.light, name, write_rule(rung), status, day, note=note)


def _after_held(view: RungView) -> RungView:
    return replace(view, status="planned", day=None, note=STEP_BY_STEP)


def _is_next(index: int, decision: Decision | None) -> bool:
    return decision is not None and decision.rung == index


def _status(
    desk: Desk, palette: Palette, rung: RungRule, standing: Standing | None, decision: Decision | None
) -> tuple[str, date | None, str]:
    if standing is None:
        return "unanchored", None, "通知书签发后起算"
    if standing.last is not None and palette.rank(rung.light) <= palette.rank(standing.last.light):
        return "passed", None, "已有同级或更高级次"
    if decision is None:
        return "stopped", None, "计时已停止"
    day, gap = first_day(desk, rung, standing)
    if day is None:
        return "unanchored", None, "送达后起算"
    if day > desk.today:
        return "planned", day, gap
    if not rung.holds(standing.facts):
        return "idle", day, f"今天不符合“{rung.meaning}”"
    if decision.held_by:
        return "held", day, held_because(standing, palette)
    return "due", day, "由当日巡检发出"


def first_day(desk: Desk, rung: RungRule, standing: Standing) -> tuple[date | None, str]:
    """Return the first day on which a rung may be issued after the last one, and the gap that moved it."""
    day = rung_day(rung, standing, desk.calendar)
    if day is None or standing.last is None:
        return day, ""
    after_gap = desk.calendar.after(standing.last.fired_on, rung.min_gap_workdays)
    if after_gap > day:
        return after_gap, f"距上一级至少{rung.min_gap_workdays}个工作日"
    return day, ""


def held_because(standing: Standing, palette: Palette) -> str:
    """Return in words what holds the next rung back."""
    if standing.served_on is None:
        return f"整改通知书尚无送达证明，{palette.word(palette.lowest)}以上不得升级"
    return "上一级文书尚无送达证明，不得再升级"


def write_day(day: date) -> str:
    """Write a day as officials do: 2026年3月2日."""
    return f"{day.year}年{day.month}月{day.day}日"
