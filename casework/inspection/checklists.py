"""Checklists: one workbook per visit out, the filled ones in; failed items become working papers (督察底稿)."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache
from io import BytesIO
from pathlib import Path

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Desk
from casework.inspection.campaigns import find_campaign
from casework.inspection.filling import refuse_outsider, refuse_twice
from casework.inspection.inquiryreturns import note_self_report
from casework.inspection.visits import team_of
from casework.rulesets.library import frozen_rules
from casework.rulesets.ruleseras import rules_ever
from casework.staff.people import join, require_role, split
from core.codes import CheckResult, Severity, UnitOpinion
from core.errors import InvalidInput, Refused
from core.life.lives import CampaignState, FindingState
from core.rulebook import Rulebook
from core.text.secrecy import refuse_state_secrets
from delivery.sheets.checklist import ChecklistItem, ChecklistMeta, Filled, write_checklist
from delivery.sheets.checklist_return import (
    ChecklistReturn,
    ChecklistRow,
    read_checklist,
    read_checklist_meta,
)
from models.base import key_of, table_of
from models.campaign import Campaign, CheckRecord, Finding, Visit
from models.organisation import Unit


def export_checklists(desk: Desk, code: str, folder: Path) -> list[Path]:
    """Write one workbook per visit of an open campaign; return the paths, by unit code."""
    campaign = running_campaign(desk, code)
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for visit, unit in _visits(desk, campaign):
        path = folder / checklist_name(campaign, unit)
        path.write_bytes(make_checklist(desk, campaign, visit, unit))
        paths.append(path)
    return paths


def zip_checklists(
    desk: Desk, code: str, tell: Callable[[int, int, str], object] = lambda *_: None
) -> tuple[int, bytes]:
    """Return how many workbooks an open campaign has, and all of them in one archive.

    tell   hears before each one how many are made, how many there are, and whose is next
    """
    campaign, whole = running_campaign(desk, code), BytesIO()
    visits = _visits(desk, campaign)
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as archive:  # workbooks are packed already
        for number, (visit, unit) in enumerate(visits):
            tell(number, len(visits), unit.name)
            archive.writestr(checklist_name(campaign, unit), make_checklist(desk, campaign, visit, unit))
    return len(visits), whole.getvalue()


def checklist_name(campaign: Campaign, unit: Unit) -> str:
    """Return the file name of a visit's workbook."""
    return f"督察检查表-{campaign.code}-{unit.code}.xlsx"


def make_checklist(
    desk: Desk, campaign: Campaign, visit: Visit, unit: Unit, filled: Sequence[Filled] = ()
) -> bytes:
    """Return the workbook of one visit, with answers that are already known."""
    rules = frozen_rules(desk.session, campaign.rules_sha256 or "")
    meta = meta_of(desk, campaign, visit, unit)
    items = tuple(checklist_items(rules, split(visit.items)))
    names = tuple((person.code, person.name) for person in team_of(desk, visit))
    made_on = campaign.opened_on or desk.today
    if not filled:
        return _empty_checklist(meta, items, campaign.title, made_on, names)
    return write_checklist(
        meta, items, campaign_title=campaign.title, made_on=made_on, team_names=dict(names), filled=filled
    )


@lru_cache(maxsize=4)
def _empty_checklist(
    meta: ChecklistMeta,
    items: tuple[ChecklistItem, ...],
    title: str,
    made_on: date,
    names: tuple[tuple[str, str], ...],
) -> bytes:
    """Return the empty workbook of a visit; every member of the team is sent the same one, one mail after another."""
    return write_checklist(meta, items, campaign_title=title, made_on=made_on, team_names=dict(names))


