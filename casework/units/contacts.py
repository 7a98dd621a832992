"""The contacts of a unit, set one unit at a time: people change posts between two lists."""

from __future__ import annotations

from collections.abc import Mapping

from casework.desk import Desk
from casework.staff.people import CONTACT_LABELS, require_role
from casework.units.unitpage import need_unit
from core.errors import InvalidInput, Refused
from core.text.secrecy import refuse_state_secrets
from delivery.addresses import check_address
from models.base import key_of
from models.organisation import Unit

KEEPERS = ("officer", "director", "leader")
MOST_LETTERS = 40


def set_contacts(desk: Desk, code: str, given: Mapping[str, tuple[str, str]]) -> Unit:
    """Set name and address of the contacts of a unit; what goes out from now on reaches them.

    given    {liaison | head | leader: (name, e-mail address)}; a contact that is not named stays
    raises   NotAllowed; InvalidInput for a unit without a liaison, or a wrong address; Refused when nothing differs
    """
    require_role(desk, KEEPERS, "修改单位联系人")
    unit = need_unit(desk, code)
    changed: dict[str, str] = {}
    for role, typed in given.items():
        name, email = _checked(role, *typed)
        for field, value in ((f"{role}_name", name), (f"{role}_email", email)):
            if (getattr(unit, field) or "") != value:
                setattr(unit, field, value or None)
                changed[field] = value or "空"
    if not changed:
        raise Refused("联系人没有改动", found=unit.name, expected="至少一处不同", remedy="改后再保存")
    desk.session.add(unit)
    desk.session.flush()
    desk.record("unit", key_of(unit), "contacts", unit_id=unit.id, code=unit.code, changed=sorted(changed))
    return unit


def _checked(role: str, name: str, email: str) -> tuple[str, str]:
    label = CONTACT_LABELS[role]
    name = name.strip()
    refuse_state_secrets(name, f"{label}姓名")
    if len(name) > MOST_LETTERS:
        raise InvalidInput(
            f"{label}姓名太长", found=f"{len(name)}字", expected=f"不超过{MOST_LETTERS}字", remedy="核对姓名"
        )
    if role == "liaison" and not (name and email.strip()):
        raise InvalidInput(
            "联络员的姓名和邮箱不能为空", found=name or "空", expected="姓名和邮箱", remedy="补充后保存"
        )
    if email.strip() and not name:
        raise InvalidInput(
            f"{label}有邮箱没有姓名", found=email.strip(), expected="姓名和邮箱都写", remedy="补充姓名"
        )
    return name, check_address(email.strip()) if email.strip() else ""
