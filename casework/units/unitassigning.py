"""Giving one case or matter to another unit by a named person: after a split, before an end, or when a duty moves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select

from casework.desk import Desk
from casework.rectification.cases import find_case
from casework.staff.people import find_unit, require_role
from casework.tasks import finish_for
from casework.units.genealogy import KEEPERS, Wanted, assignment_key, find_change, parties, record_change
from casework.units.handingmatters import hand_on_matters
from casework.units.handingon import OVER, hand_on
from casework.units.lineage import exists_on
from casework.units.unitchecks import need_reason
from core.errors import InvalidInput, Refused
from core.life.matterlife import OVER as MATTER_OVER
from core.life.unitlife import UNIT_CHANGE_LABELS, UnitChangeKind, UnitChangeState
from core.text.secrecy import refuse_state_secrets
from models.campaign import Finding
from models.genealogy import UnitChange, UnitChangeParty
from models.matter import LitigationMatter
from models.organisation import Unit
from models.rectification import Rectification

Thing = Rectification | LitigationMatter


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a unit's history."""

    id: int
    kind: str
    label: str
    state: str
    effective_on: date
    formers: tuple[str, ...]
    successors: tuple[str, ...]
    name_before: str | None
    name_after: str | None
    basis: str


def assign_unit(desk: Desk, code: str, unit_code: str, basis: str, *, of: str = "") -> str:
    """Give a case or a matter to the unit that goes on with it; number, due dates and light stay. Return its state.

    For a divided unit only its successors may be named; otherwise a duty that moved (职能划转) is recorded.
    of       the unit on whose page this is done; a case of another one is refused there
    raises   NotFound, InvalidInput, Refused: nothing is changed then
    """
    require_role(desk, KEEPERS, "确定承接单位")
    need_reason(basis, "确定承接单位的依据", word="文件名称和文号，或一句理由")
    refuse_state_secrets(basis, "确定承接单位的依据")
    row = _find(desk, code)
    if of:
        _refuse_if_not_of(desk, row, code, of)
    heir = find_unit(desk, unit_code)
    if row.state in (*OVER, *(state.value for state in MATTER_OVER)):
        raise Refused(
            "事项已经了结，不再变更单位", found=row.state, expected="未了结的事项", remedy="无须办理"
        )
    if not exists_on(heir, desk.today):
        raise InvalidInput(
            "承接单位现在不存在",
            found=f"{heir.code}，止于{heir.valid_until}",
            expected="仍存在的单位",
            remedy="改正单位编码",
        )
    change = _change_of(desk, row)
    if change is None or (change.kind == UnitChangeKind.ABOLISH and heir.id == row.unit_id):
        change = _transfer(desk, row, heir, basis)
    elif change.kind == UnitChangeKind.SPLIT:
        _check_successor(desk, change, heir)
    why = {"change": change.id, "basis": basis}
    if isinstance(row, Rectification):
        hand_on(desk, [row], heir, **why)
    else:
        hand_on_matters(desk, [row], heir, **why)
    subject = "case" if isinstance(row, Rectification) else "matter"
    finish_for(desk, assignment_key(change, subject, row.id or 0), f"由{heir.name}承接")
    return row.state


def _refuse_if_not_of(desk: Desk, row: Thing, code: str, unit_code: str) -> None:
    if row.unit_id != find_unit(desk, unit_code).id:
        raise InvalidInput(
            "不是本单位的事项",
            found=code,
            expected=f"{unit_code}的问题或案件",
            remedy="核对编号，或打开该事项所属单位的页面",
        )


def _find(desk: Desk, code: str) -> Thing:
    """Return the case with a number, or the matter that is called so; raise NotFound."""
    known = select(Finding.id).where(col(Finding.office_id) == desk.office_id, col(Finding.code) == code)
    matter = select(LitigationMatter).where(
        col(LitigationMatter.office_id) == desk.office_id, col(LitigationMatter.number) == code
    )
    if desk.session.exec(known).first() is None:
        row = desk.session.exec(matter).first()
        if row is not None:
            return row
    return find_case(desk, code)[0]


def _change_of(desk: Desk, row: Thing) -> UnitChange | None:
    """Return the division or abolition by which a thing needs another unit, the newest first."""
    query = (
        select(UnitChange)
        .join(UnitChangeParty, col(UnitChangeParty.change_id) == col(UnitChange.id))
        .where(
            col(UnitChangeParty.unit_id) == row.unit_id,
            col(UnitChangeParty.side) == "former",
            col(UnitChange.kind).in_([UnitChangeKind.SPLIT.value, UnitChangeKind.ABOLISH.value]),
            col(UnitChange.state).in_([UnitChangeState.IN_FORCE.value, UnitChangeState.RECORDED.value]),
        )
        .order_by(col(UnitChange.effective_on).desc(), col(UnitChange.id).desc())
    )
    change = desk.session.exec(query).first()
    if change is None or change.kind == UnitChangeKind.ABOLISH:
        return change
    return change if change.state == UnitChangeState.IN_FORCE else None


def _transfer(desk: Desk, row: Thing, heir: Unit, basis: str) -> UnitChange:
    before = desk.session.get_one(Unit, row.unit_id)
    if before.id == heir.id:
        raise InvalidInput("事项已由该单位承担", found=heir.code, expected="另一家单位", remedy="无须办理")
    return record_change(
        desk, Wanted(UnitChangeKind.TRANSFER, (before.code,), (heir.code,), desk.today, basis)
    )


def _check_successor(desk: Desk, change: UnitChange, heir: Unit) -> None:
    allowed = parties(desk, change, "successor")
    if heir.id not in {unit.id for unit in allowed}:
        raise InvalidInput(
            "不是分设后的单位",
            found=f"{heir.code} {heir.name}",
            expected="、".join(f"{unit.code} {unit.name}" for unit in allowed),
            remedy="改选分设后的单位；另有职能划转的，先确定承接单位再划转",
        )


def unit_history(desk: Desk, code: str) -> list[Step]:
    """Return the changes in which a unit took part, oldest first; raise NotFound."""
    unit = find_unit(desk, code)
    query = (
        select(UnitChange)
        .join(UnitChangeParty, col(UnitChangeParty.change_id) == col(UnitChange.id))
        .where(col(UnitChangeParty.unit_id) == unit.id)
        .order_by(col(UnitChange.effective_on), col(UnitChange.id))
        .distinct()
    )
    return [_step(desk, change) for change in desk.session.exec(query)]


def describe_change(desk: Desk, number: int) -> Step:
    """Return one change with its units."""
    return _step(desk, find_change(desk, number))


def _step(desk: Desk, change: UnitChange) -> Step:
    return Step(
        id=change.id or 0,
        kind=change.kind,
        label=UNIT_CHANGE_LABELS[UnitChangeKind(change.kind)],
        state=change.state,
        effective_on=change.effective_on,
        formers=tuple(f"{unit.code} {unit.name}" for unit in parties(desk, change, "former")),
        successors=tuple(f"{unit.code} {unit.name}" for unit in parties(desk, change, "successor")),
        name_before=change.name_before,
        name_after=change.name_after,
        basis=change.basis,
    )
