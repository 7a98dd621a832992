"""INV-17: nobody went to a unit from which they had to keep away, and every draw comes out the same again."""

from __future__ import annotations

import sqlalchemy as sa

from casework.desk import Desk
from casework.invariants.tally import Invariant, Tally
from casework.staff.drawing import holds
from core.life.declarationlife import DeclarationState
from models.base import table_of
from models.campaign import Visit, VisitMember
from models.pool import Draw, RecusalDeclaration

VISIT, MEMBER = table_of(Visit), table_of(VisitMember)
DECLARED, DRAW = table_of(RecusalDeclaration), table_of(Draw)


def check_recused(desk: Desk) -> list[Invariant]:
    """Return INV-17: accepted recusals were kept on every visit that began after them; draws are as recorded."""
    tally = Tally("INV-17", "决定回避的未派往该单位，随机抽取可按种子重现")
    link = desk.session.connection()
    accepted = sa.and_(
        DECLARED.c.office_id == desk.office_id, DECLARED.c.state == DeclarationState.ACCEPTED.value
    )
    tally.look_at(link.execute(sa.select(sa.func.count()).select_from(DECLARED).where(accepted)).scalar_one())
    went = (
        sa.select(DECLARED.c.id, VISIT.c.id.label("visit"))
        .join(MEMBER, MEMBER.c.person_id == DECLARED.c.person_id)
        .join(VISIT, sa.and_(VISIT.c.id == MEMBER.c.visit_id, VISIT.c.unit_id == DECLARED.c.unit_id))
        .where(
            accepted,
            sa.or_(DECLARED.c.campaign_id.is_(None), DECLARED.c.campaign_id == VISIT.c.campaign_id),
            VISIT.c.from_on > DECLARED.c.decided_on,
            VISIT.c.from_on <= desk.today,
        )
        .order_by(VISIT.c.id)
    )
    tally.find_all(
        f"督察{row.visit} 的成员已决定回避（申报{row.id}），没有更换" for row in link.execute(went)
    )
    for row in link.execute(sa.select(DRAW).where(DRAW.c.office_id == desk.office_id)):
        tally.look_at(1)
        if not all(holds(row)):
            tally.find(f"抽取{row.id} 按记录的种子重新抽取，结果不同")
    return [tally.close()]
