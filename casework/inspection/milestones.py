"""The milestones (节点) of campaigns: set with the plan, moved with its days, done by what happens or by a person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import SYSTEM, Desk
from casework.inspection.campaignrows import campaign_rules, find_campaign, kind_rule, plan_of, refuse_units
from casework.staff.people import require_role
from casework.tasks import finish_for, open_task
from core.campaign.milestones import MilestoneStanding, day_of, standing_of
from core.codes import LIGHT_LABELS, DocumentContent
from core.errors import CalendarMissing, InvalidInput, NotFound, Refused
from core.life.lives import CAMPAIGN_OVER, CampaignState, FindingState
from core.text.secrecy import refuse_state_secrets
from models.base import key_of, table_of
from models.campaign import Campaign, CheckRecord, Finding, Visit
from models.document import Document
from models.plan import Milestone

DOCUMENT, VISIT = table_of(Document), table_of(Visit)
CHECK, FINDING = table_of(CheckRecord), table_of(Finding)
FEEDBACK = "feedback"


def set_milestones(desk: Desk, campaign: Campaign) -> None:
    """Write the milestones that the kind of a campaign has, anew for a plan that is replaced."""
    for row in _of(desk, campaign):
        desk.session.delete(row)
    desk.session.flush()
    together = plan_of(campaign).together
    rules = campaign_rules(desk)
    for position, rule in enumerate(rules.milestones_of(kind_rule(desk, campaign.kind)), 1):
        named = rule.code in together.milestones if together and together.milestones else rule.shared
        desk.session.add(
            Milestone(
                office_id=desk.office_id,
                campaign_id=key_of(campaign),
                position=position,
                code=rule.code,
                name=rule.name,
                anchor=rule.anchor,
                offset_days=rule.offset,
                unit=rule.unit,
                warn_workdays=rule.warn_workdays,
                who=rule.who,
                reached=rule.reached or "",
                shared=together is not None and named,
            )
        )
    desk.session.flush()
    refresh_milestones(desk, campaign)


def refresh_milestones(desk: Desk, campaign: Campaign) -> None:
    """Bring the days of a campaign's milestones up to date; what has happened is done."""
    anchors = anchors_of(desk, campaign)
    for row in _of(desk, campaign):
        if row.done_on is not None:
            continue
        before = row.due_on
        try:
            row.due_on = day_of(row, anchors, desk.calendar)
        except CalendarMissing:
            row.due_on = None  # the year has no table yet: the watch tries again
        row.due_provisional = row.due_on is not None and desk.calendar.is_provisional(
            anchors[row.anchor], row.due_on
        )
        if row.due_on != before:
            desk.record("milestone", key_of(row), "set", code=row.code, before=before, due_on=row.due_on)
        if row.reached in anchors:
            _finish(desk, row, anchors[row.reached], SYSTEM, "")
        desk.session.add(row)
    desk.session.flush()


def anchors_of(desk: Desk, campaign: Campaign) -> dict[str, date]:
    """Return the days from which milestones count, as far as they are known."""
    feedback = desk.session.connection().execute(
        sa.select(sa.func.min(DOCUMENT.c.signed_on)).where(
            DOCUMENT.c.campaign_id == campaign.id,
            DOCUMENT.c.content_kind == DocumentContent.FINDINGS.value,
            DOCUMENT.c.state != "void",
        )
    )
    known = {
        **_fieldwork(desk, campaign),
        "approved": campaign.approved_on,
        "opened": campaign.opened_on,
        "closed": campaign.closed_on,
        "period_from": campaign.period_from,
        "period_to": campaign.period_to,
        FEEDBACK: feedback.scalar(),
    }
    return {name: day for name, day in known.items() if day is not None}


def _fieldwork(desk: Desk, campaign: Campaign) -> dict[str, date | None]:
    """Return when the visits begin and end, when the first was held, and when all was back and settled."""
    link = desk.session.connection()
    visits = link.execute(
        sa.select(
            sa.func.min(VISIT.c.from_on),
            sa.func.max(VISIT.c.to_on),
            sa.func.max(VISIT.c.workbook_returned_on),
            sa.func.count() - sa.func.count(VISIT.c.workbook_returned_on),
        ).where(VISIT.c.campaign_id == campaign.id)
    ).one()
    first_check = link.execute(
        sa.select(sa.func.min(CHECK.c.checked_on))
        .join(VISIT, VISIT.c.id == CHECK.c.visit_id)
        .where(VISIT.c.campaign_id == campaign.id)
    ).scalar()
    papers, confirmed = link.execute(
        sa.select(
            sa.func.sum(sa.case((FINDING.c.state == FindingState.PAPER.value, 1), else_=0)),
            sa.func.max(FINDING.c.confirmed_on),
        ).where(FINDING.c.campaign_id == campaign.id)
    ).one()
    first, last, returned, missing = visits
    back = returned if not missing else None
    return {
        "visit_from": first,
        "visit_to": last,
        "arrived": first_check,
        "returned": back,
        "confirmed": max(back, confirmed or back) if back and not papers else None,
    }


