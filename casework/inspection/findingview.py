"""One finding with its working paper (督察底稿), and deciding on findings that are in sight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Desk
from casework.inspection.findinglist import FINDING, FindingRow, finding_rows
from casework.inspection.findings import confirm_findings, withdraw_finding
from casework.lights.climbing import rules_of
from casework.rectification.casefile import find_item
from casework.rectification.repeats import RepeatView, view_repeat
from casework.rectification.timeline import Event, events_of_finding, names_of
from casework.sight import findings_in_sight
from core.codes import UnitOpinion
from core.errors import InvalidInput, NotFound
from core.life.lives import FindingState
from core.rulebook import Item
from models.audit import history_of
from models.campaign import Campaign, CheckRecord, Finding, Visit
from models.organisation import Unit


@dataclass(frozen=True, slots=True)
class FindingFile:
    """Everything a page shows of one finding; `check` is the row of the checklist it comes from."""

    row: FindingRow
    finding: Finding
    unit: Unit
    campaign: Campaign
    check: CheckRecord | None
    visit: Visit | None
    item: Item | None
    item_class: str
    repeat: RepeatView | None
    names: dict[str, str]
    timeline: tuple[Event, ...]
    may_withdraw: bool

    def name(self, code: str | None) -> str:
        """Return how somebody is written on the page."""
        return self.names.get(code or "", code or "")


def finding_view(desk: Desk, code: str) -> FindingFile:
    """Return everything about one finding in sight; at most ten queries; raise NotFound."""
    query = (
        sa.select(Finding, Unit, Campaign, CheckRecord)
        .join(Unit, col(Unit.id) == col(Finding.unit_id))
        .join(Campaign, col(Campaign.id) == col(Finding.campaign_id))
        .outerjoin(CheckRecord, col(CheckRecord.id) == col(Finding.check_record_id))
        .where(col(Finding.code) == code, findings_in_sight(desk))
    )
    found = desk.session.execute(query).first()
    if found is None:
        raise no_such_finding(code)
    finding, unit, campaign, check = found
    visit = desk.session.get(Visit, check.visit_id) if check is not None else None
    entries = list(history_of(desk.session, desk.office_id, "finding", [finding.id or 0]))
    names = names_of(
        desk, {one.actor for one in entries} | {finding.found_by, finding.confirmed_by or ""}, [unit]
    )
    item, item_class = find_item(rules_of(desk, finding.campaign_id), finding.item)
    open_ = finding.state != FindingState.WITHDRAWN
    return FindingFile(
        row=finding_rows(desk, [finding.id or 0])[0],
        finding=finding,
        unit=unit,
        campaign=campaign,
        check=check,
        visit=visit,
        item=item,
        item_class=item_class,
        repeat=view_repeat(desk, finding),
        names=names,
        timeline=events_of_finding(desk, finding, entries, names),
        may_withdraw=open_ and bool(desk.actor.roles & {"director", "reviewer"}),
    )


def no_such_finding(code: str) -> NotFound:
    """Return the error for a number that no finding has, or none in sight: the words are the same."""
    return NotFound("没有这个问题", found=code, expected="问题编号", remedy="运行 ducha finding list 查看")


def need_findings(desk: Desk, codes: Sequence[str]) -> None:
    """Raise NotFound unless every one of some numbers is in sight."""
    query = sa.select(FINDING.c.code).where(FINDING.c.code.in_(codes), findings_in_sight(desk))
    seen = set(desk.session.connection().execute(query).scalars())
    for code in codes:
        if code not in seen:
            raise no_such_finding(code)


def confirm_in_sight(desk: Desk, codes: Sequence[str], note: str) -> list[Finding]:
    """Confirm working papers in sight; raise NotFound for any other, InvalidInput for none."""
    if not codes:
        raise InvalidInput("没有选择问题", found="0件", expected="至少一件", remedy="勾选待认定的问题后提交")
    need_findings(desk, codes)
    return confirm_findings(desk, codes, note)


def confirm_agreed(desk: Desk, campaign: str) -> list[Finding]:
    """Confirm every working paper in sight of a campaign that its unit confirmed and somebody else found."""
    query = (
        select(Finding.code)
        .join(Campaign, col(Campaign.id) == col(Finding.campaign_id))
        .where(
            col(Campaign.code) == campaign,
            col(Finding.state) == FindingState.PAPER.value,
            col(Finding.unit_opinion) == UnitOpinion.CONFIRMED.value,
            col(Finding.found_by) != desk.actor.code,
            findings_in_sight(desk),
        )
        .order_by(col(Finding.code))
    )
    return confirm_in_sight(desk, list(desk.session.exec(query)), "")


def withdraw_in_sight(desk: Desk, code: str, reason: str) -> Finding:
    """Withdraw a finding in sight, its case with it; raise NotFound for any other."""
    need_findings(desk, [code])
    return withdraw_finding(desk, code, reason)
