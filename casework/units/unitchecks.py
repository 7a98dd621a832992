"""What is refused before a change of units is recorded or applied: every mistake is told before anything is written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlmodel import col, select

from casework.desk import Desk
from casework.units.handingmatters import live_matters
from casework.units.handingon import case_codes, live_cases
from casework.units.lineage import exists_on, lineage_of
from core.errors import InvalidInput, Refused
from core.life.unitlife import ENDING, UNIT_CHANGE_LABELS, UnitChangeKind, UnitChangeState
from core.text.secrecy import refuse_state_secrets
from models.base import key_of
from models.genealogy import UnitChange, UnitChangeParty
from models.organisation import Unit

# How many units stand on each side: (former, successor), each as (least, most).
_SIDES: dict[UnitChangeKind, tuple[tuple[int, int], tuple[int, int]]] = {
    UnitChangeKind.RENAME: ((1, 1), (0, 0)),
    UnitChangeKind.MERGE: ((1, 99), (1, 1)),
    UnitChangeKind.SPLIT: ((1, 1), (2, 99)),
    UnitChangeKind.ABOLISH: ((1, 1), (0, 0)),
    UnitChangeKind.TRANSFER: ((1, 1), (1, 1)),
}


def check_change(
    desk: Desk,
    kind: UnitChangeKind,
    formers: Sequence[Unit],
    successors: Sequence[Unit],
    basis: str,
    name: str,
    effective_on: date,
) -> None:
    """Refuse a change that cannot be meant."""
    need_reason(basis, f"{UNIT_CHANGE_LABELS[kind]}依据", word="文件名称和文号")
    refuse_state_secrets(f"{basis}{name}", "机构变动")
    for units, (least, most), word in zip(
        (formers, successors), _SIDES[kind], ("变动前的单位", "承接单位"), strict=True
    ):
        if not least <= len(units) <= most:
            raise InvalidInput(
                f"{UNIT_CHANGE_LABELS[kind]}的{word}数目不对",
                found=f"{len(units)}家",
                expected=f"{least}家" if least == most else f"至少{least}家",
                remedy="改正所列单位编码",
            )
    for unit in (*formers, *successors):
        _refuse_ended(unit, effective_on)
    if kind is UnitChangeKind.RENAME:
        _check_name(desk, formers[0], name)
    if kind.value in ENDING:
        _refuse_pending(desk, formers)
        _refuse_circles(desk, kind, formers, successors)


def _refuse_ended(unit: Unit, day: date) -> None:
    if unit.valid_until is not None and not exists_on(unit, day):
        raise Refused(
            "该单位已经撤并，不能再登记变动",
            found=f"{unit.code} {unit.name}，止于{unit.valid_until}",
            expected=f"{day} 仍存在的单位",
            remedy="改正单位编码或生效日期",
        )


def _check_name(desk: Desk, unit: Unit, name: str) -> None:
    if not name.strip() or name.strip() == unit.name:
        raise InvalidInput(
            "更名须写明新的名称", found=name or "空", expected="与现名称不同的全称", remedy="加上 --name"
        )
    others = select(Unit.code).where(
        col(Unit.office_id) == desk.office_id,
        col(Unit.name) == name.strip(),
        col(Unit.valid_until).is_(None),
    )
    taken = desk.session.exec(others).first()
    if taken is not None:
        raise InvalidInput(
            "该名称已由另一单位使用",
            found=f"{name}（{taken}）",
            expected="未使用的名称",
            remedy="改正 --name",
        )


def _refuse_pending(desk: Desk, formers: Sequence[Unit]) -> None:
    """Refuse a second change that ends a unit which another recorded change ends already."""
    query = (
        select(UnitChange)
        .join(UnitChangeParty, col(UnitChangeParty.change_id) == col(UnitChange.id))
        .where(
            col(UnitChangeParty.unit_id).in_([unit.id for unit in formers]),
            col(UnitChangeParty.side) == "former",
            col(UnitChange.state) == UnitChangeState.RECORDED.value,
            col(UnitChange.kind).in_(sorted(ENDING)),
        )
    )
    pending = desk.session.exec(query).first()
    if pending is not None:
        raise Refused(
            "该单位已登记另一项撤并，尚未生效",
            found=f"变动{pending.id}，{pending.effective_on}生效",
            expected="没有待生效的撤并",
            remedy="先取消该项变动（ducha unit call-off），或等其生效",
        )


def _refuse_circles(
    desk: Desk, kind: UnitChangeKind, formers: Sequence[Unit], successors: Sequence[Unit]
) -> None:
    lineage = lineage_of(desk)
    for former in formers:
        for heir in successors:
            same = former.id == heir.id
            if same and kind is UnitChangeKind.SPLIT:
                continue  # what is left of it keeps its code
            if same or lineage.would_circle(key_of(former), key_of(heir)):
                raise InvalidInput(
                    "承接单位不能是被撤并的单位或其前身",
                    found=heir.code,
                    expected="另一家仍存在的单位",
                    remedy="并入另一家的，只列被并入的单位",
                )


def under_way(desk: Desk, unit: Unit) -> list[str]:
    """Return the numbers of the cases and matters for which a unit must still answer, sorted."""
    cases = case_codes(desk, live_cases(desk, [key_of(unit)])).values()
    return sorted((*cases, *(row.number for row in live_matters(desk, [key_of(unit)]))))


def refuse_under_way(desk: Desk, unit: Unit) -> None:
    """Refuse to end a unit for which nobody carries on while it has cases or matters to answer for."""
    codes = under_way(desk, unit)
    if codes:
        shown = "、".join(codes[:5]) + (f" 等{len(codes)}件" if len(codes) > 5 else "")
        raise Refused(
            "撤销单位前，未办结的事项须逐件确定承接单位",
            found=shown,
            expected="0件",
            remedy="逐件运行 ducha unit assign 编号 承接单位 --basis 依据",
        )


def need_reason(text: str, what: str, word: str = "一句理由") -> None:
    """Refuse empty text where a reason or a basis must stand."""
    if not text.strip():
        raise InvalidInput(f"{what}不能为空", found="空", expected=word, remedy="补充后重新办理")
