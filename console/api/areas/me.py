"""Who calls: the account behind a key or a session, and what it may do."""

from __future__ import annotations

from fastapi.responses import Response

from casework.desk import Desk
from console.api.routing import HasCall, Routes
from console.api.shown import Shown
from core.access.permissions import Permission
from core.access.scopes import every_scope

router = Routes(None, Permission.OWN_ACCOUNT)


class Me(Shown):
    """Whoever calls."""

    login: str
    code: str
    name: str
    office: str
    roles: list[str]
    unit: str | None
    permissions: list[str]
    scopes: list[str]
    by_key: bool
    today: str


@router.read("/me", Me)
def read_me(call: HasCall) -> Response:
    """本次调用的身份、权限和密钥范围 / who calls, what they may do"""

    def show(desk: Desk) -> Me:
        return Me(
            login=call.login, code=call.who.code, name=call.who.name, office=desk.office.name,
            roles=sorted(call.who.roles), unit=call.who.unit_code,
            permissions=[one.value for one in Permission if call.may(one)],
            scopes=sorted(every_scope() if call.scopes is None else call.scopes),
            by_key=call.scopes is not None, today=desk.today.isoformat(),
        )  # fmt: skip

    return call.read(show)
