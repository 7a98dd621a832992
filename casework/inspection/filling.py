"""Who may fill in the checklist of a visit, and once only."""

from __future__ import annotations

from casework.desk import Desk
from core.campaign.visibility import OWN_PEOPLE
from core.errors import NotAllowed, Refused
from delivery.sheets.checklist import ChecklistMeta
from models.campaign import Visit
from models.organisation import Unit


def may_fill(desk: Desk, meta: ChecklistMeta) -> bool:
    """Tell whether the actor may fill in and hand in the checklist of a visit."""
    return desk.actor.code in meta.team or bool(desk.actor.roles & {"officer", "director"})


def refuse_outsider(desk: Desk, meta: ChecklistMeta, doing: str) -> None:
    """Raise NotAllowed for whoever is neither on the team nor works on it in the office."""
    if may_fill(desk, meta):
        return
    raise NotAllowed(
        f"无权{doing}",
        found=desk.actor.code,
        expected="该督察组成员或办公室经办人",
        remedy="由督察组成员办理",
    )


def refuse_twice(visit: Visit, unit: Unit) -> None:
    """Raise Refused when the checklist of a visit was handed in before."""
    if visit.workbook_returned_on is not None:
        raise Refused(
            "该单位的检查表已经导入",
            found=f"{unit.code}，{visit.workbook_returned_on}",
            expected="尚未导入的检查表",
            remedy="如需更正，对有关底稿办理撤销后另行登记",
        )


def may_see_sheets(desk: Desk) -> bool:
    """Tell whether the actor may open checklists: the contact of a joint partner sees the shared findings alone."""
    return bool(desk.actor.roles & OWN_PEOPLE)


def refuse_partner(desk: Desk) -> None:
    """Raise NotAllowed for the contact of a joint partner."""
    if not may_see_sheets(desk):
        raise NotAllowed(
            "联合方人员不查看检查表",
            found=desk.actor.code,
            expected="督察单位人员",
            remedy="共享的问题见批次的“联合督察”",
        )
