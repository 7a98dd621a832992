"""What was handed in on a matter: 三个一, papers, half-month reports, sheets, files, the cases it is linked with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from casework.desk import Desk
from casework.intake.keptfiles import KeptFile, files_of
from casework.litigation.files import MatterFile, rules_of_matter
from casework.litigation.matteracts import acts_on
from casework.litigation.matterboard import matter_and_unit
from casework.litigation.matterpage import MatterHead, head_of
from casework.litigation.ones import ones_values
from casework.paperwork.kinds import name_of_kind
from casework.rectification.timeline import names_of
from casework.sight import cases_in_sight, documents_in_sight
from core.codes import Light
from core.ladders.matters import FACTS
from core.life.halflife import HALF_REPORT, HalfReportState
from core.life.matterlife import (
    FAULT_LABELS,
    PAPER_KIND_LABELS,
    Fault,
    PaperKind,
)
from models.campaign import Finding
from models.document import Document
from models.halfreport import HalfReport
from models.matter import LitigationMatter, MatterResult, MatterSheet
from models.matterwork import MatterLink, MatterOnes, MatterPaper
from models.organisation import Unit
from models.rectification import Rectification

HALF_STATES = {state.value: label for state, label in HALF_REPORT.state_labels.items()}
FILE_WORDS = {
    "decide": "裁判文书", "settle": "和解文书", "withdraw": "撤诉文书", "perform": "履行", "ones": "化解方案",
    **{kind.value: label for kind, label in PAPER_KIND_LABELS.items()},
    **{f"fact_{code}": word for code, word in FACTS.items()},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class MatterPapers:
    """What was handed in on a matter, and the acts that are legal now."""

    head: MatterHead
    file: MatterFile
    ones: dict[str, object] | None
    papers: list[dict[str, Any]]
    reports: list[HalfReport]
    sheets: list[dict[str, Any]]
    files: list[KeptFile]
    cases: list[tuple[str, str]]
    names: Mapping[str, str]
    acts: tuple[str, ...]


def matter_papers(desk: Desk, matter_id: int) -> MatterPapers:
    """Return what was handed in on a matter in sight; raise NotFound."""
    row, unit = matter_and_unit(desk, matter_id)
    file = _file(desk, row)
    papers, files = _papers(desk, file), files_of(desk, "matter", matter_id)
    reports = _reports(desk, file)
    people = {one["by"] for one in papers} | {one.by for one in files} | {one.sent_by for one in reports}
    people |= {file.ones.set_by} if file.ones else set()
    return MatterPapers(
        head=head_of(desk, file, unit),
        file=file,
        ones=ones_values(file),
        papers=papers,
        reports=reports,
        sheets=_sheets(desk, file),
        files=files,
        cases=_cases(desk, file),
        names=names_of(desk, people - {""}, (unit,)),
        acts=acts_on(desk, file),
    )


def _file(desk: Desk, row: LitigationMatter) -> MatterFile:
    """Return a matter with its result and its newest 三个一: all that this page asks of it."""
    file = MatterFile(row, rules_of_matter(desk, row).litigation_of(desk.office.code))
    query = (
        select(MatterOnes, MatterResult)
        .join_from(
            LitigationMatter, MatterOnes, col(MatterOnes.matter_id) == col(LitigationMatter.id), isouter=True
        )
        .outerjoin(
            MatterResult,
            (col(MatterResult.matter_id) == col(LitigationMatter.id)) & col(MatterResult.voided_on).is_(None),
        )
        .where(col(LitigationMatter.id) == row.id)
        .order_by(col(MatterOnes.number).desc())
    )
    found = desk.session.exec(query).first()
    if found is not None:
        file.ones, file.result = found[0], found[1]
    return file


def _papers(desk: Desk, file: MatterFile) -> list[dict[str, Any]]:
    query = select(MatterPaper).where(col(MatterPaper.matter_id) == file.id)
    told = []
    for one in desk.session.exec(query.order_by(col(MatterPaper.id).desc())):
        # What a recap says of responsibility is for the office; the unit has the recap itself.
        fault = FAULT_LABELS[Fault(one.fault)] if one.fault and not desk.actor.speaks_for_unit else ""
        told.append(
            {
                "paper": PAPER_KIND_LABELS[PaperKind(one.kind)],
                "on": one.on_day,
                "text": one.content,
                "next": one.next_steps,
                "copied_to": one.copied_to,
                "by": one.recorded_by,
                "fault": fault,
            }
        )
    return told


def _reports(desk: Desk, file: MatterFile) -> list[HalfReport]:
    query = select(HalfReport).where(
        col(HalfReport.office_id) == desk.office_id,
        col(HalfReport.subject) == "matter",
        col(HalfReport.subject_id) == file.id,
    )
    if desk.actor.speaks_for_unit:  # a report is owed by one unit; who is sued beside it is not told of it
        own = select(Unit.id).where(
            col(Unit.office_id) == desk.office_id, col(Unit.code) == desk.actor.unit_code
        )
        query = query.where(col(HalfReport.unit_id).in_(own))
    return list(desk.session.exec(query.order_by(col(HalfReport.period_from).desc())))


def waiting_reports(page: MatterPapers) -> list[HalfReport]:
    """Return the half-month reports that are still owed."""
    owed = (HalfReportState.OWED.value, HalfReportState.LATE.value)
    return [one for one in page.reports if one.state in owed]


def _sheets(desk: Desk, file: MatterFile) -> list[dict[str, Any]]:
    query = (
        select(MatterSheet, Document)
        .join(Document, col(Document.id) == col(MatterSheet.document_id))
        .where(col(MatterSheet.matter_id) == file.id, documents_in_sight(desk))
        .order_by(col(MatterSheet.id).desc())
    )
    return [
        {
            "light": Light(sheet.light),
            "on": sheet.fired_on,
            "document": sheet.document_id,
            "name": name_of_kind(desk, document.kind, document.rules_sha256),
            "number": document.number or "",
            "state": document.state,
        }
        for sheet, document in desk.session.exec(query)
    ]


def _cases(desk: Desk, file: MatterFile) -> list[tuple[str, str]]:
    if desk.actor.speaks_for_unit:
        return []
    query = (
        select(Finding.code, MatterLink.reason)
        .join(MatterLink, col(MatterLink.case_id) == col(Finding.id))
        .join(Rectification, col(Rectification.id) == col(Finding.id))
        .where(col(MatterLink.matter_id) == file.id, cases_in_sight(desk))
    )
    return [(code, reason) for code, reason in desk.session.exec(query.order_by(col(Finding.code)))]