def finish_milestone(
    desk: Desk, code: str, milestone: str, *, on: date | None = None, note: str = ""
) -> Milestone:
    """Note that a milestone was reached; raise InvalidInput for a day to come, Refused when it was noted before."""
    campaign = find_campaign(desk, code)
    row = next((one for one in _of(desk, campaign) if one.code == milestone), None)
    if row is None:
        raise NotFound(
            "该批次没有这个节点",
            found=milestone,
            expected="、".join(one.code for one in _of(desk, campaign)),
            remedy=f"运行 ducha campaign milestones {code} 查看",
        )
    require_role(desk, (row.who, "officer", "director"), f"登记节点“{row.name}”")
    day = on or desk.today
    if day > desk.today:
        raise InvalidInput(
            "节点完成日期在将来", found=str(day), expected=f"不晚于{desk.today}", remedy="改正 --on"
        )
    if row.done_on is not None:
        raise Refused(
            "节点已经登记完成",
            found=f"{row.name} {row.done_on}",
            expected="尚未完成的节点",
            remedy="登记有误的，在备注或批次材料中说明",
        )
    refuse_state_secrets(note, "节点备注")
    _finish(desk, row, day, desk.actor.code, note)
    desk.session.add(row)
    desk.session.flush()
    return row


def _finish(desk: Desk, row: Milestone, on: date, by: str, note: str) -> None:
    row.done_on, row.done_by, row.note = on, by, note
    desk.record("milestone", key_of(row), "done", on=on, code=row.code, due_on=row.due_on, note=note)
    finish_for(desk, _task_key(row), note or f"节点“{row.name}”已完成")


def list_milestones(
    desk: Desk, code: str | None = None, *, late: bool = False, shared: bool = False
) -> list[dict[str, object]]:
    """Return milestones with their lights today, by day; all campaigns under way when none is named.

    late     only those overdue, or done after their day
    shared   only those shared with the partner of a joint campaign
    """
    refuse_units(desk, "查看督察节点")
    rows = []
    for row, campaign in _chosen(desk, code):
        standing = standing_of(row.due_on, row.done_on, row.warn_workdays, desk.today, desk.calendar)
        if (late and not standing.late_workdays and standing.light != "red") or (shared and not row.shared):
            continue
        rows.append(_describe(row, campaign, standing))
    return rows


def _chosen(desk: Desk, code: str | None) -> Iterable[tuple[Milestone, Campaign]]:
    query = (
        select(Milestone, Campaign)
        .join(Campaign, col(Campaign.id) == col(Milestone.campaign_id))
        .where(col(Milestone.office_id) == desk.office_id)
    )
    if code:
        query = query.where(col(Milestone.campaign_id) == find_campaign(desk, code).id)
        return desk.session.exec(query.order_by(col(Milestone.position))).all()
    query = query.where(col(Campaign.state).not_in(CAMPAIGN_OVER))
    order = (
        col(Milestone.due_on).is_(None),
        col(Milestone.due_on),
        col(Campaign.code),
        col(Milestone.position),
    )
    return desk.session.exec(query.order_by(*order)).all()


def _describe(row: Milestone, campaign: Campaign, standing: MilestoneStanding) -> dict[str, Any]:
    return {
        "campaign": campaign.code,
        "code": row.code,
        "name": row.name,
        "due_on": row.due_on.isoformat() if row.due_on else None,
        "provisional": row.due_provisional,
        "done_on": row.done_on.isoformat() if row.done_on else None,
        "done_by": row.done_by,
        "light": standing.light.value,
        "light_word": LIGHT_LABELS[standing.light],
        "left_workdays": standing.left_workdays,
        "late_workdays": standing.late_workdays,
        "text": standing.words,
        "who": row.who,
        "shared": row.shared,
        "note": row.note,
    }


def watch_milestones(desk: Desk) -> dict[str, object]:
    """Note what has been reached since, then open a task for every milestone that is overdue, once."""
    waiting = (
        select(Campaign)
        .join(Milestone, col(Milestone.campaign_id) == col(Campaign.id))
        .where(
            col(Milestone.office_id) == desk.office_id,
            col(Campaign.state) == CampaignState.OPEN.value,
            col(Milestone.done_on).is_(None),
            sa.or_(
                col(Milestone.reached).not_in(("", "closed")),
                sa.and_(col(Milestone.anchor) == FEEDBACK, col(Milestone.due_on).is_(None)),
            ),
        )
        .distinct()
    )
    for campaign in desk.session.exec(waiting).all():
        refresh_milestones(desk, campaign)
    late = (
        select(Milestone, Campaign)
        .join(Campaign, col(Campaign.id) == col(Milestone.campaign_id))
        .where(
            col(Milestone.office_id) == desk.office_id,
            col(Milestone.done_on).is_(None),
            col(Milestone.due_on) < desk.today,
            col(Campaign.state).not_in(CAMPAIGN_OVER),
        )
        .order_by(col(Milestone.due_on), col(Milestone.id))
    )
    rows = desk.session.exec(late).all()
    opened = sum(_open_task(desk, row, campaign) for row, campaign in rows)
    return {"late": len(rows), "tasks": opened}


def _open_task(desk: Desk, row: Milestone, campaign: Campaign) -> bool:
    task = open_task(
        desk,
        _task_key(row),
        kind="milestone",
        title=f"{campaign.title}：节点“{row.name}”已逾期",
        subject="milestone",
        subject_id=key_of(row),
        role=row.who,
        due_on=row.due_on,
    )
    return task is not None


def _task_key(row: Milestone) -> str:
    return f"milestone:{row.id}:late"


def end_milestones(desk: Desk, campaign: Campaign, note: str) -> None:
    """Finish the tasks about milestones that a campaign which is over will not reach any more."""
    for row in _of(desk, campaign):
        finish_for(desk, _task_key(row), note)


def _of(desk: Desk, campaign: Campaign) -> list[Milestone]:
    query = select(Milestone).where(col(Milestone.campaign_id) == campaign.id)
    return list(desk.session.exec(query.order_by(col(Milestone.position))))
