"""操作日志: the audit administrator's: read, verify, export; what is confidential is counted, never shown."""

from __future__ import annotations

from fastapi.responses import Response

from casework.accounts.auditlog import (
    ADMINISTRATORS,
    SUBJECT_LABELS,
    LogFilters,
    LogLine,
    confidential_looks,
    export_log,
    log_view,
    verify_log,
)
from console.downloads import SHEET
from console.forms import HasForm
from console.jobs import HasJobs, Job, Outcome
from console.lists import HasQuery
from console.rendering import show
from console.routes import Pages, done
from console.visits import HasVisit, Visit
from core.access.permissions import Permission
from delivery.sheets.tabular import Sheet, write_sheets
from delivery.sheets.workbook import Column
from system.clock import SHANGHAI

router = Pages(Permission.AUDIT)
SUBJECTS = tuple(SUBJECT_LABELS.items())
COLUMNS = tuple(
    Column(name, width)
    for name, width in (
        ("时间", 20), ("计入日期", 12), ("操作人", 14), ("姓名", 16), ("对象", 12), ("编号", 10), ("操作", 16),
        ("原状态", 14), ("现状态", 14), ("内容", 60), ("链位", 10),
    )
)  # fmt: skip


@router.page("/audit")
def show_log(visit: HasVisit, query: HasQuery) -> Response:
    """Show one page of the log."""
    filters = LogFilters.read(query)
    with visit.desk() as desk:
        return show(
            visit, desk, "system/audit.html.j2", "audit", page=log_view(desk, filters, query.get("before", "")),
            subjects=SUBJECTS, administrators=ADMINISTRATORS, first_page="before" not in query,
        )  # fmt: skip


@router.page("/audit/confidential")
def show_looks(visit: HasVisit, query: HasQuery) -> Response:
    """Show who looked at confidential material how often."""
    filters = LogFilters.read(query)
    with visit.desk() as desk:
        return show(
            visit,
            desk,
            "system/looks.html.j2",
            "audit",
            looks=confidential_looks(desk, filters),
            filters=filters,
        )


@router.act("/audit/verify")
def verify(visit: HasVisit, jobs: HasJobs, _form: HasForm) -> Response:
    """Recompute the chains, beside the pages."""
    return done(jobs.start(visit, "核验操作日志", lambda job: _verify(visit, job)))


def _verify(visit: Visit, job: Job) -> Outcome:
    job.tell(0, 1, "逐环重新计算校验值")
    with visit.acting() as desk:
        checked, broken = verify_log(desk)
    lines = tuple(f"第{one.shard}链第{one.seq}环：{one.why}" for one in broken)
    if broken:
        return Outcome(f"核对{checked}条，{len(broken)}处不符；停止写入，查明原因", lines=lines)
    return Outcome(f"核对{checked}条，各环相符", address="/audit")


@router.act("/audit/export")
def export(visit: HasVisit, jobs: HasJobs, form: HasForm) -> Response:
    """Write the entries of the filters to a workbook, beside the pages."""
    filters = LogFilters.read(form.texts())
    return done(jobs.start(visit, "导出操作日志", lambda job: _export(visit, filters, job)))


def _export(visit: Visit, filters: LogFilters, job: Job) -> Outcome:
    job.tell(0, 2, "读取记录")
    with visit.acting() as desk:
        lines, today = export_log(desk, filters), desk.today
    job.tell(1, 2, "写成表格")
    content = write_sheets("操作日志", [Sheet("操作日志", COLUMNS, [_row(line) for line in lines])], today)
    return Outcome(f"共{len(lines)}条", file=content, name=f"操作日志-{today}.xlsx", media=SHEET)


def _row(line: LogLine) -> list[str]:
    at = line.at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
    return [
        at, line.on_day.isoformat(), line.actor, line.name, line.subject, line.about, line.act, line.before,
        line.after, line.said, line.place,
    ]  # fmt: skip
