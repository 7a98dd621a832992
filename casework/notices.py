"""Feedback notices: one per unit for its confirmed findings that no notice carries yet."""

from __future__ import annotations

from sqlmodel import col, select

from casework.campaigns import find_campaign, plan_of
from casework.desk import Desk
from casework.documents import CaseOnDocument, draft_document
from casework.people import require_role
from core.codes import DocumentKind, Line
from core.errors import Refused
from core.lives import DocumentState
from core.rectification import SETTLED
from models.base import key_of
from models.document import Document, DocumentCase
from models.rectification import Rectification


def draft_notices(desk: Desk, code: str) -> list[Document]:
    """Draft one notice per unit of a campaign; raise Refused when there is nothing left to notify."""
    require_role(desk, ("officer", "director", "leader"), "拟制通知书")
    campaign = find_campaign(desk, code)
    by_unit: dict[int, list[int]] = {}
    for case in _cases_without_notice(desk, key_of(campaign)):
        by_unit.setdefault(case.unit_id, []).append(case.id)
    if not by_unit:
        raise Refused(
            "没有需要通知的问题",
            found=f"{code} 已认定未通知0个",
            expected="至少一个已认定、未通知的问题",
            remedy="先运行 ducha finding confirm",
        )
    kind = plan_of(campaign).notice.document
    if campaign.line == Line.ENFORCEMENT and kind is DocumentKind.FEEDBACK_NOTICE:
        kind = DocumentKind.RECTIFICATION_NOTICE
    return [
        draft_document(desk, kind, campaign, unit_id, cases=[CaseOnDocument(case_id) for case_id in cases])
        for unit_id, cases in sorted(by_unit.items())
    ]


def _cases_without_notice(desk: Desk, campaign_id: int) -> list[Rectification]:
    notified = (
        select(DocumentCase.case_id)
        .join(Document, col(Document.id) == col(DocumentCase.document_id))
        .where(
            col(Document.campaign_id) == campaign_id,
            col(Document.kind).in_(
                (DocumentKind.FEEDBACK_NOTICE.value, DocumentKind.RECTIFICATION_NOTICE.value)
            ),
            col(Document.state) != DocumentState.VOID.value,
        )
    )
    return list(
        desk.session.exec(
            select(Rectification)
            .where(
                col(Rectification.campaign_id) == campaign_id,
                col(Rectification.state).not_in([state.value for state in SETTLED]),
                col(Rectification.signed_on).is_(None),
                col(Rectification.id).not_in(notified),
            )
            .order_by(col(Rectification.id))
        )
    )
