"""Lists of leads from 12345, 信访 or a superior: all rows are registered, or none; a known number is passed over."""

from __future__ import annotations

from pathlib import Path

from sqlmodel import col, select

from casework.desk import Desk
from casework.intake.leads import NewLead, lead_rules, register_lead
from casework.staff.people import require_role
from core.codes import Line, Secrecy
from delivery.sheets.leads import LeadRow, read_leads
from models.lead import Lead
from models.organisation import Unit

KEEPERS = ("officer", "director", "linkage")


def import_leads(desk: Desk, path: Path) -> dict[str, object]:
    """Register the leads of a file; return {added, known, numbers}.

    known    rows whose source and number were registered before; they are left as they are
    raises   InvalidInput naming every bad cell, Refused for what registration refuses; nothing is written then
    """
    require_role(desk, KEEPERS, "导入线索")
    rules = lead_rules(desk)
    units = desk.session.exec(select(Unit.code).where(col(Unit.office_id) == desk.office_id)).all()
    items = {item.id for catalog in desk.rules.catalogs.values() for item in catalog.items}
    rows = read_leads(
        path,
        sources={**{one.name: code for code, one in rules.sources.items()}, **{c: c for c in rules.sources}},
        units=tuple(units),
        items=tuple(sorted(items)),
        today=desk.today,
        name=path.name,
    )
    known = _known(desk)
    numbers: list[str] = []
    for row in rows:
        if row.ref and (row.source, row.ref) in known:
            continue
        numbers.append(register_lead(desk, _given(row)).number)
    return {"added": len(numbers), "known": len(rows) - len(numbers), "numbers": numbers}


def _known(desk: Desk) -> set[tuple[str, str]]:
    query = select(Lead.source, Lead.source_ref).where(
        col(Lead.office_id) == desk.office_id, col(Lead.source_ref).is_not(None)
    )
    return {(source, ref or "") for source, ref in desk.session.exec(query)}


def _given(row: LeadRow) -> NewLead:
    return NewLead(
        source=row.source,
        received_on=row.received_on,
        title=row.title,
        text=row.text,
        line=Line(row.line),
        source_ref=row.ref,
        unit=row.unit,
        item=row.item,
        person=row.person,
        contact=row.contact,
        note=row.note,
        real_name=row.real_name,
        accusation=row.accusation,
        secrecy=Secrecy(row.secrecy),
        reply_by=row.reply_by,
    )
