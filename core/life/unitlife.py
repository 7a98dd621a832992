"""The life of a change of units (机构变动): recorded with its basis, in force from its day, or called off before."""

from __future__ import annotations

from enum import StrEnum

from core.life.machines import Machine


class UnitChangeKind(StrEnum):
    RENAME = "rename"
    MERGE = "merge"
    SPLIT = "split"
    ABOLISH = "abolish"
    TRANSFER = "transfer"


UNIT_CHANGE_LABELS = {
    UnitChangeKind.RENAME: "更名",
    UnitChangeKind.MERGE: "合并",
    UnitChangeKind.SPLIT: "分设",
    UnitChangeKind.ABOLISH: "撤销",
    UnitChangeKind.TRANSFER: "职能划转",
}
# Kinds that carry what a unit did before on to others; a transfer of one matter makes nobody an heir.
INHERITED = frozenset({UnitChangeKind.MERGE.value, UnitChangeKind.SPLIT.value})
ENDING = frozenset({UnitChangeKind.MERGE.value, UnitChangeKind.SPLIT.value, UnitChangeKind.ABOLISH.value})


class UnitChangeState(StrEnum):
    RECORDED = "recorded"
    IN_FORCE = "in_force"
    CALLED_OFF = "called_off"


class UnitChangeAct(StrEnum):
    APPLY = "apply"
    CALL_OFF = "call_off"


_S, _A = UnitChangeState, UnitChangeAct
_KEEPERS = frozenset({"officer", "director"})
UNIT_CHANGE = Machine(
    code="unit_change",
    thing="机构变动",
    moves={
        (_S.RECORDED, _A.APPLY): _S.IN_FORCE,
        (_S.RECORDED, _A.CALL_OFF): _S.CALLED_OFF,
    },
    state_labels={_S.RECORDED: "已登记，未到生效日", _S.IN_FORCE: "已生效", _S.CALLED_OFF: "已取消"},
    act_labels={_A.APPLY: "使机构变动生效", _A.CALL_OFF: "取消机构变动"},
    actors={_A.APPLY: _KEEPERS, _A.CALL_OFF: _KEEPERS},
)
