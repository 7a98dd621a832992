"""Documents without paper: an automatic reminder is a mail, it is never printed."""

from __future__ import annotations

from core.errors import NotFound
from models.document import Document


def has_paper(document: Document) -> bool:
    """Tell whether a document can be printed; an automatic reminder is a mail and has no paper."""
    return document.issued_on is None or document.signed_on is not None


def refuse_reminder(document: Document) -> None:
    """Raise NotFound for an automatic reminder, which has no paper."""
    if not has_paper(document):
        raise NotFound(
            "自动提醒以邮件发出，没有纸质文书",
            found=str(document.id),
            expected="有纸质文书的编号",
            remedy="查看该文书的邮件记录（ducha outbox list）",
        )
