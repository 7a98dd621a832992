"""Named events (E1..E8) set a colour directly; the document that goes with it is drafted, a person signs it."""

from __future__ import annotations

import calendar
import json
from datetime import date

from sqlmodel import col, select

from casework.cases import ActOnCase
from casework.climbing import ladder_of, set_light
from casework.desk import SYSTEM
from core.codes import DocumentKind, Light, Severity
from core.errors import InvalidInput, Refused
from core.ladder import apply_event
from core.rectification import CaseAct
from core.rulebook.ladder import EscalationEvent
from models.audit import history_of
from models.campaign import Campaign, Finding
from models.rectification import Rung

# Events that leave the colour as it is; they do not fix it either.
COLOURLESS = frozenset({"keep", "none"})


def check_event(deed: ActOnCase) -> None:
    """Refuse an unknown event, and those that other acts carry out."""
    deed.need_note()
    events = ladder_of(deed.desk, deed.case.campaign_id).events
    event = events.get(deed.values["event"])
    if event is None:
        raise InvalidInput(
            "没有这个升级事件",
            found=deed.values["event"],
            expected="、".join(f"{e.code} {e.event}" for e in events.values()),
            remedy="改正 --set event=E1",
        )
    if event.effect in ("recalculate_due", "pause"):
        act = "request_extension" if event.effect == "recalculate_due" else "suspend"
        raise Refused(
            f"{event.event}由专门的操作办理", found=event.code, expected=act, remedy=f"改用 case act … {act}"
        )
    if Severity(deed.case.severity) in event.except_severities:
        raise Refused(
            f"{event.event}不适用于该程度的问题",
            found=deed.case.severity,
            expected="其他程度",
            remedy="改用其他事件，或不登记",
        )


def flag_event(deed: ActOnCase) -> None:
    """Apply an event: colour, severity, document and screening as the ladder says."""
    event = ladder_of(deed.desk, deed.case.campaign_id).events[deed.values["event"]]
    case = deed.case
    light = _light_after(deed, event)
    if event.new_severity is not None:
        case.severity = event.new_severity.value
    if event.effect not in COLOURLESS:
        _light_up(deed, event, light)
    if event.screening:
        from casework.screening import open_screening

        open_screening(deed.desk, case, event.code)


def _light_after(deed: ActOnCase, event: EscalationEvent) -> Light:
    """Return the colour an event gives, which may be higher for a grave case and when it happens again."""
    target = event.light
    if deed.case.severity == Severity.GRAVE and event.grave_light is not None:
        target = event.grave_light
    light = apply_event(event.effect, Light(deed.case.light), target)
    times = _times(deed, event)
    repeated = [repeat.light for repeat in event.repeats if times >= repeat.times]
    return max((light, *repeated), key=lambda one: one.rank)


def _times(deed: ActOnCase, event: EscalationEvent) -> int:
    """Return how often an event has come, this time included, for the same unit and item within its window."""
    since = _months_before(deed.on, event.window_months) if event.window_months else None
    same = select(Finding.id).where(
        col(Finding.unit_id) == deed.finding.unit_id, col(Finding.item) == deed.finding.item
    )
    cases = [number for number in deed.desk.session.exec(same) if number is not None]
    known = [
        entry
        for entry in history_of(deed.desk.session, deed.desk.office_id, "case", cases)
        if entry.act == CaseAct.FLAG and json.loads(entry.detail or "{}").get("event") == event.code
    ]
    return 1 + sum(since is None or entry.on_day > since for entry in known)


def _months_before(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def raise_for_rebound(deed: ActOnCase, event_code: str) -> None:
    """Light up a reopened case one colour above where the ladder starts."""
    event = ladder_of(deed.desk, deed.case.campaign_id).events[event_code]
    _light_up(deed, event, apply_event("raise_one", Light.BLUE, None), with_document=False)


def _light_up(deed: ActOnCase, event: EscalationEvent, light: Light, *, with_document: bool = True) -> None:
    case, desk = deed.case, deed.desk
    rises = light.rank > Light(case.light).rank
    set_light(case, light)
    case.floor_light = light.value
    if not rises:
        desk.session.add(case)
        return
    document_id = _draft(deed, light) if with_document else None
    rung = Rung(
        case_id=case.id,
        round=case.round,
        due_version=case.due_version,
        code=event_key(deed, event),
        light=light.value,
        fired_on=deed.on,
        document_id=document_id,
    )
    desk.session.add(rung)
    desk.session.flush()
    case.last_rung_id = rung.id
    desk.session.add(case)


def event_key(deed: ActOnCase, event: EscalationEvent) -> str:
    """Return the rung code of an event; a repeated event in the same round gets its running number."""
    known = deed.desk.session.exec(
        select(Rung.code).where(
            col(Rung.case_id) == deed.case.id,
            col(Rung.round) == deed.case.round,
            col(Rung.due_version) == deed.case.due_version,
            col(Rung.code).startswith(event.code),
        )
    ).all()
    return event.code if not known else f"{event.code}.{len(known) + 1}"


def _draft(deed: ActOnCase, light: Light) -> int | None:
    from casework.documents import CaseOnDocument, draft_document

    ladder = ladder_of(deed.desk, deed.case.campaign_id)
    kind = next((c.document for c in ladder.colours if c.code == light), None)
    if kind is None or deed.case.due_on is None:
        return None
    campaign = deed.desk.session.get(Campaign, deed.case.campaign_id)
    assert campaign is not None  # foreign key
    document = draft_document(
        deed.desk,
        DocumentKind(kind),
        campaign,
        deed.case.unit_id,
        cases=[CaseOnDocument(deed.case.id, light, deed.case.due_on)],
        author=SYSTEM,
    )
    return document.id
