"""Talent pools: memberships by term, training, recusal declarations, replacements, letters of authorisation, draws."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from core.life.declarationlife import DeclarationState, Origin, Relation
from models.base import STRICT, check, one_of, only_where

DRAWN = ("units", "cases", "items", "people")


class PoolMember(SQLModel, table=True):
    """One term (届) of a person in a pool; a renewal is a row of its own, and so the past stays readable."""

    __tablename__ = "pool_member"
    __table_args__ = (
        UniqueConstraint("person_id", "pool", "term"),
        Index("ix_pool_member_office_id_pool_until_on", "office_id", "pool", "until_on"),
        check("term_counts", "term >= 1"),
        check("term_order", "until_on >= from_on"),
        check("exit_has_reason", "(exited_on IS NULL) = (exit_reason = '')"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id")
    person_id: int = Field(foreign_key="person.id")
    pool: str  # the key of a pool file
    term: int = 1
    specialties: str = ""  # for this pool; "" takes those of the person
    from_on: date
    until_on: date
    recommended_by: str = ""  # the unit that recommended
    checked_on: date | None = None  # the day of the political check (政治审查)
    entered_by: str
    entered_on: date
    exited_on: date | None = None
    exit_reason: str = ""
    exit_note: str = ""


class Training(SQLModel, table=True):
    """Hours of training that a person took part in."""

    __table_args__ = (
        UniqueConstraint("person_id", "on_day", "topic"),
        check("hours_counts", "hours BETWEEN 1 AND 400"),
        check("topic_given", "length(topic) > 0"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id")
    person_id: int = Field(foreign_key="person.id", index=True)
    on_day: date
    hours: int
    topic: str
    recorded_by: str
    recorded_on: date


class RecusalDeclaration(SQLModel, table=True):
    """What somebody must keep away from (回避申报), or that there is nothing; without a campaign it stands for all."""

    __tablename__ = "recusal_declaration"
    __table_args__ = (
        one_of("relation", Relation),
        one_of("origin", Origin),
        one_of("state", DeclarationState),
        check("relation_has_unit", "(relation = 'none') = (unit_id IS NULL)"),
        check("none_is_of_a_campaign", "relation <> 'none' OR campaign_id IS NOT NULL"),
        check(
            "decided_by_somebody",
            "(state IN ('accepted', 'rejected')) = (decided_by IS NOT NULL AND decided_on IS NOT NULL)",
        ),
        check("nothing_to_decide", "relation <> 'none' OR state IN ('declared', 'withdrawn')"),
        Index("ix_recusal_declaration_campaign_id_person_id", "campaign_id", "person_id"),
        only_where(
            "uq_recusal_declaration_none",
            "campaign_id",
            "person_id",
            where="relation = 'none' AND state = 'declared'",
            unique=True,
        ),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id")
    campaign_id: int | None = Field(default=None, foreign_key="campaign.id")
    person_id: int = Field(foreign_key="person.id", index=True)
    unit_id: int | None = Field(default=None, foreign_key="unit.id")
    relation: str
    content: str = ""
    origin: str
    state: str
    filed_by: str
    filed_on: date
    decided_by: str | None = None
    decided_on: date | None = None
    decision_note: str = ""


class Replacement(SQLModel, table=True):
    """One member of a team who left it and who came instead; `declaration_id` when a recusal was the reason."""

    __table_args__ = (
        one_of("role", ("leader", "member")),
        check("somebody_else", "out_person_id <> in_person_id"),
        check("reason_given", "length(reason) > 0"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id")
    visit_id: int = Field(foreign_key="visit.id", index=True)
    out_person_id: int = Field(foreign_key="person.id")
    in_person_id: int = Field(foreign_key="person.id")
    role: str
    reason: str
    declaration_id: int | None = Field(default=None, foreign_key="recusal_declaration.id")
    replaced_by: str
    replaced_on: date


class Authorisation(SQLModel, table=True):
    """A letter that authorises one team for one visit (一次一授权); `team` is who it names, the leader first."""

    __table_args__ = (UniqueConstraint("document_id"), check("team_given", "length(team) > 0"), STRICT)

    id: int | None = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id")
    visit_id: int = Field(foreign_key="visit.id", index=True)
    document_id: int = Field(foreign_key="document.id")
    team: str  # person codes joined by 、
    drafted_by: str
    drafted_on: date


class Draw(SQLModel, table=True):
    """A random draw with all that is needed to do it again: population, seed, size, result. Never changed."""

    __table_args__ = (
        one_of("kind", DRAWN),
        check("sha256_hex", "length(population_sha256) = 64"),
        check("seed_given", "length(seed) > 0"),
        check("size_counts", "size >= 1"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id", index=True)
    kind: str
    purpose: str
    scope: str = ""  # what the population was, in words
    seed: str
    size: int
    population: str  # one code a line, sorted
    population_sha256: str
    picked: str  # one code a line, in the order drawn
    drawn_by: str
    drawn_on: date
