"""统计期: closed once and read from the kept numbers ever after; what comes late counts in the next one."""

from __future__ import annotations

from fastapi.responses import Response

from casework.leaves import cut, read_number
from casework.reports.exporting import period_sheet
from casework.reports.periods import close_period, read_kind
from casework.reports.periodview import describe_period
from casework.reports.reportviews import next_periods, period_lines
from casework.wholeoffice import need_office
from console.downloads import SHEET
from console.forms import HasForm
from console.jobs import HasJobs, Job, Outcome
from console.rendering import show
from console.routes import Pages, done
from console.visits import HasVisit, Visit
from core.access.permissions import Permission
from core.calendar.periods import name_period, period_of
from core.errors import DuchaError

router = Pages(Permission.STATISTICS)


@router.page("/periods")
def show_periods(visit: HasVisit, page: str = "") -> Response:
    """Show the periods, and which may be closed next."""
    return _periods_page(visit, page)


def _periods_page(visit: Visit, page: str = "", error: DuchaError | None = None) -> Response:
    with visit.desk() as desk:
        lines = period_lines(desk)
        return show(
            visit, desk, "figures/periods.html.j2", "periods", leaf=cut(lines, read_number(page)), error=error,
            coming=next_periods(desk, lines), may_close=bool(desk.actor.roles & {"officer", "director"}),
        )  # fmt: skip


@router.act("/periods/close", Permission.REPORT_ISSUE, again=_periods_page)
def close(visit: HasVisit, form: HasForm, jobs: HasJobs) -> Response:
    """Close a period: its numbers are kept and do not move any more."""
    kind, day = read_kind(form.needed("kind", "统计期")), form.needed_day("on", "日期")

    def work(job: Job) -> Outcome:
        job.tell(0, 1, "正在统计全部指标")
        with visit.acting() as desk:
            row = close_period(desk, kind, day)
            address = f"/statistics?from={row.from_on}&to={row.to_on}"
        return Outcome(f"{name_period(kind, period_of(kind, day)[0])}已结账，数字不再变动", address)

    return done(jobs.start(visit, "结账", work))


@router.act("/periods/numbers")
def tell_numbers(visit: HasVisit, form: HasForm, jobs: HasJobs) -> Response:
    """Work out the numbers of a period, with what came late for earlier ones, as a workbook."""
    kind, day = read_kind(form.needed("kind", "统计期")), form.needed_day("on", "日期")

    def work(job: Job) -> Outcome:
        job.tell(0, 1, "正在统计全部指标")
        with visit.world.desk(visit.who) as desk:
            need_office(desk, "查看统计")
            told = describe_period(desk, kind, day)
            content = period_sheet(told, desk.today)
        late = sum(told["late"].values())
        state = "已结账" if told["state"] == "closed" else "未结账，数字为当前统计"
        said = f"{told['name']}：{state}" + (f"，含以前各期迟报调整{late}项" if late else "")
        lines = tuple(
            f"{row['label']}：{row['value']}{row['unit']}"
            for group in told["groups"]
            for row in group["rows"]
            if row["value"]
        )
        return Outcome(said, "/periods", content, f"{told['name']}统计.xlsx", SHEET, lines)

    return done(jobs.start(visit, "统计一期的数字", work))
