"""The print set of a transfer (移送材料): letter, register sheet, list of materials, hand-over list, receipt.

Only people who may know write it; every file is marked 工作秘密 and tells who printed it and when; the look is noted.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from casework.desk import Desk
from casework.linkage.clues import case_of, find_referral, linkage_of
from casework.linkage.compartment import note_view
from casework.linkage.handover import CHANNELS
from casework.linkage.letters import Package, package_of
from casework.paperwork.papers import fonts_of, paper_of, print_pdf
from casework.staff.people import require_role, split
from core.codes import SECRECY_LABELS, Line, Secrecy
from core.errors import Refused
from delivery.packagewords import PARTS, render_part
from delivery.paper import Paper, print_day
from delivery.typeset import render_pdf
from delivery.worddoc import render_docx
from models.campaign import Finding
from models.document import Document
from models.referral import Referral

LETTER = "移送函"
NUMBERED = {"register": "2", "materials": "3", "handover": "4", "receipt": "5"}


def print_package(desk: Desk, referral_id: int, folder: Path) -> list[dict[str, object]]:
    """Write the print set of an approved transfer to a folder; return [{file, bytes}] in the order of the set.

    raises   Refused before the approval, when there is no letter yet
    """
    row = find_referral(desk, referral_id)
    require_role(desk, ("linkage", "director"), "打印移送材料")
    letter = desk.session.get(Document, row.document_id) if row.document_id else None
    if letter is None:
        raise Refused(
            "该线索尚未批准移送，没有移送材料",
            found=f"状态 {row.state}",
            expected="已批准移送",
            remedy="先运行 ducha referral approve",
        )
    target = folder / f"移送材料-{row.id}"
    target.mkdir(parents=True, exist_ok=True)
    target.chmod(0o700)
    files = [_write(target / name, content) for name, content in _contents(desk, row, letter)]
    note_view(desk, "referral", referral_id, "package", unit_id=case_of(desk, row).unit_id)
    return files


def _contents(desk: Desk, row: Referral, letter: Document) -> Iterator[tuple[str, bytes]]:
    """Yield (name, content) of every file: a PDF to print and a .docx to look at, one pair a paper."""
    fonts = fonts_of(desk)
    own = paper_of(desk, letter)
    yield f"1{LETTER}.pdf", print_pdf(desk, letter)
    yield f"1{LETTER}.docx", render_docx(own)
    values = _values(desk, row, letter, own.title)
    for part in PARTS:
        paper = _paper(desk, letter, part, values)
        yield f"{NUMBERED[part]}{paper.title}.pdf", render_pdf(paper, fonts)
        yield f"{NUMBERED[part]}{paper.title}.docx", render_docx(paper)


def _paper(desk: Desk, letter: Document, part: str, values: Mapping[str, Any]) -> Paper:
    profile = desk.office_rules.lines[Line(letter.line)]
    title, blocks = render_part(part, values)
    return Paper(
        kind=letter.kind,
        layout="form",
        issuer=profile.issuer,
        number=letter.number,
        title=title,
        addressee=values["receiver"],
        blocks=blocks,
        signature_name=profile.seal_name,
        signed_on=letter.signed_on,
        secrecy=SECRECY_LABELS[Secrecy.WORK_SECRET],
        footer_note=f"工作秘密　{desk.actor.name}（{desk.actor.code}）{print_day(desk.today)}打印"
        f"　线索{values['reference']}",
    )


def _values(desk: Desk, row: Referral, letter: Document, title: str) -> dict[str, Any]:
    package = package_of(desk, row)
    profile, contacts = desk.office_rules.lines[Line(letter.line)], desk.office_rules.contacts
    days = linkage_of(desk, row).feedback_workdays
    case = desk.session.get_one(Finding, case_of(desk, row).id).code
    return {
        "issuer": profile.issuer,
        "receiver": package.receiver,
        "letter_number": letter.number or "（编号待签发）",
        "letter_title": title,
        "reference": f"{case}-{row.number}-{row.part}",
        "source": package.source,
        "subject_unit": package.unit,
        "matter": package.matter,
        "facts": package.facts,
        "verified": package.verified,
        "opinion": package.opinion,
        "studied": print_day(row.studied_on),
        "participants_count": len(split(row.participants or "")),
        "approved": f"{row.approved_by or ''}，{print_day(row.decided_on)}",
        "contact": {"person": contacts.name, "phone": contacts.phone},
        "channel": CHANNELS.get(row.channel or "", "专人送达或机要"),
        "feedback": {
            "count": days,
            "unit": "个工作日",
            "start": "收到移送函",
            "due_on": "",
            "provisional": False,
        },
        **_counted(package),
    }


def _counted(package: Package) -> dict[str, Any]:
    """Return the lists and their sums; a number that is not known yet stays blank for the pen."""
    whole = all(one.pages for one in package.materials)
    total = str(package.pages) if whole else ""
    return {
        "materials": [
            {
                "name": one.name,
                "nature": "原件" if one.original else "复制件",
                "copies": str(one.copies),
                "pages": str(one.pages or ""),
                "file": one.file[:12],
            }
            for one in package.materials
        ],
        "materials_count": len(package.materials),
        "copies": str(package.copies),
        "pages_total": total,
        "pages_text": f"{total}页" if total else "",
        "parts": [
            {"name": "移送函", "copies": "1", "pages": ""},
            {"name": "问题线索移送登记表", "copies": "1", "pages": ""},
            {"name": "证据材料清单", "copies": "1", "pages": ""},
            {"name": "证据材料", "copies": str(package.copies), "pages": total},
            {"name": "回执（空白）", "copies": "1", "pages": ""},
        ],
    }


def _write(path: Path, content: bytes) -> dict[str, object]:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
        stream.write(content)
    return {"file": str(path), "bytes": len(content)}
