"""What is shown of matters handed to the office, to those who may know; a look at one is noted."""

from __future__ import annotations

from sqlmodel import col, select

from casework.desk import Desk
from casework.linkage.compartment import known_ids, may_know, note_view, require_knowing
from casework.linkage.linkageitems import items_of
from core.errors import NotFound
from core.life.incominglife import INCOMING
from models.incoming import Incoming


def find_incoming(desk: Desk, incoming_id: int) -> Incoming:
    """Return a matter that the actor may know of; raise NotFound for everybody else too."""
    row = desk.session.get(Incoming, incoming_id)
    if row is None or row.office_id != desk.office_id or not may_know(desk, "incoming", incoming_id):
        raise NotFound(
            "没有这件联动来件",
            found=str(incoming_id),
            expected="来件编号",
            remedy="运行 ducha incoming list 查看",
        )
    return row


def list_incoming(desk: Desk, *, state: str | None = None, overdue: bool = False) -> list[dict[str, object]]:
    """Return the matters the actor may know of, newest first; a list does not tell what they say."""
    require_knowing(desk, "查看联动来件")
    query = select(Incoming).where(col(Incoming.office_id) == desk.office_id)
    known = known_ids(desk, "incoming")
    if known is not None:
        query = query.where(col(Incoming.id).in_(known))
    if state:
        query = query.where(col(Incoming.state) == state)
    if overdue:
        query = query.where(col(Incoming.due_on) < desk.today, col(Incoming.answered_on).is_(None))
    return [
        {
            "id": row.id,
            "number": row.number,
            "sender": row.sender,
            "kind": row.kind,
            "received_on": row.received_on.isoformat(),
            "due_on": row.due_on.isoformat() if row.due_on else None,
            "owner": row.owner,
            "state": row.state,
        }
        for row in desk.session.exec(query.order_by(col(Incoming.id).desc()))
    ]


def show_incoming(desk: Desk, incoming_id: int) -> dict[str, object]:
    """Return a matter with its items; the look is noted."""
    row = find_incoming(desk, incoming_id)
    note_view(desk, "incoming", incoming_id)
    stored = row.model_dump(mode="json", exclude={"office_id"})
    return {
        **{name: stored[name] for name in type(row).model_fields if name in stored},
        "items": items_of(desk, "incoming", incoming_id),
        "acts": list(INCOMING.acts(row.state, desk.actor.roles)),
    }
