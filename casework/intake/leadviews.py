"""What is shown of leads: lists, one lead, and who brought it, for those who may know; looks at sources are noted."""

from __future__ import annotations

from sqlmodel import col, select

from casework.desk import Desk
from casework.intake.leadclocks import running
from casework.intake.leads import STAFF, find_lead, is_known, origin_of, transfer_by
from casework.linkage.compartment import knows_all, note_view
from casework.staff.people import require_role
from casework.tasks import COMPARTMENT
from core.errors import NotAllowed, NotFound
from core.life.leadlife import LEAD
from models.base import key_of
from models.campaign import Finding
from models.lead import Lead, LeadExtension, LeadSource
from models.organisation import Unit
from models.record import AuditEntry


def list_leads(
    desk: Desk, *, state: str | None = None, source: str | None = None, overdue: bool = False
) -> list[dict[str, object]]:
    """Return the leads the actor may know of, newest first; a list never tells who brought one."""
    if not desk.actor.roles & STAFF and not _handles_any(desk):
        require_role(desk, STAFF, "查看线索")
    query = select(Lead, Unit.code).outerjoin(Unit, col(Unit.id) == col(Lead.unit_id))
    query = query.where(col(Lead.office_id) == desk.office_id)
    if state:
        query = query.where(col(Lead.state) == state)
    if source:
        query = query.where(col(Lead.source) == origin_of(desk, source).code)
    rows = desk.session.exec(query.order_by(col(Lead.id).desc())).all()
    return [
        summary(desk, row, unit)
        for row, unit in rows
        if is_known(desk, row) and (not overdue or late_clocks(desk, row))
    ]


def summary(desk: Desk, row: Lead, unit: str | None) -> dict[str, object]:
    """Return the line of a lead in a list."""
    return {
        "id": row.id,
        "number": row.number,
        "source": row.source,
        "source_ref": row.source_ref,
        "received_on": row.received_on.isoformat(),
        "unit": unit,
        "title": row.title,
        "state": row.state,
        "reply_due_on": row.reply_due_on.isoformat() if row.reply_due_on else None,
        "late": late_clocks(desk, row),
    }


def late_clocks(desk: Desk, row: Lead) -> list[str]:
    """Return the clocks of a lead that have run out while what they wait for has not been done."""
    return [clock for clock, due_on in running(row).items() if due_on < desk.today]


def show_lead(desk: Desk, lead_id: int) -> dict[str, object]:
    """Return a lead in the order of its life, with its extensions and findings, without who brought it."""
    row = find_lead(desk, lead_id)
    if row.compartment:
        note_view(desk, "lead", lead_id)
    stored = row.model_dump(mode="json")
    hidden = ("office_id", "unit_id", "to_unit_id")
    unit, to_unit = (
        desk.session.get(Unit, number) if number else None for number in (row.unit_id, row.to_unit_id)
    )
    extensions = desk.session.exec(
        select(LeadExtension).where(col(LeadExtension.lead_id) == row.id).order_by(col(LeadExtension.id))
    ).all()
    findings = desk.session.exec(select(Finding.code).where(col(Finding.lead_id) == row.id)).all()
    return {
        **{name: stored[name] for name in type(row).model_fields if name not in hidden},
        "unit": unit.code if unit else None,
        "to_unit": to_unit.code if to_unit else None,
        "findings": list(findings),
        "extensions": [one.model_dump(mode="json", exclude={"office_id", "lead_id"}) for one in extensions],
        "transfer_by_on": transfer_by(desk, row).isoformat(),
        "has_source": desk.session.get(LeadSource, row.id) is not None,
        "acts": list(LEAD.acts(row.state, desk.actor.roles)),
    }


def source_of(desk: Desk, lead_id: int) -> dict[str, object]:
    """Return who brought a lead, for named people and the registrar; the look is noted with the name of who looked.

    raises   NotAllowed for everybody else who may know of the lead; NotFound when nobody was named
    source   四川省行政执法监督条例 第八条、河北省行政执法监督条例 第十六条: real-name informants are kept confidential
    """
    row = find_lead(desk, lead_id)
    secret = origin_of(desk, row.source).confidential or row.real_name or row.compartment
    if secret and not knows_all(desk) and desk.actor.code != row.registered_by:
        raise NotAllowed(
            "无权查看线索来源人",
            found=desk.actor.code,
            expected="登记人、联动联络员或主任",
            remedy="确需知悉的，由主任查看后告知",
        )
    kept = desk.session.get(LeadSource, row.id)
    if kept is None:
        raise NotFound(
            "没有登记来源人", found=row.number, expected="登记了来源人的线索", remedy="以来源编号联系来源单位"
        )
    note_view(desk, "lead", key_of(row), what="source")
    return {"id": row.id, "number": row.number, "name": kept.name, "contact": kept.contact, "note": kept.note}


def views_of(desk: Desk, lead_id: int) -> list[dict[str, object]]:
    """Return who looked at the source of a lead and when, for the named people."""
    require_role(desk, COMPARTMENT, "查看知悉记录")
    row = find_lead(desk, lead_id)
    query = select(AuditEntry).where(
        col(AuditEntry.office_id) == desk.office_id,
        col(AuditEntry.subject) == "lead",
        col(AuditEntry.subject_id) == row.id,
        col(AuditEntry.act) == "view",
    )
    entries = desk.session.exec(query.order_by(col(AuditEntry.at))).all()
    return [{"actor": e.actor, "on": e.on_day.isoformat(), "at": e.at.isoformat()} for e in entries]


def _handles_any(desk: Desk) -> bool:
    if desk.actor.speaks_for_unit:
        return False
    query = select(Lead.id).where(col(Lead.office_id) == desk.office_id, col(Lead.handler) == desk.actor.code)
    return desk.session.exec(query).first() is not None