def checklist_items(rules: Rulebook, ids: Sequence[str]) -> list[ChecklistItem]:
    """Return items of the frozen catalogues as rows of a checklist, in the given order."""
    found: dict[str, ChecklistItem] = {}
    for catalog in rules.catalogs.values():
        for item in (*catalog.items, *catalog.retired):
            name = catalog.class_name(item.category) or catalog.name
            found[item.id] = ChecklistItem(item.id, name, item.title, item.requirement, item.methods)
    return [found[item_id] for item_id in ids]


def meta_of(desk: Desk, campaign: Campaign, visit: Visit, unit: Unit) -> ChecklistMeta:
    """Return what the checklist of a visit says of itself."""
    return ChecklistMeta(
        office=desk.office.code,
        campaign=campaign.code,
        visit=str(visit.id),
        unit=unit.code,
        unit_name=unit.name,
        from_on=visit.from_on,
        to_on=visit.to_on,
        team=tuple(person.code for person in team_of(desk, visit)),
        items=split(visit.items),
        rules_sha256=campaign.rules_sha256 or "",
    )


def import_checklists(desk: Desk, paths: Sequence[Path]) -> dict[str, int]:
    """Read filled workbooks, all or none; return {visits, checked, papers}.

    raises   InvalidInput naming sheet, cell, value found and values allowed
    """
    totals = {"visits": 0, "checked": 0, "papers": 0}
    for path in paths:
        visit, filled = _read(desk, path)
        papers = take_rows(desk, visit, filled.rows, path.name)
        totals["visits"] += 1
        totals["checked"] += len(filled.rows)
        totals["papers"] += papers
    return totals


def take_rows(desk: Desk, visit: Visit, rows: Sequence[ChecklistRow], origin: str) -> int:
    """Store the checklist of a visit as handed in and return how many working papers it brought.

    origin   the name of the workbook, or the page it was filled in on, for the audit
    """
    papers = store_rows(desk, visit, rows)
    visit.workbook_returned_on = desk.today
    desk.session.add(visit)
    desk.record("visit", key_of(visit), "return_workbook", unit_id=visit.unit_id, file=origin, papers=papers)
    return papers


def record_self_report(desk: Desk, code: str, unit_code: str) -> Visit:
    """Note that a unit's self-report for a campaign has come in today."""
    campaign = find_campaign(desk, code)
    for visit, unit in _visits(desk, campaign):
        if unit.code == unit_code:
            visit.self_report_on = desk.today
            desk.session.add(visit)
            desk.record("visit", key_of(visit), "self_report", unit_id=visit.unit_id)
            note_self_report(desk, visit)
            return visit
    raise InvalidInput(
        "该批次不督察这个单位", found=unit_code, expected=f"{code} 的单位", remedy="检查单位编码"
    )


def _read(desk: Desk, path: Path) -> tuple[Visit, ChecklistReturn]:
    said = read_checklist_meta(path, name=path.name)
    if said.office != desk.office.code:
        raise _wrong(path, "督察单位", said.office, desk.office.code)
    campaign = running_campaign(desk, said.campaign)
    visit = desk.session.get(Visit, int(said.visit)) if said.visit.isdigit() else None
    if visit is None or visit.campaign_id != campaign.id:
        raise _wrong(path, "督察任务", said.visit, f"批次 {campaign.code} 的任务")
    unit = desk.session.get(Unit, visit.unit_id)
    assert unit is not None  # foreign key
    expected = meta_of(desk, campaign, visit, unit)
    # A workbook made before a migration is still good.
    if said.rules_sha256 not in rules_ever(desk, campaign):
        raise _wrong(path, "规则版本", said.rules_sha256[:12], expected.rules_sha256[:12])
    refuse_outsider(desk, expected, f"导入{path.name}")
    refuse_twice(visit, unit)
    return visit, read_checklist(path, today=desk.today, expected=expected, name=path.name)


