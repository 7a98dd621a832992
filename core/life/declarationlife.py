"""The life of a recusal declaration (回避申报): filed, then decided by the principal officer or taken back.

source: 公务员法 第七十七条 (own duty, others may tell, the organ may decide of its own motion); decided by the
principal officer: 四川省行政执法监督条例 第三十条, 河北省行政执法监督条例 第十八条
"""

from __future__ import annotations

from enum import StrEnum

from core.life.machines import Machine
from core.staffing.recusal import Ground


class DeclarationState(StrEnum):
    DECLARED = "declared"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class DeclarationAct(StrEnum):
    ACCEPT = "accept"
    REJECT = "reject"
    WITHDRAW = "withdraw"


class Relation(StrEnum):
    """What is declared: nothing, or a ground for keeping away from one unit; posts of today are known anyway."""

    NONE = "none"
    INTEREST = "interest"
    KIN = "kin"
    FORMER = "former"
    MAKER = "maker"
    OTHER = "other"

    @property
    def ground(self) -> Ground:
        return Ground(self.value)


class Origin(StrEnum):
    """Who brought it up: the person, the unit, a complainant, or the office itself."""

    SELF = "self"
    UNIT = "unit"
    COMPLAINANT = "complainant"
    EX_OFFICIO = "ex_officio"


RELATION_LABELS = {
    Relation.NONE: "无须回避的情形",
    Relation.INTEREST: "利害关系",
    Relation.KIN: "亲属关系",
    Relation.FORMER: "曾在该单位任职",
    Relation.MAKER: "曾经办原结论",
    Relation.OTHER: "其他可能影响公正的情形",
}
ORIGIN_LABELS = {
    Origin.SELF: "本人申报",
    Origin.UNIT: "单位申请",
    Origin.COMPLAINANT: "投诉人申请",
    Origin.EX_OFFICIO: "依职权",
}
_S, _A = DeclarationState, DeclarationAct
DECLARATION_MOVES = {
    (_S.DECLARED, _A.ACCEPT): _S.ACCEPTED,
    (_S.DECLARED, _A.REJECT): _S.REJECTED,
    (_S.DECLARED, _A.WITHDRAW): _S.WITHDRAWN,
}
_DIRECTOR = frozenset({"director"})
DECLARATION = Machine(
    code="declaration",
    thing="回避申报",
    moves=DECLARATION_MOVES,
    state_labels={
        _S.DECLARED: "已申报",
        _S.ACCEPTED: "决定回避",
        _S.REJECTED: "决定不回避",
        _S.WITHDRAWN: "已撤回",
    },
    act_labels={_A.ACCEPT: "决定回避", _A.REJECT: "决定不回避", _A.WITHDRAW: "撤回申报"},
    actors={
        _A.ACCEPT: _DIRECTOR,
        _A.REJECT: _DIRECTOR,
        _A.WITHDRAW: frozenset(
            {"inspector", "leader", "officer", "director", "unit", "reviewer", "verifier"}
        ),
    },
)
