"""Letters of linkage: what was studied and approved, with the list of materials."""

from __future__ import annotations

from casework.desk import SYSTEM, Desk
from casework.documents import CaseOnDocument, draft_document
from core.codes import Light
from core.rulebook import LinkageRules
from models.campaign import Campaign, Finding
from models.document import Document
from models.organisation import Unit
from models.rectification import Rectification
from models.referral import Referral


def draft_letter(desk: Desk, row: Referral, case: Rectification, linkage: LinkageRules) -> Document:
    """Draft the letter of an approved transfer with its package list; it is printed and handed over, never mailed."""
    receiver = linkage.receivers[row.receiver or ""]
    campaign = desk.session.get(Campaign, case.campaign_id)
    finding = desk.session.get(Finding, case.id)
    unit = desk.session.get(Unit, case.unit_id)
    assert campaign is not None
    assert finding is not None
    assert unit is not None  # foreign keys
    name = desk.office_rules.receivers.get(receiver.code, receiver.name)
    materials = linkage.package
    return draft_document(
        desk,
        receiver.document,
        campaign,
        case.unit_id,
        inputs={
            "receiver_name": name,
            "values": {
                "source": f"{campaign.title}整改跟踪。整改事项编号{finding.code}，"
                f"相关问题于{case.signed_on:%Y年%-m月%-d日}书面反馈并通知整改。",
                "subject": f"{unit.name}（有关人员情况见材料）。",
                "facts": finding.problem,
                "verified": row.study_note or "",
                "opinion": row.opinion or "",
                "materials": [{"name": text, "copies": "1份"} for text in materials],
            },
        },
        cases=[CaseOnDocument(case.id, Light(case.light), case.due_on)],
        author=SYSTEM,
    )
