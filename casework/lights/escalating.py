"""Named events (E1..E8) set a colour directly; the document that goes with it is drafted, a person signs it."""

from __future__ import annotations

import calendar
import json
from collections.abc import Iterable
from datetime import date

from sqlmodel import col, select

from casework.desk import SYSTEM
from casework.lights.climbing import facts_of, ladder_of, palette_of, set_light
from casework.rectification.cases import ActOnCase
from casework.units.lineage import ancestors_of
from core.codes import SEVERITY_LABELS, Light, Severity
from core.errors import InvalidInput, Refused
from core.ladders.ladderfacts import light_after_event, used_percent, why_not
from core.life.rectification import SETTLED, CaseAct, CaseState
from core.rulebook.ladder import EscalationEvent
from models.audit import history_of
from models.campaign import Campaign, Finding
from models.record import AuditEntry
from models.rectification import Rung

# Events that leave the colour as it is; they do not fix it either.
COLOURLESS = frozenset({"keep", "none"})
# Events that a matter before a court, a reviewing body or under investigation still takes: they press nobody.
CALMING = COLOURLESS | {"lower_one", "clear"}


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
    if deed.case.suspended_on is not None and event.effect not in CALMING:
        raise Refused(
            "事项已中止计时，不得升级",
            found=f"自{deed.case.suspended_on}起中止，{event.code} {event.event}",
            expected="恢复计时后登记",
            remedy="先恢复计时（case act … resume），或待中止事由消除",
        )
    _check_reach(deed, event)


def _check_reach(deed: ActOnCase, event: EscalationEvent) -> None:
    """Refuse an event that the ladder does not apply to a case of this severity, with these facts, on this day."""
    case, desk = deed.case, deed.desk
    used = used_percent(desk.calendar, case.served_on or case.signed_on, case.due_on, deed.on)
    severity = Severity(case.severity)
    why = why_not(event, severity, facts_of(desk, case, deed.on), used)
    if why:
        passed = "期限未起算" if used is None else f"期限已过{used}%"
        raise Refused(
            f"不能登记{event.code}：{why}",
            found=f"{SEVERITY_LABELS[severity]}问题，完成率{case.percent}%，{passed}",
            expected=event.event,
            remedy="改用其他事件，或不登记",
        )


def flag_event(deed: ActOnCase) -> None:
    """Apply an event: colour, severity, document and screening as the ladder says."""
    event = ladder_of(deed.desk, deed.case.campaign_id).events[deed.values["event"]]
    case = deed.case
    light = _light_after(deed, event, Light(case.light))
    if event.new_severity is not None:
        case.severity = event.new_severity.value
    if event.effect not in COLOURLESS:
        _light_up(deed, event, light)
    if event.screening:
        from casework.linkage.screening import open_screening

        open_screening(deed.desk, case, event.code, within=event.screening_workdays)


def _light_after(deed: ActOnCase, event: EscalationEvent, current: Light) -> Light:
    """Return the colour an event gives to a case that shows one now."""
    palette = palette_of(deed.desk, deed.case.campaign_id)
    return light_after_event(event, Severity(deed.case.severity), current, _times(deed, event), palette)


def _times(deed: ActOnCase, event: EscalationEvent) -> int:
    """Return how often an event has come, this time included, for the same unit and item within its window.

    A reopening counts as the event by which it lights up.
    """
    units = ancestors_of(deed.desk, deed.case.unit_id)
    same = select(Finding.id).where(col(Finding.unit_id).in_(units), col(Finding.item) == deed.finding.item)
    cases = [number for number in deed.desk.session.exec(same) if number is not None]
    reopens = event.code == ladder_of(deed.desk, deed.case.campaign_id).clearing.reopen_event
    past = history_of(deed.desk.session, deed.desk.office_id, "case", cases)
    return 1 + count_event(past, event, deed.on, reopens=reopens)


def count_event(past: Iterable[AuditEntry], event: EscalationEvent, on: date, *, reopens: bool) -> int:
    """Return how often an event had come before a day, within its window.

    reopens   a reopening counts as this event
    """
    since = count_from(event, on)
    known = (entry for entry in past if _is_event(entry, event.code, reopens))
    return sum(since is None or entry.on_day > since for entry in known)


def count_from(event: EscalationEvent, on: date) -> date | None:
    """Return the day after which an event counts as happening again; None when it counts for ever."""
    return _months_before(on, event.window_months) if event.window_months else None


def _is_event(entry: AuditEntry, code: str, reopens: bool) -> bool:
    if entry.act == CaseAct.FLAG:
        return bool(json.loads(entry.detail or "{}").get("event") == code)
    reopened = entry.from_state in SETTLED and entry.to_state == CaseState.RECTIFYING
    return reopens and reopened


def _months_before(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def raise_for_rebound(deed: ActOnCase, event_code: str) -> None:
    """Light up a reopened case as its event says, from where the ladder starts: one colour above, or higher."""
    ladder = ladder_of(deed.desk, deed.case.campaign_id)
    event = ladder.events[event_code]
    light = _light_after(deed, event, ladder.palette.lowest)
    _light_up(deed, event, light, with_document=False)


def _light_up(deed: ActOnCase, event: EscalationEvent, light: Light, *, with_document: bool = True) -> None:
    case, desk = deed.case, deed.desk
    palette = palette_of(desk, case.campaign_id)
    rises = palette.rank(light) > palette.rank(Light(case.light))
    set_light(case, light, palette)
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
    from casework.paperwork.documents import CaseOnDocument, draft_document

    ladder = ladder_of(deed.desk, deed.case.campaign_id)
    kind = next((c.document for c in ladder.colours if c.code == light), None)
    if kind is None or deed.case.due_on is None:
        return None
    campaign = deed.desk.session.get(Campaign, deed.case.campaign_id)
    assert campaign is not None  # foreign key
    document = draft_document(
        deed.desk,
        kind,
        campaign,
        deed.case.unit_id,
        cases=[CaseOnDocument(deed.case.id, light, deed.case.due_on)],
        author=SYSTEM,
    )
    return document.id
