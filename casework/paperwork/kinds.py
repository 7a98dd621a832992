"""The rule of a document's kind, and its name: as the rules had it under which the document was drafted."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from casework.desk import Desk
from casework.rulesets.library import frozen_rules
from core.codes import DocumentContent, Light
from core.errors import Refused
from core.rulebook import DocumentRule, Rulebook
from models.base import table_of
from models.document import Document

DOCUMENT = table_of(Document)
CONTENT_ORDER = {content: place for place, content in enumerate(DocumentContent)}


HIDDEN_ABOUT = ("referral", "incoming")
"""What only the compartment of linkage knows of; a document about it is hidden whatever its kind."""
REPLIES = ("incoming", "lead")
"""What letters of the compartment answer in words of a person."""


def is_hidden(document: Document) -> bool:
    """Tell whether a document belongs to the compartment of referrals: never mailed, listed, or shown to the unit."""
    return document.content_kind == DocumentContent.REFERRAL or document.about in HIDDEN_ABOUT


def drafters_of(document: Document, roles: Sequence[str]) -> tuple[str, ...]:
    """Return who may send a document to review and change its words: in the compartment its own people too."""
    return (*roles, "linkage") if is_hidden(document) else tuple(roles)


def is_editable(document: Document) -> bool:
    """Tell whether its words may be changed: a letter of transfer says what was studied and approved, no other."""
    return not is_hidden(document) or document.about in REPLIES


def refuse_made(document: Document) -> None:
    """Raise Refused for a letter whose words follow from what was approved."""
    if not is_editable(document):
        raise Refused(
            "移送函不能在文稿中修改", found="内容来自经研究批准的移送事项", expected="复函、答复",
            remedy="在移送事项页面改正后重新拟制",
        )  # fmt: skip


def is_shown() -> sa.ColumnElement[bool]:
    """Return the condition for documents outside the compartment of referrals."""
    return sa.and_(
        DOCUMENT.c.content_kind != DocumentContent.REFERRAL.value,
        sa.func.coalesce(DOCUMENT.c.about, "").not_in(HIDDEN_ABOUT),
    )


def book_of(desk: Desk, digest: str | None) -> Rulebook:
    """Return the frozen rule set of a hash; without one the current rules."""
    return frozen_rules(desk.session, digest) if digest else desk.rules


def rule_of_kind(desk: Desk, document: Document) -> DocumentRule:
    """Return the rule of a document's kind in the rules it was drafted under; raises NotFound."""
    return book_of(desk, document.rules_sha256).document(document.kind)


def name_of_kind(desk: Desk, kind: str, digest: str | None = None) -> str:
    """Return the name of a kind in a frozen rule set, else in the current rules, else its code."""
    rule = book_of(desk, digest).documents.get(kind) or desk.rules.documents.get(kind)
    return rule.name if rule else kind


def kinds_in_order(book: Rulebook) -> list[DocumentRule]:
    """Return the kinds of a rule book as people list them: by content, sheets by their light, then by code."""
    lights = {
        rung.document: (ladder.palette.rank(rung.light), place)
        for ladder in book.ladders.values()
        for profile in ladder.profiles.values()
        for place, rung in enumerate(profile.rungs)
    }
    unlit = (len(Light), 0)
    return sorted(
        book.documents.values(),
        key=lambda rule: (CONTENT_ORDER[rule.content], lights.get(rule.code, unlit), rule.code),
    )
