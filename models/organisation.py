"""Who there is: the office, the units it inspects, the people of its pool."""

from __future__ import annotations

from datetime import date

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import STRICT, check


class Office(SQLModel, table=True):
    """A 督察单位; every business row belongs to one."""

    __table_args__ = (check("code_given", "length(code) > 0"), STRICT)

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    name: str


class Unit(SQLModel, table=True):
    """A 被督察单位 with its three contacts: 联络员, 负责人, 分管领导."""

    __table_args__ = (
        UniqueConstraint("office_id", "code"),
        check("code_given", "length(code) > 0 AND length(name) > 0"),
        check("valid_order", "valid_until IS NULL OR valid_from IS NULL OR valid_until >= valid_from"),
        check("successor_is_other", "successor_id IS NULL OR successor_id <> id"),
        check("succeeded_has_ended", "successor_id IS NULL OR valid_until IS NOT NULL"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id")
    code: str
    name: str
    kinds: str  # values of a catalogue's applies_to, joined by 、
    parent_code: str | None = None
    area: str = ""  # where it is (片区); trips out of a person's own area are spread evenly
    functions: str = ""  # specialities of what it does, joined by 、
    liaison_name: str | None = None
    liaison_email: str | None = None
    head_name: str | None = None
    head_email: str | None = None
    leader_name: str | None = None
    leader_email: str | None = None
    valid_from: date | None = None  # None: since before anything here happened
    valid_until: date | None = None  # the last day on which it was a unit
    successor_id: int | None = Field(default=None, foreign_key="unit.id")  # who goes on for all of it


class Person(SQLModel, table=True):
    """A member of the talent pool (人才库)."""

    __table_args__ = (
        UniqueConstraint("office_id", "code"),
        check("code_given", "length(code) > 0 AND length(name) > 0"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id")
    code: str
    name: str
    unit_code: str | None = None
    former_units: str = ""  # codes joined by 、, with the time of leaving where it is known: D003@2022-05
    specialties: str = ""  # joined by 、
    email: str | None = None
    roles: str  # inspector, leader, officer, reviewer, verifier, director, linkage; joined by 、
