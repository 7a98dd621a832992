"""The life of an account: opened by one administrator, granted by another, disabled, enabled again or closed."""

from __future__ import annotations

from enum import StrEnum

from core.access.permissions import SECURITY_ADMIN, SYSTEM_ADMIN
from core.life.machines import Machine


class AccountState(StrEnum):
    OPENED = "opened"
    ACTIVE = "active"
    DISABLED = "disabled"
    CLOSED = "closed"


class AccountAct(StrEnum):
    GRANT = "grant"
    DISABLE = "disable"
    ENABLE = "enable"
    CLOSE = "close"


ACCOUNT_MOVES = {
    (AccountState.OPENED, AccountAct.GRANT): AccountState.ACTIVE,
    (AccountState.ACTIVE, AccountAct.GRANT): AccountState.ACTIVE,
    (AccountState.OPENED, AccountAct.DISABLE): AccountState.DISABLED,
    (AccountState.ACTIVE, AccountAct.DISABLE): AccountState.DISABLED,
    # Whoever comes back is granted anew: posts change while an account sleeps.
    (AccountState.DISABLED, AccountAct.ENABLE): AccountState.OPENED,
    (AccountState.DISABLED, AccountAct.CLOSE): AccountState.CLOSED,
}
ACCOUNT = Machine(
    code="account",
    thing="账号",
    moves=ACCOUNT_MOVES,
    state_labels={
        AccountState.OPENED: "待授权",
        AccountState.ACTIVE: "使用中",
        AccountState.DISABLED: "已停用",
        AccountState.CLOSED: "已注销",
    },
    act_labels={
        AccountAct.GRANT: "授权",
        AccountAct.DISABLE: "停用",
        AccountAct.ENABLE: "启用",
        AccountAct.CLOSE: "注销",
    },
    actors={
        AccountAct.GRANT: frozenset({SECURITY_ADMIN}),
        AccountAct.DISABLE: frozenset({SYSTEM_ADMIN, SECURITY_ADMIN}),
        AccountAct.ENABLE: frozenset({SYSTEM_ADMIN}),
        AccountAct.CLOSE: frozenset({SYSTEM_ADMIN}),
    },
)
