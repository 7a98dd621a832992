"""Delegations of signature (授权代签): who may sign for whom, what, and from when until when."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from core.life.delegationlife import DelegationState
from models.base import STRICT, check, one_of


class Delegation(SQLModel, table=True):
    """A post lets somebody sign or approve in its place; nobody passes on what was lent to them."""

    __table_args__ = (
        one_of("state", DelegationState),
        check("two_persons", "principal <> delegate"),
        check("something_lent", "length(documents) > 0 OR length(acts) > 0"),
        check("period_order", "until_on >= from_on"),
        check("reason_given", "length(reason) > 0"),
        check("revoked_has_day", "(state = 'revoked') = (revoked_on IS NOT NULL)"),
        Index("ix_delegation_office_id_delegate", "office_id", "delegate"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id")
    principal: str  # code of the post that lends
    delegate: str  # code of the post or person that signs
    documents: str = ""  # kinds of document joined by 、; * for every kind
    acts: str = ""  # acts on cases joined by 、
    from_on: date
    until_on: date
    reason: str
    state: str
    registered_by: str
    registered_on: date
    file_sha256: str | None = None
    revoked_on: date | None = None
    revoked_by: str | None = None
    revoke_reason: str = ""
