"""导入: a list of units, of people or an old ledger is checked and shown cell by cell, then brought in as one piece."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from fastapi.responses import Response

from casework.desk import Desk
from casework.ledgers.ledger import import_ledger
from casework.ledgers.ledgerpreview import preview_ledger
from casework.staff.parties import import_people, import_units
from casework.staff.partypreview import preview_people, preview_units
from console.downloads import SHEET, attachment
from console.forms import HasForm
from console.holding import HasHolding, laid_out
from console.jobs import HasJobs, Job, Outcome
from console.rendering import show
from console.routes import Pages, done
from console.visits import HasVisit, Visit
from core.access.permissions import Permission
from core.errors import DuchaError, InvalidInput, NotFound
from delivery.sheets.blank import PEOPLE_GUIDE, UNITS_GUIDE, blank_ledger, blank_people, blank_units

router = Pages(Permission.UNITS)


@dataclass(frozen=True, slots=True)
class Import:
    """One thing that may be brought in: how it is looked at, how it is written, and where it is found afterwards."""

    name: str
    active: str
    address: str
    look: Callable[[Desk, Path], object]
    write: Callable[[Desk, Path], Mapping[str, int]]
    said: str
    blank: Callable[[], bytes]
    guide: tuple[str, ...]


IMPORTS = {
    "units": Import(
        "被督察单位名册", "units", "/units", preview_units, import_units, "新增{added}家，更新{updated}家",
        blank_units, UNITS_GUIDE,
    ),
    "people": Import(
        "人才库名册", "people", "/people", preview_people, import_people, "新增{added}人，更新{updated}人",
        blank_people, PEOPLE_GUIDE,
    ),
    "ledger": Import(
        "历史整改台账", "ledger", "/ledger", preview_ledger, import_ledger,
        "导入{added}件，其中在办{open}件、已销号{closed}件，新建批次{campaigns}个", blank_ledger,
        ("保留原来的日期，不起草、不发送任何文书。", "系统中没有的批次，会按台账内容建成进行中的批次。"),
    ),
}  # fmt: skip


def _import_of(what: str) -> Import:
    if what not in IMPORTS:
        raise NotFound(
            "没有这种导入", found=what[:20], expected="单位、人才库、台账", remedy="从名册页面进入"
        )
    return IMPORTS[what]


@router.page("/imports/{what}")
def show_import(visit: HasVisit, what: str) -> Response:
    """Show where to choose a file; when it was refused, with every bad cell."""
    return _import_page(visit, what)


def _import_page(visit: Visit, what: str, error: DuchaError | None = None) -> Response:
    one = _import_of(what)
    cells = error.cells if isinstance(error, InvalidInput) else ()
    with visit.desk() as desk:
        return show(
            visit, desk, "registry/import.html.j2", one.active, what=what, one=one, error=error, cells=cells
        )


@router.page("/imports/{what}/blank")
def save_blank(what: str) -> Response:
    """Send an empty table with the right headers."""
    one = _import_of(what)
    return attachment(one.blank(), f"{one.name}（空表）.xlsx", SHEET)


@router.act("/imports/{what}", again=_import_page)
def look_at_file(visit: HasVisit, what: str, form: HasForm, holding: HasHolding) -> Response:
    """Show what a file would change; nothing is written."""
    one = _import_of(what)
    path = form.needed_file("file", one.name)
    with visit.desk() as desk:
        found = one.look(desk, path)
        return show(
            visit, desk, "registry/importpreview.html.j2", one.active, what=what, one=one, preview=found,
            file=path.name, word=holding.keep(visit, path),
        )  # fmt: skip


@router.act("/imports/{what}/do", again=_import_page)
def bring_in(visit: HasVisit, what: str, form: HasForm, holding: HasHolding, jobs: HasJobs) -> Response:
    """Bring in the file that was looked at: all of it or nothing."""
    one = _import_of(what)
    held = holding.find(visit, form.text("held"))

    def work(job: Job) -> Outcome:
        job.tell(0, 1, f"正在写入 {held.name}")
        with laid_out(held) as path, visit.acting() as desk:
            told = one.write(desk, path)
        return Outcome(f"导入完成：{one.said.format(**told)}", address=one.address)

    return done(jobs.start(visit, f"导入{one.name}", work))
