"""What the demo leaves behind: every document as PDF and .docx, the ledger, the reports, and the summary."""

from __future__ import annotations

import resource
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Desk
from casework.paperwork.documents import find_document
from casework.paperwork.papers import print_docx, print_pdf
from casework.upkeep.doctor import examine
from cli.demo.views import is_paper
from cli.demo.world import COMPREHENSIVE, LINKAGE, OLD, SPECIAL, World
from core.codes import Light
from models.base import table_of
from models.document import Document
from models.message import Message
from models.organisation import Unit
from models.rectification import Rectification
from models.referral import Referral

BATCH = 20


def write_documents(world: World, progress: Callable[[int, int], None]) -> int:
    """Write each document as PDF and .docx; return how many there are."""
    folder = world.folder("documents")
    with world.desk(readonly=True) as desk:
        query = select(Document.id).where(col(Document.office_id) == desk.office_id, is_paper())
        numbers = [
            number for number in desk.session.exec(query.order_by(col(Document.id))) if number is not None
        ]
    for start in range(0, len(numbers), BATCH):
        # Letters of referral are read by the people of their compartment only.
        with world.desk(by=LINKAGE, readonly=True) as desk:
            for number in numbers[start : start + BATCH]:
                _write_document(desk, folder, number)
        progress(min(start + BATCH, len(numbers)), len(numbers))
    return len(numbers)


def _write_document(desk: Desk, folder: Path, number: int) -> None:
    document = find_document(desk, number)
    unit = desk.session.get(Unit, document.unit_id)
    assert unit is not None  # foreign key
    name = f"{document.kind}-{document.number or f'{document.state}{number}'}-{unit.code}"
    (folder / f"{name}.pdf").write_bytes(print_pdf(desk, document))
    (folder / f"{name}.docx").write_bytes(print_docx(desk, document))


def write_reports(world: World) -> list[Path]:
    """Write the ledger and the report of each campaign; return their paths."""
    from casework.ledgers.ledger import export_ledger
    from casework.reports.campaignreport import campaign_report
    from delivery.report import render_report

    paths = [world.out / "ledger.xlsx"]
    with world.desk(readonly=True) as desk:
        paths[0].write_bytes(export_ledger(desk))
        for code in (COMPREHENSIVE, SPECIAL, OLD):
            path = world.out / f"report-{code}.html"
            path.write_text(render_report(campaign_report(desk, code)), encoding="utf-8")
            paths.append(path)
    return paths


def summarise(world: World, seconds: float) -> dict[str, Any]:
    """Return the counts of the demo as `summary.json` holds them."""
    with world.desk(by="L-DIRECTOR", readonly=True) as desk:
        diagnosis = examine(desk)
        document, case = table_of(Document), table_of(Rectification)
        message, referral = table_of(Message), table_of(Referral)
        return {
            "documents": _count(desk, document.c.kind),
            "document_states": _count(desk, document.c.state),
            "lights": _every_light(desk) | _count(desk, case.c.highest_light),
            "cases": {**_count(desk, case.c.state), **_case_counts(desk)},
            "mails": {**_count(desk, message.c.state), **_mail_counts(desk)},
            "mail_kinds": _count(desk, message.c.kind),
            "referrals": _count(desk, referral.c.state),
            "invariants": {
                "checked": sum(one.checked for one in diagnosis.invariants),
                "broken": sum(one.broken for one in diagnosis.invariants),
            },
            "seconds": round(seconds, 1),
            "peak_mb": peak_mb(),
        }


def _every_light(desk: Desk) -> dict[str, int]:
    """Return a zero for every colour the office's ladder uses, and for none."""
    from casework.lights.climbing import office_palette

    return {light.value: 0 for light in (Light.NONE, *office_palette(desk).lights)}


def _count(desk: Desk, column: sa.Column[Any]) -> dict[str, int]:
    query = sa.select(column, sa.func.count()).group_by(column).order_by(column)
    return {str(value): number for value, number in desk.session.connection().execute(query)}


def _case_counts(desk: Desk) -> dict[str, int]:
    case = table_of(Rectification)
    query = sa.select(
        sa.func.count(),
        sa.func.count(sa.case((case.c.round > 1, 1))),
        sa.func.count(sa.case((case.c.extensions > 0, 1))),
        sa.func.count(sa.case((case.c.returns > 0, 1))),
    )
    row = desk.session.connection().execute(query).one()
    return dict(zip(("total", "reopened", "extended", "returned"), row, strict=True))


def _mail_counts(desk: Desk) -> dict[str, int]:
    """Return the mails that did not go through at once: tried again, and settled by a person."""
    message = table_of(Message)
    query = sa.select(
        sa.func.count(),
        sa.func.count(sa.case((message.c.attempts > 1, 1))),
        sa.func.count(message.c.resolved_by),
    )
    row = desk.session.connection().execute(query).one()
    return dict(zip(("total", "tried_again", "resolved"), row, strict=True))


def peak_mb() -> int:
    """Return the most memory this process has held, in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1024 * 1024 if sys.platform == "darwin" else 1024))
