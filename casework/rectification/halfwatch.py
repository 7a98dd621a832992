"""The watch over half-month reports: it opens what the ladders ask for, tells what is late, and copies to leaders."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Desk
from casework.lights.climbing import ladder_of
from casework.lights.lightweeks import Turn, light_turns, lights_at
from casework.mail.queueing import Recipient, queue
from casework.moves import take
from casework.rectification.halfreports import Subject, earliest, findings_of, open_report
from casework.rectification.latereports import lapse
from casework.tasks import open_task
from core.calendar.halfmonth import ONE_DAY, Owed, Shown, halves_between, owed_reports
from core.calendar.workdays import half_month_period
from core.codes import Light, Secrecy
from core.ladders.palette import Palette
from core.life.halflife import HALF_REPORT, HalfReportAct, HalfReportState
from core.life.rectification import SETTLED, CaseAct, CaseState
from core.rulebook.followup import HalfMonthRule
from models.audit import history_of
from models.base import key_of
from models.campaign import Campaign, Finding
from models.halfreport import HalfReport
from models.record import AuditEntry, Note
from models.rectification import Rectification

SETTLES_IN = timedelta(5)  # after the end of a half, in calendar days


def watch_half_reports(desk: Desk) -> dict[str, object]:
    """Open the reports of the halves that are over, mark the late ones, and queue the copies to the leaders."""
    return {"opened": open_due(desk), "late": lapse(desk), "copied": copy_to_leaders(desk)}


def open_due(desk: Desk) -> int:
    """Open what the cases of every campaign owe; a second run opens nothing more.

    Lights are gone through daily only while a half has just ended and late entries still come in; what is entered
    later yet is found when the next half ends, as several halves back are looked at.
    """
    if _is_settled(desk):
        return 0
    opened = 0
    for campaign_id in _campaigns(desk):
        ladder = ladder_of(desk, campaign_id)
        if ladder.half_month is not None:
            opened += _open_for(desk, campaign_id, ladder.half_month, ladder.palette)
    note = desk.session.get(Note, _looked(desk)) or Note(name=_looked(desk), value="")
    note.value = desk.today.isoformat()
    desk.session.add(note)
    return opened


def _looked(desk: Desk) -> str:
    """Return the name of the note that keeps the last day on which the lights were gone through."""
    return f"half_reports:{desk.office.code}"


def _is_settled(desk: Desk) -> bool:
    note = desk.session.get(Note, _looked(desk))
    last = date.fromisoformat(note.value) if note else date.min
    return half_month_period(desk.today).from_on + SETTLES_IN <= last <= desk.today


def _campaigns(desk: Desk) -> list[int]:
    query = (
        select(Campaign.id)
        .join(Rectification, col(Rectification.campaign_id) == col(Campaign.id))
        .where(
            col(Campaign.office_id) == desk.office_id,
            col(Rectification.highest_light) != Light.NONE.value,
            _may_owe(desk),
        )
        .distinct()
    )
    return sorted(number or 0 for number in desk.session.exec(query))


def _open_for(desk: Desk, campaign_id: int, rule: HalfMonthRule, palette: Palette) -> int:
    asking = [light for light in palette.every if palette.rank(light) >= palette.rank(rule.from_light)]
    cases = _candidates(desk, campaign_id, asking)
    if not cases:
        return 0
    turns = light_turns(desk, campaign_id, palette)
    findings = findings_of(desk, cases)
    entries: dict[int, list[AuditEntry]] = {case.id: [] for case in cases}
    for entry in history_of(desk.session, desk.office_id, "case", list(entries)):
        entries[entry.subject_id].append(entry)
    opened = 0
    for case in cases:
        shown = list(_shown(desk, case, turns.get(case.id, []), entries[case.id], palette))
        found = owed_reports(
            shown, asking, desk.calendar, rule.due_workdays, first_on=earliest(desk), today=desk.today
        )
        for owed in found:
            opened += _open(desk, case, findings[case.id], rule, owed, entries[case.id])
    return opened


def _candidates(desk: Desk, campaign_id: int, asking: Sequence[Light]) -> list[Rectification]:
    """Return the cases that ever showed a colour that asks for reports and were not over before what is looked at."""
    query = (
        select(Rectification)
        .where(
            col(Rectification.campaign_id) == campaign_id,
            col(Rectification.highest_light).in_([light.value for light in asking]),
            _may_owe(desk),
        )
        .order_by(col(Rectification.id))
    )
    return list(desk.session.exec(query))


def _may_owe(desk: Desk) -> sa.ColumnElement[bool]:
    """Return the condition that a case was not over before the first half that is looked at."""
    return sa.or_(col(Rectification.closed_on).is_(None), col(Rectification.closed_on) >= earliest(desk))


def _shown(
    desk: Desk,
    case: Rectification,
    turns: Sequence[Turn],
    entries: Sequence[AuditEntry],
    palette: Palette,
) -> Iterator[Shown]:
    """Yield what the case showed at the end of each half that is over."""
    ends = [half.to_on for half in halves_between(earliest(desk), desk.today - ONE_DAY)]
    lights = lights_at(turns, ends, palette)
    last_turn = max((turn.day for turn in turns), default=date.min)
    for day, light in zip(ends, lights, strict=True):
        is_open = _open_on(case, entries, day)
        # A colour that an old ledger gave has no turn of its own: nothing has changed it since.
        stands = Light(case.light) if last_turn <= day and is_open else light
        yield Shown(day, stands, is_open)


def _open_on(case: Rectification, entries: Sequence[AuditEntry], day: date) -> bool:
    """Tell whether the case was open with its clock running at the end of a day."""
    state, suspended = "", False
    for entry in entries:
        if entry.on_day > day:
            continue
        state = entry.to_state or state
        suspended = entry.act == CaseAct.SUSPEND or (suspended and entry.act != CaseAct.RESUME)
    if case.suspended_on is not None and case.suspended_on <= day:
        return False
    return bool(state) and CaseState(state) not in SETTLED and not suspended


def _open(
    desk: Desk,
    case: Rectification,
    finding: Finding,
    rule: HalfMonthRule,
    owed: Owed,
    entries: Sequence[AuditEntry],
) -> bool:
    """Open a report; progress told within the half settles it at once, where the rule says that it counts."""
    cc = tuple(role.value for role in rule.cc)
    subject = Subject("case", case.id, finding.code, case.unit_id, finding.problem[:200], cc)
    row = open_report(desk, subject, owed)
    if row is None:
        return False
    told = _progress_within(entries, row) if rule.progress_counts else None
    if told is not None:
        _settle(desk, row, told)
    return True


def _progress_within(entries: Sequence[AuditEntry], row: HalfReport) -> AuditEntry | None:
    """Return the last progress that was told with words from the beginning of the half until the report was due."""
    found = [
        entry
        for entry in entries
        if entry.act == CaseAct.REPORT_PROGRESS
        and row.period_from <= entry.on_day <= row.due_on
        and _words(entry)
    ]
    return found[-1] if found else None


def _said(entry: AuditEntry) -> Mapping[str, object]:
    said: Mapping[str, object] = json.loads(entry.detail) if entry.detail else {}
    return said


def _words(entry: AuditEntry) -> str:
    said = _said(entry)
    return str(said.get("text") or said.get("note") or "").strip()


def _settle(desk: Desk, row: HalfReport, told: AuditEntry) -> None:
    percent = str(_said(told).get("percent", "")).removesuffix("%")
    with desk.session.no_autoflush:
        take(
            desk, row, HALF_REPORT, HalfReportAct.SEND, unit_id=row.unit_id, on=told.on_day,
            detail={"by_progress": told.on_day, "sent_by": told.actor},
        )  # fmt: skip
        row.text, row.sent_on, row.sent_by = _words(told), told.on_day, told.actor
        row.percent = int(percent) if percent.isdigit() else None
    desk.session.add(row)
    desk.session.flush()


def copy_to_leaders(desk: Desk) -> int:
    """Queue one mail a leader for all reports that came in since the last one; return how many mails are new.

    A work secret is mailed to the office's own domains only; else an officer is asked to hand it over on paper.
    """
    reports = _uncopied(desk)
    mails = 0
    for role in sorted({role for row in reports for role in row.cc.split("、") if role}):
        for who in _posts(desk, role):
            if any(reaches(desk, row, role, who.address) for row in reports):
                mails += queue(desk, "half_report", f"half/{desk.today}/{role}", who)
    for row in reports:
        if not _mailed(desk, row):
            _ask_for_paper(desk, row)
            continue
        row.copied_on = desk.today
        desk.session.add(row)
        desk.record("half_report", key_of(row), "copy", unit_id=row.unit_id, to=row.cc)
    return mails


def reaches(desk: Desk, row: HalfReport, role: str, address: str) -> bool:
    """Tell whether a report is copied to a role at an address."""
    return role in row.cc.split("、") and may_be_told(desk, row, address)


def may_be_told(desk: Desk, row: HalfReport, address: str) -> bool:
    """Tell whether a report may be mailed about to an address: a work secret to the office's own domains only."""
    allowed = {domain.lower() for domain in desk.office_rules.mail.allowed_domains}
    return row.secrecy != Secrecy.WORK_SECRET or address.rpartition("@")[2].lower() in allowed


def _uncopied(desk: Desk) -> list[HalfReport]:
    query = (
        select(HalfReport)
        .where(
            col(HalfReport.office_id) == desk.office_id,
            col(HalfReport.state) == HalfReportState.SENT.value,
            col(HalfReport.cc) != "",
            col(HalfReport.copied_on).is_(None),
        )
        .order_by(col(HalfReport.id))
    )
    return list(desk.session.exec(query))


def _posts(desk: Desk, role: str) -> list[Recipient]:
    posts = desk.office_rules.leaders.values()
    return [Recipient(p.code, p.name, p.email) for p in posts if p.role.value == role and p.email]


def _mailed(desk: Desk, row: HalfReport) -> bool:
    return any(
        reaches(desk, row, role, who.address) for role in row.cc.split("、") for who in _posts(desk, role)
    )


def _ask_for_paper(desk: Desk, row: HalfReport) -> None:
    open_task(
        desk, f"half:{row.id}:paper", kind="half_report_paper", subject="half_report", subject_id=key_of(row),
        title=f"半月报 {row.number} 不能以邮件抄送，请书面送领导阅示", role="officer", due_on=desk.today,
        unit_id=row.unit_id,
    )  # fmt: skip
