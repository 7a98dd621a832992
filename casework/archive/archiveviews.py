"""The register of files as a page shows it: narrowed by state, by what is to be handed over, by what has run out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import sqlalchemy as sa

from casework.archive.archiving import Wanted, find_file, list_files, plan_of_office
from casework.archive.packages import kept_package
from casework.desk import Desk
from casework.filters import Filters, one_of
from casework.leaves import Leaf, cut
from core.life.archivelife import ARCHIVE, ArchiveState
from core.life.lives import CampaignState
from core.life.rectification import SETTLED
from core.rulebook.archives import RETENTION_LABELS, Retention
from models.archive import ArchiveFile
from models.audit import history_of
from models.base import key_of, table_of
from models.campaign import Campaign, Finding
from models.rectification import Evidence, Rectification

SUBJECT_WORDS = {
    "case": "整改事项",
    "campaign": "督察批次",
    "referral": "移送",
    "matter": "行政争议",
    "lead": "线索",
}
PILES = {"": "全部", "hand_over": "年内应移交进馆", "expired": "保管期满"}
SHOWN = 50
CASE, FINDING, CAMPAIGN = table_of(Rectification), table_of(Finding), table_of(Campaign)
ARCHIVED = table_of(ArchiveFile)


@dataclass(frozen=True, slots=True)
class ArchiveFilters(Filters):
    """What the register shows."""

    state: str = one_of(*ArchiveState)
    pile: str = one_of(*PILES)
    q: str = ""


@dataclass(frozen=True, slots=True)
class ArchiveList:
    """One leaf of the register; `agreed` says whether files may be numbered yet."""

    filters: ArchiveFilters
    leaf: Leaf[ArchiveFile]
    agreed: bool
    approval: str
    ready: tuple[tuple[str, str, str], ...]


def archive_view(desk: Desk, filters: ArchiveFilters, number: int) -> ArchiveList:
    """Return the files in sight that fit, and what has ended and is not packed yet."""
    year_end = desk.today.replace(month=12, day=31)
    wanted = Wanted(
        filters.state or None, year_end if filters.pile == "hand_over" else None, filters.pile == "expired"
    )
    rows = [
        row
        for row in list_files(desk, wanted)
        if filters.q in f"{row.code}　{row.title}　{row.archive_no or ''}"
    ]
    plan = plan_of_office(desk)
    agreed = plan.approval is not None and plan.fonds is not None
    approval = f"{plan.approval.by} {plan.approval.document}" if plan.approval else ""
    return ArchiveList(filters, cut(rows, number), agreed, approval, _ready(desk))


def _ready(desk: Desk) -> tuple[tuple[str, str, str], ...]:
    """Return (subject, code, title) of what has ended and has no file yet, the oldest first."""
    connection = desk.session.connection()
    packed = sa.select(ARCHIVED.c.subject_id).where(ARCHIVED.c.office_id == desk.office_id)
    campaigns = (
        sa.select(CAMPAIGN.c.code, CAMPAIGN.c.title)
        .where(
            CAMPAIGN.c.office_id == desk.office_id,
            CAMPAIGN.c.state == CampaignState.CLOSED.value,
            CAMPAIGN.c.id.not_in(packed.where(ARCHIVED.c.subject == "campaign")),
        )
        .order_by(CAMPAIGN.c.closed_on, CAMPAIGN.c.code)
        .limit(SHOWN)
    )
    cases = (
        sa.select(FINDING.c.code, FINDING.c.problem)
        .join(CASE, CASE.c.id == FINDING.c.id)
        .where(
            CASE.c.office_id == desk.office_id,
            CASE.c.state.in_(sorted(SETTLED)),
            CASE.c.id.not_in(packed.where(ARCHIVED.c.subject == "case")),
        )
        .order_by(CASE.c.closed_on, FINDING.c.code)
        .limit(SHOWN)
    )
    found = [("campaign", row.code, row.title) for row in connection.execute(campaigns)]
    return (*found, *(("case", row.code, row.problem) for row in connection.execute(cases)))


@dataclass(frozen=True, slots=True)
class ArchivePage:
    """One file with its package and its history; `acts` are what may be done now by this actor."""

    row: ArchiveFile
    subject: str
    state: str
    retention: str
    package: Evidence | None
    history: tuple[Any, ...]
    acts: frozenset[str]
    expired: bool
    agreed: bool


def archive_file_view(desk: Desk, archive_id: int) -> ArchivePage:
    """Return one file; raise NotFound for one out of sight."""
    row = find_file(desk, archive_id)
    state = ArchiveState(row.state)
    plan = plan_of_office(desk)
    acts = frozenset(
        act.value
        for (before, act) in ARCHIVE.moves
        if before == state and desk.actor.roles & ARCHIVE.actors.get(act, frozenset())
    )
    return ArchivePage(
        row=row,
        subject=SUBJECT_WORDS.get(row.subject, row.subject),
        state=ARCHIVE.state_labels[state],
        retention=RETENTION_LABELS[cast("Retention", row.retention)],
        package=kept_package(desk, archive_id),
        history=tuple(history_of(desk.session, desk.office_id, "archive", [key_of(row)])),
        acts=acts,
        expired=row.kept_until is not None and row.kept_until < desk.today,
        agreed=plan.approval is not None and plan.fonds is not None,
    )
