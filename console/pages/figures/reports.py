"""报告通报: kept reports, made as long work; drafted by one, issued by the director."""

from __future__ import annotations

from collections.abc import Callable

from fastapi.responses import Response

from casework.desk import Desk
from casework.leaves import cut, read_number
from casework.reports.issuing import end_report, issue_report, keep_report, print_report
from casework.reports.periods import read_kind
from casework.reports.reporting import Composed, compose_bulletin, compose_campaign, compose_period
from casework.reports.reportviews import (
    report_campaigns,
    report_lines,
    report_view,
    require_drafter,
)
from casework.wholeoffice import need_office
from console.downloads import WORD, attachment
from console.forms import Form, HasForm
from console.jobs import HasJobs, Job, Jobs, Outcome
from console.rendering import show
from console.routes import Pages, done
from console.visits import HasVisit, Visit
from core.access.permissions import Permission
from core.calendar.periods import PERIOD_LABELS
from core.errors import DuchaError, InvalidInput, NotFound
from core.life.periodlife import REPORT_KIND_LABELS

router = Pages(Permission.STATISTICS)
HTML = "text/html; charset=utf-8"


@router.page("/reports")
def show_reports(visit: HasVisit, kind: str = "", page: str = "") -> Response:
    """Show the kept reports, and how new ones are made."""
    return _reports_page(visit, kind, page)


def _reports_page(
    visit: Visit, kind: str = "", page: str = "", error: DuchaError | None = None, form: Form | None = None
) -> Response:
    with visit.desk() as desk:
        return show(
            visit, desk, "figures/reports.html.j2", "reports", error=error, form=form or Form(), kind=kind,
            leaf=cut(report_lines(desk, kind), read_number(page)), words=REPORT_KIND_LABELS,
            campaigns=report_campaigns(desk), periods=[(one.value, word) for one, word in PERIOD_LABELS.items()],
            may_draft=bool(desk.actor.roles & {"officer", "director"}),
        )  # fmt: skip


@router.page("/reports/{number}")
def show_report(visit: HasVisit, number: int) -> Response:
    """Show one kept report to read."""
    return _report_page(visit, number)


def _report_page(visit: Visit, number: int, error: DuchaError | None = None) -> Response:
    with visit.desk() as desk:
        return show(
            visit, desk, "figures/report.html.j2", "reports", page=report_view(desk, number), error=error
        )


@router.page("/reports/{number}/docx")
def save_report(visit: HasVisit, number: int) -> Response:
    """Send a kept report as .docx, with its drawings."""
    with visit.desk() as desk:
        row = report_view(desk, number).row
        return attachment(print_report(desk, row), f"{file_name(row.title)}.docx", WORD)


def file_name(title: str) -> str:
    """Return a title as a file name: no path, no quotes."""
    return "".join(letter for letter in title if letter not in '\\/:*?"<>|“”')


@router.act("/reports/make", Permission.REPORT_ISSUE, again=_reports_page)
def make_report(visit: HasVisit, form: HasForm, jobs: HasJobs) -> Response:
    """Compose a report and keep it as a draft."""
    compose = _composer(form)
    with visit.desk() as desk:
        require_drafter(desk)
    return _start(visit, jobs, compose)


def _start(visit: Visit, jobs: Jobs, compose: Callable[[Desk], Composed]) -> Response:
    def work(job: Job) -> Outcome:
        job.tell(0, 1, "正在统计和成文")
        with visit.acting() as desk:
            row = keep_report(desk, compose(desk))
            number, title = row.id, row.title
        return Outcome(f"已起草《{title}》，核对后由主任印发", f"/reports/{number}")

    return done(jobs.start(visit, "起草报告", work))


def _composer(form: Form) -> Callable[[Desk], Composed]:
    """Return what composes the report that a form asks for; raise InvalidInput for what it leaves out."""
    kind = form.needed("kind", "报告种类")
    if kind in ("campaign", "rectification"):
        code = form.needed("campaign", "督察批次")
        return lambda desk: compose_campaign(desk, code, kind)
    if kind == "bulletin":
        campaign, first, last = form.text("campaign"), form.day("from_on", "自"), form.day("to_on", "至")
        if not campaign and not (first and last):
            raise InvalidInput(
                "没有写明通报什么", found="空", expected="批次，或起止日期", remedy="补充后提交"
            )
        return lambda desk: compose_bulletin(desk, campaign=campaign or None, from_on=first, to_on=last)
    period, day = read_kind(kind), form.needed_day("on", "该期中的任一日")
    return lambda desk: compose_period(desk, period, day)


@router.act("/reports/picture")
def draw_report(visit: HasVisit, form: HasForm, jobs: HasJobs) -> Response:
    """Make the report of a campaign as one page with its plots, to open in a browser."""
    code = form.needed("campaign", "督察批次")
    with visit.desk() as desk:
        need_office(desk, "制作报告")
        if code not in {one for one, _title in report_campaigns(desk)}:
            raise NotFound("没有这个批次", found=code[:40], expected="已启动的批次", remedy="重新选择")

    def work(job: Job) -> Outcome:
        from casework.reports.campaignreport import campaign_report  # with its plots it is heavy
        from delivery.report import render_report

        job.tell(0, 1, "正在统计和绘图")
        with visit.world.desk(visit.who) as desk:
            content = render_report(campaign_report(desk, code)).encode()
        return Outcome(
            "报告网页已做好，可在浏览器中打开、打印", "/reports", content, f"督察报告-{code}.html", HTML
        )

    return done(jobs.start(visit, f"{code}督察报告（附图网页）", work))


@router.act("/reports/{number}/issue", Permission.REPORT_ISSUE, again=_report_page)
def issue(visit: HasVisit, number: int, _form: HasForm) -> Response:
    """Issue a drafted report; its author may not."""
    with visit.acting() as desk:
        row = issue_report(desk, number)
        said = f"已印发，{row.year}年第{row.issue}期"
    return done(f"/reports/{number}", said)


@router.act("/reports/{number}/end", Permission.REPORT_ISSUE, again=_report_page)
def end(visit: HasVisit, number: int, form: HasForm) -> Response:
    """Give up a draft, or declare an issued report void."""
    with visit.acting() as desk:
        row = end_report(desk, number, form.text("reason"))
        said = "草稿已放弃" if row.state == "dropped" else "报告已作废，期号不再使用"
    return done(f"/reports/{number}", said)
