"""The 整改台账: out as a workbook with everything the tables know, in as open problems with their original dates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Desk
from casework.ledgers.ledgerentries import Entry, main_catalog, read_entries
from casework.ledgers.ledgerrows import read_rows
from casework.lights.climbing import palette_of, profile_of, refresh, set_light
from casework.rulesets.library import freeze_current
from casework.staff.people import require_role
from core.campaign.campaignplan import CampaignPlan
from core.codes import CampaignKind, Light, Line
from core.life.lives import CampaignState, FindingState
from core.life.rectification import CaseState
from delivery.sheets.ledger import LedgerRow, write_ledger
from models.audit import canonical_json
from models.campaign import Campaign, Finding
from models.rectification import Rectification, Rung

KEEPERS = ("officer", "director", "leader")
_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{1,39}")
# What a row says beyond the tables; kept with the audit entry, and given back by the next export.
_KEPT = (
    "category", "basis", "goal", "rectify_kind", "lead", "responsible_unit", "joint_units", "responsible", "progress",
    "completion", "evidence", "verifier", "verdict", "documents", "note",
)  # fmt: skip


def export_ledger(
    desk: Desk, *, campaign: str | None = None, narrowed: Sequence[sa.ColumnElement[bool]] = ()
) -> bytes:
    """Return the ledger of the office or of one campaign as an .xlsx file; referrals never appear in it.

    narrowed   more conditions for the cases that go in
    raises     NotFound for an unknown campaign
    """
    rows, title, palette = read_rows(desk, campaign, narrowed)
    return write_ledger(
        rows,
        title=f"{title}整改台账",
        made_on=desk.today,
        office_name=desk.office_rules.name,
        palette=palette,
    )


def import_ledger(desk: Desk, path: Path) -> dict[str, int]:
    """Bring in the problems of an old ledger (.xlsx or .csv) with their original dates; nothing is sent or drafted.

    A batch that is not known becomes an open campaign of its own, whose rules are frozen now.
    returns  {added, open, closed, campaigns}
    raises   InvalidInput naming every bad cell; nothing is written then
    """
    require_role(desk, KEEPERS, "导入整改台账")
    entries = read_entries(desk, path)
    made = _make_campaigns(desk, entries, path.name)
    campaigns = [entry.campaign or made[entry.row.campaign] for entry in entries]
    findings = [_finding(desk, entry, campaign) for entry, campaign in zip(entries, campaigns, strict=True)]
    desk.session.add_all(findings)
    desk.session.flush()
    cases = [_case(desk, entry, finding) for entry, finding in zip(entries, findings, strict=True)]
    desk.session.add_all(cases)
    desk.session.flush()
    for entry, finding, case in zip(entries, findings, cases, strict=True):
        _keep_light(desk, entry.row, case)
        _note(desk, entry, finding, case, path.name)
        refresh(desk, case)
    desk.session.flush()
    closed = sum(1 for case in cases if case.closed_on is not None)
    return {"added": len(cases), "open": len(cases) - closed, "closed": closed, "campaigns": len(made)}


def _make_campaigns(desk: Desk, entries: Sequence[Entry], file: str) -> dict[str, Campaign]:
    """Make a campaign for every batch that is not known, one for each name."""
    unknown: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.campaign is None:
            unknown.setdefault(entry.row.campaign, []).append(entry)
    return {name: _make_campaign(desk, name, rows, file) for name, rows in unknown.items()}


def _make_campaign(desk: Desk, name: str, entries: Sequence[Entry], file: str) -> Campaign:
    catalog = main_catalog(desk.rules)
    begins = [day for entry in entries if (day := entry.signed_on or entry.row.closed_on)]
    ends = [day for entry in entries if (day := entry.row.due_on or entry.row.closed_on)]
    is_code = _CODE.fullmatch(name) is not None
    plan = CampaignPlan.model_validate(
        {
            "code": name if is_code else _free_code(desk),
            "title": f"{name}历史台账" if is_code else name,
            "kind": CampaignKind.SPECIAL,
            "line": Line.PARTY,
            "catalogs": ({"key": catalog.key, "items": "all"},),
            "period": {"from": min(begins), "to": max(*ends, *begins)},
            "units": tuple(dict.fromkeys(entry.unit.code for entry in entries)),
        }
    )
    chosen = {catalog.key: tuple(item.id for item in catalog.items)}
    campaign = Campaign(
        office_id=desk.office_id,
        code=plan.code,
        title=plan.title,
        kind=plan.kind.value,
        line=plan.line.value,
        state=CampaignState.OPEN.value,
        plan=canonical_json(plan.model_dump(mode="json", by_alias=True)),
        period_from=plan.period.from_on,
        period_to=plan.period.to_on,
        rules_sha256=freeze_current(desk.session, desk.rules, chosen, desk.now),
        planned_by=desk.actor.code,
        planned_on=desk.today,
        opened_on=desk.today,
    )
    desk.session.add(campaign)
    desk.session.flush()
    desk.record(
        "campaign", campaign.id or 0, "import", to_state=campaign.state, code=campaign.code, file=file
    )
    return campaign


def _free_code(desk: Desk) -> str:
    """Return the next code for a batch that only has a name, such as TZ-2026-01."""
    head = f"TZ-{desk.today.year}-"
    used = set(
        desk.session.exec(
            select(Campaign.code).where(
                col(Campaign.office_id) == desk.office_id, col(Campaign.code).startswith(head)
            )
        )
    )
    return next(code for n in range(1, len(used) + 2) if (code := f"{head}{n:02d}") not in used)


def _finding(desk: Desk, entry: Entry, campaign: Campaign) -> Finding:
    assert campaign.id is not None  # stored
    assert entry.unit.id is not None  # stored
    day = entry.signed_on or entry.row.closed_on or desk.today
    return Finding(
        office_id=desk.office_id,
        code=entry.row.case,
        campaign_id=campaign.id,
        unit_id=entry.unit.id,
        item=entry.item.id,
        severity=entry.item.severity.value,
        problem=entry.row.problem,
        state=FindingState.CONFIRMED.value,
        found_by=desk.actor.code,
        found_on=day,
        confirmed_on=day,
    )


def _case(desk: Desk, entry: Entry, finding: Finding) -> Rectification:
    """Return the case as the ledger tells it: signed and served on the day from which its limit ran."""
    assert finding.id is not None  # flushed
    row, signed_on = entry.row, entry.signed_on
    closed = row.closed_on is not None
    return Rectification(
        id=finding.id,
        office_id=desk.office_id,
        campaign_id=finding.campaign_id,
        unit_id=finding.unit_id,
        severity=finding.severity,
        state=(CaseState.CLOSED if closed else CaseState.RECTIFYING).value,
        due_version=1 + row.extensions,
        extensions=row.extensions,
        signed_on=signed_on,
        served_on=signed_on,
        first_due_on=row.due_on,
        due_on=row.due_on,
        due_provisional=_is_provisional(desk, signed_on, row.due_on),
        calendar_version=desk.calendar.version if row.due_on else None,
        plan_on=signed_on if row.measure else None,
        plan_text=row.measure or None,
        percent=100 if closed else entry.percent,
        closed_on=row.closed_on,
    )


def _is_provisional(desk: Desk, begin: date | None, end: date | None) -> bool:
    return begin is not None and end is not None and desk.calendar.is_provisional(begin, end)


def _keep_light(desk: Desk, row: LedgerRow, case: Rectification) -> None:
    """Keep the colour the ledger gives, as a rung without a document, so that the sweep goes on from there."""
    if row.light is Light.NONE:
        return
    if row.closed_on is not None:
        case.highest_light = row.light.value
        return
    codes = {rung.light: rung.code for rung in profile_of(desk, case).rungs}
    palette = palette_of(desk, case.campaign_id)
    rung = Rung(
        case_id=case.id,
        round=case.round,
        due_version=case.due_version,
        code=codes.get(row.light, row.light.value),
        light=row.light.value,
        fired_on=desk.today,
    )
    desk.session.add(rung)
    desk.session.flush()
    set_light(case, row.light, palette)
    case.last_rung_id = rung.id


def _note(desk: Desk, entry: Entry, finding: Finding, case: Rectification, file: str) -> None:
    kept = {name: getattr(entry.row, name) for name in _KEPT}
    desk.record(
        "finding",
        finding.id or 0,
        "import",
        unit_id=case.unit_id,
        to_state=finding.state,
        code=finding.code,
        file=file,
    )
    desk.record(
        "case",
        case.id,
        "import",
        unit_id=case.unit_id,
        to_state=case.state,
        file=file,
        due_on=case.due_on,
        signed_on=case.signed_on,
        percent=case.percent,
        light=case.light,
        extensions=case.extensions,
        **kept,
    )