def store_rows(desk: Desk, visit: Visit, rows: Sequence[ChecklistRow]) -> int:
    """Store what was checked on a visit, with a working paper for each failed item; return how many papers."""
    campaign = desk.session.get(Campaign, visit.campaign_id)
    unit = desk.session.get(Unit, visit.unit_id)
    assert campaign is not None
    assert unit is not None  # foreign keys
    positions: dict[str, int] = {}
    papers = 0
    for row in rows:
        _refuse_secret_row(row, unit.name)
        positions[row.item] = positions.get(row.item, 0) + 1
        record = _record(desk, visit, row, positions[row.item])
        desk.session.add(record)
        if row.result is CheckResult.FAILED:
            desk.session.flush()
            papers += 1
            _write_paper(desk, campaign, unit, record)
    desk.session.flush()
    return papers


def _refuse_secret_row(row: ChecklistRow, unit_name: str) -> None:
    for text in (row.problem, row.facts, row.opinion_note, *row.evidence):
        refuse_state_secrets(text, f"{unit_name}检查表第{row.row}行")


def _record(desk: Desk, visit: Visit, row: ChecklistRow, position: int) -> CheckRecord:
    return CheckRecord(
        office_id=desk.office_id,
        visit_id=key_of(visit),
        item=row.item,
        position=position,
        result=row.result.value,
        problem=row.problem,
        facts=row.facts,
        severity=row.severity.value if row.severity else None,
        materials=join(row.evidence),
        checked_on=row.checked_on or visit.to_on,
        inspector=row.inspector or desk.actor.code,
        unit_opinion=row.opinion.value if row.opinion else None,
        opinion_note=row.opinion_note,
    )


def _write_paper(desk: Desk, campaign: Campaign, unit: Unit, record: CheckRecord) -> None:
    finding = Finding(
        office_id=desk.office_id,
        code=next_finding_code(desk, campaign, unit),
        campaign_id=key_of(campaign),
        unit_id=key_of(unit),
        check_record_id=record.id,
        item=record.item,
        severity=record.severity or Severity.MINOR.value,
        problem=record.problem,
        facts=record.facts,
        state=FindingState.PAPER.value,
        unit_opinion=record.unit_opinion or UnitOpinion.REFUSED_TO_SIGN.value,
        found_by=record.inspector,
        found_on=record.checked_on,
    )
    desk.session.add(finding)
    desk.session.flush()
    desk.record("finding", key_of(finding), "write", unit_id=unit.id, to_state="paper", code=finding.code)


def next_finding_code(desk: Desk, campaign: Campaign, unit: Unit) -> str:
    """Return the next number of a problem: campaign, unit, running number of the two."""
    finding = table_of(Finding)
    query = sa.select(sa.func.count()).where(
        finding.c.campaign_id == campaign.id, finding.c.unit_id == unit.id
    )
    known = desk.session.connection().execute(query).scalar_one()
    return f"{campaign.code}-{unit.code}-{known + 1:02}"


def _visits(desk: Desk, campaign: Campaign) -> list[tuple[Visit, Unit]]:
    query = (
        select(Visit, Unit)
        .where(col(Visit.campaign_id) == campaign.id, col(Visit.unit_id) == col(Unit.id))
        .order_by(col(Unit.code))
    )
    return list(desk.session.exec(query))


def running_campaign(desk: Desk, code: str) -> Campaign:
    """Return an open campaign for those who handle checklists; raise Refused for one that is not open."""
    require_role(desk, ("officer", "director", "leader", "inspector"), "办理检查表")
    campaign = find_campaign(desk, code)
    if campaign.state != CampaignState.OPEN:
        raise Refused(
            "督察批次没有启动",
            found=f"{code} 状态 {campaign.state}",
            expected="状态 open",
            remedy="先运行 ducha campaign open",
        )
    return campaign


def _wrong(path: Path, what: str, found: str, expected: str) -> InvalidInput:
    return InvalidInput(
        f"{path.name}不是本任务的检查表：{what}不一致",
        found=found,
        expected=expected,
        remedy="使用 ducha checklist export 导出的检查表填写",
    )
