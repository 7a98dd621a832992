"""Who has looked at a document as it reads now: only that is signed, and a change asks for another look.

What was shown is kept as the hash of its content. A draft is composed anew each time: an edit, a new fact, or a later
day that moves a printed date makes another content of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from casework.desk import Desk
from casework.paperwork.documents import sign_documents
from casework.paperwork.drafts import rule_of
from casework.paperwork.reviewing import compose
from core.errors import Refused
from models.base import key_of, table_of
from models.document import Document, DocumentView

VIEW = table_of(DocumentView)


def note_viewed(desk: Desk, account_id: int, document_id: int, content_sha256: str) -> None:
    """Note that the owner of an account was shown a document with this content; the first look of a content stays."""
    instant = sa.literal(desk.now, VIEW.c.seen_at.type)
    new = sa.select(sa.literal(account_id), sa.literal(document_id), sa.literal(content_sha256), instant)
    known = sa.exists().where(*_of(account_id, [document_id]), VIEW.c.content_sha256 == content_sha256)
    columns = ("account_id", "document_id", "content_sha256", "seen_at")
    desk.session.connection().execute(sa.insert(VIEW).from_select(columns, new.where(sa.not_(known))))


def last_looks(desk: Desk, account_id: int, ids: Iterable[int]) -> dict[int, datetime]:
    """Return when the owner of an account last met a new content of each document; one query."""
    wanted = list(ids)
    if not wanted:
        return {}
    query = sa.select(VIEW.c.document_id, sa.func.max(VIEW.c.seen_at)).where(*_of(account_id, wanted))
    return dict(desk.session.connection().execute(query.group_by(VIEW.c.document_id)).tuples().all())


def sign_viewed(
    desk: Desk, account_id: int, documents: Sequence[Document], scan: Path | None = None
) -> list[Document]:
    """Sign documents in one act, each of which the owner of the account has looked at as it reads now.

    raises   Refused naming those that were not looked at or have changed since, and what sign_documents raises;
             nothing is signed then
    """
    if not documents:
        raise Refused("没有选择文书", found="0份", expected="至少一份", remedy="勾选要签发的文书")
    unseen = [one for one in documents if not _has_seen(desk, account_id, one)]
    if unseen:
        raise Refused(
            "有文书没有查看，或者查看后文稿有变动，不能签发",
            found="、".join(f"{rule_of(desk, one).name}（编号{one.id}）" for one in unseen),
            expected="本人已经查看的现在的文稿",
            remedy="打开所列文书查看现在的内容后再签发",
        )
    return sign_documents(desk, [key_of(one) for one in documents], scan)


def _has_seen(desk: Desk, account_id: int, document: Document) -> bool:
    if document.content_sha256 is not None:
        return True  # it is signed already, which is told in the words of the move
    _paper, digest = compose(desk, document)
    query = sa.select(VIEW.c.id).where(*_of(account_id, [key_of(document)]), VIEW.c.content_sha256 == digest)
    return desk.session.connection().execute(query).first() is not None


def _of(account_id: int, ids: Sequence[int]) -> tuple[sa.ColumnElement[bool], ...]:
    return VIEW.c.account_id == account_id, VIEW.c.document_id.in_(ids)
