"""Letters of linkage and the lists that go with them: what was studied and approved, and the materials, counted.

The letter, the register sheet, the list of materials, the hand-over list and the receipt are all made from
`Package`, so that none says something else than the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import col, select

from casework.desk import SYSTEM, Desk
from casework.linkage.clues import act_note, case_of, find_referral, keep, linkage_of, words
from casework.paperwork.documents import CaseOnDocument, draft_document, void_document
from casework.staff.people import require_role
from core.codes import Light
from core.errors import InvalidInput, Refused
from core.life.lives import DocumentState
from core.rulebook import LinkageRules
from models.audit import canonical_json
from models.base import key_of
from models.campaign import Finding
from models.document import Document
from models.organisation import Unit
from models.rectification import Rectification
from models.referral import Referral, ReferralMaterial

LEFT_OUT = ("问题线索移送登记表", "证据材料清单及复制件")
"""What the package holds besides the materials themselves: printed with it, not listed twice."""


@dataclass(frozen=True, slots=True)
class Material:
    """One line of the list of materials; `pages` of one copy, 0 where they are counted by hand."""

    name: str
    copies: int = 1
    pages: int = 0
    original: bool = False
    file: str = ""

    @property
    def told(self) -> dict[str, str]:
        """Return the line as the letter prints it."""
        pages = f"（每份{self.pages}页）" if self.pages else ""
        return {"name": self.name, "copies": f"{self.copies}份{pages}"}


@dataclass(frozen=True, slots=True)
class Package:
    """What a transfer says and brings, for every paper of it."""

    receiver: str
    unit: str
    source: str
    matter: str
    facts: str
    verified: str
    opinion: str
    materials: tuple[Material, ...]

    @property
    def copies(self) -> int:
        return sum(one.copies for one in self.materials)

    @property
    def pages(self) -> int:
        return sum(one.copies * one.pages for one in self.materials)


def draft_letter(desk: Desk, row: Referral, case: Rectification, linkage: LinkageRules) -> Document:
    """Draft the letter of an approved transfer with its package list; it is printed and handed over, never mailed."""
    receiver = linkage.receivers[row.receiver or ""]
    if not materials_of(desk, row):
        _seed_materials(desk, row, linkage)
    return draft_document(
        desk,
        receiver.document,
        desk.campaign(case.campaign_id),
        case.unit_id,
        inputs=_inputs(package_of(desk, row)),
        cases=[CaseOnDocument(case.id, Light(case.light), case.due_on)],
        author=SYSTEM,
    )


def package_of(desk: Desk, row: Referral) -> Package:
    """Return what a transfer says and brings, as it stands now."""
    case, linkage = case_of(desk, row), linkage_of(desk, row)
    campaign = desk.campaign(case.campaign_id)
    finding = desk.session.get_one(Finding, case.id)
    unit = desk.session.get_one(Unit, case.unit_id)
    receiver = linkage.receivers[row.receiver or ""]
    signed = f"，相关问题于{case.signed_on:%Y年%-m月%-d日}书面反馈并通知整改" if case.signed_on else ""
    return Package(
        receiver=desk.office_rules.receivers.get(receiver.code, receiver.name),
        unit=unit.name,
        source=f"{campaign.title}整改跟踪。整改事项编号{finding.code}{signed}。",
        matter=row.matter or receiver.matter,
        facts=finding.problem + (f"本次移送的部分：{row.matter}。" if row.matter else ""),
        verified=row.study_note or "",
        opinion=row.opinion or "",
        materials=tuple(
            Material(one.name, one.copies, one.pages, one.original, one.sha256 or "")
            for one in materials_of(desk, row)
        ),
    )


def _inputs(package: Package) -> dict[str, object]:
    return {
        "receiver_name": package.receiver,
        "values": {
            "source": package.source,
            "subject": f"{package.unit}（有关人员情况见材料）。",
            "facts": package.facts,
            "verified": package.verified,
            "opinion": package.opinion,
            "materials": [one.told for one in package.materials],
        },
    }


def list_materials(
    desk: Desk,
    referral_id: int,
    materials: Sequence[Material],
    files: Sequence[Path] = (),
    *,
    anew: bool = False,
) -> list[Material]:
    """Add lines to the list of materials of a transfer, or write it anew; a draft letter follows it.

    files    kept for the referral, one for each of the first materials
    raises   Refused once the letter is signed; InvalidInput for a name that is missing or a count below one
    """
    row = find_referral(desk, referral_id)
    require_role(desk, ("linkage", "director"), "编制移送材料清单")
    letter = desk.session.get(Document, row.document_id) if row.document_id else None
    if letter is not None and letter.state not in (DocumentState.DRAFT.value, DocumentState.IN_REVIEW.value):
        raise Refused(
            "移送函已经签发，不能改动材料清单",
            found=letter.state,
            expected="尚未签发的移送函",
            remedy="补充材料另行移送",
        )
    if anew:
        for old in materials_of(desk, row):
            desk.session.delete(old)
        desk.session.flush()
    begin = len(materials_of(desk, row))
    for place, material in enumerate(materials):
        _check(material)
        digest = keep(desk, row, "material", files[place] if place < len(files) else None)
        desk.session.add(_stored(row, begin + place + 1, material, digest))
    desk.session.flush()
    act_note(desk, row, "list_materials", count=len(materials), anew=anew)
    if letter is not None:
        letter.inputs = canonical_json(_inputs(package_of(desk, row)))
        desk.session.add(letter)
    return list(package_of(desk, row).materials)


def _check(material: Material) -> None:
    words(material.name, "材料名称", "--name")
    if material.copies < 1 or material.pages < 0:
        raise InvalidInput(
            "材料的份数、页数不正确",
            found=f"{material.copies}份{material.pages}页",
            expected="份数至少1，页数不小于0",
            remedy="改正 --copies、--pages",
        )


def _stored(row: Referral, position: int, material: Material, digest: str | None) -> ReferralMaterial:
    return ReferralMaterial(
        referral_id=key_of(row),
        position=position,
        name=material.name.strip(),
        copies=material.copies,
        pages=material.pages,
        original=material.original,
        sha256=digest,
    )


def _seed_materials(desk: Desk, row: Referral, linkage: LinkageRules) -> None:
    for place, name in enumerate(one for one in linkage.package if one not in LEFT_OUT):
        desk.session.add(ReferralMaterial(referral_id=key_of(row), position=place + 1, name=name))
    desk.session.flush()


def materials_of(desk: Desk, row: Referral) -> list[ReferralMaterial]:
    """Return the list of materials of a transfer, in its order."""
    query = select(ReferralMaterial).where(col(ReferralMaterial.referral_id) == row.id)
    return list(desk.session.exec(query.order_by(col(ReferralMaterial.position))))


def withdraw_letter(desk: Desk, row: Referral, reason: str) -> None:
    """Void the letter of a transfer that is not made after all; its number stays taken."""
    letter = desk.session.get(Document, row.document_id) if row.document_id else None
    if letter is not None and letter.state != DocumentState.VOID.value:
        void_document(desk, key_of(letter), reason)
