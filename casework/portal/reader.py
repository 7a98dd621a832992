"""Who reads the portal: a contact of one unit, let in by an account or by the link of a mail, and what they may see."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Actor, Desk
from casework.rectification.cases import no_such_case
from casework.sight import cases_in_sight, documents_in_sight
from casework.staff.people import CONTACT_LABELS, find_unit
from core.codes import Secrecy
from core.errors import NotFound
from models.base import key_of, table_of
from models.campaign import Finding
from models.document import Document, DocumentCase
from models.organisation import Unit
from models.rectification import Rectification

CASE, DOCUMENT, ON_PAPER = table_of(Rectification), table_of(Document), table_of(DocumentCase)
Condition = sa.ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Reader:
    """A contact of a unit at a desk.

    secrets   whether work secrets are shown: not to a mailbox outside the office's own domains, as for mails
    """

    desk: Desk
    unit: Unit
    secrets: bool

    @property
    def unit_id(self) -> int:
        return key_of(self.unit)

    @property
    def contact(self) -> str:
        """Which contact of the unit this is: liaison, head or leader."""
        return self.desk.actor.code.rpartition(":")[2]

    @property
    def title(self) -> str:
        """The contact as a receipt names them: 张三（联络员）."""
        name, role = self.desk.actor.name, CONTACT_LABELS.get(self.contact, "")
        return name if role in name else f"{name}（{role}）"

    @property
    def documents(self) -> Condition:
        """The condition for documents whose words this reader may read."""
        seen = documents_in_sight(self.desk)
        return seen if self.secrets else sa.and_(seen, DOCUMENT.c.secrecy != Secrecy.WORK_SECRET.value)

    @property
    def cases(self) -> Condition:
        """The condition for cases whose words this reader may read."""
        seen = cases_in_sight(self.desk)
        if self.secrets:
            return seen
        secret = (
            sa.exists()
            .where(
                ON_PAPER.c.case_id == CASE.c.id,
                DOCUMENT.c.id == ON_PAPER.c.document_id,
                DOCUMENT.c.secrecy == Secrecy.WORK_SECRET.value,
            )
            .correlate(CASE)  # any paper about the case, also where a query is about one of them
        )
        return sa.and_(seen, sa.not_(secret))

    def need_document(self, document_id: int) -> Document:
        """Return a document this reader may read; raise NotFound, in the same words, for any other."""
        query = select(Document).where(col(Document.id) == document_id, self.documents)
        row = self.desk.session.exec(query).first()
        if row is None:
            raise NotFound(
                "没有这份文书",
                found=str(document_id),
                expected="发给本单位的文书",
                remedy="回到本单位事项查找",
            )
        return row

    def need_case(self, code: str) -> tuple[Rectification, Finding]:
        """Return a case this reader may read, with its finding; raise NotFound, in the same words, for any other."""
        query = (
            select(Rectification, Finding)
            .join(Finding, col(Finding.id) == col(Rectification.id))
            .where(col(Finding.code) == code, self.cases)
        )
        row = self.desk.session.exec(query).first()
        if row is None:
            raise no_such_case(code)
        return row[0], row[1]


def reader_at(desk: Desk, *, by_link: bool) -> Reader:
    """Return the reader at a desk whose actor speaks for a unit."""
    unit = find_unit(desk, desk.actor.unit_code or "")
    return Reader(desk, unit, not by_link or has_own_mailbox(desk, desk.actor, unit))


def has_own_mailbox(desk: Desk, actor: Actor, unit: Unit | None = None) -> bool:
    """Tell whether a contact's mailbox lies in the office's own domains: work secrets may be shown by its link."""
    address = getattr(
        unit or find_unit(desk, actor.unit_code or ""), f"{actor.code.rpartition(':')[2]}_email", None
    )
    allowed = {domain.lower() for domain in desk.office_rules.mail.allowed_domains}
    return (address or "").rpartition("@")[2].lower() in allowed
