"""Working papers to findings to cases: only what was confirmed is pursued."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import col, select

from casework.desk import Desk
from casework.inspection.campaigns import find_campaign
from casework.inspection.jointly import hides_finding
from casework.moves import move, move_rectification
from casework.rectification.repeats import flag_repeat, mark_repeat
from casework.staff.people import require_other, require_role
from core.codes import Light, UnitOpinion
from core.errors import InvalidInput, NotFound
from core.life.lives import FINDING_MOVES, FindingAct, FindingState
from core.life.rectification import SETTLED, CaseAct, CaseState
from models.campaign import Finding
from models.organisation import Unit
from models.rectification import Rectification

CONFIRMERS = ("officer", "director", "reviewer", "leader")


def list_findings(
    desk: Desk, *, campaign: str | None = None, state: str | None = None
) -> list[dict[str, object]]:
    """Return findings as outside programs read them, by number."""
    query = select(Finding, Unit.code).where(
        col(Finding.office_id) == desk.office_id, col(Finding.unit_id) == col(Unit.id)
    )
    if desk.actor.speaks_for_unit:
        query = query.where(col(Unit.code) == desk.actor.unit_code)
    if campaign:
        query = query.where(col(Finding.campaign_id) == find_campaign(desk, campaign).id)
    if state:
        query = query.where(col(Finding.state) == state)
    return [
        {
            "id": finding.code,
            "unit": unit,
            "item": finding.item,
            "severity": finding.severity,
            "state": finding.state,
            "problem": finding.problem,
            "unit_opinion": finding.unit_opinion,
            "repeat_count": finding.repeat_count,
        }
        for finding, unit in desk.session.exec(query.order_by(col(Finding.code)))
        if not hides_finding(desk, finding)
    ]


def find_finding(desk: Desk, code: str) -> Finding:
    """Return a finding by its number; raise NotFound."""
    row = desk.session.exec(
        select(Finding).where(col(Finding.office_id) == desk.office_id, col(Finding.code) == code)
    ).first()
    if row is None:
        raise NotFound("没有这个问题", found=code, expected="问题编号", remedy="运行 ducha finding list 查看")
    return row


def confirm_findings(desk: Desk, codes: Sequence[str], note: str = "") -> list[Finding]:
    """Confirm working papers and open a case for each; a paper the unit contested needs a reason."""
    require_role(desk, CONFIRMERS, "认定问题")
    return [_confirm(desk, find_finding(desk, code), note) for code in codes]


def confirm_all(desk: Desk, campaign: str) -> list[Finding]:
    """Confirm every working paper of a campaign that its unit confirmed; contested ones wait for review."""
    require_role(desk, CONFIRMERS, "认定问题")
    rows = desk.session.exec(
        select(Finding)
        .where(
            col(Finding.campaign_id) == find_campaign(desk, campaign).id,
            col(Finding.state) == FindingState.PAPER.value,
            col(Finding.unit_opinion) == UnitOpinion.CONFIRMED.value,
        )
        .order_by(col(Finding.code))
    ).all()
    return [_confirm(desk, finding, "") for finding in rows]


def _confirm(desk: Desk, finding: Finding, note: str) -> Finding:
    require_other(desk, finding.found_by, "认定")
    if finding.unit_opinion != UnitOpinion.CONFIRMED and not note.strip():
        raise InvalidInput(
            f"问题 {finding.code} 被单位提出异议或拒签，认定须写明复核理由",
            found=finding.unit_opinion or "",
            expected="--note 复核理由",
            remedy="复核底稿和证据后写明理由，或撤销该问题",
        )
    move(desk, finding, FINDING_MOVES, FindingAct.CONFIRM, subject="finding", thing="问题", unit_id=finding.unit_id,
         detail={"note": note})  # fmt: skip
    finding.confirmed_by, finding.confirmed_on = desk.actor.code, desk.today
    earlier = mark_repeat(desk, finding)
    desk.session.add(finding)
    open_case(desk, finding)
    flag_repeat(desk, finding, earlier)
    return finding


def open_case(desk: Desk, finding: Finding) -> Rectification:
    """Open the rectification case of a confirmed finding; its clock starts with the notice."""
    assert finding.id is not None
    case = Rectification(
        id=finding.id,
        office_id=desk.office_id,
        campaign_id=finding.campaign_id,
        unit_id=finding.unit_id,
        severity=finding.severity,
        state=CaseState.OPEN.value,
    )
    desk.session.add(case)
    desk.session.flush()
    desk.record("case", case.id, "open", unit_id=case.unit_id, to_state=CaseState.OPEN.value)
    return case


def withdraw_finding(desk: Desk, code: str, reason: str) -> Finding:
    """Withdraw a finding with a reason; its case, if there is one, is withdrawn with it."""
    require_role(desk, ("director", "reviewer"), "撤销问题")
    finding = find_finding(desk, code)
    if not reason.strip():
        raise InvalidInput("撤销问题须写明理由", found="空", expected="一句理由", remedy="加上 --note")
    case = desk.session.get(Rectification, finding.id)
    if case is not None and CaseState(case.state) not in SETTLED:
        move_rectification(desk, case, CaseAct.WITHDRAW, on=desk.today, detail={"note": reason})
        case.next_due_on = None
        case.light = Light.NONE.value
        desk.session.add(case)
    move(desk, finding, FINDING_MOVES, FindingAct.WITHDRAW, subject="finding", thing="问题",
         unit_id=finding.unit_id, detail={"note": reason})  # fmt: skip
    desk.session.add(finding)
    return finding
