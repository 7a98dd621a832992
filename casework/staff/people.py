"""Who somebody is, and what they may do."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Actor, Desk
from core.errors import NotAllowed, NotFound
from core.life.accountlife import AccountState
from core.rulebook import LeaderRole
from models.account import Account
from models.organisation import Person, Unit

CONTACTS = ("liaison", "head", "leader")
# What a post of the office may do; who may sign what is told by its level, see casework/paperwork/documents.py.
POST_ROLES: dict[LeaderRole, frozenset[str]] = {
    LeaderRole.SECTION: frozenset({"officer", "leader"}),
    LeaderRole.DEPUTY: frozenset({"director", "leader"}),
    LeaderRole.DIRECTOR: frozenset({"director", "leader"}),
    LeaderRole.COMMITTEE: frozenset({"director", "leader"}),
}
# Every desk asks one of these: written once, they need not be put together again.
PERSON_BY_CODE = sa.select(Person).where(
    col(Person.office_id) == sa.bindparam("office"), col(Person.code) == sa.bindparam("code")
)
UNIT_BY_CODE = sa.select(Unit).where(
    col(Unit.office_id) == sa.bindparam("office"), col(Unit.code) == sa.bindparam("code")
)
CONTACT_LABELS = {"liaison": "联络员", "head": "负责人", "leader": "分管领导"}


def find_actor(desk: Desk, text: str) -> Actor:
    """Return the person meant by a code of the pool, a post of the office, or `<unit>:liaison|head|leader`.

    raises   NotFound naming the three forms
    """
    if text.startswith("@"):
        return _administrator(desk, text)
    if ":" in text:
        code, _, contact = text.rpartition(":")
        unit = find_unit(desk, code)
        _refuse_merged(desk, unit)
        if contact in CONTACTS:
            name = getattr(unit, f"{contact}_name") or f"{unit.name}{CONTACT_LABELS[contact]}"
            return Actor(text, name, frozenset({"unit"}), unit.code)
    elif text in desk.office_rules.leaders:
        leader = desk.office_rules.leaders[text]
        return Actor(text, leader.name, POST_ROLES[leader.role] | {leader.role.value})
    else:
        person = desk.session.scalars(PERSON_BY_CODE, {"office": desk.office_id, "code": text}).first()
        if person is not None:
            return Actor(text, person.name, frozenset(split(person.roles)), person.unit_code)
    raise NotFound(
        "没有这个操作人",
        found=text,
        expected="人才库编号、本单位岗位编码，或 单位编码:liaison|head|leader",
        remedy="用 --by 或 DUCHA_ACTOR 指明；岗位编码：" + "、".join(desk.office_rules.leaders),
    )


def _administrator(desk: Desk, text: str) -> Actor:
    """Return one of the three administrators, who do no business."""
    row = desk.session.exec(
        select(Account).where(col(Account.office_id) == desk.office_id, col(Account.login) == text[1:])
    ).first()
    if row is None or row.admin is None or row.state != AccountState.ACTIVE:
        raise NotFound("没有这个管理员", found=text, expected="@登录名", remedy="核对登录名")
    return Actor(text, row.name, frozenset({row.admin}))


def _refuse_merged(desk: Desk, unit: Unit) -> None:
    """Refuse the contacts of a unit that another one carries on for: its duties are theirs now."""
    if unit.successor_id is None or unit.valid_until is None or desk.today <= unit.valid_until:
        return
    heir = desk.session.get_one(Unit, unit.successor_id)
    raise NotAllowed(
        "该单位已经并入其他单位",
        found=f"{unit.code} {unit.name}，止于{unit.valid_until}",
        expected=f"{heir.code} {heir.name} 的人员",
        remedy=f"由承接单位办理（--by {heir.code}:liaison）",
    )


def find_unit(desk: Desk, code: str) -> Unit:
    """Return a unit by its code; raise NotFound."""
    unit = desk.session.scalars(UNIT_BY_CODE, {"office": desk.office_id, "code": code}).first()
    if unit is None:
        raise NotFound(
            "没有这个单位", found=code, expected="已导入的单位编码", remedy="先运行 ducha import units 文件"
        )
    desk.know(unit)
    return unit


def require_role(desk: Desk, roles: Iterable[str], doing: str) -> None:
    """Raise NotAllowed unless the actor has one of the roles."""
    wanted = frozenset(roles)
    if wanted & desk.actor.roles:
        return
    raise NotAllowed(
        f"无权{doing}",
        found=f"{desk.actor.code}（{'、'.join(sorted(desk.actor.roles)) or '无角色'}）",
        expected="角色 " + "、".join(sorted(wanted)),
        remedy="由有此角色的人员操作（--by）",
    )


def require_other(desk: Desk, author: str | None, doing: str) -> None:
    """Raise NotAllowed when the actor would decide on their own work."""
    if author is not None and author == desk.actor.code:
        raise NotAllowed(
            f"不能{doing}本人经办的事项",
            found=desk.actor.code,
            expected="另一名有权人员",
            remedy="换人操作（--by）",
        )


def split(text: str) -> tuple[str, ...]:
    """Return the values of a stored list joined by 、."""
    return tuple(part for part in text.split("、") if part)


def join(values: Iterable[str]) -> str:
    """Return values as one stored text joined by 、."""
    return "、".join(values)
