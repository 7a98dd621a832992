"""The life of a delegation of signature (授权代签): registered for a period, or revoked before its end."""

from __future__ import annotations

from enum import StrEnum

from core.life.machines import Machine


class DelegationState(StrEnum):
    REGISTERED = "registered"
    REVOKED = "revoked"


class DelegationAct(StrEnum):
    REVOKE = "revoke"


DELEGATION = Machine(
    code="delegation",
    thing="授权代签",
    moves={(DelegationState.REGISTERED, DelegationAct.REVOKE): DelegationState.REVOKED},
    state_labels={DelegationState.REGISTERED: "有效期内可用", DelegationState.REVOKED: "已撤回"},
    act_labels={DelegationAct.REVOKE: "撤回授权"},
    actors={DelegationAct.REVOKE: frozenset({"officer", "director", "leader"})},
)
