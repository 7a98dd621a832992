"""Documents of every kind, what they carry, bulletins, and mail."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from casework.counts.problems import said, same
from casework.counts.tallies import Column, Scope
from casework.counts.terms import Family, Indicator, Section, Source
from casework.lights.climbing import rules_of
from casework.paperwork.kinds import is_shown, kinds_in_order, name_of_kind
from core.codes import DocumentContent
from core.life.lives import MESSAGE_STATE_LABELS, DocumentState
from models.base import table_of
from models.campaign import Campaign, Visit
from models.document import Document, DocumentCase
from models.message import Message

SIGNED = tuple(state.value for state in DocumentState if state.value not in ("draft", "in_review", "void"))
DRAFT = (DocumentState.DRAFT.value, DocumentState.IN_REVIEW.value)
document_state = col(Document.state)
# A reminder goes out by itself, without number and signature: it is mail, not a 文书.
REMINDER = sa.and_(col(Document.signed_on).is_(None), document_state.in_(SIGNED))
_DAY = sa.func.coalesce(col(Document.signed_on), col(Document.drafted_on))
_TABLES = table_of(Document).outerjoin(table_of(Campaign), col(Campaign.id) == col(Document.campaign_id))
_SHOWN = (col(Document.number), col(Document.kind), document_state, col(Document.title))


def _open(name: str, tables: sa.FromClause, key: Column, *, secret: bool = False, **more: Any) -> Source:
    hidden = sa.not_(is_shown()) if secret else is_shown()
    return Source(
        name, tables, key=key, office=col(Document.office_id), campaign=col(Document.campaign_id),
        unit=col(Document.unit_id), kind=col(Campaign.kind), day=_DAY, where=(hidden,), confidential=secret,
        **{"shown": _SHOWN, **more},
    )  # fmt: skip


DOCUMENTS = _open("document", _TABLES, col(Document.id))
LETTERS = _open("letter", _TABLES, col(Document.id), secret=True)
POINTS = _open(
    "point",
    _TABLES.join(table_of(DocumentCase), col(DocumentCase.document_id) == col(Document.id)),
    sa.cast(col(DocumentCase.document_id), sa.String) + "-" + sa.cast(col(DocumentCase.case_id), sa.String),
)
MAILS = Source(
    "message",
    table_of(Message)
    .outerjoin(table_of(Document), col(Document.id) == col(Message.document_id))
    .outerjoin(table_of(Visit), col(Visit.id) == col(Message.visit_id)),
    key=col(Message.id), office=col(Message.office_id),
    campaign=sa.func.coalesce(col(Document.campaign_id), col(Visit.campaign_id)),
    unit=sa.func.coalesce(col(Document.unit_id), col(Visit.unit_id)), day=col(Message.queued_at), at_instant=True,
    shown=(col(Message.kind), col(Message.recipient_name), col(Message.state)), unrecorded=True,
)  # fmt: skip
COUNTED = sa.and_(document_state.in_(SIGNED), sa.not_(REMINDER))
SERVED = sa.and_(document_state == DocumentState.SERVED.value, sa.not_(REMINDER))
_STATES = (
    ("signed", "签发", "已签发、未作废", COUNTED, True),
    ("served", "送达", "已送达", SERVED, False),
    ("draft", "待签发", "现待签发", document_state.in_(DRAFT), False),
    ("void", "作废", "现已作废", document_state == DocumentState.VOID.value, False),
)


def _labels(key: str, word: str, *, secret: bool) -> Callable[..., Mapping[str, str]]:
    """Return the labels of one state of every kind in the rules of a scope, and of kinds these no longer have."""

    def labels(scope: Scope, found: frozenset[str]) -> Mapping[str, str]:
        book = scope.desk.rules if scope.campaign_id is None else rules_of(scope.desk, scope.campaign_id)
        hidden = {rule.code for rule in kinds_in_order(book) if rule.content is DocumentContent.REFERRAL}
        names = {rule.code: rule.name for rule in kinds_in_order(book) if (rule.code in hidden) is secret}
        used = {code.rpartition(".")[0] for code in found}
        shown = [code for code in names if key in ("signed", "served") or code in used]
        every = {code: names[code] for code in shown}
        every |= {kind: name_of_kind(scope.desk, kind) for kind in sorted(used - every.keys())}
        return {f"{kind}.{key}": f"{word}{name}" for kind, name in every.items()}

    return labels


def _by_kind(source: Source, *, secret: bool) -> Iterable[Family]:
    for key, word, said_, where, moves in _STATES:
        yield Family(
            "documents", "份", f"{said_}的文书，按种类", source, (col(Document.kind),),
            partial(_code, key), _labels(key, word, secret=secret), where=where, by_day=moves,
        )  # fmt: skip


def _code(key: str, _scope: Scope, kind: str) -> Iterable[str]:
    return (f"{kind}.{key}",)


PAPERS = Section(
    6,
    "文书",
    (
        *(
            Indicator(
                f"documents.{key}", f"{word}文书", "份", f"{said_}的文书，移送、移交文书另计", DOCUMENTS, where,
                by_day=moves,
            )
            for key, word, said_, where, moves in _STATES
        ),
        Indicator(
            "documents.reminders", "不编号提醒", "份", "不编号、不签发、自动发出的提醒", DOCUMENTS, REMINDER
        ),
        Indicator(
            "documents.points", "反馈和整改通知书载明问题", "条", "已签发的反馈、整改通知书所列的问题", POINTS,
            sa.and_(col(Document.content_kind) == DocumentContent.FINDINGS.value, document_state.in_(SIGNED)),
        ),
        *_by_kind(DOCUMENTS, secret=False),
        *_by_kind(LETTERS, secret=True),
    ),
)  # fmt: skip
BULLETINS = Section(
    11,
    "通报",
    (
        Indicator(
            "bulletins.signed", "签发通报", "份", "已签发的通报文书", DOCUMENTS,
            sa.and_(COUNTED, col(Document.kind) == "bulletin"),
        ),
    ),
)  # fmt: skip
POST = Section(
    19,
    "邮件",
    (
        Indicator("mails.all", "邮件", "封", "进入发件箱的邮件，计入当日", MAILS),
        Family(
            "mails.state", "封", "邮件，按现在的状态", MAILS, (col(Message.state),), same, said(MESSAGE_STATE_LABELS),
            by_day=False,
        ),
    ),
)  # fmt: skip
