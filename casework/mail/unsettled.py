"""Which mails wait for a person: the end is unknown, or nobody got it and nothing else has served its document."""

from __future__ import annotations

import sqlalchemy as sa

from core.life.lives import DocumentState, MessageState
from models.base import table_of
from models.document import Document
from models.message import Message

MESSAGE, DOCUMENT = table_of(Message), table_of(Document)
BAD = (MessageState.UNKNOWN, MessageState.REJECTED, MessageState.BOUNCED)
LOST = (MessageState.REJECTED.value, MessageState.BOUNCED.value)
OVER = (DocumentState.SERVED.value, DocumentState.VOID.value)


def is_unsettled() -> sa.ColumnElement[bool]:
    """Return the condition for such mails: one that was not delivered is settled by any proof of service, or a void."""
    over = sa.exists().where(DOCUMENT.c.id == MESSAGE.c.document_id, DOCUMENT.c.state.in_(OVER))
    return sa.or_(
        MESSAGE.c.state == MessageState.UNKNOWN.value,
        sa.and_(MESSAGE.c.state.in_(LOST), sa.not_(over)),
    )
