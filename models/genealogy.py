"""Where units come from and go to (机构沿革): renames, mergers, splits, abolitions, each with its day and basis."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from core.life.unitlife import UnitChangeKind, UnitChangeState
from models.base import STRICT, check, one_of


class UnitChange(SQLModel, table=True):
    """One change of units; its parties are rows of their own. Documents issued before keep the names they bear."""

    __tablename__ = "unit_change"
    __table_args__ = (
        one_of("kind", UnitChangeKind),
        one_of("state", UnitChangeState),
        check("basis_given", "length(basis) > 0"),
        check("rename_has_names", "(kind = 'rename') = (name_before IS NOT NULL AND name_after IS NOT NULL)"),
        check("in_force_has_day", "(state = 'in_force') = (applied_on IS NOT NULL)"),
        check("never_before_its_day", "applied_on IS NULL OR applied_on >= effective_on"),
        Index("ix_unit_change_office_id_state", "office_id", "state", "effective_on"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id")
    kind: str
    state: str
    effective_on: date
    basis: str  # the document that decided it
    name_before: str | None = None
    name_after: str | None = None
    recorded_by: str
    recorded_on: date
    applied_on: date | None = None
    applied_at: datetime | None = None
    reason: str = ""  # why it was called off


class UnitChangeParty(SQLModel, table=True):
    """A unit in a change: one that was there before, or one that goes on."""

    __tablename__ = "unit_change_party"
    __table_args__ = (one_of("side", ("former", "successor")), STRICT)

    change_id: int = Field(foreign_key="unit_change.id", primary_key=True)
    unit_id: int = Field(foreign_key="unit.id", primary_key=True, index=True)
    side: str = Field(primary_key=True)
