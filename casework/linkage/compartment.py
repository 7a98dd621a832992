"""The compartment of linkage: who may know, that everybody else meets the same words, and that looks are noted.

The roles of linkage and the director know all of it. Anybody else knows what they were named for, from a day until a
day, by the director. A contact of a unit never knows of anything here, whoever named them.
"""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Actor, Desk
from casework.staff.people import find_actor, require_role
from casework.tasks import COMPARTMENT
from core.errors import InvalidInput, NotAllowed, NotFound
from core.text.secrecy import refuse_state_secrets
from models.meeting import READABLE, CompartmentReader


def knows_all(desk: Desk) -> bool:
    """Tell whether the actor knows of everything in the compartment by role."""
    return bool(desk.actor.roles & COMPARTMENT) and not (desk.actor.speaks_for_unit or desk.actor.sealed)


def may_know(desk: Desk, subject: str, subject_id: int) -> bool:
    """Tell whether the actor may know of one matter, by role or because the director named them."""
    if knows_all(desk):
        return True
    if desk.actor.speaks_for_unit or desk.actor.sealed or desk.actor.is_machine:
        return False
    query = select(CompartmentReader.id).where(
        *_named_today(desk),
        sa.or_(
            col(CompartmentReader.subject).is_(None),
            sa.and_(
                col(CompartmentReader.subject) == subject, col(CompartmentReader.subject_id) == subject_id
            ),
        ),
    )
    return desk.session.exec(query).first() is not None


def known_ids(desk: Desk, subject: str) -> set[int] | None:
    """Return the matters of a kind that the actor may know of; None for all of them."""
    if knows_all(desk):
        return None
    if desk.actor.speaks_for_unit or desk.actor.sealed or desk.actor.is_machine:
        return set()
    query = select(CompartmentReader.subject, CompartmentReader.subject_id).where(*_named_today(desk))
    found = list(desk.session.exec(query))
    if any(kind is None for kind, _number in found):
        return None
    return {number for kind, number in found if kind == subject and number is not None}


def knows_something(desk: Desk) -> bool:
    """Tell whether the actor knows of at least something in the compartment."""
    return knows_all(desk) or (
        not (desk.actor.speaks_for_unit or desk.actor.sealed)
        and not desk.actor.is_machine
        and desk.session.exec(select(CompartmentReader.id).where(*_named_today(desk))).first() is not None
    )


def require_knowing(desk: Desk, what: str) -> None:
    """Raise NotAllowed unless the actor knows of at least something in the compartment."""
    if not knows_something(desk):
        require_role(desk, COMPARTMENT, what)


def note_view(
    desk: Desk, subject: str, subject_id: int, what: str = "", *, unit_id: int | None = None
) -> None:
    """Note that the actor looked at something confidential; a look moves no state.

    unit_id   the unit in whose chain the history of the thing stands; None for the office's own
    """
    desk.record(subject, subject_id, "view", unit_id=unit_id, what=what)


def name_reader(
    desk: Desk,
    person: str,
    *,
    from_on: date,
    until_on: date,
    reason: str,
    subject: str | None = None,
    subject_id: int | None = None,
) -> CompartmentReader:
    """Name a person who may know of one matter, or of all; only the director does.

    raises   NotAllowed for a contact of a unit; InvalidInput without a reason, for days the wrong way round
    """
    require_role(desk, ("director",), "指定知悉人员")
    named = find_actor(desk, person)
    _check_reader(named, from_on, until_on, reason)
    if subject is not None and subject not in READABLE:
        raise InvalidInput(
            "知悉范围不正确", found=subject, expected="、".join(READABLE), remedy="改正 --scope"
        )
    return grant_reader(desk, named.code, (from_on, until_on), reason, subject, subject_id)


def grant_reader(
    desk: Desk, person: str, days: tuple[date, date], reason: str, subject: str | None, subject_id: int | None
) -> CompartmentReader:
    """Write that a person may know of a matter; also what follows from giving them the work."""
    row = CompartmentReader(
        office_id=desk.office_id,
        person=person,
        subject=subject,
        subject_id=subject_id,
        from_on=days[0],
        until_on=days[1],
        granted_by=desk.actor.code,
        granted_on=desk.today,
        reason=reason,
    )
    desk.session.add(row)
    desk.session.flush()
    desk.record(
        subject or "office",
        subject_id or desk.office_id,
        "name_reader",
        person=person,
        from_on=days[0],
        until_on=days[1],
        reason=reason,
    )
    return row


def revoke_reader(desk: Desk, reader_id: int) -> CompartmentReader:
    """End that a person may know, from today on."""
    require_role(desk, ("director",), "撤销知悉人员")
    row = desk.session.get(CompartmentReader, reader_id)
    if row is None or row.office_id != desk.office_id or row.revoked_on is not None:
        raise NotFound(
            "没有这项知悉授权",
            found=str(reader_id),
            expected="有效的授权编号",
            remedy="运行 ducha referral readers 查看",
        )
    row.revoked_by, row.revoked_on = desk.actor.code, desk.today
    desk.session.add(row)
    desk.record(row.subject or "office", row.subject_id or desk.office_id, "revoke_reader", person=row.person)
    return row


def list_readers(desk: Desk) -> list[dict[str, object]]:
    """Return who was named to know, newest first, for the named people by role."""
    require_role(desk, COMPARTMENT, "查看知悉人员")
    query = (
        select(CompartmentReader)
        .where(col(CompartmentReader.office_id) == desk.office_id)
        .order_by(col(CompartmentReader.id).desc())
    )
    return [
        {
            "id": row.id,
            "person": row.person,
            "scope": f"{row.subject}:{row.subject_id}" if row.subject else "all",
            "from": row.from_on.isoformat(),
            "until": row.until_on.isoformat(),
            "granted_by": row.granted_by,
            "reason": row.reason,
            "revoked_on": row.revoked_on.isoformat() if row.revoked_on else None,
        }
        for row in desk.session.exec(query)
    ]


def contact_of_linkage(desk: Desk) -> str:
    """Return the code of our named contact for linkage, "" where the office file names none."""
    return desk.office_rules.contacts.linkage or ""


def _named_today(desk: Desk) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        col(CompartmentReader.office_id) == desk.office_id,
        col(CompartmentReader.person) == desk.actor.code,
        col(CompartmentReader.from_on) <= desk.today,
        col(CompartmentReader.until_on) >= desk.today,
        col(CompartmentReader.revoked_on).is_(None),
    )


def _check_reader(named: Actor, from_on: date, until_on: date, reason: str) -> None:
    if named.speaks_for_unit:
        raise NotAllowed(
            "被督察单位的人员不得知悉移送事项",
            found=named.code,
            expected="本单位人员或岗位",
            remedy="改正 --person",
        )
    if until_on < from_on:
        raise InvalidInput(
            "知悉期限颠倒", found=f"{from_on}至{until_on}", expected="起止日期先后正确", remedy="改正日期"
        )
    if not reason.strip():
        raise InvalidInput("指定知悉人员须写明理由", found="空", expected="一句理由", remedy="加上 --reason")
    refuse_state_secrets(reason, "知悉理由")
