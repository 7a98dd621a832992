"""The register of yearly reports and statements of units, and of the rules they made (建章立制)."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlmodel import col, select

from casework.desk import Desk
from casework.sight import units_in_sight
from casework.staff.people import require_role
from core.errors import InvalidInput, NotFound
from core.text.secrecy import refuse_state_secrets
from models.base import key_of
from models.campaign import Finding
from models.organisation import Unit
from models.period import FILING_KINDS, ContactPoint, Filing, Institution

CLERKS = ("officer", "director")


def register_filing(
    desk: Desk,
    unit: str,
    kind: str,
    year: int,
    *,
    due_on: date | None = None,
    filed_on: date | None = None,
    published_on: date | None = None,
) -> Filing:
    """Write or complete the row of a unit's yearly report: first its due day, later when it was filed and made public.

    raises   InvalidInput for an unknown kind, a day that lies ahead, publication before filing, or no due day at first
    """
    require_role(desk, CLERKS, "登记年度报告和述法")
    if kind not in FILING_KINDS:
        raise InvalidInput("没有这种报告", found=kind, expected="、".join(FILING_KINDS), remedy="改正 --kind")
    owner = find_unit(desk, unit)
    row = _find(desk, key_of(owner), kind, year)
    before = (row.filed_on, row.published_on) if row else (None, None)
    filed, published = filed_on or before[0], published_on or before[1]
    _check_days(desk, due_on or (row.due_on if row else None), filed, published)
    if row is None:
        assert due_on is not None  # checked
        row = Filing(
            office_id=desk.office_id, unit_id=key_of(owner), kind=kind, year=year, due_on=due_on,
            recorded_by=desk.actor.code,
        )  # fmt: skip
    row.due_on = due_on or row.due_on
    row.filed_on, row.published_on = filed, published
    desk.session.add(row)
    desk.session.flush()
    desk.record(
        "filing", key_of(row), "register", unit_id=row.unit_id, on=published_on or filed_on, kind=kind, year=year,
        due_on=row.due_on, filed_on=filed, published_on=published,
    )  # fmt: skip
    return row


def _find(desk: Desk, unit_id: int, kind: str, year: int) -> Filing | None:
    query = select(Filing).where(
        col(Filing.office_id) == desk.office_id,
        col(Filing.unit_id) == unit_id,
        col(Filing.kind) == kind,
        col(Filing.year) == year,
    )
    return desk.session.exec(query).first()


def _check_days(desk: Desk, due: date | None, filed: date | None, published: date | None) -> None:
    if due is None:
        raise InvalidInput("首次登记须写明报送期限", found="空", expected="日期", remedy="加上 --due")
    if published is not None and (filed is None or published < filed):
        raise InvalidInput(
            "公开不能早于报送",
            found=f"报送{filed or '未登记'}，公开{published}",
            expected="先报送后公开",
            remedy="核对两个日期",
        )
    for day in (filed, published):
        if day is not None and day > desk.today:
            raise InvalidInput(
                "日期尚未到来", found=str(day), expected=f"不晚于{desk.today}", remedy="核对日期"
            )


def register_institution(
    desk: Desk, unit: str, title: str, made_on: date, *, finding: str | None = None
) -> Institution:
    """Write a rule or system that a unit made; `finding` is the number of the problem that led to it.

    raises   InvalidInput for an empty or repeated title, or a day that lies ahead
    """
    require_role(desk, CLERKS, "登记建章立制")
    title = title.strip()
    refuse_state_secrets(title, "制度名称")
    owner = find_unit(desk, unit)
    known = select(Institution.id).where(
        col(Institution.office_id) == desk.office_id, col(Institution.unit_id) == owner.id,
        col(Institution.title) == title,
    )  # fmt: skip
    if not title or desk.session.exec(known).first() is not None:
        raise InvalidInput(
            "制度名称为空或已登记", found=title or "空", expected="未登记过的名称", remedy="核对名称"
        )
    if made_on > desk.today:
        raise InvalidInput(
            "日期尚未到来", found=str(made_on), expected=f"不晚于{desk.today}", remedy="核对日期"
        )
    row = Institution(
        office_id=desk.office_id, unit_id=key_of(owner), case_id=_case(desk, finding, key_of(owner)), title=title,
        made_on=made_on, recorded_by=desk.actor.code, recorded_on=desk.today,
    )  # fmt: skip
    desk.session.add(row)
    desk.session.flush()
    desk.record("institution", key_of(row), "register", unit_id=row.unit_id, on=made_on, title=title)
    return row


def register_point(
    desk: Desk, code: str, name: str, from_on: date, *, until_on: date | None = None
) -> ContactPoint:
    """Write a contact point, or the day on which one that is known ended; raise InvalidInput for empty names."""
    require_role(desk, CLERKS, "登记联系点")
    refuse_state_secrets(name, "联系点名称")
    row = desk.session.exec(
        select(ContactPoint).where(
            col(ContactPoint.office_id) == desk.office_id, col(ContactPoint.code) == code
        )
    ).first()
    if not code.strip() or not name.strip() or (until_on is not None and until_on < from_on):
        raise InvalidInput(
            "联系点写得不全", found=f"{code} {name}", expected="编号、名称、先后正确的日期", remedy="核对"
        )
    if row is None:
        row = ContactPoint(
            office_id=desk.office_id, code=code, name=name, from_on=from_on, recorded_by=desk.actor.code
        )
    row.name, row.until_on = name, until_on
    desk.session.add(row)
    desk.session.flush()
    desk.record(
        "contact_point", key_of(row), "register", on=until_on or from_on, name=name, until_on=until_on
    )
    return row


def _case(desk: Desk, finding: str | None, unit_id: int) -> int | None:
    if not finding:
        return None
    row = desk.session.exec(
        select(Finding).where(col(Finding.office_id) == desk.office_id, col(Finding.code) == finding)
    ).first()
    if row is None or row.unit_id != unit_id:
        raise NotFound(
            "该单位没有这个问题", found=finding, expected="该单位的问题编号", remedy="运行 ducha finding list"
        )
    return row.id


def list_filings(desk: Desk, year: int | None = None) -> list[dict[str, Any]]:
    """Return the register by year, kind and unit in sight, with whether each was in time."""
    query = (
        select(Filing, Unit)
        .join(Unit, col(Unit.id) == col(Filing.unit_id))
        .where(col(Filing.office_id) == desk.office_id, units_in_sight(desk))
        .order_by(col(Filing.year), col(Filing.kind), col(Unit.code))
    )
    if year is not None:
        query = query.where(col(Filing.year) == year)
    return [
        {
            "unit": unit.code,
            "name": unit.name,
            "kind": row.kind,
            "year": row.year,
            "due_on": str(row.due_on),
            "filed_on": str(row.filed_on) if row.filed_on else None,
            "published_on": str(row.published_on) if row.published_on else None,
            "in_time": row.filed_on <= row.due_on if row.filed_on else None,
            "missing": row.filed_on is None and row.due_on < desk.today,
        }
        for row, unit in desk.session.exec(query)
    ]


def list_points(desk: Desk) -> list[ContactPoint]:
    """Return the contact points, those that ended last."""
    query = select(ContactPoint).where(col(ContactPoint.office_id) == desk.office_id)
    order = (col(ContactPoint.until_on).is_not(None), col(ContactPoint.code))
    return list(desk.session.exec(query.order_by(*order)))


def find_unit(desk: Desk, code: str) -> Unit:
    """Return a unit of the office; raise NotFound."""
    row = desk.session.exec(
        select(Unit).where(col(Unit.office_id) == desk.office_id, col(Unit.code) == code)
    ).first()
    if row is None:
        raise NotFound("没有这个单位", found=code, expected="单位编码", remedy="核对单位编码")
    return row
