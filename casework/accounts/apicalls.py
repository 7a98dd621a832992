"""Writing calls that were answered already: kept with their answer in the transaction that did them."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from casework.desk import Desk
from core.errors import InvalidInput, Refused
from models.apicall import ApiCall
from models.base import table_of

KEPT = timedelta(days=7)


def answered_before(desk: Desk, account_id: int, key: str, call_sha256: str) -> ApiCall | None:
    """Return the call that was done under a key, None for a new one; raise InvalidInput when it was another call."""
    query = select(ApiCall).where(col(ApiCall.account_id) == account_id, col(ApiCall.key) == key)
    known = desk.session.exec(query).first()
    if known is not None and known.call_sha256 != call_sha256:
        raise InvalidInput(
            "同一个办理编号用于不同的请求", found=key, expected="每次办理一个新的 Idempotency-Key",
            remedy="换一个编号后重新提交",
        )  # fmt: skip
    return known


def keep_answer(desk: Desk, account_id: int, key: str, call_sha256: str, status: int, answer: str) -> None:
    """Keep the answer of a call and let go of old ones; raise Refused while the same call is being done elsewhere."""
    forget_answers(desk)
    try:
        with desk.session.begin_nested():
            desk.session.add(
                ApiCall(
                    account_id=account_id, key=key, call_sha256=call_sha256, status=status, answer=answer,
                    made_at=desk.now,
                )
            )  # fmt: skip
    except IntegrityError as error:
        raise Refused(
            "同一请求正在办理", found=key, expected="前一次请求先办完", remedy="稍后以同一编号重试"
        ) from error


def forget_answers(desk: Desk) -> int:
    """Delete the answers that nobody will ask for again; return how many."""
    table = table_of(ApiCall)
    gone = desk.session.connection().execute(sa.delete(table).where(table.c.made_at < desk.now - KEPT))
    return gone.rowcount
